package evidence

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pugmark/evidence/custody"
)

// leftVault is a vault as a machine leaves it that lost power: with one capture in
// the database's file, and one in its write-ahead log alone. It returns its folder.
func leftVault(t *testing.T) string {
	t.Helper()
	v := newVault(t)
	seal(t, v, "https://example.org/1")
	query(t, v, "PRAGMA wal_checkpoint(TRUNCATE)")
	seal(t, v, "https://example.org/2")
	dir := filepath.Join(t.TempDir(), "left")
	check(t, os.CopyFS(dir, os.DirFS(v.Dir())))
	check(t, os.Remove(filepath.Join(dir, dbFile+"-shm")))
	t.Cleanup(func() { unprotectFiles(t, dir) })
	return dir
}

// TestTornDatabase damages the database as disks do. Verification says so, or that
// it can't be verified; it never says that all is well.
func TestTornDatabase(t *testing.T) {
	wal := func(change func([]byte) []byte) func(*testing.T, string) {
		return func(t *testing.T, dir string) { edit(t, filepath.Join(dir, dbFile+"-wal"), change) }
	}
	db := func(change func([]byte) []byte) func(*testing.T, string) {
		return func(t *testing.T, dir string) { edit(t, filepath.Join(dir, dbFile), change) }
	}
	garbage := func(page int) func([]byte) []byte {
		return func(b []byte) []byte {
			copy(b[page*4096:], bytes.Repeat([]byte("garbage!"), 512))
			return b
		}
	}
	for name, tear := range map[string]func(*testing.T, string){
		"log gone":          wal(func(b []byte) []byte { return nil }),
		"log cut in half":   wal(func(b []byte) []byte { return b[:len(b)/2] }),
		"log's last frame":  wal(func(b []byte) []byte { return b[:len(b)-4096] }),
		"log's first frame": wal(flip(100)),
		"log of another": func(t *testing.T, dir string) {
			b, err := os.ReadFile(filepath.Join(leftVault(t), dbFile+"-wal"))
			check(t, err)
			check(t, os.WriteFile(filepath.Join(dir, dbFile+"-wal"), b, fileMode))
		},
		"file gone":        db(func(b []byte) []byte { return nil }),
		"file cut in half": db(func(b []byte) []byte { return b[:len(b)/4096/2*4096] }),
		"file's head":      db(garbage(0)),
		"file of another": func(t *testing.T, dir string) {
			check(t, os.Remove(filepath.Join(dir, dbFile+"-wal")))
			b, err := os.ReadFile(filepath.Join(leftVault(t), dbFile))
			check(t, err)
			check(t, os.WriteFile(filepath.Join(dir, dbFile), b, fileMode))
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := leftVault(t)
			tear(t, dir)
			v, err := OpenReadOnly(t.Context(), dir)
			if err != nil {
				t.Logf("can't be opened: %v", err)
				return
			}
			defer v.Close()
			r, err := v.Verify(t.Context(), nil)
			if err != nil {
				t.Logf("can't be verified: %v", err)
				return
			}
			if r.Outcome != FailedVerification {
				t.Errorf("got outcome %q", r.Outcome)
			}
			for _, f := range r.Findings {
				t.Logf("%s: %s", f.Path, f.Kind)
			}
		})
	}
}

// TestLeftDatabase holds that the state that TestTornDatabase damages is whole.
func TestLeftDatabase(t *testing.T) {
	r := verify(t, mustOpenReadOnly(t, leftVault(t)))
	wantFindings(t, r)
	if r.Captures != 2 {
		t.Errorf("got %d captures, want 2", r.Captures)
	}
}

// TestClockBack sets the clock back between events: what was sealed, and by a key
// that is retired by now, stays valid.
func TestClockBack(t *testing.T) {
	v := newVault(t)
	c := seal(t, v, "https://example.org/1")
	ahead := time.Now().Add(time.Hour).UTC()
	check(t, v.logAlone(t.Context(), custody.Event{Action: custody.Verified, Time: ahead}))
	later := seal(t, v, "https://example.org/2")
	if !later.Sealed.Before(ahead) || later.Exhibit != c.Exhibit+1 {
		t.Errorf("got %+v", later)
	}
	rotate(t, v)
	if k := v.Keys()[0]; k.Retired == nil || k.Retired.Before(ahead) {
		t.Errorf("got key retired %v, want no earlier than what it signed, %v", k.Retired, ahead)
	}
	seal(t, v, "https://example.org/3")
	r := verify(t, v)
	wantFindings(t, r)
	wantFindings(t, verify(t, reopen(t, v)))
	if r.Captures != 3 {
		t.Errorf("got %d captures, want 3", r.Captures)
	}
}
