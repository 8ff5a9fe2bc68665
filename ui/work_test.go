package ui

import (
	"context"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"image"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// closer is an outcome that must be closed by somebody.
type closer struct{ closed chan struct{} }

func (c closer) Close() error {
	close(c.closed)
	return nil
}

// newQueue returns a worker and a function that runs what it queues until no
// job is under way.
func newQueue(t *testing.T) (*worker, func()) {
	b := &bench{t: t, queue: make(chan func(), 100)}
	b.w = &Window{work: newWorker(t.Context(), func(f func()) { b.queue <- f })}
	return b.w.work, b.settle
}

// TestMovedOn starts a job in place of one that has finished, but of which the
// outcome was not seen yet.
func TestMovedOn(t *testing.T) {
	w, settle := newQueue(t)
	var s slot
	var got []string
	first, finished := closer{make(chan struct{})}, make(chan struct{})
	start(w, &s, nil,
		func(_ context.Context, j *job) (closer, error) {
			j.tell(func() { got = append(got, "told by the first") })
			close(finished)
			return first, nil
		},
		func(closer, error) { got = append(got, "first") })
	<-finished
	start(w, &s, nil,
		func(_ context.Context, j *job) (int, error) {
			j.tell(func() { got = append(got, "told") })
			return 2, nil
		},
		func(n int, err error) { got = append(got, strconv.Itoa(n)) })
	settle()
	if want := []string{"told", "2"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	<-first.closed
}

func TestCancelled(t *testing.T) {
	w, settle := newQueue(t)
	var s slot
	start(w, &s, nil,
		func(ctx context.Context, _ *job) (int, error) { <-ctx.Done(); return 0, ctx.Err() },
		func(int, error) { t.Error("the outcome of a cancelled job is shown") })
	s.stop()
	settle()

	// The end of the window cancels too, but its outcome may still be seen.
	var err error
	start(w, &s, nil,
		func(ctx context.Context, _ *job) (int, error) { <-ctx.Done(); return 0, ctx.Err() },
		func(_ int, e error) { err = e })
	w.cancel()
	settle()
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v", err)
	}
}

// TestBusy has a job take until the window says that it waits.
func TestBusy(t *testing.T) {
	queue := make(chan func(), 10)
	w := newWorker(t.Context(), func(f func()) { queue <- f })
	var s slot
	said, done := make(chan struct{}), false
	start(w, &s, func() { close(said) },
		func(context.Context, *job) (int, error) { <-said; return 1, nil },
		func(int, error) { done = true })
	for !done {
		(<-queue)()
	}
}

// TestLoader replaces what is wanted while as much is loaded as may be.
func TestLoader(t *testing.T) {
	w, settle := newQueue(t)
	gate := make(chan struct{})
	var got []int
	l := &loader[tileKey]{
		w:    w,
		load: func(tileKey) (*image.RGBA, error) { <-gate; return nil, nil },
		done: func(k tileKey, _ *image.RGBA, _ error) { got = append(got, k.row) },
	}
	rows := func(rows ...int) (keys []tileKey) {
		for _, r := range rows {
			keys = append(keys, tileKey{row: r})
		}
		return keys
	}
	l.want(rows(1, 2, 3, 4, 5))
	l.want(rows(2, 9))
	if w.open != loads {
		t.Errorf("%d tiles are loaded at once, want %d", w.open, loads)
	}
	close(gate)
	settle()
	slices.Sort(got)
	if want := []int{1, 2, 9}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	l.want(rows(7))
	l.stop()
	settle()
	if len(got) != 3 {
		t.Errorf("got %v from a loader that was stopped", got)
	}
}

// TestSource holds this package to its own rules: goroutines are started in one
// file, texts are translated in one file, where none from evidence comes, and the
// toolkit's driver isn't reached, so that tests need no display.
func TestSource(t *testing.T) {
	entries, err := os.ReadDir(".")
	check(t, err)
	for _, e := range entries {
		name := e.Name()
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		check(t, err)
		for _, i := range file.Imports {
			if i.Path.Value == `"fyne.io/fyne/v2/app"` || i.Path.Value == `"fyne.io/fyne/v2/lang"` && name != "words.go" {
				t.Errorf("%s imports %s", name, i.Path.Value)
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if _, ok := n.(*ast.GoStmt); ok && name != "work.go" {
				t.Errorf("%s starts a goroutine", name)
			}
			return true
		})
	}
}
