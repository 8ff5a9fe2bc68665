package tsa

import (
	"crypto"
	"crypto/x509"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/digitorus/timestamp"

	"pugmark/evidence/canon"
)

// runOpenSSL writes a response down and runs the command for it.
func runOpenSSL(t *testing.T, r *Response, f Files, ok bool) {
	t.Helper()
	f.Response = write(t, t.TempDir(), "it's a response.tsr", r.DER)
	command := OpenSSLCommand(r, f)
	out, err := exec.Command("sh", "-c", command).CombinedOutput()
	if got := strings.Contains(string(out), "Verification: OK"); got != ok || (err == nil) != ok {
		t.Errorf("%s\ngot %v: %s", command, err, out)
	}
}

// past is a chain that expired long ago, and a response of its time.
func past(t *testing.T, d canon.Digest) (*signer, []byte) {
	from := time.Date(2014, 1, 1, 0, 0, 0, 0, time.UTC)
	root := issue(t, nil, "Old Root", newKey(t, "P-256"), between(asCA, from, from.AddDate(5, 0, 0)))
	middle := issue(t, root, "Old Intermediate", newKey(t, "P-256"), between(asCA, from, from.AddDate(4, 0, 0)))
	s := issue(t, middle, "Old TSA", newKey(t, "P-256"), between(asTSA, from, from.AddDate(2, 0, 0)))
	return s, s.forge(t, timestamp.Timestamp{Time: from.AddDate(1, 0, 0), HashAlgorithm: crypto.SHA256, HashedMessage: d[:]})
}

func TestOpenSSLExpired(t *testing.T) {
	s, response := past(t, digest)
	r := must(Parse(response))
	roots := write(t, t.TempDir(), "$roots `x`.pem", FormatCertificates(s.root()))
	runOpenSSL(t, r, Files{Roots: roots}, true)

	data := write(t, t.TempDir(), "data", []byte("checkpoint"))
	runOpenSSL(t, r, Files{Roots: roots, Data: data}, true)
	runOpenSSL(t, r, Files{Roots: roots, Data: roots}, false)

	// Without the time the same command fails: the certificates have expired.
	r.GenTime = time.Now()
	runOpenSSL(t, r, Files{Roots: roots}, false)
}

func TestOpenSSLUntrusted(t *testing.T) {
	s := newTSA(t, "P-256", asTSA)
	above := s.above
	s.above = nil // so that the token has the signer's certificate alone
	r := must(Parse(s.forge(t, timestamp.Timestamp{})))
	dir := t.TempDir()
	roots := write(t, dir, "roots.pem", FormatCertificates(above[1:]))
	runOpenSSL(t, r, Files{Roots: roots}, false)
	runOpenSSL(t, r, Files{Roots: roots, Untrusted: write(t, dir, "chain.pem", FormatCertificates(above[:1]))}, true)
	runOpenSSL(t, r, Files{Roots: write(t, dir, "signer.pem", FormatCertificates([]*x509.Certificate{s.cert}))}, true)

	wantKinds(t, Verify(r.DER, digest, Options{Roots: above[1:]}), UnknownRoot)
	wantKinds(t, Verify(r.DER, digest, Options{Roots: above[1:], Intermediates: []*x509.Certificate{above[0]}}))
}
