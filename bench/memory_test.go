package bench

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// meter watches, while a benchmark runs, how much memory this process and the
// browsers that it started hold, and how much processor time they take.
type meter struct {
	stop      chan struct{}
	done      chan struct{}
	own, tree int64 // peaks in bytes, of the meter's goroutine until done
	cpu       time.Duration
}

// How often memory is looked at. A look at a large browser is dear, and holds it up:
// rest is how many times as long as a look took no other begins.
const (
	sample = 20 * time.Millisecond
	rest   = 20
)

func watch(b *testing.B) *meter {
	b.Helper()
	m := &meter{stop: make(chan struct{}), done: make(chan struct{}), cpu: processorTime()}
	go func() {
		defer close(m.done)
		tick := time.NewTimer(sample)
		defer tick.Stop()
		for {
			select {
			case begun := <-tick.C:
				own := proportional(os.Getpid())
				m.own, m.tree = max(m.own, own), max(m.tree, descendants(os.Getpid()))
				tick.Reset(max(sample, rest*time.Since(begun)))
			case <-m.stop:
				return
			}
		}
	}()
	return m
}

// report adds the peaks to the benchmark's line: MiB of this process, MiB of
// the browsers, seconds of processor time for each page.
func (m *meter) report(b *testing.B) {
	close(m.stop)
	<-m.done
	b.ReportMetric(float64(m.own)/(1<<20), "own-MiB")
	b.ReportMetric(float64(m.tree)/(1<<20), "browser-MiB")
	b.ReportMetric((processorTime()-m.cpu).Seconds()/float64(b.N), "cpu-s/page")
}

// processorTime is what this process and its children that have ended took.
func processorTime() time.Duration {
	var total time.Duration
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var r syscall.Rusage
		if syscall.Getrusage(who, &r) == nil {
			total += time.Duration(r.Utime.Nano() + r.Stime.Nano())
		}
	}
	return total
}

// proportional is a process's share of memory (PSS): pages that several
// processes share are divided among them.
func proportional(pid int) int64 {
	b, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "smaps_rollup"))
	if err != nil {
		return 0
	}
	for line := range bytes.Lines(b) {
		if rest, ok := bytes.CutPrefix(line, []byte("Pss:")); ok {
			kb, _ := strconv.ParseInt(strings.Fields(string(rest))[0], 10, 64)
			return kb << 10
		}
	}
	return 0
}

// descendants is the memory of all processes below one.
func descendants(root int) int64 {
	parents := make(map[int]int)
	entries, _ := os.ReadDir("/proc")
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		stat, _ := os.ReadFile(filepath.Join("/proc", e.Name(), "stat"))
		if i := bytes.LastIndexByte(stat, ')'); i > 0 {
			if f := strings.Fields(string(stat[i+1:])); len(f) > 1 {
				parents[pid], _ = strconv.Atoi(f[1])
			}
		}
	}
	var total int64
	for pid := range parents {
		for up := parents[pid]; up > 1; up = parents[up] {
			if up == root {
				total += proportional(pid)
				break
			}
		}
	}
	return total
}
