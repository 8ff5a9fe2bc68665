package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/zalando/go-keyring"

	"pugmark/evidence"
)

// keychainService is under what name the system's keychain has passphrases; the
// account is the vault's id.
const keychainService = "Pugmark"

func keyRememberCommand() *command {
	return &command{
		name: "key remember", short: "keep the passphrase in the system's keychain",
		long: `Keeps the passphrase of the vault in the keychain of this system: Keychain on
macOS, the Credential Manager on Windows, the Secret Service of a Linux desktop.
From then on pug takes it from there. Whoever is signed in to your account on this
machine can then use the vault's key: see docs/threat-model.md.

    pug key remember
    pug key forget`,
		usesVault: true, usesSecret: true,
		setup: func(*flag.FlagSet) action {
			return func(ctx context.Context, a *app, _ []string) (outcome, error) { return a.rememberKey(ctx) }
		},
	}
}

func keyForgetCommand() *command {
	return &command{
		name: "key forget", short: "remove the passphrase from the system's keychain",
		long:      `Removes the passphrase of the vault from the keychain of this system.`,
		usesVault: true,
		setup: func(*flag.FlagSet) action {
			return func(ctx context.Context, a *app, _ []string) (outcome, error) { return a.forgetKey(ctx) }
		},
	}
}

func (a *app) rememberKey(ctx context.Context) (out outcome, err error) {
	err = a.withWritableVault(ctx, func(v *evidence.Vault) error {
		err := a.askedPassphrase(ctx, v, func(p string) error {
			if err := v.Unlock(ctx, p); err != nil {
				return err
			}
			return remember(v, p)
		})
		out = outcome{doc: vaultDoc{v.Dir()}, text: func(w io.Writer) {
			fmt.Fprintf(w, "The keychain has the passphrase of the vault %q\n", v.Info().Name)
		}}
		return err
	})
	return out, err
}

func (a *app) forgetKey(ctx context.Context) (out outcome, err error) {
	err = a.withVault(ctx, func(v *evidence.Vault) error {
		out = outcome{doc: vaultDoc{v.Dir()}, text: func(w io.Writer) {
			fmt.Fprintf(w, "The keychain has no passphrase of the vault %q any more\n", v.Info().Name)
		}}
		return forget(v)
	})
	return out, err
}

// remember puts a passphrase into the keychain, and makes a note of it: the
// keychain may ask a person to open it, so that it isn't asked for what it doesn't
// have.
func remember(v *evidence.Vault, passphrase string) error {
	mark, err := keychainMark(v)
	if err != nil {
		return err
	}
	if err := keyring.Set(keychainService, v.Info().ID.String(), passphrase); err != nil {
		return keychainError(err)
	}
	if err := os.MkdirAll(filepath.Dir(mark), 0o700); err != nil {
		return err
	}
	return os.WriteFile(mark, nil, 0o600)
}

// forget takes a passphrase out of the keychain.
func forget(v *evidence.Vault) error {
	mark, err := keychainMark(v)
	if err != nil {
		return err
	}
	if err := keyring.Delete(keychainService, v.Info().ID.String()); err != nil && !errors.Is(err, keyring.ErrNotFound) {
		return keychainError(err)
	}
	if err := os.Remove(mark); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// remembered returns the passphrase that the keychain has of a vault, if any.
func (a *app) remembered(v *evidence.Vault) (passphrase string, ok bool) {
	mark, err := keychainMark(v)
	if err != nil {
		return "", false
	}
	if _, err := os.Lstat(mark); err != nil {
		return "", false
	}
	passphrase, err = keyring.Get(keychainService, v.Info().ID.String())
	if err != nil {
		a.warn("the keychain doesn't give the passphrase: %v", err)
	}
	return passphrase, err == nil
}

// keychainMark is the file that notes that the keychain has a vault's passphrase.
func keychainMark(v *evidence.Vault) (string, error) {
	dir, err := os.UserConfigDir()
	return filepath.Join(dir, "pugmark", "keychain", v.Info().ID.String()), err
}

func keychainError(err error) error {
	return tell("no_keychain", fmt.Sprintf("This system's keychain can't be used: %v.", bare(err)),
		"On Linux it needs a desktop with a Secret Service, such as GNOME Keyring or KWallet.\n"+
			"Without one, a file that only you can read does: --passphrase-file or "+passphraseEnv+".")
}
