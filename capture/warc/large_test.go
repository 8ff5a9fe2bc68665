package warc

import (
	"io"
	"math/rand/v2"
	"runtime/metrics"
	"testing"
)

// largeBody is a body that can't be compressed and isn't held anywhere. While
// it is read it watches the heap.
type largeBody struct {
	size, at int64
	random   *rand.ChaCha8
	peak     uint64
}

func (b *largeBody) Seek(_ int64, whence int) (int64, error) {
	if whence == io.SeekEnd {
		return b.size, nil
	}
	b.at, b.random = 0, rand.NewChaCha8([32]byte{})
	return 0, nil
}

func (b *largeBody) Read(p []byte) (int, error) {
	if b.at == b.size {
		return 0, io.EOF
	}
	n, _ := b.random.Read(p[:min(int64(len(p)), b.size-b.at)])
	b.at += int64(n)
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	b.peak = max(b.peak, sample[0].Value.Uint64())
	return n, nil
}

// archiveLarge archives a body and returns the most that the heap held.
func archiveLarge(tb testing.TB, size int64) uint64 {
	tb.Helper()
	a, err := Create(io.Discard, options)
	if err != nil {
		tb.Fatal(err)
	}
	b := &largeBody{size: size}
	q := Request{URL: "https://video.example/1.mp4", Method: "GET", Started: started}
	if err := a.Write(q, Response{Status: 200, Body: b}, nil); err != nil {
		tb.Fatal(err)
	}
	stats, err := a.Close(page)
	if err != nil {
		tb.Fatal(err)
	}
	if stats.Bytes != size {
		tb.Errorf("got %d bytes, want %d", stats.Bytes, size)
	}
	return b.peak
}

// TestLargeBody holds the heap to a bound that is a fraction of the body.
func TestLargeBody(t *testing.T) {
	const size, most = 300 << 20, 32 << 20
	if peak := archiveLarge(t, size); peak > most {
		t.Errorf("archiving %d bytes held %d on the heap, want at most %d", size, peak, most)
	}
}

func BenchmarkLargeBody(b *testing.B) {
	const size = 300 << 20
	b.SetBytes(size)
	var peak uint64
	for b.Loop() {
		peak = max(peak, archiveLarge(b, size))
	}
	b.ReportMetric(float64(peak)/(1<<20), "MiB-peak-heap")
}
