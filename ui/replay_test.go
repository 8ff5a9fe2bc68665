package ui

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"pugmark/capture"
	"pugmark/capture/replay"
	"pugmark/evidence"
)

// fakeReplay opens archived pages in no browser.
type fakeReplay struct {
	shut chan struct{} // the person closes the window

	mu      sync.Mutex // guards what follows
	sum     replay.Summary
	events  func(replay.Event)
	address []string // of the pages that were opened
	closed  int
}

func newFakeReplay() *fakeReplay { return &fakeReplay{shut: make(chan struct{})} }

func (f *fakeReplay) open(_ context.Context, a *replay.Archive, o replay.Options) (Replay, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.events, f.address = o.Events, append(f.address, a.Address)
	return f, nil
}

// asks has the page ask for something that the archive lacks.
func (f *fakeReplay) asks(address string) {
	f.mu.Lock()
	f.sum.Exact, f.sum.Absent, f.sum.Missing = f.sum.Exact+2, f.sum.Absent+1, append(f.sum.Missing, address)
	f.mu.Unlock()
	f.events(replay.Event{Rule: replay.Absent, URL: address})
}

func (f *fakeReplay) Wait(ctx context.Context) error {
	select {
	case <-f.shut:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (f *fakeReplay) Summary() replay.Summary {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.sum
}

func (f *fakeReplay) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed++
	return nil
}

// await runs the queue until the window shows a text.
func (b *bench) await(text string) {
	b.t.Helper()
	b.until(func() bool { return strings.Contains(b.shown(), text) })
	b.want(text)
}

// withArchived returns a bench with a capture that has a page archive, and a browser
// that is none.
func withArchived(t *testing.T) (*bench, *fakeReplay) {
	b := viewed(t, map[string][]byte{
		"page.png": nil, "connections.jsonl": []byte(`{"host":"market.example","port":443,"outcome":"passed"}` + "\n"),
		"archive.wacz": archive(t, map[string][]byte{"https://market.example/viewed": []byte("<p>Bangle")}),
	})
	f := newFakeReplay()
	b.w.options.OpenArchive = f.open
	return b, f
}

// TestReplay opens an archived page until its window is closed.
func TestReplay(t *testing.T) {
	b, f := withArchived(t)
	b.look(tabNetwork)
	b.tap("Open archived page…")
	b.await("The archived page of OP-2/1 is open in a browser of its own, with no network")
	if len(f.address) != 1 || f.address[0] != "https://market.example/viewed" {
		t.Errorf("got pages %q", f.address)
	}
	f.asks("https://market.example/missing.js")
	b.await("2 requests answered from the archive, 1 not in the archive")
	b.tap("Not in the archive…")
	b.want("https://market.example/missing.js")
	b.tap("Close")
	b.w.askReplay()
	b.want("An archived page is open already", "It is that of OP-2/1.")
	b.tap("Close")
	close(f.shut)
	b.settle()
	b.want("The archived page of OP-2/1 was closed", "2 requests answered from the archive, 1 not in the archive")
	if f.closed != 1 {
		t.Errorf("the browser was ended %d times, want once", f.closed)
	}
	b.press("Close")
	b.quiet()
}

// quiet checks that the window says nothing of an archived page.
func (b *bench) quiet() {
	b.t.Helper()
	if b.w.replaying.content.Visible() {
		b.t.Errorf("the window shows %q", b.w.replaying.head.whole)
	}
}

// TestReplayStops ends an archived page from the window: by its button, and with the
// vault.
func TestReplayStops(t *testing.T) {
	b, f := withArchived(t)
	b.w.askReplay()
	b.await("is open in a browser of its own")
	b.tap("Stop")
	b.settle()
	b.want("The archived page of OP-2/1 was closed")
	b.w.askReplay()
	b.await("is open in a browser of its own")
	b.w.leaveVault()
	b.w.replaying.wait()
	b.quiet()
	if f.closed != 2 || b.w.replaying.open() {
		t.Errorf("the browser was ended %d times, want twice", f.closed)
	}
}

// TestReplayFails says why an archived page can't be opened.
func TestReplayFails(t *testing.T) {
	b, f := withArchived(t)
	for err, want := range map[error]string{
		&replay.BrowserError{Err: capture.ErrNoBrowser}:                   "No Chrome or Chromium was found on this machine.",
		&replay.BrowserError{Err: fmt.Errorf("no sandbox\nand the like")}: "The browser could not be started: no sandbox.",
		replay.ErrNoPage: "The page archive has no page that could be opened.",
	} {
		b.w.options.OpenArchive = func(context.Context, *replay.Archive, replay.Options) (Replay, error) { return nil, err }
		b.w.askReplay()
		b.settle()
		b.want("The archived page can't be opened", want)
		b.quiet()
		b.press("Close")
	}
	b.w.options.OpenArchive = f.open
	b.w.cases.Select(0)
	b.settle()
	b.w.askReplay()
	b.want("No capture is chosen.")
	b.press("Close")
	b.pick(1)
	b.w.askReplay()
	b.settle()
	b.want("The capture has no page archive, so the page can't be opened again.")
}

// TestReplayCompare compares an archived page with its picture.
func TestReplayCompare(t *testing.T) {
	b, _ := withArchived(t)
	b.w.options.CompareArchive = func(_ context.Context, a *replay.Archive, o replay.Options, _ io.Writer) (*replay.Comparison, error) {
		o.Progress(capture.Progress{Step: "picture"})
		return &replay.Comparison{
			Original: evidence.Size{Width: 600, Height: 1100}, Replayed: evidence.Size{Width: 600, Height: 1000}, Pixels: 100000, Identical: 99999, Near: 100000,
			Tolerance: replay.Tolerance, Summary: replay.Summary{Exact: 5, Failed: 1, Absent: 3, Missing: []string{a.Address + "/x"}},
		}, nil
	}
	b.w.askReplayComparison()
	b.settle()
	b.want("The archived page of OP-2/1, drawn anew", "99.99 %", "100 %: no colour differs by more than 8 of 255", "600 × 1,100", "600 × 1,000",
		"5 requests answered from the archive, 3 not in the archive, 1 failed as they did then", "https://market.example/viewed/x", "2 more")
	b.press("Close")
	b.w.options.CompareArchive = func(context.Context, *replay.Archive, replay.Options, io.Writer) (*replay.Comparison, error) {
		return nil, replay.ErrNoPicture
	}
	b.w.askReplayComparison()
	b.settle()
	b.want("The capture has no picture of the whole page to compare with.")
}

// TestReplayReviewed opens the archived page of a bundle's file, and that of an
// imported bundle.
func TestReplayReviewed(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	b, _ := withReviewed(t)
	b.pick(1)
	replayed(b, "OP-1/1")
	b, i := withImported(t)
	b.w.cases.Select(2)
	b.settle()
	b.pick(1)
	replayed(b, i.Name+"/1")
}

// replayed opens the archived page of the foreign capture that is chosen.
func replayed(b *bench, name string) {
	b.t.Helper()
	f := newFakeReplay()
	b.w.options.OpenArchive = f.open
	b.w.askReplay()
	b.await("The archived page of " + name + " is open in a browser of its own, with no network")
	if len(f.address) != 1 || f.address[0] != "https://horns.example/1" {
		b.t.Errorf("got pages %q", f.address)
	}
	close(f.shut)
	b.settle()
	b.want("The archived page of " + name + " was closed")
}
