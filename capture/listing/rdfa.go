package listing

import (
	"strings"

	"golang.org/x/net/html"
)

// readRDFa reads RDFa Lite 1.1, and of RDFa itself about, content and rel.
// Names are taken if they are of schema.org, or of the vocabulary that it
// grew from.
func (x *extraction) readRDFa() []*entity {
	r := &rdfaReader{reader: reader{source: FromRDFa}, x: x}
	scopes := []rdfaScope{{}}
	depth := 0
	for n := x.doc.root; n != nil && !r.full; {
		scopes = scopes[:depth+1]
		inner := scopes[depth]
		if n.Type == html.ElementNode {
			inner = r.element(n, scopes[depth])
		}
		next := following(n, x.doc.root, false)
		if next != nil && next.Parent == n {
			scopes = append(scopes, inner)
			depth++
		} else {
			for up := n; next != nil && up.Parent != next.Parent; up = up.Parent {
				depth--
			}
		}
		n = next
	}
	x.limit(&r.reader)
	return r.entities
}

type rdfaReader struct {
	reader
	x *extraction
}

// rdfaScope is what an element passes on to those in it.
type rdfaScope struct {
	vocab    string
	prefixes string // "schema: http://schema.org/ …" of all elements around
	subject  *entity
}

func (r *rdfaReader) element(n *html.Node, s rdfaScope) rdfaScope {
	if hasAttr(n, "vocab") {
		s.vocab = attr(n, "vocab")
	}
	if p := attr(n, "prefix"); p != "" && len(s.prefixes) < 4096 {
		s.prefixes = p + " " + s.prefixes
	}
	names := s.names(attr(n, "property") + " " + attr(n, "rel"))
	types := s.names(attr(n, "typeof"))
	switch {
	case len(types) > 0:
		s.subject = r.typed(n, s, types, names)
	case s.subject != nil && len(names) > 0:
		r.plain(n, s.subject, names)
	}
	return s
}

// typed reads an element that begins an entity, be it the value of a property
// of the entity around it.
func (r *rdfaReader) typed(n *html.Node, s rdfaScope, types, names []string) *entity {
	e := &entity{node: n, types: types, related: r.x.isRelated(n)}
	for _, key := range []string{"about", "resource", "href", "src"} {
		if e.id = attr(n, key); e.id != "" {
			break
		}
	}
	if s.subject != nil && len(names) > 0 {
		e.parent, e.via, e.path = s.subject, names[0], pointer(s.subject.path, names[0])
	}
	if strings.Count(e.path, "/") > maxItemDepth || !r.add(e) {
		return e
	}
	if s.subject != nil {
		for _, name := range names {
			r.set(s.subject, property{name: name, item: e, node: n, path: pointer(s.subject.path, name)})
		}
	}
	return e
}

// plain reads an element whose properties have a text or an address.
func (r *rdfaReader) plain(n *html.Node, e *entity, names []string) {
	text := attr(n, "resource")
	if hasAttr(n, "content") || text == "" {
		text = elementValue(n)
	}
	for _, name := range names {
		r.set(e, property{name: name, text: text, node: n, path: pointer(e.path, name)})
	}
}

// names returns the names in an attribute that are of schema.org.
func (s rdfaScope) names(attribute string) []string {
	var all []string
	for raw := range strings.FieldsSeq(attribute) {
		if isSchema(s.expand(raw)) {
			all = append(all, typeName(raw))
		}
	}
	return all
}

// expand returns the whole address that a name stands for.
func (s rdfaScope) expand(name string) string {
	prefix, local, found := strings.Cut(name, ":")
	if !found {
		return s.vocab + name
	}
	if strings.HasPrefix(local, "//") {
		return name
	}
	if prefix == "schema" { // RDFa's initial context has it
		return "http://schema.org/" + local
	}
	fields := strings.Fields(s.prefixes)
	for i := 0; i+1 < len(fields); i += 2 {
		if strings.EqualFold(fields[i], prefix+":") {
			return fields[i+1] + local
		}
	}
	return name
}

func isSchema(name string) bool {
	_, rest, _ := strings.Cut(name, "://")
	rest = strings.TrimPrefix(rest, "www.")
	return strings.HasPrefix(rest, "schema.org/") || strings.HasPrefix(rest, "rdf.data-vocabulary.org/")
}
