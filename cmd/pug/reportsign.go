package main

import (
	"context"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"os"

	"pugmark/evidence"
	"pugmark/evidence/tsa"
	"pugmark/review/report"
)

// signFlags name what a report is signed with.
type signFlags struct {
	certificate, key string
	time             bool
}

func (f *signFlags) define(flags *flag.FlagSet) {
	flags.StringVar(&f.certificate, "sign", "", "sign the PDF with the certificate in this PEM `file`")
	flags.StringVar(&f.key, "sign-key", "", "the PEM `file` with that certificate's private key, not encrypted")
	flags.BoolVar(&f.time, "sign-time", false, "have the vault's first time-stamp authority stamp the signature")
}

// read reads certificate and key; nil if nothing is to be signed.
func (f *signFlags) read() (*report.Signature, error) {
	switch {
	case f.certificate == "" && f.key == "" && !f.time:
		return nil, nil
	case f.certificate == "" || f.key == "":
		return nil, tell("usage", "To sign, both the certificate and its key are needed.", "For example: --sign unit.pem --sign-key unit.key")
	}
	b, err := os.ReadFile(f.certificate)
	if err != nil {
		return nil, err
	}
	chain, err := tsa.ParseCertificates(b)
	if err != nil || len(chain) == 0 {
		return nil, tell("certificate", fmt.Sprintf("The file %q holds no certificate that can be used.", f.certificate), "It must be in PEM: BEGIN CERTIFICATE.")
	}
	signer, err := readSigner(f.key)
	if err != nil {
		return nil, err
	}
	public, ok := signer.Public().(interface{ Equal(crypto.PublicKey) bool })
	if !ok || !public.Equal(chain[0].PublicKey) {
		return nil, tell("certificate", fmt.Sprintf("The key in %q is not that of the first certificate in %q.", f.key, f.certificate),
			"The signer's own certificate comes first; those that lead to its root follow.")
	}
	return &report.Signature{Chain: chain, Signer: signer}, nil
}

// readSigner reads a private key in PEM.
func readSigner(path string) (crypto.Signer, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(b)
	if block == nil {
		err = errors.New("no PEM block")
	} else if signer, parseErr := parseSigner(block.Bytes); parseErr == nil {
		return signer, nil
	} else {
		err = parseErr
	}
	return nil, tell("sign_key", fmt.Sprintf("The file %q holds no private key that can be used: %v.", path, err),
		"It must be in PEM, RSA or ECDSA, and not encrypted. To convert one: openssl pkey -in FILE -out unit.key")
}

func parseSigner(der []byte) (crypto.Signer, error) {
	if k, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return k, nil
	}
	if k, err := x509.ParseECPrivateKey(der); err == nil {
		return k, nil
	}
	k, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, err
	}
	signer, ok := k.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("got a key of type %T", k)
	}
	return signer, nil
}

// stamp has a signature stamped by the vault's first authority, if that is wanted.
func (f *signFlags) stamp(ctx context.Context, s *report.Signature, v *evidence.Vault) error {
	if !f.time {
		return nil
	}
	if v == nil {
		return tell("usage", "A bundle's file has no time-stamp authority to ask.", "Leave out --sign-time.")
	}
	all, err := v.Authorities(ctx)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return about(v.Dir(), evidence.ErrNoAuthorities)
	}
	s.Authority = all[0].URL
	return nil
}
