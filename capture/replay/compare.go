package replay

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"pugmark/capture/strip"
	"pugmark/evidence"
)

// Comparison says how like the replayed page is to the original picture.
type Comparison struct {
	Original evidence.Size `json:"original"` // device pixels
	Replayed evidence.Size `json:"replayed"`
	// Pixels is how many there are where either picture is.
	Pixels    int64 `json:"pixels"`
	Identical int64 `json:"identical"`
	// Near counts those, identical or not, in which no colour differs by more
	// than Tolerance.
	Near      int64 `json:"near"`
	Tolerance int   `json:"tolerance"`
	// Problems is what kept the page from being drawn whole.
	Problems []evidence.Problem `json:"problems,omitempty"`
	Summary  Summary            `json:"requests"`
}

// Tolerance is how far colours may be apart that a person takes for the same, of
// 255.
const Tolerance = 8

// Share returns the share of identical pixels in percent.
func (c *Comparison) Share() float64 { return percent(c.Identical, c.Pixels) }

// NearShare returns the share of nearly identical pixels in percent.
func (c *Comparison) NearShare() float64 { return percent(c.Near, c.Pixels) }

func percent(part, whole int64) float64 { return 100 * float64(part) / float64(max(whole, 1)) }

// Drawn is an archived page that was drawn without a window.
type Drawn struct {
	Size     evidence.Size      `json:"size"` // of the picture, in device pixels
	Problems []evidence.Problem `json:"problems,omitempty"`
	Summary  Summary            `json:"requests"`
}

// Draw draws an archived page as a capture does, without a window, and writes the
// picture of all of it (PNG) to w.
func Draw(ctx context.Context, a *Archive, o Options, w io.Writer) (*Drawn, error) {
	var d *Drawn
	err := drawn(ctx, a, o, func(page *Drawn, picture io.Reader) error {
		d = page
		_, err := io.Copy(w, picture)
		return err
	})
	return d, err
}

// Compare draws an archived page as the capture did, without a window, and
// compares it with the original picture. Where diff is not nil, a picture of the
// differences is written to it: what is the same in pale, what nearly is in orange,
// what differs in red. The error wraps [ErrNoPicture] if there is no original.
func Compare(ctx context.Context, a *Archive, o Options, diff io.Writer) (*Comparison, error) {
	original, err := a.picture()
	if err != nil {
		return nil, err
	}
	defer original.Close()
	var c *Comparison
	err = drawn(ctx, a, o, func(page *Drawn, picture io.Reader) (err error) {
		if c, err = ComparePictures(ctx, original, picture, diff); err != nil {
			return fmt.Errorf("comparing the pictures: %w", err)
		}
		c.Problems, c.Summary = page.Problems, page.Summary
		return nil
	})
	return c, err
}

// drawn draws the archived page and hands its picture to use.
func drawn(ctx context.Context, a *Archive, o Options, use func(*Drawn, io.Reader) error) (err error) {
	scratch, err := os.MkdirTemp("", "pugmark-replay-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
	d, err := draw(ctx, a, o, scratch)
	if err != nil {
		return err
	}
	picture, err := os.Open(filepath.Join(scratch, "page.png"))
	if err != nil {
		return fmt.Errorf("the archived page could not be drawn: %v", d.Problems)
	}
	defer picture.Close()
	return use(d, picture)
}

// draw draws the archived page into a folder.
func draw(ctx context.Context, a *Archive, o Options, dir string) (*Drawn, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	g, b, err := begin(ctx, a, o)
	if err != nil {
		return nil, err
	}
	defer g.close()
	defer b.Close()
	r, like := g.request(a)
	r.Store, r.Scratch, r.Progress = folder(dir), dir, o.Progress
	drawing, err := b.Draw(ctx, r, like)
	if err != nil {
		return nil, fmt.Errorf("drawing the archived page: %w", err)
	}
	d := &Drawn{Problems: drawing.Problems, Summary: g.tally.summary()}
	if drawing.Picture != nil {
		d.Size = drawing.Picture.Size
	}
	return d, nil
}

// folder is a [capture.Store] of pictures that are thrown away.
type folder string

// Create implements [evidence.ItemStore].
func (f folder) Create(path string, _ evidence.Kind, _ string) (io.WriteCloser, error) {
	name := filepath.Join(string(f), filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return nil, err
	}
	return os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
}

// Open implements [capture.Store].
func (f folder) Open(path string) (io.ReadCloser, error) {
	return os.Open(filepath.Join(string(f), filepath.FromSlash(path)))
}

// rgb is how many bytes a pixel has.
const rgb = 3

// ComparePictures compares two pictures (PNG) row by row, as [Compare] does. It fills
// in what it says about pixels; diff may be nil.
func ComparePictures(ctx context.Context, original, replayed io.Reader, diff io.Writer) (*Comparison, error) {
	a, err := strip.NewDecoder(original)
	if err != nil {
		return nil, fmt.Errorf("the original: %w", err)
	}
	b, err := strip.NewDecoder(replayed)
	if err != nil {
		return nil, fmt.Errorf("the replayed: %w", err)
	}
	c := &Comparison{
		Original: evidence.Size{Width: a.Width, Height: a.Height}, Replayed: evidence.Size{Width: b.Width, Height: b.Height},
		Tolerance: Tolerance,
	}
	width, height := max(a.Width, b.Width), max(a.Height, b.Height)
	var out *strip.Encoder
	if diff != nil {
		if out, err = strip.NewEncoder(diff, width, height); err != nil {
			return nil, err
		}
	}
	marked := make([]byte, width*rgb)
	for y := range height {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		one, err := rowOf(a, y)
		if err != nil {
			return nil, fmt.Errorf("the original: %w", err)
		}
		two, err := rowOf(b, y)
		if err != nil {
			return nil, fmt.Errorf("the replayed: %w", err)
		}
		c.addRow(one, two, marked)
		if out != nil {
			if err := out.WriteRow(marked); err != nil {
				return nil, err
			}
		}
	}
	if out != nil {
		return c, out.Close()
	}
	return c, nil
}

// rowOf returns the next row of a picture, which is nil below its end.
func rowOf(d *strip.Decoder, y int) ([]byte, error) {
	if y >= d.Height {
		return nil, nil
	}
	return d.Row()
}

// addRow compares two rows, of which the pixels that only one of them has differ,
// and draws the result.
func (c *Comparison) addRow(one, two, marked []byte) {
	c.Pixels += int64(len(marked) / rgb)
	same := min(len(one), len(two))
	for x := 0; x < len(marked); x += rgb {
		pixel := marked[x : x+rgb]
		if x >= same {
			copy(pixel, red)
			continue
		}
		p, q := one[x:x+rgb], two[x:x+rgb]
		switch {
		case bytes.Equal(p, q):
			c.Identical++
			c.Near++
			pale(pixel, p)
		case distance(p, q) <= Tolerance:
			c.Near++
			copy(pixel, orange)
		default:
			copy(pixel, red)
		}
	}
}

var (
	red    = []byte{0xd0, 0x00, 0x00}
	orange = []byte{0xff, 0xa0, 0x30}
)

// pale draws a pixel in light grey.
func pale(to, p []byte) {
	grey := byte(192 + (int(p[0])+int(p[1])+int(p[2]))/3/4)
	to[0], to[1], to[2] = grey, grey, grey
}

// distance returns by how much the colour that differs most does.
func distance(p, q []byte) int {
	most := 0
	for i := range p {
		d := int(p[i]) - int(q[i])
		most = max(most, d, -d)
	}
	return most
}
