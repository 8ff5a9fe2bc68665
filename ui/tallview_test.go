package ui

import (
	"errors"
	"image"
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

// tallBench is a view of a picture in a window of its own.
type tallBench struct {
	*bench
	view *TallView
}

func newTallBench(t *testing.T, p *pyramid) *tallBench {
	b := &bench{t: t, app: test.NewTempApp(t), queue: make(chan func(), 1<<12)}
	b.app.Settings().SetTheme(NewTheme())
	b.w = &Window{work: newWorker(t.Context(), func(f func()) { b.queue <- f })}
	win := b.app.NewWindow("")
	view := newTallView(b.w.work, win.Canvas())
	win.SetPadded(false)
	win.SetContent(view)
	win.Resize(fyne.NewSize(800, 600))
	view.show(p)
	b.settle()
	return &tallBench{b, view}
}

// bands returns a tall picture in which each row has a colour of its own.
func bands(width, height int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		c := bandColour(y)
		row := img.Pix[y*img.Stride:][:4*width]
		for x := 0; x < len(row); x += 4 {
			row[x], row[x+1], row[x+2], row[x+3] = c.R, c.G, c.B, c.A
		}
	}
	return img
}

func bandColour(y int) color.RGBA {
	return color.RGBA{byte(y >> 8), byte(y), byte(0x80 + y%0x40), 0xff}
}

// TestDeep looks far below where a single texture ends, 16,384 pixels.
func TestDeep(t *testing.T) {
	b := newTallBench(t, build(t, bands(520, 17_000)))
	b.view.ActualSize()
	for _, y := range []float32{511, 16_300} {
		b.view.scrollTo(fyne.NewPos(0, y))
		b.settle()
		img := b.view.canvas.Capture()
		at := int(b.view.scroll.Offset.Y)
		if at != int(min(y, 17_000-b.view.scroll.Size().Height)) {
			t.Errorf("scrolled to %d, want %v", at, y)
		}
		for _, row := range []int{20, 300, 580} {
			r, g, bl, _ := img.At(400, row).RGBA()
			got := color.RGBA{byte(r >> 8), byte(g >> 8), byte(bl >> 8), 0xff}
			if got != bandColour(at+row) {
				t.Errorf("row %d: got %v, want %v", at+row, got, bandColour(at+row))
			}
		}
	}
}

func TestFitWidth(t *testing.T) {
	b := newTallBench(t, build(t, bands(1600, 3000)))
	room := b.view.Size().Width - NewTheme().Size("scrollBar")
	if got := b.view.pane.extent.Width; math.Abs(float64(got-room)) > 0.01 {
		t.Errorf("got width %v, want %v", got, room)
	}
	if b.view.pane.level != 1 {
		t.Errorf("got level %d, want 1", b.view.pane.level)
	}
	b.view.Resize(fyne.NewSize(400, 600))
	if got := b.view.pane.extent.Width; got > 400 {
		t.Errorf("in a narrower view: got width %v", got)
	}
	// A picture that is narrower than the view is not made larger.
	b = newTallBench(t, build(t, bands(300, 3000)))
	if got := b.view.pane.extent; got != fyne.NewSize(300, 3000) {
		t.Errorf("got size %v", got)
	}
	if x := b.view.pane.origin().X; math.Abs(float64(x-(b.view.scroll.Size().Width-300)/2)) > 0.01 {
		t.Errorf("it is at %v, not in the middle", x)
	}
}

// TestZoomAbout zooms, and checks that the point under the cursor stays.
func TestZoomAbout(t *testing.T) {
	b := newTallBench(t, build(t, bands(1600, 9000)))
	about := fyne.NewPos(300, 200)
	point := func() (x, y float64) {
		p := b.view.scroll.Offset.Add(about).Subtract(b.view.pane.origin())
		return float64(p.X / b.view.unit()), float64(p.Y / b.view.unit())
	}
	b.view.scrollTo(fyne.NewPos(0, 1500))
	x, y := point()
	b.view.zoomBy(4, about)
	if gotX, gotY := point(); math.Abs(gotX-x) > 1 || math.Abs(gotY-y) > 1 {
		t.Errorf("point %.1f, %.1f moved to %.1f, %.1f", x, y, gotX, gotY)
	}
	if b.view.fit {
		t.Error("the view still fits the width")
	}
	b.view.zoomBy(100, about)
	if b.view.zoom != maxZoom {
		t.Errorf("got zoom %v, want %v", b.view.zoom, maxZoom)
	}
	b.view.zoomBy(-100, about)
	if b.view.zoom != minZoom {
		t.Errorf("got zoom %v, want %v", b.view.zoom, minZoom)
	}
}

// TestTilesAreBounded scrolls through a picture. Only tiles near the view are
// held, and their images are used again.
func TestTilesAreBounded(t *testing.T) {
	b := newTallBench(t, build(t, bands(600, 20_000)))
	b.view.ActualSize()
	most := 0
	for y := float32(0); y < 20_000; y += 333 {
		b.view.scrollTo(fyne.NewPos(0, y))
		b.settle()
		most = max(most, len(b.view.pane.tiles)+len(b.view.pane.spare))
		for k := range b.view.pane.tiles {
			if d := math.Abs(float64(k.row*tileSize) - float64(y)); d > 1500 {
				t.Fatalf("at %v a tile %v off is held", y, d)
			}
		}
	}
	if most > 14 {
		t.Errorf("got up to %d images, want at most 14", most)
	}
}

// TestFlick scrolls without waiting for tiles: few are loaded on the way.
func TestFlick(t *testing.T) {
	b := newTallBench(t, build(t, bands(600, 20_000)))
	b.view.ActualSize()
	b.settle()
	load, loaded := b.view.pane.loader.load, make(chan tileKey, 1000)
	b.view.pane.loader.load = func(k tileKey) (*image.RGBA, error) {
		loaded <- k
		return load(k)
	}
	for y := float32(0); y < 20_000; y += 50 {
		b.view.scrollTo(fyne.NewPos(0, y))
	}
	b.settle()
	if n := len(loaded); n > 14+loads {
		t.Errorf("%d tiles were loaded", n)
	}
	for _, k := range b.view.pane.near(b.view.scroll.Offset) {
		if b.view.pane.tiles[k] == nil {
			t.Errorf("tile %v is missing at the end", k)
		}
	}
}

func TestTallViewKeys(t *testing.T) {
	b := newTallBench(t, build(t, bands(600, 5000)))
	c := b.view.canvas
	test.Tap(b.view.pane)
	if c.Focused() != b.view.pane || !b.view.ring.Visible() {
		t.Error("a tapped picture doesn't have the focus")
	}
	end := 5000 - b.view.scroll.Size().Height
	for _, tt := range []struct {
		key  fyne.KeyName
		want float32
	}{
		{fyne.KeyUp, 0}, {fyne.KeyDown, 40}, {fyne.KeyHome, 0}, {fyne.KeyEnd, end}, {fyne.KeyDown, end},
		{fyne.KeyPageUp, end - 0.9*b.view.scroll.Size().Height},
	} {
		c.Focused().TypedKey(&fyne.KeyEvent{Name: tt.key})
		if got := b.view.scroll.Offset.Y; math.Abs(float64(got-tt.want)) > 0.01 {
			t.Errorf("key %s: got offset %v, want %v", tt.key, got, tt.want)
		}
	}
	c.Focused().TypedRune('-')
	if got, want := b.view.zoom, 1/zoomStep; math.Abs(got-want) > 1e-9 {
		t.Errorf("got zoom %v, want %v", got, want)
	}
	c.Unfocus()
	if b.view.ring.Visible() {
		t.Error("the ring stays")
	}
}

func TestDragAndWheel(t *testing.T) {
	b := newTallBench(t, build(t, bands(600, 5000)))
	b.view.pane.Dragged(&fyne.DragEvent{Dragged: fyne.NewDelta(0, -70)})
	b.view.pane.DragEnd()
	b.view.pane.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -30)})
	if got := b.view.scroll.Offset.Y; got != 100 {
		t.Errorf("got offset %v, want 100", got)
	}
}

// TestOtherScale shows a picture on a screen with two device pixels a unit.
func TestOtherScale(t *testing.T) {
	b := newTallBench(t, build(t, bands(3200, 3000)))
	before := b.view.pane.extent
	b.view.canvas.(test.WindowlessCanvas).SetScale(2)
	b.view.Refresh()
	if got := b.view.pane.extent; math.Abs(float64(got.Width-before.Width)) > 0.1 {
		t.Errorf("got width %v, want %v", got.Width, before.Width)
	}
	if b.view.pane.level != 1 {
		t.Errorf("got level %d, want 1", b.view.pane.level)
	}
	b.view.ActualSize()
	if got := b.view.pane.extent.Width; got != 1600 {
		t.Errorf("actual size: got width %v, want 1600", got)
	}
}

// TestReplaced shows another picture: the first is closed.
func TestReplaced(t *testing.T) {
	first := build(t, bands(600, 3000))
	b := newTallBench(t, first)
	b.view.scrollTo(fyne.NewPos(0, 1000))
	b.view.show(build(t, plain(600, 3000, color.RGBA{1, 2, 3, 0xff})))
	b.settle()
	if _, err := first.tile(first.top()); !errors.Is(err, errClosed) {
		t.Errorf("got error %v", err)
	}
	if got := b.view.scroll.Offset.Y; got != 0 {
		t.Errorf("got offset %v", got)
	}
	r, g, bl, _ := b.view.canvas.Capture().At(400, 300).RGBA()
	if r>>8 != 1 || g>>8 != 2 || bl>>8 != 3 {
		t.Errorf("got colour %d %d %d", r>>8, g>>8, bl>>8)
	}
	b.view.clear()
	if b.view.pane.extent != (fyne.Size{}) {
		t.Error("the view isn't empty")
	}
}
