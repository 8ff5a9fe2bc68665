package bundle

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// How many characters of a foreign text the pages show.
const (
	shortText = 200   // a name, a code
	someText  = 1_000 // an address, a title, a reason
	longText  = 6_000 // a description
)

// shownText is a foreign text in a form that is fit to be shown.
type shownText struct {
	Text string
	Cut  int    // characters that are left out at the end
	Lang string // BCP 47; "" if it isn't known
}

// row is a line of a list of names and values.
type row struct {
	Name  string
	Value shownText
}

func newRow(name, value string) row { return row{name, cleanText(someText, value)} }

// languageTag is what HTML takes for a language.
var languageTag = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}$`)

func (t shownText) in(lang string) shownText {
	if languageTag.MatchString(lang) {
		t.Lang = lang
	}
	return t
}

// cleanText returns the beginning of a text without what would hide or reorder
// other text: such a character is written as its number.
func cleanText(most int, s string) shownText {
	var b strings.Builder
	n := 0
	for i, r := range s {
		if n == most {
			return shownText{Text: b.String(), Cut: len([]rune(s[i:]))}
		}
		n++
		switch {
		case r == '\n', r == '\t', r == '\u00a0':
			b.WriteRune(r)
		case isHidden(r):
			fmt.Fprintf(&b, "⟨U+%04X⟩", r)
		default:
			b.WriteRune(r)
		}
	}
	return shownText{Text: b.String()}
}

// isHidden reports whether a character shows nothing of itself, or changes where
// others are shown. The list is written out, since that of package unicode grows
// with each version, and an old bundle's pages must stay the same. The joiners
// (U+200C, U+200D) are letters to Persian, Hindi and pictographs.
func isHidden(r rune) bool {
	for _, span := range [...][2]rune{
		{0, 0x1f}, {0x7f, 0x9f}, {0xad, 0xad}, {0x34f, 0x34f}, {0x61c, 0x61c}, {0x115f, 0x1160}, {0x17b4, 0x17b5},
		{0x180b, 0x180f}, {0x200b, 0x200b}, {0x200e, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f}, {0x3164, 0x3164},
		{0xfeff, 0xfeff}, {0xffa0, 0xffa0}, {0xfff0, 0xfffc}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
		{0xe000, 0xf8ff}, {0xf0000, 0x10ffff},
	} {
		if span[0] <= r && r <= span[1] {
			return true
		}
	}
	return false
}

// whenText writes a time in UTC, as precise as it is.
func whenText(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05.999999999") }

// utc writes a time for where nothing else says that it is in UTC.
func utc(t *time.Time) string {
	if t == nil || t.IsZero() {
		return ""
	}
	return whenText(*t) + " UTC"
}

// grouped writes a number with a comma between each three digits.
func grouped[T int | int64](n T) string {
	s := strconv.FormatInt(int64(n), 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
