package listing

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
)

// repeat yields a text over and over without holding it.
type repeat struct {
	text string
	left int // bytes
	at   int
}

func (r *repeat) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, io.EOF
	}
	n := 0
	for n < len(p) && r.left > 0 {
		c := copy(p[n:min(len(p), n+r.left)], r.text[r.at:])
		n, r.left, r.at = n+c, r.left-c, (r.at+c)%len(r.text)
	}
	return n, nil
}

// endless is a hostile page: a start, and then one thing again and again.
func endless(start, again string, size int) io.Reader {
	return io.MultiReader(strings.NewReader(start), &repeat{text: again, left: size})
}

const big = 50 << 20

// hostilePages want more of us than a page should get. That they don't get it
// in memory either is for [BenchmarkHostilePages] to show.
var hostilePages = []struct {
	name, start, again string
	size               int
	problem            string
}{
	{"dense", "<h1>x</h1>", "<p>", big, "document_limit"},
	{"nested", "<h1>x</h1>", "<div>", big, "document_limit"},
	{"nested inline", "", "<b><i>", big, "document_limit"},
	{"text", "<h1>x</h1><p>", "word ", big, "document_limit"},
	{"one word", "<p>", "x", big, "document_limit"},
	{"attributes", "<p ", "a=b ", big, "document_limit"},
	{"long attribute", `<p class="`, "price ", big, "document_limit"},
	{"names", "<h1>x</h1>", `<p class="product price seller description similar location">¥1</p>`, big, "document_limit"},
	{"labels", "<h1>x</h1>", "<dt>Price<dd>¥1", big, "document_limit"},
	{"headings", "<h1>x</h1>", "<h2>Description</h2>and a text of some length<h1>Description</h1>", big, "document_limit"},
	{"links", "", `<a href="https://t.me/someone">+44 7700 900123</a>`, big, "document_limit"},
	{"trails", "", `<ul class="breadcrumb"><li><li><li>`, big, "document_limit"},
	{"sellers", "", `<div class="seller"><a href="/x">a</a>`, big, "document_limit"},
	{"end tags", "<div>", "</p></div></b>", big, ""},
	{"comments", "", "<!-- x -->", big, ""},
	{"script", "<script>", "<p>", big, "document_limit"},
	{"scripts", "", "<script>x()</script>", big, "document_limit"},
	{"metas", "", `<meta property="og:title" content="x">`, big, "document_limit"},
	{"items", "", `<div itemscope itemtype="https://schema.org/Product"><p itemprop="name">x</p>`, big, "document_limit"},
	{"item references", `<div id="a" itemscope itemref="a b"></div><div id="b">`, `<p itemprop="x" itemscope itemref="a b">`, 1 << 20, ""},
	{"rdfa", `<body vocab="https://schema.org/">`, `<div typeof="Product" property="offers">`, big, "document_limit"},
	{"blocks", "", `<script type="application/ld+json">{"@type":"Product","name":"x"}</script>`, big, "document_limit"},
	{"block", `<script type="application/ld+json">`, `{"@type":"Product","name":"x"},`, 2 << 20, "jsonld_malformed"},
	{"block's names", `<script type="application/ld+json">`, `{"` + strings.Repeat("n", 4000) + `":`, 1 << 20, "jsonld_malformed"},
	{"zero bytes", "", "\x00\xff<\x00>", 1 << 20, ""},
}

func TestHostilePages(t *testing.T) {
	for _, tt := range hostilePages {
		t.Run(tt.name, func(t *testing.T) {
			l, err := Extract(t.Context(), Page{Address: "https://shop.example/a", Document: endless(tt.start, tt.again, tt.size)})
			if err != nil {
				t.Fatal(err)
			}
			checkProblem(t, l, tt.problem)
			checkSize(t, l)
		})
	}
}

func checkProblem(t *testing.T, l *Listing, code string) {
	t.Helper()
	var codes []string
	for _, p := range l.Problems {
		codes = append(codes, p.Code)
	}
	if code != "" && !slices.Contains(codes, code) {
		t.Errorf("got problems %v, want %q", codes, code)
	}
}

// checkSize holds that the record can be read back.
func checkSize(t *testing.T, l *Listing) {
	t.Helper()
	b, err := l.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Parse(b); err != nil {
		t.Error(err)
	}
}

// formattingBomb takes the standard's repair of misnested formatting seconds,
// and a hundred megabytes, for 20 KB.
func formattingBomb() string {
	var b strings.Builder
	b.WriteString("<h1>x</h1><p>")
	for i := range 400 {
		fmt.Fprintf(&b, "<b x=%d>", i)
	}
	return b.String() + "</p>" + strings.Repeat("<p>x</p>", 100_000)
}

func TestFormattingBomb(t *testing.T) {
	l := extract(t, "https://shop.example/a", formattingBomb())
	if got := l.Facts[Title].Value; got != "x" {
		t.Errorf("got title %q", got)
	}
}

func TestManyCandidates(t *testing.T) {
	var b strings.Builder
	for i := range 500 {
		fmt.Fprintf(&b, `<meta property="og:title" content="%d">`, i)
	}
	f := extract(t, "https://shop.example/a", b.String()+"<h1>Seen</h1>").Facts[Title]
	if len(f.Candidates) != maxCandidates/2+1 || f.LeftOff != 500-maxCandidates/2 || f.Candidates[len(f.Candidates)-1].Value != "Seen" {
		t.Errorf("got %d candidates, %d left off, the last %q", len(f.Candidates), f.LeftOff, f.Candidates[len(f.Candidates)-1].Value)
	}
}

func TestLongTextIsCut(t *testing.T) {
	long := strings.Repeat("象", maxText)
	c := extract(t, "https://shop.example/a", block(`{"@type":"Product","name":"`+long+`"}`)).Facts[Title].Candidates[0]
	if !c.Cut || len(c.Raw) > maxText || len(c.Raw) < maxText-3 || !strings.HasPrefix(long, c.Raw) {
		t.Errorf("got %d bytes, cut %v", len(c.Raw), c.Cut)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Extract(ctx, Page{Address: "https://shop.example/a", Document: strings.NewReader("<p>")})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

// broken fails after its text.
type broken struct{ io.Reader }

var errBroken = errors.New("disk gone")

func (b broken) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err == io.EOF {
		err = errBroken
	}
	return n, err
}

func TestUnreadableDocument(t *testing.T) {
	_, err := Extract(t.Context(), Page{Address: "https://shop.example/a", Document: broken{strings.NewReader("<p>")}})
	if want := "reading the rendered document: disk gone"; errText(err) != want {
		t.Errorf("got %q, want %q", errText(err), want)
	}
}

func TestNoDocument(t *testing.T) {
	l, err := Extract(t.Context(), Page{Address: "https://www.ebay.com/itm/256712345678"})
	if err != nil || l.Facts[AdvertID].Value != "256712345678" {
		t.Errorf("got %v, %v", l, err)
	}
	l, err = Extract(t.Context(), Page{Address: "\x00:"})
	if err != nil || len(l.Facts) != 0 || l.Host != "" {
		t.Errorf("got %v, %v", l, err)
	}
}

// FuzzExtract has any document read, and the record written and read back.
func FuzzExtract(f *testing.F) {
	for _, s := range []string{
		"<h1>x</h1><p class=price>¥1,299.00 – 2</p>", block(`{"@graph":[{"@type":"Product","offers":{"@id":"#"}}]}`),
		`<div itemscope itemprop=x itemref="a" id=a><p itemprop=y>`, `<p vocab="https://schema.org/" typeof=Product property=name prefix="a: b">`,
		"<svg><title><p>", "<table><tr><td><li><p></table>", "<dt>Price:<dd>5€<time datetime=2019>", "<b class=seller>Joined: March 2019 4.8/5 (3 reviews)",
		"<template shadowrootmode=open><p>Tel. 030 123456", "<a href='tel:1234567'>", "<ScRiPt type='application/ld+json'>[", "<p style='display:none'>",
	} {
		f.Add("https://www.ebay.com/itm/256712345678", s, "微信：abc_def")
	}
	f.Fuzz(func(t *testing.T, address, document, text string) {
		l, err := Extract(t.Context(), Page{Address: address, Document: strings.NewReader(document), Text: text})
		if err != nil {
			t.Fatal(err)
		}
		checkSize(t, l)
	})
}
