package strip

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/zlib"
)

const (
	headerSize = 13 // of IHDR's data
	colourRGB  = 2  // colour types of IHDR
	colourRGBA = 6

	// dataSize is the length of each IDAT chunk but the last.
	dataSize = 64 << 10

	// level is the fastest of klauspost/compress. Measured on screenshots with
	// photographs, its output is within 2% of that of level 6, at less than half
	// the time, and within 11% of the smallest, at a quarter of the time or less.
	// Pages of text alone grow by more, but are small.
	level = zlib.BestSpeed
)

// defaultColour says sRGB with perceptual intent.
var defaultColour = []chunk{{"sRGB", "\x00"}}

// An Encoder writes a PNG file row by row.
type Encoder struct {
	w             io.Writer
	width, height int
	row           int // rows that were written

	data   *dataWriter
	z      *zlib.Writer
	lines  io.Writer // z, or what stands before it
	filter *chooser
}

// NewEncoder writes the head of a PNG file of this size in pixels. Its colours
// are said to be sRGB.
func NewEncoder(w io.Writer, width, height int) (*Encoder, error) {
	return newEncoder(w, width, height, defaultColour)
}

func newEncoder(w io.Writer, width, height int, colour []chunk) (*Encoder, error) {
	if err := checkSize(int64(width), int64(height)); err != nil {
		return nil, err
	}
	var head [headerSize]byte
	binary.BigEndian.PutUint32(head[:], uint32(width))
	binary.BigEndian.PutUint32(head[4:], uint32(height))
	head[8], head[9] = 8, colourRGB
	b := chunk{"IHDR", string(head[:])}.appendTo([]byte(signature))
	for _, c := range colour {
		b = c.appendTo(b)
	}
	if _, err := w.Write(b); err != nil {
		return nil, fmt.Errorf("writing PNG head: %w", err)
	}
	e := &Encoder{w: w, width: width, height: height, data: newDataWriter(w), filter: newChooser(width)}
	z, err := zlib.NewWriterLevel(e.data, level)
	if err != nil {
		return nil, err
	}
	e.z, e.lines = z, z
	return e, nil
}

// WriteRow writes the next row, three bytes (red, green, blue) for each pixel.
func (e *Encoder) WriteRow(row []byte) error {
	if len(row) != e.width*rgb {
		return fmt.Errorf("writing row %d: got %d bytes, want %d", e.row, len(row), e.width*rgb)
	}
	return e.write(e.filter.line(row), row)
}

// write writes the next row as the given filtered line.
func (e *Encoder) write(line, row []byte) error {
	if e.row == e.height {
		return fmt.Errorf("writing row %d: the picture has %d", e.row, e.height)
	}
	if _, err := e.lines.Write(line); err != nil {
		return fmt.Errorf("writing row %d: %w", e.row, err)
	}
	copy(e.filter.above, row)
	e.row++
	return nil
}

// Close ends the file after the last row. It does not close the writer below.
func (e *Encoder) Close() error {
	if e.row != e.height {
		return fmt.Errorf("ending PNG file: got %d rows, want %d", e.row, e.height)
	}
	err := errors.Join(e.z.Close(), e.data.flush())
	if err == nil {
		_, err = e.w.Write(chunk{kind: "IEND"}.appendTo(nil))
	}
	if err != nil {
		return fmt.Errorf("ending PNG file: %w", err)
	}
	return nil
}

// A dataWriter cuts a stream into IDAT chunks of dataSize bytes.
type dataWriter struct {
	w   io.Writer
	buf []byte // one chunk: room for its length, "IDAT", data so far
}

func newDataWriter(w io.Writer) *dataWriter {
	buf := make([]byte, 0, dataSize+12)
	return &dataWriter{w: w, buf: append(buf, "\x00\x00\x00\x00IDAT"...)}
}

func (d *dataWriter) Write(p []byte) (int, error) {
	written := 0
	for len(p) > 0 {
		n := min(len(p), 8+dataSize-len(d.buf))
		d.buf = append(d.buf, p[:n]...)
		p = p[n:]
		written += n
		if len(d.buf) == 8+dataSize {
			if err := d.flush(); err != nil {
				return written, err
			}
		}
	}
	return written, nil
}

// flush writes what there is as a chunk, if there is anything.
func (d *dataWriter) flush() error {
	n := len(d.buf) - 8
	if n == 0 {
		return nil
	}
	binary.BigEndian.PutUint32(d.buf, uint32(n))
	_, err := d.w.Write(binary.BigEndian.AppendUint32(d.buf, crc32.ChecksumIEEE(d.buf[4:])))
	d.buf = d.buf[:8]
	return err
}
