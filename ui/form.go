package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/widget"
)

// form is a dialog with fields, whose work may take a while and may fail: then it
// says why, and stays with all that was entered.
type form struct {
	win    fyne.Window
	work   *worker
	slot   slot
	fields *widget.Form
	said   *complaint
	accept *widget.Button
	dialog *dialog.CustomDialog
	first  fyne.Focusable // gets the focus
	do     func()
}

// newForm makes a form. The text of the button that accepts names what it does.
func (w *Window) newForm(title, accept string, items ...*widget.FormItem) *form {
	f := &form{win: w.win, work: w.work, fields: widget.NewForm(items...), said: newComplaint()}
	f.accept = widget.NewButton(tr(accept), f.submit)
	f.accept.Importance = widget.HighImportance
	f.dialog = dialog.NewCustomWithoutButtons(tr(title), container.NewVScroll(container.NewVBox(f.fields, f.said)), w.win)
	f.dialog.SetButtons([]fyne.CanvasObject{widget.NewButton(tr("Cancel"), f.cancel), f.accept})
	return f
}

// show shows the form at a size, unless another dialog is open.
func (f *form) show(size fyne.Size) {
	f.dialog.Resize(size)
	f.dialog.Show()
	if f.first != nil {
		f.win.Canvas().Focus(f.first)
	}
}

func (f *form) cancel() {
	f.slot.stop()
	f.dialog.Hide()
}

func (f *form) submit() {
	if !f.accept.Disabled() {
		f.do()
	}
}

// refuse says what is wrong with what was entered.
func (f *form) refuse(p problem) { f.said.say(p.text(), true) }

// run does what the form is for. While that goes on the form says so, and
// afterwards it closes, unless that failed.
func run[T any](f *form, busy string, work func(context.Context, *job) (T, error), done func(T)) {
	f.accept.Disable()
	f.said.say(tr(busy), false)
	start(f.work, &f.slot, nil, work, func(v T, err error) {
		f.accept.Enable()
		if err != nil {
			f.refuse(problemOf(err))
			return
		}
		f.dialog.Hide()
		done(v)
	})
}

// formField is an entry with its name in a form.
func formField(name string, e *widget.Entry, hint string) *widget.FormItem {
	i := widget.NewFormItem(tr(name), e)
	i.HintText = tr(hint)
	return i
}

// submitting has the return key in entries of one line accept the form.
func (f *form) submitting(entries ...*widget.Entry) {
	for _, e := range entries {
		e.OnSubmitted = func(string) { f.submit() }
	}
}
