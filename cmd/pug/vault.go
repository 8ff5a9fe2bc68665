package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"pugmark/evidence"
)

// vaultDir returns the folder of the vault that is meant, and whether somebody
// named it.
func (a *app) vaultDir() (dir string, named bool, err error) {
	if a.vault != "" {
		return a.vault, true, nil
	}
	if dir := os.Getenv(evidence.VaultEnv); dir != "" {
		return dir, true, nil
	}
	dir, err = evidence.DefaultDir()
	if err != nil {
		return "", false, tell("usage", "The folder for the vault could not be found: "+err.Error()+".",
			"Name one with --vault or "+evidence.VaultEnv+".")
	}
	return dir, false, nil
}

// withVault runs f with the vault open to read.
func (a *app) withVault(ctx context.Context, f func(*evidence.Vault) error) error {
	return a.open(ctx, evidence.OpenReadOnly, f)
}

// withWritableVault runs f with the vault open to write, but locked.
func (a *app) withWritableVault(ctx context.Context, f func(*evidence.Vault) error) error {
	return a.open(ctx, evidence.Open, f)
}

// opener is a way to open a vault.
type opener func(context.Context, string) (*evidence.Vault, error)

func (a *app) open(ctx context.Context, how opener, f func(*evidence.Vault) error) (err error) {
	dir, _, err := a.vaultDir()
	if err != nil {
		return err
	}
	v, err := how(ctx, dir)
	if err != nil {
		return about(dir, err)
	}
	defer func() { err = errors.Join(err, v.Close()) }()
	a.warnExposed(v)
	return f(v)
}

// warnExposed warns of a vault that others can read or change.
func (a *app) warnExposed(v *evidence.Vault) {
	if found, err := v.Exposures(); err == nil && len(found) > 0 {
		a.warn("%s", exposedText(v, found))
	}
}

func exposedText(v *evidence.Vault, found []evidence.Exposure) string {
	names := make([]string, len(found))
	for i, x := range found {
		names[i] = fmt.Sprintf("%s (mode %#o)", x.Name, x.Mode)
	}
	return fmt.Sprintf("others on this machine can reach the vault: %s; make it yours alone: chmod -R go= %s",
		strings.Join(names, ", "), shellQuote(v.Dir()))
}

// shellQuote quotes a name for a shell, unless it is plain.
func shellQuote(name string) string {
	if strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-") == "" {
		return name
	}
	return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
}

// unlock asks for the passphrase and unlocks the vault with it.
func (a *app) unlock(ctx context.Context, v *evidence.Vault) error {
	return a.withPassphrase(ctx, v, func(p string) error { return v.Unlock(ctx, p) })
}

// withPassphrase runs f with the passphrase of a vault: that of a file, that which
// the keychain has, or one that is asked for.
func (a *app) withPassphrase(ctx context.Context, v *evidence.Vault, f func(string) error) error {
	if a.passphrasePath() == "" {
		if p, ok := a.remembered(v); ok {
			a.step("Opening the signing key")
			err := f(p)
			if !errors.Is(err, evidence.ErrWrongPassphrase) {
				return about(v.Dir(), err)
			}
			a.warn(`the keychain has another passphrase; "pug key remember" changes that`)
		}
	}
	return a.askedPassphrase(ctx, v, f)
}

// askedPassphrase is withPassphrase without the keychain. Somebody who types it may
// err twice.
func (a *app) askedPassphrase(ctx context.Context, v *evidence.Vault, f func(string) error) error {
	ask := fmt.Sprintf("Passphrase of the vault %q: ", v.Info().Name)
	for tries := 3; ; tries-- {
		p, err := a.passphrase(ctx, ask)
		if err != nil {
			return err
		}
		a.step("Opening the signing key")
		err = f(p.text)
		if !errors.Is(err, evidence.ErrWrongPassphrase) || !p.typed || tries == 1 {
			return about(v.Dir(), err)
		}
		a.warn("that is not the passphrase; try again")
	}
}
