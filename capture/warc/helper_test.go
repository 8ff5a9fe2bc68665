package warc

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var started = time.Date(2026, 11, 24, 7, 48, 3, 123456789, time.UTC)

// exchange is what a test hands to [Archive.Write].
type exchange struct {
	q        Request
	r        Response
	metadata any
}

func body(s string) io.ReadSeeker { return strings.NewReader(s) }

var h2 = Conn{Remote: "[2001:db8::7]:443", Protocol: "h2", TLS: "TLS 1.3", Cipher: "TLS_AES_128_GCM_SHA256"}

// sample is a page: a redirect, an HTTP/2 document in Chinese, pictures, posts,
// responses without a body, and some that a hostile site could send.
func sample() []exchange {
	get := func(url string, r Response) exchange {
		return exchange{q: Request{
			URL: url, Method: "GET", Started: started, Conn: Conn{Remote: "192.0.2.7:80", Protocol: "http/1.1"},
			Header: []Field{{"Host", "shop.example"}, {"User-Agent", "Mozilla/5.0"}, {"Accept", "*/*"}},
		}, r: r}
	}
	post := func(url, contentType, content string, r Response) exchange {
		x := get(url, r)
		x.q.Method, x.q.Body = "POST", body(content)
		x.q.Header = append(x.q.Header, Field{"Content-Type", contentType})
		return x
	}
	text := func(s string) Response {
		return Response{Status: 200, Reason: "OK", Header: []Field{{"Content-Type", "text/plain"}}, Body: body(s)}
	}
	redirect := get("http://shop.example/", Response{Status: 301, Reason: "Moved Permanently", Header: []Field{
		{"Location", "https://shop.example/item/7?id=2&a=1"}, {"Content-Length", "0"},
	}})
	document := get("https://shop.example/item/7?id=2&a=1", Response{
		Status: 200, MediaType: "text/html; charset=GBK",
		Header: []Field{
			{"date", "Tue, 24 Nov 2026 07:48:03 GMT"}, {"content-type", "text/html; charset=gbk"},
			{"set-cookie", "a=1"}, {"content-encoding", "br"}, {"content-length", "77"}, {"set-cookie", "b=2; Path=/"},
		},
		Body: body("<html><title>\xcf\xf3\xd1\xc0</title><p>ivory</html>"),
	})
	document.q.Conn, document.q.PageID, document.q.Resource = h2, "page-1", "Document"
	document.q.Header = []Field{{":method", "GET"}, {":authority", "shop.example"}, {":path", "/item/7?id=2&a=1"}, {"accept", "text/html"}}
	document.metadata = map[string]any{"certificate": []string{"ab12"}, "timing": map[string]int{"dns": 3}}
	picture := get("https://img.example/1.jpg", Response{Status: 200, Reason: "OK",
		Header: []Field{{"Content-Type", "image/jpeg"}, {"Content-Length", "9000"}, {"Transfer-Encoding", "chunked"}},
		Body:   body(strings.Repeat("\xff\xd8\x00", 1000)), Truncated: TruncatedDisconnect})
	head := get("https://shop.example/item/7?id=2&a=1", Response{Status: 200, Reason: "OK", Header: []Field{{"Content-Length", "77"}, {"Content-Encoding", "br"}}})
	head.q.Method = "HEAD"
	hostile := get("https://evil.example/x", Response{Status: 404, Reason: "Not\r\nFound: here", Header: []Field{
		{"X-Split", "one\r\nWARC/1.1\r\nX-Injected: yes\r\n\r\nbody"}, {"Bad Name:\r\n", "v"}, {"", "no name"},
		{"X-Latin", "caf\xe9"}, {"X-Chinese", "象牙"}, {"Empty", ""}, {"Content-Length", "1"}, {"Content-Length", "2"},
	}, Body: body("WARC/1.1\r\nWARC-Type: warcinfo\r\n\r\n")})
	again := get("https://www.shop.example:8443/TWICE?b&a", text("second"))
	again.q.Started = started.Add(4 * time.Millisecond)
	return []exchange{
		redirect, document, picture, head, hostile,
		get("https://shop.example/empty", Response{Status: 200, Reason: "OK", Header: []Field{{"Content-Type", "text/css"}}}),
		get("https://shop.example/204", Response{Status: 204, Reason: "No Content", Header: []Field{{"Server", "x"}}}),
		get("https://shop.example/304", Response{Status: 304, Reason: "Not Modified", Header: []Field{{"ETag", `"7"`}, {"Content-Length", "77"}}}),
		get("https://shop.example/bare204", Response{Status: 204}),
		get("https://www.shop.example:8443/TWICE?b&a", text("first")),
		again,
		get("http://www2.shop.example/%E8%B1%A1?q=%E7%89%99#fragment", text("unicode, escaped")),
		get("https://拍卖.example/象牙?价=9 9", text("unicode")),
		get("http://127.0.0.1:8080", text("no path")),
		get("https://shop.example/word?a==?utf-8?Q?=41?=", text("encoded word")),
		get("https://shop.example/long?"+strings.Repeat("x", 100_000), text("long")),
		post("https://shop.example/api?v=1", "application/x-www-form-urlencoded", "name=%E8%B1%A1+a&Z=1", text("form")),
		post("https://shop.example/graphql", "application/json", `{"query":"{ item }","variables":{"id":7,"ids":[1,2.50,1e21,-0,null,true]}}`, text("json")),
		post("https://shop.example/beacon", "application/octet-stream", "\x00\x01\xff", text("binary")),
		post("https://shop.example/upload", "multipart/form-data; boundary=----WebKitFormBoundaryA1",
			"------WebKitFormBoundaryA1\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nTusk *~ 象\r\n"+
				"------WebKitFormBoundaryA1\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a\"\r\nContent-Type: text/plain\r\n\r\nfile\r\n"+
				"------WebKitFormBoundaryA1--\r\n", text("multipart")),
		post("https://shop.example/nobody", "text/plain", "", text("no body")),
	}
}

var options = Options{
	Software: "Pugmark 0.1.0", Title: "象牙 listing", Description: "A *listing*.",
	Created: started, Operator: "A. Officer\r\nX: y", Hostname: "desk",
}

var page = Page{
	URL: "https://shop.example/item/7?id=2&a=1", Title: "象牙 <b>", Text: "ivory\nand more", Time: started, ID: "page-1",
}

// write writes an archive of the sample, two failures and a resource.
func write(t testing.TB) ([]byte, Stats) {
	t.Helper()
	var b bytes.Buffer
	a, err := Create(&b, options)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range sample() {
		if err := a.Write(x.q, x.r, x.metadata); err != nil {
			t.Fatal(err)
		}
	}
	refused := Request{URL: "http://down.example/", Method: "GET", Started: started, Header: []Field{{"Host", "down.example"}}}
	if err := a.Failed(refused, Failure{Reason: "net::ERR_CONNECTION_REFUSED"}); err != nil {
		t.Fatal(err)
	}
	blocked := Request{URL: "http://update.example/", Method: "POST", Started: started, Body: body("x")}
	if err := a.Failed(blocked, Failure{Reason: "not the page's", Blocked: true, Details: []int{1}}); err != nil {
		t.Fatal(err)
	}
	if err := a.Resource("urn:pugmark:note 1", "text/plain; charset=utf-8", started, body("note")); err != nil {
		t.Fatal(err)
	}
	stats, err := a.Close(page)
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), stats
}

// unzip returns one file of an archive.
func unzip(t *testing.T, archive []byte, name string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// save writes a file into the test's folder and returns its path.
func save(t *testing.T, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// line is a line of the index.
type line struct {
	key, timestamp string
	cdx            map[string]string
}

func readIndex(t *testing.T, archive []byte) []line {
	t.Helper()
	var lines []line
	for s := range strings.Lines(string(unzip(t, archive, indexPath))) {
		parts := strings.SplitN(strings.TrimSuffix(s, "\n"), " ", 3)
		if len(parts) != 3 {
			t.Fatalf("index line %q has no three parts", s)
		}
		l := line{key: parts[0], timestamp: parts[1]}
		if err := json.Unmarshal([]byte(parts[2]), &l.cdx); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, l)
	}
	return lines
}

func newArchive(t *testing.T) *Archive {
	t.Helper()
	a, err := Create(io.Discard, options)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
