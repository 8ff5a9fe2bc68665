package custody

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"pugmark/evidence/canon"
)

// Audit is what the verification of a whole log found.
type Audit struct {
	Size     int64 // events in the log
	Signed   int64 // of these, how many a checkpoint covers that holds
	Findings []Finding

	origin     string
	tenures    map[string]tenure // of the keys that the events name
	signatures []signature       // of the checkpoints that hold, by size
	bodies     tree              // of the events as they are, in the order of their numbers
	stored     tree              // of the leaf hashes as they are stored
}

// row is an event as it lies in the database.
type row struct {
	seq    int64
	hash   tlog.Hash
	broken error // why it can't be read as an event of this number
}

// Audit verifies the whole log: it hashes every event anew and compares the
// tree with the stored hashes and with every checkpoint, of which each must be
// signed by one of keys. It calls each, if not nil, for every event that can be
// read, in order. Run it in a transaction, so that the log stands still. An
// error means that the log could not be read.
func (l *Log) Audit(ctx context.Context, keys []note.Verifier, each func(Event)) (*Audit, error) {
	a := &Audit{origin: l.origin, tenures: make(map[string]tenure)}
	rows, err := l.rows(ctx, func(e Event) {
		a.noteKey(e)
		if each != nil {
			each(e)
		}
	})
	if err != nil {
		return nil, err
	}
	stored, err := l.hashes(ctx)
	if err != nil {
		return nil, err
	}
	a.Size = int64(len(rows))
	a.bodies = newTree(rowHashes(rows))
	a.stored = a.bodies // the rule; another tree of a large log takes much memory
	if hashed := leaves(stored); !slices.Equal(hashed, a.bodies.leaves) {
		a.stored = newTree(hashed)
	}
	held, err := l.auditCheckpoints(ctx, keys, a)
	if err != nil {
		return nil, err
	}
	ref := a.reference(rows, held)
	a.compareRows(rows, ref.leaves)
	a.compareHashes(stored, ref)
	a.compareKeys()
	return a, nil
}

// Compare checks that the log extends the log of a checkpoint that was seen
// elsewhere: in a seal or a bundle, or pinned. It doesn't look at the signature.
// The finding's path is given.
func (a *Audit) Compare(c Checkpoint, path string) {
	switch {
	case c.Origin != a.origin:
		a.add(path, LogForeign, a.origin, c.Origin)
	case c.Size > a.bodies.size() && c.Size > a.stored.size():
		a.add(path, LogShort, c.Size, a.Size)
	case !a.bodies.holds(c) && !a.stored.holds(c):
		a.add(path, LogRewritten, c.Root, a.rootAt(c.Size))
	}
}

func (a *Audit) rootAt(size int64) string {
	t := a.bodies
	if size > t.size() {
		t = a.stored
	}
	h, err := t.root(size)
	if err != nil {
		return err.Error()
	}
	return text(h)
}

// text returns the text form of a hash.
func text(h tlog.Hash) string { return canon.Digest(h).String() }

func (a *Audit) add(path, kind string, want, got any) {
	a.Findings = append(a.Findings, Finding{Path: path, Kind: kind, Want: fmt.Sprint(want), Got: fmt.Sprint(got)})
}

// rows reads every event.
func (l *Log) rows(ctx context.Context, each func(Event)) (out []row, err error) {
	n, err := l.count(ctx, "events")
	if err != nil {
		return nil, err
	}
	out = make([]row, 0, n)
	rows, err := l.db.QueryContext(ctx, "SELECT seq, body FROM events ORDER BY seq")
	if err != nil {
		return nil, fmt.Errorf("reading events: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var seq int64
		var body []byte
		if err := rows.Scan(&seq, &body); err != nil {
			return nil, fmt.Errorf("reading events: %w", err)
		}
		e, err := ParseEvent(body)
		if err == nil && each != nil {
			each(e)
		}
		if err == nil && e.Seq != seq {
			err = fmt.Errorf("got sequence number %d, want %d", e.Seq, seq)
		}
		out = append(out, row{seq, leafHash(body), err})
	}
	return out, rows.Err()
}

// count returns the number of rows of a table.
func (l *Log) count(ctx context.Context, table string) (n int, err error) {
	if err := l.db.QueryRowContext(ctx, "SELECT count(*) FROM "+table).Scan(&n); err != nil {
		return 0, fmt.Errorf("counting %s: %w", table, err)
	}
	return n, nil
}

// hashes reads the stored hashes. One that is missing or has another length is
// zero, which no hash is.
func (l *Log) hashes(ctx context.Context) (out []tlog.Hash, err error) {
	n, err := l.count(ctx, "hashes")
	if err != nil {
		return nil, err
	}
	out = make([]tlog.Hash, 0, n)
	rows, err := l.db.QueryContext(ctx, "SELECT idx, hash FROM hashes WHERE idx >= 0 ORDER BY idx")
	if err != nil {
		return nil, fmt.Errorf("reading hashes: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var idx int64
		var b []byte
		if err := rows.Scan(&idx, &b); err != nil {
			return nil, fmt.Errorf("reading hashes: %w", err)
		}
		if idx > 2*MaxSize {
			break
		}
		for int64(len(out)) < idx {
			out = append(out, tlog.Hash{})
		}
		var h tlog.Hash
		if len(b) == len(h) {
			h = tlog.Hash(b)
		}
		out = append(out, h)
	}
	return out, rows.Err()
}

// auditCheckpoints returns the largest size at which a checkpoint holds for the
// events as they are.
func (l *Log) auditCheckpoints(ctx context.Context, keys []note.Verifier, a *Audit) (held int64, err error) {
	checkpoints, err := l.checkpoints(ctx)
	if err != nil {
		return 0, err
	}
	var failed []Finding
	for _, r := range checkpoints {
		c, signer, f := l.openCheckpoint(r, keys)
		if f != nil {
			a.Findings = append(a.Findings, *f)
			continue
		}
		before := len(a.Findings)
		a.Compare(c, checkpointPath(r.size))
		if len(a.Findings) > before {
			failed = append(failed, a.Findings[before])
			a.Findings = a.Findings[:before]
			continue
		}
		a.Signed = max(a.Signed, c.Size)
		a.signatures = append(a.signatures, signature{c.Size, nameOf(signer)})
		if a.bodies.holds(c) {
			held = max(held, c.Size)
		}
	}
	a.Findings = append(a.Findings, foremost(failed)...)
	return held, nil
}

// foremost keeps of the checkpoints that don't hold, in order of size, the one
// that says most: the first that finds the log rewritten, the last that finds
// it short. All others follow from these.
func foremost(fs []Finding) (out []Finding) {
	if i := slices.IndexFunc(fs, func(f Finding) bool { return f.Kind == LogRewritten }); i >= 0 {
		out = append(out, fs[i])
	}
	if n := len(fs); n > 0 && fs[n-1].Kind == LogShort {
		out = append(out, fs[n-1])
	}
	return out
}

// signed is a checkpoint as it lies in the database.
type signed struct {
	size int64
	note string
}

func (l *Log) checkpoints(ctx context.Context) (out []signed, err error) {
	rows, err := l.db.QueryContext(ctx, "SELECT size, note FROM checkpoints ORDER BY size")
	if err != nil {
		return nil, fmt.Errorf("reading checkpoints: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var s signed
		if err := rows.Scan(&s.size, &s.note); err != nil {
			return nil, fmt.Errorf("reading checkpoints: %w", err)
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

func (l *Log) openCheckpoint(s signed, keys []note.Verifier) (Checkpoint, note.Verifier, *Finding) {
	f := &Finding{Path: checkpointPath(s.size), Kind: CheckpointMalformed}
	c, signer, err := OpenCheckpoint(s.note, keys...)
	switch {
	case errors.Is(err, ErrSignature):
		f.Kind, f.Want, f.Got = CheckpointSignature, "a signature by a known key", err.Error()
	case err != nil:
		f.Want, f.Got = "a checkpoint", err.Error()
	case c.Origin != l.origin || c.Size != s.size:
		f.Want, f.Got = fmt.Sprintf("%s %d", l.origin, s.size), fmt.Sprintf("%s %d", c.Origin, c.Size)
	default:
		return c, signer, nil
	}
	return c, nil, f
}

func checkpointPath(size int64) string { return "checkpoints/" + strconv.FormatInt(size, 10) }

// reference returns the tree that the log should be: as the events are, up to
// the size at which a checkpoint confirms them; beyond it, as they were hashed.
func (a *Audit) reference(rows []row, held int64) tree {
	if slices.Equal(a.stored.leaves, a.bodies.leaves) {
		return a.bodies
	}
	ref := slices.Clone(a.bodies.leaves[:held])
	if n := a.stored.size(); n > held {
		ref = append(ref, a.stored.leaves[held:]...)
	}
	return newTree(ref)
}

// compareHashes reports every stored hash that isn't that of the tree.
func (a *Audit) compareHashes(stored []tlog.Hash, ref tree) {
	for i, want := range ref.hashes {
		path := "hashes/" + strconv.Itoa(i)
		switch {
		case i >= len(stored) || stored[i] == tlog.Hash{}:
			a.add(path, HashChanged, text(want), "nothing")
		case stored[i] != want:
			a.add(path, HashChanged, text(want), text(stored[i]))
		}
	}
}
