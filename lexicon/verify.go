package lexicon

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"pugmark/fold"
)

// maxInserted is how many characters may be inserted at a place.
const maxInserted = 3

// spacing checks what stands between the letters from i up to j. It reports false
// where that shows that they aren't the pattern.
func (s *scan) spacing(p *pattern, i, j int, how *because) bool {
	inserted, spaces := 0, 0
	for k := i + 1; k < j; k++ {
		gap := ""
		if s.letters[k].apart() {
			gap = s.text[s.end(k-1):s.letters[k].at()]
		}
		if want := p.gaps[k-i]; want || gap == "" {
			if !between(gap, want, how) {
				return false
			}
			continue
		}
		if utf8.RuneCountInString(gap) > maxInserted || strings.ContainsAny(gap, ",;:!?()[]{}\"\r\n，。、；：！？（）「」『』【】《》“”…") {
			return false
		}
		switch {
		case strings.TrimFunc(gap, isInvisible) == "":
			how.add(Invisible)
			continue
		case strings.ContainsFunc(gap, unicode.IsSpace):
			spaces++
		}
		inserted++
		how.add(Separated)
	}
	if inserted == 0 || !isSpaced(s.letters[i].r) {
		return true
	}
	// In a script with spaces, a space is inserted between all letters, and a
	// symbol in no shorter word.
	return p.letters >= 4 && (spaces == 0 || inserted >= p.letters-1-p.words())
}

// words returns how many spaces and the like a pattern has.
func (p *pattern) words() (n int) {
	for _, gap := range p.gaps {
		if gap {
			n++
		}
	}
	return n
}

// between checks what stands where a pattern has a space, or where neither it nor the
// text has anything.
func between(gap string, want bool, how *because) bool {
	switch {
	case !want:
		return true
	case gap == "":
		how.add(Separated)
		return true
	case utf8.RuneCountInString(gap) > 2*maxInserted || strings.Count(gap, "\n") > 1:
		return false
	case strings.TrimFunc(gap, unicode.IsSpace) == "" || gap == "-" || gap == "'" || gap == "’":
		return true
	case strings.ContainsAny(gap, ".,;!?|，。、；！？") && strings.ContainsFunc(gap, unicode.IsSpace):
		return false // the end of a sentence or of a part of one
	}
	how.add(Separated)
	return true
}

func isInvisible(r rune) bool {
	return unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r)
}

// letterwise compares the letters as they are written, and says how they differ.
func (s *scan) letterwise(p *pattern, text string, how *because) bool {
	if strings.EqualFold(text, p.text) {
		return true
	}
	got := lettersOf(text)
	switch {
	case strings.EqualFold(got, p.bare):
		return true
	case fold.Text(got) == p.folded:
		how.add(Folded)
		return p.letters >= 5 || !unicode.In(p.first, unicode.Latin, unicode.Greek, unicode.Cyrillic) || isNarrow(got, p.bare)
	}
	how.add(Lookalike)
	return p.letters >= 6 || strings.ContainsFunc(got, func(r rune) bool { return sameScript(r, p.first) })
}

// isNarrow reports whether texts differ in width alone.
func isNarrow(a, b string) bool { return strings.EqualFold(norm.NFKC.String(a), norm.NFKC.String(b)) }

// lettersOf returns a text without what is no letter, composed.
func lettersOf(s string) string {
	s = strings.Map(func(r rune) rune {
		if !isLetter(r) && !unicode.Is(unicode.M, r) {
			return -1
		}
		return r
	}, s)
	return norm.NFC.String(s)
}

// sameScript reports whether two letters are of one of the scripts that have letters
// that look alike.
func sameScript(a, b rune) bool {
	for _, script := range []*unicode.RangeTable{unicode.Latin, unicode.Cyrillic, unicode.Greek} {
		if unicode.Is(script, a) {
			return unicode.Is(script, b)
		}
	}
	return false
}

// begins reports whether a word begins at letter i, which is at start.
func (s *scan) begins(p *pattern, i, start int) bool {
	if i == 0 || s.letters[i].apart() {
		return true
	}
	before := runeAt(s.text, s.letters[i-1].at())
	switch {
	case isKatakana(p.first):
		return !isKatakana(before)
	case isSpaced(p.first) && isSpaced(before):
		return p.arabic && s.article(i, start)
	}
	return !unicode.IsDigit(p.first) || !unicode.IsDigit(before)
}

// articles are what may precede a word in Arabic, as it is folded.
var articles = []string{"ال", "وال", "بال", "لل", "و"}

// article reports whether all of a word ahead of letter i is an article.
func (s *scan) article(i, start int) bool {
	word := start
	for k := i; k > 0 && !s.letters[k].apart(); k-- {
		if i-k > 3 {
			return false
		}
		word = s.letters[k-1].at()
	}
	return slices.Contains(articles, fold.Text(s.text[word:start]))
}

// finishWord checks that a word ends after the letter before j, at end. It returns
// where the hit ends: after a plural's ending, or the rest of a word; else -1.
func (s *scan) finishWord(p *pattern, j, end int) int {
	if j == len(s.letters) || s.letters[j].apart() {
		return end
	}
	after := runeAt(s.text, end)
	switch {
	case isKatakana(p.last):
		if isKatakana(after) && !p.open {
			return -1
		}
	case unicode.Is(unicode.Hangul, p.last) && !p.open:
		return end // particles follow a noun
	case isSpaced(p.last) && isSpaced(after):
		rest := s.restOfWord(j, end)
		if p.open || p.entry.inflects(strings.ToLower(s.text[end:rest])) {
			return rest
		}
		return -1
	case unicode.IsDigit(p.last) && unicode.IsDigit(after):
		return -1
	}
	return end
}

// restOfWord returns where the word ends of which letter j, at end, is one.
func (s *scan) restOfWord(j, end int) int {
	for ; j < len(s.letters) && !s.letters[j].apart() && isSpaced(runeAt(s.text, s.letters[j].at())); j++ {
		end = s.end(j)
	}
	return end
}

// inflects reports whether an ending is one of the entry's languages.
func (e *Entry) inflects(ending string) bool {
	return slices.ContainsFunc(e.Langs, func(tag string) bool {
		lang, _, _ := strings.Cut(strings.ToLower(tag), "-")
		return slices.Contains(endings[lang], ending)
	})
}

// endings are those of plurals and cases that leave the word before them as it is.
var endings = map[string][]string{
	"en": {"s", "es"},
	"fr": {"s", "x", "es"},
	"es": {"s", "es"},
	"pt": {"s", "es"},
	"nl": {"s", "en", "'s"},
	"de": {"s", "e", "n", "en", "er", "es", "ern"},
	"sv": {"s", "en", "et", "ar", "er", "na"},
}
