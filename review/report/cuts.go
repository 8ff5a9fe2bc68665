package report

import (
	"context"
	"crypto/sha256"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"math"
	"os"
	"path/filepath"

	"pugmark/capture/strip"
	"pugmark/evidence"
	"pugmark/review"
)

// Quality is that of the JPEGs, of 100.
const Quality = 85

// The sheets that pictures are on, in millimetres: what is within the margins of
// @page picture of the style, without the lines above and below a part.
const (
	sheetWidth  = 180.0
	sheetHeight = 258.0
	sheetGap    = 6.0 // with the margin for the ticks
	// maxScale is how large a pixel of CSS is at most: text of 14 pixels is then
	// somewhat larger than in a book.
	maxScale = 0.19
)

// How a picture is cut.
const (
	overlapShare = 0.03 // of a part, that the next repeats
	maxCuts      = 200
	// overviewPixels is how wide or high the small picture of the whole is at
	// most.
	overviewPixels = 900
	overviewWidth  = 46.0 // millimetres
	overviewHeight = 66.0
)

// layout says how a picture is cut and how large it is printed.
type layout struct {
	Width, Height int     // of the picture, in pixels
	Scale         float64 // millimetres for a pixel
	Columns       int     // parts side by side on a sheet
	Rows, Overlap int     // of a part
}

// layoutOf fits a picture to the sheets. ratio is how many of its pixels a pixel of
// CSS has.
func layoutOf(width, height int, ratio float64) layout {
	if ratio <= 0 {
		ratio = 1
	}
	scale := min(sheetWidth/float64(width), maxScale/ratio)
	printed := float64(width) * scale
	l := layout{
		Width: width, Height: height, Scale: scale,
		Columns: int((sheetWidth + sheetGap + 0.01) / (printed + sheetGap)),
		Rows:    int(sheetHeight / scale),
	}
	l.Columns = max(l.Columns, 1)
	l.Overlap = int(math.Round(float64(l.Rows) * overlapShare))
	return l
}

// cut is a part of a picture.
type cut struct {
	N        int
	From, To int    // rows; To is the first that isn't in it
	File     string // in the document
}

// cuts returns the parts, and how many rows at the end are in none.
func (l layout) cuts() (out []cut, left int) {
	step := max(l.Rows-l.Overlap, 1)
	for from := 0; from < l.Height; from += step {
		if len(out) == maxCuts {
			return out, l.Height - out[maxCuts-1].To
		}
		c := cut{N: len(out) + 1, From: from, To: min(from+l.Rows, l.Height)}
		out = append(out, c)
		if c.To == l.Height {
			break
		}
	}
	return out, 0
}

// pictures are those of a capture, cut.
type pictures struct {
	layout
	Item     evidence.Item
	Cuts     []cut
	Left     int    // rows at the end that aren't shown
	Overview string // file in the document
}

// errPicture reports a picture that isn't shown.
type errPicture struct{ err error }

func (e *errPicture) Error() string { return e.err.Error() }
func (e *errPicture) Unwrap() error { return e.err }

// layPicture reads how large the picture of a capture is, and lays it out. The names
// of its files begin with a prefix. An error is the picture's.
func layPicture(x *review.Capture, it evidence.Item, ratio float64, prefix string) (*pictures, error) {
	f, err := x.Open(it)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	d, err := strip.NewDecoder(io.LimitReader(f, it.Bytes))
	if err != nil {
		return nil, err
	}
	p := &pictures{layout: layoutOf(d.Width, d.Height, ratio), Item: it, Overview: prefix + "-0.jpg"}
	p.Cuts, p.Left = p.cuts()
	for i := range p.Cuts {
		p.Cuts[i].File = fmt.Sprintf("%s-%d.jpg", prefix, p.Cuts[i].N)
	}
	return p, nil
}

// write cuts the picture into files of a folder. An error is an [*errPicture] where it
// is the picture's.
func (p *pictures) write(ctx context.Context, x *review.Capture, dir string) error {
	f, err := x.Open(p.Item)
	if err != nil {
		return &errPicture{err}
	}
	defer f.Close()
	hash := sha256.New()
	in := io.TeeReader(io.LimitReader(f, p.Item.Bytes), hash)
	d, err := strip.NewDecoder(in)
	if err == nil && (d.Width != p.Width || d.Height != p.Height) {
		err = fmt.Errorf("got %d × %d pixels, want %d × %d", d.Width, d.Height, p.Width, p.Height)
	}
	if err != nil {
		return &errPicture{err}
	}
	s := &cutter{pictures: p, dir: dir, small: newShrinker(d.Width, d.Height)}
	for y := range d.Height {
		if y%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		row, err := d.Row()
		if err != nil {
			return &errPicture{err}
		}
		if err := s.add(y, row); err != nil {
			return err
		}
	}
	if _, err := io.Copy(io.Discard, in); err != nil {
		return &errPicture{err}
	}
	if got := evidence.Digest(hash.Sum(nil)); got != p.Item.SHA256 {
		return &errPicture{fmt.Errorf("got digest %s, want %s", got, p.Item.SHA256)}
	}
	return writeJPEG(filepath.Join(dir, p.Overview), s.small.picture())
}

// cutter takes a picture's rows and writes its parts.
type cutter struct {
	*pictures
	dir   string
	small *shrinker
	next  int // of the parts, to be begun
	open  []*image.YCbCr
	first int    // of the parts, that is open
	above []byte // the row before
}

func (s *cutter) add(y int, row []byte) error {
	s.small.add(y, row)
	if s.next < len(s.Cuts) && s.Cuts[s.next].From == y {
		c := s.Cuts[s.next]
		s.open = append(s.open, image.NewYCbCr(image.Rect(0, 0, s.Width, c.To-c.From), image.YCbCrSubsampleRatio420))
		s.next++
	}
	for i, m := range s.open {
		setRow(m, y-s.Cuts[s.first+i].From, s.above, row)
	}
	s.above = append(s.above[:0], row...)
	if len(s.open) == 0 || y+1 != s.Cuts[s.first].To {
		return nil
	}
	path, done := filepath.Join(s.dir, s.Cuts[s.first].File), s.open[0]
	s.first, s.open = s.first+1, s.open[1:]
	return writeJPEG(path, done)
}

// setRow sets a row of a picture from one of RGB, as JPEG has it: each pixel has its
// brightness, and four of them, two with the row above, have the mean of their
// colours.
func setRow(m *image.YCbCr, y int, above, row []byte) {
	luma := m.Y[y*m.YStride:][:m.Rect.Dx()]
	for x := range luma {
		p := row[3*x:][:3]
		// The weights of JFIF, in 65536ths, as in [color.RGBToYCbCr].
		luma[x] = byte((19595*uint32(p[0]) + 38470*uint32(p[1]) + 7471*uint32(p[2]) + 1<<15) >> 16)
	}
	if y%2 == 0 {
		above = row // the last of an odd number stays alone
		if y+1 < m.Rect.Dy() {
			return
		}
	}
	cb, cr := m.Cb[y/2*m.CStride:], m.Cr[y/2*m.CStride:]
	for x := range m.CStride {
		left := 6 * x
		right := min(left+3, len(row)-3)
		mean := func(c int) byte {
			return byte((int(above[left+c]) + int(above[right+c]) + int(row[left+c]) + int(row[right+c]) + 2) / 4)
		}
		_, cb[x], cr[x] = color.RGBToYCbCr(mean(0), mean(1), mean(2))
	}
}

func writeJPEG(path string, m image.Image) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	err = jpeg.Encode(f, m, &jpeg.Options{Quality: Quality})
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return err
}

// shrinker makes a small picture of a large one while its rows pass: each of its
// pixels is the mean of those that it stands for.
type shrinker struct {
	width, height int // of the large one
	out           *image.RGBA
	sums          []uint64 // of the row under way: red, green, blue
	counts        []uint64
	at            int   // that row
	column        []int // of the small picture, by that of the large one
}

func newShrinker(width, height int) *shrinker {
	by := max(1, float64(max(width, height))/overviewPixels)
	w, h := max(1, int(float64(width)/by)), max(1, int(float64(height)/by))
	s := &shrinker{
		width: width, height: height, out: image.NewRGBA(image.Rect(0, 0, w, h)),
		sums: make([]uint64, 3*w), counts: make([]uint64, w), column: make([]int, width),
	}
	for x := range width {
		s.column[x] = x * w / width
	}
	return s
}

func (s *shrinker) add(y int, row []byte) {
	if at := y * s.out.Rect.Dy() / s.height; at != s.at {
		s.flush()
		s.at = at
	}
	for x, i := range s.column {
		s.sums[3*i] += uint64(row[3*x])
		s.sums[3*i+1] += uint64(row[3*x+1])
		s.sums[3*i+2] += uint64(row[3*x+2])
		s.counts[i]++
	}
}

func (s *shrinker) flush() {
	for i, n := range s.counts {
		if n > 0 {
			p := s.out.Pix[s.at*s.out.Stride+4*i:]
			p[0], p[1], p[2], p[3] = byte(s.sums[3*i]/n), byte(s.sums[3*i+1]/n), byte(s.sums[3*i+2]/n), 0xff
		}
	}
	clear(s.sums)
	clear(s.counts)
}

func (s *shrinker) picture() image.Image {
	s.flush()
	return s.out
}
