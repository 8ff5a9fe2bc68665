package photographs

import (
	"fmt"
	"math/bits"

	"pugmark/evidence"
	"pugmark/evidence/search"
)

// Photograph is a picture of a capture's page of which the content was kept.
type Photograph struct {
	// Capture is the one whose page shows it. Its case is the name under which that
	// is reviewed.
	Capture *evidence.Capture
	search.Picture
	Site   string // that the page was on
	Seller string // what the page calls who offers; may be empty
	Flat   bool   // its hash says nothing of what it shows
}

// Name names the photograph by its capture and its number there, as in "OP-1/3:2".
func (p *Photograph) Name() string { return fmt.Sprintf("%s:%d", p.Capture.Name(), p.Number) }

// Comparable reports whether it can be near another one.
func (p *Photograph) Comparable() bool { return p.Hashed && !p.Flat }

// The limits of pictures whose hash says something; the package comment says why.
const (
	minBits    = 24
	maxBits    = 40
	minSide    = 32  // pixels
	mostPixels = 100 // for each byte of the file
)

// IsFlat reports whether the hash of a picture says nothing of what it shows.
func IsFlat(p search.Picture) bool {
	n := bits.OnesCount64(p.Hash)
	w, h := int64(p.Width), int64(p.Height)
	return p.Hashed && (n < minBits || n > maxBits || min(w, h) < minSide || w*h > mostPixels*p.Bytes)
}

// Distance counts the bits in which two hashes differ.
func Distance(a, b uint64) int { return bits.OnesCount64(a ^ b) }

// oddColumns are the bits of the odd horizontal frequencies: eight rows of eight, the
// lowest frequency first.
const oddColumns = 0x5555_5555_5555_5555

// Mirror returns what the hash of the mirror image is near to: the odd horizontal
// frequencies change their sign, and the median is near zero.
func Mirror(hash uint64) uint64 { return hash ^ oddColumns }

// kept describes the pictures of a capture.
func kept(c *evidence.Capture, in search.Pictures, hasher string) []Photograph {
	out := make([]Photograph, len(in.All))
	for i, p := range in.All {
		p.Hashed = p.Hashed && in.Hasher == hasher
		out[i] = Photograph{Capture: c, Picture: p, Site: in.Host, Seller: in.Seller, Flat: IsFlat(p)}
	}
	return out
}
