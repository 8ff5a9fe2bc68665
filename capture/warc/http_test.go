package warc

import (
	"strings"
	"testing"
)

func TestResponseHead(t *testing.T) {
	tests := []struct {
		name   string
		q      Request
		r      Response
		size   int64
		header string // after the status line
	}{
		{"length agrees", Request{}, Response{Status: 200, Header: []Field{{"Content-Length", "5"}, {"A", "1"}}}, 5,
			"Content-Length: 5\r\nA: 1\r\n"},
		{"length of the encoded body", Request{}, Response{Status: 200, Header: []Field{{"Content-Length", "3"}, {"Content-Encoding", "gzip"}}}, 5,
			"X-Archive-Orig-Content-Length: 3\r\nX-Archive-Orig-Content-Encoding: gzip\r\nContent-Length: 5\r\n"},
		{"no length", Request{}, Response{Status: 200, Header: []Field{{"Transfer-Encoding", "gzip, chunked"}}}, 5,
			"X-Archive-Orig-Transfer-Encoding: gzip, chunked\r\nContent-Length: 5\r\n"},
		{"two lengths", Request{}, Response{Status: 200, Header: []Field{{"content-length", "5"}, {"content-length", "5"}}}, 5,
			"content-length: 5\r\nX-Archive-Orig-content-length: 5\r\n"},
		{"length that is no number", Request{}, Response{Status: 200, Header: []Field{{"Content-Length", "5 "}, {"Content-Length", "x"}}}, 5,
			"Content-Length: 5\r\nX-Archive-Orig-Content-Length: x\r\n"},
		{"body that did not come", Request{}, Response{Status: 200, Header: []Field{{"Content-Length", "900"}, {"Content-Encoding", "br"}}}, 0,
			"X-Archive-Orig-Content-Length: 900\r\nX-Archive-Orig-Content-Encoding: br\r\nContent-Length: 0\r\n"},
		{"not modified", Request{}, Response{Status: 304, Header: []Field{{"Content-Length", "900"}, {"Content-Encoding", "br"}}}, 0,
			"Content-Length: 900\r\nContent-Encoding: br\r\n"},
		{"HEAD", Request{Method: "HEAD"}, Response{Status: 200, Header: []Field{{"Content-Length", "900"}}}, 0,
			"Content-Length: 900\r\n"},
		{"no content", Request{}, Response{Status: 204}, 0, ""},
		{"no content, with content", Request{}, Response{Status: 204}, 5, "Content-Length: 5\r\n"},
		{"pseudo-field", Request{}, Response{Status: 204, Header: []Field{{":status", "204"}, {"A", "1"}}}, 0, "A: 1\r\n"},
		{"split value", Request{}, Response{Status: 204, Header: []Field{{"A", "1\r\nB: 2\n\nC\x00D"}}}, 0, "A: 1  B: 2  C D\r\n"},
		{"name that is none", Request{}, Response{Status: 204, Header: []Field{{"A\r\nB: x", "1"}, {"", "2"}, {"Ä ", "3"}}}, 0,
			"A__B__x: 1\r\n__: 3\r\n"},
		{"order and repetition", Request{}, Response{Status: 204, Header: []Field{{"B", "1"}, {"a", "2"}, {"b", "3"}, {"B", "1"}}}, 0,
			"B: 1\r\na: 2\r\nb: 3\r\nB: 1\r\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, got, _ := strings.Cut(string(responseHead(tt.q, tt.r, tt.size)), "\r\n")
			if want := tt.header + "\r\n"; got != want {
				t.Errorf("got  %q\nwant %q", got, want)
			}
		})
	}
}

func TestStatusLine(t *testing.T) {
	tests := []struct {
		conn   Conn
		status int
		reason string
		want   string
	}{
		{Conn{Protocol: "http/1.1"}, 200, "OK", "HTTP/1.1 200 OK"},
		{Conn{Protocol: "http/1.0"}, 404, "Not Found", "HTTP/1.0 404 Not Found"},
		{Conn{Protocol: "h3"}, 200, "", "HTTP/1.1 200 "},
		{Conn{}, 200, "O\r\nK: 1", "HTTP/1.1 200 O  K: 1"},
	}
	for _, tt := range tests {
		got, _, _ := strings.Cut(string(responseHead(Request{Conn: tt.conn}, Response{Status: tt.status, Reason: tt.reason}, 0)), "\r\n")
		if got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

func TestRequestHead(t *testing.T) {
	tests := []struct {
		name string
		q    Request
		size int64
		want string
	}{
		{"host as sent", Request{Header: []Field{{"A", "1"}, {"host", "b.example"}}}, 0, "A: 1\r\nhost: b.example\r\n"},
		{"authority", Request{Header: []Field{{":authority", "c.example"}, {"a", "1"}}}, 0, "Host: c.example\r\na: 1\r\n"},
		{"no host", Request{}, 0, "Host: a.example:81\r\n"},
		{"body", Request{Header: []Field{{"Host", "a"}, {"Content-Encoding", "gzip"}, {"Content-Length", "5"}}}, 5,
			"Host: a\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n"},
		{"another length", Request{Header: []Field{{"Host", "a"}, {"Content-Length", "9"}}}, 5,
			"Host: a\r\nX-Archive-Orig-Content-Length: 9\r\nContent-Length: 5\r\n"},
		{"body that could not be had", Request{Header: []Field{{"Host", "a"}, {"Content-Length", "9"}}}, 0,
			"Host: a\r\nX-Archive-Orig-Content-Length: 9\r\nContent-Length: 0\r\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.q.Method = "PUT"
			got := string(requestHead(tt.q, "http://u:p@a.example:81/x?y", tt.size))
			if want := "PUT /x?y HTTP/1.1\r\n" + tt.want + "\r\n"; got != want {
				t.Errorf("got  %q\nwant %q", got, want)
			}
		})
	}
}
