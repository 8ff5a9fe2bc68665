package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"pugmark/assessment"
	"pugmark/capture/listing"
	"pugmark/evidence"
	"pugmark/lexicon"
	"pugmark/recorder"
)

func assessCommand() *command {
	return &command{
		name: "assess", args: "CAPTURE [FIELD=VALUE… [--on TIME]] | CAPTURE --clear FIELD [--reason R]",
		short: "keep the listing record of a capture: what you conclude",
		long: `Enters what you conclude of a listing, beside what its page says: the listing record.
A later value of a field takes the place of the earlier one, which stays in the custody
log. Nothing in the capture changes, and no passphrase is needed. With the capture alone
it shows the record, and what the page suggests for the fields that are empty; you decide.

The CITES Appendix of the taxon is shown as it was in force on the day of the capture,
with the day up to which that is verified. It is not part of what you enter.

    pug assess OP-2031/1
    pug assess OP-2031/1 taxon="Loxodonta africana" basis=photograph confidence=probable
    pug assess OP-2031/1 specimen=TUS quantity=2 unit=no weight="4.1 kg" treatment=raw
    pug assess OP-2031/1 outcome=removed --on 2026-12-03
    pug assess OP-2031/1 --clear weight --reason "Of another listing"

The fields:

` + fieldHelp(),
		minArgs: 1, maxArgs: -1, usesVault: true,
		setup: func(flags *flag.FlagSet) action {
			var fields list
			var on moment
			flags.Var(&fields, "clear", "empty the `FIELD`; of several outcomes, take back the one entered last. Can be given several times")
			reason := flags.String("reason", "", "`why` it is emptied, for the log")
			flags.Var(&on, "on", "`when` an outcome was, such as 2026-12-03 or 2026-12-03T10:30:00Z; else now")
			return func(ctx context.Context, a *app, args []string) (outcome, error) {
				switch {
				case len(fields) > 0 && len(args) == 1 && on.At.IsZero():
					return a.clearFields(ctx, args[0], fields, *reason)
				case len(fields) > 0 || *reason != "":
					return outcome{}, tell("usage", "Give either values of fields, or --clear with a field and its reason.", `"pug help assess" shows how it is used.`)
				case len(args) == 1:
					return a.showRecord(ctx, args[0])
				}
				all, err := assessments(args[1:], on)
				if err != nil {
					return outcome{}, err
				}
				return a.annotate(ctx, args[0], all...)
			}
		},
	}
}

// fieldHelp lists the fields with what they hold.
func fieldHelp() string {
	var b strings.Builder
	for _, f := range assessment.Fields() {
		fmt.Fprintf(&b, "    %-16s  %s\n", f.Name, f.Help)
		if len(f.Values) > 0 {
			fmt.Fprintf(&b, "    %-16s  %s\n", "", strings.Join(f.Values, ", "))
		}
	}
	b.WriteString("\n\"pug taxa codes\" lists the codes of CITES.")
	return b.String()
}

// moment is a flag that takes a day or a time.
type moment struct {
	At  time.Time
	Day bool // only the day is known
}

// String implements [flag.Value].
func (m *moment) String() string { return assessment.Outcome{At: m.At, Day: m.Day}.String() }

// Set implements [flag.Value].
func (m *moment) Set(s string) (err error) {
	if m.At, err = time.Parse(time.DateOnly, s); err == nil {
		m.Day = true
	} else if m.At, err = time.Parse(time.RFC3339, s); err != nil {
		return fmt.Errorf("want a day such as 2026-12-03, or a time such as 2026-12-03T10:30:00Z")
	}
	// In the zone furthest to the east the day has begun 14 hours ahead of UTC.
	if m.At.After(time.Now().Add(14 * time.Hour)) {
		return fmt.Errorf("want a time that has passed")
	}
	return nil
}

// assessments reads fields with their values.
func assessments(args []string, on moment) (all []evidence.Annotation, err error) {
	dated := false
	for _, arg := range args {
		name, value, ok := strings.Cut(arg, "=")
		f, err := fieldOf(name)
		if err != nil {
			return nil, err
		}
		if !ok || strings.TrimSpace(value) == "" {
			return nil, tell("usage", fmt.Sprintf("%q says no value.", clean(arg)), fmt.Sprintf("Give one, as in %s=…, or empty the field with --clear %s.", f.Name, f.Name))
		}
		if value, err = f.Parse(value); err != nil {
			return nil, badField(f, err)
		}
		if f.Kind == assessment.OutcomeKind && !on.At.IsZero() {
			o, _ := assessment.ParseOutcome(value) // as Parse returns it
			o.At, o.Day, dated = on.At, on.Day, true
			value = o.String()
		}
		all = append(all, evidence.Annotation{Kind: evidence.Assessment, Name: f.Name, Text: value})
	}
	if !dated && !on.At.IsZero() {
		return nil, tell("usage", "--on is the time of an outcome, and none is given.", "For example: outcome=removed --on 2026-12-03")
	}
	return all, nil
}

// fieldOf returns the field of a name, in which a blank may stand for "_".
func fieldOf(name string) (assessment.Field, error) {
	f, ok := assessment.Find(strings.ReplaceAll(strings.ToLower(strings.TrimSpace(name)), " ", "_"))
	if ok {
		return f, nil
	}
	var names []string
	for _, f := range assessment.Fields() {
		names = append(names, f.Name)
	}
	hint := `"pug help assess" lists the fields.`
	if near := nearest(name, names); near != "" {
		hint = fmt.Sprintf("Did you mean %q? ", near) + hint
	}
	return f, tell("usage", fmt.Sprintf("The listing record has no field %q.", clean(name)), hint)
}

func badField(f assessment.Field, err error) error {
	hint := `"pug help assess" lists the fields with what they hold.`
	switch f.Kind {
	case assessment.Code:
		hint = fmt.Sprintf("\"pug taxa codes %s\" lists them.", f.Codes)
	case assessment.TaxonName:
		hint = `"pug taxa find" finds it by a common name in any language.`
	}
	return tell("usage", sentence(clean(err.Error()))+".", hint)
}

// clearFields takes back what fields hold.
func (a *app) clearFields(ctx context.Context, name string, fields []string, reason string) (outcome, error) {
	return a.withCapture(ctx, name, "had withdrawn", func(v *evidence.Vault, c evidence.Capture) (out []evidence.Annotation, err error) {
		all, err := v.Annotations(ctx, c)
		if err != nil {
			return nil, err
		}
		var clear []evidence.Annotation
		for _, name := range fields {
			f, err := fieldOf(name)
			if err != nil {
				return nil, err
			}
			x, ok := lastOf(all, f.Name)
			if !ok {
				return nil, tell("empty", fmt.Sprintf("The field %q of %s is empty.", f.Name, c.Name()), fmt.Sprintf("\"pug assess %s\" shows the record.", c.Name()))
			}
			clear = append(clear, x)
		}
		for _, x := range clear {
			if err := v.Withdraw(ctx, c, x.ID, reason); err != nil {
				return out, about(c.Name(), err)
			}
			out = append(out, x)
		}
		return out, nil
	})
}

// lastOf returns the assessment that --clear of a field takes back: the one that
// stands, or of outcomes the one entered last.
func lastOf(all []evidence.Annotation, field string) (last evidence.Annotation, ok bool) {
	if field != assessment.OutcomeField {
		last, ok = evidence.AssessedOf(all)[field]
		return last, ok
	}
	for _, e := range assessment.Outcomes(all) {
		if e.Entered.Seq > last.Seq {
			last, ok = e.Entered, true
		}
	}
	return last, ok
}

// assessDoc is the document of "pug assess" without values.
type assessDoc struct {
	Capture string    `json:"capture"`
	Record  recordDoc `json:"record"`
	// Suggestions are for fields that are empty.
	Suggestions []assessment.Suggestion `json:"suggestions"`
	listing     *listing.Listing
	listingErr  error
}

func (a *app) showRecord(ctx context.Context, name string) (out outcome, err error) {
	err = a.withVault(ctx, func(v *evidence.Vault) error {
		c, err := v.Capture(ctx, name)
		if err != nil {
			return about(name, err)
		}
		d := assessDoc{Capture: c.Name()}
		if err := d.read(ctx, v, c); err != nil {
			return err
		}
		out = outcome{doc: d, text: d.print}
		return nil
	})
	return out, err
}

func (d *assessDoc) read(ctx context.Context, v *evidence.Vault, c evidence.Capture) error {
	all, err := v.Annotations(ctx, c)
	if err != nil {
		return err
	}
	if d.Record, err = readRecord(ctx, v, c, all); err != nil {
		return err
	}
	m, err := c.Manifest()
	if err != nil {
		return damaged(c, err)
	}
	d.listing, d.listingErr = readListing(os.DirFS(c.Dir), m)
	words, err := recorder.Lexicons(ctx, v)
	if err != nil {
		return err
	}
	d.Suggestions = []assessment.Suggestion{}
	for _, s := range assessment.Suggest(d.listing, lexicon.NewMatcher(c.Started, words...)) {
		if d.Record.of.Value(s.Field) == "" {
			d.Suggestions = append(d.Suggestions, s)
		}
	}
	return nil
}

func (d assessDoc) print(w io.Writer) {
	fmt.Fprintf(w, "Capture %s\n", d.Capture)
	if d.Record.of.Empty() {
		fmt.Fprintln(w, "\nNothing is in its listing record yet.")
	}
	d.Record.print(w)
	printListing(w, showDoc{listing: d.listing, listingErr: d.listingErr})
	var fields []field
	for _, s := range d.Suggestions {
		fields = append(fields, field{s.Field + "=" + quoted(s.Value), "(" + clean(s.Why) + ")"})
	}
	printSection(w, "What that suggests for empty fields; you decide", fields)
}

// quoted writes a value so that it can be typed.
func quoted(s string) string {
	if s = clean(s); strings.ContainsAny(s, " \"'$`\\&|;()<>*?#~!") {
		return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
	}
	return s
}

func reportedCommand() *command {
	return &command{
		name: "reported", args: "CAPTURE --by WHO --how HOW [--reference REF] [--on TIME]",
		short: "note that a listing was reported to its platform",
		long: `Enters into the listing record that the listing was reported to its platform: who
reported it, how, under which reference, and when. What the platform did is entered as
a further outcome, such as outcome=removed; "pug assess" shows the time between.
It is an entry of the custody log, and needs no passphrase.

    pug reported OP-2031/1 --by "A. Rao" --how "web form" --reference 8841-22
    pug assess OP-2031/1 outcome=removed --on 2026-12-03`,
		minArgs: 1, maxArgs: 1, usesVault: true,
		setup: func(flags *flag.FlagSet) action {
			o := assessment.Outcome{What: assessment.Reported}
			var on moment
			flags.StringVar(&o.By, "by", "", "`who` reported it")
			flags.StringVar(&o.How, "how", "", "`how` it was reported: web form, e-mail, hotline")
			flags.StringVar(&o.Reference, "reference", "", "the platform's `number` for the report")
			flags.Var(&on, "on", "`when` it was, such as 2026-12-03 or 2026-12-03T10:30:00Z; else now")
			return func(ctx context.Context, a *app, args []string) (outcome, error) {
				if strings.TrimSpace(o.By) == "" || strings.TrimSpace(o.How) == "" {
					return outcome{}, tell("usage", "Say who reported the listing, and how.", fmt.Sprintf("For example: pug reported %s --by \"A. Rao\" --how \"web form\"", clean(args[0])))
				}
				o.At, o.Day = on.At, on.Day
				f, _ := assessment.Find(assessment.OutcomeField)
				text, err := f.Parse(o.String())
				if err != nil {
					return outcome{}, tell("usage", "Who, how and reference are one line each.", `"pug help reported" shows how it is used.`)
				}
				return a.annotate(ctx, args[0], evidence.Annotation{Kind: evidence.Assessment, Name: f.Name, Text: text})
			}
		},
	}
}
