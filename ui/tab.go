package ui

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"pugmark/evidence"
)

// subject is the capture that the tabs show.
type subject struct {
	vault    *evidence.Vault // nil where a bundle's file is reviewed
	capture  evidence.Capture
	origin   *origin // nil for a capture of the vault's own
	manifest *evidence.Manifest
	opened   opened // with what its items are read from
}

// tab is one side from which a capture is looked at.
type tab interface {
	object() fyne.CanvasObject
	open(subject) // called when it is looked at for the first time
	leave()       // ends what goes on for the capture
}

// lazyTab is a tab whose content is read when it is looked at.
type lazyTab struct {
	content *fyne.Container // a notice, or what was read
	work    *worker
	reading slot
}

func newLazyTab(w *worker) lazyTab { return lazyTab{content: container.NewStack(), work: w} }

func (t *lazyTab) object() fyne.CanvasObject { return t.content }

func (t *lazyTab) say(n notice) { swap(t.content, n.object()) }

func (t *lazyTab) leave() {
	t.reading.stop()
	t.content.RemoveAll()
}

// fill reads what a tab shows, and shows it. What is read is named in the
// singular: "listing".
func fill[T any](t *lazyTab, s subject, what string, read func(context.Context) (T, error), show func(T)) {
	busy := func() { t.say(notice{heading: trf("Reading: %s…", tr(what))}) }
	start(t.work, &t.reading, busy,
		func(ctx context.Context, _ *job) (T, error) { return read(ctx) },
		func(v T, err error) {
			if err != nil {
				t.say(itemProblem(s.verifyCommand(), what, err))
				return
			}
			show(v)
		})
}

// errNoItem reports that a capture has no item of a kind.
var errNoItem = errors.New("this capture has none")

// verifyCommand is what verifies the capture on the command line.
func (s subject) verifyCommand() string { return s.origin.verifyCommand(s.capture.Name()) }

// itemProblem says why what is read of an item can't be shown.
func itemProblem(verify, what string, err error) notice {
	var altered *alteredError
	n := notice{heading: trf("Can't be shown: %s", tr(what)), bad: true, lines: []string{err.Error()}}
	switch {
	case errors.Is(err, errNoItem):
		return notice{
			heading: trf("This capture has none: %s", tr(what)),
			lines:   []string{"Its manifest says what was obtained, and why no more."},
		}
	case errors.As(err, &altered):
		n.heading = trf("Not as it was sealed: %s", tr(what))
		n.lines = []string{trf("Its file was altered: %s.", err.Error()), "It is not shown. Verify the capture:"}
		n.command = verify
	case errors.Is(err, fs.ErrNotExist):
		n.heading = trf("Its file is missing: %s", tr(what))
		n.lines = append(n.lines, "Verify the capture:")
		n.command = verify
	}
	return n
}

// readKind reads the first item of a kind: see [readItem].
func readKind(ctx context.Context, s subject, k evidence.Kind, limit int64) (b []byte, cut bool, err error) {
	it, ok := s.manifest.Find(k)
	if !ok {
		return nil, false, errNoItem
	}
	return readItem(ctx, s.opened.files, it, limit)
}

// readItem reads an item as far as a limit, and says whether there is more. It
// checks that all of it is what the manifest lists: the error wraps an
// [*alteredError] when it isn't.
func readItem(ctx context.Context, files fs.FS, it evidence.Item, limit int64) (b []byte, cut bool, err error) {
	f, err := files.Open(it.Path)
	if err != nil {
		return nil, false, fmt.Errorf("reading item: %w", err)
	}
	defer f.Close()
	hash := sha256.New()
	r := &countedReader{r: evidence.UntilDone(ctx, io.TeeReader(f, hash))}
	b, err = io.ReadAll(io.LimitReader(r, limit))
	if err == nil {
		_, err = io.Copy(io.Discard, r)
	}
	if err != nil {
		return nil, false, fmt.Errorf("reading item: %w", err)
	}
	return b, r.n > int64(len(b)), checkItem(it, r.n, evidence.Digest(hash.Sum(nil)))
}

// copyText puts a text on the clipboard.
func copyText(text string) { fyne.CurrentApp().Clipboard().SetContent(text) }
