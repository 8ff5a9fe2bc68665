package custody

import (
	"bytes"
	"crypto/ed25519"
	"encoding/pem"
	"os"
	osexec "os/exec"
	"path/filepath"
	"testing"

	"golang.org/x/crypto/ssh"
)

// sshKey is a key of the tests: the seed is 32 times the same byte.
func sshKey(b byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{b}, ed25519.SeedSize))
}

func TestSSH(t *testing.T) {
	key, message := sshKey(1), []byte("a list of digests\n")
	pub := key.Public().(ed25519.PublicKey)
	sig, err := SignSSH(key, "bundle", message)
	if err != nil {
		t.Fatal(err)
	}
	if err := VerifySSH(pub, "bundle", message, sig); err != nil {
		t.Error(err)
	}
	other := sshKey(2).Public().(ed25519.PublicKey)
	for name, err := range map[string]error{
		"other key":       VerifySSH(other, "bundle", message, sig),
		"other namespace": VerifySSH(pub, "file", message, sig),
		"other message":   VerifySSH(pub, "bundle", append(message, '\n'), sig),
		"more":            VerifySSH(pub, "bundle", message, append(bytes.Clone(sig), '\n')),
		"nothing":         VerifySSH(pub, "bundle", message, nil),
	} {
		if err == nil {
			t.Errorf("%s: got no error", name)
		}
	}
	for i := range sig {
		bad := bytes.Clone(sig)
		bad[i] ^= 1
		if VerifySSH(pub, "bundle", message, bad) == nil {
			t.Errorf("a signature with another byte %d is taken", i)
		}
	}
}

// TestSSHKeygen has OpenSSH verify our signature, and verifies one of its own.
func TestSSHKeygen(t *testing.T) {
	dir, key := t.TempDir(), sshKey(1)
	message := []byte("a list of digests\n")
	sig, err := SignSSH(key, "bundle", message)
	if err != nil {
		t.Fatal(err)
	}
	pub, err := ssh.NewPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	private, err := ssh.MarshalPrivateKey(key, "")
	if err != nil {
		t.Fatal(err)
	}
	file := func(name string, content []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	signers := file("signers", append([]byte("vault "), ssh.MarshalAuthorizedKey(pub)...))
	run := func(args ...string) ([]byte, error) {
		cmd := osexec.CommandContext(t.Context(), "ssh-keygen", args...)
		cmd.Stdin = bytes.NewReader(message)
		return cmd.CombinedOutput()
	}
	if out, err := run("-Y", "verify", "-f", signers, "-I", "vault", "-n", "bundle", "-s", file("sig", sig)); err != nil {
		t.Errorf("ssh-keygen: %v\n%s", err, out)
	}
	data := file("data", message)
	if out, err := run("-Y", "sign", "-n", "bundle", "-f", file("key", pem.EncodeToMemory(private)), data); err != nil {
		t.Fatalf("ssh-keygen: %v\n%s", err, out)
	}
	theirs, err := os.ReadFile(data + ".sig")
	if err != nil {
		t.Fatal(err)
	}
	// They are the same but for the breaks of the lines.
	if !bytes.Equal(flat(theirs), flat(sig)) {
		t.Errorf("got signature\n%s\nssh-keygen makes\n%s", sig, theirs)
	}
}

func flat(b []byte) []byte { return bytes.ReplaceAll(b, []byte("\n"), nil) }

func FuzzVerifySSH(f *testing.F) {
	key, message := sshKey(1), []byte("x")
	sig, err := SignSSH(key, "bundle", message)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sig)
	f.Fuzz(func(t *testing.T, b []byte) {
		if VerifySSH(key.Public().(ed25519.PublicKey), "bundle", message, b) == nil && !bytes.Equal(b, sig) {
			t.Errorf("another signature is taken: %q", b)
		}
	})
}
