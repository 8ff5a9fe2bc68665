package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	"pugmark/evidence"
)

func initCommand() *command {
	return &command{
		name: "init", args: "[--name NAME] [--operator NAME] [--role ROLE] [--org ORGANISATION]",
		short: "make a vault",
		long: `Makes a vault: the folder that holds your cases, their captures and the custody
log. It asks for a passphrase, which protects the key that your captures are
sealed with. Nobody can restore a passphrase that is forgotten: then nothing
more can be sealed, though all that is there can still be read and verified.

The name of the operator, the role and the organisation are written into every
capture and every entry of the log.

It prints the vault's public key. Give that to whoever will verify your
evidence, over a way that they trust: it tells them that a seal is yours.

    pug init --operator "A. Okoro" --role Analyst --org "Wildlife Crime Unit"
    pug init --vault /media/usb/vault --passphrase-file secret.txt`,
		usesVault: true, usesSecret: true,
		setup: func(flags *flag.FlagSet) action {
			var o evidence.CreateOptions
			flags.StringVar(&o.Name, "name", "", "`name` of the vault; else that of its folder")
			flags.StringVar(&o.Operator, "operator", "", "`name` of who captures; else the name that you are logged in with")
			flags.StringVar(&o.Role, "role", "", "the operator's `role`, such as Analyst")
			flags.StringVar(&o.Organisation, "org", "", "the operator's `organisation`")
			return func(ctx context.Context, a *app, _ []string) (outcome, error) { return a.initVault(ctx, o) }
		},
	}
}

// initDoc is the document of "pug init".
type initDoc struct {
	Vault string        `json:"vault"` // its folder
	Info  evidence.Info `json:"info"`
}

func (a *app) initVault(ctx context.Context, o evidence.CreateOptions) (outcome, error) {
	dir, _, err := a.vaultDir()
	if err != nil {
		return outcome{}, err
	}
	if err := a.checkNoVault(ctx, dir); err != nil {
		return outcome{}, err
	}
	if o.Passphrase, err = a.newPassphrase(ctx); err != nil {
		return outcome{}, err
	}
	a.step("Making the vault and its signing key")
	v, err := evidence.Create(ctx, dir, o)
	if err != nil {
		return outcome{}, about(dir, err)
	}
	defer v.Close()
	doc := initDoc{v.Dir(), v.Info()}
	return outcome{doc: doc, text: doc.print}, nil
}

// checkNoVault refuses a folder that holds a vault, before anybody has thought
// of a passphrase.
func (a *app) checkNoVault(ctx context.Context, dir string) error {
	v, err := evidence.OpenReadOnly(ctx, dir)
	var newer *evidence.VersionError
	switch {
	case errors.As(err, &newer):
		return about(dir, err)
	case err != nil:
		return nil
	}
	return errors.Join(tell("vault_exists", fmt.Sprintf("There is already a vault in %q.", dir),
		"Use it as it is, or name another folder with --vault."), v.Close())
}

func (d initDoc) print(w io.Writer) {
	fmt.Fprintf(w, "The vault %q is ready in %s\n", d.Info.Name, d.Vault)
	fmt.Fprintf(w, "  operator    %s\n", operatorText(d.Info))
	printKeys(w, d.Info.Keys)
	fmt.Fprint(w, "Next: pug case new REF --title TITLE\n")
}

// printKeys prints the public keys of a vault.
func printKeys(w io.Writer, keys evidence.KeyRing) {
	for _, k := range keys {
		fmt.Fprintf(w, "  public key  %s\n", k.VKey)
	}
}

// operatorText names a vault's operator with role and organisation.
func operatorText(i evidence.Info) string {
	text := i.Operator
	for _, s := range []string{i.Role, i.Organisation} {
		if s != "" {
			text += ", " + s
		}
	}
	return text
}
