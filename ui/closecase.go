package ui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// askCloseCase closes the case that is chosen.
func (w *Window) askCloseCase() {
	if w.barred() {
		return
	}
	c, imported, ok := w.chosenCase()
	switch {
	case imported:
	case !ok:
		w.tell(tr("No case is chosen"), problem{tr("There is no case to close."), tr("Choose a case.")})
	case c.Closed != nil:
		w.tell(tr("The case is closed"), problem{trf("%s was closed on %s.", c.Ref, localTime(*c.Closed)), ""})
	default:
		w.withSession(func(s *session) { w.closeForm(s, c.Ref) })
	}
}

func (w *Window) closeForm(s *session, ref string) {
	reason := widget.NewEntry()
	reason.SetPlaceHolder(tr("Written into the custody log"))
	says := widget.NewLabel(tr("Nothing is captured for a closed case any more, and it can't be opened again. What it holds stays as it is, to be reviewed, verified and exported."))
	says.Wrapping = fyne.TextWrapWord
	f := w.newForm(trf("Close case %s", ref), tr("Close the case"),
		widget.NewFormItem("", says), formField(tr("Reason"), reason, ""))
	f.first = reason
	f.submitting(reason)
	f.do = func() {
		why := strings.TrimSpace(reason.Text)
		if why == "" {
			f.refuse(problem{tr("There is no reason yet."), tr("Say why the case is closed.")})
			return
		}
		run(f, tr("Closing the case…"),
			func(ctx context.Context, _ *job) (string, error) { return ref, s.vault.CloseCase(ctx, ref, why) },
			func(string) { w.refresh() })
	}
	f.show(fyne.NewSize(560, 300))
}
