package bundle

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"pugmark/evidence"
	"pugmark/evidence/canon"
	"pugmark/evidence/custody"
)

func TestExport(t *testing.T) {
	r := sample.result
	if r.SHA256 != canon.Sum(sample.bytes) || r.Bytes != int64(len(sample.bytes)) || r.Captures != 2 || r.Files != 28 {
		t.Errorf("got result %+v", r)
	}
	events := exports(t, "OP-1")
	if len(events) == 0 || events[0].Digest != r.SHA256 || events[0].Case != "OP-1" || events[0].Subject != "OP-1_2026-11-24.pugmark.zip" {
		t.Errorf("got events %+v", events)
	}
	got, err := Verify(t.Context(), r.Path, VerifyOptions{Trust: evidence.Trust{Keys: sample.vault.Keys()}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	wantFindings(t, got)
	if got.Outcome != evidence.Verified || got.Captures != 2 || got.Items != 6 || got.Events != 7 || len(got.Signers) != 1 || !got.Signers[0].Trusted {
		t.Errorf("got report %+v", got)
	}
	if got, err = Verify(t.Context(), r.Path, VerifyOptions{Trust: evidence.Trust{}}, nil); err != nil || got.Outcome != evidence.IntegrityOnly || got.Signers[0].Trusted {
		t.Errorf("without keys, got report %+v, %v", got, err)
	}
}

// exports returns the events of a case's exports.
func exports(t testing.TB, ref string) []custody.Event {
	t.Helper()
	events, err := sample.vault.Events(t.Context(), custody.Filter{Action: custody.BundleExported, Case: ref})
	check(t, err)
	return events
}

// TestNothingOfOthers looks for the other case in the bundle.
func TestNothingOfOthers(t *testing.T) {
	for _, s := range []string{"OP-2", "Secret", "secret.example"} {
		if bytes.Contains(sample.bytes, []byte(s)) {
			t.Errorf("got %q in the bundle", s)
		}
	}
}

func TestOpen(t *testing.T) {
	c, err := Open(t.Context(), sample.result.Path)
	if err != nil {
		t.Fatal(err)
	}
	if c.Ref != "OP-1" || c.Title != `Ivory "$(reboot)" 象牙` || c.Closed != nil || len(c.Captures) != 2 || c.Omitted != nil {
		t.Errorf("got %+v", c)
	}
	if x := c.Captures[1]; x.Exhibit != 2 || x.Requested != "https://example.org/2" || x.Items != 3 || x.Folder != captureFolder(t, 2) {
		t.Errorf("got %+v", x)
	}
}

// TestSubset exports some captures of a case that was closed since.
func TestSubset(t *testing.T) {
	v, ref, dir := sample.vault, newCase(t), t.TempDir()
	check(t, addCapture(t.Context(), v, ref, "https://example.org/x"))
	check(t, v.CloseCase(t.Context(), ref, "done"))
	path := filepath.Join(dir, "part.ZIP")
	second := strings.ToLower(ref) + "/2"
	r, err := Export(t.Context(), v, Options{Case: ref, Captures: []string{ref + "/2", second}, Path: path}, nil)
	if err != nil || r.Captures != 1 {
		t.Fatalf("got %+v, %v", r, err)
	}
	c, err := Open(t.Context(), path)
	if err != nil || len(c.Captures) != 1 || c.Captures[0].Exhibit != 2 || len(c.Omitted) != 1 || c.Omitted[0].Exhibit != 1 || c.Closed == nil {
		t.Errorf("got %+v, %v", c, err)
	}
	b, err := os.ReadFile(path)
	check(t, err)
	if !bytes.Contains(b[:localSize+20], []byte("part/bagit.txt")) {
		t.Errorf("got %q", b[:60])
	}
	for name, want := range map[string]string{
		"OP-2/1":   `capture "OP-2/1": got case "OP-2", want "` + ref + `"`,
		ref + "/9": evidence.ErrNoCapture.Error(),
	} {
		_, err = Export(t.Context(), v, Options{Case: ref, Captures: []string{name}, Path: filepath.Join(dir, "x.zip")}, nil)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got error %v, want %q", err, want)
		}
	}
}

// TestTwice exports a case twice: what differs is what the export's own event
// brings with it.
func TestTwice(t *testing.T) {
	ref, dir, now := newCase(t), t.TempDir(), time.Now()
	read := func(name string) []byte {
		path := filepath.Join(dir, name)
		if _, err := export(t.Context(), sample.vault, Options{Case: ref, Path: path}, now, nil); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(path)
		check(t, err)
		check(t, os.Remove(path))
		return b
	}
	first, second := unzip(t, read("same.zip")), unzip(t, read("same.zip"))
	var differ []string
	for path := range first {
		if !bytes.Equal(first[path], second[path]) {
			differ = append(differ, path)
		}
	}
	slices.Sort(differ)
	want := []string{
		infoFile, guideFile, checkpointFile, custodyFile, indexFile, eventsFile, stepsFile, custodyPage, manifestFile, tagManifestFile, signatureFile,
	}
	if len(first) != len(second) || !slices.Equal(differ, want) {
		t.Errorf("got other %q, want %q", differ, want)
	}
}

// TestSameBytes makes the same bundle twice, before it is logged.
func TestSameBytes(t *testing.T) {
	ref, now := newCase(t), time.Now()
	var digests [2]evidence.Digest
	for i := range digests {
		x := &exporter{v: sample.vault, ref: ref, path: "x.zip", now: now, meter: &meter{}}
		check(t, x.collect(t.Context(), []evidence.Capture{onlyCapture(t, ref)}))
		var buf bytes.Buffer
		var err error
		digests[i], _, err = writeZip(t.Context(), &buf, "x", x.files, x.meter)
		if err != nil || digests[i] != canon.Sum(buf.Bytes()) {
			t.Errorf("got digest %s, %v", digests[i], err)
		}
	}
	if digests[0] != digests[1] {
		t.Errorf("got digests %s and %s", digests[0], digests[1])
	}
}

func TestExportRefuses(t *testing.T) {
	v, ref, dir := sample.vault, newCase(t), t.TempDir()
	path := filepath.Join(dir, "x.zip")
	check(t, os.WriteFile(path, []byte("mine"), 0o600))
	check(t, os.Symlink("nowhere", filepath.Join(dir, "link.zip")))
	check(t, v.NewCase(t.Context(), evidence.Case{Ref: ref + ".empty"}))
	locked, err := evidence.Open(t.Context(), v.Dir())
	if err != nil {
		t.Fatal(err)
	}
	defer locked.Close()
	for _, c := range []struct {
		v          *evidence.Vault
		ref, where string
		want       error
	}{
		{v, ref, "x.zip", fs.ErrExist},
		{locked, "absent", "x.zip", fs.ErrExist},
		{v, ref, "link.zip", fs.ErrExist},
		{v, ref, "absent/y.zip", fs.ErrNotExist},
		{v, "absent", "y.zip", evidence.ErrNoCase},
		{v, ref + ".empty", "y.zip", evidence.ErrNoCapture},
		{locked, ref, "y.zip", evidence.ErrLocked},
	} {
		o := Options{Case: c.ref, Path: filepath.Join(dir, c.where)}
		_, err := Export(t.Context(), c.v, o, func(done, total int64) { t.Error("work was done") })
		wantErr(t, err, c.want)
	}
	if _, err := Export(t.Context(), v, Options{Case: ref}, nil); err == nil {
		t.Error("exported to no file")
	}
	wantFiles(t, dir, "link.zip", "x.zip")
	if n := len(exports(t, ref)); n != 0 {
		t.Errorf("got %d exports in the log", n)
	}
}

// wantFiles checks what a folder holds.
func wantFiles(t testing.TB, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	check(t, err)
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if !slices.Equal(got, want) {
		t.Errorf("got files %q, want %q", got, want)
	}
}

// TestCancelled stops exports at various moments.
func TestCancelled(t *testing.T) {
	v, ref, dir := sample.vault, newCase(t), t.TempDir()
	calls := 0
	count := func(done, total int64) { calls++ }
	if _, err := Export(t.Context(), v, Options{Case: ref, Path: filepath.Join(dir, "x.zip")}, count); err != nil {
		t.Fatal(err)
	}
	check(t, os.Remove(filepath.Join(dir, "x.zip")))
	for stop := 0; stop < calls; stop += 1 + calls/12 {
		ctx, cancel := context.WithCancel(t.Context())
		if stop == 0 {
			cancel()
		}
		n := 0
		_, err := Export(ctx, v, Options{Case: ref, Path: filepath.Join(dir, "x.zip")}, func(done, total int64) {
			if n++; n == stop {
				cancel()
			}
		})
		cancel()
		wantErr(t, err, context.Canceled)
		wantFiles(t, dir)
	}
	if n := len(exports(t, ref)); n != 1 {
		t.Errorf("got %d exports in the log, want that of the first", n)
	}
}

// TestProgress checks that an export's progress goes forward to its end.
func TestProgress(t *testing.T) {
	var last, end int64
	_, err := Export(t.Context(), sample.vault, Options{Case: newCase(t), Path: filepath.Join(t.TempDir(), "x.zip")}, func(done, total int64) {
		if done < last || done > total {
			t.Errorf("got %d of %d after %d", done, total, last)
		}
		last, end = done, total
	})
	if err != nil || last == 0 || last != end {
		t.Errorf("got %d of %d, %v", last, end, err)
	}
}

// overwrite changes a sealed file without changing its size.
func overwrite(t testing.TB, path string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	check(t, os.Chmod(path, 0o600))
	check(t, os.WriteFile(path, b, 0o600))
}

func TestAltered(t *testing.T) {
	for _, file := range []string{"page.png", "manifest.json", "seal.json"} {
		ref, dir := newCase(t), t.TempDir()
		overwrite(t, filepath.Join(onlyCapture(t, ref).Dir, file))
		_, err := Export(t.Context(), sample.vault, Options{Case: ref, Path: filepath.Join(dir, "x.zip")}, nil)
		wantErr(t, err, ErrAltered)
		if err == nil || !strings.Contains(err.Error(), "capture "+ref+"/1") || !strings.Contains(err.Error(), file) {
			t.Errorf("got error %v", err)
		}
		wantFiles(t, dir)
		if n := len(exports(t, ref)); n != 0 {
			t.Errorf("got %d exports in the log", n)
		}
	}
}

// TestAlteredMeanwhile alters an item after it was verified and before it is
// copied: the verification alone reads as much as all files of the capture.
func TestAlteredMeanwhile(t *testing.T) {
	ref, dir := newCase(t), t.TempDir()
	c := onlyCapture(t, ref)
	var size int64
	check(t, filepath.WalkDir(c.Dir, func(path string, d fs.DirEntry, err error) error {
		if fi, err := os.Stat(path); err == nil && !fi.IsDir() {
			size += fi.Size()
		}
		return err
	}))
	once := false
	x := &exporter{v: sample.vault, ref: ref, path: filepath.Join(dir, "x.zip"), now: time.Now(), meter: &meter{total: 1 << 40}}
	x.meter.report = func(done, _ int64) {
		if done > size && !once {
			once = true
			overwrite(t, filepath.Join(c.Dir, "strips", "0001.png"))
		}
	}
	_, err := x.run(t.Context(), []evidence.Capture{c})
	wantErr(t, err, ErrAltered)
	if err == nil || !strings.Contains(err.Error(), `strips/0001.png": the evidence was altered: got digest`) {
		t.Errorf("got error %v", err)
	}
	wantFiles(t, dir)
}

// TestTakenMeanwhile has another program take the file's name.
func TestTakenMeanwhile(t *testing.T) {
	ref, dir := newCase(t), t.TempDir()
	path := filepath.Join(dir, "x.zip")
	_, err := Export(t.Context(), sample.vault, Options{Case: ref, Path: path}, func(done, total int64) {
		check(t, os.WriteFile(path, []byte("mine"), 0o600))
	})
	wantErr(t, err, fs.ErrExist)
	wantFiles(t, dir, "x.zip")
	if b, err := os.ReadFile(path); err != nil || string(b) != "mine" {
		t.Errorf("got %q, %v", b, err)
	}
	if n := len(exports(t, ref)); n != 1 {
		t.Errorf("got %d exports in the log, want the one that failed at the end", n)
	}
}

// full is a disk without space after some bytes.
type full struct{ left int }

func (f *full) Write(p []byte) (int, error) {
	if f.left < len(p) {
		return 0, &fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}
	}
	f.left -= len(p)
	return len(p), nil
}

func TestDiskFull(t *testing.T) {
	for _, left := range []int{0, 300 << 10} {
		files := []*source{bytesSource(bagitFile, []byte(bagit)), bytesSource("data/a", make([]byte, 1<<20))}
		_, _, err := writeZip(t.Context(), &full{left}, "x", files, &meter{})
		if !evidence.IsDiskFull(err) {
			t.Errorf("%d bytes: got error %v", left, err)
		}
	}
}

func TestDefaultName(t *testing.T) {
	at := time.Date(2026, 11, 24, 23, 0, 0, 0, time.FixedZone("", 3600))
	if got := DefaultName("OP-1", at); got != "OP-1_2026-11-24.pugmark.zip" {
		t.Errorf("got %q", got)
	}
	for file, want := range map[string]string{
		"/a/x.zip": "x", "x.Zip": "x", "x": "x", "x.tar": "x.tar", "a b.zip": "OP-1_2026-11-24.pugmark", ".zip": "OP-1_2026-11-24.pugmark",
		"案.zip": "OP-1_2026-11-24.pugmark", "con.zip": "OP-1_2026-11-24.pugmark", strings.Repeat("x", 200) + ".zip": "OP-1_2026-11-24.pugmark",
	} {
		if got := baseOf(file, "OP-1", at); got != want {
			t.Errorf("%q: got %q, want %q", file, got, want)
		}
	}
}

// TestOtherKey verifies with the key of another vault.
func TestOtherKey(t *testing.T) {
	pub, _, err := ed25519.GenerateKey(nil)
	check(t, err)
	vkey, err := custody.VerifierKey("pugmark/"+sample.vault.Info().ID.String(), pub)
	check(t, err)
	r, err := verifyBytes(t, sample.bytes, evidence.KeyRing{{VKey: vkey}})
	if err != nil || r.Outcome != evidence.IntegrityOnly || len(r.Signers) != 1 || r.Signers[0].Trusted {
		t.Errorf("got %+v, %v", r, err)
	}
}

func TestVerifyCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Verify(ctx, sample.result.Path, VerifyOptions{Trust: evidence.Trust{}}, nil)
	wantErr(t, err, context.Canceled)
}

// unzip reads a bundle.
func unzip(t testing.TB, zipped []byte) bag {
	t.Helper()
	c, err := scan(t.Context(), bytes.NewReader(zipped), int64(len(zipped)))
	if err != nil {
		t.Fatal(err)
	}
	b := make(bag)
	for _, e := range c.entries {
		if b[e.path], err = c.readAll(e, e.size); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// TestPublish publishes where another file is.
func TestPublish(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	check(t, errors.Join(os.WriteFile(a, []byte("a"), 0o600), os.WriteFile(b, []byte("b"), 0o600)))
	wantErr(t, evidence.PublishFile(a, b), fs.ErrExist)
	check(t, evidence.PublishFile(a, filepath.Join(dir, "c")))
	wantFiles(t, dir, "b", "c")
}
