package compare

import (
	"bytes"
	"context"
	"errors"
	"image"

	"pugmark/evidence"
)

// Picture says in what two pictures of a whole page differ.
type Picture struct {
	SizeA evidence.Size `json:"size_a"` // device pixels
	SizeB evidence.Size `json:"size_b"`
	// Identical is the share of identical pixels, from 0 to 1: twice those that are
	// equal to the bit, over the pixels of both pictures.
	Identical float64 `json:"identical"`
	// Changed is how many pixels have changed, of those that were compared.
	Changed  int64 `json:"changed_pixels"`
	Inserted int   `json:"inserted_rows"` // only in B
	Removed  int   `json:"removed_rows"`  // only in A
	// Regions are where they differ, from top to bottom; at most 200, which then
	// are larger.
	Regions []Region `json:"regions,omitempty"`
	// Rows are how the rows belong together, from top to bottom.
	Rows []Rows `json:"rows"`

	a, b *picture
}

// passes is how often each picture is read.
const passes = 2

// comparePictures aligns and compares two pictures.
func comparePictures(ctx context.Context, a, b *picture, progress evidence.Progress) (*Picture, error) {
	count := &counter{report: progress, total: passes * (a.item.Bytes + b.item.Bytes)}
	p := &Picture{SizeA: a.size, SizeB: b.size, a: a, b: b}
	if a.item.SHA256 == b.item.SHA256 && a.size == b.size {
		count.total /= passes
		p.Identical = 1
		p.Rows = []Rows{{0, 0, a.size.Height, Unchanged}}
		return p, errors.Join(a.verify(ctx, count.add), b.verify(ctx, count.add))
	}
	sa, sb, err := signBoth(ctx, a, b, count.add)
	if err != nil {
		return nil, err
	}
	p.Rows = alignRows(sa, sb)
	return p, p.measure(ctx, count.add)
}

// both reads both pictures as their rows belong together. It calls f with a row of
// each, or nil for one that isn't there.
func (p *Picture) both(ctx context.Context, tick func(int64), f func(ya, yb int, a, b []byte) error) (err error) {
	readA, err := p.a.open(ctx, tick)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, readA.Close()) }()
	readB, err := p.b.open(ctx, tick)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, readB.Close()) }()
	for _, r := range p.Rows {
		for i := range r.Height {
			var a, b []byte
			if r.Change != Added {
				if a, err = readA.row(); err != nil {
					return err
				}
			}
			if r.Change != Removed {
				if b, err = readB.row(); err != nil {
					return err
				}
			}
			if err := f(r.A+i, r.B+i, a, b); err != nil {
				return err
			}
		}
	}
	return nil
}

// measure compares the pixels of aligned rows.
func (p *Picture) measure(ctx context.Context, tick func(int64)) error {
	m := newMeasure(min(p.SizeA.Width, p.SizeB.Width))
	for _, r := range p.Rows {
		if r.Height <= jitter || r.Change != Added && r.Change != Removed {
			continue
		}
		m.clear.block(r, p.SizeA.Width, p.SizeB.Width)
		if r.Change == Added {
			p.Inserted += r.Height
		} else {
			p.Removed += r.Height
		}
	}
	err := p.both(ctx, tick, func(ya, yb int, a, b []byte) error {
		if a == nil || b == nil {
			m.flush()
		} else {
			m.take(ya, yb, a, b)
		}
		return nil
	})
	m.flush()
	p.Changed, p.Regions = m.changed, append(p.beyond(), joinSlight(m.clear.all(), m.slight.all())...)
	p.Identical = float64(2*m.identical) / float64(area(p.SizeA)+area(p.SizeB))
	return err
}

// measure compares rows as they come, each when the one below it is known.
type measure struct {
	clear, slight      regions // of what a shift doesn't explain, and of what it does
	identical, changed int64   // pixels
	a, b               near    // the row that is next, with those about it
	ya, yb             int     // of the row below it
}

func newMeasure(width int) *measure {
	m := new(measure)
	for i := range 3 {
		m.a.rows[i], m.b.rows[i] = make([]byte, 0, width*rgb), make([]byte, 0, width*rgb)
	}
	return m
}

// take takes a row of each picture. Where one doesn't follow on the one before, those
// before come to an end.
func (m *measure) take(ya, yb int, a, b []byte) {
	if ya != m.ya+1 || yb != m.yb+1 {
		m.flush()
	}
	m.shift(a, b)
	m.ya, m.yb = ya, yb
	m.middle()
}

// flush compares the last row, which none follows.
func (m *measure) flush() {
	m.shift(nil, nil)
	m.ya, m.yb = m.ya+1, m.yb+1
	m.middle()
	m.shift(nil, nil)
	m.shift(nil, nil)
}

// shift takes the rows below.
func (m *measure) shift(a, b []byte) {
	for _, s := range []struct {
		n   *near
		row []byte
	}{{&m.a, a}, {&m.b, b}} {
		r := &s.n.rows
		width := cap(r[0])
		r[0], r[1], r[2] = r[1], r[2], append(r[0][:0], s.row[:min(width, len(s.row))]...)
	}
}

// middle compares the row that has one below it.
func (m *measure) middle() {
	a, b := m.a.row(), m.b.row()
	if len(a) == 0 {
		return
	}
	if bytes.Equal(a, b) {
		m.identical += int64(len(a) / rgb)
		return
	}
	m.clear.spans, m.slight.spans = m.clear.spans[:0], m.slight.spans[:0]
	for i := 0; i < len(a); i += rgb {
		m.pixel(a, b, i)
	}
	m.clear.row(m.ya-1, m.yb-1)
	m.slight.row(m.ya-1, m.yb-1)
}

// pixel compares the pixels at a place of the rows.
func (m *measure) pixel(a, b []byte, at int) {
	switch {
	case a[at] == b[at] && a[at+1] == b[at+1] && a[at+2] == b[at+2]:
		m.identical++
		return
	case !differ(a[at], b[at]) && !differ(a[at+1], b[at+1]) && !differ(a[at+2], b[at+2]):
		return
	}
	m.changed++
	to := &m.slight
	if !m.a.explains(m.b, at) || !m.b.explains(m.a, at) {
		to = &m.clear
	}
	to.mark(at / rgb)
}

func area(s evidence.Size) int64 { return int64(s.Width) * int64(s.Height) }

// beyond returns what the wider picture has beyond the width of the other.
func (p *Picture) beyond() []Region {
	a, b := p.SizeA, p.SizeB
	switch {
	case a.Width > b.Width:
		return []Region{{
			Change: Removed, A: image.Rect(b.Width, 0, a.Width, a.Height), B: image.Rect(b.Width, 0, b.Width, b.Height),
			Pixels: int64(a.Width-b.Width) * int64(a.Height),
		}}
	case b.Width > a.Width:
		return []Region{{
			Change: Added, A: image.Rect(a.Width, 0, a.Width, a.Height), B: image.Rect(a.Width, 0, b.Width, b.Height),
			Pixels: int64(b.Width-a.Width) * int64(b.Height),
		}}
	}
	return nil
}
