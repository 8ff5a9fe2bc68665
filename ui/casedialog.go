package ui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"pugmark/evidence"
)

// askCase opens a case.
func (w *Window) askCase() {
	if w.asking() {
		return
	}
	w.withSession(w.caseForm)
}

func (w *Window) caseForm(s *session) {
	ref, title, authority, purpose := widget.NewEntry(), widget.NewEntry(), widget.NewEntry(), widget.NewEntry()
	ref.SetPlaceHolder("OP-2026-014")
	f := w.newForm("New case", "Open the case",
		formField("Reference", ref, "Letters, digits, dots, dashes; it can't be changed later"),
		formField("Title", title, ""),
		formField("Legal authority", authority, "The ground on which you record, if there is one"),
		formField("Purpose", purpose, ""))
	f.first = ref
	f.submitting(ref, title, authority, purpose)
	f.do = func() {
		c := evidence.Case{
			Ref: strings.TrimSpace(ref.Text), Title: strings.TrimSpace(title.Text),
			Authority: strings.TrimSpace(authority.Text), Purpose: strings.TrimSpace(purpose.Text),
		}
		if err := evidence.CheckRef(c.Ref); err != nil {
			f.refuse(problem{trf("This reference can't name a case: %s.", err.Error()), ""})
			return
		}
		run(f, "Opening the case…",
			func(ctx context.Context, _ *job) (string, error) { return c.Ref, s.vault.NewCase(ctx, c) },
			func(ref string) { w.refreshAt(ref, "") })
	}
	f.show(fyne.NewSize(560, 380))
}
