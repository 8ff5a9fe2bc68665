package tsa

import (
	"bytes"
	"crypto/x509"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	der "golang.org/x/crypto/cryptobyte/asn1"

	"pugmark/evidence/canon"
)

// One value has one encoding, and nothing that is read recurses deep.
func TestParseStrict(t *testing.T) {
	good := newTSA(t, "P-256", asTSA).mint(t, func(*mold) {})
	indefinite := append(append([]byte{0x30, 0x80}, good[4:]...), 0, 0)
	long := append([]byte{0x30, 0x83, 0}, good[2:]...)
	deep := bytes.Repeat([]byte{0x30, 0x80}, MaxSize/2)
	nested := []byte{5, 0}
	for range maxDepth + 1 {
		nested = element(der.SEQUENCE, nested)
	}
	status := element(der.SEQUENCE, integer(0))
	for name, c := range map[string]struct {
		response []byte
		want     string
	}{
		"trailing":        {append(bytes.Clone(good), 0), "got 1 bytes after the end"},
		"indefinite":      {indefinite, "not DER"},
		"long length":     {long, "not DER"},
		"deep":            {deep, "not DER"},
		"nested":          {nested, "nested deeper than 32"},
		"too long":        {make([]byte, MaxSize+1), "want at most 1048576"},
		"nothing":         {nil, "not DER"},
		"no status":       {element(der.SEQUENCE), "malformed status"},
		"no token":        {element(der.SEQUENCE, status), "status 0 and token don't agree"},
		"not a token":     {element(der.SEQUENCE, status, element(der.SEQUENCE)), "malformed token"},
		"two tokens":      {element(der.SEQUENCE, status, element(der.SEQUENCE), element(der.SEQUENCE)), "malformed token"},
		"bare token":      {good[4+5:], "malformed status"},
		"text, not UTF-8": {element(der.SEQUENCE, element(der.SEQUENCE, integer(2), element(der.SEQUENCE, element(der.IA5String)))), "malformed status"},
	} {
		if _, err := Parse(c.response); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
}

func TestParseRejection(t *testing.T) {
	text := element(der.SEQUENCE, element(der.UTF8String, []byte("no")), element(der.UTF8String, []byte("\xffway")))
	bits := element(der.BIT_STRING, []byte{0, 0x20, 0x01, 0x80}) // bits 2, 15 and 16
	r, err := Parse(element(der.SEQUENCE, element(der.SEQUENCE, integer(2), text, bits)))
	if err != nil {
		t.Fatal(err)
	}
	if r.Granted() || r.StatusText != "no; \uFFFDway" || r.Failure != "badRequest, unacceptedPolicy, unacceptedExtension" {
		t.Errorf("got %d, %q, %q", r.Status, r.StatusText, r.Failure)
	}
}

// FuzzParse looks for responses that panic, or that say something else when they
// are read again.
func FuzzParse(f *testing.F) {
	names, err := filepath.Glob("testdata/*.tsr")
	if err != nil || len(names) == 0 {
		f.Fatalf("got %d seeds, %v", len(names), err)
	}
	for _, name := range names {
		f.Add(must(os.ReadFile(name)))
	}
	roots := must(ParseCertificates(must(os.ReadFile("testdata/roots.pem"))))
	f.Fuzz(func(t *testing.T, response []byte) {
		r := Verify(response, canon.Digest{}, Options{Roots: roots})
		if r.Trusted() {
			t.Error("a response over nothing is trusted")
		}
		for _, finding := range r.Findings {
			if finding.Kind == "" || finding.String() == "" {
				t.Errorf("got finding %+v", finding)
			}
		}
		if p := r.Response; p != nil && p.Granted() {
			OpenSSLCommand(p, Files{})
			if p.GenTime.IsZero() && p.Policy == "" {
				t.Errorf("got response %+v", p)
			}
		}
	})
}

// Responses that were stored once verify for good.
func TestStored(t *testing.T) {
	roots := must(ParseCertificates(must(os.ReadFile("testdata/roots.pem"))))
	for name, want := range map[string][]string{
		"openssl-p256.tsr": nil,
		"openssl-rsa.tsr":  nil,
		"digitorus.tsr":    nil,
		"expired.tsr":      nil,
		"rejection.tsr":    {NotGranted},
	} {
		t.Run(name, func(t *testing.T) {
			r := Verify(must(os.ReadFile("testdata/"+name)), digest, Options{Roots: roots})
			wantKinds(t, r, want...)
			if r.Response.Granted() {
				runOpenSSL(t, r.Response, Files{Roots: "testdata/roots.pem"}, true)
			}
		})
	}
}

// FuzzParseCertificates checks that certificates are written as they were read.
func FuzzParseCertificates(f *testing.F) {
	text := must(os.ReadFile("testdata/roots.pem"))
	f.Add(text)
	f.Add(append([]byte("a comment\n"), text...))
	f.Add(text[:len(text)-30])
	f.Fuzz(func(t *testing.T, text []byte) {
		certificates, err := ParseCertificates(text)
		if err != nil {
			return
		}
		again, err := ParseCertificates(FormatCertificates(certificates))
		if err != nil || !slices.EqualFunc(certificates, again, (*x509.Certificate).Equal) {
			t.Errorf("got %d certificates, %v, want %d", len(again), err, len(certificates))
		}
	})
}
