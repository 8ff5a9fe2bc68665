package bench

import (
	"io"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"testing"

	"pugmark/assets"
	"pugmark/evidence"
	"pugmark/review"
	"pugmark/review/report"
)

// reported is how many captures the report has.
const reported = 100

// BenchmarkReport makes a report of captures of an ordinary listing with large
// photographs: one is captured, and the others are copies of it, with all files.
func BenchmarkReport(b *testing.B) {
	srv := httptest.NewServer(assets.Sample())
	defer srv.Close()
	v := vault(b)
	browser := start(b)
	take(b, browser, v, srv.URL+"/listing/4711")
	browser.Close()
	l := review.OfVault(v)
	defer l.Close()
	for range reported - 1 {
		again(b, v, reportedCase(b, l).Captures[0])
	}
	c := reportedCase(b, l)
	dir, n := b.TempDir(), 0
	m := watch(b)
	var res *report.Result
	for b.Loop() {
		n++
		browser := start(b)
		var err error
		if res, err = report.Make(b.Context(), browser, l, c, report.Options{Path: filepath.Join(dir, strconv.Itoa(n)+".pdf")}); err != nil {
			b.Fatal(err)
		}
		browser.Close()
	}
	m.report(b)
	b.ReportMetric(float64(res.Pages), "pages")
	b.ReportMetric(float64(res.Bytes)/(1<<20), "PDF-MiB")
}

func reportedCase(b *testing.B, l *review.Library) *review.Case {
	c, err := l.Case(b.Context(), "BENCH")
	if err != nil {
		b.Fatal(err)
	}
	return c
}

// again seals the items of a capture as another one.
func again(b *testing.B, v *evidence.Vault, x *review.Capture) {
	m, err := x.Manifest()
	if err != nil {
		b.Fatal(err)
	}
	s, err := v.Stage(b.Context(), evidence.StageRequest{Case: "BENCH", Requested: x.Requested})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	for _, it := range m.Items {
		if err := copyItem(s, x, it); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := s.Seal(b.Context(), &m.Acquisition); err != nil {
		b.Fatal(err)
	}
}

func copyItem(s *evidence.Staging, x *review.Capture, it evidence.Item) error {
	f, err := x.Open(it)
	if err != nil {
		return err
	}
	defer f.Close()
	w, err := s.Create(it.Path, it.Kind, it.MediaType)
	if err != nil {
		return err
	}
	if _, err := io.Copy(w, f); err != nil {
		return err
	}
	return w.Close()
}
