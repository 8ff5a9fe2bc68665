package compare

import (
	"context"
	"time"

	"github.com/google/uuid"

	"pugmark/evidence"
	"pugmark/review"
)

// Side is one of the two captures that are compared.
type Side struct {
	Name    string           `json:"name"` // case and exhibit
	ID      uuid.UUID        `json:"id"`
	Address string           `json:"address"`
	Title   string           `json:"title,omitempty"`
	Started time.Time        `json:"started"`
	Verdict evidence.Verdict `json:"verdict"`
}

func sideOf(c *review.Capture, m *evidence.Manifest) Side {
	return Side{c.Name(), c.ID, m.Target.Requested, m.Target.Title, m.Time.Started, m.Verdict}
}

// Comparison says in what two captures differ.
type Comparison struct {
	A Side `json:"a"`
	B Side `json:"b"`
	// Response and Conditions are only what differs.
	Response   []Difference `json:"response,omitempty"`
	Conditions []Difference `json:"conditions,omitempty"`
	Facts      []Fact       `json:"facts,omitempty"`
	// Photographs are paired; nil if either capture has no listing facts.
	Photographs *Photographs `json:"photographs,omitempty"`
	Text        *Text        `json:"text,omitempty"`    // nil: not compared
	Picture     *Picture     `json:"picture,omitempty"` // nil: not compared
	// Unread are the parts that were not compared, and why.
	Unread []Unread `json:"unread,omitempty"`
}

// Unread is a part of a comparison that could not be made.
type Unread struct {
	Part Part   `json:"part"`
	Why  string `json:"why"`
	// Bad says that an item can't be read, or isn't what was sealed. Else a capture
	// has none, or a bundle withholds it.
	Bad bool `json:"bad,omitzero"`
}

// Part is a part of a comparison.
type Part string

// The parts that a capture may lack.
const (
	FactsPart   Part = "facts"
	TextPart    Part = "text"
	PicturePart Part = "picture"
)

// Options say what is compared.
type Options struct {
	// NoPicture leaves the pictures out, which take the longest.
	NoPicture bool
	// Progress is told of the bytes of the pictures; it may be nil.
	Progress evidence.Progress
}

// Compare compares two captures. An error means that a manifest can't be read, or
// that ctx is done; what else can't be read is listed in the comparison.
func Compare(ctx context.Context, a, b *review.Capture, o Options) (*Comparison, error) {
	ma, err := a.Manifest()
	if err != nil {
		return nil, err
	}
	mb, err := b.Manifest()
	if err != nil {
		return nil, err
	}
	c := &Comparison{A: sideOf(a, ma), B: sideOf(b, mb), Response: responses(ma, mb), Conditions: conditions(ma, mb)}
	c.compareFacts(a, b, ma, mb)
	c.compareTexts(a, b, ma, mb)
	if !o.NoPicture {
		c.comparePictures(ctx, a, b, ma, mb, o.Progress)
	}
	return c, ctx.Err()
}

// lacks notes that captures have no such item.
func (c *Comparison) lacks(p Part, inA, inB bool) bool {
	why := ""
	switch {
	case inA && inB:
		return false
	case inA:
		why = c.B.Name + " has none"
	case inB:
		why = c.A.Name + " has none"
	default:
		why = "neither capture has any"
	}
	c.Unread = append(c.Unread, Unread{Part: p, Why: why})
	return true
}

func (c *Comparison) unreadable(p Part, err error) {
	c.Unread = append(c.Unread, Unread{p, err.Error(), true})
}

// Bad reports whether something can't be read, or isn't what was sealed.
func (c *Comparison) Bad() bool {
	for _, u := range c.Unread {
		if u.Bad {
			return true
		}
	}
	return false
}

func (c *Comparison) compareFacts(a, b *review.Capture, ma, mb *evidence.Manifest) {
	la, err := a.Listing(ma)
	if err != nil {
		c.unreadable(FactsPart, err)
		return
	}
	lb, err := b.Listing(mb)
	if err != nil {
		c.unreadable(FactsPart, err)
		return
	}
	if c.lacks(FactsPart, la != nil, lb != nil) {
		return
	}
	c.Facts = facts(la, lb, a.Annotations, b.Annotations)
	c.Photographs = pairPhotographs(la.Photographs, lb.Photographs)
	if la.Extractor.Rules != lb.Extractor.Rules {
		c.Conditions = append(c.Conditions, Difference{"rules of facts", la.Extractor.Rules, lb.Extractor.Rules})
	}
}

func (c *Comparison) compareTexts(a, b *review.Capture, ma, mb *evidence.Manifest) {
	ia, inA := ma.Find(evidence.KindText)
	ib, inB := mb.Find(evidence.KindText)
	if c.lacks(TextPart, inA, inB) {
		return
	}
	ta, err := a.Read(ia, maxTextItem)
	if err != nil {
		c.unreadable(TextPart, err)
		return
	}
	tb, err := b.Read(ib, maxTextItem)
	if err != nil {
		c.unreadable(TextPart, err)
		return
	}
	c.Text = Texts(string(ta), string(tb))
}

// maxTextItem is the largest text that is read, in bytes, to be held against its
// digest.
const maxTextItem = 64 << 20

func (c *Comparison) comparePictures(ctx context.Context, a, b *review.Capture, ma, mb *evidence.Manifest, progress evidence.Progress) {
	pa, inA := pictureOf(a, ma)
	pb, inB := pictureOf(b, mb)
	if c.lacks(PicturePart, inA, inB) {
		return
	}
	p, err := comparePictures(ctx, pa, pb, progress)
	if err != nil {
		c.unreadable(PicturePart, err)
		return
	}
	c.Picture = p
}
