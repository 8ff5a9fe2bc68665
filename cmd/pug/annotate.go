package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"image"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"pugmark/evidence"
)

// annotationDoc is an annotation as a document.
type annotationDoc struct {
	ID        uuid.UUID               `json:"id"`
	Capture   uuid.UUID               `json:"capture"`
	Kind      evidence.AnnotationKind `json:"kind"`
	Text      string                  `json:"text"`
	Name      string                  `json:"name,omitempty"`
	Was       string                  `json:"was,omitempty"`
	Region    *evidence.Rectangle     `json:"region,omitempty"`
	Time      time.Time               `json:"time"`
	Actor     string                  `json:"actor"`
	Seq       int64                   `json:"seq"`
	Withdrawn *withdrawalDoc          `json:"withdrawn,omitempty"`
}

// withdrawalDoc says who took an annotation back.
type withdrawalDoc struct {
	Time   time.Time `json:"time"`
	Actor  string    `json:"actor"`
	Reason string    `json:"reason,omitempty"`
}

func annotationDocOf(a evidence.Annotation) annotationDoc {
	d := annotationDoc{ID: a.ID, Capture: a.Capture, Kind: a.Kind, Text: a.Text, Name: a.Name, Was: a.Was, Time: a.Time, Actor: a.Actor, Seq: a.Seq}
	if a.Kind == evidence.Region {
		d.Region = &evidence.Rectangle{X: a.Region.Min.X, Y: a.Region.Min.Y, Width: a.Region.Dx(), Height: a.Region.Dy()}
	}
	if w := a.Withdrawn; w != nil {
		d.Withdrawn = &withdrawalDoc{w.Time, w.Actor, w.Reason}
	}
	return d
}

func annotationDocs(all []evidence.Annotation) (out []annotationDoc) {
	for _, a := range all {
		out = append(out, annotationDocOf(a))
	}
	return out
}

// annotatedDoc is the document of what adds or withdraws annotations.
type annotatedDoc struct {
	Capture     string          `json:"capture"`
	Annotations []annotationDoc `json:"annotations"` // that were added or withdrawn
	did         string
}

func (d annotatedDoc) print(w io.Writer) {
	for _, a := range d.Annotations {
		fmt.Fprintf(w, "%s %s: %s\n", d.Capture, d.did, a.summary())
	}
}

// summary is one line of what an annotation says.
func (d annotationDoc) summary() string {
	text := clean(d.Text)
	switch d.Kind {
	case evidence.Fact:
		text = d.Name + " is " + text
		if d.Was != "" {
			text += ", where the capture has " + clean(d.Was)
		}
	case evidence.Assessment:
		text = d.Name + " is " + text
	case evidence.Region:
		text = strings.TrimSpace(rectangleText(*d.Region) + " " + text)
	}
	return fmt.Sprintf("%s %s (%s)", d.Kind, text, shortID(d.ID.String()))
}

func rectangleText(r evidence.Rectangle) string {
	return fmt.Sprintf("%d,%d,%d,%d", r.X, r.Y, r.Width, r.Height)
}

// annotate adds annotations to a capture. That needs no passphrase.
func (a *app) annotate(ctx context.Context, name string, all ...evidence.Annotation) (outcome, error) {
	return a.withCapture(ctx, name, "got", func(v *evidence.Vault, c evidence.Capture) (out []evidence.Annotation, err error) {
		for _, x := range all {
			added, err := v.Annotate(ctx, c, x)
			if err != nil {
				return out, about(c.Name(), err)
			}
			out = append(out, added)
		}
		return out, nil
	})
}

// withCapture runs what changes the annotations of a capture, and returns those
// that it changed.
func (a *app) withCapture(ctx context.Context, name, did string, f func(*evidence.Vault, evidence.Capture) ([]evidence.Annotation, error)) (out outcome, err error) {
	if isImportName(name) {
		return out, tell("usage", "A capture of an imported bundle can't be annotated: it is another vault's.", "Annotate it in the vault that sealed it.")
	}
	err = a.withWritableVault(ctx, func(v *evidence.Vault) error {
		c, err := v.Capture(ctx, name)
		if err != nil {
			return about(name, err)
		}
		changed, err := f(v, c)
		doc := annotatedDoc{c.Name(), annotationDocs(changed), did}
		out = outcome{doc: doc, text: doc.print}
		return err
	})
	return out, err
}

// withdraw takes back the annotation that a function picks of those that stand.
func (a *app) withdraw(ctx context.Context, name, reason string, pick func([]evidence.Annotation) (evidence.Annotation, error)) (outcome, error) {
	return a.withCapture(ctx, name, "had withdrawn", func(v *evidence.Vault, c evidence.Capture) ([]evidence.Annotation, error) {
		all, err := v.Annotations(ctx, c)
		if err != nil {
			return nil, err
		}
		x, err := pick(all)
		if err == nil {
			err = v.Withdraw(ctx, c, x.ID, reason)
		}
		if err != nil {
			return nil, about(c.Name(), err)
		}
		return []evidence.Annotation{x}, nil
	})
}

// minAnnotationID is the shortest part of an id that names an annotation.
const minAnnotationID = 4

// byAnnotationID picks the annotation of which the id begins so.
func byAnnotationID(id string) func([]evidence.Annotation) (evidence.Annotation, error) {
	return func(all []evidence.Annotation) (found evidence.Annotation, err error) {
		n := 0
		for _, a := range all {
			if len(id) >= minAnnotationID && strings.HasPrefix(a.ID.String(), strings.ToLower(id)) {
				found, n = a, n+1
			}
		}
		switch n {
		case 0:
			return found, evidence.ErrNoAnnotation
		case 1:
			return found, nil
		}
		return found, tell("ambiguous", fmt.Sprintf("Several annotations have an id that begins with %q.", id), "Give more of the id.")
	}
}

// byTag picks a tag that stands.
func byTag(capture, tag string) func([]evidence.Annotation) (evidence.Annotation, error) {
	return func(all []evidence.Annotation) (evidence.Annotation, error) {
		for _, a := range all {
			if a.Kind == evidence.Tag && a.Withdrawn == nil && strings.EqualFold(a.Text, strings.TrimSpace(tag)) {
				return a, nil
			}
		}
		return evidence.Annotation{}, tell("no_tag", fmt.Sprintf("%s has no tag %q.", capture, clean(tag)),
			fmt.Sprintf("\"pug show %s\" shows those that it has.", capture))
	}
}

func noteCommand() *command {
	return &command{
		name: "note", args: "CAPTURE TEXT|- | CAPTURE --withdraw ID [--reason R]",
		short: "write a note on a capture",
		long: `Writes a note on a capture, also of a closed case: an entry of the custody log,
beside the sealed capture, of which nothing changes. With - the text is read from
standard input. That needs no passphrase.

With --withdraw it takes back a note, a tag, a region or a fact, by the beginning of
its id as "pug show" prints it. It stays in the log, marked as withdrawn.

    pug note OP-2031/1 "The seller answered within an hour."
    pug note OP-2031/1 --withdraw 019d2f4c-5b7a --reason "Of another listing"`,
		minArgs: 1, maxArgs: 2, usesVault: true,
		setup: func(flags *flag.FlagSet) action {
			id := flags.String("withdraw", "", "take back what has this `ID`, or an id that begins so")
			reason := flags.String("reason", "", "`why` it is taken back, for the log")
			return func(ctx context.Context, a *app, args []string) (outcome, error) {
				switch {
				case *id != "" && len(args) == 1:
					return a.withdraw(ctx, args[0], *reason, byAnnotationID(*id))
				case *id != "" || *reason != "" || len(args) != 2:
					return outcome{}, tell("usage", "Give either the text of a note, or --withdraw with an id.", `"pug help note" shows how it is used.`)
				}
				text, err := a.givenText(args[1])
				if err != nil {
					return outcome{}, err
				}
				return a.annotate(ctx, args[0], evidence.Annotation{Kind: evidence.Note, Text: text})
			}
		},
	}
}

// givenText returns a text that is given, or, for "-", what standard input has.
func (a *app) givenText(s string) (string, error) {
	if s != "-" {
		return s, nil
	}
	// A character has up to four bytes; what is longer is refused.
	b, err := io.ReadAll(io.LimitReader(a.stdin, 8*evidence.MaxNote))
	if err != nil {
		return "", fmt.Errorf("reading standard input: %w", err)
	}
	return string(b), nil
}

func tagCommand() *command {
	return &command{
		name: "tag", args: "CAPTURE TAG… | CAPTURE --remove TAG [--reason R]",
		short: "tag a capture",
		long: `Gives a capture tags: short words of one line, by which "pug list --tag" finds it.
Capitals make no difference. A tag is an entry of the custody log, and so is its
removal. That needs no passphrase.

    pug tag OP-2031/1 ivory "whole tusk"
    pug tag OP-2031/1 --remove ivory --reason "It is bone"`,
		minArgs: 1, maxArgs: -1, usesVault: true,
		setup: func(flags *flag.FlagSet) action {
			remove := flags.String("remove", "", "take the tag `TAG` off")
			reason := flags.String("reason", "", "`why` it is taken off, for the log")
			return func(ctx context.Context, a *app, args []string) (outcome, error) {
				switch {
				case *remove != "" && len(args) == 1:
					return a.withdraw(ctx, args[0], *reason, byTag(args[0], *remove))
				case *remove != "" || *reason != "" || len(args) < 2:
					return outcome{}, tell("usage", "Give either tags to add, or --remove with one.", `"pug help tag" shows how it is used.`)
				}
				var all []evidence.Annotation
				for _, t := range args[1:] {
					all = append(all, evidence.Annotation{Kind: evidence.Tag, Text: t})
				}
				return a.annotate(ctx, args[0], all...)
			}
		},
	}
}

func factCommand() *command {
	return &command{
		name: "fact", args: "CAPTURE NAME VALUE [--was OLD]",
		short: "add or correct a fact of a listing",
		long: `Says what a listing offers where the program read it wrong, or not at all. NAME is
as in listing.json: price, seller_name, location and so on. What was captured stays
as it is: "pug show" shows the fact apart, with who added it. It is an entry of the
custody log, and needs no passphrase.

    pug fact OP-2031/1 price "1,200 CNY" --was "12 CNY"
    pug fact OP-2031/1 species "Loxodonta africana"`,
		minArgs: 3, maxArgs: 3, usesVault: true,
		setup: func(flags *flag.FlagSet) action {
			was := flags.String("was", "", "the captured `value` that this corrects")
			return func(ctx context.Context, a *app, args []string) (outcome, error) {
				return a.annotate(ctx, args[0], evidence.Annotation{Kind: evidence.Fact, Name: args[1], Text: args[2], Was: *was})
			}
		},
	}
}

func regionCommand() *command {
	return &command{
		name: "region", args: "CAPTURE X,Y,WIDTH,HEIGHT COMMENT",
		short: "comment on a part of a capture's picture",
		long: `Comments on a rectangle of the picture of the whole page, in its pixels from the
upper left corner. The picture stays as it is: the region is an entry of the custody
log. That needs no passphrase.

    pug region OP-2031/1 120,840,300,200 "The same tusk as in OP-2031/4"`,
		minArgs: 3, maxArgs: 3, usesVault: true,
		setup: func(*flag.FlagSet) action {
			return func(ctx context.Context, a *app, args []string) (outcome, error) {
				r, err := parseRegion(args[1])
				if err != nil {
					return outcome{}, tell("usage", fmt.Sprintf("%q is no region: %v.", args[1], err), `"pug help region" shows how it is used.`)
				}
				return a.annotate(ctx, args[0], evidence.Annotation{Kind: evidence.Region, Region: r, Text: args[2]})
			}
		},
	}
}

// parseRegion reads a rectangle, such as "120,840,300,200".
func parseRegion(s string) (image.Rectangle, error) {
	var n [4]int
	parts := strings.Split(s, ",")
	ok := len(parts) == len(n)
	for i := 0; ok && i < len(n); i++ {
		v, err := strconv.ParseUint(strings.TrimSpace(parts[i]), 10, 24)
		n[i], ok = int(v), err == nil
	}
	if !ok || n[2] == 0 || n[3] == 0 {
		return image.Rectangle{}, errors.New("want X,Y,WIDTH,HEIGHT in pixels, such as 120,840,300,200")
	}
	return image.Rect(n[0], n[1], n[0]+n[2], n[1]+n[3]), nil
}
