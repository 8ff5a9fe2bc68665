package warc

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
)

// walked opens the records of an archive.
func walked(t *testing.T, archive []byte) *Records {
	t.Helper()
	x, err := OpenRecords(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// TestRecords reads each exchange back, and then each request alone from its place.
func TestRecords(t *testing.T) {
	archive, _ := write(t)
	x := walked(t, archive)
	var bodies, methods []string
	offsets := make(map[string]int64)
	err := x.From(0, func(s *RawRecord) (bool, error) {
		b, err := io.ReadAll(s.Body)
		if err != nil || int64(len(b)) != s.Size {
			t.Errorf("%s of %s: got %d bytes, %v, want %d", s.Type, s.URL, len(b), err, s.Size)
		}
		switch s.Type {
		case "request":
			method, _, _ := strings.Cut(s.Start, " ")
			methods = append(methods, method)
			offsets[s.Get("warc-record-id")] = s.Offset
		case "response":
			bodies = append(bodies, string(b))
		}
		return true, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range sample() {
		want := ""
		if e.r.Body != nil {
			b, err := io.ReadAll(e.r.Body)
			if err != nil {
				t.Fatal(err)
			}
			want = string(b)
		}
		if methods[i] != e.q.Method || bodies[i] != want {
			t.Errorf("%s: got %s with %.60q, want %s with %.60q", e.q.URL, methods[i], bodies[i], e.q.Method, want)
		}
	}
	for id, offset := range offsets {
		err := x.From(offset, func(s *RawRecord) (bool, error) {
			if got := s.Get("WARC-Record-ID"); got != id || s.Offset != offset || s.Date.IsZero() {
				t.Errorf("at %d: got %s, want %s", offset, got, id)
			}
			return false, nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// TestRecordsStops ends when it is told to, and passes over what isn't read.
func TestRecordsStops(t *testing.T) {
	archive, _ := write(t)
	stop := errors.New("stop")
	n := 0
	err := walked(t, archive).From(0, func(*RawRecord) (bool, error) {
		if n++; n == 3 {
			return true, stop
		}
		return true, nil
	})
	if !errors.Is(err, stop) || n != 3 {
		t.Errorf("got %v after %d records", err, n)
	}
}

// TestRecordsHostile has archives that say what isn't so.
func TestRecordsHostile(t *testing.T) {
	for name, x := range map[string]struct{ record, want string }{
		"no gzip":       {"0123456789abcdef", "invalid header"},
		"no record":     {zipped(t, "HTTP/1.1 200 OK\r\n\r\n"), "want a record"},
		"no length":     {zipped(t, "WARC/1.1\r\nWARC-Type: response\r\n\r\n"), "content length"},
		"negative":      {zipped(t, "WARC/1.1\r\nContent-Length: -1\r\n\r\n"), "content length"},
		"too short":     {zipped(t, "WARC/1.1\r\nContent-Type: application/http\r\nContent-Length: 3\r\n\r\nGET / HTTP/1.1\r\n\r\n"), "too long"},
		"header ends":   {zipped(t, "WARC/1.1\r\nWARC-Type: x\r\n"), "unexpected EOF"},
		"endless":       {zipped(t, "WARC/1.1\r\n"+strings.Repeat("A: b\r\n", maxHead/6+9)), "header of more than"},
		"body is short": {zipped(t, "WARC/1.1\r\nContent-Length: 9\r\n\r\nabc")[:30], "reading archive"},
	} {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		w, err := z.CreateHeader(&zip.FileHeader{Name: dataPath, Method: zip.Store})
		if err == nil {
			_, err = io.WriteString(w, x.record)
		}
		if err := errors.Join(err, z.Close()); err != nil {
			t.Fatal(err)
		}
		err = walked(t, b.Bytes()).From(0, func(s *RawRecord) (bool, error) { return true, nil })
		if err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%s: got %v, want %q", name, err, x.want)
		}
	}
	if _, err := OpenRecords(strings.NewReader("PK"), 2); err == nil {
		t.Error("got no error of what is no zip")
	}
}

// zipped returns a member of gzip.
func zipped(t *testing.T, s string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := io.WriteString(z, s)
	if err = errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
