package listing

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// readJSONLD reads the blocks of JSON-LD (schema.org's use of it: contexts are
// not fetched, and a name is taken without its vocabulary). A block that can't
// be read is a problem, and no harm to the others.
func (x *extraction) readJSONLD() []*entity {
	l := &jsonldReader{reader: reader{source: FromJSONLD}}
	number := 0
	for n := range elements(x.doc.root) {
		if !isJSONLD(n) {
			continue
		}
		if number++; number > maxBlocks {
			x.doc.problem("jsonld_limit", fmt.Sprintf("only the first %d blocks of JSON-LD were read", maxBlocks))
			break
		}
		if repairs, err := l.block(n); err != nil {
			x.doc.problem("jsonld_malformed", fmt.Sprintf("block %d: %v", number, err))
		} else if len(repairs) > 0 {
			x.doc.problem("jsonld_repaired", fmt.Sprintf("block %d: %s", number, strings.Join(repairs, ", ")))
		}
	}
	l.resolve()
	x.limit(&l.reader)
	return l.entities
}

type jsonldReader struct {
	reader
	node     *html.Node // the block that is being read
	repaired bool
}

func (l *jsonldReader) block(n *html.Node) (repairs []string, err error) {
	if n.FirstChild == nil {
		return nil, nil
	}
	text := n.FirstChild.Data
	if len(text) > maxBlock {
		return nil, fmt.Errorf("got %d bytes, want at most %d", len(text), maxBlock)
	}
	values, repairs, err := readJSON(text)
	if err != nil {
		return nil, err
	}
	l.node, l.repaired = n, len(repairs) > 0
	for i, v := range values {
		path := ""
		if len(values) > 1 {
			path = pointerIndex("", i)
		}
		l.top(v, path)
	}
	return repairs, nil
}

// top reads what stands at the top of a block, or in a graph.
func (l *jsonldReader) top(v *jsonNode, path string) {
	switch v.kind {
	case '[':
		for i, n := range v.nodes {
			l.top(n, pointerIndex(path, i))
		}
	case '{':
		l.object(v, path, nil, "")
	}
}

// object reads a node object. One that has nothing but a graph is no entity.
func (l *jsonldReader) object(v *jsonNode, path string, parent *entity, via string) *entity {
	e := &entity{node: l.node, path: path, parent: parent, via: via, repaired: l.repaired}
	bare := !slices.ContainsFunc(v.keys, func(key string) bool { return key != "@context" && key != "@graph" })
	if !bare && !l.add(e) {
		return e
	}
	for i, key := range v.keys {
		l.member(e, key, v.nodes[i], pointer(path, key))
	}
	return e
}

func (l *jsonldReader) member(e *entity, key string, v *jsonNode, path string) {
	switch key {
	case "@context":
	case "@graph", "@included":
		l.top(v, path)
	case "@type", "type": // schema.org's context has both
		for _, s := range v.strings() {
			e.types = append(e.types, typeName(s))
		}
	case "@id", "id":
		if s := v.strings(); len(s) > 0 {
			e.id = s[0]
		}
	case "@reverse":
	default:
		l.value(e, typeName(key), v, path)
	}
}

// value reads the values of a property.
func (l *jsonldReader) value(e *entity, name string, v *jsonNode, path string) {
	switch v.kind {
	case '"':
		l.set(e, property{name: name, text: v.text, node: l.node, path: path})
	case '0':
		if v.text != "null" {
			l.set(e, property{name: name, text: v.text, node: l.node, path: path})
		}
	case '[':
		for i, n := range v.nodes {
			l.value(e, name, n, pointerIndex(path, i))
		}
	case '{':
		for i, key := range v.keys {
			if key == "@value" || key == "@list" || key == "@set" {
				l.value(e, name, v.nodes[i], pointer(path, key))
				return
			}
		}
		item := l.object(v, path, e, name)
		l.set(e, property{name: name, item: item, node: l.node, path: path})
	}
}

// strings returns the string, or the strings of an array.
func (v *jsonNode) strings() []string {
	if v.kind == '"' {
		return []string{v.text}
	}
	var all []string
	for _, n := range v.nodes {
		if v.kind == '[' && n.kind == '"' {
			all = append(all, n.text)
		}
	}
	return all
}

// resolve puts the entity that an @id names where nothing but the @id stands.
func (l *jsonldReader) resolve() {
	byID := map[string]*entity{}
	for _, e := range l.entities {
		if e.id != "" && len(e.properties) > 0 && byID[e.id] == nil {
			byID[e.id] = e
		}
	}
	for _, e := range l.entities {
		for i, p := range e.properties {
			if p.item == nil || len(p.item.properties) > 0 || byID[p.item.id] == nil {
				continue
			}
			target := byID[p.item.id]
			e.properties[i].item = target
			if target.parent == nil && target != e {
				target.parent, target.via = e, p.name
			}
		}
	}
}

// limit notes that not all of a syntax was taken in.
func (x *extraction) limit(r *reader) {
	if r.full {
		x.doc.problem(string(r.source)+"_limit", fmt.Sprintf("only the first %d entities and %d properties were read", maxEntities, maxProperties))
	}
}
