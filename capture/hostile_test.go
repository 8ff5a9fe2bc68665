package capture

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	cdppage "github.com/chromedp/cdproto/page"

	"pugmark/evidence"
)

// short limits keep the tests of hostile pages short.
var short = Limits{Load: 6 * time.Second, Stall: 2 * time.Second, Scroll: 20 * time.Second, Height: 20_000, Traffic: 64 << 20}

// TestHostilePages opens pages that try to hang or to harm. Each capture ends,
// keeps what there is, and says what was wrong.
func TestHostilePages(t *testing.T) {
	const top = "<!doctype html><title>hostile</title><h1>hostile</h1>"
	endless := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, top)
		for r.Context().Err() == nil {
			if _, err := fmt.Fprintf(w, "<p>%s\n", strings.Repeat("more ", 10)); err != nil {
				return
			}
			w.(http.Flusher).Flush()
			time.Sleep(10 * time.Millisecond)
		}
	}
	tests := []struct {
		name    string
		page    string
		handler http.HandlerFunc
		want    []string // problems; none: the capture is complete
		check   func(*evidence.Acquisition) bool
	}{
		{name: "dialogs", page: `<script>alert("a"); confirm("b"); prompt("c"); document.title = "past"</script>`,
			check: func(a *evidence.Acquisition) bool { return a.Interventions.Dialogs == 3 && a.Target.Title == "past" }},
		{name: "dialog flood", page: `<script>for (;;) alert("again")</script>`, want: []string{ProblemStalled},
			check: func(a *evidence.Acquisition) bool { return a.Interventions.Dialogs > 3 }},
		{name: "beforeunload", page: `<script>onbeforeunload = (e) => { e.preventDefault(); return "stay" }</script>`},
		{name: "window flood", page: `<script>for (let i = 0; i < 50; i++) open("about:blank")</script>`},
		{name: "download", page: `<script>const a = document.createElement("a"); a.href = URL.createObjectURL(new Blob(["x"])); a.download = "x.exe"; a.click()</script>`,
			check: func(a *evidence.Acquisition) bool { return a.Interventions.Blocked == 1 }},
		{name: "print", page: `<script>print(); document.title = "past"</script>`,
			check: func(a *evidence.Acquisition) bool { return a.Target.Title == "past" }},
		{name: "endless document", handler: endless, want: []string{ProblemLoadTimeout, ProblemBody}},
		{name: "endless picture", page: `<img src="/endless.png" width=10 height=10>`, want: []string{ProblemLoadTimeout, ProblemPictures}},
		{name: "endless scrolling", page: `<style>p{height:900px}</style><p><p><div id=end></div><script>
			new IntersectionObserver(es => { if (es[0].isIntersecting) for (let i = 0; i < 3; i++) end.before(document.createElement("p")) }, {rootMargin: "500px"}).observe(end)
			</script>`, want: []string{ProblemHeight}},
		{name: "infinite loop", page: `<script>for (;;);</script>`, want: []string{ProblemStalled}},
		{name: "late infinite loop", page: `<script>onload = () => setTimeout(() => { for (;;); }, 100)</script>`, want: []string{ProblemStalled}},
		{name: "flood of traffic", page: `<script>fetch("/endless.bin").then(r => r.arrayBuffer())</script>`, want: []string{ProblemLimit}},
		{name: "reloading", page: `<script>if (!location.hash) { location.hash = "x"; location.reload() }</script>`, want: []string{ProblemMoved}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			mux := http.NewServeMux()
			mux.HandleFunc("/endless.png", func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "image/png")
				w.(http.Flusher).Flush()
				<-r.Context().Done()
			})
			mux.HandleFunc("/endless.bin", func(w http.ResponseWriter, r *http.Request) {
				for r.Context().Err() == nil {
					w.Write(make([]byte, 1<<20))
				}
			})
			mux.HandleFunc("/{$}", func(w http.ResponseWriter, r *http.Request) {
				if test.handler != nil {
					test.handler(w, r)
					return
				}
				w.Header().Set("Content-Type", "text/html")
				io.WriteString(w, top+test.page)
			})
			srv := httptest.NewServer(mux)
			defer srv.Close()
			f, a := take(t, Request{URL: srv.URL, Limits: short})
			for _, code := range test.want {
				if !slices.Contains(codes(a), code) {
					t.Errorf("got problems %v, want %s among them", a.Problems, code)
				}
			}
			if len(test.want) == 0 && a.Verdict != evidence.Complete {
				t.Errorf("got verdict %q with %v", a.Verdict, a.Problems)
			}
			if test.check != nil && !test.check(a) {
				t.Errorf("got interventions %+v, title %q", a.Interventions, a.Target.Title)
			}
			for _, kind := range []evidence.Kind{evidence.KindPage, evidence.KindDOM, evidence.KindText} {
				if len(f.paths(kind)) == 0 {
					t.Errorf("there is no item of kind %q; problems %v", kind, a.Problems)
				}
			}
		})
	}
}

// TestCrashedRenderer ends the page's process in the middle of a capture.
func TestCrashedRenderer(t *testing.T) {
	srv := site(t, map[string]string{"/": "<!doctype html><title>crash</title><p>here and gone"})
	_, a := take(t, Request{URL: srv.URL, Progress: func(p Progress) {
		if p.Step == "scroll" {
			crash(t)
		}
	}})
	if a.Verdict == evidence.Complete || !slices.Contains(codes(a), ProblemPageLost) && !slices.Contains(codes(a), ProblemStep) {
		t.Errorf("got verdict %q with %v", a.Verdict, a.Problems)
	}
	if a.Target.Status != 200 || a.Archive.Responses == 0 {
		t.Errorf("what had been obtained is gone: %+v", a)
	}
}

// crash makes the renderer of the one page that is open crash.
func crash(t *testing.T) {
	shared.transport.mu.Lock()
	defer shared.transport.mu.Unlock()
	for id := range shared.transport.handlers {
		go shared.transport.send(id, cdppage.CommandCrash, cdp.Empty{}, nil)
	}
}

// TestKilledBrowser kills Chrome in the middle of a capture.
func TestKilledBrowser(t *testing.T) {
	srv := site(t, map[string]string{"/": "<!doctype html><title>kill</title><p>here and gone"})
	b, err := Start(t.Context(), Options{NoSandbox: noSandbox()})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	a, err := b.Capture(t.Context(), Request{URL: srv.URL, Store: newFolder(t), Scratch: t.TempDir(), Progress: func(p Progress) {
		if p.Step == "scroll" {
			b.proc.kill()
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	if a.Verdict == evidence.Complete || !slices.Contains(codes(a), ProblemPageLost) {
		t.Errorf("got verdict %q with %v", a.Verdict, a.Problems)
	}
}
