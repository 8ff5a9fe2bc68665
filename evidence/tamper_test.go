package evidence

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"pugmark/evidence/canon"
	"pugmark/evidence/custody"
)

func verifyDir(t testing.TB, dir string, keys KeyRing) *Report {
	t.Helper()
	r, err := VerifyFolder(t.Context(), dir, Trust{Keys: keys}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestVerifyFolder verifies a capture that nobody touched, with and without its
// key among those that are trusted.
func TestVerifyFolder(t *testing.T) {
	v, other := newVault(t), newVault(t)
	c := seal(t, v, "https://example.org/1")
	var done, total int64
	r, err := VerifyFolder(t.Context(), c.Dir, Trust{Keys: v.Keys()}, func(d, of int64) { done, total = d, of })
	if err != nil {
		t.Fatal(err)
	}
	wantFindings(t, r)
	if r.Outcome != Verified || r.Captures != 1 || r.Items != 3 || r.Bytes != c.Bytes || done != c.Bytes || total != c.Bytes {
		t.Errorf("got report %+v after %d of %d bytes", r, done, total)
	}
	for _, keys := range []KeyRing{nil, other.Keys()} {
		r = verifyDir(t, c.Dir, keys)
		wantFindings(t, r)
		want := []Signer{{VKey: v.Keys()[0].VKey}}
		if r.Outcome != IntegrityOnly || !slices.Equal(r.Signers, want) {
			t.Errorf("got report %+v, want integrity only", r)
		}
	}
	if got := verifyDir(t, copyOf(t, c), v.Keys()); got.Outcome != Verified {
		t.Errorf("got report %+v of a copy", got)
	}
}

func TestVerifyNothing(t *testing.T) {
	_, err := VerifyFolder(t.Context(), t.TempDir(), Trust{}, nil)
	wantErr(t, err, ErrNotCapture)
	_, err = VerifyFolder(t.Context(), filepath.Join(t.TempDir(), "absent"), Trust{}, nil)
	wantErr(t, err, fs.ErrNotExist)
	v := newVault(t)
	c := seal(t, v, "https://example.org/1")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = VerifyFolder(ctx, c.Dir, Trust{}, nil)
	wantErr(t, err, context.Canceled)
	_, err = v.Verify(ctx, nil)
	wantErr(t, err, context.Canceled)
}

func TestKeyRetired(t *testing.T) {
	v := newVault(t)
	c := seal(t, v, "https://example.org/1")
	keys := slices.Clone(v.Keys())
	for _, x := range []struct {
		retired time.Time
		want    []string
	}{
		{c.Sealed.Add(time.Second), nil},
		{c.Sealed.Add(-time.Second), []string{"seal.json: key-retired"}},
	} {
		keys[0].Retired = &x.retired
		wantFindings(t, verifyDir(t, c.Dir, keys), x.want...)
	}
}

// TestTamperItems damages each item in each way.
func TestTamperItems(t *testing.T) {
	v := newVault(t)
	c := seal(t, v, "https://example.org/1")
	for _, item := range []string{"page.png", "dom.html", "strips/0001.png"} {
		for name, x := range map[string]struct {
			do   func(t *testing.T, path string)
			kind string
		}{
			"first byte": {func(t *testing.T, path string) { edit(t, path, flip(0)) }, ItemDigest},
			"last byte":  {func(t *testing.T, path string) { edit(t, path, func(b []byte) []byte { return flip(len(b) - 1)(b) }) }, ItemDigest},
			"truncated":  {func(t *testing.T, path string) { check(t, os.Truncate(path, 2)) }, ItemSize},
			"emptied":    {func(t *testing.T, path string) { check(t, os.Truncate(path, 0)) }, ItemSize},
			"appended":   {func(t *testing.T, path string) { edit(t, path, func(b []byte) []byte { return append(b, 0) }) }, ItemSize},
			"removed":    {func(t *testing.T, path string) { check(t, os.Remove(path)) }, ItemMissing},
			"linked": {func(t *testing.T, path string) {
				check(t, os.Rename(path, filepath.Join(t.TempDir(), "x")))
				check(t, os.Symlink(filepath.Join(c.Dir, item), path))
			}, ItemType},
			"folder": {func(t *testing.T, path string) {
				check(t, os.Remove(path))
				check(t, os.Mkdir(path, dirMode))
			}, ItemType},
		} {
			t.Run(item+" "+name, func(t *testing.T) {
				dir := copyOf(t, c)
				x.do(t, filepath.Join(dir, filepath.FromSlash(item)))
				wantFindings(t, verifyDir(t, dir, v.Keys()), item+": "+x.kind)
			})
		}
	}
}

// TestTamperFolder adds to a folder, and replaces what isn't an item.
func TestTamperFolder(t *testing.T) {
	v := newVault(t)
	c, other := seal(t, v, "https://example.org/1"), seal(t, v, "https://example.org/2")
	for name, x := range map[string]struct {
		do   func(t *testing.T, dir string) error
		want []string
	}{
		"file": {func(t *testing.T, dir string) error {
			return os.WriteFile(filepath.Join(dir, "strips", "x"), nil, fileMode)
		}, []string{"strips/x: item-unlisted"}},
		"folder": {func(t *testing.T, dir string) error { return os.Mkdir(filepath.Join(dir, "x"), dirMode) }, []string{"x: item-unlisted"}},
		"link":   {func(t *testing.T, dir string) error { return os.Symlink("page.png", filepath.Join(dir, "x")) }, []string{"x: item-unlisted"}},
		"renamed": {func(t *testing.T, dir string) error {
			return os.Rename(filepath.Join(dir, "page.png"), filepath.Join(dir, "Page.png"))
		}, []string{"page.png: item-missing", "Page.png: item-unlisted"}},
		"no manifest": {func(t *testing.T, dir string) error { return os.Remove(filepath.Join(dir, manifestFile)) }, []string{"manifest.json: manifest-missing"}},
		"no seal":     {func(t *testing.T, dir string) error { return os.Remove(filepath.Join(dir, sealFile)) }, []string{"seal.json: seal-missing"}},
		"linked folder": {func(t *testing.T, dir string) error {
			return errors.Join(os.RemoveAll(filepath.Join(dir, "strips")), os.Symlink(filepath.Join(c.Dir, "strips"), filepath.Join(dir, "strips")))
		}, []string{"strips: item-type", "strips/0001.png: item-missing"}},
		"linked manifest": {func(t *testing.T, dir string) error {
			path := filepath.Join(dir, manifestFile)
			return errors.Join(os.Remove(path), os.Symlink(filepath.Join(c.Dir, manifestFile), path))
		}, []string{"manifest.json: item-type"}},
		"linked seal": {func(t *testing.T, dir string) error {
			path := filepath.Join(dir, sealFile)
			return errors.Join(os.Remove(path), os.Symlink(filepath.Join(c.Dir, sealFile), path))
		}, []string{"seal.json: item-type"}},
		"other seal": {func(t *testing.T, dir string) error {
			b, err := os.ReadFile(filepath.Join(other.Dir, sealFile))
			return errors.Join(err, os.WriteFile(filepath.Join(dir, sealFile), b, fileMode))
		}, []string{"manifest.json: manifest-digest"}},
		"other manifest": {func(t *testing.T, dir string) error {
			b, err := os.ReadFile(filepath.Join(other.Dir, manifestFile))
			return errors.Join(err, os.WriteFile(filepath.Join(dir, manifestFile), b, fileMode))
		}, []string{"manifest.json: manifest-digest"}},
		"manifest cut":     {func(t *testing.T, dir string) error { return os.Truncate(filepath.Join(dir, manifestFile), 100) }, []string{"manifest.json: manifest-digest"}},
		"manifest emptied": {func(t *testing.T, dir string) error { return os.Truncate(filepath.Join(dir, manifestFile), 0) }, []string{"manifest.json: manifest-digest"}},
		"manifest too long": {func(t *testing.T, dir string) error {
			return os.Truncate(filepath.Join(dir, manifestFile), canon.MaxSize+9)
		}, []string{"manifest.json: manifest-digest"}},
		"seal cut":     {func(t *testing.T, dir string) error { return os.Truncate(filepath.Join(dir, sealFile), 100) }, []string{"seal.json: seal-malformed"}},
		"seal emptied": {func(t *testing.T, dir string) error { return os.Truncate(filepath.Join(dir, sealFile), 0) }, []string{"seal.json: seal-malformed"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := copyOf(t, c)
			check(t, x.do(t, dir))
			wantFindings(t, verifyDir(t, dir, v.Keys()), x.want...)
		})
	}
}

// memory returns a capture's folder in memory.
func memory(t testing.TB, c Capture) fstest.MapFS {
	t.Helper()
	m := make(fstest.MapFS)
	for _, path := range []string{manifestFile, sealFile, "page.png", "dom.html", "strips/0001.png"} {
		b, err := os.ReadFile(filepath.Join(c.Dir, filepath.FromSlash(path)))
		check(t, err)
		m[path] = &fstest.MapFile{Data: b}
	}
	return m
}

func kinds(r *Report) (out []string) {
	for _, f := range r.Findings {
		out = append(out, f.Path+": "+f.Kind)
	}
	return out
}

// TestTamperRecords flips each bit of manifest and seal. There is no bit that
// doesn't count.
func TestTamperRecords(t *testing.T) {
	v := newVault(t)
	c := seal(t, v, "https://example.org/1")
	m := memory(t, c)
	for file, allowed := range map[string][]string{
		manifestFile: {"manifest.json: manifest-digest"},
		sealFile:     {"seal.json: seal-malformed", "seal.json: seal-signature", "seal.json: seal-proof"},
	} {
		data := m[file].Data
		seen := make(map[string]bool)
		for i := range data {
			for bit := range 8 {
				data[i] ^= 1 << bit
				r, err := VerifyFS(t.Context(), m, Trust{Keys: v.Keys()}, nil)
				data[i] ^= 1 << bit
				if err != nil {
					t.Fatal(err)
				}
				got := kinds(r)
				if len(got) != 1 || !slices.Contains(allowed, got[0]) || r.Outcome != FailedVerification {
					t.Fatalf("%s, bit %d of byte %d (%q): got %q, %s", file, bit, i, data[i], got, r.Outcome)
				}
				seen[got[0]] = true
			}
		}
		if len(seen) != len(allowed) {
			t.Errorf("%s: got findings %v, want each of %q", file, seen, allowed)
		}
	}
}

// editSeal verifies a capture with another seal.
func editSeal(t *testing.T, v *Vault, m fstest.MapFS, change func(*Seal)) *Report {
	t.Helper()
	s, err := ParseSeal(m[sealFile].Data)
	if err != nil {
		t.Fatal(err)
	}
	change(s)
	b, err := canon.Marshal(s)
	check(t, err)
	m[sealFile] = &fstest.MapFile{Data: b}
	r, err := VerifyFS(t.Context(), m, Trust{Keys: v.Keys()}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestTamperSeal writes well-formed seals that don't hold.
func TestTamperSeal(t *testing.T) {
	v, other := newVault(t), newVault(t)
	c := seal(t, v, "https://example.org/1")
	foreign, err := other.LatestCheckpoint(t.Context())
	check(t, err)
	for name, x := range map[string]struct {
		change func(*Seal)
		want   string
	}{
		"digest":     {func(s *Seal) { s.Event.Digest = canon.Sum(nil) }, SealProof},
		"time":       {func(s *Seal) { s.Event.Time = s.Event.Time.Add(-time.Hour) }, SealProof},
		"actor":      {func(s *Seal) { s.Event.Actor = "B. Rao" }, SealProof},
		"index":      {func(s *Seal) { s.Event.Seq-- }, SealProof},
		"no proof":   {func(s *Seal) { s.Proof = nil }, SealProof},
		"long proof": {func(s *Seal) { s.Proof = append(s.Proof, canon.Sum(nil)) }, SealProof},
		"huge proof": {func(s *Seal) { s.Proof = make(custody.Proof, 1000) }, SealProof},
		"proof":      {func(s *Seal) { s.Proof[0][31] ^= 1 }, SealProof},
		"other log":  {func(s *Seal) { s.Checkpoint = foreign.Note }, SealSignature},
		"other key":  {func(s *Seal) { s.Key = other.Keys()[0].VKey }, SealSignature},
		"size":       {func(s *Seal) { s.Checkpoint = strings.Replace(s.Checkpoint, "\n5\n", "\n6\n", 1) }, SealSignature},
		"unsigned":   {func(s *Seal) { s.Checkpoint = s.Checkpoint[:strings.Index(s.Checkpoint, "\n\n")+2] }, SealSignature},
		"text":       {func(s *Seal) { s.Checkpoint = "x" }, SealMalformed},
		"no key":     {func(s *Seal) { s.Key = "x" }, SealMalformed},
		"version":    {func(s *Seal) { s.Version = 2 }, SealMalformed},
		"format":     {func(s *Seal) { s.Format = "x" }, SealMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			wantFindings(t, editSeal(t, v, memory(t, c), x.change), "seal.json: "+x.want)
		})
	}
}

// TestForeignSeal makes a forgery that is sound in itself, with a key of the
// forger's.
func TestForeignSeal(t *testing.T) {
	v, forger := newVault(t), newVault(t)
	seal(t, v, "https://example.org/1")
	c := seal(t, forger, "https://example.org/1")
	r := verifyDir(t, c.Dir, v.Keys())
	wantFindings(t, r)
	if r.Outcome != IntegrityOnly {
		t.Errorf("got outcome %q, want %q", r.Outcome, IntegrityOnly)
	}
}

// TestSealOfAnother has the key's holder log the digest of a manifest under
// another name.
func TestSealOfAnother(t *testing.T) {
	v := newVault(t)
	c := seal(t, v, "https://example.org/1")
	for name, change := range map[string]func(*custody.Event){
		"action":  func(e *custody.Event) { e.Action = custody.Verified },
		"subject": func(e *custody.Event) { e.Subject = "x" },
		"case":    func(e *custody.Event) { e.Case = "OP-2" },
		"exhibit": func(e *custody.Event) { e.Details = nil },
	} {
		t.Run(name, func(t *testing.T) {
			r := editSeal(t, v, memory(t, c), func(s *Seal) {
				tx, err := v.db.BeginTx(t.Context(), nil)
				check(t, err)
				defer tx.Rollback()
				e := s.Event
				change(&e)
				e, err = v.log(tx).Append(t.Context(), e)
				check(t, err)
				forged, err := v.sealOf(t.Context(), tx, e)
				check(t, err)
				*s = *forged
			})
			wantFindings(t, r, "seal.json: seal-event")
		})
	}
}

// TestLargeSeal refuses a tree so large that proofs over it can't be computed.
func TestLargeSeal(t *testing.T) {
	v := newVault(t)
	c := seal(t, v, "https://example.org/1")
	for _, size := range []int64{custody.MaxSize + 1, 1 << 62} {
		large := custody.Checkpoint{Origin: origin(v.Info().ID), Size: size}.Text() + "\n— x AAAAAA==\n"
		r := editSeal(t, v, memory(t, c), func(s *Seal) { s.Checkpoint = large })
		wantFindings(t, r, "seal.json: seal-malformed")
	}
}

// TestManifestOfNothing seals bytes that are no manifest.
func TestManifestOfNothing(t *testing.T) {
	v := newVault(t)
	c := seal(t, v, "https://example.org/1")
	m := memory(t, c)
	m[manifestFile] = &fstest.MapFile{Data: []byte(`{}`)}
	r := editSeal(t, v, m, func(s *Seal) {
		tx, err := v.db.BeginTx(t.Context(), nil)
		check(t, err)
		defer tx.Rollback()
		e := s.Event
		e.Digest = canon.Sum([]byte(`{}`))
		e, err = v.log(tx).Append(t.Context(), e)
		check(t, err)
		forged, err := v.sealOf(t.Context(), tx, e)
		check(t, err)
		*s = *forged
	})
	wantFindings(t, r, "manifest.json: manifest-malformed")
}

func TestManifestRead(t *testing.T) {
	v := newVault(t)
	c := seal(t, v, "https://example.org/1")
	s, err := c.Seal()
	if err != nil || s.Event.Digest != c.ManifestDigest {
		t.Errorf("got seal %+v, %v", s, err)
	}
	c.Dir = copyOf(t, c)
	edit(t, filepath.Join(c.Dir, manifestFile), func(b []byte) []byte {
		return bytes.Replace(b, []byte("Carved tusk"), []byte("Carved bone"), 1)
	})
	if _, err := c.Manifest(); err == nil {
		t.Error("read a manifest that isn't the one that was sealed")
	}
}
