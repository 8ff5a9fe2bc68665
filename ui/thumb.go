package ui

import (
	"bytes"
	"errors"
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
	"golang.org/x/image/draw"

	"pugmark/capture/listing"
	"pugmark/capture/warc"
)

// Limits of thumbnails.
const (
	thumbSize  = 160      // pixels of the longer side
	thumbSpace = 96       // of the place for one, in the window's units
	maxThumbs  = 200      // that are kept, some 100 KB each
	maxPicture = 64 << 20 // bytes of a picture of which one is made
)

// thumbs makes the thumbnails of the rows that are seen. Its fields belong to
// the main goroutine, but for the album, which is only read.
type thumbs struct {
	album  *album
	loader *loader[int]
	made   map[int]*image.RGBA
	failed map[int]string
	rows   []*photoRow
}

func newThumbs(w *worker, a *album) *thumbs {
	t := &thumbs{album: a, made: make(map[int]*image.RGBA), failed: make(map[int]string)}
	t.loader = &loader[int]{w: w, load: func(i int) (*image.RGBA, error) { return a.thumb(i) }, done: t.done}
	return t
}

// want has the thumbnails made that the rows show and that there are none of.
func (t *thumbs) want() {
	if len(t.made) > maxThumbs {
		clear(t.made)
	}
	var keys []int
	for _, r := range t.rows {
		i := r.photo.index
		if _, failed := t.failed[i]; !failed && t.made[i] == nil && i >= 0 {
			keys = append(keys, i)
		}
	}
	t.loader.want(keys)
}

func (t *thumbs) done(i int, img *image.RGBA, err error) {
	if err != nil {
		t.failed[i] = err.Error()
	} else {
		t.made[i] = img
	}
	for _, r := range t.rows {
		if r.photo.index == i {
			r.showThumb()
		}
	}
}

// thumb makes the thumbnail of a picture. The error says why there is none, for
// people.
func (a *album) thumb(i int) (*image.RGBA, error) {
	p := a.photos[i]
	switch {
	case p.SHA256.IsZero():
		return nil, errors.New(tr("not kept"))
	case a.bodies == nil:
		return nil, errors.New(tr("no archive"))
	}
	body, err := a.bodies.Read(p.SHA256, maxPicture)
	if errors.Is(err, warc.ErrNoBody) {
		return nil, errors.New(tr("not in the archive"))
	}
	if err != nil {
		return nil, err
	}
	img, err := listing.Decode(bytes.NewReader(body))
	if err != nil {
		return nil, errors.New(tr("no thumbnail of this format"))
	}
	return shrink(img, thumbSize), nil
}

// shrink scales a picture down so that no side is longer than a limit.
func shrink(img image.Image, limit int) *image.RGBA {
	size := img.Bounds().Size()
	if longest := max(size.X, size.Y); longest > limit {
		size = image.Pt(max(size.X*limit/longest, 1), max(size.Y*limit/longest, 1))
	}
	out := image.NewRGBA(image.Rectangle{Max: size})
	draw.ApproxBiLinear.Scale(out, out.Bounds(), img, img.Bounds(), draw.Src, nil)
	return out
}

// photoRow shows a picture of the page in a list.
type photoRow struct {
	tappable
	thumbs *thumbs
	photo  photo

	image              *canvas.Image
	without            *widget.Label // why there is no thumbnail
	alt, about, digest *SafeLabel
	copy, show, find   *widget.Button
	elsewhere          func(photo) (string, func())
}

func newPhotoRow(t *thumbs, showInPicture func(image.Rectangle), elsewhere func(photo) (string, func())) *photoRow {
	r := &photoRow{
		thumbs: t, elsewhere: elsewhere, image: &canvas.Image{FillMode: canvas.ImageFillContain, ScaleMode: canvas.ImageScaleFastest},
		without: widget.NewLabel(""), alt: NewSafeLabel(""), about: newMuted(""), digest: newMuted(""),
	}
	r.photo.index = -1
	r.without.Wrapping = fyne.TextWrapWord
	r.without.Alignment = fyne.TextAlignCenter
	r.without.SizeName = theme.SizeNameCaptionText
	r.alt.TextStyle.Bold = true
	r.digest.TextStyle.Monospace = true
	small(r.about)
	small(r.digest)
	r.copy = newCopyButton(func() string { return r.photo.SHA256.String() })
	r.show = widget.NewButton(tr("Show in picture"), func() { showInPicture(r.photo.place) })
	r.find = widget.NewButton("", nil)
	r.ExtendBaseWidget(r)
	t.rows = append(t.rows, r)
	return r
}

func (r *photoRow) set(p photo) {
	r.photo = p
	name := p.Alt
	if name == "" {
		name = p.Address
	}
	r.alt.SetText(name)
	r.about.SetText(photoSize(p.Photograph))
	r.digest.SetText("")
	r.copy.Hidden = p.SHA256.IsZero()
	if !r.copy.Hidden {
		r.digest.SetText(p.SHA256.String())
	}
	r.show.Hidden = p.place.Empty()
	r.find.Hidden = p.SHA256.IsZero()
	text, find := r.elsewhere(p)
	r.find.OnTapped = find
	r.find.SetText(text)
	r.showThumb()
	r.thumbs.want()
	r.Refresh()
}

// showThumb shows the thumbnail, or why there is none.
func (r *photoRow) showThumb() {
	i := r.photo.index
	r.image.Image = nil
	if img := r.thumbs.made[i]; img != nil {
		r.image.Image = img
	}
	r.without.SetText(safe(r.thumbs.failed[i], 60, covered))
	r.image.Refresh()
}

// CreateRenderer implements [fyne.Widget].
func (r *photoRow) CreateRenderer() fyne.WidgetRenderer {
	frame := container.NewPadded(container.NewGridWrap(fyne.NewSquareSize(thumbSpace), container.NewStack(r.image, r.without)))
	digest := container.NewBorder(nil, nil, nil, container.NewCenter(r.copy), r.digest)
	buttons := container.NewPadded(container.NewHBox(r.show, r.find))
	lines := container.New(tightColumn{}, r.alt, r.about, digest, buttons)
	return widget.NewSimpleRenderer(container.NewBorder(nil, nil, frame, nil, lines))
}
