package search

import "unicode"

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
	case 0x4e00 <= r && r <= 0x9fff || 0x3041 <= r && r <= 0x3096 || 0xac00 <= r && r <= 0xd7a3:
		return solid // most of these, sooner than by the tables
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
