package main

import (
	"context"
	"flag"
	"fmt"
	"io"

	"pugmark/evidence"
)

func vaultRebuildCommand() *command {
	return &command{
		name: "vault rebuild", short: "make the vault's index again",
		long: `Makes the index of cases and captures again, and the one that "pug search" uses,
from the custody log and the captures' folders, which it changes nothing of. That
mends an index that was damaged or altered ("pug verify" calls that index-differs).
What the log and the folders themselves lost it can't bring back: "pug verify" says
what that is.`,
		usesVault: true,
		setup: func(*flag.FlagSet) action {
			return func(ctx context.Context, a *app, _ []string) (outcome, error) { return a.rebuild(ctx) }
		},
	}
}

// rebuiltDoc is the document of "pug vault rebuild".
type rebuiltDoc struct {
	Vault    string `json:"vault"` // its folder
	Cases    int    `json:"cases"`
	Captures int    `json:"captures"`
}

func (a *app) rebuild(ctx context.Context) (out outcome, err error) {
	err = a.withWritableVault(ctx, func(v *evidence.Vault) error {
		a.step("Reading the log and the captures' folders")
		if err := v.Rebuild(ctx); err != nil {
			return about(v.Dir(), err)
		}
		a.step("Making the search index")
		err := v.RebuildSearch(ctx, func(done, total int64) { a.tick("Reading captures: %d of %d", done, total) })
		if err != nil {
			return about(v.Dir(), err)
		}
		cases, err := v.Cases(ctx)
		if err != nil {
			return err
		}
		captures, err := v.Captures(ctx, "")
		doc := rebuiltDoc{v.Dir(), len(cases), len(captures)}
		out = outcome{doc: doc, text: func(w io.Writer) {
			fmt.Fprintf(w, "The index is made again: %s, %s\n", count(doc.Cases, "case"), count(doc.Captures, "capture"))
		}}
		return err
	})
	return out, err
}
