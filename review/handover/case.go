package handover

import (
	"context"
	"io"
	"maps"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"pugmark/evidence"
	"pugmark/evidence/custody"
	"pugmark/review"
)

// caseWriter writes a case as CASE has it.
type caseWriter struct {
	*graph
	c      *review.Case
	shared ids               // of what several captures share
	whole  []string          // what the investigation consists of
	record map[string]string // provenance records, by capture
}

func writeCase(ctx context.Context, w io.Writer, q Request, r *Result, p Progress) error {
	captures := q.captures()
	x := &caseWriter{
		graph: newGraph(w), c: q.Case, record: make(map[string]string),
		shared: ids(uuid.NewSHA1(vaultOf(captures), []byte("case:"+q.Case.Ref))),
	}
	x.begin()
	for i, c := range captures {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := x.capture(c); err != nil {
			r.unread(c, err)
		}
		if x.err != nil {
			return x.err
		}
		p(int64(i+1), int64(len(captures)))
	}
	x.custody(q.Case.Events)
	x.investigation()
	return x.end()
}

// vaultOf returns the id of the vault that sealed captures, as the first says that can
// be read.
func vaultOf(captures []*review.Capture) uuid.UUID {
	for _, c := range captures {
		if m, err := c.Manifest(); err == nil {
			return m.Identity.VaultID
		}
	}
	return uuid.Nil
}

// investigation writes the case itself.
func (x *caseWriter) investigation() {
	id := x.shared.of("investigation", "")
	reference := x.put(newNode(x.shared.of("reference", ""), "core:ExternalReference", node{
		"core:externalIdentifier": x.c.Ref, "core:definingContext": "case",
	}))
	n := newNode(id, "investigation:Investigation", node{
		"core:name": x.c.Title, "core:description": x.c.Purpose, "core:startTime": x.c.Opened,
		"core:externalReference": ref(reference), "core:object": refs(x.whole),
		"investigation:investigationForm": "case", "investigation:investigationStatus": "open",
	})
	if x.c.Closed != nil {
		n.set("core:endTime", *x.c.Closed)
		n.set("investigation:investigationStatus", "closed")
	}
	if x.c.Authority != "" {
		n.set("investigation:relevantAuthorization", ref(x.put(newNode(x.shared.of("authorization", ""), "investigation:Authorization", node{
			"core:name": x.c.Authority,
		}))))
	}
	x.put(n)
}

// custody writes the events of the case, each of which the one before it informed.
func (x *caseWriter) custody(events []custody.Event) {
	before := ""
	for _, e := range events {
		if e.Action == custody.CaseHandedOver {
			continue // of copies such as this one, which would differ by it from the next
		}
		id := x.shared.of("event", strconv.FormatInt(e.Seq, 10))
		n := newNode(id, "investigation:InvestigativeAction", node{
			"core:name": string(e.Action), "core:tag": "custody log", "core:description": eventTexts(e),
			"action:startTime": e.Time, "action:endTime": e.Time,
			"action:performer": ref(x.person(e.Actor)), "action:environment": ref(x.computer(e.Host)),
			"action:instrument": ref(x.tool(e.Tool)), "action:object": ref(x.record[e.Subject]),
			"investigation:wasInformedBy": ref(before),
		})
		before = x.put(n)
		x.whole = append(x.whole, id)
	}
}

// eventTexts say what an event has that the ontology has no term for.
func eventTexts(e custody.Event) []string {
	out := []string{"log entry: " + strconv.FormatInt(e.Seq, 10)}
	add := func(name, value string) {
		if value != "" {
			out = append(out, name+": "+value)
		}
	}
	add("subject", e.Subject)
	if !e.Digest.IsZero() {
		add("SHA-256", e.Digest.String())
	}
	add("reason", e.Reason)
	for _, name := range slices.Sorted(maps.Keys(e.Details)) {
		add(name, e.Details[name])
	}
	return out
}

func (x *caseWriter) person(name string) string {
	if name == "" {
		return ""
	}
	return x.share(x.shared.of("person", name), func(id string) {
		x.put(newNode(id, "identity:Person", node{"core:name": name}))
	})
}

// operator writes who captured, as what and for whom.
func (x *caseWriter) operator(a evidence.Authority) string {
	person := x.person(a.Operator)
	if person == "" {
		return ""
	}
	if a.Role != "" {
		role := x.share(x.shared.of("role", a.Role), func(id string) {
			x.put(newNode(id, "role:Role", node{"core:name": a.Role}))
		})
		x.relate(person, role, "Has_Role")
	}
	if a.Organisation != "" {
		organisation := x.share(x.shared.of("organisation", a.Organisation), func(id string) {
			x.put(newNode(id, "identity:Organization", node{"core:name": a.Organisation}))
		})
		x.relate(person, organisation, "Affiliated_With")
	}
	return person
}

// relate ties what several captures may share.
func (x *caseWriter) relate(from, to, kind string) {
	x.share(x.shared.of(kind, from+" "+to), func(id string) { x.put(relationship(id, "core:Relationship", from, to, kind)) })
}

func relationship(id, class, from, to, kind string) node {
	return newNode(id, class, node{
		"core:source": ref(from), "core:target": ref(to), "core:kindOfRelationship": kind, "core:isDirectional": true,
	})
}

// tool writes a program with its version, as in "Pugmark 0.1.0".
func (x *caseWriter) tool(name string) string {
	if name == "" {
		return ""
	}
	return x.share(x.shared.of("tool", name), func(id string) {
		program, version := name, ""
		if i := strings.LastIndexByte(name, ' '); i > 0 {
			program, version = name[:i], name[i+1:]
		}
		x.put(newNode(id, "tool:Tool", node{"core:name": program, "tool:version": version}))
	})
}

func (x *caseWriter) computer(host string) string {
	if host == "" {
		return ""
	}
	return x.share(x.shared.of("computer", host), func(id string) {
		facet := x.put(newNode(x.shared.of("computer facet", host), "observable:ComputerSpecificationFacet", node{"observable:hostname": host}))
		x.put(newNode(id, "observable:Computer", node{"core:hasFacet": ref(facet)}))
	})
}

// address writes an address of the web.
func (x *caseWriter) address(address string) string {
	if address == "" {
		return ""
	}
	return x.share(x.shared.of("url", address), func(id string) {
		facet := newNode(x.shared.of("url facet", address), "observable:URLFacet", node{"observable:fullValue": address})
		if u, err := url.Parse(address); err == nil {
			facet.set("observable:scheme", u.Scheme)
			facet.set("observable:path", u.EscapedPath())
			facet.set("observable:query", u.RawQuery)
			facet.set("observable:fragment", u.EscapedFragment())
			facet.set("observable:host", ref(x.host(u.Hostname())))
			if port, err := strconv.Atoi(u.Port()); err == nil {
				facet.set("observable:port", port)
			}
		}
		x.put(newNode(id, "observable:URL", node{"core:hasFacet": ref(x.put(facet))}))
	})
}

// host writes an IP address or the name of a host.
func (x *caseWriter) host(name string) string {
	if name == "" {
		return ""
	}
	class, facet, value := "observable:DomainName", "observable:DomainNameFacet", "observable:value"
	if ip, err := netip.ParseAddr(name); err == nil {
		class, facet, value = "observable:IPv6Address", "observable:IPv6AddressFacet", "observable:addressValue"
		if ip.Is4() {
			class, facet = "observable:IPv4Address", "observable:IPv4AddressFacet"
		}
	}
	return x.share(x.shared.of("host", name), func(id string) {
		f := x.put(newNode(x.shared.of("host facet", name), facet, node{value: name}))
		x.put(newNode(id, class, node{"core:hasFacet": ref(f)}))
	})
}
