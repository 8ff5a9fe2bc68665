package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// stripRows is how many entries of the queue are in view at once, at most.
const stripRows = 4

// jobStrip shows the queue below the panes, as long as there is one.
type jobStrip struct {
	stop    *widget.Button
	content *fyne.Container
	queue   *queue
	head    *SafeLabel
	list    *widget.List
	room    *atLeast
}

func newJobStrip(q *queue) *jobStrip {
	s := &jobStrip{queue: q, head: newHead(""), room: &atLeast{}}
	s.list = widget.NewList(
		func() int { return len(q.entries) },
		func() fyne.CanvasObject { return newJobRow(q) },
		func(i int, o fyne.CanvasObject) { o.(*jobRow).set(q.entries[i]) })
	s.list.HideSeparators = true
	clear := widget.NewButton(tr("Clear finished"), q.clear)
	clear.Importance = widget.LowImportance
	s.stop = widget.NewButton(tr("Stop all"), q.stopAll)
	s.stop.Importance = widget.LowImportance
	bar := container.NewBorder(nil, nil, nil, container.NewHBox(clear, s.stop), s.head)
	s.content = container.NewVBox(widget.NewSeparator(), bar, container.New(s.room, s.list))
	s.update()
	return s
}

// update shows the queue as it is.
func (s *jobStrip) update() {
	n := len(s.queue.entries)
	s.content.Hidden = n == 0
	if n == 0 {
		return
	}
	left := s.queue.left()
	s.stop.Hidden = left == 0
	text := trf("Done · %s", count(n, "page"))
	if left > 0 {
		text = trf("Capturing · %s of %s done", grouped(int64(n-left)), count(n, "page"))
	}
	s.head.SetText(text)
	s.room.height = float32(min(n, stripRows)) * rowHeight()
	s.list.Refresh()
	s.content.Refresh()
}

func rowHeight() float32 { return newJobRow(nil).MinSize().Height + theme.Padding() }

// atLeast gives an object a height.
type atLeast struct{ height float32 }

// MinSize implements [fyne.Layout].
func (a *atLeast) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, a.height) }

// Layout implements [fyne.Layout].
func (a *atLeast) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Resize(size)
	}
}

// jobRow shows an entry of the queue.
type jobRow struct {
	widget.BaseWidget
	mark          *canvas.Circle
	address, says *SafeLabel
	stop          *widget.Button
	entry         *entry
}

func newJobRow(q *queue) *jobRow {
	r := &jobRow{mark: canvas.NewCircle(nil), address: NewSafeLabel(""), says: newMuted("")}
	r.stop = widget.NewButtonWithIcon("", theme.CancelIcon(), func() { q.stop(r.entry) })
	r.stop.Importance = widget.LowImportance
	r.ExtendBaseWidget(r)
	return r
}

func (r *jobRow) set(e *entry) {
	r.entry = e
	r.address.SetText(e.page.Request.URL)
	r.says.SetText(e.says())
	r.stop.Hidden = e.state.ended() || e.state == stopping
	r.Refresh()
}

// Refresh takes the colour from the theme.
func (r *jobRow) Refresh() {
	if r.entry != nil {
		r.mark.FillColor = theme.Color(r.entry.colour())
	}
	r.BaseWidget.Refresh()
}

// colour returns the colour of an entry's mark. Its text says the same.
func (e *entry) colour() fyne.ThemeColorName {
	switch e.state {
	case sealed:
		return verdictColour(e.verdict)
	case failed:
		return theme.ColorNameError
	case running, stopping:
		return theme.ColorNamePrimary
	}
	return theme.ColorNameDisabled
}

// CreateRenderer implements [fyne.Widget].
func (r *jobRow) CreateRenderer() fyne.WidgetRenderer {
	mark := container.NewCenter(container.NewGridWrap(fyne.NewSize(10, 10), r.mark))
	left := container.New(layout.NewCustomPaddedLayout(0, 0, 10, 4), mark)
	texts := container.NewGridWithColumns(2, r.address, r.says)
	return widget.NewSimpleRenderer(container.NewBorder(nil, nil, left, r.stop, texts))
}
