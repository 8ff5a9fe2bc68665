package compare

import (
	"slices"

	"github.com/aymanbagabas/go-udiff/lcs"
)

// run is a part of two sequences: elements [a, a+n) of the first are aligned with
// [b, b+n) of the second.
type run struct{ a, b, n int }

// align returns the runs of equal elements of two sequences, in their order.
func align(a, b []rune) []run {
	s := &sequences{a: a, b: b}
	s.between(0, len(a), 0, len(b), 0)
	return s.runs
}

// maxDepth bounds how often a part is divided by what occurs once in it.
const maxDepth = 12

// sequences are being aligned.
type sequences struct {
	a, b []rune
	runs []run
}

// add adds a run after the others.
func (s *sequences) add(r run) {
	if r.n == 0 {
		return
	}
	if k := len(s.runs); k > 0 {
		if last := &s.runs[k-1]; last.a+last.n == r.a && last.b+last.n == r.b {
			last.n += r.n
			return
		}
	}
	s.runs = append(s.runs, r)
}

// between aligns a part of each.
func (s *sequences) between(a0, a1, b0, b1, depth int) {
	head := 0
	for a0+head < a1 && b0+head < b1 && s.a[a0+head] == s.b[b0+head] {
		head++
	}
	s.add(run{a0, b0, head})
	a0, b0 = a0+head, b0+head
	tail := 0
	for a1-tail > a0 && b1-tail > b0 && s.a[a1-tail-1] == s.b[b1-tail-1] {
		tail++
	}
	s.inner(a0, a1-tail, b0, b1-tail, depth)
	s.add(run{a1 - tail, b1 - tail, tail})
}

// inner aligns parts that differ at both ends.
func (s *sequences) inner(a0, a1, b0, b1, depth int) {
	if a0 == a1 || b0 == b1 {
		return
	}
	anchors := unique(s.a[a0:a1], s.b[b0:b1])
	if len(anchors) == 0 || depth == maxDepth {
		s.common(a0, a1, b0, b1)
		return
	}
	fromA, fromB := a0, b0
	for _, p := range anchors {
		a, b := a0+p.a, b0+p.b
		s.between(fromA, a, fromB, b, depth+1)
		s.add(run{a, b, 1})
		fromA, fromB = a+1, b+1
	}
	s.between(fromA, a1, fromB, b1, depth+1)
}

// common aligns parts by a common subsequence.
func (s *sequences) common(a0, a1, b0, b1 int) {
	a, b := a0, b0
	for _, d := range lcs.DiffRunes(s.a[a0:a1], s.b[b0:b1]) {
		s.add(run{a, b, a0 + d.Start - a})
		a, b = a0+d.End, b0+d.ReplEnd
	}
	s.add(run{a, b, a1 - a})
}

// pair is an element of each sequence.
type pair struct{ a, b int }

// unique pairs what occurs once in each of two sequences, in the longest order that
// both share.
func unique(a, b []rune) []pair {
	type place struct{ a, b, inA, inB int }
	seen := make(map[rune]*place, len(a))
	for i, r := range a {
		if p := seen[r]; p != nil {
			p.inA++
		} else {
			seen[r] = &place{a: i, inA: 1}
		}
	}
	for i, r := range b {
		if p := seen[r]; p != nil {
			p.b = i
			p.inB++
		}
	}
	var pairs []pair
	for i, r := range a {
		if p := seen[r]; p.inA == 1 && p.inB == 1 {
			pairs = append(pairs, pair{i, p.b})
		}
	}
	return increasing(pairs)
}

// increasing returns the most of the pairs, which are in the order of a, that are in
// the order of b too.
func increasing(pairs []pair) []pair {
	var ends []int // of the best chain of each length: its last pair
	before := make([]int, len(pairs))
	for i, p := range pairs {
		at, _ := slices.BinarySearchFunc(ends, p.b, func(k, b int) int { return pairs[k].b - b })
		before[i] = -1
		if at > 0 {
			before[i] = ends[at-1]
		}
		if at == len(ends) {
			ends = append(ends, i)
		} else {
			ends[at] = i
		}
	}
	out := make([]pair, len(ends))
	if len(ends) == 0 {
		return nil
	}
	for i, k := len(ends)-1, ends[len(ends)-1]; k >= 0; i, k = i-1, before[k] {
		out[i] = pairs[k]
	}
	return out
}

// names gives equal values the same number, as an element of a sequence.
type names[T comparable] map[T]rune

func (n names[T]) of(v T) rune {
	r, ok := n[v]
	if !ok {
		r = rune(len(n))
		n[v] = r
	}
	return r
}

func (n names[T]) all(values []T) []rune {
	out := make([]rune, len(values))
	for i, v := range values {
		out[i] = n.of(v)
	}
	return out
}
