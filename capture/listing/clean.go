package listing

import (
	"strings"
	"unicode"

	"golang.org/x/net/html"
)

// collapse returns s with each run of white space as one space.
func collapse(s string) string { return strings.Join(strings.Fields(s), " ") }

// clean returns the text that a value of structured data stands for: many
// sites put HTML there, or text with its entities left in.
func clean(s string) string {
	if len(s) > maxText {
		s = s[:maxText]
	}
	if !strings.ContainsAny(s, "<&") {
		return collapse(s)
	}
	if !looksLikeHTML(s) {
		return collapse(html.UnescapeString(s))
	}
	var b textBuilder
	for z := html.NewTokenizer(strings.NewReader(s)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return collapse(b.String())
		case html.TextToken:
			b.add(string(z.Text()), maxText)
		default:
			name, _ := z.TagName()
			b.boundary(&html.Node{Type: html.ElementNode, Data: string(name)})
		}
	}
}

// looksLikeHTML reports whether s has a tag, and not only a smaller-than.
func looksLikeHTML(s string) bool {
	_, after, found := strings.Cut(s, "<")
	if !found || after == "" {
		return false
	}
	c := after[0] | 0x20
	return (c == '/' || c == '!' || 'a' <= c && c <= 'z') && strings.Contains(after, ">")
}

// fold returns s for comparison: full-width forms as ASCII, digits of all
// scripts as 0 to 9, white space collapsed, lowercase.
func fold(s string) string { return strings.ToLower(narrow(collapse(s))) }

// narrow replaces full-width forms, digits of other scripts, and the many
// kinds of space.
func narrow(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r < 0x80:
			return r
		case r >= 0xFF01 && r <= 0xFF5E: // full-width forms of ASCII
			return r - 0xFEE0
		case r == '￥':
			return '¥'
		case r == '٫':
			return '.'
		case r == '٬':
			return ','
		case r == '’' || r == '＇':
			return '\''
		case unicode.IsDigit(r):
			return digit(r)
		case unicode.IsSpace(r) || r == '\u200b' || r == '\ufeff':
			return ' '
		}
		return r
	}, s)
}

// digit returns the ASCII digit for one of another script: Unicode keeps each
// script's ten together, and its blocks of ten begin at a zero.
func digit(r rune) rune {
	zero := r
	for i := 0; i < 9 && unicode.IsDigit(zero-1); i++ {
		zero--
	}
	return '0' + (r-zero)%10
}

// words splits what a class, an id or a test id is made of: at punctuation and
// where a small letter meets a capital.
func words(s string) []string {
	var all []string
	start, last := -1, rune(0)
	for i, r := range s {
		letter := unicode.IsLetter(r)
		if start >= 0 && (!letter || unicode.IsUpper(r) && unicode.IsLower(last)) {
			all = append(all, strings.ToLower(s[start:i]))
			start = -1
		}
		if letter && start < 0 {
			start = i
		}
		last = r
	}
	if start >= 0 {
		all = append(all, strings.ToLower(s[start:]))
	}
	return all
}

// isWordRune reports whether r makes part of a word in a script that parts
// words by spaces.
func isWordRune(r rune) bool {
	return (unicode.IsLetter(r) || unicode.IsDigit(r)) && !unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai)
}
