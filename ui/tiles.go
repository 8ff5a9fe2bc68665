package ui

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"image"
	"io"
	"io/fs"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"pugmark/capture/strip"
	"pugmark/evidence"
	"pugmark/evidence/bundle"
)

// Measures of the grid.
const (
	tileWidth   = 142
	tileHeight  = 92 // of the thumbnail's place
	restedAfter = 80 * time.Millisecond
	maxTiles    = 128     // of which it is known what they show: more than a large screen has
	maxTop      = 8 << 20 // pixels that are decoded for one thumbnail
)

// captureThumbs makes the thumbnails of the captures that are seen. Its fields
// belong to the main goroutine.
type captureThumbs struct {
	work    *worker
	resting slot // waits until nothing is scrolled
	moved   bool // something was, meanwhile
	loader  *loader[*captureEntry]
	made    map[*captureEntry]*image.RGBA
	failed  map[*captureEntry]error
	tiles   []*captureTile // that were set last, the newest at the end
	bundle  *bundle.Reader // of an imported case; nil for the vault's own
}

func newCaptureThumbs(w *worker) *captureThumbs {
	t := &captureThumbs{work: w}
	t.clear()
	return t
}

// clear forgets all thumbnails, and closes the bundle that they were made from.
func (t *captureThumbs) clear() {
	t.resting.stop()
	if t.loader != nil {
		t.loader.stop()
	}
	t.made, t.failed = make(map[*captureEntry]*image.RGBA), make(map[*captureEntry]error)
	for _, tile := range t.tiles {
		tile.entry = nil
	}
	t.tiles = nil
	if t.bundle != nil {
		// It was only read. A thumbnail that is being made fails.
		_ = t.bundle.Close()
	}
	t.bundle, t.loader = nil, nil
}

// serve makes thumbnails of another case: from a bundle, or from the vault.
func (t *captureThumbs) serve(from *bundle.Reader) {
	t.clear()
	ctx := t.work.ctx
	t.bundle = from
	t.loader = &loader[*captureEntry]{
		w: t.work, done: t.done,
		load: func(e *captureEntry) (*image.RGBA, error) { return makeThumb(ctx, from, e) },
	}
}

// shows notes that a tile shows a capture. Of tiles that show none any more, the
// grid tells nothing: those that were set longest ago are forgotten.
func (t *captureThumbs) shows(tile *captureTile) {
	t.tiles = slices.DeleteFunc(t.tiles, func(o *captureTile) bool { return o == tile })
	t.tiles = append(t.tiles, tile)
	if len(t.tiles) > maxTiles {
		t.tiles = slices.Delete(t.tiles, 0, len(t.tiles)-maxTiles)
	}
}

// want has the thumbnails made that are seen, once nothing is scrolled any more.
func (t *captureThumbs) want() {
	if t.resting.current != nil {
		t.moved = true
		return
	}
	t.moved = false
	start(t.work, &t.resting, nil, rest, func(struct{}, error) {
		if t.moved {
			t.want()
			return
		}
		t.load()
	})
}

func rest(ctx context.Context, _ *job) (struct{}, error) {
	select {
	case <-ctx.Done():
	case <-time.After(restedAfter):
	}
	return struct{}{}, ctx.Err()
}

// load has the thumbnails made that are seen.
func (t *captureThumbs) load() {
	if t.loader == nil {
		return
	}
	if len(t.made) > maxThumbs {
		clear(t.made)
	}
	if len(t.failed) > maxThumbs {
		clear(t.failed)
	}
	var keys []*captureEntry
	for _, tile := range t.tiles {
		if e := tile.entry; t.made[e] == nil && t.failed[e] == nil {
			keys = append(keys, e)
		}
	}
	t.loader.want(keys)
}

func (t *captureThumbs) done(e *captureEntry, img *image.RGBA, err error) {
	if err != nil {
		t.failed[e] = err
	} else {
		t.made[e] = img
	}
	for _, tile := range t.tiles {
		if tile.entry == e {
			tile.showThumb()
		}
	}
}

// Why there is no thumbnail.
var (
	errNoPicture      = errors.New(tr("no picture"))
	errAlteredPicture = errors.New(tr("altered"))
	errLostPicture    = errors.New(tr("missing"))
)

// thumbText says why there is no thumbnail.
func thumbText(err error) string {
	switch {
	case errors.Is(err, errNoPicture):
		return tr("no picture")
	case errors.Is(err, errAlteredPicture):
		return tr("altered")
	case errors.Is(err, errLostPicture):
		return tr("missing")
	}
	return tr("no thumbnail")
}

// makeThumb makes the thumbnail of a capture, from a picture that is the one that
// was sealed.
func makeThumb(ctx context.Context, from *bundle.Reader, e *captureEntry) (*image.RGBA, error) {
	files := e.Files()
	if from != nil {
		folder, err := from.Capture(e.ID.String())
		if err != nil {
			return nil, err
		}
		files = folder
	}
	m, _, err := readManifest(files, e)
	switch {
	case isNotExist(err):
		return nil, errLostPicture
	case err != nil:
		return nil, errors.Join(errAlteredPicture, err)
	}
	for _, k := range []evidence.Kind{evidence.KindViewport, evidence.KindStrip, evidence.KindPage} {
		if it, ok := m.Find(k); ok {
			return readTop(ctx, files, it)
		}
	}
	return nil, errNoPicture
}

// readTop reads the upper part of a picture, and makes it small. It reads all of
// the file, to compare it with the manifest.
func readTop(ctx context.Context, files fs.FS, it evidence.Item) (*image.RGBA, error) {
	f, err := files.Open(it.Path)
	if isNotExist(err) {
		return nil, errLostPicture
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	hash := sha256.New()
	sum := &countedReader{r: io.TeeReader(evidence.UntilDone(ctx, f), hash)}
	top, decodeErr := decodeTop(sum)
	if _, err := io.Copy(io.Discard, sum); err != nil {
		return nil, fmt.Errorf("reading picture: %w", err)
	}
	if err := checkItem(it, sum.n, evidence.Digest(hash.Sum(nil))); err != nil {
		return nil, errors.Join(errAlteredPicture, err)
	}
	if decodeErr != nil {
		return nil, fmt.Errorf("decoding picture: %w", decodeErr)
	}
	return shrink(top, thumbSize), nil
}

// decodeTop decodes as many rows of a picture as fill a tile.
func decodeTop(r io.Reader) (*image.RGBA, error) {
	d, err := strip.NewDecoder(r)
	if err != nil {
		return nil, err
	}
	rows := min(d.Height, max(d.Width*tileHeight/tileWidth, 1))
	if rows*d.Width > maxTop {
		return nil, fmt.Errorf("got a picture %d pixels wide", d.Width)
	}
	img := image.NewRGBA(image.Rect(0, 0, d.Width, rows))
	for y := range rows {
		row, err := d.Row()
		if err != nil {
			return nil, err
		}
		out := img.Pix[y*img.Stride:]
		for i, j := 0, 0; i < len(row); i, j = i+rgb, j+4 {
			copy(out[j:j+rgb], row[i:i+rgb])
			out[j+rgb] = 0xff
		}
	}
	return img, nil
}

// captureTile shows a capture in the grid.
type captureTile struct {
	tappable
	thumbs *captureThumbs
	entry  *captureEntry // nil while none is shown

	image             *canvas.Image
	broken            *widget.Icon
	without           *widget.Label // why there is no thumbnail
	title, host, when *SafeLabel
	verdict           *badge
	integrity         *badge
}

func newCaptureTile(t *captureThumbs) row[*captureEntry] {
	c := &captureTile{
		thumbs: t, image: &canvas.Image{FillMode: canvas.ImageFillContain, ScaleMode: canvas.ImageScaleFastest},
		broken: widget.NewIcon(theme.BrokenImageIcon()), without: widget.NewLabel(""),
		title: NewSafeLabel(""), host: newMuted(""), when: newMuted(""), verdict: newBadge(), integrity: newBadge(),
	}
	c.without.Alignment = fyne.TextAlignCenter
	c.without.SizeName = theme.SizeNameCaptionText
	c.title.TextStyle.Bold = true
	small(c.title)
	small(c.host)
	small(c.when)
	c.broken.Hide()
	c.ExtendBaseWidget(c)
	return c
}

func (c *captureTile) set(e *captureEntry) {
	if c.entry == e {
		return
	}
	c.entry = e
	c.thumbs.shows(c)
	c.title.SetText(exhibitTitle(e))
	c.host.SetText(e.host)
	c.when.SetText(localMinute(e.Started))
	c.verdict.set(e.Verdict, e.Problems)
	c.integrity.say(e.integrity.state(), e.integrity.colour())
	c.showThumb()
	if c.thumbs.made[e] == nil && c.thumbs.failed[e] == nil {
		c.thumbs.want()
	}
}

// showThumb shows the thumbnail, or why there is none.
func (c *captureTile) showThumb() {
	c.image.Image = nil
	if img := c.thumbs.made[c.entry]; img != nil {
		c.image.Image = img
	}
	err := c.thumbs.failed[c.entry]
	c.broken.Hidden = err == nil || errors.Is(err, errNoPicture)
	text := ""
	if err != nil {
		text = thumbText(err)
	}
	c.without.SetText(text)
	c.broken.Refresh()
	c.image.Refresh()
}

// CreateRenderer implements [fyne.Widget].
func (c *captureTile) CreateRenderer() fyne.WidgetRenderer {
	why := container.NewCenter(container.NewVBox(c.broken, c.without))
	place := container.NewGridWrap(fyne.NewSize(tileWidth, tileHeight), container.NewStack(c.image, why))
	badges := container.New(layout.NewCustomPaddedLayout(0, 4, 8, 8),
		container.NewVBox(container.NewHBox(c.verdict), container.NewHBox(c.integrity)))
	lines := container.New(tightColumn{}, c.title, c.host, c.when)
	return widget.NewSimpleRenderer(container.NewVBox(place, lines, badges))
}
