package bench

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"pugmark/bench/vaultgen"
	"pugmark/evidence"
)

// made is how many captures a vault gets that is made for the benchmark.
const made = 1000

// largeVault is the folder of the vault that PUGMARK_BENCH_VAULT names, as
// bench/genvault makes one, else of a smaller one that is made for this.
func largeVault(b *testing.B) string {
	if dir := os.Getenv("PUGMARK_BENCH_VAULT"); dir != "" {
		return dir
	}
	dir := filepath.Join(b.TempDir(), "vault")
	v, err := evidence.Create(b.Context(), dir, evidence.CreateOptions{Name: "bench", Operator: "bench", Passphrase: "bench"})
	if err == nil {
		err = vaultgen.Fill(b.Context(), v, vaultgen.Options{Captures: made, Cases: 1, Workers: 8})
	}
	if err == nil {
		err = v.Close()
	}
	if err != nil {
		b.Fatal(err)
	}
	return dir
}

// BenchmarkVault reads a large vault as the window does when it opens.
func BenchmarkVault(b *testing.B) {
	dir := largeVault(b)
	b.Run("open+cases+captures", func(b *testing.B) {
		b.ReportAllocs()
		var found []evidence.Capture
		for b.Loop() {
			v := openVault(b, dir)
			found = captures(b, v, largest(b, v))
			if err := v.Close(); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(len(found)), "captures")
	})
	b.Run("captures", func(b *testing.B) {
		v := openVault(b, dir)
		defer v.Close()
		ref := largest(b, v)
		before := heap()
		found := captures(b, v, ref)
		held := heap() - before
		b.ReportAllocs()
		for b.Loop() {
			found = captures(b, v, ref)
		}
		b.ReportMetric(float64(len(found)), "captures")
		b.ReportMetric(float64(held)/(1<<20), "held-MiB")
		b.ReportMetric(float64(proportional(os.Getpid()))/(1<<20), "own-MiB")
	})
	b.Run("captures of all cases", func(b *testing.B) {
		v := openVault(b, dir)
		defer v.Close()
		var found []evidence.Capture
		for b.Loop() {
			found = captures(b, v, "")
		}
		b.ReportMetric(float64(len(found)), "captures")
	})
	b.Run("verify", func(b *testing.B) {
		v := openVault(b, dir)
		defer v.Close()
		for b.Loop() {
			if r, err := v.Verify(b.Context(), nil); err != nil || r.Outcome != evidence.Verified {
				b.Fatalf("got %+v, %v", r, err)
			}
		}
		b.ReportMetric(float64(proportional(os.Getpid()))/(1<<20), "own-MiB")
	})
}

// heap is what this process holds that is in use, in bytes.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func openVault(b *testing.B, dir string) *evidence.Vault {
	v, err := evidence.OpenReadOnly(b.Context(), dir)
	if err != nil {
		b.Fatal(err)
	}
	return v
}

// largest returns the case with the most captures.
func largest(b *testing.B, v *evidence.Vault) string {
	cases, err := v.Cases(b.Context())
	if err != nil || len(cases) == 0 {
		b.Fatalf("got cases %v, %v", cases, err)
	}
	return slices.MaxFunc(cases, func(x, y evidence.Case) int { return x.Captures - y.Captures }).Ref
}

func captures(b *testing.B, v *evidence.Vault, ref string) []evidence.Capture {
	found, err := v.Captures(b.Context(), ref)
	if err != nil {
		b.Fatal(err)
	}
	return found
}
