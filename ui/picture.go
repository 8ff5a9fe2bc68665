package ui

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"pugmark/capture/strip"
	"pugmark/evidence"
)

// alteredError reports that an item's file is not what was sealed.
type alteredError struct {
	path      string
	got, want string
}

func (e *alteredError) Error() string {
	return fmt.Sprintf("item %q: got %s, want %s", e.path, e.got, e.want)
}

// pictureSteps are told how far a picture is read, on the goroutine that reads.
type pictureSteps struct {
	begun func(*pyramid) // its size is known
	rows  func(n int)    // this many rows can be shown
}

// readPicture reads the picture of an item, and checks that it is what the
// manifest lists. The error wraps an [*alteredError] when it isn't.
func readPicture(ctx context.Context, files fs.FS, it evidence.Item, steps pictureSteps) (*pyramid, error) {
	f, err := files.Open(it.Path)
	if err != nil {
		return nil, fmt.Errorf("reading picture: %w", err)
	}
	defer f.Close()
	hash := sha256.New()
	sum := &countedReader{r: io.TeeReader(f, hash)}
	p, decodeErr := decodePicture(ctx, sum, steps)
	if ctx.Err() != nil {
		return nil, errors.Join(ctx.Err(), closePicture(p))
	}
	// The digest is of the whole file, also when it can't be decoded.
	if _, err := io.Copy(io.Discard, sum); err != nil {
		return nil, errors.Join(fmt.Errorf("reading picture: %w", err), closePicture(p))
	}
	if err := checkItem(it, sum.n, evidence.Digest(hash.Sum(nil))); err != nil {
		return nil, errors.Join(err, closePicture(p))
	}
	if decodeErr != nil {
		return nil, errors.Join(fmt.Errorf("decoding picture: %w", decodeErr), closePicture(p))
	}
	return p, nil
}

func closePicture(p *pyramid) error {
	if p == nil {
		return nil
	}
	return p.Close()
}

// checkItem compares what a file is with what the manifest says.
func checkItem(it evidence.Item, n int64, sum evidence.Digest) error {
	if n != it.Bytes {
		return &alteredError{it.Path, fmt.Sprintf("%d bytes", n), fmt.Sprintf("%d", it.Bytes)}
	}
	if sum != it.SHA256 {
		return &alteredError{it.Path, "digest " + sum.String(), it.SHA256.String()}
	}
	return nil
}

// decodePicture returns the pyramid also after an error, if there is one.
func decodePicture(ctx context.Context, r io.Reader, steps pictureSteps) (*pyramid, error) {
	d, err := strip.NewDecoder(r)
	if err != nil {
		return nil, err
	}
	p, err := newPyramid(d.Width, d.Height)
	if err != nil {
		return nil, err
	}
	steps.begun(p)
	for y := range d.Height {
		if ctx.Err() != nil {
			return p, ctx.Err()
		}
		row, err := d.Row()
		if err != nil {
			return p, err
		}
		if err := p.writeRow(row); err != nil {
			return p, err
		}
		if (y+1)%tileSize == 0 {
			steps.rows(y + 1)
		}
	}
	return p, nil
}

// countedReader counts what is read.
type countedReader struct {
	r io.Reader
	n int64
}

func (c *countedReader) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n += int64(n)
	return n, err
}
