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

	"filippo.io/age"
)

// ErrWrongPassphrase reports that a passphrase doesn't open the vault's key.
var ErrWrongPassphrase = errors.New("wrong passphrase")

// workFactor is the cost of scrypt, as a power of two: a second and 256 MiB on
// today's machines. Tests lower it.
var workFactor = 18

// maxKeyFile bounds what is read of key.age; it needs about 500 bytes.
const maxKeyFile = 64 << 10

// pemKey is the type of the PEM block in key.age (RFC 5958).
const pemKey = "PRIVATE KEY"

// newKey makes a signing key and the content of key.age.
func newKey(passphrase string) (ed25519.PrivateKey, []byte, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, nil, err
	}
	r, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return nil, nil, err
	}
	r.SetWorkFactor(workFactor)
	var buf bytes.Buffer
	w, err := age.Encrypt(&buf, r)
	if err != nil {
		return nil, nil, err
	}
	if err := errors.Join(pem.Encode(w, &pem.Block{Type: pemKey, Bytes: der}), w.Close()); err != nil {
		return nil, nil, err
	}
	return key, buf.Bytes(), nil
}

// readKey opens key.age.
func readKey(path, passphrase string) (ed25519.PrivateKey, error) {
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
	return parseKey(b)
}

func parseKey(b []byte) (ed25519.PrivateKey, error) {
	block, _ := pem.Decode(b)
	if block == nil || block.Type != pemKey {
		return nil, fmt.Errorf("want a PEM block %q", pemKey)
	}
	k, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	key, ok := k.(ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("got a key of type %T, want Ed25519", k)
	}
	return key, nil
}
