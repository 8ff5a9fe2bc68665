package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// pageLines is how far the page keys move in a grid, in lines.
const pageLines = 3

// A pickGrid is a grid in which the arrow keys move the selection itself.
type pickGrid[T any] struct {
	widget.GridWrap
	picks[T]
}

// newPickGrid makes a grid. The function picked is called with the index of
// another element that was selected.
func newPickGrid[T any](newTile func() row[T], picked func(int)) *pickGrid[T] {
	g := &pickGrid[T]{picks: newPicks[T](picked)}
	g.shown = g
	g.Length = func() int { return len(g.items) }
	g.CreateItem = func() fyne.CanvasObject { return newTile() }
	g.UpdateItem = g.update
	g.OnSelected = g.pick
	g.ExtendBaseWidget(g)
	return g
}

// Resize implements [fyne.CanvasObject].
func (g *pickGrid[T]) Resize(size fyne.Size) {
	first := g.Size().Height == 0
	g.GridWrap.Resize(size)
	if first {
		g.appear()
	}
}

// TypedKey moves the selection.
func (g *pickGrid[T]) TypedKey(e *fyne.KeyEvent) {
	line := g.ColumnCount()
	g.move(e.Name, strides{
		fyne.KeyLeft: -1, fyne.KeyRight: 1, fyne.KeyUp: -line, fyne.KeyDown: line,
		fyne.KeyPageUp: -pageLines * line, fyne.KeyPageDown: pageLines * line,
	})
}

// FocusGained shows that keys go to the grid.
func (g *pickGrid[T]) FocusGained() { showRing(g.ring, true) }

// FocusLost shows that they don't.
func (g *pickGrid[T]) FocusLost() { showRing(g.ring, false) }
