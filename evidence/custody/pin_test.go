package custody

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestParseCheckpoints reads files of one and of several checkpoints.
func TestParseCheckpoints(t *testing.T) {
	_, l := newLog(t, 3, 1, 2, 3)
	cs, err := l.checkpoints(t.Context())
	check(t, err)
	a, b, c := cs[0].note, cs[1].note, cs[2].note
	cosigned := b + "— witness AAAA\n"
	for _, x := range []struct {
		name, text string
		want       []int64
		err        string
	}{
		{"one", a, []int64{1}, ""},
		{"three", a + b + c, []int64{1, 2, 3}, ""},
		{"apart", "\n" + a + "\n\n" + c + "\n", []int64{1, 3}, ""},
		{"cosigned", cosigned + c, []int64{2, 3}, ""},
		{"none", "\n", nil, "there is none"},
		{"no signature", strings.SplitAfter(a, "\n\n")[0], nil, ""},
		{"text", "hello\n", nil, "checkpoint 1: reading checkpoint: got 2 lines"},
		{"text after", a + "hello\n", nil, "checkpoint 2: reading checkpoint"},
		{"cut short", a + b[:20], nil, "checkpoint 2: reading checkpoint"},
	} {
		got, err := ParseCheckpoints(x.text)
		if x.name == "no signature" {
			if len(got) != 1 || err != nil {
				t.Errorf("%s: got %v, %v", x.name, got, err)
			}
			if _, _, err := OpenCheckpoint(got[0].Note); err == nil {
				t.Errorf("%s: got no error", x.name)
			}
			continue
		}
		var sizes []int64
		for _, c := range got {
			sizes = append(sizes, c.Size)
		}
		if !slices.Equal(sizes, x.want) || (err == nil) != (x.err == "") || err != nil && !strings.Contains(err.Error(), x.err) {
			t.Errorf("%s: got %v, %v, want %v, %q", x.name, sizes, err, x.want, x.err)
		}
	}
	if got, err := ParseCheckpoints(cosigned); err != nil || got[0].Note != cosigned {
		t.Errorf("got %v, %v, want the note as it was", got, err)
	}
}

// TestGrowth proves between every two checkpoints of a log that the one extends
// the other, and that no proof fits any other pair.
func TestGrowth(t *testing.T) {
	const size = 9
	_, l := newLog(t, size)
	heads := make([]Checkpoint, size+1)
	for n := range int64(size) {
		root, err := l.Root(t.Context(), n+1)
		check(t, err)
		heads[n+1] = Checkpoint{Origin: testOrigin, Size: n + 1, Root: root}
	}
	for older := int64(1); older <= size; older++ {
		for newer := older; newer <= size; newer++ {
			p, err := l.ProveConsistency(t.Context(), older, newer)
			check(t, err)
			check(t, CheckConsistency(p, heads[older], heads[newer]))
			forged := heads[older]
			forged.Root[0] ^= 1
			if err := CheckConsistency(p, forged, heads[newer]); err == nil {
				t.Errorf("%d to %d: got no error for another root", older, newer)
			}
			if newer > older+1 {
				if err := CheckConsistency(p, heads[older+1], heads[newer]); err == nil {
					t.Errorf("%d to %d: got no error for size %d", older, newer, older+1)
				}
			}
		}
	}
}

// TestComparePins holds a log against checkpoints of logs that went another way.
func TestComparePins(t *testing.T) {
	_, l := newLog(t, 5, 5)
	_, v := newKey(t, 1)
	s, _ := newKey(t, 1)
	pin := func(n int, from int) Checkpoint {
		db := newDB(t)
		other := New(db, testOrigin)
		for i := range n {
			e := testEvent(i)
			if i >= from {
				e.Actor = "somebody else"
			}
			_, err := other.Append(t.Context(), e)
			check(t, err)
		}
		c, err := other.Sign(t.Context(), s)
		check(t, err)
		return c
	}
	foreign := pin(3, 3)
	foreign.Origin = "pugmark/other"
	for name, x := range map[string]struct {
		pin  Checkpoint
		want string
	}{
		"older":     {pin(3, 3), ""},
		"same":      {pin(5, 5), ""},
		"newer":     {pin(6, 6), LogShort},
		"rewritten": {pin(4, 3), LogRewritten},
		"foreign":   {foreign, LogForeign},
	} {
		a := audit(t, l, v)
		a.Compare(x.pin, fmt.Sprintf("pinned/%d", x.pin.Size))
		var got string
		for _, f := range a.Findings {
			got += f.Kind
		}
		if got != x.want {
			t.Errorf("%s: got %q, want %q", name, got, x.want)
		}
	}
}
