package listing

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"pugmark/assets"
	"pugmark/evidence/canon"
)

// get returns what the sample site answers.
func get(t testing.TB, site http.Handler, path string) []byte {
	t.Helper()
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, "http://osier.example"+path, nil)
	site.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Fatalf("%s: got status %d", path, w.Code)
	}
	return w.Body.Bytes()
}

// sampleImage is a picture of the sample site as a capture would give it.
func sampleImage(t testing.TB, site http.Handler, path string, width int) Image {
	t.Helper()
	body := get(t, site, path)
	return Image{
		Address: "http://osier.example" + path, Width: width, Height: width * 3 / 4,
		Digest: canon.Sum(body), Bytes: int64(len(body)),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil },
	}
}

// samplePage is the sample site's listing as a capture would give it.
func samplePage(t testing.TB) Page {
	t.Helper()
	site := assets.Sample()
	return Page{
		Address:  "http://osier.example" + assets.SampleListing,
		Document: bytes.NewReader(get(t, site, assets.SampleListing)),
		Images: []Image{
			sampleImage(t, site, "/static/photo/set.jpg", 600),
			sampleImage(t, site, "/static/photo/grain.jpg", 600),
			sampleImage(t, site, "/static/photo/rabbit.jpg", 200),
			sampleImage(t, site, "/static/photo/set.jpg", 80),
			sampleImage(t, site, "/static/favicon.svg", 16),
		},
	}
}

func TestSample(t *testing.T) {
	l, err := Extract(t.Context(), samplePage(t))
	if err != nil {
		t.Fatal(err)
	}
	checkGolden(t, "testdata/sample.json", l)
}
