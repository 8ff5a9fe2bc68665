package handover

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"pugmark/capture/warc"
	"pugmark/evidence"
	"pugmark/review"
)

// DefaultMaxBody is how many bytes of a body a HAR holds at most.
const DefaultMaxBody = 8 << 20

// writeHAR writes the requests of a capture's page archive. A header field whose value
// is a secret of the session (Cookie, Set-Cookie, Authorization,
// Proxy-Authorization) keeps its name alone, unless the request asks for cookies. What
// was said in a body or in an address stays.
//
// Of a response the header is as it was received, where the browser told that, and
// else as the archive has it; the body is decoded from its content encoding. A body
// beyond the limit is left out, and content.comment says so. Text that is UTF-8 stands
// as such, all else as base64.
//
// Timings are those that the browser gave. What it didn't give is -1, or 0 where the
// format asks for a number: how long a body took to arrive is not recorded.
//
// Members of our own:
//
//	log._capture    the capture, its manifest's SHA-256 and verdict, and the archive's SHA-256
//	entry._resourceType, _transferSize
//	entry._error, _blocked   a request without a response: why, and that it was never sent
//	entry._truncated         why a body isn't whole
//	entry._tls               protocol and cipher
//	request._sha256, content._sha256   digest of the body
//
// What was sent over WebSockets is not in it.
func writeHAR(ctx context.Context, w io.Writer, q Request, r *Result, p Progress) error {
	if n := len(q.captures()); n != 1 {
		return fmt.Errorf("%w, got %d", ErrOneCapture, n)
	}
	c := q.captures()[0]
	m, err := c.Manifest()
	if err != nil {
		return err
	}
	item, ok := m.Find(evidence.KindArchive)
	if !ok {
		return fmt.Errorf("capture %s: %w", c.Name(), ErrNoArchive)
	}
	f, err := openChecked(ctx, c, item)
	if err != nil {
		return err
	}
	defer f.Close()
	at, ok := f.(io.ReaderAt)
	if !ok {
		return fmt.Errorf("capture %s: %q can't be read at will", c.Name(), item.Path)
	}
	records, err := warc.OpenRecords(at, item.Bytes)
	if err != nil {
		return fmt.Errorf("capture %s: %w", c.Name(), err)
	}
	x := &harWriter{ctx: ctx, w: w, q: q, r: r, records: records}
	if x.q.MaxBody == 0 {
		x.q.MaxBody = DefaultMaxBody
	}
	return x.write(c, m, item, p)
}

// openChecked opens an item that is the one that was sealed.
func openChecked(ctx context.Context, c *review.Capture, it evidence.Item) (f fs.File, err error) {
	if f, err = c.Open(it); err != nil {
		return nil, err
	}
	sum := newSum()
	n, err := io.Copy(sum, evidence.UntilDone(ctx, f))
	if err == nil && (n != it.Bytes || sum.digest() != it.SHA256) {
		err = fmt.Errorf("reading %s of %s: got digest %s, want %s", it.Path, c.Name(), sum.digest(), it.SHA256)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// harWriter writes one archive.
type harWriter struct {
	ctx     context.Context
	w       io.Writer
	q       Request
	r       *Result
	records *warc.Records
}

func (x *harWriter) write(c *review.Capture, m *evidence.Manifest, item evidence.Item, p Progress) error {
	order, err := x.order()
	if err != nil {
		return err
	}
	x.r.Requests = len(order)
	if err := x.head(c, m, item); err != nil {
		return err
	}
	for i, offset := range order {
		e, err := x.entry(offset)
		if err != nil {
			return err
		}
		if err := x.put(e, i > 0); err != nil {
			return err
		}
		p(int64(i+1), int64(len(order)))
	}
	_, err = io.WriteString(x.w, "\n]}}\n")
	return err
}

// order returns where the requests are, by the time when they were sent.
func (x *harWriter) order() ([]int64, error) {
	type place struct {
		sent   time.Time
		offset int64
	}
	var all []place
	err := x.records.From(0, func(s *warc.RawRecord) (bool, error) {
		if s.Type == "request" {
			all = append(all, place{s.Date, s.Offset})
		}
		return true, x.ctx.Err()
	})
	slices.SortStableFunc(all, func(a, b place) int { return a.sent.Compare(b.sent) })
	out := make([]int64, len(all))
	for i, a := range all {
		out[i] = a.offset
	}
	return out, err
}

// head writes what stands before the entries.
func (x *harWriter) head(c *review.Capture, m *evidence.Manifest, item evidence.Item) error {
	browser, version, _ := strings.Cut(m.Environment.Browser, " ")
	timings := harPageTimings{-1, -1}
	if l := m.Time.Loaded; l != nil {
		timings.OnLoad = milliseconds(l.Sub(m.Time.Started))
	}
	head := struct {
		Version string     `json:"version"`
		Creator harProgram `json:"creator"`
		Browser harProgram `json:"browser"`
		Capture harCapture `json:"_capture"`
		Pages   []harPage  `json:"pages"`
	}{
		"1.2", harProgram{"Pugmark", evidence.Version}, harProgram{browser, version},
		harCapture{c.Name(), c.ID.String(), string(m.Verdict), c.ManifestDigest, item.SHA256},
		[]harPage{{m.Time.Started.UTC(), harPageID, m.Target.Title, timings}},
	}
	b, err := json.Marshal(head)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(x.w, `{"log":%s,"entries":[`, b[:len(b)-1])
	return err
}

func (x *harWriter) put(e *harEntry, more bool) error {
	b, err := json.Marshal(e, jsontext.AllowInvalidUTF8(true))
	if err != nil {
		return err
	}
	sep := "\n"
	if more {
		sep = ",\n"
	}
	_, err = io.WriteString(x.w, sep+string(b))
	return err
}

// entry reads the request at an offset, and what belongs to it.
func (x *harWriter) entry(offset int64) (*harEntry, error) {
	var e *harEntry
	err := x.records.From(offset, func(s *warc.RawRecord) (more bool, err error) {
		switch {
		case s.Type == "request" && e == nil:
			e, err = x.request(s)
		case s.Type == "response":
			err = x.response(e, s)
		case s.Type == "metadata":
			return false, x.metadata(e, s)
		default:
			return false, nil // the next exchange
		}
		return true, err
	})
	if err != nil {
		return nil, err
	}
	if e == nil {
		return nil, fmt.Errorf("reading archive: got no request at %d", offset)
	}
	return e, nil
}

// body reads a body of up to the limit, and says whether that is all of it.
func (x *harWriter) body(s *warc.RawRecord) (b []byte, whole bool, err error) {
	if s.Size > x.q.MaxBody {
		x.r.LeftOut++
		return nil, false, nil
	}
	b, err = io.ReadAll(evidence.UntilDone(x.ctx, s.Body))
	return b, true, err
}
