package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// record is a line of a log: when, what, and more of it.
type record struct {
	when, also string // also: the time in another way
	what, text string
	tone       widget.Importance
	groups     []group // all that is known of it
}

// recordsView lists records, and shows all of the one that is chosen below.
type recordsView struct {
	list   *pickList[record]
	below  *fyne.Container
	object fyne.CanvasObject
}

// newRecordsView lists records, with a column for times of a width. Below is also
// shown what doesn't depend on which is chosen.
func newRecordsView(all []record, width float32, rest ...group) *recordsView {
	v := &recordsView{below: container.NewStack()}
	newRow := func() row[record] { return newRecordRow(width) }
	v.list = newPickList(newRow, func(r record) { swap(v.below, newGroupsView(slices.Concat(r.groups, rest))) })
	v.list.set(all)
	swap(v.below, container.NewVBox(newMuted(tr("Choose a line to see all of it."))))
	if len(rest) > 0 {
		swap(v.below, newGroupsView(rest))
	}
	split := container.NewVSplit(v.list.framed(), v.below)
	split.Offset = 0.6
	v.object = split
	return v
}

// recordRow shows a record in a list.
type recordRow struct {
	tappable
	when, also, what, text *SafeLabel
	width                  float32 // of the column of times
}

// Widths of the column of times.
const (
	dateWidth  = 208 // of days and times
	clockWidth = 100 // of times of day
)

func newRecordRow(width float32) *recordRow {
	r := &recordRow{width: width, when: NewSafeLabel(""), also: newMuted(""), what: NewSafeLabel(""), text: newMuted("")}
	r.what.TextStyle.Bold = true
	small(r.when)
	small(r.also)
	small(r.text)
	r.ExtendBaseWidget(r)
	return r
}

func (r *recordRow) set(rec record) {
	r.when.SetText(rec.when)
	r.also.SetText(rec.also)
	r.what.Importance = rec.tone
	r.what.SetText(rec.what)
	r.text.SetText(rec.text)
}

// CreateRenderer implements [fyne.Widget].
func (r *recordRow) CreateRenderer() fyne.WidgetRenderer {
	times := container.New(fixedWidth(r.width), container.New(tightColumn{}, r.when, r.also))
	what := container.New(tightColumn{}, r.what, r.text)
	return widget.NewSimpleRenderer(container.NewBorder(nil, nil, times, nil, what))
}

// fixedWidth gives an object a width of its own.
type fixedWidth float32

// MinSize implements [fyne.Layout].
func (w fixedWidth) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(float32(w), objects[0].MinSize().Height)
}

// Layout implements [fyne.Layout].
func (w fixedWidth) Layout(objects []fyne.CanvasObject, size fyne.Size) { objects[0].Resize(size) }

// tabHead is a line that says in a few words what a tab shows.
func tabHead(text string) *SafeLabel {
	l := newMuted(text)
	l.SizeName = theme.SizeNameCaptionText
	return l
}
