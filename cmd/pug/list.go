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
		long:      "Lists the captures of the vault, or of one case, in the order in which they were\nsealed.",
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
	// Pending names those that wait for a timestamp, if an authority is asked.
	Pending []string `json:"pending_timestamps,omitempty"`
}

func (a *app) listCaptures(ctx context.Context, ref string) (out outcome, err error) {
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
		out = outcome{doc: doc, text: doc.print}
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
	if len(d.Pending) == 0 {
		return
	}
	fmt.Fprintf(w, "\nWithout a timestamp yet, which \"pug timestamp\" asks for:\n%s", wrap(strings.Join(d.Pending, " "), "  ", 2*addressWidth))
}

// Widths of columns that can be long, in columns of a terminal.
const (
	titleWidth   = 36
	addressWidth = 60
)

func printCaptures(w io.Writer, captures []evidence.Capture) {
	if len(captures) == 0 {
		fmt.Fprintln(w, `There is no capture yet. "pug capture" makes one.`)
		return
	}
	rows := [][]string{{"CAPTURE", "VERDICT", "SEALED", "SIZE", "TITLE", "ADDRESS"}}
	for _, c := range captures {
		rows = append(rows, []string{c.Name(), string(c.Verdict), localTime(c.Sealed), sizeText(c.Bytes),
			shorten(clean(c.Title), titleWidth), shorten(clean(c.Requested), addressWidth)})
	}
	io.WriteString(w, table(rows))
}
