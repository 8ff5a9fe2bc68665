package tsa

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"math/big"
	"slices"
	"testing"
	"time"

	der "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/digitorus/timestamp"
)

// withUsage makes a certificate with extended key usages id-kp-N.
func withUsage(critical bool, kp ...int) func(*x509.Certificate) {
	return func(c *x509.Certificate) {
		asTSA(c)
		var oids []asn1.ObjectIdentifier
		for _, n := range kp {
			oids = append(oids, asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, n})
		}
		c.ExtraExtensions[0] = usage(critical, oids...)
	}
}

func sha1ESS(c *x509.Certificate) []byte {
	h := crypto.SHA1.New()
	h.Write(c.Raw)
	return element(der.SEQUENCE, element(der.SEQUENCE, element(der.SEQUENCE, element(der.OCTET_STRING, h.Sum(nil)))))
}

// Each way in which a response can be wrong has its finding.
func TestFindings(t *testing.T) {
	s := newTSA(t, "P-256", asTSA)
	v1, v2 := oidSigningCert.String(), oidSigningCertV2.String()
	set := func(id string, value []byte) func(*mold) { return func(m *mold) { m.attributes[id] = value } }
	drop := func(id string) func(*mold) { return func(m *mold) { delete(m.attributes, id) } }
	serial := s.cert.SerialNumber.Int64()
	critical := func(id string) []byte {
		return element(tag1, element(der.SEQUENCE, oid(must(parseOID(id))), element(der.BOOLEAN, []byte{255}), element(der.OCTET_STRING, nil)))
	}
	for name, c := range map[string]struct {
		edit func(*mold)
		want []string
	}{
		"good":                 {func(*mold) {}, nil},
		"granted with mods":    {func(m *mold) { m.status = element(der.SEQUENCE, integer(1)) }, nil},
		"first version":        {func(m *mold) { drop(v2)(m); set(v1, sha1ESS(s.cert))(m) }, nil},
		"issuer and serial":    {set(v2, essCertID(s.cert, issuerSerial(s.cert.RawIssuer, serial))), nil},
		"other serial":         {set(v2, essCertID(s.cert, issuerSerial(s.cert.RawIssuer, serial+1))), []string{CertificateOther}},
		"other issuer":         {set(v2, essCertID(s.cert, issuerSerial(s.cert.RawSubject, serial))), []string{CertificateOther}},
		"other certificate":    {set(v2, essCertID(s.above[0], nil)), []string{CertificateOther}},
		"other, first version": {set(v1, sha1ESS(s.above[0])), []string{CertificateOther}},
		"no certificate id":    {drop(v2), []string{CertificateOther}},
		"empty certificate id": {set(v2, nil), []string{CertificateOther}},
		"message digest":       {set(oidMessageDigest.String(), element(der.OCTET_STRING, other[:])), []string{SignatureInvalid}},
		"no message digest":    {set(oidMessageDigest.String(), nil), []string{SignatureInvalid}},
		"two message digests":  {set(oidMessageDigest.String(), bytes.Repeat(element(der.OCTET_STRING, other[:]), 2)), []string{SignatureInvalid}},
		"content type":         {set(oidContentType.String(), oid(oidSignedData)), []string{SignatureInvalid}},
		"no content type":      {drop(oidContentType.String()), []string{SignatureInvalid}},
		"digest algorithm":     {func(m *mold) { m.hash = must(parseOID("2.16.840.1.101.3.4.2.8")) }, []string{SignatureInvalid}},
		"signature algorithm":  {func(m *mold) { m.algorithm = must(parseOID("1.3.101.112")) }, []string{SignatureInvalid}},
		"algorithm of the key": {func(m *mold) { m.algorithm = must(parseOID("1.2.840.10045.2.1")) }, nil},
		"RSA said, not used":   {func(m *mold) { m.algorithm = must(parseOID("1.2.840.113549.1.1.11")) }, []string{SignatureInvalid}},
		"SHA-1 digest":         {func(m *mold) { m.hash = must(parseOID("1.3.14.3.2.26")) }, []string{SignatureInvalid, WeakAlgorithm}},
		"SHA-1 signature":      {func(m *mold) { m.algorithm = must(parseOID("1.2.840.10045.4.1")) }, []string{SignatureInvalid, WeakAlgorithm}},
		"SHA-1 imprint":        {func(m *mold) { m.info.hash = must(parseOID("1.3.14.3.2.26")); m.info.imprint = digest[:20] }, []string{ImprintMismatch, WeakAlgorithm}},
		"SHA-512/256 imprint":  {func(m *mold) { m.info.hash = must(parseOID("2.16.840.1.101.3.4.2.6")) }, []string{ImprintMismatch}},
		"imprint":              {func(m *mold) { m.info.imprint = other[:] }, []string{ImprintMismatch}},
		"no certificate":       {func(m *mold) { m.embedded = nil }, []string{CertificateMissing}},
		"issuer alone":         {func(m *mold) { m.embedded = m.embedded[1:] }, []string{CertificateMissing}},
		"no intermediate":      {func(m *mold) { m.embedded = m.embedded[:1] }, []string{UnknownRoot}},
		"critical extension":   {func(m *mold) { m.info.optional = critical("1.2.3") }, []string{ExtensionUnknown}},
		"before the authority": {func(m *mold) { m.info.time = "20010101000000Z" }, []string{OutsideValidity}},
		"after the authority":  {func(m *mold) { m.info.time = "29990101000000Z" }, []string{OutsideValidity, FromFuture}},
		"the future":           {func(m *mold) { m.info.time = time.Now().UTC().Add(time.Hour).Format("20060102150405Z") }, []string{FromFuture}},
		"rejected with token":  {func(m *mold) { m.status = element(der.SEQUENCE, integer(2)) }, []string{Malformed}},
		"negative status":      {func(m *mold) { m.status = element(der.SEQUENCE, integer(-1)) }, []string{Malformed}},
		"version of the info":  {func(m *mold) { m.info.version = 2 }, []string{Malformed}},
		"version of the token": {func(m *mold) { m.version = 1 }, []string{Malformed}},
		"no signer":            {func(m *mold) { m.signers = 0 }, []string{Malformed}},
		"two signers":          {func(m *mold) { m.signers = 2 }, []string{Malformed}},
		"attribute twice":      {func(m *mold) { m.twice = oidContentType.String() }, []string{Malformed}},
		"local time":           {func(m *mold) { m.info.time = "20260101000000+0100" }, []string{Malformed}},
		"no such day":          {func(m *mold) { m.info.time = "20260230000000Z" }, []string{Malformed}},
		"comma":                {func(m *mold) { m.info.time = "20260101000000,5Z" }, []string{Malformed}},
		"bytes in the info":    {func(m *mold) { m.info.optional = []byte{5, 0} }, []string{Malformed}},
		"negative accuracy":    {func(m *mold) { m.info.optional = element(der.SEQUENCE, integer(-1)) }, []string{Malformed}},
		"many certificates":    {func(m *mold) { m.embedded = slices.Repeat(m.embedded, 17) }, []string{Malformed}},
		"damaged certificate":  {func(m *mold) { m.embedded = []*x509.Certificate{{Raw: []byte{0x30, 0}}} }, []string{Malformed}},
	} {
		t.Run(name, func(t *testing.T) {
			r := Verify(s.mint(t, c.edit), digest, Options{Roots: s.root(), Time: time.Now()})
			wantKinds(t, r, c.want...)
			if unknown := slices.Equal(c.want, []string{UnknownRoot}); r.Trusted() != (c.want == nil) || r.Failed() == (c.want == nil || unknown) {
				t.Errorf("got trusted %t, failed %t", r.Trusted(), r.Failed())
			}
		})
	}
}

func TestWanted(t *testing.T) {
	s := newTSA(t, "P-256", asTSA)
	response := s.forge(t, timestamp.Timestamp{Nonce: big.NewInt(5), Qualified: true, Accuracy: time.Second})
	for _, c := range []struct {
		o    Options
		want []string
	}{
		{Options{Nonce: big.NewInt(5), Policy: policy}, nil},
		{Options{Nonce: big.NewInt(6)}, []string{NonceMismatch}},
		{Options{Policy: policy + ".1"}, []string{PolicyMismatch}},
		{Options{Time: time.Now().Add(-time.Hour)}, []string{FromFuture}},
		{Options{Time: time.Now().Add(-time.Minute)}, nil},
		{Options{Time: time.Now().AddDate(50, 0, 0)}, nil},
	} {
		c.o.Roots = s.root()
		r := Verify(response, digest, c.o)
		wantKinds(t, r, c.want...)
		if !r.Response.Qualified || r.Latest.Sub(r.Earliest) != 2*time.Second {
			t.Errorf("got qualified %t, interval %s", r.Response.Qualified, r.Latest.Sub(r.Earliest))
		}
	}
}

func TestInfo(t *testing.T) {
	s := newTSA(t, "P-256", asTSA)
	optional := slices.Concat(
		element(der.SEQUENCE, element(prim0, []byte{2}), element(prim1, []byte{3})),
		element(tag0, element(der.Tag(6).ContextSpecific(), []byte("https://tsa.test/"))))
	r := must(Parse(s.mint(t, func(m *mold) { m.info.time, m.info.optional = "20260102030405.060Z", optional })))
	if want := time.Date(2026, 1, 2, 3, 4, 5, 60e6, time.UTC); !r.GenTime.Equal(want) {
		t.Errorf("got %s, want %s", r.GenTime, want)
	}
	if r.Accuracy != 2003*time.Microsecond || r.TSA != "https://tsa.test/" || r.Nonce != nil || r.Ordering {
		t.Errorf("got accuracy %s, name %q, nonce %v, ordering %t", r.Accuracy, r.TSA, r.Nonce, r.Ordering)
	}
}

// A response whose certificates have all expired is as good as it was.
func TestExpired(t *testing.T) {
	s, _ := past(t, digest)
	response := s.mint(t, func(m *mold) { m.info.time = "20150101000000Z" })
	r := Verify(response, digest, Options{Roots: s.root(), Time: time.Now()})
	wantKinds(t, r)
	if want := s.cert.NotAfter; !r.ValidUntil.Equal(want) {
		t.Errorf("got valid until %s, want %s", r.ValidUntil, want)
	}
}

func TestChain(t *testing.T) {
	now := time.Now()
	root := issue(t, nil, "Root", newKey(t, "P-256"), asCA)
	impostor := issue(t, nil, "Root", newKey(t, "P-256"), asCA)
	expired := between(asCA, now.AddDate(-3, 0, 0), now.AddDate(-2, 0, 0))
	oldRoot := issue(t, nil, "Old root", newKey(t, "P-256"), expired)
	leaf := func(issuer *signer) *signer { return issue(t, issuer, "TSA", newKey(t, "P-256"), asTSA) }
	below := func(issuer *signer, edit func(*x509.Certificate)) *signer {
		return leaf(issue(t, issuer, "Intermediate", newKey(t, "P-256"), edit))
	}
	good := below(root, asCA)
	damaged := *good
	damaged.above = []*x509.Certificate{damage(t, good.above[0]), root.cert}
	trust := func(all ...*x509.Certificate) []*x509.Certificate { return all }

	short := issue(t, nil, "Short", newKey(t, "P-256"), func(c *x509.Certificate) { asCA(c); c.MaxPathLenZero = true })

	for name, c := range map[string]struct {
		s     *signer
		roots []*x509.Certificate
		want  []string
	}{
		"trusted":                   {good, trust(root.cert), nil},
		"among others":              {good, trust(impostor.cert, oldRoot.cert, root.cert), nil},
		"intermediate trusted":      {good, trust(good.above[0]), nil},
		"signer trusted":            {good, trust(good.cert), nil},
		"no roots":                  {good, nil, []string{UnknownRoot}},
		"another root":              {good, trust(oldRoot.cert), []string{UnknownRoot}},
		"a root of the same name":   {good, trust(impostor.cert), []string{UnknownRoot}},
		"below an impostor":         {below(impostor, asCA), trust(root.cert), []string{UnknownRoot}},
		"damaged intermediate":      {&damaged, trust(root.cert), []string{BrokenChain}},
		"expired intermediate":      {below(root, expired), trust(root.cert), []string{OutsideValidity}},
		"expired, root unknown":     {below(root, expired), nil, []string{OutsideValidity}},
		"expired root":              {below(oldRoot, asCA), trust(oldRoot.cert), []string{OutsideValidity}},
		"intermediate not a CA":     {below(root, asTSA), trust(root.cert), []string{BrokenChain}},
		"intermediate for the web":  {below(root, forWeb), trust(root.cert), []string{KeyUsage}},
		"for the web, root unknown": {below(root, forWeb), nil, []string{KeyUsage, UnknownRoot}},
		"path too long":             {below(short, asCA), trust(short.cert), []string{BrokenChain}},
	} {
		t.Run(name, func(t *testing.T) {
			r := Verify(c.s.mint(t, func(*mold) {}), digest, Options{Roots: c.roots})
			wantKinds(t, r, c.want...)
		})
	}
}

func forWeb(c *x509.Certificate) {
	asCA(c)
	c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
}

// damage changes the last byte of a certificate's signature.
func damage(t *testing.T, c *x509.Certificate) *x509.Certificate {
	t.Helper()
	raw := bytes.Clone(c.Raw)
	raw[len(raw)-1] ^= 1
	d, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Whoever has an authority's certificate can't put another one of the same name,
// number and key in its place.
func TestCertificateExchanged(t *testing.T) {
	s := newTSA(t, "P-256", asTSA)
	root := issue(t, nil, "Test Intermediate", newKey(t, "P-256"), asCA)
	fake := issue(t, root, "Test TSA", s.key, func(c *x509.Certificate) {
		asTSA(c)
		c.SerialNumber = s.cert.SerialNumber
		c.NotBefore = c.NotBefore.AddDate(-9, 0, 0)
	})
	response := s.mint(t, func(m *mold) { m.embedded = []*x509.Certificate{fake.cert} })
	wantKinds(t, Verify(response, digest, Options{Roots: fake.root()}), CertificateOther)
}

// Every byte of a response is changed in turn. The status alone, which nobody
// signs, may pass: granted, and granted with modifications.
func TestEveryByte(t *testing.T) {
	for _, kind := range []string{"P-256", "RSA-2048"} {
		s := newTSA(t, kind, asTSA)
		good := newOpenSSL(t, s, "sha256", "sha256").stamp(t, digest)
		o := Options{Roots: s.root()}
		wantKinds(t, Verify(good, digest, o))
		const status = 8 // the last byte of SEQUENCE, SEQUENCE, INTEGER
		for i := range good {
			for _, mask := range []byte{0x01, 0x20, 0x80, 0xff} {
				altered := bytes.Clone(good)
				altered[i] ^= mask
				passes := i == status && altered[i] == 1
				if r := Verify(altered, digest, o); r.Trusted() != passes {
					t.Errorf("%s, byte %d ^ %#x: got trusted %t", kind, i, mask, r.Trusted())
				}
			}
			if r := Verify(good[:i], digest, o); !r.Failed() {
				t.Errorf("%s, cut at %d: not failed", kind, i)
			}
		}
	}
}
