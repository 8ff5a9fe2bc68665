package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"

	"pugmark/assessment"
	"pugmark/evidence"
	"pugmark/taxa"
)

// recordDoc is the listing record as a document.
type recordDoc struct {
	Fields   []recordField   `json:"fields"`
	Outcomes []recordOutcome `json:"outcomes"` // the earliest first
	// UntilRemoval is in seconds from the first report to the removal; whole days if of
	// one of them only the day is known.
	UntilRemoval *int64 `json:"until_removal,omitempty"`
	// Appendix says in which CITES Appendix the taxon was on the day of the capture.
	Appendix []taxa.Answer `json:"appendix"`
	of       assessment.Record
}

type recordField struct {
	Name   string    `json:"name"`
	Value  string    `json:"value"`
	Actor  string    `json:"actor"`
	Time   time.Time `json:"time"`
	ID     uuid.UUID `json:"id"`
	shown  string
	titled string
}

type recordOutcome struct {
	assessment.Outcome
	Actor   string    `json:"actor"`
	Entered time.Time `json:"entered"`
	ID      uuid.UUID `json:"id"`
	time    time.Time
}

// readRecord reads the listing record of a capture. The vault, for its tables of
// species, may be nil.
func readRecord(ctx context.Context, v *evidence.Vault, c evidence.Capture, all []evidence.Annotation) (recordDoc, error) {
	d := recordDoc{of: assessment.Of(all), Fields: []recordField{}, Outcomes: []recordOutcome{}, Appendix: []taxa.Answer{}}
	for _, e := range d.of.Entries {
		a := e.Annotation
		d.Fields = append(d.Fields, recordField{e.Field.Name, a.Text, a.Actor, a.Time, a.ID, e.Text(), e.Field.Label})
	}
	for _, o := range d.of.Outcomes {
		d.Outcomes = append(d.Outcomes, recordOutcome{o.Outcome, o.Entered.Actor, o.Entered.Time, o.Entered.ID, o.Time()})
	}
	if until, ok := assessment.UntilRemoval(d.of.Outcomes); ok {
		seconds := int64(until / time.Second)
		d.UntilRemoval = &seconds
	}
	if d.of.Value(assessment.Taxon) == "" {
		return d, nil
	}
	have, err := tables(ctx, v)
	d.Appendix = append(d.Appendix, d.of.InForce(c.Started, have...)...)
	return d, err
}

// print shows the record, apart from what the page says.
func (d recordDoc) print(w io.Writer) {
	var fields []field
	for _, f := range d.Fields {
		fields = append(fields, field{f.titled, fmt.Sprintf("%s  [%s, %s]", clean(f.shown), clean(f.Actor), localTime(f.Time))})
	}
	printSection(w, "Listing record: what people conclude", fields)
	for _, a := range d.Appendix {
		printAnswer(w, a)
	}
	var became []field
	for _, o := range d.Outcomes {
		became = append(became, field{clean(o.What), o.text()})
	}
	if d.UntilRemoval != nil {
		became = append(became, field{"until removal", spanText(time.Duration(*d.UntilRemoval) * time.Second)})
	}
	printSection(w, "What became of the listing", became)
}

// text says when an outcome was, and what is known of it.
func (o recordOutcome) text() string {
	s := localTime(o.time)
	if o.Day {
		s = o.At.Format(time.DateOnly)
	}
	for _, x := range []field{{"by", o.By}, {"how:", o.How}, {"reference:", o.Reference}} {
		if x.value != "" {
			s += ", " + x.name + " " + clean(x.value)
		}
	}
	return s + fmt.Sprintf("  [%s, %s; %s]", clean(o.Actor), localTime(o.Entered), shortID(o.ID.String()))
}

// spanText writes a span in days, or in hours and minutes if it is short.
func spanText(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d >= 2*day, d == day:
		return count(int(d/day), "day")
	case d >= time.Hour:
		return count(int(d/time.Hour), "hour")
	}
	return count(int(d/time.Minute), "minute")
}
