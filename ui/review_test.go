package ui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"

	"pugmark/evidence"
	"pugmark/evidence/bundle"
	"pugmark/evidence/canon"
	"pugmark/review/report"
)

// withReviewed returns a bench that reviews the foreign bundle, of which there is a
// copy in a folder that can't be written.
func withReviewed(t *testing.T) (b *bench, path string) {
	t.Helper()
	dir := t.TempDir()
	path = filepath.Join(dir, "foreign.zip")
	content, err := os.ReadFile(foreignBundle(t))
	check(t, err)
	check(t, os.WriteFile(path, content, 0o400))
	check(t, os.Chmod(dir, 0o500))
	t.Cleanup(func() { check(t, os.Chmod(dir, 0o700)) })
	b = newBench(t)
	b.w.reviewFile(path)
	b.settle()
	return b, path
}

// TestReviewInAllTabs reviews a bundle's file with no vault, and leaves it as it is.
func TestReviewInAllTabs(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	b, path := withReviewed(t)
	before := fileOf(t, path)
	b.want("Read-only review of a bundle, with no vault", "Reviewing a bundle: nothing is written", "Cases · 1",
		"Captures of OP-1 · Foreign horns · 1", "Foreign listing", "horns.example", "Reviewed from its file foreign.zip", "as case OP-1", "Not stamped yet")
	b.refuse("Capture…", "Export…", "Imported", "Locked")
	b.pick(1)
	b.want("Exhibit 1 of OP-1", "Full page · 600 × 1,100 px · digest matches", "Not known to have been verified")
	for tab, want := range map[string][]string{
		tabListing:     {"Foreign horn", "digest matches"},
		tabPhotographs: {"1 picture", "https://horns.example/1.png"},
		tabText:        {"Foreign text"},
		tabNotes:       {"What people added."},
		tabNetwork:     {"horns.example:443"},
		tabLog:         {"Foreign note"},
		tabCustody:     {"Capture sealed", "B. Sen", "the log is that of vault "},
		tabSeal:        {"with no vault open, no key is trusted", "Only this machine's clock says so", path},
		tabManifest:    {"dom.html"},
		tabItems:       {"rendered-dom"},
	} {
		b.look(tab)
		b.want(want...)
	}
	b.copiesFromBundle()
	b.look(tabSeal)
	b.press("Verify all of this bundle")
	b.want("INTEGRITY ONLY", "Last verified ", "Unaltered · ")
	b.press("Verify the bundle")
	b.want("Verification", "NOT one that you trust")
	b.press("Close")
	b.w.refresh()
	b.settle()
	b.want("Captures of OP-1 · Foreign horns · 1", "Unaltered · ")
	b.press("End the review")
	b.want("No vault is open", "can be reviewed with no vault at all")
	b.refuse("Read-only review", "Foreign listing")
	if after := fileOf(t, path); after != before {
		t.Errorf("got file %s, want %s", after, before)
	}
}

// fileOf describes a file and the folder that it lies in.
func fileOf(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	check(t, err)
	out := canon.Sum(content).String()
	for _, p := range []string{path, filepath.Dir(path)} {
		fi, err := os.Stat(p)
		check(t, err)
		out += " " + fi.ModTime().Format(time.RFC3339Nano)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	check(t, err)
	for _, e := range entries {
		out += " " + e.Name()
	}
	return out
}

// TestReviewWritesNothing asks for all that writes.
func TestReviewWritesNothing(t *testing.T) {
	b, _ := withReviewed(t)
	b.pick(1)
	for _, ask := range []func(){
		b.w.askCapture, b.w.askCase, b.w.askExport, b.w.askCloseCase, b.w.askNote, b.w.askTag, b.w.askFact, b.w.askRegion, b.w.askRedaction,
		b.w.askTrust, b.w.unlockNow,
	} {
		ask()
		b.settle()
		b.want("A bundle is only reviewed", "with no vault. Nothing is added to it, captured or exported.", "import it.")
		b.press("Close")
		if b.w.asking() {
			t.Fatal("another dialog is open")
		}
	}
}

// TestReviewFind searches the bundle that is reviewed, with the filters.
func TestReviewFind(t *testing.T) {
	b, _ := withReviewed(t)
	b.press("Find…")
	b.fill("horn")
	b.settle()
	b.want("Find in the bundle", "1 capture found", "OP-1/1 · Foreign listing")
	b.fill("horn", "", "10 yuan")
	b.settle()
	b.want("“10 yuan” is no price.")
	b.fill("horn", "", "10", "20", "CNY")
	b.settle()
	b.want("0 captures found")
	for _, e := range b.entries()[2:] {
		e.SetText("")
	}
	b.settle()
	b.press("Show")
	b.want("Exhibit 1 of OP-1")
}

// TestReviewInPlaceOfVault reviews a bundle that was dropped on a vault, and comes back
// to it.
func TestReviewInPlaceOfVault(t *testing.T) {
	b := newBench(t)
	b.open(newVault(t))
	b.w.drop([]fyne.URI{storage.NewFileURI(foreignBundle(t))})
	b.settle()
	b.want("INTEGRITY ONLY", "Import for review")
	b.press("Review without a vault")
	b.want("Read-only review of a bundle, with no vault", "Foreign listing", "Cases · 1")
	b.refuse("Verify vault", "INTEGRITY ONLY")
	b.press("End the review")
	b.want("Verify vault", "Cases · 2", "Locked: reviewing only")
	b.refuse("Foreign listing", "Read-only review")
}

// TestReviewMakes makes of a bundle that is reviewed what can be made of a vault's
// captures: none of it is logged.
func TestReviewMakes(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	b, path := withReviewed(t)
	before := fileOf(t, path)
	f := &fakeReport{result: report.Result{Captures: 1, Outcome: evidence.IntegrityOnly}}
	b.w.options.MakeReport = f.make
	b.w.askReport()
	b.settle()
	b.fill(filepath.Join(t.TempDir(), "x.pdf"))
	b.press("Make the report")
	b.want("The report was made.", "In no custody log, as no vault is open. Keep the digest.")
	if f.name != "OP-1" {
		t.Errorf("got a report of %q", f.name)
	}
	b.press("Close")

	b.w.askHandover()
	b.settle()
	b.refuse("It is written to the custody log.")
	table := filepath.Join(t.TempDir(), "out.csv")
	b.fill(table)
	b.press("Hand over")
	b.want("Handed over 1 capture", table, "In no custody log, as no vault is open. Keep the digest.")
	b.press("Close")

	b.w.askPhotographs()
	b.settle()
	b.want("0 photographs that several captures show")
	b.press("Close")
	b.pick(1)
	b.look(tabPhotographs)
	b.press("Elsewhere: 0 times")
	b.want("Found elsewhere: 0 times", "Looked for", "OP-1/1:1")
	b.press("Close")

	b.w.askCompare()
	b.settle()
	b.want("Compare OP-1/1 with…", "0 captures · of the same address: 0")
	b.press("Close")
	b.w.endReview()
	b.settle()
	if after := fileOf(t, path); after != before {
		t.Errorf("got file %s, want %s", after, before)
	}
}

// TestReviewEncrypted reviews a bundle that is encrypted to a passphrase.
func TestReviewEncrypted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret.pugmark.zip"+bundle.EncryptedSuffix)
	encrypt(t, foreignBundle(t), path)
	b := newBench(t)
	b.w.askReview()
	b.fill(path)
	b.press("Review")
	b.want("The bundle is encrypted")
	b.fill("wrong")
	b.press("Decrypt")
	b.refuse("Foreign listing")
	b.fill(passphrase)
	b.press("Decrypt")
	b.want("Read-only review of a bundle, with no vault", "Foreign listing")
	b.pick(1)
	b.look(tabText)
	b.want("Foreign text")
}

func encrypt(t *testing.T, from, to string) {
	t.Helper()
	content, err := os.ReadFile(from)
	check(t, err)
	r, err := age.NewScryptRecipient(passphrase)
	check(t, err)
	r.SetWorkFactor(10)
	f, err := os.Create(to)
	check(t, err)
	w, err := age.Encrypt(f, r)
	check(t, err)
	_, err = w.Write(content)
	check(t, err)
	check(t, w.Close())
	check(t, f.Close())
}

// TestReviewDamaged reviews what was altered.
func TestReviewDamaged(t *testing.T) {
	content, err := os.ReadFile(foreignBundle(t))
	check(t, err)
	altered := func(b string) string {
		path := filepath.Join(t.TempDir(), "altered.zip")
		check(t, os.WriteFile(path, []byte(b), 0o600))
		return path
	}
	path := altered(strings.ReplaceAll(string(content), "Foreign text", "Another text"))
	b := newBench(t)
	b.w.reviewFile(path)
	b.settle()
	b.pick(1)
	b.look(tabText)
	b.want("Not as it was sealed: text", "pug verify "+path)
	b.refuse("Another text")
	b.press("Verify the bundle")
	b.want("FAILED")
	b.press("Close")
	b.want("Not as sealed · ")
	b.w.review(altered(string(content[:9000])), nil)
	b.settle()
	b.want("The bundle can't be reviewed")
	b.press("Close")
	b.want("Read-only review of a bundle, with no vault")
	b.w.reviewFile(filepath.Join(t.TempDir(), "nowhere.zip"))
	b.want("The bundle can't be read")
}
