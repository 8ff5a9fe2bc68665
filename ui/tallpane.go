package ui

import (
	"cmp"
	"image"
	"image/color"
	"math"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// tallPane is what scrolls in a [TallView]: as large as the picture, with tiles
// only near the part that is seen. The images that show them are used again,
// since the toolkit keeps an abandoned one's texture for a minute.
type tallPane struct {
	widget.BaseWidget
	view   *TallView
	extent fyne.Size // of the picture

	loader *loader[tileKey] // nil without a picture
	level  int              // of the tiles that are shown
	tiles  map[tileKey]*canvas.Image
	spare  []*canvas.Image
	whole  *canvas.Image     // the picture in its smallest size, under the tiles
	paper  *canvas.Rectangle // under it, while there is none
	asked  image.Rectangle   // the part of the picture that was asked for; empty: none
	mark   *canvas.Rectangle // around it

	regions []region       // that were marked
	frames  []*regionFrame // of them
	from    *image.Point   // where a region that is being drawn begins; nil: none is
	rubber  image.Rectangle
	band    *canvas.Rectangle // around it
}

func newTallPane(v *TallView) *tallPane {
	p := &tallPane{
		view: v, tiles: make(map[tileKey]*canvas.Image), paper: canvas.NewRectangle(nil),
		whole: newTileImage(), mark: newMark(), band: newMark(),
	}
	p.ExtendBaseWidget(p)
	return p
}

// newMark returns the frame around a part of a picture.
func newMark() *canvas.Rectangle {
	r := canvas.NewRectangle(color.Transparent)
	r.StrokeWidth = 3
	return r
}

// newTileImage returns an image that the graphics card scales.
func newTileImage() *canvas.Image {
	return &canvas.Image{ScaleMode: canvas.ImageScaleFastest, FillMode: canvas.ImageFillStretch}
}

// begin makes ready for a picture.
func (p *tallPane) begin(picture *pyramid) {
	p.loader = &loader[tileKey]{w: p.view.work, load: picture.tile, done: p.loaded}
}

// end removes all of the picture.
func (p *tallPane) end() {
	if p.loader != nil {
		p.loader.stop()
		p.loader = nil
	}
	for k := range p.tiles {
		p.release(k)
	}
	p.whole.Image = nil
	p.asked, p.rubber, p.from = image.Rectangle{}, image.Rectangle{}, nil
	p.regions, p.frames = nil, nil
}

// release takes an image away from a tile.
func (p *tallPane) release(k tileKey) {
	p.spare = append(p.spare, p.tiles[k])
	delete(p.tiles, k)
}

// loaded shows a tile.
func (p *tallPane) loaded(k tileKey, img *image.RGBA, err error) {
	if err != nil {
		p.view.failed(err)
		return
	}
	to := p.whole
	if k != p.view.picture.top() {
		if n := len(p.spare); n > 0 {
			to, p.spare = p.spare[n-1], p.spare[:n-1]
		} else {
			to = newTileImage()
		}
		p.tiles[k] = to
	}
	to.Image, to.Translucency = img, p.view.pale
	p.update(p.view.scroll.Offset)
	to.Refresh()
}

// update chooses, asks for and places the tiles for an offset of the scroll.
func (p *tallPane) update(offset fyne.Position) {
	if p.loader == nil {
		p.Refresh()
		return
	}
	p.level = p.bestLevel()
	keys := p.near(offset)
	for k := range p.tiles {
		if !slices.Contains(keys, k) {
			p.release(k)
		}
	}
	var missing []tileKey
	if top := p.view.picture.top(); p.whole.Image == nil && p.view.picture.has(top) {
		missing = append(missing, top)
	}
	for _, k := range keys {
		if p.tiles[k] == nil && p.view.picture.has(k) {
			missing = append(missing, k)
		}
	}
	p.loader.want(missing)
	p.place(offset)
	p.Refresh()
	p.view.moved()
}

// bestLevel returns the smallest level that has all the detail of the screen.
func (p *tallPane) bestLevel() int {
	n := int(math.Floor(math.Log2(1/p.view.zoom) + 1e-6))
	return min(max(n, 0), p.view.picture.top().level)
}

// near returns the tiles in view and half a view around it, the nearest first.
func (p *tallPane) near(offset fyne.Position) []tileKey {
	if p.level == p.view.picture.top().level {
		return nil // the whole picture is shown in this size
	}
	l := p.view.picture.levels[p.level]
	side := p.side()
	size, origin := p.view.scroll.Size(), p.origin()
	span := func(at, length float32, n int) (int, int) {
		first := int(math.Floor(float64((at - length/2) / side)))
		last := int(math.Floor(float64((at + length*1.5) / side)))
		return max(first, 0), min(last, n-1)
	}
	left, right := span(offset.X-origin.X, size.Width, l.cols)
	top, bottom := span(offset.Y-origin.Y, size.Height, l.rows)
	var keys []tileKey
	for row := top; row <= bottom; row++ {
		for col := left; col <= right; col++ {
			keys = append(keys, tileKey{p.level, col, row})
		}
	}
	middle := (offset.Y - origin.Y + size.Height/2) / side
	distance := func(k tileKey) float64 { return math.Abs(float64(k.row) + 0.5 - float64(middle)) }
	slices.SortStableFunc(keys, func(a, b tileKey) int { return cmp.Compare(distance(a), distance(b)) })
	return keys
}

// side returns the length of a tile's side.
func (p *tallPane) side() float32 { return float32(tileSize<<p.level) * p.view.unit() }

// origin returns where the picture's upper left corner is in the pane: a
// picture that is narrower than the view is in the middle.
func (p *tallPane) origin() fyne.Position {
	return fyne.NewPos(max((p.view.scroll.Size().Width-p.extent.Width)/2, 0), 0)
}

// place moves the tiles to where they belong. Their edges lie on device pixels,
// so that no line shows between them.
func (p *tallPane) place(offset fyne.Position) {
	scale := p.view.scale
	snap := func(x float32) float32 { return float32(math.Round(float64(x*scale))) / scale }
	// Where the pane itself is need not be a whole number of device pixels.
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(p.view.scroll).Subtract(offset)
	shift := fyne.NewPos(snap(at.X)-at.X, snap(at.Y)-at.Y)
	origin := p.origin()
	put := func(o fyne.CanvasObject, r image.Rectangle, unit float32) {
		from := fyne.NewPos(snap(origin.X+float32(r.Min.X)*unit), snap(origin.Y+float32(r.Min.Y)*unit))
		to := fyne.NewPos(snap(origin.X+float32(r.Max.X)*unit), snap(origin.Y+float32(r.Max.Y)*unit))
		o.Move(from.Add(shift))
		o.Resize(fyne.NewSize(to.X-from.X, to.Y-from.Y))
	}
	picture := p.view.picture
	all := image.Rect(0, 0, picture.width, picture.height)
	put(p.paper, all, p.view.unit())
	put(p.whole, all, p.view.unit())
	put(p.mark, p.asked, p.view.unit())
	put(p.band, p.rubber, p.view.unit())
	for i, f := range p.frames {
		put(f.frame, p.regions[i].place, p.view.unit())
		f.place(f.frame.Position(), f.frame.Size())
	}
	for k, img := range p.tiles {
		put(img, picture.bounds(k), p.side()/float32(tileSize))
	}
}

// MinSize implements [fyne.Widget].
func (p *tallPane) MinSize() fyne.Size { return p.extent }

// Scrolled implements [fyne.Scrollable].
func (p *tallPane) Scrolled(e *fyne.ScrollEvent) { p.view.wheel(e) }

// Dragged implements [fyne.Draggable].
func (p *tallPane) Dragged(e *fyne.DragEvent) {
	if p.view.picture != nil && (p.from != nil || p.view.draws()) {
		p.stretch(e)
		return
	}
	p.view.scrollBy(-e.Dragged.DX, -e.Dragged.DY)
}

// DragEnd implements [fyne.Draggable].
func (p *tallPane) DragEnd() {
	if p.from != nil {
		p.drawn()
	}
}

// Tapped gives the keys to the picture.
func (p *tallPane) Tapped(*fyne.PointEvent) { p.view.canvas.Focus(p) }

// FocusGained implements [fyne.Focusable].
func (p *tallPane) FocusGained() { showRing(p.view.ring, true) }

// FocusLost implements [fyne.Focusable].
func (p *tallPane) FocusLost() { showRing(p.view.ring, false) }

// TypedRune zooms.
func (p *tallPane) TypedRune(r rune) {
	if p.view.typed(r) {
		return
	}
	middle := p.view.scroll.Size()
	about := fyne.NewPos(middle.Width/2, middle.Height/2)
	switch r {
	case '+', '=':
		p.view.zoomBy(1, about)
	case '-':
		p.view.zoomBy(-1, about)
	}
}

// TypedKey scrolls.
func (p *tallPane) TypedKey(e *fyne.KeyEvent) { p.view.key(e.Name) }

// CreateRenderer implements [fyne.Widget].
func (p *tallPane) CreateRenderer() fyne.WidgetRenderer { return &tallRenderer{pane: p} }

// tallRenderer draws the paper, the whole picture, the tiles over it, and the mark.
type tallRenderer struct{ pane *tallPane }

// Destroy implements [fyne.WidgetRenderer].
func (r *tallRenderer) Destroy() {}

// Layout implements [fyne.WidgetRenderer].
func (r *tallRenderer) Layout(fyne.Size) {}

// MinSize implements [fyne.WidgetRenderer].
func (r *tallRenderer) MinSize() fyne.Size { return r.pane.extent }

// Objects implements [fyne.WidgetRenderer].
func (r *tallRenderer) Objects() []fyne.CanvasObject {
	if r.pane.loader == nil {
		return nil
	}
	var objects []fyne.CanvasObject
	through := r.pane.view.pale > 0
	if !through {
		objects = append(objects, r.pane.paper)
	}
	// The whole picture below the tiles would be seen through them.
	if r.pane.whole.Image != nil && (!through || len(r.pane.tiles) == 0) {
		objects = append(objects, r.pane.whole)
	}
	for _, img := range r.pane.tiles {
		objects = append(objects, img)
	}
	for _, f := range r.pane.frames {
		objects = append(objects, f.objects()...)
	}
	if !r.pane.asked.Empty() {
		objects = append(objects, r.pane.mark)
	}
	if !r.pane.rubber.Empty() {
		objects = append(objects, r.pane.band)
	}
	return objects
}

// Refresh implements [fyne.WidgetRenderer].
func (r *tallRenderer) Refresh() {
	r.pane.paper.FillColor = theme.Color(theme.ColorNameHeaderBackground)
	r.pane.mark.StrokeColor = theme.Color(theme.ColorNamePrimary)
	r.pane.band.StrokeColor = theme.Color(regionColour)
	for _, f := range r.pane.frames {
		f.colour()
	}
	canvas.Refresh(r.pane)
}
