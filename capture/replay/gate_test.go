package replay

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"pugmark/capture/warc"
)

// ask asks the gate of an archive without a connection.
func ask(t *testing.T, g *gate, method, url, body string, header ...string) (res *http.Response, text string, broken bool) {
	t.Helper()
	r := httptest.NewRequest(method, url, strings.NewReader(body))
	r.RequestURI = strings.TrimPrefix(strings.TrimPrefix(url, "https://"+r.Host), "http://"+r.Host)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	func() {
		defer func() { broken = recover() == http.ErrAbortHandler }()
		g.serve(w, r)
	}()
	b, err := io.ReadAll(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Result(), string(b), broken
}

func newGate(t *testing.T, a *Archive, tell func(Event)) *gate {
	t.Helper()
	g, err := openGate(t.Context(), a, time.Now(), tell)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.close)
	return g
}

const form = "application/x-www-form-urlencoded"

// TestRules asks for addresses that the archive has, nearly has, and lacks.
func TestRules(t *testing.T) {
	kind := []warc.Field{{Name: "Content-Type", Value: form}}
	a := archive(t,
		stored{url: "https://a.example/", status: 200, text: "page", answer: []warc.Field{{Name: "Alt-Svc", Value: "h3=x"}, {Name: "X-Kept", Value: "1"}}},
		stored{url: "https://a.example/data?id=7&_=1600000000000&utm_source=x", status: 200, text: "seven"},
		stored{url: "https://a.example/app.js?v=1.2.3", status: 200, text: "script"},
		stored{url: "https://a.example/thread?t=12345&v=9", status: 200, text: "thread"},
		stored{url: "https://a.example/p?callback=jQuery1112223334_1600000000000&q=1", status: 200, text: `jQuery1112223334_1600000000000({"jQuery1112223334_1600000000000": 1})`},
		stored{url: "https://a.example/api", method: "POST", header: kind, body: "a=1&b=2&c=3", status: 200, text: "abc"},
		stored{url: "https://a.example/api", method: "POST", header: kind, body: "a=9&b=8&c=7", status: 200, text: "987"},
		stored{url: "https://a.example/gone"},
		stored{url: "https://a.example/moved", status: 302, answer: []warc.Field{{Name: "Location", Value: "/"}}},
	)
	g := newGate(t, a, nil)
	for _, c := range []struct {
		method, url, body string
		rule              Rule
		text              string
	}{
		{"GET", "https://a.example/", "", Exact, "page"},
		{"GET", "http://a.example/", "", Scheme, "page"},
		{"HEAD", "https://a.example/", "", Head, ""},
		{"GET", "https://a.example/data?_=1700000000000&id=7", "", Parameters, "seven"},
		{"GET", "https://a.example/data?_=1700000000000&id=8", "", Absent, ""},
		{"GET", "https://a.example/app.js?v=1.2.4", "", Parameters, "script"},
		{"GET", "https://a.example/thread?t=54321&v=9", "", Absent, ""},
		{"GET", "https://a.example/thread?t=12345&v=8", "", Absent, ""},
		{"GET", "https://a.example/p?callback=jQuery3334445556_1700000000000&q=1", "", JSONP, `jQuery3334445556_1700000000000({"jQuery1112223334_1600000000000": 1})`},
		{"POST", "https://a.example/api", "a=1&b=2&c=3", Exact, "abc"},
		{"POST", "https://a.example/api", "a=9&b=8&c=0", Body, "987"},
		{"POST", "https://a.example/api", "x=1&y=2&z=3", Absent, ""},
		{"POST", "https://a.example/", "", Absent, ""},
		{"GET", "https://a.example/gone", "", Failed, ""},
		{"GET", "https://a.example/moved", "", Exact, ""},
		{"GET", "https://other.example/", "", Absent, ""},
	} {
		before := g.tally.summary()
		res, text, broken := ask(t, g, c.method, c.url, c.body, "Content-Type", form)
		if c.rule == Failed {
			if !broken {
				t.Errorf("%s %s: the connection was not broken off", c.method, c.url)
			}
			continue
		}
		if got := Rule(res.Header.Get(ruleField)); got != c.rule || text != c.text || broken {
			t.Errorf("%s %s %s: got %q by rule %q, want %q by %q", c.method, c.url, c.body, text, got, c.text, c.rule)
		}
		if after := g.tally.summary(); after.Requests != before.Requests+1 || (after.Absent > before.Absent) != (c.rule == Absent) {
			t.Errorf("%s %s: the summary went from %+v to %+v", c.method, c.url, before, after)
		}
		if c.rule == Absent && res.StatusCode != http.StatusNotFound {
			t.Errorf("%s %s: got status %d, want 404", c.method, c.url, res.StatusCode)
		}
	}
	res, _, _ := ask(t, g, "GET", "https://a.example/", "")
	if res.Header.Get("Alt-Svc") != "" || res.Header.Get("X-Kept") != "1" || res.Header.Get("Date") != "" {
		t.Errorf("got header %v", res.Header)
	}
	if res, _, _ := ask(t, g, "GET", "https://a.example/moved", ""); res.StatusCode != 302 || res.Header.Get("Location") != "/" {
		t.Errorf("got status %d and header %v", res.StatusCode, res.Header)
	}
}

// TestAbsentPage looks at what a person sees who follows a link out of the
// archive.
func TestAbsentPage(t *testing.T) {
	g := newGate(t, archive(t, stored{url: "http://a.example/", status: 200, text: "page"}), nil)
	res, text, _ := ask(t, g, "GET", "http://a.example/<b>?x=1", "", "Sec-Fetch-Dest", "document")
	if res.StatusCode != 404 || !strings.Contains(text, "not in the archive") || !strings.Contains(text, "4 March 2021, 05:06 UTC") ||
		!strings.Contains(text, "http://a.example/&lt;b&gt;?x=1") {
		t.Errorf("got status %d and page %s", res.StatusCode, text)
	}
	if res, text, _ := ask(t, g, "GET", "http://a.example/x.png", "", "Sec-Fetch-Dest", "image"); text != "" || res.Header.Get("Content-Type") != "" {
		t.Errorf("a picture got %q of type %q", text, res.Header.Get("Content-Type"))
	}
}

// TestRanges cuts ranges out of a whole and out of parts.
func TestRanges(t *testing.T) {
	part := func(first, last string) []warc.Field {
		return []warc.Field{{Name: "Content-Range", Value: "bytes " + first + "-" + last + "/20"}, {Name: "Content-Type", Value: "video/mp4"}}
	}
	g := newGate(t, archive(t,
		stored{url: "http://a.example/whole", status: 200, text: "0123456789"},
		stored{url: "http://a.example/parts", status: 206, answer: part("0", "4"), text: "abcde"},
		stored{url: "http://a.example/parts", status: 206, answer: part("5", "19"), text: "fghijklmnopqrst"},
		stored{url: "http://a.example/all", status: 206, answer: part("0", "19"), text: "abcdefghijklmnopqrst"},
	), nil)
	for _, c := range []struct {
		url, wanted string
		status      int
		is, text    string
	}{
		{"whole", "bytes=2-4", 206, "bytes 2-4/10", "234"},
		{"whole", "bytes=7-", 206, "bytes 7-9/10", "789"},
		{"whole", "bytes=0-99", 206, "bytes 0-9/10", "0123456789"},
		{"whole", "bytes=10-", 416, "bytes */10", ""},
		{"whole", "bytes=1-2,4-5", 200, "", "0123456789"},
		{"whole", "", 200, "", "0123456789"},
		{"parts", "bytes=0-", 206, "bytes 0-4/20", "abcde"},
		{"parts", "bytes=5-", 206, "bytes 5-19/20", "fghijklmnopqrst"},
		{"parts", "bytes=7-8", 206, "bytes 7-8/20", "hi"},
		{"parts", "bytes=25-", 404, "", ""},
		{"parts", "", 404, "", ""},
		{"all", "", 200, "", "abcdefghijklmnopqrst"},
	} {
		var header []string
		if c.wanted != "" {
			header = []string{"Range", c.wanted}
		}
		res, text, _ := ask(t, g, "GET", "http://a.example/"+c.url, "", header...)
		if res.StatusCode != c.status || res.Header.Get("Content-Range") != c.is || text != c.text {
			t.Errorf("%s of %s: got %d, %q and %q, want %d, %q and %q", c.wanted, c.url,
				res.StatusCode, res.Header.Get("Content-Range"), text, c.status, c.is, c.text)
		}
	}
}

// TestSequence asks for an address several times, of which the archive has other
// visits, too.
func TestSequence(t *testing.T) {
	const page, poll = "http://a.example/", "http://a.example/poll"
	g := newGate(t, archive(t,
		stored{url: page, status: 200, text: "page"},
		stored{url: poll, status: 200, text: "first", after: time.Second},
		stored{url: poll, status: 200, text: "second", after: 2 * time.Second},
		stored{url: poll, status: 200, text: "a year before", after: -8760 * time.Hour},
		stored{url: poll, status: 200, text: "a day later", after: 24 * time.Hour},
	), nil)
	for i, want := range []string{"first", "second", "second"} {
		if _, text, _ := ask(t, g, "GET", poll, ""); text != want {
			t.Errorf("time %d: got %q, want %q", i, text, want)
		}
	}
	for range 2 { // the second opens it once more
		ask(t, g, "GET", page, "", "Sec-Fetch-Dest", "document")
	}
	if _, text, _ := ask(t, g, "GET", poll, ""); text != "first" {
		t.Errorf("after the page was opened again: got %q, want %q", text, "first")
	}
}

// TestCookies moves the end of a cookie with the clock, and leaves the rest.
func TestCookies(t *testing.T) {
	g := newGate(t, archive(t, stored{url: "http://a.example/", status: 200, text: "page", answer: []warc.Field{
		{Name: "Set-Cookie", Value: "a=1; Expires=Thu, 04-Mar-2021 06:06:07 GMT; Path=/"},
		{Name: "Set-Cookie", Value: "b=2; Max-Age=60"},
	}}), nil)
	g.offset.Store(int64(visited.Sub(time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC))))
	res, _, _ := ask(t, g, "GET", "http://a.example/", "")
	got := res.Header.Values("Set-Cookie")
	if len(got) != 2 || got[0] != "a=1; Expires=Tue, 01 Jan 2030 01:00:00 GMT; Path=/" || got[1] != "b=2; Max-Age=60" {
		t.Errorf("got cookies %q", got)
	}
}

// TestPreflight answers a question that the archive lacks, and not any other of
// its kind.
func TestPreflight(t *testing.T) {
	g := newGate(t, archive(t, stored{url: "http://a.example/", status: 200, text: "page"}), nil)
	res, _, _ := ask(t, g, "OPTIONS", "http://b.example/api", "", "Origin", "http://a.example",
		"Access-Control-Request-Method", "PUT", "Access-Control-Request-Headers", "x-token")
	if res.StatusCode != 204 || res.Header.Get("Access-Control-Allow-Origin") != "http://a.example" ||
		res.Header.Get("Access-Control-Allow-Headers") != "x-token" || res.Header.Get(ruleField) != string(Preflight) {
		t.Errorf("got status %d and header %v", res.StatusCode, res.Header)
	}
	if res, _, _ := ask(t, g, "OPTIONS", "http://b.example/api", ""); res.StatusCode != 404 {
		t.Errorf("got status %d, want 404", res.StatusCode)
	}
}
