package listing

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// zone says in what parts of the page a node stands.
type zone uint8

const (
	hiddenZone    zone = 1 << iota
	contentZone        // main or article
	furnitureZone      // the site's own header, footer and navigation
	relatedZone        // other things: similar, recommended
	sellerZone         // the seller, by its class or label
)

// zone returns the zones of n: its own and those of all that it stands in.
func (d *document) zone(n *html.Node) zone {
	var chain []*html.Node
	var z zone
	for ; n != nil; n = n.Parent {
		known, ok := d.zones[n]
		if ok {
			z = known
			break
		}
		chain = append(chain, n)
	}
	for _, n := range slices.Backward(chain) {
		z |= d.ownZone(n, z)
		d.zones[n] = z
	}
	return z
}

// ownZone returns what n itself begins, within zones.
func (d *document) ownZone(n *html.Node, outer zone) zone {
	if n.Type != html.ElementNode {
		return 0
	}
	z := d.marked[n]
	if isHidden(n) && n.Data != "head" {
		z |= hiddenZone
	}
	switch n.Data {
	case "html", "body":
		return z
	case "main", "article":
		return z | contentZone
	case "header", "footer":
		if outer&contentZone == 0 {
			z |= furnitureZone
		}
	case "nav":
		z |= furnitureZone
	}
	switch attr(n, "role") {
	case "banner", "contentinfo", "navigation":
		z |= furnitureZone
	}
	return z | d.namedZone(n)
}

// namedZone returns the zones that an element's names tell of. What holds the
// heading is neither another thing nor the seller.
func (d *document) namedZone(n *html.Node) zone {
	names := namesOf(n)
	if names == "" || d.above[n] {
		return 0
	}
	var z zone
	if relatedWords.in(names) {
		z |= relatedZone
	}
	if sellerWords.in(names) && !notSeller.in(names) {
		z |= sellerZone
	}
	return z
}

// isRelated reports whether n stands among things other than the page's own.
func (x *extraction) isRelated(n *html.Node) bool { return x.doc.zone(n)&relatedZone != 0 }

// survey finds the heading, and the parts whose own headings say that they
// show other things.
func (d *document) survey() {
	for n := range elements(d.root) {
		if n.Data == "h1" && d.heading == nil && textOf(n, 200) != "" && !isHiddenIn(n) {
			d.heading = n
		}
	}
	for n := d.heading; n != nil; n = n.Parent {
		d.above[n] = true
	}
	count := 0
	for n := range elements(d.root) {
		if isHeadingTag(n) {
			count++
		}
		if count > maxHeadings {
			return
		}
		if !isHeadingTag(n) || n == d.heading || !relatedWords.in(fold(textOf(n, 100))) {
			continue
		}
		if p := n.Parent; p != nil && p.Data != "body" && !d.above[p] {
			d.marked[p] = relatedZone
		}
	}
}

// maxHeadings is how many headings of parts are looked at.
const maxHeadings = 2_000

// isHiddenIn reports whether n or what it stands in is hidden.
func isHiddenIn(n *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if n.Type == html.ElementNode && isHidden(n) {
			return true
		}
	}
	return false
}

func isHeadingTag(n *html.Node) bool {
	return len(n.Data) == 2 && n.Data[0] == 'h' && '1' <= n.Data[1] && n.Data[1] <= '6'
}

// nameAttributes are where authors name what an element is.
var nameAttributes = []string{"class", "id", "aria-label", "data-testid", "data-test-id", "data-test", "data-qa", "data-qa-id", "data-marker", "data-cy", "data-aut-id"}

// maxNames is how many bytes of an element's names are looked at.
const maxNames = 256

// namesOf returns the words of an element's names, with spaces between.
func namesOf(n *html.Node) string {
	var b strings.Builder
	for _, a := range n.Attr {
		if !slices.Contains(nameAttributes, a.Key) {
			continue
		}
		for _, w := range words(a.Val[:min(len(a.Val), maxNames)]) {
			b.WriteString(w)
			b.WriteByte(' ')
		}
	}
	return strings.TrimSuffix(b.String(), " ")
}

// wordList finds any of its words in a text. A word may be several, with
// spaces.
type wordList struct {
	leads map[string][]string // by what they begin with
	loose []string            // of scripts that don't part words
}

func newWordList(words ...string) *wordList {
	l := &wordList{leads: map[string][]string{}}
	for _, w := range words {
		if first, _ := utf8.DecodeRuneInString(w); !isWordRune(first) {
			l.loose = append(l.loose, w)
			continue
		}
		lead, _, _ := strings.Cut(w, " ")
		l.leads[lead] = append(l.leads[lead], w)
	}
	return l
}

// find returns the first of the words that s, a folded text, has; empty if it
// has none.
func (l *wordList) find(s string) string {
	ascii := true
	for i := 0; i < len(s); {
		end := i
		for end < len(s) && s[end] != ' ' {
			ascii = ascii && s[end] < utf8.RuneSelf
			end++
		}
		for _, w := range l.leads[strings.Trim(s[i:end], ".,:;!?()")] {
			if at := strings.Index(s[i:], w); at >= 0 && at < end-i+1 && endsWord(s[i:], at+len(w)) {
				return w
			}
		}
		i = end + 1
	}
	if !ascii {
		return firstOf(s, l.loose)
	}
	return ""
}

func (l *wordList) in(s string) bool { return l.find(s) != "" }

// firstOf returns the first of the words that s has.
func firstOf(s string, words []string) string {
	for _, w := range words {
		if hasWord(s, w) {
			return w
		}
	}
	return ""
}
