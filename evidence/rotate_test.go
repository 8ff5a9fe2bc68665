package evidence

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"pugmark/evidence/canon"
	"pugmark/evidence/custody"
)

// rotate gives a vault another key.
func rotate(t *testing.T, v *Vault) Key {
	t.Helper()
	k, err := v.RotateKey(t.Context(), testPassphrase, "yearly")
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// encrypted returns a text that was encrypted to a vault.
func encrypted(t *testing.T, v *Vault, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := v.Encrypt(&b)
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.WriteString(w, text)
	check(t, errors.Join(err, w.Close()))
	return b.Bytes()
}

// wantDecrypted checks that a vault reads what was encrypted to it.
func wantDecrypted(t *testing.T, v *Vault, sealed []byte, want string) {
	t.Helper()
	r, err := v.Decrypt(bytes.NewReader(sealed))
	if err != nil {
		t.Error(err)
		return
	}
	if got, err := io.ReadAll(r); err != nil || string(got) != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
}

// TestRotate rotates the key twice, with captures before, between and after.
func TestRotate(t *testing.T) {
	v := newVault(t)
	first := v.Keys()[0]
	a, secret := seal(t, v, "https://example.org/1"), encrypted(t, v, "first")
	second := rotate(t, v)
	b, secret2 := seal(t, v, "https://example.org/2"), encrypted(t, v, "second")
	third := rotate(t, v)
	c := seal(t, v, "https://example.org/3")

	w := reopen(t, v)
	check(t, w.Unlock(t.Context(), testPassphrase))
	for _, x := range []*Vault{v, w, mustOpenReadOnly(t, v.Dir())} {
		keys := x.Keys()
		if len(keys) != 3 || keys[0].VKey != first.VKey || keys[1].VKey != second.VKey || !keys[2].equal(third) {
			t.Fatalf("got keys %+v", keys)
		}
		if keys[0].Retired == nil || keys[1].Retired == nil || keys[2].Retired != nil || !keys[0].Retired.Equal(keys[1].Added) {
			t.Errorf("got keys %+v, want only the last in use", keys)
		}
		r := verify(t, x)
		wantFindings(t, r)
		if len(r.Signers) != 3 || r.Outcome != Verified {
			t.Errorf("got %q by %+v", r.Outcome, r.Signers)
		}
	}
	for _, k := range []Capture{a, b, c} {
		wantFindings(t, verifyDir(t, k.Dir, v.Keys()))
	}
	wantDecrypted(t, w, secret, "first")
	wantDecrypted(t, w, secret2, "second")
	wantDecrypted(t, v, secret, "first")
}

// TestRotateChain checks the chain of keys as somebody does who knows only the
// first key.
func TestRotateChain(t *testing.T) {
	v := newVault(t)
	first := v.Keys()[:1:1]
	rotate(t, v)
	rotate(t, v)
	got, err := first.adopt(t.Context(), v.log(v.db))
	if err != nil || !got.equal(v.Keys()) {
		t.Errorf("got %+v, %v, want %+v", got, err, v.Keys())
	}
	_, vkey, err := newTestKey(v)
	check(t, err)
	stranger := KeyRing{{VKey: vkey}}
	if got, err := stranger.adopt(t.Context(), v.log(v.db)); err != nil || len(got) != 1 {
		t.Errorf("got %+v, %v, want the stranger's key alone", got, err)
	}
}

// TestRotateElsewhere has another process rotate: who has the vault unlocked
// with the old key can sign nothing any more.
func TestRotateElsewhere(t *testing.T) {
	v := newVault(t)
	stale := reopen(t, v)
	check(t, stale.Unlock(t.Context(), testPassphrase))
	rotate(t, v)
	_, err := stale.Stage(t.Context(), StageRequest{Case: "OP-1"})
	wantErr(t, err, custody.ErrKeyRetired)
	_, err = stale.SignCheckpoint(t.Context())
	wantErr(t, err, custody.ErrKeyRetired)
	wantErr(t, stale.NewCase(t.Context(), Case{Ref: "OP-2"}), custody.ErrKeyRetired)
	wantFindings(t, verify(t, stale))
	wantStaged(t, v)

	check(t, stale.Unlock(t.Context(), testPassphrase))
	seal(t, stale, "https://example.org/1")
	rotate(t, stale)
	wantErr(t, v.NewCase(t.Context(), Case{Ref: "OP-2"}), custody.ErrKeyRetired)
	rotate(t, v) // asks for the passphrase itself
	check(t, v.NewCase(t.Context(), Case{Ref: "OP-2"}))
	wantFindings(t, verify(t, stale))
}

// TestRotateBusy refuses to rotate while a capture is under way, and rotates
// when it is given up.
func TestRotateBusy(t *testing.T) {
	v := newVault(t)
	s := stage(t, v, "https://example.org/1")
	before := snapshot(t, v.Dir())
	_, err := reopen(t, v).RotateKey(t.Context(), testPassphrase, "")
	wantErr(t, err, ErrBusy)
	_, err = v.RotateKey(t.Context(), testPassphrase, "")
	wantErr(t, err, ErrBusy)
	if after := snapshot(t, v.Dir()); after != before && !strings.Contains(after, "-wal") {
		t.Errorf("got\n%s, want\n%s", after, before)
	}
	check(t, s.Close())
	rotate(t, v)
	wantFindings(t, verify(t, v))
}

// TestChangePassphrase also rotates, before and after.
func TestChangePassphrase(t *testing.T) {
	const other = "battery staple"
	v := newVault(t)
	secret := encrypted(t, v, "secret")
	rotate(t, v)
	wantErr(t, v.ChangePassphrase(t.Context(), "wrong", other), ErrWrongPassphrase)
	if err := v.ChangePassphrase(t.Context(), testPassphrase, ""); err == nil {
		t.Error("got no error for an empty passphrase")
	}
	check(t, v.ChangePassphrase(t.Context(), testPassphrase, other))
	w := reopen(t, v)
	wantErr(t, w.Unlock(t.Context(), testPassphrase), ErrWrongPassphrase)
	check(t, w.Unlock(t.Context(), other))
	wantDecrypted(t, w, secret, "secret")
	_, err := w.RotateKey(t.Context(), testPassphrase, "")
	wantErr(t, err, ErrWrongPassphrase)
	_, err = w.RotateKey(t.Context(), other, "")
	check(t, err)
	wantDecrypted(t, w, secret, "secret")
	seal(t, w, "https://example.org/1")
	wantFindings(t, verify(t, w))
	events, err := v.Events(t.Context(), custody.Filter{Action: custody.PassphraseChanged})
	if err != nil || len(events) != 1 || len(events[0].Details) != 0 {
		t.Errorf("got events %+v, %v, want one without details", events, err)
	}
}

// TestTamperRotation makes up what only the holder of an old key, or of none,
// could.
func TestTamperRotation(t *testing.T) {
	stranger := func(t *testing.T, v *Vault) (note.Signer, custody.Event) {
		key, vkey, err := newTestKey(v)
		check(t, err)
		s, err := custody.NewSigner(origin(v.Info().ID), key)
		check(t, err)
		return s, custody.Event{Time: time.Now().UTC(), Action: custody.KeyAdded, Subject: vkey}
	}
	appendTo := func(t *testing.T, v *Vault, events ...custody.Event) {
		for _, e := range events {
			_, err := v.log(v.db).Append(t.Context(), e)
			check(t, err)
		}
	}
	signWith := func(t *testing.T, v *Vault, s note.Signer) {
		log := v.log(v.db)
		size, err := log.Size(t.Context())
		check(t, err)
		root, err := log.Root(t.Context(), size)
		check(t, err)
		n, err := note.Sign(&note.Note{Text: custody.Checkpoint{Origin: origin(v.Info().ID), Size: size, Root: root}.Text()}, s)
		check(t, err)
		query(t, v, fmt.Sprintf("INSERT INTO checkpoints (size, note) VALUES (%d, '%s')", size, n))
	}
	addKey := func(t *testing.T, v *Vault, e custody.Event) {
		rewriteInfo(t, v, func(i *Info) { i.Keys = append(i.Keys, Key{VKey: e.Subject, Added: e.Time}) })
	}
	for name, x := range map[string]struct {
		do   func(t *testing.T, v *Vault, old note.Signer)
		want []string
	}{
		"retired key signs": {func(t *testing.T, v *Vault, old note.Signer) {
			appendTo(t, v, custody.Event{Time: time.Now().UTC(), Action: custody.Verified})
			signWith(t, v, old)
		}, []string{"checkpoints/6: checkpoint-key"}},
		"key of nobody": {func(t *testing.T, v *Vault, _ note.Signer) {
			s, e := stranger(t, v)
			appendTo(t, v, e)
			signWith(t, v, s)
			addKey(t, v, e)
		}, []string{"events/5: key-unvouched"}},
		"key of nobody, not in vault.json": {func(t *testing.T, v *Vault, _ note.Signer) {
			s, e := stranger(t, v)
			appendTo(t, v, e)
			signWith(t, v, s)
		}, []string{"checkpoints/6: checkpoint-signature", "events/5: key-unvouched"}},
		"key by a retired key": {func(t *testing.T, v *Vault, old note.Signer) {
			_, e := stranger(t, v)
			appendTo(t, v, e)
			signWith(t, v, old)
		}, []string{"checkpoints/6: checkpoint-key", "events/5: key-unvouched"}},
		"retirement moved": {func(t *testing.T, v *Vault, _ note.Signer) {
			rewriteInfo(t, v, func(i *Info) { later := i.Keys[0].Retired.Add(time.Hour); i.Keys[0].Retired = &later })
		}, []string{"vault.json: vault-changed"}},
		"retirement lost": {func(t *testing.T, v *Vault, _ note.Signer) {
			rewriteInfo(t, v, func(i *Info) { i.Keys[0].Retired = nil })
		}, nil}, // the log has it
		"new key lost": {func(t *testing.T, v *Vault, _ note.Signer) {
			rewriteInfo(t, v, func(i *Info) { i.Keys = i.Keys[:1] })
		}, nil}, // likewise
		"old key lost": {func(t *testing.T, v *Vault, _ note.Signer) {
			rewriteInfo(t, v, func(i *Info) { i.Keys = i.Keys[1:] })
		}, []string{"checkpoints/1: checkpoint-signature", "checkpoints/2: checkpoint-signature", "checkpoints/3: checkpoint-signature",
			"checkpoints/5: checkpoint-signature", "events/3: key-unvouched"}},
		"retired twice": {func(t *testing.T, v *Vault, _ note.Signer) {
			appendTo(t, v, custody.Event{Time: time.Now().UTC(), Action: custody.KeyRetired, Subject: v.Keys()[0].VKey})
		}, []string{"events/5: key-unvouched"}},
	} {
		t.Run(name, func(t *testing.T) {
			v := newVault(t)
			old := v.getSigner()
			rotate(t, v)
			x.do(t, v, old)
			wantFindings(t, verify(t, mustOpenReadOnly(t, v.Dir())), x.want...)
		})
	}
}

// TestSealRetired seals with a retired key, in a folder that isn't in the log.
func TestSealRetired(t *testing.T) {
	v := newVault(t)
	fork := copyVault(t, v)
	key := rotate(t, v)
	c := seal(t, fork, "https://example.org/1")
	if !key.Added.Before(c.Sealed) {
		t.Fatalf("sealed at %s, want after %s", c.Sealed, key.Added)
	}
	wantFindings(t, verifyDir(t, c.Dir, v.Keys()), "seal.json: key-retired")
}

// TestChangeInterrupted makes the states in which a process leaves the vault
// that dies while it changes the keys.
func TestChangeInterrupted(t *testing.T) {
	for name, x := range map[string]struct {
		at   func(t *testing.T, v *Vault, old, oldInfo []byte)
		keys int
	}{
		"next written": {func(t *testing.T, v *Vault, _, _ []byte) {
			b, err := keySet{}.encrypt("another")
			check(t, errors.Join(err, os.WriteFile(v.path(nextKeyFile), b, fileMode)))
		}, 2},
		"next cut short": {func(t *testing.T, v *Vault, _, _ []byte) {
			check(t, os.WriteFile(v.path(nextKeyFile), []byte("age"), fileMode))
		}, 2},
		"logged": {func(t *testing.T, v *Vault, old, oldInfo []byte) {
			check(t, os.Rename(v.path(keyFile), v.path(nextKeyFile)))
			check(t, os.WriteFile(v.path(keyFile), old, fileMode))
			check(t, os.WriteFile(v.path(infoFile), oldInfo, fileMode))
		}, 2},
		"key.age in its place": {func(t *testing.T, v *Vault, _, oldInfo []byte) {
			check(t, os.WriteFile(v.path(infoFile), oldInfo, fileMode))
			check(t, os.WriteFile(v.path(infoFile)+".tmp", []byte("{"), fileMode))
		}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			v := newVault(t)
			old, err := os.ReadFile(v.path(keyFile))
			check(t, err)
			oldInfo, err := os.ReadFile(v.path(infoFile))
			check(t, err)
			secret := encrypted(t, v, "secret")
			rotate(t, v)
			x.at(t, v, old, oldInfo)
			wantFindings(t, verify(t, mustOpenReadOnly(t, v.Dir())))
			w := reopen(t, v)
			check(t, w.Unlock(t.Context(), testPassphrase))
			if n := len(w.Keys()); n != x.keys {
				t.Errorf("got %d keys, want %d", n, x.keys)
			}
			seal(t, w, "https://example.org/1")
			wantDecrypted(t, w, secret, "secret")
			wantFindings(t, verify(t, w))
			if _, err := os.Lstat(v.path(nextKeyFile)); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s is left: %v", nextKeyFile, err)
			}
		})
	}
}

// TestChangeFails fails a change after key.age.next is written: nothing is left
// of it.
func TestChangeFails(t *testing.T) {
	v := newVault(t)
	before, err := os.ReadFile(v.path(keyFile))
	check(t, err)
	broken := errors.New("broken")
	err = v.changeKeys(t.Context(), testPassphrase, func(_ *sql.Tx, private keySet, _ note.Signer, _ Key) (keySet, error) {
		_, err := v.writeNext(private, "another")
		return nil, errors.Join(err, broken)
	})
	wantErr(t, err, broken)
	after, err := os.ReadFile(v.path(keyFile))
	check(t, err)
	if !bytes.Equal(before, after) {
		t.Error("key.age changed")
	}
	if _, err := os.Lstat(v.path(nextKeyFile)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s is left: %v", nextKeyFile, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = v.RotateKey(ctx, testPassphrase, "")
	wantErr(t, err, context.Canceled)
}

// passphrases are those between which [TestKilledChangeChild] goes back and
// forth.
var passphrases = [2]string{testPassphrase, "battery staple"}

// passphraseOf returns which of the passphrases is the vault's. It finds out by the
// file, since the vault makes who tries one after the other wait.
func passphraseOf(t *testing.T, v *Vault) int {
	t.Helper()
	for i, p := range passphrases {
		if _, err := readKeys(v.path(keyFile), p); err == nil {
			return i
		}
	}
	t.Fatal("the vault opens with none of the passphrases")
	return 0
}

// TestKilledChangeChild changes passphrase and key in turn until it is killed.
// Run by itself it does so twice.
func TestKilledChangeChild(t *testing.T) {
	v, count := childsVault(t, 2)
	defer v.Close()
	now := passphraseOf(t, v)
	for range count {
		check(t, v.ChangePassphrase(t.Context(), passphrases[now], passphrases[1-now]))
		now = 1 - now
		_, err := v.RotateKey(t.Context(), passphrases[now], "")
		check(t, err)
		fmt.Println("changed")
	}
}

// TestKilledChange kills a process that changes passphrase and keys, at random
// moments. The vault then opens with one of the two passphrases, and reads all
// that was ever encrypted to it.
func TestKilledChange(t *testing.T) {
	v := newVault(t)
	var secrets [][]byte
	for range 20 {
		killedChild(t, "TestKilledChangeChild", v.Dir(), "changed")
		wantFindings(t, verify(t, mustOpenReadOnly(t, v.Dir())))
		w := reopen(t, v)
		if err := w.Unlock(t.Context(), passphrases[passphraseOf(t, w)]); err != nil {
			t.Fatal(err)
		}
		secrets = append(secrets, encrypted(t, w, "secret"))
		for _, s := range secrets {
			wantDecrypted(t, w, s, "secret")
		}
		wantFindings(t, verify(t, w))
	}
	if n := len(reopen(t, v).Keys()); n < 20 {
		t.Errorf("got %d keys, want more for the test to say anything", n)
	}
}

// TestKeyFileDigest holds that the event names the key.age that is there.
func TestKeyFileDigest(t *testing.T) {
	v := newVault(t)
	rotate(t, v)
	b, err := os.ReadFile(filepath.Join(v.Dir(), keyFile))
	check(t, err)
	if got, err := v.keyFileDigest(t.Context(), v.db); err != nil || got != canon.Sum(b) {
		t.Errorf("got %s, %v, want %s", got, err, canon.Sum(b))
	}
}
