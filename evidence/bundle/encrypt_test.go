package bundle

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
	"filippo.io/age/agessh"

	"pugmark/evidence"
	"pugmark/evidence/canon"
)

// keyPair is somebody that a bundle can be encrypted to.
type keyPair struct {
	recipient Recipient
	identity  age.Identity
	file      string // of the private key, as the program age takes it
}

// newAgeKey makes a key of age with age-keygen.
func newAgeKey(t *testing.T) keyPair {
	t.Helper()
	file := filepath.Join(t.TempDir(), "key.txt")
	run(t, "age-keygen", "-o", file)
	b, err := os.ReadFile(file)
	check(t, err)
	ids, err := age.ParseIdentities(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	r, err := ParseRecipient(ids[0].(*age.X25519Identity).Recipient().String())
	check(t, err)
	return keyPair{r, ids[0], file}
}

// newSSHKey makes a key of SSH with ssh-keygen.
func newSSHKey(t *testing.T, kind string) keyPair {
	t.Helper()
	file := filepath.Join(t.TempDir(), "id")
	run(t, "ssh-keygen", "-q", "-t", kind, "-N", "", "-C", "officer@unit", "-f", file)
	private, err := os.ReadFile(file)
	check(t, err)
	public, err := os.ReadFile(file + ".pub")
	check(t, err)
	id, err := agessh.ParseIdentity(private)
	check(t, err)
	r, err := ParseRecipient(string(public))
	check(t, err)
	return keyPair{r, id, file}
}

// run runs a program, which must succeed, and returns its output.
func run(t testing.TB, name string, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, &errs)
	}
	return out.String()
}

// exportTo exports the case of a test to recipients.
func exportTo(t *testing.T, ref string, to ...Recipient) *Result {
	t.Helper()
	path := filepath.Join(t.TempDir(), DefaultName(ref, sample.vault.Info().Created)+EncryptedSuffix)
	r, err := Export(t.Context(), sample.vault, Options{Case: ref, Path: path, Recipients: to}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestEncrypted exports to keys of all kinds at once. Each of them, and nobody
// else, can verify the bundle, and decrypt it with the program age.
func TestEncrypted(t *testing.T) {
	ref := newCase(t)
	keys := []keyPair{newAgeKey(t), newSSHKey(t, "ed25519"), newSSHKey(t, "rsa")}
	var to []Recipient
	for _, k := range keys {
		to = append(to, k.recipient)
	}
	r := exportTo(t, ref, to...)
	b, err := os.ReadFile(r.Path)
	check(t, err)
	if r.SHA256 != canon.Sum(b) || r.Bytes != int64(len(b)) || r.Zip == r.SHA256 {
		t.Errorf("got result %+v", r)
	}
	e := exports(t, ref)
	if len(e) != 1 || e[0].Digest != r.SHA256 || e[0].Details["zip"] != r.Zip.String() || e[0].Details["recipients"] != namesOf(to) {
		t.Errorf("got events %+v", e)
	}
	for _, k := range keys {
		wantVerified(t, r.Path, k.identity)
		if plain := run(t, "age", "-d", "-i", k.file, r.Path); canon.Sum([]byte(plain)) != r.Zip {
			t.Errorf("%s: age decrypts to something else", k.recipient.Name)
		}
	}
	header, err := age.ExtractHeader(bytes.NewReader(b))
	check(t, err)
	if n := bytes.Count(header, []byte("\n-> ")); n != len(keys) {
		t.Errorf("got %d recipients in the file, want %d", n, len(keys))
	}
	_, err = Verify(t.Context(), r.Path, VerifyOptions{}, nil)
	wantErr(t, err, ErrEncrypted)
	_, err = Verify(t.Context(), r.Path, VerifyOptions{Identities: []age.Identity{newAgeKey(t).identity}}, nil)
	wantErr(t, err, ErrWrongIdentity)
	wantEncryption(t, r.Path, ToRecipients)
}

func wantVerified(t *testing.T, path string, identity age.Identity) {
	t.Helper()
	o := VerifyOptions{Trust: evidence.Trust{Keys: sample.vault.Keys()}, Identities: []age.Identity{identity}}
	if got, err := Verify(t.Context(), path, o, nil); err != nil || got.Outcome != evidence.Verified || got.Captures != 1 {
		t.Errorf("got report %+v, %v", got, err)
	}
	if c, err := Open(t.Context(), path, identity); err != nil || len(c.Captures) != 1 {
		t.Errorf("got contents %+v, %v", c, err)
	}
}

func wantEncryption(t *testing.T, path string, want Encryption) {
	t.Helper()
	if got, err := EncryptionOf(path); err != nil || got != want {
		t.Errorf("got encryption %q, %v, want %q", got, err, want)
	}
}

func TestPassphrase(t *testing.T) {
	ref := newCase(t)
	to, err := PassphraseRecipient("four words of mine")
	if err != nil {
		t.Fatal(err)
	}
	r := exportTo(t, ref, to)
	if got := exports(t, ref)[0].Details["recipients"]; got != "passphrase" {
		t.Errorf("got recipients %q", got)
	}
	right, err := age.NewScryptIdentity("four words of mine")
	check(t, err)
	wrong, err := age.NewScryptIdentity("four words of others")
	check(t, err)
	wantVerified(t, r.Path, right)
	_, err = Open(t.Context(), r.Path, wrong)
	wantErr(t, err, ErrWrongIdentity)
	wantEncryption(t, r.Path, ToPassphrase)
	wantEncryption(t, sample.result.Path, Plain)

	o := Options{Case: ref, Path: r.Path + "2", Recipients: []Recipient{to, newAgeKey(t).recipient}}
	if _, err := Export(t.Context(), sample.vault, o, nil); err == nil || !strings.Contains(err.Error(), "no other recipient") {
		t.Errorf("got error %v", err)
	}
	if _, err := PassphraseRecipient(""); err == nil {
		t.Error("an empty passphrase was taken")
	}
}

// TestEncryptedDamage changes or cuts an encrypted bundle: none of it may be
// taken for the bundle that it was.
func TestEncryptedDamage(t *testing.T) {
	k := newAgeKey(t)
	r := exportTo(t, newCase(t), k.recipient)
	b, err := os.ReadFile(r.Path)
	check(t, err)
	o := VerifyOptions{Trust: evidence.Trust{Keys: sample.vault.Keys()}, Identities: []age.Identity{k.identity}}
	path := filepath.Join(t.TempDir(), "damaged.age")
	damaged := func(what string, b []byte) {
		check(t, os.WriteFile(path, b, 0o600))
		if r, err := Verify(t.Context(), path, o, nil); err == nil && r.Outcome != evidence.FailedVerification {
			t.Errorf("%s: got outcome %q", what, r.Outcome)
		}
	}
	for i := 0; i < len(b); i += 1 + len(b)/200 {
		c := bytes.Clone(b)
		c[i] ^= 1
		damaged("flipped", c)
		damaged("cut", b[:i])
	}
	damaged("prolonged", append(bytes.Clone(b), 0))
}

func TestParseRecipient(t *testing.T) {
	for _, text := range []string{
		"", "age1", "ssh-ed25519", "ssh-dss AAAAB3NzaC1kc3MAAACBAJ", "AGE-SECRET-KEY-1", "someone@example.org",
		newAgeKey(t).recipient.Name + "\n" + newAgeKey(t).recipient.Name,
	} {
		if r, err := ParseRecipient(text); err == nil {
			t.Errorf("%q: got %+v", text, r)
		}
	}
}
