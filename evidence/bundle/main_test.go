package bundle

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pugmark/evidence"
)

const passphrase = "correct horse"

// sample is the bundle that most tests work on.
var sample struct {
	dir    string
	vault  *evidence.Vault // unlocked
	result *Result
	bytes  []byte
}

func TestMain(m *testing.M) {
	if err := makeSample(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	err := errors.Join(sample.vault.Close(), removeAll(sample.dir))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// makeSample makes a vault with two cases of which the events alternate, and a
// bundle of the first.
func makeSample(ctx context.Context) (err error) {
	if sample.dir, err = os.MkdirTemp("", "bundle-test-"); err != nil {
		return err
	}
	v, err := newVault(ctx, filepath.Join(sample.dir, "vault"))
	if err != nil {
		return err
	}
	sample.vault = v
	for _, c := range []struct{ ref, address string }{
		{"OP-1", "https://example.org/1"}, {"OP-2", "https://secret.example/"}, {"OP-1", "https://example.org/2"},
	} {
		if err := addCapture(ctx, v, c.ref, c.address); err != nil {
			return err
		}
	}
	s, err := v.Stage(ctx, evidence.StageRequest{Case: "OP-1", Requested: "https://example.org/3"})
	if err != nil {
		return err
	}
	if err := s.Fail(ctx, "refused", "the connection was refused"); err != nil {
		return err
	}
	path := filepath.Join(sample.dir, "OP-1_2026-11-24.pugmark.zip")
	if sample.result, err = Export(ctx, v, Options{Case: "op-1", Path: path}, nil); err != nil {
		return err
	}
	sample.bytes, err = os.ReadFile(path)
	return err
}

func newVault(ctx context.Context, dir string) (*evidence.Vault, error) {
	v, err := evidence.Create(ctx, dir, evidence.CreateOptions{
		Name: "Unit 7", Operator: "A. Rao", Organisation: "Wildlife\nCrime  Unit", Passphrase: passphrase,
	})
	if err != nil {
		return nil, err
	}
	return v, errors.Join(
		v.NewCase(ctx, evidence.Case{Ref: "OP-1", Title: "Ivory \"$(reboot)\" 象牙", Authority: "s. 12", Purpose: "inquiry"}),
		v.NewCase(ctx, evidence.Case{Ref: "OP-2", Title: "Secret"}))
}

// addCapture makes a sealed capture with three items.
func addCapture(ctx context.Context, v *evidence.Vault, ref, address string) error {
	return addCaptureWith(ctx, v, ref, address, func(*evidence.Staging) error { return nil })
}

// addCaptureWith makes a sealed capture with three items and some more.
func addCaptureWith(ctx context.Context, v *evidence.Vault, ref, address string, more func(*evidence.Staging) error) error {
	s, err := v.Stage(ctx, evidence.StageRequest{Case: ref, Reason: `tip "4" \ 100%`, Requested: address})
	if err != nil {
		return err
	}
	for path, content := range map[string]string{
		"page.png": "a picture of " + address, "dom.html": "<html>" + address, "strips/0001.png": "a strip",
	} {
		w, err := s.Create(path, evidence.KindPage, "image/png")
		if err != nil {
			return err
		}
		if _, err := io.WriteString(w, content); err != nil {
			return err
		}
		if err := w.Close(); err != nil {
			return err
		}
	}
	if err := more(s); err != nil {
		return err
	}
	at := time.Date(2026, 11, 24, 8, 0, 0, 5, time.UTC)
	_, err = s.Seal(ctx, &evidence.Acquisition{
		Target:      evidence.Target{Requested: address, Title: "Carved tusk"},
		Time:        evidence.Time{Started: at, Finished: at.Add(2 * time.Second), Duration: 2000, Zone: "+08:00"},
		Environment: evidence.Environment{Tool: evidence.Tool, OS: "linux/amd64", Browser: "Chromium 1", Flags: []string{}},
		Verdict:     evidence.Complete,
	})
	return err
}

// removeAll also removes folders that are read-only.
func removeAll(dir string) error {
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		return os.Chmod(path, 0o700)
	})
	return errors.Join(err, os.RemoveAll(dir))
}

// cases counts the cases that tests made.
var cases atomic.Int32

// newCase makes a case with one capture for a test alone.
func newCase(t testing.TB) string {
	t.Helper()
	ref := fmt.Sprintf("T-%d", cases.Add(1))
	check(t, sample.vault.NewCase(t.Context(), evidence.Case{Ref: ref}))
	check(t, addCapture(t.Context(), sample.vault, ref, "https://example.org/1"))
	return ref
}

// onlyCapture returns the capture of such a case.
func onlyCapture(t testing.TB, ref string) evidence.Capture {
	t.Helper()
	c, err := sample.vault.Capture(t.Context(), ref+"/1")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}

func wantErr(t testing.TB, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("got error %v, want %v", got, want)
	}
}

// verifyBytes verifies a bundle in memory.
func verifyBytes(t testing.TB, b []byte, ring evidence.KeyRing) (*evidence.Report, error) {
	t.Helper()
	return verify(t.Context(), bytes.NewReader(b), int64(len(b)), VerifyOptions{Trust: evidence.Trust{Keys: ring}}, &meter{})
}

// wantFindings compares the findings of a report, as "path: kind".
func wantFindings(t testing.TB, r *evidence.Report, want ...string) {
	t.Helper()
	var got []string
	for _, f := range r.Findings {
		got = append(got, f.Path+": "+f.Kind)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got findings\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
	if failed := r.Outcome == evidence.FailedVerification; failed != (len(want) > 0) {
		t.Errorf("got outcome %q with %d findings", r.Outcome, len(want))
	}
}

// bag is the content of a bundle, by path.
type bag map[string][]byte

// sampleBag reads the sample.
func sampleBag(t testing.TB) bag { return unzip(t, sample.bytes) }

// zip writes the bag as Pugmark does.
func (b bag) zip(t testing.TB) []byte {
	t.Helper()
	var files []*source
	for path, content := range b {
		files = append(files, bytesSource(path, content))
	}
	var buf bytes.Buffer
	if _, _, err := writeZip(t.Context(), &buf, "bag", files, &meter{}); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// verify verifies the bag as a zip, with the vault's keys.
func (b bag) verify(t testing.TB) *evidence.Report {
	t.Helper()
	r, err := verifyBytes(t, b.zip(t), sample.vault.Keys())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// flip changes one byte in the middle of a file.
func (b bag) flip(path string) {
	b[path] = bytes.Clone(b[path])
	b[path][len(b[path])/2] ^= 1
}

// relist makes the bag's manifests anew, as a forger would.
func (b bag) relist() {
	var data, tags []*source
	for path, content := range b {
		if strings.HasPrefix(path, payload) {
			data = append(data, bytesSource(path, content))
		}
	}
	b[manifestFile] = manifestOf(data)
	for path, content := range b {
		if !strings.HasPrefix(path, payload) && path != tagManifestFile && path != signatureFile {
			tags = append(tags, bytesSource(path, content))
		}
	}
	b[tagManifestFile] = manifestOf(tags)
}

// captureFolder returns the path of a capture of the sample.
func captureFolder(t testing.TB, exhibit int) string {
	t.Helper()
	c, err := sample.vault.Capture(t.Context(), fmt.Sprintf("OP-1/%d", exhibit))
	if err != nil {
		t.Fatal(err)
	}
	return capturesPrefix + folderOf(c.Exhibit, c.ID)
}
