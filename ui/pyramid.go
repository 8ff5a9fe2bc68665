package ui

import (
	"errors"
	"fmt"
	"image"
	"os"
	"sync"

	"github.com/klauspost/compress/s2"
)

// tileSize is the side of a tile in pixels. Tiles at the right and lower edge
// are smaller.
const tileSize int = 512

// rgb is the number of bytes of a stored pixel.
const rgb = 3

// A pyramid holds a picture in halved sizes, so that a part of it can be shown
// at any scale without the rest: level 0 is the picture, each further level is
// the one before in half the size, and the last fits into one tile.
//
// The levels lie in a temporary file, which has no name where the system
// allows that, as tiles: RGB, row by row, compressed with S2. Memory is needed
// for two rows of tiles, whatever the height.
//
// One goroutine writes; tiles that are written can be read meanwhile by others.
type pyramid struct {
	width, height int
	levels        []level

	mu   sync.RWMutex // guards file, name and where tiles lie
	file *os.File     // nil when closed
	name string       // empty when the file has no name

	// Owned by the writer.
	bands  []band // of each level
	size   int64  // of the file
	packed []byte // a tile
}

// level is the picture in one size.
type level struct {
	width, height int
	cols, rows    int    // of tiles
	tiles         []span // row by row; empty while not written
}

// band is the part of a level that is being written.
type band struct {
	pix     []byte // rows that don't fill a row of tiles yet
	held    int    // how many these are
	flushed int    // rows of tiles that are written
	odd     []byte // a row that waits for the next one, to be halved with it
	waiting bool   // odd holds a row
	half    []byte // a row for the next level
}

// span is where a tile lies in the file.
type span struct{ offset, length int64 }

// tileKey names a tile.
type tileKey struct{ level, col, row int }

// errClosed reports a picture that is no longer shown.
var errClosed = errors.New("the picture is closed")

// newPyramid makes a pyramid without pixels.
func newPyramid(width, height int) (*pyramid, error) {
	f, err := os.CreateTemp("", "pugmark-picture-*")
	if err != nil {
		return nil, fmt.Errorf("preparing picture: %w", err)
	}
	p := &pyramid{width: width, height: height, file: f, name: f.Name()}
	if os.Remove(p.name) == nil {
		p.name = ""
	}
	for w, h := width, height; ; w, h = (w+1)/2, (h+1)/2 {
		p.levels = append(p.levels, newLevel(w, h))
		p.bands = append(p.bands, newBand(w, h))
		if w <= tileSize && h <= tileSize {
			return p, nil
		}
	}
}

func newLevel(w, h int) level {
	cols, rows := (w+tileSize-1)/tileSize, (h+tileSize-1)/tileSize
	return level{width: w, height: h, cols: cols, rows: rows, tiles: make([]span, cols*rows)}
}

func newBand(w, h int) band {
	return band{
		pix: make([]byte, w*rgb*min(h, tileSize)), odd: make([]byte, w*rgb), half: make([]byte, (w+1)/2*rgb),
	}
}

// writeRow adds the picture's next row. The last one completes all levels.
func (p *pyramid) writeRow(row []byte) error {
	if err := p.add(0, row); err != nil {
		return fmt.Errorf("storing picture: %w", err)
	}
	return nil
}

// add adds a row to a level and, with the row before, to those above.
func (p *pyramid) add(n int, row []byte) error {
	b := &p.bands[n]
	copy(b.pix[b.held*len(row):], row)
	b.held++
	last := b.flushed*tileSize+b.held == p.levels[n].height
	if b.held == tileSize || last {
		if err := p.flush(n); err != nil {
			return err
		}
	}
	switch {
	case n == len(p.levels)-1:
		return nil
	case b.waiting:
		halve(b.half, b.odd, row)
	case last:
		halve(b.half, row, row)
	default:
		copy(b.odd, row)
		b.waiting = true
		return nil
	}
	b.waiting = false
	return p.add(n+1, b.half)
}

// halve writes the row that stands for two rows in half the size: each pixel
// is the mean of four, or at an odd edge of two.
func halve(dst, a, b []byte) {
	for x := 0; x < len(dst); x += rgb {
		left := 2 * x
		right := left + rgb
		if right >= len(a) {
			right = left
		}
		for c := range rgb {
			sum := int(a[left+c]) + int(a[right+c]) + int(b[left+c]) + int(b[right+c])
			dst[x+c] = byte((sum + 2) / 4)
		}
	}
}

// flush writes the row of tiles in the band.
func (p *pyramid) flush(n int) error {
	l, b := &p.levels[n], &p.bands[n]
	spans := make([]span, l.cols)
	for col := range spans {
		s, err := p.store(b.cut(col, l.width))
		if err != nil {
			return err
		}
		spans[col] = s
	}
	p.mu.Lock()
	copy(l.tiles[b.flushed*l.cols:], spans)
	p.mu.Unlock()
	b.held = 0
	b.flushed++
	return nil
}

// cut returns the pixels of a tile in the band, which is so wide.
func (b *band) cut(col, width int) []byte {
	from, to := col*tileSize*rgb, min((col+1)*tileSize, width)*rgb
	pix := make([]byte, 0, (to-from)*b.held)
	for y := range b.held {
		row := b.pix[y*width*rgb:]
		pix = append(pix, row[from:to]...)
	}
	return pix
}

// store appends a tile's pixels to the file.
func (p *pyramid) store(pix []byte) (span, error) {
	p.packed = s2.Encode(p.packed[:cap(p.packed)], pix)
	p.mu.RLock()
	defer p.mu.RUnlock()
	if p.file == nil {
		return span{}, errClosed
	}
	if _, err := p.file.WriteAt(p.packed, p.size); err != nil {
		return span{}, err
	}
	s := span{p.size, int64(len(p.packed))}
	p.size += s.length
	return s, nil
}

// bounds returns the part of its level that a tile shows.
func (p *pyramid) bounds(k tileKey) image.Rectangle {
	l := p.levels[k.level]
	r := image.Rect(k.col*tileSize, k.row*tileSize, (k.col+1)*tileSize, (k.row+1)*tileSize)
	return r.Intersect(image.Rect(0, 0, l.width, l.height))
}

// has reports whether a tile is written.
func (p *pyramid) has(k tileKey) bool {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.span(k).length > 0
}

func (p *pyramid) span(k tileKey) span {
	l := &p.levels[k.level]
	return l.tiles[k.row*l.cols+k.col]
}

// tile reads a tile that is written.
func (p *pyramid) tile(k tileKey) (*image.RGBA, error) {
	packed, err := p.read(k)
	if err != nil {
		return nil, fmt.Errorf("reading tile %v: %w", k, err)
	}
	size := p.bounds(k).Size()
	pix, err := s2.Decode(nil, packed)
	if err == nil && len(pix) != size.X*size.Y*rgb {
		err = fmt.Errorf("got %d bytes, want %d", len(pix), size.X*size.Y*rgb)
	}
	if err != nil {
		return nil, fmt.Errorf("reading tile %v: %w", k, err)
	}
	img := image.NewRGBA(image.Rectangle{Max: size})
	for i, j := 0, 0; i < len(pix); i, j = i+rgb, j+4 {
		copy(img.Pix[j:j+rgb], pix[i:i+rgb])
		img.Pix[j+rgb] = 0xff
	}
	return img, nil
}

// read reads the bytes of a tile.
func (p *pyramid) read(k tileKey) ([]byte, error) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if p.file == nil {
		return nil, errClosed
	}
	s := p.span(k)
	b := make([]byte, s.length)
	_, err := p.file.ReadAt(b, s.offset)
	return b, err
}

// top returns the tile that shows the whole picture.
func (p *pyramid) top() tileKey { return tileKey{level: len(p.levels) - 1} }

// Close removes the levels. Reading and writing fail from then on.
func (p *pyramid) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.file == nil {
		return nil
	}
	err := p.file.Close()
	p.file = nil
	if p.name != "" {
		err = errors.Join(err, os.Remove(p.name))
	}
	return err
}
