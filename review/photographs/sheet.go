package photographs

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"io"
	"strings"
	"time"
	"unicode"

	"golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"pugmark/capture/strip"
)

// Sheet is a contact sheet: photographs as a grid, each with the capture that it is
// of, who offers on which site, when it was captured, and the beginning of its
// digest. What can't be drawn has the reason in its place.
type Sheet struct {
	Title       string
	Photographs []*Photograph
	// Note, if not nil, gives a further line for a photograph.
	Note func(*Photograph) string
	Made time.Time
	// Progress, if not nil, is told how many are drawn.
	Progress func(done, total int64)
}

// The measures of a sheet that is a picture, in pixels.
const (
	columns    = 5
	cellWidth  = 300
	pictureTop = 8
	captionTop = pictureTop + pictureHigh + 4
	lineHigh   = 19
	captions   = 5 // lines
	cellHeight = captionTop + captions*lineHigh + 12
	headHigh   = 64
	textSize   = 14
	titleSize  = 22
	margin     = 12

	pictureWide, pictureHigh = cellWidth - 2*margin, 210
)

// MaxPictured is how many photographs a sheet has at most that is a picture.
const MaxPictured = 1000

// ErrTooMany reports that a sheet has more photographs than a picture can show.
var ErrTooMany = errors.New("too many photographs for one picture")

// caption returns the lines below a photograph. All but its name is from the page.
func (s *Sheet) caption(p *Photograph) []string {
	lines := []string{
		fmt.Sprintf("%s · %d×%d px", p.Name(), p.Width, p.Height),
		oneLine(join(p.Seller, p.Site)),
		p.Capture.Started.UTC().Format("2006-01-02 15:04") + " UTC",
		"SHA-256 " + hex.EncodeToString(p.SHA256[:8]) + "…",
	}
	if s.Note != nil {
		if note := s.Note(p); note != "" {
			lines = append(lines, note)
		}
	}
	return lines
}

func join(seller, site string) string {
	if seller == "" {
		return site
	}
	return seller + " · " + site
}

// oneLine leaves out what would break a line or turn its direction.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s)
}

// why says in a few words why a photograph isn't drawn.
func why(err error) string {
	if errors.Is(err, ErrNoContent) {
		return "not in the archive"
	}
	return "can't be drawn"
}

// subtitle says what is on the sheet, and when it was made.
func (s *Sheet) subtitle() string {
	return fmt.Sprintf("%d photographs · made %s UTC · reduced in size: the originals are in the captures", len(s.Photographs), s.Made.UTC().Format("2006-01-02 15:04"))
}

// WritePNG writes the sheet as a picture, row by row: its memory does not depend on
// how many photographs there are. The font is a TrueType or OpenType file. Text runs
// left to right; scripts that need shaping are better off in HTML.
func (s *Sheet) WritePNG(ctx context.Context, w io.Writer, from *Contents, sans []byte) error {
	if len(s.Photographs) > MaxPictured {
		return fmt.Errorf("%w: got %d, want %d", ErrTooMany, len(s.Photographs), MaxPictured)
	}
	pen, err := newPen(sans)
	if err != nil {
		return err
	}
	rows := max((len(s.Photographs)+columns-1)/columns, 1)
	out, err := strip.NewEncoder(w, columns*cellWidth, headHigh+rows*cellHeight)
	if err != nil {
		return err
	}
	if err := writeBand(out, s.head(pen)); err != nil {
		return err
	}
	for r := range rows {
		band, err := s.band(ctx, pen, from, r*columns)
		if err != nil {
			return err
		}
		if err := writeBand(out, band); err != nil {
			return err
		}
	}
	return out.Close()
}

// writeBand writes the rows of a band.
func writeBand(out *strip.Encoder, m *image.RGBA) error {
	row := make([]byte, 3*m.Rect.Dx())
	for y := range m.Rect.Dy() {
		line := m.Pix[y*m.Stride:]
		for i, j := 0, 0; i < len(row); i, j = i+3, j+4 {
			copy(row[i:i+3], line[j:j+3])
		}
		if err := out.WriteRow(row); err != nil {
			return err
		}
	}
	return nil
}

func blank(high int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, columns*cellWidth, high))
	draw.Draw(m, m.Rect, image.White, image.Point{}, draw.Src)
	return m
}

func (s *Sheet) head(pen *pen) *image.RGBA {
	m := blank(headHigh)
	pen.write(m, pen.title, margin, 28, m.Rect.Dx()-2*margin, oneLine(s.Title))
	pen.write(m, pen.text, margin, 52, m.Rect.Dx()-2*margin, s.subtitle())
	return m
}

// band draws the photographs of one row, from an index on.
func (s *Sheet) band(ctx context.Context, pen *pen, from *Contents, first int) (*image.RGBA, error) {
	m := blank(cellHeight)
	for i := first; i < min(first+columns, len(s.Photographs)); i++ {
		p := s.Photographs[i]
		left := (i-first)*cellWidth + margin
		thumb, err := from.Thumbnail(ctx, p, image.Pt(pictureWide, pictureHigh))
		if err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			pen.write(m, pen.text, left, pictureTop+pictureHigh/2, pictureWide, why(err))
		} else {
			at := image.Pt(left+(pictureWide-thumb.Rect.Dx())/2, pictureTop+(pictureHigh-thumb.Rect.Dy())/2)
			draw.Draw(m, thumb.Rect.Add(at), thumb, image.Point{}, draw.Src)
		}
		for n, line := range s.caption(p) {
			pen.write(m, pen.text, left, captionTop+(n+1)*lineHigh-4, pictureWide, line)
		}
		s.step(i + 1)
	}
	return m, nil
}

func (s *Sheet) step(done int) {
	if s.Progress != nil {
		s.Progress(int64(done), int64(len(s.Photographs)))
	}
}

// pen writes text.
type pen struct{ text, title font.Face }

func newPen(sans []byte) (*pen, error) {
	f, err := opentype.Parse(sans)
	if err != nil {
		return nil, fmt.Errorf("reading the font: %w", err)
	}
	text, err := opentype.NewFace(f, &opentype.FaceOptions{Size: textSize, DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		return nil, fmt.Errorf("reading the font: %w", err)
	}
	title, err := opentype.NewFace(f, &opentype.FaceOptions{Size: titleSize, DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		return nil, fmt.Errorf("reading the font: %w", err)
	}
	return &pen{text, title}, nil
}

// write writes a line, of which the baseline is y, cut to a width.
func (p *pen) write(m draw.Image, face font.Face, x, y, most int, line string) {
	runes := []rune(line)
	if len(runes) > most { // no letter is narrower than a pixel
		runes = runes[:most]
	}
	for cut := runes; font.MeasureString(face, line).Ceil() > most && len(cut) > 0; {
		cut = cut[:len(cut)-1]
		line = string(cut) + "…"
	}
	d := font.Drawer{Dst: m, Src: image.Black, Face: face, Dot: fixed.P(x, y)}
	d.DrawString(line)
}
