package replay

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"pugmark/capture"
	"pugmark/capture/warc"
	"pugmark/evidence"
)

// Errors that callers branch on, beside [warc.ErrNotArchive].
var (
	ErrNoArchive = errors.New("the capture has no page archive")
	ErrWithheld  = errors.New("the page archive is withheld")
	ErrNoPage    = errors.New("the archive has no page")
	ErrNoPicture = errors.New("there is no picture to compare with")
)

// Archive is a page archive that is open to be replayed.
type Archive struct {
	Address string    // of the page, as it was asked for
	Title   string    // may be empty
	Time    time.Time // when its first document was asked for
	// Manifest is that of the capture; nil for an archive that others made.
	Manifest *evidence.Manifest

	files  fs.FS // the capture's folder; nil for an archive that others made
	file   io.Closer
	reader *warc.Reader
}

// OpenCapture opens the page archive of a capture, whose folder is files. The
// error wraps [ErrNoArchive], [ErrWithheld] or [warc.ErrNotArchive].
func OpenCapture(ctx context.Context, files fs.FS, m *evidence.Manifest) (*Archive, error) {
	item, ok := itemOf(m, evidence.KindArchive)
	if !ok {
		return nil, ErrNoArchive
	}
	f, err := files.Open(item.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%q: %w", item.Path, ErrWithheld)
	}
	if err != nil {
		return nil, fmt.Errorf("opening the page archive: %w", err)
	}
	a := &Archive{Address: m.Target.Requested, Title: m.Target.Title, Time: m.Time.Started, Manifest: m, files: files, file: f}
	return a, a.open(ctx, item.Path, f)
}

func itemOf(m *evidence.Manifest, kind evidence.Kind) (evidence.Item, bool) {
	for _, it := range m.Items {
		if it.Kind == kind {
			return it, true
		}
	}
	return evidence.Item{}, false
}

// OpenFile opens a WACZ or WARC file that anybody made, at the first page that it
// says it is of. If it names none and has no document, the address stays empty.
// The error wraps [warc.ErrNotArchive].
func OpenFile(ctx context.Context, path string) (*Archive, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	a := &Archive{file: f}
	if err := a.open(ctx, filepath.Base(path), f); err != nil {
		return nil, err
	}
	if pages := a.reader.Pages(); len(pages) > 0 {
		a.Turn(pages[0])
	}
	return a, nil
}

// open reads through the archive, and closes the file after an error.
func (a *Archive) open(ctx context.Context, name string, f fs.File) (err error) {
	defer func() {
		if err != nil {
			f.Close()
		}
	}()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	ra, ok := f.(io.ReaderAt)
	if !ok || !info.Mode().IsRegular() {
		return fmt.Errorf("%q: %w", name, warc.ErrNotArchive)
	}
	a.reader, err = warc.OpenReader(ctx, name, ra, info.Size())
	if err == nil {
		a.begin()
	}
	return err
}

// begin makes the time that of the request for the first document, if that is
// near.
func (a *Archive) begin() {
	address, err := warc.Address(a.Address)
	if err != nil {
		return
	}
	var found time.Time
	for _, r := range a.reader.Records() {
		if r.URL == address && !r.Time.IsZero() && (found.IsZero() || r.Time.Sub(a.Time).Abs() < found.Sub(a.Time).Abs()) {
			found = r.Time
		}
	}
	if a.Time.IsZero() || found.Sub(a.Time).Abs() < vicinity {
		a.Time = cmp.Or(found, a.Time)
	}
}

// Pages returns the pages that the archive says it is of.
func (a *Archive) Pages() []warc.PageEntry { return a.reader.Pages() }

// Records returns how many requests the archive has.
func (a *Archive) Records() int { return len(a.reader.Records()) }

// Damage says why parts of the archive can't be read.
func (a *Archive) Damage() []string { return a.reader.Damage() }

// Turn makes another page of the archive the one that is opened.
func (a *Archive) Turn(p warc.PageEntry) {
	a.Address, a.Title = p.URL, p.Title
	if !p.Time.IsZero() {
		a.Time = p.Time
	}
	a.begin()
}

// Close closes the archive. No session may use it then.
func (a *Archive) Close() error { return a.file.Close() }

// picture opens the original picture of the whole page.
func (a *Archive) picture() (io.ReadCloser, error) {
	if a.Manifest == nil {
		return nil, ErrNoPicture
	}
	item, ok := itemOf(a.Manifest, evidence.KindPage)
	if !ok {
		return nil, ErrNoPicture
	}
	f, err := a.files.Open(item.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%q is withheld: %w", item.Path, ErrNoPicture)
	}
	return f, err
}

// pace returns when the capture did what; nil if that is not known.
func (a *Archive) pace() capture.Pace {
	if a.Manifest == nil {
		return nil
	}
	item, ok := itemOf(a.Manifest, evidence.KindLog)
	if !ok {
		return nil
	}
	f, err := a.files.Open(item.Path)
	if err != nil {
		return nil
	}
	defer f.Close()
	p, err := capture.ReadPace(f)
	if err != nil {
		return nil
	}
	return p
}
