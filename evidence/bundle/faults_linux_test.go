package bundle

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"filippo.io/age"

	"pugmark/evidence"
	"pugmark/evidence/custody"
	"pugmark/evidence/faulttest"
)

func init() {
	faulttest.Programs(map[string]faulttest.Program{"export": exportProgram})
}

func exportProgram(ctx context.Context, dir string, begin func()) error {
	v, err := evidence.Open(ctx, filepath.Join(dir, "vault"))
	if err != nil {
		return err
	}
	defer v.Close()
	if err := v.Unlock(ctx, passphrase); err != nil {
		return err
	}
	begin()
	r, err := Export(ctx, v, Options{Case: "OP-1", Path: filepath.Join(dir, "out.zip")}, nil)
	if err == nil {
		fmt.Println("exported", r.SHA256)
	}
	return err
}

// exportFolder makes a folder with a vault to export from. Its key is encrypted
// so that it is opened quickly.
func exportFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	v, err := newVault(t.Context(), filepath.Join(dir, "vault"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { check(t, removeAll(v.Dir())) })
	check(t, addCapture(t.Context(), v, "OP-1", "https://example.org/1"))
	check(t, v.Close())
	check(t, lighten(filepath.Join(v.Dir(), "key.age")))
	return dir
}

// lighten encrypts a key file once more, at a low cost.
func lighten(path string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	id, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return err
	}
	clear, err := age.Decrypt(bytes.NewReader(b), id)
	if err != nil {
		return err
	}
	to, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return err
	}
	to.SetWorkFactor(8)
	var out bytes.Buffer
	w, err := age.Encrypt(&out, to)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, clear)
	return errors.Join(err, w.Close(), os.WriteFile(path, out.Bytes(), 0o600))
}

// TestExportAtSteps kills an export at its steps on disk, and has the disk fail
// and run full there: there is a whole bundle that the log names, or none, and the
// vault stays whole.
func TestExportAtSteps(t *testing.T) {
	template := exportFolder(t)
	all := faulttest.Steps(t, "export", duplicate(t, template))
	for what, steps := range map[faulttest.Fault][]faulttest.Step{
		faulttest.Kill:        faulttest.Pick(faulttest.Changing(all), 16),
		faulttest.IOError:     faulttest.Pick(all, 10),
		faulttest.NoSpaceLast: faulttest.Pick(all, 10),
	} {
		t.Run(string(what), func(t *testing.T) {
			for _, step := range steps {
				t.Run(fmt.Sprintf("%s %d", step.Call, step.N), func(t *testing.T) {
					t.Parallel()
					dir := duplicate(t, template)
					r := faulttest.Run(t, "export", dir, step, what)
					checkExported(t, dir, r.Said)
					if t.Failed() {
						t.Logf("at %v\nthe program said: %s", step, r.Said)
					}
				})
			}
			t.Logf("%s at %d steps", what, len(steps))
		})
	}
}

func duplicate(t *testing.T, dir string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "copy")
	if out, err := exec.CommandContext(t.Context(), "cp", "-a", dir, to).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	t.Cleanup(func() { check(t, removeAll(to)) })
	return to
}

func checkExported(t *testing.T, dir, said string) {
	t.Helper()
	v, err := evidence.Open(t.Context(), filepath.Join(dir, "vault"))
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	r, err := v.Verify(t.Context(), nil)
	if err != nil || r.Outcome != evidence.Verified {
		t.Errorf("got report %+v, %v", r, err)
	}
	path := filepath.Join(dir, "out.zip")
	if _, err := os.Lstat(path); err != nil {
		if strings.HasPrefix(said, "exported ") {
			t.Errorf("the bundle that was exported is gone: %v", err)
		}
		return
	}
	b, err := os.ReadFile(path)
	check(t, err)
	if r, err := verifyBytes(t, b, v.Keys()); err != nil || r.Outcome != evidence.Verified {
		t.Errorf("got report %+v, %v", r, err)
	}
	events, err := v.Events(t.Context(), custody.Filter{Action: custody.BundleExported})
	if err != nil || len(events) != 1 {
		t.Errorf("got %d exports in the log, %v, want 1", len(events), err)
	}
}

// TestExportWhileCapturing exports a case again and again while others capture for
// it: each bundle is whole, and so is the vault.
func TestExportWhileCapturing(t *testing.T) {
	dir := exportFolder(t)
	var others sync.WaitGroup
	for range 2 {
		others.Go(func() {
			v, err := evidence.Open(t.Context(), filepath.Join(dir, "vault"))
			if err != nil {
				t.Error(err)
				return
			}
			defer v.Close()
			check(t, v.Unlock(t.Context(), passphrase))
			for i := range 10 {
				check(t, addCapture(t.Context(), v, "OP-1", fmt.Sprintf("https://example.org/%d", i)))
			}
		})
	}
	v, err := evidence.Open(t.Context(), filepath.Join(dir, "vault"))
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	check(t, v.Unlock(t.Context(), passphrase))
	for i := range 5 {
		r, err := Export(t.Context(), v, Options{Case: "OP-1", Path: filepath.Join(dir, fmt.Sprintf("%d.zip", i))}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if r.Report.Outcome != evidence.Verified || r.Captures == 0 {
			t.Errorf("got %+v", r.Report)
		}
	}
	others.Wait()
	if r, err := v.Verify(t.Context(), nil); err != nil || r.Outcome != evidence.Verified || r.Captures != 21 {
		t.Errorf("got report %+v, %v", r, err)
	}
}
