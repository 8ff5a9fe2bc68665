package capture

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/websocket"

	"pugmark/evidence"
)

// warcText returns all records of a capture's archive, unpacked.
func warcText(t *testing.T, f *folder) string {
	t.Helper()
	out, err := exec.Command(tool(t, "bash"), "-c", `unzip -p "$1" archive/data.warc.gz | gzip -dc`, "bash",
		filepath.Join(f.dir, "archive.wacz")).Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestSocket(t *testing.T) {
	mux := http.NewServeMux()
	mux.Handle("/ws", websocket.Handler(func(c *websocket.Conn) {
		var got string
		for websocket.Message.Receive(c, &got) == nil {
			websocket.Message.Send(c, "echo "+got)
		}
	}))
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, `<!doctype html><title>socket</title><script>
			const s = new WebSocket("ws://" + location.host + "/ws");
			s.onopen = () => s.send("price?"); s.onmessage = (e) => document.body.append(e.data)</script>`)
	})
	srv := httptest.NewServer(mux)
	defer srv.Close()
	f, a := take(t, Request{URL: srv.URL})
	if a.Verdict != evidence.Complete || a.Archive.Sockets != 1 {
		t.Errorf("got verdict %q with %v, and %+v", a.Verdict, a.Problems, a.Archive)
	}
	text := warcText(t, f)
	for _, want := range []string{`"kind":"request"`, `"status":101`, `"kind":"sent","opcode":1,"payload":"price?"`,
		`"kind":"received","opcode":1,"payload":"echo price?"`} {
		if !strings.Contains(text, want) {
			t.Errorf("the archive lacks %s", want)
		}
	}
}

// TestWorkers has a service worker and a shared worker, each with requests of
// its own.
func TestWorkers(t *testing.T) {
	bodies := map[string]string{
		"/sw.js": `oninstall = (e) => e.waitUntil(fetch("/from-sw.txt").then(() => skipWaiting()));
			onactivate = (e) => e.waitUntil(clients.claim());
			onfetch = (e) => { if (e.request.url.endsWith("/made.txt")) e.respondWith(new Response("made by the worker")) }`,
		"/shared.js":       `onconnect = (e) => fetch("/from-shared.txt").then(r => r.text()).then(t => e.ports[0].postMessage(t))`,
		"/from-sw.txt":     "asked for by the service worker",
		"/from-shared.txt": "asked for by the shared worker",
	}
	mux := http.NewServeMux()
	for path, body := range bodies {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) {
			if strings.HasSuffix(path, ".js") {
				w.Header().Set("Content-Type", "text/javascript")
			}
			io.WriteString(w, body)
		})
	}
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, `<!doctype html><title>workers</title><body><script>
			const shared = new Promise(done => { new SharedWorker("/shared.js").port.onmessage = e => done(e.data) });
			const claimed = new Promise(done => navigator.serviceWorker.oncontrollerchange = done);
			navigator.serviceWorker.register("/sw.js");
			Promise.all([shared, claimed.then(() => fetch("/made.txt")).then(r => r.text())]).then(all => document.body.append(all.join(", ")))
			</script>`)
	})
	srv := httptest.NewServer(mux)
	defer srv.Close()
	f, a := take(t, Request{URL: srv.URL})
	if text := string(f.read(t, "text.txt")); text != "asked for by the shared worker, made by the worker" {
		t.Errorf("the page's own scripts didn't finish: %q", text)
	}
	if a.Verdict != evidence.Complete {
		t.Errorf("got verdict %q with %v", a.Verdict, a.Problems)
	}
	index := readIndex(t, filepath.Join(f.dir, "archive.wacz"))
	for path, body := range bodies {
		if got := index[srv.URL+path]; got.Digest != "sha256:"+sum([]byte(body)) {
			t.Errorf("%s: got %+v in the archive", path, got)
		}
	}
	if got := index[srv.URL+"/made.txt"]; got.Digest != "sha256:"+sum([]byte("made by the worker")) {
		t.Errorf("what the worker made: got %+v in the archive", got)
	}
}

// TestRequests has requests of the less usual sorts.
func TestRequests(t *testing.T) {
	data := bytes.Repeat([]byte("0123456789"), 1000)
	var cached atomic.Int64
	mux := http.NewServeMux()
	mux.HandleFunc("GET /ranged", func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "x.bin", time.Unix(1, 0), bytes.NewReader(data))
	})
	mux.HandleFunc("GET /cached.txt", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=3600")
		fmt.Fprintf(w, "served %d", cached.Add(1))
	})
	mux.HandleFunc("PUT /api", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		io.Copy(w, r.Body)
	})
	mux.HandleFunc("OPTIONS /api", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Access-Control-Allow-Methods", "PUT")
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("POST /beacon", func(http.ResponseWriter, *http.Request) {})
	other := httptest.NewServer(mux)
	defer other.Close()
	gone := httptest.NewServer(nil)
	gone.Close()
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<!doctype html><title>requests</title><body><script>
			const text = (r) => r.text();
			(async () => {
				const out = [];
				out.push((await fetch("/ranged", {headers: {Range: "bytes=10-19"}}).then(text)));
				out.push(await fetch("/cached.txt").then(text), await fetch("/cached.txt").then(text));
				out.push(await fetch("%s/api", {method: "PUT", body: "offer"}).then(text));
				out.push(await fetch("%s/").catch(() => "refused"));
				const x = new XMLHttpRequest(); x.open("PUT", "/api", false); x.send("by XHR"); out.push(x.responseText);
				navigator.sendBeacon("/beacon", "seen");
				document.body.append(out.join("|"));
			})()</script>`, other.URL, gone.URL)
	})
	srv := httptest.NewServer(mux)
	defer srv.Close()
	f, a := take(t, Request{URL: srv.URL})
	if got, want := string(f.read(t, "text.txt")), "0123456789|served 1|served 2|offer|refused|by XHR"; got != want {
		t.Errorf("got %q from the page's requests, want %q: its cache is to be off", got, want)
	}
	if a.Verdict != evidence.Complete || a.Archive.Missing != 0 || a.Archive.Failed != 1 {
		t.Errorf("got verdict %q with %v, and %+v", a.Verdict, a.Problems, a.Archive)
	}
	text := warcText(t, f)
	for _, want := range []string{"HTTP/1.1 206 Partial Content", "OPTIONS /api HTTP/1.1", "PUT /api HTTP/1.1", "POST /beacon HTTP/1.1",
		"\r\n\r\noffer\r\n", "by XHR", "seen", "net::ERR_", "served 1", "served 2"} {
		if !strings.Contains(text, want) {
			t.Errorf("the archive lacks %q", want)
		}
	}
}

// TestLargeBody passes a body through a page that is larger than any buffer on
// its way. What it costs is measured by the benchmark of the same name.
func TestLargeBody(t *testing.T) {
	const size = 192 << 20
	block := bytes.Repeat([]byte("pugmark "), 1<<13)
	mux := http.NewServeMux()
	mux.HandleFunc("/large", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(size))
		for range size / len(block) {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	})
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, `<!doctype html><title>large</title><body><script>
			(async () => { let n = 0; const r = (await fetch("/large")).body.getReader();
			for (;;) { const {done, value} = await r.read(); if (done) break; n += value.length }
			document.body.append(n) })()</script>`)
	})
	srv := httptest.NewServer(mux)
	defer srv.Close()
	f, a := take(t, Request{URL: srv.URL, Limits: Limits{Quiet: 4 * time.Minute}})
	if got := string(f.read(t, "text.txt")); got != fmt.Sprint(size) {
		t.Fatalf("the page got %s bytes, want %d", got, size)
	}
	if a.Verdict != evidence.Complete || a.Archive.Bytes < size {
		t.Errorf("got verdict %q with %v, and %+v", a.Verdict, a.Problems, a.Archive)
	}
}
