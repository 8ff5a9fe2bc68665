package capture

import (
	"context"
	"time"
)

// quiet waits until no request has been under way for a while, and reports
// whether that came before ctx ended.
func (r *recorder) quiet(ctx context.Context, still time.Duration) bool {
	timer := time.NewTimer(still)
	defer timer.Stop()
	for {
		r.mu.Lock()
		idle, since := r.inflight == 0, r.changed
		r.mu.Unlock()
		left := still - time.Since(since)
		if idle && left <= 0 {
			return true
		}
		var due <-chan time.Time
		if idle {
			timer.Reset(left)
			due = timer.C
		}
		select {
		case <-due:
		case <-r.wake:
		case <-ctx.Done():
			return false
		}
	}
}
