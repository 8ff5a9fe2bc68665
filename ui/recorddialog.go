package ui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"pugmark/assessment"
	"pugmark/capture/listing"
	"pugmark/evidence"
	"pugmark/lexicon"
	"pugmark/taxa"
)

// recordForm is the form of a listing record.
type recordForm struct {
	record  assessment.Record
	entries []*recordEntry
}

// recordEntry is where a field is entered.
type recordEntry struct {
	field     assessment.Field
	entry     *widget.Entry
	object    fyne.CanvasObject // the entry, or what it is part of
	was       string            // what it showed at first
	suggested string
}

func newRecordForm(r assessment.Record, suggested []assessment.Suggestion) *recordForm {
	f := &recordForm{record: r}
	for _, x := range assessment.Fields() {
		e := &recordEntry{field: x, was: fieldText(x, r.Value(x.Name))}
		for _, s := range suggested {
			if s.Field == x.Name && e.was == "" {
				e.suggested = fieldText(x, s.Value)
			}
		}
		e.make()
		f.entries = append(f.entries, e)
	}
	return f
}

// make makes the entry. One that takes certain values also offers them.
func (e *recordEntry) make() {
	if options := fieldOptions(e.field); len(options) > 0 {
		s := widget.NewSelectEntry(options)
		e.entry, e.object = &s.Entry, s
	} else {
		e.entry = widget.NewEntry()
		e.object = e.entry
	}
	e.entry.SetText(e.was)
	e.entry.SetPlaceHolder(fieldHint(e.field))
	if e.suggested != "" {
		e.entry.SetPlaceHolder(trf("The page suggests: %s", safe(e.suggested, valueLimit, covered)))
	}
}

// object lays the form out in two columns.
func (f *recordForm) object() fyne.CanvasObject {
	half := (len(f.entries) + 1) / 2
	left, right := widget.NewForm(), widget.NewForm()
	for i, e := range f.entries {
		to := left
		if i >= half {
			to = right
		}
		to.Append(fieldLabel(e.field), e.object)
	}
	columns := container.NewGridWithColumns(2, left, right)
	fill := widget.NewButton(tr("Fill in what the page suggests"), f.fill)
	for _, e := range f.entries {
		if e.suggested != "" {
			return container.NewVBox(columns, container.NewHBox(fill))
		}
	}
	return columns
}

// fill enters what the page suggests where nothing was entered.
func (f *recordForm) fill() {
	for _, e := range f.entries {
		if e.suggested != "" && e.entry.Text == "" {
			e.entry.SetText(e.suggested)
		}
	}
}

// changes returns what was entered, and the annotations of the fields that were emptied.
func (f *recordForm) changes() (add, withdraw []evidence.Annotation, bad *problem) {
	for _, e := range f.entries {
		switch text := strings.TrimSpace(e.entry.Text); {
		case text == e.was:
		case text == "":
			for _, x := range f.record.Entries {
				if x.Field.Name == e.field.Name {
					withdraw = append(withdraw, x.Annotation)
				}
			}
		default:
			value, err := e.field.Parse(enteredValue(e.field, text))
			if err != nil {
				return nil, nil, &problem{trf("“%s” can’t be entered as: %s", text, fieldLabel(e.field)), fieldHint(e.field)}
			}
			add = append(add, evidence.Annotation{Kind: evidence.Assessment, Name: e.field.Name, Text: value})
		}
	}
	if len(add)+len(withdraw) == 0 {
		return nil, nil, &problem{tr("Nothing was changed."), ""}
	}
	return add, withdraw, nil
}

// askRecord enters what a person concludes of a listing.
func (w *Window) askRecord() {
	w.withAdditions(func(x *session, s subject, added additions) {
		words := lexicon.NewMatcher(s.capture.Started, lexicon.Own())
		page := assessment.Suggest(&listing.Listing{Facts: added.facts}, words)
		r := newRecordForm(assessment.Of(added.annotations), page)
		f := w.newForm(trf("Listing record of %s", s.capture.Name()), tr("Keep"), widget.NewFormItem("", r.object()))
		f.first = r.entries[0].entry
		for _, e := range r.entries {
			f.submitting(e.entry)
		}
		f.do = func() {
			add, withdraw, bad := r.changes()
			if bad != nil {
				f.refuse(*bad)
				return
			}
			w.touch()
			run(f, tr("Writing into the log…"),
				func(ctx context.Context, _ *job) (bool, error) { return true, x.assess(ctx, s.capture, add, withdraw) },
				func(bool) { w.detail.annotated() })
		}
		f.show(fyne.NewSize(980, 560))
	})
}

// assess changes the listing record of a capture.
func (x *session) assess(ctx context.Context, c evidence.Capture, add, withdraw []evidence.Annotation) error {
	for _, a := range add {
		if _, err := x.vault.Annotate(ctx, c, a); err != nil {
			return err
		}
	}
	for _, a := range withdraw {
		if err := x.vault.Withdraw(ctx, c, a.ID, ""); err != nil {
			return err
		}
	}
	return nil
}

// recordGroup shows the listing record of a capture as it stands.
func recordGroup(c evidence.Capture, all []evidence.Annotation) group {
	r := assessment.Of(all)
	g := group{name: tr("Listing record: what people conclude")}
	for _, e := range r.Entries {
		g.add(fieldLabel(e.Field), fieldText(e.Field, e.Annotation.Text))
		row := &g.rows[len(g.rows)-1]
		row.notes = []string{by(e.Annotation.Actor, localTime(e.Annotation.Time))}
		if e.Field.Name == assessment.Taxon {
			for _, a := range r.InForce(c.Started, taxa.Own()) {
				g.rows = append(g.rows, appendixField(a))
			}
		}
	}
	for _, o := range r.Outcomes {
		g.rows = append(g.rows, outcomeRow(o))
	}
	return g
}

func outcomeRow(o assessment.Event) field {
	row := field{name: tr("Became of it"), lines: []string{choiceText(o.What)}}
	if rest := strings.Split(o.String(), "\n")[1:]; len(rest) > 0 {
		row.lines = append(row.lines, rest...)
	}
	row.notes = []string{by(o.Entered.Actor, localTime(o.Entered.Time))}
	return row
}

// appendixField says in which Appendix a taxon was on a day, and how far that was verified.
func appendixField(a taxa.Answer) field {
	row := field{name: trf("CITES Appendix on %s", string(a.Day))}
	if a.Status == taxa.Unknown {
		row.lines = []string{tr("Unknown: the table does not have it, which says nothing of its listing.")}
		return row
	}
	for _, l := range a.Listings {
		text := string(l.Appendix)
		if l.Appendix == taxa.NotListed {
			text = tr("in no Appendix")
		}
		if len(l.Countries) > 0 {
			text += " (" + strings.Join(l.Countries, ", ") + ")"
		}
		row.lines = append(row.lines, text)
		if l.Annotation != "" {
			row.notes = append(row.notes, l.Annotation)
		}
	}
	if a.Country != "" {
		row.notes = append(row.notes, tr("Claimed origin")+": "+a.Country)
	}
	switch {
	case a.Verified:
		row.notes = append(row.notes, trf("Held against a text of the Appendices up to %s.", string(a.Checked)))
	case a.Checked != "":
		row.notes = append(row.notes, trf("Not verified: held against a text up to %s only; later changes may be missing.", string(a.Checked)))
	default:
		row.notes = append(row.notes, tr("Not verified: held against no text of the Appendices."))
	}
	return row
}
