package capture

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestLeftProfiles makes a profile that nobody owns, as a killed program leaves
// it, beside one that is in use.
func TestLeftProfiles(t *testing.T) {
	left := filepath.Join(os.TempDir(), profilePrefix+"left")
	lock := filepath.Join(left, profileLock)
	if err := os.MkdirAll(filepath.Join(left, "Default"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(lock, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-time.Hour)
	used := filepath.Join(shared.proc.profile.dir, profileLock)
	for _, path := range []string{lock, used} {
		if err := os.Chtimes(path, old, old); err != nil {
			t.Fatal(err)
		}
	}
	removeLeftProfiles()
	if _, err := os.Stat(left); !os.IsNotExist(err) {
		t.Errorf("the profile that was left is still there: %v", err)
	}
	if _, err := os.Stat(used); err != nil {
		t.Errorf("the profile in use is gone: %v", err)
	}
}

// TestLongTemp starts a browser where the folder for temporary files has a path
// that is too long for Chrome's socket.
func TestLongTemp(t *testing.T) {
	long := filepath.Join(t.TempDir(), strings.Repeat("long", 20))
	if err := os.Mkdir(long, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", long)
	b, err := Start(t.Context(), Options{NoSandbox: noSandbox()})
	if err != nil {
		t.Fatal(err)
	}
	dir := b.proc.profile.dir
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("the profile %q is still there: %v", dir, err)
	}
	if left := leftovers(long); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}
