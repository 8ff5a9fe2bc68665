package capture

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"pugmark/evidence"
)

// serveText serves a page with a text, in large letters.
func serveText(t *testing.T, text string) string {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		io.WriteString(w, `<!doctype html><title>scripts</title><body style="margin: 0; font: 40px sans-serif">`+text)
	}))
	t.Cleanup(srv.Close)
	return srv.URL
}

// words are two of each script that wildlife is sold in.
var words = []struct{ script, one, other string }{
	{"Chinese, simplified", "象牙手镯", "犀角杯子"},
	{"Chinese, traditional", "象牙鐲子", "犀角雕龍"},
	{"Japanese", "ぞうげ", "さいかく"},
	{"Korean", "상아", "코뿔"},
	{"Thai", "งาช้าง", "นอแรด"},
	{"Arabic", "عاج", "قرن"},
	{"Devanagari", "हाथी", "गैंडा"},
	{"Cyrillic", "бивень", "рог"},
	{"Vietnamese", "ngà voi", "sừng tê"},
	{"Khmer", "ភ្លុក", "កុយ"},
	{"Burmese", "ဆင်စွယ်", "ကြံ့ချို"},
	{"Lao", "ງາຊ້າງ", "ນໍແຮດ"},
	{"emoji", "🐘", "🦏"},
}

// TestScripts captures a page with one word a line, and another with other
// words. Were a script drawn as boxes, its lines would look alike.
func TestScripts(t *testing.T) {
	const line = 80
	picture := func(word func(i int) string) image.Image {
		var lines strings.Builder
		for i := range words {
			fmt.Fprintf(&lines, `<div style="height: %dpx; overflow: hidden">%s</div>`, line, word(i))
		}
		f, a := take(t, Request{URL: serveText(t, lines.String())})
		if a.Verdict != evidence.Complete {
			t.Errorf("got verdict %q with %v", a.Verdict, a.Problems)
		}
		img, err := png.Decode(bytes.NewReader(f.read(t, "page.png")))
		if err != nil {
			t.Fatal(err)
		}
		return img
	}
	one := picture(func(i int) string { return words[i].one })
	other := picture(func(i int) string { return words[i].other })
	for i, w := range words {
		if sameRows(one, other, i*line, (i+1)*line) {
			t.Errorf("%s: %q and %q look the same", w.script, w.one, w.other)
		}
	}
}

// sameRows reports whether two pictures are alike from one row to another.
func sameRows(a, b image.Image, from, to int) bool {
	for y := from; y < to; y++ {
		for x := range a.Bounds().Dx() {
			if a.At(x, y) != b.At(x, y) {
				return false
			}
		}
	}
	return true
}

// TestMissingGlyphs captures a text that no machine has a font for: characters
// that aren't assigned look as those of an unknown script do.
func TestMissingGlyphs(t *testing.T) {
	_, a := take(t, Request{URL: serveText(t, "ivory \U00011bc1 \U00016d7a 象牙")})
	if got := codes(a); !slices.Equal(got, []string{ProblemGlyphs}) {
		t.Fatalf("got problems %v", a.Problems)
	}
	if detail := a.Problems[0].Detail; strings.Contains(detail, "象") || !strings.Contains(detail, "\U00011bc1") {
		t.Errorf("got %q, want only the characters that can't be drawn", detail)
	}
}
