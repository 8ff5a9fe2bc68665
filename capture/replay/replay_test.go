package replay

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/websocket"

	"pugmark/capture"
	"pugmark/capture/warc"
	"pugmark/evidence"
)

// A page that asks for what differs from visit to visit, and shows what came: by
// the clock, by chance, with a body, from a worker, in a frame, by JSONP, and over
// a WebSocket.
const livePage = `<!doctype html><meta charset=utf-8><title>Live</title><body style="font:20px monospace">
<ul id=list></ul><iframe src="/frame" width=600 height=60></iframe>
<script>
// In order of their texts: which answer comes first is chance.
const add = (text) => {
  const li = document.createElement("li");
  li.textContent = text;
  list.append(...[...list.children, li].sort((a, b) => (a.textContent < b.textContent ? -1 : 1)));
};
window["call" + Math.random().toString().slice(2)] = undefined;
const name = "answer" + String(Math.random()).slice(2, 12);
window[name] = (data) => add("jsonp " + data);
const script = document.createElement("script");
script.src = "/jsonp?callback=" + name;
document.body.append(script);
(async () => {
  add(await (await fetch("/data?id=7&_=" + Date.now())).text());
  add(await (await fetch("/post", { method: "POST", body: JSON.stringify({ id: 7, at: Date.now(), a: 1, b: 2 }) })).text());
  const worker = new Worker("/worker.js");
  add(await new Promise((done) => (worker.onmessage = (e) => done(e.data))));
  add(await fetch("/broken").then(() => "answered", () => "failed"));
  const socket = new WebSocket("ws://" + location.host + "/socket");
  socket.onmessage = (e) => add("socket " + e.data);
})();
</script>`

func liveSite(t *testing.T) *httptest.Server {
	mux := http.NewServeMux()
	text := func(path, kind, content string) {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", kind)
			io.WriteString(w, content)
		})
	}
	text("/{$}", "text/html", livePage)
	text("/frame", "text/html", `<body>frame <script>document.body.append(1)</script>`)
	text("/data", "text/plain", "data")
	text("/post", "text/plain", "posted")
	text("/worker.js", "text/javascript", `fetch("/data?worker&_=" + Date.now()).then((r) => r.text()).then((t) => postMessage("worker " + t))`)
	mux.HandleFunc("/start", func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "visit", Value: "1"})
		http.Redirect(w, r, "/", http.StatusFound)
	})
	mux.HandleFunc("/jsonp", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		fmt.Fprintf(w, `%s("padded")`, r.FormValue("callback"))
	})
	mux.HandleFunc("/broken", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	mux.Handle("/socket", websocket.Handler(func(c *websocket.Conn) {
		websocket.Message.Send(c, "hello")
		io.Copy(io.Discard, c)
	}))
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return srv
}

// captured captures a page into a folder.
func captured(t *testing.T, r capture.Request) (*itemFolder, *evidence.Manifest) {
	t.Helper()
	b, err := capture.Start(t.Context(), browserOptions())
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	f := &itemFolder{folder: folder(t.TempDir())}
	r.Store, r.Scratch = f, t.TempDir()
	a, err := b.Capture(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return f, &evidence.Manifest{Acquisition: *a, Items: f.items}
}

// recorder keeps events.
type recorder struct {
	mu     sync.Mutex
	events []Event
}

func (r *recorder) add(e Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, e)
}

// rules returns how the requests of a path were answered.
func (r *recorder) rules(path string) (all []Rule) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.events {
		if u, err := url.Parse(e.URL); err == nil && u.Path == path {
			all = append(all, e.Rule)
		}
	}
	return all
}

// TestCompare replays a page whose server is gone, and finds each pixel the same.
func TestCompare(t *testing.T) {
	srv := liveSite(t)
	f, m := captured(t, capture.Request{URL: srv.URL + "/start", Locale: "fr", Timezone: "Asia/Tokyo", Viewport: evidence.Size{Width: 900, Height: 500}})
	srv.Close()
	a, err := OpenCapture(t.Context(), os.DirFS(string(f.folder)), m)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	var r recorder
	diff, err := os.Create(filepath.Join(t.TempDir(), "diff.png"))
	if err != nil {
		t.Fatal(err)
	}
	defer diff.Close()
	c, err := Compare(t.Context(), a, Options{Browser: browserOptions(), Events: r.add}, diff)
	if err != nil {
		t.Fatal(err)
	}
	if c.Pixels == 0 || c.Identical != c.Pixels || c.Near != c.Pixels || c.Original != c.Replayed {
		t.Errorf("got %+v, want all pixels identical", c)
	}
	if c.Summary.Absent != 0 || c.Summary.Failed == 0 || c.Summary.Fuzzy == 0 || len(c.Problems) != 0 {
		t.Errorf("got %+v with problems %v", c.Summary, c.Problems)
	}
	for path, want := range map[string]Rule{"/start": Exact, "/data": Parameters, "/post": Body, "/jsonp": JSONP, "/broken": Failed, "/socket": Exact} {
		if got := r.rules(path); len(got) == 0 || got[0] != want {
			t.Errorf("%s was answered by %v, want %s", path, got, want)
		}
	}
}

// TestIdentity has an archived page tell what it sees: the clock, chance and the
// browser.
func TestIdentity(t *testing.T) {
	const page = `<!doctype html><title>t</title><script>
		const tell = (from, more) => fetch("https://tell.example/" + from + "?" + new URLSearchParams({ now: Date.now(), fresh: +new Date(),
			origin: Math.round(performance.timeOrigin), intl: new Intl.DateTimeFormat("en", { year: "numeric" }).format(),
			called: Date().slice(11, 15), own: new Date(0).constructor === Date, sub: new (class extends Date {})().getFullYear(),
			temporal: globalThis.Temporal ? Temporal.Now.instant().epochMilliseconds : 0, random: Math.random(), ...more }), { mode: "no-cors" });
		document.cookie = "a=1; expires=" + new Date(Date.now() + 60000).toUTCString();
		tell("page", { agent: navigator.userAgent, language: navigator.language, zone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
			view: innerWidth + "x" + innerHeight + "@" + devicePixelRatio, cookie: document.cookie });
		new Worker(URL.createObjectURL(new Blob(["(" + (async () => {
			await fetch("https://tell.example/worker?" + new URLSearchParams({ now: Date.now(), random: Math.random(), agent: navigator.userAgent }), { mode: "no-cors" });
		}) + ")()"])));
	</script><iframe srcdoc='<script>fetch("https://tell.example/frame?" + new URLSearchParams({ now: Date.now(), random: Math.random() }), { mode: "no-cors" })</script>'></iframe>`
	a := archive(t, stored{url: "https://page.example/", status: 200, text: page, answer: []warc.Field{{Name: "Content-Type", Value: "text/html"}}})
	a.Manifest = &evidence.Manifest{Acquisition: evidence.Acquisition{
		Time: evidence.Time{Zone: "+05:30"},
		Environment: evidence.Environment{UserAgent: "Mozilla/5.0 (Recorded) Chrome/99.0.0.0", Locale: "ta-IN",
			Viewport: evidence.Size{Width: 700, Height: 400}, PixelRatio: 2},
	}}
	told := func() map[string]url.Values {
		var r recorder
		if _, err := Draw(t.Context(), a, Options{Browser: browserOptions(), Events: r.add}, io.Discard); err != nil {
			t.Fatal(err)
		}
		all := make(map[string]url.Values)
		for _, e := range r.events {
			if u, err := url.Parse(e.URL); err == nil && u.Host == "tell.example" {
				all[u.Path] = u.Query()
			}
		}
		return all
	}
	first, second := told(), told()
	for _, from := range []string{"/page", "/worker", "/frame"} {
		v := first[from]
		if v == nil {
			t.Errorf("%s told nothing", from)
			continue
		}
		if v.Get("random") == "" || v.Get("random") != second[from].Get("random") {
			t.Errorf("%s: got the random numbers %q and %q, want the same", from, v.Get("random"), second[from].Get("random"))
		}
		for _, name := range []string{"now", "fresh", "origin", "temporal"} {
			var ms int64
			if _, err := fmt.Sscan(v.Get(name), &ms); v.Has(name) && (err != nil || time.UnixMilli(ms).Sub(visited).Abs() > time.Minute) {
				t.Errorf("%s: %s is %q, want about %d", from, name, v.Get(name), visited.UnixMilli())
			}
		}
	}
	for name, want := range map[string]string{
		"intl": "2021", "called": "2021", "own": "true", "sub": "2021", "agent": a.Manifest.Environment.UserAgent,
		"language": "ta-IN", "view": "700x400@2", "cookie": "a=1",
	} {
		if got := first["/page"].Get(name); got != want {
			t.Errorf("the page sees %s %q, want %q", name, got, want)
		}
	}
	if zone := first["/page"].Get("zone"); zone != "Asia/Calcutta" && zone != "Asia/Kolkata" && !strings.Contains(zone, "05:30") {
		t.Errorf("the page sees the time zone %q, want one of +05:30", zone)
	}
	if got := first["/worker"].Get("agent"); got != a.Manifest.Environment.UserAgent {
		t.Errorf("a worker sees the agent %q", got)
	}
}

// TestRefused names what can't be replayed.
func TestRefused(t *testing.T) {
	m := &evidence.Manifest{}
	files := os.DirFS(t.TempDir())
	if _, err := OpenCapture(t.Context(), files, m); !errors.Is(err, ErrNoArchive) {
		t.Errorf("got %v, want %v", err, ErrNoArchive)
	}
	m.Items = []evidence.Item{{Path: "archive.wacz", Kind: evidence.KindArchive}}
	if _, err := OpenCapture(t.Context(), files, m); !errors.Is(err, ErrWithheld) {
		t.Errorf("got %v, want %v", err, ErrWithheld)
	}
	path := filepath.Join(t.TempDir(), "text.wacz")
	if err := os.WriteFile(path, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenFile(t.Context(), path); !errors.Is(err, warc.ErrNotArchive) {
		t.Errorf("got %v, want %v", err, warc.ErrNotArchive)
	}
	picture := archive(t, stored{url: "http://a.example/a.png", status: 200, text: "x"})
	if _, err := Compare(t.Context(), picture, Options{}, nil); !errors.Is(err, ErrNoPicture) {
		t.Errorf("got %v, want %v", err, ErrNoPicture)
	}
	picture.Address = ""
	if _, err := Draw(t.Context(), picture, Options{}, io.Discard); !errors.Is(err, ErrNoPage) {
		t.Errorf("got %v, want %v", err, ErrNoPage)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	ok := archive(t, stored{url: "http://a.example/", status: 200, text: "x"})
	if _, err := Draw(ctx, ok, Options{Browser: browserOptions()}, io.Discard); err == nil {
		t.Error("drew a page after the end of the context")
	}
}
