package capture

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"pugmark/evidence"
)

// awkward are responses of which Chrome doesn't give the bytes, or says nothing
// at all, unless it is made to hold them.
var awkward = map[string]struct {
	status    int
	mediaType string
	body      string
	zipped    bool
}{
	"/bom.js":        {200, "text/javascript", "\ufeffdocument.title = 'bom'", false},
	"/bom.css":       {200, "text/css", "\ufeffp { color: red }", true},
	"/gbk.js":        {200, "text/javascript; charset=gbk", "window.ivory = '\xcf\xf3\xd1\xc0'", true},
	"/latin.css":     {200, "text/css; charset=iso-8859-1", "p::after { content: '\xe9l\xe9phant' }", false},
	"/broken.js":     {200, "text/javascript", "window.broken = '\xff\xfe\xc3'", false},
	"/module.mjs":    {200, "text/javascript", "\ufeffexport default 1", false},
	"/gone.js":       {404, "text/html", "<p>no such script", true},
	"/gone.css":      {404, "text/html", "<p>no such sheet", true},
	"/gone.png":      {404, "text/html", "<p>no such picture", false},
	"/gone.woff2":    {404, "text/html", "<p>no such font", false},
	"/forbidden.css": {403, "text/plain", "not for you", false},
	"/broken.png":    {200, "image/png", "\x89PNG\r\n\x1a\nnot a picture at all", false},
	"/kept.html":     {200, "text/html", "<p>kept for later", true},
	"/kept.json":     {200, "application/json", `{"kept":true}`, false},
	"/service.js": {200, "text/javascript", `oninstall = (e) => e.waitUntil(
		caches.open("kept").then(c => c.addAll(["/kept.html", "/kept.json"])).then(() => skipWaiting()));
		onactivate = (e) => e.waitUntil(clients.claim())`, true},
}

const awkwardPage = `<!doctype html><meta charset=utf-8><title>awkward</title>
	<script src=/bom.js></script><script src=/gbk.js></script><script src=/broken.js></script><script src=/gone.js></script>
	<script type=module src=/module.mjs></script>
	<link rel=stylesheet href=/bom.css><link rel=stylesheet href=/latin.css><link rel=stylesheet href=/gone.css>
	<link rel=stylesheet href=/forbidden.css>
	<style>@font-face { font-family: gone; src: url(/gone.woff2) } p { font-family: gone }</style>
	<p>text<img src=/gone.png width=1 height=1><img src=/broken.png width=1 height=1><script>
	const claimed = new Promise(done => navigator.serviceWorker.oncontrollerchange = done);
	navigator.serviceWorker.register("/service.js");
	claimed.then(() => document.body.append("claimed"))</script>`

// TestBodies compares what the archive holds of such responses with what the
// server sent, byte for byte.
func TestBodies(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, ok := awkward[r.URL.Path]
		if !ok {
			w.Header().Set("Content-Type", "text/html")
			w.Write([]byte(awkwardPage))
			return
		}
		body := []byte(a.body)
		if a.zipped {
			var b bytes.Buffer
			z := gzip.NewWriter(&b)
			z.Write(body)
			z.Close()
			body = b.Bytes()
			w.Header().Set("Content-Encoding", "gzip")
		}
		w.Header().Set("Content-Type", a.mediaType)
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		w.WriteHeader(a.status)
		w.Write(body)
	}))
	defer srv.Close()
	f, a := take(t, Request{URL: srv.URL})
	if a.Verdict != evidence.Complete || a.Archive.Missing != 0 {
		t.Errorf("got verdict %q with %v, and %+v", a.Verdict, a.Problems, a.Archive)
	}
	if text := string(f.read(t, "text.txt")); !strings.Contains(text, "claimed") {
		t.Errorf("the service worker was not installed: %q", text)
	}
	index := readIndex(t, filepath.Join(f.dir, "archive.wacz"))
	for path, want := range awkward {
		got := index[srv.URL+path]
		if got.Status != strconv.Itoa(want.status) || got.Digest != "sha256:"+sum([]byte(want.body)) {
			t.Errorf("%s: got %+v in the archive, want status %d and %s", path, got, want.status, sum([]byte(want.body)))
		}
	}
}
