package evidence

import (
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"pugmark/evidence/canon"
)

// records returns manifest and seal of a capture.
func records(f *testing.F) (manifest, seal []byte) {
	f.Helper()
	v := newVault(f)
	sealed, err := stage(f, v, "https://example.org/1").Seal(f.Context(), acquisition("https://example.org/1"))
	if err != nil {
		f.Fatal(err)
	}
	manifest, err = os.ReadFile(filepath.Join(sealed.Capture.Dir, manifestFile))
	check(f, err)
	seal, err = os.ReadFile(filepath.Join(sealed.Capture.Dir, sealFile))
	check(f, err)
	return manifest, seal
}

// FuzzParseManifest checks that a manifest has one encoding.
func FuzzParseManifest(f *testing.F) {
	manifest, _ := records(f)
	f.Add(manifest)
	f.Add([]byte(`{"format":"pugmark-manifest","version":1}`))
	f.Add([]byte(`{"format":"pugmark-manifest","version":9}`))
	f.Add(bytes.Replace(manifest, []byte(`"bytes":9`), []byte(`"bytes":9.0`), 1))
	f.Add(bytes.Replace(manifest, []byte(`2026-11-24T08:00:00.000000005Z`), []byte(`2026-11-24T09:00:00.000000005+01:00`), 1))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := ParseManifest(b)
		if err != nil {
			return
		}
		again, err := m.encode()
		if err != nil || !bytes.Equal(again, b) {
			t.Errorf("got %q, %v, want %q", again, err, b)
		}
	})
}

// FuzzParseSeal checks that a seal has one encoding, and that verification
// withstands any.
func FuzzParseSeal(f *testing.F) {
	manifest, seal := records(f)
	f.Add(seal)
	f.Add([]byte(`{"format":"pugmark-seal","version":1}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := ParseSeal(b)
		if err == nil {
			again, err := canon.Marshal(s)
			if err != nil || !bytes.Equal(again, b) {
				t.Errorf("got %q, %v, want %q", again, err, b)
			}
		}
		m := fstest.MapFS{manifestFile: {Data: manifest}, sealFile: {Data: b}}
		r, err := VerifyFS(t.Context(), m, Trust{}, nil)
		if err != nil || r.Outcome != FailedVerification { // the items are missing
			t.Errorf("got report %+v, %v", r, err)
		}
	})
}

// FuzzParseInfo checks that vault.json has one encoding.
func FuzzParseInfo(f *testing.F) {
	b, err := os.ReadFile(filepath.Join(newVault(f).Dir(), infoFile))
	check(f, err)
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		i, err := ParseInfo(b)
		if err != nil {
			return
		}
		again, err := canon.Marshal(i)
		if err != nil || !bytes.Equal(again, b) {
			t.Errorf("got %q, %v, want %q", again, err, b)
		}
	})
}

// FuzzParseKeys checks that what is taken for the vault's keys can be written and
// read again.
func FuzzParseKeys(f *testing.F) {
	_, key, err := ed25519.GenerateKey(nil)
	check(f, err)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	check(f, err)
	block := pem.EncodeToMemory(&pem.Block{Type: pemKey, Bytes: der})
	f.Add(block)
	f.Add(append(block, block...))
	f.Add(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}))
	f.Fuzz(func(t *testing.T, b []byte) {
		set, err := parseKeys(b)
		if err != nil {
			return
		}
		for _, key := range set {
			if _, err := verifierKey("pugmark/x", key); err != nil {
				t.Error(err)
			}
		}
	})
}
