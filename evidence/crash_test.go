package evidence

import (
	"bufio"
	"cmp"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	sqlite3 "modernc.org/sqlite/lib"

	"pugmark/evidence/custody"
)

// TestFailUnlogged fails a capture while the database can grow no further: the
// next to open the vault logs that it ended.
func TestFailUnlogged(t *testing.T) {
	v := newVault(t)
	v.db.SetMaxOpenConns(1)
	s := stage(t, v, "https://example.org/1")
	_, err := v.db.ExecContext(t.Context(), "PRAGMA max_page_count = 1") // as many as it has
	check(t, err)
	if err := s.Fail(t.Context(), "x", strings.Repeat("x", 20_000)); !IsDiskFull(err) {
		t.Errorf("got error %v, want one of a full disk", err)
	}
	w := reopen(t, v)
	wantStaged(t, w)
	if got, want := actionsOf(t, w, s.ID()), "capture.started capture.interrupted"; got != want {
		t.Errorf("got events %q, want %q", got, want)
	}
}

// TestInterrupted gives captures up, and opens the vault while another one is
// still alive.
func TestInterrupted(t *testing.T) {
	v := newVault(t)
	live, dead := stage(t, v, "https://example.org/1"), stage(t, v, "https://example.org/2")
	check(t, os.WriteFile(filepath.Join(dead.Scratch(), "cookies"), nil, 0o600))
	before := snapshot(t, dead.Dir())
	check(t, dead.Close())
	for range 2 {
		w := reopen(t, v)
		wantStaged(t, w, live.ID().String(), live.ID().String()+lockSuffix, live.ID().String()+scratchSuffix, dead.ID().String())
		if got, want := actionsOf(t, w, dead.ID()), "capture.started capture.interrupted"; got != want {
			t.Errorf("got events %q, want %q", got, want)
		}
		if got, want := actionsOf(t, w, live.ID()), "capture.started"; got != want {
			t.Errorf("got events %q, want %q", got, want)
		}
		if r := verify(t, w); r.Staged != 2 || r.Outcome != Verified {
			t.Errorf("got report %+v", r)
		}
	}
	if after := snapshot(t, dead.Dir()); after != before {
		t.Errorf("the interrupted capture changed:\n%s, want\n%s", after, before)
	}
	if _, err := live.Seal(t.Context(), acquisition("https://example.org/1")); err != nil {
		t.Error(err)
	}
	wantStaged(t, v, dead.ID().String())
	wantFindings(t, verify(t, v))
}

// TestPublishLater makes the state in which a process leaves the vault that
// dies when the capture is in the log, but not yet in its place.
func TestPublishLater(t *testing.T) {
	v := newVault(t)
	c := seal(t, v, "https://example.org/1")
	before := snapshot(t, c.Dir)
	check(t, os.Chmod(c.Dir, dirMode))
	staged := filepath.Join(v.Dir(), stagingDir, c.ID.String())
	check(t, os.Rename(c.Dir, staged))
	check(t, os.WriteFile(staged+lockSuffix, nil, 0o600))

	got, err := v.Capture(t.Context(), "OP-1/1")
	if err != nil || got.Dir != staged {
		t.Errorf("got folder %q, %v, want %q", got.Dir, err, staged)
	}
	if _, err := got.Manifest(); err != nil {
		t.Error(err)
	}
	wantFindings(t, verify(t, v))

	w := reopen(t, v)
	wantStaged(t, w)
	wantFindings(t, verify(t, w))
	if got, err := w.Capture(t.Context(), "OP-1/1"); err != nil || got != c {
		t.Errorf("got %+v, %v, want %+v", got, err, c)
	}
	if after := snapshot(t, c.Dir); after != before {
		t.Errorf("got folder\n%s, want\n%s", after, before)
	}
}

// TestPublishBlocked has something in the place of the capture.
func TestPublishBlocked(t *testing.T) {
	v := newVault(t)
	s := stage(t, v, "https://example.org/1")
	final := v.finalDir(Capture{Case: "OP-1", Exhibit: 1, ID: s.ID()})
	check(t, os.MkdirAll(final, 0o700))
	_, err := s.Seal(t.Context(), acquisition("https://example.org/1"))
	wantErr(t, err, fs.ErrExist)
	check(t, s.Close())
	_, err = Open(t.Context(), v.Dir())
	wantErr(t, err, fs.ErrExist)
	check(t, os.Remove(final))
	wantFindings(t, verify(t, reopen(t, v)))
}

// TestDiskFull lets the database grow no further.
func TestDiskFull(t *testing.T) {
	v := newVault(t)
	v.db.SetMaxOpenConns(1)
	s := stage(t, v, "https://example.org/1")
	_, err := v.db.ExecContext(t.Context(), "PRAGMA max_page_count = 1") // as many as it has
	check(t, err)
	before := snapshot(t, filepath.Join(v.Dir(), stagingDir))
	a := acquisition("https://example.org/" + strings.Repeat("x", 20_000))
	_, err = s.Seal(t.Context(), a)
	if !IsDiskFull(err) || !isSQLite(err, sqlite3.SQLITE_FULL) {
		t.Errorf("got error %v, want one of a full disk", err)
	}
	if after := snapshot(t, filepath.Join(v.Dir(), stagingDir)); after != before {
		t.Errorf("got folder\n%s, want\n%s", after, before)
	}
	_, err = v.db.ExecContext(t.Context(), "PRAGMA max_page_count = 4294967294")
	check(t, err)
	if sealed, err := s.Seal(t.Context(), a); err != nil || sealed.Capture.Exhibit != 1 {
		t.Errorf("got %+v, %v", sealed.Capture, err)
	}
	wantFindings(t, verify(t, v))
}

// TestWriters has four processes' worth of writers seal at once.
func TestWriters(t *testing.T) {
	const writers, each = 4, 50
	v := newVault(t)
	check(t, v.NewCase(t.Context(), Case{Ref: "OP-2"}))
	var wg sync.WaitGroup
	for i := range writers {
		wg.Go(func() {
			w := reopen(t, v)
			check(t, w.Unlock(t.Context(), testPassphrase))
			for j := range each {
				if _, err := sealOne(t, w, fmt.Sprintf("OP-%d", 1+(i+j)%2)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	for _, ref := range []string{"OP-1", "OP-2"} {
		captures, err := v.Captures(t.Context(), ref)
		check(t, err)
		if len(captures) != writers*each/2 {
			t.Errorf("%s: got %d captures, want %d", ref, len(captures), writers*each/2)
		}
		for i, c := range captures {
			if c.Exhibit != i+1 {
				t.Errorf("%s: got exhibit %d after %d", ref, c.Exhibit, i)
			}
		}
	}
	wantStaged(t, v)
	r := verify(t, v)
	wantFindings(t, r)
	if r.Captures != writers*each {
		t.Errorf("got %d captures, want %d", r.Captures, writers*each)
	}
}

// sealOne makes a capture of one item.
func sealOne(t testing.TB, v *Vault, ref string) (uuid.UUID, error) {
	s, err := v.Stage(t.Context(), StageRequest{Case: ref, Requested: "https://example.org"})
	if err != nil {
		return uuid.Nil, err
	}
	if err := write(s, "page.png", s.ID().String()); err != nil {
		return uuid.Nil, err
	}
	sealed, err := s.Seal(t.Context(), acquisition("https://example.org"))
	return sealed.Capture.ID, err
}

// childVault tells the test binary to be a child that is killed, and where.
const childVault = "PUGMARK_TEST_VAULT"

// TestKilledChild seals captures until it is killed, and prints the id of each
// that it was told is sealed. Run by itself it seals three.
func TestKilledChild(t *testing.T) {
	v, count := childsVault(t, 3)
	defer v.Close()
	check(t, v.Unlock(t.Context(), testPassphrase))
	for range count {
		id, err := sealOne(t, v, "OP-1")
		if err != nil {
			t.Fatal(err)
		}
		fmt.Println("sealed", id)
	}
}

// killsEnv says how often TestKilled kills; by default 20 times.
const killsEnv = "PUGMARK_TEST_KILLS"

// TestKilled kills a process that seals captures, at random moments. No capture
// that it was told is sealed may be gone.
func TestKilled(t *testing.T) {
	kills, err := strconv.Atoi(cmp.Or(os.Getenv(killsEnv), "20"))
	check(t, err)
	v := newVault(t)
	sealed := make(map[string]bool)
	for range kills {
		for _, id := range killedChild(t, "TestKilledChild", v.Dir(), "sealed ") {
			sealed[id] = true
		}
		w := reopen(t, v)
		r := verify(t, w)
		wantFindings(t, r)
		captures, err := w.Captures(t.Context(), "OP-1")
		check(t, err)
		found := make(map[string]bool)
		for _, c := range captures {
			found[c.ID.String()] = true
		}
		for id := range sealed {
			if !found[id] {
				t.Errorf("capture %s was sealed and is gone", id)
			}
		}
	}
	if len(sealed) < kills {
		t.Errorf("got %d captures, want more for the test to say anything", len(sealed))
	}
	interrupted, err := v.Events(t.Context(), custody.Filter{Action: custody.CaptureInterrupted})
	check(t, err)
	t.Logf("%d kills, %d captures acknowledged, %d interrupted", kills, len(sealed), len(interrupted))
}

// childsVault opens the vault that a child was told to work in, and returns how
// often it does its work there: until it is killed. A test that is run by itself
// gets a new vault, and does so alone times.
func childsVault(t *testing.T, alone int) (*Vault, int) {
	t.Helper()
	dir, count := os.Getenv(childVault), 1<<30
	if dir == "" {
		dir, count = newVault(t).Dir(), alone
	}
	v, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	return v, count
}

// killedChild runs a child, which prints a line that begins with done each time
// that its work is done. It kills the child in the middle of its work and returns
// what the lines say beyond that.
func killedChild(t *testing.T, child, vault, done string) (said []string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+child+"$", "-test.v")
	cmd.Env = append(os.Environ(), childVault+"="+vault)
	out, err := cmd.StdoutPipe()
	check(t, err)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		rest, ok := strings.CutPrefix(lines.Text(), done)
		if !ok {
			continue
		}
		if said = append(said, rest); len(said) == 1 {
			// From the first time on, any moment is as good as another.
			time.AfterFunc(rand.N(60*time.Millisecond), func() { check(t, cmd.Process.Kill()) })
		}
	}
	check(t, lines.Err())
	if err := cmd.Wait(); err == nil {
		t.Error("the child ended before it was killed")
	}
	return said
}
