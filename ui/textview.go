package ui

import (
	"sort"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// textView shows a text of any length, with marked places: a list, so that only
// what is seen is drawn.
type textView struct {
	widget.List
	lines   []string
	rows    []textRow // the lines, broken to the present width
	columns int
	matches []match // in order
	current int
	ring    *canvas.Rectangle
}

// textRow is a part of a line.
type textRow struct{ line, from, to int }

func newTextView(lines []string) *textView {
	v := &textView{lines: lines, ring: newRing()}
	v.Length = func() int { return len(v.rows) }
	v.CreateItem = func() fyne.CanvasObject { return newMarkedRow() }
	v.UpdateItem = func(i int, o fyne.CanvasObject) { v.update(v.rows[i], o.(*markedRow)) }
	v.HideSeparators = true
	v.ExtendBaseWidget(v)
	return v
}

// Resize breaks the lines for a width.
func (v *textView) Resize(size fyne.Size) {
	room := size.Width - 2*theme.Size(theme.SizeNameInnerPadding) - theme.Size(theme.SizeNameScrollBar)
	if columns := max(int(room/textWidth("M", rowStyle)), 8); columns != v.columns {
		v.columns = columns
		v.rows = v.rows[:0]
		for i, l := range v.lines {
			v.rows = appendRows(v.rows, i, l, columns)
		}
	}
	v.List.Resize(size)
	v.Refresh()
}

// rowStyle is the style of the text.
var rowStyle = fyne.TextStyle{Monospace: true}

func textWidth(s string, style fyne.TextStyle) float32 {
	return fyne.MeasureText(s, theme.Size(theme.SizeNameCaptionText), style).Width
}

// appendRows breaks a line into rows of so many columns, after a space where
// there is one in the second half. East Asian characters take two columns.
func appendRows(rows []textRow, line int, s string, columns int) []textRow {
	from, width, space, spaceWidth := 0, 0, 0, 0
	for i, r := range s {
		w := 1
		if r >= 0x1100 {
			w = 2
		}
		if width+w > columns && i > from {
			end := i
			if spaceWidth > columns/2 {
				end = space
				width -= spaceWidth
			} else {
				width = 0
			}
			rows = append(rows, textRow{line, from, end})
			from, spaceWidth = end, 0
		}
		width += w
		if r == ' ' {
			space, spaceWidth = i+1, width
		}
	}
	return append(rows, textRow{line, from, len(s)})
}

// setMatches replaces the marked places.
func (v *textView) setMatches(all []match) {
	v.matches, v.current = all, 0
	v.Refresh()
}

// choose scrolls to a match and marks it more than the others.
func (v *textView) choose(n int) {
	v.current = n
	m := v.matches[n]
	at := sort.Search(len(v.rows), func(i int) bool {
		r := v.rows[i]
		return r.line > m.line || r.line == m.line && r.to > m.from
	})
	if at < len(v.rows) {
		v.ScrollTo(at)
	}
	v.Refresh()
}

// update shows a row with the marks that are in it.
func (v *textView) update(r textRow, o *markedRow) {
	var marks []span32
	first := sort.Search(len(v.matches), func(i int) bool {
		m := v.matches[i]
		return m.line > r.line || m.line == r.line && m.to > r.from
	})
	line := v.lines[r.line]
	d := directionOf(line)
	for i := first; i < len(v.matches) && len(marks) < maxMarked; i++ {
		m := v.matches[i]
		if m.line != r.line || m.from >= r.to {
			break
		}
		from, to := max(m.from, r.from), min(m.to, r.to)
		for _, p := range places(line[r.from:r.to], d, from-r.from, to-r.from) {
			marks = append(marks, span32{p.from, p.to, i == v.current})
		}
	}
	o.set(visual(line[r.from:r.to], d), marks)
}

// FocusGained shows that keys go to the text.
func (v *textView) FocusGained() { showRing(v.ring, true) }

// FocusLost shows that they don't.
func (v *textView) FocusLost() { showRing(v.ring, false) }

// TypedKey scrolls.
func (v *textView) TypedKey(e *fyne.KeyEvent) {
	page := v.Size().Height * 0.9
	switch e.Name {
	case fyne.KeyUp:
		v.scrollBy(-page / 12)
	case fyne.KeyDown:
		v.scrollBy(page / 12)
	case fyne.KeyPageUp:
		v.scrollBy(-page)
	case fyne.KeyPageDown, fyne.KeySpace:
		v.scrollBy(page)
	case fyne.KeyHome:
		v.ScrollToTop()
	case fyne.KeyEnd:
		v.ScrollToBottom()
	}
}

func (v *textView) scrollBy(dy float32) { v.ScrollToOffset(max(v.GetScrollOffset()+dy, 0)) }

// maxMarked is how many places are marked in a row.
const maxMarked = 40

// span32 is a part of a row.
type span32 struct {
	from, to float32
	current  bool // marked more than others
}

// markedRow is a line of text with marked places.
type markedRow struct {
	widget.BaseWidget
	text  *canvas.Text
	marks []*canvas.Rectangle // behind the text; of the spans, the rest is hidden
	spans []span32
}

func newMarkedRow() *markedRow {
	r := &markedRow{text: canvas.NewText("", nil)}
	r.ExtendBaseWidget(r)
	r.set("", nil)
	return r
}

func (r *markedRow) set(text string, spans []span32) {
	r.text.Text, r.text.TextStyle, r.spans = text, legible(text, rowStyle), spans
	for len(r.marks) < len(spans) {
		r.marks = append(r.marks, canvas.NewRectangle(nil))
	}
	r.Refresh()
}

// CreateRenderer implements [fyne.Widget].
func (r *markedRow) CreateRenderer() fyne.WidgetRenderer { return &markedRenderer{r} }

// markedRenderer draws the marks, and the text over them.
type markedRenderer struct{ row *markedRow }

// Destroy implements [fyne.WidgetRenderer].
func (m *markedRenderer) Destroy() {}

// Layout implements [fyne.WidgetRenderer].
func (m *markedRenderer) Layout(size fyne.Size) {
	pad := theme.Size(theme.SizeNameInnerPadding)
	m.row.text.Move(fyne.NewPos(pad, 0))
	m.row.text.Resize(fyne.NewSize(max(size.Width-pad, 0), size.Height))
	for i, s := range m.row.spans {
		m.row.marks[i].Move(fyne.NewPos(pad+s.from, 0))
		m.row.marks[i].Resize(fyne.NewSize(s.to-s.from, size.Height))
	}
}

// MinSize implements [fyne.WidgetRenderer].
func (m *markedRenderer) MinSize() fyne.Size { return fyne.NewSize(0, m.row.text.MinSize().Height) }

// Objects implements [fyne.WidgetRenderer].
func (m *markedRenderer) Objects() (out []fyne.CanvasObject) {
	for i := range m.row.spans {
		out = append(out, m.row.marks[i])
	}
	return append(out, m.row.text)
}

// Refresh implements [fyne.WidgetRenderer].
func (m *markedRenderer) Refresh() {
	m.row.text.Color = theme.Color(theme.ColorNameForeground)
	m.row.text.TextSize = theme.Size(theme.SizeNameCaptionText)
	for i, s := range m.row.spans {
		mark := m.row.marks[i]
		mark.FillColor, mark.StrokeColor, mark.StrokeWidth = theme.Color(theme.ColorNameSelection), nil, 0
		if s.current {
			mark.StrokeColor, mark.StrokeWidth = theme.Color(theme.ColorNamePrimary), 2
		}
	}
	m.Layout(m.row.Size())
	canvas.Refresh(m.row)
}

// extent is a part of the width of a row.
type extent struct{ from, to float32 }

// places returns where a part of a row is seen. In a row with text from right to
// left that may be in several places.
func places(row string, d direction, from, to int) (out []extent) {
	style := legible(row, rowStyle)
	if !mixed(row) {
		left := textWidth(row[:from], style)
		return []extent{{left, left + textWidth(row[from:to], style)}}
	}
	var left float32
	for _, run := range visualRuns(row, d) {
		width := textWidth(shownRun(row[run.from:run.to], run.level), style)
		if a, b := max(from, run.from), min(to, run.to); a < b {
			begin, end := textWidth(row[run.from:a], style), textWidth(row[run.from:b], style)
			if run.level == 1 {
				begin, end = width-end, width-begin
			}
			out = append(out, extent{left + begin, left + end})
		}
		left += width
	}
	return out
}
