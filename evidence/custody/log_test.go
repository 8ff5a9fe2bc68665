package custody

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	_ "modernc.org/sqlite"
	"pgregory.net/rapid"

	"pugmark/evidence/canon"
)

const testOrigin = "pugmark/test"

// newKey returns a signer and its key; each n gives another.
func newKey(t testing.TB, n byte) (note.Signer, note.Verifier) {
	t.Helper()
	seed := make([]byte, ed25519.SeedSize)
	seed[0] = n
	s, err := NewSigner(testOrigin, ed25519.NewKeyFromSeed(seed))
	if err != nil {
		t.Fatal(err)
	}
	return s, s.(*signer).Verifier
}

func newDB(t testing.TB) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(t.TempDir(), "log.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(OFF)")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { check(t, db.Close()) })
	check(t, CreateTables(t.Context(), db))
	return db
}

// newLog returns a log of n events, with a checkpoint at each of some sizes.
func newLog(t testing.TB, n int, signed ...int) (*sql.DB, *Log) {
	t.Helper()
	db := newDB(t)
	l := New(db, testOrigin)
	s, _ := newKey(t, 1)
	for i := range n {
		if _, err := l.Append(t.Context(), testEvent(i)); err != nil {
			t.Fatal(err)
		}
		if slices.Contains(signed, i+1) {
			_, err := l.Sign(t.Context(), s)
			check(t, err)
		}
	}
	return db, l
}

// testEvent returns events of three cases in turn.
func testEvent(i int) Event {
	return Event{
		Time: time.Date(2026, 11, 24, 8, 0, i, 0, time.UTC), Actor: "A. Rao", Action: CaptureStarted,
		Subject: fmt.Sprintf("subject %d", i), Case: fmt.Sprintf("OP-%d", i%3),
	}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}

func exec(t testing.TB, db DB, query string, args ...any) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func TestAppend(t *testing.T) {
	_, l := newLog(t, 7)
	ctx := t.Context()
	if n, err := l.Size(ctx); err != nil || n != 7 {
		t.Errorf("got size %d, %v, want 7", n, err)
	}
	for _, x := range []struct {
		filter Filter
		want   []int64
	}{
		{Filter{}, []int64{0, 1, 2, 3, 4, 5, 6}},
		{Filter{Case: "OP-1"}, []int64{1, 4}},
		{Filter{Case: "OP-0", From: 1}, []int64{3, 6}},
		{Filter{From: 2, Limit: 3}, []int64{2, 3, 4}},
		{Filter{Subject: "subject 5"}, []int64{5}},
		{Filter{Action: CaptureStarted, Limit: 1}, []int64{0}},
		{Filter{Action: Verified}, nil},
	} {
		events, err := l.Events(ctx, x.filter)
		check(t, err)
		var got []int64
		for _, e := range events {
			got = append(got, e.Seq)
		}
		if !slices.Equal(got, x.want) {
			t.Errorf("%+v: got %v, want %v", x.filter, got, x.want)
		}
	}
}

// TestAppendInTransaction appends and signs in one transaction and takes it
// back.
func TestAppendInTransaction(t *testing.T) {
	db, l := newLog(t, 3, 3)
	s, key := newKey(t, 1)
	tx, err := db.BeginTx(t.Context(), nil)
	check(t, err)
	in := New(tx, testOrigin)
	e, err := in.Append(t.Context(), testEvent(3))
	if err != nil || e.Seq != 3 {
		t.Errorf("got event %+v, %v", e, err)
	}
	c, err := in.Sign(t.Context(), s)
	if err != nil || c.Size != 4 {
		t.Errorf("got checkpoint %+v, %v", c, err)
	}
	check(t, tx.Rollback())
	c, err = l.Latest(t.Context())
	if err != nil || c.Size != 3 {
		t.Errorf("got checkpoint %+v, %v, want that of size 3", c, err)
	}
	wantFindings(t, audit(t, l, key))
}

func TestAppendRefuses(t *testing.T) {
	l := New(newDB(t), testOrigin)
	for name, e := range map[string]Event{
		"no action":  {Time: time.Now().UTC()},
		"local time": {Time: time.Now().In(time.FixedZone("", 3600)), Action: Verified},
		"not UTF-8":  {Time: time.Now().UTC(), Action: Verified, Reason: "\xff"},
	} {
		if _, err := l.Append(t.Context(), e); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if n, err := l.Size(t.Context()); err != nil || n != 0 {
		t.Errorf("got size %d, %v, want 0", n, err)
	}
}

// TestAppendOnly asks the database itself to change what is logged.
func TestAppendOnly(t *testing.T) {
	db, _ := newLog(t, 3, 3)
	for _, q := range []string{
		"UPDATE events SET body = x'00'", "DELETE FROM events", "UPDATE hashes SET hash = x'00'",
		"DELETE FROM hashes WHERE idx = 1", "UPDATE checkpoints SET note = ''", "DELETE FROM checkpoints",
		"INSERT OR REPLACE INTO events (seq, body) VALUES (1, x'00')", "REPLACE INTO hashes (idx, hash) VALUES (1, x'00')",
		"INSERT INTO checkpoints (size, note) VALUES (3, '') ON CONFLICT DO UPDATE SET note = ''",
	} {
		_, err := db.ExecContext(t.Context(), q)
		if err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: got error %v", q, err)
		}
	}
}

func TestSign(t *testing.T) {
	l := New(newDB(t), testOrigin)
	s, key := newKey(t, 1)
	if _, err := l.Latest(t.Context()); !errors.Is(err, ErrNoCheckpoint) {
		t.Errorf("got error %v, want %v", err, ErrNoCheckpoint)
	}
	_, err := l.Append(t.Context(), testEvent(0))
	check(t, err)
	first, err := l.Sign(t.Context(), s)
	check(t, err)
	again, err := l.Sign(t.Context(), s)
	if err != nil || again != first {
		t.Errorf("got %+v, %v, want %+v", again, err, first)
	}
	opened, by, err := OpenCheckpoint(first.Note, key)
	if err != nil || opened != first || by != key {
		t.Errorf("got %+v, %v, %v, want %+v", opened, by, err, first)
	}
}

// TestProofs holds the proofs of every event and size against another
// implementation of RFC 6962.
func TestProofs(t *testing.T) {
	const n = 20
	_, l := newLog(t, n)
	ctx := t.Context()
	events, err := l.Events(ctx, Filter{})
	check(t, err)
	roots := make([]canon.Digest, n+1)
	for size := range roots {
		roots[size], err = l.Root(ctx, int64(size))
		check(t, err)
	}
	for size := 1; size <= n; size++ {
		head := Checkpoint{Size: int64(size), Root: roots[size]}
		for i := range size {
			p, err := l.ProveInclusion(ctx, int64(i), int64(size))
			check(t, err)
			body, err := events[i].Encode()
			check(t, err)
			check(t, CheckInclusion(p, head, int64(i), body))
			leaf := rfc6962.DefaultHasher.HashLeaf(body)
			check(t, proof.VerifyInclusion(rfc6962.DefaultHasher, uint64(i), uint64(size), leaf, slicesOf(p), roots[size][:]))
		}
		for old := 1; old <= size; old++ {
			p, err := l.ProveConsistency(ctx, int64(old), int64(size))
			check(t, err)
			check(t, CheckConsistency(p, Checkpoint{Size: int64(old), Root: roots[old]}, head))
			check(t, proof.VerifyConsistency(rfc6962.DefaultHasher, uint64(old), uint64(size), slicesOf(p), roots[old][:], roots[size][:]))
		}
	}
}

func slicesOf(p Proof) (out [][]byte) {
	for _, d := range p {
		out = append(out, slices.Clone(d[:]))
	}
	return out
}

func TestProofsFail(t *testing.T) {
	_, l := newLog(t, 9)
	ctx := t.Context()
	root, err := l.Root(ctx, 9)
	check(t, err)
	head := Checkpoint{Size: 9, Root: root}
	p, err := l.ProveInclusion(ctx, 4, 9)
	check(t, err)
	events, err := l.Events(ctx, Filter{})
	check(t, err)
	body, err := events[4].Encode()
	check(t, err)
	check(t, CheckInclusion(p, head, 4, body))
	for i := range p {
		bad := slices.Clone(p)
		bad[i][7] ^= 1
		if CheckInclusion(bad, head, 4, body) == nil || CheckInclusion(slices.Delete(slices.Clone(p), i, i+1), head, 4, body) == nil {
			t.Errorf("a proof held whose hash %d was changed or taken out", i)
		}
	}
	for name, err := range map[string]error{
		"other index": CheckInclusion(p, head, 5, body),
		"other body":  CheckInclusion(p, head, 4, append(body, ' ')),
		"past end":    CheckInclusion(p, head, 9, body),
		"negative":    CheckInclusion(p, head, -1, body),
		"huge":        CheckInclusion(p, Checkpoint{Size: 1 << 62, Root: root}, 4, body),
		"long":        CheckInclusion(make(Proof, 1000), head, 4, body),
		"huge tree":   CheckConsistency(nil, head, Checkpoint{Size: 1 << 62}),
		"forked":      CheckConsistency(nil, Checkpoint{Size: 9}, head),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := l.ProveInclusion(ctx, 9, 9); err == nil {
		t.Error("proved an event that isn't there")
	}
	if _, err := l.ProveConsistency(ctx, 9, 10); err == nil {
		t.Error("proved a log that isn't there")
	}
}

// TestLogProperty appends and signs at random and checks what must hold of any
// log: it is clean, and its heads are those of a tree over the same bodies.
func TestLogProperty(t *testing.T) {
	s, key := newKey(t, 1)
	rapid.Check(t, func(rt *rapid.T) {
		db := newDB(t)
		defer db.Close()
		l := New(db, testOrigin)
		var hashes []tlog.Hash
		for i := range rapid.IntRange(1, 40).Draw(rt, "events") {
			e := testEvent(i)
			e.Reason = rapid.String().Draw(rt, "reason")
			e.Details = rapid.MapOfN(rapid.String(), rapid.String(), 0, 3).Draw(rt, "details")
			e, err := l.Append(t.Context(), e)
			if err != nil {
				rt.Fatal(err)
			}
			body, err := e.Encode()
			check(t, err)
			if again, err := ParseEvent(body); err != nil || fmt.Sprint(again) != fmt.Sprint(normal(e)) {
				rt.Fatalf("got event %+v, %v, want %+v", again, err, e)
			}
			hashes = append(hashes, leafHash(body))
			if rapid.Bool().Draw(rt, "sign") {
				if c, err := l.Sign(t.Context(), s); err != nil || !newTree(hashes).holds(c) {
					rt.Fatalf("got checkpoint %+v, %v", c, err)
				}
			}
		}
		a, err := l.Audit(t.Context(), []note.Verifier{key}, nil)
		if err != nil || len(a.Findings) > 0 || a.Size != int64(len(hashes)) {
			rt.Fatalf("got audit %+v, %v", a, err)
		}
	})
}

// normal has no details where there are none.
func normal(e Event) Event {
	if len(e.Details) == 0 {
		e.Details = nil
	}
	return e
}

// audit verifies a log with a key.
func audit(t testing.TB, l *Log, keys ...note.Verifier) *Audit {
	t.Helper()
	a, err := l.Audit(context.Background(), keys, nil)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func wantFindings(t testing.TB, a *Audit, want ...string) {
	t.Helper()
	var got []string
	for _, f := range a.Findings {
		got = append(got, f.Path+": "+f.Kind)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got findings %q, want %q\n%v", got, want, a.Findings)
	}
}
