package handover

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"

	"pugmark/capture/warc"
	"pugmark/evidence"
)

// The members of an HTTP Archive 1.2.
type (
	harProgram struct {
		Name    string `json:"name"`
		Version string `json:"version"`
	}
	harCapture struct {
		Name     string          `json:"name"`
		ID       string          `json:"id"`
		Verdict  string          `json:"verdict"`
		Manifest evidence.Digest `json:"manifest_sha256"`
		Archive  evidence.Digest `json:"archive_sha256"`
	}
	harPage struct {
		Started time.Time      `json:"startedDateTime"`
		ID      string         `json:"id"`
		Title   string         `json:"title"`
		Timings harPageTimings `json:"pageTimings"`
	}
	harPageTimings struct {
		OnContentLoad float64 `json:"onContentLoad"`
		OnLoad        float64 `json:"onLoad"`
	}
	harEntry struct {
		Page       string      `json:"pageref"`
		Started    time.Time   `json:"startedDateTime"`
		Time       float64     `json:"time"`
		Request    harRequest  `json:"request"`
		Response   harResponse `json:"response"`
		Cache      struct{}    `json:"cache"`
		Timings    harTimings  `json:"timings"`
		Server     string      `json:"serverIPAddress,omitempty"`
		Connection string      `json:"connection,omitempty"`
		Resource   string      `json:"_resourceType,omitempty"`
		Transfer   int64       `json:"_transferSize,omitzero"`
		Error      string      `json:"_error,omitempty"`
		Blocked    bool        `json:"_blocked,omitzero"`
		Truncated  string      `json:"_truncated,omitempty"`
		TLS        *harTLS     `json:"_tls,omitempty"`
	}
	harTLS struct {
		Protocol string `json:"protocol"`
		Cipher   string `json:"cipher,omitempty"`
	}
	harRequest struct {
		Method      string      `json:"method"`
		URL         string      `json:"url"`
		Version     string      `json:"httpVersion"`
		Cookies     []harCookie `json:"cookies"`
		Headers     []harField  `json:"headers"`
		Query       []harField  `json:"queryString"`
		PostData    *harPost    `json:"postData,omitempty"`
		HeadersSize int64       `json:"headersSize"`
		BodySize    int64       `json:"bodySize"`
		SHA256      string      `json:"_sha256,omitempty"`
	}
	harPost struct {
		MediaType string     `json:"mimeType"`
		Params    []harField `json:"params"`
		Text      string     `json:"text"`
		Encoding  string     `json:"_encoding,omitempty"`
		Comment   string     `json:"comment,omitempty"`
	}
	harResponse struct {
		Status      int         `json:"status"`
		StatusText  string      `json:"statusText"`
		Version     string      `json:"httpVersion"`
		Cookies     []harCookie `json:"cookies"`
		Headers     []harField  `json:"headers"`
		Content     harContent  `json:"content"`
		Redirect    string      `json:"redirectURL"`
		HeadersSize int64       `json:"headersSize"`
		BodySize    int64       `json:"bodySize"`
	}
	harContent struct {
		Size      int64  `json:"size"`
		MediaType string `json:"mimeType"`
		Text      string `json:"text,omitempty"`
		Encoding  string `json:"encoding,omitempty"`
		Comment   string `json:"comment,omitempty"`
		SHA256    string `json:"_sha256,omitempty"`
	}
	harField struct {
		Name    string `json:"name"`
		Value   string `json:"value"`
		Comment string `json:"comment,omitempty"`
	}
	harCookie struct {
		Name     string     `json:"name"`
		Value    string     `json:"value"`
		Path     string     `json:"path,omitempty"`
		Domain   string     `json:"domain,omitempty"`
		Expires  *time.Time `json:"expires,omitempty"`
		HTTPOnly bool       `json:"httpOnly,omitzero"`
		Secure   bool       `json:"secure,omitzero"`
	}
	harTimings struct {
		Blocked float64 `json:"blocked"`
		DNS     float64 `json:"dns"`
		Connect float64 `json:"connect"`
		TLS     float64 `json:"ssl"`
		Send    float64 `json:"send"`
		Wait    float64 `json:"wait"`
		Receive float64 `json:"receive"`
		Comment string  `json:"comment,omitempty"`
	}
)

const (
	harPageID = "page_1"
	// harUnknown is the media type of what has none.
	harUnknown = "x-unknown"
	harHidden  = "left out: a secret of the session"
)

func (x *harWriter) request(s *warc.RawRecord) (*harEntry, error) {
	method, _, _ := strings.Cut(s.Start, " ")
	e := &harEntry{Page: harPageID, Started: s.Date.UTC(), Server: s.Get("WARC-IP-Address"), Resource: s.Get("WARC-Resource-Type")}
	e.Timings = harTimings{-1, -1, -1, -1, 0, 0, 0, "not recorded"}
	e.Request = harRequest{
		Method: method, URL: s.URL, Version: version(s), Cookies: []harCookie{}, Query: query(s.URL),
		HeadersSize: -1, BodySize: s.Size, SHA256: payloadDigest(s),
	}
	e.Request.Headers = x.fields(original(s.Message))
	if x.q.Cookies {
		e.Request.Cookies = sentCookies(s.Message)
	}
	e.Response = harResponse{
		Version: "unknown", Cookies: []harCookie{}, Headers: []harField{}, HeadersSize: -1, BodySize: -1,
		Content: harContent{MediaType: harUnknown},
	}
	if s.Size == 0 {
		return e, nil
	}
	post := &harPost{MediaType: field(s.Message, "Content-Type"), Params: []harField{}}
	b, whole, err := x.body(s)
	post.Text, post.Encoding = bodyText(b)
	if !whole {
		post.Comment = tooLarge(s.Size)
	}
	e.Request.PostData = post
	return e, err
}

func (x *harWriter) response(e *harEntry, s *warc.RawRecord) error {
	_, rest, _ := strings.Cut(s.Start, " ")
	code, reason, _ := strings.Cut(rest, " ")
	r := &e.Response
	r.Status, _ = strconv.Atoi(code)
	r.StatusText, r.Version = reason, version(s)
	e.Request.Version = r.Version
	e.Truncated = s.Get("WARC-Truncated")
	if tls := s.Get("WARC-Cipher-Suite"); tls != "" {
		e.TLS = &harTLS{tlsVersion(s), tls}
	}
	x.received(e, original(s.Message))
	r.Content = harContent{Size: s.Size, MediaType: mediaType(s), SHA256: payloadDigest(s)}
	b, whole, err := x.body(s)
	r.Content.Text, r.Content.Encoding = bodyText(b)
	if !whole {
		r.Content.Comment = tooLarge(s.Size)
	}
	return err
}

// received enters the fields of a response's header.
func (x *harWriter) received(e *harEntry, fields []warc.Field) {
	r := &e.Response
	r.Headers, r.Redirect = x.fields(fields), field(fields, "Location")
	if x.q.Cookies {
		r.Cookies = setCookies(fields)
	}
}

// harNotes is what the archive keeps of an exchange beside the messages.
type harNotes struct {
	Connection float64 `json:"connection"`
	Encoded    float64 `json:"encoded_bytes"`
	HeaderText string  `json:"header_text"`
	Timing     *chromeTiming
	Error      string `json:"error"`
	Blocked    bool   `json:"blocked"`
}

// maxNotes is how many bytes of such a record are read.
const maxNotes = 4 << 20

func (x *harWriter) metadata(e *harEntry, s *warc.RawRecord) error {
	b, err := io.ReadAll(io.LimitReader(s.Body, maxNotes))
	if err != nil {
		return err
	}
	var n harNotes
	if json.Unmarshal(b, &n, json.MatchCaseInsensitiveNames(true)) != nil {
		return nil // of another form: nothing that is needed
	}
	e.Error, e.Blocked, e.Transfer = n.Error, n.Blocked, int64(n.Encoded)
	if n.Connection > 0 {
		e.Connection = strconv.FormatInt(int64(n.Connection), 10)
	}
	if fields := parseHeader(n.HeaderText); len(fields) > 0 {
		e.Response.HeadersSize = int64(len(n.HeaderText))
		x.r.Hidden -= hidden(e.Response.Headers)
		x.received(e, fields)
	}
	if n.Timing != nil {
		e.Timings = n.Timing.timings()
		e.Time = e.Timings.total()
	}
	return nil
}

func hidden(fields []harField) (n int) {
	for _, f := range fields {
		if f.Comment == harHidden {
			n++
		}
	}
	return n
}

// parseHeader reads the header of a response as the browser received it.
func parseHeader(text string) (out []warc.Field) {
	_, rest, _ := strings.Cut(text, "\n") // after the first line
	for line := range strings.SplitSeq(rest, "\n") {
		if name, value, ok := strings.Cut(strings.TrimRight(line, "\r"), ":"); ok {
			out = append(out, warc.Field{Name: strings.TrimSpace(name), Value: strings.TrimSpace(value)})
		}
	}
	return out
}

// chromeTiming is when the parts of a request were, in milliseconds from its begin; -1
// if they weren't.
type chromeTiming struct {
	DNSStart, DNSEnd         float64
	ConnectStart, ConnectEnd float64
	SSLStart, SSLEnd         float64
	SendStart, SendEnd       float64
	ReceiveHeadersEnd        float64
}

func (t *chromeTiming) timings() harTimings {
	h := harTimings{Blocked: t.SendStart, DNS: span(t.DNSStart, t.DNSEnd), Connect: span(t.ConnectStart, t.ConnectEnd),
		TLS: span(t.SSLStart, t.SSLEnd), Send: max(0, span(t.SendStart, t.SendEnd)), Wait: max(0, span(t.SendEnd, t.ReceiveHeadersEnd)),
		Comment: "how long the body took is not recorded"}
	for _, start := range []float64{t.ConnectStart, t.DNSStart} {
		if start >= 0 {
			h.Blocked = start
		}
	}
	return h
}

// total returns the sum of the parts that there were. The time of TLS is within that
// of connecting.
func (h harTimings) total() float64 {
	return max(0, h.Blocked) + max(0, h.DNS) + max(0, h.Connect) + h.Send + h.Wait + h.Receive
}

func span(from, to float64) float64 {
	if from < 0 || to < from {
		return -1
	}
	return to - from
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// archivePrefix marks a field that the archive keeps under another name, since it
// doesn't hold for the message as stored; see package warc.
const archivePrefix = "X-Archive-Orig-"

// original returns the fields under the names that they had. Where the length is
// stored under another name, the other one is the archive's own.
func original(fields []warc.Field) (out []warc.Field) {
	changed := field(fields, archivePrefix+"Content-Length") != ""
	for _, f := range fields {
		name, orig := strings.CutPrefix(f.Name, archivePrefix)
		if changed && !orig && strings.EqualFold(name, "Content-Length") {
			continue
		}
		out = append(out, warc.Field{Name: name, Value: f.Value})
	}
	return out
}

// secret are the fields of which the value lets others act in the session.
var secret = map[string]bool{"cookie": true, "set-cookie": true, "authorization": true, "proxy-authorization": true}

func (x *harWriter) fields(all []warc.Field) []harField {
	out := []harField{}
	for _, f := range all {
		h := harField{Name: text(f.Name), Value: text(f.Value)}
		if !x.q.Cookies && secret[strings.ToLower(f.Name)] {
			h.Value, h.Comment = "", harHidden
			x.r.Hidden++
		}
		out = append(out, h)
	}
	return out
}

// text returns a field's value as text: bytes that aren't UTF-8 are taken for Latin-1,
// in which nothing is lost.
func text(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for _, c := range []byte(s) {
		b.WriteRune(rune(c))
	}
	return b.String()
}

// field returns the first value of a field.
func field(fields []warc.Field, name string) string {
	for _, f := range fields {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

func sentCookies(fields []warc.Field) []harCookie {
	out := []harCookie{}
	for _, f := range fields {
		if !strings.EqualFold(f.Name, "Cookie") {
			continue
		}
		for part := range strings.SplitSeq(f.Value, ";") {
			name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
			out = append(out, harCookie{Name: text(name), Value: text(value)})
		}
	}
	return out
}

func setCookies(fields []warc.Field) []harCookie {
	out := []harCookie{}
	for _, f := range fields {
		if !strings.EqualFold(f.Name, "Set-Cookie") {
			continue
		}
		c, err := http.ParseSetCookie(f.Value)
		if err != nil {
			continue // it stands among the headers
		}
		h := harCookie{Name: c.Name, Value: text(c.Value), Path: text(c.Path), Domain: text(c.Domain), HTTPOnly: c.HttpOnly, Secure: c.Secure}
		if !c.Expires.IsZero() {
			h.Expires = &c.Expires
		}
		out = append(out, h)
	}
	return out
}

// query returns the parameters of an address, decoded where that is possible.
func query(address string) []harField {
	out := []harField{}
	_, q, _ := strings.Cut(address, "?")
	for part := range strings.SplitSeq(q, "&") {
		if part != "" {
			name, value, _ := strings.Cut(part, "=")
			out = append(out, harField{Name: unescape(name), Value: unescape(value)})
		}
	}
	return out
}

func unescape(s string) string {
	if u, err := url.QueryUnescape(s); err == nil {
		return text(u)
	}
	return text(s)
}

// version returns the protocol of a message: that of the connection, if it is known.
func version(s *warc.RawRecord) string {
	for _, f := range s.Header {
		if p := strings.ToLower(f.Value); strings.EqualFold(f.Name, "WARC-Protocol") && !strings.HasPrefix(p, "tls/") {
			if strings.HasPrefix(p, "http/") {
				return strings.ToUpper(p)
			}
			return p
		}
	}
	return "unknown"
}

func tlsVersion(s *warc.RawRecord) string {
	for _, f := range s.Header {
		if v, ok := strings.CutPrefix(f.Value, "tls/"); ok && strings.EqualFold(f.Name, "WARC-Protocol") {
			return "TLS " + v
		}
	}
	return ""
}

func mediaType(s *warc.RawRecord) string {
	for _, t := range []string{s.Get("WARC-Identified-Payload-Type"), field(s.Message, "Content-Type")} {
		if t != "" {
			return text(t)
		}
	}
	return harUnknown
}

// payloadDigest returns the SHA-256 of a body in hexadecimal.
func payloadDigest(s *warc.RawRecord) string {
	sum, _ := strings.CutPrefix(s.Get("WARC-Payload-Digest"), "sha256:")
	return sum
}

func bodyText(b []byte) (text, encoding string) {
	if utf8.Valid(b) {
		return string(b), ""
	}
	return base64.StdEncoding.EncodeToString(b), "base64"
}

func tooLarge(n int64) string { return fmt.Sprintf("left out: %d bytes are too large", n) }
