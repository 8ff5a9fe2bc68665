package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"pugmark/capture/listing"
	"pugmark/review"
	"pugmark/review/photographs"
)

func photosGroupsCommand() *command {
	return &command{
		name: "photos groups", args: "[--case REF] [--within BITS]", short: "list photographs that several captures show",
		long: `Lists the photographs that several captures show, in groups: the same files, and those
that look alike, as "pug photos find" compares them. Those of the most sellers come
first. With --case, only groups are listed of which that case has a photograph; their
other photographs may be of other cases.

In a group each photograph is near to some other one, not to all: "apart" is between the
furthest two. A group of many sites or sellers is marked as a common picture: it may be a
logo, a picture of the marketplace's own, or one that many take.

    pug photos groups
    pug photos groups --case OP-1 --within 6`,
		usesVault: true, reviews: true,
		setup: func(flags *flag.FlagSet) action {
			within := withinFlag(flags, photographs.GroupThreshold)
			ref := flags.String("case", "", "only groups with a photograph of the case `REF`")
			return func(ctx context.Context, a *app, _ []string) (outcome, error) {
				return a.groupPhotos(ctx, *ref, *within)
			}
		},
	}
}

// groupsDoc is the document of "pug photos groups".
type groupsDoc struct {
	Within int             `json:"within_bits"`
	Hasher string          `json:"perceptual_hash"`
	Groups []photoGroupDoc `json:"groups"`
	Unread int             `json:"unread,omitzero"`
	of     int             // photographs
}

// photoGroupDoc is a group of photographs.
type photoGroupDoc struct {
	Number      int        `json:"number"` // in this answer
	Captures    int        `json:"captures"`
	Cases       int        `json:"cases"`
	Addresses   int        `json:"addresses"`
	Sites       int        `json:"sites"`
	Sellers     int        `json:"sellers"`
	Files       int        `json:"files"`
	Widest      int        `json:"widest_bits"`
	Common      bool       `json:"common,omitzero"`
	Flat        bool       `json:"flat,omitzero"`
	Photographs []photoDoc `json:"photographs"`
}

func (a *app) groupPhotos(ctx context.Context, ref string, within int) (out outcome, err error) {
	err = a.withPhotographs(ctx, func(l *review.Library, x *photographs.Index) error {
		groups, err := groupsIn(ctx, l, x, ref, within)
		if err != nil {
			return err
		}
		doc := groupsDoc{Within: within, Hasher: listing.Hasher, Groups: []photoGroupDoc{}, Unread: x.Unread, of: len(x.All)}
		for i, g := range groups {
			doc.Groups = append(doc.Groups, newGroupDoc(i+1, g))
		}
		out = outcome{doc: doc, text: doc.print}
		if x.Unread > 0 {
			out.exit = exitFindings
		}
		return nil
	})
	return out, err
}

// groupsIn returns the groups, with a reference those of a case.
func groupsIn(ctx context.Context, l *review.Library, x *photographs.Index, ref string, within int) ([]photographs.Group, error) {
	groups := x.Groups(within)
	if ref == "" {
		return groups, nil
	}
	c, err := l.Case(ctx, ref)
	if err != nil {
		return nil, about(ref, err)
	}
	return slices.DeleteFunc(groups, func(g photographs.Group) bool { return !g.In(c.Name) }), nil
}

func newGroupDoc(number int, g photographs.Group) photoGroupDoc {
	d := photoGroupDoc{
		Number: number, Captures: g.Captures, Cases: g.Cases, Addresses: g.Addresses, Sites: g.Sites, Sellers: g.Sellers,
		Files: g.Files, Widest: g.Widest, Common: g.Common, Flat: g.Flat(),
	}
	for _, p := range g.Members {
		d.Photographs = append(d.Photographs, newPhotoDoc(p))
	}
	return d
}

// maxNamed is how many photographs of a group are named.
const maxNamed = 12

func (d groupsDoc) print(w io.Writer) {
	if len(d.Groups) == 0 {
		fmt.Fprintf(w, "Of %s none is in two captures\n", count(d.of, "photograph"))
		return
	}
	for _, g := range d.Groups {
		g.print(w)
	}
	fmt.Fprintf(w, "\n%s of %s. Near: at most %d of 64 bits of the perceptual hash differ. Look at them: likeness is no proof.\n",
		count(len(d.Groups), "group"), count(d.of, "photograph"), d.Within)
}

func (g photoGroupDoc) print(w io.Writer) {
	how := fmt.Sprintf("%s, up to %d bits apart", count(g.Files, "different file"), g.Widest)
	if g.Files == 1 {
		how = "the same file"
	}
	fmt.Fprintf(w, "%d  %s at %s, %s on %s, in %s: %s%s\n", g.Number, count(g.Captures, "capture"), countOf(g.Addresses, "address", "addresses"),
		count(g.Sellers, "seller"), count(g.Sites, "site"), count(g.Cases, "case"), how, g.marks())
	var names []string
	for _, p := range g.Photographs[:min(len(g.Photographs), maxNamed)] {
		names = append(names, p.Name)
	}
	if more := len(g.Photographs) - len(names); more > 0 {
		names = append(names, fmt.Sprintf("and %d more", more))
	}
	io.WriteString(w, wrap(strings.Join(names, "  "), "    ", 2*addressWidth))
}

func (g photoGroupDoc) marks() (out string) {
	if g.Common {
		out += " [common picture, a logo for instance]"
	}
	if g.Flat {
		out += " [flat]"
	}
	return out
}

// countOf is count for a noun with a plural of its own.
func countOf(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
