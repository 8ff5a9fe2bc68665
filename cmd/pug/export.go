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
	"time"

	"pugmark/evidence"
	"pugmark/evidence/bundle"
)

func exportCommand() *command {
	return &command{
		name: "export", args: "--case REF [-o FILE] [--capture CAPTURE]… [--to RECIPIENT]… [--with-secrets]",
		short: "export a case as a sealed bundle",
		long: `Exports a case, or some of its captures, as a bundle: one file that stands alone
and that anyone can verify, with "pug verify" or by hand with sha256sum and
openssl as its VERIFY.txt says. It holds the captures, the case's part of the
custody log with proofs, and the public keys. It reveals nothing of other cases.
Its log names the case's other captures with their addresses, also where only some
captures are exported.

The secrets of the captures' TLS connections are left out, and the bundle says so.
With --with-secrets they are in it, both as they were sealed, which only this vault
can decrypt, and in clear: who has the bundle can then read with Wireshark all that
passed the wire, the cookies of the session too.

With --to the bundle is encrypted, so that only the recipients can read it: each
is named by the public key that they gave you, of age ("age1…") or of SSH
("ssh-ed25519 …", id_ed25519.pub). With --to-passphrase whoever knows a passphrase
can; tell it to them in another way than with the file. An encrypted bundle's name
ends with .age, and the program age (age-encryption.org) decrypts it too.

The export is written to the custody log. No file is ever overwritten.

    pug export --case OP-2031 -o op-2031.pugmark.zip
    pug export --case OP-2031 --to prosecutor.pub --to age1…
    pug export --case OP-2031 --capture OP-2031/1 --capture OP-2031/4`,
		usesVault: true, usesSecret: true,
		setup: func(flags *flag.FlagSet) action {
			var o bundle.Options
			var to recipientFlags
			to.define(flags)
			flags.StringVar(&o.Case, "case", "", "the case `REF`")
			flags.StringVar(&o.Path, "o", "", "the bundle's `file`; else one named by case and time, in this folder")
			flags.Var((*list)(&o.Captures), "capture", "only this `capture`; may be repeated")
			flags.BoolVar(&o.WithSecrets, "with-secrets", false, "include the TLS secrets, also in clear; logged")
			return func(ctx context.Context, a *app, _ []string) (outcome, error) {
				if o.Case == "" {
					return outcome{}, tell("usage", "Say which case to export.", "For example: pug export --case OP-1")
				}
				return a.export(ctx, o, &to)
			}
		},
	}
}

func (a *app) export(ctx context.Context, o bundle.Options, to *recipientFlags) (out outcome, err error) {
	err = a.withWritableVault(ctx, func(v *evidence.Vault) error {
		c, err := v.Case(ctx, o.Case)
		if err != nil {
			return about(o.Case, err)
		}
		if err := checkCaptures(ctx, v, c, o.Captures); err != nil {
			return err
		}
		o.Case = c.Ref
		if o.Path == "" {
			o.Path = bundle.DefaultName(c.Ref, time.Now())
			if to.any() {
				o.Path += bundle.EncryptedSuffix
			}
		}
		if err := checkTarget(o.Path); err != nil {
			return err
		}
		if o.Recipients, err = a.recipients(ctx, to); err != nil {
			return err
		}
		out, err = a.exportCase(ctx, v, o)
		return err
	})
	return out, err
}

// checkCaptures refuses what can't be exported, before anybody is asked for a
// passphrase.
func checkCaptures(ctx context.Context, v *evidence.Vault, c evidence.Case, names []string) error {
	if c.Captures == 0 {
		return tell("no_capture", fmt.Sprintf("The case %q has no captures yet, so there is nothing to export.", c.Ref),
			fmt.Sprintf("Make one: pug capture ADDRESS --case %s", c.Ref))
	}
	for _, name := range names {
		k, err := v.Capture(ctx, name)
		if err != nil {
			return about(name, err)
		}
		if k.Case != c.Ref {
			return tell("other_case", fmt.Sprintf("The capture %q belongs to the case %q, not to %q.", name, k.Case, c.Ref),
				"A bundle holds captures of one case.")
		}
	}
	return nil
}

// checkTarget refuses a file that is there, or that there is no folder for.
func checkTarget(path string) error {
	if _, err := os.Lstat(path); err == nil {
		return about(path, fs.ErrExist)
	}
	dir := filepath.Dir(path)
	_, err := os.Stat(dir)
	return about(dir, err)
}

// exportCase exports a case and says what came of it.
func (a *app) exportCase(ctx context.Context, v *evidence.Vault, o bundle.Options) (outcome, error) {
	if err := a.unlock(ctx, v); err != nil {
		return outcome{}, err
	}
	res, err := a.exportBundle(ctx, v, o)
	if err != nil {
		return outcome{}, err
	}
	if res.Secrets > 0 {
		a.warn("the bundle holds the TLS secrets of %s in clear, in data/tls-secrets:\n"+
			"     who has it can read the cookies of the session and use them. Hand it only to who must have them.",
			count(res.Secrets, "capture"))
	} else if o.WithSecrets {
		a.warn("no TLS secrets are in the bundle: none of its captures has any")
	}
	return outcome{doc: res, text: func(w io.Writer) {
		fmt.Fprintf(w, "Exported %s of case %s as a bundle, and verified it\n", count(res.Captures, "capture"), o.Case)
		printFields(w, []field{
			{"file", res.Path},
			{"size", fmt.Sprintf("%s in %d files", sizeText(res.Bytes), res.Files)},
			{"TLS secrets", secretsText(res)},
			{"encrypted to", res.Recipients},
			{"SHA-256", res.SHA256.String()},
			{"public key", v.Keys()[0].VKey},
		})
		how := ""
		if res.Recipients != "" && o.Recipients[0].Name != string(bundle.ToPassphrase) {
			how = " --identity FILE"
		}
		fmt.Fprintf(w, "Who receives it runs: pug verify %s --key KEY%s\n", filepath.Base(res.Path), how)
	}}, nil
}

// secretsText says what became of the TLS secrets, if there are any.
func secretsText(r *bundle.Result) string {
	switch {
	case r.Secrets > 0:
		return "INCLUDED, those of " + count(r.Secrets, "capture")
	case r.Report.Withheld > 0:
		return "left out, those of " + count(r.Report.Withheld, "capture")
	}
	return ""
}

func (a *app) exportBundle(ctx context.Context, v *evidence.Vault, o bundle.Options) (*bundle.Result, error) {
	a.step("Exporting case %s", o.Case)
	res, err := bundle.Export(ctx, v, o, a.meter("Exporting"))
	if errors.Is(err, bundle.ErrAltered) {
		err = about(o.Case, err)
	}
	return res, err
}
