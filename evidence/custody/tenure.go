package custody

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"golang.org/x/mod/sumdb/note"
)

// tenure is the time of a key, in sizes of the log.
type tenure struct {
	added   int64 // number of the event key.added
	retired int64 // that of key.retired, or -1
	first   bool  // the log began with it
}

// covers reports whether the key may sign at a size. The last that it may sign
// is the checkpoint right after its retirement.
func (t tenure) covers(size int64) bool {
	return (t.first || size > t.added) && (t.retired < 0 || size <= t.retired+1)
}

// noteKey notes what an event says of a key.
func (a *Audit) noteKey(e Event) {
	if e.Action != KeyAdded && e.Action != KeyRetired {
		return
	}
	k, err := ParseKey(e.Subject)
	if err != nil {
		a.add(eventPath(e.Seq), EventMalformed, "a key", err)
		return
	}
	name := nameOf(k)
	t, ok := a.tenures[name]
	switch {
	case e.Action == KeyAdded && !ok:
		a.tenures[name] = tenure{added: e.Seq, retired: -1, first: len(a.tenures) == 0}
	case e.Action == KeyRetired && ok && t.retired < 0:
		t.retired = e.Seq
		a.tenures[name] = t
	default:
		a.add(eventPath(e.Seq), KeyUnvouched, "a key that is not known yet, or retired once", e.Subject)
	}
}

// signature is a checkpoint that holds and the name of its signer.
type signature struct {
	size int64
	key  string
}

// compareKeys reports the checkpoints that were signed by a key out of its time,
// and the keys that no earlier key vouches for. A log without keys of its own
// has none.
func (a *Audit) compareKeys() {
	for _, s := range a.signatures {
		t, ok := a.tenures[s.key]
		if len(a.tenures) > 0 && (!ok || !t.covers(s.size)) {
			a.add(checkpointPath(s.size), CheckpointKey, "a key of the log at this size", s.key)
		}
	}
	byAge := func(x, y string) int { return cmp.Compare(a.tenures[x].added, a.tenures[y].added) }
	for _, name := range slices.SortedFunc(maps.Keys(a.tenures), byAge) {
		t := a.tenures[name]
		if !t.first && !a.vouched(t.added) {
			a.add(eventPath(t.added), KeyUnvouched, "a checkpoint by the key before it", name)
		}
	}
}

// vouched reports whether the first checkpoint after a key was added is by a
// key that was there before.
func (a *Audit) vouched(added int64) bool {
	i := slices.IndexFunc(a.signatures, func(s signature) bool { return s.size > added })
	if i < 0 {
		return false
	}
	t, ok := a.tenures[a.signatures[i].key]
	return ok && t.added < added && t.covers(a.signatures[i].size)
}

// CompareSigner reports a checkpoint that was seen elsewhere, if its signer was
// not the log's key at its size.
func (a *Audit) CompareSigner(c Checkpoint, signer note.Verifier, path string) {
	name := nameOf(signer)
	if t, ok := a.tenures[name]; ok && !t.covers(c.Size) {
		a.add(path, CheckpointKey, fmt.Sprintf("a key of the log at %d", c.Size), name)
	}
}
