package listing

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// The limits of what structured data is taken in, for each of its syntaxes.
const (
	maxEntities   = 2_000
	maxProperties = 10_000
	maxTextOf     = 4 << 20 // bytes of all their texts
	maxBlocks     = 64      // of JSON-LD
	maxBlock      = 2 << 20 // bytes of one
	maxName       = 64      // bytes of a property's name; what is longer is cut
	maxPath       = 1_000   // bytes of a path; what is longer isn't continued
)

// entity is a thing that structured data describes, whatever the syntax.
type entity struct {
	source     Source
	types      []string // without the vocabulary: "Product"
	id         string   // @id, itemid or resource
	properties []property
	node       *html.Node // the script or the element
	path       string     // in the script, or from the outermost item; "" at its top
	parent     *entity
	via        string // the parent's property that holds it
	related    bool   // stands in a part of the page that shows other things
	repaired   bool
}

// property is one value of one property.
type property struct {
	name string
	text string  // as the page has it; empty for an entity
	item *entity // nil for a text
	node *html.Node
	path string
}

// is reports whether e is of one of the types.
func (e *entity) is(types map[string]bool) bool {
	return slices.ContainsFunc(e.types, func(t string) bool { return types[t] })
}

// all returns the values of the properties, those named first before the
// others.
func (e *entity) all(names ...string) []property {
	var found []property
	for _, name := range names {
		for _, p := range e.properties {
			if p.name == name {
				found = append(found, p)
			}
		}
	}
	return found
}

// items returns the entities among the values of the properties.
func (e *entity) items(names ...string) []*entity {
	var found []*entity
	for _, p := range e.all(names...) {
		if p.item != nil {
			found = append(found, p.item)
		}
	}
	return found
}

// texts returns the values as texts: of an entity, the text that it stands
// for.
func (e *entity) texts(names ...string) []property {
	found := e.all(names...)
	for i, p := range found {
		if p.item != nil {
			found[i] = p.item.stand(p)
		}
	}
	return slices.DeleteFunc(found, func(p property) bool { return p.text == "" })
}

// stand returns the text that stands for an entity: its value, name, address
// or id.
func (e *entity) stand(p property) property {
	for _, q := range e.all("value", "name", "contentUrl", "url") {
		if q.item == nil {
			return q
		}
	}
	p.text = e.id
	return p
}

// text returns the first of the texts, empty if there is none.
func (e *entity) text(names ...string) string {
	if found := e.texts(names...); len(found) > 0 {
		return found[0].text
	}
	return ""
}

// provenance says where e stands.
func (x *extraction) provenance(e *entity) Provenance {
	return Provenance{Source: e.source, Property: shorten(e.path), Where: x.doc.path(e.node)}
}

// typeName returns a type or property without its vocabulary.
func typeName(s string) string {
	s = strings.TrimSpace(s)
	if i := strings.LastIndexAny(s, "/#:"); i >= 0 {
		s = s[i+1:]
	}
	return s[:min(len(s), maxName)]
}

// pointer appends a step to a JSON Pointer (RFC 6901).
func pointer(path, step string) string {
	step = step[:min(len(step), maxName)]
	if len(path) > maxPath {
		return path
	}
	return path + "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(step)
}

func pointerIndex(path string, i int) string { return pointer(path, strconv.Itoa(i)) }

// reader gathers the entities of one syntax.
type reader struct {
	source     Source
	entities   []*entity // in document order, those within others too
	properties int
	size       int // of their texts
	full       bool
}

// add keeps an entity unless the limit is reached.
func (r *reader) add(e *entity) bool {
	if len(r.entities) >= maxEntities {
		r.full = true
		return false
	}
	e.source = r.source
	r.entities = append(r.entities, e)
	return true
}

// set gives e a property unless the limit is reached.
func (r *reader) set(e *entity, p property) {
	if r.properties >= maxProperties || r.size > maxTextOf {
		r.full = true
		return
	}
	r.properties++
	r.size += len(p.text)
	e.properties = append(e.properties, p)
}
