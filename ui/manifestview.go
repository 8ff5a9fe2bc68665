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
	value   *widget.Label
}

// newGroupsView returns a view and what scrolls it.
func newGroupsView(groups []group) *container.Scroll {
	v := new(groupsView)
	for _, g := range groups {
		v.parts = append(v.parts, newHeading(g.name))
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
	var lines []string
	for i, l := range f.lines {
		if i == rowLimit {
			lines = append(lines, grouped(int64(len(f.lines)-i))+" more, in the raw JSON")
			break
		}
		if s := safe(l, valueLimit, covered); s != "" {
			lines = append(lines, s)
		}
	}
	value := widget.NewLabel(strings.Join(lines, "\n"))
	value.Wrapping = fyne.TextWrapWord
	value.TextStyle.Monospace = f.mono
	return part{name: name, value: value}
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

// placeField returns the height, which a wrapped label knows only once it has
// its width.
func (r *groupsRenderer) placeField(p part, y, width float32) float32 {
	left := min(nameWidth, width/3)
	w := max(width-left, 1)
	p.value.Resize(fyne.NewSize(w, p.value.MinSize().Height))
	h := p.value.MinSize().Height
	p.value.Move(fyne.NewPos(left, y))
	p.value.Resize(fyne.NewSize(w, h))
	p.name.Move(fyne.NewPos(0, y))
	p.name.Resize(fyne.NewSize(left, p.name.MinSize().Height))
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
