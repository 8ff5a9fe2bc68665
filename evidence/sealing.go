package evidence

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/google/uuid"

	"pugmark/evidence/canon"
	"pugmark/evidence/custody"
)

// Sealed is what sealing a capture makes.
type Sealed struct {
	Capture  Capture
	Manifest *Manifest
	Seal     *Seal
}

// Seal ends a capture with what it found. It gives the capture its exhibit
// number, logs the digest of its manifest, signs the log's head and publishes
// the folder. When it returns without an error, all of that is on disk. After
// an error the capture can still be failed, unless it is, or may be, in the log
// already: then [Open] publishes it, or logs that it was interrupted.
func (s *Staging) Seal(ctx context.Context, a *Acquisition) (Sealed, error) {
	if !s.end() {
		return Sealed{}, errors.New("sealing capture: it has ended")
	}
	out, logged, err := s.seal(ctx, a)
	switch {
	case err != nil && !logged:
		s.revive()
		return Sealed{}, fmt.Errorf("sealing capture %s: %w", s.id, err)
	case err != nil:
		return Sealed{}, fmt.Errorf("publishing capture %s, which opening the vault will try again: %w", s.id, errors.Join(err, s.lock.Unlock()))
	}
	return out, nil
}

// seal also reports whether the capture is, or may be, in the log.
func (s *Staging) seal(ctx context.Context, a *Acquisition) (out Sealed, logged bool, err error) {
	if err := errors.Join(s.checkWhole(), syncTree(s.Dir())); err != nil {
		return Sealed{}, false, err
	}
	tx, err := s.v.db.BeginTx(ctx, nil)
	if err != nil {
		return Sealed{}, false, err
	}
	defer tx.Rollback() //nolint:errcheck // an error after Commit is the rule
	if out, err = s.commit(ctx, tx, a); err != nil {
		return Sealed{}, false, errors.Join(err, s.removeRecords())
	}
	if err := tx.Commit(); err != nil {
		if out, lookErr := s.isOut(context.WithoutCancel(ctx), custody.CaptureSealed); !out {
			return Sealed{}, true, errors.Join(err, lookErr)
		}
		return Sealed{}, false, errors.Join(err, s.removeRecords())
	}
	if err := s.v.publishCapture(s.Dir(), s.v.finalDir(out.Capture)); err != nil {
		return Sealed{}, true, err
	}
	out.Capture.Dir = s.v.finalDir(out.Capture)
	// The capture is safe: what else lies there goes with the next Open.
	_ = s.release()
	return out, true, nil
}

// commit does all that is part of the sealing transaction.
func (s *Staging) commit(ctx context.Context, tx *sql.Tx, a *Acquisition) (Sealed, error) {
	m, err := s.manifest(ctx, tx, a)
	if err != nil {
		return Sealed{}, err
	}
	b, err := m.encode()
	if err != nil {
		return Sealed{}, err
	}
	e, err := s.v.append(ctx, tx, custody.Event{
		Action: custody.CaptureSealed, Subject: s.id.String(), Digest: canon.Sum(b),
		Case: s.request.Case, Reason: s.request.Reason,
		Details: details(detailExhibit, exhibitText(m.Identity.Exhibit)),
	}, m)
	if err != nil {
		return Sealed{}, err
	}
	seal, err := s.v.sealOf(ctx, tx, e)
	if err != nil {
		return Sealed{}, err
	}
	if err := s.writeRecords(b, seal); err != nil {
		return Sealed{}, err
	}
	c, err := captureOf(e, m)
	return Sealed{Capture: c, Manifest: m, Seal: seal}, err
}

// manifest completes what the capture found with what the vault knows.
func (s *Staging) manifest(ctx context.Context, tx *sql.Tx, a *Acquisition) (*Manifest, error) {
	c, err := getCase(ctx, tx, s.request.Case)
	if err != nil {
		return nil, err
	}
	id := Identity{VaultID: s.v.info.ID, Case: c.Ref, Capture: s.id}
	const next = "SELECT coalesce(max(exhibit), 0) + 1 FROM captures WHERE case_ref = ?"
	if err := tx.QueryRowContext(ctx, next, c.Ref).Scan(&id.Exhibit); err != nil {
		return nil, err
	}
	if id.Previous, err = previous(ctx, tx, a.Target.Requested); err != nil {
		return nil, err
	}
	info := s.v.info
	m := &Manifest{
		Format: ManifestFormat, Version: ManifestVersion, Identity: id,
		Authority: Authority{
			Basis: c.Authority, Purpose: c.Purpose, Reason: s.request.Reason,
			Operator: info.Operator, Role: info.Role, Organisation: info.Organisation,
			Persona: s.request.Persona,
		},
		Acquisition: *a,
		Items:       s.Items(),
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	m.Time.NotBefore = s.before
	m.Notices = slices.Concat(m.Notices, s.notices)
	return m, nil
}

// previous returns the latest capture of an address.
func previous(ctx context.Context, db custody.DB, requested string) (*uuid.UUID, error) {
	var text string
	const last = "SELECT id FROM captures WHERE requested = ? ORDER BY seq DESC LIMIT 1"
	err := db.QueryRowContext(ctx, last, requested).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	id, err := uuid.Parse(text)
	return &id, err
}

// sealOf makes the seal of an event that was just appended.
func (v *Vault) sealOf(ctx context.Context, tx *sql.Tx, e custody.Event) (*Seal, error) {
	signer := v.getSigner()
	if signer == nil {
		return nil, ErrLocked
	}
	log := v.log(tx)
	c, err := log.Sign(ctx, signer)
	if err != nil {
		return nil, err
	}
	p, err := log.ProveInclusion(ctx, e.Seq, c.Size)
	if err != nil {
		return nil, err
	}
	keys := v.Keys()
	i := slices.IndexFunc(keys, func(k Key) bool {
		key, err := custody.ParseKey(k.VKey)
		return err == nil && key.KeyHash() == signer.KeyHash()
	})
	return &Seal{
		Format: SealFormat, Version: SealVersion,
		Event: e, Proof: p, Checkpoint: c.Note, Key: keys[i].VKey,
	}, nil
}

// isOut reports whether it is certain that the log has no such event of the capture.
func (s *Staging) isOut(ctx context.Context, a custody.Action) (bool, error) {
	es, err := s.v.Events(ctx, custody.Filter{Subject: s.id.String(), Action: a})
	if err != nil || len(es) > 0 {
		return false, err
	}
	err = s.v.outlive(ctx)
	return err == nil, err
}

// publishCapture moves a sealed capture from where it was staged to its place.
func (v *Vault) publishCapture(staged, final string) error {
	if err := makeDir(filepath.Dir(final)); err != nil {
		return err
	}
	if err := publish(staged, final); err != nil {
		return err
	}
	return protect(final)
}
