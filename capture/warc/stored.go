package warc

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http/httputil"
	"regexp"
	"slices"
	"strings"

	"github.com/andybalholm/brotli"
)

// Stored is a response of an archive. The body is in the content encoding that
// its header states, and no longer in a transfer encoding.
type Stored struct {
	Status int
	Reason string
	Header []Field
	Body   io.Reader
	Length int64 // of the body; -1 if only reading it tells
}

// Open reads a response. The caller reads the body, or leaves it.
func (r *Reader) Open(rec Record) (*Stored, error) {
	s, err := r.open(rec)
	if err != nil {
		return nil, fmt.Errorf("reading %q from the archive: %w", shorten(rec.URL), err)
	}
	return s, nil
}

func (r *Reader) open(rec Record) (*Stored, error) {
	s, err := r.own(rec)
	if err != nil || rec.body < 0 {
		return s, err
	}
	from, err := r.own(r.records[rec.body])
	if err != nil {
		return nil, err
	}
	if len(s.Header) == 0 || s.Status == 304 {
		return from, nil
	}
	s.Status = rec.Status
	s.Body, s.Length = from.Body, from.Length
	s.Header = slices.DeleteFunc(s.Header, isEncoding)
	for _, f := range from.Header {
		if isEncoding(f) {
			s.Header = append(s.Header, f)
		}
	}
	return s, nil
}

func isEncoding(f Field) bool { return strings.EqualFold(f.Name, "Content-Encoding") }

// own reads what the record itself holds.
func (r *Reader) own(rec Record) (*Stored, error) {
	in, err := r.parts[rec.at.part].open(rec.at)
	if err != nil {
		return nil, err
	}
	b, _, err := readRecordHead(in)
	if err != nil {
		return nil, noEOF(err)
	}
	in = bufio.NewReaderSize(io.LimitReader(in, b.length), 64<<10)
	if rec.resource {
		s := &Stored{Status: 200, Reason: "OK", Body: in, Length: b.length}
		if t := b.fields["content-type"]; t != "" {
			s.Header = []Field{{"Content-Type", t}}
		}
		return s, nil
	}
	h, err := readHead(in)
	if err != nil {
		if rec.body >= 0 {
			return &Stored{Status: rec.Status}, nil // a revisit without a header
		}
		return nil, err
	}
	s := &Stored{Status: h.status, Reason: h.reason, Header: h.fields, Body: in, Length: b.length - h.size}
	s.unpack(in)
	return s, nil
}

// chunkLine is the first line of a body in chunks (RFC 9112, section 7.1).
var chunkLine = regexp.MustCompile(`^[0-9A-Fa-f]{1,16}[ \t]*(;[^\r\n]*)?\r\n`)

// unpack takes the transfer encoding off the body, and the mention of a content
// encoding that the body doesn't have: some programs store the body decoded
// under the header as received.
func (s *Stored) unpack(in *bufio.Reader) {
	start, end := in.Peek(4096)
	if strings.Contains(strings.ToLower(get(s.Header, "Transfer-Encoding")), "chunked") && chunkLine.Match(start) {
		in = bufio.NewReaderSize(httputil.NewChunkedReader(in), 64<<10)
		s.Body, s.Length = in, -1
		start, end = in.Peek(4096)
	}
	s.Header = slices.DeleteFunc(s.Header, func(f Field) bool {
		return isEncoding(f) && !isEncoded(strings.ToLower(f.Value), start, end != nil)
	})
}

// isEncoded reports whether a body can be in a content encoding, by how it
// begins, which may be all of it.
func isEncoded(encoding string, start []byte, all bool) bool {
	switch encoding {
	case "gzip", "x-gzip":
		return bytes.HasPrefix(start, []byte{0x1f, 0x8b})
	case "zstd":
		return bytes.HasPrefix(start, []byte{0x28, 0xb5, 0x2f, 0xfd})
	case "br":
		_, err := io.Copy(io.Discard, io.LimitReader(brotli.NewReader(bytes.NewReader(start)), 64<<10))
		return err == nil || err == io.ErrUnexpectedEOF && !all
	}
	return true
}
