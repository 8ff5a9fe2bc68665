package photographs

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/base64"
	"html/template"
	"image"
	"image/jpeg"
	"io"
)

//go:embed sheet.html
var sheetHTML string

var sheetTemplate = template.Must(template.New("sheet").Parse(sheetHTML))

// The thumbnails of a sheet in HTML.
const (
	thumbSide    = 420 // pixels, twice what is shown
	thumbQuality = 82
)

// sheetCell is a photograph of a sheet in HTML.
type sheetCell struct {
	Name    string
	Picture template.URL // empty: there is none
	Why     string       // there is none
	Lines   []string
}

// WriteHTML writes the sheet as one HTML file that needs no other: the photographs are
// in it, reduced in size, and it loads and runs nothing.
func (s *Sheet) WriteHTML(ctx context.Context, w io.Writer, from *Contents) error {
	head := struct{ Title, Subtitle string }{oneLine(s.Title), s.subtitle()}
	if err := sheetTemplate.ExecuteTemplate(w, "head", head); err != nil {
		return err
	}
	for i, p := range s.Photographs {
		cell := sheetCell{Name: p.Name(), Lines: s.caption(p)}
		picture, err := thumbnailURL(ctx, from, p)
		if err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			cell.Why = why(err)
		}
		cell.Picture = picture
		if err := sheetTemplate.ExecuteTemplate(w, "cell", cell); err != nil {
			return err
		}
		s.step(i + 1)
	}
	return sheetTemplate.ExecuteTemplate(w, "foot", nil)
}

// thumbnailURL returns a photograph as an address that has its content.
func thumbnailURL(ctx context.Context, from *Contents, p *Photograph) (template.URL, error) {
	m, err := from.Thumbnail(ctx, p, image.Pt(thumbSide, thumbSide))
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: thumbQuality}); err != nil {
		return "", err
	}
	return template.URL("data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(b.Bytes())), nil
}
