package bundle

import (
	"bufio"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"

	"pugmark/evidence"
)

// writer writes a zip. What it has written is hashed.
type writer struct {
	ctx    context.Context
	w      *bufio.Writer
	hash   hash.Hash
	offset int64
	base   string
	meter  *meter
	buf    []byte
}

func newWriter(ctx context.Context, w io.Writer, base string, m *meter) *writer {
	h := sha256.New()
	return &writer{
		ctx: ctx, hash: h, base: base, meter: m, buf: make([]byte, 256<<10),
		w: bufio.NewWriterSize(io.MultiWriter(w, h), 256<<10),
	}
}

// writeZip writes files, which it sorts, and returns the digest of the zip and
// its size.
func writeZip(ctx context.Context, w io.Writer, base string, files []*source, m *meter) (evidence.Digest, int64, error) {
	slices.SortFunc(files, func(a, b *source) int { return comparePaths(a.path, b.path) })
	z := newWriter(ctx, w, base, m)
	entries := make([]*entry, 0, len(files))
	for _, f := range files {
		e := &entry{path: f.path, size: f.size, crc: f.crc, offset: z.offset}
		if err := z.write(e.localHeader(base)); err != nil {
			return evidence.Digest{}, 0, err
		}
		if err := z.copy(f); err != nil {
			return evidence.Digest{}, 0, fmt.Errorf("writing %q: %w", f.path, err)
		}
		entries = append(entries, e)
	}
	if err := z.finish(entries); err != nil {
		return evidence.Digest{}, 0, err
	}
	return evidence.Digest(z.hash.Sum(nil)), z.offset, nil
}

func (z *writer) write(b []byte) error {
	n, err := z.w.Write(b)
	z.offset += int64(n)
	return err
}

// copy writes the content of a file, which must still be what it was when its
// digest was taken.
func (z *writer) copy(f *source) (err error) {
	r, err := f.open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	h := sha256.New()
	t := &tally{ctx: z.ctx, r: io.LimitReader(r, f.size+1), meter: z.meter}
	n, err := io.CopyBuffer(struct{ io.Writer }{io.MultiWriter(z.w, h)}, t, z.buf)
	z.offset += n
	if err != nil {
		return err
	}
	if got := evidence.Digest(h.Sum(nil)); got != f.digest || n != f.size {
		return fmt.Errorf("%w: got digest %s of %d bytes, want %s of %d", ErrAltered, got, n, f.digest, f.size)
	}
	return nil
}

// finish writes the directory.
func (z *writer) finish(entries []*entry) error {
	start := z.offset
	for _, e := range entries {
		if err := z.write(e.centralHeader(z.base)); err != nil {
			return err
		}
	}
	if err := z.write(end(len(entries), start, z.offset-start)); err != nil {
		return err
	}
	return z.w.Flush()
}
