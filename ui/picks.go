package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
)

// collection is a widget that shows elements, of which one can be selected.
type collection interface {
	fyne.Focusable
	fyne.CanvasObject
	Select(int)
	UnselectAll()
	ScrollTo(int)
	ScrollToOffset(float32)
}

// picks are the elements of a list or a grid in which the arrow keys move the
// selection itself.
type picks[T any] struct {
	shown    collection
	items    []T
	selected int // -1 for none
	ring     *canvas.Rectangle

	// chosen is called with the index of another element that was selected.
	chosen func(int)
}

func newPicks[T any](chosen func(int)) picks[T] {
	return picks[T]{selected: -1, ring: newRing(), chosen: chosen}
}

// update shows an element.
func (p *picks[T]) update(i int, o fyne.CanvasObject) {
	r := o.(row[T])
	r.set(p.items[i])
	r.onTap(func() {
		p.shown.Select(i)
		focus(p.shown)
	})
}

// framed returns the widget with the ring that shows its focus.
func (p *picks[T]) framed() fyne.CanvasObject { return container.NewStack(p.shown, p.ring) }

// set replaces the elements. Nothing is selected then.
func (p *picks[T]) set(items []T) {
	p.shown.UnselectAll()
	p.items = items
	p.selected = -1
	p.shown.ScrollToOffset(0) // ScrollTo(0) is one row off while there is no size yet
	p.shown.Refresh()
}

// mark selects an element without telling so; -1 selects none.
func (p *picks[T]) mark(i int) {
	p.selected = i
	if i < 0 {
		p.shown.UnselectAll()
		return
	}
	p.shown.Select(i)
}

func (p *picks[T]) pick(i int) {
	if i != p.selected {
		p.selected = i
		p.chosen(i)
	}
}

// appear shows what is selected once there is room for it: until then, scrolling
// to an element leads below it.
func (p *picks[T]) appear() {
	if p.selected >= 0 {
		p.shown.ScrollTo(p.selected)
	}
}

// strides are by how many elements keys move the selection.
type strides map[fyne.KeyName]int

// move moves the selection by a key. It begins at the first element.
func (p *picks[T]) move(name fyne.KeyName, by strides) {
	last := len(p.items) - 1
	step, ok := by[name]
	to := p.selected + step
	switch {
	case last < 0:
		return
	case name == fyne.KeyEnd:
		to = last
	case name == fyne.KeyHome || ok && p.selected < 0:
		to = 0
	case !ok:
		return
	}
	p.shown.Select(min(max(to, 0), last))
}
