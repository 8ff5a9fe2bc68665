package replay

import (
	"bytes"
	_ "embed" // absent.html
	"fmt"
	"html/template"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"pugmark/capture/warc"
)

// ruleField is the header field that says how an answer was found.
const ruleField = "Pugmark-Replay"

// maxBody is how much of a request's body is looked at.
const maxBody = 1 << 20

//go:embed absent.html
var absentPage string

var absentTemplate = template.Must(template.New("absent").Parse(absentPage))

// serve answers a request.
func (g *gate) serve(w http.ResponseWriter, r *http.Request) {
	e := Event{Time: time.Now().UTC(), Method: r.Method, URL: addressOf(r), Destination: destination(r)}
	if strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		g.serveSocket(w, r, &e)
		return
	}
	body, _ := io.ReadAll(io.LimitReader(r.Body, maxBody))
	found := match{rule: Absent}
	if address, err := warc.Address(e.URL); err == nil {
		if e.Destination == "document" {
			g.matcher.reopened(address)
		}
		found = g.matcher.find(newWish(r, address, body))
	}
	e.Rule, e.Record, e.RecordTime = found.rule, found.record.URL, found.record.Time
	switch {
	case found.rule == Absent && isPreflight(r):
		e.Rule = Preflight
		g.allow(w, r, &e)
	case found.rule == Absent:
		g.lack(w, r, &e)
	case found.rule == Failed:
		g.tally.add(e)
		panic(http.ErrAbortHandler) // breaks the connection off
	default:
		g.answer(w, r, found, &e)
	}
	g.tally.add(e)
	if e.Problem != "" {
		panic(http.ErrAbortHandler)
	}
}

// destination returns what a request is for. Chrome says so only to a secure
// origin; to others, what it accepts tells a document from the rest.
func destination(r *http.Request) string {
	if d := r.Header.Get("Sec-Fetch-Dest"); d != "" {
		return d
	}
	if r.Header.Get("Upgrade-Insecure-Requests") != "" && strings.HasPrefix(r.Header.Get("Accept"), "text/html") {
		return "document"
	}
	return ""
}

// isDocument reports whether a destination is one in which a person may see the
// answer.
func isDocument(destination string) bool {
	return destination == "document" || destination == "iframe" || destination == "frame"
}

// addressOf returns the address that a request is for.
func addressOf(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host + r.RequestURI
	}
	return "http://" + r.Host + r.RequestURI
}

func newWish(r *http.Request, address string, body []byte) wish {
	w := wish{method: r.Method, address: address}
	if r.Method != http.MethodGet {
		w.query = warc.BodyQuery(r.Header.Get("Content-Type"), body)
	}
	if at, ok := parseRange(r.Header.Get("Range")); ok {
		w.ranged = &at
	}
	return w
}

// parseRange reads the one range that a request is for (RFC 9110, section 14.2).
// Last is -1 if it goes on to the end. Others than that are answered as a whole.
func parseRange(s string) (at warc.Range, ok bool) {
	first, last, ok := strings.Cut(strings.TrimPrefix(s, "bytes="), "-")
	if !ok || !strings.HasPrefix(s, "bytes=") || strings.Contains(s, ",") {
		return at, false
	}
	at.Last = -1
	var err error
	if at.First, err = strconv.ParseInt(first, 10, 64); err != nil || at.First < 0 {
		return at, false
	}
	if last != "" {
		if at.Last, err = strconv.ParseInt(last, 10, 64); err != nil || at.Last < at.First {
			return at, false
		}
	}
	return at, true
}

func isPreflight(r *http.Request) bool {
	return r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != ""
}

// allow lets a browser ask another origin what it wants to ask (Fetch standard,
// section 4.8).
func (g *gate) allow(w http.ResponseWriter, r *http.Request, e *Event) {
	h := w.Header()
	h.Set(ruleField, string(e.Rule))
	h.Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
	h.Set("Access-Control-Allow-Credentials", "true")
	h.Set("Access-Control-Allow-Methods", r.Header.Get("Access-Control-Request-Method"))
	if names := r.Header.Get("Access-Control-Request-Headers"); names != "" {
		h.Set("Access-Control-Allow-Headers", names)
	}
	e.Status = http.StatusNoContent
	w.WriteHeader(e.Status)
}

// lack answers what the archive doesn't have.
func (g *gate) lack(w http.ResponseWriter, r *http.Request, e *Event) {
	h := w.Header()
	h.Set(ruleField, string(Absent))
	h.Set("Cache-Control", "no-store")
	h["Date"] = nil
	e.Status = http.StatusNotFound
	if !isDocument(e.Destination) {
		h["Content-Type"] = nil
		w.WriteHeader(e.Status)
		return
	}
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	w.WriteHeader(e.Status)
	n := &countingWriter{w: w}
	// Only a browser that went away can make this fail.
	_ = absentTemplate.Execute(n, map[string]any{"Address": e.URL, "Time": g.time})
	e.Bytes = n.n
}

type countingWriter struct {
	w io.Writer
	n int64
}

// Write implements [io.Writer].
func (c *countingWriter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}

// dropped are fields that say nothing true of an answer from an archive: of the
// connection that there was, or of where to go or to report to.
var dropped = regexp.MustCompile(`^(?i:connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|content-length|` +
	`alt-svc|public-key-pins.*|expect-ct|report-to|nel|reporting-endpoints|` + ruleField + `)$`)

// answer sends a record.
func (g *gate) answer(w http.ResponseWriter, r *http.Request, found match, e *Event) {
	s, err := g.archive.Open(found.record)
	if err != nil {
		e.Problem = err.Error()
		return
	}
	h := w.Header()
	h["Date"], h["Content-Type"] = nil, nil // rather those of the record, or none
	for _, f := range s.Header {
		if !dropped.MatchString(f.Name) {
			h.Add(f.Name, g.moved(f))
		}
	}
	h.Set(ruleField, string(found.rule))
	if found.rule == JSONP {
		renamed(s, found.from, found.to)
	}
	e.Status = s.Status
	if err := cutRange(s, r, found.record, h); err != nil {
		e.Problem = err.Error()
		return
	}
	e.Status = s.Status
	if r.Method == http.MethodHead || s.Status == http.StatusNoContent {
		w.WriteHeader(s.Status)
		return
	}
	if s.Length >= 0 {
		h.Set("Content-Length", strconv.FormatInt(s.Length, 10))
	}
	w.WriteHeader(s.Status)
	n, err := io.Copy(w, s.Body)
	if e.Bytes = n; err == nil && s.Length >= 0 && n < s.Length {
		err = io.ErrUnexpectedEOF
	}
	if err != nil && r.Context().Err() == nil {
		e.Problem = err.Error()
	}
}

var expires = regexp.MustCompile(`(?i)(;\s*expires=)([^;]*)`)

// moved returns the value of a field, with the end of a cookie moved by as much
// as the page's clock: to the browser, it would be long past.
func (g *gate) moved(f warc.Field) string {
	if !strings.EqualFold(f.Name, "Set-Cookie") {
		return f.Value
	}
	return expires.ReplaceAllStringFunc(f.Value, func(s string) string {
		parts := expires.FindStringSubmatch(s)
		t, err := http.ParseTime(strings.ReplaceAll(strings.TrimSpace(parts[2]), "-", " "))
		if err != nil {
			return s
		}
		return parts[1] + t.Add(-time.Duration(g.offset.Load())).UTC().Format(http.TimeFormat)
	})
}

// maxRenamed is the longest body in which the name of a function is replaced.
const maxRenamed = 16 << 20

// renamed puts another name for the first call of a function in a body.
func renamed(s *warc.Stored, from, to string) {
	start, err := io.ReadAll(io.LimitReader(s.Body, maxRenamed))
	if err != nil || len(start) == maxRenamed {
		s.Body = io.MultiReader(bytes.NewReader(start), s.Body)
		return
	}
	start = bytes.Replace(start, []byte(from), []byte(to), 1)
	s.Body, s.Length = bytes.NewReader(start), int64(len(start))
}

// cutRange cuts out of a response the range that a request is for.
func cutRange(s *warc.Stored, r *http.Request, rec warc.Record, h http.Header) error {
	at, ok := parseRange(r.Header.Get("Range"))
	if !ok {
		if s.Status == http.StatusPartialContent && rec.Range.Last+1 == rec.Range.Total {
			s.Status = http.StatusOK // it is the whole, and was asked for otherwise
			h.Del("Content-Range")
		}
		return nil
	}
	begin, total := int64(0), s.Length
	switch {
	case s.Status == http.StatusPartialContent:
		begin, total = rec.Range.First, rec.Range.Total
	case s.Status != http.StatusOK || s.Length < 0 || h.Get("Content-Encoding") != "":
		return nil
	case at.First >= total:
		s.Status, s.Length, s.Body = http.StatusRequestedRangeNotSatisfiable, 0, bytes.NewReader(nil)
		h.Set("Content-Range", fmt.Sprintf("bytes */%d", total))
		return nil
	}
	last := begin + s.Length - 1
	if at.Last >= 0 {
		last = min(last, at.Last)
	}
	if s.Length < 0 || at.First < begin || last < at.First {
		return nil
	}
	if _, err := io.CopyN(io.Discard, s.Body, at.First-begin); err != nil {
		return err
	}
	s.Status, s.Length = http.StatusPartialContent, last-at.First+1
	s.Body = io.LimitReader(s.Body, s.Length)
	size := "*"
	if total >= 0 {
		size = strconv.FormatInt(total, 10)
	}
	h.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%s", at.First, last, size))
	return nil
}
