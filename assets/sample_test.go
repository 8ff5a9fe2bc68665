package assets

import (
	"compress/gzip"
	"encoding/json"
	"html"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// get fetches a path without following redirects or decoding the body.
func get(t *testing.T, base, path string, header ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", base+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", "identity")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("reading %q: %v", path, err)
	}
	return resp, string(body)
}

func serve(t *testing.T) string {
	srv := httptest.NewServer(Sample())
	t.Cleanup(srv.Close)
	return srv.URL
}

var (
	reference = regexp.MustCompile(`\b(?:href|src|data-src|action)="([^"]*)"`)
	absolute  = regexp.MustCompile(`https?://[^"'\s<>)]+`)
)

// names are addresses that are written as names and never fetched.
var names = []string{"https://schema.org", "https://ogp.me/ns", "http://www.w3.org/2000/svg"}

func checkNoOutside(t *testing.T, base, path, body string) {
	t.Helper()
	for _, a := range absolute.FindAllString(strings.ReplaceAll(body, `\/`, "/"), -1) {
		known := strings.HasPrefix(a, base+"/")
		for _, n := range names {
			known = known || strings.HasPrefix(a, n)
		}
		if !known {
			t.Errorf("%q refers outside: %q", path, a)
		}
	}
}

func TestEveryReferenceIsServed(t *testing.T) {
	base := serve(t)
	seen := map[string]bool{}
	queue := []string{"/", "/tall?px=300"}
	for len(queue) > 0 {
		path := queue[0]
		queue = queue[1:]
		if seen[path] {
			continue
		}
		seen[path] = true
		resp, body := get(t, base, path)
		if resp.StatusCode != http.StatusOK || body == "" {
			t.Errorf("%q: got status %d and %d bytes, want 200 and some", path, resp.StatusCode, len(body))
		}
		if !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
			checkNoOutside(t, base, path, "")
			continue
		}
		checkNoOutside(t, base, path, body)
		for _, m := range reference.FindAllStringSubmatch(body, -1) {
			queue = append(queue, local(t, base+path, base, html.UnescapeString(m[1])))
		}
	}
	checkSeen(t, seen)
}

// local is the path and query that a reference on a page leads to.
func local(t *testing.T, page, base, ref string) string {
	t.Helper()
	from, err := url.Parse(page)
	if err != nil {
		t.Fatal(err)
	}
	to, err := from.Parse(ref)
	if err != nil {
		t.Fatalf("%q: %v", page, err)
	}
	if !strings.HasPrefix(to.String(), base) {
		t.Fatalf("%q leads outside to %q", page, ref)
	}
	return to.RequestURI()
}

// checkSeen makes sure that the crawl met every part, so that nothing is
// embedded for no use.
func checkSeen(t *testing.T, seen map[string]bool) {
	t.Helper()
	want := []string{SampleListing, "/frame/shipping", "/?q=&page=2"}
	err := fs.WalkDir(sampleFiles, "sample/static", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			want = append(want, strings.TrimPrefix(name, "sample"))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range want {
		if !seen[path] {
			t.Errorf("no page refers to %q", path)
		}
	}
}

func TestStaticTextRefersToNothingOutside(t *testing.T) {
	base := serve(t)
	for _, path := range []string{"/static/style.css", "/static/app.js", "/static/favicon.svg"} {
		_, body := get(t, base, path)
		checkNoOutside(t, base, path, body)
	}
}

func TestListingCarriesItsFacts(t *testing.T) {
	_, body := get(t, serve(t), SampleListing)
	for _, want := range []string{
		"yellow material", "黄料", "¥3,680", "US$512.00", `itemtype="https://schema.org/Person"`,
		`property="og:image"`, `rel="canonical"`, `datetime="2026-10-03T14:22:00&#43;08:00"`,
		"Sample page made by Pugmark; nothing is sold here", `<iframe src="/frame/shipping"`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the listing lacks %q", want)
		}
	}
	if n := strings.Count(body, `loading="lazy"`); n < 3 {
		t.Errorf("got %d lazy pictures, want 3 or more", n)
	}
	if n := strings.Count(body, "data-src="); n < 12 {
		t.Errorf("got %d pictures that a script loads, want 12 or more", n)
	}
}

func TestJSONLD(t *testing.T) {
	base := serve(t)
	_, body := get(t, base, SampleListing)
	blocks := regexp.MustCompile(`(?s)<script type="application/ld\+json">(.*?)</script>`).FindAllStringSubmatch(body, -1)
	if len(blocks) != 2 {
		t.Fatalf("got %d blocks, want 2", len(blocks))
	}
	var product struct {
		Type   string `json:"@type"`
		Name   string
		SKU    string
		Image  []string
		Offers []struct{ URL, Price, PriceCurrency string }
	}
	if err := json.Unmarshal([]byte(blocks[0][1]), &product); err != nil {
		t.Fatal(err)
	}
	if product.Type != "Product" || product.SKU != "4711" || len(product.Image) != 6 || len(product.Offers) != 2 {
		t.Fatalf("got %+v, want product 4711 with 6 images and 2 offers", product)
	}
	first, second := product.Offers[0], product.Offers[1]
	if first.Price+first.PriceCurrency != "3680.00CNY" || second.Price+second.PriceCurrency != "512.00USD" {
		t.Errorf("got offers %+v, want 3680.00 CNY and 512.00 USD", product.Offers)
	}
	if first.URL != base+SampleListing {
		t.Errorf("got address %q, want %q", first.URL, base+SampleListing)
	}
	if !json.Valid([]byte(blocks[1][1])) {
		t.Error("the breadcrumb block is not JSON")
	}
}

func TestViewsAreCounted(t *testing.T) {
	base := serve(t)
	for _, want := range []string{`{"listing":4711,"views":1284}`, `{"listing":4711,"views":1285}`} {
		if code, got := post(t, base+"/api/view", `{"listing":4711}`); code != http.StatusOK || got != want {
			t.Errorf("got %d %q, want 200 %q", code, got, want)
		}
	}
	if code, _ := post(t, base+"/api/view", "listing"); code != http.StatusBadRequest {
		t.Errorf("got status %d for a body that is not JSON, want 400", code)
	}
	if resp, _ := get(t, base, "/api/view"); resp.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("got status %d for GET, want 405", resp.StatusCode)
	}
}

func post(t *testing.T, address, body string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "POST", address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

func TestGzip(t *testing.T) {
	base := serve(t)
	_, plain := get(t, base, "/static/style.css")
	for _, c := range []struct {
		accept string
		want   bool
	}{
		{"gzip", true}, {"gzip, deflate, br, zstd", true}, {"br;q=1.0, GZIP;q=0.8", true},
		{"identity", false}, {"gzip;q=0", false}, {"gzip; q=0.0, br", false}, {"xgzip", false},
	} {
		resp, body := get(t, base, "/static/style.css", "Accept-Encoding", c.accept)
		if got := resp.Header.Get("Content-Encoding") == "gzip"; got != c.want {
			t.Errorf("Accept-Encoding %q: got gzip %t, want %t", c.accept, got, c.want)
			continue
		}
		if c.want {
			body = gunzip(t, body)
		}
		if body != plain {
			t.Errorf("Accept-Encoding %q: the body differs from the plain one", c.accept)
		}
	}
	resp, _ := get(t, base, "/static/photo/set.jpg", "Accept-Encoding", "gzip")
	if got := resp.Header.Get("Content-Encoding"); got != "" {
		t.Errorf("got encoding %q for a JPEG, want none", got)
	}
}

func gunzip(t *testing.T, s string) string {
	t.Helper()
	z, err := gzip.NewReader(strings.NewReader(s))
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestHeaders(t *testing.T) {
	resp, _ := get(t, serve(t), SampleListing)
	for _, name := range []string{"Server", "Date", "Cache-Control", "Content-Length", "Content-Type", "Vary"} {
		if resp.Header.Get(name) == "" {
			t.Errorf("no header %q", name)
		}
	}
	if n := len(resp.Header.Values("Set-Cookie")); n != 2 {
		t.Errorf("got %d cookies, want 2", n)
	}
}

func TestRedirectAndNotFound(t *testing.T) {
	base := serve(t)
	resp, _ := get(t, base, "/l/4711")
	if got := resp.Header.Get("Location"); resp.StatusCode != http.StatusFound || got != SampleListing {
		t.Errorf("got %d to %q, want 302 to %q", resp.StatusCode, got, SampleListing)
	}
	for _, path := range []string{"/listing/1", "/static/none.css", "/static/", "/none"} {
		if resp, _ := get(t, base, path); resp.StatusCode != http.StatusNotFound {
			t.Errorf("%q: got status %d, want 404", path, resp.StatusCode)
		}
	}
}

func TestSearch(t *testing.T) {
	base := serve(t)
	for _, c := range []struct {
		query string
		want  int
	}{
		{"", perPage}, {"?page=2", 9}, {"?page=99", perPage}, {"?q=LOTUS", 3}, {"?q=%E8%8E%B2%E8%8A%B1", 3}, {"?q=zebra", 0},
	} {
		_, body := get(t, base, "/"+c.query)
		if got := strings.Count(body, "<h2>"); got != c.want {
			t.Errorf("%q: got %d listings, want %d", c.query, got, c.want)
		}
	}
}
