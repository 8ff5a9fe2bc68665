package ui

import (
	"context"
	"image"
	"io"
	"slices"
	"time"
)

// busyAfter is how long a job may take before the window says that it waits.
const busyAfter = 150 * time.Millisecond

// A worker runs what takes time away from the main goroutine, which alone
// touches widgets, and brings the outcome back to it. Nothing else in this
// package starts a goroutine. The fields belong to the main goroutine.
type worker struct {
	ctx    context.Context // ends with the window
	cancel context.CancelFunc
	uiDo   func(func()) // queues a function for the main goroutine
	open   int          // jobs whose outcome isn't back yet
}

func newWorker(ctx context.Context, uiDo func(func())) *worker {
	ctx, cancel := context.WithCancel(ctx)
	return &worker{ctx: ctx, cancel: cancel, uiDo: uiDo}
}

// A slot is a part of the window that shows the outcome of one job at a time.
type slot struct{ current *job }

// stop cancels the slot's job, of which nothing will be shown any more.
func (s *slot) stop() {
	if s.current != nil {
		s.current.cancel()
		s.current = nil
	}
}

// A job is work for a slot.
type job struct {
	cancel context.CancelFunc
	w      *worker
	slot   *slot
}

// tell runs f on the main goroutine, unless the slot has moved on.
func (j *job) tell(f func()) {
	j.w.uiDo(func() {
		if j.slot.current == j {
			f()
		}
	})
}

// start runs work for a slot, in place of what ran for it before, and then
// done with the outcome on the main goroutine, unless the slot has moved on.
// In the meantime it calls busy, if that isn't nil and the work takes long.
func start[T any](w *worker, s *slot, busy func(), work func(context.Context, *job) (T, error), done func(T, error)) {
	s.stop()
	ctx, cancel := context.WithCancel(w.ctx)
	j := &job{cancel: cancel, w: w, slot: s}
	s.current = j
	w.open++
	timer := time.AfterFunc(busyAfter, func() {
		if busy != nil {
			j.tell(busy)
		}
	})
	go func() {
		v, err := work(ctx, j)
		timer.Stop()
		w.uiDo(func() {
			w.open--
			cancel()
			if s.current != j {
				discard(v, err)
				return
			}
			s.current = nil
			done(v, err)
		})
	}()
}

// discard closes an outcome that nobody waits for any more.
func discard(v any, err error) {
	if c, ok := v.(io.Closer); ok && err == nil {
		_ = c.Close()
	}
}

// loads is how many tiles or thumbnails are loaded at once.
const loads = 2

// A loader loads what a view needs now. What it needed before and hasn't got
// is forgotten, so that fast scrolling leaves no queue behind.
type loader[K comparable] struct {
	w      *worker
	load   func(K) (*image.RGBA, error)
	done   func(K, *image.RGBA, error)
	wanted []K
	under  []K // being loaded
	ended  bool
}

// want replaces what is waiting to be loaded.
func (l *loader[K]) want(keys []K) {
	l.wanted = l.wanted[:0]
	for _, k := range keys {
		if !slices.Contains(l.under, k) {
			l.wanted = append(l.wanted, k)
		}
	}
	l.next()
}

// stop ends the loader: nothing comes from it any more.
func (l *loader[K]) stop() {
	l.ended = true
	l.wanted = nil
}

func (l *loader[K]) next() {
	for len(l.wanted) > 0 && len(l.under) < loads {
		k := l.wanted[0]
		l.wanted = l.wanted[1:]
		l.under = append(l.under, k)
		l.w.open++
		go func() {
			v, err := l.load(k)
			l.w.uiDo(func() { l.finish(k, v, err) })
		}()
	}
}

func (l *loader[K]) finish(k K, v *image.RGBA, err error) {
	l.w.open--
	l.under = slices.DeleteFunc(l.under, func(u K) bool { return u == k })
	if l.ended {
		return
	}
	l.done(k, v, err)
	l.next()
}
