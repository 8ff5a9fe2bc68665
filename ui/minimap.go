package ui

import (
	"context"
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
	"golang.org/x/image/draw"
)

const (
	minimapWidth  = 56   // in the window's units
	overviewLimit = 1536 // pixels of an overview's longer side
)

// minimap shows the whole of a [TallView]'s picture, which part of it is seen, and
// where the marked regions are. A tap or a drag moves there. A picture that is too
// tall for its place is shown squeezed.
type minimap struct {
	widget.BaseWidget
	view  *TallView
	work  *worker
	slot  slot
	image *canvas.Image
	frame *canvas.Rectangle
	marks []*canvas.Rectangle
}

func newMinimap(w *worker, v *TallView) *minimap {
	m := &minimap{
		view: v, work: w, frame: canvas.NewRectangle(color.Transparent),
		image: &canvas.Image{FillMode: canvas.ImageFillStretch, ScaleMode: canvas.ImageScaleSmooth},
	}
	m.frame.StrokeWidth = 2
	v.moved = m.follow
	m.ExtendBaseWidget(m)
	return m
}

// survey shows the picture, of which all is there.
func (m *minimap) survey() {
	p := m.view.picture
	start(m.work, &m.slot, nil,
		func(context.Context, *job) (*image.RGBA, error) { return p.overview() },
		func(img *image.RGBA, err error) {
			if err != nil {
				m.view.failed(err)
				return
			}
			m.image.Image = img
			m.image.Refresh()
			m.follow()
		})
}

// clear shows nothing.
func (m *minimap) clear() {
	m.slot.stop()
	m.image.Image = nil
	m.image.Refresh()
	m.Refresh()
}

// overview returns the whole picture in a size that memory hardly feels.
func (p *pyramid) overview() (*image.RGBA, error) {
	n := 0
	for n < len(p.levels)-1 && max(p.levels[n].width, p.levels[n].height) > overviewLimit {
		n++
	}
	l := p.levels[n]
	out := image.NewRGBA(image.Rect(0, 0, l.width, l.height))
	for row := range l.rows {
		for col := range l.cols {
			k := tileKey{n, col, row}
			tile, err := p.tile(k)
			if err != nil {
				return nil, err
			}
			draw.Draw(out, p.bounds(k), tile, image.Point{}, draw.Src)
		}
	}
	return out, nil
}

// extent returns how large the picture is shown.
func (m *minimap) extent() fyne.Size {
	p := m.view.picture
	if p == nil {
		return fyne.Size{}
	}
	width := m.Size().Width
	return fyne.NewSize(width, min(width*float32(p.height)/float32(p.width), m.Size().Height))
}

// follow frames the part that is seen.
func (m *minimap) follow() {
	size, p := m.extent(), m.view.picture
	m.image.Resize(size)
	if p == nil || size.Height == 0 {
		m.Refresh()
		return
	}
	put := func(o fyne.CanvasObject, r image.Rectangle) {
		x, y := size.Width/float32(p.width), size.Height/float32(p.height)
		o.Move(fyne.NewPos(float32(r.Min.X)*x, float32(r.Min.Y)*y))
		o.Resize(fyne.NewSize(max(float32(r.Dx())*x, 3), max(float32(r.Dy())*y, 3)))
	}
	put(m.frame, m.view.seen())
	m.marks = m.marks[:0]
	for _, r := range m.view.pane.regions {
		mark := canvas.NewRectangle(theme.Color(regionColour))
		put(mark, r.place)
		m.marks = append(m.marks, mark)
	}
	m.Refresh()
}

// goTo shows the part of the picture about a point of the map.
func (m *minimap) goTo(at fyne.Position) {
	size, p := m.extent(), m.view.picture
	if p == nil || size.Height == 0 {
		return
	}
	m.view.center(image.Pt(int(at.X/size.Width*float32(p.width)), int(at.Y/size.Height*float32(p.height))))
}

// Tapped implements [fyne.Tappable].
func (m *minimap) Tapped(e *fyne.PointEvent) { m.goTo(e.Position) }

// Dragged implements [fyne.Draggable].
func (m *minimap) Dragged(e *fyne.DragEvent) { m.goTo(e.Position) }

// DragEnd implements [fyne.Draggable].
func (m *minimap) DragEnd() {}

// Scrolled implements [fyne.Scrollable].
func (m *minimap) Scrolled(e *fyne.ScrollEvent) { m.view.wheel(e) }

// MinSize implements [fyne.Widget].
func (m *minimap) MinSize() fyne.Size { return fyne.NewSize(minimapWidth, 0) }

// Resize implements [fyne.Widget].
func (m *minimap) Resize(size fyne.Size) {
	m.BaseWidget.Resize(size)
	m.follow()
}

// CreateRenderer implements [fyne.Widget].
func (m *minimap) CreateRenderer() fyne.WidgetRenderer { return &minimapRenderer{m} }

// minimapRenderer draws the picture, the regions, and the frame over both.
type minimapRenderer struct{ m *minimap }

// Destroy implements [fyne.WidgetRenderer].
func (r *minimapRenderer) Destroy() {}

// Layout implements [fyne.WidgetRenderer].
func (r *minimapRenderer) Layout(fyne.Size) {}

// MinSize implements [fyne.WidgetRenderer].
func (r *minimapRenderer) MinSize() fyne.Size { return r.m.MinSize() }

// Objects implements [fyne.WidgetRenderer].
func (r *minimapRenderer) Objects() []fyne.CanvasObject {
	if r.m.image.Image == nil {
		return nil
	}
	objects := []fyne.CanvasObject{r.m.image}
	for _, mark := range r.m.marks {
		objects = append(objects, mark)
	}
	return append(objects, r.m.frame)
}

// Refresh implements [fyne.WidgetRenderer].
func (r *minimapRenderer) Refresh() {
	r.m.frame.StrokeColor = theme.Color(theme.ColorNamePrimary)
	canvas.Refresh(r.m)
}
