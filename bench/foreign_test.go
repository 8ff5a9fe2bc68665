package bench

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"pugmark/capture"
	"pugmark/evidence"
)

// wantShare is how much of what the servers sent has to be in the archives, in
// percent.
const wantShare = 99

// BenchmarkForeign captures pages that others wrote, and holds each archive
// against what the page's server sent: the address, the status and the SHA-256
// of the body before compression.
//
// A response that the browser broke off counts for neither side, and is shown.
//
//	scripts/setup-bench
//	go test -run '^$' -bench Foreign -benchtime 1x ./bench
func BenchmarkForeign(b *testing.B) {
	pages := foreignPages(b)
	browser := start(b)
	defer browser.Close()
	v := vault(b)
	var sent, found, complete, taken int
	b.ResetTimer()
	for b.Loop() {
		for _, p := range pages {
			t := tally(b, browser, v, p)
			t.print(os.Stdout, p)
			sent, found, taken = sent+t.sent, found+t.sent-len(t.missing), taken+1
			if t.result.Verdict == evidence.Complete {
				complete++
			}
		}
	}
	share, whole := percent(found, sent), percent(complete, taken)
	pace := float64(taken) / b.Elapsed().Minutes()
	// A benchmark that fails doesn't show its metrics.
	fmt.Printf("%d responses of %d in the archives (%.2f%%), %d verdicts of %d complete (%.0f%%), %.1f pages/min\n",
		found, sent, share, complete, taken, whole, pace)
	b.ReportMetric(share, "archived-%")
	b.ReportMetric(whole, "complete-%")
	b.ReportMetric(pace, "pages/min")
	if share < wantShare {
		b.Errorf("got %.2f%% of the responses in the archives, want %d%%", share, wantShare)
	}
}

func percent(part, whole int) float64 { return 100 * float64(part) / float64(whole) }

// foreignResult is what became of one page.
type foreignResult struct {
	result  *evidence.Acquisition
	sent    int
	missing []answer
	cut     []answer
}

func tally(b *testing.B, browser *capture.Browser, v *evidence.Vault, p foreignPage) foreignResult {
	site := newSite(p.dir)
	defer site.close()
	s, err := v.Stage(b.Context(), evidence.StageRequest{Case: "BENCH", Requested: site.first.URL})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	a, err := browser.Capture(b.Context(), capture.Request{URL: site.first.URL + "/" + p.path, Store: s, Scratch: s.Scratch()})
	if err != nil {
		b.Fatalf("%s/%s: %v", p.name, p.path, err)
	}
	archived := archivedAnswers(b, s)
	site.mu.Lock()
	defer site.mu.Unlock()
	t := foreignResult{result: a, sent: len(site.sent), cut: site.cut}
	for _, got := range site.sent {
		if archived[got]--; archived[got] < 0 {
			t.missing = append(t.missing, got)
		}
	}
	return t
}

// archivedAnswers reads the archive's index: how often it has each answer.
func archivedAnswers(b *testing.B, s *evidence.Staging) map[answer]int {
	f, err := s.Open("archive.wacz")
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	if err != nil {
		b.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		b.Fatal(err)
	}
	index, err := z.Open("indexes/index.cdx")
	if err != nil {
		b.Fatal(err)
	}
	defer index.Close()
	out := make(map[answer]int)
	lines := bufio.NewScanner(index)
	lines.Buffer(nil, 8<<20)
	for lines.Scan() {
		var e struct{ URL, Status, Digest string }
		_, object, _ := strings.Cut(lines.Text(), "{")
		if err := json.Unmarshal([]byte("{"+object), &e); err != nil {
			b.Fatal(err)
		}
		out[newAnswer(e.URL, e.Status, e.Digest)]++
	}
	if err := lines.Err(); err != nil {
		b.Fatal(err)
	}
	return out
}

func (t foreignResult) print(w io.Writer, p foreignPage) {
	fmt.Fprintf(w, "%4d of %4d  %-8s %s/%s\n", t.sent-len(t.missing), t.sent, t.result.Verdict, p.name, p.path)
	for _, a := range t.missing {
		fmt.Fprintf(w, "\tmissing %s %s %s\n", a.status, a.url, a.digest)
	}
	for _, a := range t.cut {
		fmt.Fprintf(w, "\tbroken off %s %s\n", a.status, a.url)
	}
	for _, problem := range t.result.Problems {
		fmt.Fprintf(w, "\t%s: %s %s\n", problem.Code, problem.Detail, problem.URL)
	}
}
