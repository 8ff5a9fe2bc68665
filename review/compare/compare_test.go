package compare

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/uuid"

	"pugmark/capture"
	"pugmark/capture/listing"
	"pugmark/evidence"
	"pugmark/review"
)

func TestCodes(t *testing.T) {
	want := []string{capture.ProblemChallenge, capture.ProblemBlocked, capture.ProblemLogin, capture.ProblemPageLost, capture.ProblemNoDocument}
	if codeRemoved != capture.ProblemRemoved || !slices.Equal(silent, want) {
		t.Errorf("got %q and %q, want %q and %q", codeRemoved, silent, capture.ProblemRemoved, want)
	}
}

func TestCanonical(t *testing.T) {
	for in, want := range map[string]string{
		"https://www.Example.com:443/item/7/?utm_source=x&b=2&a=1#top": "example.com/item/7?a=1&b=2",
		"http://example.com":                                  "example.com",
		"https://m.example.com:8443/#!/item/7":                "m.example.com:8443#!/item/7",
		"https://example.com/%E8%B1%A1?id=%2F":                "example.com/%E8%B1%A1?id=%2F",
		"https://item.example.com/i.htm?id=6&spm=a1.b2&scm=3": "item.example.com/i.htm?id=6",
		" no address ": "no address",
		"":             "",
	} {
		if got := Canonical(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func says(facts ...string) *listing.Listing {
	l := &listing.Listing{Facts: make(map[listing.Name]listing.Fact)}
	for i := 0; i < len(facts); i += 2 {
		l.Facts[listing.Name(facts[i])] = listing.Fact{Value: facts[i+1], Candidates: []listing.Candidate{{Raw: facts[i+1]}}}
	}
	return l
}

func TestFacts(t *testing.T) {
	a := says("title", "Bangle", "price", "10 CNY", "location", "Port Verrin", "description", "old")
	b := says("title", "Bangle", "price", "8 CNY", "seller_name", "Li", "description", "old")
	a.Facts["category"] = listing.Fact{Values: []string{"x", "a"}}
	b.Facts["category"] = listing.Fact{Values: []string{"a", "x"}}
	b.Facts["posted"] = listing.Fact{Candidates: []listing.Candidate{{Raw: "3 days ago"}}}
	notes := []evidence.Annotation{
		{Kind: evidence.Fact, Name: "price", Text: "80 CNY", Was: "8 CNY", Actor: "A. Rao"},
		{Kind: evidence.Fact, Name: "price", Text: "1", Withdrawn: &evidence.Withdrawal{}},
		{Kind: evidence.Fact, Name: "species", Text: "Loxodonta", Actor: "A. Rao"},
		{Kind: evidence.Note, Text: "note"},
	}
	var got []string
	for _, f := range facts(a, b, nil, notes) {
		got = append(got, fmt.Sprintf("%s %s %q %q %d%d", f.Name, f.Change, f.A, f.B, len(f.CorrectedA), len(f.CorrectedB)))
	}
	want := []string{
		`title unchanged "Bangle" "Bangle" 00`, `price changed "10 CNY" "8 CNY" 01`, `seller_name added "" "Li" 00`,
		`location removed "Port Verrin" "" 00`, `posted added "" "3 days ago" 00`,
		`category unchanged "a, x" "a, x" 00`, `species unchanged "" "" 01`, `description unchanged "old" "old" 00`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// photo returns a photograph with a content, and a perceptual hash.
func photo(content string, hash uint64) listing.Photograph {
	p := listing.Photograph{Address: "https://cdn.example/" + content, Shown: &listing.Box{}, Width: 400, Height: 300}
	if content != "" {
		p.SHA256 = sha256.Sum256([]byte(content))
	}
	if hash != 0 {
		p.Hash = fmt.Sprintf("p:%016x", hash)
	}
	return p
}

func TestPhotographs(t *testing.T) {
	a := []listing.Photograph{photo("one", 0xffff0000), photo("two", 0xabcdef012345), photo("gone", 0), photo("", 0), photo("one", 0xffff0000)}
	b := []listing.Photograph{photo("two again", 0xabcdef012344), photo("one", 0xffff0000), photo("new", 0x1234567890), photo("", 0)}
	p := pairPhotographs(a, b)
	var got []string
	for _, s := range p.Same {
		got = append(got, fmt.Sprintf("%s %s %s %d", s.Match, s.A.Address, s.B.Address, s.Distance))
	}
	want := []string{
		"digest https://cdn.example/one https://cdn.example/one 0",
		"hash https://cdn.example/two https://cdn.example/two again 1",
		"address https://cdn.example/ https://cdn.example/ 0",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if len(p.Added) != 1 || p.Added[0].Address != "https://cdn.example/new" || len(p.Removed) != 1 || p.Removed[0].Address != "https://cdn.example/gone" || !p.Changed() {
		t.Errorf("got %+v added, %+v removed", p.Added, p.Removed)
	}
}

func TestResponses(t *testing.T) {
	a := &evidence.Manifest{Acquisition: evidence.Acquisition{
		Target: evidence.Target{Requested: "https://a.example/1", Status: 200}, Verdict: evidence.Complete,
		TLS: &evidence.TLS{Subject: "a.example", Issuer: "CA", Valid: true},
	}}
	b := &evidence.Manifest{Acquisition: evidence.Acquisition{
		Target:  evidence.Target{Requested: "https://a.example/1", Status: 404, Redirects: []evidence.Redirect{{From: "https://a.example/1", To: "https://a.example/", Status: 301}}},
		Verdict: evidence.Partial, Problems: []evidence.Problem{{Code: "http_status"}, {Code: "http_status"}},
	}}
	if d := responses(a, a); d != nil {
		t.Errorf("got %+v of one capture", d)
	}
	want := []Difference{
		{"redirects", "", "https://a.example/1 → https://a.example/ (301)"}, {"status", "200", "404"},
		{"certificate", "a.example, by CA, until 0001-01-01", ""}, {"certificate valid", "yes", ""},
		{"verdict", "complete", "partial"}, {"problems", "", "http_status"},
	}
	if d := responses(a, b); !slices.Equal(d, want) {
		t.Errorf("got %+v, want %+v", d, want)
	}
}

// seen is a capture of a timeline, in a shorthand.
type seen struct {
	address, final string
	status         int
	verdict        evidence.Verdict
	problem        string
	facts          []string // name, value
	photos         []listing.Photograph
	text           string
}

// recordOf returns what is read of a capture.
func recordOf(t *testing.T, n int, s seen) *record {
	t.Helper()
	if s.verdict == "" {
		s.verdict = evidence.Complete
	}
	if s.status == 0 {
		s.status = 200
	}
	m := &evidence.Manifest{Acquisition: evidence.Acquisition{
		Target: evidence.Target{Requested: s.address, Final: s.final, Status: s.status}, Verdict: s.verdict,
		Time: evidence.Time{Started: time.Date(2026, 11, 1+n, 0, 0, 0, 0, time.UTC)},
	}}
	if s.problem != "" {
		m.Problems = []evidence.Problem{{Code: s.problem, Detail: "because of " + s.problem}}
	}
	l := says(s.facts...)
	l.Photographs = s.photos
	c := &review.Capture{
		Capture: evidence.Capture{Case: "OP-1", Exhibit: n + 1, ID: uuid.New()}, Files: fstest.MapFS{"text.txt": {Data: []byte(s.text)}},
	}
	r := &record{capture: c, side: sideOf(c, m), facts: make(map[listing.Name]string), said: make(map[listing.Name]string)}
	r.readListing(l)
	r.state, r.why = stateOf(m)
	r.keys = keysOf(m.Target, r.facts)
	if s.verdict != evidence.Complete {
		r.partial = s.problem
	}
	if s.text != "" {
		r.withText, r.text = true, evidence.Item{Path: "text.txt", Bytes: int64(len(s.text)), SHA256: sha256.Sum256([]byte(s.text))}
	}
	return r
}

func TestTimeline(t *testing.T) {
	const home, item = "https://shop.example/", "https://shop.example/item/4711"
	bangle := []listing.Photograph{photo("front", 0xffff0000ffff), photo("back", 0xaaaa5555)}
	tests := []struct {
		name string
		seen []seen
		want []string
	}{
		{"price and title", []seen{
			{address: item, facts: []string{"price", "10", "currency", "CNY", "title", "A"}},
			{address: item + "?utm_source=x", facts: []string{"price", "10", "currency", "CNY", "title", "A"}},
			{address: item, facts: []string{"price", "8", "currency", "CNY", "title", "B"}},
		}, []string{"1 first seen", "2 unchanged", "3 price changed 10 CNY → 8 CNY", "3 title changed A → B"}},
		{"partial proves nothing", []seen{
			{address: item, facts: []string{"price", "10 CNY", "title", "A"}, photos: bangle},
			{address: item, verdict: evidence.Partial, problem: "load_timeout", facts: []string{"title", "B"}, photos: bangle[:1]},
			{address: item, facts: []string{"price", "10 CNY", "title", "B"}, photos: bangle},
		}, []string{"1 first seen", "2 title changed A → B", "3 unchanged"}},
		{"removed and there again", []seen{
			{address: item, facts: []string{"title", "A"}},
			{address: item, status: 404, verdict: evidence.Partial, problem: "http_status"},
			{address: item, facts: []string{"title", "A"}},
		}, []string{"1 first seen", "2 removed", "3 relisted"}},
		{"the page says that it is gone", []seen{
			{address: item}, {address: item, verdict: evidence.Partial, problem: "item_removed"},
		}, []string{"1 first seen", "2 removed"}},
		{"no proof of removal", []seen{
			{address: item},
			{address: item, status: 503, verdict: evidence.Partial, problem: "http_status"},
			{address: item, verdict: evidence.Failed, problem: "no_document"},
			{address: item, status: 404, verdict: evidence.Partial, problem: "challenge_page"},
			{address: item, final: home},
		}, []string{"1 first seen", "2 inconclusive", "3 inconclusive", "4 inconclusive", "5 inconclusive"}},
		{"by the advert's number and a redirect", []seen{
			{address: "https://shop.example/l/4711", final: item},
			{address: "https://shop.example/other-name", facts: []string{"advert_id", "4711", "platform", "shop"}},
			{address: item, facts: []string{"advert_id", "4711", "platform", "shop"}},
			{address: home},
		}, []string{"1 first seen", "2 unchanged", "3 unchanged"}},
		{"photographs and text", []seen{
			{address: item, photos: bangle, text: "one\ntwo"},
			{address: item, photos: bangle[:1], text: "one\nthree\nfour"},
		}, []string{"1 first seen", "2 photographs changed", "2 text changed"}},
		{"elsewhere", []seen{
			{address: item, facts: []string{"title", "A", "seller_id", "u-1"}, photos: bangle},
			{address: "https://shop.example/item/9000", facts: []string{"title", "Other", "seller_id", "u-1"}},
			{address: item, status: 410, verdict: evidence.Partial, problem: "http_status"},
			{address: "https://shop.example/item/5822", facts: []string{"title", "B", "seller_id", "u-1"}, photos: bangle[1:]},
			{address: "https://shop.example/item/5822", facts: []string{"title", "B", "seller_id", "u-1"}, photos: bangle[1:]},
			{address: "https://shop.example/item/5833", facts: []string{"title", "B", "seller_id", "u-2"}, photos: bangle},
		}, []string{"1 first seen", "3 removed", "4 possibly relisted"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var all []*record
			for i, s := range tt.seen {
				all = append(all, recordOf(t, i, s))
			}
			// It is the same whichever of its captures one begins with.
			for _, from := range []*record{all[0], all[min(2, len(all)-1)]} {
				line, err := timeline(t.Context(), all, nil, from.keys)
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, e := range line.Events {
					text := fmt.Sprintf("%s %s", strings.TrimPrefix(e.Capture.Name, "OP-1/"), e.Kind)
					if e.A+e.B != "" {
						text += " " + e.A + " → " + e.B
					}
					got = append(got, text)
				}
				if !slices.Equal(got, tt.want) {
					t.Errorf("got\n%q\nwant\n%q", got, tt.want)
				}
			}
		})
	}
}

// BenchmarkTimeline makes the timeline of a listing that was captured 100 times, of
// 10,000 captures, once they are read.
func BenchmarkTimeline(b *testing.B) {
	var all []*record
	for i := range 10_000 {
		address := fmt.Sprintf("https://shop.example/item/%d", 1000+i%9_900)
		all = append(all, &record{
			side: Side{ID: uuid.New(), Started: time.Unix(int64(i), 0)}, keys: []string{Canonical(address)},
			facts: map[listing.Name]string{listing.Title: address}, own: []listing.Photograph{photo(address, uint64(i)*0x9e3779b97f4a7c15)},
		})
	}
	for b.Loop() {
		if _, err := timeline(b.Context(), all, nil, all[0].keys); err != nil {
			b.Fatal(err)
		}
	}
}
