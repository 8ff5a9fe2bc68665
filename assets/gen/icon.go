//go:build ignore

// Icon draws the application's icon, a pugmark above a scale bar, and writes
// icon.svg and icon.png, 512 pixels square, from the same outlines.
package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"log"
	"math"
	"os"

	"golang.org/x/image/vector"
)

const side = 512

var (
	ink  = color.RGBA{0x1f, 0x2d, 0x33, 0xff}
	sand = color.RGBA{0xe9, 0xd8, 0xb0, 0xff}
)

type point struct{ x, y float64 }

// outline is a closed curve: a start, then three points for each cubic.
type outline []point

type layer struct {
	fill     color.RGBA
	outlines []outline
}

func main() {
	log.SetFlags(0)
	layers := []layer{{ink, []outline{plate(112)}}, {sand, pugmark()}}
	write("icon.svg", svg(layers))
	write("icon.png", raster(layers))
}

func write(name string, data []byte) {
	if err := os.WriteFile(name, data, 0o644); err != nil {
		log.Fatal(err)
	}
}

// pugmark is the left fore foot: the second toe leads, no claws show, and the
// pad has two lobes in front and three behind.
func pugmark() []outline {
	pad := outline{{254, 232},
		{284, 220}, {318, 240}, {333, 276},
		{344, 303}, {379, 313}, {382, 352},
		{385, 388}, {346, 402}, {316, 386},
		{301, 378}, {283, 396}, {256, 396},
		{229, 396}, {211, 378}, {196, 386},
		{166, 402}, {127, 388}, {130, 352},
		{133, 313}, {166, 303}, {178, 276},
		{192, 242}, {226, 222}, {254, 232},
	}
	shapes := []outline{pad,
		toe(131, 218, 39, 54, -22), toe(208, 139, 42, 60, -6),
		toe(302, 131, 42, 60, 7), toe(381, 207, 39, 54, 22),
	}
	return append(shapes, scale()...)
}

// scale is a bar of five parts, every other one open.
func scale() []outline {
	const x, y, part, high, line = 131, 428, 50, 20, 5
	return []outline{
		bar(x, y, part, high), bar(x+2*part, y, part, high), bar(x+4*part, y, part, high),
		bar(x+part, y, part, line), bar(x+part, y+high-line, part, line),
		bar(x+3*part, y, part, line), bar(x+3*part, y+high-line, part, line),
	}
}

// toe is an egg with its narrow end forwards, leaning by the angle in degrees.
func toe(cx, cy, rx, ry, lean float64) outline {
	const k = 0.5523 // cubic approximation of a quarter circle
	egg := outline{{0, -1},
		{.46, -1}, {.92, -.42}, {1, .12}, {1.04, .12 + k}, {k, 1}, {0, 1},
		{-k, 1}, {-1.04, .12 + k}, {-1, .12}, {-.92, -.42}, {-.46, -1}, {0, -1},
	}
	s, c := math.Sincos(lean * math.Pi / 180)
	for i, p := range egg {
		x, y := p.x*rx, p.y*ry
		egg[i] = point{cx + c*x - s*y, cy + s*x + c*y}
	}
	return egg
}

func bar(x, y, w, h float64) outline {
	return polygon(point{x, y}, point{x + w, y}, point{x + w, y + h}, point{x, y + h})
}

func polygon(corners ...point) outline {
	o := outline{corners[0]}
	for i := range corners {
		from, to := corners[i], corners[(i+1)%len(corners)]
		o = append(o, from, to, to)
	}
	return o
}

// plate is the whole square with corners of radius r.
func plate(r float64) outline {
	const k = 0.5523
	o := outline{{r, 0}}
	straight := func(x, y float64) { o = append(o, o[len(o)-1], point{x, y}, point{x, y}) }
	straight(side-r, 0)
	o = append(o, point{side - r + k*r, 0}, point{side, r - k*r}, point{side, r})
	straight(side, side-r)
	o = append(o, point{side, side - r + k*r}, point{side - r + k*r, side}, point{side - r, side})
	straight(r, side)
	o = append(o, point{r - k*r, side}, point{0, side - r + k*r}, point{0, side - r})
	straight(0, r)
	return append(o, point{0, r - k*r}, point{r - k*r, 0}, point{r, 0})
}

func svg(layers []layer) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\">\n<title>Pugmark</title>\n", side, side)
	for _, l := range layers {
		fmt.Fprintf(&b, "<path fill=\"#%02x%02x%02x\" d=\"", l.fill.R, l.fill.G, l.fill.B)
		for _, o := range l.outlines {
			fmt.Fprintf(&b, "M%.1f %.1f", o[0].x, o[0].y)
			for i := 1; i < len(o); i += 3 {
				fmt.Fprintf(&b, "C%.1f %.1f %.1f %.1f %.1f %.1f", o[i].x, o[i].y, o[i+1].x, o[i+1].y, o[i+2].x, o[i+2].y)
			}
			b.WriteString("Z")
		}
		b.WriteString("\"/>\n")
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

func raster(layers []layer) []byte {
	img := image.NewRGBA(image.Rect(0, 0, side, side))
	for _, l := range layers {
		z := vector.NewRasterizer(side, side)
		for _, o := range l.outlines {
			z.MoveTo(float32(o[0].x), float32(o[0].y))
			for i := 1; i < len(o); i += 3 {
				z.CubeTo(float32(o[i].x), float32(o[i].y), float32(o[i+1].x), float32(o[i+1].y), float32(o[i+2].x), float32(o[i+2].y))
			}
			z.ClosePath()
		}
		z.Draw(img, img.Bounds(), image.NewUniform(l.fill), image.Point{})
	}
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, img); err != nil {
		log.Fatal(err)
	}
	return b.Bytes()
}
