package search

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Span is a part of a snippet.
type Span struct {
	Text string `json:"text"`
	Hit  bool   `json:"hit,omitzero"` // it is what was looked for
}

// How much of a text a snippet has, in characters.
const (
	snippetBefore = 40
	snippetLength = 200
)

// place is where a term stands, in bytes.
type place struct{ start, end int }

// shownFields are those that a snippet is of, in the order in which they are tried.
var shownFields = func() (out []Field) {
	for _, f := range fields {
		out = append(out, f.Field)
	}
	return append(out, Species)
}()

// snippet returns what to show of a document: of the first field that has most of the
// terms, or the beginning of the first field that says anything.
func snippet(texts map[Field]string, terms []term) (Field, []Span) {
	var best Field
	var bestPlaces []place
	most := 0
	for _, f := range shownFields {
		text := texts[f]
		if best == "" && text != "" {
			best = f
		}
		if best != "" && most == len(terms) {
			break
		}
		if places, n := search(text, terms); n > most {
			best, bestPlaces, most = f, places, n
		}
	}
	return best, cut(texts[best], bestPlaces)
}

// search returns where terms stand in a text, in its order, and how many of them do.
// It looks no further than a snippet needs, once it has seen all.
func search(text string, terms []term) (places []place, n int) {
	w := &window{terms: terms, seen: make([]bool, len(terms))}
	for _, t := range terms {
		w.size = max(w.size, len(t.tokens))
	}
	for t := range tokens(text) {
		if w.enough(t.start) {
			break
		}
		w.push(t)
	}
	for len(w.held) > 0 {
		w.shift()
	}
	for _, seen := range w.seen {
		if seen {
			n++
		}
	}
	return w.places, n
}

// window holds as many tokens as the longest phrase needs.
type window struct {
	size   int
	terms  []term
	seen   []bool // by term
	found  int    // how many are
	held   []token
	places []place
}

func (w *window) push(t token) {
	w.held = append(w.held, t)
	if len(w.held) > w.size {
		w.shift()
	}
}

// shift looks what stands at the first token that is held.
func (w *window) shift() {
	for i, t := range w.terms {
		if p, ok := t.at(w.held); ok {
			w.places = append(w.places, p)
			if !w.seen[i] {
				w.seen[i] = true
				w.found++
			}
		}
	}
	w.held = w.held[1:]
}

// enough reports whether all terms were seen, and what a snippet shows ends before.
func (w *window) enough(at int) bool {
	return w.found == len(w.terms) && (len(w.places) == 0 || at > w.places[0].end+utf8.UTFMax*snippetLength)
}

// at returns where the term stands, if it stands at the first token.
func (t term) at(held []token) (place, bool) {
	if len(held) < len(t.tokens) {
		return place{}, false
	}
	last := len(t.tokens) - 1
	for i, want := range t.tokens {
		got := held[i].text
		if got != want && !(i == last && t.prefix && strings.HasPrefix(got, want)) {
			return place{}, false
		}
	}
	p := place{held[0].start, held[last].end}
	if held[last].solid && t.prefix {
		p.end = held[last].first
	}
	return p, true
}

// cut cuts a snippet out of a text, around the first place.
func cut(text string, places []place) (out []Span) {
	from := 0
	if len(places) > 0 {
		from = back(text, places[0].start)
	}
	to := from + forth(text[from:])
	if from > 0 {
		out = append(out, Span{Text: "…"})
	}
	for _, p := range places {
		if p.start >= to {
			break
		}
		p.start, p.end = max(p.start, from), min(p.end, to)
		if p.end <= p.start {
			continue
		}
		out = append(out, Span{Text: flat(text[from:p.start])}, Span{flat(text[p.start:p.end]), true})
		from = p.end
	}
	out = append(out, Span{Text: flat(text[from:to])})
	if to < len(text) {
		out = append(out, Span{Text: "…"})
	}
	return merge(out)
}

// back returns where a snippet begins of which the first hit is at i: at a line's
// beginning, or after a space, or where the characters are used up.
func back(text string, i int) int {
	space := -1
	for n := 0; i > 0 && n < snippetBefore; n++ {
		r, size := utf8.DecodeLastRuneInString(text[:i])
		if unicode.IsSpace(r) {
			space = i
		}
		i -= size
	}
	if i > 0 && space >= 0 {
		return space
	}
	return i
}

// forth returns how long a snippet is.
func forth(text string) int {
	n := 0
	for i := range text {
		if n == snippetLength {
			return i
		}
		n++
	}
	return len(text)
}

// flat writes a text in one line.
func flat(s string) string {
	var b strings.Builder
	space := false
	for _, r := range s {
		if unicode.IsSpace(r) {
			if !space {
				b.WriteByte(' ')
			}
			space = true
			continue
		}
		space = false
		b.WriteRune(r)
	}
	return b.String()
}

// merge joins spans of one kind and drops those that are empty.
func merge(all []Span) (out []Span) {
	for _, s := range all {
		switch n := len(out); {
		case s.Text == "":
		case n > 0 && !out[n-1].Hit && !s.Hit:
			out[n-1].Text += s.Text
		default:
			out = append(out, s)
		}
	}
	return out
}
