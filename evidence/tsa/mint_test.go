package tsa

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"encoding/asn1"
	"testing"
	"time"

	"golang.org/x/crypto/cryptobyte"
	der "golang.org/x/crypto/cryptobyte/asn1"
)

// mold is a response in parts, for those that no authority would make.
type mold struct {
	status     []byte
	info       info
	attributes map[string][]byte // OID to the contents of the SET
	twice      string            // an attribute that comes twice
	hash       asn1.ObjectIdentifier
	algorithm  asn1.ObjectIdentifier
	version    int64
	signers    int
	embedded   []*x509.Certificate
}

// info is a TSTInfo in parts.
type info struct {
	version  int64
	hash     asn1.ObjectIdentifier
	imprint  []byte
	time     string
	optional []byte // accuracy, ordering, nonce, name, extensions
}

var (
	oidSHA256      = must(parseOID("2.16.840.1.101.3.4.2.1"))
	oidECDSASHA256 = must(parseOID("1.2.840.10045.4.3.2"))
)

// mint makes a response of which edit changes a part; signer's key is P-256.
func (s *signer) mint(t testing.TB, edit func(*mold)) []byte {
	t.Helper()
	m := &mold{
		status: element(der.SEQUENCE, element(der.INTEGER, []byte{0})),
		info:   info{1, oidSHA256, digest[:], time.Now().UTC().Format("20060102150405Z"), nil},
		attributes: map[string][]byte{
			oidContentType.String():   oid(oidTSTInfo),
			oidSigningCertV2.String(): essCertID(s.cert, nil),
		},
		hash: oidSHA256, algorithm: oidECDSASHA256, version: 3, signers: 1,
		embedded: append([]*x509.Certificate{s.cert}, s.above[:max(len(s.above)-1, 0)]...),
	}
	edit(m)
	if _, ok := m.attributes[oidMessageDigest.String()]; !ok {
		m.attributes[oidMessageDigest.String()] = element(der.OCTET_STRING, sum(m.info.der()))
	}
	signed := m.signed()
	signature, err := s.key.Sign(rand.Reader, sum(element(der.SET, signed)), crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	return element(der.SEQUENCE, m.status, element(der.SEQUENCE, oid(oidSignedData), element(tag0, m.data(s, signed, signature))))
}

// data returns the SignedData.
func (m *mold) data(s *signer, signed, signature []byte) []byte {
	var certificates, signers []byte
	for _, c := range m.embedded {
		certificates = append(certificates, c.Raw...)
	}
	for range m.signers {
		signers = append(signers, element(der.SEQUENCE,
			integer(1),
			element(der.SEQUENCE, s.cert.RawIssuer, integer(s.cert.SerialNumber.Int64())),
			element(der.SEQUENCE, oid(m.hash)),
			element(tag0, signed),
			element(der.SEQUENCE, oid(m.algorithm)),
			element(der.OCTET_STRING, signature))...)
	}
	return element(der.SEQUENCE,
		integer(m.version),
		element(der.SET, element(der.SEQUENCE, oid(m.hash))),
		element(der.SEQUENCE, oid(oidTSTInfo), element(tag0, element(der.OCTET_STRING, m.info.der()))),
		element(tag0, certificates),
		element(der.SET, signers))
}

func (m *mold) signed() []byte {
	var all []byte
	for id, value := range m.attributes {
		attribute := element(der.SEQUENCE, oid(must(parseOID(id))), element(der.SET, value))
		all = append(all, attribute...)
		if id == m.twice {
			all = append(all, attribute...)
		}
	}
	return all
}

func (i info) der() []byte {
	return element(der.SEQUENCE, integer(i.version), oid(must(parseOID(policy))),
		element(der.SEQUENCE, element(der.SEQUENCE, oid(i.hash)), element(der.OCTET_STRING, i.imprint)),
		integer(7), element(der.GeneralizedTime, []byte(i.time)), i.optional)
}

// essCertID returns a SigningCertificateV2 with SHA-256.
func essCertID(c *x509.Certificate, issuerSerial []byte) []byte {
	return element(der.SEQUENCE, element(der.SEQUENCE, element(der.SEQUENCE,
		element(der.OCTET_STRING, sum(c.Raw)), issuerSerial)))
}

func issuerSerial(name []byte, serial int64) []byte {
	return element(der.SEQUENCE, element(der.SEQUENCE, element(der.Tag(4).ContextSpecific().Constructed(), name)), integer(serial))
}

func element(tag der.Tag, parts ...[]byte) []byte {
	var b cryptobyte.Builder
	b.AddASN1(tag, func(b *cryptobyte.Builder) {
		for _, part := range parts {
			b.AddBytes(part)
		}
	})
	return b.BytesOrPanic()
}

func oid(id asn1.ObjectIdentifier) []byte { return must(asn1.Marshal(id)) }

func integer(n int64) []byte { return must(asn1.Marshal(n)) }

func sum(b []byte) []byte {
	h := crypto.SHA256.New()
	h.Write(b)
	return h.Sum(nil)
}
