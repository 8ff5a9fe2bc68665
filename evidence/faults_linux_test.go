package evidence

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"

	"pugmark/evidence/custody"
	"pugmark/evidence/faulttest"
	"pugmark/evidence/tsa"
)

func init() {
	faulttest.Programs(map[string]faulttest.Program{
		"capture": captureProgram,
		"failure": failureProgram,
		"keys":    keysProgram,
		"stamp":   stampProgram,
		"recover": recoverProgram,
		"rebuild": rebuildProgram,
		"create":  createProgram,
		"import":  importProgram,
	})
}

// within runs f in an unlocked vault.
func within(ctx context.Context, dir string, f func(*Vault) error) error {
	workFactor = 10
	v, err := Open(ctx, dir)
	if err != nil {
		return err
	}
	return errors.Join(v.Unlock(ctx, testPassphrase), f(v), v.Close())
}

// captureProgram makes a capture as package capture does: what can't be sealed
// is failed. It says the id of a capture that it was told is sealed.
func captureProgram(ctx context.Context, dir string, begin func()) error {
	return within(ctx, dir, func(v *Vault) error {
		begin()
		s, err := v.Stage(ctx, StageRequest{Case: "OP-1", Requested: "https://example.org/9"})
		if err != nil {
			return err
		}
		err = errors.Join(write(s, "page.png", "a picture"), write(s, "strips/0001.png", "a strip"))
		if err == nil {
			_, err = s.Seal(ctx, acquisition("https://example.org/9"))
		}
		if err != nil {
			return errors.Join(err, s.Fail(ctx, "fault", "a fault"))
		}
		fmt.Println("sealed", s.ID())
		return nil
	})
}

func failureProgram(ctx context.Context, dir string, begin func()) error {
	return within(ctx, dir, func(v *Vault) error {
		begin()
		s, err := v.Stage(ctx, StageRequest{Case: "OP-1", Requested: "https://example.org/9"})
		if err != nil {
			return err
		}
		return errors.Join(write(s, "page.png", "a picture"), s.Fail(ctx, "refused", "the connection was refused"))
	})
}

// keysProgram says which passphrase it was told holds, and of which number the
// key is.
func keysProgram(ctx context.Context, dir string, begin func()) error {
	return within(ctx, dir, func(v *Vault) error {
		begin()
		if err := v.ChangePassphrase(ctx, passphrases[0], passphrases[1]); err != nil {
			return err
		}
		fmt.Println("passphrase changed")
		_, err := v.RotateKey(ctx, passphrases[1], "")
		if err == nil {
			fmt.Println("key rotated")
		}
		return err
	})
}

func stampProgram(ctx context.Context, dir string, begin func()) error {
	return within(ctx, dir, func(v *Vault) error {
		c, err := v.Capture(ctx, "OP-1/1")
		if err != nil {
			return err
		}
		begin()
		_, err = v.Timestamp(ctx, c)
		if err == nil {
			fmt.Println("stamped")
		}
		return err
	})
}

// recoverProgram opens a vault in which others died.
func recoverProgram(ctx context.Context, dir string, begin func()) error {
	begin()
	v, err := Open(ctx, dir)
	if err != nil {
		return err
	}
	return v.Close()
}

func rebuildProgram(ctx context.Context, dir string, begin func()) error {
	return within(ctx, dir, func(v *Vault) error {
		begin()
		if err := v.Rebuild(ctx); err != nil {
			return err
		}
		err := v.NewCase(ctx, Case{Ref: "OP-2"})
		if err == nil {
			fmt.Println("case opened")
		}
		return err
	})
}

func createProgram(ctx context.Context, dir string, begin func()) error {
	workFactor = 10
	begin()
	v, err := Create(ctx, filepath.Join(dir, "new"), CreateOptions{Name: "new", Passphrase: testPassphrase})
	if err != nil {
		return err
	}
	fmt.Println("created")
	return v.Close()
}

// importProgram takes a bundle in, in a vault that is locked.
func importProgram(ctx context.Context, dir string, begin func()) error {
	v, err := Open(ctx, dir)
	if err != nil {
		return err
	}
	begin()
	_, err = v.Import(ctx, received([]byte("a bundle")))
	if err == nil {
		fmt.Println("bundle taken in")
	}
	return errors.Join(err, v.Close())
}

// fault is a program in a vault, and what holds after any fault.
type fault struct {
	program string
	vault   string // its folder; each run gets a copy
	kills   int    // steps at which tests kill when they are to be brief
	errors  int    // likewise, for errors
	check   func(t *testing.T, dir string, r faulttest.Result)
}

func faults(t *testing.T) []fault {
	return []fault{
		{"capture", newVault(t).Dir(), 40, 20, checkCaptured},
		{"failure", newVault(t).Dir(), 10, 5, checkCaptured},
		{"keys", newVault(t).Dir(), 16, 8, checkKeys},
		{"stamp", unstampedVault(t), 12, 6, checkStamped},
		{"recover", diedVault(t), 12, 6, checkCaptured},
		{"rebuild", newVault(t).Dir(), 8, 4, checkRebuilt},
		{"create", t.TempDir(), 12, 6, checkCreated},
		{"import", newVault(t).Dir(), 12, 6, checkImported},
	}
}

// TestKilledAtSteps kills at each step on disk of what a vault does.
func TestKilledAtSteps(t *testing.T) {
	for _, f := range faults(t) {
		t.Run(f.program, func(t *testing.T) {
			steps := faulttest.Changing(faulttest.Steps(t, f.program, duplicate(t, f.vault)))
			f.run(t, faulttest.Pick(steps, f.kills), faulttest.Kill)
		})
	}
}

// TestErrorsAtSteps has each step on disk fail: once as on a bad disk, and once
// as on a full one, from then on.
func TestErrorsAtSteps(t *testing.T) {
	for _, f := range faults(t) {
		t.Run(f.program, func(t *testing.T) {
			steps := faulttest.Steps(t, f.program, duplicate(t, f.vault))
			f.run(t, faulttest.Pick(steps, f.errors), faulttest.IOError)
			f.run(t, faulttest.Pick(steps, f.errors), faulttest.NoSpaceLast)
		})
	}
}

func (f fault) run(t *testing.T, steps []faulttest.Step, what faulttest.Fault) {
	var hits atomic.Int32
	t.Run(string(what), func(t *testing.T) {
		for _, step := range steps {
			t.Run(fmt.Sprintf("%s %d", step.Call, step.N), func(t *testing.T) {
				t.Parallel()
				dir := duplicate(t, f.vault)
				r := faulttest.Run(t, f.program, dir, step, what)
				if r.Hit {
					hits.Add(1)
				}
				f.check(t, dir, r)
				if t.Failed() {
					t.Logf("at %v\nthe program said: %s", step, r.Said)
				}
			})
		}
	})
	// What the runtime does between the steps can shift their numbers.
	if n := int(hits.Load()); n < len(steps)*9/10 {
		t.Errorf("got %d faults, want %d", n, len(steps))
	}
	t.Logf("%s at %d steps of %q", what, hits.Load(), f.program)
}

// duplicate copies a vault with its modes.
func duplicate(t *testing.T, dir string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "vault")
	if out, err := exec.CommandContext(t.Context(), "cp", "-a", dir, to).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	t.Cleanup(func() { unprotectFiles(t, to) })
	return to
}

// unstampedVault has a capture that waits for its timestamp.
func unstampedVault(t *testing.T) string {
	v := newVault(t)
	seal(t, v, "https://example.org/1")
	a := newAuthority(t, "Test TSA", inYears(9))
	server := httptest.NewServer(a)
	t.Cleanup(server.Close)
	check(t, v.AddAuthority(t.Context(), tsa.Authority{Name: "test", URL: server.URL}))
	trustRoot(t, v, a)
	return v.Dir()
}

// diedVault has a capture that was sealed but not published, and one that came
// no further.
func diedVault(t *testing.T) string {
	v := newVault(t)
	c := seal(t, v, "https://example.org/1")
	check(t, os.Chmod(c.Dir, dirMode))
	check(t, os.Rename(c.Dir, filepath.Join(v.Dir(), stagingDir, c.ID.String())))
	check(t, stage(t, v, "https://example.org/2").Close())
	return v.Dir()
}

// checkWhole checks what holds after any fault: verification finds nothing, before
// the vault is put in order and after; every capture that was begun has an end;
// nothing is left of those that ended; and the vault works. It returns the vault,
// unlocked.
func checkWhole(t *testing.T, dir string, passphrases ...string) *Vault {
	t.Helper()
	wantFindings(t, verify(t, mustOpenReadOnly(t, dir)))
	v, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { check(t, v.Close()) })
	for _, p := range passphrases {
		if err = v.Unlock(t.Context(), p); err == nil {
			break
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	checkEnded(t, v)
	if _, err := sealOne(t, v, "OP-1"); err != nil {
		t.Error(err)
	}
	captures, err := v.Captures(t.Context(), "OP-1")
	check(t, err)
	for i, c := range captures {
		if c.Exhibit != i+1 {
			t.Errorf("got exhibit %d after %d", c.Exhibit, i)
		}
	}
	if r := verify(t, v); r.Outcome != Verified || r.Unsigned != 0 {
		t.Errorf("got report %+v", r)
	}
	return v
}

func checkEnded(t *testing.T, v *Vault) {
	t.Helper()
	started, err := v.Events(t.Context(), custody.Filter{Action: custody.CaptureStarted})
	check(t, err)
	interrupted := make(map[string]bool)
	for _, e := range started {
		switch got := actionsOf(t, v, uuid.MustParse(e.Subject)); {
		case strings.HasPrefix(got, "capture.started capture.interrupted"):
			interrupted[e.Subject] = true
		case got == "capture.started":
			t.Errorf("capture %s has no end", e.Subject)
		}
	}
	entries, err := os.ReadDir(filepath.Join(v.Dir(), stagingDir))
	check(t, err)
	for _, e := range entries {
		if !interrupted[e.Name()] && e.Name() != timestampTemp {
			t.Errorf("left in staging: %s", e.Name())
		}
	}
}

// checkProtected checks that the folders of sealed captures are read-only.
func checkProtected(t *testing.T, v *Vault) {
	t.Helper()
	captures, err := v.Captures(t.Context(), "")
	check(t, err)
	for _, c := range captures {
		check(t, filepath.WalkDir(c.Dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.IsDir() {
				return err
			}
			fi, err := d.Info()
			if err == nil && fi.Mode().Perm() != sealedDirMode {
				t.Errorf("folder %s: got mode %v, want %v", path, fi.Mode().Perm(), sealedDirMode)
			}
			return err
		}))
	}
}

func checkCaptured(t *testing.T, dir string, r faulttest.Result) {
	v := checkWhole(t, dir, testPassphrase)
	checkProtected(t, v)
	if id, ok := strings.CutPrefix(r.Said, "sealed "); ok {
		c, err := v.Capture(t.Context(), id[:36])
		check(t, err)
		if got := actionsOf(t, v, c.ID); got != "capture.started capture.sealed" {
			t.Errorf("got events %q of a capture that was told to be sealed", got)
		}
	}
}

func checkKeys(t *testing.T, dir string, r faulttest.Result) {
	passphrases := passphrases[:]
	if strings.Contains(r.Said, "passphrase changed") {
		passphrases = passphrases[1:]
	}
	v := checkWhole(t, dir, passphrases...)
	if n := len(v.Keys()); strings.Contains(r.Said, "key rotated") && n != 2 {
		t.Errorf("got %d keys, want 2", n)
	}
	if _, err := os.Lstat(v.path(nextKeyFile)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s is left: %v", nextKeyFile, err)
	}
}

func checkStamped(t *testing.T, dir string, r faulttest.Result) {
	v := checkWhole(t, dir, testPassphrase)
	c, err := v.Capture(t.Context(), "OP-1/1")
	check(t, err)
	stamped, err := v.Stamped(t.Context())
	check(t, err)
	if strings.Contains(r.Said, "stamped") && !stamped[c.ID] {
		t.Error("the log lacks a timestamp that was told to be there")
	}
	if !stamped[c.ID] {
		_, err := v.Timestamp(t.Context(), c)
		check(t, err)
	}
	if logged, err := v.loggedResponses(t.Context(), c); err != nil || len(logged) != 1 {
		t.Errorf("got responses %q, %v, want one", logged, err)
	}
	after, err := afterFiles(os.DirFS(c.Dir))
	if err != nil || len(after) != 1 {
		t.Errorf("got files %q, %v, want one", after, err)
	}
	checkProtected(t, v)
	if r := verify(t, v); r.Outcome != Verified || len(r.Findings) > 0 {
		t.Errorf("got report %+v", r)
	}
}

func checkRebuilt(t *testing.T, dir string, r faulttest.Result) {
	v := checkWhole(t, dir, testPassphrase)
	if _, err := v.Case(t.Context(), "OP-2"); strings.Contains(r.Said, "case opened") && err != nil {
		t.Errorf("got error %v of a case that was opened", err)
	}
}

// checkImported holds that a bundle that was told to be imported is there, and that
// any other can be imported now; and that nothing is left of the copy.
func checkImported(t *testing.T, dir string, r faulttest.Result) {
	v := checkWhole(t, dir, testPassphrase)
	if strings.Contains(r.Said, "bundle taken in") {
		_, err := v.Import(t.Context(), received([]byte("a bundle")))
		wantErr(t, err, ErrImported)
	} else if _, err := v.Import(t.Context(), received([]byte("a bundle"))); err != nil && !errors.Is(err, ErrImported) {
		t.Error(err)
	}
	imports, err := v.Imports(t.Context())
	if err != nil || len(imports) != 1 {
		t.Errorf("got imports %+v, %v, want one", imports, err)
	}
	left, err := filepath.Glob(filepath.Join(dir, importedDir, "*.partial"))
	if err != nil || len(left) > 0 {
		t.Errorf("left: %q, %v", left, err)
	}
	wantFindings(t, verify(t, v))
}

// checkCreated holds that there is a whole vault or none.
func checkCreated(t *testing.T, dir string, r faulttest.Result) {
	dir = filepath.Join(dir, "new")
	v, err := Open(t.Context(), dir)
	switch {
	case err == nil:
		check(t, v.Unlock(t.Context(), testPassphrase))
		wantFindings(t, verify(t, v))
		check(t, v.Close())
	case strings.Contains(r.Said, "created"):
		t.Errorf("got error %v of a vault that was created", err)
	default:
		wantErr(t, err, ErrNotVault)
	}
}
