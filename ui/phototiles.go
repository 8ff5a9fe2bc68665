package ui

import (
	"image"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"pugmark/review/photographs"
)

// photoItem is what a tile shows: a photograph, or the first of a group.
type photoItem struct {
	photo *photographs.Photograph
	lines [3]string // of the page, too
	open  func()    // what a tap does
}

// photoThumbs makes the thumbnails of the photographs that are seen. Its fields belong
// to the main goroutine.
type photoThumbs struct {
	loader *loader[*photographs.Photograph]
	made   map[*photographs.Photograph]*image.RGBA
	failed map[*photographs.Photograph]bool
	tiles  []*photoTile // that were set last, the newest at the end
}

func newPhotoThumbs(w *worker, from *photoSource) *photoThumbs {
	t := &photoThumbs{made: make(map[*photographs.Photograph]*image.RGBA), failed: make(map[*photographs.Photograph]bool)}
	ctx := w.ctx
	t.loader = &loader[*photographs.Photograph]{
		w: w, done: t.done,
		load: func(p *photographs.Photograph) (*image.RGBA, error) { return from.thumb(ctx, p) },
	}
	return t
}

// shows notes that a tile shows another photograph, and has the thumbnails made that
// are wanted now.
func (t *photoThumbs) shows(tile *photoTile) {
	t.tiles = append(slices.DeleteFunc(t.tiles, func(o *photoTile) bool { return o == tile }), tile)
	if len(t.tiles) > maxTiles {
		t.tiles = slices.Delete(t.tiles, 0, len(t.tiles)-maxTiles)
	}
	if len(t.made) > maxThumbs {
		clear(t.made)
	}
	var keys []*photographs.Photograph
	for _, o := range t.tiles {
		if p := o.item.photo; t.made[p] == nil && !t.failed[p] && !slices.Contains(keys, p) {
			keys = append(keys, p)
		}
	}
	t.loader.want(keys)
}

func (t *photoThumbs) done(p *photographs.Photograph, img *image.RGBA, err error) {
	if err != nil {
		t.failed[p] = true
	} else {
		t.made[p] = img
	}
	for _, tile := range t.tiles {
		if tile.item.photo == p {
			tile.showThumb()
		}
	}
}

// photoTile shows a photograph in a grid.
type photoTile struct {
	tappable
	thumbs *photoThumbs
	item   photoItem

	image   *canvas.Image
	without *widget.Label // that there is no thumbnail
	lines   [3]*SafeLabel
}

func newPhotoTile(t *photoThumbs) row[photoItem] {
	p := &photoTile{
		thumbs:  t,
		image:   &canvas.Image{FillMode: canvas.ImageFillContain, ScaleMode: canvas.ImageScaleFastest},
		without: widget.NewLabel(""), lines: [3]*SafeLabel{NewSafeLabel(""), newMuted(""), newMuted("")},
	}
	p.without.Alignment = fyne.TextAlignCenter
	p.without.SizeName = theme.SizeNameCaptionText
	p.lines[0].TextStyle.Bold = true
	for _, l := range p.lines {
		small(l)
	}
	p.ExtendBaseWidget(p)
	return p
}

func (p *photoTile) set(i photoItem) {
	p.item = i
	for n, l := range p.lines {
		l.SetText(i.lines[n])
	}
	p.showThumb()
	p.thumbs.shows(p)
}

// Tapped implements [fyne.Tappable].
func (p *photoTile) Tapped(e *fyne.PointEvent) {
	p.tappable.Tapped(e)
	p.item.open()
}

func (p *photoTile) showThumb() {
	p.image.Image = nil
	if img := p.thumbs.made[p.item.photo]; img != nil {
		p.image.Image = img
	}
	text := ""
	if p.thumbs.failed[p.item.photo] {
		text = tr("no thumbnail")
	}
	p.without.SetText(text)
	p.image.Refresh()
}

// The size of a photograph's place in a tile.
const photoTileWidth, photoTileHeight = 200, 150

// CreateRenderer implements [fyne.Widget].
func (p *photoTile) CreateRenderer() fyne.WidgetRenderer {
	place := container.NewGridWrap(fyne.NewSize(photoTileWidth, photoTileHeight), container.NewStack(p.image, container.NewCenter(p.without)))
	lines := container.New(tightColumn{}, p.lines[0], p.lines[1], p.lines[2])
	return widget.NewSimpleRenderer(container.NewPadded(container.NewVBox(place, lines)))
}
