package evidence

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/gofrs/flock"
	"github.com/google/uuid"

	"pugmark/evidence/custody"
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

// StageRequest says for what a capture is begun.
type StageRequest struct {
	Case      string
	Reason    string // why this capture is made
	Persona   string // under which the operator looks at the page; empty: none
	Requested string // the address
}

// Staging is a capture under way. It ends with Seal or Fail; if with neither,
// Close gives it up, and it stays as an interrupted capture. Its methods may be
// called from several goroutines.
type Staging struct {
	v       *Vault
	id      uuid.UUID
	request StageRequest
	lock    *flock.Flock // held as long as the capture is alive

	mu    sync.Mutex
	items map[string]*Item // guarded by mu, by path in lower case; nil while written
	ended bool             // guarded by mu; the staging is no longer ours
	// What authorities said when the capture began; guarded by mu.
	before  *NotBefore // nil: nothing
	notices []Problem  // why not
}

// Stage begins a capture: it logs it and makes a folder for its items. The
// vault must be unlocked, so that nobody finds out at the end that it isn't.
// The error wraps [ErrLocked], [ErrNoCase] or [ErrCaseClosed].
func (v *Vault) Stage(ctx context.Context, r StageRequest) (*Staging, error) {
	s, err := v.stage(ctx, r)
	if err != nil {
		return nil, fmt.Errorf("staging capture for case %q: %w", r.Case, err)
	}
	return s, nil
}

func (v *Vault) stage(ctx context.Context, r StageRequest) (*Staging, error) {
	if !v.Unlocked() {
		return nil, ErrLocked
	}
	id, err := uuid.NewV7()
	if err != nil {
		return nil, err
	}
	s := &Staging{v: v, id: id, request: r, items: make(map[string]*Item)}
	s.lock = flock.New(s.Dir()+lockSuffix, flock.SetPermissions(fileMode))
	if err := s.logStart(ctx); err != nil {
		return nil, errors.Join(err, s.takeBack(context.WithoutCancel(ctx)))
	}
	if err := s.makeDirs(); err != nil {
		return nil, errors.Join(err, s.Fail(ctx, "staging", err.Error()))
	}
	return s, nil
}

// logStart also takes the lock, in the transaction: another process that opens the
// vault then finds the capture logged and locked, or not at all.
func (s *Staging) logStart(ctx context.Context) error {
	return s.v.update(ctx, func(tx *sql.Tx) error {
		c, err := openCase(ctx, tx, s.request.Case)
		if err != nil {
			return err
		}
		s.request.Case = c.Ref
		if ok, err := s.lock.TryLock(); err != nil || !ok {
			return errors.Join(errors.New("locking the staging folder"), err)
		}
		_, err = s.v.append(ctx, tx, custody.Event{
			Action: custody.CaptureStarted, Subject: s.id.String(), Case: c.Ref,
			Reason: s.request.Reason, Details: details("requested", s.request.Requested),
		}, nil)
		return err
	})
}

// takeBack removes the lock of a capture that could not be logged. If the event may
// be in the log after all, the lock's file stays, so that the next Open logs an end.
func (s *Staging) takeBack(ctx context.Context) error {
	if !s.lock.Locked() {
		return nil
	}
	if out, err := s.isOut(ctx, custody.CaptureStarted); !out {
		return errors.Join(err, s.lock.Unlock())
	}
	return s.release()
}

func (s *Staging) makeDirs() error {
	return errors.Join(makeDir(s.Dir()), makeDir(s.Scratch()))
}

// ID returns the capture's id.
func (s *Staging) ID() uuid.UUID { return s.id }

// Dir returns the folder that becomes the capture's.
func (s *Staging) Dir() string { return filepath.Join(s.v.dir, stagingDir, s.id.String()) }

// Scratch returns a folder for what is needed only while the capture is under
// way. It is removed at the end.
func (s *Staging) Scratch() string { return s.Dir() + scratchSuffix }

// Items returns the items that are written, sorted by path.
func (s *Staging) Items() []Item {
	s.mu.Lock()
	defer s.mu.Unlock()
	items := make([]Item, 0, len(s.items))
	for _, it := range s.items {
		if it != nil {
			items = append(items, *it)
		}
	}
	slices.SortFunc(items, compareItems)
	return items
}

func compareItems(a, b Item) int { return strings.Compare(a.Path, b.Path) }

// Create implements [ItemStore].
func (s *Staging) Create(path string, kind Kind, mediaType string) (io.WriteCloser, error) {
	if err := checkItemPath(path); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return nil, fmt.Errorf("creating item %q: the capture has ended", path)
	}
	if _, ok := s.items[strings.ToLower(path)]; ok {
		return nil, fmt.Errorf("creating item %q: the path is taken", path)
	}
	name := filepath.Join(s.Dir(), filepath.FromSlash(path))
	if err := makeDir(filepath.Dir(name)); err != nil {
		return nil, fmt.Errorf("creating item: %w", err)
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, fileMode)
	if err != nil {
		return nil, fmt.Errorf("creating item: %w", err)
	}
	s.items[strings.ToLower(path)] = nil
	return &itemWriter{
		s: s, f: f, hash: sha256.New(),
		item: Item{Path: path, Kind: kind, MediaType: mediaType},
	}, nil
}

// Open reads an item that is written: a capture makes some items from others.
func (s *Staging) Open(path string) (io.ReadCloser, error) {
	s.mu.Lock()
	it := s.items[strings.ToLower(path)]
	s.mu.Unlock()
	if it == nil {
		return nil, fmt.Errorf("opening item %q: there is none", path)
	}
	return os.Open(filepath.Join(s.Dir(), filepath.FromSlash(it.Path)))
}

// itemWriter writes one item. It belongs to one goroutine at a time.
type itemWriter struct {
	s      *Staging
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
	w.s.mu.Lock()
	defer w.s.mu.Unlock()
	key := strings.ToLower(w.item.Path)
	if err != nil {
		delete(w.s.items, key)
		return errors.Join(fmt.Errorf("closing item %q: %w", w.item.Path, err), w.remove())
	}
	w.s.items[key] = &w.item
	return nil
}

// remove takes the item's file away, and the folders that it was alone in.
func (w *itemWriter) remove() error {
	err := os.Remove(w.f.Name())
	for dir := filepath.Dir(w.f.Name()); dir != w.s.Dir(); dir = filepath.Dir(dir) {
		if os.Remove(dir) != nil {
			break // it holds other items
		}
	}
	return err
}

// Fail ends a capture that came to nothing: it removes what was staged and logs
// why, even if ctx is done. The code is a word for programs, the detail a
// sentence for people.
func (s *Staging) Fail(ctx context.Context, code, detail string) error {
	if !s.end() {
		return errors.New("failing capture: it has ended")
	}
	// The folder goes first: the disk may be so full that the event finds
	// no room before.
	err := os.RemoveAll(s.Dir())
	if err = errors.Join(err, s.logFailure(context.WithoutCancel(ctx), code, detail)); err != nil {
		// The lock's file stays, so that the next Open logs an end.
		return fmt.Errorf("failing capture %s: %w", s.id, errors.Join(err, s.lock.Unlock()))
	}
	if err := s.release(); err != nil {
		return fmt.Errorf("failing capture %s: %w", s.id, err)
	}
	return nil
}

func (s *Staging) logFailure(ctx context.Context, code, detail string) error {
	return s.v.update(ctx, func(tx *sql.Tx) error {
		_, err := s.v.append(ctx, tx, custody.Event{
			Action: custody.CaptureFailed, Subject: s.id.String(), Case: s.request.Case,
			Reason: s.request.Reason, Details: details("code", code, "detail", detail),
		}, nil)
		return err
	})
}

// Close gives the capture up, unless it was sealed or has failed.
func (s *Staging) Close() error {
	if !s.end() {
		return nil
	}
	return s.lock.Unlock()
}

// end reports whether the staging was alive, and ends it.
func (s *Staging) end() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	was := s.ended
	s.ended = true
	return !was
}

// release removes what stands beside the staging folder, and the lock.
func (s *Staging) release() error {
	return errors.Join(os.RemoveAll(s.Scratch()), unlock(s.lock))
}
