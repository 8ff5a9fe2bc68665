package ui

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"pugmark/evidence"
)

// pictureTab shows the picture of a capture.
type pictureTab struct {
	content *fyne.Container
	work    *worker
	reading slot

	view  *TallView
	shown fyne.CanvasObject // the view with its bar
	about string            // which picture, its size
	state *widget.Label
	zoom  *widget.Label
}

func newPictureTab(w *worker, c fyne.Canvas) *pictureTab {
	t := &pictureTab{work: w, view: newTallView(w, c), state: widget.NewLabel(""), zoom: widget.NewLabel("")}
	t.state.Importance = widget.LowImportance
	t.state.Truncation = fyne.TextTruncateEllipsis
	t.view.zoomed = func() { t.zoom.SetText(fmt.Sprintf("%.0f %%", math.Round(t.view.zoom*100))) }
	t.view.failed = func(err error) {
		// Who closed the picture says why.
		if !errors.Is(err, errClosed) {
			t.fail("", err)
		}
	}
	fit := widget.NewButton("Fit width", t.view.FitWidth)
	actual := widget.NewButton("100 %", t.view.ActualSize)
	bar := container.NewBorder(nil, nil, nil, container.NewPadded(container.NewHBox(t.zoom, fit, actual)),
		container.NewVBox(layout.NewSpacer(), t.state, layout.NewSpacer()))
	t.shown = container.NewBorder(bar, nil, nil, nil, t.view)
	t.content = container.NewStack()
	return t
}

// leave ends what goes on for the picture that was shown.
func (t *pictureTab) leave() {
	t.reading.stop()
	t.view.clear()
}

func (t *pictureTab) say(n notice) { swap(t.content, n.object()) }

// open shows the picture of a capture: of the full page, or else of what a
// visitor first sees.
func (t *pictureTab) open(c evidence.Capture, m *evidence.Manifest) {
	t.leave()
	kind := "Full page"
	it, ok := m.Find(evidence.KindPage)
	if !ok {
		kind = "First view only"
		it, ok = m.Find(evidence.KindViewport)
	}
	if !ok {
		t.say(notice{
			heading: "No picture", lines: []string{"This capture has none. Its manifest says what was obtained, and why no more."},
		})
		return
	}
	busy := func() {
		if t.view.picture == nil {
			t.say(notice{heading: "Reading the picture…"})
		}
	}
	start(t.work, &t.reading, busy,
		func(ctx context.Context, j *job) (*pyramid, error) {
			return readPicture(ctx, c.Path(it), it, t.steps(j, kind))
		},
		func(_ *pyramid, err error) {
			if err != nil {
				t.fail(c.Name(), err)
				return
			}
			t.state.SetText(t.about + " · digest matches")
			t.view.more()
		})
}

// steps show the picture while it is read.
func (t *pictureTab) steps(j *job, kind string) pictureSteps {
	return pictureSteps{
		begun: func(p *pyramid) { j.tell(func() { t.begin(p, kind) }) },
		rows:  func(n int) { j.tell(func() { t.progress(n) }) },
	}
}

func (t *pictureTab) begin(p *pyramid, kind string) {
	t.about = kind + " · " + sizeText(evidence.Size{Width: p.width, Height: p.height}) + " px"
	t.state.SetText(t.about)
	swap(t.content, t.shown)
	t.view.show(p)
}

func (t *pictureTab) progress(rows int) {
	t.state.SetText(fmt.Sprintf("%s · reading, %d %%", t.about, 100*rows/t.view.picture.height))
	t.view.more()
}

// fail says why there is no picture to see.
func (t *pictureTab) fail(name string, err error) {
	t.leave()
	var altered *alteredError
	n := notice{heading: "The picture can't be shown", bad: true, lines: []string{err.Error()}}
	switch {
	case errors.As(err, &altered):
		n.heading = "The picture is not the one that was sealed"
		n.lines = []string{"Its file was altered: " + err.Error() + ".", "It is not shown. Verify the capture:"}
		n.command = "pug verify " + name
	case errors.Is(err, fs.ErrNotExist):
		n.heading = "The picture's file is missing"
		n.lines = append(n.lines, "Verify the capture:")
		n.command = "pug verify " + name
	}
	t.say(n)
}
