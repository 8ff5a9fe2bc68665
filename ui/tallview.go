package ui

import (
	"image"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Limits of the zoom, in device pixels for each pixel of the picture.
const (
	minZoom  = 1.0 / 256
	maxZoom  = 4
	zoomStep = 1.25
)

// TallView shows a picture of any height, by tiles, of which it holds only
// those near the part that is seen. It fits the picture's width until told
// otherwise. The wheel scrolls, with Ctrl it zooms; dragging pans; arrow, page,
// Home and End keys scroll.
type TallView struct {
	widget.BaseWidget
	scroll *container.Scroll
	pane   *tallPane
	ring   *canvas.Rectangle

	work    *worker
	canvas  fyne.Canvas // of the window, which knows the screen's scale
	picture *pyramid    // nil without one
	zoom    float64     // device pixels for each pixel of the picture
	fit     bool        // the zoom follows the width
	scale   float32     // device pixels of a unit of length

	zoomed  func()                // called when the zoom has changed
	moved   func()                // called when another part is seen
	failed  func(error)           // called when a tile could not be read
	marked  func(image.Rectangle) // called when a region was drawn, in the picture's pixels
	drawing bool                  // a drag draws a region
	typed   func(rune) bool       // called with a character; it reports whether that was for it
	pale    float64               // how much of what lies below is seen through the picture, from 0 to 1
}

func newTallView(w *worker, c fyne.Canvas) *TallView {
	v := &TallView{
		work: w, canvas: c, fit: true, zoom: 1, scale: c.Scale(), ring: newRing(),
		zoomed: func() {}, moved: func() {}, failed: func(error) {}, marked: func(image.Rectangle) {},
		typed: func(rune) bool { return false },
	}
	v.pane = newTallPane(v)
	v.scroll = container.NewScroll(v.pane)
	v.scroll.OnScrolled = func(p fyne.Position) { v.pane.update(p) }
	v.ExtendBaseWidget(v)
	return v
}

// CreateRenderer implements [fyne.Widget].
func (v *TallView) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewStack(v.scroll, v.ring))
}

// show replaces the picture, which may still be incomplete. The view closes it
// in the end.
func (v *TallView) show(p *pyramid) {
	v.clear()
	v.picture = p
	v.pane.begin(p)
	v.scroll.Offset = fyne.Position{}
	v.adjust()
}

// clear shows nothing.
func (v *TallView) clear() {
	v.pane.end()
	if v.picture != nil {
		_ = v.picture.Close()
		v.picture = nil
	}
	v.layout()
}

// setPale lets what lies below the view be seen through its picture.
func (v *TallView) setPale(pale float64) {
	v.pale = pale
	v.pane.whole.Translucency = pale
	for _, img := range v.pane.tiles {
		img.Translucency = pale
	}
	v.pane.Refresh()
}

// more shows what was added to the picture.
func (v *TallView) more() { v.pane.update(v.scroll.Offset) }

// Resize lays the picture out anew.
func (v *TallView) Resize(size fyne.Size) {
	if size == v.Size() {
		return
	}
	v.BaseWidget.Resize(size)
	v.scroll.Resize(size)
	v.adjust()
}

// Refresh draws the view anew, also for another scale of the screen.
func (v *TallView) Refresh() {
	v.BaseWidget.Refresh()
	if s := v.canvas.Scale(); s != v.scale {
		v.scale = s
		v.adjust()
	}
}

// adjust follows a change of the view's size.
func (v *TallView) adjust() {
	if v.fit {
		v.FitWidth()
	} else {
		v.layout()
	}
}

// FitWidth makes the picture as wide as the view, but no larger than it is.
func (v *TallView) FitWidth() {
	v.fit = true
	v.zoomTo(v.fitZoom(), fyne.Position{})
}

// FitAll shows the whole picture, but no larger than it is.
func (v *TallView) FitAll() {
	if v.picture == nil || v.Size().Height <= 0 {
		return
	}
	v.setZoom(min(v.fitZoom(), float64(v.Size().Height*v.scale)/float64(v.picture.height)), fyne.Position{})
}

// ActualSize shows each pixel of the picture by one of the screen.
func (v *TallView) ActualSize() { v.setZoom(1, fyne.Position{}) }

// setZoom changes the zoom about a point of the view.
func (v *TallView) setZoom(zoom float64, about fyne.Position) {
	v.fit = false
	v.zoomTo(min(max(zoom, minZoom), maxZoom), about)
}

// zoomTo changes the zoom so that what is at a point of the view stays there.
func (v *TallView) zoomTo(zoom float64, about fyne.Position) {
	before, old, off := v.unit(), v.pane.origin(), v.scroll.Offset
	v.zoom = zoom
	v.layout()
	by, at := v.unit()/before, v.pane.origin()
	v.scrollTo(fyne.NewPos(
		at.X+(off.X+about.X-old.X)*by-about.X,
		at.Y+(off.Y+about.Y-old.Y)*by-about.Y,
	))
	v.zoomed()
}

// fitZoom returns the zoom that fits the width.
func (v *TallView) fitZoom() float64 {
	room := v.Size().Width - theme.Size(theme.SizeNameScrollBar)
	if v.picture == nil || room <= 0 {
		return 1
	}
	return min(max(float64(room*v.scale)/float64(v.picture.width), minZoom), 1)
}

// unit returns the length of a pixel of the picture.
func (v *TallView) unit() float32 { return float32(v.zoom) / v.scale }

// layout gives the pane the picture's size.
func (v *TallView) layout() {
	size := fyne.Size{}
	if v.picture != nil {
		size = fyne.NewSize(float32(v.picture.width)*v.unit(), float32(v.picture.height)*v.unit())
	}
	v.pane.extent = size
	v.scroll.Refresh()
	v.pane.update(v.scroll.Offset)
}

// scrollTo moves the part that is seen.
func (v *TallView) scrollTo(p fyne.Position) {
	limit := v.pane.extent.Subtract(v.scroll.Size())
	p.X = min(max(p.X, 0), max(limit.Width, 0))
	p.Y = min(max(p.Y, 0), max(limit.Height, 0))
	v.scroll.ScrollToOffset(p)
	v.pane.update(p)
}

func (v *TallView) scrollBy(dx, dy float32) { v.scrollTo(v.scroll.Offset.AddXY(dx, dy)) }

// reveal marks a part of the picture, and scrolls to it.
func (v *TallView) reveal(r image.Rectangle) {
	v.pane.asked = r
	v.center(r.Min.Add(r.Max).Div(2))
}

// center scrolls to a pixel of the picture.
func (v *TallView) center(middle image.Point) {
	unit, origin, size := v.unit(), v.pane.origin(), v.scroll.Size()
	v.scrollTo(fyne.NewPos(
		origin.X+float32(middle.X)*unit-size.Width/2,
		origin.Y+float32(middle.Y)*unit-size.Height/2,
	))
}

// seen returns the part of the picture that is seen.
func (v *TallView) seen() image.Rectangle {
	at, size := v.scroll.Offset, v.scroll.Size()
	all := image.Rect(0, 0, v.picture.width, v.picture.height)
	return image.Rectangle{Min: v.pane.pixel(at), Max: v.pane.pixel(at.AddXY(size.Width, size.Height))}.Intersect(all)
}

// wheel scrolls, or zooms about the cursor while Ctrl is held.
func (v *TallView) wheel(e *fyne.ScrollEvent) {
	if d, ok := fyne.CurrentApp().Driver().(desktop.Driver); !ok || d.CurrentKeyModifiers()&fyne.KeyModifierShortcutDefault == 0 {
		v.scroll.Scrolled(e)
		return
	}
	if e.Scrolled.DY != 0 {
		v.zoomBy(math.Copysign(1, float64(e.Scrolled.DY)), e.Position.Subtract(v.scroll.Offset))
	}
}

// zoomBy zooms by steps about a point of the view.
func (v *TallView) zoomBy(steps float64, about fyne.Position) {
	v.setZoom(v.zoom*math.Pow(zoomStep, steps), about)
}

// key scrolls and zooms.
func (v *TallView) key(name fyne.KeyName) {
	const line = 40
	page := v.scroll.Size().Height * 0.9
	switch name {
	case fyne.KeyUp:
		v.scrollBy(0, -line)
	case fyne.KeyDown:
		v.scrollBy(0, line)
	case fyne.KeyLeft:
		v.scrollBy(-line, 0)
	case fyne.KeyRight:
		v.scrollBy(line, 0)
	case fyne.KeyPageUp:
		v.scrollBy(0, -page)
	case fyne.KeyPageDown, fyne.KeySpace:
		v.scrollBy(0, page)
	case fyne.KeyHome:
		v.scrollTo(fyne.Position{})
	case fyne.KeyEnd:
		v.scrollTo(fyne.NewPos(v.scroll.Offset.X, v.pane.extent.Height))
	}
}
