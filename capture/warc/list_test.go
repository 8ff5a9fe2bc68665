package warc

import (
	"archive/zip"
	"bytes"
	"testing"
	"time"
)

// TestReadEntries reads an index with lines that nobody should believe.
func TestReadEntries(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create(indexPath)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		`example,a)/ 20261124080001500 {"url":"https://a.example/","mime":"text/html","status":"200","digest":"sha256:ab","length":"70","method":"POST"}`,
		`example,a)/x never {"url":"https://a.example/x","status":"two","length":"-"}`,
		`no JSON at all`, `a b {"url":7}`, `a b {}`, "\xff",
	} {
		if _, err := w.Write([]byte(line + "\n")); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	got, skipped, err := ReadEntries(bytes.NewReader(b.Bytes()), int64(b.Len()))
	want := []Entry{
		{URL: "https://a.example/", Time: time.Date(2026, 11, 24, 8, 0, 1, 5e8, time.UTC), Method: "POST", Status: 200, MIME: "text/html", Digest: "sha256:ab", Length: 70},
		{URL: "https://a.example/x", Method: "GET"},
	}
	if err != nil || skipped != 4 || len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("got %+v, %d passed over, %v; want %+v", got, skipped, err, want)
	}
	for _, bad := range [][]byte{nil, []byte("no zip")} {
		if got, _, err := ReadEntries(bytes.NewReader(bad), int64(len(bad))); err == nil {
			t.Errorf("%q: got %+v, want an error", bad, got)
		}
	}
}
