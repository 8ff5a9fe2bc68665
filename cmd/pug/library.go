package main

import (
	"context"
	"errors"

	"pugmark/evidence"
	"pugmark/evidence/bundle"
	"pugmark/review"
)

// withLibrary runs f with all that there is to review: the vault, open to read, and
// what was imported into it, or the bundle's file of "pug review".
func (a *app) withLibrary(ctx context.Context, f func(*review.Library) error) (err error) {
	if a.bundle != nil {
		return a.withBundle(ctx, f)
	}
	return a.withVault(ctx, func(v *evidence.Vault) error {
		l := review.OfVault(v)
		return errors.Join(libraryError(f(l)), l.Close())
	})
}

func (a *app) withBundle(ctx context.Context, f func(*review.Library) error) error {
	ids, err := a.identities(ctx, a.bundle.path, &a.bundle.decrypt)
	if err != nil {
		return err
	}
	r, err := bundle.OpenReader(ctx, a.bundle.path, ids...)
	if err != nil {
		return about(a.bundle.path, err)
	}
	l := review.OfBundle(r, a.bundle.path)
	return errors.Join(f(l), l.Close())
}

// libraryError says that an imported bundle can't be read as it was imported.
func libraryError(err error) error {
	var damaged *review.ImportError
	if errors.As(err, &damaged) {
		return damagedImport(damaged.Import, damaged.Err)
	}
	return err
}

// findReviewed finds a capture of a library by name.
func findReviewed(ctx context.Context, l *review.Library, name string) (*review.Case, *review.Capture, error) {
	c, x, err := l.Capture(ctx, name)
	return c, x, about(name, err)
}

// reviewedBundle is the bundle's file that is reviewed in place of a vault.
type reviewedBundle struct {
	path    string
	decrypt identityFlags
}
