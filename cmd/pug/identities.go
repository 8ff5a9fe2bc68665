package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"slices"

	"filippo.io/age"
	"filippo.io/age/agessh"
	"golang.org/x/crypto/ssh"

	"pugmark/evidence/bundle"
)

// maxIdentity bounds what is read of a file with a private key, in bytes.
const maxIdentity = 1 << 20

// identityFlags say with what an encrypted bundle is decrypted.
type identityFlags struct {
	files          list
	passphraseFile string
}

func (i *identityFlags) define(flags *flag.FlagSet) {
	flags.Var(&i.files, "identity", "`file` with the private key (age or SSH) that an encrypted bundle is decrypted with; may be repeated")
	flags.StringVar(&i.passphraseFile, "bundle-passphrase-file", i.passphraseFile, "`file` with the passphrase of an encrypted bundle; else it is asked for")
}

// defineOnce is define, unless the flags are there.
func (i *identityFlags) defineOnce(flags *flag.FlagSet) {
	if flags.Lookup("identity") == nil {
		i.define(flags)
	}
}

// and returns what both name.
func (i *identityFlags) and(other *identityFlags) *identityFlags {
	return &identityFlags{slices.Concat(i.files, other.files), cmp.Or(i.passphraseFile, other.passphraseFile)}
}

// identities returns what decrypts the bundle at a path: nothing if it isn't
// encrypted.
func (a *app) identities(ctx context.Context, path string, i *identityFlags) ([]age.Identity, error) {
	how, err := bundle.EncryptionOf(path)
	if err != nil {
		return nil, about(path, err)
	}
	switch how {
	case bundle.ToPassphrase:
		text, err := a.answer(ctx, question{"bundle's passphrase", "--bundle-passphrase-file", i.passphraseFile})
		if err != nil {
			return nil, err
		}
		id, err := age.NewScryptIdentity(text)
		return []age.Identity{id}, err
	case bundle.ToRecipients:
		return a.readIdentities(ctx, path, i.files)
	}
	return nil, nil
}

func (a *app) readIdentities(ctx context.Context, path string, files []string) (out []age.Identity, err error) {
	if len(files) == 0 {
		return nil, about(path, bundle.ErrEncrypted)
	}
	for _, file := range files {
		ids, err := a.readIdentity(ctx, file)
		if err != nil {
			return nil, err
		}
		out = append(out, ids...)
	}
	return out, nil
}

// readIdentity reads the private keys of a file.
func (a *app) readIdentity(ctx context.Context, path string) ([]age.Identity, error) {
	b, err := readSmall(path, maxIdentity)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, about(path, err)
	}
	var ids []age.Identity
	if err == nil {
		ids, err = bundle.ParseIdentities(b)
	}
	var locked *ssh.PassphraseMissingError
	if errors.As(err, &locked) && locked.PublicKey != nil {
		var id age.Identity
		id, err = agessh.NewEncryptedSSHIdentity(locked.PublicKey, b, func() ([]byte, error) {
			text, err := a.answer(ctx, question{what: "passphrase of the key " + clean(path)})
			return []byte(text), err
		})
		ids = []age.Identity{id}
	}
	if err != nil {
		return nil, noIdentity(path, err)
	}
	return ids, nil
}

func noIdentity(path string, err error) error {
	return tell("usage", fmt.Sprintf("The file %q holds no private key that decrypts bundles: %v.", clean(path), err),
		"It is the file that age-keygen wrote, or the id_ed25519 or id_rsa of SSH.")
}
