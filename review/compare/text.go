package compare

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-text/typesetting/segmenter"
)

// Limits of what is compared of a text.
const (
	maxText = 4 << 20 // bytes
	maxLine = 4_000   // characters of a line
	maxHunk = 200     // lines of a change in which like lines are looked for
)

// Text says in what two texts differ.
type Text struct {
	LinesA int `json:"lines_a"` // that say something
	LinesB int `json:"lines_b"`
	// Same is how many lines of A are in B too.
	Same  int    `json:"same"`
	Hunks []Hunk `json:"hunks,omitempty"`
	// Cut says that only the beginnings were compared.
	Cut bool `json:"cut,omitzero"`
}

// Changed says how many lines differ: those that are only in A, and only in B.
func (t *Text) Changed() (removed, added int) { return t.LinesA - t.Same, t.LinesB - t.Same }

// Hunk is one place where two texts differ.
type Hunk struct {
	LineA int    `json:"line_a"` // of the first line, from 1, empty ones not counted
	LineB int    `json:"line_b"`
	Lines []Line `json:"lines"`
	// Before is the line before it, which both have; empty at the beginning.
	Before string `json:"before,omitempty"`
}

// Line is a line of a hunk: of A, of B, or changed, with a span for each part.
type Line struct {
	Change Change `json:"change"` // Removed, Added or Changed
	Spans  []Span `json:"spans"`
}

// Span is a part of a line. In a changed one, Removed is only in A, Added only in B.
type Span struct {
	Change Change `json:"change"`
	Text   string `json:"text"`
}

// A returns what a line is in A; empty for an added one.
func (l Line) A() string { return l.without(Added) }

// B returns what a line is in B; empty for a removed one.
func (l Line) B() string { return l.without(Removed) }

func (l Line) without(c Change) string {
	var b strings.Builder
	for _, s := range l.Spans {
		if s.Change != c {
			b.WriteString(s.Text)
		}
	}
	return b.String()
}

// Texts compares two texts.
func Texts(a, b string) *Text {
	linesA, cutA := splitLines(a)
	linesB, cutB := splitLines(b)
	t := &Text{LinesA: len(linesA), LinesB: len(linesB), Cut: cutA || cutB}
	known := make(names[string])
	runs := align(known.all(linesA), known.all(linesB))
	atA, atB := 0, 0
	for _, r := range append(runs, run{len(linesA), len(linesB), 0}) {
		if r.a > atA || r.b > atB {
			h := Hunk{LineA: atA + 1, LineB: atB + 1, Lines: pairLines(linesA[atA:r.a], linesB[atB:r.b])}
			if atA > 0 {
				h.Before = linesA[atA-1]
			}
			t.Hunks = append(t.Hunks, h)
		}
		atA, atB = r.a+r.n, r.b+r.n
		t.Same += r.n
	}
	return t
}

// splitLines returns the lines of a text that say something.
func splitLines(s string) (lines []string, cut bool) {
	if len(s) > maxText {
		s, cut = s[:maxText], true
	}
	for line := range strings.Lines(strings.ToValidUTF8(s, "\uFFFD")) {
		line = strings.Join(strings.Fields(line), " ")
		if line == "" {
			continue
		}
		if short, more := shorten(line, maxLine); more {
			line, cut = short, true
		}
		lines = append(lines, line)
	}
	return lines, cut
}

// shorten cuts a text after so many characters.
func shorten(s string, most int) (string, bool) {
	if len(s) <= most {
		return s, false
	}
	n := 0
	for i := range s {
		if n == most {
			return s[:i], true
		}
		n++
	}
	return s, false
}

// pairLines pairs the lines of a hunk that are alike, and lists the others before
// those that follow them.
func pairLines(a, b []string) (out []Line) {
	wordsA, wordsB := wordsOf(a), wordsOf(b)
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		if k, l, ok := nextAlike(wordsA, wordsB, i, j); ok {
			out = append(out, whole(Removed, a[i:k])...)
			out = append(out, whole(Added, b[j:l])...)
			out = append(out, Line{Changed, diffWords(wordsA[k], wordsB[l])})
			i, j = k+1, l+1
			continue
		}
		out = append(out, whole(Removed, a[i:])...)
		out = append(out, whole(Added, b[j:])...)
		break
	}
	return out
}

func whole(c Change, lines []string) (out []Line) {
	for _, s := range lines {
		out = append(out, Line{c, []Span{{c, s}}})
	}
	return out
}

func wordsOf(lines []string) [][]string {
	if len(lines) > maxHunk {
		return nil
	}
	out := make([][]string, len(lines))
	for i, s := range lines {
		out[i] = words(s)
	}
	return out
}

// reach is how far below a line one like it is looked for.
const reach = 8

// nextAlike returns the next lines, from a given one of each, that are alike. Of a
// hunk that is too long none are.
func nextAlike(a, b [][]string, i, j int) (k, l int, ok bool) {
	if a == nil || b == nil {
		return 0, 0, false
	}
	for k = i; k < len(a); k++ {
		for l = j; l < min(len(b), j+reach); l++ {
			if alike(a[k], b[l]) {
				return k, l, true
			}
		}
	}
	return 0, 0, false
}

// alike reports whether half of the words of two lines are the same, whatever their
// order. A line of one word is like none.
func alike(a, b []string) bool {
	count := make(map[string]int)
	spoken := func(w string) bool { return strings.TrimSpace(w) != "" }
	all := 0
	for _, w := range a {
		if spoken(w) {
			count[w]++
			all++
		}
	}
	same := 0
	for _, w := range b {
		if !spoken(w) {
			continue
		}
		all++
		if count[w] > 0 {
			count[w]--
			same++
		}
	}
	return same > 0 && 4*same >= all
}

// diffWords says in what two lines differ.
func diffWords(a, b []string) (out []Span) {
	known := make(names[string])
	runs := align(known.all(a), known.all(b))
	atA, atB := 0, 0
	add := func(c Change, words []string) {
		if len(words) > 0 {
			out = append(out, Span{c, strings.Join(words, "")})
		}
	}
	for _, r := range append(bridged(runs, a), run{len(a), len(b), 0}) {
		add(Removed, a[atA:r.a])
		add(Added, b[atB:r.b])
		add(Unchanged, a[r.a:r.a+r.n])
		atA, atB = r.a+r.n, r.b+r.n
	}
	return out
}

// bridged leaves out the runs that are a space or a sign between changes: a changed
// phrase reads better in one piece.
func bridged(runs []run, a []string) []run {
	return slices.DeleteFunc(runs, func(r run) bool {
		text := strings.Join(a[r.a:r.a+r.n], "")
		edge := r.a == 0 && r.b == 0 || r.a+r.n == len(a)
		return !edge && !strings.ContainsFunc(text, func(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) }) &&
			utf8.RuneCountInString(text) <= 2
	})
}

// unspaced are the scripts that put no space between words.
var unspaced = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar,
}

// words cuts a line into words, spaces and signs. Together they are the line.
func words(line string) (out []string) {
	var seg segmenter.Segmenter
	seg.Init([]rune(line))
	before := other
	for it := seg.GraphemeIterator(); it.Next(); {
		g := it.Grapheme().Text
		kind := kindOf(g[0])
		if kind != other && kind == before {
			out[len(out)-1] += string(g)
		} else {
			out = append(out, string(g))
		}
		before = kind
	}
	return out
}

// wordKind says what makes one word with its neighbours.
type wordKind int

const (
	other wordKind = iota // stands alone
	inWord
	space
)

func kindOf(r rune) wordKind {
	switch {
	case unicode.IsSpace(r):
		return space
	case unicode.In(r, unspaced...):
		return other
	case unicode.IsLetter(r), unicode.IsDigit(r):
		return inWord
	}
	return other
}
