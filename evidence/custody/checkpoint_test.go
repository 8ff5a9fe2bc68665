package custody

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"pugmark/evidence/canon"
)

// TestCheckpointVector pins the encoding down. The key is that of a seed that
// is 1 and then zeros.
func TestCheckpointVector(t *testing.T) {
	s, key := newKey(t, 1)
	c, err := Checkpoint{Origin: testOrigin, Size: 7, Root: canon.Sum([]byte("root"))}.sign(s)
	if err != nil {
		t.Fatal(err)
	}
	text, signatures, ok := strings.Cut(c.Note, "\n\n")
	if want := "pugmark/test\n7\nSBNJTRN+FjG7owHVrKtue7eqdM4RhdRWVl71HXN2d7I="; !ok || text != want {
		t.Errorf("got text %q, want %q", text, want)
	}
	name, sig, _ := strings.Cut(strings.TrimPrefix(strings.TrimSuffix(signatures, "\n"), "— "), " ")
	raw, err := base64.StdEncoding.DecodeString(sig)
	if err != nil || name != testOrigin || len(raw) != 4+ed25519.SignatureSize {
		t.Errorf("got signature line %q", signatures)
	}
	seed := make([]byte, ed25519.SeedSize)
	seed[0] = 1
	pub := ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
	if !ed25519.Verify(pub, []byte(text+"\n"), raw[4:]) {
		t.Error("the signature isn't that of the text")
	}
	if _, _, err := OpenCheckpoint(c.Note, key); err != nil {
		t.Error(err)
	}
}

// TestCheckpointCosigned adds the signature of a witness.
func TestCheckpointCosigned(t *testing.T) {
	s, key := newKey(t, 1)
	witness, err := NewSigner("witness.example", ed25519.NewKeyFromSeed(bytes.Repeat([]byte{9}, 32)))
	check(t, err)
	c, err := Checkpoint{Origin: testOrigin, Size: 7}.sign(s)
	check(t, err)
	n, err := note.Open([]byte(c.Note), note.VerifierList(key))
	check(t, err)
	both, err := note.Sign(n, witness)
	check(t, err)
	for _, v := range []note.Verifier{key, witness.(*signer).Verifier} {
		if _, by, err := OpenCheckpoint(string(both), v); err != nil || by != v {
			t.Errorf("%s: got %v, %v", v.Name(), by, err)
		}
	}
}

// TestCheckpointFlip flips each bit of a checkpoint.
func TestCheckpointFlip(t *testing.T) {
	s, key := newKey(t, 1)
	c, err := Checkpoint{Origin: testOrigin, Size: 7, Root: canon.Sum(nil)}.sign(s)
	check(t, err)
	b := []byte(c.Note)
	for i := range b {
		for bit := range 8 {
			b[i] ^= 1 << bit
			if _, _, err := OpenCheckpoint(string(b), key); err == nil {
				t.Errorf("bit %d of byte %d doesn't count: %q", bit, i, b)
			}
			b[i] ^= 1 << bit
		}
	}
}

func TestCheckpointRefuses(t *testing.T) {
	const root = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
	if _, err := ParseCheckpoint("o\n7\n" + root + "\n\n"); err != nil {
		t.Error(err)
	}
	for _, text := range []string{
		"", "\n\n", "o\n7\n\n", "o\n7\n" + root + "\n", "\n7\n" + root + "\n\n", "o\n07\n" + root + "\n\n", "o\n+7\n" + root + "\n\n",
		"o\n-1\n" + root + "\n\n", "o\n99999999999999999999\n" + root + "\n\n", "o\n4611686018427387904\n" + root + "\n\n", "o\n7\nAAAA\n\n", "o\n7\n" + root + "\nmore\n\n",
		"o\n7\n" + strings.Replace(root, "A=", "B=", 1) + "\n\n", "o\r\n7\n" + root + "\r\n\n", strings.Repeat("o", maxNote) + "\n7\n" + root + "\n\n",
	} {
		if c, err := ParseCheckpoint(text); err == nil {
			t.Errorf("%q: got %+v", text, c)
		}
	}
	s, key := newKey(t, 1)
	_, other := newKey(t, 2)
	c, err := Checkpoint{Origin: testOrigin, Size: 7}.sign(s)
	check(t, err)
	for _, keys := range [][]note.Verifier{nil, {other}, {key, key}} {
		if _, _, err := OpenCheckpoint(c.Note, keys...); !errors.Is(err, ErrSignature) {
			t.Errorf("got error %v, want %v", err, ErrSignature)
		}
	}
}

func TestParseKey(t *testing.T) {
	_, key := newKey(t, 1)
	seed := make([]byte, ed25519.SeedSize)
	seed[0] = 1
	vkey, err := VerifierKey(testOrigin, ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey))
	check(t, err)
	got, err := ParseKey(vkey)
	if err != nil || got.Name() != key.Name() || got.KeyHash() != key.KeyHash() {
		t.Errorf("got %v, %v", got, err)
	}
	name, rest, _ := strings.Cut(vkey, "+")
	for _, text := range []string{"", "x", vkey + "A", name + "+" + strings.ToUpper(rest[:8]) + rest[8:], "other+" + rest, vkey[:len(vkey)-1]} {
		if _, err := ParseKey(text); err == nil {
			t.Errorf("%q: no error", text)
		}
	}
}

// FuzzParseEvent checks that an event has one encoding.
func FuzzParseEvent(f *testing.F) {
	e := testEvent(3)
	e.Details = map[string]string{"exhibit": "1", "é": "\u2028"}
	e.Digest = canon.Sum(nil)
	b, err := e.Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(`{"action":"verified","seq":0,"time":"2026-11-24T08:00:00Z"}`))
	f.Add([]byte(`{"action":"verified","details":{},"seq":0,"time":"2026-11-24T08:00:00+01:00"}`))
	f.Add([]byte(`{"action":"verified","seq":9007199254740993,"time":"2026-11-24T08:00:00.10Z"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := ParseEvent(b)
		if err != nil {
			return
		}
		again, err := e.Encode()
		if err != nil || !bytes.Equal(again, b) {
			t.Errorf("got %q, %v, want %q", again, err, b)
		}
	})
}

// FuzzParseCheckpoint checks that a checkpoint has one encoding.
func FuzzParseCheckpoint(f *testing.F) {
	s, _ := newKey(f, 1)
	c, err := Checkpoint{Origin: testOrigin, Size: 7, Root: canon.Sum(nil)}.sign(s)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(c.Note)
	f.Add("o\n7\nAAAA\n\n")
	f.Fuzz(func(t *testing.T, signed string) {
		c, err := ParseCheckpoint(signed)
		if err != nil {
			return
		}
		if !strings.HasPrefix(signed, c.Text()+"\n") {
			t.Errorf("got text %q of %q", c.Text(), signed)
		}
	})
}

// FuzzParseExtract checks that verification withstands any extract.
func FuzzParseExtract(f *testing.F) {
	_, l := newLog(f, 5, 5)
	x, err := l.Extract(f.Context(), "OP-0")
	if err != nil {
		f.Fatal(err)
	}
	b, err := x.Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	_, key := newKey(f, 1)
	f.Fuzz(func(t *testing.T, b []byte) {
		x, err := ParseExtract(b)
		if err != nil {
			return
		}
		x.Verify("x", key)
		if again, err := x.Encode(); err != nil || !bytes.Equal(again, b) {
			t.Errorf("got %q, %v, want %q", again, err, b)
		}
	})
}

// FuzzParseCheckpoints checks that checkpoints that were pinned are read as they
// stand.
func FuzzParseCheckpoints(f *testing.F) {
	s, _ := newKey(f, 1)
	c, err := Checkpoint{Origin: testOrigin, Size: 7, Root: canon.Sum(nil)}.sign(s)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(c.Note + c.Note)
	f.Add("\n" + c.Note + "\n\n" + c.Note)
	f.Add(c.Note[:len(c.Note)-1])
	f.Fuzz(func(t *testing.T, text string) {
		found, err := ParseCheckpoints(text)
		if err != nil {
			return
		}
		rest := text
		for _, c := range found {
			before, after, ok := strings.Cut(rest, c.Note)
			if !ok || strings.Trim(before, "\n") != "" {
				t.Fatalf("got checkpoint %q of %q", c.Note, rest)
			}
			rest = after
		}
		if strings.Trim(rest, "\n") != "" {
			t.Errorf("%q was passed over", rest)
		}
	})
}
