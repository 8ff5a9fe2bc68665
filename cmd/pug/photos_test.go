package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"net/http"
	"net/http/httptest"

	"golang.org/x/image/draw"

	"pugmark/assets"
)

// again is another seller's page with photographs of the sample listing, as they are
// found elsewhere.
func again(w http.ResponseWriter, _ *http.Request) {
	page(w, "Bangle again", `<script type="application/ld+json">{"@type":"Product","name":"Bangle again",
"offers":{"@type":"Offer","price":"99","priceCurrency":"EUR","seller":{"@type":"Person","name":"Second Shop"}}}</script>
<p>The same again<p><img src="/again/small.jpg" alt="small"><img src="/again/mirrored.jpg" alt="mirrored">
<img src="/static/photo/beads.jpg" alt="beads"><img src="/again/blank.jpg" alt="blank">`)
}

// againPhoto serves the photographs of that page.
func againPhoto(w http.ResponseWriter, r *http.Request) {
	m, err := samplePhoto("bangle.jpg")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	out := image.NewRGBA(image.Rect(0, 0, 400, 300))
	draw.BiLinear.Scale(out, out.Rect, m, m.Bounds(), draw.Src, nil)
	switch r.PathValue("name") {
	case "mirrored.jpg":
		turned := image.NewRGBA(out.Rect)
		for i := range 400 * 300 {
			turned.Set(399-i%400, i/400, out.At(i%400, i/400))
		}
		out = turned
	case "blank.jpg":
		draw.Draw(out, out.Rect, image.NewUniform(color.Gray{200}), image.Point{}, draw.Src)
	}
	w.Header().Set("Content-Type", "image/jpeg")
	if err := jpeg.Encode(w, out, &jpeg.Options{Quality: 60}); err != nil {
		panic(http.ErrAbortHandler)
	}
}

// samplePhoto returns a photograph of the sample site.
func samplePhoto(name string) (image.Image, error) {
	answer := httptest.NewRecorder()
	assets.Sample().ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/static/photo/"+name, nil))
	if answer.Code != http.StatusOK {
		return nil, fmt.Errorf("got status %d for %s", answer.Code, name)
	}
	return jpeg.Decode(bytes.NewReader(answer.Body.Bytes()))
}
