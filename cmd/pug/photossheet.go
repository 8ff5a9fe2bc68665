package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"time"

	"pugmark/assets"
	"pugmark/evidence"
	"pugmark/review"
	"pugmark/review/photographs"
)

func photosSheetCommand() *command {
	return &command{
		name: "photos sheet", args: "[CAPTURE:NUMBER] [--case REF] -o FILE.png|FILE.html", short: "make a contact sheet of photographs",
		long: `Makes a contact sheet: photographs as a grid, each with its capture, who offers on which
site, when it was captured, and the beginning of its SHA-256. With --case those of a case,
by capture; with a photograph, such as OP-1/3:2, that one and those that "pug photos find"
finds for it, with how they differ. A file .png is one picture, of up to 1,000 photographs;
a file .html opens in any browser, with all pictures in it.

The photographs on it are reduced in size: the originals stay in the captures' archives,
from which they are read by digest. Flat pictures, such as lines and small icons, are left
out unless --all is given. No file is ever overwritten.

    pug photos sheet --case OP-1 -o op-1.png
    pug photos sheet OP-1/3:2 -o bangle.html`,
		maxArgs: 1, usesVault: true, reviews: true,
		setup: func(flags *flag.FlagSet) action {
			o := sheetOptions{within: withinFlag(flags, photographs.Threshold)}
			flags.StringVar(&o.ref, "case", "", "the photographs of the case `REF`")
			flags.StringVar(&o.path, "o", "", "the `file`: .png or .html")
			flags.BoolVar(&o.all, "all", false, "with flat pictures too")
			return func(ctx context.Context, a *app, args []string) (outcome, error) {
				if len(args) == 1 {
					o.photo = args[0]
				}
				return a.photoSheet(ctx, o)
			}
		},
	}
}

// sheetOptions say what is on a contact sheet.
type sheetOptions struct {
	photo  string // with its matches; empty: those of the case
	ref    string
	path   string
	all    bool
	within *int
}

// sheetDoc is the document of "pug photos sheet".
type sheetDoc struct {
	Path        string `json:"path"`
	Photographs int    `json:"photographs"`
	LeftOut     int    `json:"left_out,omitzero"` // flat ones
}

func (a *app) photoSheet(ctx context.Context, o sheetOptions) (out outcome, err error) {
	// A bundle's file has one case, which needn't be named.
	named := o.photo != "" || o.ref != "" || a.bundle != nil
	if !named || o.photo != "" && o.ref != "" || o.path == "" {
		return out, tell("usage", "Say of what to make a contact sheet, and in which file.",
			"For example: pug photos sheet --case OP-1 -o op-1.png, or pug photos sheet OP-1/3:2 -o bangle.html")
	}
	if err := checkTarget(o.path); err != nil {
		return out, err
	}
	err = a.withPhotographs(ctx, func(l *review.Library, x *photographs.Index) error {
		sheet, doc, err := o.sheet(ctx, l, x)
		if err != nil {
			return err
		}
		if len(sheet.Photographs) == 0 {
			return tell("no_photograph", "There is no photograph for the contact sheet.", sheetHint(doc))
		}
		sheet.Progress = func(done, total int64) { a.tick("Drawing photographs: %d of %d", done, total) }
		from := photographs.NewContents(l)
		err = errors.Join(sheet.WriteFile(ctx, o.path, from, assets.Sans), from.Close())
		out = outcome{doc: doc, text: doc.print}
		return sheetError(o.path, err)
	})
	return out, err
}

func sheetHint(d sheetDoc) string {
	if d.LeftOut > 0 {
		return fmt.Sprintf("%s flat; --all has them too.", countOf(d.LeftOut, "picture is", "pictures are"))
	}
	return "Only pictures that a page shows, and of which the content was kept, can be on it."
}

func sheetError(path string, err error) error {
	switch {
	case errors.Is(err, photographs.ErrFormat):
		return tell("usage", fmt.Sprintf("The name of the file %s doesn't say what it shall be.", clean(path)), "It must end with .png or .html.")
	case errors.Is(err, photographs.ErrTooMany):
		return tell("too_many", fmt.Sprintf("These are more than %d photographs, too many for one picture.", photographs.MaxPictured),
			"A file .html can have them all.")
	}
	return about(path, err)
}

// sheet returns what is drawn.
func (o sheetOptions) sheet(ctx context.Context, l *review.Library, x *photographs.Index) (*photographs.Sheet, sheetDoc, error) {
	s := &photographs.Sheet{Made: time.Now()}
	doc := sheetDoc{Path: o.path}
	if o.photo != "" {
		p, err := onePhoto(ctx, l, x, o.photo)
		if err != nil {
			return nil, doc, err
		}
		s.Title = "Photographs like " + p.Name()
		s.Photographs, s.Note = photographs.Alike(x.Find(p.Picture, *o.within), p)
		doc.Photographs = len(s.Photographs)
		return s, doc, nil
	}
	c, err := readCase(ctx, l, o.ref)
	if err != nil {
		return nil, doc, err
	}
	s.Title = fmt.Sprintf("Photographs of case %s: %s", c.Name, c.Title)
	s.Photographs = x.OfCase(c.Name)
	if !o.all {
		n := len(s.Photographs)
		s.Photographs = slices.DeleteFunc(s.Photographs, func(p *photographs.Photograph) bool { return p.Flat })
		doc.LeftOut = n - len(s.Photographs)
	}
	doc.Photographs = len(s.Photographs)
	return s, doc, nil
}

// onePhoto finds the photograph of a name such as OP-1/3:2.
func onePhoto(ctx context.Context, l *review.Library, x *photographs.Index, name string) (*photographs.Photograph, error) {
	capture, number, err := photoName(name, 0)
	if err != nil {
		return nil, err
	}
	if number == 0 {
		return nil, tell("usage", fmt.Sprintf("%q names no photograph.", name), photoNameHint)
	}
	_, c, err := findReviewed(ctx, l, capture)
	if err != nil {
		return nil, err
	}
	for _, p := range x.Of(c.ID) {
		if int(p.Number) == number {
			return p, nil
		}
	}
	return nil, noPhoto(c.Capture, number)
}

func noPhoto(c evidence.Capture, number int) error {
	return tell("no_photograph", fmt.Sprintf("The capture %s has no photograph %d of which the content was kept.", c.Name(), number),
		fmt.Sprintf("\"pug photos find %s\" shows those that it has.", c.Name()))
}

func (d sheetDoc) print(w io.Writer) {
	fmt.Fprintf(w, "Made a contact sheet of %s: %s\n", count(d.Photographs, "photograph"), clean(d.Path))
	if d.LeftOut > 0 {
		fmt.Fprintf(w, "Left out as flat: %s; --all has them too\n", count(d.LeftOut, "picture"))
	}
}
