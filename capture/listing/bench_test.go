package listing

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"pugmark/evidence/canon"
)

// BenchmarkSample reads the sample listing with its photographs.
func BenchmarkSample(b *testing.B) {
	page := samplePage(b)
	document, _ := io.ReadAll(page.Document)
	for b.Loop() {
		page.Document = bytes.NewReader(document)
		measure(b, page)
	}
}

// BenchmarkPhotographs reads a page of 200 photographs of 10 megapixels, which
// share one body but not a digest.
func BenchmarkPhotographs(b *testing.B) {
	var body bytes.Buffer
	m := image.NewYCbCr(image.Rect(0, 0, 3872, 2592), image.YCbCrSubsampleRatio420)
	for i := range m.Y {
		m.Y[i] = byte(i * i >> 7)
	}
	if err := jpeg.Encode(&body, m, nil); err != nil {
		b.Fatal(err)
	}
	page := Page{Address: "https://shop.example/a"}
	for i := range 200 {
		page.Images = append(page.Images, Image{
			Address: fmt.Sprint("https://shop.example/", i, ".jpg"), Width: 600, Height: 400, Digest: canon.Sum([]byte{byte(i)}),
			Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body.Bytes())), nil },
		})
	}
	b.ResetTimer()
	for b.Loop() {
		measure(b, page)
	}
}

// BenchmarkHostilePages reads the pages of [TestHostilePages].
func BenchmarkHostilePages(b *testing.B) {
	for _, tt := range hostilePages {
		b.Run(strings.ReplaceAll(tt.name, " ", "_"), func(b *testing.B) {
			for b.Loop() {
				measure(b, Page{Address: "https://shop.example/a", Document: endless(tt.start, tt.again, tt.size)})
			}
		})
	}
	bomb := formattingBomb()
	b.Run("formatting_bomb", func(b *testing.B) {
		for b.Loop() {
			measure(b, Page{Address: "https://shop.example/a", Document: strings.NewReader(bomb)})
		}
	})
}

// measure reads a page, and reports by how many MiB the heap grew at most,
// garbage included.
func measure(b *testing.B, page Page) {
	grown := watchHeap()
	if _, err := Extract(b.Context(), page); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(grown())/(1<<20), "heap-MiB")
}

// watchHeap returns a function that tells by how much the heap had grown at
// most.
func watchHeap() func() int64 {
	runtime.GC()
	before, most := heap(), int64(0)
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			most = max(most, heap()-before)
			select {
			case <-stop:
				return
			case <-tick.C:
			}
		}
	}()
	return func() int64 {
		close(stop)
		<-stopped
		return most
	}
}

func heap() int64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
