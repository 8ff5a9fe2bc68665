package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"pugmark/evidence/bundle"
)

// maxRecipients bounds what is read of a file of recipients, in bytes.
const maxRecipients = 1 << 20

// recipientFlags say to whom a bundle is encrypted.
type recipientFlags struct {
	to             list
	passphrase     bool
	passphraseFile string
}

func (r *recipientFlags) define(flags *flag.FlagSet) {
	flags.Var(&r.to, "to", "encrypt to this `recipient`: a key (age1…, ssh-ed25519 …, ssh-rsa …) or a file of keys; may be repeated")
	flags.BoolVar(&r.passphrase, "to-passphrase", false, "encrypt to a passphrase, which is asked for")
	flags.StringVar(&r.passphraseFile, "to-passphrase-file", "", "encrypt to the passphrase in the first line of this `file`")
}

func (r *recipientFlags) withPassphrase() bool { return r.passphrase || r.passphraseFile != "" }

func (r *recipientFlags) any() bool { return r.withPassphrase() || len(r.to) > 0 }

// recipients reads the recipients. A passphrase that nobody wrote into a file is
// asked for.
func (a *app) recipients(ctx context.Context, r *recipientFlags) ([]bundle.Recipient, error) {
	if err := checkPublic(r.to); err != nil {
		return nil, err
	}
	if !r.withPassphrase() {
		return readRecipients(r.to)
	}
	if len(r.to) > 0 {
		return nil, tell("usage", "A bundle is encrypted to a passphrase or to recipients, not to both.", "Leave out one of them, or export twice.")
	}
	text, err := a.choose(ctx, question{"bundle's passphrase", "--to-passphrase-file", r.passphraseFile})
	if err != nil {
		return nil, err
	}
	to, err := bundle.PassphraseRecipient(text)
	return []bundle.Recipient{to}, err
}

func readRecipients(given []string) (out []bundle.Recipient, err error) {
	for _, text := range given {
		if r, err := bundle.ParseRecipient(text); err == nil {
			out = append(out, r)
			continue
		}
		found, err := readRecipientFile(text)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

// readRecipientFile reads a key from each line that isn't empty or a comment.
func readRecipientFile(path string) (out []bundle.Recipient, err error) {
	const hint = "A recipient is a key such as age1… or ssh-ed25519 …, or a file with one in each line:\n" +
		"the receiver's id_ed25519.pub, or what \"age-keygen -y\" prints."
	b, err := readSmall(path, maxRecipients)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, tell("usage", fmt.Sprintf("%q is neither a recipient's key nor a file of them.", clean(path)), hint)
	case err != nil:
		return nil, about(path, err)
	}
	lines := bufio.NewScanner(strings.NewReader(string(b)))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		r, err := bundle.ParseRecipient(line)
		if err != nil {
			return nil, tell("usage", fmt.Sprintf("Line %d of %q is no recipient's key.", n, clean(path)), hint)
		}
		out = append(out, r)
	}
	if len(out) == 0 && lines.Err() == nil {
		return nil, tell("usage", fmt.Sprintf("The file %q has no recipient's key.", clean(path)), hint)
	}
	return out, lines.Err()
}

// checkPublic refuses a private key where a public one is meant.
func checkPublic(given []string) error {
	for _, text := range given {
		if strings.HasPrefix(strings.TrimSpace(text), "AGE-SECRET-KEY-") {
			return tell("usage", "That is a private key, which nobody else should ever see.",
				"Give the public key, which begins with age1: \"age-keygen -y FILE\" prints it.")
		}
	}
	return nil
}

// readSmall reads a file that isn't larger than a limit.
func readSmall(path string, limit int64) ([]byte, error) {
	fi, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !fi.Mode().IsRegular() || fi.Size() > limit {
		return nil, fmt.Errorf("%q is not a file of at most %d bytes", path, limit)
	}
	return os.ReadFile(path)
}
