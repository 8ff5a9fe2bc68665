package warc

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func TestHTTPURI(t *testing.T) {
	tests := []struct{ raw, want string }{
		{"https://a.example/b?c=d#e", "https://a.example/b?c=d"},
		{"HTTP://a.example", "http://a.example/"},
		{"http://a.example?q", "http://a.example/?q"},
		{"http://a.example#f", "http://a.example/"},
		{"http://[::1]:8080/x", "http://[::1]:8080/x"},
		{"http://user:pass@a.example/", "http://user:pass@a.example/"},
		{"https://拍卖.example:81/象?价=9 9", "https://xn--5krt37a.example:81/%E8%B1%A1?%E4%BB%B7=9%209"},
		{"https://a.example/%zz|[]{}'^`\\", "https://a.example/%zz|[]{}'^`\\"},
		{"https://a.example/\"<x>\r\nWARC-Type: y\x00\xff", "https://a.example/%22%3Cx%3E%0D%0AWARC-Type:%20y%00%FF"},
	}
	for _, tt := range tests {
		if got, err := httpURI(tt.raw); err != nil || got != tt.want {
			t.Errorf("%q: got %q, %v; want %q", tt.raw, got, err, tt.want)
		}
	}
}

func TestHTTPURIRefused(t *testing.T) {
	tests := []struct{ raw, want string }{
		{"data:text/html,hi", "a data: address holds its content and is not archived"},
		{"DATA:x://y", "a data: address holds its content and is not archived"},
		{"blob:https://a.example/1", "address is not http or https"},
		{"file:///etc/passwd", "address is not http or https"},
		{"a.example", "address is not http or https"},
		{"", "address is not http or https"},
		{"http:///path", "address has no host"},
		{"http://a b/", `host "a b" has a character that no host has`},
		{"http://a\r\nb/", `host "a\r\nb" has a character that no host has`},
		{"https://a.example/" + strings.Repeat("x", maxURI), "address is too long: got 2097170 bytes, want at most 2097152"},
	}
	for _, tt := range tests {
		if got, err := httpURI(tt.raw); err == nil || err.Error() != tt.want {
			t.Errorf("%.50q: got %.50q, %v; want error %q", tt.raw, got, err, tt.want)
		}
	}
}

func TestResourceAddressRefused(t *testing.T) {
	a := newArchive(t)
	for _, tt := range []struct{ uri, mediaType, want string }{
		{"data:,x", "text/plain", `archiving "data:,x": a data: address holds its content and is not archived`},
		{"no scheme", "text/plain", `archiving "no scheme": address has no scheme`},
		{"9:x", "text/plain", `archiving "9:x": address has no scheme`},
		{"urn:x", "text", ""},
		{"urn:x", "a/b\r\nc: d", `archiving "urn:x": media type "a/b\r\nc: d": mime: unexpected content after media subtype`},
		{"urn:x", "", `archiving "urn:x": media type "": mime: no media type`},
	} {
		err := a.Resource(tt.uri, tt.mediaType, started, body("x"))
		if got := errText(err); got != tt.want {
			t.Errorf("%q %q: got error %q, want %q", tt.uri, tt.mediaType, got, tt.want)
		}
	}
}

func TestRemoteAddress(t *testing.T) {
	tests := []struct{ in, want string }{
		{"", ""},
		{"192.0.2.1", "192.0.2.1"},
		{"192.0.2.1:443", "192.0.2.1"},
		{"2001:DB8::0:1", "2001:db8::1"},
		{"[2001:db8::1]", "2001:db8::1"},
		{"[2001:db8::1]:443", "2001:db8::1"},
		{"fe80::1%eth0", "fe80::1"},
	}
	for _, tt := range tests {
		if got, err := address(tt.in); err != nil || got != tt.want {
			t.Errorf("%q: got %q, %v; want %q", tt.in, got, err, tt.want)
		}
	}
	if _, err := address("shop.example:443"); err == nil {
		t.Error("a host name passed for an IP address")
	}
}

// TestKeysLikeWarcio has warcio compute the keys and the queries of bodies.
func TestKeysLikeWarcio(t *testing.T) {
	type request struct{ URL, Method, Type, Body string }
	requests := []request{
		{URL: "http://A.Example:80/B/?c=D&A=1&a=2&&x"},
		{URL: "https://www.a.example:443/?"},
		{URL: "https://WWW.a.example/"},
		{URL: "https://www12.co.uk:8443/a/%41%2f"},
		{URL: "http://[2001:db8::1]:81/x"},
		{URL: "http://127.0.0.1/"},
		{URL: "https://u:p@a.example/x?y=@:z"},
		{URL: "https://a.example/x?a=%2B%E8%B1%A1&A=b'c"},
		{URL: "urn:pugmark:x?b&a"},
	}
	for _, b := range []struct{ kind, body string }{
		{"application/json", `{"b":{"10":1,"9":2,"a":{"b":"x","c":null}},"a":["x","x",{"b":3}],"b2":false,"":"e","u":"\ud83d\ude00é~*()! +"}`},
		{"application/json", `{"a":1,"a":"2","a.2_":3,"x":{"a":4},"y":{"a":5}}`},
		{"application/json", `[0.1,1e-7,123456789012345680000,1e21,1.5e300,-0,5e-324,1e400,-1e400,0.000001]`},
		{"application/json", `"text"`},
		{"application/json", `null`},
		{"application/json", `{"a":}`},
		{"application/json; charset=utf-8", "\ufeff{\"a\":\"b\"}"},
		{"text/plain", `{"a":"b"}`},
		{"text/plain;charset=UTF-8", "not json"},
		{"application/x-www-form-urlencoded", "a=b&c=%e4%bd%a0&d=%2F%23&Ä=Ö&e='<\">&f=#g"},
		{"application/x-www-form-urlencoded", "a=100%&b"},
		{"application/x-www-form-urlencoded", "a=%FF"},
		{"application/x-www-form-urlencoded", strings.Repeat("abc=%E8%B1%A1&", 1000)},
		{"application/octet-stream", "hello"},
		{"application/octet-stream", ""},
		{"", "?"},
		{"multipart/form-data; boundary=xYz", "--xyz\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n2\r\n--xYz\r\nX: name=\"b\"\r\n\r\n\r\n--xYz\r\n\r\nname=\"a\"\r\n\r\n3\r\n--xYz--"},
		{"multipart/form-data", "a"},
	} {
		requests = append(requests, request{"https://a.example/p?q=1", "POST", b.kind, b.body},
			request{"https://a.example/p", "PUT", b.kind, b.body})
	}
	in, err := json.Marshal(requests)
	if err != nil {
		t.Fatal(err)
	}
	type key struct{ Key, Query string }
	want := lines[key](t, node(t, in, "warcio.mjs", "keys"))
	if len(want) != len(requests) {
		t.Fatalf("warcio gave %d keys, want %d", len(want), len(requests))
	}
	for i, r := range requests {
		q := Request{URL: r.URL, Method: r.Method, Header: []Field{{"content-type", r.Type}}, Body: bytes.NewReader([]byte(r.Body))}
		if q.Method == "" {
			q.Method = "GET"
		}
		m, err := queryOf(q)
		if err != nil {
			t.Fatal(err)
		}
		if got := (key{surt(m.address(r.URL)), m.query}); got != want[i] {
			t.Errorf("%s %q\n%.300q\ngot    %.400q\nwarcio %.400q", r.URL, r.Type, r.Body, got, want[i])
		}
	}
}
