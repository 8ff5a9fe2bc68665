package tsa

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/digitorus/timestamp"

	"pugmark/evidence/canon"
	"pugmark/evidence/tsa/tsatest"
)

// policy is what the authorities of the tests stamp under, unless asked otherwise.
const policy = "1.3.6.1.4.1.99999.1"

var (
	digest = canon.Sum([]byte("checkpoint"))
	other  = canon.Sum([]byte("another checkpoint"))
)

// signer is a certificate with its key and what leads to its root.
type signer struct {
	cert  *x509.Certificate
	key   crypto.Signer
	above []*x509.Certificate // the issuer first
}

func newKey(t testing.TB, kind string) crypto.Signer {
	t.Helper()
	var key crypto.Signer
	var err error
	switch kind {
	case "P-256":
		key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case "P-384":
		key, err = ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	case "RSA-2048":
		key, err = rsa.GenerateKey(rand.Reader, 2048)
	case "RSA-4096":
		key, err = rsa.GenerateKey(rand.Reader, 4096)
	}
	if err != nil {
		t.Fatal(err)
	}
	return key
}

var serials sync.Mutex
var lastSerial int64

func nextSerial() *big.Int {
	serials.Lock()
	defer serials.Unlock()
	lastSerial++
	return big.NewInt(1000 + lastSerial)
}

// issue makes a certificate that lasts from a year ago to nine years from now,
// unless edit says otherwise. A nil issuer makes a root.
func issue(t testing.TB, issuer *signer, name string, key crypto.Signer, edit func(*x509.Certificate)) *signer {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: nextSerial(),
		Subject:      pkix.Name{CommonName: name, Organization: []string{"Test"}},
		NotBefore:    time.Now().AddDate(-1, 0, 0),
		NotAfter:     time.Now().AddDate(9, 0, 0),
	}
	edit(template)
	s := &signer{key: key}
	parent, parentKey := template, key
	if issuer != nil {
		parent, parentKey = issuer.cert, issuer.key
		s.above = append([]*x509.Certificate{issuer.cert}, issuer.above...)
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), parentKey)
	if err != nil {
		t.Fatal(err)
	}
	if s.cert, err = x509.ParseCertificate(raw); err != nil {
		t.Fatal(err)
	}
	return s
}

func asCA(c *x509.Certificate) {
	c.IsCA, c.BasicConstraintsValid = true, true
	c.KeyUsage = x509.KeyUsageCertSign
}

func asTSA(c *x509.Certificate) {
	c.KeyUsage = x509.KeyUsageDigitalSignature
	c.ExtraExtensions = []pkix.Extension{usage(true, asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 8})}
}

func usage(critical bool, oids ...asn1.ObjectIdentifier) pkix.Extension {
	value, err := asn1.Marshal(oids)
	if err != nil {
		panic(err)
	}
	return pkix.Extension{Id: oidExtKeyUsage, Critical: critical, Value: value}
}

// between sets the validity on top of another edit.
func between(edit func(*x509.Certificate), from, to time.Time) func(*x509.Certificate) {
	return func(c *x509.Certificate) {
		edit(c)
		c.NotBefore, c.NotAfter = from, to
	}
}

// newTSA makes a root, an intermediate and the certificate of an authority.
func newTSA(t testing.TB, kind string, edit func(*x509.Certificate)) *signer {
	t.Helper()
	root := issue(t, nil, "Test Root", newKey(t, "P-256"), asCA)
	middle := issue(t, root, "Test Intermediate", newKey(t, "P-256"), asCA)
	return issue(t, middle, "Test TSA", newKey(t, kind), edit)
}

func (s *signer) root() []*x509.Certificate { return s.above[len(s.above)-1:] }

// forge makes a response that says what it is told.
func (s *signer) forge(t testing.TB, ts timestamp.Timestamp) []byte {
	t.Helper()
	if ts.HashedMessage == nil {
		ts.HashAlgorithm, ts.HashedMessage = crypto.SHA256, digest[:]
	}
	if ts.Time.IsZero() {
		ts.Time = time.Now()
	}
	ts.Time = ts.Time.UTC()
	ts.Policy, ts.AddTSACertificate = must(parseOID(policy)), true
	if len(s.above) > 1 {
		ts.Certificates = s.above[:len(s.above)-1]
	}
	response, err := ts.CreateResponseWithOpts(s.cert, s.key, crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	return response
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// openssl is an authority that OpenSSL runs.
type openssl struct{ tsatest.OpenSSL }

const config = `[tsa]
default_tsa = tsa1
[tsa1]
serial = %[1]s/serial
crypto_device = builtin
signer_cert = %[1]s/tsa.pem
certs = %[1]s/chain.pem
signer_key = %[1]s/key.pem
signer_digest = %[2]s
default_policy = %[3]s
other_policies = %[3]s.2
digests = sha1, sha256, sha384, sha512
accuracy = secs:1, millisecs:500, microsecs:100
clock_precision_digits = 3
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = %[4]s
`

func newOpenSSL(t testing.TB, s *signer, signerDigest, essDigest string) *openssl {
	t.Helper()
	dir := t.TempDir()
	key, err := x509.MarshalPKCS8PrivateKey(s.key)
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "key.pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}))
	write(t, dir, "tsa.pem", FormatCertificates([]*x509.Certificate{s.cert}))
	write(t, dir, "chain.pem", FormatCertificates(s.above[:len(s.above)-1]))
	write(t, dir, "root.pem", FormatCertificates(s.root()))
	write(t, dir, "serial", []byte("01\n"))
	write(t, dir, "tsa.cnf", fmt.Appendf(nil, config, dir, signerDigest, policy, essDigest))
	return &openssl{tsatest.OpenSSL{Dir: dir}}
}

func write(t testing.TB, dir, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// stamp lets the authority stamp a digest.
func (o *openssl) stamp(t testing.TB, d canon.Digest) []byte {
	t.Helper()
	response, err := o.Reply(must(marshalRequest(d, newNonce(), "")))
	if err != nil {
		t.Fatal(err)
	}
	return response
}

func serve(t testing.TB, h http.Handler) string {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL
}

// ask asks the authority that h is.
func ask(t testing.TB, h http.HandlerFunc) Answer {
	t.Helper()
	c := Client{
		Authorities: []Authority{{Name: "test", URL: serve(t, h)}},
		Timeout:     time.Minute,
		Backoff:     time.Millisecond,
	}
	return c.Request(t.Context(), digest)[0]
}

func kinds(r *Result) []string {
	var all []string
	for _, f := range r.Findings {
		all = append(all, f.Kind)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func wantKinds(t testing.TB, r *Result, want ...string) {
	t.Helper()
	slices.Sort(want)
	if !slices.Equal(kinds(r), want) {
		t.Errorf("got findings %q, want %q", r.Findings, want)
	}
}
