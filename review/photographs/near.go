package photographs

import "math/bits"

// nearIndex finds the near ones among distinct hashes without comparing each with each
// (multi-index hashing, Norouzi, Punjani and Fleet 2012). The hashes are cut into one
// band more than half as many as the bits in which near ones may differ: of two near
// hashes, one band then differs in one bit at most, so that it is enough to look up
// each band as it is and with each of its bits turned over.
type nearIndex struct {
	within int
	hashes []uint64
	bands  []band
}

// band lists the hashes by some of their bits.
type band struct {
	shift, width int
	first        []int32 // for each value of the bits, where its hashes begin; one more at the end
	order        []int32 // indices of hashes
	hashes       []uint64
}

// maxWidth bounds the table of a band.
const maxWidth = 16

func newNearIndex(hashes []uint64, within int) *nearIndex {
	x := &nearIndex{within: within, hashes: hashes}
	n := max(within/2+1, 64/maxWidth)
	for i, shift := 0, 0; i < n; i++ {
		width := (64 - shift) / (n - i)
		x.bands = append(x.bands, newBand(hashes, shift, width))
		shift += width
	}
	return x
}

func newBand(hashes []uint64, shift, width int) band {
	x := band{shift, width, make([]int32, 1<<width+1), make([]int32, len(hashes)), make([]uint64, len(hashes))}
	for _, h := range hashes {
		x.first[x.of(h)+1]++
	}
	for i := range 1 << width {
		x.first[i+1] += x.first[i]
	}
	next := append([]int32(nil), x.first...)
	for i, h := range hashes {
		v := x.of(h)
		x.order[next[v]], x.hashes[next[v]] = int32(i), h
		next[v]++
	}
	return x
}

// of returns the bits of a hash that the band is of.
func (x *band) of(hash uint64) int { return int(hash >> x.shift & (1<<x.width - 1)) }

// pairs calls f with the indices of each two near hashes, once or several times, the
// lower first.
func (x *nearIndex) pairs(f func(i, j int)) {
	for b := range x.bands {
		band := &x.bands[b]
		for i, h := range x.hashes {
			v := band.of(h)
			x.look(band, v, i, f)
			for bit := range band.width {
				x.look(band, v^1<<bit, i, f)
			}
		}
	}
}

// look calls f with those that have a value in a band and are near to the hash of an
// index.
func (x *nearIndex) look(b *band, value, i int, f func(i, j int)) {
	h := x.hashes[i]
	from, to := b.first[value], b.first[value+1]
	for n, other := range b.hashes[from:to] {
		if bits.OnesCount64(h^other) > x.within {
			continue
		}
		if j := int(b.order[int(from)+n]); j > i {
			f(i, j)
		}
	}
}

// sets are disjoint sets of numbers.
type sets []int32

func newSets(n int) sets {
	s := make(sets, n)
	for i := range s {
		s[i] = int32(i)
	}
	return s
}

// of returns what stands for the set of a number.
func (s sets) of(i int) int {
	for int(s[i]) != i {
		s[i] = s[s[i]]
		i = int(s[i])
	}
	return i
}

// join makes one set of those of two numbers. The lower stands for it.
func (s sets) join(i, j int) {
	i, j = s.of(i), s.of(j)
	s[max(i, j)] = int32(min(i, j))
}
