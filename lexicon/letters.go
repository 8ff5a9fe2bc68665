package lexicon

import (
	"slices"
	"sync/atomic"
	"unicode"
	"unicode/utf8"

	"pugmark/fold"
)

// lookalikes are lower-case letters that look like a Latin one, or of which the
// capital does: from confusables.txt of Unicode 13 (UTS #39), for the scripts of
// which letters are on every keyboard.
var lookalikes = map[rune]string{
	'a': "ɑαаꓮꭺ", 'b': "ƅβвьᏼꓐꞵꮟ", 'c': "ϲсᴄⲥꓚꮯ", 'd': "ԁꓒꓓꭰꮷ", 'e': "εеҽꓰꬲꭼ", 'f': "ẝꓝꞙꬵ",
	'g': "ƍɡԍցᏻᶃꓖꮐ", 'h': "ηнһհⲏꓧꮋꮒ", 'i': "ıɩɪιіӏꙇꭵ", 'j': "ʝϳјꓙꭻ", 'k': "κкⲕꓗꮶ", 'l': "ǀⲓⳑꓡꓲꮮ",
	'm': "μмⲙꓟꮇ", 'n': "ոռⲛꓠ", 'o': "οσоօᴏᴑⲟꓳꬽ", 'p': "ρрⲣꓑꮲ", 'q': "ԛգզ", 'r': "ʀгᴦⲅꓣꭇꭈꮁꮢ", 's': "ƽѕտꓢꜱꮥꮪ",
	't': "τтⲧꓔꭲ", 'u': "ʋυսᴜꓴꞟꭎꭒ", 'v': "νѵᴠꓦꮩ", 'w': "ɯѡԝաᴡꓪꮃꮤ", 'x': "χхⲭꓫꭓ", 'y': "ɣʏγуүᶌỿⲩꓬꭚꮍ", 'z': "ζᴢꓜꮓ",
}

// latinOf is the Latin letter that another looks like.
var latinOf = func() map[rune]rune {
	out := make(map[rune]rune)
	for latin, others := range lookalikes {
		for _, r := range others {
			out[r] = latin
		}
	}
	return out
}()

// looks returns the Latin letter that a letter looks like, or the letter.
func looks(r rune) rune {
	if latin, ok := latinOf[r]; ok {
		return latin
	}
	return r
}

// unspaced are the scripts that are written without spaces between words.
var unspaced = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar, unicode.Tibetan,
}

// isLetter reports whether a character counts in a comparison. Marks do: they are
// vowels, where they weren't folded away.
func isLetter(r rune) bool {
	return r < utf8.RuneSelf && asciiLetter[r] != 0 || r >= utf8.RuneSelf && unicode.In(r, unicode.L, unicode.N, unicode.M)
}

// asciiLetter holds the small letter of each letter and digit of ASCII, and 0 for
// the others.
var asciiLetter = func() (out [utf8.RuneSelf]byte) {
	for c := range out {
		switch {
		case 'A' <= c && c <= 'Z':
			out[c] = byte(c) + 'a' - 'A'
		case 'a' <= c && c <= 'z' || '0' <= c && c <= '9':
			out[c] = byte(c)
		}
	}
	return out
}()

// isSpaced reports whether a character is a letter of a script that has spaces
// between words.
func isSpaced(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
	}
	return known(r)&spacedBit != 0
}

// What is known of a character: the letter that it is folded to, 0 if it is none,
// and these bits.
const (
	letterMask = 1<<21 - 1
	knownBit   = 1 << 28
	spacedBit  = 1 << 29 // see isSpaced
	joinsBit   = 1 << 30 // it may be one with the character before it
	manyBit    = 1 << 31 // it is folded to several, and foldOther does it
)

// blocks holds what is known of the characters, 256 in a block, each block since it
// was first asked for.
var blocks [(unicode.MaxRune + 1) >> 8]atomic.Pointer[[256]uint32]

func known(r rune) uint32 {
	block := blocks[r>>8].Load()
	if block == nil {
		block = new([256]uint32)
		for i := range block {
			block[i] = learn(r&^0xff + rune(i))
		}
		blocks[r>>8].Store(block)
	}
	return block[r&0xff]
}

func learn(r rune) uint32 {
	k, s := uint32(knownBit), string(r)
	if r != 'ー' && unicode.In(r, unicode.L, unicode.M) && !unicode.In(r, unspaced...) {
		k |= spacedBit
	}
	if _, n := fold.First("x" + s); n > 1 {
		k |= joinsBit
	}
	folded := []rune(fold.Text(s))
	switch {
	case len(folded) != 1:
		return k | manyBit
	case isLetter(folded[0]) && folded[0] != utf8.RuneError:
		return k | uint32(looks(folded[0]))
	}
	return k
}

// letter is one letter of a folded text.
type letter struct {
	r     rune   // folded, and Latin if it looks so
	place uint32 // see at and apart
}

// gapBit is set where something stands before a letter that is none.
const gapBit = 1 << 31

// at returns where the letter's character begins in the text. Several letters may be
// of one character.
func (l letter) at() int { return int(l.place &^ gapBit) }

// apart reports whether something stands between the letter and the one before it.
func (l letter) apart() bool { return l.place&gapBit != 0 }

// foldLetters appends the letters of a text.
func foldLetters(out []letter, text string) []letter {
	gap := uint32(0)
	for i := 0; i < len(text); {
		if n := asciiRun(text[i:]); n > 0 {
			out, gap = foldASCII(out, text[i:i+n], uint32(i), gap)
			i += n
			continue
		}
		out, i, gap = foldWide(out, text, i, gap)
	}
	return out
}

// asciiRun returns how many characters of ASCII a text begins with that no mark can
// follow.
func asciiRun(text string) int {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return max(i-1, 0)
		}
	}
	return len(text)
}

// foldASCII appends the letters of a text in ASCII that stands at a place.
func foldASCII(out []letter, text string, at, gap uint32) ([]letter, uint32) {
	out = slices.Grow(out, len(text))
	n := len(out)
	free := out[n : n+len(text)]
	k := 0
	for i := range len(text) {
		l := asciiLetter[text[i]&(utf8.RuneSelf-1)]
		free[k] = letter{rune(l), at + uint32(i) | gap}
		if l != 0 {
			k++
			gap = 0
		} else {
			gap = gapBit
		}
	}
	return out[:n+k], gap
}

// foldWide appends the letters from place i on, until characters of ASCII follow.
func foldWide(out []letter, text string, i int, gap uint32) ([]letter, int, uint32) {
	for n, k := peek(text, i); ; {
		var nextN int
		var next uint32
		if i+n < len(text) {
			nextN, next = peek(text, i+n)
		}
		if (k|next<<1)&manyBit != 0 { // joinsBit of the next is below manyBit
			out, i, gap = foldOther(out, text, i, gap)
			if i == len(text) || text[i] < utf8.RuneSelf {
				return out, i, gap
			}
			n, k = peek(text, i)
			continue
		}
		if l := rune(k & letterMask); l != 0 {
			out = append(out, letter{l, uint32(i) | gap})
			gap = 0
		} else {
			gap = gapBit
		}
		if i += n; nextN == 0 || text[i] < utf8.RuneSelf {
			return out, i, gap
		}
		n, k = nextN, next
	}
}

// peek returns the length of the character at a place and what is known of it.
func peek(text string, i int) (int, uint32) {
	c := text[i]
	if c < utf8.RuneSelf {
		return 1, uint32(asciiLetter[c])
	}
	r, n := utf8.DecodeRuneInString(text[i:])
	return n, known(r)
}

// foldOther appends the letters of a character that takes more than a table.
func foldOther(out []letter, text string, i int, gap uint32) ([]letter, int, uint32) {
	folded, n := fold.First(text[i:])
	after := uint32(gapBit)
	for _, r := range folded {
		if isLetter(r) && r != utf8.RuneError {
			out = append(out, letter{looks(r), uint32(i) | gap})
			gap, after = 0, 0
		}
	}
	return out, i + n, after
}

// charLen returns how many bytes the first character of a text has, with its marks.
func charLen(text string) int {
	if len(text) > 0 && text[0] < utf8.RuneSelf && (len(text) == 1 || text[1] < utf8.RuneSelf) {
		return 1
	}
	_, n := fold.First(text)
	return n
}
