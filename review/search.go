package review

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"pugmark/evidence"
	"pugmark/evidence/search"
)

// searchBatch is how many captures of a bundle's file are entered into its index at
// once.
const searchBatch = 64

// Found is what a search found.
type Found struct {
	*evidence.SearchResults
	// Unreadable are imported bundles that could not be read: what is in them was
	// found only if it was read before.
	Unreadable []*ImportError
}

// Search finds captures: see [evidence.Vault.Search]. It reads imported bundles as
// well. What is in a bundle's file is read into an index in memory, once.
func (l *Library) Search(ctx context.Context, q search.Query, p evidence.Progress) (*Found, error) {
	if l.vault == nil {
		if err := l.UpdateSearch(ctx, p); err != nil {
			return nil, err
		}
		return l.SearchNow(ctx, q)
	}
	var lost []*ImportError
	r, err := l.vault.Search(ctx, q, l.importReader(&lost), p)
	if err != nil {
		return nil, err
	}
	return l.complete(ctx, r, lost)
}

// SearchNow is Search in the index as it is: see [evidence.Vault.SearchNow].
func (l *Library) SearchNow(ctx context.Context, q search.Query) (*Found, error) {
	if l.vault == nil {
		return l.searchFile(ctx, q)
	}
	r, err := l.vault.SearchNow(ctx, q)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	lost := slices.Clone(l.lost)
	l.mu.Unlock()
	return l.complete(ctx, r, lost)
}

// UpdateSearch brings the search index up to what there is: see
// [evidence.Vault.UpdateSearch].
func (l *Library) UpdateSearch(ctx context.Context, p evidence.Progress) error {
	if l.vault == nil {
		return l.indexFile(ctx, p)
	}
	var lost []*ImportError
	err := l.vault.UpdateSearch(ctx, l.importReader(&lost), p)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lost = lost
	return err
}

// importReader reads imported bundles, and notes those that can't be.
func (l *Library) importReader(lost *[]*ImportError) evidence.ImportReader {
	return func(ctx context.Context, i evidence.Import) ([]evidence.Searched, error) {
		c, err := l.readImport(ctx, i)
		if err != nil {
			*lost = noted(*lost, i, err)
			return nil, err
		}
		return c.searched(), nil
	}
}

func (c *Case) searched() (out []evidence.Searched) {
	for _, x := range c.Captures {
		out = append(out, evidence.Searched{Capture: x.Capture, Files: x.Files, Annotations: x.Annotations})
	}
	return out
}

// complete fills in the captures of imported bundles. Those of one that can't be read
// any more are left out.
func (l *Library) complete(ctx context.Context, r *evidence.SearchResults, lost []*ImportError) (*Found, error) {
	hits := r.Hits[:0]
	for _, h := range r.Hits {
		if h.Imported != nil {
			c, err := l.readImport(ctx, *h.Imported)
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			if err != nil {
				lost = noted(lost, *h.Imported, err)
				continue
			}
			x, err := c.Find(h.Capture.ID.String())
			if err != nil {
				continue // its name says that it is in this bundle, and it isn't
			}
			h.Capture = x.Capture
		}
		hits = append(hits, h)
	}
	r.Hits = hits
	return &Found{r, lost}, nil
}

// noted notes an imported bundle that can't be read, once.
func noted(lost []*ImportError, i evidence.Import, err error) []*ImportError {
	for _, e := range lost {
		if e.Import.Name == i.Name {
			return lost
		}
	}
	var e *ImportError
	if !errors.As(err, &e) {
		e = &ImportError{i, err}
	}
	return append(lost, e)
}

// searchFile finds captures of the bundle's file, as far as they are in the index.
func (l *Library) searchFile(ctx context.Context, q search.Query) (*Found, error) {
	c, err := l.fileCase()
	if err != nil {
		return nil, err
	}
	x, err := l.fileIndex(ctx)
	if err != nil {
		return nil, err
	}
	a, err := x.Find(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("searching: %w", err)
	}
	n, err := x.Entered(ctx, c.Name)
	r := &evidence.SearchResults{Total: a.Total, Unread: a.Unread, Behind: len(c.Captures) - n}
	for _, h := range a.Hits {
		if x, err := c.Find(h.ID); err == nil {
			r.Hits = append(r.Hits, evidence.SearchHit{Capture: x.Capture, Field: h.Field, Snippet: h.Snippet})
		}
	}
	return &Found{r, nil}, err
}

// fileIndex returns the index of the bundle's file, which may lack captures yet.
func (l *Library) fileIndex(ctx context.Context) (_ *search.Index, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.index == nil {
		l.index, err = search.OpenInMemory(ctx)
	}
	return l.index, err
}

// indexFile reads the captures of the bundle's file that the index lacks.
func (l *Library) indexFile(ctx context.Context, p evidence.Progress) error {
	c, err := l.fileCase()
	if err != nil {
		return err
	}
	x, err := l.fileIndex(ctx)
	if err != nil {
		return err
	}
	all := c.searched()
	for n := 1; n > 0; {
		done := 0
		err := x.Update(ctx, func(b *search.Batch) (err error) {
			done, n, err = enterNext(ctx, b, c.Name, all)
			return err
		})
		if err != nil {
			return fmt.Errorf("reading %s for search: %w", l.FileName(), err)
		}
		if n > 0 && p != nil {
			p(int64(done), int64(len(all)))
		}
	}
	return nil
}

// enterNext enters the next captures of a bundle's file, and returns how many are
// entered, and how many of them now.
func enterNext(ctx context.Context, b *search.Batch, source string, all []evidence.Searched) (done, n int, err error) {
	from, err := b.Entered(ctx, source)
	if err != nil {
		return 0, 0, err
	}
	next := all[from:min(from+searchBatch, len(all))]
	if len(next) == 0 {
		return from, 0, nil
	}
	read := func(_ context.Context, i int) (*search.Document, error) { return evidence.SearchDocument(next[i]), nil }
	err = evidence.InOrder(ctx, len(next), read, func(_ int, d *search.Document) error { return b.Put(ctx, *d) })
	if err == nil {
		err = b.SetEntered(ctx, source, from+len(next))
	}
	return from + len(next), len(next), err
}
