package evidence

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"image"
	"os"
	"slices"
	"time"

	"github.com/gofrs/flock"
	"github.com/google/uuid"

	"pugmark/evidence/canon"
)

// DerivationRequest says what is made from a capture.
type DerivationRequest struct {
	Kind    DerivationKind
	Sources []Item            // of the capture
	Regions []image.Rectangle // that are blackened, in pixels of the picture
	Reason  string
}

// DerivationStaging is a derivation that is being made. It ends with Seal, or
// Close removes it. Its methods may be called from several goroutines.
type DerivationStaging struct {
	v       *Vault
	id      uuid.UUID
	capture Capture
	request DerivationRequest
	lock    *flock.Flock // held until it is sealed or closed
	*workplace
}

// Derive begins a derivation of a capture, also of one of a closed case. The
// vault must be unlocked. What is made from which items is the caller's to do:
// the vault checks that the capture has them. The error wraps [ErrLocked],
// [ErrNoCapture] or [ErrNoPicture].
func (v *Vault) Derive(ctx context.Context, c Capture, r DerivationRequest) (*DerivationStaging, error) {
	s, err := v.derive(ctx, c, r)
	if err != nil {
		return nil, fmt.Errorf("deriving from %s: %w", c.Name(), err)
	}
	return s, nil
}

func (v *Vault) derive(ctx context.Context, c Capture, r DerivationRequest) (*DerivationStaging, error) {
	if !v.Unlocked() {
		return nil, ErrLocked
	}
	c, err := v.sealedAs(ctx, v.db, c.ID)
	if err == nil {
		r.Reason = tidyText(r.Reason)
		err = errors.Join(checkText("reason", r.Reason, MaxNote), c.checkRegions(r.Regions...))
	}
	if err == nil {
		err = c.checkSources(r.Sources)
	}
	if err != nil {
		return nil, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return nil, err
	}
	s := &DerivationStaging{v: v, id: id, capture: c, request: r, workplace: newWorkplace(v.path(stagedDerivedPath(id)))}
	s.lock = flock.New(s.Dir()+lockSuffix, flock.SetPermissions(fileMode))
	if err := s.begin(ctx); err != nil {
		return nil, errors.Join(err, s.remove())
	}
	return s, nil
}

// checkSources checks that items are the capture's.
func (c Capture) checkSources(sources []Item) error {
	m, err := c.Manifest()
	if err != nil {
		return err
	}
	for _, it := range sources {
		if !slices.Contains(m.Items, it) {
			return fmt.Errorf("item %q is none of the capture's", it.Path)
		}
	}
	return nil
}

// begin takes the lock and makes the folder in a transaction: another process that
// opens the vault finds the folder locked, or not at all.
func (s *DerivationStaging) begin(ctx context.Context) error {
	return s.v.update(ctx, func(*sql.Tx) error {
		if ok, err := s.lock.TryLock(); err != nil || !ok {
			return errors.Join(errors.New("locking the staging folder"), err)
		}
		return makeDir(s.Dir())
	})
}

// remove takes everything away that was made.
func (s *DerivationStaging) remove() error {
	return errors.Join(os.RemoveAll(s.Dir()), unlock(s.lock))
}

// ID returns the derivation's id.
func (s *DerivationStaging) ID() uuid.UUID { return s.id }

// Close removes what was made, unless it was sealed.
func (s *DerivationStaging) Close() error {
	if !s.end() {
		return nil
	}
	return s.remove()
}

// Seal logs the digest of the derivation's manifest, signs the log's head and
// publishes the folder. When it returns without an error, all of that is on disk.
// After an error nothing is left, unless the derivation is, or may be, in the log
// already: then [Open] publishes it.
func (s *DerivationStaging) Seal(ctx context.Context) (Derivation, error) {
	if !s.end() {
		return Derivation{}, errors.New("sealing derivation: it has ended")
	}
	d, logged, err := s.seal(ctx)
	switch {
	case err != nil && !logged:
		return Derivation{}, fmt.Errorf("sealing derivation %s: %w", s.id, errors.Join(err, s.remove()))
	case err != nil:
		return Derivation{}, fmt.Errorf("publishing derivation %s, which opening the vault will try again: %w", s.id, errors.Join(err, s.lock.Unlock()))
	}
	return d, nil
}

// seal also reports whether the derivation is, or may be, in the log.
func (s *DerivationStaging) seal(ctx context.Context) (d Derivation, logged bool, err error) {
	if err := errors.Join(s.checkWhole(), syncTree(s.Dir())); err != nil {
		return d, false, err
	}
	tx, err := s.v.db.BeginTx(ctx, nil)
	if err != nil {
		return d, false, err
	}
	defer tx.Rollback() //nolint:errcheck // an error after Commit is the rule
	if d, err = s.commit(ctx, tx); err != nil {
		return d, false, err
	}
	if err := tx.Commit(); err != nil {
		out, lookErr := s.isOut(context.WithoutCancel(ctx))
		return d, !out, errors.Join(err, lookErr)
	}
	d.Dir = s.v.path(derivedPath(d))
	if err := s.v.publishCapture(s.Dir(), d.Dir); err != nil {
		return d, true, err
	}
	// The derivation is safe: the lock's file goes with the next Open.
	_ = unlock(s.lock)
	return d, true, nil
}

// commit does all that is part of the sealing transaction.
func (s *DerivationStaging) commit(ctx context.Context, tx *sql.Tx) (Derivation, error) {
	m := s.manifest()
	b, err := m.encode()
	if err != nil {
		return Derivation{}, err
	}
	e, err := s.v.append(ctx, tx, m.event(canon.Sum(b)), nil)
	if err != nil {
		return Derivation{}, err
	}
	seal, err := s.v.sealOf(ctx, tx, e)
	if err != nil {
		return Derivation{}, err
	}
	if err := s.writeRecords(b, seal); err != nil {
		return Derivation{}, err
	}
	return derivationOf(e)
}

func (s *DerivationStaging) manifest() *DerivationManifest {
	c, info := s.capture, s.v.info
	m := &DerivationManifest{
		Format: DerivationFormat, Version: DerivationVersion, Kind: s.request.Kind,
		Derivation: s.id, VaultID: info.ID, Case: c.Case, Capture: c.ID, Exhibit: c.Exhibit, Original: c.ManifestDigest,
		Reason: s.request.Reason, Operator: info.Operator, Role: info.Role, Organisation: info.Organisation,
		Time: time.Now().UTC(), Tool: Tool, Items: s.Items(),
	}
	for _, it := range s.request.Sources {
		m.Sources = append(m.Sources, DerivationSource{it.Path, it.SHA256})
	}
	for _, r := range s.request.Regions {
		m.Blackened = append(m.Blackened, rectangleOf(r))
	}
	return m
}

// isOut reports whether it is certain that the log doesn't have the derivation.
func (s *DerivationStaging) isOut(ctx context.Context) (bool, error) {
	all, err := s.v.Derivations(ctx, s.capture)
	if err != nil || slices.ContainsFunc(all, func(d Derivation) bool { return d.ID == s.id }) {
		return false, err
	}
	err = s.v.outlive(ctx)
	return err == nil, err
}
