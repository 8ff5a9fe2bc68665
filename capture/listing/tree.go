package listing

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"pugmark/evidence"
)

// The limits of a document. What lies beyond is not read, and a problem says
// so.
const (
	maxDocument   = 64 << 20 // bytes read
	maxToken      = 8 << 20  // bytes of one tag or of one text
	maxTree       = 32 << 20 // bytes of the tree in memory, about
	maxDepth      = 512      // Chrome's own limit
	maxAttributes = 64       // of an element
	maxAttribute  = maxText  // bytes

	nodeSize      = 128
	attributeSize = 64
)

// document is a page as a tree.
type document struct {
	root     *html.Node
	problems []evidence.Problem
	nth      map[*html.Node]int  // see path
	heading  *html.Node          // the first h1 that is shown
	above    map[*html.Node]bool // it, and what it stands in
	marked   map[*html.Node]zone
	zones    map[*html.Node]zone // see zone
}

// builder makes a tree of tokens.
//
// html.Parse would do, but for hostile pages: it repairs misnested formatting
// as the HTML standard asks, by copies, so that 20 KB can take it seconds and
// 100 MB. What we read has been serialised by a browser, so each element is
// closed, and a stack of open elements is enough. As a courtesy to documents
// written by hand, the end tags that these most often omit are implied.
type builder struct {
	stack   []*html.Node
	open    map[string]int // how many elements of a name are on the stack
	foreign int            // how many of them are svg or math
	sunk    int            // how many more are open, too deep to be on it
	size    int            // of the tree, as maxTree counts
}

// readDocument reads as much of a document as the limits allow.
func readDocument(ctx context.Context, r io.Reader) (*document, error) {
	d := &document{
		root: &html.Node{Type: html.DocumentNode}, nth: map[*html.Node]int{},
		above: map[*html.Node]bool{}, marked: map[*html.Node]zone{}, zones: map[*html.Node]zone{},
	}
	if r == nil {
		return d, nil
	}
	limited := &io.LimitedReader{R: &contextReader{ctx, r}, N: maxDocument + 1}
	z := html.NewTokenizer(limited)
	z.SetMaxBuf(maxToken)
	b := &builder{stack: []*html.Node{d.root}, open: map[string]int{}}
	for b.size < maxTree && limited.N > 0 {
		kind := z.Next()
		if kind == html.ErrorToken {
			return d, d.end(z.Err())
		}
		b.token(z, kind)
	}
	d.problem("document_limit", fmt.Sprintf("only the first %d bytes of the document were read", maxDocument+1-limited.N))
	return d, nil
}

// end takes the tokenizer's reason to stop.
func (d *document) end(err error) error {
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case errors.Is(err, html.ErrBufferExceeded):
		d.problem("document_limit", fmt.Sprintf("the document was read up to a tag or text of more than %d bytes", maxToken))
		return nil
	}
	return err
}

func (d *document) problem(code, detail string) {
	d.problems = append(d.problems, evidence.Problem{Code: code, Detail: detail})
}

// contextReader ends with the context.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c *contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

func (b *builder) token(z *html.Tokenizer, kind html.TokenType) {
	switch kind {
	case html.StartTagToken, html.SelfClosingTagToken:
		b.start(z, kind == html.SelfClosingTagToken)
	case html.EndTagToken:
		name, _ := z.TagName()
		b.end(string(name))
	case html.TextToken:
		b.text(z)
	}
}

func (b *builder) top() *html.Node { return b.stack[len(b.stack)-1] }

func (b *builder) start(z *html.Tokenizer, closed bool) {
	raw, more := z.TagName()
	name := atom.String(raw)
	n := &html.Node{Type: html.ElementNode, Data: name}
	for more {
		var key, value []byte
		key, value, more = z.TagAttr()
		b.attribute(n, key, value)
	}
	if b.foreign > 0 {
		z.NextIsNotRawText()
	}
	b.imply(name)
	if name == "tr" && b.top().Data == "table" {
		body := &html.Node{Type: html.ElementNode, Data: "tbody"}
		b.append(body)
		b.push(body)
	}
	b.append(n)
	if void[name] || closed && b.foreign > 0 {
		return
	}
	if len(b.stack) > maxDepth {
		b.sunk++
		return
	}
	b.push(n)
}

func (b *builder) attribute(n *html.Node, key, value []byte) {
	// A longer value holds a picture or a program's state. That of a meta
	// element is cut where it is used.
	if len(n.Attr) == maxAttributes || len(value) > maxAttribute && n.Data != "meta" {
		return
	}
	b.size += attributeSize + len(key) + len(value)
	n.Attr = append(n.Attr, html.Attribute{Key: string(key), Val: string(value)})
}

func (b *builder) append(n *html.Node) {
	b.size += nodeSize + len(n.Data)
	b.top().AppendChild(n)
}

func (b *builder) push(n *html.Node) {
	b.stack = append(b.stack, n)
	b.open[n.Data]++
	if isForeign(n.Data) {
		b.foreign++
	}
}

func (b *builder) pop() {
	n := b.top()
	b.stack = b.stack[:len(b.stack)-1]
	b.open[n.Data]--
	if isForeign(n.Data) {
		b.foreign--
	}
}

func isForeign(name string) bool { return name == "svg" || name == "math" }

// end closes the innermost open element of a name, and all within it.
func (b *builder) end(name string) {
	if b.sunk > 0 {
		b.sunk--
		return
	}
	if b.open[name] == 0 {
		return
	}
	for {
		found := b.top().Data == name
		b.pop()
		if found {
			return
		}
	}
}

// text keeps a text, but not that of a style or of a script that isn't
// JSON-LD.
func (b *builder) text(z *html.Tokenizer) {
	parent := b.top()
	switch parent.Data {
	case "style", "noscript", "iframe", "noembed", "noframes":
		return
	case "script":
		if !isJSONLD(parent) {
			return
		}
	}
	b.append(&html.Node{Type: html.TextNode, Data: string(z.Text())})
}

func isJSONLD(n *html.Node) bool {
	media, _, _ := strings.Cut(attr(n, "type"), ";")
	return n.Data == "script" && strings.EqualFold(strings.TrimSpace(media), "application/ld+json")
}

// imply closes what the start tag of name closes.
func (b *builder) imply(name string) {
	closes := implied[name]
	for depth := len(b.stack) - 1; closes != nil && depth > 0; depth-- {
		open := b.stack[depth].Data
		if closes[open] {
			b.end(open)
			return
		}
		if !inline[open] && !closes[open] {
			return
		}
	}
}

// implied says which open element a start tag closes (HTML standard, section
// 13.1.2.4, optional tags), if nothing but inline elements is open in it.
var implied = map[string]map[string]bool{
	"p": set("p"), "li": set("li"), "dt": set("dt dd"), "dd": set("dt dd"),
	"option": set("option"), "td": set("td th"), "th": set("td th"),
}

var void = set("area base br col embed hr img input link meta param source track wbr")

// inline elements don't part words. The others do.
var inline = set("a abbr b bdi bdo cite code data del dfn em font i ins kbd label mark q ruby s samp small span strong sub sup time tt u var wbr")

func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}
