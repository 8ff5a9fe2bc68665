package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"pugmark/evidence"
	"pugmark/evidence/bundle"
	"pugmark/evidence/custody"
)

func verifyCommand() *command {
	return &command{
		name: "verify", args: "[PATH | CAPTURE | --all] [--key KEY] [--root FILE.pem] [--against FILE]",
		short: "verify a bundle, a capture or the vault",
		long: `Verifies evidence, and changes nothing of it. PATH is a bundle, the folder of a
capture or of a redacted copy, or the folder of a vault; none of them needs a vault of your own.
CAPTURE is one of your vault, such as OP-2031/1, or an imported bundle, such as
OP-2031@1a2b3c4d. With --all, or with nothing, it
is your whole vault: the custody log, every capture, and that they agree.

The answer is one of three:

    VERIFIED         nothing was altered since it was sealed, a key that you
                     trust sealed it, and any time that an authority gave is
                     under a root that you trust
    INTEGRITY ONLY   nothing was altered since it was sealed, but by whom it was
                     sealed, or who gave the time, is not known: it is none of
                     the keys, or under none of the roots, that you trust
    FAILED           something was altered, is missing or was added; every
                     finding is listed

You trust the keys that you name with --key, and those of your vault if you have
one. "pug init", "pug doctor" and "pug show" print a vault's key. Likewise you trust
the roots of time-stamp authorities that you name with --root, and those of your
vault ("pug trust list"). What no authority stamped can be VERIFIED too: its time is
then what the clock of the machine said, and the answer shows the gap.

With --against FILE it also proves that the custody log only grew since the
checkpoints in FILE, which "pug checkpoint" wrote and somebody kept: a log that
was cut short, rolled back or rewritten is FAILED. For a vault it always can. A
bundle holds the log's hashes only at its own checkpoint and right after each
entry of its case; a checkpoint of another size is for the vault to prove.

An encrypted bundle is decrypted while it is read, and nothing of it is written:
with the private key in the file that --identity names, or with its passphrase.

    pug verify op-2031.pugmark.zip --key unit.key
    pug verify --all --against 2026-11-24.checkpoint
    pug verify OP-2031/1
    pug verify --all`,
		maxArgs: 1, usesVault: true, reviews: true,
		setup: func(flags *flag.FlagSet) action {
			var keys, roots, against list
			all := flags.Bool("all", false, "verify the whole vault")
			flags.Var(&keys, "key", "a `key` that you trust, or a file that holds one; may be repeated")
			flags.Var(&roots, "root", "a PEM `file` with the root of a time-stamp authority that you trust; may be repeated")
			var decrypt identityFlags
			decrypt.define(flags)
			flags.Var(&against, "against", "a `file` of checkpoints that were kept elsewhere; may be repeated")
			return func(ctx context.Context, a *app, args []string) (outcome, error) {
				if *all && len(args) > 0 {
					return outcome{}, tell("usage", "Verify one thing, or all.", `Leave out either --all or the name.`)
				}
				return a.verify(ctx, args, given{keys, roots, against, &decrypt})
			}
		},
	}
}

// verification is the document of "pug verify".
type verification struct {
	What   string           `json:"what"` // "bundle", "capture", "derivation" or "vault"
	Path   string           `json:"path"`
	Report *evidence.Report `json:"report"`
	Pinned int              `json:"pinned,omitzero"` // checkpoints kept elsewhere that it was held against
}

// given is what the flags of "pug verify" name.
type given struct {
	keys, roots, against list
	decrypt              *identityFlags
}

// standard is what evidence is held against.
type standard struct {
	named   evidence.Trust
	pins    []custody.Checkpoint // kept elsewhere
	decrypt *identityFlags
}

func (a *app) verify(ctx context.Context, args []string, g given) (outcome, error) {
	s := standard{decrypt: g.decrypt}
	var err error
	if s.named, err = readTrust(g.keys, g.roots); err != nil {
		return outcome{}, err
	}
	if s.pins, err = readPins(g.against); err != nil {
		return outcome{}, err
	}
	var v verification
	switch {
	case a.bundle != nil:
		v, err = a.verifyReviewed(ctx, args, s)
	case len(args) == 0:
		v, err = a.verifyVault(ctx, s)
	default:
		v, err = a.verifyNamed(ctx, args[0], s)
	}
	if err != nil {
		return outcome{}, pinError(err)
	}
	v.Pinned = len(s.pins)
	out := outcome{doc: v, text: v.print}
	if v.Report.Outcome != evidence.Verified {
		out.exit = exitFindings
	}
	return out, nil
}

// readTrust reads what --key and --root give.
func readTrust(keys, roots []string) (t evidence.Trust, err error) {
	if t.Keys, err = readKeys(keys); err != nil {
		return t, err
	}
	for _, path := range roots {
		certificates, err := readRoots(path)
		if err != nil {
			return t, err
		}
		t.Roots = append(t.Roots, certificates...)
	}
	return t, nil
}

// verifyNamed verifies what is at a path, or else what has that name in the
// vault.
func (a *app) verifyNamed(ctx context.Context, name string, s standard) (verification, error) {
	fi, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist) && isImportName(name) && !isPath(name):
		return a.verifyImported(ctx, name, s)
	case errors.Is(err, fs.ErrNotExist) && !isPath(name):
		if len(s.pins) > 0 {
			return verification{}, errPinnedCapture
		}
		return a.verifyCapture(ctx, name, s.named)
	case err != nil:
		return verification{}, about(name, err)
	}
	if isVault(name) {
		a.vault = name
		return a.verifyVault(ctx, s)
	}
	if fi.IsDir() && len(s.pins) > 0 {
		return verification{}, errPinnedCapture
	}
	own, err := a.ownTrust(ctx)
	if err != nil {
		return verification{}, err
	}
	trust := own.With(s.named)
	if !fi.IsDir() {
		return a.verifyBundle(ctx, name, trust, s)
	}
	a.step("Verifying %s", name)
	r, err := evidence.VerifyFolder(ctx, name, trust, a.meter("Verifying"))
	what := "capture"
	if r != nil && r.Derivations > 0 {
		what = "derivation"
	}
	return verification{What: what, Path: name, Report: r}, about(name, err)
}

func (a *app) verifyBundle(ctx context.Context, path string, trust evidence.Trust, s standard) (verification, error) {
	ids, err := a.identities(ctx, path, s.decrypt)
	if err != nil {
		return verification{}, err
	}
	a.step("Verifying %s", path)
	o := bundle.VerifyOptions{Trust: trust, Pins: s.pins, Identities: ids}
	r, err := bundle.Verify(ctx, path, o, a.meter("Verifying"))
	return verification{What: "bundle", Path: path, Report: r}, about(path, err)
}

var errPinnedCapture = tell("usage", "A capture alone can't be held against a checkpoint: it holds no more of the log than its own entry.",
	"Verify the vault (--all) or a bundle with --against.")

// isPath reports whether a name can't be that of a capture.
func isPath(name string) bool {
	return filepath.IsAbs(name) || filepath.Ext(name) == ".zip" || filepath.Ext(name) == bundle.EncryptedSuffix || strings.HasPrefix(name, ".") || strings.Count(filepath.ToSlash(name), "/") > 1
}

// isVault reports whether a folder is meant to be a vault.
func isVault(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "vault.json"))
	return err == nil
}

// ownTrust returns what the vault trusts, if there is one. Only a vault that
// somebody named must be there.
func (a *app) ownTrust(ctx context.Context) (trust evidence.Trust, err error) {
	_, named, err := a.vaultDir()
	if err != nil {
		return trust, nil // no folder for one
	}
	err = a.withVault(ctx, func(v *evidence.Vault) (err error) {
		trust, err = v.Trust(ctx)
		return err
	})
	switch {
	case named || err == nil:
		return trust, err
	case !errors.Is(err, evidence.ErrNotVault):
		a.warn("the keys of your vault are not used: %s", advise(err).Message)
	}
	return evidence.Trust{}, nil
}

// verifyVault verifies the whole vault. Keys that are named must be its own:
// they say that it is the vault that is meant. It has roots of its own, too.
func (a *app) verifyVault(ctx context.Context, s standard) (r verification, err error) {
	if len(s.named.Roots) > 0 {
		return r, tell("usage", "A vault is verified with the roots that it trusts itself.",
			`Leave out --root. "pug trust list" shows the roots, "pug trust add" adds one.`)
	}
	err = a.withVault(ctx, func(v *evidence.Vault) error {
		a.step("Verifying the vault in %s", v.Dir())
		report, err := v.VerifyAgainst(ctx, s.pins, a.meter("Verifying"))
		if err != nil {
			return err
		}
		if len(s.named.Keys) > 0 && !anyKey(v.Keys(), s.named.Keys) {
			distrust(report)
		}
		r = verification{What: "vault", Path: v.Dir(), Report: report}
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
func (a *app) verifyCapture(ctx context.Context, name string, named evidence.Trust) (r verification, err error) {
	err = a.withVault(ctx, func(v *evidence.Vault) error {
		c, err := v.Capture(ctx, name)
		if err != nil {
			return about(name, err)
		}
		a.step("Verifying %s", c.Name())
		own, err := v.Trust(ctx)
		if err != nil {
			return err
		}
		report, err := evidence.VerifyFolder(ctx, c.Dir, own.With(named), a.meter("Verifying"))
		if err != nil {
			return about(c.Dir, err)
		}
		if s, err := c.Seal(); err == nil && s.Event.Digest != c.ManifestDigest {
			report.Findings = append(report.Findings, evidence.Finding{Path: "seal.json", Kind: evidence.SealLog,
				Want: c.ManifestDigest.String(), Got: s.Event.Digest.String()})
			report.Outcome = evidence.FailedVerification
		}
		r = verification{What: "capture", Path: c.Dir, Report: report}
		return nil
	})
	if errors.Is(err, evidence.ErrNotVault) && a.vault == "" && os.Getenv(evidence.VaultEnv) == "" {
		return r, tell("usage", fmt.Sprintf("There is no file or folder %q, and no vault that could hold such a capture.", name),
			"Check the name; or name the vault with --vault.")
	}
	return r, err
}
