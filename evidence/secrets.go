package evidence

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"filippo.io/age"
	"filippo.io/age/agessh"
	"golang.org/x/crypto/ssh"

	"pugmark/evidence/canon"
	"pugmark/evidence/custody"
)

// ErrNoSecrets reports a capture that holds no TLS secrets: none of its
// connections used TLS, or they were not kept.
var ErrNoSecrets = errors.New("no TLS secrets")

// Encrypt returns a writer of an age file (age-encryption.org/v1) that only
// this vault's key opens: its recipient is the key in its form for SSH. The
// file is whole when the writer is closed. The vault must be unlocked.
func (v *Vault) Encrypt(w io.Writer) (io.WriteCloser, error) {
	key := v.getKey()
	if key == nil {
		return nil, ErrLocked
	}
	pub, err := ssh.NewPublicKey(key.Public())
	if err != nil {
		return nil, fmt.Errorf("encrypting to the vault: %w", err)
	}
	to, err := agessh.NewEd25519Recipient(pub)
	if err != nil {
		return nil, fmt.Errorf("encrypting to the vault: %w", err)
	}
	return age.Encrypt(w, to)
}

// Decrypt reads a file that [Vault.Encrypt] wrote, also with a key that was
// retired since. The vault must be unlocked.
func (v *Vault) Decrypt(r io.Reader) (io.Reader, error) {
	ids, err := v.identities()
	if err != nil {
		return nil, fmt.Errorf("decrypting: %w", err)
	}
	clear, err := age.Decrypt(r, ids...)
	if err != nil {
		return nil, fmt.Errorf("decrypting: %w", err)
	}
	return clear, nil
}

// Secrets returns the TLS secrets of a capture in clear: a key log of NSS's
// format, as Wireshark reads it. The vault must be unlocked. The error wraps
// [ErrNoSecrets] when the capture has none.
func (v *Vault) Secrets(c Capture) ([]byte, error) {
	m, err := c.Manifest()
	if err != nil {
		return nil, err
	}
	it, ok := m.Find(KindSecrets)
	if !ok {
		return nil, fmt.Errorf("capture %s: %w", c.Name(), ErrNoSecrets)
	}
	sealed, err := readItem(c, it)
	if err != nil {
		return nil, err
	}
	r, err := v.Decrypt(bytes.NewReader(sealed))
	if err != nil {
		return nil, fmt.Errorf("item %q: %w", it.Path, err)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("decrypting item %q: %w", it.Path, err)
	}
	return b, nil
}

// readItem reads a small item, and checks that it is the one that was sealed.
func readItem(c Capture, it Item) ([]byte, error) {
	f, err := os.OpenInRoot(c.Dir, filepath.FromSlash(it.Path))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, canon.MaxSize+1))
	switch {
	case err != nil:
		return nil, err
	case len(b) > canon.MaxSize:
		return nil, fmt.Errorf("item %q: got more than %d bytes", it.Path, canon.MaxSize)
	}
	if got := canon.Sum(b); got != it.SHA256 {
		return nil, fmt.Errorf("item %q: got digest %s, want %s", it.Path, got, it.SHA256)
	}
	return b, nil
}

// identities returns all of the vault's keys as age's.
func (v *Vault) identities() (ids []age.Identity, err error) {
	v.mu.Lock()
	private := v.private
	v.mu.Unlock()
	if len(private) == 0 {
		return nil, ErrLocked
	}
	for _, key := range private {
		id, err := agessh.NewEd25519Identity(key)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// SignMessage signs a message for a purpose, which SSH calls the namespace, with
// the vault's key: see [custody.SignSSH]. The vault must be unlocked.
func (v *Vault) SignMessage(namespace string, message []byte) ([]byte, error) {
	key := v.getKey()
	if key == nil {
		return nil, ErrLocked
	}
	return custody.SignSSH(key, namespace, message)
}

func (v *Vault) getKey() ed25519.PrivateKey {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.key
}
