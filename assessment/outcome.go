package assessment

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"pugmark/evidence"
)

// Outcome is what became of a listing at a time.
type Outcome struct {
	What      string    `json:"what"`         // reported, removed, seized, no action
	At        time.Time `json:"at,omitzero"`  // in UTC; zero: when it was entered
	Day       bool      `json:"day,omitzero"` // of At only the day is known
	By        string    `json:"by,omitempty"`
	How       string    `json:"how,omitempty"`
	Reference string    `json:"reference,omitempty"`
}

// names are those of an outcome's lines, in their order.
var names = []string{"at", "by", "how", "reference"}

func (o Outcome) values() []string { return []string{o.atText(), o.By, o.How, o.Reference} }

func (o Outcome) atText() string {
	switch {
	case o.At.IsZero():
		return ""
	case o.Day:
		return o.At.UTC().Format(time.DateOnly)
	}
	return o.At.UTC().Format(time.RFC3339Nano)
}

// String returns an outcome as it is kept.
func (o Outcome) String() string {
	lines := []string{o.What}
	for i, v := range o.values() {
		if v = strings.TrimSpace(v); v != "" {
			lines = append(lines, names[i]+": "+v)
		}
	}
	return strings.Join(lines, "\n")
}

// ParseOutcome reads an outcome.
func ParseOutcome(text string) (o Outcome, err error) {
	lines := strings.Split(text, "\n")
	f, _ := Find(OutcomeField)
	if o.What, err = f.parseChoice(lines[0]); err != nil {
		return o, err
	}
	next := 0
	for _, line := range lines[1:] {
		name, value, _ := strings.Cut(line, ": ")
		i := slices.Index(names, name)
		if i < next || value == "" || value != strings.TrimSpace(value) || strings.ContainsFunc(value, unicode.IsControl) {
			return o, fmt.Errorf("got line %q, want one of %s, each once and in this order", line, strings.Join(names, ", "))
		}
		if next = i + 1; i == 0 {
			err = o.setAt(value)
		} else {
			*[]*string{&o.By, &o.How, &o.Reference}[i-1] = value
		}
		if err != nil {
			return o, err
		}
	}
	return o, nil
}

// setAt sets when it happened: a day, or a time in UTC.
func (o *Outcome) setAt(s string) (err error) {
	if o.At, err = time.Parse(time.DateOnly, s); err == nil {
		o.Day = true
	} else {
		o.At, err = time.Parse(time.RFC3339Nano, s)
	}
	if err != nil || o.atText() != s {
		return fmt.Errorf("got time %q, want a day such as 2026-11-29 or a time in UTC such as 2026-11-29T10:00:00Z", s)
	}
	return nil
}

// Event is an outcome with the annotation that states it.
type Event struct {
	Outcome
	Entered evidence.Annotation
}

// Time is when it happened, as far as known: of a day its beginning if the listing was
// reported then, else its end, so that a report precedes a removal of the same day.
func (e Event) Time() time.Time {
	switch {
	case e.At.IsZero():
		return e.Entered.Time
	case e.Day && e.What != Reported:
		return e.At.AddDate(0, 0, 1).Add(-time.Nanosecond)
	}
	return e.At
}

// eventOf reads the outcome of an annotation. One that isn't understood is shown as it is.
func eventOf(a evidence.Annotation) Event {
	o, err := ParseOutcome(a.Text)
	if err != nil {
		o = Outcome{What: a.Text}
	}
	return Event{o, a}
}

// Outcomes returns what became of a listing, the earliest first, from the annotations of
// its capture.
func Outcomes(all []evidence.Annotation) (out []Event) {
	for _, a := range all {
		if a.Kind == evidence.Assessment && a.Name == OutcomeField && a.Withdrawn == nil {
			out = append(out, eventOf(a))
		}
	}
	slices.SortStableFunc(out, func(a, b Event) int {
		return cmp.Or(a.Time().Compare(b.Time()), cmp.Compare(a.Entered.Seq, b.Entered.Seq))
	})
	return out
}

// UntilRemoval returns how long after the first report a listing was removed: whole days
// if of one of the two only the day is known. It reports false for one that wasn't
// reported, or not removed since.
func UntilRemoval(all []Event) (time.Duration, bool) {
	i := slices.IndexFunc(all, func(e Event) bool { return e.What == Reported })
	if i < 0 {
		return 0, false
	}
	n := slices.IndexFunc(all[i:], func(e Event) bool { return e.What == Removed })
	if n < 0 {
		return 0, false
	}
	reported, removed := all[i], all[i+n]
	from, to := reported.Time(), removed.Time()
	if reported.Day || removed.Day {
		const day = 24 * time.Hour
		from, to = from.UTC().Truncate(day), to.UTC().Truncate(day)
	}
	return to.Sub(from), true
}
