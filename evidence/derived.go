package evidence

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"time"

	"github.com/google/uuid"

	"pugmark/evidence/canon"
	"pugmark/evidence/custody"
)

// Derivations. What is made from a sealed capture, such as a redacted copy of its
// picture for disclosure, is no part of it: it has a folder of its own in the
// vault, cases/REF/derived/UUID, with its items, a manifest.json that commits to
// the capture's manifest and to the items that it was made from, and a seal.json
// like a capture's. The event of that seal is of action derivation.sealed. The
// folder stands alone. It has nothing of the capture but what its items show.

// DerivationVersion is the version of a derivation's manifest that this program
// writes, and the only one that it reads.
const DerivationVersion = 1

// DerivationFormat is the value of [DerivationManifest.Format].
const DerivationFormat = "pugmark-derivation"

// DerivationKind says what was made.
type DerivationKind string

// Redaction is a copy of a picture in which rectangles were blackened.
const Redaction DerivationKind = "redaction"

// KindRedacted is the kind of a picture in which rectangles were blackened.
const KindRedacted Kind = "redacted-picture"

// DerivationManifest describes a derivation. Its canonical JSON (package canon) is
// the file manifest.json of the derivation's folder. Times are UTC.
type DerivationManifest struct {
	Format     string         `json:"format"`  // "pugmark-derivation"
	Version    int            `json:"version"` // DerivationVersion
	Kind       DerivationKind `json:"kind"`
	Derivation uuid.UUID      `json:"derivation"` // UUIDv7
	VaultID    uuid.UUID      `json:"vault_id"`
	Case       string         `json:"case"`    // the case's reference
	Capture    uuid.UUID      `json:"capture"` // the original
	Exhibit    int            `json:"exhibit"`
	// Original is the digest of the capture's manifest.
	Original Digest `json:"original_manifest_sha256"`
	// Sources are the items of the capture that this was made from.
	Sources []DerivationSource `json:"sources"`
	// Blackened are the rectangles of the picture that show nothing any more,
	// in pixels.
	Blackened    []Rectangle `json:"blackened,omitempty"`
	Reason       string      `json:"reason,omitempty"`
	Operator     string      `json:"operator,omitempty"`
	Role         string      `json:"role,omitempty"`
	Organisation string      `json:"organisation,omitempty"`
	Time         time.Time   `json:"time"`
	Tool         string      `json:"tool"` // "Pugmark 0.1.0"
	Items        []Item      `json:"items"`
}

// DerivationSource is an item of the original.
type DerivationSource struct {
	Path   string `json:"path"`
	SHA256 Digest `json:"sha256"`
}

// Rectangle is a part of a picture.
type Rectangle struct {
	X      int `json:"x"`
	Y      int `json:"y"`
	Width  int `json:"width"`
	Height int `json:"height"`
}

func rectangleOf(r image.Rectangle) Rectangle { return Rectangle{r.Min.X, r.Min.Y, r.Dx(), r.Dy()} }

// Derivation is what was made from a capture, as the custody log has it.
type Derivation struct {
	ID             uuid.UUID      `json:"id"`
	Kind           DerivationKind `json:"kind"`
	Case           string         `json:"case"`
	Capture        uuid.UUID      `json:"capture"` // that it was made from
	Exhibit        int            `json:"exhibit"`
	Original       Digest         `json:"original_manifest_sha256"`
	Reason         string         `json:"reason,omitempty"`
	Sealed         time.Time      `json:"sealed"` // time of the event
	Actor          string         `json:"actor,omitempty"`
	ManifestDigest Digest         `json:"manifest_digest"`
	Seq            int64          `json:"seq"` // of the event
	Dir            string         `json:"dir"` // absolute
}

// Path returns where an item of the derivation is.
func (d Derivation) Path(it Item) string { return filepath.Join(d.Dir, filepath.FromSlash(it.Path)) }

// Manifest reads the derivation's manifest and checks that it is the one that was
// sealed.
func (d Derivation) Manifest() (*DerivationManifest, error) {
	f, err := os.Open(filepath.Join(d.Dir, manifestFile))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, canon.MaxSize+1))
	if err != nil {
		return nil, err
	}
	if got := canon.Sum(b); got != d.ManifestDigest {
		return nil, fmt.Errorf("reading manifest of derivation %s: got digest %s, want %s", d.ID, got, d.ManifestDigest)
	}
	return ParseDerivation(b)
}

// Derivations returns what was made from a capture, the oldest first.
func (v *Vault) Derivations(ctx context.Context, c Capture) ([]Derivation, error) {
	events, err := v.Events(ctx, custody.Filter{Subject: c.ID.String(), Action: custody.DerivationSealed})
	if err != nil {
		return nil, fmt.Errorf("reading derivations: %w", err)
	}
	var out []Derivation
	for _, e := range events {
		d, err := derivationOf(e)
		if err != nil {
			return nil, fmt.Errorf("reading derivations: event %d: %w", e.Seq, err)
		}
		d.Dir = v.derivedPlace(d)
		out = append(out, d)
	}
	return out, nil
}

// derivationOf derives the record of a derivation from its event.
func derivationOf(e custody.Event) (d Derivation, err error) {
	d = Derivation{
		Kind: DerivationKind(e.Details["kind"]), Case: e.Case, Reason: e.Reason,
		Sealed: e.Time, Actor: e.Actor, ManifestDigest: e.Digest, Seq: e.Seq,
	}
	var errs [4]error
	d.ID, errs[0] = uuid.Parse(e.Details["id"])
	d.Capture, errs[1] = uuid.Parse(e.Subject)
	d.Exhibit, errs[2] = strconv.Atoi(e.Details[detailExhibit])
	d.Original, errs[3] = canon.ParseDigest(e.Details["original"])
	return d, errors.Join(append(errs[:], CheckRef(d.Case))...)
}

// event returns the event of a derivation, to be completed.
func (m *DerivationManifest) event(digest Digest) custody.Event {
	return custody.Event{
		Action: custody.DerivationSealed, Subject: m.Capture.String(), Digest: digest, Case: m.Case, Reason: m.Reason, Time: m.Time,
		Details: details("id", m.Derivation.String(), "kind", string(m.Kind), detailExhibit, exhibitText(m.Exhibit), "original", m.Original.String()),
	}
}

// ParseDerivation reads manifest.json of a derivation. It accepts only the
// canonical encoding of the version that this program knows.
func ParseDerivation(b []byte) (*DerivationManifest, error) {
	m := new(DerivationManifest)
	err := parseRecord(b, DerivationFormat, DerivationVersion, m)
	if err == nil {
		err = m.check()
	}
	if err != nil {
		return nil, fmt.Errorf("reading manifest of a derivation: %w", err)
	}
	return m, nil
}

// encode returns the manifest's one encoding.
func (m *DerivationManifest) encode() ([]byte, error) {
	b, err := canon.Marshal(m)
	if err == nil {
		err = m.check()
	}
	if err != nil {
		return nil, fmt.Errorf("writing manifest of a derivation: %w", err)
	}
	return b, nil
}

// check reports what no reader of a manifest could work with.
func (m *DerivationManifest) check() error {
	switch {
	case m.Kind != Redaction:
		return fmt.Errorf("got kind %q, want %q", m.Kind, Redaction)
	case m.Exhibit < 1:
		return fmt.Errorf("got exhibit %d, want 1 or more", m.Exhibit)
	case len(m.Sources) == 0:
		return errors.New("no sources")
	case len(m.Blackened) == 0:
		return errors.New("nothing is blackened")
	}
	for _, s := range m.Sources {
		if err := checkItemPath(s.Path); err != nil {
			return err
		}
	}
	for _, r := range m.Blackened {
		if min(r.X, r.Y) < 0 || min(r.Width, r.Height) < 1 || max(r.X, r.Y, r.Width, r.Height) > maxPixels {
			return fmt.Errorf("got rectangle %v, want a part of a picture", r)
		}
	}
	return errors.Join(CheckRef(m.Case), checkUTC(&m.Time), checkItems(m.Items))
}

// Places of derivations, in the vault.
const (
	derivedDir    = "derived"
	derivedPrefix = "derived-" // in the staging folder, where others are captures
)

// derivedPath is the place of a derivation in its vault.
func derivedPath(d Derivation) string { return path.Join(casesDir, d.Case, derivedDir, d.ID.String()) }

// stagedDerivedPath is where it is staged.
func stagedDerivedPath(id uuid.UUID) string { return path.Join(stagingDir, derivedPrefix+id.String()) }

// derivedPlace returns where a derivation is: see [Vault.place].
func (v *Vault) derivedPlace(d Derivation) string {
	final := v.path(derivedPath(d))
	staged := v.path(stagedDerivedPath(d.ID))
	if _, err := os.Lstat(final); err != nil {
		if _, err := os.Lstat(staged); err == nil {
			return staged
		}
	}
	return final
}
