package bundle

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"pugmark/evidence/canon"
	"pugmark/evidence/custody"
)

// step is one step from an event up to the root of its log.
type step struct {
	left bool // the hash goes to the left of what was hashed so far
	hash canon.Digest
}

// stepsOf returns the steps of a proof of inclusion (RFC 9162, section
// 2.1.3.2). The proof must be one that holds.
func stepsOf(index, size int64, p custody.Proof) []step {
	steps := make([]step, 0, len(p))
	last := size - 1
	for _, hash := range p {
		left := index&1 == 1 || index == last
		for left && index&1 == 0 && index > 0 {
			index, last = index>>1, last>>1
		}
		steps = append(steps, step{left, hash})
		index, last = index>>1, last>>1
	}
	return steps
}

// climb returns the root that steps lead to from an encoded event.
func climb(body []byte, steps []step) canon.Digest {
	h := tlog.RecordHash(body)
	for _, s := range steps {
		if s.left {
			h = tlog.NodeHash(tlog.Hash(s.hash), h)
		} else {
			h = tlog.NodeHash(h, tlog.Hash(s.hash))
		}
	}
	return canon.Digest(h)
}

// headAfter returns the root of the log that ended with an event: what lies to
// the left of the event in a later log is all that the earlier one had.
func headAfter(body []byte, steps []step) canon.Digest {
	var left []step
	for _, s := range steps {
		if s.left {
			left = append(left, s)
		}
	}
	return climb(body, left)
}

// proofTexts returns events.txt and steps.txt. The proofs must hold.
func proofTexts(x *custody.Extract, size int64) (events, steps []byte, err error) {
	for _, p := range x.Events {
		body, err := p.Event.Encode()
		if err != nil {
			return nil, nil, err
		}
		events = append(append(events, body...), '\n')
		for i, s := range stepsOf(p.Event.Seq, size, p.Proof) {
			if i > 0 {
				steps = append(steps, ' ')
			}
			side := 'R'
			if s.left {
				side = 'L'
			}
			steps = fmt.Appendf(steps, "%c%s", side, s.hash)
		}
		steps = append(steps, '\n')
	}
	return events, steps, nil
}
