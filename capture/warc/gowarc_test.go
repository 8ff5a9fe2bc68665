package warc

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/nlnwa/gowarc"
)

// read is a record as gowarc reads it.
type read struct {
	kind   string
	header *gowarc.WarcFields
	head   string // HTTP header
	body   string
}

// readStrict reads all records of an archive with gowarc, which fails on the
// first violation of the standard, wrong digest or malformed HTTP message.
func readStrict(t *testing.T, archive []byte) []read {
	t.Helper()
	r, err := gowarc.NewWarcFileReaderFromStream(bytes.NewReader(unzip(t, archive, dataPath)), 0,
		gowarc.WithStrictValidation(), gowarc.WithBlockErrorPolicy(gowarc.ErrFail),
		gowarc.WithFixContentLength(false), gowarc.WithFixDigest(false), gowarc.WithFixSyntaxErrors(false),
		gowarc.WithAddMissingDigest(false), gowarc.WithBufferTmpDir(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var all []read
	for {
		rec, _, validation, err := r.Next()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatalf("record %d: %v", len(all), err)
		}
		if !validation.Valid() {
			t.Fatalf("record %d: %v", len(all), validation)
		}
		all = append(all, readRecord(t, rec))
		if err := rec.Close(); err != nil {
			t.Fatalf("record %d: %v", len(all), err)
		}
	}
}

func readRecord(t *testing.T, rec gowarc.WarcRecord) read {
	t.Helper()
	block, err := rec.Block().RawBytes()
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(block)
	if err != nil {
		t.Fatal(err)
	}
	got := read{kind: rec.Type().String(), header: rec.WarcHeader(), body: string(b)}
	if h, ok := rec.Block().(gowarc.ProtocolHeaderBlock); ok {
		got.head = string(h.ProtocolHeaderBytes())
		got.body = strings.TrimPrefix(got.body, got.head)
	}
	return got
}

func TestGowarcReadsAll(t *testing.T) {
	archive, stats := write(t)
	recs := readStrict(t, archive)
	if len(recs) != stats.Records {
		t.Fatalf("gowarc read %d records, want %d", len(recs), stats.Records)
	}
	var kinds []string
	for _, r := range recs {
		kinds = append(kinds, r.kind)
	}
	want := "warcinfo request response request response metadata " +
		strings.Repeat("request response ", 19) + "request metadata request metadata resource"
	if got := strings.Join(kinds, " "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	for _, x := range sample() {
		if x.r.Body == nil {
			continue
		}
		want, _ := io.ReadAll(x.r.Body)
		if !contains(recs, string(want)) {
			t.Errorf("%.100s: body %.100q is in no response", x.q.URL, want)
		}
	}
}

func contains(recs []read, body string) bool {
	for _, r := range recs {
		if r.kind == "response" && r.body == body {
			return true
		}
	}
	return false
}

// TestRecordOfHTTP2 looks at one exchange whole.
func TestRecordOfHTTP2(t *testing.T) {
	archive, _ := write(t)
	recs := readStrict(t, archive)
	info, request, response, metadata := recs[0], recs[3], recs[4], recs[5]
	if want := "GET /item/7?id=2&a=1 HTTP/1.1\r\nHost: shop.example\r\naccept: text/html\r\n\r\n"; request.head != want {
		t.Errorf("got request %q, want %q", request.head, want)
	}
	wantHead := "HTTP/1.1 200 \r\ndate: Tue, 24 Nov 2026 07:48:03 GMT\r\ncontent-type: text/html; charset=gbk\r\n" +
		"set-cookie: a=1\r\nX-Archive-Orig-content-encoding: br\r\nX-Archive-Orig-content-length: 77\r\n" +
		"set-cookie: b=2; Path=/\r\nContent-Length: 40\r\n\r\n"
	if response.head != wantHead {
		t.Errorf("got response %q, want %q", response.head, wantHead)
	}
	if want := `{"certificate":["ab12"],"timing":{"dns":3}}` + "\n"; metadata.body != want {
		t.Errorf("got metadata %q, want %q", metadata.body, want)
	}
	for _, f := range [][2]string{
		{"WARC-Date", "2026-11-24T07:48:03.123456789Z"},
		{"WARC-Target-URI", "https://shop.example/item/7?id=2&a=1"},
		{"WARC-IP-Address", "2001:db8::7"},
		{"WARC-Protocol", "h2, tls/1.3"},
		{"WARC-Cipher-Suite", "TLS_AES_128_GCM_SHA256"},
		{"WARC-Page-ID", "page-1"},
		{"WARC-Resource-Type", "document"},
		{"WARC-Identified-Payload-Type", "text/html; charset=GBK"},
		{"WARC-Warcinfo-ID", info.header.Get("WARC-Record-ID")},
		{"WARC-Concurrent-To", request.header.Get("WARC-Record-ID")},
		{"Content-Type", "application/http;msgtype=response"},
	} {
		if got := strings.Join(response.header.GetAll(f[0]), ", "); got != f[1] {
			t.Errorf("%s: got %q, want %q", f[0], got, f[1])
		}
	}
	id := response.header.Get("WARC-Record-ID")
	if got := request.header.Get("WARC-Concurrent-To"); got != id {
		t.Errorf("request is concurrent to %s, want %s", got, id)
	}
	if got := metadata.header.Get("WARC-Concurrent-To"); got != id {
		t.Errorf("metadata is concurrent to %s, want %s", got, id)
	}
}

func TestWarcinfo(t *testing.T) {
	archive, _ := write(t)
	want := "software: Pugmark 0.1.0\r\nformat: WARC File Format 1.1\r\n" +
		"conformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n" +
		"operator: A. Officer  X: y\r\nhostname: desk\r\ndescription: 象牙 listing\r\n"
	if got := readStrict(t, archive)[0].body; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestFailedRequests(t *testing.T) {
	archive, stats := write(t)
	recs := readStrict(t, archive)
	recs = recs[len(recs)-5:]
	if stats.Failed != 2 {
		t.Errorf("got %d failed, want 2", stats.Failed)
	}
	for i, want := range []string{
		`{"error":"net::ERR_CONNECTION_REFUSED"}`,
		`{"error":"not the page's","blocked":true,"details":[1]}`,
	} {
		request, metadata := recs[2*i], recs[2*i+1]
		if metadata.body != want+"\n" {
			t.Errorf("got %q, want %q", metadata.body, want)
		}
		if got, want := metadata.header.Get("WARC-Concurrent-To"), request.header.Get("WARC-Record-ID"); got != want {
			t.Errorf("metadata is concurrent to %s, want %s", got, want)
		}
	}
	if got, want := recs[2].head, "POST / HTTP/1.1\r\nHost: update.example\r\nContent-Length: 1\r\n\r\n"; got != want {
		t.Errorf("got request %q, want %q", got, want)
	}
}

// TestTruncated finds the reason on the one response that has it.
func TestTruncated(t *testing.T) {
	archive, stats := write(t)
	var got []string
	for _, r := range readStrict(t, archive) {
		if v := r.header.Get("WARC-Truncated"); v != "" {
			got = append(got, r.header.Get("WARC-Target-URI")+" "+v)
		}
	}
	if want := "https://img.example/1.jpg disconnect"; len(got) != 1 || got[0] != want || stats.Truncated != 1 {
		t.Errorf("got %q and %d in stats, want %q", got, stats.Truncated, want)
	}
}

// TestEncodedWord keeps gowarc, which decodes RFC 2047, from reading another
// address than the one that was written.
func TestEncodedWord(t *testing.T) {
	archive, _ := write(t)
	for _, r := range readStrict(t, archive) {
		if uri := r.header.Get("WARC-Target-URI"); strings.Contains(uri, "/word") {
			if want := "https://shop.example/word?a==%3Futf-8?Q?=41?="; uri != want {
				t.Errorf("got %q, want %q", uri, want)
			}
		}
	}
}
