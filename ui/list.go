package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// pageRows is how far the page keys move in a list.
const pageRows = 10

// row is one line of a pickList: a widget that shows an element, and that does
// something when it is tapped.
type row[T any] interface {
	fyne.CanvasObject
	set(T)
	onTap(func())
}

// tappable is a widget that does something when it is tapped.
type tappable struct {
	widget.BaseWidget
	tap func()
}

func (t *tappable) onTap(f func()) { t.tap = f }

// Tapped implements [fyne.Tappable].
func (t *tappable) Tapped(*fyne.PointEvent) { t.tap() }

// A pickList is a list in which the arrow keys move the selection itself.
type pickList[T any] struct {
	widget.List
	picks[T]
}

// newPickList makes a list. The function picked is called when another element was
// selected.
func newPickList[T any](newRow func() row[T], picked func(T)) *pickList[T] {
	l := new(pickList[T])
	l.picks = newPicks[T](func(i int) { picked(l.items[i]) })
	l.shown = l
	l.Length = func() int { return len(l.items) }
	l.CreateItem = func() fyne.CanvasObject { return newRow() }
	l.UpdateItem = l.update
	l.OnSelected = l.pick
	l.HideSeparators = true
	l.ExtendBaseWidget(l)
	return l
}

// Resize implements [fyne.CanvasObject].
func (l *pickList[T]) Resize(size fyne.Size) {
	first := l.Size().Height == 0
	l.List.Resize(size)
	if first {
		l.appear()
	}
}

// TypedKey moves the selection.
func (l *pickList[T]) TypedKey(e *fyne.KeyEvent) {
	l.move(e.Name, strides{fyne.KeyUp: -1, fyne.KeyDown: 1, fyne.KeyPageUp: -pageRows, fyne.KeyPageDown: pageRows})
}

// FocusGained shows that keys go to the list.
func (l *pickList[T]) FocusGained() { showRing(l.ring, true) }

// FocusLost shows that they don't.
func (l *pickList[T]) FocusLost() { showRing(l.ring, false) }

// newRing returns the frame around what has the focus.
func newRing() *canvas.Rectangle {
	r := canvas.NewRectangle(color.Transparent)
	r.StrokeWidth = 2
	r.CornerRadius = theme.Size(theme.SizeNameSelectionRadius)
	r.Hide()
	return r
}

func showRing(r *canvas.Rectangle, on bool) {
	r.StrokeColor = theme.Color(theme.ColorNamePrimary)
	r.Hidden = !on
	r.Refresh()
}
