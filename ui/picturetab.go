package ui

import (
	"context"
	"errors"
	"fmt"
	"image"
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
	marking slot // reads the regions

	view  *TallView
	small *minimap
	shown fyne.CanvasObject // the view with its bar
	about string            // which picture, its size
	state *widget.Label
	zoom  *widget.Label

	wanted image.Rectangle // to be revealed once the picture is there; empty: nothing
}

func newPictureTab(w *worker, c fyne.Canvas) *pictureTab {
	t := &pictureTab{work: w, view: newTallView(w, c), state: widget.NewLabel(""), zoom: widget.NewLabel("")}
	t.state.Importance = widget.LowImportance
	t.state.Truncation = fyne.TextTruncateEllipsis
	t.small = newMinimap(w, t.view)
	t.view.zoomed = func() { t.zoom.SetText(fmt.Sprintf("%.0f %%", math.Round(t.view.zoom*100))) }
	t.view.failed = func(err error) {
		// Who closed the picture says why.
		if !errors.Is(err, errClosed) {
			t.fail("pug verify", err)
		}
	}
	mark := widget.NewButton(tr("Mark"), func() { t.view.setDrawing(!t.view.drawing) })
	all := widget.NewButton(tr("Fit"), t.view.FitAll)
	fit := widget.NewButton(tr("Fit width"), t.view.FitWidth)
	actual := widget.NewButton("100 %", t.view.ActualSize)
	bar := container.NewBorder(nil, nil, nil, container.NewPadded(container.NewHBox(t.zoom, mark, all, fit, actual)),
		container.NewVBox(layout.NewSpacer(), t.state, layout.NewSpacer()))
	t.shown = container.NewBorder(bar, nil, nil, container.NewPadded(t.small), t.view)
	t.content = container.NewStack()
	return t
}

// leave ends what goes on for the picture that was shown.
func (t *pictureTab) leave() {
	t.reading.stop()
	t.marking.stop()
	t.view.clear()
	t.small.clear()
	t.wanted = image.Rectangle{}
}

func (t *pictureTab) object() fyne.CanvasObject { return t.content }

// reveal shows a part of the picture, as soon as there is one.
func (t *pictureTab) reveal(r image.Rectangle) {
	t.wanted = r
	if t.view.picture != nil {
		t.view.reveal(r)
	}
}

func (t *pictureTab) say(n notice) { swap(t.content, n.object()) }

// open shows the picture of a capture: of the full page, or else of what a
// visitor first sees.
func (t *pictureTab) open(s subject) {
	m := s.manifest
	t.leave()
	kind := tr("Full page")
	it, ok := m.Find(evidence.KindPage)
	if !ok {
		kind = tr("First view only")
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
			return readPicture(ctx, s.opened.files, it, t.steps(j, kind))
		},
		func(_ *pyramid, err error) {
			if err != nil {
				t.fail(s.verifyCommand(), err)
				return
			}
			t.state.SetText(trf("%s · digest matches", t.about))
			t.view.more()
			t.small.survey()
			t.showRegions(s)
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
	if !t.wanted.Empty() {
		t.view.reveal(t.wanted)
	}
}

func (t *pictureTab) progress(rows int) {
	t.state.SetText(trf("%s · reading, %d %%", t.about, 100*rows/t.view.picture.height))
	t.view.more()
}

// fail says why there is no picture to see.
func (t *pictureTab) fail(verify string, err error) {
	t.leave()
	t.say(itemProblem(verify, "picture", err))
}
