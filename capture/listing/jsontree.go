package listing

import (
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The limits of one JSON text.
const (
	maxJSONDepth = 64
	maxJSONNodes = 50_000
)

// jsonNode is a JSON value. Unlike what encoding/json makes, it keeps the
// order of members and those that come twice.
type jsonNode struct {
	kind  byte        // '{', '[', '"', or '0' for numbers, true, false and null
	text  string      // of a string or a literal
	keys  []string    // of an object
	nodes []*jsonNode // of an object or an array
}

// readJSON reads the values of a text. What isn't JSON is read all the same
// where it is clear what was meant; repairs then lists what was overlooked.
func readJSON(text string) (values []*jsonNode, repairs []string, err error) {
	p := &jsonParser{s: text}
	values, err = p.all()
	if err != nil && strings.Contains(text, "&quot;") {
		p = &jsonParser{s: html.UnescapeString(text), repairs: []string{"HTML entities"}}
		values, err = p.all()
	}
	if err == nil && len(p.repairs) == 0 && !json.Valid([]byte(text)) {
		p.repaired("invalid JSON")
	}
	return values, p.repairs, err
}

// jsonParser reads JSON as generously as the wild needs.
type jsonParser struct {
	s       string
	i       int
	nodes   int
	repairs []string
}

func (p *jsonParser) repaired(what string) {
	if !slices.Contains(p.repairs, what) {
		p.repairs = append(p.repairs, what)
	}
}

// all reads the values of the whole text. JSON has one; some sites write
// several into one block.
func (p *jsonParser) all() ([]*jsonNode, error) {
	var values []*jsonNode
	for {
		if err := p.space(); err != nil {
			return nil, err
		}
		if p.i >= len(p.s) {
			return values, nil
		}
		if c := p.s[p.i]; c == ',' || c == ';' {
			p.repaired("separators between values")
			p.i++
			continue
		}
		v, err := p.value(0)
		if err != nil {
			return nil, err
		}
		if values = append(values, v); len(values) == 2 {
			p.repaired("several values")
		}
	}
}

// wrappers are what scripts were once hidden with.
var wrappers = []string{"<!--", "-->", "<![CDATA[", "]]>", "//<![CDATA[", "//]]>", "\ufeff"}

// space goes on to the next token.
func (p *jsonParser) space() error {
	for p.i < len(p.s) {
		rest := p.s[p.i:]
		if c := rest[0]; c == ' ' || c == '\n' || c == '\t' || c == '\r' {
			p.i++
			continue
		}
		if i := slices.IndexFunc(wrappers, func(w string) bool { return strings.HasPrefix(rest, w) }); i >= 0 {
			p.repaired("comments")
			p.i += len(wrappers[i])
			continue
		}
		n, err := commentLength(rest)
		if n == 0 || err != nil {
			return err
		}
		p.repaired("comments")
		p.i += n
	}
	return nil
}

func commentLength(s string) (int, error) {
	switch {
	case strings.HasPrefix(s, "//"):
		if i := strings.IndexByte(s, '\n'); i >= 0 {
			return i, nil
		}
		return len(s), nil
	case strings.HasPrefix(s, "/*"):
		if i := strings.Index(s, "*/"); i >= 0 {
			return i + 2, nil
		}
		return 0, errors.New("comment without end")
	}
	return 0, nil
}

func (p *jsonParser) fail(want string) error {
	if p.i >= len(p.s) {
		return fmt.Errorf("got the end at byte %d, want %s", p.i, want)
	}
	r, _ := utf8.DecodeRuneInString(p.s[p.i:])
	return fmt.Errorf("got %q at byte %d, want %s", r, p.i, want)
}

func (p *jsonParser) value(depth int) (*jsonNode, error) {
	if p.nodes++; p.nodes > maxJSONNodes || depth > maxJSONDepth {
		return nil, fmt.Errorf("more than %d values, or %d levels", maxJSONNodes, maxJSONDepth)
	}
	if p.i >= len(p.s) {
		return nil, p.fail("a value")
	}
	switch c := p.s[p.i]; c {
	case '{', '[':
		return p.container(c, depth)
	case '"':
		s, err := p.str()
		return &jsonNode{kind: '"', text: s}, err
	}
	return p.literal()
}

// container reads an object or an array.
func (p *jsonParser) container(open byte, depth int) (*jsonNode, error) {
	n := &jsonNode{kind: open}
	closing := open + 2 // in ASCII, of both
	p.i++
	for first := true; ; first = false {
		done, err := p.separator(closing, first)
		if done || err != nil {
			return n, err
		}
		if open == '{' {
			key, err := p.key()
			if err != nil {
				return nil, err
			}
			n.keys = append(n.keys, key)
		}
		v, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		n.nodes = append(n.nodes, v)
	}
}

// separator goes on to the next value of a container, or past its end.
func (p *jsonParser) separator(closing byte, first bool) (done bool, err error) {
	commas := 0
	for {
		if err := p.space(); err != nil {
			return false, err
		}
		switch {
		case p.i < len(p.s) && p.s[p.i] == ',':
			commas++
		case p.i < len(p.s) && p.s[p.i] == closing:
			if commas > 0 {
				p.repaired("trailing commas")
			}
			p.i++
			return true, nil
		case p.i >= len(p.s) || commas == 0 && !first:
			return false, p.fail(fmt.Sprintf("a comma or %q", closing))
		default:
			if first && commas > 0 || commas > 1 {
				p.repaired("commas without a value")
			}
			return false, nil
		}
		p.i++
	}
}

func (p *jsonParser) key() (string, error) {
	if p.s[p.i] != '"' {
		return "", p.fail("a name in quotation marks")
	}
	key, err := p.str()
	if err != nil {
		return "", err
	}
	if err := p.space(); err != nil {
		return "", err
	}
	if p.i >= len(p.s) || p.s[p.i] != ':' {
		return "", p.fail("a colon")
	}
	p.i++
	return key, p.space()
}

// literal reads a number, true, false or null.
func (p *jsonParser) literal() (*jsonNode, error) {
	end := p.i
	for end < len(p.s) && (isDigit(p.s[end]) || strings.IndexByte("+-.abcdefghijklmnopqrstuvwxyzE", p.s[end]) >= 0) {
		end++
	}
	text := p.s[p.i:end]
	if !json.Valid([]byte(text)) {
		return nil, p.fail("a value")
	}
	p.i = end
	return &jsonNode{kind: '0', text: text}, nil
}

// str reads a string.
func (p *jsonParser) str() (string, error) {
	start := p.i + 1
	for i := start; i < len(p.s); i++ {
		switch c := p.s[i]; {
		case c == '"':
			p.i = i + 1
			return p.unquote(p.s[start:i])
		case c == '\\':
			i++
		}
	}
	return "", p.fail("a string that ends")
}

// unquote resolves the escapes of a string without its quotation marks.
func (p *jsonParser) unquote(raw string) (string, error) {
	if strings.IndexFunc(raw, func(r rune) bool { return r < ' ' || r == '\\' || r == utf8.RuneError }) < 0 {
		return raw, nil
	}
	var s string
	if json.Unmarshal([]byte(`"`+raw+`"`), &s) == nil {
		return s, nil
	}
	return p.unquoteLoosely(raw)
}

// unquoteLoosely takes control characters as they are, and escapes that JSON
// doesn't know as the character that is escaped.
func (p *jsonParser) unquoteLoosely(raw string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(raw); i++ {
		switch {
		case raw[i] < ' ':
			p.repaired("control characters in strings")
			b.WriteByte(raw[i])
		case raw[i] == '\\' && i+1 < len(raw):
			n, text := p.escape(raw[i:])
			b.WriteString(text)
			i += n - 1
		default:
			b.WriteByte(raw[i])
		}
	}
	return b.String(), nil
}

// escape resolves the escape that s begins with, and returns its length.
func (p *jsonParser) escape(s string) (int, string) {
	if at := strings.IndexByte(`"\/bfnrt`, s[1]); at >= 0 {
		return 2, string("\"\\/\b\f\n\r\t"[at])
	}
	if s[1] == 'u' && len(s) >= 6 {
		if n, err := strconv.ParseUint(s[2:6], 16, 16); err == nil {
			return 6, string(rune(n))
		}
	}
	p.repaired("unknown escapes")
	r, size := utf8.DecodeRuneInString(s[1:])
	if r == utf8.RuneError {
		return 1 + size, "\uFFFD"
	}
	return 1 + size, string(r)
}
