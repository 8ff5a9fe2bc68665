package compare

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"sync"

	"pugmark/capture/strip"
	"pugmark/evidence"
	"pugmark/review"
)

// picture is a picture of a whole page, to be read row by row, several times.
type picture struct {
	capture *review.Capture
	item    evidence.Item
	size    evidence.Size
}

// pictureOf returns the picture of a capture's whole page; false if it has none.
func pictureOf(c *review.Capture, m *evidence.Manifest) (*picture, bool) {
	it, ok := m.Find(evidence.KindPage)
	if !ok || m.Picture == nil {
		return nil, false
	}
	return &picture{c, it, m.Picture.Size}, true
}

// rows reads a picture once.
type rows struct {
	of     *picture
	ctx    context.Context
	file   io.ReadCloser
	hash   hash.Hash
	tick   func(int64) // is told of the bytes that are read
	stream *strip.Decoder
	next   int // row
}

func (p *picture) open(ctx context.Context, tick func(int64)) (*rows, error) {
	f, err := p.capture.Open(p.item)
	if err != nil {
		return nil, err
	}
	r := &rows{of: p, ctx: ctx, file: f, hash: sha256.New(), tick: tick}
	if r.stream, err = strip.NewDecoder(r); err != nil {
		return nil, errors.Join(r.failed(err), f.Close())
	}
	if got := (evidence.Size{Width: r.stream.Width, Height: r.stream.Height}); got != p.size {
		err := r.failed(fmt.Errorf("got a picture of %d×%d pixels, want %d×%d", got.Width, got.Height, p.size.Width, p.size.Height))
		return nil, errors.Join(err, f.Close())
	}
	return r, nil
}

// Read implements [io.Reader] for the decoder.
func (r *rows) Read(b []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := r.file.Read(b)
	r.hash.Write(b[:n])
	r.tick(int64(n))
	return n, err
}

func (r *rows) failed(err error) error {
	return fmt.Errorf("reading %s of %s: %w", r.of.item.Path, r.of.capture.Name(), err)
}

// row returns the next row, which is valid until the next call. With the last one the
// file is held against its digest.
func (r *rows) row() ([]byte, error) {
	row, err := r.stream.Row()
	if err != nil {
		return nil, r.failed(err)
	}
	if r.next++; r.next == r.of.size.Height {
		if err := r.check(); err != nil {
			return nil, r.failed(err)
		}
	}
	return row, nil
}

func (r *rows) check() error {
	if _, err := io.Copy(io.Discard, r); err != nil {
		return err
	}
	if got := evidence.Digest(r.hash.Sum(nil)); got != r.of.item.SHA256 {
		return fmt.Errorf("got digest %s, want %s", got, r.of.item.SHA256)
	}
	return nil
}

// verify holds a picture against its digest, without decoding it.
func (p *picture) verify(ctx context.Context, tick func(int64)) error {
	f, err := p.capture.Open(p.item)
	if err != nil {
		return err
	}
	r := &rows{of: p, ctx: ctx, file: f, hash: sha256.New(), tick: tick}
	if err := r.check(); err != nil {
		return errors.Join(r.failed(err), f.Close())
	}
	return f.Close()
}

func (r *rows) Close() error { return r.file.Close() }

// counter adds up what several readers read, for a [evidence.Progress].
type counter struct {
	mu     sync.Mutex
	report evidence.Progress // may be nil
	done   int64             // guarded by mu
	total  int64             // set before anything is read
}

func (c *counter) add(n int64) {
	if c.report == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.done += n
	c.report(c.done, c.total)
}
