package custody

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/note"
)

// ErrKeyRetired reports a signer whose key is no longer the log's.
var ErrKeyRetired = errors.New("the key was retired")

// checkSigner refuses a signer that isn't the one that the log's newest
// key.added names. It is asked in the transaction that signs, so that no other
// process can change the key in between.
func (l *Log) checkSigner(ctx context.Context, s note.Signer) error {
	var body []byte
	const newest = "SELECT body FROM events WHERE action = ? ORDER BY seq DESC LIMIT 1"
	err := l.db.QueryRowContext(ctx, newest, KeyAdded).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return nil // a log without keys of its own
	}
	if err != nil {
		return fmt.Errorf("reading the log's key: %w", err)
	}
	e, err := ParseEvent(body)
	if err != nil {
		return err
	}
	k, err := ParseKey(e.Subject)
	if err != nil {
		return err
	}
	if nameOf(k) != nameOf(s) {
		return fmt.Errorf("signing with %s: %w: the log's is %s", nameOf(s), ErrKeyRetired, nameOf(k))
	}
	return nil
}

// nameOf returns what names a key in a note: its name and its hash.
func nameOf(k interface {
	Name() string
	KeyHash() uint32
}) string {
	return fmt.Sprintf("%s+%08x", k.Name(), k.KeyHash())
}

// Rotate gives the log another key: it appends added and retired, which name the
// new key and the old one, and has the old one sign the head, for the last time.
func (l *Log) Rotate(ctx context.Context, old note.Signer, added, retired Event) (Event, Event, error) {
	err := l.checkSigner(ctx, old)
	if err != nil {
		return added, retired, err
	}
	if added, err = l.Append(ctx, added); err != nil {
		return added, retired, err
	}
	if retired, err = l.Append(ctx, retired); err != nil {
		return added, retired, err
	}
	_, err = l.sign(ctx, old)
	return added, retired, err
}

// Vouched reports whether the key of a key.added event has the word of one of
// keys: whether the first checkpoint after the event is signed by one of them,
// and the event is in its log.
func (l *Log) Vouched(ctx context.Context, added Event, keys ...note.Verifier) (bool, error) {
	var signed string
	const first = "SELECT note FROM checkpoints WHERE size > ? ORDER BY size LIMIT 1"
	err := l.db.QueryRowContext(ctx, first, added.Seq).Scan(&signed)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("reading checkpoint: %w", err)
	}
	c, _, err := OpenCheckpoint(signed, keys...)
	if err != nil || c.Origin != l.origin {
		return false, nil
	}
	body, err := added.Encode()
	if err != nil {
		return false, nil
	}
	p, err := l.ProveInclusion(ctx, added.Seq, c.Size)
	if err != nil {
		return false, nil // the audit says what is wrong with the hashes
	}
	return CheckInclusion(p, c, added.Seq, body) == nil, nil
}
