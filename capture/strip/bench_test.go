package strip

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

// A heapMeter discards what is written and notes how far the heap grew.
type heapMeter struct {
	start, peak uint64
	written     int64
}

func newHeapMeter() *heapMeter {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return &heapMeter{start: m.HeapAlloc, peak: m.HeapAlloc}
}

func (h *heapMeter) Write(p []byte) (int, error) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	h.peak = max(h.peak, m.HeapAlloc)
	h.written += int64(len(p))
	return len(p), nil
}

func (h *heapMeter) grown() uint64 { return h.peak - h.start }

// stack places the same strip again and again, overlapping by 16 rows.
func stack(strip []byte, rows, times int) []Source {
	strips := make([]Source, times)
	for i := range strips {
		strips[i] = Source{PNG: bytes.NewReader(strip), Y: i * (rows - 16)}
	}
	return strips
}

// TestJoinMemory joins a page of 100,000 rows, 144 MB of pixels. The memory for it
// is that for reading ahead and compressing, far less than one strip's 12 MB.
func TestJoinMemory(t *testing.T) {
	strips := stack(newPicture(480, 8192, 1).png(form{filters: []byte{filterUp}, data: 4096}), 8192, 13)
	meter := newHeapMeter()
	result, err := Join(t.Context(), meter, strips)
	if err != nil {
		t.Fatal(err)
	}
	if result.Height < 100_000 || meter.written < 10<<20 {
		t.Fatalf("got a picture of %d rows in %d bytes, want a large one", result.Height, meter.written)
	}
	if meter.grown() > 8<<20 {
		t.Errorf("the heap grew by %d bytes, want at most 8 MiB", meter.grown())
	}
}

func BenchmarkJoin(b *testing.B) {
	b.Run("page", func(b *testing.B) {
		benchmarkJoin(b, screenshot(b, 1440, 8000), 8000)
	})
	b.Run("synthetic", func(b *testing.B) {
		benchmarkJoin(b, newPicture(1440, 8000, 1).png(plain), 8000)
	})
	b.Run("synthetic RGBA", func(b *testing.B) {
		f := plain
		f.alpha = true
		benchmarkJoin(b, newPicture(1440, 8000, 1).png(f), 8000)
	})
}

// benchmarkJoin joins four strips and reports, beside speed in bytes of pixels,
// the joined size against the strips' and the growth of the heap.
func benchmarkJoin(b *testing.B, strip []byte, rows int) {
	const times = 4
	meter := newHeapMeter()
	result, err := Join(b.Context(), meter, stack(strip, rows, times))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := Join(b.Context(), io.Discard, stack(strip, rows, times)); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(result.Width * result.Height * rgb))
	b.ReportMetric(float64(meter.written)/1e6, "MB-out")
	b.ReportMetric(float64(meter.written)/float64(times*len(strip))*100, "%-of-strips")
	b.ReportMetric(float64(meter.grown())/(1<<20), "MiB-heap")
}

// screenshot is Chromium's picture of testdata/page.html with large photographs.
func screenshot(b *testing.B, width, height int) []byte {
	b.Helper()
	page, err := filepath.Abs("testdata/page.html")
	if err != nil {
		b.Fatal(err)
	}
	address := url.URL{Scheme: "file", Path: page, RawQuery: "cards=20&photo=700"}
	out := filepath.Join(b.TempDir(), "page.png")
	ctx, cancel := context.WithTimeout(b.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "chromium", "--headless", "--no-sandbox", "--hide-scrollbars",
		"--user-data-dir="+b.TempDir(), "--screenshot="+out,
		fmt.Sprintf("--window-size=%d,%d", width, height), address.String())
	if log, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("chromium: %v\n%s", err, log)
	}
	file, err := os.ReadFile(out)
	if err != nil {
		b.Fatal(err)
	}
	return file
}
