package assets

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"strconv"
	"testing"
)

func TestIcon(t *testing.T) {
	img, err := png.Decode(bytes.NewReader(IconPNG))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := img.Bounds(), image.Rect(0, 0, 512, 512); got != want {
		t.Fatalf("got bounds %v, want %v", got, want)
	}
	for _, c := range []struct {
		name string
		x, y int
		want color.NRGBA
	}{
		{"corner", 0, 0, color.NRGBA{}},
		{"ground", 40, 256, color.NRGBA{0x1f, 0x2d, 0x33, 0xff}},
		{"pad", 256, 320, color.NRGBA{0xe9, 0xd8, 0xb0, 0xff}},
		{"toe", 208, 150, color.NRGBA{0xe9, 0xd8, 0xb0, 0xff}},
	} {
		if got := color.NRGBAModel.Convert(img.At(c.x, c.y)); got != c.want {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
	d := xml.NewDecoder(bytes.NewReader(IconSVG))
	for err == nil {
		_, err = d.Token()
	}
	if !errors.Is(err, io.EOF) {
		t.Errorf("the SVG is not XML: %v", err)
	}
}

func TestPhotographs(t *testing.T) {
	names, err := fs.Glob(sampleFiles, "sample/static/photo/*.jpg")
	if err != nil || len(names) != 8 {
		t.Fatalf("got %d photographs and error %v, want 8 and none", len(names), err)
	}
	total := 0
	for _, name := range names {
		b, err := sampleFiles.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		total += len(b)
		img, err := jpeg.Decode(bytes.NewReader(b))
		if err != nil {
			t.Errorf("%q: %v", path.Base(name), err)
			continue
		}
		if got := img.Bounds().Max; got != image.Pt(1000, 750) {
			t.Errorf("%q: got size %v, want 1000 by 750", path.Base(name), got)
		}
	}
	if most := 1 << 20; total > most {
		t.Errorf("got %d bytes of photographs, want at most %d", total, most)
	}
}

var band = regexp.MustCompile(`<div style="background:#(\w{6})(?:;height:(\d+)px)?"><span>(\d+)</span>`)

func TestTallPageIsExact(t *testing.T) {
	base := serve(t)
	for _, c := range []struct {
		query string
		want  int
	}{
		{"", TallDefault}, {"?px=1", 1}, {"?px=100", 100}, {"?px=101", 101}, {"?px=40000", 40000}, {"?px=999999", TallMax},
	} {
		_, body := get(t, base, "/tall"+c.query)
		y := 0
		for _, m := range band.FindAllStringSubmatch(body, -1) {
			if m[3] != strconv.Itoa(y) {
				t.Fatalf("%q: got band %s, want %d", c.query, m[3], y)
			}
			if got, want := m[1], hex(TallColor(y)); got != want {
				t.Fatalf("%q: band %d: got colour %s, want %s", c.query, y, got, want)
			}
			y += height(t, m[2])
		}
		if y != c.want {
			t.Errorf("%q: got height %d, want %d", c.query, y, c.want)
		}
	}
	for _, px := range []string{"0", "-5", "many"} {
		if resp, _ := get(t, base, "/tall?px="+px); resp.StatusCode != http.StatusBadRequest {
			t.Errorf("px %q: got status %d, want 400", px, resp.StatusCode)
		}
	}
}

func hex(c color.RGBA) string {
	return strconv.FormatUint(1<<24|uint64(c.R)<<16|uint64(c.G)<<8|uint64(c.B), 16)[1:]
}

func height(t *testing.T, s string) int {
	t.Helper()
	if s == "" {
		return TallBand
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestTallColorsDiffer(t *testing.T) {
	seen := map[color.RGBA]int{}
	for y := 0; y < TallMax; y += TallBand {
		c := TallColor(y)
		if other, ok := seen[c]; ok {
			t.Fatalf("rows %d and %d have the same colour %v", other, y, c)
		}
		seen[c] = y
		if TallColor(y+TallBand-1) != c {
			t.Fatalf("the band at %d has two colours", y)
		}
	}
	if got, want := TallColor(25700), (color.RGBA{R: 53, G: 97, B: 40, A: 255}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}
