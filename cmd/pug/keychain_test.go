package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/zalando/go-keyring"

	"pugmark/evidence"
)

// TestKeychain keeps a passphrase in a keychain that is made up, and has it used,
// replaced and removed.
func TestKeychain(t *testing.T) {
	keyring.MockInit()
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	t.Setenv(passphraseEnv, "")
	dir := filepath.Join(t.TempDir(), "vault")
	if err := newVault(dir); err != nil {
		t.Fatal(err)
	}
	v, err := evidence.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	var log bytes.Buffer
	a := &app{console: &console{log: &log}, stdin: new(bytes.Buffer)}
	if _, ok := a.remembered(v); ok {
		t.Error("an empty keychain has a passphrase")
	}
	for _, p := range []string{"another", passphrase} {
		if err := remember(v, p); err != nil {
			t.Fatal(err)
		}
		if got, ok := a.remembered(v); !ok || got != p {
			t.Errorf("got passphrase %q, %v, want %q", got, ok, p)
		}
	}
	if err := a.unlock(t.Context(), v); err != nil {
		t.Errorf("unlocking with the keychain: %v", err)
	}
	for range 2 { // that there is none is no failure
		if err := forget(v); err != nil {
			t.Error(err)
		}
	}
	if _, ok := a.remembered(v); ok {
		t.Error("the keychain still has the passphrase")
	}
	if log.Len() > 0 && bytes.Contains(log.Bytes(), []byte("warning")) {
		t.Errorf("got %s", log.Bytes())
	}
	if left, err := os.ReadDir(filepath.Join(os.Getenv("XDG_CONFIG_HOME"), "pugmark", "keychain")); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}
