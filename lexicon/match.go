package lexicon

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"pugmark/fold"
)

// Why says how the text of a hit differs from the term.
type Why string

// The reasons, all that apply.
const (
	Plain     Why = "plain"     // as the term is written; capitals make no difference
	Folded    Why = "folded"    // width, accents, traditional or simplified Chinese, kind of kana
	Separated Why = "separated" // symbols or spaces were inserted, or left out
	Invisible Why = "invisible" // characters were inserted that aren't seen
	Lookalike Why = "lookalike" // letters of another script
	Digits    Why = "digits"    // digits or signs for letters
	Inflected Why = "inflected" // a plural or another form
	AsVariant Why = "variant"   // another spelling that the lexicon has
	AsPinyin  Why = "pinyin"    // likewise, the sound in Latin letters
	AsEvasion Why = "evasion"   // likewise, a way around a filter
)

// Hit is a place where a term stands.
type Hit struct {
	Start     int    `json:"start"` // in bytes of the text
	End       int    `json:"end"`   // after the last byte
	RuneStart int    `json:"rune_start"`
	RuneEnd   int    `json:"rune_end"`
	Text      string `json:"text"` // as it stands there
	Entry     *Entry `json:"entry"`
	// Strength is that of the entry; of what only looks like the term, weak.
	Strength Strength `json:"strength"`
	Why      []Why    `json:"why"`
	Lexicon  string   `json:"lexicon"` // name
	Version  string   `json:"version"` // of the lexicon
	// Excluded is the false friend that the hit is part of, or nil.
	Excluded *Entry `json:"excluded,omitempty"`

	from *Lexicon
}

// From returns the lexicon of the hit's entry.
func (h *Hit) From() *Lexicon { return h.from }

// pattern is one writing of a term.
type pattern struct {
	lexicon *Lexicon
	entry   *Entry
	text    string
	why     Why  // of a variant; Plain for the term
	open    bool // any letters may follow
	arabic  bool
	bare    string // without what is no letter
	folded  string // bare, as package fold does
	letters int
	gaps    []bool // before each letter, whether something stands there that is none
	first   rune   // letter as written
	last    rune
}

// Matcher finds the terms of lexicons. It may be used from several goroutines.
type Matcher struct {
	on       time.Time
	lexicons []*Lexicon
	patterns []pattern
	trie     *trie
	letters  sync.Pool // of *[]letter, to be used again
}

// NewMatcher returns a matcher for the terms of lexicons that were in use on a day,
// or for all on the zero time. The lexicons must not change afterwards.
func NewMatcher(on time.Time, lexicons ...*Lexicon) *Matcher {
	m := &Matcher{on: on, lexicons: lexicons}
	root := newBranch()
	for _, l := range lexicons {
		for i := range l.Entries {
			if e := &l.Entries[i]; e.InUse(on) {
				m.add(root, l, e)
			}
		}
	}
	m.trie = build(root)
	m.letters.New = func() any { return new([]letter) }
	return m
}

// On returns the day on which the terms were in use, or the zero time.
func (m *Matcher) On() time.Time { return m.on }

// Lexicons returns the lexicons whose terms are found.
func (m *Matcher) Lexicons() []*Lexicon { return m.lexicons }

var whyOf = map[Kind]Why{Spelling: AsVariant, Inflection: Inflected, Pinyin: AsPinyin, Evasion: AsEvasion}

func (m *Matcher) add(root *branch, l *Lexicon, e *Entry) {
	m.addPattern(root, pattern{lexicon: l, entry: e, text: e.Term, why: Plain})
	for _, v := range e.Variants {
		m.addPattern(root, pattern{lexicon: l, entry: e, text: v.Text, why: whyOf[v.Kind]})
	}
}

func (m *Matcher) addPattern(root *branch, p pattern) {
	p.text, p.open = strings.CutSuffix(p.text, "*")
	letters := foldLetters(nil, p.text)
	if len(letters) == 0 {
		return
	}
	runes := make([]rune, len(letters))
	for i, l := range letters {
		runes[i] = l.r
		p.gaps = append(p.gaps, l.apart())
	}
	p.gaps[0] = false
	p.bare = lettersOf(p.text)
	p.arabic = p.entry.Speaks("ar")
	p.folded = fold.Text(p.bare)
	p.letters = len(letters)
	p.first = runeAt(p.text, letters[0].at())
	p.last = runeAt(p.text, letters[len(letters)-1].at())
	root.add(runes, int32(len(m.patterns)))
	m.patterns = append(m.patterns, p)
}

func runeAt(s string, i int) rune {
	r, _ := utf8.DecodeRuneInString(s[i:])
	return r
}

// Find returns the hits in a text of at most 1 GiB, in the order in which they begin.
func (m *Matcher) Find(text string) []Hit {
	s := &scan{m: m, text: text}
	s.run()
	s.runDigits()
	return finish(text, s.hits)
}

// scan is one search. It belongs to one goroutine.
type scan struct {
	m       *Matcher
	text    string
	letters []letter
	hits    []*Hit
	digits  bool // text has letters in the place of digits
}

// run finds the hits in the text.
func (s *scan) run() {
	buffer := s.m.letters.Get().(*[]letter)
	s.letters = foldLetters((*buffer)[:0], s.text)
	inWord := false
	for i, l := range s.letters {
		if l.r < utf8.RuneSelf {
			within := inWord && !l.apart()
			if inWord = l.r >= 'a'; within && inWord {
				continue // no word begins within one of Latin letters
			}
		} else {
			inWord = isSpaced(l.r)
		}
		if i+1 < len(s.letters) && s.m.trie.mayStart(l.r, s.letters[i+1].r) {
			s.walk(i)
		}
	}
	*buffer, s.letters = s.letters, nil
	s.m.letters.Put(buffer)
}

// walk follows the trie from a letter on.
func (s *scan) walk(i int) {
	n := s.m.trie.start(s.letters[i].r)
	if n == 0 {
		return
	}
	for j := i + 1; ; j++ {
		for _, p := range s.m.trie.nodes[n].ends {
			s.try(&s.m.patterns[p], i, j)
		}
		if j == len(s.letters) {
			return
		}
		if n = s.m.trie.step(n, s.letters[j].r); n == 0 {
			return
		}
	}
}

// try holds a pattern against letters from i up to j of the text.
func (s *scan) try(p *pattern, i, j int) {
	if i > 0 && s.letters[i-1].at() == s.letters[i].at() || j < len(s.letters) && s.letters[j].at() == s.letters[j-1].at() {
		return // within a character
	}
	start, end := s.letters[i].at(), s.end(j-1)
	if !s.begins(p, i, start) {
		return
	}
	after := s.finishWord(p, j, end)
	var how because
	if after < 0 || !s.spacing(p, i, j, &how) || !s.letterwise(p, s.text[start:end], &how) {
		return
	}
	if after > end && !p.open {
		how.add(Inflected)
	}
	s.hits = append(s.hits, s.hit(p, start, after, &how))
}

// end returns where the character of a letter ends.
func (s *scan) end(i int) int {
	at := s.letters[i].at()
	return at + charLen(s.text[at:])
}

// because gathers reasons.
type because struct{ why []Why }

func (b *because) add(w Why) {
	if !slices.Contains(b.why, w) {
		b.why = append(b.why, w)
	}
}

// hit makes the hit of a pattern.
func (s *scan) hit(p *pattern, start, end int, how *because) *Hit {
	h := &Hit{
		Start: start, End: end, Entry: p.entry, Strength: p.entry.Strength,
		Lexicon: p.lexicon.Name, Version: p.lexicon.Version, from: p.lexicon,
	}
	if p.why != Plain {
		how.add(p.why)
	}
	if s.digits {
		how.add(Digits)
	}
	if slices.ContainsFunc(how.why, func(w Why) bool { return w == Digits || w == AsPinyin || w == AsEvasion }) {
		h.Strength = Weak
	}
	if len(how.why) == 0 {
		how.add(Plain)
	}
	h.Why = how.why
	return h
}

// finish puts hits in order, and says of each what it is within.
func finish(text string, hits []*Hit) []Hit {
	slices.SortStableFunc(hits, func(a, b *Hit) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End), cmp.Compare(a.turns(), b.turns()), strings.Compare(a.Entry.Term, b.Entry.Term))
	})
	hits = dropRepeated(hits)
	var out []Hit
	for i, h := range hits {
		outer := around(hits, i)
		if h.Entry.Class != Excluded {
			if slices.ContainsFunc(outer, func(o *Hit) bool { return covers(o, h) }) || alreadySaid(out, h) {
				continue
			}
			h.Excluded = friend(outer)
		}
		out = append(out, *h)
	}
	place(text, out)
	return out
}

// turns is how many ways it took to find the hit.
func (h *Hit) turns() int {
	if h.Why[0] == Plain {
		return 0
	}
	return len(h.Why)
}

// near is how far apart hits begin at most of which one may be within the other.
const near = 8 * maxTerm

// dropRepeated leaves out what is a hit of the same entry in another way.
func dropRepeated(hits []*Hit) (out []*Hit) {
next:
	for _, h := range hits {
		for k := len(out) - 1; k >= 0 && h.Start-out[k].Start <= near; k-- {
			if out[k].Entry == h.Entry && h.End <= out[k].End {
				continue next
			}
		}
		out = append(out, h)
	}
	return out
}

// around returns the hits that a hit is within.
func around(hits []*Hit, i int) (out []*Hit) {
	h := hits[i]
	for k := i - 1; k >= 0 && h.Start-hits[k].Start <= near; k-- {
		if h.End <= hits[k].End {
			out = append(out, hits[k])
		}
	}
	for k := i + 1; k < len(hits) && hits[k].Start == h.Start && hits[k].End == h.End; k++ {
		out = append(out, hits[k])
	}
	return out
}

// covers reports whether a longer hit says all that a shorter one in it does:
// "elephant ivory" that of "ivory".
func covers(o, h *Hit) bool {
	longer := o.Start < h.Start || h.End < o.End
	return longer && o.Entry.Class != Excluded && slices.Index(Strengths, o.Strength) >= slices.Index(Strengths, h.Strength)
}

// alreadySaid reports whether the hits before one say the same of its place, in
// another language.
func alreadySaid(out []Hit, h *Hit) bool {
	for k := len(out) - 1; k >= 0 && out[k].Start == h.Start && out[k].End == h.End; k-- {
		o := out[k].Entry
		if o.Class == h.Entry.Class && o.Product == h.Entry.Product && slices.Equal(o.Taxa, h.Entry.Taxa) && out[k].Lexicon == h.Lexicon {
			return true
		}
	}
	return false
}

// friend returns the false friend among hits, or nil.
func friend(hits []*Hit) *Entry {
	i := slices.IndexFunc(hits, func(h *Hit) bool { return h.Entry.Class == Excluded })
	if i < 0 {
		return nil
	}
	return hits[i].Entry
}

// place fills in the texts and where they are, counted in characters.
func place(text string, hits []Hit) {
	at, runes := 0, 0
	for i := range hits {
		h := &hits[i]
		runes += utf8.RuneCountInString(text[at:h.Start])
		at = h.Start
		h.Text = text[h.Start:h.End]
		h.RuneStart, h.RuneEnd = runes, runes+utf8.RuneCountInString(h.Text)
	}
}

// isKatakana reports whether a character belongs to a word in katakana.
func isKatakana(r rune) bool { return r == 'ー' || unicode.Is(unicode.Katakana, r) }
