package compare

import (
	"math/bits"
	"slices"
	"strconv"
	"strings"

	"pugmark/capture/listing"
)

// Match says by what two photographs were paired.
type Match string

// The matches.
const (
	ByDigest  Match = "digest"  // the same file
	ByHash    Match = "hash"    // they look alike: another size or encoding
	ByAddress Match = "address" // the content of one, or both, was not obtained
)

// maxDistance is by how many of 64 bits the perceptual hashes of pictures that look
// alike differ at most.
const maxDistance = 6

// Photographs says which photographs two pages share.
type Photographs struct {
	Same    []PhotographPair     `json:"same,omitempty"`
	Added   []listing.Photograph `json:"added,omitempty"`   // only in B
	Removed []listing.Photograph `json:"removed,omitempty"` // only in A
}

// PhotographPair is a photograph that both pages have.
type PhotographPair struct {
	A     listing.Photograph `json:"a"`
	B     listing.Photograph `json:"b"`
	Match Match              `json:"match"`
	// Distance is of the perceptual hashes, in bits, of pictures paired by hash.
	Distance int `json:"distance,omitzero"`
}

// Changed reports whether there are others in B than in A.
func (p *Photographs) Changed() bool { return len(p.Added)+len(p.Removed) > 0 }

// pairPhotographs pairs the photographs of two pages. A file that a page has several
// times counts once.
func pairPhotographs(a, b []listing.Photograph) *Photographs {
	out := new(Photographs)
	a, b = once(a), once(b)
	pairBy := func(m Match, same func(x, y listing.Photograph) (int, bool)) {
		a = slices.DeleteFunc(a, func(x listing.Photograph) bool {
			at, least := -1, 0
			for i, y := range b {
				if d, ok := same(x, y); ok && (at < 0 || d < least) {
					at, least = i, d
				}
			}
			if at < 0 {
				return false
			}
			out.Same = append(out.Same, PhotographPair{x, b[at], m, least})
			b = slices.Delete(b, at, at+1)
			return true
		})
	}
	pairBy(ByDigest, func(x, y listing.Photograph) (int, bool) { return 0, !x.SHA256.IsZero() && x.SHA256 == y.SHA256 })
	pairBy(ByHash, func(x, y listing.Photograph) (int, bool) { return distance(x, y) })
	pairBy(ByAddress, func(x, y listing.Photograph) (int, bool) {
		return 0, x.Address == y.Address && (x.SHA256.IsZero() || y.SHA256.IsZero())
	})
	out.Added, out.Removed = b, a
	return out
}

// once returns a page's photographs, each file once.
func once(all []listing.Photograph) (out []listing.Photograph) {
	for _, p := range all {
		same := func(o listing.Photograph) bool { return !p.SHA256.IsZero() && o.SHA256 == p.SHA256 }
		if !slices.ContainsFunc(out, same) {
			out = append(out, p)
		}
	}
	return out
}

// distance returns by how many bits the perceptual hashes of two pictures differ, and
// whether that is few. A picture of one colour has a hash that tells nothing.
func distance(x, y listing.Photograph) (int, bool) {
	a, okA := hashOf(x)
	b, okB := hashOf(y)
	if !okA || !okB {
		return 0, false
	}
	d := bits.OnesCount64(a ^ b)
	return d, d <= maxDistance
}

func hashOf(p listing.Photograph) (uint64, bool) {
	digits, ok := strings.CutPrefix(p.Hash, "p:")
	if !ok {
		return 0, false
	}
	h, err := strconv.ParseUint(digits, 16, 64)
	n := bits.OnesCount64(h)
	return h, err == nil && n > 1 && n < 63
}
