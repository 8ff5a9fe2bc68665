package evidence

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"pugmark/evidence/canon"
	"pugmark/evidence/custody"
)

// Errors of finding a capture by name.
var (
	ErrNoCapture = errors.New("no such capture")
	ErrAmbiguous = errors.New("the name fits several captures")
)

// minPrefix is the shortest part of an id that names a capture.
const minPrefix = 4

// Capture is the record of a sealed capture in the vault's index.
type Capture struct {
	Case           string    `json:"case"`
	Exhibit        int       `json:"exhibit"`
	ID             uuid.UUID `json:"id"`
	Requested      string    `json:"requested"`
	Final          string    `json:"final,omitempty"`
	Title          string    `json:"title,omitempty"`
	Started        time.Time `json:"started"`
	Sealed         time.Time `json:"sealed"` // time of the sealed event
	Verdict        Verdict   `json:"verdict"`
	Problems       int       `json:"problems"`
	Items          int       `json:"items"`
	Bytes          int64     `json:"bytes"` // of all items
	ManifestDigest Digest    `json:"manifest_digest"`
	Seq            int64     `json:"seq"` // of the sealed event
	Dir            string    `json:"dir"` // absolute
}

// Name returns the capture's name for people: case and exhibit.
func (c Capture) Name() string { return c.Case + "/" + exhibitText(c.Exhibit) }

func exhibitText(n int) string { return strconv.Itoa(n) }

// Path returns where an item of the capture is.
func (c Capture) Path(it Item) string { return filepath.Join(c.Dir, filepath.FromSlash(it.Path)) }

// Files returns the capture's folder. What a link in it would lead out to isn't
// opened.
func (c Capture) Files() fs.FS { return folderFS(c.Dir) }

// folderFS is a folder in the vault.
type folderFS string

// Open implements [fs.FS].
func (f folderFS) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	local, err := filepath.Localize(name)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	file, err := os.OpenInRoot(string(f), local)
	if err != nil {
		return nil, err // and no typed nil
	}
	return file, nil
}

// Manifest reads the capture's manifest and checks that it is the one that was
// sealed.
func (c Capture) Manifest() (*Manifest, error) {
	b, err := c.read(manifestFile)
	if err != nil {
		return nil, err
	}
	if got := canon.Sum(b); got != c.ManifestDigest {
		return nil, fmt.Errorf("reading manifest of %s: got digest %s, want %s", c.Name(), got, c.ManifestDigest)
	}
	return ParseManifest(b)
}

// Seal reads the capture's seal. It doesn't verify it.
func (c Capture) Seal() (*Seal, error) {
	b, err := c.read(sealFile)
	if err != nil {
		return nil, err
	}
	return ParseSeal(b)
}

// read reads a record of the capture's folder.
func (c Capture) read(name string) ([]byte, error) {
	f, err := os.Open(filepath.Join(c.Dir, name))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, canon.MaxSize+1))
}

// Captures returns the sealed captures of a case, or of all cases if the
// reference is empty, in the order in which they were sealed.
func (v *Vault) Captures(ctx context.Context, caseRef string) ([]Capture, error) {
	if caseRef == "" {
		return v.findCaptures(ctx, "1")
	}
	if _, err := v.Case(ctx, caseRef); err != nil {
		return nil, err
	}
	return v.findCaptures(ctx, "case_ref = ?", caseRef)
}

// findCaptures also says where the captures are.
func (v *Vault) findCaptures(ctx context.Context, where string, args ...any) ([]Capture, error) {
	found, err := listCaptures(ctx, v.db, where, args...)
	for i, c := range found {
		found[i].Dir = v.place(c)
	}
	return found, err
}

func listCaptures(ctx context.Context, db custody.DB, where string, args ...any) (out []Capture, err error) {
	rows, err := db.QueryContext(ctx, "SELECT "+captureColumns+" FROM captures WHERE "+where+" ORDER BY seq", args...)
	if err != nil {
		return nil, fmt.Errorf("reading captures: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		c, err := scanCapture(rows)
		if err != nil {
			return nil, fmt.Errorf("reading captures: %w", err)
		}
		out = append(out, c)
	}
	return out, rows.Err()
}

// Capture returns the capture of a name: its id, the start of its id that no
// other capture has (four characters at least), or case and exhibit as in
// "OP-1/3". The error wraps [ErrNoCapture] or [ErrAmbiguous].
func (v *Vault) Capture(ctx context.Context, name string) (Capture, error) {
	found, err := v.namedCaptures(ctx, name)
	if err != nil {
		return Capture{}, err
	}
	switch len(found) {
	case 0:
		return Capture{}, fmt.Errorf("%q: %w", name, ErrNoCapture)
	case 1:
		return found[0], nil
	}
	return Capture{}, fmt.Errorf("%q: %w", name, ErrAmbiguous)
}

func (v *Vault) namedCaptures(ctx context.Context, name string) ([]Capture, error) {
	if ref, exhibit, ok := strings.Cut(name, "/"); ok {
		n, err := strconv.Atoi(exhibit)
		if err != nil {
			return nil, nil
		}
		return v.findCaptures(ctx, "case_ref = ? AND exhibit = ?", ref, n)
	}
	id := strings.ToLower(name)
	if len(id) < minPrefix || strings.Trim(id, "0123456789abcdef-") != "" {
		return nil, nil
	}
	return v.findCaptures(ctx, "id >= ? AND id < ?", id, id+"g")
}
