package custody

import (
	"strconv"

	"golang.org/x/mod/sumdb/tlog"
)

func rowHashes(rows []row) []tlog.Hash {
	hs := make([]tlog.Hash, len(rows))
	for i, r := range rows {
		hs[i] = r.hash
	}
	return hs
}

// compareRows reports how the events differ from those of the leaf hashes.
func (a *Audit) compareRows(rows []row, want []tlog.Hash) {
	if sameRows(rows, want) {
		a.reportBroken(rows)
		return
	}
	at := make(map[tlog.Hash]int64, len(want)) // index of each leaf
	for i, h := range want {
		at[h] = int64(i)
	}
	present := make([]bool, len(want)) // leaves of which the event is there
	foreign := make(map[int64]row)     // events that are no leaf, by number
	for _, r := range rows {
		if i, ok := at[r.hash]; ok {
			present[i] = true
		} else {
			foreign[r.seq] = r
		}
	}
	before := len(a.Findings)
	a.reportLost(want, present, foreign)
	a.reportMoved(rows, at, foreign)
	if len(a.Findings) == before {
		a.reportRenumbered(rows, at)
	}
}

// reportBroken reports what was hashed as it is, but can't be read.
func (a *Audit) reportBroken(rows []row) {
	for _, r := range rows {
		if r.broken != nil {
			a.add(eventPath(r.seq), EventMalformed, "an event", r.broken)
		}
	}
}

func eventPath(seq int64) string { return "events/" + strconv.FormatInt(seq, 10) }

func sameRows(rows []row, want []tlog.Hash) bool {
	if len(rows) != len(want) {
		return false
	}
	for i, r := range rows {
		if r.seq != int64(i) || r.hash != want[i] {
			return false
		}
	}
	return true
}

// reportLost reports the events that are no longer there: changed, when another
// one stands under the number, or dropped. It takes those that it explains from
// foreign.
func (a *Audit) reportLost(want []tlog.Hash, present []bool, foreign map[int64]row) {
	for i, ok := range present {
		if ok {
			continue
		}
		seq := int64(i)
		r, changed := foreign[seq]
		if !changed {
			a.add(eventPath(seq), EventDropped, text(want[i]), "nothing")
			continue
		}
		a.add(eventPath(seq), EventChanged, text(want[i]), text(r.hash))
		delete(foreign, seq)
	}
}

// reportMoved reports events that come after one that they came before, and
// those that are left in foreign. An event whose number alone changed, because
// another was put in or taken out before it, is no finding of its own.
func (a *Audit) reportMoved(rows []row, at map[tlog.Hash]int64, foreign map[int64]row) {
	last := int64(-1)
	for _, r := range rows {
		i, ok := at[r.hash]
		_, inserted := foreign[r.seq]
		switch {
		case inserted:
			a.add(eventPath(r.seq), EventInserted, "nothing", text(r.hash))
		case ok && i < last:
			a.add(eventPath(r.seq), EventReordered, i, r.seq)
		case ok:
			last = i
		}
	}
}

// reportRenumbered reports events that have another number and nothing else to
// explain it.
func (a *Audit) reportRenumbered(rows []row, at map[tlog.Hash]int64) {
	for _, r := range rows {
		if i := at[r.hash]; i != r.seq {
			a.add(eventPath(r.seq), EventReordered, i, r.seq)
		}
	}
}
