package ui

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"pugmark/review/compare"
)

// comparedGroups shows in what two captures differ, but for texts and pictures.
func comparedGroups(c *compare.Comparison) (out []group) {
	facts, same := group{name: tr("Facts that differ")}, group{name: tr("Facts that are the same")}
	for _, f := range c.Facts {
		g := &facts
		if f.Change == compare.Unchanged {
			g = &same
		}
		g.rows = append(g.rows, factRow(f))
	}
	for _, g := range []group{
		facts, differenceGroup(tr("What the server answered"), c.Response), differenceGroup(tr("How they were captured"), c.Conditions),
		photographGroup(c.Photographs), unreadGroup(c), same,
	} {
		if len(g.rows) > 0 {
			out = append(out, g.limited())
		}
	}
	if len(out) == 0 {
		g := group{name: tr("Facts that differ")}
		g.rows = append(g.rows, field{name: "", lines: []string{tr("None")}})
		out = append(out, g)
	}
	return out
}

// factRow shows what has become of a fact, and what people say of it.
func factRow(f compare.Fact) field {
	row := field{name: factText(string(f.Name)), lines: sides(f.A, f.B)}
	if f.Change == compare.Unchanged {
		row.lines = []string{f.A}
	}
	note := func(side string, all []compare.Correction) {
		for _, c := range all {
			row.notes = append(row.notes, side+": "+trf("a person says: %s", c.Value)+" · "+by(c.Actor, localTime(c.Time)))
		}
	}
	note("A", f.CorrectedA)
	note("B", f.CorrectedB)
	return row
}

// sides shows what a value is on either side.
func sides(a, b string) []string { return []string{"A: " + orNone(a), "B: " + orNone(b)} }

func orNone(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

// differenceNames are what the fields of a difference are called, but for capitals.
var differenceNames = []string{
	"Address", "Final address", "Canonical address", "Redirects", "Status", "Title", "Language", "Media type", "Protocol", "Served by",
	"Certificate", "Certificate valid", "Verdict", "Problems", "Viewport", "Pixel ratio", "Mobile", "Browser", "User agent", "System",
	"Locale", "Time zone", "Proxy", "Tool", "Rules of facts",
}

func differenceName(field string) string {
	i := slices.IndexFunc(differenceNames, func(n string) bool { return strings.EqualFold(n, field) })
	if i < 0 {
		return field
	}
	return tr(differenceNames[i])
}

func differenceGroup(name string, all []compare.Difference) group {
	g := group{name: name}
	for _, d := range all {
		g.rows = append(g.rows, field{name: differenceName(d.Field), lines: sides(d.A, d.B)})
	}
	return g
}

func photographGroup(p *compare.Photographs) group {
	g := group{name: tr("Photographs")}
	if p == nil {
		return g
	}
	alike := 0
	for _, s := range p.Same {
		if s.Match == compare.ByHash {
			alike++
		}
	}
	g.add("The same", trf("%d, of which %d only look alike", len(p.Same), alike))
	for _, x := range p.Added {
		g.add("Only in B", x.Address)
	}
	for _, x := range p.Removed {
		g.add("Only in A", x.Address)
	}
	return g
}

func unreadGroup(c *compare.Comparison) group {
	g := group{name: tr("Not compared")}
	names := map[compare.Part]string{compare.FactsPart: tr("Facts"), compare.TextPart: tr("Text"), compare.PicturePart: tr("Pictures")}
	for _, u := range c.Unread {
		row := field{name: tr(names[u.Part]), lines: []string{u.Why}}
		if u.Bad {
			row.tone = widget.DangerImportance
		}
		g.rows = append(g.rows, row)
	}
	return g
}

// diffColumns is how long a row of a text is.
const diffColumns = 110

// newDiffView shows in what two texts differ.
func newDiffView(t *compare.Text) fyne.CanvasObject {
	var rows []compare.Line
	for i, h := range t.Hunks {
		if i > 0 {
			rows = append(rows, compare.Line{})
		}
		if h.Before != "" {
			rows = append(rows, chunked(compare.Line{Change: compare.Unchanged, Spans: []compare.Span{{Change: compare.Unchanged, Text: h.Before}}})...)
		}
		for _, l := range h.Lines {
			rows = append(rows, chunked(l)...)
		}
	}
	removed, added := t.Changed()
	head := trf("lines of text: %s removed, %s added", grouped(int64(removed)), grouped(int64(added)))
	if t.Cut {
		head += " · " + tr("only the beginnings were compared")
	}
	if len(rows) == 0 {
		return notice{heading: tr("The texts say the same")}.object()
	}
	list := newPickList(newDiffRow, func(compare.Line) {})
	list.set(rows)
	return container.NewBorder(tabHead(head), nil, nil, nil, list.framed())
}

// chunked cuts a line into rows.
func chunked(l compare.Line) (rows []compare.Line) {
	row, room := compare.Line{Change: l.Change}, diffColumns
	for _, s := range l.Spans {
		text := []rune(s.Text)
		for len(text) > 0 {
			if room == 0 {
				rows = append(rows, row)
				row, room = compare.Line{Change: l.Change}, diffColumns
			}
			n := min(room, len(text))
			row.Spans = append(row.Spans, compare.Span{Change: s.Change, Text: string(text[:n])})
			text, room = text[n:], room-n
		}
	}
	return append(rows, row)
}

// diffRow shows a line: what is only in A struck through the colour of an error, what
// is only in B in that of success, and each by a sign too.
type diffRow struct {
	tappable
	text *widget.RichText
}

func newDiffRow() row[compare.Line] {
	r := &diffRow{text: widget.NewRichText()}
	r.text.Truncation = fyne.TextTruncateClip
	r.ExtendBaseWidget(r)
	return r
}

// Signs of what differs.
var diffSigns = map[compare.Change]string{compare.Removed: "− ", compare.Added: "+ ", compare.Changed: "~ ", compare.Unchanged: "   "}

func (r *diffRow) set(l compare.Line) {
	r.text.Segments = []widget.RichTextSegment{diffSegment(diffSigns[l.Change], l.Change)}
	for _, s := range l.Spans {
		text := spaced(s.Text)
		switch {
		case l.Change != compare.Changed || s.Change == compare.Unchanged:
		case s.Change == compare.Removed:
			text = "[−" + text + "]"
		default:
			text = "[+" + text + "]"
		}
		r.text.Segments = append(r.text.Segments, diffSegment(text, s.Change))
	}
	r.text.Refresh()
}

func diffSegment(text string, c compare.Change) *widget.TextSegment {
	style := widget.RichTextStyleInline
	switch c {
	case compare.Removed:
		style.ColorName, style.TextStyle.Bold = theme.ColorNameError, true
	case compare.Added:
		style.ColorName, style.TextStyle.Bold = theme.ColorNameSuccess, true
	}
	return &widget.TextSegment{Style: style, Text: text}
}

// CreateRenderer implements [fyne.Widget].
func (r *diffRow) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(r.text) }

// eventNames are what the events of a timeline are called.
var eventNames = map[compare.EventKind]string{
	compare.FirstSeen: "First seen", compare.NoChange: "Unchanged", compare.PriceChanged: "Price changed",
	compare.TitleChanged: "Title changed", compare.SellerChanged: "Seller changed", compare.AvailabilityChanged: "Availability changed",
	compare.PhotographsChanged: "Photographs changed", compare.TextChanged: "Text changed", compare.ListingRemoved: "Removed",
	compare.Relisted: "Relisted", compare.PossiblyRelisted: "Possibly relisted", compare.Inconclusive: "Inconclusive",
}

// newHistoryView shows the timeline of a listing.
func newHistoryView(t *compare.Timeline) fyne.CanvasObject {
	head := trf("%s of this listing, of %s that were looked at", count(t.Captures, "capture"), grouped(int64(t.Looked)))
	if n := len(t.Unread); n > 0 {
		head += " · " + trf("%s could not be read, or not as sealed", count(n, "capture"))
	}
	list := newPickList(newEventRow, func(compare.Event) {})
	list.set(t.Events)
	return container.NewBorder(tabHead(head), nil, nil, nil, list.framed())
}

// eventRow shows an event.
type eventRow struct {
	tappable
	what, why *SafeLabel
}

func newEventRow() row[compare.Event] {
	r := &eventRow{what: NewSafeLabel(""), why: newMuted("")}
	small(r.why)
	r.ExtendBaseWidget(r)
	return r
}

func (r *eventRow) set(e compare.Event) {
	text := localTime(e.Capture.Started) + " · " + tr(eventNames[e.Kind])
	if e.A != "" || e.B != "" {
		text += ": " + orNone(e.A) + " → " + orNone(e.B)
	}
	r.what.TextStyle.Bold = e.Kind != compare.NoChange
	r.what.SetText(text)
	why := e.Capture.Name
	if e.Kind == compare.PossiblyRelisted {
		why += " · " + e.Capture.Address
	}
	if e.Why != "" {
		why += " · " + e.Why
	}
	r.why.SetText(why)
}

// CreateRenderer implements [fyne.Widget].
func (r *eventRow) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.New(tightColumn{}, r.what, r.why))
}
