package evidence

import (
	"context"
	"errors"
	"math"

	"pugmark/evidence/search"
)

// ImportReader reads the captures of an imported bundle, for the search index. What it
// returns must stay readable until the search ends.
type ImportReader func(context.Context, Import) ([]Searched, error)

// lackedImport is an imported bundle of which the index lacks captures.
type lackedImport struct {
	Import
	entered int
}

// lackedImports returns what the index lacks, and how many captures that is.
func (v *Vault) lackedImports(ctx context.Context, x *search.Index) (out []lackedImport, captures int, err error) {
	all, err := v.Imports(ctx)
	if err != nil {
		return nil, 0, err
	}
	for _, i := range all {
		n, err := x.Entered(ctx, i.SHA256.String())
		if err != nil {
			return nil, 0, err
		}
		if n < i.Captures {
			out = append(out, lackedImport{i, n})
			captures += i.Captures - n
		}
	}
	return out, captures, nil
}

// enterImports enters the captures of imported bundles. A bundle that can't be read
// is left out: the index goes on lacking it.
func (v *Vault) enterImports(ctx context.Context, x *search.Index, all []lackedImport, read ImportReader, entered func(int)) error {
	for _, i := range all {
		captures, err := read(ctx, i.Import)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil || len(captures) != i.Captures:
			continue
		case v.search.fixed:
			return errOtherIndex
		}
		if err := v.enterImport(ctx, x, i.Import, captures, entered); err != nil {
			return err
		}
	}
	return nil
}

func (v *Vault) enterImport(ctx context.Context, x *search.Index, i Import, captures []Searched, entered func(int)) error {
	for {
		n := 0
		err := x.Update(ctx, func(b *search.Batch) (err error) {
			n, err = enterImported(ctx, b, i, captures)
			return err
		})
		if err != nil || n == 0 {
			return err
		}
		entered(n)
	}
}

// enterImported enters the next captures of an imported bundle and returns how many
// there were. Another process may be at it too.
func enterImported(ctx context.Context, b *search.Batch, i Import, captures []Searched) (int, error) {
	source := i.SHA256.String()
	from, err := b.Entered(ctx, source)
	if err != nil {
		return 0, err
	}
	next := captures[min(from, len(captures)):min(from+searchBatch, len(captures))]
	read := func(_ context.Context, n int) (*search.Document, error) { return SearchDocument(next[n]), nil }
	err = InOrder(ctx, len(next), read, func(n int, d *search.Document) error {
		d.Seq, d.Source = importedSeq(i, from+n), source
		return b.Put(ctx, *d)
	})
	return len(next), errors.Join(err, b.SetEntered(ctx, source, from+len(next)))
}

// importedSeq numbers the captures of imported bundles: below all of the vault's own,
// those of one bundle in a row, and later bundles above others. No bundle has as many
// files as there is room for.
func importedSeq(i Import, n int) int64 { return math.MinInt64 + i.Seq<<20 + int64(n) }
