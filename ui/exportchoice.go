package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"pugmark/evidence"
)

// captureTicks lists captures, each of which can be ticked.
type captureTicks struct {
	widget.List
	all []evidence.Capture
	on  []bool
	// touched is called when a tick was set or taken away.
	touched func()
}

func newCaptureTicks(all []evidence.Capture) *captureTicks {
	t := &captureTicks{all: all, on: make([]bool, len(all)), touched: func() {}}
	t.Length = func() int { return len(t.all) }
	t.CreateItem = func() fyne.CanvasObject { return widget.NewCheck("", nil) }
	t.UpdateItem = t.update
	t.HideSeparators = true
	t.ExtendBaseWidget(t)
	return t
}

func (t *captureTicks) update(i int, o fyne.CanvasObject) {
	check := o.(*widget.Check)
	check.OnChanged = nil // what follows is no choice of the user
	check.Text = safe(t.all[i].Name()+" · "+titleOf(t.all[i]), lineLimit, covered)
	check.SetChecked(t.on[i])
	check.OnChanged = func(on bool) {
		t.on[i] = on
		t.touched()
	}
	check.Refresh()
}

// ticked returns the ids of the captures that are ticked.
func (t *captureTicks) ticked() (ids []string) {
	for i, c := range t.all {
		if t.on[i] {
			ids = append(ids, c.ID.String())
		}
	}
	return ids
}

// MinSize shows a few captures.
func (t *captureTicks) MinSize() fyne.Size {
	size := t.List.MinSize()
	return fyne.NewSize(size.Width, 110)
}

// askExportOf reads which captures there are to choose from, and asks.
func (w *Window) askExportOf(s *session, c evidence.Case) {
	v := w.vault
	start(w.work, &w.checking, nil,
		func(ctx context.Context, _ *job) ([]evidence.Capture, error) { return v.Captures(ctx, c.Ref) },
		func(all []evidence.Capture, err error) {
			if err != nil {
				w.tell("The captures can't be read", problemOf(err))
				return
			}
			w.exportForm(s, c, all)
		})
}
