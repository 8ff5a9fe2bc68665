package bundle

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"filippo.io/age"
	"filippo.io/age/agessh"
	"golang.org/x/crypto/ssh"
)

// Recipient can decrypt a bundle: who holds a key, or knows a passphrase.
type Recipient struct {
	Name string // for the log: "age1…", "ssh-ed25519 SHA256:…", "passphrase"
	age  age.Recipient
}

// ParseRecipient reads a public key: one of age ("age1…") or of SSH
// ("ssh-ed25519 …", "ssh-rsa …").
func ParseRecipient(text string) (Recipient, error) {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "ssh-") {
		return parseSSH(text)
	}
	rs, err := age.ParseRecipients(strings.NewReader(text))
	if err == nil && len(rs) != 1 {
		err = fmt.Errorf("got %d keys, want one", len(rs))
	}
	if err != nil {
		return Recipient{}, fmt.Errorf("reading recipient %q: %w", clip(text), err)
	}
	return Recipient{text, rs[0]}, nil
}

func parseSSH(text string) (Recipient, error) {
	r, err := agessh.ParseRecipient(text)
	if err != nil {
		return Recipient{}, fmt.Errorf("reading recipient %q: %w", clip(text), err)
	}
	key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(text))
	if err != nil {
		return Recipient{}, fmt.Errorf("reading recipient %q: %w", clip(text), err)
	}
	return Recipient{key.Type() + " " + ssh.FingerprintSHA256(key), r}, nil
}

// PassphraseRecipient is whoever knows a passphrase. A bundle that is encrypted
// to it has no other recipient.
func PassphraseRecipient(passphrase string) (Recipient, error) {
	r, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return Recipient{}, err
	}
	return Recipient{string(ToPassphrase), r}, nil
}

// ParseIdentities reads the private keys of a file: those of age, one a line, or
// that of SSH. The error wraps a [*ssh.PassphraseMissingError] for one of SSH that
// is locked.
func ParseIdentities(b []byte) ([]age.Identity, error) {
	if !bytes.Contains(b, []byte("-----BEGIN")) {
		return age.ParseIdentities(bytes.NewReader(b))
	}
	id, err := agessh.ParseIdentity(b)
	if err != nil {
		return nil, err
	}
	return []age.Identity{id}, nil
}

// checkRecipients reports recipients that don't go together.
func checkRecipients(rs []Recipient) error {
	for _, r := range rs {
		if _, ok := r.age.(*age.ScryptRecipient); ok && len(rs) > 1 {
			return errors.New("a passphrase goes with no other recipient")
		}
	}
	return nil
}

// namesOf returns the names of recipients for the log.
func namesOf(rs []Recipient) string {
	var names []string
	for _, r := range rs {
		names = append(names, r.Name)
	}
	return strings.Join(names, ", ")
}

// noting is a recipient that notes the key which a file is encrypted with, so
// that the file can be verified once it is written. It adds nothing to the file:
// nobody else can decrypt that.
type noting struct {
	age.Recipient
	fileKey *[]byte
}

// WrapWithLabels implements [age.RecipientWithLabels].
func (n noting) WrapWithLabels(fileKey []byte) ([]*age.Stanza, []string, error) {
	*n.fileKey = bytes.Clone(fileKey)
	if r, ok := n.Recipient.(age.RecipientWithLabels); ok {
		return r.WrapWithLabels(fileKey)
	}
	s, err := n.Recipient.Wrap(fileKey)
	return s, nil, err
}
