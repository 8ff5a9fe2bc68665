package evidence

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Modes of files and folders. Nothing is for others to read.
const (
	fileMode       fs.FileMode = 0o600
	dirMode        fs.FileMode = 0o700
	sealedFileMode fs.FileMode = 0o400
	sealedDirMode  fs.FileMode = 0o500
)

// writeFile makes a new file that is on disk when it returns.
func writeFile(path string, b []byte, mode fs.FileMode) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	return errors.Join(err, syncClose(f))
}

// publishBytes makes a new file that is there whole or not at all.
func publishBytes(path string, b []byte) error {
	tmp := path + ".tmp"
	if err := writeFile(tmp, b, fileMode); err != nil {
		return err
	}
	if err := publish(tmp, path); err != nil {
		return errors.Join(err, os.Remove(tmp))
	}
	return nil
}

// replaceBytes writes a file anew: at any instant there is the old one or the
// new one, whole. Its callers own the name with ".tmp".
func replaceBytes(path string, b []byte) error {
	tmp := path + ".tmp"
	if err := os.Remove(tmp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := writeFile(tmp, b, fileMode); err != nil {
		return err
	}
	return errors.Join(replace(tmp, path), syncDir(filepath.Dir(path)))
}

// publish renames a file or a folder within one file system, never over another
// one. Its callers own both names: by a lock, or because the folder is new. On
// return the new name is on disk.
func publish(from, to string) error {
	if _, err := os.Lstat(to); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(fmt.Errorf("publishing %q: %w", to, fs.ErrExist), err)
	}
	if err := rename(from, to); err != nil {
		return err
	}
	if err := syncDir(filepath.Dir(to)); err != nil {
		return err
	}
	return syncDir(filepath.Dir(from))
}

// PublishFile gives a file that is on disk another name in the same folder. It
// never replaces a file, also when another process makes one at that moment:
// then the error wraps [fs.ErrExist]. On return the name is on disk.
func PublishFile(from, to string) error {
	err := os.Link(from, to)
	switch {
	case err == nil:
		return errors.Join(os.Remove(from), syncDir(filepath.Dir(to)))
	case errors.Is(err, fs.ErrExist):
		return fmt.Errorf("publishing %q: %w", to, fs.ErrExist)
	}
	return publish(from, to) // the file system has no links
}

// WriteFile has a file written that isn't there yet, and gives it its name once it is
// whole and on disk. After an error nothing is left. It never replaces a file: then
// the error wraps [fs.ErrExist].
func WriteFile(path string, write func(io.Writer) error) error {
	err := writeWhole(path, write)
	if err != nil {
		return fmt.Errorf("writing %q: %w", path, err)
	}
	return nil
}

func writeWhole(path string, write func(io.Writer) error) error {
	if _, err := os.Lstat(path); err == nil {
		return fs.ErrExist // before somebody waits for it
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.partial")
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 64<<10)
	err = write(w)
	if err == nil {
		err = w.Flush()
	}
	if err = errors.Join(err, syncClose(f)); err == nil {
		err = PublishFile(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// UntilDone returns a reader that ends with a context.
func UntilDone(ctx context.Context, r io.Reader) io.Reader { return &untilDone{ctx, r} }

type untilDone struct {
	ctx context.Context
	r   io.Reader
}

// Read implements [io.Reader].
func (u *untilDone) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(p)
}

// syncClose flushes a file to disk and closes it.
func syncClose(f *os.File) error {
	err := f.Sync()
	return errors.Join(err, f.Close())
}

// makeDir makes a folder with all that lead to it, and flushes their names to
// disk.
func makeDir(path string) error {
	if fi, err := os.Stat(path); err == nil && fi.IsDir() {
		return nil
	}
	parent := filepath.Dir(path)
	if parent != path {
		if err := makeDir(parent); err != nil {
			return err
		}
	}
	if err := os.Mkdir(path, dirMode); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncDir(parent)
}

// syncTree flushes the names in a folder and in those below it to disk.
func syncTree(dir string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		return syncDir(path)
	})
}

// protect makes the folders of a sealed capture read-only. Its files already
// are, each since it was closed.
func protect(dir string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		return os.Chmod(path, sealedDirMode)
	})
}
