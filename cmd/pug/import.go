package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"strings"

	"pugmark/evidence"
	"pugmark/evidence/bundle"
)

func importCommand() *command {
	return &command{
		name: "import", args: "FILE [--key KEY] [--root FILE.pem] [--identity FILE]",
		short: "take a bundle of another vault in for review",
		long: `Takes a bundle that another vault sealed into this one, to look at it: byte for
byte as it is, under a name of its own such as OP-1@1a2b3c4d, the case's reference
there and the beginning of the bundle's digest. It becomes no case of yours: nothing
is captured for it, and nothing of it is sealed or exported as yours. The custody
log tells whose seal it was, and what its verification said.

A bundle in which something was altered is refused, and nothing is changed. One that
is INTEGRITY ONLY is taken, and stays so: see "pug help verify" for --key and --root.
A bundle that is encrypted is kept decrypted. That needs no passphrase of the vault.

The same bundle is imported once. If its copy is lost, it can be imported again.

    pug import op-2031.pugmark.zip --key unit.key
    pug import op-2031.pugmark.zip.age --identity ~/.ssh/id_ed25519`,
		minArgs: 1, maxArgs: 1, usesVault: true,
		setup: func(flags *flag.FlagSet) action {
			var keys, roots list
			var decrypt identityFlags
			flags.Var(&keys, "key", "a `key` that you trust, or a file that holds one; may be repeated")
			flags.Var(&roots, "root", "a PEM `file` with the root of a time-stamp authority that you trust; may be repeated")
			decrypt.define(flags)
			return func(ctx context.Context, a *app, args []string) (outcome, error) {
				return a.importBundle(ctx, args[0], given{keys: keys, roots: roots, decrypt: &decrypt})
			}
		},
	}
}

func (a *app) importBundle(ctx context.Context, path string, g given) (out outcome, err error) {
	o := bundle.ImportOptions{Path: path}
	if o.Trust, err = readTrust(g.keys, g.roots); err != nil {
		return out, err
	}
	err = a.withWritableVault(ctx, func(v *evidence.Vault) (err error) {
		if o.Identities, err = a.identities(ctx, path, g.decrypt); err != nil {
			return err
		}
		a.step("Importing %s", path)
		i, err := bundle.Import(ctx, v, o, a.meter("Importing"))
		if err != nil {
			return about(path, err)
		}
		doc := importedDoc{i, v.Info().ID == i.Vault}
		out = outcome{doc: i, text: doc.print}
		if i.Outcome != evidence.Verified {
			out.exit = exitFindings
		}
		return nil
	})
	return out, err
}

// importedDoc is what an import came to.
type importedDoc struct {
	*bundle.Imported
	own bool // the vault sealed it itself
}

func (d importedDoc) print(w io.Writer) {
	v := verification{What: "bundle", Path: d.File, Report: d.Report}
	fmt.Fprintf(w, "Imported %s for review: %s of case %s\n%s\n%s\n", d.Name, count(d.Captures, "capture"), d.Case,
		strings.ToUpper(string(d.Outcome)), v.sentence())
	sealer := d.Vault.String()
	if d.own {
		sealer += ", which is this vault itself"
	}
	fields := []field{
		{"file", clean(d.File)},
		{"case there", strings.TrimSuffix(d.Case+": "+clean(d.Contents.Title), ": ")},
		{"sealed by", "vault " + sealer},
	}
	fields = append(fields, signerFields(d.Report.Signers)...)
	printFields(w, append(fields,
		field{"SHA-256", d.SHA256.String()},
		field{"kept as", d.Path}))
	fmt.Fprintf(w, "Look at it:\n    pug list --case %[1]s\n    pug show %[1]s/%[2]d\n    pug verify %[1]s\n",
		d.Name, d.Contents.Captures[0].Exhibit)
}
