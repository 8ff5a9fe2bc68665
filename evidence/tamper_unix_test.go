//go:build unix

package evidence

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestTamperPipe puts pipes where files should be: to open one would hang.
func TestTamperPipe(t *testing.T) {
	v := newVault(t)
	c := seal(t, v, "https://example.org/1")
	for path, want := range map[string]string{
		"page.png": "page.png: item-type", manifestFile: "manifest.json: item-type", sealFile: "seal.json: item-type",
		"more": "more: item-unlisted",
	} {
		dir := copyOf(t, c)
		pipe := filepath.Join(dir, path)
		if err := os.Remove(pipe); err != nil && path != "more" {
			t.Error(err)
		}
		check(t, syscall.Mkfifo(pipe, 0o600))
		wantFindings(t, verifyDir(t, dir, v.Keys()), want)
	}
}
