package capture

import (
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"pugmark/evidence/canon"
)

func TestAlbum(t *testing.T) {
	a := &album{dir: t.TempDir()}
	defer a.close()
	const address = "https://shop.example/a.jpg"
	kept := func(want string) {
		t.Helper()
		s, ok := a.find(key(address))
		if !ok || s.digest != canon.Sum([]byte(want)) {
			t.Fatalf("got %+v, %v, want %q", s, ok, want)
		}
		if got, err := io.ReadAll(a.open(s)); err != nil || string(got) != want {
			t.Errorf("got %q, %v, want %q", got, err, want)
		}
	}
	for _, step := range []struct {
		body string
		good bool
		want string
	}{
		{"error", false, "error"}, {"one", true, "one"}, {"another error", false, "one"},
		{"the second", true, "the second"}, {"the second", true, "the second"},
	} {
		a.keep(key(address), strings.NewReader(step.body), step.good)
		kept(step.want)
	}
	if want := int64(len("error" + "one" + "the second")); a.size != want {
		t.Errorf("got %d bytes in the file, want %d: the same body counts once", a.size, want)
	}
	a.redirect("https://shop.example/x", "/y")
	a.redirect("https://shop.example/y", "a.jpg#top")
	a.redirect("https://shop.example/round", "/round")
	if s, ok := a.find(key("https://shop.example/x")); !ok || s.digest != canon.Sum([]byte("the second")) {
		t.Errorf("behind two redirects: got %+v, %v", s, ok)
	}
	if _, ok := a.find(key("https://shop.example/round")); ok {
		t.Error("an endless redirect leads to a picture")
	}
}

// zeros is an endless body.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) { return len(b), nil }

func TestAlbumLimits(t *testing.T) {
	dir := t.TempDir()
	a := &album{dir: dir}
	a.keep(key("first"), strings.NewReader("first"), true)
	a.size = albumBytes - 10
	a.keep(key("endless"), zeros{}, true)
	a.keep(key("later"), strings.NewReader("x"), true)
	if _, ok := a.find(key("first")); !ok {
		t.Error("what came before the limit is gone")
	}
	for _, name := range []string{"endless", "later"} {
		if _, ok := a.find(key(name)); ok {
			t.Errorf("%q is kept beyond the limit", name)
		}
	}
	if !errors.Is(a.err, errAlbumFull) || a.missing() != errAlbumFull.Error() {
		t.Errorf("got %v, want %v", a.err, errAlbumFull)
	}
	a.close()
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("%d files are left", len(left))
	}
}

func TestDataBody(t *testing.T) {
	for address, want := range map[string]string{
		"data:,a%20b":                       "a b",
		"data:text/plain;charset=utf-8,x%2": "x%2",
		"data:image/png;base64,aGVsbG8=":    "hello",
		"data:image/png;BASE64,aGVs%62G8":   "hello",
		"data:;base64,aGVs bG8%3D":          "hello",
		"data:image/svg+xml,%3Csvg/%3E#top": "<svg/>",
	} {
		if got, err := dataBody(address); err != nil || string(got) != want {
			t.Errorf("%s: got %q, %v, want %q", address, got, err, want)
		}
	}
	for _, address := range []string{"data:", "data:image/png;base64,a*b", "data:image/png;base64"} {
		if got, err := dataBody(address); err == nil {
			t.Errorf("%s: got %q, want an error", address, got)
		}
	}
}
