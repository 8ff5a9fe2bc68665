package report

import (
	"strings"
	"time"

	"pugmark/assessment"
	"pugmark/taxa"
)

// recordRows are the listing record of a capture as it stands, with the Appendix that its
// taxon was in on the day of the capture.
func (m *maker) recordRows(r *record) (out []row) {
	rec := assessment.Of(r.capture.Annotations)
	for _, e := range rec.Entries {
		by := m.w.say("added.by", clean(shortText, e.Annotation.Actor), utc(e.Annotation.Time))
		out = append(out, row{Name: m.w.known("record.", e.Field.Name), Value: m.fieldText(e) + " (" + by + ")"})
		if e.Field.Name == assessment.Taxon {
			for _, a := range rec.InForce(r.capture.Started, taxa.Own()) {
				out = append(out, row{Name: m.w.say("record.appendix"), Value: m.appendixText(a)})
			}
		}
	}
	for _, o := range rec.Outcomes {
		out = append(out, row{Name: m.w.known("record.value.", o.What), Value: m.outcomeText(o)})
	}
	return out
}

// fieldText returns what a field holds, in the words of the report where it has some.
func (m *maker) fieldText(e assessment.Entry) string {
	text := e.Annotation.Text
	switch {
	case e.Field.Kind == assessment.Choice, e.Field.Kind == assessment.Choices, text == assessment.Unknown:
		var parts []string
		for v := range strings.SplitSeq(text, ", ") {
			parts = append(parts, m.w.known("record.value.", v))
		}
		return strings.Join(parts, ", ")
	}
	return clean(longText, e.Text())
}

// appendixText says in which Appendix a taxon was, and how far that was verified.
func (m *maker) appendixText(a taxa.Answer) string {
	if a.Status == taxa.Unknown {
		return m.w.say("record.appendix.unknown", string(a.Day), clean(shortText, a.Table))
	}
	var parts []string
	for _, l := range a.Listings {
		text := string(l.Appendix)
		if l.Appendix == taxa.NotListed {
			text = m.w.say("record.appendix.none")
		}
		if len(l.Countries) > 0 {
			text += " (" + strings.Join(l.Countries, ", ") + ")"
		}
		if l.Annotation != "" {
			text += ", " + clean(someText, l.Annotation)
		}
		parts = append(parts, text)
	}
	if a.Country != "" {
		parts = append(parts, m.w.say("record.appendix.country", a.Country))
	}
	until := m.w.say("record.appendix.unverified")
	switch {
	case a.Verified:
		until = m.w.say("record.appendix.verified", string(a.Checked))
	case a.Checked != "":
		until = m.w.say("record.appendix.outdated", string(a.Checked))
	}
	if a.Status == taxa.Depends {
		until = m.w.say("record.appendix.depends") + " " + until
	}
	return m.w.say("record.appendix.on", strings.Join(parts, "; "), string(a.Day), clean(shortText, a.Table)) + " " + until
}

// outcomeText says when an outcome was, and what is known of it.
func (m *maker) outcomeText(o assessment.Event) string {
	when := utc(o.Time())
	if o.Day {
		when = o.At.Format(time.DateOnly)
	}
	parts := []string{when}
	for _, x := range []struct{ key, value string }{{"record.by", o.By}, {"record.how", o.How}, {"record.reference", o.Reference}} {
		if x.value != "" {
			parts = append(parts, m.w.say(x.key, clean(shortText, x.value)))
		}
	}
	by := m.w.say("added.by", clean(shortText, o.Entered.Actor), utc(o.Entered.Time))
	return strings.Join(parts, "; ") + " (" + by + ")"
}
