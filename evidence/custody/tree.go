package custody

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"pugmark/evidence/canon"
)

// tree is a Merkle tree in memory.
type tree struct {
	leaves []tlog.Hash
	hashes []tlog.Hash // in the order of [tlog.StoredHashIndex]
}

func newTree(leaves []tlog.Hash) tree {
	t := tree{leaves: leaves, hashes: make([]tlog.Hash, 0, 2*len(leaves))}
	for i, h := range leaves {
		// It fails only if the reader does, and that of a tree which is
		// built in order doesn't.
		hs, err := tlog.StoredHashesForRecordHash(int64(i), h, tlog.HashReaderFunc(t.read))
		if err != nil {
			panic(err)
		}
		t.hashes = append(t.hashes, hs...)
	}
	return t
}

func (t tree) size() int64 { return int64(len(t.leaves)) }

func (t tree) read(indexes []int64) ([]tlog.Hash, error) {
	hs := make([]tlog.Hash, len(indexes))
	for i, idx := range indexes {
		if idx < 0 || idx >= int64(len(t.hashes)) {
			return nil, fmt.Errorf("no hash %d in a tree of %d", idx, len(t.leaves))
		}
		hs[i] = t.hashes[idx]
	}
	return hs, nil
}

func (t tree) root(size int64) (tlog.Hash, error) {
	if size > t.size() {
		return tlog.Hash{}, fmt.Errorf("got size %d, want at most %d", size, t.size())
	}
	return tlog.TreeHash(size, tlog.HashReaderFunc(t.read))
}

// holds reports whether the tree extends that of a checkpoint.
func (t tree) holds(c Checkpoint) bool {
	h, err := t.root(c.Size)
	return err == nil && canon.Digest(h) == c.Root
}

// leaves returns the leaf hashes among stored hashes.
func leaves(stored []tlog.Hash) []tlog.Hash {
	out := make([]tlog.Hash, 0, len(stored)/2+1)
	for i := int64(0); ; i++ {
		idx := tlog.StoredHashIndex(0, i)
		if idx >= int64(len(stored)) {
			return out
		}
		out = append(out, stored[idx])
	}
}
