// Package bench measures what Pugmark costs, beside what Chromium alone costs
// for the same page. Everything is served on loopback.
//
//	go test -run '^$' -bench . -benchtime 3x ./bench
//
// As root the browser needs PUGMARK_TEST_NO_SANDBOX=1.
package bench

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pugmark/assets"
	"pugmark/capture"
	"pugmark/evidence"
)

func noSandbox() bool { return os.Getenv("PUGMARK_TEST_NO_SANDBOX") == "1" }

// pages are what the benchmarks open: a page of text, an ordinary listing with
// large photographs, and a tall page.
var pages = []struct {
	name, path string
	height     int // for plain Chromium, which must be told
}{
	{"text", "/tall?px=2000", 2000},
	{"listing", "/listing/4711", 6500},
	{"tall", "/tall?px=30000", 30_000},
}

// BenchmarkCold starts a browser for each page, as a person does who captures
// one.
func BenchmarkCold(b *testing.B) {
	srv := httptest.NewServer(assets.Sample())
	defer srv.Close()
	for _, page := range pages {
		b.Run("pugmark/"+page.name, func(b *testing.B) {
			v := vault(b)
			m := watch(b)
			for b.Loop() {
				browser := start(b)
				take(b, browser, v, srv.URL+page.path)
				browser.Close()
			}
			m.report(b)
		})
		b.Run("chromium/"+page.name, func(b *testing.B) {
			m := watch(b)
			for b.Loop() {
				plain(b, srv.URL+page.path, page.height)
			}
			m.report(b)
		})
	}
}

// BenchmarkWarm captures with one browser, so many pages at once.
func BenchmarkWarm(b *testing.B) {
	srv := httptest.NewServer(assets.Sample())
	defer srv.Close()
	for _, page := range pages[:2] {
		for _, at := range []int{1, 2, 4} {
			b.Run(fmt.Sprintf("pugmark/%s/%d", page.name, at), func(b *testing.B) {
				browser := start(b)
				defer browser.Close()
				v := vault(b)
				warm(b, at, func() { take(b, browser, v, srv.URL+page.path) })
			})
		}
		b.Run("chromium/"+page.name, func(b *testing.B) {
			warm(b, 1, func() { plain(b, srv.URL+page.path, page.height) })
		})
	}
}

// warm measures how many pages are done in a minute, n at once.
func warm(b *testing.B, n int, f func()) {
	m := watch(b)
	b.ResetTimer()
	together(b, n, f)
	m.report(b)
	b.ReportMetric(float64(b.N)/b.Elapsed().Minutes(), "pages/min")
}

// together runs f b.N times, n at once.
func together(b *testing.B, n int, f func()) {
	var left atomic.Int64
	left.Store(int64(b.N))
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				f()
			}
		})
	}
	wg.Wait()
}

func start(b *testing.B) *capture.Browser {
	browser, err := capture.Start(b.Context(), capture.Options{NoSandbox: noSandbox()})
	if err != nil {
		b.Fatal(err)
	}
	return browser
}

// take captures a page and seals it.
func take(b *testing.B, browser *capture.Browser, v *evidence.Vault, address string) {
	s, err := v.Stage(b.Context(), evidence.StageRequest{Case: "BENCH", Requested: address})
	if err != nil {
		b.Fatal(err)
	}
	a, err := browser.Capture(b.Context(), capture.Request{URL: address, Store: s, Scratch: s.Scratch()})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := s.Seal(b.Context(), a); err != nil {
		b.Fatal(err)
	}
	if a.Verdict != evidence.Complete {
		b.Errorf("%s: got verdict %q with %v", address, a.Verdict, a.Problems)
	}
}

// vault makes a vault. Stretching its passphrase takes 256 MiB, which are given
// back before anything is measured.
func vault(b *testing.B) *evidence.Vault {
	dir := filepath.Join(b.TempDir(), "vault")
	v, err := evidence.Create(b.Context(), dir, evidence.CreateOptions{Name: "bench", Operator: "bench", Passphrase: "bench"})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { v.Close() })
	if err := v.NewCase(b.Context(), evidence.Case{Ref: "BENCH", Title: "bench"}); err != nil {
		b.Fatal(err)
	}
	debug.FreeOSMemory()
	return v
}

// plain takes a screenshot with Chromium alone.
func plain(b *testing.B, address string, height int) {
	path, err := capture.FindBrowser("")
	if err != nil {
		b.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "pugmark-bench-")
	if err != nil {
		b.Fatal(err)
	}
	defer os.RemoveAll(dir)
	args := []string{"--headless", "--hide-scrollbars", "--disable-background-networking", "--user-data-dir=" + dir,
		"--screenshot=" + filepath.Join(dir, "page.png"), fmt.Sprintf("--window-size=1280,%d", height)}
	if noSandbox() {
		args = append(args, "--no-sandbox")
	}
	ctx, cancel := context.WithTimeout(b.Context(), time.Minute)
	defer cancel()
	if out, err := exec.CommandContext(ctx, path, append(args, address)...).CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	if _, err := os.Stat(filepath.Join(dir, "page.png")); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkLargeBody passes 500 MB through a page.
func BenchmarkLargeBody(b *testing.B) {
	const size = 500 << 20
	block := make([]byte, 64<<10)
	mux := http.NewServeMux()
	mux.HandleFunc("/large", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(size))
		for range size / len(block) {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	})
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, `<!doctype html><title>large</title><script>
			(async () => { const r = (await fetch("/large")).body.getReader(); while (!(await r.read()).done); })()</script>`)
	})
	srv := httptest.NewServer(mux)
	defer srv.Close()
	browser := start(b)
	defer browser.Close()
	v := vault(b)
	m := watch(b)
	b.SetBytes(size)
	for b.Loop() {
		s, err := v.Stage(b.Context(), evidence.StageRequest{Case: "BENCH", Requested: srv.URL})
		if err != nil {
			b.Fatal(err)
		}
		a, err := browser.Capture(b.Context(), capture.Request{URL: srv.URL, Store: s, Scratch: s.Scratch(),
			Limits: capture.Limits{Quiet: 10 * time.Minute}})
		if err != nil {
			b.Fatal(err)
		}
		if a.Archive.Bytes < size {
			b.Errorf("got %d bytes in the archive, want %d", a.Archive.Bytes, size)
		}
		s.Close()
	}
	m.report(b)
}
