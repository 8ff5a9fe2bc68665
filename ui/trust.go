package ui

import (
	"context"
	"crypto/x509"
	"errors"
	"io/fs"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"pugmark/evidence"
	"pugmark/evidence/tsa"
)

// timekeepers are who states the time of a vault's captures, and who vouches
// for them.
type timekeepers struct {
	authorities []tsa.Authority
	roots       []evidence.Root
}

func readTimekeepers(ctx context.Context, v *evidence.Vault) (k timekeepers, err error) {
	if k.authorities, err = v.Authorities(ctx); err != nil {
		return k, err
	}
	k.roots, err = v.Roots(ctx)
	return k, err
}

// trustDialog changes the time-stamp authorities of a vault, and the roots that
// it trusts.
type trustDialog struct {
	w    *Window
	s    *session
	slot slot
	rows *fyne.Container
	said *complaint

	name, address, file *widget.Entry
	addAuthority        *widget.Button
	addRoot             *widget.Button
}

// askTrust shows the authorities and roots of the vault that is open.
func (w *Window) askTrust() {
	if w.barred() {
		return
	}
	w.withSession(func(s *session) {
		v := s.vault
		start(w.work, &w.checking, nil,
			func(ctx context.Context, _ *job) (timekeepers, error) { return readTimekeepers(ctx, v) },
			func(k timekeepers, err error) {
				if err != nil {
					w.tell(tr("The settings can't be read"), problemOf(err))
					return
				}
				w.newTrustDialog(s).show(k)
			})
	})
}

func (w *Window) newTrustDialog(s *session) *trustDialog {
	t := &trustDialog{
		w: w, s: s, rows: container.NewVBox(), said: newComplaint(),
		name: widget.NewEntry(), address: widget.NewEntry(), file: widget.NewEntry(),
	}
	t.name.SetPlaceHolder(tr("Name"))
	t.address.SetPlaceHolder("https://tsa.example/tsr")
	t.file.SetPlaceHolder(tr("File with the authority's root certificate (PEM)"))
	t.addAuthority = widget.NewButton(tr("Add authority"), t.takeAuthority)
	t.addRoot = widget.NewButton(tr("Trust this root"), t.takeRoot)
	t.address.OnSubmitted = func(string) { t.takeAuthority() }
	t.file.OnSubmitted = func(string) { t.takeRoot() }
	return t
}

// show shows the dialog.
func (t *trustDialog) show(k timekeepers) {
	t.list(k)
	browse := widget.NewButton(tr("Browse…"), func() { t.w.browseFile(t.file) })
	body := container.NewVBox(
		t.rows, t.said,
		container.NewBorder(nil, nil, nil, t.addAuthority, container.NewGridWithColumns(2, t.name, t.address)),
		container.NewBorder(nil, nil, nil, container.NewHBox(browse, t.addRoot), t.file))
	d := dialog.NewCustomWithoutButtons(tr("Timestamps"), container.NewVScroll(body), t.w.win)
	d.SetButtons([]fyne.CanvasObject{widget.NewButton(tr("Close"), d.Hide)})
	d.SetOnClosed(func() {
		t.slot.stop()
		t.w.refresh()
	})
	d.Resize(fyne.NewSize(720, 560))
	d.Show()
	t.w.win.Canvas().Focus(t.name)
}

// list lists authorities and roots.
func (t *trustDialog) list(k timekeepers) {
	t.rows.RemoveAll()
	t.rows.Add(explained(tr("Each authority states when it saw the digest of a capture: before the page is opened, and after the capture is sealed. It is sent that digest and nothing else, and no authority is asked that isn't listed here.")))
	t.rows.Add(newHead(tr("Authorities that are asked")))
	if len(k.authorities) == 0 {
		t.rows.Add(explained(tr("None yet: the time of captures rests on this machine's clock alone.")))
	}
	for _, a := range k.authorities {
		t.rows.Add(t.row(a.Name, a.URL, func(ctx context.Context) error { return t.s.vault.RemoveAuthority(ctx, a.Name) }))
	}
	t.rows.Add(newHead(tr("Roots that are trusted")))
	if len(k.roots) == 0 {
		t.rows.Add(explained(tr("None yet: timestamps are kept, but nobody vouches for them. Take the root certificate from the authority itself.")))
	}
	for _, r := range k.roots {
		t.rows.Add(t.row(r.Name, rootText(r), func(ctx context.Context) error {
			_, err := t.s.vault.RemoveRoot(ctx, r.Fingerprint.String())
			return err
		}))
	}
	t.rows.Refresh()
}

// rootText says until when a root is valid, and its fingerprint, by which people
// compare it.
func rootText(r evidence.Root) string {
	until := trf("until %s", localDay(r.NotAfter))
	if time.Now().After(r.NotAfter) {
		until = trf("expired %s: only earlier timestamps are trusted", localDay(r.NotAfter))
	}
	return until + " · SHA-256 " + r.Fingerprint.String()
}

// row shows a name and what is known of it, with a button that removes it.
func (t *trustDialog) row(name, about string, remove func(context.Context) error) fyne.CanvasObject {
	title, text := NewSafeLabel(name), newMuted(about)
	title.TextStyle.Bold = true
	small(text)
	button := widget.NewButtonWithIcon("", theme.DeleteIcon(), func() { t.change(tr("Removing…"), remove) })
	button.Importance = widget.LowImportance
	return container.NewBorder(nil, nil, nil, button, container.New(tightColumn{}, title, text))
}

// explained returns a text of as many lines as it needs.
func explained(text string) *widget.Label {
	l := widget.NewLabel(text)
	l.Wrapping = fyne.TextWrapWord
	return l
}

// takeAuthority adds the authority that was entered.
func (t *trustDialog) takeAuthority() {
	a := tsa.Authority{Name: strings.TrimSpace(t.name.Text), URL: strings.TrimSpace(t.address.Text)}
	if err := a.Check(); err != nil {
		t.said.say(tr("An authority has a name and an address, such as https://tsa.example/tsr")+" ("+err.Error()+")", true)
		return
	}
	t.change(tr("Adding the authority…"), func(ctx context.Context) error { return t.s.vault.AddAuthority(ctx, a) })
}

// takeRoot trusts the certificates of the file that was named.
func (t *trustDialog) takeRoot() {
	path := strings.TrimSpace(t.file.Text)
	t.change(tr("Reading the certificate…"), func(ctx context.Context) error {
		certificates, err := readRoots(path)
		if err != nil {
			return err
		}
		_, err = t.s.vault.AddRoots(ctx, certificates)
		return err
	})
}

// readRoots reads a file of root certificates. The error wraps [errNotRoot] when
// it is no such file.
func readRoots(path string) ([]*x509.Certificate, error) {
	certificates, err := tsa.ReadCertificates(path)
	var file *fs.PathError
	if err != nil && !errors.As(err, &file) {
		return nil, errors.Join(errNotRoot, err)
	}
	return certificates, err
}

var errNotRoot = errors.New("this file holds no root certificate that can be used")

// change changes the settings, and lists them anew.
func (t *trustDialog) change(busy string, do func(context.Context) error) {
	t.said.say(busy, false)
	t.w.touch()
	start(t.w.work, &t.slot, nil,
		func(ctx context.Context, _ *job) (timekeepers, error) {
			if err := do(ctx); err != nil {
				return timekeepers{}, err
			}
			return readTimekeepers(ctx, t.s.vault)
		},
		func(k timekeepers, err error) {
			if err != nil {
				t.said.say(problemOf(err).text(), true)
				return
			}
			t.said.say("", false)
			for _, e := range []*widget.Entry{t.name, t.address, t.file} {
				e.SetText("")
			}
			t.list(k)
		})
}
