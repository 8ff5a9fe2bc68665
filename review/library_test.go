package review

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
	"sync"
	"testing"
	"time"

	"pugmark/evidence"
	"pugmark/evidence/bundle"
	"pugmark/evidence/canon"
	"pugmark/evidence/search"
)

// fixture is a vault with two cases, a bundle of the first, and another vault that the
// bundle was imported into.
type fixture struct {
	vault, other *evidence.Vault
	path         string // of the bundle
	imported     evidence.Import
}

const passphrase = "correct horse"

// sample is the fixture that each test has a copy of: to make a key takes long.
var sample struct {
	once sync.Once
	dir  string
}

func TestMain(m *testing.M) {
	code := m.Run()
	if sample.dir != "" {
		if err := errors.Join(unprotect(sample.dir), os.RemoveAll(sample.dir)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// unprotect makes folders such that what is in them can be removed.
func unprotect(dir string) error {
	return filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && e.IsDir() {
			err = os.Chmod(path, 0o700)
		}
		return err
	})
}

// newFixture returns a fixture of a test's own. Its vaults are locked.
func newFixture(t testing.TB) *fixture {
	t.Helper()
	sample.once.Do(func() { makeSample(t) })
	dir := t.TempDir()
	check(t, os.CopyFS(dir, os.DirFS(sample.dir)))
	f := &fixture{vault: openVault(t, filepath.Join(dir, "vault")), other: openVault(t, filepath.Join(dir, "other")), path: filepath.Join(dir, "op.pugmark.zip")}
	all, err := f.other.Imports(t.Context())
	check(t, err)
	f.imported = all[0]
	return f
}

func openVault(t testing.TB, dir string) *evidence.Vault {
	t.Helper()
	v, err := evidence.Open(t.Context(), dir)
	check(t, err)
	t.Cleanup(func() { check(t, errors.Join(v.Close(), unprotect(dir))) })
	return v
}

func newVault(t testing.TB, dir string) *evidence.Vault {
	t.Helper()
	v, err := evidence.Create(t.Context(), dir, evidence.CreateOptions{Name: "Unit", Operator: "A. Rao", Passphrase: passphrase})
	check(t, err)
	return v
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantErr(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("got error %v, want %v", err, want)
	}
}

// makeSample makes two vaults, and a bundle of one that the other imported.
func makeSample(t testing.TB) {
	t.Helper()
	dir, err := os.MkdirTemp("", "review-test-")
	check(t, err)
	sample.dir = dir
	f := &fixture{vault: newVault(t, filepath.Join(dir, "vault")), other: newVault(t, filepath.Join(dir, "other")), path: filepath.Join(dir, "op.pugmark.zip")}
	for _, ref := range []string{"OP-1", "OP-2"} {
		check(t, f.vault.NewCase(t.Context(), evidence.Case{Ref: ref, Title: "Ivory"}))
	}
	first := seal(t, f.vault, "OP-1", "Old bangle", "出售 象牙 手镯")
	seal(t, f.vault, "OP-2", "Scales", "scales")
	seal(t, f.vault, "OP-1", "A bone", "bone")
	for _, a := range []evidence.Annotation{{Kind: evidence.Tag, Text: "tusk"}, {Kind: evidence.Tag, Text: "mistaken"}, {Kind: evidence.Note, Text: "look"}} {
		added, err := f.vault.Annotate(t.Context(), first, a)
		check(t, err)
		if a.Text == "mistaken" {
			check(t, f.vault.Withdraw(t.Context(), first, added.ID, "an error"))
		}
	}
	_, err = bundle.Export(t.Context(), f.vault, bundle.Options{Case: "OP-1", Path: f.path}, nil)
	check(t, err)
	_, err = bundle.Import(t.Context(), f.other, bundle.ImportOptions{Path: f.path}, nil)
	check(t, errors.Join(err, f.vault.Close(), f.other.Close()))
}

// seal makes a capture with a text, and with the secrets of its connections.
func seal(t testing.TB, v *evidence.Vault, ref, title, text string) evidence.Capture {
	t.Helper()
	s, err := v.Stage(t.Context(), evidence.StageRequest{Case: ref, Requested: "https://example.org/" + title})
	check(t, err)
	write(t, s, "text.txt", evidence.KindText, text)
	write(t, s, "tls-secrets.age", evidence.KindSecrets, "secret")
	at := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	sealed, err := s.Seal(t.Context(), &evidence.Acquisition{
		Target:      evidence.Target{Requested: "https://example.org/" + title, Final: "https://example.org/", Title: title},
		Time:        evidence.Time{Started: at, Finished: at.Add(time.Second), Duration: 1000, Zone: "Z"},
		Environment: evidence.Environment{Tool: evidence.Tool, OS: "linux/amd64", Browser: "Chromium 1", Flags: []string{}},
		Verdict:     evidence.Complete,
	})
	check(t, err)
	return sealed.Capture
}

func write(t testing.TB, s *evidence.Staging, path string, k evidence.Kind, content string) {
	t.Helper()
	w, err := s.Create(path, k, "text/plain")
	check(t, err)
	_, err = io.WriteString(w, content)
	check(t, errors.Join(err, w.Close()))
}

// openFile opens a bundle's file.
func openFile(t testing.TB, path string) *Library {
	t.Helper()
	r, err := bundle.OpenReader(t.Context(), path)
	check(t, err)
	l := OfBundle(r, path)
	t.Cleanup(func() { check(t, l.Close()) })
	return l
}

func ofVault(t testing.TB, v *evidence.Vault) *Library {
	t.Helper()
	l := OfVault(v)
	t.Cleanup(func() { check(t, l.Close()) })
	return l
}

// three returns the vault, the one with the import, and the file, and what each calls
// the case.
func (f *fixture) three(t testing.TB) map[string]*Library {
	return map[string]*Library{"OP-1": ofVault(t, f.vault), f.imported.Name: ofVault(t, f.other), "op-1": openFile(t, f.path)}
}

// TestCases reads one case in the three ways: it is the same.
func TestCases(t *testing.T) {
	f := newFixture(t)
	for name, l := range f.three(t) {
		c, err := l.Case(t.Context(), name)
		check(t, err)
		if !strings.EqualFold(c.Name, name) || c.Ref != "OP-1" || c.Title != "Ivory" || len(c.Captures) != 2 || len(c.Events) == 0 {
			t.Errorf("%s: got case %+v", name, c)
		}
		if inBundle := l.Bundle() != nil || c.Imported != nil; inBundle != (c.Path != "") || (c.Imported != nil) != IsImportName(name) {
			t.Errorf("%s: got path %q, import %v", name, c.Path, c.Imported)
		}
		x := c.Captures[0]
		if got := fmt.Sprintln(x.Exhibit, x.Title, x.Tags(), len(x.Annotations), c.Captures[1].Exhibit); got != "1 Old bangle [tusk] 3 2\n" {
			t.Errorf("%s: got %s", name, got)
		}
		m, s, err := x.Records()
		if err != nil || m.Target.Title != "Old bangle" || s.Event.Digest != x.ManifestDigest {
			t.Errorf("%s: got records %+v, %+v, %v", name, m, s, err)
		}
		text, _ := m.Find(evidence.KindText)
		if b, err := x.Read(text, 1000); err != nil || string(b) != "出售 象牙 手镯" {
			t.Errorf("%s: got text %q, %v", name, b, err)
		}
		if _, err := x.Read(text, 3); err == nil {
			t.Errorf("%s: read more than the most", name)
		}
		if l, err := x.Listing(m); l != nil || err != nil {
			t.Errorf("%s: got listing %v, %v of a capture without one", name, l, err)
		}
		if _, err := x.Files.Open("../manifest.json"); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("%s: got error %v of a path that leads out", name, err)
		}
	}
}

// TestWithheld opens what a bundle leaves out.
func TestWithheld(t *testing.T) {
	f := newFixture(t)
	for name, l := range f.three(t) {
		c, err := l.Case(t.Context(), name)
		check(t, err)
		m, err := c.Captures[0].Manifest()
		check(t, err)
		secrets, ok := m.Find(evidence.KindSecrets)
		if !ok {
			t.Fatal("no secrets in the manifest")
		}
		file, err := c.Captures[0].Open(secrets)
		if c.Path == "" {
			check(t, err)
			check(t, file.Close())
			continue
		}
		wantErr(t, err, fs.ErrNotExist)
		_, err = c.Captures[0].Read(secrets, 1000)
		wantErr(t, err, fs.ErrNotExist)
	}
}

// TestNames lists and finds by name.
func TestNames(t *testing.T) {
	f := newFixture(t)
	own, other, file := ofVault(t, f.vault), ofVault(t, f.other), openFile(t, f.path)
	for _, test := range []struct {
		*Library
		want []string
	}{{own, []string{"OP-1", "OP-2"}}, {other, []string{f.imported.Name}}, {file, []string{"OP-1"}}} {
		if got, err := test.Names(t.Context()); err != nil || !slices.Equal(got, test.want) {
			t.Errorf("got names %q, %v, want %q", got, err, test.want)
		}
	}
	id := own.mustFind(t, "OP-1/2").ID.String()
	for _, test := range []struct {
		*Library
		name, want string
		err        error
	}{
		{own, "OP-1/2", "OP-1/2", nil}, {own, "op-2/1", "OP-2/1", nil}, {own, id, "OP-1/2", nil},
		{own, strings.ToUpper(id[:30]), "OP-1/2", nil},
		{own, id[:3], "", evidence.ErrNoCapture}, {own, id[:8], "", evidence.ErrAmbiguous},
		{own, "OP-1/9", "", evidence.ErrNoCapture}, {own, "OP-9/1", "", evidence.ErrNoCase}, {own, "OP-1@12345678/1", "", evidence.ErrNoImport},
		{other, f.imported.Name + "/2", f.imported.Name + "/2", nil}, {other, id, f.imported.Name + "/2", nil},
		{other, id[:8], "", evidence.ErrAmbiguous}, {other, f.imported.Name + "/7", "", evidence.ErrNoCapture}, {other, "OP-1/2", "", evidence.ErrNoCase},
		{file, "2", "OP-1/2", nil}, {file, "op-1/2", "OP-1/2", nil}, {file, id, "OP-1/2", nil},
		{file, id[:8], "", evidence.ErrAmbiguous}, {file, "3", "", evidence.ErrNoCapture}, {file, "OP-2/1", "", evidence.ErrNoCase},
	} {
		c, x, err := test.Capture(t.Context(), test.name)
		if test.err != nil {
			wantErr(t, err, test.err)
		} else if err != nil || x.Name() != test.want || !slices.Contains(c.Captures, x) {
			t.Errorf("got %v, %v of %q, want %q", x, err, test.name, test.want)
		}
	}
	for _, test := range []struct {
		*Library
		name, want string
		err        error
	}{
		{own, "op-2", "OP-2", nil}, {own, "OP-9", "", evidence.ErrNoCase}, {other, f.imported.Name, f.imported.Name, nil},
		{other, "OP-1@12345678", "", evidence.ErrNoImport}, {file, "", "OP-1", nil}, {file, "op-1", "OP-1", nil}, {file, "OP-2", "", evidence.ErrNoCase},
	} {
		got, err := test.CaseName(t.Context(), test.name)
		if got != test.want || !errors.Is(err, test.err) {
			t.Errorf("got %q, %v of %q, want %q, %v", got, err, test.name, test.want, test.err)
		}
	}
}

func (l *Library) mustFind(t testing.TB, name string) *Capture {
	t.Helper()
	_, x, err := l.Capture(t.Context(), name)
	check(t, err)
	return x
}

// TestDamaged reads bundles that were altered.
func TestDamaged(t *testing.T) {
	f := newFixture(t)
	whole, err := os.ReadFile(f.path)
	check(t, err)
	altered := func(b []byte) string {
		path := filepath.Join(t.TempDir(), "altered.zip")
		check(t, os.WriteFile(path, b, 0o600))
		return path
	}
	// The text of one item: it is listed, but not read.
	l := openFile(t, altered(bytes.Replace(whole, []byte("出售 象牙"), []byte("出售 木牙"), 1)))
	x := l.mustFind(t, "1")
	m, err := x.Manifest()
	check(t, err)
	text, _ := m.Find(evidence.KindText)
	if _, err := x.Read(text, 1000); err == nil || !strings.Contains(err.Error(), "got digest") {
		t.Errorf("got error %v of an altered text", err)
	}
	// The manifest: it isn't the one that was sealed.
	l = openFile(t, altered(bytes.ReplaceAll(whole, []byte("Old bangle"), []byte("Old Bangle"))))
	if _, _, err := l.mustFind(t, "1").Records(); err == nil {
		t.Error("read an altered manifest")
	}
	if _, err := l.mustFind(t, "2").Manifest(); err != nil {
		t.Errorf("the other capture: %v", err)
	}
	r, err := l.Search(t.Context(), search.Query{}, nil)
	if err != nil || r.Total != 2 || r.Unread != 1 {
		t.Errorf("got %+v, %v, want one unread", r, err)
	}
	// The digest that case.json lists: the capture is sealed, but isn't the one listed.
	digest := l.mustFind(t, "1").ManifestDigest.String()
	at := bytes.Index(whole, []byte(`"manifest_digest":"`+digest))
	if at < 0 {
		t.Fatal("case.json lists no digest")
	}
	other := slices.Clone(whole)
	copy(other[at+len(`"manifest_digest":"`):], canon.Sum(nil).String())
	l = openFile(t, altered(other))
	if _, _, err := l.mustFind(t, "1").Records(); err == nil || !strings.Contains(err.Error(), "want manifest "+canon.Sum(nil).String()) && !strings.Contains(err.Error(), canon.Sum(nil).String()) {
		t.Errorf("got error %v of a capture that isn't the one listed", err)
	}
	// The zip: it isn't even opened.
	_, err = bundle.OpenReader(t.Context(), altered(whole[:len(whole)-9]))
	var failed *bundle.FailedError
	if !errors.As(err, &failed) {
		t.Errorf("got error %v of a bundle that was cut", err)
	}
}

// TestDamagedImport goes on where one imported bundle can't be read.
func TestDamagedImport(t *testing.T) {
	f := newFixture(t)
	check(t, os.Chmod(f.imported.Path, 0o600))
	check(t, os.Truncate(f.imported.Path, 5000))
	l := ofVault(t, f.other)
	var lost []string
	all, err := l.Cases(t.Context(), func(name string, err error) error {
		var damaged *ImportError
		if !errors.As(err, &damaged) || damaged.Import.Name != name {
			t.Errorf("got error %v", err)
		}
		lost = append(lost, name)
		return nil
	})
	if err != nil || len(all) != 0 || !slices.Equal(lost, []string{f.imported.Name}) {
		t.Errorf("got %v, %v, lost %q", all, err, lost)
	}
	stop := errors.New("stop")
	_, err = l.Cases(t.Context(), func(string, error) error { return stop })
	wantErr(t, err, stop)
	r, err := l.Search(t.Context(), search.Query{Words: "bangle"}, nil)
	if err != nil || r.Total != 0 || r.Behind != 2 || len(r.Unreadable) != 1 || r.Unreadable[0].Import.Name != f.imported.Name {
		t.Errorf("got %+v, %v, want one unreadable", r, err)
	}
	check(t, l.UpdateSearch(t.Context(), nil))
	if r, err := l.SearchNow(t.Context(), search.Query{}); err != nil || len(r.Unreadable) != 1 {
		t.Errorf("got %+v, %v, want one unreadable", r, err)
	}
	// A capture of the vault's own is found all the same.
	check(t, f.other.Unlock(t.Context(), passphrase))
	check(t, f.other.NewCase(t.Context(), evidence.Case{Ref: "OP-3", Title: "Own"}))
	seal(t, f.other, "OP-3", "Own bangle", "own")
	wantHits(t, l, search.Query{Words: "bangle"}, "OP-3/1")
}

// wantHits searches, and checks the names of what is found, in any order.
func wantHits(t testing.TB, l *Library, q search.Query, names ...string) {
	t.Helper()
	r, err := l.Search(t.Context(), q, nil)
	if err != nil {
		t.Errorf("searching %+v: %v", q, err)
		return
	}
	var got []string
	for _, h := range r.Hits {
		got = append(got, h.Capture.Name())
	}
	slices.Sort(got)
	if !slices.Equal(got, names) {
		t.Errorf("got %q for %+v, want %q", got, q, names)
	}
}

// TestSearch finds captures of the vault, of what was imported, and of a file.
func TestSearch(t *testing.T) {
	f := newFixture(t)
	for name, l := range f.three(t) {
		c, err := l.Case(t.Context(), name)
		check(t, err)
		wantHits(t, l, search.Query{Words: "手鐲"}, c.Name+"/1")
		wantHits(t, l, search.Query{Tag: "TUSK", Case: c.Name}, c.Name+"/1")
		wantHits(t, l, search.Query{Tag: "mistaken"})
		wantHits(t, l, search.Query{Species: "tusk"}, c.Name+"/1")
		wantHits(t, l, search.Query{Case: c.Name}, c.Name+"/1", c.Name+"/2")
		r, err := l.SearchNow(t.Context(), search.Query{Words: "bone"})
		if err != nil || len(r.Hits) != 1 || r.Behind != 0 || (r.Hits[0].Imported != nil) != (c.Imported != nil) || r.Hits[0].Capture.Title != "A bone" {
			t.Errorf("%s: got %+v, %v", name, r, err)
		}
	}
	// The vault that sealed the bundle may import it as well: both are found.
	_, err := bundle.Import(t.Context(), f.vault, bundle.ImportOptions{Path: f.path}, nil)
	check(t, err)
	wantHits(t, ofVault(t, f.vault), search.Query{Words: "bone"}, "OP-1/2", f.imported.Name+"/2")
	wantHits(t, ofVault(t, f.vault), search.Query{Words: "bone", Case: "OP-1"}, "OP-1/2")
}

// TestSearchTold tells how many captures of imported bundles are still to be read.
func TestSearchTold(t *testing.T) {
	f := newFixture(t)
	l := ofVault(t, f.other)
	if r, err := l.SearchNow(t.Context(), search.Query{}); err != nil || r.Behind != 2 {
		t.Errorf("got %+v, %v, want two behind", r, err)
	}
	var got []int64
	check(t, l.UpdateSearch(t.Context(), func(done, total int64) { got = append(got, done, total) }))
	if !slices.Equal(got, []int64{2, 2}) {
		t.Errorf("got progress %v", got)
	}
	check(t, l.UpdateSearch(t.Context(), func(int64, int64) { t.Error("what is there was read again") }))
	// A vault that is open to read takes the index as it is.
	v, err := evidence.OpenReadOnly(t.Context(), f.other.Dir())
	check(t, err)
	t.Cleanup(func() { check(t, v.Close()) })
	r := OfVault(v)
	defer r.Close()
	check(t, r.UpdateSearch(t.Context(), func(int64, int64) { t.Error("the index was made again") }))
	wantHits(t, r, search.Query{Words: "bone"}, f.imported.Name+"/2")
}

// TestSearchReadOnly searches what was imported in a vault that must not be written.
func TestSearchReadOnly(t *testing.T) {
	f := newFixture(t)
	v, err := evidence.OpenReadOnly(t.Context(), f.other.Dir())
	check(t, err)
	t.Cleanup(func() { check(t, v.Close()) })
	wantHits(t, ofVault(t, v), search.Query{Words: "bone"}, f.imported.Name+"/2")
	if _, err := os.Lstat(filepath.Join(v.Dir(), "search.db")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got error %v, want no index", err)
	}
}

// TestNothingWritten reads all of a bundle's file, in a folder that can't be written:
// the file and all around it stay as they are.
func TestNothingWritten(t *testing.T) {
	f := newFixture(t)
	dir := t.TempDir()
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	t.Setenv("SQLITE_TMPDIR", temporary)
	path := filepath.Join(dir, "op.zip")
	b, err := os.ReadFile(f.path)
	check(t, err)
	check(t, os.WriteFile(path, b, 0o400))
	check(t, os.Chmod(dir, 0o500))
	t.Cleanup(func() { check(t, os.Chmod(dir, 0o700)) })
	before := state(t, dir)
	l := openFile(t, path)
	c, err := l.Case(t.Context(), "OP-1")
	check(t, err)
	for _, x := range c.Captures {
		m, err := x.Manifest()
		check(t, err)
		for _, it := range m.Items {
			if it.Kind != evidence.KindSecrets {
				_, err := x.Read(it, 1<<20)
				check(t, err)
			}
		}
	}
	wantHits(t, l, search.Query{Words: "bone"}, "OP-1/2")
	report, err := l.Bundle().Verify(t.Context(), bundle.VerifyOptions{}, nil)
	if err != nil || report.Outcome != evidence.IntegrityOnly {
		t.Errorf("got %+v, %v", report, err)
	}
	if after := state(t, dir); after != before {
		t.Errorf("got %s, want %s", after, before)
	}
	if left, err := os.ReadDir(temporary); err != nil || len(left) > 0 {
		t.Errorf("got temporary files %v, %v", left, err)
	}
}

// state describes a folder with all that is in it.
func state(t testing.TB, dir string) string {
	t.Helper()
	var b strings.Builder
	check(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		fi, err := e.Info()
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "%s %s %s", path, fi.Mode(), fi.ModTime())
		if !e.IsDir() {
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			fmt.Fprintf(&b, " %s", canon.Sum(content))
		}
		b.WriteByte('\n')
		return nil
	}))
	return b.String()
}

// TestClosed reads nothing once the library is closed, and stops when it is told to.
func TestClosed(t *testing.T) {
	f := newFixture(t)
	r, err := bundle.OpenReader(t.Context(), f.path)
	check(t, err)
	l := OfBundle(r, f.path)
	x := l.mustFind(t, "1")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = l.Search(ctx, search.Query{}, nil)
	wantErr(t, err, context.Canceled)
	check(t, l.Close())
	if _, err := x.Manifest(); err == nil {
		t.Error("read a manifest of a bundle that is closed")
	}
}
