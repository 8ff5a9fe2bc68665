package ui

import (
	"context"
	"os/user"
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"pugmark/evidence"
)

// askNewVault makes a vault, in a folder that may be given, and opens it.
func (w *Window) askNewVault(dir string) {
	if w.asking() {
		return
	}
	folder, name, operator, role, organisation := widget.NewEntry(), widget.NewEntry(), widget.NewEntry(), widget.NewEntry(), widget.NewEntry()
	pass, again, strength := widget.NewPasswordEntry(), widget.NewPasswordEntry(), widget.NewLabel("")
	folder.SetText(dir)
	name.SetText(tr("My vault"))
	if u, err := user.Current(); err == nil {
		operator.SetText(u.Name)
	}
	pass.OnChanged = func(s string) { strength.SetText(strengthText(s)) }
	browse := widget.NewButton(tr("Browse…"), func() { w.browse(folder) })
	place := widget.NewFormItem(tr("Folder"), container.NewBorder(nil, nil, nil, browse, folder))
	place.HintText = tr("New or empty. Everything is kept there, and nowhere else")
	f := w.newForm("New vault", "Make the vault",
		place, formField("Name", name, ""),
		formField("Your name", operator, "Written into every entry of the custody log"),
		formField("Role", role, ""), formField("Organisation", organisation, ""),
		formField("Passphrase", pass, "Several words. Nobody can recover it for you"),
		widget.NewFormItem("", strength), formField("Again", again, ""))
	f.first = name
	f.submitting(folder, name, operator, role, organisation, again)
	f.do = func() {
		if bad := checkNew(folder.Text, operator.Text, pass.Text, again.Text); bad != "" {
			f.refuse(problem{what: bad})
			return
		}
		dir, o := strings.TrimSpace(folder.Text), evidence.CreateOptions{
			Name: strings.TrimSpace(name.Text), Operator: strings.TrimSpace(operator.Text),
			Role: strings.TrimSpace(role.Text), Organisation: strings.TrimSpace(organisation.Text), Passphrase: pass.Text,
		}
		run(f, "Making the vault and its signing key…",
			func(ctx context.Context, _ *job) (*session, error) { return w.createVault(ctx, dir, o) },
			func(s *session) { w.openNew(s) })
	}
	f.show(fyne.NewSize(620, 560))
}

// checkNew says what is wrong with what was entered for a new vault.
func checkNew(folder, operator, pass, again string) string {
	switch {
	case strings.TrimSpace(folder) == "":
		return "Name the folder of the vault."
	case strings.TrimSpace(operator) == "":
		return "Enter your name: the custody log says who did what."
	case pass == "":
		return "Choose a passphrase of several words."
	case pass != again:
		return "The two passphrases are not the same."
	}
	return ""
}

func (w *Window) createVault(ctx context.Context, dir string, o evidence.CreateOptions) (*session, error) {
	v, err := evidence.Create(ctx, dir, o)
	if err != nil {
		return nil, err
	}
	return w.newSession(v), nil
}

// openNew shows a vault that was just made, which is unlocked.
func (w *Window) openNew(s *session) {
	w.pending = s
	w.Open(s.vault.Dir())
}

// strengthText says how hard a passphrase is to guess, roughly: by its length and
// how many words or kinds of characters it has.
func strengthText(s string) string {
	words, kinds := len(strings.Fields(s)), 0
	for _, is := range []func(rune) bool{unicode.IsLower, unicode.IsUpper, unicode.IsDigit, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }} {
		if strings.ContainsFunc(s, is) {
			kinds++
		}
	}
	switch n := len([]rune(s)); {
	case n == 0:
		return ""
	case n < 12:
		return tr("Weak: whoever copies the vault could guess it")
	case n < 20 && words < 4 && kinds < 3:
		return tr("Fair: more words are better")
	}
	return tr("Strong")
}
