package report

import (
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/digitorus/pdf"
	"github.com/digitorus/pdfsign/sign"

	"pugmark/evidence"
	"pugmark/evidence/canon"
)

// Signature signs a PDF as its format has it (ISO 32000-1, section 12.8): CMS over
// the whole file. It says who vouches for the document; the digest in the custody log
// needs none.
type Signature struct {
	// Chain is the signer's certificate, and those that lead to its root.
	Chain  []*x509.Certificate
	Signer crypto.Signer // of the first of them
	// Authority is the address of a time-stamp authority; empty: none is asked.
	Authority string
}

// Fingerprint returns the SHA-256 digest of the signer's certificate.
func (s *Signature) Fingerprint() evidence.Digest { return canon.Sum(s.Chain[0].Raw) }

// signTimeout bounds how long signing may take, the authority's answer included.
const signTimeout = 2 * time.Minute

// sign signs a PDF in its place. The library appends to the file what a signature
// needs, so that all that was there stays as it is.
func (s *Signature) sign(ctx context.Context, f *os.File) (err error) {
	signed, err := os.CreateTemp(filepath.Dir(f.Name()), ".pugmark-report-*.tmp")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, signed.Close(), os.Remove(signed.Name())) }()
	ctx, cancel := context.WithTimeout(ctx, signTimeout)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- s.signTo(signed, f) }()
	select {
	case err = <-done:
	case <-ctx.Done(): // the library can't be stopped; its file is closed, so that it ends
		err = ctx.Err()
	}
	if err != nil {
		return fmt.Errorf("signing the PDF: %w", err)
	}
	if err := errors.Join(seekStart(signed), seekStart(f), f.Truncate(0)); err != nil {
		return err
	}
	_, err = io.Copy(f, signed)
	return err
}

// signTo writes a PDF with its signature.
func (s *Signature) signTo(w io.Writer, f *os.File) (err error) {
	defer func() { // the library panics at a file that isn't as it expects
		if r := recover(); r != nil {
			err = fmt.Errorf("got %v", r)
		}
	}()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	r, err := pdf.NewReader(f, info.Size())
	if err != nil {
		return err
	}
	if err := seekStart(f); err != nil {
		return err
	}
	return sign.Sign(f, w, r, info.Size(), sign.SignData{
		Signature: sign.SignDataSignature{
			CertType: sign.ApprovalSignature,
			Info:     sign.SignDataSignatureInfo{Name: s.Chain[0].Subject.CommonName, Date: time.Now()},
		},
		Signer: s.Signer, DigestAlgorithm: crypto.SHA256, Certificate: s.Chain[0],
		CertificateChains: [][]*x509.Certificate{s.Chain}, TSA: sign.TSA{URL: s.Authority},
	})
}
