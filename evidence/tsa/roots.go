package tsa

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"

	"pugmark/evidence/canon"
)

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
