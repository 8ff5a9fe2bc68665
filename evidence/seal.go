package evidence

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/google/uuid"

	"pugmark/evidence/canon"
	"pugmark/evidence/custody"
)

// Names of the files of a capture's folder that are no items.
const (
	manifestFile = "manifest.json"
	sealFile     = "seal.json"
)

// SealVersion is the version of the seal that this program writes, and the only
// one that it reads.
const SealVersion = 1

// SealFormat is the value of [Seal.Format].
const SealFormat = "pugmark-seal"

// Seal proves that a manifest is in the custody log. Its canonical JSON is the
// file seal.json of the capture's folder.
type Seal struct {
	Format  string `json:"format"`  // "pugmark-seal"
	Version int    `json:"version"` // SealVersion
	// Event is the log's entry of action capture.sealed, or derivation.sealed.
	// Its digest is that of the manifest, its sequence number the leaf index.
	Event custody.Event `json:"event"`
	// Proof leads from the event to the root of the checkpoint.
	Proof custody.Proof `json:"proof"`
	// Checkpoint is a signed note: the head of the log at the time of the
	// seal. It states the tree size.
	Checkpoint string `json:"checkpoint"`
	Key        string `json:"key"` // verifier key of the checkpoint's signer
}

// ParseSeal reads seal.json. It accepts only the canonical encoding of the
// version that this program knows.
func ParseSeal(b []byte) (*Seal, error) {
	s := new(Seal)
	if err := parseRecord(b, SealFormat, SealVersion, s); err != nil {
		return nil, fmt.Errorf("reading seal: %w", err)
	}
	if err := s.check(); err != nil {
		return nil, fmt.Errorf("reading seal: %w", err)
	}
	return s, nil
}

func (s *Seal) check() error {
	if _, err := s.Event.Encode(); err != nil {
		return err
	}
	if _, err := custody.ParseCheckpoint(s.Checkpoint); err != nil {
		return err
	}
	_, err := custody.ParseKey(s.Key)
	return err
}

// origin names the log of a vault in its checkpoints, and its keys.
func origin(vault uuid.UUID) string { return "pugmark/" + vault.String() }

// verify checks the seal by itself: signature and proof. It returns the
// findings at the path of the seal's file.
func (s *Seal) verify() []Finding {
	key, err := custody.ParseKey(s.Key)
	if err != nil {
		return []Finding{{Path: sealFile, Kind: SealMalformed, Got: err.Error()}}
	}
	c, _, err := custody.OpenCheckpoint(s.Checkpoint, key)
	switch {
	case errors.Is(err, custody.ErrSignature):
		return []Finding{{Path: sealFile, Kind: SealSignature, Want: "a signature by " + s.Key, Got: err.Error()}}
	case err != nil:
		return []Finding{{Path: sealFile, Kind: SealMalformed, Got: err.Error()}}
	case c.Origin != key.Name():
		return []Finding{{Path: sealFile, Kind: SealSignature, Want: key.Name(), Got: c.Origin}}
	}
	body, err := s.Event.Encode()
	if err == nil {
		err = custody.CheckInclusion(s.Proof, c, s.Event.Seq, body)
	}
	if err != nil {
		return []Finding{{Path: sealFile, Kind: SealProof, Want: fmt.Sprintf("a proof of event %d in %d", s.Event.Seq, c.Size), Got: err.Error()}}
	}
	return nil
}

// compare checks that the seal is that of a manifest, given as bytes and, if it
// could be read, as m.
func (s *Seal) compare(manifest []byte, m *Manifest) (out []Finding) {
	if got := canon.Sum(manifest); got != s.Event.Digest {
		return []Finding{{Path: manifestFile, Kind: ManifestDigest, Want: s.Event.Digest.String(), Got: got.String()}}
	}
	if m == nil {
		return nil
	}
	c, err := custody.ParseCheckpoint(s.Checkpoint)
	if err != nil {
		return []Finding{{Path: sealFile, Kind: SealMalformed, Got: err.Error()}}
	}
	return differences([]compared{
		{string(custody.CaptureSealed), string(s.Event.Action)},
		{m.Identity.Capture.String(), s.Event.Subject},
		{m.Identity.Case, s.Event.Case},
		{exhibitText(m.Identity.Exhibit), s.Event.Details[detailExhibit]},
		{origin(m.Identity.VaultID), c.Origin},
	})
}

// compareDerivation is compare for the manifest of a derivation.
func (s *Seal) compareDerivation(manifest []byte, m *DerivationManifest) []Finding {
	if found := s.compare(manifest, nil); len(found) > 0 {
		return found
	}
	c, err := custody.ParseCheckpoint(s.Checkpoint)
	if err != nil {
		return []Finding{{Path: sealFile, Kind: SealMalformed, Got: err.Error()}}
	}
	want, got := m.event(s.Event.Digest), s.Event
	pairs := []compared{
		{string(want.Action), string(got.Action)},
		{want.Subject, got.Subject},
		{want.Case, got.Case},
		{want.Reason, got.Reason},
		{timeText(want.Time), timeText(got.Time)},
		{origin(m.VaultID), c.Origin},
	}
	for _, name := range slices.Sorted(maps.Keys(want.Details)) {
		pairs = append(pairs, compared{want.Details[name], got.Details[name]})
	}
	return differences(pairs)
}

// compared is what a seal's event should say, and what it says.
type compared struct{ want, got string }

func differences(pairs []compared) (out []Finding) {
	for _, x := range pairs {
		if x.want != x.got {
			out = append(out, Finding{Path: sealFile, Kind: SealEvent, Want: x.want, Got: x.got})
		}
	}
	return out
}
