package warc

import (
	"archive/zip"
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/klauspost/compress/gzip"
)

// Limits of reading, since an archive may be made to hang who reads it.
const (
	maxIndex  = 64 << 20 // bytes of the index
	maxHeader = 1 << 20  // bytes of the headers of a record
)

// ErrNoBody reports that an archive has no response with some body.
var ErrNoBody = errors.New("the archive has no such body")

// Bodies finds the bodies of an archive's responses by their digest.
type Bodies struct {
	data *io.SectionReader // archive/data.warc.gz
	at   map[digest]member
}

// member is a record's place within data.warc.gz.
type member struct{ offset, length int64 }

// OpenBodies reads the index of an archive of a size. It neither follows nor
// believes the index further than [Bodies.Read] can check.
func OpenBodies(r io.ReaderAt, size int64) (*Bodies, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("opening archive: %w", err)
	}
	b := &Bodies{at: make(map[digest]member)}
	for _, f := range z.File {
		switch f.Name {
		case dataPath:
			b.data, err = stored(r, f)
		case indexPath:
			err = scanIndex(f, b.index)
		}
		if err != nil {
			return nil, fmt.Errorf("opening archive: %q: %w", f.Name, err)
		}
	}
	if b.data == nil {
		return nil, fmt.Errorf("opening archive: no %q", dataPath)
	}
	return b, nil
}

// stored returns the content of a file that isn't compressed.
func stored(r io.ReaderAt, f *zip.File) (*io.SectionReader, error) {
	if f.Method != zip.Store {
		return nil, fmt.Errorf("got method %d, want %d", f.Method, zip.Store)
	}
	at, err := f.DataOffset()
	if err != nil {
		return nil, err
	}
	return io.NewSectionReader(r, at, int64(f.CompressedSize64)), nil
}

// scanIndex reads the lines of an index.
func scanIndex(f *zip.File, each func(line []byte)) error {
	r, err := f.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	lines := bufio.NewScanner(io.LimitReader(r, maxIndex))
	lines.Buffer(nil, maxIndex)
	for lines.Scan() {
		each(lines.Bytes())
	}
	return lines.Err()
}

// index notes a line. One that says nothing of a body is passed over.
func (b *Bodies) index(line []byte) {
	parts := bytes.SplitN(line, []byte(" "), 3) // key, timestamp, JSON
	var c cdx
	if len(parts) < 3 || json.Unmarshal(parts[2], &c) != nil || c.Filename != dataName {
		return
	}
	d, ok := parseDigest(c.Digest)
	offset, err := strconv.ParseInt(c.Offset, 10, 64)
	length, err2 := strconv.ParseInt(c.Length, 10, 64)
	if _, known := b.at[d]; ok && !known && err == nil && err2 == nil && offset >= 0 && length > 0 {
		b.at[d] = member{offset, length}
	}
}

func parseDigest(s string) (d digest, ok bool) {
	text, ok := strings.CutPrefix(s, "sha256:")
	n, err := hex.Decode(d[:], []byte(text[:min(len(text), 2*len(d))]))
	return d, ok && err == nil && n == len(d) && len(text) == 2*len(d)
}

// Read returns the body that has a SHA-256 digest, if it has at most so many
// bytes. The error wraps [ErrNoBody] if there is none.
func (b *Bodies) Read(sum [sha256.Size]byte, limit int64) ([]byte, error) {
	m, ok := b.at[sum]
	if !ok {
		return nil, ErrNoBody
	}
	body, err := b.read(m, limit)
	if err != nil {
		return nil, fmt.Errorf("reading archive: %w", err)
	}
	if got := digest(sha256.Sum256(body)); got != sum {
		return nil, fmt.Errorf("reading archive: got a body of digest %s, want %s", got, digest(sum))
	}
	return body, nil
}

func (b *Bodies) read(m member, limit int64) ([]byte, error) {
	z, err := gzip.NewReader(io.NewSectionReader(b.data, m.offset, m.length))
	if err != nil {
		return nil, err
	}
	z.Multistream(false)
	r := bufio.NewReader(z)
	head, _, err := readHeader(r)
	if err != nil {
		return nil, err
	}
	length, err := strconv.ParseInt(head["content-length"], 10, 64)
	if err != nil {
		return nil, fmt.Errorf("content length: %w", err)
	}
	if head["warc-type"] == "response" {
		_, n, err := readHeader(r)
		if err != nil {
			return nil, err
		}
		length -= n
	}
	if length < 0 || length > limit {
		return nil, fmt.Errorf("got a body of %d bytes, want at most %d", length, limit)
	}
	body, err := io.ReadAll(io.LimitReader(r, length))
	if err == nil && int64(len(body)) != length {
		err = io.ErrUnexpectedEOF
	}
	return body, err
}

// readHeader reads lines up to an empty one. It returns the last field of each
// name, in lowercase, and how many bytes it read.
func readHeader(r *bufio.Reader) (fields map[string]string, n int64, err error) {
	fields = make(map[string]string)
	for n < maxHeader {
		line, read, err := readLine(r)
		n += read
		if err != nil {
			return nil, n, err
		}
		if line == "" {
			return fields, n, nil
		}
		if name, value, ok := strings.Cut(line, ":"); ok {
			fields[strings.ToLower(name)] = strings.TrimSpace(value)
		}
	}
	return nil, n, fmt.Errorf("got a header of more than %d bytes", maxHeader)
}

// readLine reads a line, and returns its beginning without the line break, and
// how many bytes it read.
func readLine(r *bufio.Reader) (line string, n int64, err error) {
	b, err := r.ReadSlice('\n')
	line, n = strings.TrimRight(string(b), "\r\n"), int64(len(b))
	for err == bufio.ErrBufferFull && n < maxHeader {
		b, err = r.ReadSlice('\n')
		n += int64(len(b))
	}
	return line, n, err
}
