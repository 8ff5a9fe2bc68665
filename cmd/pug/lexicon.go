package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"pugmark/evidence"
	"pugmark/lexicon"
	"pugmark/recorder"
)

func lexiconCheckCommand() *command {
	return &command{
		name: "lexicon check", args: "TEXT…|FILE|- [--on DAY]",
		short: "look for words of the trade in a text",
		long: `Looks for the words in which wildlife is sold: those of the program's own lexicon,
and of the lists that were imported into the vault. They are found also when they are
written so that a filter misses them: with other characters between, in letters that
look alike, in traditional or simplified Chinese. Each hit says where it stands and
why it is one. A word within a false friend, such as "vegetable ivory", is shown as
that. A hit is no proof, and many an advert has none.

What is given is a text, or one file, or - for what is piped in. With --on only the
words are looked for that are known in use on that day.

    pug lexicon check "象☆牙 手串, not i-v-o-r-y"
    pug lexicon check description.txt`,
		minArgs: 1, maxArgs: -1, usesVault: true,
		setup: func(flags *flag.FlagSet) action {
			var on day
			flags.Var(&on, "on", "the `day` that counts, such as 2026-11-29")
			return func(ctx context.Context, a *app, args []string) (outcome, error) {
				return a.checkWords(ctx, args, on.Time)
			}
		},
	}
}

// day is a flag that takes a day.
type day struct{ time.Time }

// String implements [flag.Value].
func (d *day) String() string {
	if d.IsZero() {
		return ""
	}
	return d.Format(time.DateOnly)
}

// Set implements [flag.Value].
func (d *day) Set(s string) (err error) {
	if d.Time, err = time.Parse(time.DateOnly, s); err != nil {
		return fmt.Errorf("want a day such as 2026-11-29")
	}
	return nil
}

// maxCheckedText bounds a text that is checked.
const maxCheckedText = 64 << 20

// checkedText returns the text that the arguments are or name.
func (a *app) checkedText(args []string) (string, error) {
	if len(args) == 1 {
		if fi, err := os.Stat(args[0]); args[0] == "-" || err == nil && !fi.IsDir() {
			b, err := a.readUserFile(args[0], maxCheckedText)
			return string(b), err
		}
	}
	return strings.Join(args, " "), nil
}

// lexiconDoc describes a lexicon that was used.
type lexiconDoc struct {
	Name    string         `json:"name"`
	Version string         `json:"version"`
	SHA256  lexicon.Digest `json:"sha256"`
	Entries int            `json:"entries"`
}

func lexiconDocs(of []*lexicon.Lexicon) (out []lexiconDoc) {
	for _, l := range of {
		out = append(out, lexiconDoc{l.Name, l.Version, l.Digest, len(l.Entries)})
	}
	return out
}

// hitsDoc is the document of "pug lexicon check".
type hitsDoc struct {
	Lexicons []lexiconDoc  `json:"lexicons"`
	Hits     []lexicon.Hit `json:"hits"`
	text     string
}

func (a *app) checkWords(ctx context.Context, args []string, on time.Time) (out outcome, err error) {
	text, err := a.checkedText(args)
	if err != nil {
		return out, err
	}
	err = a.withReferences(ctx, func(v *evidence.Vault) error {
		all, err := recorder.Lexicons(ctx, v)
		if err != nil {
			return err
		}
		hits := lexicon.NewMatcher(on, all...).Find(text)
		doc := hitsDoc{lexiconDocs(all), append([]lexicon.Hit{}, hits...), text}
		out = outcome{doc: doc, text: doc.print}
		return nil
	})
	return out, err
}

func (d hitsDoc) print(w io.Writer) {
	if len(d.Hits) == 0 {
		fmt.Fprintln(w, "No word of the lexicon is in the text. That says nothing of what is sold.")
		return
	}
	rows := [][]string{{"PLACE", "TEXT", "TERM", "MEANS", "CLASS", "STRENGTH", "WHY"}}
	for _, h := range d.Hits {
		rows = append(rows, hitRow(d.text, h))
	}
	io.WriteString(w, table(rows))
	fmt.Fprintf(w, "%s. PLACE is line and character.\n", count(len(d.Hits), "hit"))
}

func hitRow(text string, h lexicon.Hit) []string {
	why := make([]string, len(h.Why))
	for i, reason := range h.Why {
		why[i] = string(reason)
	}
	if h.Excluded != nil {
		why = append(why, fmt.Sprintf("excluded: within %q, %s", clean(h.Excluded.Term), clean(h.Excluded.Meaning)))
	}
	return []string{
		lineAndRune(text, h.Start), shorten(clean(h.Text), 30), shorten(clean(h.Entry.Term), 30),
		shorten(clean(h.Entry.Meaning), 48), string(h.Entry.Class), string(h.Strength), strings.Join(why, ", "),
	}
}

// lineAndRune says where a byte of a text is: "3:14".
func lineAndRune(text string, at int) string {
	before := text[:at]
	line := strings.LastIndexByte(before, '\n') + 1
	return fmt.Sprintf("%d:%d", strings.Count(before, "\n")+1, len([]rune(before[line:]))+1)
}

func lexiconListCommand() *command {
	return &command{
		name: "lexicon list", args: "[--class CLASS] [--lang LANGUAGE]",
		short: "list the words of the lexicon",
		long: `Lists the entries of the program's own lexicon and of those that were imported into
the vault, each with its source.

    pug lexicon list --lang zh --class product`,
		usesVault: true,
		setup: func(flags *flag.FlagSet) action {
			class := flags.String("class", "", "only this `class`: species, product, behaviour or excluded")
			lang := flags.String("lang", "", "only this `language`, such as zh or pt")
			return func(ctx context.Context, a *app, _ []string) (outcome, error) {
				return a.listWords(ctx, lexicon.Class(*class), *lang)
			}
		},
	}
}

// wordsDoc is the document of "pug lexicon list".
type wordsDoc struct {
	Lexicons []lexiconDoc `json:"lexicons"`
	Entries  []wordDoc    `json:"entries"`
}

// wordDoc is an entry with its lexicon.
type wordDoc struct {
	Lexicon string `json:"lexicon"`
	*lexicon.Entry
}

func (a *app) listWords(ctx context.Context, class lexicon.Class, lang string) (out outcome, err error) {
	if class != "" && !slices.Contains(lexicon.Classes, class) {
		return out, tell("usage", fmt.Sprintf("There is no class %q.", class), "It is one of species, product, behaviour and excluded.")
	}
	err = a.withReferences(ctx, func(v *evidence.Vault) error {
		all, err := recorder.Lexicons(ctx, v)
		doc := wordsDoc{Lexicons: lexiconDocs(all)}
		for _, l := range all {
			for i := range l.Entries {
				if e := &l.Entries[i]; (class == "" || e.Class == class) && (lang == "" || e.Speaks(lang)) {
					doc.Entries = append(doc.Entries, wordDoc{l.Name, e})
				}
			}
		}
		out = outcome{doc: doc, text: doc.print}
		return err
	})
	return out, err
}

func (d wordsDoc) print(w io.Writer) {
	for _, l := range d.Lexicons {
		fmt.Fprintf(w, "%s, version %s: %s\n", clean(l.Name), clean(l.Version), countEntries(l.Entries))
	}
	rows := [][]string{{"LANGUAGE", "TERM", "CLASS", "STRENGTH", "USE", "MEANS", "SOURCE"}}
	for _, e := range d.Entries {
		rows = append(rows, []string{
			strings.Join(e.Langs, " "), shorten(clean(e.Term), 40), string(e.Class), string(e.Strength), useText(e.Covert),
			shorten(clean(e.Meaning), 48), shorten(clean(e.Source), 60),
		})
	}
	io.WriteString(w, table(rows))
}

func useText(covert bool) string {
	if covert {
		return "covert"
	}
	return "overt"
}

func lexiconImportCommand() *command {
	return &command{
		name: "lexicon import", args: "FILE.csv [--name NAME]",
		short: "add words of your own",
		long: `Adds a list of words of your own to the vault: a CSV file, as a spreadsheet saves it,
of which docs/lexicon.md describes the columns. It is checked, kept byte for byte
under its SHA-256, and the custody log tells of it. A file of the same name takes the
place of the older one, which is kept.

    pug lexicon import unit-words.csv`,
		minArgs: 1, maxArgs: 1, usesVault: true,
		setup: func(flags *flag.FlagSet) action {
			name := flags.String("name", "", "what the list is `called`; else what the file says, else the file's name")
			return func(ctx context.Context, a *app, args []string) (outcome, error) {
				return a.importWords(ctx, args[0], *name)
			}
		},
	}
}

func (a *app) importWords(ctx context.Context, path, name string) (outcome, error) {
	b, err := a.readUserFile(path, lexicon.MaxBytes)
	if err != nil {
		return outcome{}, err
	}
	l, err := lexicon.Read(bytes.NewReader(b))
	if err != nil {
		return outcome{}, badTable(path, "lexicon", err)
	}
	if name == "" {
		name = l.Name
	}
	if name == "" {
		name = tableName(path)
	}
	return a.importTable(ctx, evidence.Reference{
		Kind: evidence.LexiconReference, Name: name, Version: l.Version, Entries: len(l.Entries), File: path,
	}, b)
}
