package evidence

import (
	"crypto/ed25519"
	"fmt"
	"io"

	"filippo.io/age"
	"filippo.io/age/agessh"
	"golang.org/x/crypto/ssh"
)

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

// Decrypt reads a file that [Vault.Encrypt] wrote. The vault must be unlocked.
func (v *Vault) Decrypt(r io.Reader) (io.Reader, error) {
	key := v.getKey()
	if key == nil {
		return nil, ErrLocked
	}
	id, err := agessh.NewEd25519Identity(key)
	if err != nil {
		return nil, fmt.Errorf("decrypting: %w", err)
	}
	clear, err := age.Decrypt(r, id)
	if err != nil {
		return nil, fmt.Errorf("decrypting: %w", err)
	}
	return clear, nil
}

func (v *Vault) getKey() ed25519.PrivateKey {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.key
}
