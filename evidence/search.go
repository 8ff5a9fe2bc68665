package evidence

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"pugmark/evidence/search"
)

// SearchHit is a capture that was found, and where. The snippet comes from the
// search index, which nobody signed: it leads to the capture and is no evidence.
type SearchHit struct {
	// Capture is the record. Of a capture of an imported bundle it has the id, and as
	// the case the bundle's name: the rest is in the bundle.
	Capture  Capture
	Imported *Import // bundle that it is in; nil for a capture of the vault's own
	Field    search.Field
	Snippet  []search.Span
}

// SearchResults is what a search found, the best first.
type SearchResults struct {
	Hits  []SearchHit
	Total int // of all that match; [search.Counted]: as many or more
	// Unread is how many captures of the vault could not be read, in part or at
	// all, or aren't what was sealed: they may match all the same.
	Unread int
	// Behind is how many changes of the vault, and captures of imported bundles, the
	// index didn't have yet.
	Behind int
}

// Search finds captures by what they say and what people added to them. It first
// brings the search index up to the log, as [Vault.UpdateSearch] does. Imported
// bundles are read by imports; nil leaves out those that the index lacks.
//
// The index is a file of its own in the vault, made when it is first needed. In a
// vault that is open to read, or can't be written, nothing is: where the index isn't
// there or lags behind, one is made for this handle alone, which is gone when it is
// closed.
func (v *Vault) Search(ctx context.Context, q search.Query, imports ImportReader, p Progress) (r *SearchResults, err error) {
	err = v.withSearch(ctx, func(x *search.Index) error {
		if err := v.updateSearch(ctx, x, imports, p); err != nil {
			return err
		}
		r, err = v.find(ctx, x, q)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("searching: %w", err)
	}
	return r, nil
}

// SearchNow is Search in the index as it is, which answers at once, while somebody
// types. UpdateSearch should have been called before, or be under way.
func (v *Vault) SearchNow(ctx context.Context, q search.Query) (r *SearchResults, err error) {
	err = v.withSearch(ctx, func(x *search.Index) error {
		r, err = v.find(ctx, x, q)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("searching: %w", err)
	}
	return r, nil
}

func (v *Vault) find(ctx context.Context, x *search.Index, q search.Query) (*SearchResults, error) {
	a, err := x.Find(ctx, q)
	if err != nil {
		return nil, err
	}
	r, err := v.searchResults(ctx, a)
	if err != nil {
		return nil, err
	}
	if r.Behind, err = v.behind(ctx, x); err != nil {
		return nil, err
	}
	_, lacked, err := v.lackedImports(ctx, x)
	r.Behind += lacked
	return r, err
}

// UpdateSearch brings the search index up to the log: it reads what was sealed,
// annotated, withdrawn or imported since. The progress counts those changes, and the
// captures of imported bundles. What it got done stays done when it is stopped.
func (v *Vault) UpdateSearch(ctx context.Context, imports ImportReader, p Progress) error {
	err := v.withSearch(ctx, func(x *search.Index) error { return v.updateSearch(ctx, x, imports, p) })
	if err != nil {
		return fmt.Errorf("updating the search index: %w", err)
	}
	return nil
}

// RebuildSearch makes the search index again from the log and the captures' folders.
// What was imported comes into it with the next search.
func (v *Vault) RebuildSearch(ctx context.Context, p Progress) error {
	x, err := v.search.use(ctx, v, func(*search.Index) error { return nil })
	if err == nil || search.IsBroken(err) {
		err = v.search.discard(ctx, v, x)
	}
	if err != nil {
		return fmt.Errorf("rebuilding the search index: %w", err)
	}
	return v.UpdateSearch(ctx, nil, p)
}

// searchResults finds the captures of an answer.
func (v *Vault) searchResults(ctx context.Context, a *search.Answer) (*SearchResults, error) {
	r := &SearchResults{Total: a.Total, Unread: a.Unread}
	if len(a.Hits) == 0 {
		return r, nil
	}
	ids := make([]any, len(a.Hits))
	for i, h := range a.Hits {
		ids[i] = h.ID
	}
	found, err := v.findCaptures(ctx, "id IN (?"+strings.Repeat(", ?", len(ids)-1)+")", ids...)
	if err != nil {
		return nil, err
	}
	var imports []Import
	if slices.ContainsFunc(a.Hits, func(h search.Hit) bool { return h.Source != "" }) {
		if imports, err = v.Imports(ctx); err != nil {
			return nil, err
		}
	}
	captures := make(map[string]Capture)
	for _, c := range found {
		captures[c.ID.String()] = c
	}
	for _, h := range a.Hits {
		hit := SearchHit{Capture: captures[h.ID], Field: h.Field, Snippet: h.Snippet}
		if h.Source != "" {
			hit.Capture, hit.Imported = importedHit(h, imports)
		}
		if hit.Capture.ID != uuid.Nil {
			r.Hits = append(r.Hits, hit)
		}
	}
	return r, nil
}

// importedHit returns what the index knows of a capture of an imported bundle.
func importedHit(h search.Hit, imports []Import) (c Capture, in *Import) {
	n := slices.IndexFunc(imports, func(i Import) bool { return i.SHA256.String() == h.Source })
	id, err := uuid.Parse(h.ID)
	if n < 0 || err != nil {
		return c, nil
	}
	return Capture{Case: imports[n].Name, ID: id}, &imports[n]
}
