package bench

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"pugmark/bench/vaultgen"
	"pugmark/evidence"
	"pugmark/evidence/bundle"
	"pugmark/evidence/search"
	"pugmark/review"
)

// Measures of the bundle that is reviewed.
const (
	bundleCaptures = 500
	bundleArchives = 5       // captures with a large item besides
	bundleArchive  = 1 << 30 // bytes of that
)

// largeBundle is the bundle that PUGMARK_BENCH_BUNDLE names, which is made if it isn't
// there, else one that is made for this: of 5 GiB, with three times that of room for
// temporary files.
func largeBundle(b *testing.B) string {
	path := os.Getenv("PUGMARK_BENCH_BUNDLE")
	if path == "" {
		path = filepath.Join(b.TempDir(), "large.pugmark.zip")
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return path
	}
	v, err := evidence.Create(b.Context(), filepath.Join(b.TempDir(), "vault"), evidence.CreateOptions{Name: "bench", Operator: "bench", Passphrase: "bench"})
	if err != nil {
		b.Fatal(err)
	}
	defer v.Close()
	err = vaultgen.Fill(b.Context(), v, vaultgen.Options{Captures: bundleCaptures, Cases: 1, Workers: 4})
	for range bundleArchives {
		err = errors.Join(err, sealArchive(b.Context(), v))
	}
	if err == nil {
		_, err = bundle.Export(b.Context(), v, bundle.Options{Case: vaultgen.Ref(0), Path: path}, nil)
	}
	if err != nil {
		b.Fatal(err)
	}
	return path
}

// sealArchive makes a capture with an archive of zeros.
func sealArchive(ctx context.Context, v *evidence.Vault) error {
	s, err := v.Stage(ctx, evidence.StageRequest{Case: vaultgen.Ref(0)})
	if err != nil {
		return err
	}
	w, err := s.Create("page.wacz", evidence.KindArchive, "application/wacz")
	if err != nil {
		return err
	}
	if _, err := io.CopyN(w, zeros{}, bundleArchive); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	_, err = s.Seal(ctx, &evidence.Acquisition{Verdict: evidence.Complete})
	return err
}

// zeros reads zeros without end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// BenchmarkReview reviews a large bundle straight from its file.
func BenchmarkReview(b *testing.B) {
	path := largeBundle(b)
	fi, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("%s: %.1f GiB", path, float64(fi.Size())/(1<<30))
	b.Run("open+list", func(b *testing.B) {
		b.ReportAllocs()
		before, held := heap(), int64(0)
		for b.Loop() {
			l, c := openBundle(b, path)
			held = heap() - before
			b.ReportMetric(float64(len(c.Captures)), "captures")
			if err := l.Close(); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(held)/(1<<20), "held-MiB")
	})
	b.Run("open+records", func(b *testing.B) {
		for b.Loop() {
			l, c := openBundle(b, path)
			if _, err := c.Captures[0].Manifest(); err != nil {
				b.Fatal(err)
			}
			if err := l.Close(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("open+search", func(b *testing.B) {
		for b.Loop() {
			l, _ := openBundle(b, path)
			if _, err := l.Search(b.Context(), search.Query{Words: "象牙"}, nil); err != nil {
				b.Fatal(err)
			}
			if err := l.Close(); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func openBundle(b *testing.B, path string) (*review.Library, *review.Case) {
	r, err := bundle.OpenReader(b.Context(), path)
	if err != nil {
		b.Fatal(err)
	}
	l := review.OfBundle(r, path)
	c, err := l.Case(b.Context(), vaultgen.Ref(0))
	if err != nil {
		b.Fatal(err)
	}
	return l, c
}
