package evidence

import (
	"bytes"
	"context"
	"crypto/rand"
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

	"github.com/google/uuid"

	"pugmark/evidence/canon"
	"pugmark/evidence/custody"
)

const testKey = "pugmark/01a20cbb-6a81-7411-b422-ec60c787b950+82cc834b+AWoEjtwdpgrRfL3Pqr87UnaF+HME+bduQBwBcKM/XwbE"

// testOrigin is where the tests' bundles are from.
var testOrigin = Origin{
	Vault: uuid.MustParse("01a20cbb-6a81-7411-b422-ec60c787b950"), Case: "OP-9", Captures: 2,
	Keys: []string{testKey}, Outcome: IntegrityOnly,
}

// received is a file of a content, which passes for a bundle.
func received(content []byte) Received {
	return Received{
		Name:  "/media/usb/op-9.pugmark.zip",
		Write: func(w io.Writer) error { _, err := w.Write(content); return err },
		Check: func(zip io.ReaderAt, size int64) (Origin, error) {
			got, err := io.ReadAll(io.NewSectionReader(zip, 0, size))
			if err == nil && !bytes.Equal(got, content) {
				err = fmt.Errorf("got a copy %q", got)
			}
			return testOrigin, err
		},
	}
}

func importBytes(t testing.TB, v *Vault, content string) Import {
	t.Helper()
	i, err := v.Import(t.Context(), received([]byte(content)))
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// vaultSnapshot describes the vault's folder, but for SQLite's lock table.
func vaultSnapshot(t testing.TB, v *Vault) string {
	t.Helper()
	lines := strings.Split(snapshot(t, v.Dir()), "\n")
	return strings.Join(slices.DeleteFunc(lines, func(l string) bool { return strings.HasPrefix(l, "/vault.db-shm ") }), "\n")
}

func TestImport(t *testing.T) {
	v := newVault(t)
	digest := canon.Sum([]byte("a bundle"))
	got := importBytes(t, v, "a bundle")
	want := Import{
		Name: "OP-9@" + digest.String()[:8], Vault: testOrigin.Vault, Case: "OP-9", Captures: 2,
		Keys: []string{testKey}, Outcome: IntegrityOnly, Imported: got.Imported, Actor: "A. Rao", File: "op-9.pugmark.zip",
		SHA256: digest, Path: filepath.Join(v.Dir(), "imported", digest.String()+".pugmark.zip"), Seq: 3,
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	content, err := os.ReadFile(got.Path)
	if err != nil || string(content) != "a bundle" {
		t.Errorf("got content %q, %v", content, err)
	}
	for path, mode := range map[string]fs.FileMode{got.Path: 0o400, filepath.Dir(got.Path): fs.ModeDir | 0o700} {
		if fi, err := os.Stat(path); err != nil || fi.Mode() != mode {
			t.Errorf("got %v, %v, want mode %v", fi, err, mode)
		}
	}
	for _, name := range []string{want.Name, "op-9@" + strings.ToUpper(digest.String()[:12])} {
		if named, err := v.Imported(t.Context(), name); err != nil || fmt.Sprint(named) != fmt.Sprint(want) {
			t.Errorf("%s: got %+v, %v, want %+v", name, named, err, want)
		}
	}
	for _, name := range []string{"OP-9", "OP-9@", want.Name[:12], "OP-1" + want.Name[4:], "OP-9@00000000"} {
		_, err := v.Imported(t.Context(), name)
		wantErr(t, err, ErrNoImport)
	}
	r := verify(t, v)
	wantFindings(t, r)
	if r.Imports != 1 || r.Outcome != Verified || r.Unsigned != 0 {
		t.Errorf("got report %+v", r)
	}
}

// TestImportEvent looks at what the log has of a bundle that was encrypted.
func TestImportEvent(t *testing.T) {
	v := mustOpen(t, newVault(t).Dir()) // locked
	r := received([]byte("a bundle"))
	r.Name = strings.Repeat("象", 90) + "\xff.age"
	from := testOrigin
	from.FileSHA256 = canon.Sum([]byte("encrypted"))
	from.Keys = slices.Repeat(from.Keys, 40)
	r.Check = func(io.ReaderAt, int64) (Origin, error) { return from, nil }
	_, err := v.Import(t.Context(), r)
	check(t, err)
	events, err := v.Events(t.Context(), custody.Filter{Action: custody.BundleImported})
	if err != nil || len(events) != 1 {
		t.Fatalf("got %d events, %v", len(events), err)
	}
	e := events[0]
	if e.Case != "" || e.Digest != canon.Sum([]byte("a bundle")) || e.Subject != strings.Repeat("象", 85) {
		t.Errorf("got event %+v", e)
	}
	want := map[string]string{
		"vault": from.Vault.String(), "case": "OP-9", "captures": "2", "outcome": "integrity only",
		"file": from.FileSHA256.String(), "keys": strings.TrimSpace(strings.Repeat(testKey+" ", 16)),
	}
	if fmt.Sprint(e.Details) != fmt.Sprint(want) {
		t.Errorf("got details %v, want %v", e.Details, want)
	}
	if r := verify(t, v); r.Unsigned != 1 || r.Outcome != Verified {
		t.Errorf("got report %+v", r)
	}
	check(t, v.Unlock(t.Context(), testPassphrase))
	_, err = v.SignCheckpoint(t.Context())
	check(t, err)
	if r := verify(t, v); r.Unsigned != 0 {
		t.Errorf("got report %+v", r)
	}
}

func mustOpen(t testing.TB, dir string) *Vault {
	t.Helper()
	v, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { check(t, v.Close()) })
	return v
}

func TestImportTwice(t *testing.T) {
	v := newVault(t)
	first := importBytes(t, v, "a bundle")
	before := vaultSnapshot(t, v)
	r := received([]byte("a bundle"))
	r.Check = func(io.ReaderAt, int64) (Origin, error) {
		t.Error("checked what is there already")
		return Origin{}, nil
	}
	_, err := v.Import(t.Context(), r)
	wantErr(t, err, ErrImported)
	var again *ImportedError
	if !errors.As(err, &again) || fmt.Sprint(again.Import) != fmt.Sprint(first) {
		t.Errorf("got error %v, want one of %+v", err, first)
	}
	if after := vaultSnapshot(t, v); after != before {
		t.Errorf("got vault\n%s, want\n%s", after, before)
	}
}

// TestImportRefused has each part of an import fail.
func TestImportRefused(t *testing.T) {
	v := newVault(t)
	before := vaultSnapshot(t, v)
	bad := errors.New("bad")
	ctx, cancel := context.WithCancel(t.Context())
	for name, change := range map[string]func(*Received){
		"write": func(r *Received) {
			r.Write = func(w io.Writer) error {
				_, err := io.WriteString(w, "half")
				return errors.Join(err, bad)
			}
		},
		"check": func(r *Received) { r.Check = func(io.ReaderAt, int64) (Origin, error) { return testOrigin, bad } },
		"stopped": func(r *Received) {
			write := r.Write
			r.Write = func(w io.Writer) error { cancel(); return write(w) }
		},
	} {
		r := received([]byte("a bundle"))
		change(&r)
		if _, err := v.Import(ctx, r); !errors.Is(err, bad) && !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got error %v", name, err)
		}
		if after := vaultSnapshot(t, v); after != before {
			t.Errorf("%s: got vault\n%s, want\n%s", name, after, before)
		}
		ctx, cancel = context.WithCancel(t.Context())
	}
	cancel()
	if all, err := v.Imports(t.Context()); err != nil || len(all) > 0 {
		t.Errorf("got imports %v, %v, want none", all, err)
	}
}

// TestImportDiskFull lets the database grow no further: what was published goes.
func TestImportDiskFull(t *testing.T) {
	v := newVault(t)
	v.db.SetMaxOpenConns(1)
	_, err := v.db.ExecContext(t.Context(), "PRAGMA max_page_count = 1") // as many as it has
	check(t, err)
	before := snapshot(t, filepath.Join(v.Dir(), importedDir))
	r := received([]byte("a bundle"))
	from := testOrigin
	from.Keys = []string{strings.Repeat("x", 20_000)}
	r.Check = func(io.ReaderAt, int64) (Origin, error) { return from, nil }
	if _, err := v.Import(t.Context(), r); !IsDiskFull(err) {
		t.Errorf("got error %v, want one of a full disk", err)
	}
	if after := snapshot(t, filepath.Join(v.Dir(), importedDir)); after != before {
		t.Errorf("got folder\n%s, want\n%s", after, before)
	}
	_, err = v.db.ExecContext(t.Context(), "PRAGMA max_page_count = 4294967294")
	check(t, err)
	importBytes(t, v, "a bundle")
	wantFindings(t, verify(t, v))
}

// TestImportInterrupted makes what processes leave that die while they import,
// and opens the vault while another one is still at it.
func TestImportInterrupted(t *testing.T) {
	v := newVault(t)
	partial := v.importPath("123" + partialSuffix)
	check(t, os.WriteFile(partial, []byte("half"), fileMode))
	unlogged := v.importPath(importName(canon.Sum([]byte("a bundle"))))
	check(t, os.WriteFile(unlogged, []byte("whole, for all that anybody knows"), sealedFileMode))
	r := received([]byte("a bundle"))
	write := r.Write
	r.Write = func(w io.Writer) error {
		reopen(t, v)
		if _, err := os.Stat(partial); err != nil {
			t.Errorf("removed while a process imports: %v", err)
		}
		return write(w)
	}
	if all, err := v.Imports(t.Context()); err != nil || len(all) > 0 {
		t.Errorf("got imports %v, %v, want none", all, err)
	}
	if r := verify(t, v); r.Imports != 0 || r.Outcome != Verified {
		t.Errorf("got report %+v", r)
	}
	i, err := v.Import(t.Context(), r)
	check(t, err)
	if b, err := os.ReadFile(i.Path); err != nil || string(b) != "a bundle" || i.Path != unlogged {
		t.Errorf("got %q in %q, %v", b, i.Path, err)
	}
	reopen(t, v)
	if _, err := os.Stat(partial); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got error %v, want the half copy gone", err)
	}
	wantFindings(t, verify(t, v))
}

// TestTamperImport changes a vault with one imported bundle.
func TestTamperImport(t *testing.T) {
	for name, x := range map[string]struct {
		do   func(t *testing.T, v *Vault, i Import)
		want []string // I stands for the copy
	}{
		"nothing": {func(*testing.T, *Vault, Import) {}, nil},
		"changed": {func(t *testing.T, _ *Vault, i Import) { edit(t, i.Path, flip(3)) }, []string{"I: import-digest"}},
		"removed": {func(t *testing.T, _ *Vault, i Import) { check(t, os.Remove(i.Path)) }, []string{"I: import-missing"}},
		"linked": {func(t *testing.T, v *Vault, i Import) {
			check(t, os.Rename(i.Path, filepath.Join(v.Dir(), "elsewhere")))
			check(t, os.Symlink("../elsewhere", i.Path))
		}, []string{"I: item-type"}},
		"folder": {func(t *testing.T, _ *Vault, i Import) {
			check(t, errors.Join(os.Remove(i.Path), os.Mkdir(i.Path, dirMode)))
		}, []string{"I: item-type"}},
		"all removed": {func(t *testing.T, _ *Vault, i Import) {
			check(t, os.RemoveAll(filepath.Dir(i.Path)))
		}, []string{"I: import-missing"}},
		"stray": {func(t *testing.T, _ *Vault, i Import) { check(t, os.WriteFile(i.Path+".zip", nil, fileMode)) }, nil},
		"event": {func(t *testing.T, v *Vault, _ Import) {
			unprotect(t, v)
			query(t, v, `UPDATE events SET body = CAST(replace(CAST(body AS TEXT), '"case":"OP-9"', '"case":"../../x"') AS BLOB) WHERE seq = 3`)
		}, []string{"events/3: event-changed", "events/3: event-malformed"}},
	} {
		t.Run(name, func(t *testing.T) {
			v := newVault(t)
			i := importBytes(t, v, "a bundle")
			unprotectFiles(t, v.Dir())
			x.do(t, v, i)
			var want []string
			for _, w := range x.want {
				want = append(want, strings.Replace(w, "I:", "imported/"+filepath.Base(i.Path)+":", 1))
			}
			wantFindings(t, verify(t, mustOpenReadOnly(t, v.Dir())), want...)
		})
	}
}

// TestImportLost imports a bundle again of which the copy is gone.
func TestImportLost(t *testing.T) {
	v := newVault(t)
	first := importBytes(t, v, "a bundle")
	check(t, os.Remove(first.Path))
	if again := importBytes(t, v, "a bundle"); again.Seq != first.Seq+1 || again.Name != first.Name {
		t.Errorf("got %+v, want what came after %+v", again, first)
	}
	wantFindings(t, verify(t, v))
	all, err := v.Imports(t.Context())
	if err != nil || len(all) != 1 || all[0].Seq != first.Seq {
		t.Errorf("got imports %+v, %v, want the first", all, err)
	}
}

// TestImportAmbiguous has two bundles of which the digests begin alike.
func TestImportAmbiguous(t *testing.T) {
	v := newVault(t)
	for i := range byte(2) {
		d := Digest{0xab, 0xcd, 0xef, 0x01, i}
		check(t, v.logAlone(t.Context(), testOrigin.event("x", d)))
	}
	_, err := v.Imported(t.Context(), "OP-9@abcdef01")
	wantErr(t, err, ErrAmbiguous)
	if i, err := v.Imported(t.Context(), "OP-9@abcdef0101"); err != nil || i.SHA256[4] != 1 {
		t.Errorf("got %+v, %v", i, err)
	}
}

// TestImportOldVault has a vault from before there were imports.
func TestImportOldVault(t *testing.T) {
	v := newVault(t)
	seal(t, v, "https://example.org/1")
	check(t, os.RemoveAll(v.importPath("")))
	wantFindings(t, verify(t, mustOpenReadOnly(t, v.Dir())))
	w := reopen(t, v)
	importBytes(t, w, "a bundle")
	check(t, w.Rebuild(t.Context()))
	if r := verify(t, w); r.Imports != 1 || r.Captures != 1 || r.Outcome != Verified {
		t.Errorf("got report %+v", r)
	}
}

// TestImportProgress counts the bytes of captures and bundles.
func TestImportProgress(t *testing.T) {
	v := newVault(t)
	c := seal(t, v, "https://example.org/1")
	importBytes(t, v, "a bundle")
	importBytes(t, v, "another bundle")
	var last, total int64
	_, err := v.Verify(t.Context(), func(done, of int64) { last, total = done, of })
	if want := c.Bytes + int64(len("a bundleanother bundle")); err != nil || last != want || total != want {
		t.Errorf("got %d of %d bytes, %v, want %d", last, total, err, want)
	}
}

// TestImportAtOnce has several processes' worth of importers take the same
// bundles.
func TestImportAtOnce(t *testing.T) {
	const importers, bundles = 4, 8
	v := newVault(t)
	var mu sync.Mutex
	taken := make(map[string]int) // guarded by mu
	var wg sync.WaitGroup
	for range importers {
		wg.Go(func() {
			w := reopen(t, v)
			for j := range bundles {
				i, err := w.Import(t.Context(), received(fmt.Appendf(nil, "bundle %d", j)))
				if err != nil && !errors.Is(err, ErrImported) {
					t.Error(err)
				} else if err == nil {
					mu.Lock()
					taken[i.Name]++
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	all, err := v.Imports(t.Context())
	if err != nil || len(all) != bundles {
		t.Errorf("got %d imports, %v, want %d", len(all), err, bundles)
	}
	for name, n := range taken {
		if n != 1 {
			t.Errorf("%s: taken %d times", name, n)
		}
	}
	if r := verify(t, v); r.Imports != bundles || r.Outcome != Verified {
		t.Errorf("got report %+v", r)
	}
}

// TestKilledImportsChild is no test by itself: [TestKilledImports] runs it in a
// process of its own, and kills that. It imports until it is told to stop, and
// says when a bundle is imported. Run by itself it imports three.
func TestKilledImportsChild(t *testing.T) {
	v, count := childsVault(t, 3)
	defer v.Close()
	for range count {
		content := make([]byte, 4<<20)
		rand.Read(content)
		i, err := v.Import(t.Context(), received(content))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Println("imported", i.Name)
	}
}

// TestKilledImports kills a process that imports bundles, at random moments. No
// bundle that it was told is imported may be gone, and no other may count.
func TestKilledImports(t *testing.T) {
	v := newVault(t)
	acknowledged, left := make(map[string]bool), 0
	for kills := 0; kills < 10 || left == 0; kills++ {
		for _, name := range killedChild(t, "TestKilledImportsChild", v.Dir(), "imported ") {
			acknowledged[name] = true
		}
		partial, err := filepath.Glob(v.importPath("*" + partialSuffix))
		check(t, err)
		left += len(partial)
		w := reopen(t, v)
		r := verify(t, w)
		wantFindings(t, r)
		all, err := w.Imports(t.Context())
		check(t, err)
		if r.Imports != len(all) {
			t.Errorf("got %d imports verified, want %d", r.Imports, len(all))
		}
		for name := range acknowledged {
			if !slices.ContainsFunc(all, func(i Import) bool { return i.Name == name }) {
				t.Errorf("bundle %s was imported and is gone", name)
			}
		}
		if partial, err = filepath.Glob(v.importPath("*" + partialSuffix)); err != nil || len(partial) > 0 {
			t.Errorf("left behind: %v, %v", partial, err)
		}
	}
	t.Logf("%d imports acknowledged, %d half ones left by those killed", len(acknowledged), left)
}
