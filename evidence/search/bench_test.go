package search

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// benchDocuments is how many captures the vault of the benchmark has, and benchWords
// how many words each.
const (
	benchDocuments = 100_000
	benchWords     = 300
	benchBatch     = 500
)

// tongue makes texts of a language: words of its letters, some far more often than
// others, as in any language.
type tongue struct {
	words []string
	space string
	zipf  *rand.Zipf
}

// newTongue makes a vocabulary. The first words are those that queries ask for, one
// in each few hundred texts.
func newTongue(r *rand.Rand, from, to rune, shortest, longest, size int, space string, known ...string) *tongue {
	t := &tongue{space: space, zipf: rand.NewZipf(r, 1.1, 3, uint64(size-1))}
	for range size {
		word := make([]rune, shortest+r.IntN(longest-shortest+1))
		for i := range word {
			word[i] = from + rune(min(r.ExpFloat64()*float64(to-from)/5, float64(to-from)))
		}
		t.words = append(t.words, string(word))
	}
	for i, w := range known {
		t.words[20*(i+1)] = w
	}
	return t
}

func (t *tongue) text(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(t.words[t.zipf.Uint64()])
		if b.WriteString(t.space); i%12 == 11 {
			b.WriteString(". ")
		}
	}
	return b.String()
}

func benchTongues(r *rand.Rand) []*tongue {
	return []*tongue{
		newTongue(r, 'a', 'z', 2, 9, 20_000, " ", "ivory", "tusk", "bangle", "seller"),
		newTongue(r, 0x4e00, 0x5fff, 1, 3, 12_000, "", "象牙", "手镯", "犀牛角", "出售"),
		newTongue(r, 'а', 'я', 2, 10, 20_000, " ", "слоновая", "бивень"),
		newTongue(r, 0x0e01, 0x0e2e, 2, 6, 10_000, "", "งาช้าง", "กำไล"),
		newTongue(r, 0x3041, 0x3093, 1, 5, 12_000, "", "象牙", "印鑑"),
		newTongue(r, 0xac00, 0xb000, 2, 4, 12_000, " ", "상아", "팔찌"),
	}
}

// fillBench makes the index of a vault, and says how long that took and how large it
// is.
func fillBench(b *testing.B, x *Index, path string) {
	r := rand.New(rand.NewPCG(1, 2))
	all := benchTongues(r)
	sealed := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	start := time.Now()
	for first := 0; first < benchDocuments; first += benchBatch {
		err := x.Update(b.Context(), func(batch *Batch) error {
			for seq := first; seq < first+benchBatch; seq++ {
				if err := batch.Put(b.Context(), benchDocument(r, all[seq%len(all)], seq, sealed)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	took := time.Since(start)
	var size int64
	for _, suffix := range []string{"", "-wal"} {
		fi, err := os.Stat(path + suffix)
		if err != nil {
			b.Fatal(err)
		}
		size += fi.Size()
	}
	fmt.Printf("%d captures: %v to index, %d MB\n", benchDocuments, took.Round(time.Second), size>>20)
}

func benchDocument(r *rand.Rand, t *tongue, seq int, sealed time.Time) Document {
	host := fmt.Sprintf("www.shop%d.example", r.IntN(200))
	d := Document{
		Seq: int64(seq), ID: fmt.Sprint(seq), Sealed: sealed.Add(time.Duration(seq) * time.Minute),
		Case: fmt.Sprintf("OP-%d", r.IntN(40)), Hosts: []string{host}, Verdict: "complete",
		Texts: map[Field]string{
			Title: t.text(8), Seller: t.text(2), Facts: t.text(30), Text: t.text(benchWords),
			Address: "https://" + host + "/item/" + fmt.Sprint(seq),
		},
	}
	if seq%10 == 0 {
		d.Tags, d.Texts[Tags], d.Texts[Notes] = []string{"ivory"}, "ivory", t.text(12)
	}
	return d
}

// benchQueries are what people type, and what they have typed on the way.
var benchQueries = []Query{
	{Words: "i"}, {Words: "iv"}, {Words: "ivo"}, {Words: "ivor"}, {Words: "ivory"}, {Words: "ivory bangle"},
	{Words: `"ivory bangle"`}, {Words: "ivory -tusk"}, {Words: "ivory tusk seller"},
	{Words: "牙"}, {Words: "象牙"}, {Words: "象牙 手镯"}, {Words: "犀牛角"}, {Words: "出售象牙"}, {Words: "象牙 -手镯"},
	{Words: "งา"}, {Words: "งาช้าง"}, {Words: "กำไล งาช้าง"}, {Words: "상아"}, {Words: "상아 팔찌"}, {Words: "印鑑"},
	{Words: "бивень"}, {Words: "слон"}, {Words: "item 4711"}, {Words: "shop7.example"},
	{Words: "a"}, {Words: "ab"}, {Words: "aa aa"}, {Words: "ab ivory"}, {Words: "一"}, {Words: "一丁"}, {Words: "ก"}, {Words: "กก"}, {Words: "牙 一"}, {Words: "аб"},
	{Words: "ivory", Case: "OP-7"}, {Words: "象牙", Site: "shop7.example"}, {Words: "象牙", Tag: "ivory"},
	{Case: "OP-7"}, {Tag: "ivory"}, {},
	{Words: "ivory", From: time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 2, 8, 0, 0, 0, 0, time.UTC)},
}

// BenchmarkFind asks an index of many captures. It prints each query's time, and
// reports how long half of all answers take at most, and nineteen of twenty.
func BenchmarkFind(b *testing.B) {
	path := filepath.Join(b.TempDir(), "search.db")
	x, err := Open(b.Context(), path)
	if err != nil {
		b.Fatal(err)
	}
	defer x.Close()
	fillBench(b, x, path)
	var all []time.Duration
	for _, q := range benchQueries {
		took, total := benchFind(b.Context(), b, x, q)
		fmt.Printf("%12v median %12v worst  %6d found  %+v\n", took[len(took)/2], took[len(took)-1], total, q)
		all = append(all, took...)
	}
	for i := 0; b.Loop(); i++ {
		benchFindOnce(b.Context(), b, x, benchQueries[i%len(benchQueries)])
	}
	slices.Sort(all)
	b.ReportMetric(float64(all[len(all)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(all[len(all)*95/100].Microseconds())/1000, "p95-ms")
}

func benchFind(ctx context.Context, b *testing.B, x *Index, q Query) (took []time.Duration, total int) {
	for range 20 {
		start := time.Now()
		total = benchFindOnce(ctx, b, x, q)
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	return took, total
}

func benchFindOnce(ctx context.Context, b *testing.B, x *Index, q Query) int {
	a, err := x.Find(ctx, q)
	if err != nil {
		b.Fatal(err)
	}
	return a.Total
}
