package ui

import (
	"context"
	"errors"
	"image"
	"sync"

	"github.com/google/uuid"

	"pugmark/review/photographs"
)

// photoShelf is what the window knows of the photographs of all cases. Its fields
// belong to the main goroutine, but for the source, which is read from others.
type photoShelf struct {
	source *photoSource       // nil until photographs are looked for
	index  *photographs.Index // as it was read last; nil until then
	find   func(id uuid.UUID, number int)
}

// photoSource reads photographs.
type photoSource struct {
	library   openLibrary
	catalogue *photographs.Catalogue

	mu       sync.Mutex
	contents *photographs.Contents // guarded by mu
}

// open returns what the photographs of a library are read from, and closes it when it
// is closed itself. What was opened for the same vault is taken again: with the bundle
// that is reviewed all is closed.
func (s *photoShelf) open(l openLibrary) *photoSource {
	if s.source != nil && s.source.library.Vault() == l.Vault() {
		_ = l.Close() // nothing was read of it
		return s.source
	}
	s.close()
	s.source = &photoSource{library: l, catalogue: photographs.NewCatalogue(l.Library), contents: photographs.NewContents(l.Library)}
	return s.source
}

// close forgets the photographs.
func (s *photoShelf) close() {
	if s.source != nil {
		// They were only read. What is being read fails.
		_ = s.source.close()
	}
	s.source, s.index = nil, nil
}

// elsewhere counts where else a photograph of a capture is shown, if that is known.
func (s *photoShelf) elsewhere(id uuid.UUID, number int) (n int, known bool) {
	if s.index == nil {
		return 0, false
	}
	for _, p := range s.index.Of(id) {
		if int(p.Number) == number {
			return len(s.index.Elsewhere(p, photographs.Threshold)), true
		}
	}
	return 0, false
}

func (s *photoSource) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return errors.Join(s.contents.Close(), s.library.Close())
}

// thumb makes the thumbnail of a photograph.
func (s *photoSource) thumb(ctx context.Context, p *photographs.Photograph) (*image.RGBA, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.contents.Thumbnail(ctx, p, image.Pt(thumbSize, thumbSize))
}

// write makes a contact sheet.
func (s *photoSource) write(ctx context.Context, sheet *photographs.Sheet, path string, sans []byte) (err error) {
	from := photographs.NewContents(s.library.Library)
	defer func() { err = errors.Join(err, from.Close()) }()
	return sheet.WriteFile(ctx, path, from, sans)
}
