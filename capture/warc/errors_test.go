package warc

import (
	"bytes"
	"errors"
	"io"
	"math"
	"strings"
	"sync"
	"testing"
	"time"
)

var errFull = errors.New("disk is full")

// fullWriter fails once it has taken its bytes.
type fullWriter struct {
	left  int
	calls int // after it failed
}

func (w *fullWriter) Write(b []byte) (int, error) {
	if len(b) > w.left {
		n := w.left
		w.left = 0
		w.calls++
		return n, errFull
	}
	w.left -= len(b)
	return len(b), nil
}

// TestFullDisk fails the writer at many places. Whoever meets the error gets
// it, and so does every later call.
func TestFullDisk(t *testing.T) {
	var archive bytes.Buffer
	if err := errors.Join(writeTo(&archive)...); err != nil {
		t.Fatal(err)
	}
	most := archive.Len() - 500 // ids are random, and so is what gzip makes of them
	for limit := 0; limit < most; limit += 487 {
		w := &fullWriter{left: limit}
		errs := writeTo(w)
		first := -1
		for i, err := range errs {
			if err != nil && first < 0 {
				first = i
			}
			if first >= 0 && !errors.Is(err, errFull) {
				t.Fatalf("limit %d: call %d failed, call %d got %v", limit, first, i, err)
			}
		}
		if first < 0 {
			t.Fatalf("limit %d of %d bytes: no error", limit, archive.Len())
		}
		if w.calls != 1 {
			t.Errorf("limit %d: got %d writes that failed, want 1", limit, w.calls)
		}
	}
}

// writeTo writes an archive and returns the error of each call.
func writeTo(w io.Writer) []error {
	a, err := Create(w, options)
	if err != nil {
		return []error{err}
	}
	errs := []error{nil}
	for _, x := range sample() {
		errs = append(errs, a.Write(x.q, x.r, x.metadata))
	}
	errs = append(errs,
		a.Failed(Request{URL: "http://a.example/", Method: "GET"}, Failure{Reason: "x"}),
		a.Resource("urn:x", "text/plain", started, body("x")))
	_, err = a.Close(page)
	return append(errs, err)
}

// brokenBody is a body that can't be read as it should.
type brokenBody struct {
	*bytes.Reader
	size  int64 // told instead of the real one, if not 0
	pass  int   // that fails, from 1; 0 for none
	other bool  // in that pass, other bytes come instead of an error
	seeks int   // to the start
}

var errMedium = errors.New("medium error")

func (b *brokenBody) Seek(offset int64, whence int) (int64, error) {
	n, err := b.Reader.Seek(offset, whence)
	if whence == io.SeekStart {
		b.seeks++
	} else if b.size != 0 {
		n = b.size
	}
	return n, err
}

func (b *brokenBody) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if n == 0 || b.seeks != b.pass {
		return n, err
	}
	if b.other {
		p[0] ^= 1
		return n, err
	}
	return n, errMedium
}

func TestBrokenBody(t *testing.T) {
	tests := []struct {
		name  string
		body  brokenBody
		want  string
		stick bool
	}{
		{"unreadable", brokenBody{pass: 1}, `archiving "http://a.example/": copying body: medium error`, false},
		{"shorter", brokenBody{size: 9}, `archiving "http://a.example/": reading body: got 7 bytes, want 9`, false},
		{"unreadable later", brokenBody{pass: 2}, `writing archive: copying body: medium error`, true},
		{"changed", brokenBody{pass: 2, other: true}, `writing archive: body changed while it was being archived`, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var b bytes.Buffer
			a, err := Create(&b, options)
			if err != nil {
				t.Fatal(err)
			}
			size := b.Len()
			tt.body.Reader = bytes.NewReader([]byte("content"))
			q := Request{URL: "http://a.example/", Method: "GET", Started: started}
			if got := errText(a.Write(q, Response{Status: 200, Body: &tt.body}, nil)); got != tt.want {
				t.Errorf("got error %q, want %q", got, tt.want)
			}
			if !tt.stick && b.Len() != size {
				t.Error("something was written")
			}
			_, err = a.Close(page)
			if got := errText(err); tt.stick && got != tt.want {
				t.Errorf("close: got %q, want %q", got, tt.want)
			} else if !tt.stick && err != nil {
				t.Errorf("close: %v", err)
			}
		})
	}
}

// TestRefused hands over what can't be archived. Nothing of it is written, and
// the archive can be used on.
func TestRefused(t *testing.T) {
	ok := Request{URL: "http://a.example/", Method: "GET", Started: started}
	with := func(f func(*Request)) Request { q := ok; f(&q); return q }
	tests := []struct {
		q        Request
		r        Response
		metadata any
		want     string
	}{
		{with(func(q *Request) { q.URL = "data:text/plain," + strings.Repeat("x", 1000) }), Response{Status: 200}, nil,
			`archiving "data:text/plain,` + strings.Repeat("x", 184) + `…": a data: address holds its content and is not archived`},
		{with(func(q *Request) { q.Method = "GE T" }), Response{Status: 200}, nil, `method "GE T" is not a token`},
		{with(func(q *Request) { q.Method = "" }), Response{Status: 200}, nil, `method "" is not a token`},
		{with(func(q *Request) { q.Conn.Remote = "a.example:80" }), Response{Status: 200}, nil, `remote address "a.example:80" is not an IP address`},
		{ok, Response{Status: 0}, nil, `got status 0, want one of three digits`},
		{ok, Response{Status: 1000}, nil, `got status 1000, want one of three digits`},
		{ok, Response{Status: 200, Truncated: "a b"}, nil, `reason "a b" for truncation is not a token`},
		{ok, Response{Status: 200}, math.NaN(), `encoding metadata: json: unsupported value: NaN`},
	}
	var b bytes.Buffer
	a, err := Create(&b, options)
	if err != nil {
		t.Fatal(err)
	}
	size := b.Len()
	for _, tt := range tests {
		want := tt.want
		if !strings.HasPrefix(want, "archiving") {
			want = `archiving "http://a.example/": ` + want
		}
		if got := errText(a.Write(tt.q, tt.r, tt.metadata)); got != want {
			t.Errorf("got error %q, want %q", got, want)
		}
	}
	if b.Len() != size {
		t.Error("something was written")
	}
	if err := a.Write(ok, Response{Status: 200}, nil); err != nil {
		t.Error(err)
	}
	if stats, err := a.Close(page); err != nil || stats.Records != 3 {
		t.Errorf("got %+v, %v; want 3 records", stats, err)
	}
	readStrict(t, b.Bytes())
}

func TestClosed(t *testing.T) {
	a := newArchive(t)
	if _, err := a.Close(page); err != nil {
		t.Fatal(err)
	}
	q := Request{URL: "http://a.example/", Method: "GET", Started: started}
	_, again := a.Close(page)
	for i, err := range []error{
		a.Write(q, Response{Status: 200}, nil), a.Failed(q, Failure{}),
		a.Resource("urn:x", "a/b", started, nil), again,
	} {
		if got := errText(err); got != "archive is closed" {
			t.Errorf("call %d: got error %q", i, got)
		}
	}
}

// TestConcurrent writes from several goroutines.
func TestConcurrent(t *testing.T) {
	var b bytes.Buffer
	a, err := Create(&b, options)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			q := Request{URL: "http://a.example/", Method: "GET", Started: started.Add(time.Duration(i) * time.Second)}
			for range 20 {
				if err := a.Write(q, Response{Status: 200, Body: body(strings.Repeat("x", 1000*i))}, i); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	stats, err := a.Close(page)
	if err != nil {
		t.Fatal(err)
	}
	if got := len(readStrict(t, b.Bytes())); got != stats.Records || got != 1+8*20*3 {
		t.Errorf("read %d records, %d were counted, want %d", got, stats.Records, 1+8*20*3)
	}
}
