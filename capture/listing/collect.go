package listing

import (
	"cmp"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"pugmark/evidence"
)

// The limits of what is kept.
const (
	maxText       = 32 << 10 // bytes of one raw string
	maxTexts      = 1 << 20  // bytes of all raw strings together
	maxCandidates = 24       // of one fact
)

// claim is a candidate as it is found.
type claim struct {
	name Name
	Candidate
	node *html.Node // where it stands; nil if not in the document
	late bool       // behind all of its kind that aren't
}

// collector gathers claims, within the limits.
type collector struct {
	claims  map[Name][]claim
	leftOff map[Name]int
	size    int
}

func newCollector() *collector {
	return &collector{claims: map[Name][]claim{}, leftOff: map[Name]int{}}
}

// add keeps a claim that says something new or elsewhere.
func (c *collector) add(cl claim) {
	cl.tidy()
	if cl.Raw == "" || c.has(cl) {
		return
	}
	if c.full(cl) {
		c.leftOff[cl.name]++
		return
	}
	c.size += len(cl.Raw)
	c.claims[cl.name] = append(c.claims[cl.name], cl)
}

// full reports whether there is no room for a claim.
func (c *collector) full(cl claim) bool {
	return c.crowded(cl.name, cl.Source) || c.size+len(cl.Raw) > maxTexts
}

// crowded reports whether a source has said enough of a fact. It can't crowd
// out those after it: it has half of the room at most.
func (c *collector) crowded(name Name, source Source) bool {
	same := 0
	for _, other := range c.claims[name] {
		if other.Source == source {
			same++
		}
	}
	return len(c.claims[name]) >= maxCandidates || same >= maxCandidates/2
}

func (c *collector) has(cl claim) bool {
	return slices.ContainsFunc(c.claims[cl.name], func(o claim) bool {
		return o.Raw == cl.Raw && o.Value == cl.Value && o.Source == cl.Source && o.Property == cl.Property && o.node == cl.node
	})
}

// tidy makes a claim fit for the record: valid text of a bounded size.
func (cl *claim) tidy() {
	if len(cl.Raw) > maxText {
		cl.Raw, cl.Cut = cl.Raw[:maxText], true
		cl.Raw = strings.ToValidUTF8(cl.Raw, "")
	}
	if len(cl.Value) > maxText {
		cl.Value = strings.ToValidUTF8(cl.Value[:maxText], "")
	}
	for _, s := range []*string{&cl.Raw, &cl.Value, &cl.Inferred} {
		*s = strings.ToValidUTF8(*s, "\uFFFD")
	}
	cl.Property = shorten(cl.Property)
}

// shorten returns s within what a name or a place may take.
func shorten(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if len(s) > 300 {
		return strings.ToValidUTF8(s[:300], "") + "…"
	}
	return s
}

// facts returns what was gathered, in the order of choice.
func (c *collector) facts(d *document) map[Name]Fact {
	facts := map[Name]Fact{}
	for name, claims := range c.claims {
		slices.SortStableFunc(claims, compareClaims)
		facts[name] = c.fact(d, name, claims)
	}
	return facts
}

func (c *collector) fact(d *document, name Name, claims []claim) Fact {
	f := Fact{Inferred: claims[0].Inferred != "", LeftOff: c.leftOff[name]}
	for _, cl := range claims {
		if cl.node != nil {
			cl.Where = d.path(cl.node)
		}
		f.Candidates = append(f.Candidates, cl.Candidate)
	}
	if several[name] {
		f.Values = values(claims)
		return f
	}
	f.Value = claims[0].Value
	f.Conflict = conflict(name, claims)
	return f
}

// several says which facts can hold several things at once.
var several = map[Name]bool{
	Category: true, Phone: true, Email: true, WeChat: true, WhatsApp: true,
	Telegram: true, Line: true, QQ: true, Handle: true,
}

// values returns what the claims say, each thing once.
func values(claims []claim) []string {
	var all []string
	for _, cl := range claims {
		if cl.Value != "" && !slices.Contains(all, cl.Value) {
			all = append(all, cl.Value)
		}
	}
	return all
}

// compareClaims orders claims as the package comment says.
func compareClaims(a, b claim) int {
	return cmp.Or(
		no(a.Value != "", b.Value != ""),
		no(a.Inferred == "", b.Inferred == ""),
		no(!a.late, !b.late),
		cmp.Compare(slices.Index(sources, a.Source), slices.Index(sources, b.Source)),
	)
}

var sources = []Source{FromAddress, FromJSONLD, FromMicrodata, FromRDFa, FromOpenGraph, FromMeta, FromDOM, FromText}

// no orders what holds before what doesn't.
func no(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// listing makes the record.
func (x *extraction) listing(photographs []Photograph) *Listing {
	l := &Listing{
		Format: Format, Version: Version,
		Extractor:   Extractor{Rules: rules, PerceptualHash: hasher},
		Address:     x.address,
		Host:        x.site.host,
		Facts:       x.out.facts(x.doc),
		Photographs: photographs,
		Entities:    x.entities,
		Problems:    x.problems(),
	}
	return l
}

func (x *extraction) problems() []evidence.Problem {
	problems := x.doc.problems
	for _, n := range x.out.leftOff {
		if n > 0 {
			return append(problems, evidence.Problem{Code: "candidate_limit", Detail: "some facts have more candidates than are listed"})
		}
	}
	return problems
}
