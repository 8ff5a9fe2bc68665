// Package strip joins the strips of a page's picture into one tall PNG file, and
// reads and writes such files row by row.
//
// # Strips
//
// A browser can't draw a very tall page at once, so its picture is taken in
// strips: PNG files of equal width, each with the page row at which it begins.
// A strip begins above the end of the one before, so that some rows are in both;
// where these differ, the page changed while its picture was taken.
//
// Read is PNG 1.2 (ISO/IEC 15948) as Chrome writes it: 8 bits a sample, RGB, or
// RGBA in which every pixel is opaque, not interlaced, no larger than MaxWidth
// and MaxHeight. All checksums are checked, and nothing may follow IEND.
// Anything else is an error.
//
// # The joined picture
//
// Chunks, in this order:
//
//	IHDR  width, height, 8 bits a sample, colour type 2 (RGB), not interlaced
//	      the strips' colour chunks (cHRM, cICP, gAMA, iCCP, sRGB), the same in
//	      every strip; sRGB (perceptual), if they have none
//	IDAT  one zlib stream, 65,536 bytes in each chunk but the last
//	IEND
//
// Where strips overlap, the rows are those of the earlier one. The same strips
// give the same bytes.
//
// # Method
//
// Rows go from the strips to the picture one at a time: memory does not depend on
// the height. PNG filters a row before it is compressed, by its pixels and those
// of the row above. Within a strip both stay the same, so that its filtered lines
// are compressed anew as they stand; only the first row after a seam, and rows of
// RGBA, are filtered again. Rows are unfiltered all the same, to compare seams.
// Inflating, this work and deflating are done in three goroutines.
package strip

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
)

// Limits in pixels, for strips and for the joined picture.
const (
	MaxWidth  = 1 << 15
	MaxHeight = 1 << 20
)

func checkSize(width, height int64) error {
	if width < 1 || width > MaxWidth || height < 1 || height > MaxHeight {
		return fmt.Errorf("got %d×%d pixels, want 1×1 to %d×%d", width, height, MaxWidth, MaxHeight)
	}
	return nil
}

// A Source is a strip to join.
type Source struct {
	PNG io.Reader
	Y   int // row of the page that is the strip's first, in device pixels
}

// A Mismatch says that a strip's rows differ from those of an earlier strip where
// the two overlap.
type Mismatch struct {
	Strip  int // index of the later strip
	Row    int // first row of the page that differs
	Rows   int // rows that differ
	Pixels int // pixels that differ in them
}

// A Result describes a joined picture.
type Result struct {
	Width, Height int
	Mismatches    []Mismatch // at most one for each strip, in their order
}

// Join writes the strips as one PNG file to w. The first strip begins at row 0,
// none begins above the one before, and together they leave no gap. Strips that
// differ where they overlap are joined and reported in the result.
//
// After an error what was written to w is not a PNG file. Join does not use w or a
// source after it returned. It notices the end of the context between two rows.
func Join(ctx context.Context, w io.Writer, strips []Source) (Result, error) {
	var wg sync.WaitGroup
	defer wg.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()

	layers, err := openLayers(strips)
	if err != nil {
		return Result{}, err
	}
	width, height := layers[0].Width, bottom(layers)
	colour := layers[0].colour
	if colour == nil {
		colour = defaultColour
	}
	enc, err := newEncoder(w, width, height, colour)
	if err != nil {
		return Result{}, err
	}
	behind := writeBehind(enc.z)
	enc.lines = behind
	j := &joiner{ctx: ctx, readers: &wg, enc: enc, waiting: layers}
	err = j.rows(height)
	if closeErr := behind.Close(); err == nil && closeErr != nil {
		err = fmt.Errorf("writing image data: %w", closeErr)
	}
	if err == nil {
		err = enc.Close()
	}
	if err != nil {
		return Result{}, err
	}
	return Result{Width: width, Height: height, Mismatches: mismatches(layers)}, nil
}

// A layer is a strip at its place in the page.
type layer struct {
	*Decoder
	index, top int
	current    []byte // the row that was read last
	mismatch   Mismatch
}

func (l *layer) end() int { return l.top + l.Height }

// openLayers reads the strips' heads and checks that they make up a page.
func openLayers(strips []Source) ([]*layer, error) {
	if len(strips) == 0 {
		return nil, errors.New("no strips to join")
	}
	layers := make([]*layer, len(strips))
	for i, s := range strips {
		d, err := NewDecoder(s.PNG)
		if err != nil {
			return nil, fmt.Errorf("strip %d: %w", i, err)
		}
		layers[i] = &layer{Decoder: d, index: i, top: s.Y, mismatch: Mismatch{Strip: i}}
		if err := layers[i].follows(layers[:i]); err != nil {
			return nil, fmt.Errorf("strip %d: %w", i, err)
		}
	}
	return layers, nil
}

// follows checks a layer against those before it.
func (l *layer) follows(before []*layer) error {
	covered, above := bottom(before), 0
	if len(before) > 0 {
		above = before[len(before)-1].top
	}
	switch {
	case l.top < above:
		return fmt.Errorf("begins at row %d, above row %d of the strip before", l.top, above)
	case l.top > covered:
		return fmt.Errorf("begins at row %d: no strip has the rows from %d on", l.top, covered)
	case len(before) > 0 && l.Width != before[0].Width:
		return fmt.Errorf("got width %d, want %d as in strip 0", l.Width, before[0].Width)
	case len(before) > 0 && !slices.Equal(l.colour, before[0].colour):
		return errors.New("its colour chunks differ from those of strip 0")
	}
	return nil
}

// bottom is the end of the page that the layers cover.
func bottom(layers []*layer) int {
	end := 0
	for _, l := range layers {
		end = max(end, l.end())
	}
	return end
}

func mismatches(layers []*layer) []Mismatch {
	var found []Mismatch
	for _, l := range layers {
		if l.mismatch.Pixels > 0 {
			found = append(found, l.mismatch)
		}
	}
	return found
}

// A joiner goes down the page.
type joiner struct {
	ctx     context.Context
	readers *sync.WaitGroup // of goroutines that read sources
	enc     *Encoder
	waiting []*layer // begin further down
	active  []*layer // have the row at hand, the earliest first
	last    *layer   // whose row was written last
}

func (j *joiner) rows(height int) error {
	for y := range height {
		if err := j.ctx.Err(); err != nil {
			return fmt.Errorf("joining row %d: %w", y, err)
		}
		if err := j.read(y); err != nil {
			return err
		}
		if err := j.write(j.active[0]); err != nil {
			return err
		}
		for _, l := range j.active[1:] {
			l.compare(y, j.active[0].current)
		}
		j.active = slices.DeleteFunc(j.active, func(l *layer) bool { return l.end() == y+1 })
	}
	return nil
}

// read reads row y of the page from every strip that has it.
func (j *joiner) read(y int) error {
	for len(j.waiting) > 0 && j.waiting[0].top == y {
		l := j.waiting[0]
		if err := l.open(); err != nil {
			return fmt.Errorf("strip %d: %w", l.index, err)
		}
		l.lines = readAhead(j.ctx, j.readers, l.lines)
		j.waiting, j.active = j.waiting[1:], append(j.active, l)
	}
	for _, l := range j.active {
		row, err := l.Row()
		if err != nil {
			return fmt.Errorf("strip %d: %w", l.index, err)
		}
		l.current = row
	}
	return nil
}

// write writes the layer's row: its filtered line as it stands, if the row above
// is the same in the strip and in the joined picture.
func (j *joiner) write(l *layer) error {
	sameAbove := j.last == nil || j.last == l
	j.last = l
	if sameAbove && l.bpp == rgb {
		return j.enc.write(l.line, l.current)
	}
	return j.enc.WriteRow(l.current)
}

// compare counts the pixels in which the layer's row y differs from the earlier
// layer's.
func (l *layer) compare(y int, earlier []byte) {
	if bytes.Equal(l.current, earlier) {
		return
	}
	if l.mismatch.Rows == 0 {
		l.mismatch.Row = y
	}
	l.mismatch.Rows++
	for x := 0; x < len(earlier); x += rgb {
		if !bytes.Equal(l.current[x:x+rgb], earlier[x:x+rgb]) {
			l.mismatch.Pixels++
		}
	}
}
