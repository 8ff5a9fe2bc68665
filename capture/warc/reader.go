package warc

import (
	"archive/zip"
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ErrNotArchive reports that a file is neither WACZ nor WARC.
var ErrNotArchive = errors.New("not a WACZ or WARC file")

// Limits of what is kept in memory of an archive, about 400 bytes a record.
const (
	maxRecords = 4_000_000
	maxKept    = 512 << 20 // bytes of addresses and queries
	maxPages   = 10_000
)

// Reader reads an archive that anybody made. Its methods may be called from
// several goroutines.
type Reader struct {
	parts   []part
	records []Record
	pages   []PageEntry
	damage  []string
}

// Record is what an archive has of one request.
type Record struct {
	URL    string // as [Address] writes it
	Method string
	Query  string    // of the request's body: see [BodyQuery]; "" for GET
	Time   time.Time // zero if the record says none
	Status int       // 0: the request got no response
	MIME   string
	Range  Range  // of a response with status 206
	Digest string // of the body, as the record says
	// Socket says that the record is not a response, but the record of the
	// frames of a WebSocket.
	Socket bool

	at       place
	resource bool  // the block is the body, without an HTTP header
	body     int32 // the record that has the body of this one; -1: it has its own
}

// Range is what Content-Range says: the bytes from First to Last of Total.
type Range struct{ First, Last, Total int64 }

// PageEntry is a page that an archive says it is of.
type PageEntry struct {
	URL   string
	Title string
	Time  time.Time
}

// Records returns what the archive has, by address and then by time. The caller
// must not change it.
func (r *Reader) Records() []Record { return r.records }

// Pages returns the pages that the archive says it is of; else its first
// document.
func (r *Reader) Pages() []PageEntry { return r.pages }

// Damage says, for each file of the archive that can't be read to its end, why.
func (r *Reader) Damage() []string { return r.damage }

// OpenReader reads through an archive of a size: WACZ, WARC, or WARC in gzip,
// each record by itself or all as one. It keeps where the records are and not
// what they hold. name is for errors. The error wraps [ErrNotArchive] if it is
// none of these. A record that isn't understood is passed over; a file that
// breaks off is read as far as it goes, and [Reader.Damage] says so.
func OpenReader(ctx context.Context, name string, ra io.ReaderAt, size int64) (*Reader, error) {
	r := new(Reader)
	var err error
	if z, zipErr := zip.NewReader(ra, size); zipErr == nil {
		err = r.openZip(ra, z)
	} else {
		err = r.openPart(name, io.NewSectionReader(ra, 0, size))
	}
	if err != nil {
		return nil, fmt.Errorf("opening archive: %w", err)
	}
	s := newScanner(r)
	for n, p := range r.parts {
		err := p.scan(ctx, n, s.add)
		if errors.Is(err, errTooMany) || ctx.Err() != nil {
			return nil, fmt.Errorf("reading archive: %w", cmp.Or(ctx.Err(), err))
		}
		if err != nil {
			r.damage = append(r.damage, fmt.Sprintf("%s can't be read to its end: %v", p.name, err))
		}
	}
	if len(s.found) == 0 && len(r.damage) > 0 {
		return nil, fmt.Errorf("opening archive: %w: %s", ErrNotArchive, r.damage[0])
	}
	s.finish()
	return r, nil
}

func (r *Reader) openPart(name string, data *io.SectionReader) error {
	p, err := openPart(name, data)
	r.parts = append(r.parts, p)
	return err
}

// openZip finds the WARC files and the pages of a WACZ.
func (r *Reader) openZip(ra io.ReaderAt, z *zip.Reader) error {
	for _, f := range z.File {
		switch {
		case path.Dir(f.Name) == "archive" && (strings.HasSuffix(f.Name, ".warc") || strings.HasSuffix(f.Name, ".warc.gz")):
			data, err := stored(ra, f)
			if err != nil {
				return fmt.Errorf("%q is compressed once more by the zip: %w", f.Name, err)
			}
			if err := r.openPart(f.Name, data); err != nil {
				return err
			}
		case f.Name == pagesPath:
			// What can't be read of the pages is made out from the records.
			_ = scanIndex(f, r.addPage)
		}
	}
	if len(r.parts) == 0 {
		return fmt.Errorf("the zip has no archive/*.warc.gz: %w", ErrNotArchive)
	}
	return nil
}

func (r *Reader) addPage(line []byte) {
	var p pagesLine
	if json.Unmarshal(line, &p) != nil || p.URL == "" || len(r.pages) == maxPages {
		return
	}
	if address, err := Address(p.URL); err == nil {
		r.pages = append(r.pages, PageEntry{address, p.Title, p.Time})
	}
}

var errTooMany = fmt.Errorf("the archive has more than %d records, or %d MiB of addresses", maxRecords, maxKept>>20)

// scanner puts records together.
type scanner struct {
	reader   *Reader
	found    []Record
	ids      map[string]int32 // responses by their record's id
	requests []request
	revisits []revisit
	kept     int // bytes of addresses and queries
}

// request is a request record.
type request struct {
	id         string
	concurrent []string
	record     Record
}

// revisit is a record that has the body of another.
type revisit struct {
	record int32
	url    string
	time   time.Time
}

func newScanner(r *Reader) *scanner { return &scanner{reader: r, ids: make(map[string]int32)} }

// add notes a record.
func (s *scanner) add(b block) error {
	if len(s.found)+len(s.requests) >= maxRecords || s.kept > maxKept {
		return errTooMany
	}
	uri := strings.Trim(b.fields["warc-target-uri"], "<>")
	rec := Record{Method: "GET", at: b.at, body: -1, Digest: b.fields["warc-payload-digest"]}
	rec.Time, _ = time.Parse(time.RFC3339Nano, b.fields["warc-date"])
	if kind := b.fields["warc-type"]; kind == "resource" && isSocket(uri) {
		rec.URL, rec.Socket, rec.resource = uri, true, true
		s.kept += len(rec.URL)
		s.found = append(s.found, rec)
		return nil
	}
	var err error
	if rec.URL, err = Address(uri); err != nil {
		return nil
	}
	s.kept += len(rec.URL)
	switch b.fields["warc-type"] {
	case "response":
		s.addResponse(b, rec)
	case "resource":
		rec.Status, rec.resource = 200, true
		rec.MIME = bareType(b.fields["content-type"])
		s.found = append(s.found, rec)
	case "revisit":
		s.addRevisit(b, rec)
	case "request":
		s.addRequest(b, rec)
	}
	return nil
}

func isSocket(uri string) bool {
	return strings.HasPrefix(uri, "ws://") || strings.HasPrefix(uri, "wss://")
}

// addResponse notes a response, if its block begins as one.
func (s *scanner) addResponse(b block, rec Record) {
	head, err := readHead(b.content)
	if err != nil {
		return
	}
	rec.Status, rec.MIME = head.status, bareType(get(head.fields, "Content-Type"))
	if rec.Status == 206 {
		rec.Range, _ = parseRange(get(head.fields, "Content-Range"))
	}
	s.note(b, rec)
}

func (s *scanner) note(b block, rec Record) {
	s.ids[b.fields["warc-record-id"]] = int32(len(s.found))
	s.found = append(s.found, rec)
	for _, id := range b.concurrent {
		if _, taken := s.ids["of "+id]; !taken {
			s.ids["of "+id] = int32(len(s.found)) - 1
		}
	}
}

// addRevisit notes a response whose body is elsewhere. It may have a header of
// its own.
func (s *scanner) addRevisit(b block, rec Record) {
	if head, err := readHead(b.content); err == nil {
		rec.Status, rec.MIME = head.status, bareType(get(head.fields, "Content-Type"))
	}
	v := revisit{record: int32(len(s.found)), url: rec.URL}
	if at, err := Address(strings.Trim(b.fields["warc-refers-to-target-uri"], "<>")); err == nil {
		v.url = at
	}
	v.time, _ = time.Parse(time.RFC3339Nano, b.fields["warc-refers-to-date"])
	s.revisits = append(s.revisits, v)
	s.note(b, rec)
}

// addRequest notes a request until its response is known.
func (s *scanner) addRequest(b block, rec Record) {
	line, _, err := readWhole(b.content)
	if err != nil {
		return
	}
	method, _, _ := strings.Cut(line, " ")
	if !isToken(method) {
		return
	}
	rec.Method = method
	if method != "GET" {
		fields, _, err := readFields(b.content)
		if err != nil {
			return
		}
		body, _ := io.ReadAll(io.LimitReader(b.content, maxQueryBody))
		rec.Query = BodyQuery(get(fields, "Content-Type"), body)
		s.kept += len(rec.Query)
	}
	s.requests = append(s.requests, request{b.fields["warc-record-id"], b.concurrent, rec})
}

// finish ties requests to responses and revisits to bodies, and sorts.
func (s *scanner) finish() {
	failed := s.pair()
	s.resolve()
	s.found = append(s.found, failed...)
	order := make([]int32, len(s.found))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortStableFunc(order, func(a, b int32) int {
		x, y := &s.found[a], &s.found[b]
		return cmp.Or(strings.Compare(x.URL, y.URL), x.Time.Compare(y.Time))
	})
	if len(s.reader.pages) == 0 {
		s.firstPage()
	}
	moved := make([]int32, len(order))
	for to, from := range order {
		moved[from] = int32(to)
	}
	s.reader.records = make([]Record, len(order))
	for to, from := range order {
		rec := s.found[from]
		if rec.body >= 0 {
			rec.body = moved[rec.body]
		}
		s.reader.records[to] = rec
	}
}

// pair gives each response the method and the body of its request: the one that
// names it or that it names, else the one of the same address and nearest in
// time. It returns the requests that got no response.
func (s *scanner) pair() (failed []Record) {
	alone := make(map[string][]int32) // responses without a request, by address
	paired := make(map[int32]bool)
	var rest []request
	for _, q := range s.requests {
		if i, ok := s.responseOf(q); ok && s.found[i].URL == q.record.URL {
			s.found[i].Method, s.found[i].Query = q.record.Method, q.record.Query
			paired[i] = true
		} else {
			rest = append(rest, q)
		}
	}
	answered := make(map[string]bool)
	for i, rec := range s.found {
		answered[rec.URL] = true
		if !paired[int32(i)] {
			alone[rec.URL] = append(alone[rec.URL], int32(i))
		}
	}
	for _, q := range rest {
		if i := nearest(s.found, alone[q.record.URL], q.record.Time); i >= 0 {
			s.found[i].Method, s.found[i].Query = q.record.Method, q.record.Query
			alone[q.record.URL] = slices.DeleteFunc(alone[q.record.URL], func(n int32) bool { return n == i })
		} else if !answered[q.record.URL] {
			failed = append(failed, q.record)
		}
	}
	return failed
}

func (s *scanner) responseOf(q request) (int32, bool) {
	for _, id := range q.concurrent {
		if i, ok := s.ids[id]; ok {
			return i, true
		}
	}
	i, ok := s.ids["of "+q.id]
	return i, ok
}

// nearest returns the record among some that is nearest to a time, or -1.
func nearest(all []Record, among []int32, t time.Time) int32 {
	best, least := int32(-1), time.Duration(math.MaxInt64)
	for _, i := range among {
		if d := all[i].Time.Sub(t).Abs(); best < 0 || d < least {
			best, least = i, d
		}
	}
	return best
}

// resolve finds the bodies of revisits: of the address and time that they name,
// else of the same digest. A revisit without either is left out.
func (s *scanner) resolve() {
	byURL, byDigest := make(map[string][]int32), make(map[string]int32)
	isRevisit := make(map[int32]bool)
	for _, v := range s.revisits {
		isRevisit[v.record] = true
	}
	for i, rec := range s.found {
		if isRevisit[int32(i)] || rec.Socket {
			continue
		}
		byURL[rec.URL] = append(byURL[rec.URL], int32(i))
		if _, known := byDigest[rec.Digest]; !known && rec.Digest != "" {
			byDigest[rec.Digest] = int32(i)
		}
	}
	for _, v := range s.revisits {
		rec := &s.found[v.record]
		i := nearest(s.found, byURL[v.url], v.time)
		if i < 0 || rec.Digest != "" && s.found[i].Digest != rec.Digest {
			if same, ok := byDigest[rec.Digest]; ok {
				i = same
			}
		}
		if rec.body = i; i < 0 {
			rec.Status = 0
			rec.URL = ""
			continue
		}
		if rec.Status == 0 || rec.Status == 304 {
			rec.Status, rec.MIME = s.found[i].Status, s.found[i].MIME
		}
	}
}

// firstPage takes the first document for the page of an archive that names none.
func (s *scanner) firstPage() {
	for _, rec := range s.found {
		if rec.URL != "" && rec.Method == "GET" && rec.Status == 200 && (rec.MIME == "text/html" || rec.MIME == "application/xhtml+xml") {
			s.reader.pages = []PageEntry{{URL: rec.URL, Time: rec.Time}}
			return
		}
	}
}

// Address writes an address as the records of an archive have it: see the
// package's comment. It is an error if it is not of http or https.
func Address(raw string) (string, error) {
	uri, err := httpURI(raw)
	if err != nil {
		return "", err
	}
	return encodedWord.ReplaceAllString(uri, "=%3F$1"), nil
}

// BodyQuery returns the body of a request as the query by which requests of one
// address are told apart. Of a body beyond 1 MiB only the first is looked at.
func BodyQuery(contentType string, body []byte) string {
	query := []rune(bodyQuery(contentType, body[:min(len(body), maxQueryBody)]))
	return string(query[:min(len(query), maxQuery)])
}

// head is the beginning of an HTTP response.
type head struct {
	status int
	reason string
	fields []Field
	size   int64 // in bytes
}

func readHead(r *bufio.Reader) (h head, err error) {
	line, n, err := readWhole(r)
	if err != nil {
		return h, noEOF(err)
	}
	version, rest, _ := strings.Cut(line, " ")
	code, reason, _ := strings.Cut(strings.TrimLeft(rest, " "), " ")
	h.status, err = strconv.Atoi(code)
	if !strings.HasPrefix(version, "HTTP/") || err != nil || h.status < 100 || h.status > 999 {
		return h, fmt.Errorf("got %q, want the status line of a response", shorten(line))
	}
	fields, more, err := readFields(r)
	if err == io.EOF {
		err = nil // some end right after the fields
	}
	h.reason, h.fields, h.size = reason, fields, n+more
	return h, err
}

// parseRange reads Content-Range (RFC 9110, section 14.4).
func parseRange(s string) (r Range, ok bool) {
	r.Total = -1
	n, _ := fmt.Sscanf(s, "bytes %d-%d/%d", &r.First, &r.Last, &r.Total)
	return r, n >= 2 && r.First >= 0 && r.Last >= r.First
}
