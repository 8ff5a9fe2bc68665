package ui

import (
	"context"
	"errors"
	"os"
	"strings"

	"filippo.io/age"
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"pugmark/evidence/bundle"
)

// askIdentity asks for what decrypts a bundle, and goes on with that.
func (w *Window) askIdentity(path string, how bundle.Encryption, then func([]age.Identity)) {
	pass := widget.NewPasswordEntry()
	item := formField("Passphrase", pass, "Of the bundle: who exported it knows it")
	key := widget.NewEntry()
	if how == bundle.ToRecipients {
		browse := widget.NewButton(tr("Browse…"), func() { w.browseFile(key) })
		item = widget.NewFormItem(tr("Private key"), container.NewBorder(nil, nil, nil, browse, key))
		item.HintText = tr("The file that age-keygen wrote, or id_ed25519 of SSH, without a passphrase")
	}
	f := w.newForm("The bundle is encrypted", "Decrypt", item)
	f.first = pass
	if how == bundle.ToRecipients {
		f.first = key
	}
	f.submitting(pass, key)
	f.do = func() {
		run(f, "Decrypting…",
			func(ctx context.Context, _ *job) ([]age.Identity, error) {
				ids, err := identitiesOf(strings.TrimSpace(key.Text), pass.Text, how)
				if err == nil {
					_, err = bundle.Open(ctx, path, ids...)
				}
				return ids, err
			},
			then)
	}
	f.show(fyne.NewSize(600, 220))
}

func identitiesOf(path, passphrase string, how bundle.Encryption) ([]age.Identity, error) {
	if how == bundle.ToPassphrase {
		id, err := age.NewScryptIdentity(passphrase)
		return []age.Identity{id}, err
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	ids, err := bundle.ParseIdentities(b)
	return ids, notKey(err)
}

var errNotKey = errors.New("this file holds no private key that decrypts bundles")

func notKey(err error) error {
	if err != nil {
		return errors.Join(errNotKey, err)
	}
	return nil
}
