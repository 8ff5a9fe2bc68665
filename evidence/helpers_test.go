package evidence

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pugmark/evidence/canon"
	"pugmark/evidence/custody"
)

const testPassphrase = "correct horse"

// newVault makes a vault with one case, OP-1.
func newVault(t testing.TB) *Vault {
	t.Helper()
	v, err := Create(t.Context(), filepath.Join(t.TempDir(), "vault"), CreateOptions{
		Name: "Unit 7", Operator: "A. Rao", Role: "analyst", Organisation: "WCU", Passphrase: testPassphrase,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		check(t, v.Close())
		unprotectFiles(t, v.Dir())
	})
	check(t, v.NewCase(t.Context(), Case{Ref: "OP-1", Title: "Ivory", Authority: "s. 12", Purpose: "inquiry"}))
	return v
}

// unprotectFiles makes all files and folders writable, so that they can be
// tampered with and removed by a user who isn't root.
func unprotectFiles(t testing.TB, dir string) {
	t.Helper()
	check(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			return os.Chmod(path, dirMode)
		case d.Type().IsRegular():
			return os.Chmod(path, fileMode)
		}
		return nil
	}))
}

// reopen opens the vault once more, as another process does.
func reopen(t testing.TB, v *Vault) *Vault {
	t.Helper()
	w, err := Open(t.Context(), v.Dir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { check(t, w.Close()) })
	return w
}

// acquisition is what a capture of an address finds.
func acquisition(address string) *Acquisition {
	at := time.Date(2026, 11, 24, 8, 0, 0, 5, time.UTC)
	return &Acquisition{
		Target:      Target{Requested: address, Final: address + "/", Title: "Carved tusk"},
		Time:        Time{Started: at, Finished: at.Add(2 * time.Second), Duration: 2000, Zone: "+08:00"},
		Environment: Environment{Tool: Tool, OS: "linux/amd64", Browser: "Chromium 1", Flags: []string{}},
		Verdict:     Complete,
	}
}

// stage begins a capture and writes three items.
func stage(t testing.TB, v *Vault, address string) *Staging {
	t.Helper()
	s, err := v.Stage(t.Context(), StageRequest{Case: "OP-1", Reason: "tip 4", Requested: address})
	if err != nil {
		t.Fatal(err)
	}
	for path, content := range map[string]string{
		"page.png": "a picture", "dom.html": "<html>" + address, "strips/0001.png": "a strip",
	} {
		check(t, write(s, path, content))
	}
	return s
}

func write(s ItemStore, path, content string) error {
	w, err := s.Create(path, KindPage, "image/png")
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, content)
	return errors.Join(err, w.Close())
}

// seal makes a whole capture.
func seal(t testing.TB, v *Vault, address string) Capture {
	t.Helper()
	sealed, err := stage(t, v, address).Seal(t.Context(), acquisition(address))
	if err != nil {
		t.Fatal(err)
	}
	return sealed.Capture
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}

// wantErr checks that an error wraps another.
func wantErr(t testing.TB, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("got error %v, want %v", got, want)
	}
}

// verify verifies the whole vault.
func verify(t testing.TB, v *Vault) *Report {
	t.Helper()
	r, err := v.Verify(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// wantFindings compares the findings of a report, as "path: kind".
func wantFindings(t testing.TB, r *Report, want ...string) {
	t.Helper()
	var got []string
	for _, f := range r.Findings {
		got = append(got, f.Path+": "+f.Kind)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got findings %q, want %q\n%v", got, want, r.Findings)
	}
	if outcome := r.Outcome; (outcome == FailedVerification) != (len(want) > 0) {
		t.Errorf("got outcome %q with %d findings", outcome, len(want))
	}
}

// snapshot describes a folder: each file's name, mode and content.
func snapshot(t testing.TB, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		fi, err := d.Info()
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "%s %v", strings.TrimPrefix(path, dir), fi.Mode())
		if fi.Mode().IsRegular() {
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			fmt.Fprintf(&b, " %s", canon.Sum(content))
		}
		b.WriteByte('\n')
		return nil
	})
	check(t, err)
	return b.String()
}

func TestMain(m *testing.M) {
	workFactor = 10
	os.Exit(m.Run())
}

// newTestKey makes a key in the name of a vault.
func newTestKey(v *Vault) (ed25519.PrivateKey, string, error) {
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		return nil, "", err
	}
	vkey, err := custody.VerifierKey(origin(v.Info().ID), key.Public().(ed25519.PublicKey))
	return key, vkey, err
}

// copyOf returns a copy of a sealed capture that can be written.
func copyOf(t testing.TB, c Capture) string {
	t.Helper()
	dir := t.TempDir()
	check(t, os.CopyFS(dir, os.DirFS(c.Dir)))
	unprotectFiles(t, dir)
	return dir
}

// edit changes a file of a folder.
func edit(t testing.TB, path string, change func([]byte) []byte) {
	t.Helper()
	b, err := os.ReadFile(path)
	check(t, err)
	check(t, os.WriteFile(path, change(b), fileMode))
}

func flip(i int) func([]byte) []byte {
	return func(b []byte) []byte { b[i] ^= 1; return b }
}
