package ui

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"pugmark/capture/listing"
	"pugmark/evidence"
	"pugmark/evidence/bundle"
	"pugmark/evidence/canon"
)

// makeForeign makes the bundle of another vault once.
var makeForeign sync.Once

// foreignPicture is a photograph in the archive of the foreign capture.
var foreignPicture = plain(40, 20, blue)

// foreignBundle returns a bundle that another vault exported, with a capture that
// has all that the tabs show.
func foreignBundle(t *testing.T) string {
	t.Helper()
	path := filepath.Join(scratch, "foreign.pugmark.zip")
	makeForeign.Do(func() {
		v, err := evidence.Create(t.Context(), filepath.Join(scratch, "foreign"), evidence.CreateOptions{Name: "Unit 9", Operator: "B. Sen", Passphrase: passphrase})
		check(t, err)
		check(t, v.NewCase(t.Context(), evidence.Case{Ref: "OP-1", Title: "Foreign horns"}))
		seal(t, v, sample{"OP-1", "https://horns.example/1", "Foreign listing", evidence.Complete, foreignItems(t)})
		_, err = bundle.Export(t.Context(), v, bundle.Options{Case: "OP-1", Path: path}, nil)
		check(t, err)
		check(t, v.Close())
	})
	return path
}

func foreignItems(t *testing.T) map[string][]byte {
	picture := encode(t, foreignPicture)
	l := &listing.Listing{
		Facts: map[listing.Name]listing.Fact{listing.Title: fact("Foreign horn")},
		Photographs: []listing.Photograph{{
			Address: "https://horns.example/1.png", SHA256: canon.Sum(picture), Bytes: int64(len(picture)), Format: "png", Width: 40, Height: 20,
		}},
	}
	return map[string][]byte{
		"page.png": nil, "dom.html": []byte("<html>"), "listing.json": marshal(t, l), "text.txt": []byte("Foreign text\n"),
		"archive.wacz":      archive(t, map[string][]byte{"https://horns.example/1.png": picture}),
		"connections.jsonl": []byte(`{"host":"horns.example","port":443,"outcome":"passed"}` + "\n"),
		"capture.log.jsonl": []byte(`{"time":"2026-11-24T08:00:01Z","kind":"note","text":"Foreign note"}` + "\n"),
	}
}

// withImported returns a bench with a vault into which the foreign bundle was
// imported, without the passphrase.
func withImported(t *testing.T) (*bench, *bundle.Imported) {
	t.Helper()
	dir := newVault(t)
	v, err := evidence.Open(t.Context(), dir)
	check(t, err)
	i, err := bundle.Import(t.Context(), v, bundle.ImportOptions{Path: foreignBundle(t)}, nil)
	check(t, err)
	check(t, v.Close())
	b := newBench(t)
	b.open(dir)
	return b, i
}

func TestImportedInAllTabs(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	b, i := withImported(t)
	b.want("Cases · 3", i.Name, "Imported from vault "+shortVault(i.Vault), ": integrity only")
	b.w.cases.Select(2)
	b.settle()
	b.want("Captures of "+i.Name+" · Foreign horns · 1", "Foreign listing", "horns.example", "Unaltered · ",
		"Sealed by vault "+i.Vault.String()+" as case OP-1", "INTEGRITY ONLY", "nobody vouched for the key")
	b.pick(1)
	b.want("Exhibit 1 of "+i.Name, "Full page · 600 × 1,100 px · digest matches", "Last verified ", "no timestamp of an authority yet")
	for tab, want := range map[string][]string{
		tabListing:     {"Foreign horn", "digest matches"},
		tabPhotographs: {"1 picture", "https://horns.example/1.png"},
		tabText:        {"Foreign text"},
		tabNetwork:     {"horns.example:443"},
		tabLog:         {"Foreign note"},
		tabCustody:     {"Capture sealed", "B. Sen", "the log is that of vault " + i.Vault.String()},
		tabSeal:        {"as the bundle says; none of the keys that this vault has", "Only this machine's clock says so", i.Path},
		tabManifest:    {"dom.html"},
		tabItems:       {"rendered-dom"},
	} {
		b.look(tab)
		b.want(want...)
	}
	if thumbs := b.w.detail.sides[2].(*photographsTab).thumbs; thumbs.made[0] == nil {
		t.Errorf("got no thumbnail from the archive: %v", thumbs.failed)
	}
	b.copiesFromBundle()
	b.look(tabSeal)
	b.press("Verify all of this bundle")
	b.want("INTEGRITY ONLY")
	b.refuse("Unlock the vault")
}

// copiesFromBundle opens a copy of an item of the capture that is shown.
func (b *bench) copiesFromBundle() {
	b.t.Helper()
	tab, got := b.w.detail.items, ""
	tab.openURL = func(u *url.URL) error {
		text, err := os.ReadFile(u.Path)
		got = string(text)
		return err
	}
	b.look(tabItems)
	for i, it := range tab.list.items {
		if it.Kind == evidence.KindText {
			tab.list.Select(i)
		}
	}
	b.press("Open a copy")
	if got != "Foreign text\n" {
		b.t.Errorf("got a copy of %q", got)
	}
	b.t.Cleanup(tab.close)
}

// TestImportedRefuses asks for what can't be done with an imported case.
func TestImportedRefuses(t *testing.T) {
	b, i := withImported(t)
	b.w.cases.Select(2)
	b.settle()
	for _, ask := range []func(){b.w.askCapture, b.w.askExport, b.w.askCloseCase} {
		ask()
		b.want("The case was imported", i.Name+" is another vault's", "not captured for, exported or closed")
		b.press("Close")
		if b.w.asking() {
			t.Error("another dialog is open")
		}
	}
}

// spoil changes bytes in the vault's copy of a bundle.
func spoil(t *testing.T, path, from, to string) {
	t.Helper()
	content, err := os.ReadFile(path)
	check(t, err)
	spoilt := strings.ReplaceAll(string(content), from, to)
	if spoilt == string(content) || len(from) != len(to) {
		t.Fatalf("%q isn't in the bundle", from)
	}
	check(t, os.Chmod(path, 0o600))
	check(t, os.WriteFile(path, []byte(spoilt), 0o600))
}

func TestImportedTampered(t *testing.T) {
	b, i := withImported(t)
	spoil(t, i.Path, "Foreign text", "Another text")
	b.w.cases.Select(2)
	b.settle()
	b.want("This is not the bundle that was imported", "import-digest", "Nothing of it is shown", "pug verify "+i.Name)
	b.refuse("Foreign listing", "Foreign horns")
	check(t, os.Remove(i.Path))
	b.w.refresh()
	b.settle()
	b.want("This is not the bundle that was imported", "import-missing")
}

// TestImportedTamperedWhileOpen changes a bundle that the window has listed.
func TestImportedTamperedWhileOpen(t *testing.T) {
	b, i := withImported(t)
	b.w.cases.Select(2)
	b.settle()
	b.pick(1)
	spoil(t, i.Path, "Foreign text", "Another text")
	b.look(tabText)
	b.want("Not as it was sealed: text", "pug verify "+i.Name+"/1")
	b.refuse("Another text")
	b.look(tabSeal)
	b.press("Verify all of this bundle")
	b.want("This is not the bundle that was imported", "import-digest", "No capture chosen")
}
