package handover

import (
	"fmt"
	"io"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/uuid"
)

// prefixes are those of the ontology's terms.
var prefixes = []struct{ name, of string }{
	{"action", uco + "action/"},
	{"configuration", uco + "configuration/"},
	{"core", uco + "core/"},
	{"identity", uco + "identity/"},
	{"investigation", "https://ontology.caseontology.org/case/investigation/"},
	{"observable", uco + "observable/"},
	{"role", uco + "role/"},
	{"tool", uco + "tool/"},
	{"types", uco + "types/"},
	{"xsd", "http://www.w3.org/2001/XMLSchema#"},
}

const uco = "https://ontology.unifiedcyberontology.org/uco/"

// node is a node of the graph: its properties by name.
type node map[string]any

// newNode returns a node of a type with what is known of it.
func newNode(id, kind string, properties node) node {
	n := node{"@id": id, "@type": kind}
	for name, value := range properties {
		n.set(name, value)
	}
	return n
}

// set gives the node a property, unless its value is unknown.
func (n node) set(name string, value any) {
	switch v := value.(type) {
	case nil:
		return
	case string:
		if v == "" {
			return
		}
	case time.Time:
		if v.IsZero() {
			return
		}
		value = literal("dateTime", utc(v))
	case []string:
		if len(v) == 0 {
			return
		}
	case node:
		if v == nil {
			return
		}
	case []node:
		if len(v) == 0 {
			return
		}
	}
	n[name] = value
}

// ref refers to a node.
func ref(id string) node {
	if id == "" {
		return nil
	}
	return node{"@id": id}
}

// refs refers to nodes. An empty id is none.
func refs(ids []string) (out []node) {
	for _, id := range ids {
		if id != "" {
			out = append(out, ref(id))
		}
	}
	return out
}

// literal returns a value of a type of XML Schema.
func literal(kind, value string) node { return node{"@type": "xsd:" + kind, "@value": value} }

// ids makes the ids of nodes, in a space of their own.
type ids uuid.UUID

// of returns the id of what a name stands for.
func (x ids) of(kind, name string) string {
	return uuid.NewSHA1(uuid.UUID(x), []byte(kind+":"+name)).URN()
}

// graph writes a document of nodes, each once.
type graph struct {
	w       io.Writer
	written map[string]bool // ids of what several captures share
	some    bool
	err     error // the first
}

func newGraph(w io.Writer) *graph { return &graph{w: w, written: make(map[string]bool)} }

func (g *graph) begin() {
	g.write(`{"@context":{`)
	for i, p := range prefixes {
		sep := ","
		if i == 0 {
			sep = ""
		}
		g.write(fmt.Sprintf("%s\n%q:%q", sep, p.name, p.of))
	}
	g.write("},\n\"@graph\":[")
}

func (g *graph) end() error {
	g.write("\n]}\n")
	return g.err
}

func (g *graph) write(s string) {
	if g.err == nil {
		_, g.err = io.WriteString(g.w, s)
	}
}

// put writes a node and returns its id.
func (g *graph) put(n node) string {
	id := n["@id"].(string)
	b, err := json.Marshal(n, json.Deterministic(true))
	if err != nil && g.err == nil {
		g.err = fmt.Errorf("writing %s: %w", id, err)
	}
	sep := ",\n"
	if !g.some {
		sep, g.some = "\n", true
	}
	g.write(sep + string(b))
	return id
}

// share writes a node that several captures may have, once.
func (g *graph) share(id string, make func(id string)) string {
	if !g.written[id] {
		g.written[id] = true
		make(id)
	}
	return id
}
