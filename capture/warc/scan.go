package warc

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/klauspost/compress/gzip"
)

// maxHead is the longest header of a record or of a response in it: an address
// alone can have 2 MiB.
const maxHead = 8 << 20

// place is where a record is: in a file of the archive, in a gzip member that
// begins there, and within what that member inflates to. In a file that is not
// in gzip, the second is 0.
type place struct {
	part   int32
	offset int64
	inside int64
}

// part is one WARC file of an archive.
type part struct {
	name string
	data *io.SectionReader
	gzip bool
}

// openPart looks at how a file is packed. The error wraps [ErrNotArchive].
func openPart(name string, data *io.SectionReader) (part, error) {
	var head [5]byte
	n, err := data.ReadAt(head[:], 0)
	if err != nil && err != io.EOF {
		return part{}, err
	}
	switch {
	case n >= 2 && head[0] == 0x1f && head[1] == 0x8b:
		return part{name, data, true}, nil
	case string(head[:n]) == "WARC/":
		return part{name, data, false}, nil
	}
	return part{}, fmt.Errorf("%q: %w", name, ErrNotArchive)
}

// block is the head of a record while it is read, and its content.
type block struct {
	fields     map[string]string // of the record's header, in lower case
	concurrent []string          // WARC-Concurrent-To, which may be repeated
	length     int64             // of the content
	content    *bufio.Reader     // holds no more than the content
	at         place
}

// scan hands each record of a part to each. A part that ends in the middle, or
// goes on with what is no record, gives an error after what came before it.
func (p part) scan(ctx context.Context, n int, each func(block) error) error {
	counted := &counter{r: io.NewSectionReader(p.data, 0, p.data.Size())}
	in := bufio.NewReaderSize(counted, 256<<10)
	if !p.gzip {
		return records(ctx, in, place{part: int32(n)}, each)
	}
	var z gzip.Reader
	plain := bufio.NewReaderSize(nil, 64<<10)
	for {
		at := place{part: int32(n), offset: counted.n - int64(in.Buffered())}
		if err := z.Reset(in); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		z.Multistream(false)
		plain.Reset(&z)
		if err := records(ctx, plain, at, each); err != nil {
			return err
		}
	}
}

// counter counts what is read through it.
type counter struct {
	r io.Reader
	n int64
}

// Read implements [io.Reader].
func (c *counter) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n += int64(n)
	return n, err
}

// records reads records to the end of r, which begins at some place.
func records(ctx context.Context, r *bufio.Reader, at place, each func(block) error) error {
	content := bufio.NewReaderSize(nil, 16<<10)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		b, n, err := readRecordHead(r)
		if err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		limited := &io.LimitedReader{R: r, N: b.length}
		content.Reset(limited)
		b.content, b.at = content, at
		if err := each(b); err != nil {
			return err
		}
		if _, err := io.Copy(io.Discard, limited); err != nil {
			return err
		}
		if limited.N > 0 {
			return io.ErrUnexpectedEOF
		}
		at.inside += n + b.length
	}
}

// readRecordHead reads the header of the next record, and returns how many bytes
// that took, with the empty lines before it. The error is io.EOF where there is
// no further one.
func readRecordHead(r *bufio.Reader) (b block, n int64, err error) {
	for {
		line, read, err := readWhole(r)
		n += read
		switch {
		case err == io.EOF && line == "":
			return b, n, io.EOF
		case err != nil:
			return b, n, noEOF(err)
		case n > maxHead:
			return b, n, fmt.Errorf("got more than %d bytes before a record", maxHead)
		case line == "":
			continue
		case !strings.HasPrefix(line, "WARC/"):
			return b, n, fmt.Errorf("got %q, want a WARC record", shorten(line))
		}
		break
	}
	fields, read, err := readFields(r)
	n += read
	if err != nil {
		return b, n, noEOF(err)
	}
	b.fields = make(map[string]string, len(fields))
	for _, f := range fields {
		name := strings.ToLower(f.Name)
		b.fields[name] = f.Value
		if name == "warc-concurrent-to" {
			b.concurrent = append(b.concurrent, f.Value)
		}
	}
	b.length, err = strconv.ParseInt(b.fields["content-length"], 10, 64)
	if err != nil || b.length < 0 {
		return b, n, fmt.Errorf("got the length %q of a record", shorten(b.fields["content-length"]))
	}
	return b, n, nil
}

func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// readWhole reads a line, without its line break, and how many bytes it took.
func readWhole(r *bufio.Reader) (line string, n int64, err error) {
	b, err := r.ReadSlice('\n')
	n = int64(len(b))
	if err != bufio.ErrBufferFull {
		return strings.TrimRight(string(b), "\r\n"), n, err
	}
	long := append([]byte(nil), b...)
	for err == bufio.ErrBufferFull {
		if len(long) > maxHead {
			return "", n, fmt.Errorf("got a line of more than %d bytes", maxHead)
		}
		b, err = r.ReadSlice('\n')
		long = append(long, b...)
		n += int64(len(b))
	}
	return strings.TrimRight(string(long), "\r\n"), n, err
}

// readFields reads the fields of a header, up to an empty line, in their order,
// and returns how many bytes that took. A line that begins with a space goes on
// with the field before it.
func readFields(r *bufio.Reader) (fields []Field, n int64, err error) {
	for n < maxHead {
		line, read, err := readWhole(r)
		n += read
		if err != nil || line == "" {
			return fields, n, err
		}
		name, value, ok := strings.Cut(line, ":")
		switch {
		case (line[0] == ' ' || line[0] == '\t') && len(fields) > 0:
			fields[len(fields)-1].Value += " " + strings.TrimSpace(line)
		case ok:
			fields = append(fields, Field{strings.TrimSpace(name), strings.TrimSpace(value)})
		}
	}
	return nil, n, fmt.Errorf("got a header of more than %d bytes", maxHead)
}

// open returns a part's content from a place on.
func (p part) open(at place) (*bufio.Reader, error) {
	from := io.NewSectionReader(p.data, at.offset, p.data.Size()-at.offset)
	if !p.gzip {
		_, err := from.Seek(at.inside, io.SeekStart)
		return bufio.NewReaderSize(from, 64<<10), err
	}
	z, err := gzip.NewReader(bufio.NewReaderSize(from, 64<<10))
	if err != nil {
		return nil, err
	}
	z.Multistream(false)
	r := bufio.NewReaderSize(z, 64<<10)
	_, err = io.CopyN(io.Discard, r, at.inside)
	return r, err
}
