package evidence

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/gofrs/flock"
	"github.com/google/uuid"

	"pugmark/evidence/custody"
)

// recoverDerivations publishes derivations that were sealed but not published, and
// removes those that were not sealed, of processes that died.
func (v *Vault) recoverDerivations(ctx context.Context) error {
	entries, err := os.ReadDir(v.path(stagingDir))
	if err != nil {
		return err
	}
	seen := make(map[uuid.UUID]bool)
	for _, e := range entries {
		name, ok := strings.CutPrefix(strings.TrimSuffix(e.Name(), lockSuffix), derivedPrefix)
		id, err := uuid.Parse(name)
		if !ok || err != nil || seen[id] {
			continue
		}
		seen[id] = true
		if err := v.recoverDerivation(ctx, id); err != nil {
			return fmt.Errorf("recovering derivation %s: %w", id, err)
		}
	}
	return nil
}

func (v *Vault) recoverDerivation(ctx context.Context, id uuid.UUID) error {
	dir := v.path(stagedDerivedPath(id))
	lock := flock.New(dir+lockSuffix, flock.SetPermissions(fileMode))
	stale := false
	err := v.update(ctx, func(tx *sql.Tx) error {
		if ok, err := lock.TryLock(); err != nil || !ok {
			return err
		}
		d, err := v.loggedDerivation(ctx, tx, id)
		switch {
		case err != nil:
			return err
		case d == nil:
			stale = true
			return rewrite(ctx, tx)
		}
		return v.finishDerived(*d, dir)
	})
	if err == nil && stale {
		err = os.RemoveAll(dir)
	}
	switch {
	case !lock.Locked():
		return err
	case err != nil:
		return errors.Join(err, lock.Unlock()) // its file stays, for the next Open
	}
	return unlock(lock)
}

// loggedDerivation returns the derivation of an id, or nil if the log has none.
func (v *Vault) loggedDerivation(ctx context.Context, db custody.DB, id uuid.UUID) (*Derivation, error) {
	events, err := v.log(db).Events(ctx, custody.Filter{Action: custody.DerivationSealed})
	if err != nil {
		return nil, err
	}
	for _, e := range events {
		if d, err := derivationOf(e); err == nil && d.ID == id {
			return &d, nil
		}
	}
	return nil, nil
}

// finishDerived publishes a derivation that is in the log but still staged, and
// protects one that was published only just.
func (v *Vault) finishDerived(d Derivation, staged string) error {
	final := v.path(derivedPath(d))
	if _, err := os.Lstat(staged); !errors.Is(err, fs.ErrNotExist) {
		return v.publishCapture(staged, final)
	}
	if err := protect(final); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil // it is gone, which is for verification to report
}
