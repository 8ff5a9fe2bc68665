package listing

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"pugmark/evidence"
)

// Photograph is one picture of a page: one that it shows, or that its
// structured data names. Which of them show what is on offer is not decided;
// NamedBy is the page's own word for it.
type Photograph struct {
	Address string          `json:"address"`
	SHA256  evidence.Digest `json:"sha256,omitzero"`
	Bytes   int64           `json:"bytes,omitzero"`
	Alt     string          `json:"alt,omitempty"`
	// Shown is where the page shows it, in CSS pixels: the largest place if
	// there are Times of them. Absent if the page only names it.
	Shown  *Box   `json:"shown,omitempty"`
	Times  int    `json:"times,omitzero"`
	Format string `json:"format,omitempty"` // "jpeg", by its content
	Width  int    `json:"width,omitzero"`   // its own, in pixels
	Height int    `json:"height,omitzero"`
	// Hash is the perceptual hash as the extractor writes it:
	// "p:" and 16 hexadecimal digits. Two pictures are alike if few of
	// the 64 bits differ.
	Hash    string       `json:"perceptual_hash,omitempty"`
	NoHash  string       `json:"no_perceptual_hash,omitempty"` // why there is none
	NamedBy []Provenance `json:"named_by,omitempty"`
}

// Box is a place on the page, in CSS pixels.
type Box struct {
	Left   int `json:"left"`
	Top    int `json:"top"`
	Width  int `json:"width"`
	Height int `json:"height"`
}

// The limits of pictures.
const (
	maxPhotographs = 1_000
	maxHashed      = 200 // of which a hash is computed
	maxNamed       = 200
	maxBody        = 64 << 20 // bytes of one
)

// named is a picture that structured data names.
type named struct {
	address string
	Provenance
	node *html.Node
}

// picture notes a picture that is named.
func (x *extraction) picture(raw string, at Provenance, n *html.Node) {
	u := x.resolve(raw)
	if u == nil || len(x.named) >= maxNamed {
		return
	}
	u.Fragment = ""
	x.named = append(x.named, named{u.String(), at, n})
}

// picture notes a picture that an entity names.
func (t teller) picture(p property) {
	t.x.picture(p.text, Provenance{Source: t.from.source, Property: shorten(p.path)}, p.node)
}

// describeAll describes the pictures that the page shows, as many as are
// listed.
func describeAll(ctx context.Context, images []Image) ([]Photograph, error) {
	var all []Photograph
	known := map[string]int{}
	hashes := &hashes{done: map[evidence.Digest]hashed{}, room: maxPixels}
	for _, img := range images {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		id := img.Address
		if strings.HasPrefix(id, "data:") {
			id += img.Digest.String() // it may have been cut
		}
		if i, ok := known[id]; ok {
			all[i].again(img)
		} else if len(all) < maxPhotographs {
			known[id] = len(all)
			all = append(all, describe(ctx, img, hashes))
		}
	}
	return all, nil
}

// listed counts the places in which the pictures are shown.
func listed(all []Photograph) (n int) {
	for _, p := range all {
		n += p.Times
	}
	return n
}

// describe returns what is known of a picture.
func describe(ctx context.Context, img Image, hashes *hashes) Photograph {
	p := Photograph{
		Address: shortenData(img.Address), SHA256: img.Digest, Bytes: max(img.Bytes, 0), Alt: shorten(img.Alt),
		Shown: &Box{img.Left, img.Top, img.Width, img.Height}, Times: 1,
	}
	h := hashes.of(ctx, img)
	p.Format, p.Width, p.Height, p.Hash, p.NoHash = h.format, h.width, h.height, h.hash, h.reason
	return p
}

// again notes that the picture is shown in another place.
func (p *Photograph) again(img Image) {
	p.Times++
	if img.Width*img.Height > p.Shown.Width*p.Shown.Height {
		p.Shown = &Box{img.Left, img.Top, img.Width, img.Height}
	}
	p.Alt = cmp.Or(p.Alt, shorten(img.Alt))
}

// shortenData cuts the content of a data: address, of which the digest tells.
func shortenData(address string) string {
	if len(address) > maxAddress || strings.HasPrefix(address, "data:") {
		return shorten(address)
	}
	return strings.ToValidUTF8(address, "\uFFFD")
}

// addNamed notes by what the pictures are named.
func (x *extraction) addNamed(all []Photograph) []Photograph {
	for _, n := range x.named {
		n.Where = x.doc.path(n.node)
		i := slices.IndexFunc(all, func(p Photograph) bool { return p.Address == n.address })
		if i < 0 {
			i = len(all)
			all = append(all, Photograph{Address: n.address, NoHash: "the page names it and doesn't show it"})
		}
		all[i].NamedBy = append(all[i].NamedBy, n.Provenance)
	}
	return all
}

// hashes computes each picture's hash once.
type hashes struct {
	done  map[evidence.Digest]hashed
	count int
	room  int64 // pixels
}

func (h *hashes) of(ctx context.Context, img Image) hashed {
	if img.Open == nil {
		return hashed{reason: cmp.Or(img.Missing, "its content was not obtained")}
	}
	if known, ok := h.done[img.Digest]; ok && !img.Digest.IsZero() {
		return known
	}
	if h.count++; h.count > maxHashed {
		return hashed{reason: fmt.Sprintf("only %d pictures of a page are hashed", maxHashed)}
	}
	got := read(ctx, img, h.room)
	h.room -= got.decoded
	h.done[img.Digest] = got
	return got
}

// read reads and hashes a picture of at most room pixels.
func read(ctx context.Context, img Image, room int64) hashed {
	body, err := img.Open()
	if err != nil {
		return hashed{reason: "its content can't be read"}
	}
	defer body.Close()
	h, err := hashImage(io.LimitReader(&contextReader{ctx, body}, maxBody), room)
	if err != nil {
		h.reason = reason(err)
	}
	return h
}

// reason says in a few words why there is no hash.
func reason(err error) string {
	var r refusal
	if errors.As(err, &r) {
		return string(r)
	}
	return shorten("it can't be decoded: " + err.Error())
}
