package assets

import (
	"bytes"
	"fmt"
	"image/color"
	"net/http"
	"strconv"
)

// The tall page is a stack of bands, each TallBand pixels high and of one
// colour; the last is shorter where the height is not a multiple. The left
// TallClear pixels of every band carry no text, so that a test can compare
// them exactly.
const (
	TallBand    = 100
	TallClear   = 40
	TallDefault = 30000
	TallMax     = 200000
)

// TallColor is the colour of row y of the tall page. For band i = y/TallBand:
//
//	red   = 53*i mod 256
//	green = 97*i mod 256
//	blue  = 16 + 24*(i/256)
//
// Red and blue alone tell any two bands of a page apart.
func TallColor(y int) color.RGBA {
	i := y / TallBand
	return color.RGBA{R: uint8(53 * i), G: uint8(97 * i), B: uint8(16 + 24*(i/256)), A: 255}
}

const tallHead = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Tall page of %d px</title>
<link rel="icon" href="/static/favicon.svg">
<style>
html, body { margin: 0; background: #fff; }
div { height: %dpx; overflow: hidden; }
span { display: inline-block; margin: 8px 0 0 %dpx; padding: 2px 8px; background: #fff; color: #000; font: 16px/20px sans-serif; }
</style>
<body>
`

// tall writes the page of ?px= pixels, at most TallMax.
func (s *site) tall(w http.ResponseWriter, r *http.Request) {
	px := TallDefault
	if v := r.FormValue("px"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 {
			http.Error(w, fmt.Sprintf("got px %q, want a positive number", v), http.StatusBadRequest)
			return
		}
		px = min(n, TallMax)
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, tallHead, px, TallBand, TallClear+20)
	for y := 0; y < px; y += TallBand {
		c, short := TallColor(y), ""
		if px-y < TallBand {
			short = fmt.Sprintf(";height:%dpx", px-y)
		}
		fmt.Fprintf(&b, "<div style=\"background:#%02x%02x%02x%s\"><span>%d</span></div>\n", c.R, c.G, c.B, short, y)
	}
	send(w, r, "text/html; charset=utf-8", noStore, b.Bytes())
}
