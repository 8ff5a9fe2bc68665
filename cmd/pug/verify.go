package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"pugmark/evidence"
	"pugmark/evidence/bundle"
)

func verifyCommand() *command {
	return &command{
		name: "verify", args: "[PATH | CAPTURE | --all] [--key KEY]",
		short: "verify a bundle, a capture or the vault",
		long: `Verifies evidence, and changes nothing of it. PATH is a bundle, the folder of a
capture, or the folder of a vault; none of them needs a vault of your own.
CAPTURE is one of your vault, such as OP-2031/1. With --all, or with nothing, it
is your whole vault: the custody log, every capture, and that they agree.

The answer is one of three:

    VERIFIED         nothing was altered since it was sealed, and a key that you
                     trust sealed it
    INTEGRITY ONLY   nothing was altered since it was sealed, but by whom it was
                     sealed is not known: it is none of the keys that you trust
    FAILED           something was altered, is missing or was added; every
                     finding is listed

You trust the keys that you name with --key, and those of your vault if you have
one. "pug init", "pug doctor" and "pug show" print a vault's key.

    pug verify op-2031.pugmark.zip --key unit.key
    pug verify OP-2031/1
    pug verify --all`,
		maxArgs: 1, usesVault: true,
		setup: func(flags *flag.FlagSet) action {
			var keys list
			all := flags.Bool("all", false, "verify the whole vault")
			flags.Var(&keys, "key", "a `key` that you trust, or a file that holds one; may be repeated")
			return func(ctx context.Context, a *app, args []string) (outcome, error) {
				if *all && len(args) > 0 {
					return outcome{}, tell("usage", "Verify one thing, or all.", `Leave out either --all or the name.`)
				}
				return a.verify(ctx, args, keys)
			}
		},
	}
}

// verification is the document of "pug verify".
type verification struct {
	What   string           `json:"what"` // "bundle", "capture" or "vault"
	Path   string           `json:"path"`
	Report *evidence.Report `json:"report"`
}

func (a *app) verify(ctx context.Context, args []string, keyFlags []string) (outcome, error) {
	named, err := readKeys(keyFlags)
	if err != nil {
		return outcome{}, err
	}
	var v verification
	if len(args) == 0 {
		v, err = a.verifyVault(ctx, named)
	} else {
		v, err = a.verifyNamed(ctx, args[0], named)
	}
	if err != nil {
		return outcome{}, err
	}
	out := outcome{doc: v, text: v.print}
	if v.Report.Outcome != evidence.Verified {
		out.exit = exitFindings
	}
	return out, nil
}

// verifyNamed verifies what is at a path, or else what has that name in the
// vault.
func (a *app) verifyNamed(ctx context.Context, name string, keys evidence.KeyRing) (verification, error) {
	fi, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !isPath(name):
		return a.verifyCapture(ctx, name, keys)
	case err != nil:
		return verification{}, about(name, err)
	}
	if isVault(name) {
		a.vault = name
		return a.verifyVault(ctx, keys)
	}
	own, err := a.ownKeys(ctx)
	if err != nil {
		return verification{}, err
	}
	keys = slices.Concat(own, keys)
	v := verification{What: "bundle", Path: name}
	a.step("Verifying %s", name)
	if fi.IsDir() {
		v.What = "capture"
		v.Report, err = evidence.VerifyFolder(ctx, name, keys, a.meter("Verifying"))
	} else {
		v.Report, err = bundle.Verify(ctx, name, keys, a.meter("Verifying"))
	}
	return v, about(name, err)
}

// isPath reports whether a name can't be that of a capture.
func isPath(name string) bool {
	return filepath.IsAbs(name) || filepath.Ext(name) == ".zip" || strings.HasPrefix(name, ".") || strings.Count(filepath.ToSlash(name), "/") > 1
}

// isVault reports whether a folder is meant to be a vault.
func isVault(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "vault.json"))
	return err == nil
}

// ownKeys returns the keys of the vault, if there is one. Only a vault that
// somebody named must be there.
func (a *app) ownKeys(ctx context.Context) (keys evidence.KeyRing, err error) {
	_, named, err := a.vaultDir()
	if err != nil {
		return nil, nil // no folder for one
	}
	err = a.withVault(ctx, func(v *evidence.Vault) error {
		keys = v.Keys()
		return nil
	})
	switch {
	case named || err == nil:
		return keys, err
	case !errors.Is(err, evidence.ErrNotVault):
		a.warn("the keys of your vault are not used: %s", advise(err).Message)
	}
	return nil, nil
}

// verifyVault verifies the whole vault. Keys that are named must be its own:
// they say that it is the vault that is meant.
func (a *app) verifyVault(ctx context.Context, named evidence.KeyRing) (r verification, err error) {
	err = a.withVault(ctx, func(v *evidence.Vault) error {
		a.step("Verifying the vault in %s", v.Dir())
		report, err := v.Verify(ctx, a.meter("Verifying"))
		if err != nil {
			return err
		}
		if len(named) > 0 && !anyKey(v.Keys(), named) {
			distrust(report)
		}
		r = verification{"vault", v.Dir(), report}
		return nil
	})
	return r, err
}

// distrust takes back that a report says whose the keys are.
func distrust(r *evidence.Report) {
	for i := range r.Signers {
		r.Signers[i].Trusted = false
	}
	if r.Outcome == evidence.Verified {
		r.Outcome = evidence.IntegrityOnly
	}
}

// verifyCapture verifies a capture of the vault. Its folder must hold the
// capture that the index says, not just any that was sealed.
func (a *app) verifyCapture(ctx context.Context, name string, named evidence.KeyRing) (r verification, err error) {
	err = a.withVault(ctx, func(v *evidence.Vault) error {
		c, err := v.Capture(ctx, name)
		if err != nil {
			return about(name, err)
		}
		a.step("Verifying %s", c.Name())
		report, err := evidence.VerifyFolder(ctx, c.Dir, slices.Concat(v.Keys(), named), a.meter("Verifying"))
		if err != nil {
			return about(c.Dir, err)
		}
		if s, err := c.Seal(); err == nil && s.Event.Digest != c.ManifestDigest {
			report.Findings = append(report.Findings, evidence.Finding{Path: "seal.json", Kind: evidence.SealLog,
				Want: c.ManifestDigest.String(), Got: s.Event.Digest.String()})
			report.Outcome = evidence.FailedVerification
		}
		r = verification{"capture", c.Dir, report}
		return nil
	})
	if errors.Is(err, evidence.ErrNotVault) && a.vault == "" && os.Getenv(evidence.VaultEnv) == "" {
		return r, tell("usage", fmt.Sprintf("There is no file or folder %q, and no vault that could hold such a capture.", name),
			"Check the name; or name the vault with --vault.")
	}
	return r, err
}
