package bundle

import (
	"fmt"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"pugmark/evidence/canon"
	"pugmark/evidence/custody"
)

// memory is a log in memory.
type memory struct {
	hashes []tlog.Hash
	roots  []tlog.Hash // by size
}

func newMemory(t testing.TB, size int64) *memory {
	t.Helper()
	m := &memory{roots: make([]tlog.Hash, size+1)}
	for i := range size {
		hs, err := tlog.StoredHashes(i, leaf(i), m)
		if err != nil {
			t.Fatal(err)
		}
		m.hashes = append(m.hashes, hs...)
		if m.roots[i+1], err = tlog.TreeHash(i+1, m); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

func (m *memory) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		out[i] = m.hashes[x]
	}
	return out, nil
}

func leaf(i int64) []byte { return fmt.Appendf(nil, "event %d", i) }

// TestSteps climbs from each event of each log up to 70 events.
func TestSteps(t *testing.T) {
	const most = 70
	m := newMemory(t, most)
	for size := int64(1); size <= most; size++ {
		for i := range size {
			p, err := tlog.ProveRecord(size, i, m)
			if err != nil {
				t.Fatal(err)
			}
			proof := make(custody.Proof, len(p))
			for i, h := range p {
				proof[i] = canon.Digest(h)
			}
			steps := stepsOf(i, size, proof)
			if got := climb(leaf(i), steps); got != canon.Digest(m.roots[size]) {
				t.Errorf("event %d of %d: got root %s", i, size, got)
			}
			if got := headAfter(leaf(i), steps); got != canon.Digest(m.roots[i+1]) {
				t.Errorf("event %d of %d: got earlier root %s", i, size, got)
			}
		}
	}
}

// TestStepsOfNonsense has proofs that don't hold: they must come to an end.
func TestStepsOfNonsense(t *testing.T) {
	for _, c := range []struct{ index, size int64 }{{0, 0}, {5, 1}, {0, 1}, {custody.MaxSize - 1, 1}, {7, custody.MaxSize}} {
		if got := stepsOf(c.index, c.size, make(custody.Proof, 100)); len(got) != 100 {
			t.Errorf("event %d of %d: got %d steps", c.index, c.size, len(got))
		}
	}
}
