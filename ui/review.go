package ui

import (
	"context"
	"errors"
	"path/filepath"
	"strings"

	"filippo.io/age"
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"pugmark/evidence"
	"pugmark/evidence/bundle"
	"pugmark/review"
)

// reviewed is a bundle's file that is reviewed with no vault: the window shows its
// case, and nothing of what it offers for that writes.
type reviewed struct {
	library *review.Library
	entry   caseEntry
}

// Close closes the bundle.
func (r *reviewed) Close() error { return r.library.Close() }

// openReviewed opens a bundle's file for review.
func openReviewed(ctx context.Context, path string, ids []age.Identity) (*reviewed, error) {
	r, err := bundle.OpenReader(ctx, path, ids...)
	if err != nil {
		return nil, err
	}
	l := review.OfBundle(r, path)
	e, err := reviewedEntry(ctx, l, path, ids)
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return &reviewed{l, e}, nil
}

// reviewedEntry describes the case of a bundle's file, and by its own word who sealed
// it.
func reviewedEntry(ctx context.Context, l *review.Library, path string, ids []age.Identity) (e caseEntry, err error) {
	name, err := l.CaseName(ctx, "")
	if err != nil {
		return e, err
	}
	c, err := l.Case(ctx, name)
	if err != nil {
		return e, err
	}
	from := &origin{file: true, identities: ids, Import: evidence.Import{
		Name: c.Name, Case: c.Ref, Captures: len(c.Captures), File: filepath.Base(path), Path: path,
	}}
	if len(c.Captures) > 0 {
		// Of a capture that was altered nothing is told here: its tabs say why.
		if m, s, err := c.Captures[0].Records(); err == nil {
			from.Vault, from.Keys = m.Identity.VaultID, []string{s.Key}
		}
	}
	return caseEntry{Case: c.Case, origin: from, folded: foldText(c.Ref + "\n" + c.Title)}, nil
}

// askReview reviews a bundle that is chosen.
func (w *Window) askReview() {
	if w.asking() {
		return
	}
	path := widget.NewEntry()
	path.SetPlaceHolder(tr("Path of the bundle"))
	browse := widget.NewButton(tr("Browse…"), func() { w.browseFile(path) })
	f := w.newForm("Review a bundle", "Review",
		widget.NewFormItem(tr("File"), container.NewBorder(nil, nil, nil, browse, path)),
		widget.NewFormItem("", wrapped(tr("The bundle is read where it is, with no vault, and nothing is written."))))
	f.first = path
	f.submitting(path)
	f.do = func() {
		f.dialog.Hide()
		w.reviewFile(strings.TrimSpace(path.Text))
	}
	f.show(fyne.NewSize(600, 260))
}

// reviewFile reviews a bundle's file. One that is encrypted needs a key or a
// passphrase.
func (w *Window) reviewFile(path string) {
	if w.asking() {
		return
	}
	how, err := bundle.EncryptionOf(path)
	switch {
	case err != nil:
		w.tell("The bundle can't be read", problemOf(err))
	case how == bundle.Plain:
		w.review(path, nil)
	default:
		w.askIdentity(path, how, func(ids []age.Identity) { w.review(path, ids) })
	}
}

// review shows a bundle's file in place of what is open.
func (w *Window) review(path string, ids []age.Identity) {
	if w.queue.busy() {
		w.tell(tr("Captures are under way"), problem{tr("The vault stays open until they end."), tr("Wait until they end, or stop them.")})
		return
	}
	start(w.work, &w.opening, nil,
		func(ctx context.Context, _ *job) (*reviewed, error) { return openReviewed(ctx, path, ids) },
		func(r *reviewed, err error) {
			if err != nil {
				w.tell(tr("The bundle can't be reviewed"), problemOf(err))
				return
			}
			w.showReviewed(r)
		})
}

func (w *Window) showReviewed(r *reviewed) {
	w.leaveVault()
	w.reviewed = r
	w.setTitle("")
	w.status.SetText(r.entry.origin.Path)
	w.showLock()
	swap(w.tools, w.reviewBar())
	w.tools.Show()
	swap(w.body, w.panes)
	w.refresh()
}

// leaveReviewed closes the bundle that is reviewed.
func (w *Window) leaveReviewed() {
	if w.reviewed == nil {
		return
	}
	// It was only read; what is still being read is cancelled.
	_ = w.reviewed.Close()
	w.reviewed = nil
	w.tools.RemoveAll()
	w.tools.Hide()
	w.status.SetText("")
	w.showLock()
}

// endReview ends a review, and shows the vault that was open last.
func (w *Window) endReview() {
	w.leaveVault()
	w.setTitle("")
	if dir := w.settings.vault(); dir != "" {
		w.OpenIfThere(dir)
		return
	}
	w.noVault("")
}

// reviewBar returns the buttons for what is done in a review.
func (w *Window) reviewBar() *fyne.Container {
	says := widget.NewLabel(tr("Read-only review of a bundle, with no vault"))
	says.Importance = widget.WarningImportance
	return container.NewPadded(container.NewHBox(
		says,
		layout.NewSpacer(),
		widget.NewButtonWithIcon(tr("Find…"), theme.SearchIcon(), w.askFind),
		widget.NewButtonWithIcon(tr("Verify the bundle"), theme.ConfirmIcon(), w.verifyVault),
		widget.NewButtonWithIcon(tr("End the review"), theme.CancelIcon(), w.endReview),
	))
}

// barred reports whether nothing can be begun in a vault now: a dialog is open, or no
// vault is. Where a bundle is reviewed, it says so.
func (w *Window) barred() bool {
	if w.asking() {
		return true
	}
	if w.reviewed != nil {
		w.tell(tr("A bundle is only reviewed"), problem{
			tr("The window shows a bundle's file, with no vault. Nothing is added to it, captured or exported."),
			tr("End the review and open a vault. To work with the bundle there, import it."),
		})
	}
	return w.vault == nil
}
