package bundle

import (
	"crypto/x509"
	"fmt"

	"golang.org/x/mod/sumdb/note"

	"pugmark/evidence"
	"pugmark/evidence/canon"
	"pugmark/evidence/custody"
)

// sources are what a bundle rests on beside the captures' items.
type sources struct {
	extract    *custody.Extract
	checkpoint custody.Checkpoint // of the extract
	signer     string             // verifier key of the checkpoint
	keys       *keys
	captures   []*capture          // by folder
	withheld   *withheld           // nil: nothing is
	roots      []*x509.Certificate // of time-stamp authorities, as the vault chose them; by fingerprint
}

// open reads the extract's checkpoint, and finds who signed it.
func (s *sources) open(ring evidence.KeyRing, verifiers []note.Verifier) error {
	c, v, err := custody.OpenCheckpoint(s.extract.Checkpoint, verifiers...)
	if err != nil {
		return err
	}
	s.checkpoint = c
	for _, k := range ring {
		if w, err := custody.ParseKey(k.VKey); err == nil && w.Name() == v.Name() && w.KeyHash() == v.KeyHash() {
			s.signer = k.VKey
		}
	}
	return nil
}

// signers returns the keys of the seals and of the checkpoint.
func (s *sources) signers() []string {
	out := []string{s.signer}
	for _, c := range s.captures {
		out = append(out, c.seal.Key)
	}
	return out
}

// derive returns the files of data/ that follow from the sources, by path.
func (s *sources) derive() (map[string][]byte, *Contents, error) {
	contents, err := newContents(s.extract, s.captures)
	if err != nil {
		return nil, nil, err
	}
	out := map[string][]byte{checkpointFile: []byte(s.extract.Checkpoint)}
	for _, f := range []func(*Contents, map[string][]byte) error{s.addContents, s.addProofs, s.addKeys, s.addGuide} {
		if err := f(contents, out); err != nil {
			return nil, nil, err
		}
	}
	return out, contents, nil
}

func (s *sources) addContents(c *Contents, out map[string][]byte) (err error) {
	out[caseFile], err = encode(caseFile, c)
	return err
}

func (s *sources) addProofs(_ *Contents, out map[string][]byte) (err error) {
	out[eventsFile], out[stepsFile], err = proofTexts(s.extract, s.checkpoint.Size)
	return err
}

func (s *sources) addKeys(_ *Contents, out map[string][]byte) (err error) {
	for _, k := range s.keys.Keys {
		if out[keysPrefix+keyHash(k.VKey)+".pem"], err = keyPEM(k.VKey); err != nil {
			return err
		}
	}
	out[signersFile], err = allowedSigners(s.keys.Keys)
	return err
}

func (s *sources) addGuide(c *Contents, out map[string][]byte) (err error) {
	g := &guide{Ref: c.Ref, Events: len(s.extract.Events), Signer: keyHash(s.signer), Withheld: s.withheld != nil}
	for _, k := range s.unsealed() {
		g.Secrets = append(g.Secrets, guideSecrets{Keys: secretsPath(k), Capture: k.path()})
	}
	for _, k := range s.captures {
		g.Captures = append(g.Captures, k.path())
		g.Stamped = append(g.Stamped, s.guideStamps(k)...)
	}
	g.Roots = len(s.roots)
	if g.Keys, err = guideKeys(s.keys.Keys); err != nil {
		return err
	}
	if out[guideFile], err = g.text(); err != nil {
		return fmt.Errorf("writing %q: %w", guideFile, err)
	}
	return nil
}

// encode returns the canonical JSON of a record that a verifier will read.
func encode(path string, v any) ([]byte, error) {
	b, err := canon.Marshal(v)
	if err == nil && len(b) > canon.MaxSize {
		err = fmt.Errorf("got %d bytes, want at most %d", len(b), canon.MaxSize)
	}
	if err != nil {
		return nil, fmt.Errorf("writing %q: %w", path, err)
	}
	return b, nil
}
