package photographs

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"pugmark/evidence"
)

// ErrFormat reports a file whose name doesn't say what it shall be.
var ErrFormat = errors.New("a contact sheet is a file .png or .html")

// WriteFile makes a file of the sheet, for its owner alone: a picture if its name ends
// with .png, or HTML if with .html or .htm. It is there whole or not at all. The error
// wraps [ErrFormat], [ErrTooMany], or [io/fs.ErrExist] if there is such a file, which
// stays as it is.
func (s *Sheet) WriteFile(ctx context.Context, path string, from *Contents, sans []byte) (err error) {
	var write func(io.Writer) error
	switch strings.ToLower(filepath.Ext(path)) {
	case ".png":
		write = func(w io.Writer) error { return s.WritePNG(ctx, w, from, sans) }
	case ".html", ".htm":
		write = func(w io.Writer) error { return s.WriteHTML(ctx, w, from) }
	default:
		return fmt.Errorf("%w: got %q", ErrFormat, filepath.Base(path))
	}
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("making %q: %w", path, os.ErrExist)
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.partial") // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_, _ = f.Close(), os.Remove(f.Name())
		}
	}()
	w := bufio.NewWriter(f)
	if err := write(w); err != nil {
		return err
	}
	if err := errors.Join(w.Flush(), f.Sync(), f.Close()); err != nil {
		return err
	}
	return evidence.PublishFile(f.Name(), path)
}
