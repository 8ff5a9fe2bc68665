package replay

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pugmark/capture"
	"pugmark/capture/warc"
	"pugmark/evidence"
)

// browserOptions are those of the tests' browsers.
func browserOptions() capture.Options {
	return capture.Options{NoSandbox: os.Getenv("PUGMARK_TEST_NO_SANDBOX") == "1"}
}

func TestMain(m *testing.M) { os.Exit(testMain(m)) }

// testMain runs the tests, and then looks for a browser or a file that was left.
func testMain(m *testing.M) int {
	tmp, err := os.MkdirTemp("", "pugmark-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(tmp)
	os.Setenv("TMPDIR", tmp)
	code := m.Run()
	if left, _ := filepath.Glob(filepath.Join(tmp, "pugmark-*")); len(left) > 0 {
		fmt.Fprintln(os.Stderr, "left behind:", left)
		return 1
	}
	return code
}

var visited = time.Date(2021, 3, 4, 5, 6, 7, 0, time.UTC)

// stored is an exchange of a test's archive.
type stored struct {
	method, url string // "" is GET
	header      []warc.Field
	body        string // of the request
	after       time.Duration
	status      int // 0: it failed; else 200 if the answer has a text
	answer      []warc.Field
	text        string
}

// archive makes an archive of exchanges, at the page of the first.
func archive(t testing.TB, all ...stored) *Archive {
	t.Helper()
	var b bytes.Buffer
	w, err := warc.Create(&b, warc.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range all {
		q := warc.Request{URL: x.url, Method: "GET", Started: visited.Add(x.after), Header: x.header}
		if x.method != "" {
			q.Method, q.Body = x.method, strings.NewReader(x.body)
		}
		switch {
		case x.status == 101:
			err = w.Resource(x.url, "application/jsonl", q.Started, strings.NewReader(x.text))
		case x.status == 0:
			err = w.Failed(q, warc.Failure{Reason: "net::ERR_FAILED"})
		default:
			err = w.Write(q, warc.Response{Status: x.status, Header: x.answer, Body: strings.NewReader(x.text)}, nil)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Close(warc.Page{URL: all[0].url, Title: "Test", Time: visited}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "test.wacz")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	a, err := OpenFile(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a
}

// itemFolder is a capture's folder.
type itemFolder struct {
	folder
	items []evidence.Item
}

// Create implements [evidence.ItemStore].
func (f *itemFolder) Create(path string, kind evidence.Kind, mediaType string) (io.WriteCloser, error) {
	f.items = append(f.items, evidence.Item{Path: path, Kind: kind, MediaType: mediaType})
	return f.folder.Create(path, kind, mediaType)
}
