package assessment

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"pugmark/evidence"
	"pugmark/taxa"
)

// Record is the listing record of a capture as it stands.
type Record struct {
	Entries  []Entry // fields that have a value, without outcomes, in the order of [Fields]
	Outcomes []Event // the earliest first
}

// Entry is a field with its value.
type Entry struct {
	Field      Field
	Annotation evidence.Annotation // its text is the value
}

// Text returns the value as people read it.
func (e Entry) Text() string { return e.Field.Show(e.Annotation.Text) }

// Of returns the listing record from the annotations of one capture, oldest first.
func Of(all []evidence.Annotation) Record {
	r := Record{Outcomes: Outcomes(all)}
	stands := evidence.AssessedOf(all)
	delete(stands, OutcomeField)
	for _, f := range fields {
		if a, ok := stands[f.Name]; ok {
			r.Entries = append(r.Entries, Entry{f, a})
			delete(stands, f.Name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(stands)) { // of a newer program
		f := Field{Name: name, Label: strings.ReplaceAll(name, "_", " "), Kind: Text}
		r.Entries = append(r.Entries, Entry{f, stands[name]})
	}
	return r
}

// Empty reports whether nothing was assessed.
func (r Record) Empty() bool { return len(r.Entries)+len(r.Outcomes) == 0 }

// Value returns the value of a field, which is empty where it has none.
func (r Record) Value(name string) string {
	for _, e := range r.Entries {
		if e.Field.Name == name {
			return e.Annotation.Text
		}
	}
	return ""
}

// Holds reports whether an annotation is part of the record as it stands.
func (r Record) Holds(id uuid.UUID) bool {
	return slices.ContainsFunc(r.Entries, func(e Entry) bool { return e.Annotation.ID == id }) ||
		slices.ContainsFunc(r.Outcomes, func(e Event) bool { return e.Entered.ID == id })
}

// InForce says in which Appendix the record's taxon is on a day, by each table that has
// it, or by the last one if none has. Where that depends on the population and an origin
// is claimed, an answer for that one follows. Without a taxon there is no answer.
func (r Record) InForce(on time.Time, tables ...*taxa.Table) (out []taxa.Answer) {
	name := r.Value(Taxon)
	if name == "" || name == Unknown {
		return nil
	}
	for i, t := range tables {
		a := t.InForce(name, "", on)
		if a.Taxon == nil && (len(out) > 0 || i < len(tables)-1) {
			continue
		}
		out = append(out, a)
		if origin := r.Value(ClaimedOrigin); origin != "" && a.Status == taxa.Depends {
			out = append(out, t.InForce(name, origin, on))
		}
	}
	return out
}
