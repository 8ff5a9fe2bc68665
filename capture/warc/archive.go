package warc

import (
	"archive/zip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/gzip"
)

// Options describe an archive as a whole. All are optional.
type Options struct {
	Software    string // "Pugmark 0.1.0"
	Title       string
	Description string    // Markdown
	Created     time.Time // now, if zero
	Operator    string    // who made it
	Hostname    string    // of the machine that made it
}

// Request is what the browser sent, or meant to send.
type Request struct {
	URL     string // absolute, http or https
	Method  string
	Started time.Time // when it was sent
	Header  []Field   // in order
	// Body is read twice, from its start to its end; nil if there is none.
	Body     io.ReadSeeker
	Conn     Conn
	PageID   string // as in [Page]
	Resource string // what it was for: "Document", "Image", …
}

// Response is what came back.
type Response struct {
	Status int
	Reason string // empty in HTTP/2 and later
	// Header is the header as received. Fields of the same name stay apart:
	// a value of several lines is taken for one.
	Header []Field
	// Body is decoded from its content encoding. It is read twice, from its
	// start to its end; nil if there is none.
	Body io.ReadSeeker
	// MediaType is the type that the browser made out, with the charset if
	// it knows one: "text/html; charset=GBK".
	MediaType string
	// Truncated says why the body is not whole; empty if it is.
	Truncated Truncation
}

// Conn is the connection that carried an exchange. What is unknown is empty.
type Conn struct {
	Remote   string // address, with or without a port
	Protocol string // ALPN: "http/1.1", "h2", "h3"
	TLS      string // "TLS 1.3"
	Cipher   string // IANA name: "TLS_AES_128_GCM_SHA256"
}

// Field is one field of an HTTP header.
type Field struct{ Name, Value string }

// Truncation is the reason why a body is not whole, a value of WARC-Truncated.
type Truncation string

// The reasons.
const (
	TruncatedLength     Truncation = "length"      // a limit of size
	TruncatedTime       Truncation = "time"        // a limit of time
	TruncatedDisconnect Truncation = "disconnect"  // the network
	TruncatedOther      Truncation = "unspecified" // another reason, or unknown
)

// Failure says why a request got no response.
type Failure struct {
	Reason  string `json:"error"`             // "net::ERR_CONNECTION_REFUSED"
	Blocked bool   `json:"blocked,omitempty"` // by us or the browser: never sent
	Details any    `json:"details,omitempty"`
}

// Page is the page whose exchanges the archive holds.
type Page struct {
	URL   string
	Title string
	Text  string    // for search
	Time  time.Time // when the request of its document was sent
	ID    string
}

// Stats counts what an archive holds.
type Stats struct {
	Records   int   // WARC records of all types
	Responses int   // redirects included
	Truncated int   // responses whose body is not whole
	Failed    int   // requests without a response
	Bytes     int64 // of all responses' bodies, decoded
}

// Archive is an archive being written. Its methods may be called from several
// goroutines; calls are carried out one after the other.
//
// An error about an exchange (an address that isn't one, a body that can't be
// read) is found before anything is written, and the archive stays usable. An
// error while writing sticks: all later calls return it.
type Archive struct {
	options Options

	mu     sync.Mutex // guards what follows
	err    error      // sticks
	zip    *zip.Writer
	data   *entry // archive/data.warc.gz
	gz     *gzip.Writer
	info   string   // id of the warcinfo record
	lines  []string // of the index
	stats  Stats
	buffer []byte // for copying
}

var errClosed = errors.New("archive is closed")

// Create begins an archive. The caller closes w after [Archive.Close].
func Create(w io.Writer, o Options) (*Archive, error) {
	if o.Created.IsZero() {
		o.Created = time.Now()
	}
	a := &Archive{options: o, zip: zip.NewWriter(w), info: newID(), buffer: make([]byte, 64<<10)}
	a.gz = gzip.NewWriter(io.Discard)
	var err error
	if a.data, err = a.create(dataPath, zip.Store); err != nil {
		return nil, fmt.Errorf("creating archive: %w", err)
	}
	if err := a.append(a.warcinfo()); err != nil {
		return nil, fmt.Errorf("creating archive: %w", err)
	}
	return a, nil
}

func (a *Archive) warcinfo() *record {
	var b strings.Builder
	for _, f := range []Field{
		{"software", a.options.Software},
		{"format", "WARC File Format 1.1"},
		{"conformsTo", "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"},
		{"operator", a.options.Operator},
		{"hostname", a.options.Hostname},
		{"description", a.options.Title},
	} {
		if v := fieldValue(f.Value); v != "" {
			fmt.Fprintf(&b, "%s: %s\r\n", f.Name, v)
		}
	}
	return &record{
		kind: "warcinfo", id: a.info, date: a.options.Created,
		fields:      []Field{{"WARC-Filename", dataName}},
		contentType: "application/warc-fields", head: []byte(b.String()),
	}
}

// Write appends an exchange. Metadata is what else is known of it, written as
// JSON into a record of its own; nil if there is nothing.
func (a *Archive) Write(q Request, r Response, metadata any) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.err != nil {
		return a.err
	}
	recs, err := a.exchange(q, r, metadata)
	if err != nil {
		return fmt.Errorf("archiving %q: %w", shorten(q.URL), err)
	}
	query, err := queryOf(q)
	if err != nil {
		return fmt.Errorf("archiving %q: %w", shorten(q.URL), err)
	}
	if err := a.append(recs...); err != nil {
		return err
	}
	response := recs[1]
	a.index(response, mimeOf(r), r.Status, query)
	a.stats.Responses++
	a.stats.Bytes += response.bodySize
	if r.Truncated != "" {
		a.stats.Truncated++
	}
	return nil
}

// Failed appends a request that got no response.
func (a *Archive) Failed(q Request, f Failure) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.err != nil {
		return a.err
	}
	recs, err := a.failure(q, f)
	if err != nil {
		return fmt.Errorf("archiving %q: %w", shorten(q.URL), err)
	}
	if err := a.append(recs...); err != nil {
		return err
	}
	a.stats.Failed++
	return nil
}

// Resource appends something that is not an exchange, under an address of any
// scheme, such as urn:pugmark:….
func (a *Archive) Resource(uri, mediaType string, t time.Time, body io.ReadSeeker) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.err != nil {
		return a.err
	}
	rec, err := a.resource(uri, mediaType, t, body)
	if err != nil {
		return fmt.Errorf("archiving %q: %w", shorten(uri), err)
	}
	if err := a.append(rec); err != nil {
		return err
	}
	a.index(rec, bareType(mediaType), 200, methodQuery{})
	return nil
}

// Close writes the index, the page and the digests, and ends the archive. A
// page without an address stands for none.
func (a *Archive) Close(p Page) (Stats, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.err != nil {
		return a.stats, a.err
	}
	if err := a.finish(p); err != nil {
		return a.stats, a.fail(fmt.Errorf("closing archive: %w", err))
	}
	a.err = errClosed
	return a.stats, nil
}

// fail makes an error stick.
func (a *Archive) fail(err error) error {
	if a.err == nil {
		a.err = err
	}
	return a.err
}

// shorten bounds an address for use in an error.
func shorten(s string) string {
	if len(s) <= 200 {
		return s
	}
	return strings.ToValidUTF8(s[:200], "") + "…"
}

// encodeJSON is [json.Marshal] without the escaping that only HTML needs.
func encodeJSON(v any, indent string) ([]byte, error) {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	err := enc.Encode(v)
	return []byte(b.String()), err
}

// Err returns the error that ended the archive, or nil while it can be
// written.
func (a *Archive) Err() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.err
}
