package photographs

import (
	"context"
	"errors"
	"fmt"
	"io"
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
	return evidence.WriteFile(path, write)
}
