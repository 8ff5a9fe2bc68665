package ui

import (
	"context"
	"strconv"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"pugmark/capture/replay"
)

// replayStrip says below the panes that an archived page is open in a browser, and what
// of it was answered from the archive. It stays when that was closed, until it is
// closed itself.
type replayStrip struct {
	w    *Window
	slot slot          // opens the page, and waits until it is closed
	done chan struct{} // closed when the browser has ended

	name    string // of the capture
	session Replay // nil until the page is open, and when it was closed
	summary replay.Summary

	head, says             *SafeLabel
	missing, compare, stop *widget.Button
	content                *fyne.Container
}

func newReplayStrip(w *Window) *replayStrip {
	s := &replayStrip{w: w, head: newHead(""), says: newMuted("")}
	s.missing = widget.NewButton(tr("Not in the archive…"), s.showMissing)
	s.compare = widget.NewButton(tr("Compare with the original picture"), func() { w.compareReplay(s.name) })
	s.stop = widget.NewButton("", s.end)
	for _, b := range []*widget.Button{s.missing, s.compare, s.stop} {
		b.Importance = widget.LowImportance
	}
	buttons := container.NewCenter(container.NewHBox(s.missing, s.compare, s.stop))
	texts := container.New(layout.NewCustomPaddedVBoxLayout(-8), s.head, s.says)
	s.content = container.NewVBox(widget.NewSeparator(), container.NewBorder(nil, nil, nil, buttons, texts))
	s.content.Hide()
	return s
}

// open reports whether a page is open, or being opened.
func (s *replayStrip) open() bool { return s.slot.current != nil }

// start opens the archived page of a capture.
func (s *replayStrip) start(name string, l openLibrary) {
	done := make(chan struct{})
	s.name, s.done, s.summary = name, done, replay.Summary{}
	start(s.w.work, &s.slot, nil,
		func(ctx context.Context, j *job) (replay.Summary, error) {
			defer close(done)
			return withArchive(ctx, l, name, func(a *replay.Archive) (replay.Summary, error) { return s.run(ctx, j, a) })
		}, s.ended)
	s.update()
	s.w.detail.network.follow()
}

// run has an archived page open until its window is closed, or ctx ends.
func (s *replayStrip) run(ctx context.Context, j *job, a *replay.Archive) (sum replay.Summary, err error) {
	var due atomic.Bool // the window is about to count
	count := func() {
		due.Store(false)
		s.update()
	}
	o := replay.Options{Browser: s.w.options.Browser, Events: func(replay.Event) {
		if due.CompareAndSwap(false, true) {
			j.tell(count)
		}
	}}
	session, err := s.w.openArchive(ctx, a, o)
	if err != nil {
		return sum, err
	}
	j.tell(func() {
		s.session = session
		s.update()
	})
	err = session.Wait(ctx)
	if ctx.Err() != nil {
		err = nil // the way to end it from here
	}
	sum = session.Summary()
	if closeErr := session.Close(); err == nil {
		err = closeErr
	}
	return sum, err
}

// ended shows what came of a page that was open.
func (s *replayStrip) ended(sum replay.Summary, err error) {
	opened := s.session != nil
	s.session, s.summary = nil, sum
	s.w.detail.network.follow()
	if err != nil && s.w.work.ctx.Err() == nil {
		s.w.tell("The archived page can't be opened", problemOf(err))
	}
	if opened {
		s.update()
		return
	}
	s.content.Hide()
}

// end closes the browser, or hides what is said of one that was closed.
func (s *replayStrip) end() {
	if !s.open() {
		s.content.Hide()
		return
	}
	s.slot.current.cancel()
	s.stop.Disable()
}

// leave closes the browser, of which nothing is shown any more.
func (s *replayStrip) leave() {
	s.slot.stop()
	s.session = nil
	s.content.Hide()
}

// endPatience is how long the window waits at its end for the browser's.
const endPatience = 5 * time.Second

// wait waits for the end of the browser: then what it had written is removed.
func (s *replayStrip) wait() {
	if s.done == nil {
		return
	}
	select {
	case <-s.done:
	case <-time.After(endPatience):
	}
}

// update shows how it stands.
func (s *replayStrip) update() {
	head, stop := trf("Opening the archived page of %s…", s.name), tr("Stop")
	switch {
	case s.session != nil:
		s.summary = s.session.Summary()
		head = trf("The archived page of %s is open in a browser of its own, with no network", s.name)
	case !s.open():
		head, stop = trf("The archived page of %s was closed", s.name), tr("Close")
	}
	s.head.SetText(head)
	s.says.SetText(answeredText(s.summary))
	s.stop.SetText(stop)
	s.stop.Enable()
	setButton(s.missing, len(s.summary.Missing) > 0)
	s.content.Show()
	s.content.Refresh()
}

// showMissing lists what was asked for and is not in the archive.
func (s *replayStrip) showMissing() {
	g := group{name: "Not in the archive", rows: missingRows(s.summary)}
	s.w.dialog(trf("Archived page of %s", s.name), newGroupsView([]group{g}), fyne.NewSize(720, 420))
}

// missingRows are the addresses that an archive lacks, as far as they are known.
func missingRows(sum replay.Summary) (rows []field) {
	for i, address := range sum.Missing {
		rows = append(rows, field{name: strconv.Itoa(i + 1), lines: []string{address}, mono: true})
	}
	if more := sum.Absent - len(sum.Missing); more > 0 {
		rows = append(rows, field{name: "…", lines: []string{trf("%s more", grouped(int64(more)))}})
	}
	return rows
}

// answeredText counts requests by how they were answered.
func answeredText(sum replay.Summary) string {
	text := trf("%s answered from the archive, %s not in the archive", count(sum.Exact+sum.Fuzzy, "request"), grouped(int64(sum.Absent)))
	if sum.Failed > 0 {
		text += ", " + trf("%s failed as they did then", grouped(int64(sum.Failed)))
	}
	return text
}
