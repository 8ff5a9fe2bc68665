package evidence

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestVault(t *testing.T) {
	v := newVault(t)
	c := seal(t, v, "https://example.org/1")
	w := reopen(t, v)
	if w.Info().Name != "Unit 7" || w.Info().Operator != "A. Rao" || w.Info().ID != v.Info().ID {
		t.Errorf("got info %+v", w.Info())
	}
	if w.Unlocked() {
		t.Error("a vault that was just opened is unlocked")
	}
	got, err := w.Capture(t.Context(), c.ID.String())
	if err != nil || got != c {
		t.Errorf("got %+v, %v, want %+v", got, err, c)
	}
	m, err := got.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	want := Authority{Basis: "s. 12", Purpose: "inquiry", Reason: "tip 4", Operator: "A. Rao", Role: "analyst", Organisation: "WCU"}
	if m.Authority != want {
		t.Errorf("got authority %+v, want %+v", m.Authority, want)
	}
	if m.Identity.Exhibit != 1 || m.Identity.Capture != c.ID || m.Identity.VaultID != v.Info().ID || m.Identity.Previous != nil {
		t.Errorf("got identity %+v", m.Identity)
	}
	r := verify(t, w)
	wantFindings(t, r)
	if r.Outcome != Verified || r.Captures != 1 || r.Items != 3 || r.Events != 5 || r.Unsigned != 0 || r.Staged != 0 {
		t.Errorf("got report %+v", r)
	}
}

func TestModes(t *testing.T) {
	v := newVault(t)
	c := seal(t, v, "https://example.org/1")
	want := map[string]fs.FileMode{
		v.Dir(): dirMode, filepath.Join(v.Dir(), keyFile): fileMode, filepath.Join(v.Dir(), dbFile): fileMode,
		filepath.Join(v.Dir(), infoFile): fileMode, filepath.Dir(c.Dir): dirMode,
		c.Dir: sealedDirMode, filepath.Join(c.Dir, "strips"): sealedDirMode,
		filepath.Join(c.Dir, "page.png"): sealedFileMode, filepath.Join(c.Dir, manifestFile): sealedFileMode,
		filepath.Join(c.Dir, sealFile): sealedFileMode,
	}
	for path, mode := range want {
		fi, err := os.Stat(path)
		if err != nil {
			t.Error(err)
		} else if fi.Mode().Perm() != mode {
			t.Errorf("%s: got mode %o, want %o", path, fi.Mode().Perm(), mode)
		}
	}
}

func TestUnlock(t *testing.T) {
	v := reopen(t, newVault(t))
	wantErr(t, v.Unlock(t.Context(), "wrong"), ErrWrongPassphrase)
	wantErr(t, v.Unlock(t.Context(), ""), ErrWrongPassphrase)
	_, err := v.Stage(t.Context(), StageRequest{Case: "OP-1"})
	wantErr(t, err, ErrLocked)
	_, err = v.SignCheckpoint(t.Context())
	wantErr(t, err, ErrLocked)
	check(t, v.Unlock(t.Context(), testPassphrase))
	seal(t, v, "https://example.org/1")
}

// TestCloseLocks looks for the key in a vault that was closed.
func TestCloseLocks(t *testing.T) {
	v := newVault(t)
	check(t, v.Close())
	if v.Unlocked() || v.getKey() != nil {
		t.Error("a closed vault keeps its key")
	}
}

func TestUnlockForeignKey(t *testing.T) {
	v, other := reopen(t, newVault(t)), newVault(t)
	b, err := os.ReadFile(filepath.Join(other.Dir(), keyFile))
	check(t, err)
	check(t, os.WriteFile(filepath.Join(v.Dir(), keyFile), b, fileMode))
	if err := v.Unlock(t.Context(), testPassphrase); err == nil || !strings.Contains(err.Error(), "not one that this vault signs with") {
		t.Errorf("got error %v", err)
	}
}

func TestUnlockDamagedKey(t *testing.T) {
	v := reopen(t, newVault(t))
	check(t, os.WriteFile(filepath.Join(v.Dir(), keyFile), []byte("age-encryption.org/v1\n"), fileMode))
	if err := v.Unlock(t.Context(), testPassphrase); err == nil || errors.Is(err, ErrWrongPassphrase) {
		t.Errorf("got error %v, want one of a damaged key", err)
	}
}

func TestCreateRefuses(t *testing.T) {
	dir := t.TempDir()
	check(t, os.WriteFile(filepath.Join(dir, "notes.txt"), nil, 0o600))
	_, err := Create(t.Context(), dir, CreateOptions{Passphrase: "x"})
	wantErr(t, err, ErrNotEmpty)
	if _, err := Create(t.Context(), filepath.Join(dir, "v"), CreateOptions{}); err == nil {
		t.Error("created a vault without a passphrase")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	sub := filepath.Join(dir, "w")
	_, err = Create(ctx, sub, CreateOptions{Passphrase: "x"})
	wantErr(t, err, context.Canceled)
	if entries, err := os.ReadDir(sub); err != nil || len(entries) > 0 {
		t.Errorf("a vault that wasn't made left %v, %v", entries, err)
	}
}

func TestOpenRefuses(t *testing.T) {
	_, err := Open(t.Context(), t.TempDir())
	wantErr(t, err, ErrNotVault)
	_, err = Open(t.Context(), filepath.Join(t.TempDir(), "absent"))
	wantErr(t, err, ErrNotVault)
	v := newVault(t)
	check(t, os.Rename(filepath.Join(v.Dir(), dbFile), filepath.Join(t.TempDir(), dbFile)))
	_, err = Open(t.Context(), v.Dir())
	wantErr(t, err, ErrNotVault)
	check(t, os.WriteFile(filepath.Join(v.Dir(), infoFile), []byte(`{"format":"other","version":1}`), fileMode))
	_, err = Open(t.Context(), v.Dir())
	wantErr(t, err, ErrNotVault)
}

func TestOpenNewer(t *testing.T) {
	v := newVault(t)
	check(t, os.WriteFile(filepath.Join(v.Dir(), infoFile), []byte(`{"format":"pugmark-vault","other":true,"version":7}`), fileMode))
	_, err := Open(t.Context(), v.Dir())
	var newer *VersionError
	if !errors.As(err, &newer) || newer.Got != 7 || newer.Want != VaultVersion {
		t.Errorf("got error %v, want a newer version 7", err)
	}
	w := newVault(t)
	_, err = w.db.ExecContext(t.Context(), "PRAGMA user_version = 9")
	check(t, err)
	_, err = Open(t.Context(), w.Dir())
	if !errors.As(err, &newer) || newer.Got != 9 || newer.Want != dbVersion {
		t.Errorf("got error %v, want a newer version 9", err)
	}
}

// TestOddPath makes a vault where the path has what a URL would trip over.
func TestOddPath(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a b?c#d%25e[x]*", "金庫")
	v, err := Create(t.Context(), dir, CreateOptions{Passphrase: testPassphrase})
	if err != nil {
		t.Fatal(err)
	}
	defer unprotectFiles(t, dir)
	defer v.Close()
	check(t, v.NewCase(t.Context(), Case{Ref: "OP-1"}))
	seal(t, v, "https://example.org/1")
	wantFindings(t, verify(t, v))
	if _, err := os.Stat(filepath.Join(dir, dbFile)); err != nil {
		t.Error(err)
	}
}

func TestOpenReadOnly(t *testing.T) {
	v := newVault(t)
	c := seal(t, v, "https://example.org/1")
	s := stage(t, v, "https://example.org/2")
	check(t, s.Close())
	check(t, v.db.Close())
	before := snapshot(t, v.Dir())
	w, err := OpenReadOnly(t.Context(), v.Dir())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := w.Capture(t.Context(), "OP-1/1"); err != nil || got != c {
		t.Errorf("got %+v, %v", got, err)
	}
	r := verify(t, w)
	wantFindings(t, r)
	if r.Staged != 1 {
		t.Errorf("got %d staged, want 1", r.Staged)
	}
	if err := w.NewCase(t.Context(), Case{Ref: "OP-2"}); err == nil {
		t.Error("wrote to a vault that is open to read")
	}
	check(t, w.Close())
	check(t, os.Remove(filepath.Join(v.Dir(), dbFile+"-shm")))
	check(t, os.Remove(filepath.Join(v.Dir(), dbFile+"-wal")))
	if after := snapshot(t, v.Dir()); after != before {
		t.Errorf("got folder\n%s, want\n%s", after, before)
	}
}

// TestOpenFrozen reads a vault beside whose database no file can be made.
func TestOpenFrozen(t *testing.T) {
	v := newVault(t)
	seal(t, v, "https://example.org/1")
	check(t, v.db.Close())
	check(t, os.Symlink("nowhere", filepath.Join(v.Dir(), dbFile+"-shm")))
	if _, err := Open(t.Context(), v.Dir()); err == nil {
		t.Error("opened the vault to write")
	}
	w, err := OpenReadOnly(t.Context(), v.Dir())
	if err != nil {
		t.Fatal(err)
	}
	wantFindings(t, verify(t, w))
	check(t, w.Close())
	check(t, os.WriteFile(filepath.Join(v.Dir(), dbFile+"-wal"), []byte("unread"), fileMode))
	if _, err := OpenReadOnly(t.Context(), v.Dir()); err == nil {
		t.Error("opened a database without its write-ahead log")
	}
}
