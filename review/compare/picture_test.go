package compare

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"pugmark/capture/strip"
	"pugmark/evidence"
	"pugmark/review"
)

// page draws what looks like a page: lines of words on white, and pictures of noise.
// The same seed gives the same page.
func page(width, height int, seed uint64) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, width, height))
	draw.Draw(m, m.Bounds(), image.White, image.Point{}, draw.Src)
	random := rand.New(rand.NewPCG(seed, 7))
	for y := 10; y+60 < height; {
		if random.IntN(8) == 0 {
			noise(m, image.Rect(20, y, 20+min(200, width-40), y+50), random)
			y += 66
			continue
		}
		for x := 20; x < width-30; {
			n := 10 + random.IntN(60)
			letters(m, x, y, min(x+n, width-20), random)
			x += n + 8
		}
		y += 24
	}
	return m
}

// letters draws a word of upright strokes.
func letters(m *image.RGBA, x0, y, x1 int, random *rand.Rand) {
	for x := x0; x < x1; x += 2 + random.IntN(3) {
		draw.Draw(m, image.Rect(x, y+random.IntN(6), x+1, y+12), image.Black, image.Point{}, draw.Src)
	}
}

func noise(m *image.RGBA, r image.Rectangle, random *rand.Rand) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			v := random.Uint32()
			m.SetRGBA(x, y, color.RGBA{byte(v), byte(v >> 8), byte(v >> 16), 0xff})
		}
	}
}

// stacked puts pictures below each other.
func stacked(parts ...image.Image) *image.RGBA {
	var size image.Point
	for _, p := range parts {
		size = image.Pt(max(size.X, p.Bounds().Dx()), size.Y+p.Bounds().Dy())
	}
	m := image.NewRGBA(image.Rectangle{Max: size})
	y := 0
	for _, p := range parts {
		draw.Draw(m, image.Rect(0, y, size.X, y+p.Bounds().Dy()), p, p.Bounds().Min, draw.Src)
		y += p.Bounds().Dy()
	}
	return m
}

func part(m *image.RGBA, r image.Rectangle) image.Image { return m.SubImage(r) }

// with returns a copy on which something is drawn.
func with(m *image.RGBA, f func(*image.RGBA)) *image.RGBA {
	c := image.NewRGBA(m.Bounds())
	copy(c.Pix, m.Pix)
	f(c)
	return c
}

func paint(r image.Rectangle, c color.Color) func(*image.RGBA) {
	return func(m *image.RGBA) { draw.Draw(m, r, image.NewUniform(c), image.Point{}, draw.Src) }
}

// captured returns a picture as a capture has it.
func captured(t testing.TB, m image.Image) *picture {
	t.Helper()
	size := m.Bounds().Size()
	var b bytes.Buffer
	e, err := strip.NewEncoder(&b, size.X, size.Y)
	if err != nil {
		t.Fatal(err)
	}
	row := make([]byte, size.X*rgb)
	for y := range size.Y {
		for x := range size.X {
			c := color.RGBAModel.Convert(m.At(x, y)).(color.RGBA)
			row[x*rgb], row[x*rgb+1], row[x*rgb+2] = c.R, c.G, c.B
		}
		if err := e.WriteRow(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	return pictureIn(b.Bytes(), size)
}

func pictureIn(file []byte, size image.Point) *picture {
	x := &review.Capture{Files: fstest.MapFS{"page.png": {Data: file}}}
	return &picture{
		x, evidence.Item{Path: "page.png", Bytes: int64(len(file)), SHA256: sha256.Sum256(file)}, evidence.Size{Width: size.X, Height: size.Y},
	}
}

var blue = color.RGBA{B: 0xc0, A: 0xff}

func TestPictures(t *testing.T) {
	const w, h = 400, 1200
	base := page(w, h, 1)
	banner := with(image.NewRGBA(image.Rect(0, 0, w, 90)), paint(image.Rect(0, 0, w, 90), blue))
	top, bottom := part(base, image.Rect(0, 0, w, 500)), part(base, image.Rect(0, 500, w, h))
	price := image.Rect(120, 700, 190, 715)
	side := image.Rect(300, 0, w, h)
	// In beside, the main column moves down by 90 and the side column stays.
	beside := with(stacked(banner, part(base, image.Rect(0, 0, w, h-90))), func(m *image.RGBA) {
		draw.Draw(m, side, base, side.Min, draw.Src)
	})
	tests := []struct {
		name              string
		a, b              *image.RGBA
		inserted, removed int
		changes           []Change
		a0, b0            image.Rectangle // of the first region
		identical         float64         // at least
	}{
		{"same", base, page(w, h, 1), 0, 0, nil, image.Rectangle{}, image.Rectangle{}, 1},
		{"changed", base, with(base, paint(price, blue)), 0, 0, []Change{Changed}, price, price, 0.99},
		{"inserted above", base, stacked(banner, base), 90, 0, []Change{Added}, image.Rect(0, 0, w, 0), image.Rect(0, 0, w, 90), 0.95},
		{"inserted within", base, stacked(top, banner, bottom), 90, 0, []Change{Added}, image.Rect(0, 500, w, 500), image.Rect(0, 500, w, 590), 0.95},
		{"removed", stacked(top, banner, bottom), base, 0, 90, []Change{Removed}, image.Rect(0, 500, w, 590), image.Rect(0, 500, w, 500), 0.95},
		{
			"inserted above a change", base, stacked(top, banner, with(stacked(bottom), paint(price.Sub(image.Pt(0, 500)), blue))), 90, 0,
			[]Change{Added, Changed}, image.Rect(0, 500, w, 500), image.Rect(0, 500, w, 590), 0.95,
		},
		{"wider", base, with(image.NewRGBA(image.Rect(0, 0, w+50, h)), func(m *image.RGBA) { draw.Draw(m, base.Bounds(), base, image.Point{}, draw.Src) }), 0, 0,
			[]Change{Added}, image.Rect(w, 0, w, h), image.Rect(w, 0, w+50, h), 0.9},
		{"slightly lighter", base, with(base, func(m *image.RGBA) {
			for i := range m.Pix {
				m.Pix[i] = max(m.Pix[i], 5)
			}
		}), 0, 0, nil, image.Rectangle{}, image.Rectangle{}, 0.5},
		{"nothing alike", base, page(w, h, 2), 0, 0, []Change{Changed}, image.Rect(20, 10, 380, 1150), image.Rect(20, 10, 380, 1150), 0.3},
		{"beside a column", base, beside, 90, 90, nil, image.Rectangle{}, image.Rectangle{}, 0.7},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := comparePictures(t.Context(), captured(t, tt.a), captured(t, tt.b), nil)
			if err != nil {
				t.Fatal(err)
			}
			checkRows(t, p)
			if p.Inserted != tt.inserted || p.Removed != tt.removed || p.Identical < tt.identical {
				t.Errorf("got %d rows inserted, %d removed, %.4f identical; want %d, %d, %.4f", p.Inserted, p.Removed, p.Identical, tt.inserted, tt.removed, tt.identical)
			}
			if tt.name == "beside a column" {
				return // its regions are many
			}
			if got := changesOf(p.Regions); strings.Join(got, " ") != strings.Join(changesOf(regionsOf(tt.changes)), " ") {
				t.Fatalf("got regions %+v, want %q", p.Regions, tt.changes)
			}
			if len(p.Regions) > 0 && (p.Regions[0].A != tt.a0 || p.Regions[0].B != tt.b0) {
				t.Errorf("got region %v and %v, want %v and %v", p.Regions[0].A, p.Regions[0].B, tt.a0, tt.b0)
			}
		})
	}
}

func regionsOf(changes []Change) (out []Region) {
	for _, c := range changes {
		out = append(out, Region{Change: c})
	}
	return out
}

func changesOf(all []Region) (out []string) {
	for _, r := range all {
		out = append(out, string(r.Change))
	}
	return out
}

// checkRows checks that each row of both pictures is there once.
func checkRows(t *testing.T, p *Picture) {
	t.Helper()
	a, b := 0, 0
	for _, r := range p.Rows {
		if r.A != a || r.B != b || r.Height <= 0 {
			t.Fatalf("got rows %+v, want them at %d and %d", r, a, b)
		}
		a, b = r.endA(), r.endB()
	}
	if a != p.SizeA.Height || b != p.SizeB.Height {
		t.Fatalf("got rows to %d and %d, want %d and %d", a, b, p.SizeA.Height, p.SizeB.Height)
	}
}

// TestRowsAnyway checks that rows are laid out whatever the pictures are.
func TestRowsAnyway(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 3))
	for range 300 {
		strips := func() *image.RGBA {
			m := image.NewRGBA(image.Rect(0, 0, 5+random.IntN(3), 1+random.IntN(40)))
			for y := range m.Bounds().Dy() {
				for x := range m.Bounds().Dx() {
					m.SetRGBA(x, y, color.RGBA{R: byte(random.IntN(2) * 200), A: 255})
				}
			}
			return m
		}
		p, err := comparePictures(t.Context(), captured(t, strips()), captured(t, strips()), nil)
		if err != nil {
			t.Fatal(err)
		}
		checkRows(t, p)
	}
}

func TestManyRegions(t *testing.T) {
	base := page(600, 3000, 4)
	dots := with(base, func(m *image.RGBA) {
		for y := 5; y < 3000; y += 40 {
			for x := 5; x < 600; x += 40 {
				m.SetRGBA(x, y, color.RGBA{R: 0x80, G: 0x20, A: 0xff})
			}
		}
	})
	p, err := comparePictures(t.Context(), captured(t, base), captured(t, dots), nil)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(p.Regions); n == 0 || n > maxRegions {
		t.Errorf("got %d regions", n)
	}
	if p.Changed != 15*75 {
		t.Errorf("got %d changed pixels, want %d", p.Changed, 15*75)
	}
}

func TestPictureAltered(t *testing.T) {
	base := page(100, 200, 1)
	other := captured(t, with(base, paint(image.Rect(3, 3, 9, 9), blue)))
	for name, spoil := range map[string]func(*picture){
		"digest": func(p *picture) { p.item.SHA256[0] ^= 1 },
		"size":   func(p *picture) { p.size.Height++ },
		"gone":   func(p *picture) { p.item.Path = "other.png" },
		"bytes": func(p *picture) {
			file := p.capture.Files.(fstest.MapFS)["page.png"]
			file.Data = bytes.Clone(file.Data)
			file.Data[len(file.Data)/2] ^= 1
		},
	} {
		t.Run(name, func(t *testing.T) {
			bad := captured(t, base)
			spoil(bad)
			if _, err := comparePictures(t.Context(), bad, other, nil); err == nil || errors.Is(err, context.Canceled) {
				t.Errorf("A: got error %v", err)
			}
			same := captured(t, base)
			if _, err := comparePictures(t.Context(), same, bad, nil); err == nil {
				t.Error("it is taken for the same, unread")
			}
			if _, err := comparePictures(t.Context(), other, bad, nil); err == nil || errors.Is(err, context.Canceled) {
				t.Errorf("B: got error %v", err)
			}
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := comparePictures(ctx, captured(t, base), other, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v, want %v", err, context.Canceled)
	}
}

func TestSave(t *testing.T) {
	base := page(200, 300, 1)
	banner := with(image.NewRGBA(image.Rect(0, 0, 200, 40)), paint(image.Rect(0, 0, 200, 40), blue))
	other := with(stacked(banner, base), paint(image.Rect(50, 200, 90, 220), blue))
	p, err := comparePictures(t.Context(), captured(t, base), captured(t, other), nil)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, d := range map[string]Drawing{"beside.png": SideBySide, "over.png": Overlay} {
		path := filepath.Join(dir, name)
		if err := p.Save(t.Context(), path, d, nil); err != nil {
			t.Fatal(err)
		}
		if err := p.Save(t.Context(), path, d, nil); !errors.Is(err, fs.ErrExist) {
			t.Errorf("%s again: got error %v, want %v", name, err, fs.ErrExist)
		}
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		m, err := png.Decode(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		if want := image.Pt(p.Size(d).Width, p.Size(d).Height); m.Bounds().Size() != want || want.Y != 340 {
			t.Errorf("%s: got %v, want %v", name, m.Bounds().Size(), want)
		}
		at := image.Pt(48, 210) // on the left outline of what changed
		if d == SideBySide {
			at.X += 200 + gutter
		}
		if got := color.RGBAModel.Convert(m.At(at.X, at.Y)); got != (color.RGBA{0xd4, 0, 0x78, 0xff}) {
			t.Errorf("%s: got %v at %v, want an outline", name, got, at)
		}
	}
	left, _ := os.ReadDir(dir)
	if len(left) != 2 {
		t.Errorf("got files %v", left)
	}
}

// TestTallPicture checks that a page of 100,000 pixels takes no memory to speak of:
// it is made and read row by row.
func TestTallPicture(t *testing.T) {
	a, b := tall(t, 100_000, 0), tall(t, 100_000, 37)
	p, err := comparePictures(t.Context(), a, b, nil)
	if err != nil {
		t.Fatal(err)
	}
	if p.Inserted != 37 || p.Removed != 37 || p.Identical < 0.999 || math.IsNaN(p.Identical) {
		t.Errorf("got %d rows inserted, %d removed, %.4f identical, %d regions", p.Inserted, p.Removed, p.Identical, len(p.Regions))
	}
}

// tall makes a picture without holding it, of which all is shifted down, and what is
// above is black.
func tall(t testing.TB, height, shift int) *picture {
	t.Helper()
	const width = 300
	var b bytes.Buffer
	e, err := strip.NewEncoder(&b, width, height)
	if err != nil {
		t.Fatal(err)
	}
	row := make([]byte, width*rgb)
	for y := range height {
		clear(row)
		if y >= shift {
			random := rand.New(rand.NewPCG(uint64((y-shift)/3), 9))
			for i := range width {
				row[i*rgb] = byte(random.Uint32() & 0xf0)
			}
		}
		if err := e.WriteRow(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	return pictureIn(b.Bytes(), image.Pt(width, height))
}

// BenchmarkPictures compares two pages of 1440×10,000 pixels, of which one has a
// banner more and a changed price. Bytes are those of the pixels.
func BenchmarkPictures(b *testing.B) {
	const w, h = 1440, 10_000
	base := page(w, h, 1)
	banner := with(image.NewRGBA(image.Rect(0, 0, w, 120)), paint(image.Rect(0, 0, w, 120), blue))
	other := with(stacked(part(base, image.Rect(0, 0, w, 800)), banner, part(base, image.Rect(0, 800, w, h))),
		paint(image.Rect(300, 3000, 420, 3030), blue))
	x, y := captured(b, base), captured(b, other)
	b.Run("compare", func(b *testing.B) {
		b.SetBytes(2 * w * h * rgb)
		b.ReportAllocs()
		for b.Loop() {
			if _, err := comparePictures(b.Context(), x, y, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
	p, err := comparePictures(b.Context(), x, y, nil)
	if err != nil {
		b.Fatal(err)
	}
	if p.Inserted != 120 || p.Removed != 0 {
		b.Fatalf("got %d rows inserted, %d removed", p.Inserted, p.Removed)
	}
	b.Run("draw", func(b *testing.B) {
		b.SetBytes(2 * w * h * rgb)
		for b.Loop() {
			if err := p.Draw(b.Context(), discard{}, SideBySide, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}

type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }
