package ui

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sync"

	"pugmark/evidence"
)

// copies are read-only copies of items, in a folder of their own that is removed
// with them. Its methods may be called from several goroutines.
type copies struct {
	mu   sync.Mutex // guards what follows
	dir  string     // empty until there is a copy
	gone bool       // the folder was removed, and no other is made
}

// make copies an item, and returns where the copy is. It checks that what it
// copied is what the manifest lists: the error wraps an [*alteredError] when it
// isn't, and then there is no copy.
func (c *copies) make(ctx context.Context, from fs.FS, it evidence.Item) (string, error) {
	dir, err := c.folder()
	if err != nil {
		return "", err
	}
	src, err := from.Open(it.Path)
	if err != nil {
		return "", fmt.Errorf("copying item: %w", err)
	}
	defer src.Close()
	name := filepath.Join(dir, path.Base(it.Path))
	if err := copyItem(evidence.UntilDone(ctx, src), name, it); err != nil {
		return "", errors.Join(fmt.Errorf("copying item: %w", err), os.RemoveAll(dir))
	}
	return name, nil
}

// folder makes a folder for one copy.
func (c *copies) folder() (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.gone {
		return "", errors.New("the window is closed")
	}
	if c.dir == "" {
		dir, err := os.MkdirTemp("", "pugmark-copies-")
		if err != nil {
			return "", err
		}
		c.dir = dir
	}
	return os.MkdirTemp(c.dir, "item-")
}

func copyItem(src io.Reader, name string, it evidence.Item) error {
	dst, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o400)
	if err != nil {
		return err
	}
	hash := sha256.New()
	n, err := io.Copy(io.MultiWriter(dst, hash), src)
	if err = errors.Join(err, dst.Close()); err != nil {
		return err
	}
	return checkItem(it, n, evidence.Digest(hash.Sum(nil)))
}

// remove removes all copies.
func (c *copies) remove() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.gone = true
	if c.dir == "" {
		return nil
	}
	return os.RemoveAll(c.dir)
}
