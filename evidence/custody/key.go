package custody

import (
	"crypto/ed25519"
	"fmt"

	"golang.org/x/mod/sumdb/note"
)

// signer is a [note.Signer] that holds the private key itself. Those of package
// note exist only as text.
type signer struct {
	note.Verifier // name and hash
	key           ed25519.PrivateKey
}

// NewSigner returns the signer of a name with an Ed25519 key.
func NewSigner(name string, key ed25519.PrivateKey) (note.Signer, error) {
	pub, ok := key.Public().(ed25519.PublicKey)
	if !ok {
		return nil, fmt.Errorf("got a private key of %d bytes, want %d", len(key), ed25519.PrivateKeySize)
	}
	vkey, err := VerifierKey(name, pub)
	if err != nil {
		return nil, err
	}
	v, err := ParseKey(vkey)
	if err != nil {
		return nil, err
	}
	return &signer{Verifier: v, key: key}, nil
}

// Sign implements [note.Signer].
func (s *signer) Sign(msg []byte) ([]byte, error) { return ed25519.Sign(s.key, msg), nil }

// VerifierKey returns the text form of a public key: "<name>+<hash>+<key>".
func VerifierKey(name string, pub ed25519.PublicKey) (string, error) {
	return note.NewEd25519VerifierKey(name, pub)
}

// ParseKey reads the text form of a public key.
func ParseKey(vkey string) (note.Verifier, error) {
	v, err := note.NewVerifier(vkey)
	if err != nil {
		return nil, fmt.Errorf("reading key %q: %w", vkey, err)
	}
	// NewVerifier also takes the hash in capitals: hold it to one spelling.
	if want := fmt.Sprintf("%s+%08x+", v.Name(), v.KeyHash()); len(vkey) < len(want) || vkey[:len(want)] != want {
		return nil, fmt.Errorf("reading key %q: want it to start with %q", vkey, want)
	}
	return v, nil
}
