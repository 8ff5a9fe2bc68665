package capture

import (
	"compress/gzip"
	"errors"
	"fmt"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"

	"pugmark/evidence"
)

// site is a server whose pages are strings.
func site(t testing.TB, pages map[string]string) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	for path, body := range pages {
		mux.HandleFunc("GET "+path+"{$}", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			io.WriteString(w, body)
		})
	}
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return srv
}

func TestCompleteCapture(t *testing.T) {
	srv := site(t, map[string]string{"/": `<!doctype html><html lang=zh><title>象牙 bangle</title>
		<link rel=canonical href="/item/7"><body><h1>象牙 bangle</h1><p>Old stock</p>
		<script>document.body.append("added by script")</script>`})
	f, a := take(t, Request{URL: srv.URL + "/"})
	if a.Verdict != evidence.Complete {
		t.Fatalf("got verdict %q with %v, want %q", a.Verdict, a.Problems, evidence.Complete)
	}
	target := a.Target
	if target.Title != "象牙 bangle" || target.Status != 200 || target.Language != "zh" ||
		target.Final != srv.URL+"/" || target.Canonical != srv.URL+"/item/7" {
		t.Errorf("got target %+v", target)
	}
	if want := strings.TrimPrefix(srv.URL, "http://"); target.Remote != want {
		t.Errorf("got remote address %q, want %q", target.Remote, want)
	}
	if target.ServerDate == nil || time.Since(*target.ServerDate) > time.Minute {
		t.Errorf("got the server's date %v", target.ServerDate)
	}
	if raw := string(f.read(t, "document.html")); strings.Contains(raw, "<body><h1>象牙 bangle</h1><p>Old stock</p>added") || !strings.Contains(raw, "Old stock") {
		t.Errorf("the raw document is not what the server sent: %q", raw)
	}
	if dom := string(f.read(t, "dom.html")); !strings.Contains(dom, "</script>added by script</body>") {
		t.Errorf("the rendered document lacks what the script added: %q", dom)
	}
	if text := string(f.read(t, "text.txt")); !strings.Contains(text, "象牙 bangle\n\nOld stock\n\nadded by script") {
		t.Errorf("got text %q", text)
	}
	for _, kind := range []evidence.Kind{evidence.KindViewport, evidence.KindPage, evidence.KindStrip,
		evidence.KindMHTML, evidence.KindPDF, evidence.KindArchive, evidence.KindLog} {
		if len(f.paths(kind)) != 1 {
			t.Errorf("got items %v of kind %q, want one", f.paths(kind), kind)
		}
	}
	if out, err := exec.Command(tool(t, "qpdf"), "--check", filepath.Join(f.dir, "page.pdf")).CombinedOutput(); err != nil {
		t.Errorf("qpdf: %v\n%s", err, out)
	}
}

// band is the colour of a row of the tall test page.
func tallColour(y int) (r, g, b uint8) {
	n := y / 100
	return uint8(n * 37), uint8(n * 91), uint8(n*53 + n/256*11)
}

// TestTallPage checks a page of 40,000 px by pixel: in each strip and in the
// joined picture.
func TestTallPage(t *testing.T) {
	const height = 40_000
	var b strings.Builder
	b.WriteString(`<!doctype html><title>tall</title><style>body{margin:0}div{height:100px}</style>`)
	for y := 0; y < height; y += 100 {
		r, g, bl := tallColour(y)
		fmt.Fprintf(&b, `<div style="background:rgb(%d,%d,%d)"></div>`, r, g, bl)
	}
	srv := site(t, map[string]string{"/": b.String()})
	f, a := take(t, Request{URL: srv.URL, Viewport: evidence.Size{Width: 400, Height: 600}})
	if a.Verdict != evidence.Complete {
		t.Errorf("got verdict %q with %v", a.Verdict, a.Problems)
	}
	if want := (evidence.Size{Width: 400, Height: height}); a.Picture == nil || a.Picture.Size != want {
		t.Fatalf("got picture %+v, want size %v", a.Picture, want)
	}
	checkRows(t, f, "page.png", 0, height)
	strips := f.paths(evidence.KindStrip)
	slices.Sort(strips)
	if len(strips) != 5 {
		t.Fatalf("got %d strips, want 5", len(strips))
	}
	for i, path := range strips {
		top := i * (maxStrip - overlap)
		checkRows(t, f, path, top, min(maxStrip, height-top))
	}
}

// checkRows compares every row of a picture, at three places, with the page's
// colours from top on.
func checkRows(t *testing.T, f *folder, path string, top, height int) {
	t.Helper()
	file, err := os.Open(filepath.Join(f.dir, path))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	img, err := png.Decode(file)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	if got := img.Bounds().Dy(); got != height {
		t.Fatalf("%s: got height %d, want %d", path, got, height)
	}
	for y := range height {
		for _, x := range []int{0, 200, 399} {
			r, g, b, _ := img.At(x, y).RGBA()
			wr, wg, wb := tallColour(top + y)
			if uint8(r>>8) != wr || uint8(g>>8) != wg || uint8(b>>8) != wb {
				t.Fatalf("%s: got (%d,%d,%d) at %d,%d, want (%d,%d,%d)", path, r>>8, g>>8, b>>8, x, y, wr, wg, wb)
			}
		}
	}
}

func TestLazyPictures(t *testing.T) {
	const picture = `<svg xmlns="http://www.w3.org/2000/svg" width="50" height="50"><rect width="50" height="50" fill="red"/></svg>`
	var asked []string
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, `<!doctype html><title>lazy</title><style>p{height:5000px}</style>
			<p></p><img loading=lazy width=50 height=50 src="/native.svg"><p></p><img width=50 height=50 data-src="/observed.svg">
			<p></p><div id=more></div>
			<script>
			new IntersectionObserver((es, o) => es.forEach(e => { if (e.isIntersecting) { e.target.src = e.target.dataset.src; o.disconnect() } }))
				.observe(document.querySelector("[data-src]"));
			new IntersectionObserver(async (es, o) => { if (!es[0].isIntersecting) return; o.disconnect();
				more.innerHTML = await (await fetch("/more")).text() }).observe(more);
			</script>`)
	})
	mux.HandleFunc("GET /more", func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `<p></p><img width=50 height=50 src="/fetched.svg">`)
	})
	mux.HandleFunc("GET /{name}", func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Path)
		w.Header().Set("Content-Type", "image/svg+xml")
		io.WriteString(w, picture)
	})
	srv := httptest.NewServer(mux)
	defer srv.Close()
	_, a := take(t, Request{URL: srv.URL})
	if a.Verdict != evidence.Complete {
		t.Errorf("got verdict %q with %v", a.Verdict, a.Problems)
	}
	for _, want := range []string{"/native.svg", "/observed.svg", "/fetched.svg"} {
		if !slices.Contains(asked, want) {
			t.Errorf("%s was never loaded, only %v", want, asked)
		}
	}
	if a.Picture.Size.Height < 20_000 {
		t.Errorf("got height %d, want all 4 paragraphs", a.Picture.Size.Height)
	}
}

// TestArchive checks what a page's server sent against what the archive says,
// by the digest of each body.
func TestArchive(t *testing.T) {
	long := strings.Repeat("all the bytes of a long body, ", 100_000)
	bodies := map[string]string{
		"/plain.txt": "plain", "/gzip.txt": "gzipped " + long, "/br.txt": "brotli " + long,
		"/frame": `<!doctype html><title>frame</title><script src="/frame.js"></script>`, "/frame.js": "document.title = 1",
		"/worker.js": `fetch("/from-worker.txt").then(r => r.text()).then(postMessage)`, "/from-worker.txt": "worker",
		"/empty.txt": "", "/style.css": "body { color: #333 }",
	}
	mux := http.NewServeMux()
	for path, body := range bodies {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(path, "/frame") && !strings.HasSuffix(path, ".js") {
				w.Header().Set("Content-Type", "text/html")
			}
			encode(w, path, body)
		})
	}
	mux.HandleFunc("POST /api", func(w http.ResponseWriter, r *http.Request) {
		sent, _ := io.ReadAll(r.Body)
		w.Header().Add("X-Repeated", "one")
		w.Header().Add("X-Repeated", "two")
		w.WriteHeader(201)
		fmt.Fprintf(w, "got %s", sent)
	})
	mux.HandleFunc("GET /nothing", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) })
	mux.Handle("GET /moved", http.RedirectHandler("/plain.txt", http.StatusFound))
	other := httptest.NewServer(mux) // another origin, so that its frame is in another process
	defer other.Close()
	cross := strings.Replace(other.URL, "127.0.0.1", "localhost", 1)
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<!doctype html><title>all</title><link rel=stylesheet href=/style.css>
			<iframe src="/frame"></iframe><iframe src="%s/frame"></iframe>
			<script>
			const worker = new Promise(done => { const w = new Worker("/worker.js"); w.onmessage = done });
			const all = ["/plain.txt", "/gzip.txt", "/br.txt", "/empty.txt", "/nothing", "/moved", "/absent"].map(p => fetch(p).then(r => r.text()));
			all.push(fetch("/api", {method: "POST", body: "offer=1"}).then(r => r.text()), worker);
			Promise.all(all).then(() => document.body.append("done"));
			</script>`, cross)
	})
	srv := httptest.NewServer(mux)
	defer srv.Close()

	f, a := take(t, Request{URL: srv.URL})
	if text := string(f.read(t, "text.txt")); !strings.Contains(text, "done") {
		t.Fatalf("the page's own script didn't finish: %q", text)
	}
	if a.Verdict != evidence.Complete || a.Archive.Missing != 0 {
		t.Errorf("got verdict %q with %v", a.Verdict, a.Problems)
	}
	index := readIndex(t, filepath.Join(f.dir, "archive.wacz"))
	for path, body := range bodies {
		if got := index[srv.URL+path]; got.Digest != "sha256:"+sum([]byte(body)) {
			t.Errorf("%s: got %+v in the archive, want digest %s", path, got, sum([]byte(body)))
		}
	}
	if got := index[cross+"/frame.js"]; got.Digest != "sha256:"+sum([]byte(bodies["/frame.js"])) {
		t.Errorf("the other site's frame: got %+v in the archive", got)
	}
	for path, status := range map[string]string{"/moved": "302", "/nothing": "204", "/absent": "404", "/": "200"} {
		if got := index[srv.URL+path]; got.Status != status {
			t.Errorf("%s: got status %q in the archive, want %s", path, got.Status, status)
		}
	}
	if got := index[srv.URL+"/api"]; got.Status != "201" || got.Digest != "sha256:"+sum([]byte("got offer=1")) {
		t.Errorf("the posted request: got %+v in the archive", got)
	}
}

// encode writes a body in the encoding that its path names.
func encode(w http.ResponseWriter, path, body string) {
	switch {
	case strings.HasPrefix(path, "/gzip"):
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		io.WriteString(z, body)
		z.Close()
	case strings.HasPrefix(path, "/br"):
		w.Header().Set("Content-Encoding", "br")
		z := brotli.NewWriter(w)
		io.WriteString(z, body)
		z.Close()
	default:
		io.WriteString(w, body)
	}
}

func TestRedirects(t *testing.T) {
	mux := http.NewServeMux()
	mux.Handle("/a", http.RedirectHandler("/b", http.StatusMovedPermanently))
	mux.Handle("/b", http.RedirectHandler("/c", http.StatusTemporaryRedirect))
	mux.HandleFunc("/c", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, "<!doctype html><title>end</title><p>end of the chain")
	})
	srv := httptest.NewServer(mux)
	defer srv.Close()
	_, a := take(t, Request{URL: srv.URL + "/a"})
	remote := strings.TrimPrefix(srv.URL, "http://")
	want := []evidence.Redirect{
		{From: srv.URL + "/a", To: srv.URL + "/b", Status: 301, Remote: remote},
		{From: srv.URL + "/b", To: srv.URL + "/c", Status: 307, Remote: remote},
	}
	if !slices.Equal(a.Target.Redirects, want) || a.Target.Final != srv.URL+"/c" {
		t.Errorf("got %+v to %q, want %+v", a.Target.Redirects, a.Target.Final, want)
	}
	if a.Verdict != evidence.Complete {
		t.Errorf("got verdict %q with %v", a.Verdict, a.Problems)
	}
}

func TestNotFoundIsPartial(t *testing.T) {
	srv := site(t, nil)
	f, a := take(t, Request{URL: srv.URL + "/gone"})
	if a.Verdict != evidence.Partial || a.Target.Status != 404 || !slices.Contains(codes(a), ProblemStatus) {
		t.Errorf("got verdict %q, status %d, problems %v", a.Verdict, a.Target.Status, a.Problems)
	}
	if len(f.paths(evidence.KindPage)) != 1 {
		t.Error("there is no picture of what the server said")
	}
}

func TestInvalidCertificate(t *testing.T) {
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, "<!doctype html><title>secure</title>hello")
	}))
	defer srv.Close()
	_, _, err := try(t, Request{URL: srv.URL})
	var failure *Failure
	if !errors.As(err, &failure) || failure.Code != FailureCertificate {
		t.Fatalf("got %v, want a failure with code %q", err, FailureCertificate)
	}
	f, a := take(t, Request{URL: srv.URL, AllowInvalidCertificate: true})
	if a.Verdict != evidence.Partial || !slices.Contains(codes(a), ProblemCertificate) {
		t.Errorf("got verdict %q with %v", a.Verdict, a.Problems)
	}
	if a.TLS == nil || a.TLS.Valid || a.TLS.Error != "net::ERR_CERT_AUTHORITY_INVALID" || a.TLS.Protocol != "TLS 1.3" {
		t.Errorf("got %+v", a.TLS)
	}
	der := srv.Certificate().Raw
	if len(a.TLS.Chain) != 1 || a.TLS.Chain[0].String() != sum(der) {
		t.Errorf("got chain %v, want the server's certificate %s", a.TLS.Chain, sum(der))
	}
	out, err := exec.Command(tool(t, "openssl"), "x509", "-in", filepath.Join(f.dir, "certificates.pem"), "-noout", "-subject").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "Acme") {
		t.Errorf("openssl: %v\n%s", err, out)
	}
}

func TestFailures(t *testing.T) {
	closed := httptest.NewServer(nil)
	closed.Close()
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer silent.Close()
	loop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/", http.StatusFound) }))
	defer loop.Close()
	file := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/zip")
		io.WriteString(w, "PK")
	}))
	defer file.Close()
	members := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("WWW-Authenticate", `Basic realm="members"`)
		http.Error(w, "members only", http.StatusUnauthorized)
	}))
	defer members.Close()
	for _, test := range []struct{ url, code string }{
		{members.URL, FailureLogin},
		{"example.org", FailureAddress}, {"ftp://example.org/", FailureAddress}, {"http://", FailureAddress},
		{"http://[::1", FailureAddress}, {"http://me:secret@127.0.0.1/", FailureAddress},
		{"http://nowhere.invalid/", FailureResolve}, {closed.URL, FailureRefused},
		{silent.URL, FailureTimeout}, {loop.URL, FailureRedirects}, {file.URL, FailureDownload},
	} {
		_, _, err := try(t, Request{URL: test.url, Limits: Limits{Load: 2 * time.Second}})
		var failure *Failure
		if !errors.As(err, &failure) || failure.Code != test.code {
			t.Errorf("%s: got %v, want a failure with code %q", test.url, err, test.code)
		}
	}
}
