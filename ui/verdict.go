package ui

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"filippo.io/age"
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"pugmark/evidence"
	"pugmark/evidence/bundle"
)

// checked is evidence that was verified.
type checked struct {
	what   string // "bundle", "vault"
	path   string
	report *evidence.Report
}

// sentence says what the outcome means, for who is no expert.
func (c checked) sentence() string {
	switch r := c.report; {
	case r.Outcome == evidence.FailedVerification:
		return tr("This is not as it was sealed. What was found is listed below.")
	case r.Outcome == evidence.IntegrityOnly && r.Sealed():
		return tr("Nothing here was altered since it was sealed, by a key that you trust. But whoever gave the time is under none of the roots that you trust.")
	case r.Outcome == evidence.IntegrityOnly:
		return tr("Nothing here was altered since it was sealed. But who sealed it is not known: the key below is none of those that you trust.")
	case c.what == "vault":
		return tr("Nothing in this vault was altered since it was sealed: the log is whole, and it and every capture agree.")
	}
	return tr("Nothing here was altered since it was sealed, by a key that you trust.")
}

// outcomeWord names an outcome.
func outcomeWord(o evidence.Outcome) string {
	return tr(map[evidence.Outcome]string{
		evidence.Verified: "VERIFIED", evidence.IntegrityOnly: "INTEGRITY ONLY", evidence.FailedVerification: "FAILED",
	}[o])
}

func outcomeColour(o evidence.Outcome) fyne.ThemeColorName {
	switch o {
	case evidence.Verified:
		return theme.ColorNameSuccess
	case evidence.IntegrityOnly:
		return theme.ColorNameWarning
	}
	return theme.ColorNameError
}

// shownFindings is how many findings are listed.
const shownFindings = 100

// object shows the outcome: a word, a sentence, and then the details.
func (c checked) object() fyne.CanvasObject {
	word := canvas.NewText(outcomeWord(c.report.Outcome), theme.Color(outcomeColour(c.report.Outcome)))
	word.TextStyle.Bold = true
	word.TextSize = theme.Size(theme.SizeNameHeadingText)
	says := widget.NewLabel(c.sentence())
	says.Wrapping = fyne.TextWrapWord
	groups := append([]group{c.group()}, findingGroups(c.report.Findings)...)
	return container.NewBorder(container.NewVBox(container.NewPadded(word), says), nil, nil, nil, newGroupsView(groups))
}

// group returns what was verified.
func (c checked) group() group {
	g := group{name: "What was verified"}
	r := c.report
	g.add(c.what, c.path)
	g.add("captures", grouped(int64(r.Captures)))
	g.add("items", trf("%s, %s hashed", grouped(int64(r.Items)), bytesText(r.Bytes)))
	if r.Withheld > 0 {
		g.add("withheld", trf("%s of TLS secrets, as the bundle itself says", count(r.Withheld, "item")))
	}
	if r.Unsigned > 0 {
		g.add("not signed yet", trf("the newest %s; the next capture or export signs them", count(int(r.Unsigned), "log entry")))
	}
	for _, s := range r.Signers {
		trusted := tr("which is NOT one that you trust")
		if s.Trusted {
			trusted = tr("which you trust")
		}
		g.add("sealed with", s.VKey, trusted)
	}
	return g
}

// findingGroups lists findings: where, what, wanted, got.
func findingGroups(found []evidence.Finding) (out []group) {
	for i, f := range found {
		if i == shownFindings {
			return append(out, group{name: trf("%s more findings", grouped(int64(len(found)-i)))})
		}
		g := group{name: f.Path}
		g.add("kind", f.Kind)
		g.add("want", f.Want)
		g.add("got", f.Got)
		out = append(out, g)
	}
	return out
}

// showChecked shows the outcome of a verification, with buttons beside Close. It
// returns what closes that.
func (w *Window) showChecked(c checked, buttons ...fyne.CanvasObject) (hide func()) {
	d := dialog.NewCustomWithoutButtons(tr("Verification"), c.object(), w.win)
	d.SetButtons(append(buttons, widget.NewButton(tr("Close"), d.Hide)))
	d.Resize(fyne.NewSize(760, 560))
	d.Show()
	return d.Hide
}

// verifyVault verifies the vault that is open.
func (w *Window) verifyVault() {
	if w.reviewed != nil && !w.asking() {
		w.verifyReviewed()
		return
	}
	if w.asking() || w.vault == nil {
		return
	}
	v, begun := w.vault, time.Now()
	progress(w, tr("Verifying the vault"), func(ctx context.Context, p evidence.Progress) (checked, error) {
		r, err := v.Verify(ctx, p)
		return checked{"vault", v.Dir(), r}, err
	}, func(c checked) {
		w.vaultVerified(begun, c.report)
		w.showChecked(c)
	})
}

// verifyReviewed verifies the bundle that is reviewed.
func (w *Window) verifyReviewed() {
	l, from := w.reviewed.library, w.reviewed.entry.origin
	progress(w, trf("Verifying %s", from.File), func(ctx context.Context, p evidence.Progress) (checked, error) {
		r, err := l.Bundle().Verify(ctx, bundle.VerifyOptions{}, p)
		return checked{"bundle", from.Path, r}, err
	}, func(c checked) {
		w.captureVerified(subject{origin: from}, c)
		w.showChecked(c)
	})
}

// askBundle verifies a bundle that was dropped or chosen. One that is encrypted
// needs a key or a passphrase.
func (w *Window) askBundle(path string) {
	if w.asking() {
		return
	}
	how, err := bundle.EncryptionOf(path)
	switch {
	case err != nil:
		w.tell("The bundle can't be read", problemOf(err))
	case how == bundle.Plain:
		w.verifyBundle(path, nil)
	default:
		w.askIdentity(path, how, func(ids []age.Identity) { w.verifyBundle(path, ids) })
	}
}

// verifyBundle verifies a bundle with what the open vault trusts, if one is open.
func (w *Window) verifyBundle(path string, ids []age.Identity) {
	v := w.vault
	progress(w, trf("Verifying %s", filepath.Base(path)), func(ctx context.Context, p evidence.Progress) (checked, error) {
		o := bundle.VerifyOptions{Identities: ids}
		var err error
		if v != nil {
			if o.Trust, err = v.Trust(ctx); err != nil {
				return checked{}, err
			}
		}
		r, err := bundle.Verify(ctx, path, o, p)
		return checked{"bundle", path, r}, err
	}, func(c checked) { w.showBundle(c, ids) })
}

// showBundle shows a bundle's verdict. It can be reviewed where it is; one that is
// whole can be taken into the vault that is open.
func (w *Window) showBundle(c checked, ids []age.Identity) {
	var close func()
	buttons := []fyne.CanvasObject{widget.NewButton(tr("Review without a vault"), func() {
		close()
		w.review(c.path, ids)
	})}
	if w.vault != nil && c.report.Outcome != evidence.FailedVerification {
		buttons = append(buttons, widget.NewButton(tr("Import for review"), func() {
			close()
			w.importBundle(c.path, ids)
		}))
	}
	close = w.showChecked(c, buttons...)
}

// importBundle takes a bundle into the vault that is open. That needs no
// passphrase, since nothing is sealed.
func (w *Window) importBundle(path string, ids []age.Identity) {
	dir, name := w.vault.Dir(), ""
	progress(w, trf("Importing %s", filepath.Base(path)), func(ctx context.Context, p evidence.Progress) (checked, error) {
		v, err := evidence.Open(ctx, dir)
		if err != nil {
			return checked{}, err
		}
		i, err := bundle.Import(ctx, v, bundle.ImportOptions{Path: path, Identities: ids}, p)
		if err = errors.Join(err, v.Close()); err != nil {
			return checked{}, err
		}
		name = i.Name
		return checked{"bundle", i.File, i.Report}, nil
	}, func(checked) {
		w.refreshAt(name, "")
		n := notice{
			heading: trf("Imported as %s", name),
			lines:   []string{tr("The vault keeps the bundle as it is, and its log says whose seal it has. It is now in the list of cases.")},
		}
		w.dialog("Imported for review", n.object(), fyne.NewSize(520, 300))
	})
}

// progress does something in a dialog that shows how far it is and can stop it.
func progress[T any](w *Window, title string, work func(context.Context, evidence.Progress) (T, error), done func(T)) {
	bar := widget.NewProgressBar()
	d := dialog.NewCustomWithoutButtons(tr(title), container.NewVBox(bar), w.win)
	d.SetButtons([]fyne.CanvasObject{widget.NewButton(tr("Stop"), func() { w.checking.stop(); d.Hide() })})
	d.Resize(fyne.NewSize(420, 0))
	d.Show()
	start(w.work, &w.checking, nil,
		func(ctx context.Context, j *job) (T, error) {
			return work(ctx, coalesced(j, bar.SetValue))
		},
		func(c T, err error) {
			d.Hide()
			if err != nil {
				w.tell(title, problemOf(err))
				return
			}
			done(c)
		})
}

// coalesced tells of progress in steps of a hundredth: more would compete with
// drawing.
func coalesced(j *job, show func(float64)) evidence.Progress {
	last := int64(-1)
	return func(done, total int64) {
		if total <= 0 || done*100/total == last {
			return
		}
		last = done * 100 / total
		part := float64(last) / 100
		j.tell(func() { show(part) })
	}
}
