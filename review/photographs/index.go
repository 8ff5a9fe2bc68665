package photographs

import (
	"cmp"
	"context"
	"strings"
	"sync"

	"github.com/google/uuid"

	"pugmark/capture/listing"
	"pugmark/evidence"
	"pugmark/evidence/search"
	"pugmark/review"
)

// Catalogue reads the photographs of a library, those of each imported bundle once.
// Its methods may be called from several goroutines.
type Catalogue struct {
	library *review.Library

	mu   sync.Mutex
	read map[string]*Index // of bundles, by the names of their cases; guarded by mu
}

// NewCatalogue returns the catalogue of a library, which stays its caller's.
func NewCatalogue(l *review.Library) *Catalogue {
	return &Catalogue{library: l, read: make(map[string]*Index)}
}

// Index is the photographs of a library at some time. It doesn't change.
type Index struct {
	All []Photograph // by capture, as they were sealed, and number
	// Unread is how many captures could not be read, in part or at all.
	Unread int
	// Damaged is why imported bundles could not be read.
	Damaged []error
}

// Index returns all photographs. A capture that is there twice, in a bundle of the
// vault's own case for instance, is listed once. The progress counts what is read
// into the search index of a vault.
func (c *Catalogue) Index(ctx context.Context, p evidence.Progress) (*Index, error) {
	names, err := c.library.Names(ctx)
	if err != nil {
		return nil, err
	}
	all := new(Index)
	if v := c.library.Vault(); v != nil {
		if all, err = ofVault(ctx, v, p); err != nil {
			return nil, err
		}
	}
	known := all.captures()
	for _, name := range names {
		if c.library.Vault() != nil && !strings.Contains(name, "@") {
			continue // one of the vault's own
		}
		x, err := c.bundle(ctx, name)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			all.Damaged = append(all.Damaged, err)
			continue
		}
		all.add(x, known)
	}
	return all, nil
}

func (x *Index) captures() map[uuid.UUID]bool {
	known := make(map[uuid.UUID]bool)
	for i := range x.All {
		known[x.All[i].Capture.ID] = true
	}
	return known
}

// add adds the photographs of captures that aren't known yet.
func (x *Index) add(o *Index, known map[uuid.UUID]bool) {
	for _, p := range o.All {
		if !known[p.Capture.ID] {
			x.All = append(x.All, p)
		}
	}
	for i := range o.All {
		known[o.All[i].Capture.ID] = true
	}
	x.Unread += o.Unread
}

// ofVault returns the photographs of a vault's own captures.
func ofVault(ctx context.Context, v *evidence.Vault, p evidence.Progress) (*Index, error) {
	all, unread, err := v.Photographs(ctx, p)
	if err != nil {
		return nil, err
	}
	captures, err := v.Captures(ctx, "")
	if err != nil {
		return nil, err
	}
	of := make(map[string]*evidence.Capture)
	for i := range captures {
		of[captures[i].ID.String()] = &captures[i]
	}
	x := &Index{Unread: unread}
	for _, in := range all {
		if c := of[in.ID]; c != nil {
			x.All = append(x.All, kept(c, in, listing.Hasher)...)
		}
	}
	return x, nil
}

// bundle returns the photographs of an imported bundle, or of a bundle's file.
func (c *Catalogue) bundle(ctx context.Context, name string) (*Index, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if x := c.read[name]; x != nil {
		return x, nil
	}
	in, err := c.library.Case(ctx, name)
	if err != nil {
		return nil, err
	}
	x := new(Index)
	for _, k := range in.Captures {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		all, err := ofCapture(k)
		if err != nil {
			x.Unread++
		}
		x.All = append(x.All, all...)
	}
	c.read[name] = x
	return x, nil
}

// ofCapture reads the photographs of a capture from its listing.
func ofCapture(c *review.Capture) ([]Photograph, error) {
	m, err := c.Manifest()
	if err != nil {
		return nil, err
	}
	l, err := c.Listing(m)
	if err != nil || l == nil {
		return nil, err
	}
	in, err := listed(l)
	return kept(&c.Capture, in, listing.Hasher), err
}

// listed returns the pictures of a listing of which the content was kept, as the
// search index has them.
func listed(l *listing.Listing) (search.Pictures, error) {
	in := search.Pictures{Host: strings.ToLower(l.Host), Hasher: l.Extractor.PerceptualHash, Seller: SellerOf(l)}
	for i, p := range l.Photographs {
		if p.SHA256.IsZero() {
			continue
		}
		e, err := picture(p)
		if err != nil {
			return search.Pictures{}, err
		}
		e.Number = int32(i) + 1
		in.All = append(in.All, e)
	}
	return in, nil
}

// picture returns what is compared of a picture.
func picture(p listing.Photograph) (e search.Picture, err error) {
	e = search.Picture{SHA256: p.SHA256, Bytes: p.Bytes, Width: int32(p.Width), Height: int32(p.Height), Hashed: p.Hash != ""}
	if e.Hashed {
		e.Hash, err = evidence.ParsePerceptualHash(p.Hash)
	}
	return e, err
}

// SellerOf returns what a page calls who offers: an id if it states one, else a name.
func SellerOf(l *listing.Listing) string {
	return cmp.Or(l.Facts[listing.SellerID].Value, l.Facts[listing.SellerName].Value, l.Facts[listing.SellerAddress].Value)
}
