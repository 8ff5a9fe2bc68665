package tsa

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"time"
)

// maxChain bounds how far a chain is followed.
const maxChain = 10

// checkChain looks for a chain from the signer to a trust root, at genTime. If
// there is none it tells certificates that don't hold together from those that
// do, but end at a root that isn't trusted.
func (r *Result) checkChain(o Options) {
	signer, at := r.Response.Signer, r.Response.GenTime
	if at.Before(signer.NotBefore) || at.After(signer.NotAfter) {
		r.add(OutsideValidity, stamp(at), validity(signer))
		return
	}
	known := slices.Concat(r.Response.Certificates, o.Intermediates)
	err := r.build(o.Roots, known)
	var unknown x509.UnknownAuthorityError
	if !errors.As(err, &unknown) {
		r.addChainError(err)
		return
	}
	path, err := climb(signer, slices.Concat(o.Roots, known))
	r.Chain = path
	if err != nil {
		r.add(BrokenChain, err.Error(), "")
		return
	}
	top := path[len(path)-1]
	r.addChainError(r.build([]*x509.Certificate{top}, known))
	r.add(UnknownRoot, fmt.Sprintf("%s (SHA-256 %s)", Name(top), Fingerprint(top)), "")
}

// build sets the chain from the signer to one of roots, of several the one that
// is valid longest.
func (r *Result) build(roots, known []*x509.Certificate) error {
	chains, err := r.Response.Signer.Verify(x509.VerifyOptions{
		Roots:         pool(roots...),
		Intermediates: pool(known...),
		CurrentTime:   r.Response.GenTime,
		KeyUsages:     []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping},
	})
	for _, chain := range chains {
		if until := validUntil(chain); until.After(r.ValidUntil) {
			r.Chain, r.ValidUntil = chain, until
		}
	}
	return err
}

func (r *Result) addChainError(err error) {
	var invalid x509.CertificateInvalidError
	switch {
	case err == nil:
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		r.add(OutsideValidity, stamp(r.Response.GenTime), validity(invalid.Cert))
	case errors.As(err, &invalid) && invalid.Reason == x509.IncompatibleUsage:
		r.add(KeyUsage, err.Error(), "time stamping allowed all along the chain")
	default:
		r.add(BrokenChain, err.Error(), "")
	}
}

// climb follows signatures from c upwards, as far as there are issuers. It fails
// where there is a certificate of the issuer, but the signature isn't its own.
func climb(c *x509.Certificate, known []*x509.Certificate) ([]*x509.Certificate, error) {
	path := []*x509.Certificate{c}
	for len(path) < maxChain && !bytes.Equal(c.RawIssuer, c.RawSubject) {
		next, err := issuer(c, known)
		if err != nil {
			return path, err
		}
		if next == nil || slices.ContainsFunc(path, next.Equal) {
			return path, nil
		}
		c, path = next, append(path, next)
	}
	return path, nil
}

// issuer returns the certificate of known that signed c, and nil if none is that
// of its issuer. Two authorities of one name are told apart by the identifier of
// the key.
func issuer(c *x509.Certificate, known []*x509.Certificate) (*x509.Certificate, error) {
	var failed error
	for _, k := range known {
		if !bytes.Equal(k.RawSubject, c.RawIssuer) || otherKey(c.AuthorityKeyId, k.SubjectKeyId) {
			continue
		}
		err := c.CheckSignatureFrom(k)
		if err == nil {
			return k, nil
		}
		failed = fmt.Errorf("certificate %q isn't signed by %q: %w", Name(c), Name(k), err)
	}
	return nil, failed
}

func otherKey(a, b []byte) bool { return len(a) > 0 && len(b) > 0 && !bytes.Equal(a, b) }

func validUntil(chain []*x509.Certificate) time.Time {
	until := chain[0].NotAfter
	for _, c := range chain {
		if c.NotAfter.Before(until) {
			until = c.NotAfter
		}
	}
	return until
}

func validity(c *x509.Certificate) string {
	return fmt.Sprintf("%s to %s (%s)", stamp(c.NotBefore), stamp(c.NotAfter), Name(c))
}
