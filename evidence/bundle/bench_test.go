package bundle

import (
	"crypto/sha256"
	"io"
	"os"
	"path/filepath"
	"testing"

	"pugmark/evidence"
)

const benchSize = 256 << 20

// benchBundle makes a bundle with one large item.
func benchBundle(b *testing.B) string {
	v, ref := sample.vault, newCase(b)
	s, err := v.Stage(b.Context(), evidence.StageRequest{Case: ref})
	if err != nil {
		b.Fatal(err)
	}
	w, err := s.Create("page.wacz", evidence.KindArchive, "application/wacz")
	if err != nil {
		b.Fatal(err)
	}
	if _, err := io.CopyN(w, zeros{}, benchSize); err != nil {
		b.Fatal(err)
	}
	check(b, w.Close())
	if _, err := s.Seal(b.Context(), &evidence.Acquisition{Verdict: evidence.Complete}); err != nil {
		b.Fatal(err)
	}
	path := filepath.Join(b.TempDir(), "x.zip")
	if _, err := Export(b.Context(), v, Options{Case: ref, Path: path}, nil); err != nil {
		b.Fatal(err)
	}
	return path
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func BenchmarkVerify(b *testing.B) {
	path := benchBundle(b)
	b.SetBytes(benchSize)
	b.ReportAllocs()
	for b.Loop() {
		r, err := Verify(b.Context(), path, VerifyOptions{Trust: evidence.Trust{Keys: sample.vault.Keys()}}, nil)
		if err != nil || r.Outcome != evidence.Verified {
			b.Fatal(r, err)
		}
	}
}

// BenchmarkSHA256 only hashes the same file.
func BenchmarkSHA256(b *testing.B) {
	path := benchBundle(b)
	b.SetBytes(benchSize)
	for b.Loop() {
		f, err := os.Open(path)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(sha256.New(), f); err != nil {
			b.Fatal(err)
		}
		check(b, f.Close())
	}
}
