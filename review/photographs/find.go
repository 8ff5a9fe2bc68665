package photographs

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/google/uuid"

	"pugmark/capture/listing"
	"pugmark/evidence/search"
)

// Threshold is how many bits of the hashes of near photographs differ at most.
const Threshold = 10

// MaxThreshold is the most that can be asked for. Beyond it, the hashes of two
// pictures that have nothing in common are near too often.
const MaxThreshold = 20

// Match is a photograph that was found.
type Match struct {
	*Photograph
	Distance int  // between the hashes, in bits; 0 if it is exact
	Exact    bool // the same file
	Mirrored bool // it is the mirror image that is near
}

// Find returns the photographs that are exact or near, within a number of bits, to a
// picture: the exact ones first, then the nearest, and those of the mirror image after
// the others. The picture itself is among them if it is in the index.
func (x *Index) Find(q search.Picture, within int) (found []Match) {
	near := q.Hashed && !IsFlat(q)
	for i := range x.All {
		p := &x.All[i]
		if p.SHA256 == q.SHA256 {
			found = append(found, Match{Photograph: p, Exact: true})
			continue
		}
		if !near || !p.Comparable() {
			continue
		}
		straight, mirrored := Distance(q.Hash, p.Hash), Distance(Mirror(q.Hash), p.Hash)
		switch {
		case straight <= within:
			found = append(found, Match{Photograph: p, Distance: straight})
		case mirrored <= within:
			found = append(found, Match{Photograph: p, Distance: mirrored, Mirrored: true})
		}
	}
	slices.SortStableFunc(found, compareMatches)
	return found
}

func compareMatches(a, b Match) int {
	return cmp.Or(order(b.Exact, a.Exact), order(a.Mirrored, b.Mirrored), cmp.Compare(a.Distance, b.Distance))
}

// order sorts what is false before what is true.
func order(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// Elsewhere is Find for a photograph of the index, without those of its own capture.
func (x *Index) Elsewhere(p *Photograph, within int) []Match {
	return slices.DeleteFunc(x.Find(p.Picture, within), func(m Match) bool { return m.Capture.ID == p.Capture.ID })
}

// ReadPicture reads a picture to be found. The listing's description of it says what it
// is, and why it has no hash if it has none.
func ReadPicture(ctx context.Context, r io.Reader) (search.Picture, listing.Photograph, error) {
	p, err := listing.ReadPhotograph(ctx, r)
	if err != nil {
		return search.Picture{}, p, err
	}
	e, err := picture(p)
	return e, p, err
}

// Of returns the photographs of a capture, by number.
func (x *Index) Of(id uuid.UUID) (out []*Photograph) {
	for i := range x.All {
		if p := &x.All[i]; p.Capture.ID == id {
			out = append(out, p)
		}
	}
	return out
}

// OfCase returns the photographs of a case, by capture and number.
func (x *Index) OfCase(name string) (out []*Photograph) {
	for i := range x.All {
		if p := &x.All[i]; p.Capture.Case == name {
			out = append(out, p)
		}
	}
	return out
}

// Alike returns what is on a contact sheet of a photograph and of what was found for
// it, and how each differs.
func Alike(found []Match, of *Photograph) (all []*Photograph, note func(*Photograph) string) {
	how := map[*Photograph]string{of: "looked for"}
	all = append(all, of)
	for _, m := range found {
		if m.Capture.ID == of.Capture.ID && m.Number == of.Number {
			continue
		}
		all = append(all, m.Photograph)
		switch {
		case m.Exact:
			how[m.Photograph] = "the same file"
		case m.Mirrored:
			how[m.Photograph] = fmt.Sprintf("the mirror image is near: %d of 64 bits differ", m.Distance)
		default:
			how[m.Photograph] = fmt.Sprintf("near: %d of 64 bits differ", m.Distance)
		}
	}
	return all, func(p *Photograph) string { return how[p] }
}
