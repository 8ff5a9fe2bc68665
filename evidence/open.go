package evidence

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"
	"github.com/google/uuid"

	"pugmark/evidence/canon"
	"pugmark/evidence/custody"
)

// Endings of the names beside a staging folder.
const (
	lockSuffix    = ".lock"
	scratchSuffix = ".scratch"
)

// Open opens a vault, locked. It first puts in order what a process that died
// left: a capture that was sealed is published, any other is logged as
// interrupted and left as it is, and half a copy of a bundle is removed. The
// error wraps [ErrNotVault] or a [*VersionError].
func Open(ctx context.Context, dir string) (*Vault, error) {
	v, err := open(ctx, dir, openWritableDB)
	if err != nil {
		return nil, fmt.Errorf("opening vault %q: %w", dir, err)
	}
	if err := v.tidy(ctx); err != nil {
		return nil, fmt.Errorf("opening vault %q: %w", dir, errors.Join(err, v.Close()))
	}
	return v, nil
}

// OpenReadOnly opens a vault to read and to verify it, also on a medium that
// can't be written. It changes nothing in it, and puts nothing in order; only
// SQLite's two lock files may appear beside the database.
func OpenReadOnly(ctx context.Context, dir string) (*Vault, error) {
	v, err := open(ctx, dir, openReadOnlyDB)
	if err != nil {
		return nil, fmt.Errorf("opening vault %q: %w", dir, err)
	}
	v.readOnly = true
	return v, nil
}

// OpenAsCanBe opens a vault to write if it can be, as [Open] does, or else to read.
func OpenAsCanBe(ctx context.Context, dir string) (*Vault, error) {
	v, err := Open(ctx, dir)
	if err == nil || ctx.Err() != nil {
		return v, err
	}
	if v, readErr := OpenReadOnly(ctx, dir); readErr == nil {
		return v, nil
	}
	return nil, err
}

func open(ctx context.Context, dir string, openDB func(context.Context, string) (*sql.DB, error)) (*Vault, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	info, err := readInfo(filepath.Join(dir, infoFile))
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, dbFile)
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotVault, err)
	}
	db, err := openDB(ctx, path)
	if err != nil {
		return nil, err
	}
	v := &Vault{dir: dir, info: *info, db: db, keys: info.Keys}
	// A log that can't be read is for Verify to report.
	if ring, err := info.Keys.adopt(ctx, v.log(db)); err == nil {
		v.keys = ring
	}
	return v, nil
}

func readInfo(path string) (*Info, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: no %s", ErrNotVault, infoFile)
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, canon.MaxSize+1))
	if err != nil {
		return nil, err
	}
	i, err := ParseInfo(b)
	var newer *VersionError
	if err != nil && !errors.As(err, &newer) {
		return nil, fmt.Errorf("%w: %w", ErrNotVault, err)
	}
	return i, err
}

func (v *Vault) tidy(ctx context.Context) error {
	ok, err := v.indexed(ctx)
	if err == nil && !ok {
		err = v.Rebuild(ctx)
	}
	if err == nil {
		err = v.settleChange(ctx)
	}
	if err == nil {
		err = v.dropPartials()
	}
	if err != nil {
		return err
	}
	return errors.Join(v.recover(ctx), v.recoverDerivations(ctx))
}

// settleChange ends a change of the keys that another process began, if there is
// one.
func (v *Vault) settleChange(ctx context.Context) error {
	_, err := os.Lstat(v.path(nextKeyFile))
	if errors.Is(err, fs.ErrNotExist) && v.Keys().equal(v.info.Keys) {
		return nil
	}
	return v.settle(ctx)
}

// recover puts the staging folder in order.
func (v *Vault) recover(ctx context.Context) error {
	ids, err := v.staged()
	if err != nil {
		return fmt.Errorf("recovering captures: %w", err)
	}
	for _, id := range ids {
		if err := v.recoverCapture(ctx, id); err != nil {
			return fmt.Errorf("recovering capture %s: %w", id, err)
		}
	}
	return nil
}

// staged returns the ids of all captures of which the staging folder has a
// trace.
func (v *Vault) staged() (ids []uuid.UUID, err error) {
	entries, err := os.ReadDir(filepath.Join(v.dir, stagingDir))
	if err != nil {
		return nil, err
	}
	seen := make(map[uuid.UUID]bool)
	for _, e := range entries {
		name := strings.TrimSuffix(strings.TrimSuffix(e.Name(), lockSuffix), scratchSuffix)
		id, err := uuid.Parse(name)
		if err != nil || id.String() != name || seen[id] {
			continue
		}
		seen[id] = true
		ids = append(ids, id)
	}
	return ids, nil
}

// recoverCapture puts the traces of one capture in order, unless a process is
// still at it.
func (v *Vault) recoverCapture(ctx context.Context, id uuid.UUID) error {
	dir := filepath.Join(v.dir, stagingDir, id.String())
	events, err := v.Events(ctx, custody.Filter{Subject: id.String()})
	if err != nil {
		return err
	}
	if len(events) == 0 {
		return v.dropLock(ctx, id, dir)
	}
	lock := flock.New(dir+lockSuffix, flock.SetPermissions(fileMode))
	ok, err := lock.TryLock()
	if err != nil || !ok {
		return err
	}
	err = errors.Join(v.finish(ctx, id, dir), os.RemoveAll(dir+scratchSuffix))
	if err != nil {
		return errors.Join(err, lock.Unlock()) // its file stays, for the next Open
	}
	return unlock(lock)
}

// dropLock removes the lock of a process that died before the capture was in
// the log. In a transaction none is just about to log it.
func (v *Vault) dropLock(ctx context.Context, id uuid.UUID, dir string) error {
	lock := dir + lockSuffix
	if _, err := os.Lstat(lock); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	logged := false
	err := v.update(ctx, func(tx *sql.Tx) error {
		events, err := v.log(tx).Events(ctx, custody.Filter{Subject: id.String()})
		if logged = len(events) > 0; logged || err != nil {
			return err
		}
		return rewrite(ctx, tx)
	})
	if err != nil || logged {
		return err
	}
	if err := os.Remove(lock); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// unlock gives a lock back and removes its file, unless another process has
// opened it meanwhile, which will then remove it itself.
func unlock(l *flock.Flock) error {
	err := l.Unlock()
	_ = os.Remove(l.Path())
	return err
}

// finish brings a capture whose process died to an end. The transaction keeps
// out other processes that try the same.
func (v *Vault) finish(ctx context.Context, id uuid.UUID, dir string) error {
	return v.update(ctx, func(tx *sql.Tx) error {
		events, err := v.log(tx).Events(ctx, custody.Filter{Subject: id.String()})
		if err != nil {
			return err
		}
		switch last := lifeOf(events); last.Action {
		case custody.CaptureSealed:
			return v.finishSealed(last, dir)
		case custody.CaptureStarted:
			_, err := v.append(ctx, tx, custody.Event{
				Action: custody.CaptureInterrupted, Subject: id.String(), Case: last.Case, Reason: last.Reason,
			}, nil)
			return err
		case custody.CaptureFailed:
			return os.RemoveAll(dir) // what its process could not remove
		}
		return nil
	})
}

// lifeOf returns the last event that says how far a capture is.
func lifeOf(events []custody.Event) (last custody.Event) {
	for _, e := range events {
		switch e.Action {
		case custody.CaptureStarted, custody.CaptureSealed, custody.CaptureFailed, custody.CaptureInterrupted:
			last = e
		}
	}
	return last
}

// finishSealed publishes a capture that is in the log but still staged, and
// protects one that was published only just.
func (v *Vault) finishSealed(e custody.Event, dir string) error {
	c, err := captureOf(e, nil)
	if err != nil {
		return err
	}
	final := v.finalDir(c)
	if _, err := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) {
		return v.publishCapture(dir, final)
	}
	if err := protect(final); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil // it is gone, which is for verification to report
}
