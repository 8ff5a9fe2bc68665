package strip

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
)

const signature = "\x89PNG\r\n\x1a\n"

// A chunk is a PNG chunk that is held in memory.
type chunk struct {
	kind, data string
}

// appendTo appends the chunk with its length and CRC.
func (c chunk) appendTo(b []byte) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(c.data)))
	start := len(b)
	b = append(b, c.kind...)
	b = append(b, c.data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[start:]))
}

// A chunkReader reads a PNG file chunk by chunk. After next it is an io.Reader of
// that chunk's data; the CRC is checked before Read returns the last of it.
type chunkReader struct {
	r    *bufio.Reader
	kind string
	left uint32 // bytes of the chunk's data that were not read yet
	crc  uint32
}

// newChunkReader reads the signature.
func newChunkReader(r io.Reader) (*chunkReader, error) {
	c := &chunkReader{r: bufio.NewReaderSize(r, 32<<10)}
	var got [len(signature)]byte
	if _, err := io.ReadFull(c.r, got[:]); err != nil {
		return nil, fmt.Errorf("reading signature: %w", noEOF(err))
	}
	if string(got[:]) != signature {
		return nil, fmt.Errorf("not a PNG file: it begins with %q", got)
	}
	return c, nil
}

// next goes to the next chunk; the data of the one before must have been read.
func (c *chunkReader) next() error {
	var head [8]byte
	if _, err := io.ReadFull(c.r, head[:]); err != nil {
		return fmt.Errorf("reading chunk head: %w", noEOF(err))
	}
	c.kind = string(head[4:])
	c.left = binary.BigEndian.Uint32(head[:])
	c.crc = crc32.ChecksumIEEE(head[4:])
	if c.left > math.MaxInt32 {
		return fmt.Errorf("chunk %q: got length %d, want at most %d", c.kind, c.left, math.MaxInt32)
	}
	if c.left == 0 {
		return c.check()
	}
	return nil
}

func (c *chunkReader) Read(p []byte) (int, error) {
	if c.left == 0 {
		return 0, io.EOF
	}
	p = p[:min(len(p), int(c.left))]
	n, err := io.ReadFull(c.r, p)
	c.left -= uint32(n)
	c.crc = crc32.Update(c.crc, crc32.IEEETable, p[:n])
	if err != nil {
		return n, fmt.Errorf("reading chunk %q: %w", c.kind, noEOF(err))
	}
	if c.left == 0 {
		if err := c.check(); err != nil {
			return 0, err // with n, io.ReadFull would take the data and drop the error
		}
	}
	return n, nil
}

// check compares the CRC behind the chunk's data.
func (c *chunkReader) check() error {
	var want [4]byte
	if _, err := io.ReadFull(c.r, want[:]); err != nil {
		return fmt.Errorf("reading CRC of chunk %q: %w", c.kind, noEOF(err))
	}
	if w := binary.BigEndian.Uint32(want[:]); c.crc != w {
		return fmt.Errorf("chunk %q: got CRC %08x, want %08x", c.kind, c.crc, w)
	}
	return nil
}

// data returns the chunk's data, which may not be longer than limit.
func (c *chunkReader) data(limit int) ([]byte, error) {
	if int64(c.left) > int64(limit) {
		return nil, fmt.Errorf("chunk %q: got length %d, want at most %d", c.kind, c.left, limit)
	}
	b := make([]byte, c.left)
	_, err := io.ReadFull(c, b)
	return b, err
}

// skip reads the rest of the chunk's data, for its CRC.
func (c *chunkReader) skip() error {
	_, err := io.Copy(io.Discard, c)
	return err
}

// end reads IEND, past any ancillary chunks, and makes sure that nothing follows.
func (c *chunkReader) end() error {
	for c.kind != "IEND" {
		if c.kind == "IDAT" || !ancillary(c.kind) {
			return fmt.Errorf("chunk %q where IEND is wanted", c.kind)
		}
		if err := c.skip(); err != nil {
			return err
		}
		if err := c.next(); err != nil {
			return err
		}
	}
	if c.left != 0 {
		return fmt.Errorf("chunk IEND: got length %d, want 0", c.left)
	}
	switch _, err := c.r.ReadByte(); {
	case err == nil:
		return errors.New("data after chunk IEND")
	case err != io.EOF:
		return err
	}
	return nil
}

// ancillary tells whether a decoder may leave out chunks of this kind.
func ancillary(kind string) bool {
	return kind[0]&0x20 != 0
}

// A dataReader is the data of consecutive IDAT chunks as one stream. The
// chunkReader is at the first one; at the stream's end it is at the next chunk.
type dataReader struct {
	c *chunkReader
}

func (d dataReader) Read(p []byte) (int, error) {
	for d.c.kind == "IDAT" && d.c.left == 0 {
		if err := d.c.next(); err != nil {
			return 0, err
		}
	}
	if d.c.kind != "IDAT" {
		return 0, io.EOF
	}
	return d.c.Read(p)
}

// noEOF is for a place where a file may not end.
func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
