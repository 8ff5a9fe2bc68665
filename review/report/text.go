package report

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// How many characters of a foreign text the report shows.
const (
	shortText = 200   // a name, a code
	someText  = 1_000 // an address, a title, a reason
	longText  = 6_000 // a description, a note
)

// clean returns the beginning of a foreign text without what would hide or reorder
// other text: such a character is written as its number. What is left out at
// the end is counted.
func clean(most int, s string) string {
	var b strings.Builder
	n := 0
	for i, r := range s {
		if n == most {
			fmt.Fprintf(&b, " … [+%d]", len([]rune(s[i:])))
			break
		}
		n++
		if isHidden(r) {
			fmt.Fprintf(&b, "⟨U+%04X⟩", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// isHidden reports whether a character shows nothing of itself, or changes where
// others are shown. The joiners (U+200C, U+200D) are letters to Persian, Hindi and
// pictographs.
func isHidden(r rune) bool {
	switch r {
	case '\n', '\t', '\u200c', '\u200d':
		return false
	case '\u034f', '\u115f', '\u1160', '\u3164', '\uffa0':
		return true
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp)
}

// utc writes a time in UTC, to the second; nothing for none.
func utc(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}

func utcOf(t *time.Time) string {
	if t == nil {
		return ""
	}
	return utc(*t)
}

// grouped writes a number with a comma between each three digits.
func grouped[T int | int64](n T) string {
	s := strconv.FormatInt(int64(n), 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// head returns the first entries of a list, and how many more there are.
func head[T any](all []T, most int) ([]T, int) {
	n := min(len(all), most)
	return all[:n:n], len(all) - n
}

// cssString writes a text as a string of CSS.
func cssString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		if r < ' ' || r == '"' || r == '\\' || r == '<' || r == 0x7f {
			fmt.Fprintf(&b, "\\%x ", r)
		} else {
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
