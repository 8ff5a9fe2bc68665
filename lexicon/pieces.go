package lexicon

import (
	"iter"
	"unicode/utf8"
)

// A text is searched in pieces of so many bytes, each with what stands around it, so
// that a term is found that begins in one and ends in the next.
const (
	pieceBytes  = 64 << 10
	pieceMargin = 2 * near
)

// All yields the hits of [Matcher.Find] one after the other, and holds few of them at a
// time: for a text that may be made of nothing else.
func (m *Matcher) All(text string) iter.Seq[Hit] {
	return func(yield func(Hit) bool) {
		runes, counted := 0, 0 // characters before a byte
		for at := 0; at < len(text); {
			end := runeBoundary(text, at+pieceBytes)
			from, to := runeBoundary(text, at-pieceMargin), runeBoundary(text, end+pieceMargin)
			runes += utf8.RuneCountInString(text[counted:from])
			counted = from
			for _, h := range m.Find(text[from:to]) {
				if h.Start += from; h.Start < at || h.Start >= end {
					continue
				}
				h.End += from
				h.RuneStart += runes
				h.RuneEnd += runes
				if !yield(h) {
					return
				}
			}
			at = end
		}
	}
}

// runeBoundary returns a place in the text at which a character begins: i, or a little
// after it.
func runeBoundary(text string, i int) int {
	i = min(max(i, 0), len(text))
	for i < len(text) && !utf8.RuneStart(text[i]) {
		i++
	}
	return i
}
