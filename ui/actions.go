package ui

import (
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
	"github.com/google/uuid"

	"pugmark/evidence"
	"pugmark/evidence/bundle"
)

// toolbar returns the buttons for what is done most.
func (w *Window) toolbar() *fyne.Container {
	capture := widget.NewButtonWithIcon(tr("Capture…"), theme.MediaRecordIcon(), w.askCapture)
	capture.Importance = widget.HighImportance
	return container.NewPadded(container.NewHBox(
		capture,
		widget.NewButtonWithIcon(tr("New case…"), theme.ContentAddIcon(), w.askCase),
		widget.NewButtonWithIcon(tr("Export…"), theme.UploadIcon(), w.askExport),
		layout.NewSpacer(),
		widget.NewButtonWithIcon(tr("Verify vault"), theme.ConfirmIcon(), w.verifyVault),
	))
}

// chosenCase returns the case that is chosen. For one that was imported it says
// that nothing is done with it that would change it.
func (w *Window) chosenCase() (c evidence.Case, imported, ok bool) {
	e, ok := w.caseList.current()
	if ok && e.origin != nil {
		w.tell(tr("The case was imported"), problem{
			trf("%s is another vault's: it can be reviewed and verified here, but not captured for, exported or closed.", e.Ref),
			tr("Choose a case of your own."),
		})
	}
	return e.Case, ok && e.origin != nil, ok
}

// tell says in a dialog what could not be done, and what to do next.
func (w *Window) tell(title string, p problem) {
	n := notice{heading: p.what, bad: true}
	if p.next != "" {
		n.lines = []string{p.next}
	}
	w.dialog(tr(title), n.object(), fyne.NewSize(480, 260))
}

// notify tells of what has ended, also when the window isn't looked at.
func (w *Window) notify(title, text string) {
	w.app.SendNotification(fyne.NewNotification(safe(title, lineLimit, covered), safe(text, lineLimit, covered)))
}

// pageEnded shows a page that was recorded, or tells that it wasn't.
func (w *Window) pageEnded(e *entry) {
	if w.session != nil {
		w.touch()
	}
	switch e.state {
	case sealed:
		w.notify(trf("Captured %s", e.name), verdictWord(e.verdict, e.warned))
		w.showSealed(e)
	case failed:
		w.notify(tr("Not captured"), e.page.Request.URL+": "+e.problem.what)
	}
}

// showSealed lists a page that was captured, and chooses it if no other capture
// of its case is chosen. One that is looked at stays as it is.
func (w *Window) showSealed(e *entry) {
	if w.library.chosen == uuid.Nil && e.page.Case == w.caseRef {
		w.refreshAt(w.caseRef, e.id)
		return
	}
	w.refresh()
	w.keep = true
}

// queueEmptied closes the window, if that waits for it.
func (w *Window) queueEmptied() {
	if w.closing && !w.queue.busy() {
		w.end()
	}
}

// takePending unlocks the vault that is shown, if it was just made.
func (w *Window) takePending() {
	s := w.pending
	w.pending = nil
	switch {
	case s == nil:
	case s.vault.Dir() == w.vault.Dir():
		w.setSession(s)
	default:
		if err := s.Close(); err != nil {
			fyne.LogError("closing the new vault", err)
		}
	}
}

// isBundle reports whether a file's name is that of a bundle.
func isBundle(path string) bool {
	ext := strings.ToLower(filepath.Ext(path))
	return ext == ".zip" || ext == bundle.EncryptedSuffix
}
