package bundle

import (
	"cmp"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"pugmark/evidence"
	"pugmark/evidence/canon"
	"pugmark/evidence/custody"
)

const (
	keysFormat  = "pugmark-keys"
	keysVersion = 1
)

// keys is the file keys.json: the keys that signed something in the bundle, in
// the order of their hashes, which differ.
type keys struct {
	Format  string           `json:"format"`
	Version int              `json:"version"`
	Keys    evidence.KeyRing `json:"keys"`
}

// newKeys picks those keys of a vault that signed.
func newKeys(ring evidence.KeyRing, signers []string) (*keys, error) {
	k := &keys{Format: keysFormat, Version: keysVersion, Keys: evidence.KeyRing{}}
	for _, key := range ring {
		if slices.Contains(signers, key.VKey) {
			k.Keys = append(k.Keys, key)
		}
	}
	slices.SortFunc(k.Keys, func(a, b evidence.Key) int { return cmp.Compare(keyHash(a.VKey), keyHash(b.VKey)) })
	return k, k.check()
}

// parseKeys reads keys.json in its one encoding.
func parseKeys(b []byte) (*keys, error) {
	k := new(keys)
	if err := canon.Unmarshal(b, k); err != nil {
		return nil, err
	}
	if k.Format != keysFormat || k.Version != keysVersion {
		return nil, fmt.Errorf("got format %q version %d, want %q version %d", k.Format, k.Version, keysFormat, keysVersion)
	}
	return k, k.check()
}

func (k *keys) check() error {
	for i, key := range k.Keys {
		if _, err := publicKey(key.VKey); err != nil {
			return err
		}
		if i > 0 && keyHash(k.Keys[i-1].VKey) >= keyHash(key.VKey) {
			return fmt.Errorf("key %q: not in order", key.VKey)
		}
		if key.Added.Location() != time.UTC || key.Retired != nil && key.Retired.Location() != time.UTC {
			return fmt.Errorf("key %q: want times in UTC", key.VKey)
		}
	}
	return nil
}

// verifiers returns the keys, which were checked.
func (k *keys) verifiers() (out []note.Verifier) {
	for _, key := range k.Keys {
		if v, err := custody.ParseKey(key.VKey); err == nil {
			out = append(out, v)
		}
	}
	return out
}

// publicKey returns the Ed25519 key of a verifier key.
func publicKey(vkey string) (ed25519.PublicKey, error) {
	if _, err := custody.ParseKey(vkey); err != nil {
		return nil, err
	}
	_, rest, _ := strings.Cut(vkey, "+")
	_, text, _ := strings.Cut(rest, "+")
	b, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || len(b) != 1+ed25519.PublicKeySize { // the algorithm comes first
		return nil, fmt.Errorf("reading key %q: got %d bytes, want those of an Ed25519 key", vkey, len(b))
	}
	return b[1:], nil
}

// keyHash returns the hash that names a verifier key in signatures: eight
// lowercase hexadecimal digits.
func keyHash(vkey string) string {
	_, rest, _ := strings.Cut(vkey, "+")
	hash, _, _ := strings.Cut(rest, "+")
	return hash
}

// spki returns the key as a SubjectPublicKeyInfo (RFC 8410).
func spki(vkey string) ([]byte, error) {
	pub, err := publicKey(vkey)
	if err != nil {
		return nil, err
	}
	return x509.MarshalPKIXPublicKey(pub)
}

// keyPEM returns the key as OpenSSL reads it.
func keyPEM(vkey string) ([]byte, error) {
	der, err := spki(vkey)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), nil
}

// Fingerprint returns the fingerprint of a verifier key: the SHA-256 digest of
// its SubjectPublicKeyInfo, which OpenSSL and others show too.
func Fingerprint(vkey string) (string, error) {
	der, err := spki(vkey)
	if err != nil {
		return "", err
	}
	return canon.Sum(der).String(), nil
}
