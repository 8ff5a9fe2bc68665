package bundle

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"filippo.io/age"

	"pugmark/evidence"
	"pugmark/evidence/canon"
	"pugmark/evidence/custody"
)

// reviewingVault is a vault that is made once, since that is slow.
var reviewingVault = sync.OnceValues(func() (string, error) {
	dir := filepath.Join(sample.dir, "review")
	v, err := newVault(context.Background(), dir)
	if err != nil {
		return "", err
	}
	return dir, v.Close()
})

// reviewer makes a vault of somebody else, locked.
func reviewer(t testing.TB) *evidence.Vault {
	t.Helper()
	from, err := reviewingVault()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "review")
	check(t, os.CopyFS(dir, os.DirFS(from)))
	v, err := evidence.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { check(t, errors.Join(v.Close(), removeAll(dir))) })
	return v
}

// importInto imports a bundle, trusting the sample's vault.
func importInto(ctx context.Context, v *evidence.Vault, path string, ids ...age.Identity) (*Imported, error) {
	trust := evidence.Trust{Keys: sample.vault.Keys()}
	return Import(ctx, v, ImportOptions{Path: path, Trust: trust, Identities: ids}, nil)
}

func TestImport(t *testing.T) {
	v := reviewer(t)
	var done, total int64
	got, err := Import(t.Context(), v, ImportOptions{Path: sample.result.Path, Trust: evidence.Trust{Keys: sample.vault.Keys()}},
		func(d, of int64) {
			if d < done {
				t.Errorf("got %d bytes after %d", d, done)
			}
			done, total = d, of
		})
	if err != nil {
		t.Fatal(err)
	}
	if done != total || done < 2*sample.result.Bytes*9/10 {
		t.Errorf("got %d of %d bytes done, want twice %d", done, total, sample.result.Bytes)
	}
	digest := sample.result.SHA256
	want := evidence.Import{
		Name: "OP-1@" + digest.String()[:8], Vault: sample.vault.Info().ID, Case: "OP-1", Captures: 2,
		Keys: []string{sample.vault.Keys()[0].VKey}, Outcome: evidence.Verified, Imported: got.Imported, Actor: "A. Rao",
		File: filepath.Base(sample.result.Path), SHA256: digest, Seq: 4,
		Path: filepath.Join(v.Dir(), "imported", digest.String()+".pugmark.zip"),
	}
	if fmt.Sprint(got.Import) != fmt.Sprint(want) || got.Contents.Ref != "OP-1" || got.Report.Outcome != evidence.Verified {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if b, err := os.ReadFile(got.Path); err != nil || !bytes.Equal(b, sample.bytes) {
		t.Errorf("got a copy of %d bytes, %v", len(b), err)
	}
	r, err := OpenReader(t.Context(), got.Path)
	if err != nil {
		t.Fatal(err)
	}
	check(t, r.Close())
	wantUnsigned(t, v, got.Path)
	_, err = importInto(t.Context(), v, sample.result.Path)
	var again *evidence.ImportedError
	if !errors.As(err, &again) || again.Import.Name != want.Name {
		t.Errorf("got error %v, want one of %s", err, want.Name)
	}
}

// wantUnsigned checks that the vault has put its name to nothing of the bundle: no
// key of its own is in it, and no case or capture of the bundle is its own.
func wantUnsigned(t *testing.T, v *evidence.Vault, path string) {
	t.Helper()
	b, err := os.ReadFile(path)
	check(t, err)
	if bytes.Contains(b, []byte(v.Info().ID.String())) {
		t.Error("the copy names the vault that imported it")
	}
	captures, err := v.Captures(t.Context(), "")
	if err != nil || len(captures) > 0 {
		t.Errorf("got captures %v, %v, want none", captures, err)
	}
	r, err := v.Verify(t.Context(), nil)
	if err != nil || r.Imports != 1 || r.Outcome != evidence.Verified || len(r.Signers) > 0 {
		t.Errorf("got report %+v, %v", r, err)
	}
}

// TestImportUntrusted imports what nobody vouches for, from a vault that signs.
func TestImportUntrusted(t *testing.T) {
	v := reviewer(t)
	check(t, v.Unlock(t.Context(), passphrase))
	got, err := Import(t.Context(), v, ImportOptions{Path: sample.result.Path}, nil)
	if err != nil || got.Outcome != evidence.IntegrityOnly || got.Report.Signers[0].Trusted {
		t.Fatalf("got %+v, %v", got, err)
	}
	if r, err := v.Verify(t.Context(), nil); err != nil || r.Unsigned != 0 || r.Outcome != evidence.Verified {
		t.Errorf("got report %+v, %v", r, err)
	}
}

// TestImportEncrypted imports the same bundle encrypted and plain: it is one.
func TestImportEncrypted(t *testing.T) {
	v, key := reviewer(t), newAgeKey(t)
	exported := exportTo(t, newCase(t), key.recipient)
	_, err := importInto(t.Context(), v, exported.Path)
	wantErr(t, err, ErrEncrypted)
	_, err = importInto(t.Context(), v, exported.Path, newAgeKey(t).identity)
	wantErr(t, err, ErrWrongIdentity)
	got, err := importInto(t.Context(), v, exported.Path, key.identity)
	if err != nil {
		t.Fatal(err)
	}
	if got.SHA256 != exported.Zip || got.FileSHA256 != exported.SHA256 || got.File != filepath.Base(exported.Path) {
		t.Errorf("got %+v, want that of %+v", got.Import, exported)
	}
	plain, err := os.ReadFile(got.Path)
	if err != nil || canon.Sum(plain) != exported.Zip {
		t.Errorf("got a copy of %d bytes, %v", len(plain), err)
	}
	path := filepath.Join(t.TempDir(), "plain.zip")
	check(t, os.WriteFile(path, plain, 0o600))
	_, err = importInto(t.Context(), v, path)
	wantErr(t, err, evidence.ErrImported)

	b, err := os.ReadFile(exported.Path)
	check(t, err)
	b[len(b)/2] ^= 1
	path = filepath.Join(t.TempDir(), "altered.age")
	check(t, os.WriteFile(path, b, 0o600))
	before := state(t, v)
	if _, err := importInto(t.Context(), v, path, key.identity); err == nil {
		t.Error("imported what can't be decrypted")
	}
	wantState(t, v, "altered", before)
}

// TestImportSwapped has the file change between the first look at it and the copy,
// and back again: what counts is the copy.
func TestImportSwapped(t *testing.T) {
	v, ref := reviewer(t), newCase(t)
	check(t, addCaptureWith(t.Context(), sample.vault, ref, "https://example.org/big", func(s *evidence.Staging) error {
		w, err := s.Create("full.png", evidence.KindPage, "image/png")
		if err != nil {
			return err
		}
		_, err = w.Write(make([]byte, 2<<20))
		return errors.Join(err, w.Close())
	}))
	path := filepath.Join(t.TempDir(), "x.zip")
	exported, err := Export(t.Context(), sample.vault, Options{Case: ref, Path: path}, nil)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	before, middle, called := state(t, v), exported.Bytes/2, false
	_, err = Import(t.Context(), v, ImportOptions{Path: path}, func(done, _ int64) {
		switch {
		case !called: // the first part is copied
			_, err := f.WriteAt([]byte{1}, middle)
			check(t, err)
		case done > middle+1<<20:
			_, err := f.WriteAt([]byte{0}, middle)
			check(t, err)
		}
		called = true
	})
	var failed *FailedError
	if !errors.As(err, &failed) || len(failed.Report.Findings) != 1 || failed.Report.Findings[0].Kind != evidence.ItemDigest {
		t.Errorf("got error %v, want one of an item's digest", err)
	}
	wantState(t, v, "swapped", before)
	if got, err := importInto(t.Context(), v, path); err != nil || got.SHA256 != exported.SHA256 {
		t.Errorf("got %+v, %v, want what was exported", got, err)
	}
}

// TestImportStopped ends the context in the middle.
func TestImportStopped(t *testing.T) {
	v := reviewer(t)
	before := state(t, v)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := Import(ctx, v, ImportOptions{Path: sample.result.Path}, func(done, total int64) {
		if done > total*3/4 { // while the copy is verified
			cancel()
		}
	})
	wantErr(t, err, context.Canceled)
	wantState(t, v, "stopped", before)
}

// state describes a vault: its folder, but for SQLite's lock table, its log and
// its index.
func state(t testing.TB, v *evidence.Vault) string {
	t.Helper()
	var b strings.Builder
	check(t, filepath.WalkDir(v.Dir(), func(path string, d fs.DirEntry, err error) error {
		if err != nil || strings.HasSuffix(path, "-shm") {
			return err
		}
		fi, err := d.Info()
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "%s %v", strings.TrimPrefix(path, v.Dir()), fi.Mode())
		if fi.Mode().IsRegular() {
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			fmt.Fprintf(&b, " %s", canon.Sum(content))
		}
		b.WriteByte('\n')
		return nil
	}))
	events, err := v.Events(t.Context(), custody.Filter{})
	check(t, err)
	cases, err := v.Cases(t.Context())
	check(t, err)
	imports, err := v.Imports(t.Context())
	check(t, err)
	fmt.Fprintf(&b, "%d events, cases %+v, imports %+v\n", len(events), cases, imports)
	return b.String()
}

func wantState(t testing.TB, v *evidence.Vault, name, want string) {
	t.Helper()
	if got := state(t, v); got != want {
		t.Errorf("%s: got vault\n%s, want\n%s", name, got, want)
	}
}

// sortedNames returns the names of some things.
func sortedNames[V any](m map[string]V) (out []string) {
	for name := range m {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}
