package listing

import "strings"

// maxDigits is more than any price has.
const maxDigits = 18

// number is an amount as a text writes it.
type number struct {
	amount string // decimal string with a point
	note   string // why its reading is no certainty
	end    int    // where it ends in the text
}

// scanNumber reads the number that begins at s[i], a digit. comma says that the
// page's language writes decimals with a comma; places is how many decimals
// the currency has, -1 if it isn't known.
func scanNumber(s string, i int, comma bool, places int) (number, bool) {
	end := numberEnd(s, i)
	n := number{end: end}
	text := strings.TrimRight(s[i:end], ".,'")
	text, cents := cutCents(text)
	n.amount, n.note = readDigits(text, comma, places)
	if n.amount == "" || len(n.amount) > maxDigits {
		return n, false
	}
	if cents != "" {
		if strings.Contains(n.amount, ".") {
			return n, false
		}
		n.amount += "." + cents
		n.note = "the cents stand in an element of their own"
	}
	n.shift(s)
	return n, true
}

// numberEnd returns where the number at s[i] ends. A space belongs to it if
// three digits and no more follow.
func numberEnd(s string, i int) int {
	for i < len(s) {
		switch c := s[i]; {
		case isDigit(c):
			i++
		case (c == '.' || c == ',' || c == '\'') && i+1 < len(s) && isDigit(s[i+1]):
			i++
		case c == ' ' && digitsAt(s, i+1) == 3:
			i++
		case strings.HasPrefix(s[i:], string(seam)) && digitsAt(s, i+len(string(seam))) > 0:
			i += len(string(seam))
		default:
			return i
		}
	}
	return i
}

// digitsAt counts the digits from s[i].
func digitsAt(s string, i int) int {
	n := 0
	for i+n < len(s) && isDigit(s[i+n]) {
		n++
	}
	return n
}

// cutCents parts two last digits behind a seam from the rest. Other seams say
// nothing.
func cutCents(s string) (rest, cents string) {
	if i := strings.LastIndex(s, string(seam)); i >= 0 && len(s)-i-len(string(seam)) == 2 {
		s, cents = s[:i], s[i+len(string(seam)):]
	}
	return strings.ReplaceAll(s, string(seam), ""), cents
}

// readDigits reads digits with separators.
func readDigits(s string, comma bool, places int) (amount, note string) {
	s = strings.NewReplacer(" ", "", "'", "").Replace(s)
	dots, commas := strings.Count(s, "."), strings.Count(s, ",")
	switch {
	case dots+commas == 0:
		return trimLeadingZeros(s), ""
	case dots > 0 && commas > 0:
		return readBoth(s)
	case dots+commas > 1:
		return readGroups(s)
	}
	return readOne(s, comma, places)
}

// readBoth reads a number with points and commas: the last of them is the
// decimal separator.
func readBoth(s string) (amount, note string) {
	last := strings.LastIndexAny(s, ".,")
	if strings.Count(s, s[last:last+1]) > 1 {
		return "", ""
	}
	whole, _ := readGroups(s[:last])
	if whole == "" {
		return "", ""
	}
	return whole + "." + s[last+1:], ""
}

// readGroups reads a number whose separators are all of thousands, also in
// the Indian way (12,34,567).
func readGroups(s string) (amount, note string) {
	groups := strings.FieldsFunc(s, func(r rune) bool { return r == '.' || r == ',' })
	for i, g := range groups[1:] {
		if len(g) != 3 && (len(g) != 2 || i == len(groups)-2) {
			return "", ""
		}
	}
	return trimLeadingZeros(strings.Join(groups, "")), ""
}

// readOne reads a number with one separator, which is of thousands if exactly
// three digits follow and nothing speaks against it.
func readOne(s string, comma bool, places int) (amount, note string) {
	i := strings.IndexAny(s, ".,")
	whole, rest := trimLeadingZeros(s[:i]), s[i+1:]
	usual := comma == (s[i] == ',') // as decimal separator, in the language
	switch {
	case len(rest) != 3 || whole == "0" || i > 3:
		return whole + "." + rest, ""
	case places == 3 && usual:
		return whole + "." + rest, "the separator in " + s + " was taken for the decimal one"
	case usual:
		note = "the separator in " + s + " was taken for one of thousands"
	}
	return whole + rest, note
}

func trimLeadingZeros(s string) string {
	s = strings.TrimLeft(s, "0")
	if s == "" || s[0] == '.' {
		return "0" + s
	}
	return s
}

// shift applies a multiplier that follows the number.
func (n *number) shift(s string) {
	rest := s[n.end:]
	trimmed := strings.TrimLeft(rest, " ")
	for _, m := range multipliers {
		if !hasPrefixFold(trimmed, m.word) || !endsWord(trimmed, len(m.word)) {
			continue
		}
		n.amount = timesTen(n.amount, m.zeros)
		n.end += len(rest) - len(trimmed) + len(m.word)
		return
	}
}

// multipliers have the longer before what begins like it.
var multipliers = []struct {
	word  string
	zeros int
}{
	{"万", 4}, {"萬", 4}, {"만", 4}, {"亿", 8}, {"億", 8}, {"억", 8}, {"千", 3},
	{"lakhs", 5}, {"lakh", 5}, {"lacs", 5}, {"lac", 5}, {"crores", 7}, {"crore", 7},
	{"million", 6}, {"mio", 6}, {"mln", 6}, {"млн", 6}, {"тыс", 3},
	{"triệu", 6}, {"nghìn", 3}, {"juta", 6}, {"jt", 6}, {"ribu", 3}, {"rb", 3}, {"k", 3},
}

// timesTen moves the point of a decimal string.
func timesTen(amount string, zeros int) string {
	whole, fraction, _ := strings.Cut(amount, ".")
	for ; zeros > 0; zeros-- {
		next := "0"
		if fraction != "" {
			next, fraction = fraction[:1], fraction[1:]
		}
		whole += next
	}
	if fraction != "" {
		whole += "." + fraction
	}
	return trimLeadingZeros(whole)
}
