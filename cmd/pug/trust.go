package main

import (
	"context"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"pugmark/evidence"
	"pugmark/evidence/tsa"
)

func trustAddCommand() *command {
	return &command{
		name: "trust add", args: "FILE.pem",
		short: "trust the root of a time-stamp authority",
		long: `Makes the certificates of a PEM file trusted for timestamps. Take the file from the
authority itself, over a way that you trust, and compare the fingerprint that is
printed. The certificates of the system and of the browser play no part.

    pug trust add freetsa-root.pem`,
		minArgs: 1, maxArgs: 1, usesVault: true,
		setup: func(*flag.FlagSet) action {
			return func(ctx context.Context, a *app, args []string) (outcome, error) { return a.addRoots(ctx, args[0]) }
		},
	}
}

// rootsDoc is the document of the commands that concern trust roots.
type rootsDoc struct {
	Roots []evidence.Root `json:"roots"`
}

func (a *app) addRoots(ctx context.Context, path string) (out outcome, err error) {
	certificates, err := readRoots(path)
	if err != nil {
		return out, err
	}
	err = a.withWritableVault(ctx, func(v *evidence.Vault) error {
		added, err := v.AddRoots(ctx, certificates)
		if err != nil {
			return about(path, err)
		}
		out = outcome{doc: rootsDoc{added}, text: func(w io.Writer) {
			for _, r := range added {
				fmt.Fprintf(w, "Trusted for timestamps: %s\n", clean(r.Name))
				printFields(w, rootFields(r))
			}
			fmt.Fprintln(w, "Compare the fingerprint with what the authority itself publishes.")
		}}
		return nil
	})
	return out, err
}

func rootFields(r evidence.Root) []field {
	until := bothTimes(r.NotAfter)
	if time.Now().After(r.NotAfter) {
		until += ", which is over: only timestamps from before it are trusted"
	}
	return []field{{"fingerprint", r.Fingerprint.String()}, {"until", until}}
}

// readRoots reads the certificates of a PEM file, and says what is wrong with
// another file.
func readRoots(path string) ([]*x509.Certificate, error) {
	certificates, err := tsa.ReadCertificates(path)
	var file *fs.PathError
	switch {
	case err == nil || errors.As(err, &file):
		return certificates, err
	case errors.Is(err, tsa.ErrTooLarge):
		return nil, badRoots(path, tsa.ErrTooLarge.Error(), "")
	case errors.Is(err, tsa.ErrBinary):
		return nil, badRoots(path, "it is in binary form (DER)", fmt.Sprintf("Turn it into PEM: openssl x509 -inform DER -in %s -out root.pem", clean(path)))
	case errors.Is(err, tsa.ErrPrivateKey):
		return nil, badRoots(path, tsa.ErrPrivateKey.Error(), "Give the certificate alone, and keep the key to its owner.")
	}
	_, why, _ := strings.Cut(clean(err.Error()), "reading certificates: ")
	return nil, badRoots(path, why, "")
}

func badRoots(path, why, hint string) error {
	if hint == "" {
		hint = "Want a PEM file: text with -----BEGIN CERTIFICATE----- in it, as authorities publish for their root."
	}
	return tell("bad_roots", fmt.Sprintf("The file %q holds no root certificate that can be used: %s.", path, why), hint)
}

func trustListCommand() *command {
	return &command{
		name: "trust list", short: "list the roots that are trusted for timestamps",
		long:      "Lists the roots that the vault trusts for timestamps: fingerprint, last day and\nname.",
		usesVault: true,
		setup: func(*flag.FlagSet) action {
			return func(ctx context.Context, a *app, _ []string) (outcome, error) { return a.listRoots(ctx) }
		},
	}
}

func (a *app) listRoots(ctx context.Context) (out outcome, err error) {
	err = a.withVault(ctx, func(v *evidence.Vault) error {
		roots, err := v.Roots(ctx)
		doc := rootsDoc{roots}
		out = outcome{doc: doc, text: doc.print}
		return err
	})
	return out, err
}

func (d rootsDoc) print(w io.Writer) {
	if len(d.Roots) == 0 {
		fmt.Fprintln(w, `No root is trusted for timestamps. "pug trust add" adds one.`)
		return
	}
	rows := [][]string{{"FINGERPRINT", "UNTIL", "NAME"}}
	for _, r := range d.Roots {
		rows = append(rows, []string{r.Fingerprint.String(), r.NotAfter.Local().Format(time.DateOnly), clean(r.Name)})
	}
	io.WriteString(w, table(rows))
}

func trustRemoveCommand() *command {
	return &command{
		name: "trust remove", args: "FINGERPRINT",
		short: "trust a root no more",
		long: `Makes a root trusted no more for timestamps. It is named by its fingerprint, or
by the first eight digits or more of it. The timestamps under it stay.`,
		minArgs: 1, maxArgs: 1, usesVault: true,
		setup: func(*flag.FlagSet) action {
			return func(ctx context.Context, a *app, args []string) (outcome, error) { return a.removeRoot(ctx, args[0]) }
		},
	}
}

func (a *app) removeRoot(ctx context.Context, fingerprint string) (out outcome, err error) {
	err = a.withWritableVault(ctx, func(v *evidence.Vault) error {
		r, err := v.RemoveRoot(ctx, fingerprint)
		if errors.Is(err, evidence.ErrAmbiguous) {
			return tell("ambiguous", "Several roots have a fingerprint that begins so.", "Give more of it.")
		}
		if err != nil {
			return about(fingerprint, err)
		}
		out = outcome{doc: rootsDoc{[]evidence.Root{r}}, text: func(w io.Writer) {
			fmt.Fprintf(w, "Trusted no more for timestamps: %s\n", clean(r.Name))
		}}
		return nil
	})
	return out, err
}
