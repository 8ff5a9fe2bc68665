package evidence

import (
	"context"
	"testing"
	"time"

	"pugmark/evidence/custody"
)

func TestPause(t *testing.T) {
	for failures, want := range map[int]time.Duration{
		0: 0, 3: 0, 4: time.Second, 5: 2 * time.Second, 8: 16 * time.Second, 9: 30 * time.Second, 1 << 20: 30 * time.Second,
	} {
		if got := pause(failures); got != want {
			t.Errorf("after %d failures: got %v, want %v", failures, got, want)
		}
	}
}

// TestUnlockFailures has wrong passphrases logged, and slow down what follows.
func TestUnlockFailures(t *testing.T) {
	v := reopen(t, newVault(t))
	for range 3 {
		wantErr(t, v.Unlock(t.Context(), "wrong"), ErrWrongPassphrase)
	}
	check(t, v.Unlock(t.Context(), testPassphrase))
	_, err := v.RotateKey(t.Context(), "wrong", "")
	wantErr(t, err, ErrWrongPassphrase)
	failures, err := v.Events(t.Context(), custody.Filter{Action: custody.UnlockFailed})
	check(t, err)
	if len(failures) != 4 || failures[0].Host == "" || failures[0].Actor != "A. Rao" || failures[0].Subject != v.Info().ID.String() {
		t.Errorf("got events %+v, want four", failures)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	wantErr(t, v.Unlock(ctx, testPassphrase), context.DeadlineExceeded)
	begun := time.Now()
	check(t, v.Unlock(t.Context(), testPassphrase))
	if waited := time.Since(begun); waited < time.Second {
		t.Errorf("the fifth try waited %v, want a second", waited)
	}
	// What could not be signed while the vault was locked is signed now.
	seal(t, v, "https://example.org/1")
	if r := verify(t, v); r.Unsigned != 0 || r.Outcome != Verified {
		t.Errorf("got report %+v", r)
	}
}

// TestUnlockOldFailures has failures of long ago forgotten, and of a clock that was
// set back.
func TestUnlockOldFailures(t *testing.T) {
	v := newVault(t)
	for _, age := range []time.Duration{time.Hour, -time.Hour} {
		for range 9 {
			check(t, v.logAlone(t.Context(), custody.Event{Action: custody.UnlockFailed, Time: time.Now().Add(-age)}))
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	check(t, v.awaitTry(ctx))
}

// TestUnlockReadOnly gives a wrong passphrase where nothing can be logged.
func TestUnlockReadOnly(t *testing.T) {
	v := newVault(t)
	w := mustOpenReadOnly(t, v.Dir())
	err := w.Unlock(t.Context(), "wrong")
	wantErr(t, err, ErrWrongPassphrase)
	if isSQLite(err, 8) {
		t.Errorf("got error %v", err)
	}
}
