package evidence

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
	"golang.org/x/mod/sumdb/note"

	"pugmark/evidence/canon"
	"pugmark/evidence/custody"
)

// ErrBusy reports that captures are under way, which another key couldn't seal.
var ErrBusy = errors.New("captures are under way")

// nextKeyFile is what becomes key.age. It is written before the event that names
// its digest; with that event in the log it counts, and takes its place.
const nextKeyFile = keyFile + ".next"

// RotateKey gives the vault a new signing key and retires the old one, which
// signs the log for the last time with both events in it. The old key stays in
// key.age to read what was encrypted to it. The vault is unlocked then. The error
// wraps [ErrWrongPassphrase] or [ErrBusy]. The reason may be empty.
func (v *Vault) RotateKey(ctx context.Context, passphrase, reason string) (Key, error) {
	err := v.changeKeys(ctx, passphrase, func(tx *sql.Tx, private keySet, old note.Signer, current Key) (keySet, error) {
		if err := v.checkIdle(); err != nil {
			return nil, err
		}
		key, err := newKey()
		if err != nil {
			return nil, err
		}
		private = append(keySet{key}, private...)
		digest, err := v.writeNext(private, passphrase)
		if err != nil {
			return nil, err
		}
		vkey, err := verifierKey(origin(v.info.ID), key)
		if err != nil {
			return nil, err
		}
		added, err := v.complete(custody.Event{Action: custody.KeyAdded, Subject: vkey, Digest: digest, Reason: reason})
		if err != nil {
			return nil, err
		}
		if added.Time, err = v.notBefore(ctx, tx, added.Time); err != nil {
			return nil, err
		}
		retired := added
		retired.Action, retired.Subject, retired.Digest = custody.KeyRetired, current.VKey, Digest{}
		_, _, err = v.log(tx).Rotate(ctx, old, added, retired)
		return private, err
	})
	if err != nil {
		return Key{}, fmt.Errorf("rotating the vault's key: %w", err)
	}
	k, _ := v.Keys().current()
	return k, nil
}

// notBefore returns a time, or that of the log's latest event that is later: the
// clock may have been set back, and a key isn't retired before what it signed.
func (v *Vault) notBefore(ctx context.Context, db custody.DB, at time.Time) (time.Time, error) {
	var latest sql.NullString
	// Times have one form but for their fractions, so that seconds are compared.
	const q = "SELECT max(substr(CAST(body AS TEXT) ->> '$.time', 1, 19)) FROM events"
	if err := db.QueryRowContext(ctx, q).Scan(&latest); err != nil || !latest.Valid {
		return at, err
	}
	t, err := time.Parse("2006-01-02T15:04:05", latest.String)
	if err != nil {
		return at, err
	}
	if t = t.Add(time.Second); t.Sub(at) > time.Second {
		return t, nil
	}
	return at, nil
}

// ChangePassphrase encrypts the vault's keys under another passphrase. The vault
// is unlocked then. The error wraps [ErrWrongPassphrase].
func (v *Vault) ChangePassphrase(ctx context.Context, old, passphrase string) error {
	if passphrase == "" {
		return errors.New("changing the passphrase: the new one is empty")
	}
	err := v.changeKeys(ctx, old, func(tx *sql.Tx, private keySet, s note.Signer, current Key) (keySet, error) {
		digest, err := v.writeNext(private, passphrase)
		if err != nil {
			return nil, err
		}
		e, err := v.complete(custody.Event{Action: custody.PassphraseChanged, Subject: current.VKey, Digest: digest})
		if err != nil {
			return nil, err
		}
		log := v.log(tx)
		if _, err := log.Append(ctx, e); err != nil {
			return nil, err
		}
		_, err = log.Sign(ctx, s)
		return private, err
	})
	if err != nil {
		return fmt.Errorf("changing the passphrase: %w", err)
	}
	return nil
}

// keyChange appends the events of a change of the keys and writes the next
// key.age. It returns the keys in that.
type keyChange func(tx *sql.Tx, private keySet, s note.Signer, current Key) (keySet, error)

// changeKeys runs a change. Whether it took place is for the log to say: what
// the change wrote takes its place, or goes, in a second transaction, which the
// next [Open] runs if this process can't.
func (v *Vault) changeKeys(ctx context.Context, passphrase string, change keyChange) error {
	if err := errors.Join(v.awaitTry(ctx), v.settle(ctx)); err != nil {
		return err
	}
	var private keySet
	err := v.update(ctx, func(tx *sql.Tx) (err error) {
		if private, err = readKeys(v.path(keyFile), passphrase); err != nil {
			return err
		}
		s, current, err := v.signerOf(private)
		if err == nil {
			private, err = change(tx, private, s, current)
		}
		return err
	})
	if err := errors.Join(v.noteTry(ctx, err), v.settle(context.WithoutCancel(ctx))); err != nil {
		return err
	}
	return v.setKeys(private)
}

// signerOf returns the signer among private keys.
func (v *Vault) signerOf(private keySet) (note.Signer, Key, error) {
	name := origin(v.info.ID)
	current, ok := v.Keys().current()
	if !ok {
		return nil, Key{}, errors.New("the vault has no key that it signs with")
	}
	key, ok := private.find(name, current.VKey)
	if !ok {
		return nil, Key{}, fmt.Errorf("the key in %s is not one that this vault signs with; want %q", keyFile, current.VKey)
	}
	s, err := custody.NewSigner(name, key)
	return s, current, err
}

// writeNext writes the next key.age to disk.
func (v *Vault) writeNext(private keySet, passphrase string) (Digest, error) {
	b, err := private.encrypt(passphrase)
	if err != nil {
		return Digest{}, err
	}
	if err := writeFile(v.path(nextKeyFile), b, fileMode); err != nil {
		return Digest{}, err
	}
	return canon.Sum(b), syncDir(v.dir)
}

// settle ends a change of the keys, as far as its events are in the log. A next
// key.age that the log doesn't name goes only once it is certain that the log
// never will: it may be all that there is of the key that the vault signs with.
func (v *Vault) settle(ctx context.Context) error {
	var stale Digest
	err := v.update(ctx, func(tx *sql.Tx) (err error) {
		if stale, err = v.settleKeyFile(ctx, tx); err != nil {
			return fmt.Errorf("settling %s: %w", keyFile, err)
		}
		if err := v.settleInfo(ctx, tx); err != nil {
			return fmt.Errorf("settling %s: %w", infoFile, err)
		}
		if stale.IsZero() {
			return nil
		}
		return rewrite(ctx, tx)
	})
	if err != nil || stale.IsZero() {
		return err
	}
	return v.update(ctx, func(*sql.Tx) error { return v.dropNext(stale) })
}

// settleKeyFile puts the next key.age in its place if the log names it. Otherwise
// it returns its digest.
func (v *Vault) settleKeyFile(ctx context.Context, db custody.DB) (stale Digest, err error) {
	b, err := os.ReadFile(v.path(nextKeyFile))
	if errors.Is(err, fs.ErrNotExist) {
		return Digest{}, nil
	}
	if err != nil {
		return Digest{}, err
	}
	want, err := v.keyFileDigest(ctx, db)
	if err != nil {
		return Digest{}, err
	}
	if got := canon.Sum(b); got != want {
		return got, nil
	}
	return Digest{}, errors.Join(replace(v.path(nextKeyFile), v.path(keyFile)), syncDir(v.dir))
}

// dropNext removes a next key.age, unless it is another by now.
func (v *Vault) dropNext(stale Digest) error {
	b, err := os.ReadFile(v.path(nextKeyFile))
	if errors.Is(err, fs.ErrNotExist) || err == nil && canon.Sum(b) != stale {
		return nil
	}
	return errors.Join(err, os.Remove(v.path(nextKeyFile)))
}

// keyFileDigest returns the digest of key.age as the newest event has it that
// names one.
func (v *Vault) keyFileDigest(ctx context.Context, db custody.DB) (d Digest, err error) {
	last := int64(-1)
	for _, a := range []custody.Action{custody.KeyAdded, custody.PassphraseChanged} {
		events, err := v.log(db).Events(ctx, custody.Filter{Action: a})
		if err != nil {
			return d, err
		}
		if n := len(events); n > 0 && events[n-1].Seq > last {
			last, d = events[n-1].Seq, events[n-1].Digest
		}
	}
	return d, nil
}

// checkIdle reports whether another process, or this one, captures. It is asked
// in the transaction that rotates: a capture that begins later finds the key
// rotated as soon as it begins.
func (v *Vault) checkIdle() error {
	ids, err := v.staged()
	if err != nil {
		return err
	}
	for _, id := range ids {
		path := filepath.Join(v.dir, stagingDir, id.String()) + lockSuffix
		if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		lock := flock.New(path, flock.SetPermissions(fileMode))
		ok, err := lock.TryLock()
		if err != nil {
			return err
		}
		if !ok {
			return fmt.Errorf("capture %s: %w", id, ErrBusy)
		}
		if err := lock.Unlock(); err != nil {
			return err
		}
	}
	return nil
}

func (v *Vault) path(name string) string { return filepath.Join(v.dir, name) }
