package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"strconv"

	"pugmark/evidence"
	"pugmark/review"
)

func caseNewCommand() *command {
	return &command{
		name: "case new", args: "REF --title TITLE [--authority BASIS] [--purpose PURPOSE]",
		short: "open a case",
		long: `Opens a case. Its reference names it everywhere, also as a folder: letters,
digits, dots, dashes and underscores. The legal basis and the purpose are
written into every capture of the case.

    pug case new OP-2031 --title "Ivory bangles, coastal sellers" \
        --authority "Warrant 118/26" --purpose "Identify the sellers"`,
		minArgs: 1, maxArgs: 1, usesVault: true,
		setup: func(flags *flag.FlagSet) action {
			var c evidence.Case
			flags.StringVar(&c.Title, "title", "", "`title` of the case")
			flags.StringVar(&c.Authority, "authority", "", "legal `basis` of the investigation")
			flags.StringVar(&c.Purpose, "purpose", "", "what the investigation is `for`")
			return func(ctx context.Context, a *app, args []string) (outcome, error) {
				c.Ref = args[0]
				return a.newCase(ctx, c)
			}
		},
	}
}

func (a *app) newCase(ctx context.Context, c evidence.Case) (out outcome, err error) {
	if err := evidence.CheckRef(c.Ref); err != nil {
		return out, tell("usage", fmt.Sprintf("%q can't be the reference of a case.", c.Ref),
			"Use up to 64 letters (A to Z), digits, dots, dashes and underscores, with no dot at either end.")
	}
	if c.Title == "" {
		return out, tell("usage", "A case needs a title.", fmt.Sprintf(`For example: pug case new %s --title "Ivory bangles"`, c.Ref))
	}
	err = a.withWritableVault(ctx, func(v *evidence.Vault) error {
		if err := v.NewCase(ctx, c); err != nil {
			return about(c.Ref, err)
		}
		c, err := v.Case(ctx, c.Ref)
		out = outcome{doc: c, text: func(w io.Writer) {
			fmt.Fprintf(w, "Case %s is open: %s\nNext: pug capture ADDRESS --case %s\n", c.Ref, clean(c.Title), c.Ref)
		}}
		return err
	})
	return out, err
}

func caseListCommand() *command {
	return &command{
		name: "case list", short: "list the cases", long: "Lists the cases of the vault, in the order in which they were opened.",
		usesVault: true,
		setup: func(*flag.FlagSet) action {
			return func(ctx context.Context, a *app, _ []string) (outcome, error) { return a.listCases(ctx) }
		},
	}
}

// casesDoc is the document of "pug case list".
type casesDoc struct {
	Cases []evidence.Case `json:"cases"`
	// Imported are bundles of other vaults.
	Imported []evidence.Import `json:"imported,omitempty"`
}

func (a *app) listCases(ctx context.Context) (out outcome, err error) {
	err = a.withVault(ctx, func(v *evidence.Vault) error {
		cases, err := v.Cases(ctx)
		if err != nil {
			return err
		}
		imported, err := v.Imports(ctx)
		doc := casesDoc{cases, imported}
		out = outcome{doc: doc, text: doc.print}
		return err
	})
	return out, err
}

func (d casesDoc) print(w io.Writer) {
	if len(d.Cases) > 0 {
		printCases(w, d.Cases)
	} else {
		fmt.Fprintln(w, `There is no case yet. "pug case new" opens one.`)
	}
	if len(d.Imported) > 0 {
		fmt.Fprintf(w, "\n%s\n", importedHead)
		printImports(w, d.Imported)
	}
}

func printImports(w io.Writer, imported []evidence.Import) {
	rows := [][]string{{"CASE", "CAPTURES", "IMPORTED", "VERIFIED THEN", "FILE"}}
	for _, i := range imported {
		rows = append(rows, []string{i.Name, strconv.Itoa(i.Captures), localTime(i.Imported), string(i.Outcome), shorten(clean(i.File), addressWidth)})
	}
	io.WriteString(w, table(rows))
}

func printCases(w io.Writer, cases []evidence.Case) {
	rows := [][]string{{"CASE", "STATE", "CAPTURES", "OPENED", "TITLE"}}
	for _, c := range cases {
		rows = append(rows, []string{c.Ref, caseState(c), strconv.Itoa(c.Captures), localTime(c.Opened), clean(c.Title)})
	}
	io.WriteString(w, table(rows))
}

func caseState(c evidence.Case) string {
	if c.Closed != nil {
		return "closed"
	}
	return "open"
}

func caseShowCommand() *command {
	return &command{
		name: "case show", args: "REF",
		short: "show a case and its captures", long: "Shows a case and lists its captures.",
		minArgs: 1, maxArgs: 1, usesVault: true,
		setup: func(*flag.FlagSet) action {
			return func(ctx context.Context, a *app, args []string) (outcome, error) { return a.showCase(ctx, args[0]) }
		},
	}
}

// caseDoc is the document of "pug case show".
type caseDoc struct {
	Case     evidence.Case      `json:"case"`
	Captures []evidence.Capture `json:"captures"`
}

func (a *app) showCase(ctx context.Context, ref string) (out outcome, err error) {
	err = a.withLibrary(ctx, func(l *review.Library) error {
		c, err := readCase(ctx, l, ref)
		switch {
		case err != nil:
			return err
		case c.Imported != nil:
			doc := importDoc{*c.Imported, importedIn(c)}
			out = outcome{doc: doc, text: doc.print}
		default:
			doc := caseDoc{c.Case, recordsOf(c)}
			out = outcome{doc: doc, text: doc.print}
		}
		return nil
	})
	return out, err
}

func (d caseDoc) print(w io.Writer) {
	c := d.Case
	fmt.Fprintf(w, "Case %s: %s\n", c.Ref, clean(c.Title))
	closed := ""
	if c.Closed != nil {
		closed = bothTimes(*c.Closed)
	}
	printFields(w, []field{
		{"legal basis", clean(c.Authority)},
		{"purpose", clean(c.Purpose)},
		{"opened", bothTimes(c.Opened)},
		{"closed", closed},
		{"captures", strconv.Itoa(len(d.Captures))},
	})
	if len(d.Captures) > 0 {
		fmt.Fprintln(w)
		printCaptures(w, d.Captures, nil)
	}
}

func caseCloseCommand() *command {
	return &command{
		name: "case close", args: "REF [--reason REASON]",
		short: "close a case",
		long: `Closes a case. What it holds stays, and can be shown, verified and exported;
nothing more is captured for it. A closed case can't be opened again.

    pug case close OP-2031 --reason "Handed over to the prosecutor"`,
		minArgs: 1, maxArgs: 1, usesVault: true,
		setup: func(flags *flag.FlagSet) action {
			reason := flags.String("reason", "", "`why` it is closed, for the log")
			return func(ctx context.Context, a *app, args []string) (outcome, error) {
				return a.closeCase(ctx, args[0], *reason)
			}
		},
	}
}

func (a *app) closeCase(ctx context.Context, ref, reason string) (out outcome, err error) {
	err = a.withWritableVault(ctx, func(v *evidence.Vault) error {
		if err := v.CloseCase(ctx, ref, reason); err != nil {
			return about(ref, err)
		}
		c, err := v.Case(ctx, ref)
		out = outcome{doc: c, text: func(w io.Writer) {
			fmt.Fprintf(w, "Case %s is closed, with %s.\n", c.Ref, count(c.Captures, "capture"))
		}}
		return err
	})
	return out, err
}
