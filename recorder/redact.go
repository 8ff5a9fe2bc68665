package recorder

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"image"
	"io"
	"os"
	"path/filepath"

	"pugmark/capture/strip"
	"pugmark/evidence"
)

// redactedName is the only item of a redacted copy.
const redactedName = "redacted.png"

// Redact makes a redacted copy of the picture of a capture's whole page: a
// derivation with one PNG file, in which the regions are black. Its pixels are
// written anew, row by row, and nothing else of the original goes into it: no
// metadata, no text, no smaller picture. The vault must be unlocked. The error
// wraps [evidence.ErrLocked] or [evidence.ErrNoPicture]; then nothing was made.
func Redact(ctx context.Context, v *evidence.Vault, c evidence.Capture, regions []image.Rectangle, reason string, p evidence.Progress) (evidence.Derivation, error) {
	d, err := redact(ctx, v, c, regions, reason, p)
	if err != nil {
		return evidence.Derivation{}, fmt.Errorf("redacting %s: %w", c.Name(), err)
	}
	return d, nil
}

func redact(ctx context.Context, v *evidence.Vault, c evidence.Capture, regions []image.Rectangle, reason string, p evidence.Progress) (d evidence.Derivation, err error) {
	m, err := c.Manifest()
	if err != nil {
		return d, err
	}
	page, ok := m.Find(evidence.KindPage)
	switch {
	case !ok || m.Picture == nil:
		return d, evidence.ErrNoPicture
	case len(regions) == 0:
		return d, errors.New("no region to blacken")
	}
	s, err := v.Derive(ctx, c, evidence.DerivationRequest{
		Kind: evidence.Redaction, Sources: []evidence.Item{page}, Regions: regions, Reason: reason,
	})
	if err != nil {
		return d, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := drawRedacted(ctx, s, c, page, m.Picture.Size, regions, p); err != nil {
		return d, err
	}
	return s.Seal(ctx)
}

// drawRedacted writes the redacted picture, and checks that the original is what
// was sealed.
func drawRedacted(ctx context.Context, s evidence.ItemStore, c evidence.Capture, page evidence.Item, size evidence.Size, regions []image.Rectangle, p evidence.Progress) error {
	f, err := os.OpenInRoot(c.Dir, filepath.FromSlash(page.Path))
	if err != nil {
		return err
	}
	defer f.Close()
	w, err := s.Create(redactedName, evidence.KindRedacted, "image/png")
	if err != nil {
		return err
	}
	r := &sealedReader{ctx: ctx, r: f, hash: sha256.New(), total: page.Bytes, progress: p}
	drawErr := blacken(w, r, size, regions)
	if ctx.Err() != nil {
		return errors.Join(ctx.Err(), w.Close())
	}
	// The digest is of the whole file, also of one that can't be decoded.
	_, err = io.Copy(io.Discard, r)
	if got := evidence.Digest(r.hash.Sum(nil)); err == nil && got != page.SHA256 {
		err = fmt.Errorf("item %q: got digest %s, want %s", page.Path, got, page.SHA256)
	}
	if err == nil {
		err = drawErr
	}
	return errors.Join(err, w.Close())
}

// blacken copies a picture row by row, with the regions black.
func blacken(w io.Writer, r io.Reader, size evidence.Size, regions []image.Rectangle) error {
	in, err := strip.NewDecoder(r)
	if err != nil {
		return err
	}
	if in.Width != size.Width || in.Height != size.Height {
		return fmt.Errorf("got a picture of %d×%d pixels, want %d×%d", in.Width, in.Height, size.Width, size.Height)
	}
	out, err := strip.NewEncoder(w, in.Width, in.Height)
	if err != nil {
		return err
	}
	clean := make([]byte, 3*in.Width)
	for y := range in.Height {
		row, err := in.Row()
		if err != nil {
			return err
		}
		// The decoder needs its row as it is for the next one.
		copy(clean, row)
		for _, q := range regions {
			if q.Min.Y <= y && y < q.Max.Y {
				clear(clean[3*q.Min.X : 3*q.Max.X])
			}
		}
		if err := out.WriteRow(clean); err != nil {
			return err
		}
	}
	return out.Close()
}

// sealedReader hashes what it reads, tells how far it is, and stops at the end of
// a context.
type sealedReader struct {
	ctx         context.Context
	r           io.Reader
	hash        hash.Hash
	done, total int64
	progress    evidence.Progress // may be nil
}

func (s *sealedReader) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := s.r.Read(p)
	s.hash.Write(p[:n])
	s.done += int64(n)
	if s.progress != nil {
		s.progress(min(s.done, s.total), s.total)
	}
	return n, err
}
