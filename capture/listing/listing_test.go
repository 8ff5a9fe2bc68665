package listing

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

var update = flag.Bool("update", false, "write what the pages of testdata give")

// address is what a page of testdata begins with.
var address = regexp.MustCompile(`^<!-- address: (\S+) -->`)

// readPage extracts a page of testdata.
func readPage(t *testing.T, file string) (*Listing, []byte) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	m := address.FindSubmatch(b)
	if m == nil {
		t.Fatalf("%s: no address", file)
	}
	l, err := Extract(t.Context(), Page{Address: string(m[1]), Document: bytes.NewReader(b)})
	if err != nil {
		t.Fatal(err)
	}
	return l, b
}

func pages(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/*.html")
	if err != nil || len(files) == 0 {
		t.Fatalf("got %d pages, %v", len(files), err)
	}
	return files
}

func TestPages(t *testing.T) {
	for _, file := range pages(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			l, _ := readPage(t, file)
			checkGolden(t, strings.TrimSuffix(file, ".html")+".json", l)
		})
	}
}

// checkGolden compares a record with the one that was written by -update.
func checkGolden(t *testing.T, file string, l *Listing) {
	t.Helper()
	b, err := l.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	got := []byte(layOut(v, "") + "\n")
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs: got\n%s", file, firstDifference(got, want))
	}
}

// firstDifference shows the first lines that differ.
func firstDifference(got, want []byte) string {
	a, b := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("line %d: %s\nwant %s", i+1, a[i], b[i])
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(a), len(b))
}

// layOut writes JSON for people: what fits into a line on one line.
func layOut(v any, indent string) string {
	var flat bytes.Buffer
	e := json.NewEncoder(&flat)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err)
	}
	if flat.Len() < 110 {
		return strings.TrimSpace(flat.String())
	}
	inner := indent + " "
	var parts []string
	switch v := v.(type) {
	case map[string]any:
		for _, key := range sortedKeys(v) {
			parts = append(parts, fmt.Sprintf("%s%q: %s", inner, key, layOut(v[key], inner)))
		}
		return "{\n" + strings.Join(parts, ",\n") + "\n" + indent + "}"
	case []any:
		for _, item := range v {
			parts = append(parts, inner+layOut(item, inner))
		}
		return "[\n" + strings.Join(parts, ",\n") + "\n" + indent + "]"
	}
	return strings.TrimSpace(flat.String())
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func TestRecordIsReadBack(t *testing.T) {
	for _, file := range pages(t) {
		l, _ := readPage(t, file)
		b, err := l.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		back, err := Parse(b)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		again, err := back.Marshal()
		if err != nil || !bytes.Equal(b, again) {
			t.Errorf("%s: got another record back, %v", file, err)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, tt := range []struct{ record, want string }{
		{`{"address":"","extractor":{"perceptual_hash":"","rules":""},"facts":{},"format":"pugmark-listing","version":2}`,
			`reading listing: got format "pugmark-listing" version 2, want "pugmark-listing" version 1`},
		{`{"address":"","extractor":{"perceptual_hash":"","rules":""},"facts":{},"format":"x","version":1}`,
			`reading listing: got format "x" version 1, want "pugmark-listing" version 1`},
		{`{"version":1, "format":"pugmark-listing"}`, ""},
		{`{`, ""},
	} {
		_, err := Parse([]byte(tt.record))
		if err == nil || tt.want != "" && err.Error() != tt.want {
			t.Errorf("%s: got %v, want %q", tt.record, err, tt.want)
		}
	}
}

// TestSelectors has another implementation of selectors, on another tree, find
// each element, and the raw string in it.
func TestSelectors(t *testing.T) {
	for _, file := range pages(t) {
		l, b := readPage(t, file)
		doc, err := goquery.NewDocumentFromReader(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		for name, f := range l.Facts {
			for _, c := range f.Candidates {
				checkSelector(t, doc, file, name, c)
			}
		}
	}
}

func checkSelector(t *testing.T, doc *goquery.Document, file string, name Name, c Candidate) {
	t.Helper()
	if c.Source == FromAddress || c.Source == FromText {
		return
	}
	found := doc.Find(c.Where)
	if found.Length() != 1 {
		t.Errorf("%s: %s: %q matches %d elements", file, name, c.Where, found.Length())
		return
	}
	if c.Source == FromOpenGraph || c.Source == FromMeta && c.Property != "title" {
		if content, _ := found.Attr("content"); content != c.Raw {
			t.Errorf("%s: %s: the element has %q, the record %q", file, name, content, c.Raw)
		}
	}
	if name == Title && c.Source == FromDOM && collapse(found.Text()) != c.Raw {
		t.Errorf("%s: the heading has %q, the record %q", file, found.Text(), c.Raw)
	}
}
