package handover

import (
	"fmt"
	"maps"
	"slices"

	"pugmark/capture/listing"
	"pugmark/evidence"
)

// byPerson tags what people added, apart from what a page said.
const byPerson = "by a person"

func sortedFacts(l *listing.Listing) []listing.Name { return slices.Sorted(maps.Keys(l.Facts)) }

// factTexts say where a page states a fact, and whether it says something else too.
func factTexts(f listing.Fact) (out []string) {
	if len(f.Candidates) > 0 {
		c := f.Candidates[0]
		text := "source: " + string(c.Source)
		if c.Property != "" {
			text += " " + c.Property
		}
		out = append(out, text)
		if c.Inferred != "" {
			out = append(out, "inferred: "+c.Inferred)
		}
	}
	if f.Conflict {
		out = append(out, "another source on the page says something else")
	}
	return out
}

// annotate writes an annotation of objects, if it says something.
func (x *captureWriter) annotate(kind, name string, says, tags, objects []string, more node) {
	if len(objects) == 0 {
		return
	}
	n := newNode(x.own.of(kind, name), "core:Annotation", node{
		"core:statement": says, "core:tag": tags, "core:object": refs(objects),
	})
	for name, value := range more {
		n.set(name, value)
	}
	x.whole = append(x.whole, x.put(n))
}

// annotations writes what people added and didn't withdraw.
func (x *captureWriter) annotations(record string) {
	for _, a := range x.c.Annotations {
		if a.Withdrawn != nil {
			continue
		}
		tags, says, texts := []string{string(a.Kind), byPerson}, []string{a.Text}, []string(nil)
		switch a.Kind {
		case evidence.Fact:
			tags = []string{"listing fact", a.Name, byPerson}
			if a.Was != "" {
				texts = []string{"corrects: " + a.Was}
			}
		case evidence.Assessment:
			tags = []string{"listing record", a.Name, byPerson}
		case evidence.Region:
			r := a.Region
			texts = []string{fmt.Sprintf("pixels %d,%d to %d,%d of the picture of the whole page", r.Min.X, r.Min.Y, r.Max.X, r.Max.Y)}
			if a.Text == "" {
				says = nil
			}
		}
		x.annotate("annotation", a.ID.String(), says, tags, []string{record}, node{
			"core:createdBy": ref(x.person(a.Actor)), "core:objectCreatedTime": a.Time, "core:description": texts,
		})
	}
}
