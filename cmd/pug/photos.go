package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"pugmark/capture/listing"
	"pugmark/evidence"
	"pugmark/evidence/search"
	"pugmark/review"
	"pugmark/review/photographs"
)

func photosFindCommand() *command {
	return &command{
		name: "photos find", args: "CAPTURE[:NUMBER]|FILE", short: "find a photograph elsewhere",
		long: `Finds where else the photographs of a capture are shown: in all captures of the vault,
of whatever case, and in those of imported bundles. With a number, as in OP-1/3:2, only
that photograph is looked for; "pug photos find OP-1/3" shows the numbers. A file on
disk, JPEG, PNG, GIF or WebP, is looked for the same way.

A photograph is exact if it is the same file, byte for byte. It is near if few of the
64 bits of the perceptual hashes differ, as after scaling, compressing or cropping: then
look at both, for likeness is no proof. "mirrored" is near to the mirror image. Pictures
whose hash says nothing, such as blank ones, lines and small icons, are marked flat, and
only the same file is found.

    pug photos find OP-1/3
    pug photos find OP-1/3:2 --within 6
    pug photos find ~/Pictures/bangle.jpg`,
		minArgs: 1, maxArgs: 1, usesVault: true, reviews: true,
		setup: func(flags *flag.FlagSet) action {
			within := withinFlag(flags, photographs.Threshold)
			number := 0
			flags.Func("photo", "only the photograph of this `NUMBER`", func(s string) (err error) {
				number, err = parsePhotoNumber(s)
				return err
			})
			return func(ctx context.Context, a *app, args []string) (outcome, error) {
				return a.findPhotos(ctx, args[0], number, *within)
			}
		},
	}
}

// withinFlag defines how many bits may differ.
func withinFlag(flags *flag.FlagSet, usual int) *int {
	within := usual
	flags.Func("within", fmt.Sprintf("near is a difference of at most so many `BITS` of 64, up to %d; else %d", photographs.MaxThreshold, usual),
		func(s string) (err error) {
			within, err = strconv.Atoi(s)
			if err != nil || within < 0 || within > photographs.MaxThreshold {
				return fmt.Errorf("want a number from 0 to %d", photographs.MaxThreshold)
			}
			return nil
		})
	return &within
}

func parsePhotoNumber(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return 0, errors.New("want the number of a photograph, from 1")
	}
	return n, nil
}

// withPhotographs runs f with all photographs that there are to review.
func (a *app) withPhotographs(ctx context.Context, f func(*review.Library, *photographs.Index) error) error {
	return a.withWritableLibrary(ctx, func(l *review.Library) error {
		x, err := photographs.NewCatalogue(l).Index(ctx, func(done, total int64) { a.tick("Reading captures: %d of %d", done, total) })
		if err != nil {
			return err
		}
		for _, err := range x.Damaged {
			a.warn("%s: its photographs are left out", advise(libraryError(err)).Message)
		}
		if x.Unread > 0 {
			a.warn("%s could not be read, in part or at all, and may have more; \"pug verify --all\" says what is wrong", count(x.Unread, "capture"))
		}
		return f(l, x)
	})
}

// photosDoc is the document of "pug photos find".
type photosDoc struct {
	Within  int          `json:"within_bits"`
	Hasher  string       `json:"perceptual_hash"` // what computed the hashes
	Queries []photoQuery `json:"photographs"`
	Unread  int          `json:"unread,omitzero"`
}

// photoQuery is a photograph that was looked for.
type photoQuery struct {
	photoDoc
	NoHash  string       `json:"no_hash,omitempty"`
	Matches []photoMatch `json:"matches"`
}

// photoDoc is a photograph in a document.
type photoDoc struct {
	Name    string          `json:"name"` // "OP-1/3:2", or a file
	Capture string          `json:"capture,omitempty"`
	Number  int32           `json:"number,omitzero"`
	Site    string          `json:"site,omitempty"`
	Seller  string          `json:"seller,omitempty"`
	SHA256  evidence.Digest `json:"sha256"`
	Hash    string          `json:"hash,omitempty"`
	Width   int32           `json:"width,omitzero"`
	Height  int32           `json:"height,omitzero"`
	Flat    bool            `json:"flat,omitzero"`
}

// photoMatch is a photograph that was found.
type photoMatch struct {
	photoDoc
	Kind     string `json:"kind"` // exact, near or mirrored
	Distance int    `json:"distance_bits"`
	title    string
}

func newPhotoDoc(p *photographs.Photograph) photoDoc {
	d := pictureDoc(p.Name(), p.Picture)
	d.Capture, d.Site, d.Seller = p.Capture.Name(), p.Site, p.Seller
	return d
}

func pictureDoc(name string, p search.Picture) photoDoc {
	d := photoDoc{Name: name, Number: p.Number, SHA256: p.SHA256, Width: p.Width, Height: p.Height, Flat: photographs.IsFlat(p)}
	if p.Hashed {
		d.Hash = fmt.Sprintf("p:%016x", p.Hash)
	}
	return d
}

func (a *app) findPhotos(ctx context.Context, name string, number, within int) (out outcome, err error) {
	file, err := openPhoto(name, number)
	if err != nil {
		return out, err
	}
	doc := photosDoc{Within: within, Hasher: listing.Hasher, Queries: []photoQuery{}}
	var find func(context.Context, *review.Library, *photographs.Index) error
	if file != nil {
		defer file.Close()
		p, about, err := photographs.ReadPicture(ctx, file)
		if err != nil {
			return out, tell("not_a_picture", fmt.Sprintf("The file %s can't be read as a picture: %v.", clean(name), err), "")
		}
		find = func(_ context.Context, _ *review.Library, x *photographs.Index) error {
			q := photoQuery{photoDoc: pictureDoc(name, p), NoHash: about.NoHash}
			doc.add(q, x.Find(p, within))
			return nil
		}
	} else {
		find = func(ctx context.Context, l *review.Library, x *photographs.Index) error {
			return doc.findOf(ctx, l, x, name, number)
		}
	}
	err = a.withPhotographs(ctx, func(l *review.Library, x *photographs.Index) error {
		doc.Unread = x.Unread
		return find(ctx, l, x)
	})
	out = outcome{doc: doc, text: doc.print}
	if doc.Unread > 0 {
		out.exit = exitFindings
	}
	return out, err
}

// openPhoto opens the file that a name is of; nil if there is none.
func openPhoto(name string, number int) (*os.File, error) {
	fi, err := os.Stat(name)
	if err != nil || fi.IsDir() || number > 0 {
		return nil, nil
	}
	f, err := os.Open(name)
	return f, about(name, err)
}

// photoNameHint says how a photograph is named.
const photoNameHint = "One is named by its capture and number, as in OP-1/3:2."

// photoName takes the name of a photograph apart. Without a number in it, the one that
// is given besides counts.
func photoName(name string, besides int) (capture string, number int, err error) {
	capture, after, ok := strings.Cut(name, ":")
	if !ok {
		return name, besides, nil
	}
	if number, err = parsePhotoNumber(after); err != nil {
		err = tell("usage", fmt.Sprintf("%q names no photograph.", name), photoNameHint)
	}
	return capture, number, err
}

// findOf looks for the photographs of a capture, or for one of them.
func (d *photosDoc) findOf(ctx context.Context, l *review.Library, x *photographs.Index, name string, number int) error {
	capture, number, err := photoName(name, number)
	if err != nil {
		return err
	}
	_, c, err := findReviewed(ctx, l, capture)
	if err != nil {
		return err
	}
	for _, p := range x.Of(c.ID) {
		if number == 0 || int(p.Number) == number {
			d.add(photoQuery{photoDoc: newPhotoDoc(p)}, x.Elsewhere(p, d.Within))
		}
	}
	if len(d.Queries) == 0 && number > 0 {
		return noPhoto(c.Capture, number)
	}
	return nil
}

func (d *photosDoc) add(q photoQuery, found []photographs.Match) {
	q.Matches = []photoMatch{}
	for _, m := range found {
		q.Matches = append(q.Matches, photoMatch{newPhotoDoc(m.Photograph), matchKind(m), m.Distance, m.Capture.Title})
	}
	d.Queries = append(d.Queries, q)
}

func matchKind(m photographs.Match) string {
	switch {
	case m.Exact:
		return "exact"
	case m.Mirrored:
		return "mirrored"
	}
	return "near"
}

func (d photosDoc) print(w io.Writer) {
	if len(d.Queries) == 0 {
		fmt.Fprintln(w, "The page of this capture shows no picture of which the content was kept")
		return
	}
	for i, q := range d.Queries {
		if i > 0 {
			fmt.Fprintln(w)
		}
		q.print(w)
	}
	fmt.Fprintf(w, "\nNear: at most %d of 64 bits of the perceptual hash differ. Look at both: likeness is no proof.\n", d.Within)
}

func (q photoQuery) print(w io.Writer) {
	fmt.Fprintf(w, "%s  %s  %s\n", clean(q.Name), sizeInPixels(q.photoDoc), q.comparison())
	if len(q.Matches) == 0 {
		fmt.Fprintln(w, "    not found elsewhere")
		return
	}
	rows := [][]string{}
	for _, m := range q.Matches {
		how := m.Kind
		if m.Kind != "exact" {
			how += fmt.Sprintf(" (%d)", m.Distance)
		}
		rows = append(rows, []string{"    " + m.Name, how, sizeInPixels(m.photoDoc), shorten(clean(m.Site), titleWidth),
			shorten(clean(m.Seller), titleWidth), shorten(clean(m.title), titleWidth)})
	}
	io.WriteString(w, table(rows))
}

// comparison says how the photograph is compared.
func (q photoQuery) comparison() string {
	switch {
	case q.Flat:
		return "flat: only the same file is looked for"
	case q.Hash == "" && q.NoHash != "":
		return "only the same file is looked for: " + clean(q.NoHash)
	case q.Hash == "":
		return "no hash to compare: only the same file is looked for"
	}
	return q.Hash
}

func sizeInPixels(d photoDoc) string {
	if d.Width == 0 {
		return "size unknown"
	}
	return fmt.Sprintf("%dx%d", d.Width, d.Height)
}
