package evidence

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pugmark/evidence/canon"
)

// query changes the vault's database, as anyone can who has the file.
func query(t testing.TB, v *Vault, queries ...string) {
	t.Helper()
	for _, q := range queries {
		if _, err := v.db.ExecContext(t.Context(), q); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
}

// unprotect takes the triggers off.
func unprotect(t testing.TB, v *Vault) {
	t.Helper()
	for _, table := range []string{"events", "hashes", "checkpoints"} {
		query(t, v, "DROP TRIGGER "+table+"_no_UPDATE", "DROP TRIGGER "+table+"_no_DELETE")
	}
}

// TestTamperVault changes a vault of two captures: its log holds vault.created,
// key.added, case.opened, and two events for each capture.
func TestTamperVault(t *testing.T) {
	for name, x := range map[string]struct {
		do   func(t *testing.T, v *Vault, a, b Capture)
		want []string // A and B stand for the captures' folders
	}{
		"nothing": {func(*testing.T, *Vault, Capture, Capture) {}, nil},
		"item": {func(t *testing.T, v *Vault, a, b Capture) {
			edit(t, filepath.Join(a.Dir, "page.png"), flip(0))
		}, []string{"A/page.png: item-digest"}},
		"capture removed": {func(t *testing.T, v *Vault, a, b Capture) {
			check(t, os.RemoveAll(a.Dir))
		}, []string{"A: capture-missing"}},
		"capture emptied": {func(t *testing.T, v *Vault, a, b Capture) {
			check(t, os.RemoveAll(a.Dir))
			check(t, os.Mkdir(a.Dir, dirMode))
		}, []string{"A: manifest-missing"}},
		"capture linked": {func(t *testing.T, v *Vault, a, b Capture) {
			check(t, os.Rename(a.Dir, filepath.Join(v.Dir(), "elsewhere")))
			check(t, os.Symlink("../../../elsewhere", a.Dir))
		}, []string{"A: item-type"}},
		"capture renamed": {func(t *testing.T, v *Vault, a, b Capture) {
			check(t, os.Rename(a.Dir, a.Dir+"x"))
		}, []string{"A: capture-missing", "Ax: capture-unlisted"}},
		"capture copied": {func(t *testing.T, v *Vault, a, b Capture) {
			check(t, os.CopyFS(a.Dir+"x", os.DirFS(a.Dir)))
		}, []string{"Ax: capture-unlisted"}},
		"captures swapped": {func(t *testing.T, v *Vault, a, b Capture) {
			check(t, os.Rename(a.Dir, a.Dir+"x"))
			check(t, os.Rename(b.Dir, a.Dir))
			check(t, os.Rename(a.Dir+"x", b.Dir))
		}, []string{"A/seal.json: seal-log", "B/seal.json: seal-log", "index/captures/A: index-differs", "index/captures/B: index-differs"}},
		"stray file": {func(t *testing.T, v *Vault, a, b Capture) {
			check(t, os.WriteFile(a.Dir+"x", nil, fileMode))
		}, []string{"Ax: capture-unlisted", "Ax: item-type"}},
		"event changed": {func(t *testing.T, v *Vault, a, b Capture) {
			unprotect(t, v)
			query(t, v, `UPDATE events SET body = CAST(replace(CAST(body AS TEXT), 'tip 4', 'tip 5') AS BLOB) WHERE seq = 3`)
		}, []string{"events/3: event-changed"}},
		"sealed event changed": {func(t *testing.T, v *Vault, a, b Capture) {
			unprotect(t, v)
			query(t, v, `UPDATE events SET body = CAST(replace(CAST(body AS TEXT), 'tip 4', 'tip 5') AS BLOB) WHERE seq = 4`)
		}, []string{"events/4: event-changed", "A/seal.json: seal-log"}},
		"sealed event dropped": {func(t *testing.T, v *Vault, a, b Capture) {
			unprotect(t, v)
			query(t, v, "DELETE FROM events WHERE seq = 4")
		}, []string{"events/4: event-dropped", "A: capture-unlisted", "index/cases/OP-1: index-differs", "index/captures/A: index-differs"}},
		"case of escape": {func(t *testing.T, v *Vault, a, b Capture) {
			unprotect(t, v)
			query(t, v, `UPDATE events SET body = CAST(replace(CAST(body AS TEXT), '"case":"OP-1"', '"case":"../.."') AS BLOB) WHERE seq = 4`)
		}, []string{"events/4: event-changed", "events/4: event-malformed", "A: capture-unlisted", "index/cases/../..: index-differs", "index/cases/OP-1: index-differs"}},
		"rolled back": {func(t *testing.T, v *Vault, a, b Capture) {
			unprotect(t, v)
			query(t, v, "DELETE FROM events WHERE seq >= 5", "DELETE FROM checkpoints WHERE size > 5",
				"DELETE FROM hashes WHERE idx >= 8", "DELETE FROM captures WHERE exhibit = 2")
		}, []string{"B: capture-unlisted", "B/seal.json: log-short"}},
		"rolled back further": {func(t *testing.T, v *Vault, a, b Capture) {
			unprotect(t, v)
			query(t, v, "DELETE FROM events WHERE seq >= 5", "DELETE FROM checkpoints WHERE size > 5",
				"DELETE FROM hashes WHERE idx >= 8", "DELETE FROM captures WHERE exhibit = 2")
			check(t, os.RemoveAll(b.Dir))
		}, nil}, // only a checkpoint kept elsewhere can show it
		"index": {func(t *testing.T, v *Vault, a, b Capture) {
			query(t, v, "UPDATE captures SET title = 'Bone' WHERE exhibit = 1", "UPDATE cases SET authority = 's. 13'")
		}, []string{"index/captures/A: index-differs", "index/cases/OP-1: index-differs"}},
		"index entry added": {func(t *testing.T, v *Vault, a, b Capture) {
			query(t, v, "UPDATE captures SET id = '"+v.Info().ID.String()+"' WHERE exhibit = 1")
		}, []string{"index/captures/A: index-differs", "index/captures/" + "V: index-differs"}},
		"vault.json": {func(t *testing.T, v *Vault, a, b Capture) {
			rewriteInfo(t, v, func(i *Info) { i.Operator = "B. Rao" })
		}, []string{"vault.json: vault-changed"}},
	} {
		t.Run(name, func(t *testing.T) {
			v := newVault(t)
			a, b := seal(t, v, "https://example.org/1"), seal(t, v, "https://example.org/2")
			unprotectFiles(t, v.Dir())
			x.do(t, v, a, b)
			r := verify(t, mustOpenReadOnly(t, v.Dir()))
			names := strings.NewReplacer("index/captures/A", "index/captures/"+a.ID.String(), "index/captures/B", "index/captures/"+b.ID.String(),
				"index/captures/V", "index/captures/"+v.Info().ID.String(), "A", publishedPath(a), "B", publishedPath(b))
			var want []string
			for _, w := range x.want {
				want = append(want, names.Replace(w))
			}
			wantFindings(t, r, want...)
		})
	}
}

func mustOpenReadOnly(t testing.TB, dir string) *Vault {
	t.Helper()
	v, err := OpenReadOnly(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { check(t, v.Close()) })
	return v
}

func rewriteInfo(t testing.TB, v *Vault, change func(*Info)) {
	t.Helper()
	i := v.Info()
	change(&i)
	b, err := canon.Marshal(i)
	check(t, errors.Join(err, os.WriteFile(filepath.Join(v.Dir(), infoFile), b, fileMode)))
}

// TestTamperKey replaces the vault's key by that of another one.
func TestTamperKey(t *testing.T) {
	v, other := newVault(t), newVault(t)
	seal(t, v, "https://example.org/1")
	rewriteInfo(t, v, func(i *Info) { i.Keys = other.Keys() })
	if _, err := Open(t.Context(), v.Dir()); err == nil || !strings.Contains(err.Error(), "got a key of") {
		t.Errorf("got error %v, want one of a key of another vault", err)
	}
	rewriteInfo(t, v, func(i *Info) { i.Keys = nil })
	r := verify(t, mustOpenReadOnly(t, v.Dir()))
	wantFindings(t, r, "checkpoints/1: checkpoint-signature", "checkpoints/2: checkpoint-signature", "checkpoints/3: checkpoint-signature",
		"checkpoints/4: checkpoint-signature", "checkpoints/5: checkpoint-signature")
	if len(r.Signers) != 1 || r.Signers[0].Trusted {
		t.Errorf("got signers %+v, want one that isn't trusted", r.Signers)
	}
}

// TestKeyUnlogged adds a key to vault.json that never was added in the log.
func TestKeyUnlogged(t *testing.T) {
	v := newVault(t)
	_, vkey, err := newTestKey(v)
	check(t, err)
	rewriteInfo(t, v, func(i *Info) { i.Keys = append(i.Keys, Key{VKey: vkey, Added: i.Created}) })
	wantFindings(t, verify(t, mustOpenReadOnly(t, v.Dir())), "vault.json: key-unlogged")
}

// TestVerifyProgress counts the bytes of all captures.
func TestVerifyProgress(t *testing.T) {
	v := newVault(t)
	a, b := seal(t, v, "https://example.org/1"), seal(t, v, "https://example.org/22")
	var last, total int64
	_, err := v.Verify(t.Context(), func(done, of int64) {
		if done < last {
			t.Errorf("got %d bytes after %d", done, last)
		}
		last, total = done, of
	})
	if err != nil || last != a.Bytes+b.Bytes || total != last {
		t.Errorf("got %d of %d bytes, %v, want %d", last, total, err, a.Bytes+b.Bytes)
	}
}

// TestVerifyWritesNothing holds the vault's folder before against after.
func TestVerifyWritesNothing(t *testing.T) {
	v := newVault(t)
	c := seal(t, v, "https://example.org/1")
	unprotectFiles(t, v.Dir())
	edit(t, filepath.Join(c.Dir, "page.png"), flip(0))
	w := mustOpenReadOnly(t, v.Dir())
	before := snapshot(t, v.Dir())
	verify(t, w)
	verify(t, v)
	if after := snapshot(t, v.Dir()); after != before {
		t.Errorf("got folder\n%s, want\n%s", after, before)
	}
}
