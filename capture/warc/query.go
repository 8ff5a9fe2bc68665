package warc

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	maxQueryBody = 1 << 20 // of a request's body, to make a query of
	maxQuery     = 4096    // warcio's DEFAULT_MAX_QUERY_SIZE
)

// methodQuery tells requests of the same address apart that are not GET. It is
// built as warcio.js does (postToGetUrl), because a player builds the same
// from the request that it wants to answer. The zero value is GET's.
type methodQuery struct {
	method string
	query  string // of the body, as application/x-www-form-urlencoded
}

func queryOf(q Request) (methodQuery, error) {
	if q.Method == "GET" {
		return methodQuery{}, nil
	}
	var body []byte
	if q.Body != nil {
		if _, err := q.Body.Seek(0, io.SeekStart); err != nil {
			return methodQuery{}, fmt.Errorf("reading body: %w", err)
		}
		var err error
		if body, err = io.ReadAll(io.LimitReader(q.Body, maxQueryBody)); err != nil {
			return methodQuery{}, fmt.Errorf("reading body: %w", err)
		}
	}
	query := []rune(bodyQuery(get(q.Header, "Content-Type"), body))
	return methodQuery{q.Method, string(query[:min(len(query), maxQuery)])}, nil
}

// address returns the address that stands for a request in the index. Its
// query may have characters that [surt] has to escape.
func (q methodQuery) address(uri string) string {
	if q.method == "" {
		return uri
	}
	sep := "?"
	if strings.Contains(uri, "?") {
		sep = "&"
	}
	query, _, _ := strings.Cut(decodeURI(q.query), "#")
	query = strings.NewReplacer("\t", "", "\r", "", "\n", "").Replace(query)
	return uri + sep + "__wb_method=" + q.method + "&" + query
}

// bodyQuery returns a body as a query.
func bodyQuery(contentType string, body []byte) string {
	kind, _, _ := strings.Cut(contentType, ";")
	switch kind {
	case "application/x-www-form-urlencoded":
		return text(body)
	case "application/json", "text/plain":
		return jsonQuery([]byte(text(body)))
	case "multipart/form-data":
		_, boundary, _ := strings.Cut(contentType, "boundary=")
		return multipartQuery(text(body), boundary)
	}
	return "__wb_post_data=" + base64.StdEncoding.EncodeToString(body)
}

// text decodes UTF-8 as a browser's TextDecoder does.
func text(b []byte) string {
	return strings.ToValidUTF8(string(bytes.TrimPrefix(b, []byte("\ufeff"))), "\ufffd")
}

// params is an ordered set of query parameters.
type params struct {
	keys   []string
	values map[string]string
	seen   map[string]int // how often a key was added
}

func newParams() *params {
	return &params{values: make(map[string]string), seen: make(map[string]int)}
}

func (p *params) set(key, value string) {
	if _, ok := p.values[key]; !ok {
		p.keys = append(p.keys, key)
	}
	p.values[key] = value
}

// add sets a parameter whose key may be taken: the second "a" is "a.2_".
func (p *params) add(key, value string) {
	if value == "" {
		return
	}
	if _, taken := p.values[key]; taken {
		p.seen[key] = max(p.seen[key], 1) + 1
		key += "." + strconv.Itoa(p.seen[key]) + "_"
	}
	p.set(key, value)
}

func (p *params) String() string {
	var b strings.Builder
	for i, k := range p.keys {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(formEscape.Replace(url.QueryEscape(k)) + "=" + formEscape.Replace(url.QueryEscape(p.values[k])))
	}
	return b.String()
}

// formEscape turns Go's escaping of a query into that of the URL standard.
var formEscape = strings.NewReplacer("~", "%7E", "%2A", "*")

func jsonQuery(body []byte) string {
	if !json.Valid(body) {
		return ""
	}
	p := newParams()
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	p.addJSON("", dec)
	return p.String()
}

// addJSON adds the next value that dec, over valid JSON, holds.
func (p *params) addJSON(key string, dec *json.Decoder) {
	token, _ := dec.Token()
	switch v := token.(type) {
	case json.Delim:
		if v == '[' {
			for dec.More() {
				p.addJSON(key, dec)
			}
		} else {
			p.addObject(dec)
		}
		dec.Token()
	case string:
		p.add(key, v)
	case bool:
		p.add(key, strconv.FormatBool(v))
	case json.Number:
		p.add(key, jsNumber(v))
	case nil:
		p.add(key, "null")
	}
}

// addObject adds an object's members in JavaScript's order: first those whose
// name is an array index, ascending. The last of several of a name counts.
func (p *params) addObject(dec *json.Decoder) {
	var names []string
	members := make(map[string]json.RawMessage)
	for dec.More() {
		token, _ := dec.Token()
		name, _ := token.(string)
		var value json.RawMessage
		if dec.Decode(&value) != nil {
			return
		}
		if _, ok := members[name]; !ok {
			names = append(names, name)
		}
		members[name] = value
	}
	slices.SortStableFunc(names, func(a, b string) int { return compareIndex(arrayIndex(a), arrayIndex(b)) })
	for _, name := range names {
		d := json.NewDecoder(bytes.NewReader(members[name]))
		d.UseNumber()
		p.addJSON(name, d)
	}
}

// arrayIndex returns the array index that a name is, or MaxUint32.
func arrayIndex(name string) uint32 {
	n, err := strconv.ParseUint(name, 10, 32)
	if err != nil || strconv.FormatUint(n, 10) != name {
		return math.MaxUint32
	}
	return uint32(n)
}

func compareIndex(a, b uint32) int { return int(int64(a) - int64(b)) }

// jsNumber writes a number as JavaScript does (ECMA-262, Number::toString).
func jsNumber(n json.Number) string {
	f, _ := strconv.ParseFloat(string(n), 64)
	switch abs := math.Abs(f); {
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	case abs == 0:
		return "0"
	case abs >= 1e21 || abs < 1e-6:
		s := strconv.FormatFloat(f, 'e', -1, 64)
		return strings.NewReplacer("e-0", "e-", "e+0", "e+").Replace(s)
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

var partPattern = regexp.MustCompile(`(?is)name="([^"]+)"\r\n\r\n([^\r\n\x{2028}\x{2029}]*)`)

// multipartQuery returns a form's values, of several lines only the first, and
// no files.
func multipartQuery(body, boundary string) string {
	p := newParams()
	sep := regexp.MustCompile(`(?i)-*` + regexp.QuoteMeta(boundary) + `-*`)
	for _, part := range sep.Split(body, -1) {
		if m := partPattern.FindStringSubmatch(strings.TrimSpace(part)); m != nil {
			p.set(m[1], m[2])
		}
	}
	return p.String()
}

// decodeURI is JavaScript's: it leaves the escapes of reserved characters, and
// nothing at all of a string with an escape that isn't one.
func decodeURI(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		if s[i] != '%' {
			b.WriteByte(s[i])
			i++
			continue
		}
		n := escapedRune(s[i:])
		if n == 0 {
			return ""
		}
		c, _ := url.PathUnescape(s[i : i+n])
		if strings.ContainsAny(c, ";/?:@&=+$,#") {
			c = s[i : i+n]
		}
		b.WriteString(c)
		i += n
	}
	return b.String()
}

// escapedRune returns the length of the escaped character that s begins with,
// or 0.
func escapedRune(s string) int {
	for n := 3; n <= 12 && n <= len(s); n += 3 {
		c, err := url.PathUnescape(s[:n])
		if err != nil {
			return 0
		}
		if utf8.ValidString(c) {
			return n
		}
	}
	return 0
}
