package search

import (
	"iter"
	"unicode/utf8"

	"pugmark/fold"
)

// Limits of tokens.
const (
	maxToken = 120 // bytes of a word; the rest is left off
	maxGap   = 2   // characters between two solid ones that are still neighbours
)

// token is a word, or a solid character with the one that follows it, if one does.
// Its place is in bytes of the text as it was.
type token struct {
	text  string
	start int
	first int // where the first character ends
	end   int
	solid bool
}

// scanner makes tokens of a text.
type scanner struct {
	yield func(token) bool
	done  bool // yield wants no more

	word       []byte // folded
	start, end int    // of word

	last token // a solid character that waits for its neighbour; empty: none
	gaps int   // characters since
}

// tokens returns the tokens of a text. The same are in the index.
func tokens(s string) iter.Seq[token] {
	return func(yield func(token) bool) {
		c := &scanner{yield: yield}
		for i := 0; i < len(s) && !c.done; {
			i = c.segment(s, i)
		}
		c.endWord()
		c.endRun()
	}
}

// segment takes the character at i with its marks and returns where the next is.
func (c *scanner) segment(s string, i int) int {
	if r, n := fold.Single(s[i:]); n > 0 {
		c.add(r, i, i+n)
		return i + n
	}
	folded, n := fold.First(s[i:])
	for _, r := range folded {
		c.add(r, i, i+n)
	}
	return i + n
}

// add takes a folded character that stands at [start, end).
func (c *scanner) add(r rune, start, end int) {
	switch classOf(r) {
	case nothing:
	case gap:
		c.endWord()
		if c.gaps++; r == '\n' {
			c.endRun()
		}
	case letter:
		c.endRun()
		if len(c.word) == 0 {
			c.start = start
		}
		if len(c.word) < maxToken {
			c.word = utf8.AppendRune(c.word, r)
		}
		c.end = end
	case solid:
		c.endWord()
		c.addSolid(string(r), start, end)
	}
}

func (c *scanner) addSolid(text string, start, end int) {
	if c.gaps > maxGap {
		c.endRun()
	}
	if c.last.text != "" {
		c.emit(token{c.last.text + text, c.last.start, c.last.end, end, true})
	}
	c.last = token{text, start, end, end, true}
	c.gaps = 0
}

func (c *scanner) endWord() {
	if len(c.word) > 0 {
		c.emit(token{string(c.word), c.start, c.end, c.end, false})
		c.word = c.word[:0]
	}
}

// endRun ends neighbouring solid characters: the last stands alone.
func (c *scanner) endRun() {
	if c.last.text != "" {
		c.emit(c.last)
		c.last = token{}
	}
	c.gaps = 0
}

func (c *scanner) emit(t token) {
	if !c.done {
		c.done = !c.yield(t)
	}
}
