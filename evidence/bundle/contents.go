package bundle

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"filippo.io/age"
	"github.com/google/uuid"

	"pugmark/evidence"
	"pugmark/evidence/custody"
)

// ContentsFormat is the value of [Contents.Format].
const ContentsFormat = "pugmark-case"

// ContentsVersion is the value of [Contents.Version].
const ContentsVersion = 1

// Contents says what a bundle holds. Its canonical JSON is the file case.json,
// which follows from the case's events and the manifests of its captures.
type Contents struct {
	Format    string     `json:"format"`  // "pugmark-case"
	Version   int        `json:"version"` // ContentsVersion
	Ref       string     `json:"ref"`
	Title     string     `json:"title"`
	Authority string     `json:"authority,omitempty"` // legal basis
	Purpose   string     `json:"purpose,omitempty"`
	Opened    time.Time  `json:"opened"`
	Closed    *time.Time `json:"closed,omitempty"`
	Captures  []Exhibit  `json:"captures"` // by exhibit number
	// Omitted are the other captures that were sealed in the case.
	Omitted []Exhibit `json:"omitted,omitempty"`
}

// Exhibit is a capture of the case. Of a capture that isn't in the bundle, only
// what the log says is known.
type Exhibit struct {
	Exhibit        int              `json:"exhibit"`
	ID             uuid.UUID        `json:"id"`
	Folder         string           `json:"folder,omitempty"` // in the bag
	Requested      string           `json:"requested,omitempty"`
	Title          string           `json:"title,omitempty"`
	Started        time.Time        `json:"started,omitzero"`
	Sealed         time.Time        `json:"sealed"`
	Verdict        evidence.Verdict `json:"verdict,omitempty"`
	Items          int              `json:"items,omitempty"`
	Bytes          int64            `json:"bytes,omitempty"` // of the items
	ManifestDigest evidence.Digest  `json:"manifest_digest"`
	Seq            int64            `json:"seq"` // of the sealed event
}

// capture is a capture of which the folder is in the bundle.
type capture struct {
	folder   string // its name
	manifest *evidence.Manifest
	seal     *evidence.Seal
	// stamps are the responses of time-stamp authorities: those among the
	// items, and those after the seal, by path in the folder.
	stamps []stamp
	// read returns the content of an item, as it is now.
	read func(evidence.Item) ([]byte, error)
}

// path returns the folder's path in the bag.
func (c *capture) path() string { return capturesPrefix + c.folder }

// folderOf names the folder of a capture.
func folderOf(exhibit int, id uuid.UUID) string { return fmt.Sprintf("%04d_%s", exhibit, id) }

// newContents derives the contents from the case's events and the captures in
// the bundle.
func newContents(x *custody.Extract, captures []*capture) (*Contents, error) {
	in := make(map[string]*capture, len(captures))
	for _, c := range captures {
		in[c.folder] = c
	}
	out := &Contents{Format: ContentsFormat, Version: ContentsVersion, Captures: []Exhibit{}}
	for _, p := range x.Events {
		if err := out.enter(p.Event, in); err != nil {
			return nil, fmt.Errorf("event %d: %w", p.Event.Seq, err)
		}
	}
	if out.Ref == "" {
		return nil, errors.New("the case was never opened")
	}
	byNumber := func(a, b Exhibit) int { return cmp.Compare(a.Exhibit, b.Exhibit) }
	slices.SortFunc(out.Captures, byNumber)
	slices.SortFunc(out.Omitted, byNumber)
	return out, nil
}

// enter takes up an event of the case.
func (c *Contents) enter(e custody.Event, in map[string]*capture) error {
	switch e.Action {
	case custody.CaseOpened:
		if c.Ref != "" {
			return errors.New("the case is open already")
		}
		c.Ref, c.Opened, c.Title = e.Subject, e.Time, e.Details["title"]
		c.Authority, c.Purpose = e.Details["authority"], e.Details["purpose"]
		return evidence.CheckRef(c.Ref)
	case custody.CaseClosed:
		c.Closed = &e.Time
	case custody.CaptureSealed:
		x, err := exhibitOf(e)
		if err != nil {
			return err
		}
		if k, ok := in[folderOf(x.Exhibit, x.ID)]; ok {
			c.Captures = append(c.Captures, x.with(k))
		} else {
			c.Omitted = append(c.Omitted, x)
		}
	}
	return nil
}

// exhibitOf returns what an event of action capture.sealed says.
func exhibitOf(e custody.Event) (Exhibit, error) {
	id, err := uuid.Parse(e.Subject)
	if err != nil {
		return Exhibit{}, fmt.Errorf("subject %q: %w", e.Subject, err)
	}
	n, err := strconv.Atoi(e.Details["exhibit"])
	if err != nil {
		return Exhibit{}, fmt.Errorf("exhibit %q: %w", e.Details["exhibit"], err)
	}
	return Exhibit{Exhibit: n, ID: id, Sealed: e.Time, ManifestDigest: e.Digest, Seq: e.Seq}, nil
}

// with adds what the manifest says.
func (x Exhibit) with(c *capture) Exhibit {
	m := c.manifest
	x.Folder, x.Requested, x.Title = c.path(), m.Target.Requested, m.Target.Title
	x.Started, x.Verdict, x.Items = m.Time.Started, m.Verdict, len(m.Items)
	for _, it := range m.Items {
		x.Bytes += it.Bytes
	}
	return x
}

// Open reads what a bundle says that it holds. It verifies nothing but the
// zip's structure: see [OpenReader].
func Open(ctx context.Context, path string, identities ...age.Identity) (*Contents, error) {
	r, err := OpenReader(ctx, path, identities...)
	if err != nil {
		return nil, err
	}
	return r.Contents(), r.Close()
}
