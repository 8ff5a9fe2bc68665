package evidence

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
)

func TestInParallel(t *testing.T) {
	const n = 1000
	var calls [n]atomic.Int32
	err := inParallel(t.Context(), n, func(_ context.Context, i int) error {
		calls[i].Add(1)
		return nil
	})
	check(t, err)
	for i := range calls {
		if got := calls[i].Load(); got != 1 {
			t.Errorf("got %d calls for %d, want 1", got, i)
		}
	}
	broken := errors.New("broken")
	var after atomic.Int32
	err = inParallel(t.Context(), n, func(ctx context.Context, i int) error {
		after.Add(1)
		if i == 5 {
			return fmt.Errorf("call %d: %w", i, broken)
		}
		if i > 5 {
			<-ctx.Done() // nothing begins once one has failed
			return ctx.Err()
		}
		return nil
	})
	if !errors.Is(err, broken) || after.Load() > int32(6+cap(hashing)) {
		t.Errorf("got %v after %d calls, want %v", err, after.Load(), broken)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	wantErr(t, inParallel(ctx, n, func(context.Context, int) error { return nil }), context.Canceled)
	check(t, inParallel(t.Context(), 0, nil))
}

// TestInOrder has each call end only when a later one has, as far as several run
// at once.
func TestInOrder(t *testing.T) {
	const n = 100
	var ended [n]chan struct{}
	for i := range ended {
		ended[i] = make(chan struct{})
	}
	var running, most atomic.Int32
	work := func(_ context.Context, i int) (int, error) {
		for now := running.Add(1); now > most.Load(); {
			most.Store(now)
		}
		defer running.Add(-1)
		if i%2 == 0 {
			<-ended[i+1]
		} else {
			close(ended[i])
		}
		return i * i, nil
	}
	var got []int
	check(t, InOrder(t.Context(), n, work, func(i, v int) error {
		got = append(got, v-i*i+i)
		return nil
	}))
	if len(got) != n || !slices.IsSorted(got) {
		t.Errorf("got %v, want all in order", got)
	}
	if m := int(most.Load()); m > 4*cap(hashing) {
		t.Errorf("got %d at once, want at most %d", m, 4*cap(hashing))
	}
	broken := errors.New("broken")
	for _, at := range []int{0, 7, n - 1} {
		seen := 0
		err := InOrder(t.Context(), n, func(_ context.Context, i int) (int, error) {
			if i == at {
				return 0, broken
			}
			return i, nil
		}, func(i, _ int) error { seen++; return nil })
		if !errors.Is(err, broken) || seen != at {
			t.Errorf("got %v after %d results, want %v after %d", err, seen, broken, at)
		}
	}
	wantErr(t, InOrder(t.Context(), 3, func(context.Context, int) (int, error) { return 0, nil }, func(int, int) error { return broken }), broken)
}

// TestVerifyOrder finds the same in the same order every time.
func TestVerifyOrder(t *testing.T) {
	v := newVault(t)
	for i := range 12 {
		c := seal(t, v, fmt.Sprintf("https://example.org/%d", i))
		unprotectFiles(t, c.Dir)
		for _, name := range []string{"page.png", "dom.html", "strips/0001.png"} {
			edit(t, c.Path(Item{Path: name}), flip(0))
		}
	}
	first := fmt.Sprint(verify(t, v).Findings)
	for range 5 {
		if again := fmt.Sprint(verify(t, v).Findings); again != first {
			t.Errorf("got\n%s, want\n%s", again, first)
		}
	}
	if n := len(verify(t, v).Findings); n != 36 {
		t.Errorf("got %d findings, want 36", n)
	}
}
