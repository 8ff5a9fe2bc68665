package tsa

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"fmt"
	"math/big"

	"golang.org/x/crypto/cryptobyte"
	der "golang.org/x/crypto/cryptobyte/asn1"
)

// byKey are the signature algorithms whose identifier names only the kind of key;
// the digest algorithm is then that of the signer.
var byKey = map[string]map[crypto.Hash]x509.SignatureAlgorithm{
	"1.2.840.113549.1.1.1": {
		crypto.SHA256: x509.SHA256WithRSA, crypto.SHA384: x509.SHA384WithRSA, crypto.SHA512: x509.SHA512WithRSA,
	},
	"1.2.840.10045.2.1": {
		crypto.SHA256: x509.ECDSAWithSHA256, crypto.SHA384: x509.ECDSAWithSHA384, crypto.SHA512: x509.ECDSAWithSHA512,
	},
}

var byName = map[string]x509.SignatureAlgorithm{
	"1.2.840.113549.1.1.11": x509.SHA256WithRSA,
	"1.2.840.113549.1.1.12": x509.SHA384WithRSA,
	"1.2.840.113549.1.1.13": x509.SHA512WithRSA,
	"1.2.840.10045.4.3.2":   x509.ECDSAWithSHA256,
	"1.2.840.10045.4.3.3":   x509.ECDSAWithSHA384,
	"1.2.840.10045.4.3.4":   x509.ECDSAWithSHA512,
}

// checkSignature checks the content type and the message digest among the signed
// attributes, and the signature over these.
func (r *Result) checkSignature() {
	s := &r.Response.signer
	var kind asn1.ObjectIdentifier
	values := s.attributes[oidContentType.String()]
	if !values.ReadASN1ObjectIdentifier(&kind) || !values.Empty() || !kind.Equal(oidTSTInfo) {
		r.add(SignatureInvalid, "content type "+kind.String(), "content type "+oidTSTInfo.String())
	}
	r.checkMessageDigest(s)
	algorithm, ok := byName[s.algorithm.String()]
	if !ok {
		algorithm, ok = byKey[s.algorithm.String()][hashes[s.hash.String()]]
	}
	if !ok {
		r.add(SignatureInvalid, fmt.Sprintf("algorithm %s with %s", s.algorithm, r.Response.SignerHash), "RSA or ECDSA with SHA-2")
	} else if err := r.Response.Signer.CheckSignature(algorithm, s.signed, s.signature); err != nil {
		r.add(SignatureInvalid, err.Error(), "")
	}
}

func (r *Result) checkMessageDigest(s *signerInfo) {
	var got cryptobyte.String
	h, ok := hashes[s.hash.String()]
	if !ok {
		r.add(SignatureInvalid, "digest algorithm "+r.Response.SignerHash, "SHA-2")
		return
	}
	sum := h.New()
	sum.Write(r.Response.content)
	want := sum.Sum(nil)
	values := s.attributes[oidMessageDigest.String()]
	if !values.ReadASN1(&got, der.OCTET_STRING) || !values.Empty() || !bytes.Equal(got, want) {
		r.add(SignatureInvalid, "message digest "+hex.EncodeToString(got), "message digest "+hex.EncodeToString(want))
	}
}

// checkSigningCertificate checks that the signed attributes name the certificate
// of the signer (RFC 5035), so that it can't be exchanged for another of the same
// key. Both versions of the attribute must be right if both are there.
func (r *Result) checkSigningCertificate() {
	v1, has1 := r.Response.signer.attributes[oidSigningCert.String()]
	v2, has2 := r.Response.signer.attributes[oidSigningCertV2.String()]
	want := Fingerprint(r.Response.Signer).String()
	if !has1 && !has2 {
		r.add(CertificateOther, "none", want)
	}
	if has1 && !namesSigner(v1, r.Response.Signer, "1.3.14.3.2.26") {
		r.add(CertificateOther, "another in version 1", want)
	}
	if has2 && !namesSigner(v2, r.Response.Signer, "2.16.840.1.101.3.4.2.1") {
		r.add(CertificateOther, "another in version 2", want)
	}
}

// namesSigner reports whether the first ESSCertID of a signing-certificate
// attribute is that of c. The digest algorithm is hash if it names none.
func namesSigner(value cryptobyte.String, c *x509.Certificate, hash string) bool {
	var attribute, list, id, digest cryptobyte.String
	if !value.ReadASN1(&attribute, der.SEQUENCE) || !value.Empty() ||
		!attribute.ReadASN1(&list, der.SEQUENCE) || !list.ReadASN1(&id, der.SEQUENCE) {
		return false
	}
	if id.PeekASN1Tag(der.SEQUENCE) {
		var oid asn1.ObjectIdentifier
		if !readAlgorithm(&id, &oid) {
			return false
		}
		hash = oid.String()
	}
	h, ok := hashes[hash]
	if !ok || !id.ReadASN1(&digest, der.OCTET_STRING) {
		return false
	}
	sum := h.New()
	sum.Write(c.Raw)
	return bytes.Equal(sum.Sum(nil), digest) && (id.Empty() || namesIssuer(&id, c))
}

// namesIssuer reports whether an IssuerSerial is that of c.
func namesIssuer(s *cryptobyte.String, c *x509.Certificate) bool {
	var both, names, name cryptobyte.String
	serial := new(big.Int)
	return s.ReadASN1(&both, der.SEQUENCE) && s.Empty() &&
		both.ReadASN1(&names, der.SEQUENCE) &&
		names.ReadASN1(&name, der.Tag(4).ContextSpecific().Constructed()) && names.Empty() &&
		both.ReadASN1Integer(serial) && both.Empty() &&
		bytes.Equal(name, c.RawIssuer) && serial.Cmp(c.SerialNumber) == 0
}
