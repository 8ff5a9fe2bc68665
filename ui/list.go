package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
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
	items    []T
	selected int // -1 for none
	ring     *canvas.Rectangle

	// picked is called when another element was selected.
	picked func(T)
}

func newPickList[T any](newRow func() row[T], picked func(T)) *pickList[T] {
	l := &pickList[T]{selected: -1, picked: picked, ring: newRing()}
	l.Length = func() int { return len(l.items) }
	l.CreateItem = func() fyne.CanvasObject { return newRow() }
	l.UpdateItem = l.update
	l.OnSelected = l.pick
	l.HideSeparators = true
	l.ExtendBaseWidget(l)
	return l
}

func (l *pickList[T]) update(i int, o fyne.CanvasObject) {
	r := o.(row[T])
	r.set(l.items[i])
	r.onTap(func() {
		l.Select(i)
		focus(l)
	})
}

// framed returns the list with the ring that shows its focus.
func (l *pickList[T]) framed() fyne.CanvasObject { return container.NewStack(l, l.ring) }

// set replaces the elements. Nothing is selected then.
func (l *pickList[T]) set(items []T) {
	l.UnselectAll()
	l.items = items
	l.selected = -1
	l.ScrollToOffset(0) // ScrollTo(0) is one row off while the list has no size yet
	l.Refresh()
}

// mark selects an element without telling so; -1 selects none.
func (l *pickList[T]) mark(i int) {
	l.selected = i
	if i < 0 {
		l.UnselectAll()
		return
	}
	l.Select(i)
}

// Resize shows what is selected once there is room for it: until then, scrolling
// to an element leads below it.
func (l *pickList[T]) Resize(size fyne.Size) {
	first := l.Size().Height == 0
	l.List.Resize(size)
	if first && l.selected >= 0 {
		l.ScrollTo(l.selected)
	}
}

func (l *pickList[T]) pick(i int) {
	if i == l.selected {
		return
	}
	l.selected = i
	l.picked(l.items[i])
}

// TypedKey moves the selection.
func (l *pickList[T]) TypedKey(e *fyne.KeyEvent) {
	last := len(l.items) - 1
	if last < 0 {
		return
	}
	to := l.selected
	switch e.Name {
	case fyne.KeyUp:
		to--
	case fyne.KeyDown:
		to++
	case fyne.KeyPageUp:
		to -= pageRows
	case fyne.KeyPageDown:
		to += pageRows
	case fyne.KeyHome:
		to = 0
	case fyne.KeyEnd:
		to = last
	default:
		return
	}
	l.Select(min(max(to, 0), last))
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
