package capture

import (
	"sync"
	"time"

	"pugmark/evidence"
)

// beat is how often is looked whether bytes have passed.
const beat = 500 * time.Millisecond

// reporter tells how far a capture is: when a step or its detail changes, at each
// problem, and while bytes pass. It tells from one goroutine at a time.
type reporter struct {
	tell func(Progress)

	mu    sync.Mutex // guards what follows, and the telling
	now   Progress
	bytes func() int64 // nil while the network is not open
}

// step tells of a step, or of more of it.
func (r *reporter) step(name, detail string) {
	r.change(func(p *Progress) { p.Step, p.Detail = name, detail })
}

// problem tells of a problem.
func (r *reporter) problem(p evidence.Problem) {
	r.change(func(now *Progress) {
		now.Problems++
		now.Problem = p.Detail
	})
}

func (r *reporter) change(f func(*Progress)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f(&r.now)
	r.count()
	r.tell(r.now)
}

// count reports whether more bytes have passed.
func (r *reporter) count() bool {
	if r.bytes == nil {
		return false
	}
	n := r.bytes()
	more := n != r.now.Bytes
	r.now.Bytes = n
	return more
}

// watch tells of the bytes that pass, until the function that it returns is called.
func (r *reporter) watch(bytes func() int64) (stop func()) {
	r.mu.Lock()
	r.bytes = bytes
	r.mu.Unlock()
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		ticker := time.NewTicker(beat)
		defer ticker.Stop()
		for {
			select {
			case <-done:
				return
			case <-ticker.C:
				r.mu.Lock()
				if r.count() {
					r.tell(r.now)
				}
				r.mu.Unlock()
			}
		}
	}()
	return func() {
		close(done)
		<-ended
	}
}
