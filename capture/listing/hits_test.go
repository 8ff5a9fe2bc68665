package listing

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"pugmark/lexicon"
)

var day = time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)

func ownWords() *lexicon.Matcher { return lexicon.NewMatcher(day, lexicon.Own()) }

// look extracts a page with words, and reads the record again.
func look(t *testing.T, p Page) *Listing {
	t.Helper()
	if p.Address == "" {
		p.Address = "https://shop.example/a"
	}
	l, err := Extract(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	b, err := l.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	again, err := Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	if more, err := again.Marshal(); err != nil || !bytes.Equal(more, b) {
		t.Errorf("the record changes when it is read: %v", err)
	}
	return again
}

// said sums up a record, a line for each hit.
func said(l *Listing) string {
	var b strings.Builder
	for _, t := range l.Lexicon.Terms {
		for _, h := range t.Hits {
			fmt.Fprintf(&b, "%s %s %s/%d %d-%d %q %v", t.Term, h.Strength, h.In, h.Index, h.RuneStart, h.RuneEnd, h.Text, h.Why)
			if h.Excluded != nil {
				fmt.Fprintf(&b, " within %s", h.Excluded.Term)
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}

func TestHits(t *testing.T) {
	l := look(t, Page{
		Words:    ownWords(),
		Missing:  []string{"reading \"Unit words\": gone"},
		Document: strings.NewReader(`<title>Old 象☆牙 beads</title><h1>Old 象☆牙 beads</h1>`),
		Images:   []Image{{Address: "https://shop.example/1.jpg", Alt: "yellow material"}},
		Text:     "黄 buttons of vegetable ivory, and 1v0ry",
	})
	if l.Version != VersionWithLexicon || l.Lexicon.On != "2026-11-29" || len(l.Lexicon.Missing) != 1 || l.Lexicon.LeftOff != 0 {
		t.Errorf("got %+v", l.Lexicon)
	}
	own := lexicon.Own()
	want := LexiconUsed{own.Name, own.Version, [32]byte(own.Digest)}
	if got := l.Lexicon.Lexicons; len(got) != 1 || got[0] != want {
		t.Errorf("got lexicons %v, want %v", got, want)
	}
	const hits = `象牙 strong title/0 4-7 "象☆牙" [separated]
yellow material strong photograph/0 0-15 "yellow material" [plain]
ivory weak text/0 34-39 "1v0ry" [digits]
ivory medium text/0 23-28 "ivory" [plain] within vegetable ivory
vegetable ivory weak text/0 13-28 "vegetable ivory" [plain]
`
	if got := said(l); got != hits {
		t.Errorf("got\n%s\nwant\n%s", got, hits)
	}
}

// TestHitPlaces takes each hit from where it is said to be.
func TestHitPlaces(t *testing.T) {
	p := samplePage(t)
	p.Words, p.Text = ownWords(), sampleText()
	l := look(t, p)
	for _, term := range l.Lexicon.Terms {
		for _, h := range term.Hits {
			text := p.Text
			switch h.In {
			case InText:
			case InAlt:
				text = l.Photographs[h.Index].Alt
			default:
				text = l.Facts[h.In].Candidates[h.Index].Raw
			}
			if got := text[h.Start:h.End]; got != h.Text || got != string([]rune(text)[h.RuneStart:h.RuneEnd]) {
				t.Errorf("%s of %q: got %q, want %q", h.In, term.Term, got, h.Text)
			}
		}
	}
	if got := said(l); !strings.Contains(got, `yellow material strong title/`) || !strings.Contains(got, "yellow material strong text/0") {
		t.Errorf("got\n%s", got)
	}
	l.Lexicon.Lexicons = nil // they change with every word
	checkGolden(t, "testdata/sample_words.json", &Listing{Format: l.Format, Version: l.Version, Address: l.Address, Lexicon: l.Lexicon})
}

// sampleText is a text such as the sample's page shows.
func sampleText() string {
	return "Old carved lotus pendant and plain bangle, yellow material\n旧藏 莲花吊坠 黄料\n" + "象牙果, not ivory-coloured"
}

// TestNoWords has no words looked for: the record is as it was without them.
func TestNoWords(t *testing.T) {
	without, err := Extract(t.Context(), samplePage(t))
	if err != nil {
		t.Fatal(err)
	}
	if without.Lexicon != nil || without.Version != Version {
		t.Errorf("got version %d, %v", without.Version, without.Lexicon)
	}
	p := samplePage(t)
	p.Words = ownWords()
	with := look(t, p)
	if !reflect.DeepEqual(with.Facts, without.Facts) || !reflect.DeepEqual(with.Problems, without.Problems) {
		t.Error("the facts depend on the words")
	}
	if l := look(t, Page{Words: ownWords(), Address: "nowhere"}); l.Lexicon != nil || l.Version != Version {
		t.Errorf("of no text: got %v", l.Lexicon)
	}
	if l := look(t, Page{Words: ownWords(), Text: "A chair."}); l.Lexicon == nil || len(l.Lexicon.Terms) != 0 || l.Lexicon.Bytes != 8 {
		t.Errorf("of a text without: got %v", l.Lexicon)
	}
}

// TestManyHits has a page that is made of words: the record stays small, and what says
// more is not crowded out.
func TestManyHits(t *testing.T) {
	flood := strings.Repeat("vegetable ivory ", 2*maxTermHits) + "ivory. " + strings.Repeat("rhino horn. ", 40_000)
	l := look(t, Page{Words: ownWords(), Text: flood + "ivory tusks"})
	if l.Lexicon.Stopped || l.Lexicon.LeftOff == 0 || l.Lexicon.Bytes != len(flood)+len("ivory tusks") {
		t.Errorf("got %d left off, %d bytes", l.Lexicon.LeftOff, l.Lexicon.Bytes)
	}
	got, listed := said(l), 0
	for i := range l.Lexicon.Terms {
		term := &l.Lexicon.Terms[i]
		listed += len(term.Hits)
		if len(term.Hits) > maxTermHits || term.Term == "rhino horn" && term.Count() != 40_000 {
			t.Errorf("%s: got %d hits and %d more", term.Term, len(term.Hits), term.LeftOff)
		}
	}
	for _, want := range []string{"ivory medium text/0 1600-1605 \"ivory\" [plain]\n", "ivory tusk strong"} {
		if !strings.Contains(got, want) {
			t.Errorf("got no %q in\n%.3000s", want, got)
		}
	}
	if listed > maxHits {
		t.Errorf("got %d hits", listed)
	}
}

// TestMillionHits has more words than are looked through.
func TestMillionHits(t *testing.T) {
	l := look(t, Page{Words: ownWords(), Text: strings.Repeat("象牙 ", 1_000_000)})
	checkProblem(t, l, "lexicon_limit")
	checkSize(t, l)
	x := l.Lexicon
	if !x.Stopped || len(x.Terms) != 1 || x.Terms[0].Count() != maxFound || x.LeftOff != maxFound-maxTermHits || x.Bytes != 7*maxFound {
		t.Errorf("got %d terms, %d left off, %d bytes", len(x.Terms), x.LeftOff, x.Bytes)
	}
}

// TestManyTerms has more terms, and longer ones, than are listed.
func TestManyTerms(t *testing.T) {
	var text strings.Builder
	long := &lexicon.Lexicon{Name: "Long", Version: strings.Repeat("é", maxSaid)}
	for i := range maxTerms + 100 {
		term := "term" + strings.Map(func(r rune) rune { return r - '0' + 'a' }, fmt.Sprintf("%04d", i))
		long.Entries = append(long.Entries, lexicon.Entry{
			Langs: []string{"en"}, Term: term, Class: lexicon.Product, Meaning: strings.Repeat("象", maxSaid), Strength: lexicon.Weak,
			Taxa: slicesOf("Taxon", 3*maxTaxa), Source: "an informant's name",
		})
		text.WriteString(strings.Repeat(term+" ", 10))
	}
	l := look(t, Page{Words: lexicon.NewMatcher(day, long), Text: text.String()})
	checkSize(t, l)
	if n := len(l.Lexicon.Terms); n != maxTerms {
		t.Errorf("got %d terms", n)
	}
	for _, term := range l.Lexicon.Terms {
		if len(term.Hits) == 0 || len(term.Meaning) != maxSaid/3*3 || len(term.Taxa) != maxTaxa {
			t.Fatalf("got %d hits, %d bytes, %d taxa", len(term.Hits), len(term.Meaning), len(term.Taxa))
		}
	}
	if b, _ := l.Marshal(); bytes.Contains(b, []byte("informant")) {
		t.Error("the record names a source")
	}
}

func slicesOf(s string, n int) []string { return strings.Fields(strings.Repeat(s+" ", n)) }

// TestMatcherFails has a matcher that fails: the facts are there.
func TestMatcherFails(t *testing.T) {
	l := look(t, Page{Words: new(lexicon.Matcher), Document: strings.NewReader("<h1>Bangle</h1>"), Text: "Bangle"})
	checkProblem(t, l, "lexicon_failed")
	if l.Facts[Title].Value != "Bangle" {
		t.Errorf("got %v", l.Facts)
	}
}

// TestParseWords reads records of which version and contents don't go together.
func TestParseWords(t *testing.T) {
	const rest = `"address":"","extractor":{"perceptual_hash":"","rules":""},"facts":{},"format":"pugmark-listing"`
	for _, bad := range []string{
		`{` + rest + `,"lexicon":{"bytes":1,"lexicons":[]},"version":1}`,
		`{` + rest + `,"version":2}`,
		`{` + rest + `,"lexicon":{"bytes":1,"lexicons":[],"more":1},"version":2}`,
	} {
		if l, err := Parse([]byte(bad)); err == nil {
			t.Errorf("%s: got %v", bad, l)
		}
	}
	for _, good := range []string{`{` + rest + `,"version":1}`, `{` + rest + `,"lexicon":{"bytes":1,"lexicons":[]},"version":2}`} {
		if _, err := Parse([]byte(good)); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
}
