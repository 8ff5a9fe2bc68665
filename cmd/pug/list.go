package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/google/uuid"

	"pugmark/evidence"
)

func listCommand() *command {
	return &command{
		name: "list", args: "[--case REF]",
		short:     "list the captures",
		long:      "Lists the captures of the vault, or of one case, in the order in which they were\nsealed. Those of imported bundles are listed apart; such a bundle takes the place of\na case with its name, such as OP-1@1a2b3c4d.",
		usesVault: true,
		setup: func(flags *flag.FlagSet) action {
			ref := flags.String("case", "", "only those of the case `REF`")
			return func(ctx context.Context, a *app, _ []string) (outcome, error) { return a.listCaptures(ctx, *ref) }
		},
	}
}

// capturesDoc is the document of "pug list".
type capturesDoc struct {
	Captures []evidence.Capture `json:"captures"`
	// Imported are those of bundles of other vaults.
	Imported []importedCapture `json:"imported,omitempty"`
	// Pending names those that wait for a timestamp, if an authority is asked.
	Pending []string `json:"pending_timestamps,omitempty"`
}

func (a *app) listCaptures(ctx context.Context, ref string) (out outcome, err error) {
	if isImportName(ref) {
		return a.listImport(ctx, ref)
	}
	err = a.withVault(ctx, func(v *evidence.Vault) error {
		captures, err := v.Captures(ctx, ref)
		if err != nil {
			return about(ref, err)
		}
		doc := capturesDoc{Captures: captures}
		stamped, err := v.Stamped(ctx)
		if err != nil {
			return err
		}
		authorities, err := v.Authorities(ctx)
		if len(authorities) > 0 {
			doc.notePending(stamped)
		}
		if err == nil && ref == "" {
			doc.Imported, err = a.importedCaptures(ctx, v)
		}
		out = outcome{doc: doc, text: doc.print}
		return err
	})
	return out, err
}

// listImport lists the captures of an imported bundle.
func (a *app) listImport(ctx context.Context, name string) (out outcome, err error) {
	err = a.withVault(ctx, func(v *evidence.Vault) error {
		i, err := v.Imported(ctx, name)
		if err != nil {
			return about(name, err)
		}
		found, err := capturesIn(ctx, i)
		out = outcome{doc: capturesDoc{Imported: found}, text: func(w io.Writer) {
			fmt.Fprintf(w, "%s\n", importedHead)
			printImported(w, found)
		}}
		return err
	})
	return out, err
}

// notePending notes which captures wait for a timestamp.
func (d *capturesDoc) notePending(stamped map[uuid.UUID]bool) {
	for _, c := range d.Captures {
		if !stamped[c.ID] {
			d.Pending = append(d.Pending, c.Name())
		}
	}
}

func (d capturesDoc) print(w io.Writer) {
	printCaptures(w, d.Captures)
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

func printCaptures(w io.Writer, captures []evidence.Capture) {
	if len(captures) == 0 {
		fmt.Fprintln(w, `There is no capture yet. "pug capture" makes one.`)
		return
	}
	rows := [][]string{captureHead}
	for _, c := range captures {
		rows = append(rows, []string{c.Name(), string(c.Verdict), localTime(c.Sealed), sizeText(c.Bytes),
			shorten(clean(c.Title), titleWidth), shorten(clean(c.Requested), addressWidth)})
	}
	io.WriteString(w, table(rows))
}
