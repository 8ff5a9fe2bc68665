package warc

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestUnzip has unzip test the archive, and jq and sha256sum check each file
// against datapackage.json and that against its digest.
func TestUnzip(t *testing.T) {
	archive, _ := write(t)
	path := save(t, "a.wacz", archive)
	const script = `set -eu
unzip -tq "$1"
mkdir out && cd out && unzip -q "$1"
jq -r '.resources[] | (.hash | sub("^sha256:"; "")) + "  " + .path' datapackage.json | sha256sum -c
jq -r '(.hash | sub("^sha256:"; "")) + "  " + .path' datapackage-digest.json | sha256sum -c
jq -r '.resources[] | "\(.bytes) \(.path)"' datapackage.json | while read -r n f; do test "$(stat -c %s "$f")" = "$n"; done
find . -type f | sort`
	cmd := exec.CommandContext(t.Context(), "bash", "-c", script, "bash", path)
	cmd.Dir = filepath.Dir(path)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("unzip, jq, sha256sum and bash are needed: %v\n%s", err, out)
	}
	want := `archive/data.warc.gz: OK
indexes/index.cdx: OK
pages/pages.jsonl: OK
datapackage.json: OK
./archive/data.warc.gz
./datapackage-digest.json
./datapackage.json
./indexes/index.cdx
./pages/pages.jsonl
`
	if _, got, _ := strings.Cut(string(out), "\n"); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestZipEntries(t *testing.T) {
	archive, _ := write(t)
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range z.File {
		names = append(names, f.Name)
		if got := f.Modified.Format("2006-01-02 15:04:05"); got != "1980-01-01 00:00:00" || len(f.Extra) != 0 {
			t.Errorf("%s: got time %s and %d bytes of extra fields, want 1980-01-01 00:00:00 and none", f.Name, got, len(f.Extra))
		}
		want := zip.Deflate
		if f.Name == dataPath {
			want = zip.Store
		}
		if f.Method != want {
			t.Errorf("%s: got method %d, want %d", f.Name, f.Method, want)
		}
	}
	want := []string{"archive/data.warc.gz", "indexes/index.cdx", "pages/pages.jsonl", "datapackage.json", "datapackage-digest.json"}
	if !slices.Equal(names, want) {
		t.Errorf("got %q, want %q", names, want)
	}
}

func TestDataPackage(t *testing.T) {
	archive, _ := write(t)
	var got map[string]any
	if err := json.Unmarshal(unzip(t, archive, packagePath), &got); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"profile": "data-package", "wacz_version": "1.1.1", "title": "象牙 listing", "description": "A *listing*.",
		"created": "2026-11-24T07:48:03Z", "software": "Pugmark 0.1.0",
		"mainPageUrl": page.URL, "mainPageDate": "2026-11-24T07:48:03.123456789Z",
	} {
		if got[name] != want {
			t.Errorf("%s: got %v, want %q", name, got[name], want)
		}
	}
}

func TestPages(t *testing.T) {
	archive, _ := write(t)
	want := `{"format":"json-pages-1.0","id":"pages","title":"All Pages","hasText":true}
{"id":"page-1","url":"https://shop.example/item/7?id=2&a=1","ts":"2026-11-24T07:48:03.123456789Z","title":"象牙 <b>","text":"ivory\nand more"}
`
	if got := string(unzip(t, archive, pagesPath)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestNoPage closes an archive of a page that was never reached.
func TestNoPage(t *testing.T) {
	var b bytes.Buffer
	a, err := Create(&b, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Close(Page{}); err != nil {
		t.Fatal(err)
	}
	if got, want := string(unzip(t, b.Bytes(), pagesPath)), `{"format":"json-pages-1.0","id":"pages","title":"All Pages","hasText":false}`+"\n"; got != want {
		t.Errorf("got pages %q, want %q", got, want)
	}
	if got := unzip(t, b.Bytes(), indexPath); len(got) != 0 {
		t.Errorf("got index %q, want none", got)
	}
	if got := string(unzip(t, b.Bytes(), packagePath)); strings.Contains(got, "mainPage") {
		t.Errorf("a main page in %s", got)
	}
	if recs := readStrict(t, b.Bytes()); len(recs) != 1 {
		t.Errorf("got %d records, want the warcinfo alone", len(recs))
	}
}

// TestIndex looks at the form of the index. What it says is compared with
// warcio's in TestWarcioIndex.
func TestIndex(t *testing.T) {
	archive, stats := write(t)
	text := string(unzip(t, archive, indexPath))
	all := slices.Collect(strings.Lines(text))
	if !slices.IsSorted(all) {
		t.Error("the index is not sorted")
	}
	if want := stats.Responses + 1; len(all) != want {
		t.Errorf("got %d lines, want %d", len(all), want)
	}
	want := `example,img)/1.jpg 20261124074803123 {"url":"https://img.example/1.jpg","mime":"image/jpeg","status":"200",` +
		`"digest":"sha256:33639297127259a099ea4bfb55e809e3fc4c9108cb768aa5a0cbf80dd53b1dea","length":"`
	if !strings.Contains(text, want) {
		t.Errorf("no line begins with %s", want)
	}
}

func TestStats(t *testing.T) {
	_, got := write(t)
	var bytes int64
	for _, x := range sample() {
		if x.r.Body != nil {
			n, _ := x.r.Body.Seek(0, 2)
			bytes += n
		}
	}
	if want := (Stats{Records: 49, Responses: 21, Truncated: 1, Failed: 2, Bytes: bytes}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
