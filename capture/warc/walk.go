package warc

import (
	"archive/zip"
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"
)

// RawRecord is a record of an archive, as it is stored.
type RawRecord struct {
	Offset int64  // in data.warc.gz; see [Records.From]
	Type   string // "request", "response", "metadata", "resource", "warcinfo"
	URL    string
	Date   time.Time // zero if the record says none that can be read
	Header []Field   // of the record, in order
	// Start is the first line of an HTTP message, and Message its header.
	Start   string
	Message []Field
	Size    int64 // of the body, or of the block of a record that is no message
	// Body reads as much. It ends when the next record is read.
	Body io.Reader
}

// Get returns the first value of a field of the record's header.
func (s *RawRecord) Get(name string) string { return get(s.Header, name) }

// Records reads the records of an archive, one after the other. It is for archives
// that this package wrote.
type Records struct{ data *io.SectionReader }

// OpenRecords finds the records of an archive of a size.
func OpenRecords(r io.ReaderAt, size int64) (*Records, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("opening archive: %w", err)
	}
	for _, f := range z.File {
		if f.Name != dataPath {
			continue
		}
		data, err := stored(r, f)
		if err != nil {
			return nil, fmt.Errorf("opening archive: %q: %w", f.Name, err)
		}
		return &Records{data}, nil
	}
	return nil, fmt.Errorf("opening archive: no %q", dataPath)
}

// From calls each with the records from an offset on, in order, until it returns
// false or they end. 0 is the offset of the first, [RawRecord.Offset] of another.
func (x *Records) From(offset int64, each func(*RawRecord) (more bool, err error)) error {
	if _, err := x.data.Seek(offset, io.SeekStart); err != nil {
		return fmt.Errorf("reading archive: %w", err)
	}
	// The reader of gzip takes no byte beyond a member from one that is an
	// io.ByteReader.
	in := &counted{r: bufio.NewReaderSize(x.data, 64<<10), n: offset}
	var z gzip.Reader
	for {
		at := in.n
		if err := z.Reset(in); err == io.EOF {
			return nil
		} else if err != nil {
			return fmt.Errorf("reading archive at %d: %w", at, err)
		}
		z.Multistream(false)
		more, err := readStored(&z, at, each)
		if err != nil || !more {
			return err
		}
	}
}

// counted counts what is read.
type counted struct {
	r *bufio.Reader
	n int64
}

// Read implements [io.Reader].
func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// ReadByte implements [io.ByteReader].
func (c *counted) ReadByte() (byte, error) {
	b, err := c.r.ReadByte()
	if err == nil {
		c.n++
	}
	return b, err
}

// readStored gives the record of a member of gzip to each, and reads the member to
// its end.
func readStored(z io.Reader, at int64, each func(*RawRecord) (bool, error)) (more bool, err error) {
	r := bufio.NewReader(z)
	s, err := parseStored(r)
	if err != nil {
		return false, fmt.Errorf("reading archive at %d: %w", at, err)
	}
	s.Offset = at
	if more, err = each(s); err != nil || !more {
		return more, err
	}
	if _, err := io.Copy(io.Discard, r); err != nil {
		return false, fmt.Errorf("reading archive at %d: %w", at, err)
	}
	return true, nil
}

func parseStored(r *bufio.Reader) (*RawRecord, error) {
	version, head, _, err := readStart(r)
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(version, "WARC/") {
		return nil, fmt.Errorf("got %q, want a record", shorten(version))
	}
	s := &RawRecord{Type: get(head, "WARC-Type"), URL: get(head, "WARC-Target-URI"), Header: head}
	s.Date, _ = time.Parse(time.RFC3339Nano, get(head, "WARC-Date"))
	if s.Size, err = strconv.ParseInt(get(head, "Content-Length"), 10, 64); err != nil || s.Size < 0 {
		return nil, errors.Join(errors.New("content length"), err)
	}
	if strings.HasPrefix(get(head, "Content-Type"), "application/http") {
		var n int64
		if s.Start, s.Message, n, err = readStart(r); err != nil {
			return nil, err
		}
		if s.Size -= n; s.Size < 0 {
			return nil, fmt.Errorf("got a message whose header is %d bytes too long", -s.Size)
		}
	}
	s.Body = io.LimitReader(r, s.Size)
	return s, nil
}

// readStart reads a first line and the fields up to an empty line, and returns how
// many bytes that were.
func readStart(r *bufio.Reader) (first string, fields []Field, n int64, err error) {
	first, n, err = readWhole(r)
	if err != nil {
		return "", nil, n, noEOF(err)
	}
	fields, read, err := readFields(r)
	return first, fields, n + read, noEOF(err)
}
