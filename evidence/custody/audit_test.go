package custody

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"pugmark/evidence/canon"
)

// unprotect takes the triggers off, as anyone can who has the file.
func unprotect(t testing.TB, db DB) {
	t.Helper()
	for _, table := range []string{"events", "hashes", "checkpoints"} {
		for _, op := range []string{"UPDATE", "DELETE"} {
			exec(t, db, "DROP TRIGGER "+table+"_no_"+op)
		}
	}
}

// rehash makes the stored hashes anew from the events, as a thorough forger
// does.
func rehash(t testing.TB, db *sql.DB) {
	t.Helper()
	rows, err := New(db, testOrigin).rows(t.Context(), nil)
	check(t, err)
	exec(t, db, "DELETE FROM hashes")
	for i, h := range newTree(rowHashes(rows)).hashes {
		exec(t, db, "INSERT INTO hashes (idx, hash) VALUES (?, ?)", i, h[:])
	}
}

// shift moves the numbers of the events from one on.
func shift(t testing.TB, db DB, from, by int) {
	t.Helper()
	exec(t, db, "UPDATE events SET seq = -seq - 1000 WHERE seq >= ?", from)
	exec(t, db, "UPDATE events SET seq = -seq - 1000 + ? WHERE seq < 0", by)
}

func bodyOf(t testing.TB, e Event) []byte {
	t.Helper()
	b, err := e.Encode()
	check(t, err)
	return b
}

// forged is event 4 with another reason.
func forged(t testing.TB) []byte {
	e := testEvent(4)
	e.Seq, e.Reason = 4, "forged"
	return bodyOf(t, e)
}

// TestTamper changes a log of 12 events with checkpoints at 3, 8 and 11.
func TestTamper(t *testing.T) {
	for name, x := range map[string]struct {
		do   func(t *testing.T, db *sql.DB)
		want []string
	}{
		"nothing": {func(*testing.T, *sql.DB) {}, nil},
		"event changed": {func(t *testing.T, db *sql.DB) {
			exec(t, db, "UPDATE events SET body = ? WHERE seq = 4", forged(t))
		}, []string{"events/4: event-changed"}},
		"event garbled": {func(t *testing.T, db *sql.DB) {
			exec(t, db, "UPDATE events SET body = x'ff00' WHERE seq = 4")
		}, []string{"events/4: event-changed"}},
		"event emptied": {func(t *testing.T, db *sql.DB) {
			exec(t, db, "UPDATE events SET body = x'' WHERE seq = 0")
		}, []string{"events/0: event-changed"}},
		"event respelt": {func(t *testing.T, db *sql.DB) {
			exec(t, db, "UPDATE events SET body = CAST(CAST(body AS TEXT) || ' ' AS BLOB) WHERE seq = 4")
		}, []string{"events/4: event-changed"}},
		"unsigned event changed": {func(t *testing.T, db *sql.DB) {
			exec(t, db, "UPDATE events SET body = x'7b7d' WHERE seq = 11")
		}, []string{"events/11: event-changed"}},
		"event dropped": {func(t *testing.T, db *sql.DB) {
			exec(t, db, "DELETE FROM events WHERE seq = 4")
		}, []string{"events/4: event-dropped"}},
		"first event dropped": {func(t *testing.T, db *sql.DB) {
			exec(t, db, "DELETE FROM events WHERE seq = 0")
		}, []string{"events/0: event-dropped"}},
		"event dropped, others renumbered": {func(t *testing.T, db *sql.DB) {
			exec(t, db, "DELETE FROM events WHERE seq = 4")
			shift(t, db, 5, -1)
		}, []string{"events/4: event-dropped"}},
		"last events dropped": {func(t *testing.T, db *sql.DB) {
			exec(t, db, "DELETE FROM events WHERE seq >= 10")
		}, []string{"events/10: event-dropped", "events/11: event-dropped"}},
		"all events dropped": {func(t *testing.T, db *sql.DB) {
			exec(t, db, "DELETE FROM events; DELETE FROM hashes")
		}, []string{"checkpoints/11: log-short"}},
		"event inserted": {func(t *testing.T, db *sql.DB) {
			shift(t, db, 4, 1)
			exec(t, db, "INSERT INTO events (seq, body) VALUES (4, ?)", forged(t))
		}, []string{"events/4: event-inserted"}},
		"event inserted at the end": {func(t *testing.T, db *sql.DB) {
			exec(t, db, "INSERT INTO events (seq, body) VALUES (12, ?)", forged(t))
		}, []string{"events/12: event-inserted"}},
		"event inserted before the first": {func(t *testing.T, db *sql.DB) {
			exec(t, db, "INSERT INTO events (seq, body) VALUES (-1, ?)", forged(t))
		}, []string{"events/-1: event-inserted"}},
		"events swapped": {func(t *testing.T, db *sql.DB) {
			exec(t, db, "UPDATE events SET seq = 99 WHERE seq = 4")
			exec(t, db, "UPDATE events SET seq = 4 WHERE seq = 6")
			exec(t, db, "UPDATE events SET seq = 6 WHERE seq = 99")
		}, []string{"events/5: event-reordered", "events/6: event-reordered"}},
		"event moved to the end": {func(t *testing.T, db *sql.DB) {
			exec(t, db, "UPDATE events SET seq = 99 WHERE seq = 4")
		}, []string{"events/99: event-reordered"}},
		"last event renumbered": {func(t *testing.T, db *sql.DB) {
			exec(t, db, "UPDATE events SET seq = 99 WHERE seq = 11")
		}, []string{"events/99: event-reordered"}},
		"event changed and rehashed": {func(t *testing.T, db *sql.DB) {
			exec(t, db, "UPDATE events SET body = ? WHERE seq = 4", forged(t))
			rehash(t, db)
		}, []string{"checkpoints/8: log-rewritten"}},
		"signed tail cut off": {func(t *testing.T, db *sql.DB) {
			exec(t, db, "DELETE FROM events WHERE seq >= 9")
			rehash(t, db)
		}, []string{"checkpoints/11: log-short"}},
		"log cut to 5": {func(t *testing.T, db *sql.DB) {
			exec(t, db, "DELETE FROM events WHERE seq >= 5")
			rehash(t, db)
		}, []string{"checkpoints/11: log-short"}},
		"rewritten and cut": {func(t *testing.T, db *sql.DB) {
			exec(t, db, "UPDATE events SET body = ? WHERE seq = 4", forged(t))
			exec(t, db, "DELETE FROM events WHERE seq >= 9")
			rehash(t, db)
		}, []string{"checkpoints/8: log-rewritten", "checkpoints/11: log-short"}},
		"leaf hash changed": {func(t *testing.T, db *sql.DB) {
			exec(t, db, "UPDATE hashes SET hash = randomblob(32) WHERE idx = 0")
		}, []string{"hashes/0: hash-changed"}},
		"inner hash changed": {func(t *testing.T, db *sql.DB) {
			exec(t, db, "UPDATE hashes SET hash = zeroblob(32) WHERE idx = 2")
		}, []string{"hashes/2: hash-changed"}},
		"hash cut": {func(t *testing.T, db *sql.DB) {
			exec(t, db, "UPDATE hashes SET hash = x'00' WHERE idx = 2")
		}, []string{"hashes/2: hash-changed"}},
		"hash dropped": {func(t *testing.T, db *sql.DB) {
			exec(t, db, "DELETE FROM hashes WHERE idx = 2")
		}, []string{"hashes/2: hash-changed"}},
		"checkpoint dropped": {func(t *testing.T, db *sql.DB) {
			exec(t, db, "DELETE FROM checkpoints WHERE size = 8")
		}, nil}, // the others cover all that it covered
		"checkpoint garbled": {func(t *testing.T, db *sql.DB) {
			exec(t, db, "UPDATE checkpoints SET note = 'x' WHERE size = 8")
		}, []string{"checkpoints/8: checkpoint-malformed"}},
		"checkpoint moved": {func(t *testing.T, db *sql.DB) {
			exec(t, db, "UPDATE checkpoints SET size = 7 WHERE size = 8")
		}, []string{"checkpoints/7: checkpoint-malformed"}},
		"checkpoint altered": {func(t *testing.T, db *sql.DB) {
			exec(t, db, `UPDATE checkpoints SET note = replace(note, char(10)||'8'||char(10), char(10)||'9'||char(10)), size = 9 WHERE size = 8`)
		}, []string{"checkpoints/9: checkpoint-signature"}},
	} {
		t.Run(name, func(t *testing.T) {
			db, l := newLog(t, 12, 3, 8, 11)
			_, key := newKey(t, 1)
			unprotect(t, db)
			x.do(t, db)
			wantFindings(t, audit(t, l, key), x.want...)
		})
	}
}

// TestTamperEach flips a bit of, and drops, each event of a log in turn.
func TestTamperEach(t *testing.T) {
	const n = 9
	db, l := newLog(t, n, n)
	_, key := newKey(t, 1)
	unprotect(t, db)
	for i := range n {
		var body []byte
		check(t, db.QueryRowContext(t.Context(), "SELECT body FROM events WHERE seq = ?", i).Scan(&body))
		for _, at := range []int{0, len(body) / 2, len(body) - 1} {
			body[at] ^= 1
			exec(t, db, "UPDATE events SET body = ? WHERE seq = ?", body, i)
			wantFindings(t, audit(t, l, key), fmt.Sprintf("events/%d: event-changed", i))
			body[at] ^= 1
		}
		exec(t, db, "DELETE FROM events WHERE seq = ?", i)
		wantFindings(t, audit(t, l, key), fmt.Sprintf("events/%d: event-dropped", i))
		exec(t, db, "INSERT INTO events (seq, body) VALUES (?, ?)", i, body)
	}
	wantFindings(t, audit(t, l, key))
}

// TestAudit looks at what else an audit says.
func TestAudit(t *testing.T) {
	_, l := newLog(t, 12, 3, 8)
	_, key := newKey(t, 1)
	var seen []int64
	a, err := l.Audit(t.Context(), []note.Verifier{key}, func(e Event) { seen = append(seen, e.Seq) })
	if err != nil || a.Size != 12 || a.Signed != 8 || len(seen) != 12 || seen[11] != 11 {
		t.Errorf("got audit %+v, %v after events %v", a, err, seen)
	}
}

func TestWrongKey(t *testing.T) {
	_, l := newLog(t, 12, 3, 8)
	_, other := newKey(t, 2)
	a := audit(t, l, other)
	wantFindings(t, a, "checkpoints/3: checkpoint-signature", "checkpoints/8: checkpoint-signature")
	if a.Signed != 0 {
		t.Errorf("got %d events signed, want none", a.Signed)
	}
}

// TestMalformed has the key's holder log what is no event, or not the one of
// its number.
func TestMalformed(t *testing.T) {
	for name, body := range map[string][]byte{"not JSON": []byte("{"), "other number": forged(t)} {
		db, l := newLog(t, 2)
		s, key := newKey(t, 1)
		exec(t, db, "INSERT INTO events (seq, body) VALUES (2, ?)", body)
		unprotect(t, db)
		rehash(t, db)
		_, err := l.Sign(t.Context(), s)
		check(t, err)
		t.Log(name)
		wantFindings(t, audit(t, l, key), "events/2: event-malformed")
	}
}

// TestCompare holds logs against a checkpoint seen before.
func TestCompare(t *testing.T) {
	_, key := newKey(t, 1)
	_, l := newLog(t, 12, 12)
	seen, err := l.Latest(t.Context())
	check(t, err)
	for name, x := range map[string]struct {
		do   func(t *testing.T, db *sql.DB)
		want []string
	}{
		"same":  {func(*testing.T, *sql.DB) {}, nil},
		"short": {func(t *testing.T, db *sql.DB) { exec(t, db, "DELETE FROM events WHERE seq >= 5"); rehash(t, db) }, []string{"seal.json: log-short"}},
		"rewritten": {func(t *testing.T, db *sql.DB) {
			exec(t, db, "UPDATE events SET body = ? WHERE seq = 4", forged(t))
			rehash(t, db)
		}, []string{"seal.json: log-rewritten"}},
	} {
		db, l := newLog(t, 12)
		unprotect(t, db)
		x.do(t, db)
		a := audit(t, l, key)
		wantFindings(t, a)
		a.Compare(seen, "seal.json")
		t.Log(name)
		wantFindings(t, a, x.want...)
	}
}

func TestExtract(t *testing.T) {
	_, l := newLog(t, 12, 11)
	_, key := newKey(t, 1)
	_, other := newKey(t, 2)
	x, err := l.Extract(t.Context(), "OP-2")
	if err != nil || len(x.Events) != 3 || x.Events[2].Event.Seq != 8 { // 11 is after the checkpoint
		t.Fatalf("got extract %+v, %v", x, err)
	}
	b, err := x.Encode()
	check(t, err)
	parse := func() *Extract {
		x, err := ParseExtract(b)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	for name, c := range map[string]struct {
		change func(*Extract)
		want   string
	}{
		"nothing":   {func(*Extract) {}, ""},
		"dropped":   {func(x *Extract) { x.Events = x.Events[1:] }, ""}, // it doesn't claim to be complete
		"changed":   {func(x *Extract) { x.Events[1].Event.Reason = "forged" }, "events.json#5: event-changed"},
		"proof":     {func(x *Extract) { x.Events[1].Proof[0] = canon.Sum(nil) }, "events.json#5: event-changed"},
		"reordered": {func(x *Extract) { x.Events[0], x.Events[1] = x.Events[1], x.Events[0] }, "events.json#2: event-reordered"},
		"twice":     {func(x *Extract) { x.Events[1] = x.Events[0] }, "events.json#2: event-reordered"},
		"head":      {func(x *Extract) { x.Checkpoint = strings.Replace(x.Checkpoint, "11", "12", 1) }, "events.json: checkpoint-signature"},
		"no head":   {func(x *Extract) { x.Checkpoint = "" }, "events.json: checkpoint-malformed"},
	} {
		x := parse()
		c.change(x)
		a := &Audit{Findings: x.Verify("events.json", key)}
		t.Log(name)
		if c.want == "" {
			wantFindings(t, a)
		} else {
			wantFindings(t, a, c.want)
		}
	}
	a := &Audit{Findings: parse().Verify("events.json", other)}
	wantFindings(t, a, "events.json: checkpoint-signature")
	if _, err := ParseExtract([]byte(strings.Replace(string(b), `"version":1`, `"version":2`, 1))); err == nil {
		t.Error("read an extract of another version")
	}
}
