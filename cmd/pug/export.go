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
		name: "export", args: "--case REF [-o FILE] [--capture CAPTURE]…",
		short: "export a case as a sealed bundle",
		long: `Exports a case, or some of its captures, as a bundle: one file that stands alone
and that anyone can verify, with "pug verify" or by hand with sha256sum and
openssl as its VERIFY.txt says. It holds the captures, the case's part of the
custody log with proofs, and the public keys. It reveals nothing of other cases.

The export is written to the custody log. No file is ever overwritten.

    pug export --case OP-2031 -o op-2031.pugmark.zip
    pug export --case OP-2031 --capture OP-2031/1 --capture OP-2031/4`,
		usesVault: true, usesSecret: true,
		setup: func(flags *flag.FlagSet) action {
			var captures list
			ref := flags.String("case", "", "the case `REF`")
			path := flags.String("o", "", "the bundle's `file`; else one named by case and time, in this folder")
			flags.Var(&captures, "capture", "only this `capture`; may be repeated")
			return func(ctx context.Context, a *app, _ []string) (outcome, error) {
				if *ref == "" {
					return outcome{}, tell("usage", "Say which case to export.", "For example: pug export --case OP-1")
				}
				return a.export(ctx, *ref, *path, captures)
			}
		},
	}
}

func (a *app) export(ctx context.Context, ref, path string, captures []string) (out outcome, err error) {
	err = a.withWritableVault(ctx, func(v *evidence.Vault) error {
		c, err := v.Case(ctx, ref)
		if err != nil {
			return about(ref, err)
		}
		if err := checkCaptures(ctx, v, c, captures); err != nil {
			return err
		}
		if path == "" {
			path = bundle.DefaultName(c.Ref, time.Now())
		}
		if err := checkTarget(path); err != nil {
			return err
		}
		out, err = a.exportCase(ctx, v, bundle.Options{Case: c.Ref, Captures: captures, Path: path})
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
	return outcome{doc: res, text: func(w io.Writer) {
		fmt.Fprintf(w, "Exported %s of case %s as a bundle, and verified it\n", count(res.Captures, "capture"), o.Case)
		printFields(w, []field{
			{"file", res.Path},
			{"size", fmt.Sprintf("%s in %d files", sizeText(res.Bytes), res.Files)},
			{"SHA-256", res.SHA256.String()},
			{"public key", v.Keys()[0].VKey},
		})
		fmt.Fprintf(w, "Who receives it runs: pug verify %s --key KEY\n", filepath.Base(res.Path))
	}}, nil
}

func (a *app) exportBundle(ctx context.Context, v *evidence.Vault, o bundle.Options) (*bundle.Result, error) {
	a.step("Exporting case %s", o.Case)
	res, err := bundle.Export(ctx, v, o, a.meter("Exporting"))
	if errors.Is(err, bundle.ErrAltered) {
		err = about(o.Case, err)
	}
	return res, err
}
