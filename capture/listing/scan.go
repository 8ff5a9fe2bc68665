package listing

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/bojanz/currency"
)

// scan is one price as it stands in a text.
type scan struct {
	mark         mark
	amount, high string
	from, upTo   bool
	per          string
	note         string
}

// mark is what a text names a currency by.
type mark struct {
	text  string
	codes []string // what it can stand for
}

func (m mark) kind() string {
	if m.codes[0] == m.text {
		return "code"
	}
	return "symbol"
}

// scanPrice finds the next price in s, a narrowed text, from s[at].
func scanPrice(s string, at int, h hints) (found scan, next int, ok bool) {
	for i := at; i < len(s); i++ {
		if !isDigit(s[i]) {
			continue
		}
		end := numberEnd(s, i)
		if partOfWord(s, i) {
			i = end - 1
			continue
		}
		found.mark = markBefore(s, at, i)
		n, ok := scanNumber(s, i, h.decimalComma(), found.mark.places(s, end))
		if !ok || noPrice(s[n.end:]) {
			i = end - 1
			continue
		}
		found.amount, found.note = n.amount, n.note
		found.from, found.upTo = before(s[at:i], found.mark.text, fromWords), before(s[at:i], found.mark.text, upToWords)
		next = found.tail(s, n.end, h)
		return found, next, true
	}
	return scan{}, len(s), false
}

// noPrice reports whether what follows a number makes it something else: a
// share, or a size or a word, as in "50mm" and "1e5".
func noPrice(rest string) bool {
	if strings.HasPrefix(strings.TrimLeft(rest, " "), "%") {
		return true
	}
	r, _ := utf8.DecodeRuneInString(rest)
	if rest == "" || !unicode.IsLetter(r) || !isWordRune(r) {
		return false
	}
	m, _ := markAt(rest, 0)
	return len(m.codes) == 0
}

// places returns how many decimals the mark's currency has, or that of the mark
// that follows the number that ends at s[end]; -1 if it isn't known.
func (m mark) places(s string, end int) int {
	if len(m.codes) == 0 {
		m, _ = markAt(s, skipSpaces(s, end))
	}
	if len(m.codes) == 1 {
		if n, ok := currency.GetDigits(m.codes[0]); ok {
			return int(n)
		}
	}
	return -1
}

// partOfWord reports whether the digit at s[i] continues a word, like "A4" or
// "2x4", and no currency mark.
func partOfWord(s string, i int) bool {
	r, _ := utf8.DecodeLastRuneInString(s[:i])
	if i == 0 || !isWordRune(r) {
		return false
	}
	return len(markBefore(s, 0, i).codes) == 0
}

// tail reads what follows an amount: its currency, the end of a range, what
// it is for.
func (f *scan) tail(s string, i int, h hints) int {
	i = f.markAfter(s, i)
	if end, ok := f.rangeAfter(s, i, h); ok {
		i = end
	}
	rest := strings.TrimLeft(s[i:], " ")
	for _, w := range []string{"起", "から", "より", "~", "〜", "以上"} {
		if strings.HasPrefix(rest, w) {
			f.from = true
			i = len(s) - len(rest) + len(w)
			rest = s[i:]
		}
	}
	f.per = readPer(rest)
	return i
}

// markAfter takes the currency that follows. A code outranks a symbol before
// the amount; a symbol after one that had its own belongs to the next amount.
func (f *scan) markAfter(s string, i int) int {
	at := skipSpaces(s, i)
	m, n := markAt(s, at)
	if n == 0 || len(f.mark.codes) > 0 && !(m.kind() == "code" && slices.Contains(f.mark.codes, m.codes[0])) {
		return i
	}
	f.mark = m
	return at + n
}

// rangeAfter reads the other end of a range.
func (f *scan) rangeAfter(s string, i int, h hints) (end int, ok bool) {
	rest := strings.TrimLeft(s[i:], " ")
	for _, dash := range []string{"-", "–", "—", "~", "〜", "～", "至", "到", "to ", "bis ", "à ", "до ", "a "} {
		after, found := strings.CutPrefix(rest, dash)
		if !found {
			continue
		}
		at := skipSpaces(s, len(s)-len(after))
		m, n := markAt(s, at)
		at = skipSpaces(s, at+n)
		if at >= len(s) || !isDigit(s[at]) {
			return i, false
		}
		high, ok := scanNumber(s, at, h.decimalComma(), m.places(s, numberEnd(s, at)))
		if !ok || less(high.amount, f.amount) || strings.HasPrefix(s[high.end:], "%") {
			return i, false
		}
		f.high = high.amount
		if f.note == "" {
			f.note = high.note
		}
		if len(f.mark.codes) == 0 {
			f.mark = m
		}
		return f.markAfter(s, high.end), true
	}
	return i, false
}

func skipSpaces(s string, i int) int { return i + len(s[i:]) - len(strings.TrimLeft(s[i:], " ")) }

// less compares two decimal strings without leading zeros.
func less(a, b string) bool {
	wa, fa, _ := strings.Cut(a, ".")
	wb, fb, _ := strings.Cut(b, ".")
	if len(wa) != len(wb) {
		return len(wa) < len(wb)
	}
	return wa+fa < wb+fb
}

// readPer reads what an amount is for, as in "/ piece" or "每克".
func readPer(s string) string {
	for _, lead := range []string{"/", "per ", "pro ", "par ", "por ", "each ", "每"} {
		rest, ok := strings.CutPrefix(strings.ToLower(s), lead)
		if !ok {
			continue
		}
		rest = strings.TrimLeft(rest, " ")
		end := strings.IndexFunc(rest, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) })
		if end < 0 {
			end = len(rest)
		}
		if n := utf8.RuneCountInString(rest[:end]); n > 0 && n <= 12 {
			return rest[:end]
		}
	}
	return ""
}

// before reports whether text ends with one of the words, and then a mark at
// most.
func before(text, mark string, words []string) bool {
	text = strings.ToLower(strings.TrimRight(text, " "))
	text = strings.TrimRight(strings.TrimSuffix(text, strings.ToLower(mark)), " ")
	return slices.ContainsFunc(words, func(w string) bool {
		return strings.HasSuffix(text, w) && startsWord(text, len(text)-len(w))
	})
}

// markBefore returns the mark that ends right before s[i], not before s[from].
func markBefore(s string, from, i int) mark {
	text := strings.TrimRight(s[from:i], " :")
	for _, m := range marks {
		if m.endsIn(text) && startsWord(text, len(text)-len(m.text)) {
			return m
		}
	}
	if n := len(text); n >= 3 && isCode(text[n-3:]) && startsWord(text, n-3) {
		return mark{text[n-3:], []string{text[n-3:]}}
	}
	return mark{}
}

// markAt returns the mark that begins at s[i], and its length.
func markAt(s string, i int) (mark, int) {
	for _, m := range marks {
		if m.begins(s[i:]) && endsWord(s[i:], len(m.text)) {
			return m, len(m.text)
		}
	}
	if len(s)-i >= 3 && isCode(s[i:i+3]) && endsWord(s[i:], 3) {
		return mark{s[i : i+3], []string{s[i : i+3]}}, 3
	}
	return mark{}, 0
}

// isCode reports whether s is a currency's code. Some codes are words that
// stand beside numbers for other reasons.
func isCode(s string) bool {
	switch s {
	case "ALL", "TOP", "CUP":
		return false
	}
	return currency.IsValid(s)
}

func hasPrefixFold(s, p string) bool { return len(s) >= len(p) && strings.EqualFold(s[:len(p)], p) }

func (m mark) begins(s string) bool {
	return strings.HasPrefix(s, m.text) || hasPrefixFold(s, m.text) && !exactCase[m.text]
}

func (m mark) endsIn(s string) bool {
	return len(s) >= len(m.text) && m.begins(s[len(s)-len(m.text):])
}

// exactCase are the marks that mean something else in another case.
var exactCase = set("R Ft Ks TL")

// startsWord reports whether the text from s[i] doesn't continue a word.
func startsWord(s string, i int) bool {
	first, _ := utf8.DecodeRuneInString(s[i:])
	last, _ := utf8.DecodeLastRuneInString(s[:i])
	return i == 0 || !unicode.IsLetter(first) || !isWordRune(first) || !unicode.IsLetter(last) || !isWordRune(last)
}

// endsWord reports whether s[:n] ends where a word does.
func endsWord(s string, n int) bool {
	last, _ := utf8.DecodeLastRuneInString(s[:n])
	next, _ := utf8.DecodeRuneInString(s[n:])
	return n == len(s) || !unicode.IsLetter(last) || !isWordRune(last) || !unicode.IsLetter(next) || !isWordRune(next)
}
