package evidence

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"pugmark/evidence/custody"
)

// copyVault copies a vault as it is on disk, to go on with from there.
func copyVault(t *testing.T, v *Vault) *Vault {
	t.Helper()
	query(t, v, "PRAGMA wal_checkpoint(TRUNCATE)")
	dir := filepath.Join(t.TempDir(), "copy")
	check(t, os.CopyFS(dir, os.DirFS(v.Dir())))
	t.Cleanup(func() { unprotectFiles(t, dir) })
	w, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { check(t, w.Close()) })
	check(t, w.Unlock(t.Context(), testPassphrase))
	return w
}

// head returns the signed head of a vault's log.
func head(t *testing.T, v *Vault) custody.Checkpoint {
	t.Helper()
	c, whole, err := v.Head(t.Context())
	if err != nil || !whole {
		t.Fatalf("got head of size %d, whole %v, %v", c.Size, whole, err)
	}
	return c
}

// TestVerifyAgainst holds vaults against checkpoints that were pinned before
// and after they went different ways.
func TestVerifyAgainst(t *testing.T) {
	v := newVault(t)
	before := head(t, v)
	seal(t, v, "https://example.org/1")
	fork := copyVault(t, v)
	common := head(t, v)
	seal(t, v, "https://example.org/2")
	after := head(t, v)
	seal(t, v, "https://example.org/3")
	newest := head(t, v)
	seal(t, fork, "https://example.org/other")

	other := newVault(t)
	for _, x := range []struct {
		name string
		v    *Vault
		pins []custody.Checkpoint
		want []string
	}{
		{"grown", v, []custody.Checkpoint{before, common, after, newest}, nil},
		{"rolled back", fork, []custody.Checkpoint{before, common, newest}, []string{"pinned/9: log-short"}},
		{"rewritten", fork, []custody.Checkpoint{after}, []string{"pinned/7: log-rewritten"}},
		{"another vault", other, []custody.Checkpoint{before}, []string{"pinned/3: log-foreign"}},
	} {
		r, err := x.v.VerifyAgainst(t.Context(), x.pins, nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Log(x.name)
		wantFindings(t, r, x.want...)
	}
}

// TestVerifyAgainstForged refuses a checkpoint in the vault's name by a key that
// isn't the vault's.
func TestVerifyAgainstForged(t *testing.T) {
	v := newVault(t)
	key, _, err := newTestKey(v)
	check(t, err)
	s, err := custody.NewSigner(origin(v.Info().ID), key)
	check(t, err)
	forged := mustSign(t, v, s)
	_, err = v.VerifyAgainst(t.Context(), []custody.Checkpoint{forged}, nil)
	wantErr(t, err, custody.ErrSignature)
}

// mustSign signs the head of a vault's log with any key, outside of the vault.
func mustSign(t *testing.T, v *Vault, s note.Signer) custody.Checkpoint {
	t.Helper()
	c := head(t, v)
	b, err := note.Sign(&note.Note{Text: c.Text()}, s)
	check(t, err)
	c.Note = string(b)
	return c
}
