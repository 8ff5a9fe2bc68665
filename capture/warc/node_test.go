package warc

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// node runs a script of testdata/node on its packages and returns what it
// prints.
func node(t *testing.T, stdin []byte, script string, args ...string) []byte {
	t.Helper()
	modules := os.Getenv("PUGMARK_NODE_MODULES")
	if modules == "" {
		modules = filepath.Join("testdata", "node", "node_modules")
	}
	modules, err := filepath.Abs(modules)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(modules, "warcio")); err != nil {
		t.Fatalf("%v\nrun once: npm ci --prefix capture/warc/testdata/node\nor set PUGMARK_NODE_MODULES to an installed node_modules folder", err)
	}
	dir := t.TempDir()
	source, err := os.ReadFile(filepath.Join("testdata", "node", script))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, script), source, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(modules, filepath.Join(dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node", append([]string{filepath.Join(dir, script)}, args...)...)
	var stderr bytes.Buffer
	cmd.Stdin, cmd.Stderr = bytes.NewReader(stdin), &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("node %s (version 20 or later is needed): %v\n%s", script, err, stderr.Bytes())
	}
	if stderr.Len() > 0 {
		t.Logf("%s", stderr.Bytes())
	}
	return out
}

// lines decodes JSON lines.
func lines[T any](t *testing.T, b []byte) []T {
	t.Helper()
	var all []T
	for dec := json.NewDecoder(bytes.NewReader(b)); ; {
		var v T
		err := dec.Decode(&v)
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
}

// TestWarcioIndex compares the index with the one that warcio builds from the
// records: offsets, lengths, digests, keys, and the queries made of bodies.
func TestWarcioIndex(t *testing.T) {
	archive, _ := write(t)
	out := node(t, nil, "warcio.mjs", "index", save(t, dataName, unzip(t, archive, dataPath)))
	var want []string
	for _, v := range lines[map[string]any](t, out) {
		if v["mime"] == "application/json" {
			continue // warcio lists metadata records, too
		}
		want = append(want, warcioLine(v))
	}
	var got []string
	for _, l := range readIndex(t, archive) {
		got = append(got, indexLine(l))
	}
	slices.Sort(want)
	slices.Sort(got)
	if len(got) != len(want) {
		t.Fatalf("got %d lines, warcio has %d", len(got), len(want))
	}
	for i := range got {
		if got[i] != want[i] {
			t.Errorf("got    %.400s\nwarcio %.400s", got[i], want[i])
		}
	}
}

// warcioLine writes a line of warcio's index in one way for comparison.
func warcioLine(v map[string]any) string {
	number := func(name string) string {
		b, _ := json.Marshal(v[name])
		return string(b)
	}
	text := func(name, none string) string {
		s, _ := v[name].(string)
		if s == "" {
			return none
		}
		return s
	}
	status := number("status")
	if status == "null" {
		status = "200" // of a resource
	}
	mime, _, _ := strings.Cut(text("mime", "unk"), ";")
	return strings.Join([]string{
		strings.Replace(text("urlkey", ""), "=%3futf-8?", "=?utf-8?", 1), text("timestamp", ""),
		strings.Replace(text("url", ""), "=%3Futf-8?", "=?utf-8?", 1), mime, status, "sha256:" + text("digest", ""),
		number("length"), number("offset"), text("filename", ""), text("method", ""), text("requestBody", ""),
	}, " ")
}

func indexLine(l line) string {
	c := l.cdx
	return strings.Join([]string{
		l.key, l.timestamp[:14], c["url"], c["mime"], c["status"], c["digest"],
		c["length"], c["offset"], c["filename"], c["method"], c["requestBody"],
	}, " ")
}

// TestWarcioRecords has warcio read the records and compute their digests.
func TestWarcioRecords(t *testing.T) {
	archive, stats := write(t)
	type record struct {
		Type, StatusLine           string
		Header, HTTP               [][2]string
		BlockDigest, PayloadDigest string
		PayloadSize                int
	}
	recs := lines[record](t, node(t, nil, "warcio.mjs", "records", save(t, dataName, unzip(t, archive, dataPath))))
	if len(recs) != stats.Records {
		t.Errorf("warcio read %d records, want %d", len(recs), stats.Records)
	}
	payloads := 0
	for _, r := range recs {
		header := make(map[string]string)
		for _, f := range r.Header {
			header[f[0]] = f[1]
		}
		if got := header["WARC-Block-Digest"]; got != r.BlockDigest {
			t.Errorf("%s %.100s: block digest: got %s, warcio computes %s", r.Type, header["WARC-Target-URI"], got, r.BlockDigest)
		}
		if got, ok := header["WARC-Payload-Digest"]; ok {
			payloads++
			if got != r.PayloadDigest {
				t.Errorf("%s %.100s: payload digest: got %s, warcio computes %s", r.Type, header["WARC-Target-URI"], got, r.PayloadDigest)
			}
		}
	}
	if want := stats.Responses + 7; payloads != want { // six requests with a body and the resource
		t.Errorf("got %d payload digests, want %d", payloads, want)
	}
}

type replayRequest struct {
	URL     string            `json:"url"`
	TS      string            `json:"ts"`
	Method  string            `json:"method,omitempty"`
	Headers map[string]string `json:"headers,omitempty"`
	Body    *string           `json:"body,omitempty"`
}

type replayed struct {
	Pages []struct {
		ID, URL, Title string
		TS             int64 // milliseconds
	}
	Responses []struct {
		Status  int
		Headers map[string]string
		Body    string
	}
}

// TestReplay loads the archive in ReplayWeb.page's engine and asks it for each
// response.
func TestReplay(t *testing.T) {
	archive, _ := write(t)
	var requests []replayRequest
	var want []exchange
	for _, x := range sample() {
		if x.q.Method == "HEAD" || x.r.Status == 304 {
			continue // players don't answer these
		}
		url, err := httpURI(x.q.URL)
		if err != nil {
			t.Fatal(err)
		}
		r := replayRequest{URL: url, TS: timestamp(x.q.Started), Method: x.q.Method}
		if x.q.Body != nil {
			b, _ := io.ReadAll(x.q.Body)
			s := string(b)
			r.Headers, r.Body = map[string]string{"Content-Type": get(x.q.Header, "Content-Type")}, &s
		}
		requests, want = append(requests, r), append(want, x)
	}
	in, err := json.Marshal(requests)
	if err != nil {
		t.Fatal(err)
	}
	var got replayed
	if err := json.Unmarshal(node(t, in, "replay.mjs", save(t, "a.wacz", archive)), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Pages) != 1 || got.Pages[0].URL != page.URL || got.Pages[0].Title != page.Title || got.Pages[0].ID != page.ID || got.Pages[0].TS != page.Time.UnixMilli() {
		t.Errorf("got pages %+v", got.Pages)
	}
	for i, x := range want {
		checkReplay(t, x, got.Responses[i].Status, got.Responses[i].Body)
	}
	for name, want := range map[string]string{
		"content-type": "text/html; charset=GBK", "content-length": "40", "x-archive-orig-content-encoding": "br",
	} {
		if got := got.Responses[1].Headers[name]; got != want {
			t.Errorf("%s of the document: got %q, want %q", name, got, want)
		}
	}
}

func checkReplay(t *testing.T, x exchange, status int, encoded string) {
	t.Helper()
	if status != x.r.Status {
		t.Errorf("%s %.100s: got status %d, want %d", x.q.Method, x.q.URL, status, x.r.Status)
	}
	got, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		t.Fatal(err)
	}
	var want []byte
	if x.r.Body != nil {
		want, _ = io.ReadAll(x.r.Body)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s %.100s: got body %.100q, want %.100q", x.q.Method, x.q.URL, got, want)
	}
}
