// Package tsatest runs time-stamp authorities for tests: OpenSSL's ("openssl ts
// -reply"), to be served on loopback.
package tsatest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"
)

// Authority is a time-stamp authority with a root of its own.
type Authority struct {
	OpenSSL
	Root     *x509.Certificate
	RootFile string // PEM
}

// OpenSSL is an authority that OpenSSL runs, from a folder with its
// configuration: the file tsa.cnf, and what that names.
type OpenSSL struct {
	Dir string

	mutex sync.Mutex // of the files with the serial number and the query
}

const config = `[tsa]
default_tsa = tsa1
[tsa1]
serial = %[1]s/serial
crypto_device = builtin
signer_cert = %[1]s/tsa.pem
signer_key = %[1]s/key.pem
signer_digest = sha256
default_policy = 1.3.6.1.4.1.99999.1
digests = sha256
accuracy = secs:1
clock_precision_digits = 3
ess_cert_id_alg = sha256
`

// New makes an authority in a folder that is there and empty. Its certificates
// have begun a year ago and last until a time.
func New(dir, name string, until time.Time) (*Authority, error) {
	root, rootKey, err := issue(nil, nil, name+" Root", until, func(c *x509.Certificate) {
		c.IsCA, c.BasicConstraintsValid, c.KeyUsage = true, true, x509.KeyUsageCertSign
	})
	if err != nil {
		return nil, err
	}
	signer, key, err := issue(root, rootKey, name, until, func(c *x509.Certificate) {
		c.KeyUsage = x509.KeyUsageDigitalSignature
		c.ExtraExtensions = []pkix.Extension{timeStamping}
	})
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	a := &Authority{OpenSSL: OpenSSL{Dir: dir}, Root: root, RootFile: filepath.Join(dir, "root.pem")}
	for name, content := range map[string][]byte{
		"key.pem":  pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}),
		"tsa.pem":  certificate(signer),
		"root.pem": certificate(root),
		"serial":   []byte("01\n"),
		"tsa.cnf":  fmt.Appendf(nil, config, dir),
	} {
		err = errors.Join(err, os.WriteFile(filepath.Join(dir, name), content, 0o600))
	}
	return a, err
}

func certificate(c *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
}

// timeStamping is the one extended key usage that an authority may have (RFC
// 3161, section 2.3), critical.
var timeStamping = pkix.Extension{
	Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: true,
	Value: []byte{0x30, 0x0a, 0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x08},
}

func issue(parent *x509.Certificate, parentKey *ecdsa.PrivateKey, name string, until time.Time, edit func(*x509.Certificate)) (*x509.Certificate, *ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		return nil, nil, err
	}
	c := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().AddDate(-1, 0, 0), NotAfter: until,
	}
	edit(c)
	if parent == nil {
		parent, parentKey = c, key
	}
	raw, err := x509.CreateCertificate(rand.Reader, c, parent, key.Public(), parentKey)
	if err != nil {
		return nil, nil, err
	}
	c, err = x509.ParseCertificate(raw)
	return c, key, err
}

// Reply answers a query.
func (o *OpenSSL) Reply(query []byte) ([]byte, error) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	name := filepath.Join(o.Dir, "query.tsq")
	if err := os.WriteFile(name, query, 0o600); err != nil {
		return nil, err
	}
	cmd := exec.Command("openssl", "ts", "-reply", "-config", filepath.Join(o.Dir, "tsa.cnf"), "-queryfile", name)
	var problems bytes.Buffer
	cmd.Stderr = &problems
	out, err := cmd.Output()
	if err != nil || len(out) == 0 {
		return nil, fmt.Errorf("openssl ts -reply: %w: %s", err, problems.Bytes())
	}
	return out, nil
}

// ServeHTTP implements [http.Handler].
func (o *OpenSSL) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	query, err := io.ReadAll(r.Body)
	if err != nil || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/timestamp-query" {
		http.Error(w, "not a query", http.StatusBadRequest)
		return
	}
	response, err := o.Reply(query)
	if err != nil {
		http.Error(w, err.Error(), http.StatusTeapot)
		return
	}
	Send(w, response)
}

// Send sends a response, or what pretends to be one.
func Send(w http.ResponseWriter, response []byte) {
	w.Header().Set("Content-Type", "application/timestamp-reply")
	_, _ = w.Write(response)
}
