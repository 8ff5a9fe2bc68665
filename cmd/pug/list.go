package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/google/uuid"

	"pugmark/evidence"
	"pugmark/review"
)

func listCommand() *command {
	return &command{
		name: "list", args: "[--case REF] [--tag TAG]",
		short:     "list the captures",
		long:      "Lists the captures of the vault, or of one case, in the order in which they were\nsealed. Those of imported bundles are listed apart; such a bundle takes the place of\na case with its name, such as OP-1@1a2b3c4d. With --tag, only those of the vault's own\nwith a tag are listed.",
		usesVault: true, reviews: true,
		setup: func(flags *flag.FlagSet) action {
			ref := flags.String("case", "", "only those of the case `REF`")
			tag := flags.String("tag", "", "only those with the tag `TAG`")
			return func(ctx context.Context, a *app, _ []string) (outcome, error) {
				return a.listCaptures(ctx, *ref, *tag)
			}
		},
	}
}

// capturesDoc is the document of "pug list".
type capturesDoc struct {
	Captures []evidence.Capture `json:"captures"`
	// Tags are those of the captures that have any, by name.
	Tags map[string][]string `json:"tags,omitempty"`
	// Imported are those of bundles of other vaults.
	Imported []importedCapture `json:"imported,omitempty"`
	// Pending names those that wait for a timestamp, if an authority is asked.
	Pending []string `json:"pending_timestamps,omitempty"`
	tag     string   // that all of them have; empty: any
}

func (a *app) listCaptures(ctx context.Context, ref, tag string) (out outcome, err error) {
	err = a.withLibrary(ctx, func(l *review.Library) (err error) {
		var doc capturesDoc
		switch {
		case l.Vault() == nil:
			doc, err = listFile(ctx, l, ref, tag)
		case isImportName(ref):
			out, err = listImport(ctx, l, ref)
			return err
		default:
			doc, err = a.listOwn(ctx, l, ref, tag)
		}
		out = outcome{doc: doc, text: doc.print}
		return err
	})
	return out, err
}

// listOwn lists the captures of a vault.
func (a *app) listOwn(ctx context.Context, l *review.Library, ref, tag string) (doc capturesDoc, err error) {
	v := l.Vault()
	captures, err := v.Captures(ctx, ref)
	if err != nil {
		return doc, about(ref, err)
	}
	tags, err := v.Tags(ctx, ref)
	if err != nil {
		return doc, about(ref, err)
	}
	doc = capturesDoc{Captures: captures, tag: tag}
	doc.noteTags(tags)
	stamped, err := v.Stamped(ctx)
	if err != nil {
		return doc, err
	}
	authorities, err := v.Authorities(ctx)
	if len(authorities) > 0 {
		doc.notePending(stamped)
	}
	if err == nil && ref == "" && tag == "" {
		doc.Imported, err = a.importedCaptures(ctx, l)
	}
	return doc, err
}

// listFile lists the captures of a bundle's file.
func listFile(ctx context.Context, l *review.Library, ref, tag string) (doc capturesDoc, err error) {
	c, err := readCase(ctx, l, ref)
	if err != nil {
		return doc, err
	}
	doc = capturesDoc{Captures: recordsOf(c), tag: tag}
	tags := make(map[uuid.UUID][]string)
	for _, x := range c.Captures {
		tags[x.ID] = x.Tags()
	}
	doc.noteTags(tags)
	return doc, nil
}

// listImport lists the captures of an imported bundle.
func listImport(ctx context.Context, l *review.Library, name string) (out outcome, err error) {
	c, err := readCase(ctx, l, name)
	if err != nil {
		return out, err
	}
	found := importedIn(c)
	return outcome{doc: capturesDoc{Imported: found}, text: func(w io.Writer) {
		fmt.Fprintf(w, "%s\n", importedHead)
		printImported(w, found)
	}}, nil
}

// readCase reads a case; in a bundle's file, for no name, its only one.
func readCase(ctx context.Context, l *review.Library, name string) (*review.Case, error) {
	exact, err := l.CaseName(ctx, name)
	if err != nil {
		return nil, notNamed(l, name, err)
	}
	return l.Case(ctx, exact)
}

// recordsOf returns the records of the captures of a case.
func recordsOf(c *review.Case) []evidence.Capture {
	out := make([]evidence.Capture, len(c.Captures))
	for i, x := range c.Captures {
		out[i] = x.Capture
	}
	return out
}

// notePending notes which captures wait for a timestamp.
func (d *capturesDoc) notePending(stamped map[uuid.UUID]bool) {
	for _, c := range d.Captures {
		if !stamped[c.ID] {
			d.Pending = append(d.Pending, c.Name())
		}
	}
}

// noteTags notes the tags, and leaves off the captures that don't have the one that
// is asked for.
func (d *capturesDoc) noteTags(tags map[uuid.UUID][]string) {
	other := func(c evidence.Capture) bool {
		return !slices.ContainsFunc(tags[c.ID], func(t string) bool { return strings.EqualFold(t, strings.TrimSpace(d.tag)) })
	}
	if d.tag != "" {
		d.Captures = slices.DeleteFunc(d.Captures, other)
	}
	d.Tags = make(map[string][]string)
	for _, c := range d.Captures {
		if len(tags[c.ID]) > 0 {
			d.Tags[c.Name()] = tags[c.ID]
		}
	}
}

func (d capturesDoc) print(w io.Writer) {
	if d.tag != "" && len(d.Captures) == 0 {
		fmt.Fprintf(w, "No capture has the tag %q. \"pug tag\" gives one.\n", clean(d.tag))
		return
	}
	printCaptures(w, d.Captures, d.Tags)
	if len(d.Pending) > 0 {
		fmt.Fprintf(w, "\nWithout a timestamp yet, which \"pug timestamp\" asks for:\n%s", wrap(strings.Join(d.Pending, " "), "  ", 2*addressWidth))
	}
	if len(d.Imported) > 0 {
		fmt.Fprintf(w, "\n%s\n", importedHead)
		printImported(w, d.Imported)
	}
}

// importedHead stands above what was imported.
const importedHead = "Imported for review:"

// Widths of columns that can be long, in columns of a terminal.
const (
	titleWidth   = 36
	addressWidth = 60
)

var captureHead = []string{"CAPTURE", "VERDICT", "SEALED", "SIZE", "TITLE", "ADDRESS"}

// printCaptures lists captures, with their tags, by name, where there are any.
func printCaptures(w io.Writer, captures []evidence.Capture, tags map[string][]string) {
	if len(captures) == 0 {
		fmt.Fprintln(w, `There is no capture yet. "pug capture" makes one.`)
		return
	}
	head := captureHead
	if len(tags) > 0 {
		head = append(slices.Clip(head), "TAGS")
	}
	rows := [][]string{head}
	for _, c := range captures {
		row := []string{c.Name(), string(c.Verdict), localTime(c.Sealed), sizeText(c.Bytes),
			shorten(clean(c.Title), titleWidth), shorten(clean(c.Requested), addressWidth)}
		if len(tags) > 0 {
			row = append(row, shorten(clean(strings.Join(tags[c.Name()], ", ")), addressWidth))
		}
		rows = append(rows, row)
	}
	io.WriteString(w, table(rows))
}
