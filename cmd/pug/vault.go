package main

import (
	"context"
	"errors"
	"fmt"
	"os"

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
	return f(v)
}

// unlock asks for the passphrase and unlocks the vault with it.
func (a *app) unlock(ctx context.Context, v *evidence.Vault) error {
	return a.withPassphrase(ctx, v, v.Unlock)
}

// withPassphrase runs f with the passphrase of a vault. Somebody who types it
// may err twice.
func (a *app) withPassphrase(ctx context.Context, v *evidence.Vault, f func(string) error) error {
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
