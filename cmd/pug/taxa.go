package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"pugmark/evidence"
	"pugmark/taxa"
)

// tables returns the tables of species that the vault has, which may be nil, the
// newest first, and the program's own.
func tables(ctx context.Context, v *evidence.Vault) (out []*taxa.Table, err error) {
	if v != nil {
		kept, err := v.References(ctx, evidence.TaxaReference)
		if err != nil {
			return nil, err
		}
		for _, r := range slices.Backward(kept) {
			t, err := readTable(v, r)
			if err != nil {
				return nil, err
			}
			out = append(out, t)
		}
	}
	return append(out, taxa.Own()), nil
}

func readTable(v *evidence.Vault, r evidence.Reference) (*taxa.Table, error) {
	asOf, err := time.Parse(time.DateOnly, r.Version)
	if err != nil {
		return nil, err
	}
	b, err := v.ReadReference(r)
	if err != nil {
		return nil, err
	}
	t, err := taxa.ReadSpeciesPlus(b, asOf)
	if err == nil {
		t.Name = r.Name
	}
	return t, err
}

func taxaFindCommand() *command {
	return &command{
		name: "taxa find", args: "WORDS…",
		short: "find a species by its name in any language",
		long: `Finds species by what they are called: scientific names, synonyms and common names in
many languages, in the program's own table of species that are traded much, and in the
Species+ download of the vault, if there is one.

    pug taxa find 穿山甲
    pug taxa find star tortoise`,
		minArgs: 1, maxArgs: -1, usesVault: true,
		setup: func(*flag.FlagSet) action {
			return func(ctx context.Context, a *app, args []string) (outcome, error) {
				return a.findTaxa(ctx, strings.Join(args, " "))
			}
		},
	}
}

// foundTaxaDoc is the document of "pug taxa find".
type foundTaxaDoc struct {
	Taxa []foundTaxon `json:"taxa"`
}

type foundTaxon struct {
	Table string `json:"table"`
	taxa.Match
}

func (a *app) findTaxa(ctx context.Context, words string) (out outcome, err error) {
	err = a.withReferences(ctx, func(v *evidence.Vault) error {
		all, err := tables(ctx, v)
		doc := foundTaxaDoc{Taxa: []foundTaxon{}}
		for _, t := range all {
			for _, m := range t.Find(words) {
				doc.Taxa = append(doc.Taxa, foundTaxon{t.Name, m})
			}
		}
		out = outcome{doc: doc, text: doc.print}
		return err
	})
	return out, err
}

func (d foundTaxaDoc) print(w io.Writer) {
	if len(d.Taxa) == 0 {
		fmt.Fprintln(w, "No species of that name is in the table. That says nothing of its listing.")
		return
	}
	rows := [][]string{{"NAME", "RANK", "GROUP", "CALLED", "TABLE"}}
	for _, x := range d.Taxa {
		rows = append(rows, []string{clean(x.Name), clean(x.Rank), clean(x.Group), shorten(clean(x.called()), 60), clean(x.Table)})
	}
	io.WriteString(w, table(rows))
}

// called returns the name that was found, and the first in English.
func (x foundTaxon) called() string {
	for _, c := range x.Common {
		if c.Lang == "en" && c.Name != x.Found {
			return strings.TrimPrefix(x.Found+", "+c.Name, x.Name+", ")
		}
	}
	return x.Found
}

func taxaShowCommand() *command {
	return &command{
		name: "taxa show", args: "NAME [--date DAY] [--country CC]",
		short: "show in which CITES Appendix a species is on a day",
		long: `Shows a species and in which CITES Appendix it is in force on a day, today if none is
given. Where populations are listed differently, give the country as two letters.
Each listing says up to when it was held against which text; after that day it is
not verified. What the table doesn't have is unknown.

    pug taxa show "Loxodonta africana" --date 2016-05-01 --country BW
    pug taxa show pangolin`,
		minArgs: 1, maxArgs: -1, usesVault: true,
		setup: func(flags *flag.FlagSet) action {
			var on day
			flags.Var(&on, "date", "the `day` that counts, such as 2026-11-29; else today")
			country := flags.String("country", "", "the `country` of the population: two letters, as in ZA")
			return func(ctx context.Context, a *app, args []string) (outcome, error) {
				if on.IsZero() {
					on.Time = time.Now()
				}
				return a.showTaxon(ctx, strings.Join(args, " "), *country, on.Time)
			}
		},
	}
}

// taxonDoc is the document of "pug taxa show".
type taxonDoc struct {
	Taxon   *taxa.Taxon    `json:"taxon"`
	Answers []taxa.Answer  `json:"answers"` // of each table that has the taxon
	History []taxa.Listing `json:"history"` // of the program's own table
}

var twoLetters = regexp.MustCompile(`^[A-Za-z]{2}$`)

func (a *app) showTaxon(ctx context.Context, name, country string, on time.Time) (out outcome, err error) {
	if country != "" && !twoLetters.MatchString(country) {
		return out, tell("usage", fmt.Sprintf("%q is no country.", country), "Give its two letters, such as ZA or CN.")
	}
	err = a.withReferences(ctx, func(v *evidence.Vault) error {
		all, err := tables(ctx, v)
		if err != nil {
			return err
		}
		if name, err = scientific(all, name); err != nil {
			return err
		}
		var doc taxonDoc
		for _, t := range all {
			if answer := t.InForce(name, country, on); answer.Taxon != nil {
				doc.Answers = append(doc.Answers, answer)
				doc.Taxon = answer.Taxon // the program's own comes last
			}
		}
		doc.History = append([]taxa.Listing{}, taxa.Own().History(taxa.Own().Lookup(name))...)
		out = outcome{doc: doc, text: doc.print}
		return nil
	})
	return out, err
}

// scientific returns the name of the one taxon that a name stands for.
func scientific(all []*taxa.Table, name string) (string, error) {
	var near []string
	for _, t := range all {
		if x := t.Lookup(name); x != nil {
			return x.Name, nil
		}
		for _, m := range t.Find(name) {
			if !slices.Contains(near, m.Name) {
				near = append(near, m.Name)
			}
		}
	}
	switch {
	case len(near) == 0:
		return "", tell("no_taxon", fmt.Sprintf("The table has no species %q. That says nothing of its listing.", name),
			`Look in the Appendices themselves, or import a download from Species+: pug help taxa import`)
	case len(near) > 1:
		return "", tell("ambiguous", fmt.Sprintf("%q is said of several: %s.", name, strings.Join(near[:min(len(near), 8)], ", ")),
			fmt.Sprintf("Give the scientific name; \"pug taxa find %s\" lists them.", name))
	}
	return near[0], nil
}

func (d taxonDoc) print(w io.Writer) {
	fmt.Fprintln(w, d.Taxon.Name)
	var common []string
	for _, c := range d.Taxon.Common {
		common = append(common, fmt.Sprintf("%s (%s)", clean(c.Name), c.Lang))
	}
	fields := []field{{"rank", d.Taxon.Rank}, {"called", strings.Join(common, ", ")}, {"also", clean(strings.Join(d.Taxon.Synonyms, ", "))}}
	printFields(w, slices.DeleteFunc(fields, func(f field) bool { return f.value == "" }))
	for _, answer := range d.Answers {
		printAnswer(w, answer)
	}
}

func printAnswer(w io.Writer, a taxa.Answer) {
	fmt.Fprintf(w, "\nOn %s", a.Day)
	if a.Country != "" {
		fmt.Fprintf(w, ", population of %s", a.Country)
	}
	fmt.Fprintf(w, ", by the table %s: %s%s\n", clean(a.Table), a.Status, verifiedText(a))
	if a.Via != "" {
		fmt.Fprintf(w, "  as one of %s\n", a.Via)
	}
	for _, l := range a.Listings {
		fmt.Fprintf(w, "  %s\n", appendixText(l))
		printFields(w, appendixFields(l))
	}
}

func verifiedText(a taxa.Answer) string {
	switch {
	case a.Verified:
		return ", verified"
	case a.Status == taxa.Unknown:
		return ": " + a.Why
	}
	return ", not verified: " + a.Why
}

func appendixText(l taxa.Listing) string {
	text := "Appendix " + string(l.Appendix)
	if l.Appendix == taxa.NotListed {
		text = "in no Appendix"
	}
	if len(l.Countries) > 0 {
		text += ": " + strings.Join(l.Countries, ", ")
	}
	return text
}

func appendixFields(l taxa.Listing) []field {
	out := []field{{"known from", string(l.From)}}
	for _, f := range []field{
		{"until", string(l.Until)}, {"in force since", string(l.Listed)}, {"limited to", clean(l.Annotation)},
		{"checked up to", string(l.Checked)}, {"text", clean(l.Text)}, {"source", clean(l.Source)},
	} {
		if f.value != "" {
			out = append(out, f)
		}
	}
	return out
}

func taxaImportCommand() *command {
	return &command{
		name: "taxa import", args: "FILE.csv [--as-of DAY] [--name NAME]",
		short: "add your download from Species+",
		long: `Adds your own download of CITES listings from Species+, or of the index of the
Checklist of CITES Species, to the vault. Its terms of use let nobody pass it on, so
that none comes with Pugmark; it never goes into a bundle. The day of the download is
read from the file's name, or given with --as-of: from that day on the answers of
"pug taxa show" come from it too.

    pug taxa import "cites_listings_2026-11-01 09:30_comma_separated.csv"`,
		minArgs: 1, maxArgs: 1, usesVault: true,
		setup: func(flags *flag.FlagSet) action {
			var asOf day
			flags.Var(&asOf, "as-of", "the `day` of the download, such as 2026-11-01")
			name := flags.String("name", "Species+", "what the table is `called`")
			return func(ctx context.Context, a *app, args []string) (outcome, error) {
				return a.importTaxa(ctx, args[0], *name, asOf.Time)
			}
		},
	}
}

var dayInName = regexp.MustCompile(`20\d\d-[01]\d-[0-3]\d`)

func (a *app) importTaxa(ctx context.Context, path, name string, asOf time.Time) (outcome, error) {
	if asOf.IsZero() {
		var err error
		if asOf, err = time.Parse(time.DateOnly, dayInName.FindString(path)); err != nil {
			return outcome{}, tell("usage", fmt.Sprintf("The name of %q doesn't say of which day the download is.", path), "Give it, as in --as-of 2026-11-01")
		}
	}
	b, err := a.readUserFile(path, taxa.MaxBytes)
	if err != nil {
		return outcome{}, err
	}
	t, err := taxa.ReadSpeciesPlus(b, asOf)
	if err != nil {
		return outcome{}, badTable(path, "download from Species+", err)
	}
	return a.importTable(ctx, evidence.Reference{
		Kind: evidence.TaxaReference, Name: name, Version: t.Version, Entries: len(t.Taxa), File: path,
	}, b)
}

func taxaCodesCommand() *command {
	return &command{
		name: "taxa codes", args: "[term|unit|purpose|source]",
		short:   "list the codes of the CITES annual reports",
		long:    "Lists the codes that the CITES annual reports have for specimens, units, the purpose\nof a trade and the source of a specimen.\n\n    pug taxa codes source",
		maxArgs: 1,
		setup: func(*flag.FlagSet) action {
			return func(_ context.Context, _ *app, args []string) (outcome, error) { return listCodes(args) }
		},
	}
}

// codesDoc is the document of "pug taxa codes".
type codesDoc struct {
	Codes []taxa.Code `json:"codes"`
}

func listCodes(args []string) (outcome, error) {
	kinds := []string{"term", "unit", "purpose", "source"}
	if len(args) > 0 {
		if !slices.Contains(kinds, args[0]) {
			return outcome{}, tell("usage", fmt.Sprintf("There are no codes of kind %q.", args[0]), "They are of term, unit, purpose or source.")
		}
		kinds = args
	}
	var doc codesDoc
	for _, k := range kinds {
		doc.Codes = append(doc.Codes, taxa.Codes(k)...)
	}
	return outcome{doc: doc, text: func(w io.Writer) {
		rows := [][]string{{"KIND", "CODE", "MEANS"}}
		for _, c := range doc.Codes {
			rows = append(rows, []string{c.Kind, c.Code, c.Name})
		}
		io.WriteString(w, table(rows))
		fmt.Fprintln(w, "Not read line by line against the guidelines of CITES: compare before you report.")
	}}, nil
}
