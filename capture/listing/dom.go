package listing

import (
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// attr returns an attribute's value, empty if there is none.
func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func hasAttr(n *html.Node, key string) bool {
	for _, a := range n.Attr {
		if a.Key == key {
			return true
		}
	}
	return false
}

// following returns the node after n in document order within root; with
// skip, the one after all that is in n.
func following(n, root *html.Node, skip bool) *html.Node {
	if n.FirstChild != nil && !skip {
		return n.FirstChild
	}
	for ; n != root; n = n.Parent {
		if n.NextSibling != nil {
			return n.NextSibling
		}
	}
	return nil
}

// within yields root and all nodes in it, in document order.
func within(root *html.Node) iter.Seq[*html.Node] {
	return func(yield func(*html.Node) bool) {
		for n := root; n != nil; n = following(n, root, false) {
			if !yield(n) {
				return
			}
		}
	}
}

// elements yields the elements in root, root included.
func elements(root *html.Node) iter.Seq[*html.Node] {
	return func(yield func(*html.Node) bool) {
		for n := range within(root) {
			if n.Type == html.ElementNode && !yield(n) {
				return
			}
		}
	}
}

// elementChildren yields the elements right below n.
func elementChildren(n *html.Node) iter.Seq[*html.Node] {
	return func(yield func(*html.Node) bool) {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			if c.Type == html.ElementNode && !yield(c) {
				return
			}
		}
	}
}

// nextElement returns the next sibling that is an element.
func nextElement(n *html.Node) *html.Node {
	for n = n.NextSibling; n != nil && n.Type != html.ElementNode; n = n.NextSibling {
	}
	return n
}

// isHidden reports whether an element is not shown, as far as the document
// itself tells.
func isHidden(n *html.Node) bool {
	switch n.Data {
	case "head", "script", "style", "noscript", "iframe", "object", "svg", "select", "datalist", "textarea":
		return true
	case "template":
		return attr(n, "shadowrootmode") == ""
	case "dialog":
		return !hasAttr(n, "open")
	}
	if hasAttr(n, "hidden") && attr(n, "hidden") != "until-found" {
		return true
	}
	style := strings.ReplaceAll(attr(n, "style"), " ", "")
	return strings.Contains(style, "display:none") || strings.Contains(style, "visibility:hidden")
}

// seam parts two digits that stand in different elements with nothing between
// them: a price's cents, often.
const seam = '\u2063'

// maxLook is how many nodes are looked at for one text.
const maxLook = 20_000

// textOf returns the visible text in n with its white space collapsed, at most
// limit bytes of it.
func textOf(n *html.Node, limit int) string {
	return strings.ReplaceAll(seamedText(n, limit), string(seam), "")
}

// seamedText is textOf with its seams.
func seamedText(n *html.Node, limit int) string { return gather(n, limit, isHidden) }

// gather returns the text in root, but not that of elements to skip.
func gather(root *html.Node, limit int, skip func(*html.Node) bool) string {
	var b textBuilder
	n := root
	for seen := 0; n != nil && b.Len() < limit && seen < maxLook; seen++ {
		skipped := false
		if n.Type == html.TextNode {
			b.add(n.Data, limit)
		} else if n != root {
			b.boundary(n)
			skipped = skip(n)
		}
		if n.FirstChild != nil && !skipped {
			n = n.FirstChild
			continue
		}
		n = b.leave(n, root)
	}
	return b.String()
}

// leave goes on to the next node that isn't in n.
func (b *textBuilder) leave(n, root *html.Node) *html.Node {
	for ; n != root; n = n.Parent {
		b.boundary(n)
		if n.NextSibling != nil {
			return n.NextSibling
		}
	}
	return nil
}

// textBuilder collapses white space while it gathers text.
type textBuilder struct {
	strings.Builder
	last       byte
	gap, joint bool
}

// boundary notes the edge of an element.
func (b *textBuilder) boundary(n *html.Node) {
	if n.Type != html.ElementNode {
		return
	}
	if inline[n.Data] && n.Data != "wbr" {
		b.joint = true
	} else {
		b.gap = true
	}
}

func (b *textBuilder) add(s string, limit int) {
	for i := 0; i < len(s) && b.Len() < limit; i++ {
		c := s[i]
		if c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' {
			b.gap = true
			continue
		}
		if b.gap && b.Len() > 0 {
			b.WriteByte(' ')
		} else if b.joint && isDigit(b.last) && isDigit(c) {
			b.WriteRune(seam)
		}
		b.gap, b.joint, b.last = false, false, c
		b.WriteByte(c)
	}
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// String returns the text, without half a character at its end.
func (b *textBuilder) String() string { return strings.ToValidUTF8(b.Builder.String(), "") }

// path returns a selector that matches n alone: tag names from the root, with
// a number where a sibling has the same name.
func (d *document) path(n *html.Node) string {
	var steps []string
	for ; n != nil && n.Type == html.ElementNode; n = n.Parent {
		step := selectorName(n.Data)
		if i := d.position(n); i > 0 {
			step += ":nth-of-type(" + strconv.Itoa(i) + ")"
		}
		steps = append(steps, step)
	}
	slices.Reverse(steps)
	return strings.Join(steps, " > ")
}

// selectorName returns a tag name as a selector has it: a page may use nearly
// any character in one (CSS Syntax 3, section 4.3.7).
func selectorName(name string) string {
	var b strings.Builder
	for _, r := range name {
		if r == '-' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, `\%x `, r)
		}
	}
	return b.String()
}

// position returns n's place among its siblings of the same name, from 1; 0 if
// it has no such sibling.
func (d *document) position(n *html.Node) int {
	if n.Parent == nil {
		return 0
	}
	if _, known := d.nth[n]; !known {
		d.number(n.Parent)
	}
	return d.nth[n]
}

func (d *document) number(parent *html.Node) {
	count := map[string]int{}
	for c := range elementChildren(parent) {
		count[c.Data]++
		d.nth[c] = count[c.Data]
	}
	for c := range elementChildren(parent) {
		if count[c.Data] == 1 {
			d.nth[c] = 0
		}
	}
}
