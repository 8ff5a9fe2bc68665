package custody

import (
	"context"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"pugmark/evidence/canon"
)

// Proof is a proof of inclusion or of consistency: hashes in the order of RFC
// 6962, section 2.1.1 or 2.1.2.
type Proof []canon.Digest

// maxProof is the most hashes that a proof needs at [MaxSize].
const maxProof = 64

// ProveInclusion proves that the event at an index is in the log at a size.
func (l *Log) ProveInclusion(ctx context.Context, index, size int64) (Proof, error) {
	p, err := tlog.ProveRecord(size, index, l.reader(ctx))
	if err != nil {
		return nil, fmt.Errorf("proving event %d in %d: %w", index, size, err)
	}
	return fromHashes(p), nil
}

// ProveConsistency proves that the log at size is an extension of the log at an
// older size.
func (l *Log) ProveConsistency(ctx context.Context, older, size int64) (Proof, error) {
	p, err := tlog.ProveTree(size, older, l.reader(ctx))
	if err != nil {
		return nil, fmt.Errorf("proving log of %d in %d: %w", older, size, err)
	}
	return fromHashes(p), nil
}

// CheckInclusion checks that an encoded event is in the log of a checkpoint.
func CheckInclusion(p Proof, c Checkpoint, index int64, body []byte) error {
	if c.Size > MaxSize || len(p) > maxProof {
		return fmt.Errorf("got a proof of %d hashes for size %d, want at most %d for %d", len(p), c.Size, maxProof, int64(MaxSize))
	}
	return tlog.CheckRecord(toHashes(p), c.Size, tlog.Hash(c.Root), index, leafHash(body))
}

// CheckConsistency checks that the log of a checkpoint extends the log of an
// older one.
func CheckConsistency(p Proof, older, c Checkpoint) error {
	if c.Size > MaxSize || len(p) > maxProof {
		return fmt.Errorf("got a proof of %d hashes for size %d, want at most %d for %d", len(p), c.Size, maxProof, int64(MaxSize))
	}
	return tlog.CheckTree(toHashes(p), c.Size, tlog.Hash(c.Root), older.Size, tlog.Hash(older.Root))
}

func fromHashes[S ~[]tlog.Hash](hs S) Proof {
	p := make(Proof, len(hs))
	for i, h := range hs {
		p[i] = canon.Digest(h)
	}
	return p
}

func toHashes(p Proof) []tlog.Hash {
	hs := make([]tlog.Hash, len(p))
	for i, d := range p {
		hs[i] = tlog.Hash(d)
	}
	return hs
}
