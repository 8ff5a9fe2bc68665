package strip

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zlib"
)

// Bytes for each pixel of the two kinds of picture that are read.
const (
	rgb  = 3
	rgba = 4
)

// maxColour limits the colour chunks of a strip, in bytes.
const maxColour = 1 << 16

// colourKinds are the chunks that say which colours the numbers mean.
var colourKinds = map[string]bool{"cHRM": true, "cICP": true, "gAMA": true, "iCCP": true, "sRGB": true}

// A Decoder reads a PNG file row by row.
type Decoder struct {
	Width, Height int

	chunks *chunkReader
	data   *bufio.Reader // of the IDAT chunks
	lines  io.Reader     // data inflated: filtered lines
	colour []chunk       // in the order of the file
	bpp    int           // rgb or rgba

	row        int    // rows that were returned
	line       []byte // of the last row, filter type first
	pix, above []byte // the last row and the one before, of bpp bytes a pixel
	opaque     []byte // pix without alpha, if bpp is rgba
}

// NewDecoder reads the head of a PNG file, up to its image data.
func NewDecoder(r io.Reader) (*Decoder, error) {
	chunks, err := newChunkReader(r)
	if err != nil {
		return nil, err
	}
	d := &Decoder{chunks: chunks}
	if err := d.readHeader(); err != nil {
		return nil, err
	}
	if err := d.readColour(); err != nil {
		return nil, err
	}
	d.line = make([]byte, 1+d.Width*d.bpp)
	d.pix = make([]byte, d.Width*d.bpp)
	d.above = make([]byte, d.Width*d.bpp)
	if d.bpp == rgba {
		d.opaque = make([]byte, d.Width*rgb)
	}
	return d, nil
}

func (d *Decoder) readHeader() error {
	if err := d.chunks.next(); err != nil {
		return err
	}
	if d.chunks.kind != "IHDR" {
		return fmt.Errorf("got chunk %q first, want IHDR", d.chunks.kind)
	}
	b, err := d.chunks.data(headerSize)
	if err != nil {
		return err
	}
	if len(b) != headerSize {
		return fmt.Errorf("chunk IHDR: got length %d, want %d", len(b), headerSize)
	}
	width, height := binary.BigEndian.Uint32(b), binary.BigEndian.Uint32(b[4:])
	if err := checkSize(int64(width), int64(height)); err != nil {
		return err
	}
	d.Width, d.Height = int(width), int(height)
	return d.setFormat(b[8], b[9], b[10:])
}

// setFormat takes the part of IHDR that says how pixels are stored; rest is the
// compression, filter and interlace method.
func (d *Decoder) setFormat(depth, colourType byte, rest []byte) error {
	switch {
	case depth != 8:
		return fmt.Errorf("got %d bits a sample, want 8", depth)
	case colourType == colourRGB:
		d.bpp = rgb
	case colourType == colourRGBA:
		d.bpp = rgba
	default:
		return fmt.Errorf("got colour type %d, want 2 (RGB) or 6 (RGBA)", colourType)
	}
	if rest[0] != 0 || rest[1] != 0 || rest[2] != 0 {
		return fmt.Errorf("got compression, filter and interlace methods %v, want [0 0 0]", rest)
	}
	return nil
}

// readColour reads the chunks between IHDR and the first IDAT.
func (d *Decoder) readColour() error {
	room := maxColour
	for {
		if err := d.chunks.next(); err != nil {
			return err
		}
		switch kind := d.chunks.kind; {
		case kind == "IDAT":
			d.data = bufio.NewReaderSize(dataReader{d.chunks}, 32<<10)
			return nil
		case kind == "tRNS" || !ancillary(kind):
			return fmt.Errorf("unexpected chunk %q", kind)
		case colourKinds[kind]:
			b, err := d.chunks.data(room)
			if err != nil {
				return err
			}
			room -= len(b)
			d.colour = append(d.colour, chunk{kind, string(b)})
		default:
			if err := d.chunks.skip(); err != nil {
				return err
			}
		}
	}
}

// open reads the head of the zlib stream, so that lines can be read.
func (d *Decoder) open() error {
	z, err := zlib.NewReader(d.data)
	if err != nil {
		return fmt.Errorf("reading image data: %w", noEOF(err))
	}
	d.lines = z
	return nil
}

// Row returns the next row, three bytes (red, green, blue) for each pixel, which
// are valid until the next call. With the last row it has read and checked the
// whole file. After it, the error is io.EOF.
func (d *Decoder) Row() ([]byte, error) {
	if d.row == d.Height {
		return nil, io.EOF
	}
	if d.lines == nil {
		if err := d.open(); err != nil {
			return nil, err
		}
	}
	if _, err := io.ReadFull(d.lines, d.line); err != nil {
		return nil, fmt.Errorf("row %d: %w", d.row, noEOF(err))
	}
	if d.line[0] > filterPaeth {
		return nil, fmt.Errorf("row %d: got filter type %d, want at most %d", d.row, d.line[0], filterPaeth)
	}
	d.pix, d.above = d.above, d.pix
	unfilter(d.line[0], d.pix, d.line[1:], d.above, d.bpp)
	d.row++
	if d.row == d.Height {
		if err := d.finish(); err != nil {
			return nil, err
		}
	}
	if d.bpp == rgba {
		return d.dropAlpha()
	}
	return d.pix, nil
}

// finish checks that the image data ends here, with the right checksum, and the
// file after it.
func (d *Decoder) finish() error {
	var more [1]byte
	switch _, err := io.ReadFull(d.lines, more[:]); {
	case err == nil:
		return fmt.Errorf("image data goes on after row %d", d.Height-1)
	case err != io.EOF:
		return fmt.Errorf("end of image data: %w", err)
	}
	switch _, err := d.data.ReadByte(); {
	case err == nil:
		return errors.New("data after the end of the zlib stream")
	case err != io.EOF:
		return fmt.Errorf("end of image data: %w", err)
	}
	return d.chunks.end()
}

func (d *Decoder) dropAlpha() ([]byte, error) {
	for x := range d.Width {
		p := d.pix[x*rgba:][:rgba]
		if p[3] != 0xff {
			return nil, fmt.Errorf("row %d: pixel %d has alpha %d, want an opaque picture", d.row-1, x, p[3])
		}
		copy(d.opaque[x*rgb:][:rgb], p)
	}
	return d.opaque, nil
}
