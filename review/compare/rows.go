package compare

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"hash/maphash"
	"slices"
)

// pieces is how many pieces of a row are looked at apart.
const pieces = 8

// rgb is the number of bytes of a pixel.
const rgb = 3

// signature stands for the rows of a picture.
type signature struct {
	whole []uint64         // a hash of each row
	part  [][pieces]uint32 // hashes of its pieces; zero: the piece has one colour
}

func (s *signature) blank(y int) bool { return s.part[y] == [pieces]uint32{} }

// sign reads a picture's rows as far as a width.
func (p *picture) sign(ctx context.Context, seed maphash.Seed, width int, tick func(int64)) (s *signature, err error) {
	r, err := p.open(ctx, tick)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	s = &signature{make([]uint64, p.size.Height), make([][pieces]uint32, p.size.Height)}
	for y := range p.size.Height {
		row, err := r.row()
		if err != nil {
			return nil, err
		}
		row = row[:width*rgb]
		s.whole[y] = maphash.Bytes(seed, row)
		if y > 0 && s.whole[y] == s.whole[y-1] {
			s.part[y] = s.part[y-1]
			continue
		}
		for k := range pieces {
			s.part[y][k] = signPiece(seed, row[width*k/pieces*rgb:width*(k+1)/pieces*rgb])
		}
	}
	return s, nil
}

func signPiece(seed maphash.Seed, pix []byte) uint32 {
	if len(pix) <= rgb || bytes.Equal(pix[rgb:], pix[:len(pix)-rgb]) {
		return 0
	}
	return max(uint32(maphash.Bytes(seed, pix)), 1)
}

// signBoth reads both pictures at once.
func signBoth(ctx context.Context, a, b *picture, tick func(int64)) (sa, sb *signature, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	seed, width := maphash.MakeSeed(), min(a.size.Width, b.size.Width)
	done := make(chan error, 1)
	go func() {
		var err error
		if sb, err = b.sign(ctx, seed, width, tick); err != nil {
			cancel()
		}
		done <- err
	}()
	sa, err = a.sign(ctx, seed, width, tick)
	if err != nil {
		cancel()
	}
	// The reader that was stopped because the other failed has nothing to say.
	if errB := <-done; err == nil || errors.Is(err, context.Canceled) && errB != nil {
		err = errB
	}
	return sa, sb, err
}

// Rows says how rows of the two pictures belong together.
type Rows struct {
	A      int    `json:"a"` // first row
	B      int    `json:"b"`
	Height int    `json:"height"`
	Change Change `json:"change"` // Changed: aligned, and they may differ; Added, Removed, Unchanged
}

// Levels of what makes rows aligned.
const (
	minTold   = 3 // rows that aren't blank, of a run of equal ones
	minVoices = 6 // pieces of rows, of a run of like ones
)

// alignRows aligns the rows of two pictures.
func alignRows(a, b *signature) []Rows {
	known := make(names[uint64])
	runs := align(known.all(a.whole), known.all(b.whole))
	told := func(r run) bool {
		n := 0
		for y := r.a; y < r.a+r.n && n < minTold; y++ {
			if !a.blank(y) {
				n++
			}
		}
		return n == minTold || r.a == 0 && r.b == 0 || r.a+r.n == len(a.whole) && r.b+r.n == len(b.whole)
	}
	runs = slices.DeleteFunc(runs, func(r run) bool { return !told(r) })
	l := &layout{a: a, b: b}
	atA, atB := 0, 0
	for _, r := range runs {
		l.gap(atA, r.a, atB, r.b)
		l.add(Rows{r.a, r.b, r.n, Unchanged})
		atA, atB = r.a+r.n, r.b+r.n
	}
	l.gap(atA, len(a.whole), atB, len(b.whole))
	return l.rows
}

// layout is how rows belong together, as far as it is known.
type layout struct {
	a, b *signature
	rows []Rows
}

func (l *layout) add(r Rows) {
	if r.Height == 0 {
		return
	}
	if k := len(l.rows); k > 0 && l.rows[k-1].Change == r.Change && l.rows[k-1].endA() == r.A && l.rows[k-1].endB() == r.B {
		l.rows[k-1].Height += r.Height
		return
	}
	l.rows = append(l.rows, r)
}

func (r Rows) endA() int {
	if r.Change == Added {
		return r.A
	}
	return r.A + r.Height
}

func (r Rows) endB() int {
	if r.Change == Removed {
		return r.B
	}
	return r.B + r.Height
}

// gap aligns rows of which none are equal.
func (l *layout) gap(a0, a1, b0, b1 int) {
	if a1-a0 != b1-b0 && a1 > a0 && b1 > b0 {
		for _, r := range l.voted(a0, a1, b0, b1) {
			l.split(a0, r.a, b0, r.b)
			l.add(Rows{r.a, r.b, r.n, Changed})
			a0, b0 = r.a+r.n, r.b+r.n
		}
	}
	l.split(a0, a1, b0, b1)
}

// voted returns runs of rows that pieces of them speak for.
func (l *layout) voted(a0, a1, b0, b1 int) (runs []run) {
	var strength []int // of each run, in voices
	chain, voices := heaviest(l.votes(a0, a1, b0, b1))
	for i, p := range chain {
		a, b := a0+p.a, b0+p.b
		if k := len(runs) - 1; k >= 0 && a-b == runs[k].a-runs[k].b {
			runs[k].n = a + 1 - runs[k].a
			strength[k] += voices[i]
			continue
		}
		runs, strength = append(runs, run{a, b, 1}), append(strength, voices[i])
	}
	k := -1
	return slices.DeleteFunc(runs, func(run) bool { k++; return strength[k] < minVoices })
}

// votes counts for each pair of rows the pieces that are equal and occur once in
// either part.
func (l *layout) votes(a0, a1, b0, b1 int) map[pair]int {
	votes := make(map[pair]int)
	for k := range pieces {
		known := make(names[uint32])
		known.of(0)
		column := func(s *signature, from, to int) []rune {
			out := make([]rune, to-from)
			for y := range out {
				out[y] = known.of(s.part[from+y][k])
			}
			return out
		}
		for _, p := range unique(column(l.a, a0, a1), column(l.b, b0, b1)) {
			if l.a.part[a0+p.a][k] != 0 {
				votes[p]++
			}
		}
	}
	return votes
}

// heaviest returns those of the pairs that are in the order of both sides and have
// the most votes together, with the votes of each.
func heaviest(votes map[pair]int) (chain []pair, voices []int) {
	pairs := make([]pair, 0, len(votes))
	most := 0
	for p := range votes {
		pairs = append(pairs, p)
		most = max(most, p.b+1)
	}
	// Of pairs with the same a at most one can be taken: the last in b goes first.
	slices.SortFunc(pairs, func(x, y pair) int { return cmp.Or(x.a-y.a, y.b-x.b) })
	best := newPrefixMax(most)
	before, weight := make([]int, len(pairs)), make([]int, len(pairs))
	last, top := -1, 0
	for i, p := range pairs {
		w, k := best.below(p.b)
		before[i], weight[i] = k, w+votes[p]
		best.raise(p.b, weight[i], i)
		if weight[i] > top {
			last, top = i, weight[i]
		}
	}
	for i := last; i >= 0; i = before[i] {
		chain, voices = append(chain, pairs[i]), append(voices, votes[pairs[i]])
	}
	slices.Reverse(chain)
	slices.Reverse(voices)
	return chain, voices
}

// prefixMax answers which of the numbers below a place is the largest (a Fenwick
// tree).
type prefixMax struct{ weight, at []int }

func newPrefixMax(n int) *prefixMax {
	return &prefixMax{make([]int, n+1), slices.Repeat([]int{-1}, n+1)}
}

// below returns the largest number of the places before one, and what it is of.
func (m *prefixMax) below(place int) (weight, of int) {
	of = -1
	for i := place; i > 0; i -= i & -i {
		if m.weight[i] > weight {
			weight, of = m.weight[i], m.at[i]
		}
	}
	return weight, of
}

func (m *prefixMax) raise(place, weight, of int) {
	for i := place + 1; i < len(m.weight); i += i & -i {
		if weight > m.weight[i] {
			m.weight[i], m.at[i] = weight, of
		}
	}
}

// split aligns rows of which no more is known: some with those above them, the others
// with those below them, so that most pieces of rows agree. What is left over between
// was added or removed.
func (l *layout) split(a0, a1, b0, b1 int) {
	n, over := min(a1-a0, b1-b0), (b1-b0)-(a1-a0)
	head := n
	if over != 0 {
		head = l.bestSplit(a0, a1, b0, b1, n)
	}
	l.add(Rows{a0, b0, head, Changed})
	if over > 0 {
		l.add(Rows{a0 + head, b0 + head, over, Added})
	} else {
		l.add(Rows{a0 + head, b0 + head, -over, Removed})
	}
	l.add(Rows{a1 - (n - head), b1 - (n - head), n - head, Changed})
}

func (l *layout) bestSplit(a0, a1, b0, b1, n int) int {
	agree := func(a, b int) (k int) {
		for i, h := range l.a.part[a] {
			if h == l.b.part[b][i] {
				k++
			}
		}
		return k
	}
	below := 0 // what agrees with the rows below
	for i := range n {
		below += agree(a1-1-i, b1-1-i)
	}
	head, most, above := 0, below, 0
	for i := range n {
		above += agree(a0+i, b0+i)
		below -= agree(a1-n+i, b1-n+i)
		if above+below > most {
			head, most = i+1, above+below
		}
	}
	return head
}
