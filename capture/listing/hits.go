package listing

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"time"
	"unicode/utf8"

	"pugmark/evidence"
	"pugmark/lexicon"
)

// Lexicon is which words of the trade stand on a page. They suggest; nothing is
// decided by them, and a page without any may sell what it likes.
type Lexicon struct {
	On       string        `json:"on,omitempty"` // day on which the words had to be in use, UTC
	Lexicons []LexiconUsed `json:"lexicons"`
	Missing  []string      `json:"missing,omitempty"` // why others weren't looked for
	Bytes    int           `json:"bytes"`             // of text that was looked through
	Terms    []Term        `json:"terms,omitempty"`   // that were found, those that say most first
	LeftOff  int           `json:"left_off,omitzero"` // hits beyond the limits
	// Stopped says that there were so many that the rest of the texts wasn't
	// looked through.
	Stopped bool `json:"stopped,omitzero"`
}

// LexiconUsed identifies a lexicon.
type LexiconUsed struct {
	Name    string          `json:"name"`
	Version string          `json:"version"`
	SHA256  evidence.Digest `json:"sha256"`
}

// Term is an entry of a lexicon of which there are hits. What the entry says of its
// source is left to the lexicon.
type Term struct {
	Lexicon  int              `json:"lexicon"` // index of the lexicon
	Langs    []string         `json:"lang"`    // BCP 47
	Term     string           `json:"term"`
	Class    lexicon.Class    `json:"class"`
	Meaning  string           `json:"meaning"`
	Taxa     []string         `json:"taxa,omitempty"` // scientific names
	Product  string           `json:"product,omitempty"`
	Strength lexicon.Strength `json:"strength"`
	Covert   bool             `json:"covert,omitzero"`
	Hits     []Hit            `json:"hits"`              // those that say most first
	LeftOff  int              `json:"left_off,omitzero"` // hits beyond the limits
}

// Hit is a place where a term stands.
type Hit struct {
	Place
	Text     string           `json:"text"`         // as it stands there
	Cut      bool             `json:"cut,omitzero"` // text is only the beginning
	Strength lexicon.Strength `json:"strength"`     // may be less than the term's
	Why      []lexicon.Why    `json:"why"`
	Excluded *Friend          `json:"excluded,omitempty"` // the false friend that it is part of
}

// Place is a part of a text of the page.
type Place struct {
	// In is the name of a fact, of which Index is the candidate whose raw string it
	// is; or [InAlt], the alternative text of the photograph Index; or [InText], the
	// item with the page's text.
	In        Name `json:"in"`
	Index     int  `json:"index,omitzero"`
	Start     int  `json:"start"`      // in bytes, UTF-8
	End       int  `json:"end"`        // after the last byte
	RuneStart int  `json:"rune_start"` // in characters (Unicode code points)
	RuneEnd   int  `json:"rune_end"`
}

// Texts of the page that are no facts.
const (
	InText Name = "text"
	InAlt  Name = "photograph"
)

// Friend is a false friend: a term that holds another, and means something else.
type Friend struct {
	Term    string `json:"term"`
	Meaning string `json:"meaning"`
}

// IsExcluded reports whether the term says nothing here: it is a false friend, or
// stands within one wherever it does.
func (t *Term) IsExcluded() bool {
	return t.Class == lexicon.Excluded || len(t.Hits) > 0 && t.Hits[0].Excluded != nil
}

// Count returns how many hits there are, also those that aren't listed.
func (t *Term) Count() int { return len(t.Hits) + t.LeftOff }

// Best returns the strength of the hit that says most.
func (t *Term) Best() lexicon.Strength {
	if len(t.Hits) == 0 {
		return t.Strength
	}
	return t.Hits[0].Strength
}

// searchedFacts are the facts that are looked through.
var searchedFacts = []Name{Title, Category, Description, SellerName}

// The limits of hits.
const (
	maxHits     = 1_000
	maxTermHits = 50
	maxTerms    = 500
	maxFound    = 100_000 // after which no more is looked through
	maxHitText  = 256     // bytes
	maxSaid     = 1 << 10 // bytes of what an entry says in a column
	maxTaxa     = 50      // and languages
)

// words looks for the words of the trade. Without a matcher, or a text, it returns nil.
func (l *Listing) words(m *lexicon.Matcher, missing []string, text string) *Lexicon {
	if m == nil {
		return nil
	}
	found := hitsOf{m: m, out: &Lexicon{Missing: missing}, terms: make(map[*lexicon.Entry]*termHits)}
	for place, text := range l.texts(text) {
		found.look(place, text)
		if found.out.Stopped {
			break
		}
	}
	if found.out.Bytes == 0 {
		return nil
	}
	return found.lexicon()
}

// texts yields the texts that are looked through, each with its place.
func (l *Listing) texts(text string) iter.Seq2[Place, string] {
	return func(yield func(Place, string) bool) {
		for _, name := range searchedFacts {
			all := l.Facts[name].Candidates
			for i, c := range all {
				same := func(o Candidate) bool { return o.Raw == c.Raw }
				if !slices.ContainsFunc(all[:i], same) && !yield(Place{In: name, Index: i}, c.Raw) {
					return
				}
			}
		}
		for i, p := range l.Photographs {
			if !yield(Place{In: InAlt, Index: i}, p.Alt) {
				return
			}
		}
		yield(Place{In: InText}, text)
	}
}

// hitsOf gathers hits.
type hitsOf struct {
	m     *lexicon.Matcher
	out   *Lexicon
	terms map[*lexicon.Entry]*termHits
	order []*termHits // as they were found
	count int
}

// termHits are the hits of a term, by how much they say: each list as long as may be
// listed at most.
type termHits struct {
	entry *lexicon.Entry
	from  *lexicon.Lexicon
	ranks [4][]Hit
	count int
}

// rank says how much a hit says: 0 is most, 3 that of a false friend.
func rank(h *lexicon.Hit) int {
	if h.Excluded != nil || h.Entry.Class == lexicon.Excluded {
		return len(lexicon.Strengths)
	}
	return len(lexicon.Strengths) - 1 - slices.Index(lexicon.Strengths, h.Strength)
}

// look looks through a text.
func (x *hitsOf) look(at Place, text string) {
	x.out.Bytes += len(text)
	for h := range x.m.All(text) {
		if x.count++; x.count > maxFound {
			x.out.Stopped = true
			x.out.Bytes += h.Start - len(text)
			x.count--
			return
		}
		x.add(at, &h)
	}
}

func (x *hitsOf) add(at Place, h *lexicon.Hit) {
	t := x.terms[h.Entry]
	if t == nil {
		t = &termHits{entry: h.Entry, from: h.From()}
		x.terms[h.Entry] = t
		x.order = append(x.order, t)
	}
	t.count++
	if of := &t.ranks[rank(h)]; len(*of) < maxTermHits {
		*of = append(*of, recorded(at, h))
	}
}

func recorded(at Place, h *lexicon.Hit) Hit {
	at.Start, at.End, at.RuneStart, at.RuneEnd = h.Start, h.End, h.RuneStart, h.RuneEnd
	out := Hit{Place: at, Text: h.Text, Strength: h.Strength, Why: h.Why}
	out.Text = beginning(h.Text, maxHitText)
	out.Cut = len(out.Text) < len(h.Text)
	if e := h.Excluded; e != nil {
		out.Excluded = &Friend{e.Term, beginning(e.Meaning, maxSaid)}
	}
	return out
}

// beginning returns as much of s as has room, in whole characters.
func beginning(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}

// beginnings returns the first of all, and of each as much as has room.
func beginnings(all []string) (out []string) {
	for _, s := range all[:min(len(all), maxTaxa)] {
		out = append(out, beginning(s, maxHitText))
	}
	return out
}

// best returns the rank of the hit that says most.
func (t *termHits) best() int {
	return slices.IndexFunc(t.ranks[:], func(of []Hit) bool { return len(of) > 0 })
}

// lexicon returns the record of what was found.
func (x *hitsOf) lexicon() *Lexicon {
	if on := x.m.On(); !on.IsZero() {
		x.out.On = on.UTC().Format(time.DateOnly)
	}
	for _, l := range x.m.Lexicons() {
		x.out.Lexicons = append(x.out.Lexicons, LexiconUsed{beginning(l.Name, maxSaid), beginning(l.Version, maxSaid), evidence.Digest(l.Digest)})
	}
	slices.SortStableFunc(x.order, func(a, b *termHits) int { return cmp.Compare(a.best(), b.best()) })
	room := maxHits
	for i, t := range x.order {
		if i == maxTerms {
			break
		}
		// Each term that is listed has a hit.
		term := t.term(slices.Index(x.m.Lexicons(), t.from), max(room-(min(len(x.order), maxTerms)-i-1), 1))
		room -= len(term.Hits)
		x.out.Terms = append(x.out.Terms, term)
	}
	x.out.LeftOff = x.count - (maxHits - room)
	return x.out
}

// term returns the record of a term with so many hits at most.
func (t *termHits) term(from, most int) Term {
	e := t.entry
	out := Term{
		Lexicon: from, Langs: beginnings(e.Langs), Term: e.Term, Class: e.Class, Meaning: beginning(e.Meaning, maxSaid),
		Taxa: beginnings(e.Taxa), Product: beginning(e.Product, maxSaid),
		Strength: e.Strength, Covert: e.Covert,
	}
	all := slices.Concat(t.ranks[:]...)
	out.Hits = all[:min(len(all), most, maxTermHits)]
	out.LeftOff = t.count - len(out.Hits)
	return out
}

// problem says what was not looked through, or nothing.
func (l *Lexicon) problem() (p evidence.Problem, ok bool) {
	if l == nil || !l.Stopped {
		return p, false
	}
	return evidence.Problem{
		Code:   "lexicon_limit",
		Detail: fmt.Sprintf("after %d words of the trade the rest was not looked through for more", maxFound),
	}, true
}
