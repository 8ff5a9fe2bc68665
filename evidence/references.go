package evidence

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"pugmark/evidence/canon"
	"pugmark/evidence/custody"
)

// ReferenceKind says what a reference is.
type ReferenceKind string

// The kinds of references.
const (
	LexiconReference ReferenceKind = "lexicon" // words, see package lexicon
	TaxaReference    ReferenceKind = "taxa"    // species and their listings, see package taxa
)

// referenceKinds says of each kind where it is kept and which event tells of it.
var referenceKinds = map[ReferenceKind]struct {
	dir    string
	action custody.Action
}{
	LexiconReference: {"lexicons", custody.LexiconImported},
	TaxaReference:    {"taxa", custody.TaxaImported},
}

// ErrReferenceKept reports a reference that is in force already.
var ErrReferenceKept = errors.New("the vault has this file already")

// Reference is a table that the vault's user brought, and that captures are held
// against. The package of its kind reads it.
type Reference struct {
	Kind     ReferenceKind `json:"kind"`
	Name     string        `json:"name"`    // what it is called; a newer one of the name takes its place
	Version  string        `json:"version"` // as the file says
	Entries  int           `json:"entries"`
	File     string        `json:"file"` // name of the file that was imported
	SHA256   Digest        `json:"sha256"`
	Imported time.Time     `json:"imported"`
	Actor    string        `json:"actor"`
	Seq      int64         `json:"seq"` // of the event
}

const referenceSuffix = ".csv"

// at returns the reference's place in the vault.
func (r Reference) at() string {
	return path.Join(referenceKinds[r.Kind].dir, r.SHA256.String()+referenceSuffix)
}

// ImportReference keeps a table that was checked: byte for byte, under its digest.
// When it returns, the file is on disk and in the log. The error wraps
// [ErrReferenceKept] when it is in force already.
func (v *Vault) ImportReference(ctx context.Context, r Reference, content []byte) (Reference, error) {
	out, err := v.importReference(ctx, r, content)
	if err != nil {
		return Reference{}, fmt.Errorf("importing %q: %w", filepath.Base(r.File), err)
	}
	return out, nil
}

func (v *Vault) importReference(ctx context.Context, r Reference, content []byte) (Reference, error) {
	kind, ok := referenceKinds[r.Kind]
	if !ok {
		return r, fmt.Errorf("got kind %q", r.Kind)
	}
	r.SHA256 = canon.Sum(content)
	err := v.update(ctx, func(tx *sql.Tx) error {
		old, err := v.references(ctx, tx, r.Kind)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(old, func(o Reference) bool { return o.Name == r.Name && o.SHA256 == r.SHA256 }) {
			return ErrReferenceKept
		}
		if err := v.keepReference(r, content); err != nil {
			return err
		}
		e, err := v.append(ctx, tx, custody.Event{
			Action: kind.action, Subject: fileName(r.File), Digest: r.SHA256,
			Details: details("name", fileName(r.Name), "version", fileName(r.Version), "entries", strconv.Itoa(r.Entries)),
		}, nil)
		if err != nil {
			return err
		}
		r, err = referenceOf(r.Kind, e)
		return err
	})
	return r, err
}

// keepReference writes a reference to its place. Its name is its digest: what is
// there already is the same, or was damaged and is put right.
func (v *Vault) keepReference(r Reference, content []byte) error {
	to := v.path(r.at())
	if b, err := os.ReadFile(to); err == nil && canon.Sum(b) == r.SHA256 {
		return nil
	}
	if err := makeDir(filepath.Dir(to)); err != nil {
		return err
	}
	if err := replaceBytes(to, content); err != nil {
		return err
	}
	return os.Chmod(to, sealedFileMode)
}

// References returns the references of a kind that are in force, in the order of
// their import: of those with one name the newest.
func (v *Vault) References(ctx context.Context, kind ReferenceKind) ([]Reference, error) {
	return v.references(ctx, v.db, kind)
}

func (v *Vault) references(ctx context.Context, db custody.DB, kind ReferenceKind) (out []Reference, err error) {
	events, err := v.log(db).Events(ctx, custody.Filter{Action: referenceKinds[kind].action})
	if err != nil {
		return nil, fmt.Errorf("reading references: %w", err)
	}
	for _, e := range events {
		r, err := referenceOf(kind, e)
		if err != nil {
			return nil, fmt.Errorf("reading references: %w", err)
		}
		out = slices.DeleteFunc(out, func(o Reference) bool { return o.Name == r.Name })
		out = append(out, r)
	}
	return out, nil
}

// referenceOf derives the record of a reference from its event.
func referenceOf(kind ReferenceKind, e custody.Event) (Reference, error) {
	n, err := strconv.Atoi(e.Details["entries"])
	if err != nil {
		return Reference{}, fmt.Errorf("event %d: entries %q: %w", e.Seq, e.Details["entries"], err)
	}
	return Reference{
		Kind: kind, Name: e.Details["name"], Version: e.Details["version"], Entries: n,
		File: e.Subject, SHA256: e.Digest, Imported: e.Time, Actor: e.Actor, Seq: e.Seq,
	}, nil
}

// ReadReference returns the content of a reference, which is checked against the
// log.
func (v *Vault) ReadReference(r Reference) ([]byte, error) {
	b, err := os.ReadFile(v.path(r.at()))
	if err != nil {
		return nil, fmt.Errorf("reading %q: %w", r.Name, err)
	}
	if got := canon.Sum(b); got != r.SHA256 {
		return nil, fmt.Errorf("reading %q: got SHA-256 %s, want %s as in the log", r.Name, got, r.SHA256)
	}
	return b, nil
}

// enterReference enters an event that tells of a reference.
func (c *vaultCheck) enterReference(kind ReferenceKind, e custody.Event) {
	r, err := referenceOf(kind, e)
	if err != nil {
		c.report.add(fmt.Sprintf("events/%d", e.Seq), custody.EventMalformed, "a table that was imported", err.Error())
		return
	}
	if !slices.ContainsFunc(c.references, func(o Reference) bool { return o.Kind == kind && o.SHA256 == r.SHA256 }) {
		c.references = append(c.references, r)
	}
}

// verifyReferences holds each reference that was ever imported against the log.
func (c *vaultCheck) verifyReferences() error {
	for _, r := range c.references {
		b, err := c.root.ReadFile(r.at())
		switch got := canon.Sum(b); {
		case errors.Is(err, fs.ErrNotExist):
			c.report.add(r.at(), ImportMissing, "a table", "nothing")
		case err != nil:
			return err
		case got != r.SHA256:
			c.report.add(r.at(), ImportDigest, r.SHA256.String(), got.String())
		}
	}
	return nil
}
