package evidence

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Captures, items and bytes of the vault that is verified.
const (
	benchCaptures = 8
	benchItem     = 8 << 20
	benchItems    = 4
)

func benchVault(b *testing.B) *Vault {
	v := newVault(b)
	content := make([]byte, benchItem)
	for i := range benchCaptures {
		s, err := v.Stage(b.Context(), StageRequest{Case: "OP-1"})
		if err != nil {
			b.Fatal(err)
		}
		for j := range benchItems {
			content[0], content[1] = byte(i), byte(j)
			check(b, write(s, fmt.Sprintf("%d.bin", j), string(content)))
		}
		if _, err := s.Seal(b.Context(), acquisition("https://example.org")); err != nil {
			b.Fatal(err)
		}
	}
	return v
}

// BenchmarkVerify verifies a vault. GOMAXPROCS=1 tells what one processor does.
func BenchmarkVerify(b *testing.B) {
	v := benchVault(b)
	b.SetBytes(benchCaptures * benchItems * benchItem)
	b.ReportAllocs()
	for b.Loop() {
		if r := verify(b, v); r.Outcome != Verified {
			b.Fatal(r)
		}
	}
}

// BenchmarkSHA256 only hashes the same files, one after the other and on all
// processors.
func BenchmarkSHA256(b *testing.B) {
	v := benchVault(b)
	var files []string
	check(b, filepath.WalkDir(filepath.Join(v.Dir(), casesDir), func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			files = append(files, path)
		}
		return err
	}))
	for _, at := range []struct {
		name string
		n    int
	}{{"one", 1}, {"all", cap(hashing)}} {
		b.Run(at.name, func(b *testing.B) {
			b.SetBytes(benchCaptures * benchItems * benchItem)
			for b.Loop() {
				next := make(chan string, len(files))
				for _, f := range files {
					next <- f
				}
				close(next)
				check(b, hashAll(b.Context(), at.n, next))
			}
		})
	}
}

// hashAll hashes files on some processors.
func hashAll(ctx context.Context, n int, files <-chan string) error {
	return inParallel(ctx, n, func(context.Context, int) error {
		for path := range files {
			f, err := os.Open(path)
			if err != nil {
				return err
			}
			_, err = io.Copy(sha256.New(), f)
			if err := errors.Join(err, f.Close()); err != nil {
				return err
			}
		}
		return nil
	})
}

// BenchmarkUpdateSearch makes the search index of captures with pages of 20 KB of
// text.
func BenchmarkUpdateSearch(b *testing.B) {
	const captures = 100
	v := newVault(b)
	text := strings.Repeat("old ivory bangle 旧藏象牙手镯, from a family cabinet\n", 350)
	for i := range captures {
		sealSaying(b, v, fmt.Sprintf("https://example.org/%d", i), "bangle", text, testListing)
	}
	for b.Loop() {
		check(b, v.RebuildSearch(b.Context(), nil))
	}
	b.ReportMetric(b.Elapsed().Seconds()*1000/float64(b.N)/captures, "ms/capture")
}
