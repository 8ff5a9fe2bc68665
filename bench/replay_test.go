package bench

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"pugmark/capture"
	"pugmark/capture/replay"
	"pugmark/capture/warc"
	"pugmark/evidence"
)

// What a replayed page has to have in common with the original picture, in
// percent of the pixels, as the median of all pages.
const (
	wantStatic   = 99
	wantScripted = 95
)

// scripted is how many bytes of scripts make a page script-heavy.
const scripted = 100_000

// BenchmarkReplay captures pages that others wrote, takes their servers away,
// replays each from its archive, and compares it with the picture that the capture
// took; the same with wabac, the public tool that ReplayWeb.page is made of, in the
// same browser. PUGMARK_BENCH_ONLY names the packages to take; PUGMARK_BENCH_KEEP a new
// folder for the archives and the pictures, those of the differences among them.
//
//	scripts/setup-bench
//	scripts/setup-node
//	go test -run '^$' -bench 'Replay$' -benchtime 1x -timeout 2h ./bench
func BenchmarkReplay(b *testing.B) {
	browser := start(b)
	defer browser.Close()
	keep := os.Getenv("PUGMARK_BENCH_KEEP")
	if keep == "" {
		keep = b.TempDir()
	}
	var results []replayed
	b.ResetTimer()
	for b.Loop() {
		for _, p := range foreignPages(b) {
			if only := os.Getenv("PUGMARK_BENCH_ONLY"); only != "" && !strings.Contains(","+only+",", ","+p.name+",") {
				continue
			}
			r, err := replayPage(b, browser, p, filepath.Join(keep, strings.ReplaceAll(p.name+"_"+p.path, "/", "_")))
			if err != nil {
				fmt.Printf("NOT COMPARED  %s/%s: %v\n", p.name, p.path, err)
				continue
			}
			r.print(os.Stdout, p)
			results = append(results, r)
		}
	}
	for _, kind := range []struct {
		name     string
		scripted bool
		want     float64
	}{{"static", false, wantStatic}, {"scripted", true, wantScripted}} {
		var ours, theirs []float64
		for _, r := range results {
			if (r.scripts >= scripted) == kind.scripted {
				ours, theirs = append(ours, r.Share()), append(theirs, r.wabac.Share())
			}
		}
		if len(ours) == 0 {
			continue
		}
		fmt.Printf("%s, %d pages: ours %s; wabac %s; wabac is better on %d\n",
			kind.name, len(ours), summary(ours, kind.want), summary(theirs, kind.want), better(theirs, ours))
		b.ReportMetric(percent(reached(ours, kind.want), len(ours)), kind.name+"-reached-%")
		b.ReportMetric(percent(reached(theirs, kind.want), len(theirs)), kind.name+"-wabac-reached-%")
	}
}

// summary says how many shares reach what is wanted, what is in their middle, and
// which is the least.
func summary(shares []float64, want float64) string {
	sorted := slices.Sorted(slices.Values(shares))
	middle := (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
	return fmt.Sprintf("%d with %v%% identical pixels, median %.3f%%, least %.3f%%", reached(shares, want), want, middle, sorted[0])
}

func reached(shares []float64, want float64) (n int) {
	for _, share := range shares {
		if share >= want {
			n++
		}
	}
	return n
}

// clearly is by how many percent of the pixels one picture is better than another;
// what is less is a caret that blinks.
const clearly = 0.01

// better counts those of a that are clearly better than their fellow in b.
func better(a, b []float64) (n int) {
	for i := range a {
		if a[i] > b[i]+clearly {
			n++
		}
	}
	return n
}

// replayed is what became of one page.
type replayed struct {
	*replay.Comparison
	wabac   *replay.Comparison
	scripts int64 // bytes
}

// replayPage captures a page into a folder, and replays it when its servers are
// gone. The error says why the two could not be compared.
func replayPage(b *testing.B, browser *capture.Browser, p foreignPage, dir string) (replayed, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		b.Fatal(err)
	}
	m := captureInto(b, browser, p, dir)
	a, err := replay.OpenCapture(b.Context(), os.DirFS(dir), m)
	if err != nil {
		return replayed{}, err
	}
	defer a.Close()
	diff, err := os.Create(filepath.Join(dir, "difference.png"))
	if err != nil {
		b.Fatal(err)
	}
	defer diff.Close()
	c, err := replay.Compare(b.Context(), a, replay.Options{Browser: capture.Options{NoSandbox: noSandbox()}}, diff)
	if err != nil {
		return replayed{}, err
	}
	other, err := drawWithWabac(b, browser, a, dir)
	if err != nil {
		return replayed{}, fmt.Errorf("drawing with wabac: %w", err)
	}
	return replayed{c, other, scriptBytes(b, filepath.Join(dir, "archive.wacz"))}, nil
}

// captureInto captures a page into a folder while its servers are up.
func captureInto(b *testing.B, browser *capture.Browser, p foreignPage, dir string) *evidence.Manifest {
	site := newSite(p.dir)
	defer site.close()
	s := &itemFolder{dir: dir}
	a, err := browser.Capture(b.Context(), capture.Request{URL: site.first.URL + "/" + p.path, Store: s, Scratch: b.TempDir()})
	if err != nil {
		b.Fatalf("%s/%s: %v", p.name, p.path, err)
	}
	return &evidence.Manifest{Acquisition: *a, Items: s.items}
}

// itemFolder is a [capture.Store] in a folder.
type itemFolder struct {
	dir   string
	mu    sync.Mutex
	items []evidence.Item // guarded by mu
}

// Create implements [evidence.ItemStore].
func (f *itemFolder) Create(path string, kind evidence.Kind, mediaType string) (io.WriteCloser, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.items = append(f.items, evidence.Item{Path: path, Kind: kind, MediaType: mediaType})
	name := filepath.Join(f.dir, path)
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return nil, err
	}
	return os.Create(name)
}

// Open implements [capture.Store].
func (f *itemFolder) Open(path string) (io.ReadCloser, error) {
	return os.Open(filepath.Join(f.dir, path))
}

// scriptBytes returns how large the scripts in an archive are.
func scriptBytes(b *testing.B, path string) (n int64) {
	f, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		b.Fatal(err)
	}
	r, err := warc.OpenReader(b.Context(), path, f, info.Size())
	if err != nil {
		b.Fatal(err)
	}
	for _, rec := range r.Records() {
		if !strings.Contains(rec.MIME, "javascript") || rec.Status != 200 {
			continue
		}
		if s, err := r.Open(rec); err == nil {
			n += s.Length
		}
	}
	return n
}

func (r replayed) print(w io.Writer, p foreignPage) {
	kind := "static"
	if r.scripts >= scripted {
		kind = "scripted"
	}
	fmt.Fprintf(w, "%7.3f%% identical, %7.3f%% nearly, wabac %7.3f%%, %7.3f%%  %-8s %7d bytes of scripts  %d requests, %d fuzzy, %d absent  %s/%s\n",
		r.Share(), r.NearShare(), r.wabac.Share(), r.wabac.NearShare(), kind, r.scripts,
		r.Summary.Requests, r.Summary.Fuzzy, r.Summary.Absent, p.name, p.path)
	if r.Original != r.Replayed {
		fmt.Fprintf(w, "\t%dx%d became %dx%d\n", r.Original.Width, r.Original.Height, r.Replayed.Width, r.Replayed.Height)
	}
	if o := r.wabac; o.Original != o.Replayed {
		fmt.Fprintf(w, "\t%dx%d became %dx%d in wabac\n", o.Original.Width, o.Original.Height, o.Replayed.Width, o.Replayed.Height)
	}
	for _, problem := range r.Problems {
		fmt.Fprintf(w, "\t%s: %s\n", problem.Code, problem.Detail)
	}
	for _, problem := range r.wabac.Problems {
		fmt.Fprintf(w, "\twabac: %s: %s\n", problem.Code, problem.Detail)
	}
	for _, address := range r.Summary.Missing {
		fmt.Fprintf(w, "\tnot in the archive: %s\n", address)
	}
}
