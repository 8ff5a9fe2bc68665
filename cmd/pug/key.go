package main

import (
	"context"
	"flag"
	"fmt"
	"io"

	"pugmark/evidence"
)

func keyListCommand() *command {
	return &command{
		name: "key list", short: "list the vault's keys, with their times",
		long: `Lists the keys that the vault's custody log was signed with, the oldest first,
and since and until when. Only the last one signs. Who knows one of them can
trust the later ones: each was added by an entry of the log that the key before
it signed, which "pug verify --all --key KEY" checks.`,
		usesVault: true,
		setup: func(*flag.FlagSet) action {
			return func(ctx context.Context, a *app, _ []string) (outcome, error) { return a.listKeys(ctx) }
		},
	}
}

// keysDoc is the document of "pug key list".
type keysDoc struct {
	Keys evidence.KeyRing `json:"keys"`
}

func (a *app) listKeys(ctx context.Context) (out outcome, err error) {
	err = a.withVault(ctx, func(v *evidence.Vault) error {
		doc := keysDoc{v.Keys()}
		out = outcome{doc: doc, text: doc.print}
		return nil
	})
	return out, err
}

func (d keysDoc) print(w io.Writer) {
	rows := [][]string{{"STATE", "ADDED", "RETIRED", "KEY"}}
	for _, k := range d.Keys {
		state, retired := "signs", ""
		if k.Retired != nil {
			state, retired = "retired", localTime(*k.Retired)
		}
		rows = append(rows, []string{state, localTime(k.Added), retired, clean(k.VKey)})
	}
	io.WriteString(w, table(rows))
}

func keyRotateCommand() *command {
	return &command{
		name: "key rotate", args: "[--reason REASON]",
		short: "give the vault a new signing key, and retire the old one",
		long: `Gives the vault a new signing key and retires the old one: every year, say, or
when somebody else may have had the old one. The custody log has both, signed by
the old key for the last time, so that who knows the old key can trust the new
one.

What the old key sealed stays valid. What it would sign from now on is a finding.
It is kept, under the same passphrase, to read the TLS secrets of earlier
captures. No capture may be under way; a window that has the vault open asks for
the passphrase again.

    pug key rotate --reason "yearly"`,
		usesVault: true, usesSecret: true,
		setup: func(flags *flag.FlagSet) action {
			reason := flags.String("reason", "", "`why`, for the log")
			return func(ctx context.Context, a *app, _ []string) (outcome, error) { return a.rotateKey(ctx, *reason) }
		},
	}
}

func (a *app) rotateKey(ctx context.Context, reason string) (out outcome, err error) {
	err = a.withWritableVault(ctx, func(v *evidence.Vault) error {
		err := a.withPassphrase(ctx, v, func(p string) error {
			_, err := v.RotateKey(ctx, p, reason)
			return err
		})
		doc := keysDoc{v.Keys()}
		out = outcome{doc: doc, text: func(w io.Writer) {
			fmt.Fprintln(w, "The vault has a new key, and the old one is retired")
			doc.print(w)
			fmt.Fprintln(w, "Give the new key to whoever verifies your evidence.")
		}}
		return about(v.Dir(), err)
	})
	return out, err
}

func keyPassphraseCommand() *command {
	return &command{
		name: "key passphrase", args: "[--new-passphrase-file FILE]",
		short: "change the passphrase of the vault",
		long: `Changes the passphrase that protects the vault's keys. The custody log has that
it was changed, and no more. A copy of the vault that was made before still opens
with the old one: if that is known to somebody, also run "pug key rotate".

    pug key passphrase`,
		usesVault: true, usesSecret: true,
		setup: func(flags *flag.FlagSet) action {
			path := flags.String("new-passphrase-file", "", "`file` with the new passphrase in its first line; else it is asked for")
			return func(ctx context.Context, a *app, _ []string) (outcome, error) { return a.changePassphrase(ctx, *path) }
		},
	}
}

// vaultDoc is the document of a command that changes a vault as a whole.
type vaultDoc struct {
	Vault string `json:"vault"` // its folder
}

func (a *app) changePassphrase(ctx context.Context, path string) (out outcome, err error) {
	err = a.withWritableVault(ctx, func(v *evidence.Vault) error {
		err := a.withPassphrase(ctx, v, func(old string) error {
			// That it is the right one is told before anybody thinks of
			// another.
			if err := v.Unlock(ctx, old); err != nil {
				return err
			}
			p, err := a.choose(ctx, question{"new passphrase", "--new-passphrase-file", path})
			if err != nil {
				return err
			}
			a.step("Encrypting the keys")
			return v.ChangePassphrase(ctx, old, p)
		})
		out = outcome{doc: vaultDoc{v.Dir()}, text: func(w io.Writer) {
			fmt.Fprintf(w, "The passphrase of the vault %q is changed\n", v.Info().Name)
		}}
		return about(v.Dir(), err)
	})
	return out, err
}
