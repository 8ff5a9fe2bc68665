package search

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// accented are the scripts whose marks are folded away. Elsewhere a mark makes
// another letter or a vowel.
var accented = []*unicode.RangeTable{unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Arabic, unicode.Hebrew}

// alike are letters that are taken for others and of which Unicode doesn't say so.
var alike = strings.NewReplacer(
	"ß", "ss", "đ", "d", "ð", "d", "ø", "o", "ł", "l", "ħ", "h", "æ", "ae", "œ", "oe", "þ", "th", "ı", "i",
	"ς", "σ", "ة", "ه", "ى", "ي", "ی", "ي", "ک", "ك", "ـ", "",
)

// foldSegment folds a character with the marks that follow it.
func foldSegment(s string) string {
	s = strings.ToLower(norm.NFKC.String(s))
	if first := firstRune(s); unicode.In(first, accented...) {
		s = norm.NFC.String(strings.Map(dropMark, norm.NFD.String(s)))
		return alike.Replace(s)
	}
	return strings.Map(hiragana, s)
}

// hiragana takes katakana for hiragana, of which the block is laid out alike.
func hiragana(r rune) rune {
	if r >= 'ァ' && r <= 'ヶ' {
		return r - ('ァ' - 'ぁ')
	}
	return r
}

func dropMark(r rune) rune {
	if unicode.Is(unicode.Mn, r) {
		return -1
	}
	return r
}

func firstRune(s string) rune {
	for _, r := range s {
		return r
	}
	return unicode.ReplacementChar
}

// class says what a folded character is to the index.
type class int

const (
	gap     class = iota // separates
	nothing              // is passed over, as if it weren't there
	letter               // part of a word
	solid                // of a script that puts no spaces between words
)

var solids = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Bopomofo, unicode.Yi,
	unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar,
}

// firstPictograph is where the blocks of pictographs begin.
const firstPictograph = 0x2600

func classOf(r rune) class {
	switch {
	case r < 0x80:
		if 'a' <= r && r <= 'z' || '0' <= r && r <= '9' {
			return letter
		}
		return gap
	case simple(r):
		return solid
	case r == unicode.ReplacementChar:
		return gap
	case unicode.In(r, solids...) || r == 'ー' || r >= firstPictograph && unicode.Is(unicode.So, r):
		return solid
	case unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r):
		return nothing
	case unicode.In(r, unicode.L, unicode.M, unicode.N):
		return letter
	}
	return gap
}
