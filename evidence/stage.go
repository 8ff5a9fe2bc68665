package evidence

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
	"github.com/google/uuid"

	"pugmark/evidence/custody"
)

// StageRequest says for what a capture is begun.
type StageRequest struct {
	Case      string
	Reason    string // why this capture is made
	Persona   string // under which the operator looks at the page; empty: none
	Requested string // the address
}

// Staging is a capture under way. It ends with Seal or Fail; if with neither,
// Close gives it up, and it stays as an interrupted capture. Its methods may be
// called from several goroutines.
type Staging struct {
	v       *Vault
	id      uuid.UUID
	request StageRequest
	lock    *flock.Flock // held as long as the capture is alive
	*workplace
	// What authorities said when the capture began; guarded by the mutex of
	// workplace.
	before  *NotBefore // nil: nothing
	notices []Problem  // why not
}

// Stage begins a capture: it logs it and makes a folder for its items. The
// vault must be unlocked, so that nobody finds out at the end that it isn't.
// The error wraps [ErrLocked], [ErrNoCase] or [ErrCaseClosed].
func (v *Vault) Stage(ctx context.Context, r StageRequest) (*Staging, error) {
	s, err := v.stage(ctx, r)
	if err != nil {
		return nil, fmt.Errorf("staging capture for case %q: %w", r.Case, err)
	}
	return s, nil
}

func (v *Vault) stage(ctx context.Context, r StageRequest) (*Staging, error) {
	if !v.Unlocked() {
		return nil, ErrLocked
	}
	id, err := uuid.NewV7()
	if err != nil {
		return nil, err
	}
	s := &Staging{v: v, id: id, request: r, workplace: newWorkplace(filepath.Join(v.dir, stagingDir, id.String()))}
	s.lock = flock.New(s.Dir()+lockSuffix, flock.SetPermissions(fileMode))
	if err := s.logStart(ctx); err != nil {
		return nil, errors.Join(err, s.takeBack(context.WithoutCancel(ctx)))
	}
	if err := s.makeDirs(); err != nil {
		return nil, errors.Join(err, s.Fail(ctx, "staging", err.Error()))
	}
	return s, nil
}

// logStart also takes the lock, in the transaction: another process that opens the
// vault then finds the capture logged and locked, or not at all.
func (s *Staging) logStart(ctx context.Context) error {
	return s.v.update(ctx, func(tx *sql.Tx) error {
		c, err := openCase(ctx, tx, s.request.Case)
		if err != nil {
			return err
		}
		s.request.Case = c.Ref
		if ok, err := s.lock.TryLock(); err != nil || !ok {
			return errors.Join(errors.New("locking the staging folder"), err)
		}
		_, err = s.v.append(ctx, tx, custody.Event{
			Action: custody.CaptureStarted, Subject: s.id.String(), Case: c.Ref,
			Reason: s.request.Reason, Details: details("requested", s.request.Requested),
		}, nil)
		return err
	})
}

// takeBack removes the lock of a capture that could not be logged. If the event may
// be in the log after all, the lock's file stays, so that the next Open logs an end.
func (s *Staging) takeBack(ctx context.Context) error {
	if !s.lock.Locked() {
		return nil
	}
	if out, err := s.isOut(ctx, custody.CaptureStarted); !out {
		return errors.Join(err, s.lock.Unlock())
	}
	return s.release()
}

func (s *Staging) makeDirs() error {
	return errors.Join(makeDir(s.Dir()), makeDir(s.Scratch()))
}

// ID returns the capture's id.
func (s *Staging) ID() uuid.UUID { return s.id }

// Scratch returns a folder for what is needed only while the capture is under
// way. It is removed at the end.
func (s *Staging) Scratch() string { return s.Dir() + scratchSuffix }

// Fail ends a capture that came to nothing: it removes what was staged and logs
// why, even if ctx is done. The code is a word for programs, the detail a
// sentence for people.
func (s *Staging) Fail(ctx context.Context, code, detail string) error {
	if !s.end() {
		return errors.New("failing capture: it has ended")
	}
	// The folder goes first: the disk may be so full that the event finds
	// no room before.
	err := os.RemoveAll(s.Dir())
	if err = errors.Join(err, s.logFailure(context.WithoutCancel(ctx), code, detail)); err != nil {
		// The lock's file stays, so that the next Open logs an end.
		return fmt.Errorf("failing capture %s: %w", s.id, errors.Join(err, s.lock.Unlock()))
	}
	if err := s.release(); err != nil {
		return fmt.Errorf("failing capture %s: %w", s.id, err)
	}
	return nil
}

func (s *Staging) logFailure(ctx context.Context, code, detail string) error {
	return s.v.update(ctx, func(tx *sql.Tx) error {
		_, err := s.v.append(ctx, tx, custody.Event{
			Action: custody.CaptureFailed, Subject: s.id.String(), Case: s.request.Case,
			Reason: s.request.Reason, Details: details("code", code, "detail", detail),
		}, nil)
		return err
	})
}

// Close gives the capture up, unless it was sealed or has failed.
func (s *Staging) Close() error {
	if !s.end() {
		return nil
	}
	return s.lock.Unlock()
}

// release removes what stands beside the staging folder, and the lock.
func (s *Staging) release() error {
	return errors.Join(os.RemoveAll(s.Scratch()), unlock(s.lock))
}
