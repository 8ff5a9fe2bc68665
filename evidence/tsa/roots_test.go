package tsa

import (
	"crypto/x509"
	"encoding/pem"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

func TestParseCertificates(t *testing.T) {
	one := issue(t, nil, "One", newKey(t, "P-256"), asCA).cert
	two := issue(t, nil, "", newKey(t, "P-256"), asCA).cert
	text := FormatCertificates([]*x509.Certificate{one, two, one})
	got, err := ParseCertificates(append([]byte("# roots of the office\n"), text...))
	if err != nil || !slices.EqualFunc(got, []*x509.Certificate{one, two}, (*x509.Certificate).Equal) {
		t.Errorf("got %d certificates, %v", len(got), err)
	}
	if Name(one) != "One" || Name(two) != "O=Test" {
		t.Errorf("got names %q and %q", Name(one), Name(two))
	}

	file := write(t, t.TempDir(), "one.pem", FormatCertificates(got[:1]))
	out, err := exec.Command("openssl", "x509", "-in", file, "-noout", "-fingerprint", "-sha256").Output()
	_, printed, _ := strings.Cut(strings.TrimSpace(string(out)), "=")
	if want := strings.ToLower(strings.ReplaceAll(printed, ":", "")); err != nil || Fingerprint(one).String() != want {
		t.Errorf("got fingerprint %s, want that of OpenSSL, %s (%v)", Fingerprint(one), want, err)
	}
}

func TestParseCertificatesBad(t *testing.T) {
	good := string(FormatCertificates([]*x509.Certificate{issue(t, nil, "One", newKey(t, "P-256"), asCA).cert}))
	block := func(kind string, b []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b}))
	}
	for text, want := range map[string]string{
		"":                                     "got none",
		"no certificates here":                 "got none",
		block("PRIVATE KEY", []byte{1}):        `block 1: got "PRIVATE KEY"`,
		good + block("CERTIFICATE", []byte{1}): "block 2: ",
		good[:len(good)-20]:                    "1 damaged blocks",
		strings.Replace(good, "\nM", "\n*", 1) + good: "1 damaged blocks",
	} {
		if _, err := ParseCertificates([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: got %v, want %q", text, err, want)
		}
	}
}
