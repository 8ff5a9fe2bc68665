package listing

import (
	"strings"

	"golang.org/x/net/html"
)

// maxItemDepth bounds items within items, by element or by itemref.
const maxItemDepth = 32

// readMicrodata reads microdata (HTML standard, section 5).
func (x *extraction) readMicrodata() []*entity {
	m := &microdataReader{reader: reader{source: FromMicrodata}, x: x}
	if ids := m.referred(); len(ids) > 0 {
		m.byID = findIDs(x.doc.root, ids)
	}
	for n := range elements(x.doc.root) {
		if hasAttr(n, "itemscope") && !hasAttr(n, "itemprop") {
			m.item(n, "", nil, "", 0)
		}
	}
	x.limit(&m.reader)
	return m.entities
}

type microdataReader struct {
	reader
	x    *extraction
	byID map[string]*html.Node
}

// referred returns the ids that some itemref names.
func (m *microdataReader) referred() map[string]bool {
	ids := map[string]bool{}
	for n := range elements(m.x.doc.root) {
		for id := range strings.FieldsSeq(attr(n, "itemref")) {
			ids[id] = true
		}
	}
	return ids
}

func findIDs(root *html.Node, ids map[string]bool) map[string]*html.Node {
	byID := map[string]*html.Node{}
	for n := range elements(root) {
		if id := attr(n, "id"); ids[id] && byID[id] == nil {
			byID[id] = n
		}
	}
	return byID
}

// item reads the item of an element with itemscope.
func (m *microdataReader) item(n *html.Node, path string, parent *entity, via string, depth int) *entity {
	e := &entity{node: n, path: path, parent: parent, via: via, id: attr(n, "itemid"), related: m.x.isRelated(n)}
	for t := range strings.FieldsSeq(attr(n, "itemtype")) {
		e.types = append(e.types, typeName(t))
	}
	if depth > maxItemDepth || !m.add(e) {
		return e
	}
	m.crawl(e, n, depth)
	for id := range strings.FieldsSeq(attr(n, "itemref")) {
		// One that holds the item, or that the item holds, would be
		// read for ever, or twice.
		if r := m.byID[id]; r != nil && !contains(r, n) && !contains(n, r) {
			m.referredTo(e, r, depth)
		}
	}
	return e
}

func (m *microdataReader) referredTo(e *entity, r *html.Node, depth int) {
	if hasAttr(r, "itemprop") {
		m.element(e, r, depth)
	}
	if !hasAttr(r, "itemscope") {
		m.crawl(e, r, depth)
	}
}

// crawl reads the properties that stand below root, but for those of items in
// it.
func (m *microdataReader) crawl(e *entity, root *html.Node, depth int) {
	for n := following(root, root, false); n != nil && !m.full; {
		scope := hasAttr(n, "itemscope")
		if hasAttr(n, "itemprop") {
			m.element(e, n, depth)
		}
		n = following(n, root, scope)
	}
}

// element reads the properties of one element.
func (m *microdataReader) element(e *entity, n *html.Node, depth int) {
	var item *entity
	for raw := range strings.FieldsSeq(attr(n, "itemprop")) {
		name := typeName(raw)
		p := property{name: name, node: n, path: pointer(e.path, name)}
		if hasAttr(n, "itemscope") {
			if item == nil {
				item = m.item(n, p.path, e, name, depth+1)
			}
			p.item = item
		} else {
			p.text = elementValue(n)
		}
		m.set(e, p)
	}
}

// valueAttribute says which attribute holds an element's value (HTML standard,
// section 5.2.4).
var valueAttribute = map[string]string{
	"audio": "src", "embed": "src", "iframe": "src", "img": "src", "source": "src", "track": "src", "video": "src",
	"a": "href", "area": "href", "link": "href", "object": "data", "data": "value", "meter": "value", "time": "datetime",
}

// elementValue returns the value of an element with a property, an address as
// it is written. The standard has content on meta elements only; schema.org's
// own examples have it on all.
func elementValue(n *html.Node) string {
	if hasAttr(n, "content") {
		return attr(n, "content")
	}
	key := valueAttribute[n.Data]
	if !hasAttr(n, key) {
		return textOf(n, maxText)
	}
	return attr(n, key)
}

// contains reports whether n is root or in it.
func contains(root, n *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if n == root {
			return true
		}
	}
	return false
}
