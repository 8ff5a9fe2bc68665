package ui

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"pugmark/capture/listing"
)

// comparedPages returns two pictures of a page, of which the second has a banner more
// and another price. Their sizes are those of the samples.
func comparedPages() (a, b *image.RGBA, price image.Rectangle) {
	a = noise(pageSize.X, pageSize.Y)
	b = image.NewRGBA(a.Bounds())
	draw.Draw(b, image.Rect(0, 0, pageSize.X, 200), a, image.Point{}, draw.Src)
	draw.Draw(b, image.Rect(0, 200, pageSize.X, 300), image.NewUniform(color.RGBA{R: 0xc0, A: 0xff}), image.Point{}, draw.Src)
	draw.Draw(b, image.Rect(0, 300, pageSize.X, pageSize.Y), a, image.Pt(0, 200), draw.Src)
	price = image.Rect(50, 700, 150, 730)
	draw.Draw(b, price, image.NewUniform(color.RGBA{B: 0xc0, A: 0xff}), image.Point{}, draw.Src)
	return a, b, price
}

// compared returns a bench with two captures of one address, and the window that
// compares them.
func compared(t *testing.T) (*bench, *compareView) {
	t.Helper()
	a, b, _ := comparedPages()
	said := func(price string) []byte {
		return marshal(t, &listing.Listing{Facts: map[listing.Name]listing.Fact{
			listing.Title: fact("Bangle"), listing.PriceFact: fact(price),
		}})
	}
	w := viewed(t,
		map[string][]byte{"page.png": encode(t, a), "listing.json": said("100.00 CNY"), "text.txt": []byte("Bangle\nPrice 100 CNY\n" + hostile)},
		map[string][]byte{"page.png": encode(t, b), "listing.json": said("80.00 CNY"), "text.txt": []byte("Bangle\nPrice 80 CNY\n" + hostile)})
	w.w.askCompare()
	w.settle()
	w.press("Compare")
	if len(w.w.comparing) != 1 {
		t.Fatalf("got %d windows, want 1", len(w.w.comparing))
	}
	v := w.w.comparing[0]
	v.win.Resize(fyne.NewSize(1200, 800))
	w.settle()
	return w, v
}

// says returns all texts of the window.
func (v *compareView) says() string { return strings.Join(textsIn(v.win.Canvas().Content()), "\n") }

func wantSaid(t *testing.T, v *compareView, texts ...string) {
	t.Helper()
	all := v.says()
	for _, text := range texts {
		if !strings.Contains(all, text) {
			t.Errorf("got no %q in\n%s", text, all)
		}
	}
}

// TestCompare compares two captures: one after the other, since a vault takes long to
// make.
func TestCompare(t *testing.T) {
	b, v := compared(t)
	t.Run("pictures", func(t *testing.T) { testComparePictures(t, b, v) })
	t.Run("together", func(t *testing.T) { testCompareTogether(t, b, v) })
	t.Run("tabs", func(t *testing.T) { testCompareTabs(t, b, v) })
	t.Run("choice", func(t *testing.T) { testCompareChoice(t, b) })
}

func testCompareChoice(t *testing.T, b *bench) {
	b.w.comparing[0].win.Close()
	if len(b.w.comparing) != 0 {
		t.Errorf("got %d windows after closing", len(b.w.comparing))
	}
	b.w.askCompare()
	b.settle()
	// The other capture of the address goes first; those of the other case follow.
	b.want("Compare OP-2/1 with…", "Same address · ", "OP-2/2 · Viewed", "4 captures · of the same address: 1", "OP-1/1 · 老料手串 108颗")
	b.press("Compare")
	if len(b.w.comparing) != 1 {
		t.Errorf("got %d windows", len(b.w.comparing))
	}
	// With the vault the window goes.
	b.w.leaveVault()
	if len(b.w.comparing) != 0 {
		t.Errorf("got %d windows without a vault", len(b.w.comparing))
	}
}

func testComparePictures(t *testing.T, b *bench, v *compareView) {
	_, _, price := comparedPages()
	wantSaid(t, v, "A · OP-2/1 · Viewed", "B · OP-2/2 · Viewed", "1 fact changed", "lines of text: 1 removed, 1 added", "3 differences", "rows inserted: 100, removed: 100")
	p := v.pictures
	if p.a.picture.height != p.b.picture.height || p.a.picture.height != pageSize.Y+100 {
		t.Errorf("got pictures of %d and %d rows, want %d", p.a.picture.height, p.b.picture.height, pageSize.Y+100)
	}
	if len(p.places) != 3 || p.places[0] != image.Rect(0, 196, pageSize.X, 304) || p.places[1] != price.Inset(-around) {
		t.Errorf("got places %v", p.places)
	}
	for _, step := range []struct {
		key  rune
		want int
	}{{'n', 0}, {'N', 1}, {'n', 2}, {'n', 0}, {'p', 2}, {'P', 1}} {
		p.b.pane.TypedRune(step.key)
		if p.at != step.want || p.a.pane.asked != p.places[step.want] || p.b.pane.asked != p.places[step.want] {
			t.Fatalf("%q: got difference %d, want %d", step.key, p.at, step.want)
		}
	}
	wantSaid(t, v, "Difference 2 of 3")
	b.settle()
}

func testCompareTogether(t *testing.T, b *bench, v *compareView) {
	p := v.pictures
	p.a.scrollTo(fyne.NewPos(0, 300))
	if got := p.b.scroll.Offset; got != p.a.scroll.Offset || got.Y == 0 {
		t.Errorf("got %v, want %v", got, p.a.scroll.Offset)
	}
	p.b.setZoom(2, fyne.Position{})
	if p.a.zoom != 2 || p.a.scroll.Offset != p.b.scroll.Offset {
		t.Errorf("got zoom %v at %v, want 2 at %v", p.a.zoom, p.a.scroll.Offset, p.b.scroll.Offset)
	}
	p.b.pane.TypedRune('o')
	b.settle()
	if !p.over || p.b.pale != 0.5 || p.a.pale != 0 || p.a.Position() != p.b.Position() || p.a.Size() != p.b.Size() {
		t.Errorf("got %v, pale %v, at %v and %v", p.over, p.b.pale, p.a.Position(), p.b.Position())
	}
	p.blend.SetValue(0.25)
	if p.b.pale != 0.75 {
		t.Errorf("got %v, want 0.75", p.b.pale)
	}
	for _, want := range []float64{0, 1, 0} {
		p.b.pane.TypedRune('b')
		if p.b.pale != want {
			t.Errorf("got %v, want %v", p.b.pale, want)
		}
	}
	p.b.pane.TypedRune('o')
	if p.over || p.b.pale != 0 || p.a.Position() == p.b.Position() {
		t.Errorf("got %v, pale %v, at %v and %v", p.over, p.b.pale, p.a.Position(), p.b.Position())
	}
}

func testCompareTabs(t *testing.T, b *bench, v *compareView) {
	v.tabs.SelectIndex(1)
	wantSaid(t, v, "[−100]", "[+80]", "Price ")
	if strings.Contains(v.says(), "\u202e") {
		t.Error("a text can reorder what is shown")
	}
	v.tabs.SelectIndex(2)
	wantSaid(t, v, "Facts that differ", "Price", "A: 100.00 CNY", "B: 80.00 CNY", "Facts that are the same", "Bangle")
	v.tabs.SelectIndex(3)
	b.settle()
	wantSaid(t, v, "2 captures of this listing, of 5 that were looked at", "First seen", "Price changed: 100.00 CNY → 80.00 CNY")
}

func TestCompareAltered(t *testing.T) {
	b := viewed(t, map[string][]byte{"page.png": nil}, map[string][]byte{"page.png": nil, "text.txt": bytes.Repeat([]byte("text\n"), 9)})
	b.alter("page.png")
	b.w.askCompare()
	b.settle()
	b.press("Compare")
	v := b.w.comparing[0]
	wantSaid(t, v, "The pictures are not compared", "page.png of OP-2/1")
	v.tabs.SelectIndex(1)
	wantSaid(t, v, "The texts are not compared", "OP-2/1 has none")
}
