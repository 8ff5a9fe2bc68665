package capture

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pugmark/evidence"
)

// TestProgress is told of steps, problems, and of bytes only while they pass.
func TestProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []Progress
		var bytes atomic.Int64
		r := &reporter{tell: func(p Progress) { told = append(told, p) }}
		r.step("open", "")
		stop := r.watch(bytes.Load)
		bytes.Store(10)
		time.Sleep(3 * beat)
		r.step("navigate", "")
		bytes.Store(30)
		r.problem(evidence.Problem{Code: "status", Detail: "the server answered 404"})
		stop()
		bytes.Store(99)
		time.Sleep(3 * beat)
		want := []Progress{
			{Step: "open"}, {Step: "open", Bytes: 10}, {Step: "navigate", Bytes: 10},
			{Step: "navigate", Bytes: 30, Problems: 1, Problem: "the server answered 404"},
		}
		if len(told) != len(want) {
			t.Fatalf("got %+v, want %+v", told, want)
		}
		for i := range want {
			if told[i] != want[i] {
				t.Errorf("%d: got %+v, want %+v", i, told[i], want[i])
			}
		}
	})
}
