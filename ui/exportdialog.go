package ui

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"pugmark/evidence"
	"pugmark/evidence/bundle"
)

// Ways to protect a bundle.
const (
	protectNone = "Not encrypted"
	protectKeys = "To recipients' keys"
	protectPass = "To a passphrase"
)

// askExport exports the case that is chosen.
func (w *Window) askExport() {
	if w.barred() {
		return
	}
	c, imported, ok := w.chosenCase()
	switch {
	case imported:
	case !ok:
		w.tell("No case is chosen", problem{"A bundle holds captures of a case.", "Choose a case."})
	case c.Captures == 0:
		w.tell("Nothing to export", problemOf(evidence.ErrNoCapture))
	default:
		w.withSession(func(s *session) { w.askExportOf(s, c) })
	}
}

// exportFields are what the form for an export asks.
type exportFields struct {
	scope, how  *widget.RadioGroup
	path, keys  *widget.Entry
	pass, again *widget.Entry
	secrets     *widget.Check
	whole, some string // the choices of the whole case, and of what is ticked
	ticks       *captureTicks
	chosen      evidence.Capture
}

func (w *Window) exportForm(s *session, c evidence.Case, all []evidence.Capture) {
	x := w.newExportFields(c)
	x.offer(all)
	browse := widget.NewButton(tr("Browse…"), func() { w.browse(x.path) })
	keys := formField("Keys", x.keys, "One a line: age1…, ssh-ed25519 …")
	pass, again := formField("Passphrase", x.pass, "Tell it in another way than with the file"), formField("Again", x.again, "")
	protect := func(how string) {
		setEnabled(x.keys, how == tr(protectKeys))
		setEnabled(x.pass, how == tr(protectPass))
		setEnabled(x.again, how == tr(protectPass))
	}
	x.how.OnChanged = protect
	protect(x.how.Selected)
	f := w.newForm(trf("Export %s", c.Ref), "Export",
		widget.NewFormItem(tr("What"), x.scope), widget.NewFormItem("", x.ticks),
		widget.NewFormItem(tr("File"), container.NewBorder(nil, nil, nil, browse, x.path)),
		widget.NewFormItem(tr("Protection"), x.how), keys, pass, again,
		widget.NewFormItem("", x.secrets))
	f.first = x.path
	f.submitting(x.path, x.pass, x.again)
	f.do = func() {
		o, bad := x.options(c.Ref)
		if bad != nil {
			f.refuse(*bad)
			return
		}
		f.dialog.Hide()
		w.export(s, o)
	}
	f.show(fyne.NewSize(720, 660))
}

func (w *Window) newExportFields(c evidence.Case) *exportFields {
	x := &exportFields{
		path: widget.NewEntry(), keys: widget.NewMultiLineEntry(), pass: widget.NewPasswordEntry(), again: widget.NewPasswordEntry(),
		whole: trf("The whole case: %s", count(c.Captures, "capture")),
	}
	choices := []string{x.whole}
	if e, ok := w.library.current(); ok {
		x.chosen = e.Capture
		choices = append(choices, trf("Only %s", x.chosen.Name()))
	}
	x.scope = widget.NewRadioGroup(choices, nil)
	x.scope.SetSelected(x.whole)
	x.how = widget.NewRadioGroup([]string{tr(protectNone), tr(protectKeys), tr(protectPass)}, nil)
	x.how.Horizontal = true
	x.how.SetSelected(tr(protectNone))
	x.secrets = widget.NewCheck(tr("Include the TLS secrets in clear: they reveal the cookies of the session"), nil)
	home, err := os.UserHomeDir()
	if err != nil {
		home = ""
	}
	x.path.SetText(filepath.Join(home, bundle.DefaultName(c.Ref, time.Now())))
	x.keys.SetMinRowsVisible(2)
	return x
}

// offer lets one tick some of the case's captures.
func (x *exportFields) offer(all []evidence.Capture) {
	x.some = tr("The captures that are ticked:")
	x.scope.Append(x.some)
	x.ticks = newCaptureTicks(all)
	x.ticks.touched = func() { x.scope.SetSelected(x.some) }
}

func setEnabled(e *widget.Entry, on bool) {
	if on {
		e.Enable()
	} else {
		e.Disable()
	}
}

// options returns what to export, or what is wrong with what was entered.
func (x *exportFields) options(ref string) (bundle.Options, *problem) {
	o := bundle.Options{Case: ref, Path: strings.TrimSpace(x.path.Text), WithSecrets: x.secrets.Checked}
	switch x.scope.Selected {
	case x.whole:
	case x.some:
		o.Captures = x.ticks.ticked()
	default:
		o.Captures = []string{x.chosen.ID.String()}
	}
	if x.scope.Selected == x.some && len(o.Captures) == 0 {
		return o, &problem{"No capture is ticked.", "Tick those that the bundle shall hold."}
	}
	if fi, err := os.Stat(o.Path); err == nil && fi.IsDir() {
		o.Path = filepath.Join(o.Path, bundle.DefaultName(ref, time.Now()))
	}
	if o.Path == "" {
		return o, &problem{"There is no file to write to yet.", "Name one."}
	}
	to, bad := x.recipients()
	if len(to) > 0 && filepath.Ext(o.Path) != bundle.EncryptedSuffix {
		o.Path += bundle.EncryptedSuffix
	}
	o.Recipients = to
	return o, bad
}

func (x *exportFields) recipients() (out []bundle.Recipient, bad *problem) {
	switch x.how.Selected {
	case tr(protectPass):
		if x.pass.Text != x.again.Text {
			return nil, &problem{"The two passphrases are not the same.", ""}
		}
		r, err := bundle.PassphraseRecipient(x.pass.Text)
		if err != nil {
			return nil, &problem{"The passphrase is empty.", "Choose one of several words."}
		}
		return []bundle.Recipient{r}, nil
	case tr(protectKeys):
		for line := range strings.Lines(x.keys.Text) {
			if line = strings.TrimSpace(line); line == "" {
				continue
			}
			r, err := bundle.ParseRecipient(line)
			if err != nil {
				return nil, &problem{trf("This is no recipient's key: %s", line), "Ask the receiver for the public key: age1… or ssh-ed25519 …"}
			}
			out = append(out, r)
		}
		if len(out) == 0 {
			return nil, &problem{"There is no recipient's key yet.", "Enter one a line."}
		}
	}
	return out, nil
}

// export writes a bundle, and shows what its verification came to.
func (w *Window) export(s *session, o bundle.Options) {
	progress(w, trf("Exporting %s", o.Case), func(ctx context.Context, p evidence.Progress) (checked, error) {
		r, err := bundle.Export(ctx, s.vault, o, p)
		if err != nil {
			return checked{}, err
		}
		return checked{"bundle", r.Path, r.Report}, nil
	}, func(c checked) {
		w.touch()
		w.notify(trf("Exported %s", o.Case), filepath.Base(o.Path))
		w.showChecked(c)
	})
}
