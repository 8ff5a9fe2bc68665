package evidence

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"pugmark/evidence/canon"
	"pugmark/evidence/custody"
)

// ErrNoImport reports that no imported bundle has a name.
var ErrNoImport = errors.New("no such imported bundle")

// Import is a bundle that was imported for review. What it holds is another
// vault's: it is none of this vault's cases and captures.
type Import struct {
	Name     string    `json:"name"`  // what it is called in this vault: "OP-1@1a2b3c4d"
	Vault    uuid.UUID `json:"vault"` // that sealed it
	Case     string    `json:"case"`  // reference there
	Captures int       `json:"captures"`
	Keys     []string  `json:"keys"`    // verifier keys of the seals; the first few
	Outcome  Outcome   `json:"outcome"` // of its verification when it was imported
	Imported time.Time `json:"imported"`
	Actor    string    `json:"actor"` // who imported it
	File     string    `json:"file"`  // name of the file that was received
	// FileSHA256 is the digest of that file, if it was encrypted.
	FileSHA256 Digest `json:"file_sha256,omitzero"`
	SHA256     Digest `json:"sha256"` // of the bundle's zip
	Path       string `json:"path"`   // of the copy in the vault; absolute
	Seq        int64  `json:"seq"`    // of the event
}

// importDigits is how many digits of the digest a name has at least.
const importDigits = 8

// importOf derives the record of an imported bundle from its event.
func (v *Vault) importOf(e custody.Event) (i Import, err error) {
	i = Import{
		Case: e.Details["case"], Keys: strings.Fields(e.Details["keys"]), Outcome: Outcome(e.Details["outcome"]),
		Imported: e.Time, Actor: e.Actor, File: e.Subject, SHA256: e.Digest, Seq: e.Seq,
		Name: e.Details["case"] + "@" + e.Digest.String()[:importDigits],
		Path: v.importPath(importName(e.Digest)),
	}
	if i.Vault, err = uuid.Parse(e.Details["vault"]); err != nil {
		return i, fmt.Errorf("event %d: vault %q: %w", e.Seq, e.Details["vault"], err)
	}
	if i.Captures, err = strconv.Atoi(e.Details["captures"]); err != nil {
		return i, fmt.Errorf("event %d: captures %q: %w", e.Seq, e.Details["captures"], err)
	}
	if file := e.Details["file"]; file != "" {
		if i.FileSHA256, err = canon.ParseDigest(file); err != nil {
			return i, fmt.Errorf("event %d: file: %w", e.Seq, err)
		}
	}
	if err := CheckRef(i.Case); err != nil {
		return i, fmt.Errorf("event %d: %w", e.Seq, err)
	}
	return i, nil
}

// Imports returns the bundles that were imported, in the order in which they
// were. One of which the copy was lost, and that was imported again, is there
// once, as of the first time.
func (v *Vault) Imports(ctx context.Context) ([]Import, error) { return v.imports(ctx, v.db) }

func (v *Vault) imports(ctx context.Context, db custody.DB) (out []Import, err error) {
	events, err := v.log(db).Events(ctx, custody.Filter{Action: custody.BundleImported})
	if err != nil {
		return nil, fmt.Errorf("reading imported bundles: %w", err)
	}
	seen := make(map[Digest]bool)
	for _, e := range events {
		if seen[e.Digest] {
			continue
		}
		seen[e.Digest] = true
		i, err := v.importOf(e)
		if err != nil {
			return nil, fmt.Errorf("reading imported bundles: %w", err)
		}
		out = append(out, i)
	}
	return out, nil
}

// findImport returns the bundle of a digest. The error wraps [ErrNoImport].
func (v *Vault) findImport(ctx context.Context, db custody.DB, d Digest) (Import, error) {
	all, err := v.imports(ctx, db)
	if err != nil {
		return Import{}, err
	}
	i := slices.IndexFunc(all, func(i Import) bool { return i.SHA256 == d })
	if i < 0 {
		return Import{}, ErrNoImport
	}
	return all[i], nil
}

// Imported returns the imported bundle of a name: the case's reference and the
// beginning of the digest, as in "OP-1@1a2b3c4d", eight digits at least. The
// error wraps [ErrNoImport] or [ErrAmbiguous].
func (v *Vault) Imported(ctx context.Context, name string) (Import, error) {
	all, err := v.Imports(ctx)
	if err != nil {
		return Import{}, err
	}
	ref, digits, _ := strings.Cut(name, "@")
	all = slices.DeleteFunc(all, func(i Import) bool {
		return !strings.EqualFold(i.Case, ref) || len(digits) < importDigits ||
			!strings.HasPrefix(i.SHA256.String(), strings.ToLower(digits))
	})
	switch len(all) {
	case 0:
		return Import{}, fmt.Errorf("%q: %w", name, ErrNoImport)
	case 1:
		return all[0], nil
	}
	return Import{}, fmt.Errorf("%q: %w", name, ErrAmbiguous)
}
