package evidence

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestEncrypt(t *testing.T) {
	v := newVault(t)
	var sealed bytes.Buffer
	w, err := v.Encrypt(&sealed)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(w, "CLIENT_RANDOM secret")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(sealed.Bytes(), []byte("secret")) {
		t.Error("the text is there in clear")
	}
	r, err := v.Decrypt(&sealed)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); err != nil || string(got) != "CLIENT_RANDOM secret" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestEncryptNeedsTheKey(t *testing.T) {
	v := newVault(t)
	var sealed bytes.Buffer
	w, err := v.Encrypt(&sealed)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := newVault(t).Decrypt(&sealed); err == nil {
		t.Error("another vault's key opened it")
	}
	locked := reopen(t, v)
	if _, err := locked.Encrypt(io.Discard); !errors.Is(err, ErrLocked) {
		t.Errorf("got %v, want %v", err, ErrLocked)
	}
	if _, err := locked.Decrypt(&sealed); !errors.Is(err, ErrLocked) {
		t.Errorf("got %v, want %v", err, ErrLocked)
	}
}

// sealWithSecrets seals a capture that has TLS secrets.
func sealWithSecrets(t *testing.T, v *Vault, keyLog string) Capture {
	t.Helper()
	s := stage(t, v, "https://example.org/1")
	w, err := s.Create("tls-secrets.age", KindSecrets, "application/age")
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := v.Encrypt(w)
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.WriteString(sealed, keyLog)
	check(t, errors.Join(err, sealed.Close(), w.Close()))
	c, err := s.Seal(t.Context(), acquisition("https://example.org/1"))
	if err != nil {
		t.Fatal(err)
	}
	return c.Capture
}

func TestSecrets(t *testing.T) {
	v := newVault(t)
	c := sealWithSecrets(t, v, "CLIENT_RANDOM 00 11\n")
	if got, err := v.Secrets(c); err != nil || string(got) != "CLIENT_RANDOM 00 11\n" {
		t.Errorf("got %q, %v", got, err)
	}
	_, err := reopen(t, v).Secrets(c)
	wantErr(t, err, ErrLocked)
	_, err = v.Secrets(seal(t, v, "https://example.org/2"))
	wantErr(t, err, ErrNoSecrets)

	unprotectFiles(t, c.Dir)
	edit(t, filepath.Join(c.Dir, "tls-secrets.age"), flip(100))
	if _, err := v.Secrets(c); err == nil || !strings.Contains(err.Error(), `item "tls-secrets.age": got digest `) {
		t.Errorf("got error %v", err)
	}
}

// TestVerifyPart takes items away: only what is said to be withheld may be.
func TestVerifyPart(t *testing.T) {
	v := newVault(t)
	dir := copyOf(t, sealWithSecrets(t, v, "x"))
	isSecret := func(it Item) bool { return it.Kind == KindSecrets }
	part := func() *Report {
		t.Helper()
		r, err := VerifyPartFS(t.Context(), os.DirFS(dir), Trust{Keys: v.Keys()}, isSecret, nil)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if r := part(); r.Outcome != Verified || r.Withheld != 0 || r.Items != 4 {
		t.Errorf("whole: got %+v", r)
	}
	check(t, os.Remove(filepath.Join(dir, "tls-secrets.age")))
	if r := part(); r.Outcome != Verified || r.Withheld != 1 || r.Items != 3 {
		t.Errorf("without the secrets: got %+v", r)
	}
	r, err := VerifyFolder(t.Context(), dir, Trust{Keys: v.Keys()}, nil)
	check(t, err)
	wantFindings(t, r, "tls-secrets.age: "+ItemMissing)

	check(t, os.Mkdir(filepath.Join(dir, "tls-secrets.age"), 0o700))
	wantFindings(t, part(), "tls-secrets.age: "+ItemType)
	check(t, os.Remove(filepath.Join(dir, "dom.html")))
	wantFindings(t, part(), "tls-secrets.age: "+ItemType, "dom.html: "+ItemMissing)
}
