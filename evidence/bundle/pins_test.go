package bundle

import (
	"fmt"
	"path/filepath"
	"testing"

	"pugmark/evidence"
	"pugmark/evidence/custody"
)

// rotated is a bundle of a case with captures by two keys of a vault, and what
// its log was before.
func rotated(t *testing.T) (path string, v *evidence.Vault, heads []custody.Checkpoint) {
	t.Helper()
	ctx := t.Context()
	v, err := newVault(ctx, filepath.Join(t.TempDir(), "vault"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { check(t, v.Close()); check(t, removeAll(v.Dir())) })
	head := func() {
		c, whole, err := v.Head(ctx)
		if err != nil || !whole {
			t.Fatalf("got head %+v, whole %v, %v", c, whole, err)
		}
		heads = append(heads, c)
	}
	check(t, addCapture(ctx, v, "OP-1", "https://example.org/1"))
	head()
	_, err = v.RotateKey(ctx, passphrase, "")
	check(t, err)
	head()
	check(t, addCapture(ctx, v, "OP-1", "https://example.org/2"))
	check(t, addCapture(ctx, v, "OP-2", "https://secret.example/"))
	head()
	path = filepath.Join(t.TempDir(), "x.pugmark.zip")
	if _, err := Export(ctx, v, Options{Case: "OP-1", Path: path}, nil); err != nil {
		t.Fatal(err)
	}
	head()
	return path, v, heads
}

// TestRotated verifies a bundle by two keys, with both trusted and with the old
// one alone.
func TestRotated(t *testing.T) {
	path, v, _ := rotated(t)
	for n, want := range []evidence.Outcome{evidence.IntegrityOnly, evidence.IntegrityOnly, evidence.Verified} {
		r, err := Verify(t.Context(), path, VerifyOptions{Trust: evidence.Trust{Keys: v.Keys()[:n]}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		wantFindings(t, r)
		if r.Outcome != want || len(r.Signers) != 2 {
			t.Errorf("with %d keys: got %q by %+v, want %q", n, r.Outcome, r.Signers, want)
		}
	}
}

// TestVerifyAgainst holds bundles against checkpoints of their log, of one that
// went another way, and of others.
func TestVerifyPins(t *testing.T) {
	path, v, heads := rotated(t)
	afterCapture, afterRotation, atExport, afterExport := heads[0], heads[1], heads[2], heads[3]
	foreign, err := sample.vault.LatestCheckpoint(t.Context())
	check(t, err)
	against := func(path string, pins ...custody.Checkpoint) (*evidence.Report, error) {
		return Verify(t.Context(), path, VerifyOptions{Trust: evidence.Trust{Keys: v.Keys()}, Pins: pins}, nil)
	}
	r, err := against(path, afterCapture, atExport)
	if err != nil {
		t.Fatal(err)
	}
	wantFindings(t, r)
	for _, pin := range []custody.Checkpoint{afterRotation, afterExport} {
		_, err = against(path, pin)
		wantErr(t, err, ErrUnproven)
	}
	r, err = against(path, foreign)
	if err != nil {
		t.Fatal(err)
	}
	wantFindings(t, r, fmt.Sprintf("pinned/%d: log-foreign", foreign.Size))
	forged := atExport
	forged.Note = foreign.Note
	_, err = against(path, forged)
	wantErr(t, err, custody.ErrSignature)
	rewritten := atExport
	rewritten.Root[0] ^= 1 // as if signed by the key's holder
	if r, err = against(path, rewritten); err != nil {
		t.Fatal(err)
	}
	wantFindings(t, r, "pinned/12: log-rewritten")
}
