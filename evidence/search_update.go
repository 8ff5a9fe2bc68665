package evidence

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"pugmark/evidence/canon"
	"pugmark/evidence/custody"
	"pugmark/evidence/search"
)

// searchBatch is how many changes are entered at once: what is lost at most when the
// process dies, and for how long others wait.
const searchBatch = 64

// errOtherIndex reports an index that can't be brought up to this log: it is of
// another one, or must not be written.
var errOtherIndex = errors.New("the search index is not of this log")

// searchMark says what the search index has: all events below a number, of which the
// last has a digest.
type searchMark struct {
	vault uuid.UUID
	next  int64
	last  Digest
}

func (m searchMark) String() string { return fmt.Sprintf("%s %d %s", m.vault, m.next, m.last) }

// searchMark reads a mark and checks that it is of this log.
func (v *Vault) searchMark(ctx context.Context, s string) (m searchMark, err error) {
	if s == "" {
		return searchMark{vault: v.info.ID}, nil
	}
	var id, last string
	if _, err := fmt.Sscanf(s, "%s %d %s", &id, &m.next, &last); err != nil {
		return m, fmt.Errorf("%w: mark %q", errOtherIndex, s)
	}
	m.vault, err = uuid.Parse(id)
	if err == nil {
		m.last, err = canon.ParseDigest(last)
	}
	if err != nil {
		return m, fmt.Errorf("%w: mark %q", errOtherIndex, s)
	}
	var body []byte
	err = v.db.QueryRowContext(ctx, "SELECT body FROM events WHERE seq = ?", m.next-1).Scan(&body)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return m, err
	}
	if m.vault != v.info.ID || canon.Sum(body) != m.last {
		return m, fmt.Errorf("%w: it has %d events of vault %s", errOtherIndex, m.next, m.vault)
	}
	return m, nil
}

// searchActions are those of events that change what is found.
var searchActions = []any{custody.CaptureSealed, custody.AnnotationAdded, custody.AnnotationWithdrawn}

// behind counts the changes that the index doesn't have.
func (v *Vault) behind(ctx context.Context, x *search.Index) (n int, err error) {
	s, err := x.Mark(ctx)
	if err != nil {
		return 0, err
	}
	m, err := v.searchMark(ctx, s)
	if err != nil {
		return 0, err
	}
	const q = "SELECT count(*) FROM events WHERE seq >= ? AND action IN (?, ?, ?)"
	err = v.db.QueryRowContext(ctx, q, append([]any{m.next}, searchActions...)...).Scan(&n)
	return n, err
}

// updateSearch enters what the index lacks: of the log, then of imported bundles.
func (v *Vault) updateSearch(ctx context.Context, x *search.Index, imports ImportReader, p Progress) error {
	total, err := v.behind(ctx, x)
	if err != nil {
		return err
	}
	var lacked []lackedImport
	captures := 0
	if imports != nil {
		if lacked, captures, err = v.lackedImports(ctx, x); err != nil {
			return err
		}
	}
	done := 0
	entered := func(n int) {
		if done += n; p != nil {
			p(int64(done), int64(max(total+captures, done)))
		}
	}
	if total > 0 {
		if err := v.enterChanges(ctx, x, entered); err != nil {
			return err
		}
	}
	return v.enterImports(ctx, x, lacked, imports, entered)
}

// enterChanges enters what the log says was changed.
func (v *Vault) enterChanges(ctx context.Context, x *search.Index, entered func(int)) error {
	if v.search.fixed {
		return errOtherIndex
	}
	for {
		n, err := v.indexBatch(ctx, x)
		if err != nil || n == 0 {
			return err
		}
		entered(n)
	}
}

// indexBatch enters the next changes and returns how many there were. What the index
// has is read in the same transaction: another process may be at it too.
func (v *Vault) indexBatch(ctx context.Context, x *search.Index) (n int, err error) {
	err = x.Update(ctx, func(b *search.Batch) error {
		s, err := b.Mark(ctx)
		if err != nil {
			return err
		}
		m, err := v.searchMark(ctx, s)
		if err != nil {
			return err
		}
		captures, last, err := v.changed(ctx, m.next)
		if err != nil || last == nil {
			return err
		}
		n = len(captures)
		if err := v.enter(ctx, b, captures); err != nil {
			return err
		}
		return b.SetMark(ctx, last.String())
	})
	return n, err
}

// changed returns the captures that the next changes are of, in the log's order, and
// the mark behind the last of them; nil if there are none.
func (v *Vault) changed(ctx context.Context, next int64) (captures []string, last *searchMark, err error) {
	const part = "SELECT * FROM (SELECT seq, subject, body FROM events WHERE action = ? AND seq >= ? ORDER BY seq LIMIT ?)"
	var args []any
	for _, a := range searchActions {
		args = append(args, a, next, searchBatch)
	}
	rows, err := v.db.QueryContext(ctx, part+" UNION ALL "+part+" UNION ALL "+part+" ORDER BY seq LIMIT ?", append(args, searchBatch)...)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var seq int64
		var subject string
		var body []byte
		if err := rows.Scan(&seq, &subject, &body); err != nil {
			return nil, nil, err
		}
		captures = append(captures, subject)
		last = &searchMark{v.info.ID, seq + 1, canon.Sum(body)}
	}
	return captures, last, rows.Err()
}

// enter reads captures, each once, and enters what they say.
func (v *Vault) enter(ctx context.Context, b *search.Batch, captures []string) error {
	ids := slices.Clone(captures)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	read := func(ctx context.Context, i int) (*search.Document, error) { return v.searchDocument(ctx, ids[i]) }
	return InOrder(ctx, len(ids), read, func(_ int, d *search.Document) error {
		if d == nil {
			return nil
		}
		return b.Put(ctx, *d)
	})
}
