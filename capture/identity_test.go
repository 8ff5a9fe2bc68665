package capture

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// callers is a site that notes with which header each of its addresses was
// asked for. Its page has a frame of another site and workers of all kinds.
type callers struct {
	mu      sync.Mutex
	headers map[string]http.Header
	other   string // the same server, as another site
}

func (c *callers) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	c.headers[r.URL.Path] = r.Header.Clone()
	c.mu.Unlock()
	switch {
	case r.URL.Path == "/":
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<!doctype html><title>who calls</title><iframe src="%s/frame"></iframe><script>
			new Worker("/worker.js");
			new SharedWorker("/shared.js");
			navigator.serviceWorker.register("/service.js");
			(async () => document.body.append(navigator.userAgent, JSON.stringify(
				await navigator.userAgentData?.getHighEntropyValues(["fullVersionList", "platformVersion"]) ?? null)))()</script>`, c.other)
	case r.URL.Path == "/frame":
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, `<!doctype html><script>fetch("/from-frame")</script>`)
	case strings.HasSuffix(r.URL.Path, ".js"):
		w.Header().Set("Content-Type", "text/javascript")
		fmt.Fprintf(w, "fetch(%q)", "/from-"+strings.TrimSuffix(r.URL.Path[1:], ".js"))
	}
}

// TestIdentity looks for what a site is told of the browser, by all that the
// page consists of.
func TestIdentity(t *testing.T) {
	site := &callers{headers: make(map[string]http.Header)}
	srv := httptest.NewServer(site)
	defer srv.Close()
	site.other = strings.Replace(srv.URL, "127.0.0.1", "localhost", 1)
	f, a := take(t, Request{URL: srv.URL})
	// Chrome asks for a service worker's script in the browser's own name, and
	// sends no client hints for workers.
	documents := []string{"/", "/frame", "/from-frame"}
	for _, path := range append(documents, "/worker.js", "/from-worker", "/shared.js", "/from-shared", "/from-service") {
		if got := site.headers[path].Get("User-Agent"); got != a.Environment.UserAgent {
			t.Errorf("%s: got user agent %q, want %q", path, got, a.Environment.UserAgent)
		}
	}
	for _, path := range documents {
		if got := site.headers[path].Get("Sec-Ch-Ua"); !strings.Contains(got, `"Chromium";v=`) {
			t.Errorf("%s: got client hints %q, want what Chromium itself sends", path, got)
		}
	}
	if text := string(f.read(t, "text.txt")); strings.Contains(text, "Headless") || !strings.Contains(text, `"brand":"Chromium"`) {
		t.Errorf("the page's scripts were told %q", text)
	}
}

// TestPersona has a frame of another site and a worker tell where they are, as
// the page does.
func TestPersona(t *testing.T) {
	const say = `new Date(0).getTimezoneOffset() + " " + Intl.NumberFormat().resolvedOptions().locale + " " + navigator.userAgentData?.mobile`
	mux := http.NewServeMux()
	srv := httptest.NewServer(mux)
	defer srv.Close()
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<!doctype html><title>where</title><body><script>
			const told = (who) => (e) => document.body.append(who + ": " + e.data + "; ");
			onmessage = told("frame"); told("page")({data: %s});
			new Worker("/worker.js").onmessage = told("worker")</script><iframe src="%s/frame"></iframe>`,
			say, strings.Replace(srv.URL, "127.0.0.1", "localhost", 1))
	})
	mux.HandleFunc("/frame", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<!doctype html><script>parent.postMessage(%s, "*")</script>`, say)
	})
	mux.HandleFunc("/worker.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		fmt.Fprintf(w, `postMessage(%s)`, say)
	})
	f, _ := take(t, Request{URL: srv.URL, Locale: "th-TH", Timezone: "Asia/Bangkok", Mobile: true,
		UserAgent: "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36"})
	text := string(f.read(t, "text.txt"))
	for _, who := range []string{"page", "frame", "worker"} {
		if want := who + ": -420 th-TH true"; !strings.Contains(text, want) {
			t.Errorf("got %q, want %q in it", text, want)
		}
	}
}
