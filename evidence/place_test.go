package evidence

import (
	"path/filepath"
	"runtime"
	"testing"
)

func TestDefaultDir(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("LocalAppData", home)
	t.Setenv("XDG_DATA_HOME", "relative")
	want := filepath.Join(home, ".local", "share", "pugmark")
	switch runtime.GOOS {
	case "windows":
		want = filepath.Join(home, "Pugmark")
	case "darwin":
		want = filepath.Join(home, "Library", "Application Support", "Pugmark")
	}
	if got, err := DefaultDir(); got != want || err != nil {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
	if runtime.GOOS != "linux" {
		return
	}
	t.Setenv("XDG_DATA_HOME", "/data")
	if got, err := DefaultDir(); got != "/data/pugmark" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}
