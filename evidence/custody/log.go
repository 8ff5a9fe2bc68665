package custody

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"pugmark/evidence/canon"
)

// ErrNoCheckpoint reports a log of which no head was signed.
var ErrNoCheckpoint = errors.New("the log has no checkpoint")

// DB is a database or a transaction of it.
type DB interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Log is a log in a database, or in a transaction of one: what it appends is
// kept if and when the caller commits.
type Log struct {
	db     DB
	origin string
}

// New returns the log of a database that holds its tables. Its checkpoints name
// it by origin.
func New(db DB, origin string) *Log { return &Log{db: db, origin: origin} }

// schema keeps the body as the only stored column, so that nothing beside it
// can disagree with it.
const schema = `
CREATE TABLE events (
	seq      INTEGER PRIMARY KEY,
	body     BLOB NOT NULL,
	case_ref TEXT AS (CASE WHEN json_valid(CAST(body AS TEXT)) THEN CAST(body AS TEXT) ->> '$.case' END) VIRTUAL,
	subject  TEXT AS (CASE WHEN json_valid(CAST(body AS TEXT)) THEN CAST(body AS TEXT) ->> '$.subject' END) VIRTUAL,
	action   TEXT AS (CASE WHEN json_valid(CAST(body AS TEXT)) THEN CAST(body AS TEXT) ->> '$.action' END) VIRTUAL
) STRICT;
CREATE INDEX events_case ON events (case_ref, seq);
CREATE INDEX events_subject ON events (subject, seq);
CREATE INDEX events_action ON events (action, seq);
CREATE TABLE hashes (idx INTEGER PRIMARY KEY, hash BLOB NOT NULL) STRICT;
CREATE TABLE checkpoints (size INTEGER PRIMARY KEY, note TEXT NOT NULL) STRICT;
`

const refuse = "SELECT RAISE(ABORT, 'the custody log is append-only')"

// CreateTables makes the log's tables.
func CreateTables(ctx context.Context, db DB) error {
	q := schema
	for _, t := range []struct{ table, key string }{{"events", "seq"}, {"hashes", "idx"}, {"checkpoints", "size"}} {
		for _, op := range []string{"UPDATE", "DELETE"} {
			q += fmt.Sprintf("CREATE TRIGGER %[1]s_no_%[2]s BEFORE %[2]s ON %[1]s BEGIN %[3]s; END;\n", t.table, op, refuse)
		}
		// INSERT OR REPLACE deletes without the trigger for it.
		q += fmt.Sprintf("CREATE TRIGGER %[1]s_no_REPLACE BEFORE INSERT ON %[1]s WHEN EXISTS (SELECT 1 FROM %[1]s WHERE %[2]s = NEW.%[2]s) BEGIN %[3]s; END;\n",
			t.table, t.key, refuse)
	}
	if _, err := db.ExecContext(ctx, q); err != nil {
		return fmt.Errorf("creating the custody log: %w", err)
	}
	return nil
}

// Append gives the event the next sequence number and adds it.
func (l *Log) Append(ctx context.Context, e Event) (Event, error) {
	n, err := l.Size(ctx)
	if err != nil {
		return Event{}, err
	}
	e.Seq = n
	body, err := e.Encode()
	if err != nil {
		return Event{}, err
	}
	if _, err := l.db.ExecContext(ctx, "INSERT INTO events (seq, body) VALUES (?, ?)", n, body); err != nil {
		return Event{}, fmt.Errorf("appending event %d: %w", n, err)
	}
	hs, err := tlog.StoredHashesForRecordHash(n, leafHash(body), l.reader(ctx))
	if err != nil {
		return Event{}, fmt.Errorf("hashing event %d: %w", n, err)
	}
	for i, h := range hs {
		idx := tlog.StoredHashIndex(0, n) + int64(i)
		if _, err := l.db.ExecContext(ctx, "INSERT INTO hashes (idx, hash) VALUES (?, ?)", idx, h[:]); err != nil {
			return Event{}, fmt.Errorf("storing hash %d: %w", idx, err)
		}
	}
	return e, nil
}

// Size returns the number of events.
func (l *Log) Size(ctx context.Context) (int64, error) {
	var n int64
	err := l.db.QueryRowContext(ctx, "SELECT coalesce(max(seq)+1, 0) FROM events").Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("reading the log's size: %w", err)
	}
	return n, nil
}

// Root returns the tree head at a size.
func (l *Log) Root(ctx context.Context, size int64) (canon.Digest, error) {
	h, err := tlog.TreeHash(size, l.reader(ctx))
	if err != nil {
		return canon.Digest{}, fmt.Errorf("hashing the log at %d: %w", size, err)
	}
	return canon.Digest(h), nil
}

// Filter selects events. A zero member selects all.
type Filter struct {
	Case    string
	Subject string
	Action  Action
	From    int64 // lowest sequence number
	Limit   int
}

// Events returns the events that a filter selects, oldest first.
func (l *Log) Events(ctx context.Context, f Filter) (events []Event, err error) {
	q, args := f.query()
	rows, err := l.db.QueryContext(ctx, q, args...)
	if err != nil {
		return nil, fmt.Errorf("reading events: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var body []byte
		if err := rows.Scan(&body); err != nil {
			return nil, fmt.Errorf("reading events: %w", err)
		}
		e, err := ParseEvent(body)
		if err != nil {
			return nil, err
		}
		events = append(events, e)
	}
	return events, rows.Err()
}

func (f Filter) query() (string, []any) {
	where, args := []string{"seq >= ?"}, []any{f.From}
	for _, c := range []struct{ column, value string }{
		{"case_ref", f.Case}, {"subject", f.Subject}, {"action", string(f.Action)},
	} {
		if c.value != "" {
			where = append(where, c.column+" = ?")
			args = append(args, c.value)
		}
	}
	q := "SELECT body FROM events WHERE " + strings.Join(where, " AND ") + " ORDER BY seq"
	if f.Limit > 0 {
		q += " LIMIT ?"
		args = append(args, f.Limit)
	}
	return q, args
}

// Sign signs the log's head and keeps the checkpoint. At a size that was signed
// before it returns that checkpoint. The error wraps [ErrKeyRetired] when the
// log was given another key meanwhile.
func (l *Log) Sign(ctx context.Context, s note.Signer) (Checkpoint, error) {
	if err := l.checkSigner(ctx, s); err != nil {
		return Checkpoint{}, err
	}
	return l.sign(ctx, s)
}

func (l *Log) sign(ctx context.Context, s note.Signer) (Checkpoint, error) {
	size, err := l.Size(ctx)
	if err != nil {
		return Checkpoint{}, err
	}
	last, err := l.Latest(ctx)
	if err == nil && last.Size == size {
		return last, nil
	}
	if err != nil && !errors.Is(err, ErrNoCheckpoint) {
		return Checkpoint{}, err
	}
	root, err := l.Root(ctx, size)
	if err != nil {
		return Checkpoint{}, err
	}
	c, err := Checkpoint{Origin: l.origin, Size: size, Root: root}.sign(s)
	if err != nil {
		return Checkpoint{}, err
	}
	if _, err := l.db.ExecContext(ctx, "INSERT INTO checkpoints (size, note) VALUES (?, ?)", size, c.Note); err != nil {
		return Checkpoint{}, fmt.Errorf("keeping checkpoint of size %d: %w", size, err)
	}
	return c, nil
}

// Latest returns the newest checkpoint, or [ErrNoCheckpoint]. It doesn't check
// the signature.
func (l *Log) Latest(ctx context.Context) (Checkpoint, error) {
	var signed string
	err := l.db.QueryRowContext(ctx, "SELECT note FROM checkpoints ORDER BY size DESC LIMIT 1").Scan(&signed)
	if errors.Is(err, sql.ErrNoRows) {
		return Checkpoint{}, ErrNoCheckpoint
	}
	if err != nil {
		return Checkpoint{}, fmt.Errorf("reading checkpoint: %w", err)
	}
	return ParseCheckpoint(signed)
}

// reader reads the stored hashes of the tree, those of a proof in one query.
func (l *Log) reader(ctx context.Context) tlog.HashReader {
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		if len(indexes) == 0 {
			return nil, nil
		}
		found, err := l.readHashes(ctx, indexes)
		if err != nil {
			return nil, err
		}
		hs := make([]tlog.Hash, len(indexes))
		for i, idx := range indexes {
			b, ok := found[idx]
			if !ok {
				return nil, fmt.Errorf("reading hash %d: it isn't there", idx)
			}
			if len(b) != tlog.HashSize {
				return nil, fmt.Errorf("reading hash %d: got %d bytes, want %d", idx, len(b), tlog.HashSize)
			}
			hs[i] = tlog.Hash(b)
		}
		return hs, nil
	})
}

func (l *Log) readHashes(ctx context.Context, indexes []int64) (found map[int64][]byte, err error) {
	args := make([]any, len(indexes))
	for i, idx := range indexes {
		args[i] = idx
	}
	q := "SELECT idx, hash FROM hashes WHERE idx IN (?" + strings.Repeat(", ?", len(indexes)-1) + ")"
	rows, err := l.db.QueryContext(ctx, q, args...)
	if err != nil {
		return nil, fmt.Errorf("reading hashes: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	found = make(map[int64][]byte, len(indexes))
	for rows.Next() {
		var idx int64
		var b []byte
		if err := rows.Scan(&idx, &b); err != nil {
			return nil, fmt.Errorf("reading hashes: %w", err)
		}
		found[idx] = b
	}
	return found, rows.Err()
}
