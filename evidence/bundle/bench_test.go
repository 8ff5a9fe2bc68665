package bundle

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"testing"

	"pugmark/evidence"
)

// benchSize returns the size of the benchmarks' bundle: 2 GiB, or as many GiB as
// PUGMARK_BENCH_GIB says. It takes three times that of room for temporary files.
func benchSize(b *testing.B) int64 {
	text := os.Getenv("PUGMARK_BENCH_GIB")
	if text == "" {
		text = "2"
	}
	n, err := strconv.ParseInt(text, 10, 16)
	if err != nil {
		b.Fatal(err)
	}
	return n << 30
}

const benchCaptures = 8

// benchCase makes a case of some captures with one large item each.
func benchCase(b *testing.B, size int64) string {
	v, ref := sample.vault, fmt.Sprintf("B-%d", cases.Add(1))
	check(b, v.NewCase(b.Context(), evidence.Case{Ref: ref}))
	for range benchCaptures {
		s, err := v.Stage(b.Context(), evidence.StageRequest{Case: ref})
		if err != nil {
			b.Fatal(err)
		}
		w, err := s.Create("page.wacz", evidence.KindArchive, "application/wacz")
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.CopyN(w, zeros{}, size/benchCaptures); err != nil {
			b.Fatal(err)
		}
		check(b, w.Close())
		if _, err := s.Seal(b.Context(), &evidence.Acquisition{Verdict: evidence.Complete}); err != nil {
			b.Fatal(err)
		}
	}
	return ref
}

// benchBundle exports such a case.
func benchBundle(b *testing.B, size int64) string {
	path := filepath.Join(b.TempDir(), "x.zip")
	o := Options{Case: benchCase(b, size), Path: path}
	if _, err := Export(b.Context(), sample.vault, o, nil); err != nil {
		b.Fatal(err)
	}
	return path
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// BenchmarkExport writes the bundle, and verifies captures and bundle.
func BenchmarkExport(b *testing.B) {
	size := benchSize(b)
	ref, dir := benchCase(b, size), b.TempDir()
	b.SetBytes(size)
	for b.Loop() {
		path := filepath.Join(dir, "x.zip")
		if _, err := Export(b.Context(), sample.vault, Options{Case: ref, Path: path}, nil); err != nil {
			b.Fatal(err)
		}
		check(b, os.Remove(path))
	}
	reportPeak(b)
}

// reportPeak reports the most memory that Go had of the system so far. It never
// gives the address space back, so that this is the peak.
func reportPeak(b *testing.B) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.Sys)/(1<<20), "MiB-peak")
}

func BenchmarkVerify(b *testing.B) {
	size := benchSize(b)
	path := benchBundle(b, size)
	b.SetBytes(size)
	for b.Loop() {
		r, err := Verify(b.Context(), path, VerifyOptions{Trust: evidence.Trust{Keys: sample.vault.Keys()}}, nil)
		if err != nil || r.Outcome != evidence.Verified {
			b.Fatal(r, err)
		}
	}
	reportPeak(b)
}

// BenchmarkOpenSSL has as many processes of openssl as there are processors
// digest as many bytes between them.
func BenchmarkOpenSSL(b *testing.B) {
	size, n := benchSize(b), runtime.GOMAXPROCS(0)
	path := filepath.Join(b.TempDir(), "part")
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := io.CopyN(f, zeros{}, size/int64(n)); err != nil {
		b.Fatal(err)
	}
	check(b, f.Close())
	b.SetBytes(size)
	for b.Loop() {
		var wg sync.WaitGroup
		for range n {
			wg.Go(func() { check(b, exec.CommandContext(b.Context(), "openssl", "dgst", "-sha256", path).Run()) })
		}
		wg.Wait()
	}
}
