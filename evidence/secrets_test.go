package evidence

import (
	"bytes"
	"errors"
	"io"
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
