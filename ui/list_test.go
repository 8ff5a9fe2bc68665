package ui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

// TestChosenIsSeen chooses in a list and a grid that have no size yet: what is
// chosen is seen as soon as they have one, the first without a gap above it.
func TestChosenIsSeen(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(NewTheme())
	items := make([]caseEntry, 100)
	for i, reached := range map[int]func(offset float32) bool{
		0:  func(offset float32) bool { return offset == 0 },
		60: func(offset float32) bool { return offset > 500 },
	} {
		list := newPickList(newCaseRow, func(caseEntry) {})
		list.CreateRenderer()
		list.set(items)
		list.mark(i)
		list.Resize(fyne.NewSize(200, 400))
		if got := list.GetScrollOffset(); !reached(got) {
			t.Errorf("list: got offset %v for element %d", got, i)
		}
		grid := newPickGrid(newCaseRow, func(int) {})
		grid.CreateRenderer()
		grid.set(items)
		grid.mark(i)
		grid.Resize(fyne.NewSize(200, 400))
		if got := grid.GetScrollOffset(); !reached(got) {
			t.Errorf("grid: got offset %v for element %d", got, i)
		}
	}
}
