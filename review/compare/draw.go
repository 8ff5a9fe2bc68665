package compare

import (
	"context"
	"image"
	"image/color"
	"io"

	"pugmark/capture/strip"
	"pugmark/evidence"
)

// Drawing is a way to draw two pictures as one. Rows that belong together are drawn
// at the same height, so that it may be taller than both.
type Drawing int

// The drawings.
const (
	SideBySide Drawing = iota // A at the left; rows that one lacks are hatched
	Overlay                   // both mixed, pale where they haven't changed
)

// What the drawings look like.
const (
	gutter = 24 // pixels between two pictures
	line   = 3  // width of an outline; that of a slight region is 1
	hatch  = 16 // pixels from stripe to stripe
)

var (
	outlines = map[Change]color.RGBA{
		Changed: {R: 0xd4, G: 0x00, B: 0x78}, Added: {R: 0x00, G: 0x7a, B: 0x3d}, Removed: {R: 0xc0, G: 0x1c, B: 0x1c},
	}
	slightColour = color.RGBA{R: 0x7a, G: 0x8a, B: 0x9c}
	gutterColour = color.RGBA{R: 0x40, G: 0x44, B: 0x4a}
	hatchLight   = color.RGBA{R: 0xe6, G: 0xe6, B: 0xe6}
	hatchDark    = color.RGBA{R: 0xc8, G: 0xc8, B: 0xc8}
)

// Size returns the size of a drawing in pixels.
func (p *Picture) Size(d Drawing) evidence.Size {
	s := evidence.Size{Width: max(p.SizeA.Width, p.SizeB.Width)}
	if d == SideBySide {
		s.Width = p.SizeA.Width + gutter + p.SizeB.Width
	}
	for _, r := range p.Rows {
		s.Height += r.Height
	}
	return s
}

// Save writes a drawing as a PNG file. It never replaces one: the error then wraps
// [fs.ErrExist].
func (p *Picture) Save(ctx context.Context, path string, d Drawing, progress evidence.Progress) error {
	return evidence.WriteFile(path, func(w io.Writer) error { return p.Draw(ctx, w, d, progress) })
}

// Draw writes a drawing as PNG, row by row.
func (p *Picture) Draw(ctx context.Context, w io.Writer, d Drawing, progress evidence.Progress) error {
	size := p.Size(d)
	out, err := strip.NewEncoder(w, size.Width, size.Height)
	if err != nil {
		return err
	}
	count := &counter{report: progress, total: p.a.item.Bytes + p.b.item.Bytes}
	draw := p.drawBeside
	if d == Overlay {
		draw = p.drawOver
	}
	row := make([]byte, size.Width*rgb)
	y := 0
	err = p.both(ctx, count.add, func(ya, yb int, a, b []byte) error {
		draw(row, y, ya, yb, a, b)
		y++
		return out.WriteRow(row)
	})
	if err != nil {
		return err
	}
	return out.Close()
}

// drawBeside draws one row of the two pictures beside each other.
func (p *Picture) drawBeside(row []byte, y int, ya, yb int, a, b []byte) {
	left, right := row[:p.SizeA.Width*rgb], row[(p.SizeA.Width+gutter)*rgb:]
	fill(row[p.SizeA.Width*rgb:(p.SizeA.Width+gutter)*rgb], gutterColour)
	if a == nil {
		fillHatched(left, y)
	} else {
		copy(left, a)
		p.outline(left, ya, func(r Region) image.Rectangle { return r.A })
	}
	if b == nil {
		fillHatched(right, y)
	} else {
		copy(right, b)
		p.outline(right, yb, func(r Region) image.Rectangle { return r.B })
	}
}

// drawOver draws one row of the two pictures over each other.
func (p *Picture) drawOver(row []byte, y int, ya, yb int, a, b []byte) {
	switch {
	case a == nil:
		tint(row, b, outlines[Added])
		p.outline(row, yb, func(r Region) image.Rectangle { return r.B })
	case b == nil:
		tint(row, a, outlines[Removed])
		p.outline(row, ya, func(r Region) image.Rectangle { return r.A })
	default:
		mix(row, a, b)
		p.outline(row, yb, func(r Region) image.Rectangle { return r.B })
	}
}

// mix draws the mean of both, and pale what hasn't changed. What only one of them has
// is drawn as that.
func mix(row, a, b []byte) {
	n := min(len(a), len(b))
	for i := 0; i < n; i += rgb {
		changed := differ(a[i], b[i]) || differ(a[i+1], b[i+1]) || differ(a[i+2], b[i+2])
		for c := i; c < i+rgb; c++ {
			row[c] = byte((int(a[c]) + int(b[c])) / 2)
			if !changed {
				row[c] = pale(row[c])
			}
		}
	}
	copy(row[n:], a[n:])
	copy(row[n:], b[n:])
}

func pale(v byte) byte { return 255 - (255-v)*2/5 }

// tint draws a row with a quarter of a colour.
func tint(row, pix []byte, c color.RGBA) {
	n := copy(row, pix)
	for i := 0; i < n; i += rgb {
		row[i] = byte((3*int(row[i]) + int(c.R)) / 4)
		row[i+1] = byte((3*int(row[i+1]) + int(c.G)) / 4)
		row[i+2] = byte((3*int(row[i+2]) + int(c.B)) / 4)
	}
	fill(row[n:], hatchLight)
}

func fill(pix []byte, c color.RGBA) {
	for i := 0; i < len(pix); i += rgb {
		pix[i], pix[i+1], pix[i+2] = c.R, c.G, c.B
	}
}

func fillHatched(pix []byte, y int) {
	for x := range len(pix) / rgb {
		c := hatchLight
		if (x+y)%hatch < line {
			c = hatchDark
		}
		pix[x*rgb], pix[x*rgb+1], pix[x*rgb+2] = c.R, c.G, c.B
	}
}

// outline draws what the outlines of the regions have in a row of a picture.
func (p *Picture) outline(row []byte, y int, of func(Region) image.Rectangle) {
	all := image.Rect(0, 0, len(row)/rgb, p.SizeA.Height+p.SizeB.Height)
	for _, region := range p.Regions {
		r := of(region)
		if r.Empty() {
			continue
		}
		c, width := outlines[region.Change], line
		if region.Slight {
			c, width = slightColour, 1
		}
		drawOutline(row, y, r.Inset(-width-1).Intersect(all), c, width)
	}
}

// drawOutline draws what the outline of a rectangle has in a row.
func drawOutline(row []byte, y int, r image.Rectangle, c color.RGBA, width int) {
	switch {
	case y < r.Min.Y || y >= r.Max.Y:
	case y < r.Min.Y+width || y >= r.Max.Y-width:
		fill(row[r.Min.X*rgb:r.Max.X*rgb], c)
	default:
		fill(row[r.Min.X*rgb:min(r.Min.X+width, r.Max.X)*rgb], c)
		fill(row[max(r.Max.X-width, r.Min.X)*rgb:r.Max.X*rgb], c)
	}
}

// Aligned calls f with the rows of both pictures, of their own widths, from top to
// bottom as they belong together: rows that one lacks are hatched. They are valid
// until f returns.
func (p *Picture) Aligned(ctx context.Context, progress evidence.Progress, f func(a, b []byte) error) error {
	count := &counter{report: progress, total: p.a.item.Bytes + p.b.item.Bytes}
	blankA, blankB := make([]byte, p.SizeA.Width*rgb), make([]byte, p.SizeB.Width*rgb)
	y := 0
	return p.both(ctx, count.add, func(_, _ int, a, b []byte) error {
		if a == nil {
			fillHatched(blankA, y)
			a = blankA
		}
		if b == nil {
			fillHatched(blankB, y)
			b = blankB
		}
		y++
		return f(a, b)
	})
}

// Place returns where a region is when the rows are aligned: one place for both.
func (p *Picture) Place(r Region) image.Rectangle {
	var out image.Rectangle
	y := 0
	for _, rows := range p.Rows {
		place := func(r image.Rectangle, from, to int) {
			if part := r.Intersect(image.Rect(r.Min.X, from, r.Max.X, to)); !part.Empty() {
				out = out.Union(part.Add(image.Pt(0, y-from)))
			}
		}
		place(r.A, rows.A, rows.endA())
		place(r.B, rows.B, rows.endB())
		y += rows.Height
	}
	return out
}
