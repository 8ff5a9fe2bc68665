package ui

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pugmark/capture"
	"pugmark/evidence"
	"pugmark/evidence/tsa"
)

// newRoot writes the certificate of a new authority's root to a file.
func newRoot(t *testing.T, name string) string {
	t.Helper()
	pub, key, err := ed25519.GenerateKey(rand.Reader)
	check(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, pub, key)
	check(t, err)
	root, err := x509.ParseCertificate(der)
	check(t, err)
	path := filepath.Join(t.TempDir(), "root.pem")
	check(t, os.WriteFile(path, tsa.FormatCertificates([]*x509.Certificate{root}), 0o600))
	return path
}

// TestTrust adds an authority and its root, and removes the authority again.
func TestTrust(t *testing.T) {
	b, _ := newFlow(t)
	b.open(newVault(t))
	b.w.askTrust()
	b.unlock()
	b.want("None yet: the time of captures rests on this machine's clock alone.", "nobody vouches for them")
	b.fill("freetsa", "ftp://x")
	b.press("Add authority")
	b.want("An authority has a name and an address")
	b.fill("freetsa", "https://tsa.example/tsr")
	b.press("Add authority")
	b.want("freetsa", "https://tsa.example/tsr")
	b.fill("freetsa", "https://tsa.example/tsr")
	b.press("Add authority")
	b.want("There is already an authority of this name.")

	none := filepath.Join(t.TempDir(), "none.pem")
	check(t, os.WriteFile(none, []byte("nothing"), 0o600))
	for path, want := range map[string]string{
		none:              "This file holds no root certificate that can be used.",
		none + ".missing": "There is no such file or folder.",
	} {
		b.fill("", "", path)
		b.press("Trust this root")
		b.want(want)
	}
	b.fill("", "", newRoot(t, "Test Root"))
	b.press("Trust this root")
	b.want("Test Root", "SHA-256 ")

	b.press("") // removes the first
	b.want("None yet: the time of captures rests on this machine's clock alone.", "Test Root")
	authorities, err := b.w.vault.Authorities(t.Context())
	check(t, err)
	roots, err := b.w.vault.Roots(t.Context())
	if check(t, err); len(authorities) != 0 || len(roots) != 1 {
		t.Errorf("got authorities %v, roots %v", authorities, roots)
	}
}

// TestReadiness says what a new vault still lacks.
func TestReadiness(t *testing.T) {
	b, _ := newFlow(t)
	b.options.Browser.Path = filepath.Join(t.TempDir(), "nobrowser")
	b.reopen()
	dir := filepath.Join(t.TempDir(), "new")
	v, err := evidence.Create(t.Context(), dir, evidence.CreateOptions{Name: "New", Operator: "A. Rao", Passphrase: passphrase})
	check(t, err)
	check(t, v.Close())
	b.open(dir)
	b.want("No cases yet", "No Chrome or Chromium was found on this machine.", "No time-stamp authority is set")
	if _, err := capture.FindBrowser(b.options.Browser.Path); err == nil {
		t.Error("there is a browser")
	}
}
