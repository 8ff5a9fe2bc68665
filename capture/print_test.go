package capture

import (
	"bytes"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
)

// printed prints a document and returns the PDF's file.
func printed(t *testing.T, files fstest.MapFS) string {
	t.Helper()
	var out bytes.Buffer
	if err := shared.Print(t.Context(), files, false, &out); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "x.pdf")
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func judged(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(tool(t, name), args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	return string(out)
}

const printable = `<!doctype html><html lang="en"><meta charset="utf-8"><title>A report</title>
<style>@page{size:A4;margin:2cm;@bottom-right{content:"page " counter(page) " of " counter(pages)}} h1{break-before:page}</style>
<h1>First 象牙</h1><img src="p.png" alt="x" style="width:5cm;height:5cm"><h1>Second</h1><script>document.title="changed"</script>`

func TestPrint(t *testing.T) {
	picture, err := os.ReadFile("../assets/icon.png")
	if err != nil {
		t.Fatal(err)
	}
	path := printed(t, fstest.MapFS{"index.html": {Data: []byte(printable)}, "p.png": {Data: picture}})
	info := judged(t, "pdfinfo", path)
	for _, want := range []string{"Title:           A report\n", "Tagged:          yes\n", "Pages:           2\n", "A4"} {
		if !strings.Contains(info, want) {
			t.Errorf("got no %q in\n%s", want, info)
		}
	}
	text := judged(t, "pdftotext", path, "-")
	for _, want := range []string{"First", "象牙", "page 1 of 2", "page 2 of 2"} {
		if !strings.Contains(text, want) {
			t.Errorf("got no %q in\n%s", want, text)
		}
	}
	outline := judged(t, "qpdf", "--json", "--json-key=outlines", path)
	for _, want := range []string{`"First 象牙"`, `"Second"`} {
		if !strings.Contains(outline, want) {
			t.Errorf("got no %q in\n%s", want, outline)
		}
	}
}

// TestPrintReachesNothing prints a document that wants what isn't in it: it gets
// nothing from the network or the disk.
func TestPrintReachesNothing(t *testing.T) {
	var asked atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer server.Close()
	printed(t, fstest.MapFS{"index.html": {Data: []byte(`<title>x</title><img src="` + server.URL + `/a"><img src="file:///etc/hostname">` +
		`<link rel=stylesheet href="` + server.URL + `/b"><iframe src="https://outside.test/"></iframe><p>text`)}})
	if n := asked.Load(); n != 0 {
		t.Errorf("got %d requests, want none", n)
	}
}

func TestPrintMissing(t *testing.T) {
	var out bytes.Buffer
	err := shared.Print(t.Context(), fstest.MapFS{"index.html": {Data: []byte(`<img src="gone.jpg">`)}}, false, &out)
	if err == nil || !strings.Contains(err.Error(), `"/gone.jpg" of the document`) {
		t.Errorf("got %v", err)
	}
}

// TestDocumentServer asks for the document as another user of the machine would.
func TestDocumentServer(t *testing.T) {
	s, err := serveDocument(fstest.MapFS{"index.html": {Data: []byte("secret")}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	for address, want := range map[string]int{s.address(): 200, s.proxy() + "/": 403, s.proxy() + "/x/": 403, s.proxy(): 403} {
		resp, err := http.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%s: got %d, want %d", address, resp.StatusCode, want)
		}
	}
	c, err := net.Dial("tcp", s.listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.Write([]byte("CONNECT outside.test:443 HTTP/1.1\r\nHost: outside.test:443\r\n\r\n"))
	b := make([]byte, 12)
	if _, err := c.Read(b); err != nil || string(b) != "HTTP/1.1 403" {
		t.Errorf("got %q, %v", b, err)
	}
}
