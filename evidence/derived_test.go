package evidence

import (
	"bytes"
	"fmt"
	"image"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pugmark/evidence/canon"
	"pugmark/evidence/custody"
)

// derive begins a derivation of a capture with one item.
func derive(t testing.TB, v *Vault, c Capture) *DerivationStaging {
	t.Helper()
	m, err := c.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	page := m.Items[slices.IndexFunc(m.Items, func(it Item) bool { return it.Path == "page.png" })]
	s, err := v.Derive(t.Context(), c, DerivationRequest{
		Kind: Redaction, Sources: []Item{page}, Regions: []image.Rectangle{image.Rect(1, 2, 31, 42)}, Reason: "privacy",
	})
	if err != nil {
		t.Fatal(err)
	}
	check(t, write(s, "sub/redacted.png", "a black picture"))
	return s
}

func derived(t testing.TB, v *Vault, c Capture) Derivation {
	t.Helper()
	d, err := derive(t, v, c).Seal(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDerive(t *testing.T) {
	v := newVault(t)
	c := sealPictured(t, v)
	before := snapshot(t, c.Dir)
	check(t, v.CloseCase(t.Context(), "OP-1", ""))
	d := derived(t, v, c)
	if want := filepath.Join(v.Dir(), "cases", "OP-1", "derived", d.ID.String()); d.Dir != want {
		t.Errorf("got folder %q, want %q", d.Dir, want)
	}
	m, err := d.Manifest()
	check(t, err)
	if m.Original != c.ManifestDigest || m.Capture != c.ID || m.Exhibit != 1 || m.Sources[0].SHA256 != canon.Sum([]byte("a picture")) ||
		m.Blackened[0] != (Rectangle{1, 2, 30, 40}) || m.Reason != "privacy" || m.Operator != "A. Rao" || len(m.Items) != 1 {
		t.Errorf("got manifest %+v", m)
	}
	r, err := VerifyFolder(t.Context(), d.Dir, Trust{Keys: v.Keys()}, nil)
	if err != nil || r.Outcome != Verified || r.Derivations != 1 || r.Captures != 0 || r.Items != 1 {
		t.Errorf("got %+v, %v", r, err)
	}
	if after := snapshot(t, c.Dir); after != before {
		t.Errorf("the original changed from %s to %s", before, after)
	}
	ro, err := OpenReadOnly(t.Context(), v.Dir())
	if err != nil {
		t.Fatal(err)
	}
	all, err := ro.Derivations(t.Context(), c)
	if err != nil || len(all) != 1 || fmt.Sprint(all[0]) != fmt.Sprint(d) {
		t.Errorf("got %v, %v; want %v", all, err, d)
	}
	check(t, ro.Close())
	check(t, v.Rebuild(t.Context()))
	report := verify(t, v)
	wantFindings(t, report)
	if report.Derivations != 1 || report.Captures != 1 || report.Staged != 0 {
		t.Errorf("got %+v", report)
	}
}

func TestDeriveRefuses(t *testing.T) {
	v := newVault(t)
	c, plain := sealPictured(t, v), seal(t, v, "https://example.com/plain")
	request := DerivationRequest{Kind: Redaction, Regions: []image.Rectangle{image.Rect(0, 0, 1, 1)}}
	_, err := reopen(t, v).Derive(t.Context(), c, request)
	wantErr(t, err, ErrLocked)
	_, err = v.Derive(t.Context(), plain, request)
	wantErr(t, err, ErrNoPicture)
	_, err = v.Derive(t.Context(), c, DerivationRequest{Kind: Redaction, Regions: []image.Rectangle{image.Rect(0, 0, 801, 1)}})
	if err == nil {
		t.Error("got no error for a region outside the picture")
	}
	foreign := request
	foreign.Sources = []Item{{Path: "page.png", Kind: KindPage}}
	if _, err = v.Derive(t.Context(), c, foreign); err == nil {
		t.Error("got no error for an item of something else")
	}
	s := derive(t, v, c)
	check(t, os.WriteFile(filepath.Join(s.Dir(), "stray"), nil, fileMode))
	if _, err = s.Seal(t.Context()); err == nil {
		t.Error("got no error for a stray file")
	}
	s = derive(t, v, c)
	check(t, s.Close())
	if _, err := s.Seal(t.Context()); err == nil {
		t.Error("got no error after Close")
	}
	left, err := os.ReadDir(filepath.Join(v.Dir(), stagingDir))
	if err != nil || len(left) > 0 {
		t.Errorf("got %v, %v left behind", left, err)
	}
	wantFindings(t, verify(t, v))
}

// TestTamperDerived changes each byte of a derivation's records, and its files.
func TestTamperDerived(t *testing.T) {
	v := newVault(t)
	d := derived(t, v, sealPictured(t, v))
	dir := t.TempDir()
	check(t, os.CopyFS(dir, os.DirFS(d.Dir)))
	unprotectFiles(t, dir)
	trust := Trust{Keys: v.Keys()}
	failed := func(what string) {
		r, err := VerifyFolder(t.Context(), dir, trust, nil)
		if err != nil || r.Outcome != FailedVerification {
			t.Errorf("%s: got %v, %v", what, r, err)
		}
	}
	for _, name := range []string{manifestFile, sealFile, "sub/redacted.png"} {
		path := filepath.Join(dir, name)
		b, err := os.ReadFile(path)
		check(t, err)
		for i := range b {
			// A checkpoint's signature has bits in base64 that mean nothing.
			changed := bytes.Clone(b)
			changed[i] ^= 4
			check(t, os.WriteFile(path, changed, fileMode))
			failed(fmt.Sprintf("%s, byte %d", name, i))
		}
		check(t, os.WriteFile(path, b[:len(b)-1], fileMode))
		failed(name + " cut")
		check(t, os.Remove(path))
		failed(name + " removed")
		check(t, os.WriteFile(path, b, fileMode))
	}
	for _, name := range []string{"more", "timestamps/after-1.tsr", "sub/other"} {
		path := filepath.Join(dir, name)
		check(t, makeDir(filepath.Dir(path)))
		check(t, os.WriteFile(path, nil, fileMode))
		failed(name + " added")
		check(t, os.Remove(path))
	}
	check(t, os.Remove(filepath.Join(dir, "timestamps")))
	r, err := VerifyFolder(t.Context(), dir, trust, nil)
	if err != nil || r.Outcome != Verified {
		t.Errorf("restored: got %v, %v", r, err)
	}
}

func TestTamperDerivedVault(t *testing.T) {
	for name, x := range map[string]struct {
		do   func(t *testing.T, v *Vault, c Capture, d Derivation)
		want []string // D stands for the derivation's folder, C for the capture's
	}{
		"removed": {func(t *testing.T, v *Vault, c Capture, d Derivation) {
			check(t, os.RemoveAll(d.Dir))
		}, []string{"D: derivation-missing"}},
		"item": {func(t *testing.T, v *Vault, c Capture, d Derivation) {
			edit(t, filepath.Join(d.Dir, "sub", "redacted.png"), flip(3))
		}, []string{"D/sub/redacted.png: item-digest"}},
		"copied": {func(t *testing.T, v *Vault, c Capture, d Derivation) {
			check(t, os.CopyFS(d.Dir+"x", os.DirFS(d.Dir)))
		}, []string{"Dx: derivation-unlisted"}},
		"a capture instead": {func(t *testing.T, v *Vault, c Capture, d Derivation) {
			check(t, os.RemoveAll(d.Dir))
			check(t, os.CopyFS(d.Dir, os.DirFS(c.Dir)))
		}, []string{"D/seal.json: seal-log"}},
		"instead of a capture": {func(t *testing.T, v *Vault, c Capture, d Derivation) {
			check(t, os.RemoveAll(c.Dir))
			check(t, os.CopyFS(c.Dir, os.DirFS(d.Dir)))
		}, []string{"C/seal.json: seal-log"}},
		"original": {func(t *testing.T, v *Vault, c Capture, d Derivation) {
			edit(t, filepath.Join(c.Dir, "page.png"), flip(0))
		}, []string{"C/page.png: item-digest"}},
	} {
		t.Run(name, func(t *testing.T) {
			v := newVault(t)
			c := sealPictured(t, v)
			d := derived(t, v, c)
			unprotectFiles(t, v.Dir())
			x.do(t, v, c, d)
			short := strings.NewReplacer("D", derivedPath(d), "C", publishedPath(c))
			var want []string
			for _, w := range x.want {
				want = append(want, short.Replace(w))
			}
			wantFindings(t, verify(t, v), want...)
		})
	}
}

// TestDerivedOriginal seals derivations, with the vault's own key, that say to be
// made from what the vault doesn't have.
func TestDerivedOriginal(t *testing.T) {
	v := newVault(t)
	c := sealPictured(t, v)
	for _, change := range []func(*DerivationStaging){
		func(s *DerivationStaging) { s.capture.ManifestDigest[0] ^= 1 },
		func(s *DerivationStaging) { s.capture.ID[15] ^= 1 },
		func(s *DerivationStaging) { s.request.Sources[0].SHA256[0] ^= 1 },
	} {
		s := derive(t, v, c)
		s.request.Sources = slices.Clone(s.request.Sources)
		change(s)
		d, err := s.Seal(t.Context())
		check(t, err)
		r := verify(t, v)
		at := derivedPath(d) + "/manifest.json: derivation-original"
		if !slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Path+": "+f.Kind == at }) {
			t.Errorf("got findings %v, want %q", r.Findings, at)
		}
	}
}

// TestRecoverDerivation opens a vault after processes died.
func TestRecoverDerivation(t *testing.T) {
	v := newVault(t)
	c := sealPictured(t, v)
	alive := derive(t, v, c)
	dead := derive(t, v, c)
	check(t, dead.lock.Unlock())
	unpublished := derived(t, v, c)
	unprotectFiles(t, unpublished.Dir)
	staged := v.path(stagedDerivedPath(unpublished.ID))
	check(t, os.Rename(unpublished.Dir, staged))
	wantFindings(t, verify(t, v)) // it is staged
	w := reopen(t, v)
	for path, want := range map[string]bool{alive.Dir(): true, dead.Dir(): false, dead.Dir() + lockSuffix: false, staged: false, unpublished.Dir: true} {
		if _, err := os.Lstat(path); (err == nil) != want {
			t.Errorf("%s: got %v, want it there: %v", path, err, want)
		}
	}
	if fi, err := os.Stat(unpublished.Dir); err != nil || fi.Mode().Perm() != sealedDirMode {
		t.Errorf("got %v, %v", fi.Mode(), err)
	}
	_, err := alive.Seal(t.Context())
	check(t, err)
	all, err := w.Derivations(t.Context(), c)
	if err != nil || len(all) != 2 {
		t.Errorf("got %v, %v", all, err)
	}
	wantFindings(t, verify(t, w))
}

func TestExportDerivation(t *testing.T) {
	v := newVault(t)
	c := sealPictured(t, v)
	d := derived(t, v, c)
	to := filepath.Join(t.TempDir(), "copy")
	check(t, v.ExportDerivation(t.Context(), d, to))
	r, err := VerifyFolder(t.Context(), to, Trust{}, nil)
	if err != nil || r.Outcome != IntegrityOnly || r.Derivations != 1 {
		t.Errorf("got %+v, %v", r, err)
	}
	logged, err := v.Events(t.Context(), custody.Filter{Action: custody.ItemExported})
	if err != nil || len(logged) != 1 || logged[0].Digest != d.ManifestDigest || logged[0].Details["file"] != "copy" {
		t.Errorf("got events %v, %v", logged, err)
	}
	wantErr(t, v.ExportDerivation(t.Context(), d, to), fs.ErrExist)
	unprotectFiles(t, d.Dir)
	edit(t, filepath.Join(d.Dir, "sub", "redacted.png"), flip(0))
	if err := v.ExportDerivation(t.Context(), d, to+"2"); err == nil {
		t.Error("got no error for a derivation that was altered")
	}
	left, err := os.ReadDir(filepath.Dir(to))
	if err != nil || len(left) != 1 {
		t.Errorf("got %v, %v", left, err)
	}
}

// TestDerivationIsNoCapture gives the folder of a derivation to what takes only
// captures.
func TestDerivationIsNoCapture(t *testing.T) {
	v := newVault(t)
	d := derived(t, v, sealPictured(t, v))
	if _, _, err := ReadRecords(os.DirFS(d.Dir)); err == nil {
		t.Error("got no error")
	}
	r, err := VerifyPartFS(t.Context(), os.DirFS(d.Dir), Trust{}, nil, nil)
	check(t, err)
	wantFindings(t, r, "manifest.json: manifest-malformed")
}
