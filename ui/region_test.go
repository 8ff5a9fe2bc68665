package ui

import (
	"image"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

// TestMinimap moves about a tall picture by its minimap.
func TestMinimap(t *testing.T) {
	b := newTallBench(t, build(t, bands(400, 20_000)))
	m := newMinimap(b.w.work, b.view)
	m.Resize(fyne.NewSize(minimapWidth, 600))
	m.survey()
	b.settle()
	if got := m.image.Image.Bounds().Size(); got.Y > overviewLimit || got.Y < overviewLimit/2 {
		t.Errorf("got an overview of %v", got)
	}
	// Red rises once in 256 rows.
	red, _, _, _ := m.image.Image.At(2, m.image.Image.Bounds().Dy()/2).RGBA()
	if got, want := int(red>>8), int(bandColour(10_000).R); got < want-1 || got > want+1 {
		t.Errorf("got red %d in the middle, want about %d", got, want)
	}
	test.TapAt(m, fyne.NewPos(10, 300))
	if got := b.view.seen(); got.Min.Y > 10_000 || got.Max.Y < 10_000 {
		t.Errorf("got %v seen after a tap in the middle", got)
	}
	if y := m.frame.Position().Y; y < 280 || y > 300 {
		t.Errorf("got the frame at %v", y)
	}
	m.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(10, 600)}})
	if got := b.view.seen(); got.Max.Y != 20_000 {
		t.Errorf("got %v seen at the end", got)
	}
}

// TestDrawRegion draws a region, at a zoom and an offset, and shows it.
func TestDrawRegion(t *testing.T) {
	b := newTallBench(t, build(t, bands(400, 5_000)))
	var got []image.Rectangle
	b.view.marked = func(r image.Rectangle) { got = append(got, r) }
	b.view.setZoom(2, fyne.Position{})
	b.view.scrollTo(fyne.NewPos(0, 1_000))
	drag := func(from, to fyne.Position) {
		by := to.Subtract(from)
		b.view.pane.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: to}, Dragged: fyne.NewDelta(by.X, by.Y)})
		b.view.pane.DragEnd()
	}
	offset := b.view.scroll.Offset
	b.view.setDrawing(true)
	drag(fyne.NewPos(10, 1_400), fyne.NewPos(12, 1_401))   // no more than a click
	drag(fyne.NewPos(200, 1_400), fyne.NewPos(100, 1_200)) // up and to the left
	b.view.setDrawing(true)
	drag(fyne.NewPos(700, 9_900), fyne.NewPos(5_000, 20_000))
	want := []image.Rectangle{image.Rect(50, 600, 100, 700), image.Rect(350, 4_950, 400, 5_000)}
	if len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("got %v, want %v", got, want)
	}
	if b.view.scroll.Offset != offset {
		t.Error("drawing moved the picture")
	}
	drag(fyne.NewPos(0, 1_200), fyne.NewPos(0, 1_100))
	if b.view.scroll.Offset.Y != offset.Y+100 {
		t.Error("dragging doesn't move the picture any more")
	}

	b.view.setRegions([]region{{want[0], "1"}})
	frame := b.view.pane.frames[0].frame
	if at, size := frame.Position(), frame.Size(); at != fyne.NewPos(100, 1_200) || size != fyne.NewSize(100, 200) {
		t.Errorf("got a frame at %v of %v", at, size)
	}
	b.view.FitAll()
	if seen := b.view.seen(); seen.Dy() != 5_000 {
		t.Errorf("got %v seen of the whole picture", seen)
	}
}
