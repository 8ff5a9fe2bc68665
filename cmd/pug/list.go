package main

import (
	"context"
	"flag"
	"fmt"
	"io"

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
}

func (a *app) listCaptures(ctx context.Context, ref string) (out outcome, err error) {
	err = a.withVault(ctx, func(v *evidence.Vault) error {
		captures, err := v.Captures(ctx, ref)
		out = outcome{doc: capturesDoc{captures}, text: func(w io.Writer) { printCaptures(w, captures) }}
		return about(ref, err)
	})
	return out, err
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
