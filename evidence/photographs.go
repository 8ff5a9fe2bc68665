package evidence

import (
	"cmp"
	"context"
	"encoding/hex"
	"fmt"
	"strings"

	"pugmark/evidence/search"
)

// Photographs returns the pictures of the pages of all captures, with digests and
// perceptual hashes, in the captures' order, and how many captures could not be read,
// in part or at all. It first brings the search index, which has them, up to the log,
// as [Vault.UpdateSearch] does. What the index has nobody signed: it leads to the
// capture.
func (v *Vault) Photographs(ctx context.Context, p Progress) (all []search.Pictures, unread int, err error) {
	err = v.withSearch(ctx, func(x *search.Index) error {
		if err := v.updateSearch(ctx, x, nil, p); err != nil {
			return err
		}
		all, unread, err = x.Pictures(ctx)
		return err
	})
	if err != nil {
		return nil, 0, fmt.Errorf("reading the photographs: %w", err)
	}
	return all, unread, nil
}

// listedPictures is what is kept of the pictures of listing.json.
type listedPictures struct {
	Host      string `json:"host"`
	Extractor struct {
		Hasher string `json:"perceptual_hash"`
	} `json:"extractor"`
	Photographs []struct {
		SHA256 Digest `json:"sha256"`
		Bytes  int64  `json:"bytes"`
		Width  int32  `json:"width"`
		Height int32  `json:"height"`
		Hash   string `json:"perceptual_hash"`
	} `json:"photographs"`
}

// enterPictures enters the pictures of which the page's archive has the content.
func enterPictures(d *search.Document, l *listingFacts) error {
	d.Pictures = search.Pictures{
		Host: strings.ToLower(l.Host), Hasher: l.Extractor.Hasher,
		Seller: cmp.Or(l.Facts["seller_id"].Value, l.Facts["seller_name"].Value, l.Facts["seller_address"].Value),
	}
	for i, p := range l.Photographs {
		if p.SHA256.IsZero() {
			continue
		}
		e := search.Picture{SHA256: p.SHA256, Bytes: p.Bytes, Width: p.Width, Height: p.Height, Number: int32(i) + 1}
		if p.Hash != "" {
			hash, err := ParsePerceptualHash(p.Hash)
			if err != nil {
				return err
			}
			e.Hash, e.Hashed = hash, true
		}
		d.Pictures.All = append(d.Pictures.All, e)
	}
	return nil
}

// ParsePerceptualHash reads a perceptual hash as listing.json has it: "p:" and 16
// hexadecimal digits in lower case, the first bit first.
func ParsePerceptualHash(s string) (hash uint64, err error) {
	text, ok := strings.CutPrefix(s, "p:")
	var b [8]byte
	if !ok || len(text) != 2*len(b) || text != strings.ToLower(text) {
		return 0, fmt.Errorf("got the perceptual hash %q, want p: and 16 digits", s)
	}
	if _, err := hex.Decode(b[:], []byte(text)); err != nil {
		return 0, fmt.Errorf("got the perceptual hash %q: %w", s, err)
	}
	for _, x := range b {
		hash = hash<<8 | uint64(x)
	}
	return hash, nil
}
