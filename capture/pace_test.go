package capture

import (
	"context"
	"strings"
	"testing"
	"time"
)

// TestPace reads when a capture did what, and holds up what would come sooner.
func TestPace(t *testing.T) {
	p, err := ReadPace(strings.NewReader(`{"time":"2026-01-02T03:04:05Z","kind":"step","name":"open"}
{"time":"2026-01-02T03:04:06Z","kind":"step","name":"navigate"}
not JSON
{"time":"2026-01-02T03:04:06.01Z","kind":"scroll","y":0}
{"time":"2026-01-02T03:04:06.02Z","kind":"blocked","what":"window"}
{"time":"2026-01-02T03:04:06.03Z","kind":"scroll","y":800}
`))
	if err != nil {
		t.Fatal(err)
	}
	if got := p["scroll "]; len(p) != 2 || len(got) != 2 || got[0] != 10*time.Millisecond || got[1] != 30*time.Millisecond {
		t.Fatalf("got %v", p)
	}
	w := &pacer{ctx: t.Context(), pace: p, done: make(map[string]int)}
	w.wait(entry{Kind: "scroll"}) // before it navigates
	begun := time.Now()
	w.wait(entry{Kind: "step", Name: "navigate"})
	for range 3 { // more than the capture did
		w.wait(entry{Kind: "scroll"})
	}
	if took := time.Since(begun); took < 30*time.Millisecond {
		t.Errorf("it took %v, want 30ms at least", took)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w = &pacer{ctx: ctx, pace: Pace{"scroll ": {time.Hour}}, done: make(map[string]int), begun: begun}
	w.wait(entry{Kind: "scroll"})
}
