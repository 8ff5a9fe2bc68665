package ui

import (
	"errors"
	"image"
	"os"
	"testing"
)

// build makes a pyramid of a picture.
func build(t *testing.T, img *image.RGBA) *pyramid {
	t.Helper()
	p, err := newPyramid(img.Rect.Dx(), img.Rect.Dy())
	check(t, err)
	t.Cleanup(func() { check(t, p.Close()) })
	for y := range p.height {
		check(t, p.writeRow(rowOf(img, y)))
	}
	return p
}

// rowOf returns a row of a picture without alpha.
func rowOf(img *image.RGBA, y int) []byte {
	pix := img.Pix[y*img.Stride:][:4*img.Rect.Dx()]
	row := make([]byte, 0, 3*img.Rect.Dx())
	for x := 0; x < len(pix); x += 4 {
		row = append(row, pix[x:x+3]...)
	}
	return row
}

// half returns a picture in half the size, by the definition: each pixel is the
// mean of the four that it stands for, where those at the edge count twice.
func half(img *image.RGBA) *image.RGBA {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	out := image.NewRGBA(image.Rect(0, 0, (w+1)/2, (h+1)/2))
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			var sum [4]int
			for _, q := range []image.Point{{0, 0}, {1, 0}, {0, 1}, {1, 1}} {
				c := img.RGBAAt(min(2*x+q.X, w-1), min(2*y+q.Y, h-1))
				sum[0], sum[1], sum[2], sum[3] = sum[0]+int(c.R), sum[1]+int(c.G), sum[2]+int(c.B), sum[3]+int(c.A)
			}
			for c, s := range sum {
				out.Pix[out.PixOffset(x, y)+c] = byte((s + 2) / 4)
			}
		}
	}
	return out
}

// wantTiles compares all tiles of a level with a picture.
func wantTiles(t *testing.T, p *pyramid, n int, want *image.RGBA) {
	t.Helper()
	l := p.levels[n]
	if got := image.Pt(l.width, l.height); got != want.Rect.Size() {
		t.Fatalf("level %d: got size %v, want %v", n, got, want.Rect.Size())
	}
	for row := range l.rows {
		for col := range l.cols {
			k := tileKey{n, col, row}
			got, err := p.tile(k)
			check(t, err)
			r := p.bounds(k)
			if got.Rect.Size() != r.Size() {
				t.Errorf("tile %v: got size %v, want %v", k, got.Rect.Size(), r.Size())
			}
			for y := range r.Dy() {
				for x := range r.Dx() {
					if c := want.RGBAAt(r.Min.X+x, r.Min.Y+y); got.RGBAAt(x, y) != c {
						t.Fatalf("tile %v, pixel %d, %d: got %v, want %v", k, x, y, got.RGBAAt(x, y), c)
					}
				}
			}
		}
	}
}

func TestLevels(t *testing.T) {
	for _, size := range []image.Point{{1, 1}, {512, 512}, {513, 5}, {3, 1025}, {700, 2100}, {1023, 1537}} {
		img := noise(size.X, size.Y)
		p := build(t, img)
		for n := range p.levels {
			wantTiles(t, p, n, img)
			img = half(img)
		}
		last := p.levels[len(p.levels)-1]
		if last.width > tileSize || last.height > tileSize || last.cols*last.rows != 1 {
			t.Errorf("%v: the last level is %d by %d", size, last.width, last.height)
		}
	}
}

// TestUnfinished reads tiles of a picture that is still being written.
func TestUnfinished(t *testing.T) {
	img := noise(600, 1100)
	p, err := newPyramid(600, 1100)
	check(t, err)
	defer p.Close()
	for y := range 2 * tileSize {
		check(t, p.writeRow(rowOf(img, y)))
	}
	for k, want := range map[tileKey]bool{
		{0, 0, 0}: true, {0, 1, 1}: true, {0, 0, 2}: false, {1, 0, 0}: true, {1, 0, 1}: false, p.top(): false,
	} {
		if p.has(k) != want {
			t.Errorf("tile %v is written: %v, want %v", k, !want, want)
		}
	}
	got, err := p.tile(tileKey{0, 1, 1})
	check(t, err)
	if got.RGBAAt(87, 511) != img.RGBAAt(599, 1023) {
		t.Error("a tile of an unfinished picture has other pixels")
	}
}

func TestClosedPyramid(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	p, err := newPyramid(10, 10)
	check(t, err)
	check(t, p.Close())
	check(t, p.Close())
	row := make([]byte, 30)
	for range 9 {
		check(t, p.writeRow(row))
	}
	if err := p.writeRow(row); !errors.Is(err, errClosed) {
		t.Errorf("writing: got error %v", err)
	}
	if _, err := p.tile(p.top()); !errors.Is(err, errClosed) {
		t.Errorf("reading: got error %v", err)
	}
	entries, err := os.ReadDir(os.TempDir())
	check(t, err)
	if len(entries) > 0 {
		t.Errorf("left behind: %v", entries)
	}
}

func TestNoRoom(t *testing.T) {
	t.Setenv("TMPDIR", "/nowhere")
	if _, err := newPyramid(10, 10); err == nil {
		t.Error("made a file nowhere")
	}
}

// TestMemory bounds what is held for a tall picture.
func TestMemory(t *testing.T) {
	p, err := newPyramid(1280, 100_000)
	check(t, err)
	defer p.Close()
	held := 0
	for n, b := range p.bands {
		held += cap(b.pix) + cap(b.odd) + cap(b.half) + 16*cap(p.levels[n].tiles)
	}
	if held > 5<<20 {
		t.Errorf("got %d bytes, want at most 5 MiB", held)
	}
}

func BenchmarkPyramid(b *testing.B) {
	img := noise(1280, 4096)
	rows := make([][]byte, img.Rect.Dy())
	for y := range rows {
		rows[y] = rowOf(img, y)
	}
	b.SetBytes(int64(len(img.Pix)))
	for b.Loop() {
		p, err := newPyramid(1280, len(rows))
		if err != nil {
			b.Fatal(err)
		}
		for _, r := range rows {
			if err := p.writeRow(r); err != nil {
				b.Fatal(err)
			}
		}
		_ = p.Close()
	}
}
