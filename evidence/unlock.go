package evidence

import (
	"context"
	"errors"
	"fmt"
	"time"

	sqlite3 "modernc.org/sqlite/lib"

	"pugmark/evidence/custody"
)

// Unlock opens the signing key, so that captures can be made. The error wraps
// [ErrWrongPassphrase] when the passphrase is another. When another process
// rotates the key, nothing can be signed any more until the vault is unlocked
// again: then errors wrap [custody.ErrKeyRetired].
//
// A wrong passphrase is logged. After several within a quarter of an hour each
// further try waits first, and longer each time.
func (v *Vault) Unlock(ctx context.Context, passphrase string) error {
	err := v.awaitTry(ctx)
	var private keySet
	if err == nil {
		private, err = readKeys(v.path(keyFile), passphrase)
		err = v.noteTry(ctx, err)
	}
	if err == nil {
		err = v.refreshKeys()
	}
	if err == nil {
		err = v.setKeys(private)
	}
	if err != nil {
		return fmt.Errorf("unlocking vault: %w", err)
	}
	return nil
}

// triesRemembered is for how long a wrong passphrase slows down those that follow.
const triesRemembered = 15 * time.Minute

// pause is how long a try waits after so many that failed: three are free.
func pause(failures int) time.Duration {
	if failures <= 3 {
		return 0
	}
	return min(time.Second<<min(failures-4, 10), 30*time.Second)
}

// awaitTry waits as long as the log's wrong passphrases make it.
func (v *Vault) awaitTry(ctx context.Context) error {
	failures, err := v.Events(ctx, custody.Filter{Action: custody.UnlockFailed})
	if err != nil {
		return err
	}
	n, now := 0, time.Now()
	for _, e := range failures {
		// The clock may have been set back.
		if now.Sub(e.Time).Abs() < triesRemembered {
			n++
		}
	}
	timer := time.NewTimer(pause(n))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// noteTry logs that a passphrase was wrong, where the vault can be written.
func (v *Vault) noteTry(ctx context.Context, tried error) error {
	if !errors.Is(tried, ErrWrongPassphrase) {
		return tried
	}
	err := v.logAlone(context.WithoutCancel(ctx), custody.Event{Action: custody.UnlockFailed, Subject: v.info.ID.String()})
	if isSQLite(err, sqlite3.SQLITE_READONLY) {
		err = nil
	}
	return errors.Join(tried, err)
}
