package warc

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
)

func openReader(t testing.TB, name string, b []byte) *Reader {
	t.Helper()
	r, err := OpenReader(t.Context(), name, bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestReaderOwn reads back each exchange that this package wrote.
func TestReaderOwn(t *testing.T) {
	archive, _ := write(t)
	r := openReader(t, "a.wacz", archive)
	if len(r.Damage()) > 0 || len(r.Pages()) != 1 || r.Pages()[0].Title != page.Title || !r.Pages()[0].Time.Equal(page.Time) {
		t.Errorf("got pages %v and damage %v", r.Pages(), r.Damage())
	}
	for _, x := range sample() {
		want, err := Address(x.q.URL)
		if err != nil {
			t.Fatal(err)
		}
		query, err := queryOf(x.q)
		if err != nil {
			t.Fatal(err)
		}
		var content []byte
		if x.r.Body != nil {
			x.r.Body.Seek(0, io.SeekStart)
			content, _ = io.ReadAll(x.r.Body)
		}
		if !hasRecord(t, r, Record{URL: want, Method: x.q.Method, Query: query.query, Status: x.r.Status}, content) {
			t.Errorf("no record of %s %.80q with status %d and body %.40q", x.q.Method, want, x.r.Status, content)
		}
	}
	for _, method := range []string{"GET http://down.example/", "POST http://update.example/"} {
		found := false
		for _, rec := range r.Records() {
			found = found || rec.Method+" "+rec.URL == method && rec.Status == 0
		}
		if !found {
			t.Errorf("no record of %s, which failed", method)
		}
	}
}

func hasRecord(t *testing.T, r *Reader, want Record, content []byte) bool {
	t.Helper()
	for _, rec := range r.Records() {
		if rec.URL != want.URL || rec.Method != want.Method || rec.Query != want.Query || rec.Status != want.Status {
			continue
		}
		s, err := r.Open(rec)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(s.Body)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Equal(got, content) && s.Length == int64(len(got)) {
			return true
		}
	}
	return false
}

// foreignRecord writes a record as others do.
func foreignRecord(kind, uri, id, more, block string) string {
	return fmt.Sprintf("WARC/1.0\r\nWARC-Type: %s\r\nWARC-Target-URI: %s\r\nWARC-Record-ID: <urn:uuid:%s>\r\nWARC-Date: 2019-05-04T03:02:01Z\r\n%sContent-Length: %d\r\n\r\n%s\r\n\r\n",
		kind, uri, id, more, len(block), block)
}

func compressed(t testing.TB, s string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	io.WriteString(z, s)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// foreign returns the records of a file that others made.
func foreign(t testing.TB) []string {
	squeezed := compressed(t, "<p>squeezed")
	var br bytes.Buffer
	w := brotli.NewWriter(&br)
	io.WriteString(w, "body{color:red}")
	w.Close()
	return []string{
		"WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Length: 0\r\n\r\n\r\n\r\n",
		// Wget writes the address in angle brackets, and the message as it came.
		foreignRecord("response", "<http://a.example/>", "1", "Content-Type: application/http;msgtype=response\r\n",
			"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"+
				fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(squeezed), squeezed)),
		// Some take the chunks off and the encoding away, and leave the header.
		foreignRecord("response", "http://a.example/plain.js", "2", "",
			"HTTP/1.1 200 OK\r\nContent-Type: text/javascript\r\nContent-Encoding: br\r\nTransfer-Encoding: chunked\r\n\r\nlet a = 'plain text';"),
		foreignRecord("response", "http://a.example/s.css", "3", "WARC-Payload-Digest: sha1:AAAA\r\n",
			"HTTP/1.1 200 OK\r\nContent-Type: text/css\r\nContent-Encoding: br\r\n\r\n"+br.String()),
		foreignRecord("revisit", "http://b.example/same.css", "4", "WARC-Payload-Digest: sha1:AAAA\r\n",
			"HTTP/1.1 200 OK\r\nContent-Type: text/css;charset=utf-8\r\nX-Own: yes\r\n\r\n"),
		foreignRecord("revisit", "http://c.example/", "5",
			"WARC-Refers-To-Target-URI: http://a.example/\r\nWARC-Refers-To-Date: 2019-05-04T03:02:01Z\r\n", ""),
		foreignRecord("resource", "https://a.example/r.png", "6", "Content-Type: image/png\r\n", "\x89PNG"),
		// A request may stand behind its response, and name it or not.
		foreignRecord("response", "https://a.example/api", "7", "WARC-Concurrent-To: <urn:uuid:8>\r\n",
			"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n\r\n{}"),
		foreignRecord("request", "https://a.example/api", "8", "",
			"POST /api HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\nq=1&r=2"),
		foreignRecord("request", "https://a.example/lone", "9", "", "PUT /lone HTTP/1.1\r\n\r\n"),
		foreignRecord("response", "https://a.example/lone", "10", "", "HTTP/1.1 206 Partial\r\nContent-Range: bytes 5-9/20\r\n\r\n56789"),
		foreignRecord("metadata", "https://a.example/lone", "11", "", "x: y"),
		foreignRecord("response", "dns:a.example", "12", "", "not HTTP"),
		foreignRecord("response", "http://a.example/broken", "13", "", "not HTTP"),
	}
}

// TestReaderForeign reads a WARC that others made, packed in each way.
func TestReaderForeign(t *testing.T) {
	var each bytes.Buffer
	for _, r := range foreign(t) {
		each.WriteString(compressed(t, r))
	}
	for name, b := range map[string]string{
		"plain.warc": strings.Join(foreign(t), ""), "each.warc.gz": each.String(),
		"whole.warc.gz": compressed(t, strings.Join(foreign(t), "")),
	} {
		t.Run(name, func(t *testing.T) {
			r := openReader(t, name, []byte(b))
			if len(r.Records()) != 8 || len(r.Damage()) != 0 {
				t.Errorf("got %d records and damage %v", len(r.Records()), r.Damage())
			}
			if p := r.Pages(); len(p) != 1 || p[0].URL != "http://a.example/" || !p[0].Time.Equal(time.Date(2019, 5, 4, 3, 2, 1, 0, time.UTC)) {
				t.Errorf("got pages %v", p)
			}
			squeezed := compressed(t, "<p>squeezed")
			for want, body := range map[string]string{
				"GET http://a.example/ 200 gzip":       squeezed,
				"GET http://a.example/plain.js 200 ":   "let a = 'plain text';",
				"GET http://c.example/ 200 gzip":       squeezed,
				"GET https://a.example/r.png 200 ":     "\x89PNG",
				"POST https://a.example/api 201 ":      "{}",
				"PUT https://a.example/lone 206 ":      "56789",
				"GET http://b.example/same.css 200 br": "*",
				"GET http://a.example/s.css 200 br":    "*",
			} {
				if !hasAnswer(t, r, want, body) {
					t.Errorf("no record %q with body %q", want, body)
				}
			}
			for _, rec := range r.Records() {
				if rec.Method == "POST" && rec.Query != "q=1&r=2" || rec.Method == "PUT" && rec.Range != (Range{5, 9, 20}) {
					t.Errorf("got %+v", rec)
				}
			}
		})
	}
}

func hasAnswer(t *testing.T, r *Reader, want, body string) bool {
	t.Helper()
	for _, rec := range r.Records() {
		s, err := r.Open(rec)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(s.Body)
		if err != nil {
			t.Fatal(err)
		}
		if fmt.Sprintf("%s %s %d %s", rec.Method, rec.URL, s.Status, get(s.Header, "Content-Encoding")) != want {
			continue
		}
		if strings.Contains(rec.URL, "same.css") && get(s.Header, "X-Own") != "yes" {
			t.Errorf("the revisit lost its own header: %v", s.Header)
		}
		return body == "*" && len(got) > 0 || string(got) == body
	}
	return false
}

// TestReaderDamaged reads what is there of a file that breaks off, and refuses
// what is no archive.
func TestReaderDamaged(t *testing.T) {
	whole := strings.Join(foreign(t), "")
	r := openReader(t, "cut.warc", []byte(whole[:len(whole)/2]))
	if len(r.Records()) == 0 || len(r.Damage()) != 1 {
		t.Errorf("got %d records and damage %v, want some of both", len(r.Records()), r.Damage())
	}
	zipped := compressed(t, whole)
	if r := openReader(t, "cut.warc.gz", []byte(zipped[:len(zipped)-20])); len(r.Damage()) != 1 {
		t.Errorf("got damage %v, want one", r.Damage())
	}
	for name, b := range map[string]string{
		"text": "hello", "empty": "", "gzip of text": compressed(t, "hello"), "a negative length": "WARC/1.0\r\nContent-Length: -1\r\n\r\n",
		"an endless header": "WARC/1.0\r\nX: " + strings.Repeat("x", 2*maxHead),
	} {
		if _, err := OpenReader(t.Context(), name, strings.NewReader(b), int64(len(b))); !errors.Is(err, ErrNotArchive) {
			t.Errorf("%s: got %v, want %v", name, err, ErrNotArchive)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := OpenReader(ctx, "a", strings.NewReader(whole), int64(len(whole))); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

// FuzzReader reads archives that may say anything: it must neither panic nor
// return more than the file can hold.
func FuzzReader(f *testing.F) {
	whole := strings.Join(foreign(f), "")
	f.Add([]byte(whole))
	f.Add([]byte(compressed(f, whole)))
	archive, _ := write(f)
	f.Add(archive)
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := OpenReader(t.Context(), "fuzz", bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return
		}
		for _, rec := range r.Records() {
			if rec.Status == 0 || rec.Socket {
				continue
			}
			s, err := r.Open(rec)
			if err != nil {
				continue
			}
			if s.Body != nil {
				io.Copy(io.Discard, io.LimitReader(s.Body, 1<<20))
			}
		}
	})
}
