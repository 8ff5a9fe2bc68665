package capture

import (
	"bytes"
	"encoding/binary"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"net/http/httptest"

	"pugmark/evidence"
)

// wave returns a sound of so many seconds: 8-bit samples, 8,000 a second.
func wave(seconds int) []byte {
	const rate = 8000
	data := make([]byte, seconds*rate)
	for i := range data {
		data[i] = byte(i * i / 97)
	}
	var b bytes.Buffer
	b.WriteString("RIFF")
	binary.Write(&b, binary.LittleEndian, uint32(36+len(data)))
	b.WriteString("WAVEfmt ")
	binary.Write(&b, binary.LittleEndian, struct {
		Size             uint32
		Format, Channels uint16
		Rate, Bytes      uint32
		Align, Bits      uint16
	}{16, 1, 1, rate, rate, 1, 8})
	b.WriteString("data")
	binary.Write(&b, binary.LittleEndian, uint32(len(data)))
	b.Write(data)
	return b.Bytes()
}

// TestMedia has sound and video that a player loads by ranges, and segments
// that a script loads one by one.
func TestMedia(t *testing.T) {
	files := map[string][]byte{"/sound.wav": wave(60), "/video.wav": wave(20), "/segment-1.m4s": wave(1), "/segment-2.m4s": wave(2)}
	mux := http.NewServeMux()
	for path, data := range files {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			http.ServeContent(w, r, path, time.Unix(1, 0), bytes.NewReader(data))
		})
	}
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Write([]byte(`<!doctype html><title>media</title><audio controls preload=auto src=/sound.wav></audio>
			<video controls preload=auto src=/video.wav></video><script>
			(async () => { for (const n of [1, 2]) await (await fetch("/segment-" + n + ".m4s")).arrayBuffer() })()</script>`))
	})
	srv := httptest.NewServer(mux)
	defer srv.Close()
	f, a := take(t, Request{URL: srv.URL})
	if a.Verdict != evidence.Complete {
		t.Errorf("got verdict %q with %v", a.Verdict, a.Problems)
	}
	index := readIndex(t, filepath.Join(f.dir, "archive.wacz"))
	for path, data := range files {
		if got := index[srv.URL+path]; got.Digest != "sha256:"+sum(data) {
			t.Errorf("%s: got %+v in the archive", path, got)
		}
	}
}
