package vaultgen

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math/rand/v2"
	"time"

	"pugmark/capture/listing"
	"pugmark/evidence"
)

// Pictures are a quarter of a usual screen, in device pixels.
const (
	viewWidth, viewHeight = 640, 400
	pageMost              = 2400 // height of a page
)

// page is an invented listing.
type page struct {
	market  market
	address string
	title   string
	lang    string
	price   string
	text    string
	when    time.Time
	problem *evidence.Problem // nil: the capture is complete
}

// newPage invents the listing of a number.
func newPage(r *rand.Rand, i int) *page {
	m := markets[r.IntN(len(markets))]
	thing := m.things[r.IntN(len(m.things))]
	p := &page{
		market: m, lang: m.lang, address: "https://" + m.host + fmt.Sprintf(m.path, 100_000+i*7),
		title: fmt.Sprintf("%s · %s", thing, m.name),
		price: fmt.Sprintf("%d.00", 20+r.IntN(4000)),
		when:  time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(r.IntN(320*24*60)) * time.Minute),
	}
	p.text = p.title + "\n" + fmt.Sprintf(m.text, thing, m.currency+" "+p.price) + "\n"
	if r.IntN(8) == 0 {
		p.problem = &problems[r.IntN(len(problems))]
	}
	return p
}

func (p *page) html() string {
	return fmt.Sprintf(`<!DOCTYPE html><html lang=%q><head><meta charset="utf-8"><title>%s</title>
<meta property="og:title" content="%[2]s"><meta property="product:price:amount" content="%s">
<meta property="product:price:currency" content="%s"></head><body><main><h1>%[2]s</h1><p>%s</p></main></body></html>
`, p.lang, html.EscapeString(p.title), p.price, p.market.currency, html.EscapeString(p.text))
}

// write writes the items, and returns the size of the full page.
func (p *page) write(ctx context.Context, s evidence.ItemStore, r *rand.Rand) (evidence.Size, error) {
	document := p.html()
	facts, err := listing.Extract(ctx, listing.Page{Address: p.address, Document: bytes.NewReader([]byte(document)), Text: p.text})
	if err != nil {
		return evidence.Size{}, err
	}
	record, err := facts.Marshal()
	if err != nil {
		return evidence.Size{}, err
	}
	full := picture(r, viewHeight+r.IntN(pageMost-viewHeight))
	view := full.SubImage(image.Rect(0, 0, viewWidth, viewHeight))
	return evidence.Size{Width: viewWidth, Height: full.Rect.Dy()}, errors.Join(
		put(s, "viewport.png", evidence.KindViewport, "image/png", encode(view)),
		put(s, "page.png", evidence.KindPage, "image/png", encode(full)),
		put(s, "dom.html", evidence.KindDOM, "text/html; charset=utf-8", []byte(document)),
		put(s, "text.txt", evidence.KindText, "text/plain; charset=utf-8", []byte(p.text)),
		put(s, "listing.json", evidence.KindListing, "application/json", record),
	)
}

func put(s evidence.ItemStore, path string, k evidence.Kind, mediaType string, content []byte) error {
	w, err := s.Create(path, k, mediaType)
	if err != nil {
		return err
	}
	_, err = w.Write(content)
	return errors.Join(err, w.Close())
}

// picture draws a page as one sees it from afar: a bar, photographs, and lines of
// text.
func picture(r *rand.Rand, height int) *image.RGBA {
	ink := func() color.Color {
		return color.NRGBA{uint8(r.IntN(200)), uint8(r.IntN(200)), uint8(r.IntN(200)), 255}
	}
	m := image.NewRGBA(image.Rect(0, 0, viewWidth, height))
	draw.Draw(m, m.Bounds(), image.White, image.Point{}, draw.Src)
	colours := []color.Color{color.White, color.Gray{0x55}, ink(), ink(), ink()}
	fill := func(colour uint8, x, y, w, h int) {
		draw.Draw(m, image.Rect(x, y, x+w, y+h), image.NewUniform(colours[colour]), image.Point{}, draw.Src)
	}
	fill(2, 0, 0, viewWidth, 36)
	for y := 52; y < height; y += 220 {
		fill(3, 20, y, 180+r.IntN(60), 190)
		fill(4, 40+r.IntN(60), y+40+r.IntN(40), 80, 80)
		for line := range 8 {
			fill(1, 290, y+8+line*22, 120+r.IntN(200), 9)
		}
	}
	return m
}

func encode(m image.Image) []byte {
	var b bytes.Buffer
	e := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := e.Encode(&b, m); err != nil {
		panic("vaultgen: " + err.Error()) // a picture of ours, into memory
	}
	return b.Bytes()
}
