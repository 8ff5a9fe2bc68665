package evidence

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"pugmark/evidence/canon"
	"pugmark/evidence/custody"
)

func TestItems(t *testing.T) {
	v := newVault(t)
	s := stage(t, v, "https://example.org/1")
	items := s.Items()
	if len(items) != 3 || items[0].Path != "dom.html" || items[2].Path != "strips/0001.png" {
		t.Fatalf("got items %+v", items)
	}
	want := Item{Path: "page.png", Kind: KindPage, MediaType: "image/png", Bytes: 9, SHA256: canon.Sum([]byte("a picture"))}
	if items[1] != want {
		t.Errorf("got item %+v, want %+v", items[1], want)
	}
	for _, path := range []string{
		"page.png", "PAGE.PNG", "dom.html/x", "strips", "", "/a", "a/", "a//b", "../a", "a/../b", ".a", "a/.b", "a.", "a b", "a%b",
		`a\b`, "é", "con", "a/nul.txt", "manifest.json", "Seal.json", strings.Repeat("a", maxItemPath+1),
	} {
		if w, err := s.Create(path, KindPage, ""); err == nil {
			t.Errorf("created item %q", path)
			check(t, w.Close())
		}
	}
	if n := len(s.Items()); n != 3 {
		t.Errorf("got %d items, want 3", n)
	}
	check(t, s.Close())
}

func TestItemClosedTwice(t *testing.T) {
	s := stage(t, newVault(t), "https://example.org/1")
	w, err := s.Create("a", KindPage, "")
	if err != nil {
		t.Fatal(err)
	}
	check(t, w.Close())
	wantErr(t, w.Close(), os.ErrClosed)
	check(t, s.Close())
}

// TestItemNotWritten has the disk fail under an item.
func TestItemNotWritten(t *testing.T) {
	s := stage(t, newVault(t), "https://example.org/1")
	w, err := s.Create("deep/er/a.bin", KindPage, "")
	if err != nil {
		t.Fatal(err)
	}
	check(t, w.(*itemWriter).f.Close())
	if _, err := w.Write([]byte("x")); !errors.Is(err, os.ErrClosed) {
		t.Errorf("got error %v", err)
	}
	wantErr(t, w.Close(), os.ErrClosed)
	if _, err := os.Lstat(filepath.Join(s.Dir(), "deep")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the item left something behind: %v", err)
	}
	check(t, write(s, "deep/er/a.bin", "again"))
	sealed, err := s.Seal(t.Context(), acquisition("https://example.org/1"))
	if err != nil || len(sealed.Manifest.Items) != 4 {
		t.Errorf("got %+v, %v", sealed.Manifest, err)
	}
}

func TestSealRefuses(t *testing.T) {
	v := newVault(t)
	s := stage(t, v, "https://example.org/1")
	a := acquisition("https://example.org/1")
	refuse := func(want string) {
		t.Helper()
		if _, err := s.Seal(t.Context(), a); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got error %v, want %q", err, want)
		}
	}
	w, err := s.Create("late", KindPage, "")
	if err != nil {
		t.Fatal(err)
	}
	refuse(`item "late" is still being written`)
	check(t, w.Close())
	stray := filepath.Join(s.Dir(), "stray")
	check(t, os.WriteFile(stray, nil, 0o600))
	refuse(`file "stray" is not an item`)
	check(t, os.Remove(stray))
	a.Verdict = "fine"
	refuse(`got verdict "fine"`)
	a.Verdict = Partial
	a.Time.Started = a.Time.Started.In(time.FixedZone("", 3600))
	refuse("want UTC")
	a.Time.Started = a.Time.Started.UTC()
	sealed, err := s.Seal(t.Context(), a)
	if err != nil || sealed.Capture.Exhibit != 1 || sealed.Capture.Verdict != Partial {
		t.Errorf("got %+v, %v", sealed.Capture, err)
	}
	refuse("it has ended")
	if _, err := s.Create("more", KindPage, ""); err == nil {
		t.Error("created an item of a sealed capture")
	}
	if err := s.Fail(t.Context(), "x", ""); err == nil {
		t.Error("failed a sealed capture")
	}
	check(t, s.Close())
	wantFindings(t, verify(t, v))
}

// wantStaged checks what the staging folder holds.
func wantStaged(t *testing.T, v *Vault, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(v.Dir(), stagingDir))
	check(t, err)
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("got staging folder %q, want %q", got, want)
	}
}

func actionsOf(t *testing.T, v *Vault, id uuid.UUID) string {
	t.Helper()
	events, err := v.Events(t.Context(), custody.Filter{Subject: id.String()})
	check(t, err)
	var out []string
	for _, e := range events {
		out = append(out, string(e.Action))
	}
	return strings.Join(out, " ")
}

func TestFail(t *testing.T) {
	v := newVault(t)
	s := stage(t, v, "https://example.org/1")
	check(t, os.WriteFile(filepath.Join(s.Scratch(), "cookies"), nil, 0o600))
	check(t, s.Fail(t.Context(), "no_host", "The host is unknown."))
	check(t, s.Close())
	wantStaged(t, v)
	events, err := v.Events(t.Context(), custody.Filter{Subject: s.ID().String(), Action: custody.CaptureFailed})
	if err != nil || len(events) != 1 || events[0].Details["code"] != "no_host" || events[0].Case != "OP-1" {
		t.Errorf("got events %+v, %v", events, err)
	}
	if c := seal(t, v, "https://example.org/1"); c.Exhibit != 1 {
		t.Errorf("a capture that failed took exhibit number 1: got %d", c.Exhibit)
	}
	wantFindings(t, verify(t, v))
}

func TestScratchGone(t *testing.T) {
	v := newVault(t)
	s := stage(t, v, "https://example.org/1")
	check(t, os.WriteFile(filepath.Join(s.Scratch(), "cookies"), nil, 0o600))
	if _, err := s.Seal(t.Context(), acquisition("https://example.org/1")); err != nil {
		t.Fatal(err)
	}
	wantStaged(t, v)
}
