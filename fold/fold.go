// Package fold makes the writings of one word equal, for search and for lists of
// words: "NGÀ" and "nga", "Stoßzahn" and "STOSSZAHN", ｿﾞｳｹﾞ and ぞうげ, 黃料 and 黄料.
//
// A character is folded together with the marks that follow it:
//
//   - compatibility composition (NFKC): full width is half width, ① is 1;
//   - lower case;
//   - in the Latin, Greek, Cyrillic, Arabic and Hebrew scripts the marks go, and
//     letters that differ by a stroke are those without; elsewhere a mark makes
//     another letter or a vowel, and stays;
//   - katakana is taken for hiragana;
//   - a traditional Chinese character is taken for its simplified one, by itself,
//     whatever stands beside it.
//
// The last is by TSCharacters.txt of OpenCC (Open Chinese Convert, Apache License
// 2.0), which lies here as it was published, with its license. Of several simplified
// characters the first that it names is taken: 乾 is 干. Both writings of a word
// become the same; but so do some words that only the traditional writing tells
// apart.
//
// Folded twice is the same as folded once. Nothing is left out but marks, so that a
// folded text is to be compared, not to be shown.
package fold

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// accented are the scripts whose marks are folded away.
var accented = []*unicode.RangeTable{unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Arabic, unicode.Hebrew}

// alike are letters that are taken for others and of which Unicode doesn't say so.
var alike = strings.NewReplacer(
	"ß", "ss", "đ", "d", "ð", "d", "ø", "o", "ł", "l", "ħ", "h", "æ", "ae", "œ", "oe", "þ", "th", "ı", "i",
	"ς", "σ", "ة", "ه", "ى", "ي", "ی", "ي", "ک", "ك", "ـ", "",
)

// Text folds a text.
func Text(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for s != "" {
		folded, n := First(s)
		b.WriteString(folded)
		s = s[n:]
	}
	return b.String()
}

// First folds the first character of a text with the marks that follow it, and
// returns how many bytes of the text that is: one at least, and none of an empty one.
func First(s string) (folded string, n int) {
	if s == "" {
		return "", 0
	}
	if r, n := Single(s); n > 0 {
		return string(r), n
	}
	n = max(norm.NFC.NextBoundaryInString(s, true), 1)
	return segment(s[:n]), n
}

// Single is First for a first character that no mark follows and that folds to one
// character by a table alone: a letter of ASCII, an ideograph, Hiragana, a syllable of
// Hangul. It returns 0 bytes for any other. Most of all texts are such characters.
func Single(s string) (r rune, n int) {
	switch r, n = utf8.DecodeRuneInString(s); {
	case !simple(r) || n < len(s) && s[n] >= utf8.RuneSelf && !simple(firstRune(s[n:])):
		return 0, 0
	case 'A' <= r && r <= 'Z':
		return r + 'a' - 'A', n
	case r >= firstIdeograph:
		return simplified(r), n
	}
	return r, n
}

// The block "CJK Unified Ideographs", without its extensions.
const (
	firstIdeograph = 0x4e00
	lastIdeograph  = 0x9fff
)

// simple reports whether a character is composed of no others, and is no mark.
func simple(r rune) bool {
	return r < utf8.RuneSelf || firstIdeograph <= r && r <= lastIdeograph || 0x3041 <= r && r <= 0x3096 || 0xac00 <= r && r <= 0xd7a3
}

// segment folds a character with the marks that follow it.
func segment(s string) string {
	s = strings.ToLower(norm.NFKC.String(s))
	if unicode.In(firstRune(s), accented...) {
		s = norm.NFC.String(strings.Map(dropMark, norm.NFD.String(s)))
		return alike.Replace(s)
	}
	return strings.Map(taken, s)
}

// taken returns the character that another is taken for.
func taken(r rune) rune {
	if r >= 'ァ' && r <= 'ヶ' { // the blocks of both kinds of kana are laid out alike
		return r - ('ァ' - 'ぁ')
	}
	return simplified(r)
}

func dropMark(r rune) rune {
	if unicode.Is(unicode.Mn, r) {
		return -1
	}
	return r
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}
