package tsa

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"fmt"
	"math/big"
	"strconv"
	"time"

	"pugmark/evidence/canon"
)

// maxAhead is how far genTime may lie ahead of the clock that judges it.
const maxAhead = 5 * time.Minute

// Options say against what a response is verified.
type Options struct {
	Roots         []*x509.Certificate // trusted; none: every root is unknown
	Intermediates []*x509.Certificate // besides those in the token
	Nonce         *big.Int            // that was sent; nil: any
	Policy        string              // OID; "": any
	Time          time.Time           // the clock; zero: genTime may lie in the future
}

// Result is what the verification of a response found.
type Result struct {
	Response *Response // nil if it can't be read
	// Earliest and Latest are genTime less and plus the accuracy: the time of
	// the stamp, if there are no findings.
	Earliest, Latest time.Time
	// Chain leads from the signer to a trust root, or as far as it could be
	// followed.
	Chain []*x509.Certificate
	// ValidUntil is when the first certificate of the chain expires: a renewal
	// is due before.
	ValidUntil time.Time
	Findings   []Finding
}

// Trusted reports whether the time stamp holds and its root is trusted.
func (r *Result) Trusted() bool { return len(r.Findings) == 0 }

// Failed reports whether the time stamp proves nothing.
func (r *Result) Failed() bool {
	for _, f := range r.Findings {
		if f.Fatal() {
			return true
		}
	}
	return false
}

func (r *Result) add(kind, got, want string) {
	r.Findings = append(r.Findings, Finding{Kind: kind, Got: got, Want: want})
}

// Verify checks that response is a time stamp over what has the digest want.
// Certificates are judged at genTime.
func Verify(response []byte, want canon.Digest, o Options) *Result {
	r := new(Result)
	parsed, err := Parse(response)
	if err != nil {
		r.add(Malformed, err.Error(), "")
		return r
	}
	r.Response = parsed
	if !parsed.Granted() {
		r.add(NotGranted, statusText(parsed), "")
		return r
	}
	r.Earliest = parsed.GenTime.Add(-parsed.Accuracy)
	r.Latest = parsed.GenTime.Add(parsed.Accuracy)
	r.checkInfo(want, o)
	r.checkAlgorithms()
	if parsed.Signer == nil {
		r.add(CertificateMissing, "", "")
		return r
	}
	r.checkSignature()
	r.checkSigningCertificate()
	r.checkKeyUsage()
	r.checkChain(o)
	return r
}

func statusText(r *Response) string {
	s := "status " + strconv.Itoa(r.Status)
	for _, part := range []string{r.Failure, r.StatusText} {
		if part != "" {
			s += ": " + part
		}
	}
	return s
}

// checkInfo compares what the TSTInfo says with what was asked for.
func (r *Result) checkInfo(want canon.Digest, o Options) {
	p := r.Response
	if p.Hash != "SHA-256" || !bytes.Equal(p.Imprint, want[:]) {
		r.add(ImprintMismatch, p.Hash+" "+hex.EncodeToString(p.Imprint), "SHA-256 "+want.String())
	}
	if o.Nonce != nil && (p.Nonce == nil || p.Nonce.Cmp(o.Nonce) != 0) {
		r.add(NonceMismatch, p.Nonce.String(), o.Nonce.String())
	}
	if o.Policy != "" && o.Policy != p.Policy {
		r.add(PolicyMismatch, p.Policy, o.Policy)
	}
	if !o.Time.IsZero() && r.Earliest.After(o.Time.Add(maxAhead)) {
		r.add(FromFuture, stamp(p.GenTime), "at most "+stamp(o.Time.Add(maxAhead)))
	}
	for _, e := range p.extensions {
		if e.critical && !e.id.Equal(oidQCStatements) {
			r.add(ExtensionUnknown, e.id.String(), "")
		}
	}
}

func (r *Result) checkAlgorithms() {
	p := r.Response
	for _, oid := range []asn1.ObjectIdentifier{p.hash, p.signer.hash, p.signer.algorithm} {
		if name, ok := weak[oid.String()]; ok {
			r.add(WeakAlgorithm, name, "")
		}
	}
}

// checkKeyUsage checks that the signer's certificate is for time stamps and for
// nothing else, and says so critically (RFC 3161, section 2.3).
func (r *Result) checkKeyUsage() {
	const want = "time stamping alone, critical"
	c := r.Response.Signer
	if n := len(c.ExtKeyUsage) + len(c.UnknownExtKeyUsage); n != 1 || len(c.ExtKeyUsage) == 0 ||
		c.ExtKeyUsage[0] != x509.ExtKeyUsageTimeStamping {
		r.add(KeyUsage, fmt.Sprintf("%d usages", n), want)
		return
	}
	for _, e := range c.Extensions {
		if e.Id.Equal(oidExtKeyUsage) && !e.Critical {
			r.add(KeyUsage, "not critical", want)
		}
	}
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }
