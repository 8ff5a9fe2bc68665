package ui

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"

	"pugmark/capture"
	"pugmark/capture/replay"
	"pugmark/evidence"
)

// Replay is an archived page that is open in a browser: a [replay.Session], but in
// tests.
type Replay interface {
	Wait(context.Context) error
	Summary() replay.Summary
	Close() error
}

// openArchive opens an archived page in a browser.
func (w *Window) openArchive(ctx context.Context, a *replay.Archive, o replay.Options) (Replay, error) {
	if w.options.OpenArchive != nil {
		return w.options.OpenArchive(ctx, a, o)
	}
	return replay.Open(ctx, a, o)
}

// compareArchive draws an archived page, and compares it with the original picture.
func (w *Window) compareArchive(ctx context.Context, a *replay.Archive, o replay.Options) (*replay.Comparison, error) {
	if w.options.CompareArchive != nil {
		return w.options.CompareArchive(ctx, a, o, nil)
	}
	return replay.Compare(ctx, a, o, nil)
}

// withArchive does something with the archived page of a capture, and closes what it is
// read from.
func withArchive[T any](ctx context.Context, l openLibrary, name string, do func(*replay.Archive) (T, error)) (out T, err error) {
	defer func() { err = errors.Join(err, l.Close()) }()
	_, c, err := l.Capture(ctx, name)
	if err != nil {
		return out, err
	}
	m, err := c.Manifest()
	if err != nil {
		return out, err
	}
	a, err := replay.OpenCapture(ctx, c.Files, m)
	if err != nil {
		return out, err
	}
	defer a.Close()
	return do(a)
}

// chosenCapture returns the capture that is chosen. Without one it says, for the command
// of a title, that one is to be chosen.
func (w *Window) chosenCapture(title string) (e *captureEntry, ok bool) {
	if e, ok = w.library.current(); !ok {
		w.tell(title, problem{"No capture is chosen.", "Choose one in the list."})
	}
	return e, ok
}

// askReplay opens the archived page of the capture that is chosen.
func (w *Window) askReplay() {
	if !w.readable() {
		return
	}
	e, ok := w.chosenCapture("Open archived page…")
	switch {
	case !ok:
	case w.replaying.open():
		w.tell("An archived page is open already", problem{trf("It is that of %s.", w.replaying.name), "Close its window first."})
	default:
		w.replaying.start(e.Name(), w.toRead())
	}
}

// askReplayComparison compares the archived page of the capture that is chosen, drawn
// anew, with its picture.
func (w *Window) askReplayComparison() {
	if !w.readable() {
		return
	}
	if e, ok := w.chosenCapture("Compare archived page with its picture"); ok {
		w.compareReplay(e.Name())
	}
}

func (w *Window) compareReplay(name string) {
	l := w.toRead()
	progress(w, trf("Drawing the archived page of %s", name), func(ctx context.Context, p evidence.Progress) (*replay.Comparison, error) {
		return withArchive(ctx, l, name, func(a *replay.Archive) (*replay.Comparison, error) {
			o := replay.Options{Browser: w.options.Browser, Progress: func(at capture.Progress) { p(drawnShare[at.Step], 100) }}
			return w.compareArchive(ctx, a, o)
		})
	}, func(c *replay.Comparison) { w.showReplayComparison(name, c) })
}

// drawnShare is how much of the drawing is done when a step begins, of 100.
var drawnShare = map[string]int64{
	"open": 5, "navigate": 10, "settle": 25, "viewport": 35, "consent": 40, "scroll": 45, "picture": 70, "document": 85, "archive": 90, "listing": 95,
}

// showReplayComparison says how like an archived page is to its picture.
func (w *Window) showReplayComparison(name string, c *replay.Comparison) {
	g := group{name: trf("The archived page of %s, drawn anew", name)}
	g.add("Identical pixels", shareText(c.Share()/100))
	g.add("Nearly identical", trf("%s: no colour differs by more than %d of 255", shareText(c.NearShare()/100), c.Tolerance))
	g.add("Original picture", sizeText(c.Original))
	g.add("Drawn anew", sizeText(c.Replayed))
	g.add("Requests", answeredText(c.Summary))
	for _, p := range c.Problems {
		g.add("Problem", p.Detail)
	}
	groups := []group{g}
	if c.Summary.Absent > 0 {
		groups = append(groups, group{name: "Not in the archive", rows: missingRows(c.Summary)})
	}
	w.dialog("Compare archived page with its picture", newGroupsView(groups), fyne.NewSize(680, 460))
}
