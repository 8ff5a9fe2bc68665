package listing

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// maxLabel is how many bytes a label has at most.
const maxLabel = 64

// labelled tells what a label introduces, if n is a label, or begins with one
// and a colon.
func (v *viewer) labelled(n *html.Node) {
	if n.FirstChild == nil {
		return
	}
	text := textOf(n, maxLine+maxLabel)
	if label, rest, found := cutLabel(text); found && rest != "" && isLeafy(n) {
		v.introduce(label, n, n, rest)
		return
	}
	label := strings.TrimRight(text, ":： ")
	if len(label) > maxLabel || labels[fold(label)] == "" {
		return
	}
	if value := valueOf(n); value != nil {
		v.introduce(label, n, value, strings.TrimLeft(textOf(value, maxLine), ":： "))
	}
}

// cutLabel parts a text at its first colon, if it is a label that stands
// before it.
func cutLabel(text string) (label, rest string, found bool) {
	i := strings.IndexAny(text, ":：")
	if i < 0 || i > maxLabel {
		return "", "", false
	}
	_, size := utf8.DecodeRuneInString(text[i:])
	label, rest = text[:i], strings.TrimSpace(text[i+size:])
	return label, rest, labels[fold(label)] != ""
}

// isLeafy reports whether n is one line: nothing but inline elements is in it.
func isLeafy(n *html.Node) bool {
	seen := 0
	for c := range elements(n) {
		if seen++; seen > 12 || c != n && (!inline[c.Data] || c.Data == "br") {
			return false
		}
	}
	return true
}

// valueOf returns the element that holds what the label n introduces: the next
// one, or the next after the one that n is alone in; nil if there is none.
func valueOf(n *html.Node) *html.Node {
	for range 2 {
		if next := nextElement(n); next != nil {
			return next
		}
		if n = n.Parent; n == nil || !isAlone(n) {
			return nil
		}
	}
	return nil
}

// isAlone reports whether n has one child, white space apart.
func isAlone(n *html.Node) bool {
	count := 0
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode || strings.TrimSpace(c.Data) != "" {
			count++
		}
	}
	return count == 1
}

// introduce tells what stands behind a label.
func (v *viewer) introduce(label string, n, value *html.Node, text string) {
	if text == "" || len(text) >= maxLine || labels[fold(strings.TrimRight(text, ":："))] != "" {
		return
	}
	name, how := labels[fold(label)], "label “"+label+"”"
	if v.out.crowded(name, FromDOM) {
		v.out.leftOff[name]++
		return
	}
	cl := v.saw(name, value, how, text, collapse(text), "")
	switch name {
	case PriceFact:
		v.labelledPrice(how, n, value, text)
		return
	case Condition:
		cl.Value = condition(text)
	case Quantity:
		cl.Value = quantity(text)
	case Language:
		cl.Value = languageTag(text)
	case Posted, Updated, Ends, SellerJoined:
		v.labelledTime(cl, value)
		return
	}
	v.out.add(cl)
}

// labelledPrice reads the price again with its seams, and without former ones.
func (v *viewer) labelledPrice(how string, n, value *html.Node, text string) {
	seamed := priceText(value)
	if n == value {
		if _, rest, found := cutLabel(seamed); found {
			seamed = rest
		}
	}
	if len(v.hints().parsePrices(seamed, true)) == 0 {
		v.out.add(v.saw(PriceFact, value, how, text, "", ""))
		return
	}
	v.price(value, how, seamed, true, "")
}

// labelledTime prefers what a time element says to machines.
func (v *viewer) labelledTime(cl claim, value *html.Node) {
	cl.Value = parseTime(cl.Raw)
	for c := range elements(value) {
		if t := parseTime(attr(c, "datetime")); c.Data == "time" && t != "" {
			cl.Value, cl.Property, cl.node = t, cl.Property+", datetime", c
			break
		}
	}
	v.out.add(cl)
}
