package fold

import (
	_ "embed"
	"strings"
	"sync"
	"unicode/utf8"
)

//go:embed TSCharacters.txt
var tsCharacters string

// simplifiedOf is the simplified character of each traditional one.
var simplifiedOf = sync.OnceValue(func() map[rune]rune {
	out := make(map[rune]rune)
	for line := range strings.Lines(tsCharacters) {
		from, to, _ := strings.Cut(strings.TrimSpace(line), "\t")
		if to != "" {
			out[firstRune(from)] = firstRune(to)
		}
	}
	delete(out, utf8.RuneError)
	for from := range out {
		out[from] = last(out, from)
	}
	return out
})

// last returns the character that others lead to, each to the next: what some are
// taken for is itself taken for another.
func last(of map[rune]rune, r rune) rune {
	for range len(of) {
		next, ok := of[r]
		if !ok || next == r {
			return r
		}
		r = next
	}
	return r
}

// dense is simplifiedOf for the block of ideographs that most texts are of, in which
// a character without another stands for itself.
var dense = sync.OnceValue(func() *[lastIdeograph - firstIdeograph + 1]rune {
	out := new([lastIdeograph - firstIdeograph + 1]rune)
	for i := range out {
		r := rune(firstIdeograph + i)
		if out[i] = r; simplifiedOf()[r] != 0 {
			out[i] = simplifiedOf()[r]
		}
	}
	return out
})

// simplified returns the simplified character of a traditional one, and any other as
// it is.
func simplified(r rune) rune {
	if firstIdeograph <= r && r <= lastIdeograph {
		return dense()[r-firstIdeograph]
	}
	if to, ok := simplifiedOf()[r]; ok {
		return to
	}
	return r
}
