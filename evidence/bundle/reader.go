package bundle

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"strings"

	"filippo.io/age"

	"pugmark/evidence"
	"pugmark/evidence/canon"
	"pugmark/evidence/custody"
)

// Reader reads the captures of a bundle where they are: nothing is unpacked. Its
// methods may be called from several goroutines.
//
// It knows the zip to be whole, and takes from case.json what the bundle holds.
// That all this is as it was sealed, only [Reader.Verify] says.
type Reader struct {
	zip      *container
	closer   io.Closer // nil: the caller closes
	contents *Contents
	folders  map[string][]*entry // of the captures, by path in the bag
}

// OpenReader opens a bundle, with identities that decrypt it if it is encrypted.
// The error wraps [ErrNotBundle], [ErrEncrypted] or [ErrWrongIdentity], or is an
// [*evidence.VersionError] or a [*FailedError].
func OpenReader(ctx context.Context, path string, identities ...age.Identity) (*Reader, error) {
	f, err := openFile(path, identities)
	if err != nil {
		return nil, fmt.Errorf("opening bundle: %w", err)
	}
	r, err := newReader(ctx, f, f.size)
	if err != nil {
		return nil, fmt.Errorf("opening bundle %q: %w", path, errors.Join(err, f.Close()))
	}
	r.closer = f
	return r, nil
}

func newReader(ctx context.Context, zip io.ReaderAt, size int64) (*Reader, error) {
	c, err := scanWhole(ctx, zip, size)
	if err != nil {
		return nil, err
	}
	r := &Reader{zip: c, folders: make(map[string][]*entry)}
	_, data := c.split()
	for len(data) > 0 {
		name, n := captureOf(data)
		if name != "" {
			r.folders[capturesPrefix+name] = data[:n:n]
		}
		data = data[n:]
	}
	if r.contents, err = c.readContents(); err != nil {
		return nil, err
	}
	for _, x := range r.contents.Captures {
		if _, ok := r.folders[x.Folder]; !ok {
			return nil, refuse(x.Folder, evidence.CaptureMissing, "a capture", "nothing")
		}
	}
	return r, nil
}

// scanWhole is [scan], but the error is a [*FailedError] when the zip isn't in its
// one encoding, and an [*evidence.VersionError] when a newer Pugmark wrote it.
func scanWhole(ctx context.Context, r io.ReaderAt, size int64) (*container, error) {
	c, err := scan(ctx, r, size)
	if newer := c.checkVersion(); newer != nil {
		return nil, newer
	}
	var d *deviation
	if errors.As(err, &d) {
		return nil, refuse(d.Path, d.Kind, d.Want, d.Got)
	}
	return c, err
}

// readContents reads case.json.
func (c *container) readContents() (*Contents, error) {
	e, ok := c.byPath[caseFile]
	if !ok {
		return nil, refuse(caseFile, FileMissing, "a file", "nothing")
	}
	out := new(Contents)
	b, err := c.readAll(e, canon.MaxSize)
	if err == nil {
		err = canon.Unmarshal(b, out)
	}
	if err == nil {
		err = out.check()
	}
	if err != nil {
		return nil, refuse(caseFile, RecordMalformed, "the contents of a bundle", clip(err.Error()))
	}
	return out, nil
}

func (c *Contents) check() error {
	if c.Format != ContentsFormat || c.Version != ContentsVersion {
		return fmt.Errorf("got format %q version %d, want %q version %d", c.Format, c.Version, ContentsFormat, ContentsVersion)
	}
	for _, x := range c.Captures {
		if want := capturesPrefix + folderOf(x.Exhibit, x.ID); x.Folder != want {
			return fmt.Errorf("got folder %q, want %q", x.Folder, want)
		}
	}
	return evidence.CheckRef(c.Ref)
}

// Contents returns what the bundle says that it holds. It must not be changed.
func (r *Reader) Contents() *Contents { return r.contents }

// Find returns the capture of a name: its exhibit number, its id, or the start of
// its id that no other capture of the bundle has (four characters at least). The
// error wraps [evidence.ErrNoCapture] or [evidence.ErrAmbiguous].
func (r *Reader) Find(name string) (Exhibit, error) {
	var found []Exhibit
	for _, x := range r.contents.Captures {
		if x.named(name) {
			found = append(found, x)
		}
	}
	switch len(found) {
	case 0:
		return Exhibit{}, fmt.Errorf("%q: %w", name, evidence.ErrNoCapture)
	case 1:
		return found[0], nil
	}
	return Exhibit{}, fmt.Errorf("%q: %w", name, evidence.ErrAmbiguous)
}

// minPrefix is the shortest part of an id that names a capture.
const minPrefix = 4

func (x Exhibit) named(name string) bool {
	if name == strconv.Itoa(x.Exhibit) {
		return true
	}
	return len(name) >= minPrefix && strings.HasPrefix(x.ID.String(), strings.ToLower(name))
}

// Folder returns the folder of a capture. Its files can be read from several
// goroutines at once, and each is an [io.Seeker] and an [io.ReaderAt]. An item
// that the bundle withholds isn't there.
func (r *Reader) Folder(x Exhibit) (fs.FS, error) {
	files, ok := r.folders[x.Folder]
	if !ok {
		return nil, fmt.Errorf("folder %q: %w", clip(x.Folder), evidence.ErrNoCapture)
	}
	return newTree(x.Folder+"/", files, r.zip.content), nil
}

// Capture returns the folder of the capture of a name: see [Reader.Find].
func (r *Reader) Capture(name string) (fs.FS, error) {
	x, err := r.Find(name)
	if err != nil {
		return nil, err
	}
	return r.Folder(x)
}

// Custody returns the events of the case that the bundle has. That they are in the
// log that was signed, [Reader.Verify] says.
func (r *Reader) Custody() (*custody.Extract, error) {
	e, ok := r.zip.byPath[custodyFile]
	if !ok {
		return nil, refuse(custodyFile, FileMissing, "a file", "nothing")
	}
	b, err := r.zip.readAll(e, canon.MaxSize)
	if err != nil {
		return nil, fmt.Errorf("reading the custody log of a bundle: %w", err)
	}
	x, err := custody.ParseExtract(b)
	if err != nil {
		return nil, refuse(custodyFile, RecordMalformed, "an extract of the log", clip(err.Error()))
	}
	return x, nil
}

// Verify verifies the bundle: see the function [Verify].
func (r *Reader) Verify(ctx context.Context, o VerifyOptions, p evidence.Progress) (*evidence.Report, error) {
	return verify(ctx, r.zip.r, r.zip.size, o, &meter{report: p})
}

// Close closes the bundle. What was opened of it can't be read any more.
func (r *Reader) Close() error {
	if r.closer == nil {
		return nil
	}
	return r.closer.Close()
}

// FailedError reports a bundle that can't be relied on: its report has findings.
type FailedError struct{ Report *evidence.Report }

func (e *FailedError) Error() string {
	n := len(e.Report.Findings)
	if n == 1 {
		return fmt.Sprintf("the bundle isn't as it was sealed: %s", e.Report.Findings[0])
	}
	return fmt.Sprintf("the bundle isn't as it was sealed: %d findings, the first: %s", n, e.Report.Findings[0])
}

// refuse returns the error of one finding.
func refuse(path, kind, want, got string) error {
	r := &evidence.Report{Findings: []evidence.Finding{{Path: path, Kind: kind, Want: want, Got: got}}}
	return &FailedError{r.Conclude()}
}
