package ui

import (
	"context"
	"slices"

	"pugmark/capture"
	"pugmark/evidence"
	"pugmark/recorder"
)

// state says how far an entry of the queue is.
type state int

const (
	waiting state = iota
	running
	stopping
	sealed
	stopped
	failed
)

// ended reports whether nothing more comes.
func (s state) ended() bool { return s >= sealed }

// entry is a page in the queue.
type entry struct {
	page    recorder.Page
	state   state
	step    string // of package capture or recorder
	detail  string
	bytes   int64  // that passed over the network
	latest  string // of the problems so far
	verdict evidence.Verdict
	warned  int // problems of the capture
	name    string
	id      string  // of the capture, once it is sealed
	problem problem // why it failed
	slot    slot
}

// queue records pages one after the other. Its fields belong to the main
// goroutine.
type queue struct {
	work     *worker
	entries  []*entry
	current  *entry
	recorder Recorder

	changed func()       // the entries look otherwise
	ended   func(*entry) // one of them has ended
	emptied func()       // nothing is under way or waits any more
}

// busy reports whether a page is being recorded, or waits.
func (q *queue) busy() bool { return q.left() > 0 }

// left counts the pages that haven't ended.
func (q *queue) left() (n int) {
	for _, e := range q.entries {
		if !e.state.ended() {
			n++
		}
	}
	return n
}

// add has pages recorded.
func (q *queue) add(r Recorder, pages []recorder.Page) {
	q.recorder = r
	for _, p := range pages {
		q.entries = append(q.entries, &entry{page: p})
	}
	q.next()
	q.changed()
}

// next begins the next page, unless one is under way.
func (q *queue) next() {
	i := slices.IndexFunc(q.entries, func(e *entry) bool { return e.state == waiting })
	if q.current != nil || i < 0 {
		return
	}
	e, r := q.entries[i], q.recorder
	q.current, e.state = e, running
	start(q.work, &e.slot, nil,
		func(ctx context.Context, j *job) (recorder.Record, error) {
			p := e.page
			p.Request.Progress = func(at capture.Progress) {
				j.tell(func() {
					e.step, e.detail = at.Step, at.Detail
					if at.Bytes > 0 { // sealing tells of none
						e.bytes, e.warned, e.latest = at.Bytes, at.Problems, at.Problem
					}
					q.changed()
				})
			}
			return r.Record(ctx, p)
		},
		func(rec recorder.Record, err error) { q.finish(e, rec, err) })
}

func (q *queue) finish(e *entry, rec recorder.Record, err error) {
	switch {
	case err == nil:
		e.state, e.verdict, e.name, e.warned = sealed, rec.Manifest.Verdict, rec.Capture.Name(), len(rec.Manifest.Problems)
		e.id = rec.Capture.ID.String()
	case e.state == stopping:
		e.state = stopped
	default:
		e.state, e.problem = failed, problemOf(err)
	}
	q.current = nil
	q.ended(e)
	q.next()
	q.changed()
	if !q.busy() {
		q.emptied()
	}
}

// stop stops a page. One that is under way ends in good order, and the log says
// that it was stopped.
func (q *queue) stop(e *entry) {
	switch e.state {
	case waiting:
		e.state = stopped
	case running:
		e.state = stopping
		e.slot.current.cancel()
	}
	q.changed()
}

// stopAll stops all pages.
func (q *queue) stopAll() {
	for _, e := range q.entries {
		q.stop(e)
	}
}

// clear forgets the pages that have ended.
func (q *queue) clear() {
	q.entries = slices.DeleteFunc(q.entries, func(e *entry) bool { return e.state.ended() })
	q.changed()
}

// steps say what the steps of a recording do.
var steps = map[string]string{
	"open":                 "Opening a tab",
	"navigate":             "Loading the page",
	"settle":               "Waiting until the page is quiet",
	"viewport":             "Taking the first view",
	"consent":              "Looking for a consent banner",
	"scroll":               "Scrolling through the page",
	"picture":              "Taking the picture of the full page",
	"document":             "Taking document, text and PDF",
	"archive":              "Closing the page archive",
	"listing":              "Reading what the page says of itself",
	recorder.StepSeal:      "Sealing",
	recorder.StepTimestamp: "Asking for timestamps",
}

// says tells how far the entry is.
func (e *entry) says() string {
	switch e.state {
	case waiting:
		return tr("Waiting")
	case stopping:
		return tr("Stopping…")
	case stopped:
		return tr("Stopped; nothing was sealed")
	case failed:
		return e.problem.text()
	case sealed:
		return e.name + " · " + verdictWord(e.verdict, e.warned)
	}
	text, ok := steps[e.step]
	switch {
	case e.step == "":
		return tr("Starting the browser")
	case !ok:
		text = e.step
	}
	text = tr(text)
	if e.detail != "" {
		text += ", " + e.detail
	}
	if e.bytes > 0 {
		text += " · " + bytesText(e.bytes)
	}
	if e.warned > 0 {
		text += " · " + count(e.warned, "problem") + ": " + e.latest
	}
	return text
}
