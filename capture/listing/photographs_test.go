package listing

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"math/bits"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pugmark/assets"
	"pugmark/evidence"
	"pugmark/evidence/canon"
)

// scene is the sample site's picture, decoded.
func scene(t *testing.T) image.Image {
	t.Helper()
	m, err := jpeg.Decode(bytes.NewReader(get(t, assets.Sample(), "/static/photo/set.jpg")))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func picture(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/pictures/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// bitsOf reads a hash.
func bitsOf(t *testing.T, h hashed) uint64 {
	t.Helper()
	n, err := strconv.ParseUint(strings.TrimPrefix(h.hash, "p:"), 16, 64)
	if err != nil || len(h.hash) != 18 {
		t.Fatalf("got hash %q", h.hash)
	}
	return n
}

// TestHashes has the same picture in all formats, and in two sizes, give nearly
// the same hash, and another picture another one.
func TestHashes(t *testing.T) {
	m := scene(t)
	var asPNG, asJPEG, asGIF bytes.Buffer
	for _, err := range []error{png.Encode(&asPNG, m), jpeg.Encode(&asJPEG, m, &jpeg.Options{Quality: 50}), gif.Encode(&asGIF, m, nil)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	want, err := hashImage(bytes.NewReader(asPNG.Bytes()), maxPixels)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		format string
		body   []byte
		far    bool
	}{
		{"png", asPNG.Bytes(), false},
		{"jpeg", asJPEG.Bytes(), false},
		{"gif", asGIF.Bytes(), false},
		{"webp", picture(t, "lossy.webp"), false},
		{"webp", picture(t, "lossless.webp"), false},
		{"jpeg", picture(t, "progressive.jpg"), false},
		{"jpeg", get(t, assets.Sample(), "/static/photo/rabbit.jpg"), true},
	} {
		got, err := hashImage(bytes.NewReader(tt.body), maxPixels)
		if err != nil || got.format != tt.format || got.width == 0 || got.height == 0 {
			t.Errorf("%s: got %+v, %v", tt.format, got, err)
			continue
		}
		if d := bits.OnesCount64(bitsOf(t, got) ^ bitsOf(t, want)); d > 6 != tt.far || tt.far && d < 16 {
			t.Errorf("%s: %s and %s differ in %d bits", tt.format, got.hash, want.hash, d)
		}
	}
}

// pngHeader is a PNG file that has no more than its header.
func pngHeader(width, height uint32) []byte {
	b := []byte("IHDR")
	b = binary.BigEndian.AppendUint32(b, width)
	b = binary.BigEndian.AppendUint32(b, height)
	b = append(b, 8, 6, 0, 0, 0)
	file := append([]byte("\x89PNG\r\n\x1a\n"), 0, 0, 0, 13)
	file = append(file, b...)
	return binary.BigEndian.AppendUint32(file, crc32.ChecksumIEEE(b))
}

func TestNoHash(t *testing.T) {
	truncated := picture(t, "progressive.jpg")
	for _, tt := range []struct {
		what string
		body []byte
		want string
	}{
		{"bomb", pngHeader(60_000, 60_000), "decoding it would take more than 64 MiB"},
		{"just too large", pngHeader(2_900, 2_900), "decoding it would take more than 64 MiB"},
		{"large enough", pngHeader(2_800, 2_800), "it can't be decoded: unexpected EOF"},
		{"svg", []byte("\n<svg xmlns='http://www.w3.org/2000/svg'/>"), "SVG has no pixels to hash"},
		{"avif", []byte("\x00\x00\x00\x20ftypavif\x00\x00\x00\x00"), "AVIF is not decoded"},
		{"html", []byte("<!doctype html>"), "its format is not decoded"},
		{"empty", nil, "its format is not decoded"},
		{"truncated", truncated[:len(truncated)-100], "it can't be decoded: invalid JPEG format: short Huffman data"},
	} {
		_, err := hashImage(bytes.NewReader(tt.body), maxPixels)
		if err == nil || reason(err) != tt.want {
			t.Errorf("%s: got %v, want %q", tt.what, err, tt.want)
		}
	}
}

func TestJPEGSize(t *testing.T) {
	m := image.NewGray(image.Rect(0, 0, 100, 100))
	m.SetGray(1, 1, color.Gray{255})
	var gray bytes.Buffer
	if err := jpeg.Encode(&gray, m, nil); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		what string
		body []byte
		want int64 // bytes for each pixel, times two
	}{
		{"gray", gray.Bytes(), 8},                                 // 1 + 3
		{"baseline, 4:2:0", baseline(t), 9},                       // 1.5 + 3
		{"progressive, 4:2:0", picture(t, "progressive.jpg"), 21}, // 5 * 1.5 + 3
		{"no frame", []byte("\xff\xd8\xff\xd9"), 36},
	} {
		if got := jpegSize(2, tt.body); got != tt.want {
			t.Errorf("%s: got %d, want %d", tt.what, got, tt.want)
		}
	}
}

func baseline(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, scene(t), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestPhotographs(t *testing.T) {
	opened := 0
	body := picture(t, "lossy.webp")
	open := func() (io.ReadCloser, error) {
		opened++
		return io.NopCloser(bytes.NewReader(body)), nil
	}
	d := canon.Sum(body)
	l, err := Extract(t.Context(), Page{
		Address:  "https://shop.example/a",
		Document: strings.NewReader(`<meta property="og:image" content="/1.webp"><meta property="og:image" content="/9.webp">`),
		Images: []Image{
			{Address: "https://shop.example/1.webp", Width: 10, Height: 10, Digest: d, Bytes: 9, Open: open},
			{Address: "https://shop.example/1.webp", Left: 5, Top: 6, Width: 20, Height: 10, Alt: "large", Digest: d, Open: open},
			{Address: "https://cdn.example/same.webp", Digest: d, Open: open},
			{Address: "https://shop.example/2.webp", Open: func() (io.ReadCloser, error) { return nil, errors.New("gone") }},
			{Address: "https://shop.example/3.webp"},
			{Address: "data:image/png;base64," + strings.Repeat("A", 5000)},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(l.Photographs) != 6 {
		t.Fatalf("got %d photographs, want 6", len(l.Photographs))
	}
	p := l.Photographs[0]
	if p.Times != 2 || *p.Shown != (Box{5, 6, 20, 10}) || p.Alt != "large" || p.Bytes != 9 || p.SHA256 != d || p.Hash == "" || len(p.NamedBy) != 1 {
		t.Errorf("got %+v", p)
	}
	if same := l.Photographs[1]; same.Hash != p.Hash || opened != 1 {
		t.Errorf("got hash %q, opened %d times; want %q, once", same.Hash, opened, p.Hash)
	}
	for i, want := range []string{"its content can't be read", "its content was not obtained", "its content was not obtained", "the page names it and doesn't show it"} {
		if got := l.Photographs[2+i].NoHash; got != want {
			t.Errorf("photograph %d: got %q, want %q", 2+i, got, want)
		}
	}
	if got := len(l.Photographs[4].Address); got > 400 {
		t.Errorf("got a data address of %d bytes", got)
	}
	if last := l.Photographs[5]; last.Address != "https://shop.example/9.webp" || last.Shown != nil || last.NamedBy[0].Where != "meta:nth-of-type(2)" {
		t.Errorf("got %+v", last)
	}
}

func TestPhotographLimits(t *testing.T) {
	images := make([]Image, maxPhotographs+5)
	for i := range images {
		images[i] = Image{Address: "https://shop.example/" + strconv.Itoa(i), Open: func() (io.ReadCloser, error) {
			return io.NopCloser(bytes.NewReader(pngHeader(1, 1))), nil
		}}
	}
	images = append(images, images[0]) // in another place
	l, err := Extract(t.Context(), Page{Address: "https://shop.example/a", Images: images, Unlisted: 7})
	if err != nil {
		t.Fatal(err)
	}
	want := evidence.Problem{Code: "photograph_limit", Detail: "12 places with more pictures are not listed"}
	if !slices.Contains(l.Problems, want) || l.Photographs[0].Times != 2 {
		t.Errorf("got problems %v, want %v", l.Problems, want)
	}
	if len(l.Photographs) != maxPhotographs || l.Photographs[maxHashed].NoHash != "only 200 pictures of a page are hashed" {
		t.Errorf("got %d photographs, and %q", len(l.Photographs), l.Photographs[maxHashed].NoHash)
	}
}

// TestPixelLimit has pictures that are small each, and large together.
func TestPixelLimit(t *testing.T) {
	images := make([]Image, 40)
	for i := range images {
		images[i] = Image{Address: "https://shop.example/" + strconv.Itoa(i), Digest: canon.Sum([]byte{byte(i)}), Open: func() (io.ReadCloser, error) {
			return io.NopCloser(bytes.NewReader(pngHeader(2_500, 2_500))), nil
		}}
	}
	l, err := Extract(t.Context(), Page{Address: "https://shop.example/a", Images: images})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range map[int]string{31: "it can't be decoded: unexpected EOF", 32: "only 200 million pixels of a page's pictures are decoded"} {
		if got := l.Photographs[i]; got.NoHash != want || got.Width != 2_500 {
			t.Errorf("photograph %d: got %+v, want %q", i, got, want)
		}
	}
}

// TestDataAddresses has two pictures whose addresses, cut, are the same.
func TestDataAddresses(t *testing.T) {
	address := "data:image/png;base64,iVBORw0KGgo"
	images := []Image{{Address: address, Digest: canon.Sum([]byte("a"))}, {Address: address, Digest: canon.Sum([]byte("b"))}, {Address: address, Digest: canon.Sum([]byte("a"))}}
	l, err := Extract(t.Context(), Page{Address: "https://shop.example/a", Images: images})
	if err != nil || len(l.Photographs) != 2 || l.Photographs[0].Times != 2 {
		t.Errorf("got %+v, %v, want two photographs", l, err)
	}
}

// TestHasherIsThePinnedOne holds the record's word on what computed the hashes
// against what is built in.
func TestHasherIsThePinnedOne(t *testing.T) {
	b, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	module, version, _ := strings.Cut(strings.TrimSuffix(hasher, " PerceptionHash"), " ")
	if !strings.Contains(string(b), module+" "+version+"\n") && !strings.Contains(string(b), module+" "+version+" ") {
		t.Errorf("go.mod doesn't require %s %s", module, version)
	}
}

// FuzzHashImage has any bytes taken for a picture.
func FuzzHashImage(f *testing.F) {
	for _, name := range []string{"lossy.webp", "lossless.webp", "progressive.jpg"} {
		b, err := os.ReadFile("testdata/pictures/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add(pngHeader(3, 3))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := hashImage(bytes.NewReader(b), maxPixels)
		if (err == nil) != (h.hash != "") {
			t.Errorf("got %+v, %v", h, err)
		}
	})
}
