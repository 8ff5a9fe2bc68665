package capture

import (
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"pugmark/evidence"
)

// folder is a [Store] in a folder.
type folder struct {
	dir   string
	mu    sync.Mutex
	items map[string]evidence.Item
}

func newFolder(t testing.TB) *folder {
	t.Helper()
	return &folder{dir: t.TempDir(), items: make(map[string]evidence.Item)}
}

func (f *folder) Create(path string, kind evidence.Kind, mediaType string) (io.WriteCloser, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, ok := f.items[path]; ok {
		return nil, fmt.Errorf("item %q exists", path)
	}
	name := filepath.Join(f.dir, path)
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return nil, err
	}
	w, err := os.Create(name)
	f.items[path] = evidence.Item{Path: path, Kind: kind, MediaType: mediaType}
	return w, err
}

func (f *folder) Open(path string) (io.ReadCloser, error) { return os.Open(filepath.Join(f.dir, path)) }

func (f *folder) read(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(f.dir, path))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (f *folder) paths(kind evidence.Kind) []string {
	var out []string
	for path, it := range f.items {
		if it.Kind == kind {
			out = append(out, path)
		}
	}
	return out
}

// take captures an address with the shared browser.
func take(t *testing.T, r Request) (*folder, *evidence.Acquisition) {
	t.Helper()
	f, a, err := try(t, r)
	if err != nil {
		t.Fatal(err)
	}
	return f, a
}

func try(t *testing.T, r Request) (*folder, *evidence.Acquisition, error) {
	t.Helper()
	f := newFolder(t)
	r.Store, r.Scratch = f, t.TempDir()
	a, err := shared.Capture(t.Context(), r)
	if left, _ := os.ReadDir(r.Scratch); len(left) > 0 {
		t.Errorf("the capture left %d files in its scratch folder", len(left))
	}
	return f, a, err
}

func sum(b []byte) string { return fmt.Sprintf("%x", sha256.Sum256(b)) }

func codes(a *evidence.Acquisition) []string {
	var out []string
	for _, p := range a.Problems {
		out = append(out, p.Code)
	}
	return out
}
