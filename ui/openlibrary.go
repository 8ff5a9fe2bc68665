package ui

import (
	"context"
	"errors"

	"pugmark/evidence"
	"pugmark/review"
)

// openLibrary is what is open, to be read: the vault with what was imported into it,
// or the bundle's file that is reviewed. Who got it closes it. The vault and the bundle
// that the window shows stay open then.
type openLibrary struct {
	*review.Library
	close func() error
}

// Close closes what was opened to read.
func (l openLibrary) Close() error { return l.close() }

// readable reports whether there is something to be read now: no dialog is open, and a
// vault or a bundle is.
func (w *Window) readable() bool { return !w.asking() && (w.vault != nil || w.reviewed != nil) }

// toRead returns what is open. There must be something: see readable.
func (w *Window) toRead() openLibrary { return w.libraryOf(w.vault) }

// toSearch returns what is open, for as long as a dialog is: where the vault is
// unlocked, what is read for the search is kept.
func (w *Window) toSearch() openLibrary {
	if w.session != nil {
		return w.libraryOf(w.session.vault)
	}
	return w.toRead()
}

// libraryOf returns the bundle that is reviewed, or else what a vault has.
func (w *Window) libraryOf(v *evidence.Vault) openLibrary {
	if w.reviewed != nil {
		return openLibrary{w.reviewed.library, func() error { return nil }}
	}
	l := review.OfVault(v)
	return openLibrary{l, l.Close}
}

// toLog returns what opens, with a handle of its own, what is open, so that it can be
// logged what is made of it. That needs no passphrase. Where nothing can be logged, it
// is only read.
func (w *Window) toLog() func(context.Context) (openLibrary, error) {
	if w.reviewed != nil {
		l := w.toRead()
		return func(context.Context) (openLibrary, error) { return l, nil }
	}
	dir := w.vault.Dir()
	return func(ctx context.Context) (openLibrary, error) {
		v, err := evidence.OpenAsCanBe(ctx, dir)
		if err != nil {
			return openLibrary{}, err
		}
		l := review.OfVault(v)
		return openLibrary{l, func() error { return errors.Join(l.Close(), v.Close()) }}, nil
	}
}

// unlogged says why the custody log doesn't have what was made.
func (w *Window) unlogged() string {
	if w.reviewed != nil {
		return tr("In no custody log, as no vault is open. Keep the digest.")
	}
	return tr("Not in the custody log: the vault can't be written. Keep the digest.")
}

// withCase makes something of a case, and closes what it is read from.
func withCase[T any](ctx context.Context, open func(context.Context) (openLibrary, error), ref string, do func(*review.Library, *review.Case) (T, error)) (out T, err error) {
	l, err := open(ctx)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	c, err := l.Case(ctx, ref)
	if err != nil {
		return out, err
	}
	return do(l.Library, c)
}
