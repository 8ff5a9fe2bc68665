package recorder

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"pugmark/evidence"
	"pugmark/lexicon"
)

// Lexicons returns the program's own lexicon and those of the vault, which may be nil.
// The error says which of them can't be read; the others are returned with it.
func Lexicons(ctx context.Context, v *evidence.Vault) ([]*lexicon.Lexicon, error) {
	out := []*lexicon.Lexicon{lexicon.Own()}
	if v == nil {
		return out, nil
	}
	kept, err := v.References(ctx, evidence.LexiconReference)
	errs := []error{err}
	for _, r := range kept {
		l, err := readLexicon(v, r)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		out = append(out, l)
	}
	return out, errors.Join(errs...)
}

func readLexicon(v *evidence.Vault, r evidence.Reference) (*lexicon.Lexicon, error) {
	b, err := v.ReadReference(r)
	// A capture's record may have this error, and nothing of where the vault is.
	if path, is := errors.AsType[*fs.PathError](err); is {
		err = fmt.Errorf("reading %q: %w", r.Name, path.Err)
	}
	if err != nil {
		return nil, err
	}
	l, err := lexicon.Read(bytes.NewReader(b))
	if err != nil {
		return nil, fmt.Errorf("reading lexicon %q: %w", r.Name, err)
	}
	l.Name = r.Name
	return l, nil
}

// wordsOf returns what finds the words of the trade that are in use on a day, and why
// it lacks some. That costs no page its capture.
func wordsOf(ctx context.Context, v *evidence.Vault, on time.Time) (*lexicon.Matcher, []string) {
	all, err := Lexicons(ctx, v)
	var missing []string
	for _, err := range parts(err) {
		missing = append(missing, err.Error())
	}
	return lexicon.NewMatcher(on, all...), missing
}

// parts returns the errors that were joined.
func parts(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	if err == nil {
		return nil
	}
	return []error{err}
}
