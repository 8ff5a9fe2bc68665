package tsa

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"pugmark/evidence/canon"
)

// Errors of a file that has no root certificate that can be used.
var (
	ErrTooLarge   = errors.New("it is larger than any file of certificates")
	ErrBinary     = errors.New("it is in binary form (DER), not PEM")
	ErrPrivateKey = errors.New("it holds a private key")
)

// maxRootsFile bounds what is read of a file of certificates, in bytes.
const maxRootsFile = 4 << 20

// ReadCertificates reads a PEM file of trust roots: see [ParseCertificates]. The
// error wraps [ErrTooLarge], [ErrBinary] or [ErrPrivateKey] where that is why.
func ReadCertificates(path string) ([]*x509.Certificate, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxRootsFile+1))
	if err != nil {
		return nil, err
	}
	all, err := ParseCertificates(b)
	switch {
	case len(b) > maxRootsFile:
		err = ErrTooLarge
	case err != nil && bytes.HasPrefix(b, []byte{0x30}):
		err = ErrBinary
	case err != nil && bytes.Contains(b, []byte("PRIVATE KEY")):
		err = ErrPrivateKey
	}
	if err != nil {
		return nil, fmt.Errorf("file %q: %w", path, err)
	}
	return all, nil
}

// ParseCertificates reads a PEM file of trust roots or of intermediate
// certificates. Text between the blocks is passed over, and so is a certificate
// that came before.
func ParseCertificates(text []byte) ([]*x509.Certificate, error) {
	var all []*x509.Certificate
	// A damaged block would be passed over like any other text.
	begun, n := bytes.Count(text, []byte("-----BEGIN ")), 0
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		n++
		if block.Type != "CERTIFICATE" {
			return nil, fmt.Errorf("reading certificates: block %d: got %q, want %q", n, block.Type, "CERTIFICATE")
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("reading certificates: block %d: %w", n, err)
		}
		if !slices.ContainsFunc(all, c.Equal) {
			all = append(all, c)
		}
	}
	if n != begun {
		return nil, fmt.Errorf("reading certificates: got %d damaged blocks", begun-n)
	}
	if len(all) == 0 {
		return nil, errors.New("reading certificates: got none")
	}
	return all, nil
}

// FormatCertificates returns certificates as a PEM file.
func FormatCertificates(certificates []*x509.Certificate) []byte {
	var b bytes.Buffer
	for _, c := range certificates {
		b.Write(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
	}
	return b.Bytes()
}

// Fingerprint returns the digest of a certificate, by which people compare it.
func Fingerprint(c *x509.Certificate) canon.Digest { return canon.Sum(c.Raw) }

// Name returns a certificate's name for people: the common name, or else the
// whole subject.
func Name(c *x509.Certificate) string {
	if c.Subject.CommonName != "" {
		return c.Subject.CommonName
	}
	return c.Subject.String()
}

// pool never returns nil, which would stand for the system's roots.
func pool(certificates ...*x509.Certificate) *x509.CertPool {
	p := x509.NewCertPool()
	for _, c := range certificates {
		p.AddCert(c)
	}
	return p
}
