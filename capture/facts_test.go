package capture

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"pugmark/assets"
	"pugmark/capture/listing"
	"pugmark/evidence"
	"pugmark/evidence/canon"
)

// readListing reads a capture's listing.
func readListing(t *testing.T, f *folder) *listing.Listing {
	t.Helper()
	if got := f.items["listing.json"]; got.Kind != evidence.KindListing || got.MediaType != "application/json" {
		t.Errorf("got item %+v", got)
	}
	l, err := listing.Parse(f.read(t, "listing.json"))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func photograph(t *testing.T, l *listing.Listing, address string) listing.Photograph {
	t.Helper()
	i := slices.IndexFunc(l.Photographs, func(p listing.Photograph) bool { return p.Address == address })
	if i < 0 {
		t.Fatalf("no photograph %s in %+v", address, l.Photographs)
	}
	return l.Photographs[i]
}

func TestListingOfSample(t *testing.T) {
	srv := httptest.NewServer(assets.Sample())
	defer srv.Close()
	f, a := take(t, Request{URL: srv.URL + assets.SampleListing})
	if a.Verdict != evidence.Complete {
		t.Errorf("got verdict %q with %v", a.Verdict, a.Problems)
	}
	l := readListing(t, f)
	for name, want := range map[listing.Name]string{
		listing.Title:     "Old carved lotus pendant and plain bangle, yellow material, from a family cabinet",
		listing.PriceFact: "3680.00 CNY", listing.Currency: "CNY", listing.SellerName: "Old Lantern Studio", listing.AdvertID: "4711",
	} {
		if got := l.Facts[name]; got.Value != want || got.Candidates[0].Source != listing.FromJSONLD || got.Candidates[0].Where == "" {
			t.Errorf("%s: got %+v, want %q", name, got, want)
		}
	}
	for _, name := range []string{"set", "pendant", "bangle", "grain", "back", "box", "beads", "rabbit"} {
		path := "/static/photo/" + name + ".jpg"
		body := fetch(t, srv.URL+path)
		p := photograph(t, l, srv.URL+path)
		if p.SHA256 != canon.Sum(body) || p.Bytes != int64(len(body)) || p.Format != "jpeg" || p.Width != 1000 || p.Height != 750 || len(p.Hash) != 18 {
			t.Errorf("got %+v of %d bytes with digest %s", p, len(body), canon.Sum(body))
		}
		if b := p.Shown; b == nil || b.Width < 100 || b.Top < 50 || b.Top+b.Height > a.Picture.Size.Height || b.Left+b.Width > a.Picture.Size.Width {
			t.Errorf("%s: shown at %+v on a page of %+v", name, b, a.Picture.Size)
		}
	}
}

func fetch(t *testing.T, address string) []byte {
	t.Helper()
	res, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func pngOf(t *testing.T, width, height int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestPictures has pictures in every way that a page can show them. Each has
// another size, so that one can't stand for another.
func TestPictures(t *testing.T) {
	mux := http.NewServeMux()
	bodies := map[string][]byte{}
	for i, name := range []string{"plain", "wide", "moved", "background", "poster", "svg", "shadow", "frame", "nested", "gone"} {
		bodies[name] = pngOf(t, 20+i, 30)
	}
	mux.HandleFunc("GET /{name}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "image/png")
		if r.PathValue("name") == "gone" {
			w.WriteHeader(http.StatusNotFound)
		}
		w.Write(bodies[r.PathValue("name")])
	})
	mux.Handle("GET /first", http.RedirectHandler("/second", http.StatusFound))
	mux.Handle("GET /second", http.RedirectHandler("/moved", http.StatusMovedPermanently))
	mux.HandleFunc("GET /inner", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, `<!doctype html><style>body{margin:0}img{display:block;margin-top:7px}</style><img src="/frame">`)
	})
	data := pngOf(t, 55, 30)
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<!doctype html><title>pictures</title><style>body{margin:0}img,div,video,svg,iframe{display:block;border:0;margin:0}</style>
			<form><input name=localName><input name=shadowRoot><input name=getBoundingClientRect></form>
			<img src="/plain" alt="first" style="position:absolute;left:40px;top:3000px;width:80px;height:60px">
			<img srcset="/wide 2000w" sizes="100vw" src="/unused" width=10 height=10><img src="/first#part" width=10 height=10><img src="/gone" width=10 height=10>
			<div style="background:url('/background');width:50px;height:40px"></div><video poster="/poster" width=60 height=40></video>
			<svg width=20 height=20><image href="/svg" width=20 height=20 /></svg>
			<iframe src="/inner" style="position:absolute;left:100px;top:4000px;border:3px solid"></iframe>
			<img src="data:image/png;base64,%s" width=10 height=10><img src="data:image/svg+xml,%%3Csvg xmlns='http://www.w3.org/2000/svg'/%%3E" width=10 height=10>
			<img src="/plain" width=5 height=5><img src="/hidden" style="visibility:hidden"><img src="/none" style="display:none"><img src="/pixel" width=1 height=1>
			<p id=host></p><script>
			const shadow = host.attachShadow({mode: "open"}); shadow.innerHTML = "<img src=/shadow width=10 height=10><p></p>";
			shadow.querySelector("p").attachShadow({mode: "open"}).innerHTML = "<img src=/nested width=10 height=10>"</script>`,
			base64.StdEncoding.EncodeToString(data))
	})
	srv := httptest.NewServer(mux)
	defer srv.Close()
	f, a := take(t, Request{URL: srv.URL})
	l := readListing(t, f)
	for name, body := range bodies {
		address := srv.URL + "/" + name
		if name == "moved" {
			address = srv.URL + "/first"
		}
		if p := photograph(t, l, address); p.SHA256 != canon.Sum(body) || p.Hash == "" {
			t.Errorf("%s: got %+v, want digest %s", name, p, canon.Sum(body))
		}
	}
	plain, frame := photograph(t, l, srv.URL+"/plain"), photograph(t, l, srv.URL+"/frame")
	if want := (listing.Box{Left: 40, Top: 3000, Width: 80, Height: 60}); *plain.Shown != want || plain.Times != 2 || plain.Alt != "first" {
		t.Errorf("got %+v at %+v, want it at %+v", plain, plain.Shown, want)
	}
	if got := frame.Shown; got.Left != 103 || got.Top != 4010 {
		t.Errorf("the picture in the frame is at %+v, want 103, 4010", got)
	}
	if n := len(bodies) + 2; len(l.Photographs) != n {
		t.Errorf("got %d photographs, want %d: %+v", len(l.Photographs), n, l.Photographs)
	}
	i := slices.IndexFunc(l.Photographs, func(p listing.Photograph) bool { return p.SHA256 == canon.Sum(data) })
	if i < 0 || l.Photographs[i].Width != 55 || l.Photographs[i].Hash == "" || l.Photographs[i+1].NoHash != "SVG has no pixels to hash" {
		t.Errorf("the pictures of data: addresses are missing in %+v", l.Photographs)
	}
	if slices.Contains(codes(a), ProblemListing) || slices.Contains(codes(a), ProblemStep) {
		t.Errorf("got problems %v", a.Problems)
	}
}

// TestListingFacts has pages that contradict themselves, say nothing, or aren't
// in English.
func TestListingFacts(t *testing.T) {
	block := func(name, price, currency string) string {
		return fmt.Sprintf(`<script type="application/ld+json">{"@context":"https://schema.org","@type":"Product","name":%q,"offers":{"price":%q,"priceCurrency":%q}}</script>`, name, price, currency)
	}
	srv := site(t, map[string]string{
		"/conflict/": "<!doctype html><title>Bangle</title>" + block("Bangle", "120.00", "USD") + `<h1>Bangle</h1><p class=price>US $95.00</p>`,
		"/nothing/":  "<!doctype html><title>Notes</title><p>Nothing is offered here.",
		"/ar/":       `<!doctype html><html lang=ar dir=rtl><title>سوار</title>` + block("سوار قديم من العاج", "1500", "EGP") + "<h1>سوار قديم من العاج</h1>",
		"/zh/":       `<!doctype html><html lang=zh-CN><title>手镯</title>` + block("老料手镯 黄料", "3680", "CNY") + `<h1>老料手镯 黄料</h1><p class=price>¥3,680</p>`,
		"/th/":       `<!doctype html><html lang=th><title>กำไล</title>` + block("กำไลงาช้างเก่า", "4500", "THB") + "<h1>กำไลงาช้างเก่า</h1>",
		"/shadow/": `<!doctype html><html lang=en><title>shop</title><shop-item></shop-item><script>
			const root = document.querySelector("shop-item").attachShadow({mode: "open"});
			root.innerHTML = "<h1>Carved tusk</h1><shop-price></shop-price>";
			root.querySelector("shop-price").attachShadow({mode: "open"}).innerHTML = "<p class=price>€ 1.250,00</p>";
			</script>`,
	})
	facts := func(path string) (*folder, map[listing.Name]listing.Fact) {
		f, a := take(t, Request{URL: srv.URL + path})
		if a.Verdict != evidence.Complete {
			t.Errorf("%s: got verdict %q with %v", path, a.Verdict, a.Problems)
		}
		return f, readListing(t, f).Facts
	}
	_, conflict := facts("/conflict/")
	price := conflict[listing.PriceFact]
	if !price.Conflict || len(price.Candidates) != 2 || price.Candidates[0].Value != "120.00 USD" || price.Candidates[1].Value != "95.00 USD" {
		t.Errorf("got %+v, want both prices, and that they are in conflict", price)
	}
	if _, nothing := facts("/nothing/"); len(nothing) != 1 || nothing[listing.Title].Value != "Notes" {
		t.Errorf("of a page that says nothing but its title: got %+v", nothing)
	}
	for path, want := range map[string][3]string{
		"/ar/": {"سوار قديم من العاج", "1500 EGP", "ar"}, "/zh/": {"老料手镯 黄料", "3680 CNY", "zh-CN"}, "/th/": {"กำไลงาช้างเก่า", "4500 THB", "th"},
	} {
		_, got := facts(path)
		if got := [3]string{got[listing.Title].Value, got[listing.PriceFact].Value, got[listing.Language].Value}; got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
	f, shadow := facts("/shadow/")
	if shadow[listing.Title].Value != "Carved tusk" || shadow[listing.PriceFact].Value != "1250.00 EUR" {
		t.Errorf("in shadow roots: got %+v", shadow)
	}
	want := `<shop-item><template shadowrootmode="open"><h1>Carved tusk</h1><shop-price><template shadowrootmode="open"><p class="price">€ 1.250,00</p></template></shop-price></template></shop-item>`
	if dom := string(f.read(t, "dom.html")); !strings.HasPrefix(dom, "<!DOCTYPE html>\n<html lang=\"en\"><head>") || !strings.Contains(dom, want) || !strings.HasSuffix(dom, "</body></html>") {
		t.Errorf("got the document %q", dom)
	}
}

// TestHostileListing has a page that wants to cost the listing more than it is
// worth. The capture is whole, and the listing says what it leaves out.
func TestHostileListing(t *testing.T) {
	bomb := pictureBomb(t)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /bomb.png", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/png")
		w.Write(bomb)
	})
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, `<!doctype html><title>hostile</title><h1>hostile</h1><script type="application/ld+json">{"@type":"Product","name":"x",</script>
			<div style="background:url(/bomb.png);width:9px;height:9px"></div><script>
			const add = (src) => { const e = new Image(9, 9); e.src = src; document.body.append(e) };
			const body = ";base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=";
			add("data:image/gif;x=" + "x".repeat(5 << 20) + body);
			for (let i = 0; i < 2100; i++) add("data:image/gif;x=" + i + body);
			</script>`)
	})
	srv := httptest.NewServer(mux)
	defer srv.Close()
	f, a := take(t, Request{URL: srv.URL})
	if a.Verdict != evidence.Complete {
		t.Errorf("got verdict %q with %v", a.Verdict, a.Problems)
	}
	l := readListing(t, f)
	var got []string
	for _, p := range l.Problems {
		got = append(got, p.Code)
	}
	slices.Sort(got)
	if want := []string{"jsonld_malformed", "photograph_limit"}; !slices.Equal(got, want) {
		t.Errorf("got problems %v, want %v", l.Problems, want)
	}
	if first := l.Photographs[1]; first.NoHash != "its address is too long to be kept" || len(first.Address) > 210 {
		t.Errorf("got %+v for the long address", first)
	}
	if got := photograph(t, l, srv.URL+"/bomb.png"); got.NoHash != "decoding it would take more than 64 MiB" || got.SHA256 != canon.Sum(bomb) {
		t.Errorf("got %+v for the picture bomb", got)
	}
}

// pictureBomb is a PNG file of few bytes that takes many to decode.
func pictureBomb(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewNRGBA(image.Rect(0, 0, 3000, 3000))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// failing is a store whose rendered document makes trouble.
type failing struct {
	*folder
	open func() (io.ReadCloser, error)
}

func (f failing) Open(path string) (io.ReadCloser, error) {
	if path == "dom.html" {
		return f.open()
	}
	return f.folder.Open(path)
}

type panicking struct{ io.ReadCloser }

func (panicking) Read([]byte) (int, error) { panic("bad document") }

// TestListingFails has the listing fail. It costs the capture no other item.
func TestListingFails(t *testing.T) {
	srv := site(t, map[string]string{"/": "<!doctype html><title>page</title>page"})
	f := failing{newFolder(t), func() (io.ReadCloser, error) { return panicking{io.NopCloser(nil)}, nil }}
	a, err := shared.Capture(t.Context(), Request{URL: srv.URL, Store: f, Scratch: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	want := []evidence.Problem{{Code: ProblemListing, Detail: "what the page says of itself was not read: it failed: bad document"}}
	if a.Verdict != evidence.Partial || !slices.Equal(a.Problems, want) || len(f.paths(evidence.KindListing)) != 0 {
		t.Errorf("got verdict %q with %v, want %v", a.Verdict, a.Problems, want)
	}

	f = failing{newFolder(t), func() (io.ReadCloser, error) { return nil, errors.New("no such item") }}
	if _, err = shared.Capture(t.Context(), Request{URL: srv.URL, Store: f, Scratch: t.TempDir()}); err != nil {
		t.Fatal(err)
	}
	if l := readListing(t, f.folder); len(l.Problems) != 1 || l.Problems[0].Code != ProblemNoDocument || len(l.Facts) != 0 {
		t.Errorf("without a document: got %+v", l)
	}

	ctx, cancel := context.WithCancel(t.Context())
	f = failing{newFolder(t), func() (io.ReadCloser, error) { cancel(); return io.NopCloser(strings.NewReader("<p>")), nil }}
	_, err = shared.Capture(ctx, Request{URL: srv.URL, Store: f, Scratch: t.TempDir()})
	var failure *Failure
	if !errors.As(err, &failure) || failure.Code != FailureCancelled {
		t.Errorf("broken off in the listing: got %v, want a failure with code %q", err, FailureCancelled)
	}
}
