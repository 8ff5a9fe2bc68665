package warc

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// origPrefix marks a field that the origin sent and that doesn't hold for the
// message as stored.
const origPrefix = "X-Archive-Orig-"

func requestHead(q Request, uri string, size int64) []byte {
	host, target := splitURI(uri)
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s %s\r\n", q.Method, target, httpVersion(q.Conn))
	fields := q.Header
	if get(fields, "Host") == "" {
		if authority := get(fields, ":authority"); authority != "" {
			host = authority
		}
		fields = append([]Field{{"Host", host}}, fields...)
	}
	m := message{size: size, hasBody: size > 0 || get(fields, "Content-Length") != ""}
	b.Write(m.format(fields))
	return b.Bytes()
}

func responseHead(q Request, r Response, size int64) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %03d %s\r\n", httpVersion(q.Conn), r.Status, fieldValue(r.Reason))
	m := message{size: size, hasBody: size > 0 || mayHaveBody(q.Method, r.Status)}
	m.decoded = m.hasBody
	b.Write(m.format(r.Header))
	return b.Bytes()
}

// mayHaveBody reports whether a response has a body, if only an empty one. The
// length that another one states is of a body that was not sent: it stays
// (RFC 9110, section 8.6).
func mayHaveBody(method string, status int) bool {
	return method != "HEAD" && status >= 200 && status != 204 && status != 304
}

func httpVersion(c Conn) string {
	if strings.EqualFold(c.Protocol, "http/1.0") {
		return "HTTP/1.0"
	}
	return "HTTP/1.1"
}

// message is what the stored header has to agree with.
type message struct {
	size    int64
	hasBody bool
	decoded bool // from its content encoding
}

// format returns the header's fields as stored, with the empty line.
func (m message) format(fields []Field) []byte {
	var b bytes.Buffer
	length := strconv.FormatInt(m.size, 10)
	stated := false
	for _, f := range fields {
		name, value := fieldName(f.Name), fieldValue(f.Value)
		if name == "" || strings.HasPrefix(f.Name, ":") {
			continue
		}
		switch strings.ToLower(name) {
		case "transfer-encoding":
			name = origPrefix + name
		case "content-encoding":
			if m.decoded {
				name = origPrefix + name
			}
		case "content-length":
			if m.hasBody && (stated || value != length) {
				name = origPrefix + name
			} else {
				stated = true
			}
		}
		fmt.Fprintf(&b, "%s: %s\r\n", name, value)
	}
	if m.hasBody && !stated {
		fmt.Fprintf(&b, "Content-Length: %s\r\n", length)
	}
	b.WriteString("\r\n")
	return b.Bytes()
}

// splitURI returns the host, with its port, and the request target of an
// address.
func splitURI(uri string) (host, target string) {
	_, rest, _ := strings.Cut(uri, "://")
	host, target, _ = strings.Cut(rest, "/")
	if at := strings.LastIndexByte(host, '@'); at >= 0 {
		host = host[at+1:]
	}
	return host, "/" + target
}

// get returns the first value of a field, by its name in any case.
func get(fields []Field, name string) string {
	for _, f := range fields {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

// fieldName makes a token of a field's name.
func fieldName(s string) string {
	return strings.Map(func(c rune) rune {
		if !isTokenChar(c) {
			return '_'
		}
		return c
	}, s)
}

// fieldValue makes one line of a field's value.
func fieldValue(s string) string {
	return strings.TrimSpace(strings.NewReplacer("\r", " ", "\n", " ", "\x00", " ").Replace(s))
}

func isToken(s string) bool {
	return s != "" && strings.IndexFunc(s, func(c rune) bool { return !isTokenChar(c) }) < 0
}

// isTokenChar is tchar of RFC 9110, section 5.6.2.
func isTokenChar(c rune) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' ||
		strings.ContainsRune("!#$%&'*+-.^_`|~", c)
}
