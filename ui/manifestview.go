package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// groupsView shows groups of fields: names in a column, values beside it, in as
// many lines as they need.
type groupsView struct {
	widget.BaseWidget
	scroll *container.Scroll
	parts  []part
	height float32 // of all parts, in the present width
}

// part is a heading, or a field with its name.
type part struct {
	heading *widget.Label // nil for a field
	line    *canvas.Rectangle
	name    *widget.Label
	value   *flowLabel
	notes   *flowLabel     // nil without any
	copy    *widget.Button // nil without one
}

// newGroupsView returns a view and what scrolls it.
func newGroupsView(groups []group) *container.Scroll {
	v := new(groupsView)
	for _, g := range groups {
		v.parts = append(v.parts, newHeading(tr(g.name)))
		for _, f := range g.rows {
			v.parts = append(v.parts, newField(f))
		}
	}
	v.ExtendBaseWidget(v)
	v.scroll = container.NewVScroll(v)
	return v.scroll
}

func newHeading(text string) part {
	l := widget.NewLabel(text)
	l.TextStyle.Bold = true
	l.Importance = widget.HighImportance
	return part{heading: l, line: canvas.NewRectangle(nil)}
}

func newField(f field) part {
	name := widget.NewLabel(safe(f.name, lineLimit, covered))
	name.Importance = widget.LowImportance
	name.Truncation = fyne.TextTruncateEllipsis
	p := part{name: name, value: newFlowLabel(safeLines(f.lines))}
	p.value.TextStyle.Monospace = f.mono
	p.value.Importance = f.tone
	if len(f.notes) > 0 {
		p.notes = newFlowLabel(safeLines(f.notes))
		p.notes.Importance = widget.LowImportance
		p.notes.SizeName = theme.SizeNameCaptionText
	}
	if f.copy != "" {
		p.copy = newCopyButton(func() string { return f.copy })
	}
	return p
}

// newCopyButton returns a button that copies a text.
func newCopyButton(text func() string) *widget.Button {
	b := widget.NewButtonWithIcon("", theme.ContentCopyIcon(), func() { copyText(text()) })
	b.Importance = widget.LowImportance
	return b
}

// safeLines returns lines that may come from evidence as one text.
func safeLines(in []string) string {
	var lines []string
	for i, l := range in {
		if i == rowLimit {
			lines = append(lines, trf("%s more, in the raw JSON", grouped(int64(len(in)-i))))
			break
		}
		if s := safe(l, valueLimit, covered); s != "" {
			lines = append(lines, s)
		}
	}
	return strings.Join(lines, "\n")
}

// Resize lays the parts out for a width, and lets the scroll know when that
// changed the height.
func (v *groupsView) Resize(size fyne.Size) {
	before := v.height
	v.BaseWidget.Resize(size)
	if v.height != before {
		v.scroll.Refresh()
	}
}

// CreateRenderer implements [fyne.Widget].
func (v *groupsView) CreateRenderer() fyne.WidgetRenderer {
	r := &groupsRenderer{view: v}
	for _, p := range v.parts {
		if p.heading != nil {
			r.objects = append(r.objects, p.line, p.heading)
		} else {
			r.objects = append(r.objects, p.name, p.value)
		}
		if p.notes != nil {
			r.objects = append(r.objects, p.notes)
		}
		if p.copy != nil {
			r.objects = append(r.objects, p.copy)
		}
	}
	r.colour()
	return r
}

// groupsRenderer lays a [groupsView] out.
type groupsRenderer struct {
	view    *groupsView
	objects []fyne.CanvasObject
}

// Measures of the layout.
const (
	nameWidth = 150
	groupGap  = 10
	lineSpace = -8 // between fields: labels bring their own padding
	noteSpace = -12
)

// Layout implements [fyne.WidgetRenderer].
func (r *groupsRenderer) Layout(size fyne.Size) {
	y := float32(0)
	for i, p := range r.view.parts {
		if p.heading != nil {
			if i > 0 {
				y += groupGap
			}
			y += r.placeHeading(p, y, size.Width)
		} else {
			y += r.placeField(p, y, size.Width) + lineSpace
		}
	}
	r.view.height = y + groupGap
}

func (r *groupsRenderer) placeHeading(p part, y, width float32) float32 {
	h := p.heading.MinSize().Height
	p.heading.Move(fyne.NewPos(0, y))
	p.heading.Resize(fyne.NewSize(width, h))
	pad := theme.Size(theme.SizeNameInnerPadding)
	p.line.Move(fyne.NewPos(pad, y+h-4))
	p.line.Resize(fyne.NewSize(max(width-2*pad, 0), 1))
	return h - 2
}

// placeField returns the height.
func (r *groupsRenderer) placeField(p part, y, width float32) float32 {
	left := min(nameWidth, width/3)
	w := max(width-left, 1)
	if p.copy != nil {
		size := p.copy.MinSize()
		w = max(w-size.Width, 1)
		p.copy.Move(fyne.NewPos(left+w, y))
		p.copy.Resize(size)
	}
	h := placeWrapped(p.value, fyne.NewPos(left, y), w)
	if p.notes != nil {
		h += noteSpace
		h += placeWrapped(p.notes, fyne.NewPos(left, y+h), w)
	}
	p.name.Move(fyne.NewPos(0, y))
	p.name.Resize(fyne.NewSize(left, p.name.MinSize().Height))
	return h
}

// placeWrapped returns the height of a label that knows it once it has its
// width.
func placeWrapped(l fyne.CanvasObject, at fyne.Position, width float32) float32 {
	l.Resize(fyne.NewSize(width, l.MinSize().Height))
	h := l.MinSize().Height
	l.Move(at)
	l.Resize(fyne.NewSize(width, h))
	return h
}

// MinSize implements [fyne.WidgetRenderer].
func (r *groupsRenderer) MinSize() fyne.Size { return fyne.NewSize(0, r.view.height) }

// Objects implements [fyne.WidgetRenderer].
func (r *groupsRenderer) Objects() []fyne.CanvasObject { return r.objects }

// Destroy implements [fyne.WidgetRenderer].
func (r *groupsRenderer) Destroy() {}

// Refresh implements [fyne.WidgetRenderer].
func (r *groupsRenderer) Refresh() {
	r.colour()
	r.Layout(r.view.Size())
	canvas.Refresh(r.view)
}

func (r *groupsRenderer) colour() {
	for _, p := range r.view.parts {
		if p.line != nil {
			p.line.FillColor = theme.Color(theme.ColorNameSeparator)
		}
	}
}
