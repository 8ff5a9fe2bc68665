package compare

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"pugmark/capture/listing"
	"pugmark/evidence"
)

// Fact says what has become of a fact of a listing.
type Fact struct {
	Name   listing.Name `json:"name"`
	Change Change       `json:"change"` // of what was recorded
	A      string       `json:"a,omitempty"`
	B      string       `json:"b,omitempty"`
	// CorrectedA and CorrectedB are what people say instead, or in addition.
	CorrectedA []Correction `json:"corrected_a,omitempty"`
	CorrectedB []Correction `json:"corrected_b,omitempty"`
}

// Correction is a fact that a person added or corrected, and that stands.
type Correction struct {
	Value string    `json:"value"`
	Was   string    `json:"was,omitempty"` // the recorded value that it corrects
	Actor string    `json:"actor"`
	Time  time.Time `json:"time"`
}

// order of the facts: those that matter most first, then the others by name.
var order = []listing.Name{
	listing.Title, listing.PriceFact, listing.Currency, listing.Availability, listing.SellerName, listing.SellerID,
	listing.Location, listing.Platform, listing.AdvertID, listing.Posted, listing.Updated,
}

func rank(n listing.Name) int {
	if i := slices.Index(order, n); i >= 0 {
		return i
	}
	if n == listing.Description {
		return len(order) + 1 // it is long
	}
	return len(order)
}

// facts compares what two pages say of themselves.
func facts(a, b *listing.Listing, addedA, addedB []evidence.Annotation) []Fact {
	correctedA, correctedB := corrections(addedA), corrections(addedB)
	names := make(map[listing.Name]bool)
	for n := range a.Facts {
		names[n] = true
	}
	for n := range b.Facts {
		names[n] = true
	}
	for n := range correctedA {
		names[n] = true
	}
	for n := range correctedB {
		names[n] = true
	}
	var out []Fact
	for n := range names {
		f := Fact{Name: n, A: valueOf(a, n), B: valueOf(b, n), CorrectedA: correctedA[n], CorrectedB: correctedB[n]}
		f.Change = changeOf(f.A, f.B)
		out = append(out, f)
	}
	slices.SortFunc(out, func(x, y Fact) int {
		return cmp.Or(rank(x.Name)-rank(y.Name), strings.Compare(string(x.Name), string(y.Name)))
	})
	return out
}

// changeOf says how one value is to another; empty ones are not there.
func changeOf(a, b string) Change {
	switch {
	case a == b:
		return Unchanged
	case a == "":
		return Added
	case b == "":
		return Removed
	}
	return Changed
}

// valueOf returns what a page says on a matter: the value that was chosen, or all of
// several in an order of their own, or else the raw string.
func valueOf(l *listing.Listing, n listing.Name) string {
	f, ok := l.Facts[n]
	switch {
	case !ok:
		return ""
	case len(f.Values) > 0:
		return strings.Join(slices.Sorted(slices.Values(f.Values)), ", ")
	case f.Value != "":
		return f.Value
	case len(f.Candidates) > 0:
		return f.Candidates[0].Raw
	}
	return ""
}

// corrections returns what people say of facts, the oldest first, but for what was
// withdrawn.
func corrections(all []evidence.Annotation) map[listing.Name][]Correction {
	out := make(map[listing.Name][]Correction)
	for _, a := range all {
		if a.Kind == evidence.Fact && a.Withdrawn == nil {
			n := listing.Name(a.Name)
			out[n] = append(out[n], Correction{a.Text, a.Was, a.Actor, a.Time})
		}
	}
	return out
}
