package main

import (
	"context"
	"errors"
	"fmt"

	"pugmark/evidence"
	"pugmark/evidence/bundle"
	"pugmark/review"
)

// withLibrary runs f with all that there is to review: the vault, open to read, and
// what was imported into it, or the bundle's file of "pug review".
func (a *app) withLibrary(ctx context.Context, f func(*review.Library) error) error {
	return a.openLibrary(ctx, evidence.OpenReadOnly, f)
}

// withWritableLibrary is withLibrary with the vault open to write, if it can be: for
// what keeps its search index, or is logged.
func (a *app) withWritableLibrary(ctx context.Context, f func(*review.Library) error) error {
	return a.openLibrary(ctx, evidence.OpenAsCanBe, f)
}

func (a *app) openLibrary(ctx context.Context, how opener, f func(*review.Library) error) error {
	if a.bundle != nil {
		return a.withBundle(ctx, f)
	}
	return a.open(ctx, how, func(v *evidence.Vault) error {
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
		return about(a.bundle.path, unopened(a.bundle.path, err))
	}
	l := review.OfBundle(r, a.bundle.path)
	return errors.Join(f(l), l.Close())
}

// unopened says that a bundle isn't even read; its findings follow.
func unopened(path string, err error) error {
	var altered *bundle.FailedError
	if !errors.As(err, &altered) {
		return err
	}
	told := tell("altered_bundle", fmt.Sprintf("The bundle %q is not as it was sealed, so it can't be reviewed: %s below.", clean(path), count(len(altered.Report.Findings), "finding")),
		"Ask who sent it to send it again, and keep this file: it may be evidence itself.")
	return errors.Join(told, err)
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
	return c, x, notNamed(l, name, err)
}

// notNamed says what a name names nothing in.
func notNamed(l *review.Library, name string, err error) error {
	if l.Vault() == nil {
		hint := fmt.Sprintf(`"pug review %s list" shows what there is.`, clean(l.FileName()))
		switch {
		case errors.Is(err, evidence.ErrNoCapture):
			return tell("no_capture", fmt.Sprintf("There is no capture %q in this bundle.", clean(name)), hint)
		case errors.Is(err, evidence.ErrNoCase):
			return tell("no_case", fmt.Sprintf("This bundle is not of a case %q.", clean(name)), hint)
		}
	}
	return about(name, err)
}

// reviewedBundle is the bundle's file that is reviewed in place of a vault.
type reviewedBundle struct {
	path    string
	decrypt identityFlags
}
