package ui

import (
	"image"
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
)

// regionColour marks the regions of a picture.
const regionColour = theme.ColorNameWarning

// region is a rectangle of the picture that a person marked.
type region struct {
	place image.Rectangle
	label string // a number
}

// regionFrame shows a region.
type regionFrame struct {
	frame, plate *canvas.Rectangle
	label        *canvas.Text
}

func newRegionFrame(r region) *regionFrame {
	f := &regionFrame{frame: canvas.NewRectangle(color.Transparent), plate: canvas.NewRectangle(nil), label: canvas.NewText(r.label, nil)}
	f.frame.StrokeWidth = 2
	f.label.TextStyle.Bold = true
	f.colour()
	return f
}

// colour takes the colours from the theme.
func (f *regionFrame) colour() {
	f.frame.StrokeColor = theme.Color(regionColour)
	f.plate.FillColor = theme.Color(regionColour)
	f.label.Color = theme.Color(theme.ColorNameForegroundOnWarning)
	f.label.TextSize = theme.Size(theme.SizeNameCaptionText)
}

// place puts the frame, and its label on the upper left corner, or left of it if it
// would cover what is in the frame.
func (f *regionFrame) place(at fyne.Position, size fyne.Size) {
	f.frame.Move(at)
	f.frame.Resize(size)
	text := f.label.MinSize()
	if size.Width < 3*text.Width || size.Height < 2*text.Height {
		at = at.SubtractXY(text.Width+8, 0)
	}
	f.plate.Move(at)
	f.plate.Resize(text.AddWidthHeight(8, 0))
	f.label.Move(at.AddXY(4, 0))
	f.label.Resize(text)
}

func (f *regionFrame) objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{f.frame, f.plate, f.label}
}

// setRegions shows the regions that were marked.
func (v *TallView) setRegions(all []region) {
	v.pane.regions, v.pane.frames = all, nil
	for _, r := range all {
		v.pane.frames = append(v.pane.frames, newRegionFrame(r))
	}
	v.pane.update(v.scroll.Offset)
}

// setDrawing lets a drag mark a region instead of moving the picture.
func (v *TallView) setDrawing(on bool) {
	v.drawing = on
	v.pane.rubber = image.Rectangle{}
	v.pane.Refresh()
}

// draws reports whether a drag marks a region: that was asked for, or Shift is
// held.
func (v *TallView) draws() bool {
	d, ok := fyne.CurrentApp().Driver().(desktop.Driver)
	return v.drawing || ok && d.CurrentKeyModifiers()&fyne.KeyModifierShift != 0
}

// pixel returns which pixel of the picture is at a point of the pane.
func (p *tallPane) pixel(at fyne.Position) image.Point {
	at = at.Subtract(p.origin())
	unit := p.view.unit()
	return image.Pt(int(math.Round(float64(at.X/unit))), int(math.Round(float64(at.Y/unit))))
}

// stretch draws the region on, from where the drag began.
func (p *tallPane) stretch(e *fyne.DragEvent) {
	if p.from == nil {
		from := p.pixel(e.Position.Subtract(e.Dragged))
		p.from = &from
	}
	all := image.Rect(0, 0, p.view.picture.width, p.view.picture.height)
	to := p.pixel(e.Position)
	p.rubber = image.Rectangle{Min: *p.from, Max: to}.Canon().Intersect(all)
	p.update(p.view.scroll.Offset)
}

// leastRegion is the least side of a region that is drawn, in pixels: what is
// smaller was a click.
const leastRegion = 4

// drawn ends the drawing of a region.
func (p *tallPane) drawn() {
	r := p.rubber
	p.from, p.rubber = nil, image.Rectangle{}
	p.update(p.view.scroll.Offset)
	if r.Dx() >= leastRegion && r.Dy() >= leastRegion {
		p.view.setDrawing(false)
		p.view.marked(r)
	}
}

// Cursor implements [desktop.Cursorable].
func (p *tallPane) Cursor() desktop.Cursor {
	if p.view.draws() {
		return desktop.CrosshairCursor
	}
	return desktop.DefaultCursor
}
