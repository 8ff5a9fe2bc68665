package compare

import (
	"cmp"
	"image"
	"slices"

	"github.com/go-json-experiment/json"

	"pugmark/evidence"
)

// The limits of regions.
const (
	tolerance  = 8   // by which a channel may differ, of 255
	nearby     = 16  // pixels between changed ones that make one region
	jitter     = 2   // rows that rounding adds or removes: no region
	maxRegions = 200 // that are listed
	maxPending = 4 * maxRegions
)

// Region is a place where two pictures differ. Of rows that were added, A is empty,
// and lies where they would be; of removed ones B is.
type Region struct {
	Change Change // Changed, Added or Removed
	A, B   image.Rectangle
	// Pixels is how many have changed, of those that were compared, or how many
	// were added or removed.
	Pixels int64
	// Slight says that all of it could come from a shift by part of a pixel: a page
	// that was moved down by 126.4 pixels draws all its letters and photographs a
	// little otherwise.
	Slight bool
}

// MarshalJSON writes a region with its rectangles as the other records have them.
func (r Region) MarshalJSON() ([]byte, error) {
	of := func(r image.Rectangle) evidence.Rectangle {
		return evidence.Rectangle{X: r.Min.X, Y: r.Min.Y, Width: r.Dx(), Height: r.Dy()}
	}
	return json.Marshal(struct {
		Change Change             `json:"change"`
		A      evidence.Rectangle `json:"a"`
		B      evidence.Rectangle `json:"b"`
		Pixels int64              `json:"pixels"`
		Slight bool               `json:"slight,omitzero"`
	}{r.Change, of(r.A), of(r.B), r.Pixels, r.Slight})
}

// span is a part of a row that has changed.
type span struct {
	from, to int
	pixels   int64
}

// regions collects what has changed, row by row.
type regions struct {
	open   []Region // that the next rows may belong to
	closed []Region
	spans  []span // of a row
}

// row takes the changed parts of a row of A and the row of B that it is aligned with.
func (g *regions) row(ya, yb int) {
	g.retire(ya, yb)
	for _, s := range g.spans {
		r := Region{Changed, image.Rect(s.from, ya, s.to, ya+1), image.Rect(s.from, yb, s.to, yb+1), s.pixels, false}
		g.open = slices.DeleteFunc(g.open, func(o Region) bool {
			near := o.A.Min.X-nearby < s.to && s.from < o.A.Max.X+nearby
			if near {
				r = r.with(o)
			}
			return near
		})
		g.open = append(g.open, r)
	}
}

// with returns the region that has both.
func (r Region) with(o Region) Region {
	return Region{r.Change, r.A.Union(o.A), r.B.Union(o.B), r.Pixels + o.Pixels, r.Slight}
}

// retire closes the regions that are too far above.
func (g *regions) retire(ya, yb int) {
	g.open = slices.DeleteFunc(g.open, func(o Region) bool {
		far := o.A.Max.Y+nearby <= ya || o.B.Max.Y+nearby <= yb
		if far {
			g.closed = append(g.closed, o)
		}
		return far
	})
	if len(g.closed) > maxPending {
		g.closed = fewer(g.closed)
	}
}

// block takes rows that were added or removed.
func (g *regions) block(r Rows, widthA, widthB int) {
	a, b := image.Rect(0, r.A, widthA, r.endA()), image.Rect(0, r.B, widthB, r.endB())
	n := int64(r.Height) * int64(widthA)
	if r.Change == Added {
		n = int64(r.Height) * int64(widthB)
	}
	g.closed = append(g.closed, Region{r.Change, a, b, n, false})
}

// all returns the regions.
func (g *regions) all() []Region { return fewer(append(g.closed, g.open...)) }

// Bounds of what is taken for slight.
const (
	slack    = 32 // by which a channel may be beyond those about it
	minClear = 3  // pixels that no shift explains, of a region among slight ones
	aside    = 4  // times the size of a region: a slight one this large is another
)

// joinSlight joins the regions of what no shift explains with those of what one
// could explain, from top to bottom.
func joinSlight(clear, slight []Region) []Region {
	for i := range slight {
		slight[i].Slight = true
	}
	var out []Region
	for _, r := range clear {
		if r.Change == Changed && r.stray(slight) {
			continue
		}
		slight = slices.DeleteFunc(slight, func(s Region) bool {
			joins := r.Change == Changed && s.B.Overlaps(r.B.Inset(-nearby)) && areaOf(s.B) <= aside*areaOf(r.B)
			if joins {
				r = r.with(s)
			}
			return joins
		})
		out = append(out, r)
	}
	return sorted(append(out, slight...))
}

// stray reports whether a region is a few pixels of a slight one.
func (r Region) stray(slight []Region) bool {
	return r.Pixels < minClear && slices.ContainsFunc(slight, func(s Region) bool {
		return s.B.Overlaps(r.B.Inset(-nearby)) && areaOf(s.B) > aside*minClear
	})
}

func areaOf(r image.Rectangle) int { return r.Dx() * r.Dy() }

// sorted returns regions from top to bottom.
func sorted(out []Region) []Region {
	slices.SortFunc(out, func(x, y Region) int {
		return cmp.Or(x.B.Min.Y-y.B.Min.Y, x.A.Min.Y-y.A.Min.Y, x.B.Min.X-y.B.Min.X, x.A.Min.X-y.A.Min.X)
	})
	return out
}

// fewer joins regions of one kind that are near each other, ever farther ones, until
// they are few.
func fewer(all []Region) []Region {
	for by := nearby; len(all) > maxRegions; by *= 2 {
		slices.SortFunc(all, func(x, y Region) int { return x.B.Min.Y - y.B.Min.Y })
		var out []Region
		for _, r := range all {
			near := r.B.Inset(-by)
			i := slices.IndexFunc(out, func(o Region) bool {
				return o.Change == r.Change && (o.B.Overlaps(near) || o.B.Empty() && o.A.Overlaps(r.A.Inset(-by)))
			})
			if i < 0 {
				out = append(out, r)
			} else {
				out[i] = out[i].with(r)
			}
		}
		all = out
	}
	return all
}

// mark notes a changed pixel of the row, right of those before.
func (g *regions) mark(x int) {
	k := len(g.spans) - 1
	if k < 0 || x >= g.spans[k].to+nearby {
		g.spans = append(g.spans, span{from: x})
		k++
	}
	g.spans[k].to = x + 1
	g.spans[k].pixels++
}

func differ(a, b byte) bool { return max(a, b)-min(a, b) > tolerance }

// near is a row with those above and below it, which are nil where there are none.
type near struct{ rows [3][]byte }

func (n near) row() []byte { return n.rows[1] }

// explains reports whether the pixel of another picture, at a place in its row, lies
// between those about that place, as it would after a shift by part of a pixel.
func (n near) explains(other near, at int) bool {
	pixel := other.row()[at : at+rgb]
	for c, v := range pixel {
		low, high := byte(255), byte(0)
		for _, row := range n.rows {
			for i := max(at-rgb, 0) + c; i < min(at+2*rgb, len(row)); i += rgb {
				low, high = min(low, row[i]), max(high, row[i])
			}
		}
		if int(v) < int(low)-slack || int(v) > int(high)+slack {
			return false
		}
	}
	return true
}
