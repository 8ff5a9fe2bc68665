package photographs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"io"

	"golang.org/x/image/draw"

	"pugmark/capture/listing"
	"pugmark/capture/warc"
	"pugmark/evidence"
	"pugmark/review"
)

// MaxBytes is the size of the largest file of which the content is read.
const MaxBytes = 64 << 20

// ErrNoContent reports that a photograph's file is not in the capture's archive.
var ErrNoContent = errors.New("its content is not in the archive")

// Contents reads photographs from the archives of their captures. It keeps one case
// and one archive at hand, so that photographs should come by capture. Only one
// goroutine may use it at a time.
type Contents struct {
	library *review.Library
	in      *review.Case
	of      *review.Capture
	file    io.Closer
	bodies  *warc.Bodies
}

// NewContents returns what reads the photographs of a library. It is to be closed
// before that.
func NewContents(l *review.Library) *Contents { return &Contents{library: l} }

// Close closes the archive.
func (c *Contents) Close() error {
	if c.file == nil {
		return nil
	}
	err := c.file.Close()
	c.file, c.bodies, c.of = nil, nil, nil
	return err
}

// Capture returns the capture of a photograph.
func (c *Contents) Capture(ctx context.Context, p *Photograph) (*review.Capture, error) {
	if c.of != nil && c.of.ID == p.Capture.ID {
		return c.of, nil
	}
	if err := c.Close(); err != nil {
		return nil, err
	}
	if c.in == nil || c.in.Name != p.Capture.Case {
		in, err := c.library.Case(ctx, p.Capture.Case)
		if err != nil {
			return nil, err
		}
		c.in = in
	}
	k, err := c.in.Find(p.Capture.ID.String())
	if err != nil {
		return nil, err
	}
	c.of = k
	return k, nil
}

// Read returns a photograph's file, which has the digest that it is listed with. The
// error wraps [ErrNoContent] if the archive doesn't have it.
func (c *Contents) Read(ctx context.Context, p *Photograph) ([]byte, error) {
	k, err := c.Capture(ctx, p)
	if err != nil {
		return nil, err
	}
	if c.bodies == nil {
		if err := c.open(k); err != nil {
			return nil, err
		}
	}
	b, err := c.bodies.Read(p.SHA256, MaxBytes)
	if errors.Is(err, warc.ErrNoBody) {
		err = ErrNoContent
	}
	return b, err
}

// open opens a capture's archive. Its digest isn't checked: that of each picture is.
func (c *Contents) open(k *review.Capture) error {
	m, err := k.Manifest()
	if err != nil {
		return err
	}
	it, ok := m.Find(evidence.KindArchive)
	if !ok {
		return ErrNoContent
	}
	f, err := k.Open(it)
	if err != nil {
		return err
	}
	at, ok := f.(io.ReaderAt)
	if !ok {
		return errors.Join(fmt.Errorf("opening %s of %s: not a file", it.Path, k.Name()), f.Close())
	}
	bodies, err := warc.OpenBodies(at, it.Bytes)
	if err != nil {
		return errors.Join(err, f.Close())
	}
	c.file, c.bodies = f, bodies
	return nil
}

// Thumbnail returns a photograph, scaled down to a size that it fits in, on white.
// What would take too much memory to decode is an error.
func (c *Contents) Thumbnail(ctx context.Context, p *Photograph, size image.Point) (*image.RGBA, error) {
	b, err := c.Read(ctx, p)
	if err != nil {
		return nil, err
	}
	m, err := listing.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	return fitted(m, size), nil
}

// fitted scales a picture down, if need be, so that it fits in a size.
func fitted(m image.Image, size image.Point) *image.RGBA {
	s := m.Bounds().Size()
	by := min(1, float64(size.X)/float64(s.X), float64(size.Y)/float64(s.Y))
	out := image.NewRGBA(image.Rect(0, 0, max(int(float64(s.X)*by), 1), max(int(float64(s.Y)*by), 1)))
	draw.Draw(out, out.Rect, image.White, image.Point{}, draw.Src)
	draw.ApproxBiLinear.Scale(out, out.Rect, m, m.Bounds(), draw.Over, nil)
	return out
}
