package warc

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"time"

	"github.com/google/uuid"
)

// record is one WARC record: its header's fields and its block, which is head
// followed by body.
type record struct {
	kind        string
	id          string // urn:uuid:…
	date        time.Time
	uri         string
	fields      []Field // beside those that every record has
	contentType string
	head        []byte
	body        io.ReadSeeker // may be nil
	bodySize    int64
	payload     bool // the body is a payload: it gets a digest

	// By measure:
	bodyDigest  digest
	blockDigest digest

	// By append, within data.warc.gz:
	offset, length int64
}

// digest is a SHA-256 digest.
type digest [sha256.Size]byte

// String returns the digest as WARC and WACZ write it.
func (d digest) String() string { return "sha256:" + hex.EncodeToString(d[:]) }

func newID() string { return uuid.New().URN() }

// measure reads the body for the first time, for the digests, which the
// record's header gives ahead of it.
func (r *record) measure(buffer []byte) error {
	block := sha256.New()
	block.Write(r.head)
	body := sha256.New()
	if r.body != nil {
		n, err := copyBody(io.MultiWriter(block, body), r.body, buffer)
		if err != nil {
			return err
		}
		if n != r.bodySize {
			return fmt.Errorf("reading body: got %d bytes, want %d", n, r.bodySize)
		}
	}
	block.Sum(r.blockDigest[:0])
	body.Sum(r.bodyDigest[:0])
	return nil
}

// copyBody copies all of a body, from its start.
func copyBody(w io.Writer, body io.ReadSeeker, buffer []byte) (int64, error) {
	if _, err := body.Seek(0, io.SeekStart); err != nil {
		return 0, fmt.Errorf("reading body: %w", err)
	}
	// Hides WriteTo, with which a body could come as one piece.
	n, err := io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{body}, buffer)
	if err != nil {
		return n, fmt.Errorf("copying body: %w", err) // of either side
	}
	return n, nil
}

// encodedWord matches an encoded word of RFC 2047, which a reader may decode in
// a WARC header, and which the query of an address may hold.
var encodedWord = regexp.MustCompile(`=\?([^?]+\?[BbQq]\?[^?]*\?=)`)

// header returns the record's header.
func (r *record) header() []byte {
	var b bytes.Buffer
	b.WriteString("WARC/1.1\r\n")
	put := func(name, value string) { fmt.Fprintf(&b, "%s: %s\r\n", name, fieldValue(value)) }
	put("WARC-Type", r.kind)
	put("WARC-Record-ID", "<"+r.id+">")
	put("WARC-Date", r.date.UTC().Format(time.RFC3339Nano))
	if r.uri != "" {
		put("WARC-Target-URI", encodedWord.ReplaceAllString(r.uri, "=%3F$1"))
	}
	for _, f := range r.fields {
		put(f.Name, f.Value)
	}
	put("WARC-Block-Digest", r.blockDigest.String())
	if r.payload {
		put("WARC-Payload-Digest", r.bodyDigest.String())
	}
	put("Content-Type", r.contentType)
	put("Content-Length", strconv.FormatInt(int64(len(r.head))+r.bodySize, 10))
	b.WriteString("\r\n")
	return b.Bytes()
}

// append writes records, each a gzip member, and flushes them to the
// archive's writer. None is written unless all can be measured.
func (a *Archive) append(recs ...*record) error {
	for _, r := range recs {
		if err := r.measure(a.buffer); err != nil {
			return fmt.Errorf("archiving %q: %w", shorten(r.uri), err)
		}
	}
	for _, r := range recs {
		if err := a.write(r); err != nil {
			return a.fail(fmt.Errorf("writing archive: %w", err))
		}
	}
	if err := a.zip.Flush(); err != nil {
		return a.fail(fmt.Errorf("writing archive: %w", err))
	}
	return nil
}

func (a *Archive) write(r *record) error {
	r.offset = a.data.size
	a.gz.Reset(a.data)
	if _, err := a.gz.Write(append(r.header(), r.head...)); err != nil {
		return err
	}
	if err := a.writeBody(r); err != nil {
		return err
	}
	if _, err := io.WriteString(a.gz, "\r\n\r\n"); err != nil {
		return err
	}
	if err := a.gz.Close(); err != nil {
		return err
	}
	r.length = a.data.size - r.offset
	a.stats.Records++
	return nil
}

// writeBody reads the body for the second time. It must be what it was.
func (a *Archive) writeBody(r *record) error {
	if r.body == nil {
		return nil
	}
	h := sha256.New()
	if _, err := copyBody(io.MultiWriter(a.gz, h), r.body, a.buffer); err != nil {
		return err
	}
	if !bytes.Equal(h.Sum(nil), r.bodyDigest[:]) {
		return errChanged
	}
	return nil
}

var errChanged = errors.New("body changed while it was being archived")
