package capture

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// Pace is when a capture did what to its page, after it began to navigate: for
// each sort of line of its log, the times of the first, the second and so on. A
// page that is drawn at the pace of its capture is as far in its films, clocks and
// transitions as it was then.
type Pace map[string][]time.Duration

// maxPace is how many lines of a log are taken.
const maxPace = 20_000

// ReadPace reads the log of a capture. Lines that aren't understood are passed
// over.
func ReadPace(r io.Reader) (Pace, error) {
	p := make(Pace)
	var begun time.Time
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for n := 0; lines.Scan() && n < maxPace; n++ {
		var e entry
		if json.Unmarshal(lines.Bytes(), &e) != nil || !e.paced() {
			continue
		}
		if e.Kind == "step" && e.Name == "navigate" {
			begun = e.Time
		}
		if !begun.IsZero() {
			p[e.sort()] = append(p[e.sort()], e.Time.Sub(begun))
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("reading the capture log: %w", err)
	}
	return p, nil
}

// paced reports whether an entry is of something that the capture does, and not
// of something that happens to it.
func (e entry) paced() bool {
	return e.Kind == "step" || e.Kind == "command" || e.Kind == "script" || e.Kind == "scroll"
}

func (e entry) sort() string { return e.Kind + " " + e.Name }

// pacer holds up what is done until its time has come.
type pacer struct {
	ctx   context.Context
	pace  Pace
	begun time.Time // when it began to navigate
	done  map[string]int
}

// wait waits for the time of an entry.
func (p *pacer) wait(e entry) {
	if p == nil || !e.paced() {
		return
	}
	if e.Kind == "step" && e.Name == "navigate" {
		p.begun = time.Now()
	}
	if p.begun.IsZero() {
		return
	}
	n := p.done[e.sort()]
	p.done[e.sort()]++
	times := p.pace[e.sort()]
	if n >= len(times) {
		return
	}
	timer := time.NewTimer(times[n] - time.Since(p.begun))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-p.ctx.Done():
	}
}
