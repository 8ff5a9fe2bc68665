package evidence

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"filippo.io/age"

	"pugmark/evidence/custody"
)

// ErrWrongPassphrase reports that a passphrase doesn't open the vault's key.
var ErrWrongPassphrase = errors.New("wrong passphrase")

// workFactor is the cost of scrypt, as a power of two: a second and 256 MiB on
// today's machines. Tests lower it.
var workFactor = 18

// maxKeyFile bounds what is read of key.age; it needs about 500 bytes, and 120
// more for each key that was retired.
const maxKeyFile = 1 << 20

// pemKey is the type of the PEM blocks in key.age (RFC 5958).
const pemKey = "PRIVATE KEY"

// keySet is the content of key.age.
type keySet []ed25519.PrivateKey

// newKey makes a signing key.
func newKey() (ed25519.PrivateKey, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	return key, err
}

// encrypt returns the content of key.age.
func (s keySet) encrypt(passphrase string) ([]byte, error) {
	r, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return nil, err
	}
	r.SetWorkFactor(workFactor)
	var buf bytes.Buffer
	w, err := age.Encrypt(&buf, r)
	if err != nil {
		return nil, err
	}
	for _, key := range s {
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			return nil, err
		}
		if err := pem.Encode(w, &pem.Block{Type: pemKey, Bytes: der}); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	if buf.Len() > maxKeyFile {
		return nil, fmt.Errorf("got %d bytes of keys, want at most %d", buf.Len(), maxKeyFile)
	}
	return buf.Bytes(), nil
}

// readKeys opens key.age.
func readKeys(path, passphrase string) (keySet, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if passphrase == "" {
		return nil, ErrWrongPassphrase
	}
	id, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return nil, err
	}
	r, err := age.Decrypt(io.LimitReader(f, maxKeyFile), id)
	if errors.Is(err, age.ErrIncorrectIdentity) {
		return nil, ErrWrongPassphrase
	}
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	return parseKeys(b)
}

func parseKeys(b []byte) (set keySet, err error) {
	for len(b) > 0 {
		block, rest := pem.Decode(b)
		if block == nil || block.Type != pemKey {
			return nil, fmt.Errorf("want PEM blocks %q", pemKey)
		}
		k, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		if err != nil {
			return nil, err
		}
		key, ok := k.(ed25519.PrivateKey)
		if !ok {
			return nil, fmt.Errorf("got a key of type %T, want Ed25519", k)
		}
		set, b = append(set, key), rest
	}
	if len(set) == 0 {
		return nil, fmt.Errorf("want PEM blocks %q", pemKey)
	}
	return set, nil
}

// find returns the private key of a verifier key of a name.
func (s keySet) find(name, vkey string) (ed25519.PrivateKey, bool) {
	i := slices.IndexFunc(s, func(k ed25519.PrivateKey) bool {
		got, err := verifierKey(name, k)
		return err == nil && got == vkey
	})
	if i < 0 {
		return nil, false
	}
	return s[i], true
}

func verifierKey(name string, key ed25519.PrivateKey) (string, error) {
	return custody.VerifierKey(name, key.Public().(ed25519.PublicKey))
}
