package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"pugmark/evidence/custody"
	"pugmark/recorder"
)

// mayMount reports whether the test may mount a file system. If not, it runs the
// test again as the root of a user namespace, where it may.
func mayMount(t *testing.T) bool {
	t.Helper()
	if os.Geteuid() == 0 {
		return true
	}
	c := exec.CommandContext(t.Context(), "unshare", "--user", "--map-root-user", "--mount", os.Args[0], "-test.run=^"+t.Name()+"$")
	c.Env = append(os.Environ(), "PUGMARK_TEST_NO_SANDBOX=1")
	if out, err := c.CombinedOutput(); err != nil {
		t.Errorf("in a user namespace: %v\n%s", err, out)
	}
	return false
}

// moveToDisk moves the user's vault to a small disk of its own, of which it
// returns the folder.
func (u *user) moveToDisk(t *testing.T, megabytes int) string {
	t.Helper()
	disk := filepath.Join(u.dir, "disk")
	if err := os.Mkdir(disk, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mount("tmpfs", disk, "tmpfs", 0, fmt.Sprintf("size=%dm", megabytes)); err != nil {
		t.Fatalf("mounting a small disk: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(disk, 0); err != nil {
			t.Error(err)
		}
	})
	moved := filepath.Join(disk, "vault")
	if err := errors.Join(os.CopyFS(moved, os.DirFS(u.vault)), os.Chmod(moved, 0o700)); err != nil {
		t.Fatal(err)
	}
	u.vault = moved
	return disk
}

// TestDiskFull has the disk run full while a page loads: the capture fails,
// nothing of it is left, and the log says why.
func TestDiskFull(t *testing.T) {
	if !mayMount(t) {
		return
	}
	u := newUser(t)
	disk := u.moveToDisk(t, 250)
	filler := filepath.Join(disk, "filler")
	var filled error
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		filled = fill(filler, disk, 2<<20)
		page(w, "Full", "<script>fetch('/noise').then(r => r.arrayBuffer())</script>")
	})
	mux.HandleFunc("/noise", noise)
	server := httptest.NewServer(mux)
	defer server.Close()

	code, stdout, stderr := u.run(t, "capture", server.URL, "--case", "OP-1", sandboxFlag())
	if filled != nil {
		t.Fatal(filled)
	}
	if code != exitNotDone || stdout != "" || !strings.Contains(stderr, "pug: The disk is full.\n     Make room on it") {
		t.Errorf("got exit code %d, want %d\n%s%s", code, exitNotDone, stdout, stderr)
	}
	if left := u.staged(t); len(left) > 0 {
		t.Errorf("left in staging: %v", left)
	}
	failed := u.events(t, custody.CaptureFailed)
	if len(failed) != 1 || failed[0].Details["code"] != "disk_full" {
		t.Errorf("got failures %v, want one with code disk_full", failed)
	}
	u.succeed(t, "verify", "--all")

	// What is too full to begin with isn't begun with.
	code, _, stderr = u.run(t, "capture", server.URL, "--case", "OP-1", sandboxFlag())
	if code != exitNotDone || !strings.Contains(stderr, "pug: The disk of the vault is nearly full: ") {
		t.Errorf("got exit code %d, want %d\n%s", code, exitNotDone, stderr)
	}
	if n := len(u.events(t, custody.CaptureStarted)); n != 1 {
		t.Errorf("got %d captures started, want 1", n)
	}

	// With room again it goes on.
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	u.succeed(t, "capture", u.addresses["SITE"]+"/small", "--case", "OP-1", sandboxFlag())
	u.succeed(t, "verify", "--all")
}

// TestReadOnlyDisk has the vault on a medium that can't be written: it is read and
// verified there, and what would write says why it can't.
func TestReadOnlyDisk(t *testing.T) {
	if !mayMount(t) {
		return
	}
	u := newUser(t)
	disk := u.moveToDisk(t, 20)
	u.succeed(t, "verify", "--all")
	if err := unix.Mount("", disk, "", unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	u.succeed(t, "verify", "--all")
	u.succeed(t, "case", "list")
	u.succeed(t, "search", "ivory") // with no index
	for _, flags := range []uintptr{0, unix.MS_RDONLY} {
		if err := unix.Mount("", disk, "", unix.MS_REMOUNT|flags, ""); err != nil {
			t.Fatal(err)
		}
		u.succeed(t, "search", "ivory")
	}
	for _, args := range [][]string{
		{"case", "new", "OP-2", "--title", "Scales"}, {"key", "rotate"}, {"capture", u.addresses["SITE"] + "/small", "--case", "OP-1", sandboxFlag()},
	} {
		code, stdout, stderr := u.run(t, args...)
		if code != exitNotDone || stdout != "" || !strings.Contains(stderr, "pug: ") {
			t.Errorf("pug %v: got exit code %d\n%s%s", args, code, stdout, stderr)
		}
		t.Logf("%s", stderr)
	}
}

// fill writes a file until the disk has but so many bytes left.
func fill(path, disk string, left int64) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	free, err := recorder.FreeSpace(disk)
	if err != nil {
		return err
	}
	_, err = io.CopyN(f, zeros{}, free-left)
	if errors.Is(err, syscall.ENOSPC) {
		return nil
	}
	return err
}

// zeros reads as zeros without end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// noise is what nothing makes smaller.
func noise(w http.ResponseWriter, _ *http.Request) {
	_, _ = io.CopyN(w, rand.Reader, 20<<20) // the browser may give up
}
