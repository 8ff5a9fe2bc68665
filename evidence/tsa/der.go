package tsa

import (
	"crypto"
	"encoding/asn1"
	"errors"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	der "golang.org/x/crypto/cryptobyte/asn1"
)

const (
	maxDepth    = 32
	constructed = 0x20
)

// Context-specific tags of constructed and of primitive elements.
var (
	tag0    = der.Tag(0).ContextSpecific().Constructed()
	tag1    = der.Tag(1).ContextSpecific().Constructed()
	prim0   = der.Tag(0).ContextSpecific()
	prim1   = der.Tag(1).ContextSpecific()
	nullDER = []byte{5, 0}
)

var (
	oidSignedData    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidTSTInfo       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}
	oidContentType   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidMessageDigest = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	oidSigningCert   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 12}
	oidSigningCertV2 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
	oidExtKeyUsage   = asn1.ObjectIdentifier{2, 5, 29, 37}
	oidQCStatements  = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 3}
	oidQualified     = asn1.ObjectIdentifier{0, 4, 0, 19422, 1, 1} // ETSI EN 319 422, section 9.1
)

// hashes are the digest algorithms that have a name here.
var hashes = map[string]crypto.Hash{
	"1.3.14.3.2.26":          crypto.SHA1,
	"2.16.840.1.101.3.4.2.1": crypto.SHA256,
	"2.16.840.1.101.3.4.2.2": crypto.SHA384,
	"2.16.840.1.101.3.4.2.3": crypto.SHA512,
}

// weak are the digest and signature algorithms that prove nothing any more.
var weak = map[string]string{
	"1.2.840.113549.2.5":     "MD5",
	"1.3.14.3.2.26":          "SHA-1",
	"1.2.840.113549.1.1.4":   "MD5 with RSA",
	"1.2.840.113549.1.1.5":   "SHA-1 with RSA",
	"1.2.840.10045.4.1":      "SHA-1 with ECDSA",
	"1.3.14.3.2.29":          "SHA-1 with RSA",
	"1.2.840.10040.4.3":      "SHA-1 with DSA",
	"2.16.840.1.101.3.4.2.4": "SHA-224",
}

// hashName returns the name of a digest algorithm, its OID if it has none here.
func hashName(oid asn1.ObjectIdentifier) string {
	if h, ok := hashes[oid.String()]; ok {
		return h.String()
	}
	return oid.String()
}

// checkDER reports whether b is one element with nothing after it, of definite
// and minimal lengths all through, not nested too deep. What reads b afterwards
// may then recurse.
func checkDER(b []byte) error {
	s := cryptobyte.String(b)
	if err := checkElement(&s, 0); err != nil {
		return err
	}
	if !s.Empty() {
		return fmt.Errorf("got %d bytes after the end", len(s))
	}
	return nil
}

func checkElement(s *cryptobyte.String, depth int) error {
	var body cryptobyte.String
	var tag der.Tag
	if depth > maxDepth {
		return fmt.Errorf("got elements nested deeper than %d", maxDepth)
	}
	if !s.ReadAnyASN1(&body, &tag) {
		return errors.New("not DER")
	}
	for tag&constructed != 0 && !body.Empty() {
		if err := checkElement(&body, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// readAlgorithm reads an AlgorithmIdentifier without parameters.
func readAlgorithm(s *cryptobyte.String, oid *asn1.ObjectIdentifier) bool {
	var alg cryptobyte.String
	return s.ReadASN1(&alg, der.SEQUENCE) && alg.ReadASN1ObjectIdentifier(oid) &&
		(alg.Empty() || string(alg) == string(nullDER))
}

// readExplicit reads the one element of a given tag inside the explicit tag [0].
func readExplicit(s, out *cryptobyte.String, tag der.Tag) bool {
	var outer cryptobyte.String
	return s.ReadASN1(&outer, tag0) && outer.ReadASN1(out, tag) && outer.Empty()
}
