package lexicon

import "slices"

// A trie holds the letters of all terms. It is walked from where a word begins: in
// most text that is a few steps for each word, which is faster than an automaton
// that takes every letter (Aho and Corasick), since terms are whole words.
type trie struct {
	pairs [pairWords]uint64 // a bit for each pair of first letters, by pairBit
	root  []int32           // node of each first letter below rootSize, or 0
	other map[rune]int32
	nodes []node // the first is none
	edges []edge // of all nodes
}

// Terms have two letters at least, so that most places are left at once by the first
// two. Pairs may share a bit.
const (
	pairBits  = 16
	pairWords = 1 << pairBits / 64
)

func pairBit(a, b rune) uint32 { return (uint32(a)*0x9e37 + uint32(b)*0x85eb) & (1<<pairBits - 1) }

// mayStart reports whether a term may begin with two letters.
func (t *trie) mayStart(a, b rune) bool {
	bit := pairBit(a, b)
	return t.pairs[bit/64]&(1<<(bit%64)) != 0
}

// rootSize is where the letters end that have a place in the root's table.
const rootSize = 0x10000

// node is reached by the letters that lead to it.
type node struct {
	first, last int32   // of its edges
	ends        []int32 // the patterns that end here
}

// edge leads to another node. Those of a node are sorted.
type edge struct {
	r  rune
	to int32
}

// branch is a node under construction.
type branch struct {
	next map[rune]*branch
	ends []int32
}

func newBranch() *branch { return &branch{next: make(map[rune]*branch)} }

func (b *branch) add(letters []rune, pattern int32) {
	for _, r := range letters {
		if b.next[r] == nil {
			b.next[r] = newBranch()
		}
		b = b.next[r]
	}
	b.ends = append(b.ends, pattern)
}

// build makes the trie of a branch.
func build(b *branch) *trie {
	t := &trie{root: make([]int32, rootSize), other: make(map[rune]int32), nodes: make([]node, 1)}
	for r, next := range b.next {
		for second := range next.next {
			bit := pairBit(r, second)
			t.pairs[bit/64] |= 1 << (bit % 64)
		}
		n := t.add(next)
		if r < rootSize {
			t.root[r] = n
		} else {
			t.other[r] = n
		}
	}
	return t
}

func (t *trie) add(b *branch) int32 {
	edges := make([]edge, 0, len(b.next))
	for r, next := range b.next {
		edges = append(edges, edge{r, t.add(next)})
	}
	slices.SortFunc(edges, func(a, b edge) int { return int(a.r - b.r) })
	n := node{first: int32(len(t.edges)), ends: b.ends}
	t.edges = append(t.edges, edges...)
	n.last = int32(len(t.edges))
	t.nodes = append(t.nodes, n)
	return int32(len(t.nodes) - 1)
}

// start returns the node of a first letter, or 0.
func (t *trie) start(r rune) int32 {
	if r < rootSize {
		return t.root[r]
	}
	return t.other[r]
}

// step returns the node that a letter leads to from another, or 0.
func (t *trie) step(from int32, r rune) int32 {
	n := &t.nodes[from]
	low, high := n.first, n.last
	for low < high {
		switch mid := (low + high) / 2; {
		case t.edges[mid].r == r:
			return t.edges[mid].to
		case t.edges[mid].r < r:
			low = mid + 1
		default:
			high = mid
		}
	}
	return 0
}
