package evidence

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"sync"
	"time"

	"github.com/gofrs/flock"
	sqlite3 "modernc.org/sqlite/lib"

	"pugmark/evidence/search"
)

// Names in a vault's folder.
const (
	searchFile = "search.db"
	searchLock = "search.lock" // locked, with others, by each process that has search.db open
)

// searchIndex is the index that a vault searches in. It is opened when it is needed.
type searchIndex struct {
	mu    sync.RWMutex // held, with others, by those that use what follows
	index *search.Index
	lock  *flock.Flock // of search.db; nil: the index is in no file that is ours
	own   bool         // the index is of this handle alone, and gone when it is closed
	fixed bool         // the index is search.db, and must not be written
}

// withSearch runs f with the search index. One that is damaged, or of another vault
// or program, is made anew, and f runs once more.
func (v *Vault) withSearch(ctx context.Context, f func(*search.Index) error) error {
	x, err := v.search.use(ctx, v, f)
	if err == nil || ctx.Err() != nil || !search.IsBroken(err) && !errors.Is(err, errOtherIndex) {
		return err
	}
	if err := v.search.discard(ctx, v, x); err != nil {
		return err
	}
	_, err = v.search.use(ctx, v, f)
	return err
}

// use runs f with the index, which it opens if need be, and returns that index.
func (s *searchIndex) use(ctx context.Context, v *Vault, f func(*search.Index) error) (*search.Index, error) {
	for {
		s.mu.RLock()
		if x := s.index; x != nil {
			defer s.mu.RUnlock()
			return x, f(x)
		}
		s.mu.RUnlock()
		if err := s.open(ctx, v); err != nil {
			return nil, err
		}
	}
}

func (s *searchIndex) open(ctx context.Context, v *Vault) (err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.index != nil {
		return nil
	}
	if !v.readOnly {
		if err := s.openFile(ctx, v); !unwritable(err) {
			return err
		}
	}
	return s.openReadOnly(ctx, v)
}

// unwritable reports whether an error means that there can be no search.db.
func unwritable(err error) bool {
	return IsReadOnly(err) || errors.Is(err, fs.ErrPermission) || isSQLite(err, sqlite3.SQLITE_CANTOPEN)
}

// openFile opens search.db, and makes it if it isn't there. The caller holds mu.
func (s *searchIndex) openFile(ctx context.Context, v *Vault) error {
	lock := flock.New(v.path(searchLock), flock.SetPermissions(fileMode))
	if _, err := lock.TryRLockContext(ctx, lockPatience); err != nil {
		return err
	}
	path := v.path(searchFile)
	err := writeFile(path, nil, fileMode)
	if errors.Is(err, fs.ErrExist) {
		err = nil
	}
	var x *search.Index
	if err == nil {
		x, err = search.Open(ctx, path)
	}
	if err != nil {
		return errors.Join(err, lock.Unlock())
	}
	s.index, s.lock = x, lock
	return nil
}

// lockPatience is how long a lock is waited for before it is tried again.
const lockPatience = 20 * time.Millisecond

// openReadOnly opens search.db if it has all of the log, else an index in no file.
// The caller holds mu.
func (s *searchIndex) openReadOnly(ctx context.Context, v *Vault) (err error) {
	if x, err := search.OpenReadOnly(ctx, v.path(searchFile)); err == nil {
		if n, err := v.behind(ctx, x); err == nil && n == 0 {
			s.index, s.fixed = x, true
			return nil
		}
		_ = x.Close() // it was read only
	}
	return s.openOwn(ctx)
}

// discard gives an index up and removes it, for it to be made anew, unless that was
// done already. As long as another process has it open it stays, and this one takes
// an index of its own.
func (s *searchIndex) discard(ctx context.Context, v *Vault, x *search.Index) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.index != x {
		return nil
	}
	if err := s.closeHeld(); err != nil && !search.IsBroken(err) {
		return err
	}
	if v.readOnly {
		return s.openOwn(ctx)
	}
	lock := flock.New(v.path(searchLock), flock.SetPermissions(fileMode))
	switch ok, err := lock.TryLock(); {
	case unwritable(err):
		return s.openOwn(ctx)
	case err != nil:
		return err
	case !ok:
		return s.openOwn(ctx)
	}
	var err error
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if e := os.Remove(v.path(searchFile + suffix)); !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	return errors.Join(err, lock.Unlock())
}

// openOwn makes an index of this handle alone. The caller holds mu.
func (s *searchIndex) openOwn(ctx context.Context) (err error) {
	s.index, err = search.OpenTemporary(ctx)
	s.own = err == nil
	return err
}

func (s *searchIndex) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closeHeld()
}

// closeHeld is close for a caller that holds mu.
func (s *searchIndex) closeHeld() (err error) {
	if s.index != nil {
		err = s.index.Close()
	}
	if s.lock != nil {
		err = errors.Join(err, s.lock.Unlock())
	}
	s.index, s.lock, s.own, s.fixed = nil, nil, false, false
	return err
}
