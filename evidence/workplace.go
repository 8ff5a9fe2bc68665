package evidence

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"pugmark/evidence/canon"
)

// ItemStore takes the items of a capture.
//
// Create makes a new item, of which the path isn't taken yet. The item counts
// once its writer is closed without an error: it is then on disk and never
// changes again. An item that could not be written leaves nothing behind, and
// its path is free.
type ItemStore interface {
	Create(path string, kind Kind, mediaType string) (io.WriteCloser, error)
}

// workplace is a folder in which items are written, which becomes a sealed one.
type workplace struct {
	dir string // absolute

	mu    sync.Mutex
	items map[string]*Item // guarded by mu, by path in lower case; nil while written
	ended bool             // guarded by mu; the folder is no longer ours
}

func newWorkplace(dir string) *workplace { return &workplace{dir: dir, items: make(map[string]*Item)} }

// Dir returns the folder.
func (w *workplace) Dir() string { return w.dir }

// Items returns the items that are written, sorted by path.
func (w *workplace) Items() []Item {
	w.mu.Lock()
	defer w.mu.Unlock()
	items := make([]Item, 0, len(w.items))
	for _, it := range w.items {
		if it != nil {
			items = append(items, *it)
		}
	}
	slices.SortFunc(items, compareItems)
	return items
}

func compareItems(a, b Item) int { return strings.Compare(a.Path, b.Path) }

// Create implements [ItemStore].
func (w *workplace) Create(path string, kind Kind, mediaType string) (io.WriteCloser, error) {
	if err := checkItemPath(path); err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ended {
		return nil, fmt.Errorf("creating item %q: the work has ended", path)
	}
	if _, ok := w.items[strings.ToLower(path)]; ok {
		return nil, fmt.Errorf("creating item %q: the path is taken", path)
	}
	name := filepath.Join(w.Dir(), filepath.FromSlash(path))
	if err := makeDir(filepath.Dir(name)); err != nil {
		return nil, fmt.Errorf("creating item: %w", err)
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, fileMode)
	if err != nil {
		return nil, fmt.Errorf("creating item: %w", err)
	}
	w.items[strings.ToLower(path)] = nil
	return &itemWriter{
		place: w, f: f, hash: sha256.New(),
		item: Item{Path: path, Kind: kind, MediaType: mediaType},
	}, nil
}

// Open reads an item that is written: a capture makes some items from others.
func (w *workplace) Open(path string) (io.ReadCloser, error) {
	w.mu.Lock()
	it := w.items[strings.ToLower(path)]
	w.mu.Unlock()
	if it == nil {
		return nil, fmt.Errorf("opening item %q: there is none", path)
	}
	return os.Open(filepath.Join(w.Dir(), filepath.FromSlash(it.Path)))
}

// itemWriter writes one item. It belongs to one goroutine at a time.
type itemWriter struct {
	place  *workplace
	f      *os.File
	hash   hash.Hash
	item   Item
	err    error // of the first write that failed
	closed bool
}

func (w *itemWriter) Write(p []byte) (int, error) {
	if w.err != nil {
		return 0, w.err
	}
	n, err := w.f.Write(p)
	w.hash.Write(p[:n])
	w.item.Bytes += int64(n)
	if err != nil {
		w.err = fmt.Errorf("writing item %q: %w", w.item.Path, err)
	}
	return n, w.err
}

// Close flushes the item to disk and enters it. If that fails or a write did,
// it removes the item.
func (w *itemWriter) Close() error {
	if w.closed {
		return fmt.Errorf("closing item %q: %w", w.item.Path, os.ErrClosed)
	}
	w.closed = true
	err := w.err
	if err == nil {
		err = w.f.Chmod(sealedFileMode)
	}
	err = errors.Join(err, syncClose(w.f))
	w.item.SHA256 = Digest(w.hash.Sum(nil))
	w.place.mu.Lock()
	defer w.place.mu.Unlock()
	key := strings.ToLower(w.item.Path)
	if err != nil {
		delete(w.place.items, key)
		return errors.Join(fmt.Errorf("closing item %q: %w", w.item.Path, err), w.remove())
	}
	w.place.items[key] = &w.item
	return nil
}

// remove takes the item's file away, and the folders that it was alone in.
func (w *itemWriter) remove() error {
	err := os.Remove(w.f.Name())
	for dir := filepath.Dir(w.f.Name()); dir != w.place.Dir(); dir = filepath.Dir(dir) {
		if os.Remove(dir) != nil {
			break // it holds other items
		}
	}
	return err
}

// checkWhole reports an item that is still being written, and a file in the
// folder that is no item.
func (w *workplace) checkWhole() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for path, it := range w.items {
		if it == nil {
			return fmt.Errorf("item %q is still being written", path)
		}
	}
	return filepath.WalkDir(w.Dir(), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(w.Dir(), path)
		if err != nil {
			return err
		}
		if _, ok := w.items[strings.ToLower(filepath.ToSlash(rel))]; !ok {
			return fmt.Errorf("file %q is not an item", rel)
		}
		return nil
	})
}

func (w *workplace) writeRecords(manifest []byte, seal *Seal) error {
	b, err := canon.Marshal(seal)
	if err != nil {
		return err
	}
	if err := writeFile(filepath.Join(w.Dir(), manifestFile), manifest, sealedFileMode); err != nil {
		return err
	}
	if err := writeFile(filepath.Join(w.Dir(), sealFile), b, sealedFileMode); err != nil {
		return err
	}
	return syncDir(w.Dir())
}

// removeRecords takes back writeRecords, whatever it got done.
func (w *workplace) removeRecords() (err error) {
	for _, name := range []string{manifestFile, sealFile} {
		if e := os.Remove(filepath.Join(w.Dir(), name)); !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	return err
}

// end reports whether the work was going on, and ends it.
func (w *workplace) end() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	was := w.ended
	w.ended = true
	return !was
}

func (w *workplace) revive() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ended = false
}
