package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"pugmark/evidence"
	"pugmark/evidence/bundle"
)

// bundleOf makes a bundle with one capture, of which one item has a size.
func bundleOf(t *testing.T, size int64) string {
	t.Helper()
	dir := t.TempDir()
	if err := newVault(filepath.Join(dir, "vault")); err != nil {
		t.Fatal(err)
	}
	v, err := evidence.Open(t.Context(), filepath.Join(dir, "vault"))
	if err == nil {
		err = v.Unlock(t.Context(), passphrase)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	if err := sealZeros(t, v, size); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "large.pugmark.zip")
	if _, err := bundle.Export(t.Context(), v, bundle.Options{Case: "OP-1", Path: path}, nil); err != nil {
		t.Fatal(err)
	}
	return path
}

// sealZeros seals a capture of zeros.
func sealZeros(t *testing.T, v *evidence.Vault, size int64) error {
	t.Helper()
	s, err := v.Stage(t.Context(), evidence.StageRequest{Case: "OP-1", Requested: "https://example.org"})
	if err != nil {
		return err
	}
	w, err := s.Create("page.png", evidence.KindPage, "image/png")
	if err != nil {
		return err
	}
	if _, err := w.Write(make([]byte, size)); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	_, err = s.Seal(t.Context(), &evidence.Acquisition{
		Target:      evidence.Target{Requested: "https://example.org"},
		Environment: evidence.Environment{Flags: []string{}}, Verdict: evidence.Complete,
	})
	return err
}

// TestImportDisk imports into a vault on a disk that is too full, or that can't be
// written.
func TestImportDisk(t *testing.T) {
	if !mayMount(t) {
		return
	}
	u, large := newUser(t), bundleOf(t, 8<<20)
	disk := u.moveToDisk(t, 20)
	u.succeed(t, "case", "list")
	filler := filepath.Join(disk, "filler")
	if err := fill(filler, disk, 4<<20); err != nil {
		t.Fatal(err)
	}
	before := filesIn(t, u.vault)
	code, stdout, stderr := u.run(t, "import", large)
	if code != exitNotDone || stdout != "" || !strings.Contains(stderr, "pug: The disk is full.\n     Make room on it") {
		t.Errorf("got exit code %d, want %d\n%s%s", code, exitNotDone, stdout, stderr)
	}
	if after := filesIn(t, u.vault); after != before {
		t.Errorf("got files %s, want %s", after, before)
	}
	u.succeed(t, "verify", "--all")
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	u.remount(t, disk, unix.MS_RDONLY)
	code, _, stderr = u.run(t, "import", large)
	if code != exitNotDone || !strings.Contains(stderr, "pug: The vault can't be written: it lies on a medium or in a folder that is read-only.") {
		t.Errorf("got exit code %d, want %d\n%s", code, exitNotDone, stderr)
	}
	u.remount(t, disk, 0)
	u.succeed(t, "import", large)

	// What is there can be looked at where nothing can be written.
	u.remount(t, disk, unix.MS_RDONLY)
	if r := document[verification](t, u, "verify", "--all").Report; r.Imports != 1 {
		t.Errorf("got report %+v", r)
	}
	imported := document[capturesDoc](t, u, "list").Imported
	if len(imported) != 1 {
		t.Fatalf("got %d imported captures, want 1", len(imported))
	}
	if shown := u.succeed(t, "show", imported[0].Name); !strings.Contains(shown, "this vault sealed it itself") {
		t.Errorf("got %s", shown)
	}
	u.remount(t, disk, 0)
}

// remount mounts a disk anew, with other flags.
func (u *user) remount(t *testing.T, disk string, flags uintptr) {
	t.Helper()
	if err := unix.Mount("tmpfs", disk, "tmpfs", unix.MS_REMOUNT|flags, ""); err != nil {
		t.Fatalf("mounting the disk anew: %v", err)
	}
}

// filesIn lists the files in a vault, but those of SQLite's that come and go.
func filesIn(t *testing.T, dir string) string {
	t.Helper()
	var out []string
	err := filepath.Walk(dir, func(path string, fi os.FileInfo, err error) error {
		if err == nil && !strings.HasSuffix(path, "-wal") && !strings.HasSuffix(path, "-shm") {
			out = append(out, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(out, " ")
}
