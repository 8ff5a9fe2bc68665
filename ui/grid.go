package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// pageLines is how far the page keys move in a grid, in lines.
const pageLines = 3

// A pickGrid is a grid in which the arrow keys move the selection itself.
type pickGrid[T any] struct {
	widget.GridWrap
	items    []T
	selected int // -1 for none
	ring     *canvas.Rectangle

	// picked is called with the index of another element that was selected.
	picked func(int)
}

func newPickGrid[T any](newTile func() row[T], picked func(int)) *pickGrid[T] {
	g := &pickGrid[T]{selected: -1, picked: picked, ring: newRing()}
	g.Length = func() int { return len(g.items) }
	g.CreateItem = func() fyne.CanvasObject { return newTile() }
	g.UpdateItem = g.update
	g.OnSelected = g.pick
	g.ExtendBaseWidget(g)
	return g
}

func (g *pickGrid[T]) update(i int, o fyne.CanvasObject) {
	r := o.(row[T])
	r.set(g.items[i])
	r.onTap(func() {
		g.Select(i)
		focus(g)
	})
}

// framed returns the grid with the ring that shows its focus.
func (g *pickGrid[T]) framed() fyne.CanvasObject { return container.NewStack(g, g.ring) }

// set replaces the elements. Nothing is selected then.
func (g *pickGrid[T]) set(items []T) {
	g.UnselectAll()
	g.items = items
	g.selected = -1
	g.ScrollToOffset(0)
	g.Refresh()
}

// mark selects an element without telling so; -1 selects none.
func (g *pickGrid[T]) mark(i int) {
	g.selected = i
	if i < 0 {
		g.UnselectAll()
		return
	}
	g.Select(i)
}

// Resize shows what is selected once there is room for it: until then, scrolling
// to an element leads below it.
func (g *pickGrid[T]) Resize(size fyne.Size) {
	first := g.Size().Height == 0
	g.GridWrap.Resize(size)
	if first && g.selected >= 0 {
		g.ScrollTo(g.selected)
	}
}

func (g *pickGrid[T]) pick(i int) {
	if i != g.selected {
		g.selected = i
		g.picked(i)
	}
}

// TypedKey moves the selection.
func (g *pickGrid[T]) TypedKey(e *fyne.KeyEvent) {
	last, columns := len(g.items)-1, g.ColumnCount()
	if last < 0 {
		return
	}
	to := g.selected
	switch e.Name {
	case fyne.KeyLeft:
		to--
	case fyne.KeyRight:
		to++
	case fyne.KeyUp:
		to -= columns
	case fyne.KeyDown:
		to += columns
	case fyne.KeyPageUp:
		to -= pageLines * columns
	case fyne.KeyPageDown:
		to += pageLines * columns
	case fyne.KeyHome:
		to = 0
	case fyne.KeyEnd:
		to = last
	default:
		return
	}
	if g.selected < 0 {
		to = 0
	}
	g.Select(min(max(to, 0), last))
}

// FocusGained shows that keys go to the grid.
func (g *pickGrid[T]) FocusGained() { showRing(g.ring, true) }

// FocusLost shows that they don't.
func (g *pickGrid[T]) FocusLost() { showRing(g.ring, false) }
