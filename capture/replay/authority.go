package replay

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net"
	"sync"
	"time"

	"pugmark/evidence"
)

// authority signs the certificates of the hosts of one session. Its key is in
// memory only.
type authority struct {
	key         *ecdsa.PrivateKey
	certificate *x509.Certificate
	leafKey     *ecdsa.PrivateKey
	from, until time.Time

	mu     sync.Mutex
	leaves map[string]*tls.Certificate // guarded by mu; by host
}

// maxLeaves bounds how many certificates are kept; a page can name any number of
// hosts.
const maxLeaves = 10_000

// newAuthority makes an authority whose certificates are valid both now and at
// the time that a page believes in.
func newAuthority(now, frozen time.Time) (*authority, error) {
	a := &authority{leaves: make(map[string]*tls.Certificate), from: now, until: now}
	if frozen.Before(now) {
		a.from = frozen
	} else {
		a.until = frozen
	}
	a.from, a.until = a.from.AddDate(0, 0, -1), a.until.AddDate(0, 0, 30)
	var err error
	if a.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return nil, fmt.Errorf("making a key: %w", err)
	}
	if a.leafKey, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return nil, fmt.Errorf("making a key: %w", err)
	}
	template := a.template("Pugmark replay, this session only")
	template.IsCA, template.BasicConstraintsValid, template.KeyUsage = true, true, x509.KeyUsageCertSign
	raw, err := x509.CreateCertificate(rand.Reader, template, template, a.key.Public(), a.key)
	if err == nil {
		a.certificate, err = x509.ParseCertificate(raw)
	}
	if err != nil {
		return nil, fmt.Errorf("making a certificate authority: %w", err)
	}
	return a, nil
}

func (a *authority) template(name string) *x509.Certificate {
	serial, _ := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	return &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name}, NotBefore: a.from, NotAfter: a.until,
	}
}

// pin returns the digest by which a browser knows the authority.
func (a *authority) pin() evidence.Digest {
	return sha256.Sum256(a.certificate.RawSubjectPublicKeyInfo)
}

// leaf returns the certificate of a host.
func (a *authority) leaf(host string) (*tls.Certificate, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if c := a.leaves[host]; c != nil {
		return c, nil
	}
	template := a.template("Pugmark replay")
	template.KeyUsage, template.ExtKeyUsage = x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	if ip := net.ParseIP(host); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else {
		template.DNSNames = []string{host}
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, a.certificate, a.leafKey.Public(), a.key)
	if err != nil {
		return nil, fmt.Errorf("making a certificate for %q: %w", host, err)
	}
	c := &tls.Certificate{Certificate: [][]byte{raw, a.certificate.Raw}, PrivateKey: a.leafKey}
	if len(a.leaves) < maxLeaves {
		a.leaves[host] = c
	}
	return c, nil
}

// config returns the settings for a connection to a host.
func (a *authority) config(host string) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		NextProtos: []string{"http/1.1"},
		GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
			if hello.ServerName != "" {
				host = hello.ServerName
			}
			return a.leaf(host)
		},
	}
}
