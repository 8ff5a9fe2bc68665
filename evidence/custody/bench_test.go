package custody

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
)

var benchEvents = flag.Int("events", 1_000_000, "`size` of the log that the benchmarks work on")

// openBench opens a database as a vault does.
func openBench(b *testing.B, path string) *sql.DB {
	b.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_txlock=immediate&_pragma=busy_timeout(30000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { check(b, db.Close()) })
	return db
}

// large is a log of as many events as -events says, with a checkpoint at every
// thousandth. It is made once, and lies in a folder that TestMain removes.
var large struct {
	once sync.Once
	dir  string
	took time.Duration
}

func largeLog(b *testing.B) (*sql.DB, *Log) {
	b.Helper()
	large.once.Do(func() { makeLarge(b) })
	db := openBench(b, filepath.Join(large.dir, "log.db"))
	return db, New(db, testOrigin)
}

func makeLarge(b *testing.B) {
	dir, err := os.MkdirTemp("", "custody-bench-")
	if err != nil {
		b.Fatal(err)
	}
	large.dir = dir
	db := openBench(b, filepath.Join(dir, "log.db"))
	check(b, CreateTables(b.Context(), db))
	start := time.Now()
	for n := 0; n < *benchEvents; n += 1000 {
		appendBatch(b, db, n, min(1000, *benchEvents-n))
	}
	large.took = time.Since(start)
}

// appendBatch appends events in one transaction, and signs the head.
func appendBatch(b *testing.B, db *sql.DB, from, n int) {
	tx, err := db.BeginTx(b.Context(), nil)
	if err != nil {
		b.Fatal(err)
	}
	defer tx.Rollback() //nolint:errcheck // an error after Commit is the rule
	l := New(tx, testOrigin)
	for i := range n {
		if _, err := l.Append(b.Context(), testEvent(from+i)); err != nil {
			b.Fatal(err)
		}
	}
	s, _ := newKey(b, 1)
	if _, err := l.Sign(b.Context(), s); err != nil {
		b.Fatal(err)
	}
	check(b, tx.Commit())
}

func TestMain(m *testing.M) {
	code := m.Run()
	if large.dir != "" {
		os.RemoveAll(large.dir)
	}
	os.Exit(code)
}

// BenchmarkAppend appends to a large log, in transactions of different sizes,
// each synced to disk. The metric is for an event.
func BenchmarkAppend(b *testing.B) {
	for _, n := range []int{1, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			db, l := largeLog(b)
			next, err := l.Size(b.Context())
			check(b, err)
			for b.Loop() {
				appendBatch(b, db, int(next), n)
				next += int64(n)
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "µs/event")
			b.ReportMetric(float64(*benchEvents)/large.took.Seconds(), "events/s-to-fill")
		})
	}
}

// BenchmarkProve proves and checks between random places of a large log.
func BenchmarkProve(b *testing.B) {
	_, l := largeLog(b)
	size := int64(*benchEvents)
	head := rootAt(b, l, size)
	b.Run("inclusion", func(b *testing.B) {
		for b.Loop() {
			i := rand.N(size)
			p, err := l.ProveInclusion(b.Context(), i, size)
			if err != nil {
				b.Fatal(err)
			}
			e := testEvent(int(i))
			e.Seq = i
			if err := CheckInclusion(p, head, i, bodyOf(b, e)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("consistency", func(b *testing.B) {
		for b.Loop() {
			older := 1 + rand.N(size-1)
			p, err := l.ProveConsistency(b.Context(), older, size)
			if err != nil {
				b.Fatal(err)
			}
			if err := CheckConsistency(p, rootAt(b, l, older), head); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func rootAt(b *testing.B, l *Log, size int64) Checkpoint {
	root, err := l.Root(b.Context(), size)
	if err != nil {
		b.Fatal(err)
	}
	return Checkpoint{Origin: testOrigin, Size: size, Root: root}
}

// BenchmarkAudit audits a large log, and tells the most memory that was in use.
func BenchmarkAudit(b *testing.B) {
	_, l := largeLog(b)
	_, v := newKey(b, 1)
	var peak uint64
	for b.Loop() {
		debug.FreeOSMemory()
		stop := watchHeap(b.Context(), &peak)
		a, err := l.Audit(b.Context(), []note.Verifier{v}, nil)
		stop()
		if err != nil || len(a.Findings) > 0 {
			b.Fatal(a, err)
		}
	}
	b.ReportMetric(float64(peak)/(1<<20), "MiB-peak")
	b.ReportMetric(float64(*benchEvents)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// watchHeap notes the largest heap until it is stopped.
func watchHeap(ctx context.Context, peak *uint64) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		var m runtime.MemStats
		for tick := time.NewTicker(20 * time.Millisecond); ; {
			select {
			case <-ctx.Done():
				tick.Stop()
				return
			case <-tick.C:
				runtime.ReadMemStats(&m)
				*peak = max(*peak, m.HeapInuse)
			}
		}
	}()
	return func() { cancel(); <-done }
}
