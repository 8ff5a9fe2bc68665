package bundle

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"unicode/utf8"

	"pugmark/evidence"
	"pugmark/evidence/canon"
)

// hostileFiles are bundles of which the zip is none that Pugmark writes.
func hostileFiles(t testing.TB) map[string][]byte {
	t.Helper()
	out := map[string][]byte{
		"empty": nil, "text": []byte("PK? no"), "prepended": append([]byte("#!/bin/sh\n"), sample.bytes...),
		"appended": append(bytes.Clone(sample.bytes), "more"...), "end alone": end(0, 0, 0), "end of zip64 alone": end64(0, 0, 0),
		"deflated bomb": bomb(t), "quoted bomb": quotedBomb(), "base": (&entry{path: bagitFile}).localHeader("../b"),
		"endless":         (&entry{path: bagitFile, size: 1 << 62}).localHeader("b"),
		"one file, often": bytes.Repeat((&entry{path: bagitFile}).localHeader("b"), 20_000),
		"many files":      manyFiles(0),
		"many folders":    manyFiles(110),
	}
	for name, c := range hostileZips(t) {
		out["zip "+name] = c.change(bytes.Clone(sample.bytes))
	}
	for _, path := range hostileNames {
		b := sampleBag(t)
		b[path] = []byte("x")
		out["name "+path] = b.zip(t)
	}
	return out
}

// manyFiles has as many files as a bundle may, each in folders of its own.
func manyFiles(folders int) []byte {
	b := (&entry{path: bagitFile}).localHeader("b")
	for i := range maxFiles {
		b = append(b, (&entry{path: fmt.Sprintf("data/%07d/%sa", i, strings.Repeat("a/", folders))}).localHeader("b")...)
	}
	return b
}

// bomb is a zip in which ten megabytes take ten kilobytes.
func bomb(t testing.TB) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for _, path := range []string{bagitFile, "data/x"} {
		f, err := w.Create("b/" + path)
		check(t, err)
		_, err = f.Write(make([]byte, 5<<20))
		check(t, err)
	}
	check(t, w.Close())
	return buf.Bytes()
}

// quotedBomb is a zip in which each file holds the next one's header, and all end
// at the same byte.
func quotedBomb() []byte {
	const files = 40
	var b []byte
	size := int64(len((&entry{path: "data/00"}).localHeader("b")) * files)
	b = append(b, (&entry{path: bagitFile, size: size}).localHeader("b")...)
	for i := range int64(files) {
		h := (&entry{path: "data/" + string([]byte{'a' + byte(i/10), '0' + byte(i%10)}), size: size - (i+1)*size/files}).localHeader("b")
		b = append(b, h...)
	}
	return b
}

// hostileRecords are bundles of a sound zip in which a record holds what no reader
// should be harmed by. The bag's manifests agree with it.
func hostileRecords(t testing.TB) map[string][]byte {
	t.Helper()
	out := make(map[string][]byte)
	first := captureFolder(t, 1)
	texts := hostileJSON()
	for _, path := range []string{caseFile, custodyFile, keysFile, withheldFile, first + "/manifest.json", first + "/seal.json"} {
		for name, text := range texts {
			b := sampleBag(t)
			b[path] = text(b[path])
			b.relist()
			out[path+" "+name] = b.zip(t)
		}
	}
	for _, path := range []string{rootsFile, infoFile, bagitFile, guideFile, checkpointFile, eventsFile, stepsFile} {
		for name, text := range map[string][]byte{"long": bytes.Repeat([]byte("x"), 1<<20), "binary": {0, 0xff, 0x1b, '[', '2', 'J'}} {
			b := sampleBag(t)
			b[path] = text
			b.relist()
			out[path+" "+name] = b.zip(t)
		}
	}
	return out
}

// hostileJSON returns what takes the place of a record.
func hostileJSON() map[string]func(old []byte) []byte {
	put := func(member string) func([]byte) []byte { // ahead of the others
		return func(old []byte) []byte { return append([]byte("{"+member+","), bytes.TrimPrefix(old, []byte("{"))...) }
	}
	all := func(text string) func([]byte) []byte { return func([]byte) []byte { return []byte(text) } }
	version := func(n string) func([]byte) []byte {
		return func(old []byte) []byte { return bytes.Replace(old, []byte(`"version":1`), []byte(`"version":`+n), 1) }
	}
	const deep = 1_000_000
	return map[string]func([]byte) []byte{
		"deep":            all(strings.Repeat("[", deep) + strings.Repeat("]", deep)),
		"deep objects":    all(strings.Repeat(`{"a":`, deep) + "1" + strings.Repeat("}", deep)),
		"deep member":     put(`"a":` + strings.Repeat("[", deep) + strings.Repeat("]", deep)),
		"long name":       put(`"` + strings.Repeat("a", 1<<20) + `":1`),
		"long format":     all(`{"format":"` + strings.Repeat("a", 1<<20) + `","version":1}`),
		"long text":       put(`"ref":"` + strings.Repeat("\\u0000", 1<<18) + `"`),
		"long number":     put(`"version":` + strings.Repeat("9", 1<<20)),
		"large exponent":  put(`"exhibit":1e999999999`),
		"too large":       all(`{"a":"` + strings.Repeat("a", canon.MaxSize) + `"}`),
		"duplicate":       put(`"version":1`),
		"duplicate same":  func(old []byte) []byte { return append(bytes.TrimSuffix(old, []byte("}")), `,"version":1}`...) },
		"invalid UTF-8":   put(`"a":"` + "\xff\xfe" + `"`),
		"half surrogate":  put(`"a":"\ud800"`),
		"control":         put(`"a` + `\u001b[2J":"x"`),
		"older":           version("0"),
		"negative":        version("-1"),
		"newer":           version("2"),
		"much newer":      version("9007199254740991"),
		"nothing":         all(""),
		"null":            all("null"),
		"a list":          all("[]"),
		"no members":      all("{}"),
		"cut short":       func(old []byte) []byte { return old[:len(old)*2/3] },
		"two":             func(old []byte) []byte { return append(bytes.Clone(old), old...) },
		"byte order mark": func(old []byte) []byte { return append([]byte("\xef\xbb\xbf"), old...) },
	}
}

// TestHostileImport has nothing hostile change a vault. Neither does it harm who
// verifies or reads it.
func TestHostileImport(t *testing.T) {
	v := reviewer(t)
	before := state(t, v)
	path := filepath.Join(t.TempDir(), "x.zip")
	corpus := hostileFiles(t)
	maps.Copy(corpus, hostileRecords(t))
	for _, name := range sortedNames(corpus) {
		check(t, os.WriteFile(path, corpus[name], 0o600))
		wantRefused(t, name, path)
		if _, err := importInto(t.Context(), v, path); err == nil {
			t.Errorf("%q: imported", name)
		} else if !isRefusal(err) {
			t.Errorf("%q: got error %v", name, err)
		}
		wantState(t, v, name, before)
	}
	t.Logf("%d hostile bundles", len(corpus))
}

// isRefusal reports whether an error is one that says what is wrong with a bundle.
func isRefusal(err error) bool {
	var failed *FailedError
	var newer *evidence.VersionError
	return errors.As(err, &failed) || errors.As(err, &newer) || errors.Is(err, ErrNotBundle)
}

// wantRefused verifies and reads a bundle.
func wantRefused(t *testing.T, name, path string) {
	t.Helper()
	r, err := Verify(t.Context(), path, VerifyOptions{Trust: evidence.Trust{Keys: sample.vault.Keys()}}, nil)
	switch {
	case err != nil && !isRefusal(err):
		t.Errorf("%q: verifying: got error %v", name, err)
	case err == nil && r.Outcome != evidence.FailedVerification:
		t.Errorf("%q: %s", name, r.Outcome)
	case err == nil:
		wantPlain(t, name, r)
	}
	reader, err := OpenReader(t.Context(), path)
	if err == nil {
		readAll(t, name, reader)
		check(t, reader.Close())
	} else if !isRefusal(err) {
		t.Errorf("%q: reading: got error %v", name, err)
	}
	if len(errText(err)) > 4096 {
		t.Errorf("%q: got an error of %d bytes", name, len(errText(err)))
	}
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// wantPlain checks that findings are fit to be shown.
func wantPlain(t *testing.T, name string, r *evidence.Report) {
	t.Helper()
	for _, f := range r.Findings {
		for _, text := range []string{f.Path, f.Kind, f.Want, f.Got} {
			if len(text) > 2048 || !utf8.ValidString(text) {
				t.Errorf("%q: got a finding %s with %d bytes: %.100q", name, f.Kind, len(text), text)
			}
		}
	}
}

// readAll reads all that a reader gives.
func readAll(t *testing.T, name string, r *Reader) {
	t.Helper()
	for _, x := range r.Contents().Captures {
		fsys, err := r.Folder(x)
		if err != nil {
			t.Errorf("%q: %v", name, err)
			continue
		}
		err = fs.WalkDir(fsys, ".", func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			if !filepath.IsLocal(path) {
				t.Errorf("%q: got path %q", name, path)
			}
			f, err := fsys.Open(path)
			if err != nil {
				return err
			}
			_, err = io.Copy(io.Discard, f)
			return errors.Join(err, f.Close())
		})
		check(t, err)
		if _, _, err := evidence.ReadRecords(fsys); len(errText(err)) > 4096 {
			t.Errorf("%q: got an error of %d bytes", name, len(errText(err)))
		}
	}
}

// TestHostileCut has bundles that end where something in them begins or ends,
// among them one of the zip64 form.
func TestHostileCut(t *testing.T) {
	v := reviewer(t)
	before := state(t, v)
	refused := func(path string, size int64) {
		check(t, os.Truncate(path, size))
		wantRefused(t, path, path)
		if _, err := importInto(t.Context(), v, path); err == nil || !isRefusal(err) {
			t.Errorf("%s at byte %d: got error %v", path, size, err)
		}
		wantState(t, v, path, before)
	}
	small := filepath.Join(t.TempDir(), "small.zip")
	c, err := scan(t.Context(), bytes.NewReader(sample.bytes), int64(len(sample.bytes)))
	check(t, err)
	var cuts []int64
	for _, e := range c.entries {
		content := e.offset + int64(len(e.localHeader(c.base)))
		cuts = append(cuts, e.offset, e.offset+localSize, content, content+e.size)
	}
	for i := range sample.bytes { // the directory and the end
		if bytes.HasPrefix(sample.bytes[i:], []byte("PK\x01\x02")) || bytes.HasPrefix(sample.bytes[i:], []byte("PK\x05\x06")) {
			cuts = append(cuts, int64(i), int64(i+4))
		}
	}
	for _, cut := range append(cuts, int64(len(sample.bytes)-1)) {
		check(t, os.WriteFile(small, sample.bytes, 0o600))
		refused(small, cut)
	}
	large, _, starts := largeZip(t)
	for i := len(starts) - 2; i >= 0; i-- { // of the last, nothing is cut off
		refused(large.Name(), starts[i]+1)
		refused(large.Name(), starts[i])
	}
}

// TestHostileKind has something else than a file.
func TestHostileKind(t *testing.T) {
	v := reviewer(t)
	dir := t.TempDir()
	pipe, link := filepath.Join(dir, "pipe"), filepath.Join(dir, "link")
	check(t, syscall.Mkfifo(pipe, 0o600))
	check(t, os.Symlink("/dev/zero", link))
	before := state(t, v)
	for _, path := range []string{dir, pipe, link, "/dev/zero", "/dev/null"} {
		wantRefused(t, path, path)
		_, err := importInto(t.Context(), v, path)
		wantErr(t, err, ErrNotBundle)
	}
	_, err := importInto(t.Context(), v, filepath.Join(dir, "absent"))
	wantErr(t, err, fs.ErrNotExist)
	wantState(t, v, "kinds", before)
}
