package review

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"pugmark/capture/listing"
	"pugmark/evidence"
	"pugmark/evidence/canon"
	"pugmark/evidence/custody"
)

// Case is a case as it is reviewed.
type Case struct {
	evidence.Case
	// Name names the case where it is reviewed: its reference, and for an imported
	// bundle also the beginning of the bundle's digest, as in "OP-1@1a2b3c4d".
	Name string
	// Imported is the bundle that the case was imported with; nil for another.
	Imported *evidence.Import
	// Path is the bundle's file; empty for a case of the vault's own.
	Path     string
	Captures []*Capture      // by exhibit number
	Events   []custody.Event // of the case, in the log's order
	// Omitted is how many captures of the case a bundle leaves out.
	Omitted int
}

// Capture is a capture as it is reviewed. Its methods may be called from several
// goroutines.
type Capture struct {
	// Capture is its record. Its case is [Case.Name], so that Name tells it from
	// those of all other cases; in a bundle it has no folder.
	evidence.Capture
	// Files is its folder. Each file of it is an [io.ReaderAt] and an [io.Seeker].
	// An item that a bundle withholds isn't there.
	Files fs.FS
	// Folder is its path in the bundle; empty in a vault.
	Folder string
	// Annotations are what people added to it, oldest first, also what was
	// withdrawn.
	Annotations []evidence.Annotation
}

// Find returns the capture of an exhibit number or of the beginning of an id, four
// characters at least. The error wraps [evidence.ErrNoCapture] or
// [evidence.ErrAmbiguous].
func (c *Case) Find(name string) (*Capture, error) {
	found := slices.DeleteFunc(slices.Clone(c.Captures), func(x *Capture) bool { return !x.named(name) })
	switch len(found) {
	case 0:
		return nil, fmt.Errorf("%q: %w", name, evidence.ErrNoCapture)
	case 1:
		return found[0], nil
	}
	return nil, fmt.Errorf("%q: %w", name, evidence.ErrAmbiguous)
}

func (c *Capture) named(name string) bool {
	return name == strconv.Itoa(c.Exhibit) || isPrefix(name, c.ID)
}

// Records reads manifest and seal. They are as they were sealed, and those that the
// case lists.
func (c *Capture) Records() (*evidence.Manifest, *evidence.Seal, error) {
	m, s, err := evidence.ReadRecords(c.Files)
	if err != nil {
		return nil, nil, fmt.Errorf("reading the records of %s: %w", c.Name(), err)
	}
	if got := s.Event.Digest; got != c.ManifestDigest {
		return nil, nil, fmt.Errorf("reading the records of %s: got manifest %s, want %s", c.Name(), got, c.ManifestDigest)
	}
	return m, s, nil
}

// Manifest reads the manifest, as Records does.
func (c *Capture) Manifest() (*evidence.Manifest, error) {
	m, _, err := c.Records()
	return m, err
}

// Open opens an item to read. It doesn't hold it against its digest: see
// [Capture.Read]. The error wraps [fs.ErrNotExist] where a bundle withholds it.
func (c *Capture) Open(it evidence.Item) (fs.File, error) {
	f, err := c.Files.Open(it.Path)
	if err != nil {
		return nil, fmt.Errorf("opening %s of %s: %w", it.Path, c.Name(), err)
	}
	return f, nil
}

// Read reads an item of up to most bytes, and holds it against its digest.
func (c *Capture) Read(it evidence.Item, most int64) ([]byte, error) {
	if it.Bytes > most {
		return nil, fmt.Errorf("reading %s of %s: got %d bytes, want %d at most", it.Path, c.Name(), it.Bytes, most)
	}
	f, err := c.Open(it)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, it.Bytes+1))
	if err != nil {
		return nil, fmt.Errorf("reading %s of %s: %w", it.Path, c.Name(), err)
	}
	if got := canon.Sum(b); got != it.SHA256 {
		return nil, fmt.Errorf("reading %s of %s: got digest %s, want %s", it.Path, c.Name(), got, it.SHA256)
	}
	return b, nil
}

// Listing reads what the page says of what it offers; nil if the capture has no such
// item.
func (c *Capture) Listing(m *evidence.Manifest) (*listing.Listing, error) {
	it, ok := m.Find(evidence.KindListing)
	if !ok {
		return nil, nil
	}
	b, err := c.Read(it, canon.MaxSize)
	if err != nil {
		return nil, err
	}
	return listing.Parse(b)
}

// Tags returns the tags that stand.
func (c *Capture) Tags() (out []string) {
	for _, a := range c.Annotations {
		if a.Kind == evidence.Tag && a.Withdrawn == nil {
			out = append(out, a.Text)
		}
	}
	return out
}

// annotate gives the captures of a case what its events say that people added.
func (c *Case) annotate() {
	of := make(map[uuid.UUID][]evidence.Annotation)
	for _, a := range evidence.AnnotationsOf(c.Events) {
		of[a.Capture] = append(of[a.Capture], a)
	}
	for _, x := range c.Captures {
		x.Annotations = of[x.ID]
	}
}

// readOwn reads a case of a vault's own.
func readOwn(ctx context.Context, v *evidence.Vault, ref string) (*Case, error) {
	info, err := v.Case(ctx, ref)
	if err != nil {
		return nil, err
	}
	captures, err := v.Captures(ctx, info.Ref)
	if err != nil {
		return nil, err
	}
	events, err := v.Events(ctx, custody.Filter{Case: info.Ref})
	if err != nil {
		return nil, err
	}
	c := &Case{Case: info, Name: info.Ref, Events: events}
	for _, x := range captures {
		c.Captures = append(c.Captures, &Capture{Capture: x, Files: x.Files()})
	}
	slices.SortFunc(c.Captures, func(a, b *Capture) int { return a.Exhibit - b.Exhibit })
	c.annotate()
	return c, nil
}
