package bundle

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"pugmark/evidence"
	"pugmark/evidence/canon"
	"pugmark/evidence/custody"
)

// vaultKey is the vault's signing key, which its holder can get at.
var vaultKey = sync.OnceValues(func() (ed25519.PrivateKey, error) {
	f, err := os.Open(filepath.Join(sample.vault.Dir(), "key.age"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	id, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return nil, err
	}
	r, err := age.Decrypt(f, id)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(b)
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	return key.(ed25519.PrivateKey), nil
})

func vaultSigner(t testing.TB) note.Signer {
	t.Helper()
	key, err := vaultKey()
	if err != nil {
		t.Fatal(err)
	}
	s, err := custody.NewSigner("pugmark/"+sample.vault.Info().ID.String(), key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// rewrite makes a log of other events than the vault's, signed with its key,
// and an extract of the case's and of those that are foreign.
func rewrite(t testing.TB, change func(*custody.Event), foreign ...int64) *custody.Extract {
	t.Helper()
	events, err := sample.vault.Events(t.Context(), custody.Filter{Limit: 12})
	check(t, err)
	m := new(memory)
	for i := range events {
		change(&events[i])
		body, err := events[i].Encode()
		check(t, err)
		hs, err := tlog.StoredHashes(int64(i), body, m)
		check(t, err)
		m.hashes = append(m.hashes, hs...)
	}
	size := int64(len(events))
	head, err := tlog.TreeHash(size, m)
	check(t, err)
	signer := vaultSigner(t)
	c := custody.Checkpoint{Origin: signer.Name(), Size: size, Root: canon.Digest(head)}
	signed, err := note.Sign(&note.Note{Text: c.Text()}, signer)
	check(t, err)
	x := &custody.Extract{Format: custody.ExtractFormat, Version: custody.ExtractVersion, Checkpoint: string(signed)}
	for _, e := range events {
		if e.Case != "OP-1" && !slices.Contains(foreign, e.Seq) {
			continue
		}
		p, err := tlog.ProveRecord(size, e.Seq, m)
		check(t, err)
		proof := make(custody.Proof, len(p))
		for i, h := range p {
			proof[i] = canon.Digest(h)
		}
		x.Events = append(x.Events, custody.Proven{Event: e, Proof: proof})
	}
	return x
}

// rebuild makes the sample anew from another extract, as well as it can be
// done.
func rebuild(t testing.TB, x *custody.Extract) bag {
	t.Helper()
	b := sampleBag(t)
	s := &sources{extract: x}
	for exhibit := 1; exhibit <= 2; exhibit++ {
		c := &capture{folder: filepath.Base(captureFolder(t, exhibit))}
		var err error
		if c.manifest, err = evidence.ParseManifest(b[c.path()+"/manifest.json"]); err != nil {
			t.Fatal(err)
		}
		if c.seal, err = evidence.ParseSeal(b[c.path()+"/seal.json"]); err != nil {
			t.Fatal(err)
		}
		s.captures = append(s.captures, c)
	}
	var err error
	if s.keys, err = parseKeys(b[keysFile]); err != nil {
		t.Fatal(err)
	}
	if err := s.open(s.keys.Keys, s.keys.verifiers()); err != nil {
		t.Fatal(err)
	}
	derived, _, err := s.derive()
	if err != nil {
		t.Fatal(err)
	}
	for path, content := range derived {
		b[path] = content
	}
	if b[custodyFile], err = x.Encode(); err != nil {
		t.Fatal(err)
	}
	i := &bagInfo{agent: evidence.Tool, date: baggingDate(b), ref: "OP-1", organisations: organisations(s.captures)}
	for path, content := range b {
		if strings.HasPrefix(path, payload) {
			i.files++
			i.octets += int64(len(content))
		}
	}
	b[infoFile] = i.format()
	b.relist()
	return b
}

// baggingDate returns the day on which a bag was made.
func baggingDate(b bag) string {
	_, after, _ := strings.Cut(string(b[infoFile]), "Bagging-Date: ")
	day, _, _ := strings.Cut(after, "\n")
	return day
}

// TestRewrittenLog has the holder of the key write another past.
func TestRewrittenLog(t *testing.T) {
	same := rebuild(t, rewrite(t, unchanged))
	wantFindings(t, same.verify(t))

	late := rebuild(t, rewrite(t, func(e *custody.Event) {
		if e.Action == custody.VaultCreated {
			e.Time = e.Time.Add(time.Hour)
		}
	}))
	wantFindings(t, late.verify(t),
		captureFolder(t, 1)+"/seal.json: "+custody.LogRewritten, captureFolder(t, 2)+"/seal.json: "+custody.LogRewritten)

	other := rebuild(t, rewrite(t, func(e *custody.Event) {
		if e.Action == custody.CaptureSealed && e.Details["exhibit"] == "2" && e.Case == "OP-1" {
			e.Reason = "another"
		}
	}))
	wantFindings(t, other.verify(t), captureFolder(t, 2)+"/seal.json: "+evidence.SealLog)
}

// TestForeignEvent has events of another case, and of none, in the extract.
func TestForeignEvent(t *testing.T) {
	x := rewrite(t, unchanged, 1, 6)
	wantFindings(t, rebuild(t, x).verify(t), custodyFile+"#1: "+EventForeign, custodyFile+"#6: "+EventForeign,
		indexFile+": "+RecordDiffers, custodyPage+": "+RecordDiffers)
}

func unchanged(*custody.Event) {}

// TestReordered has the extract's events in another order.
func TestReordered(t *testing.T) {
	x := rewrite(t, unchanged)
	x.Events[3], x.Events[4] = x.Events[4], x.Events[3]
	wantFindings(t, rebuild(t, x).verify(t), custodyFile+"#8: "+custody.EventReordered)
}

// TestTwoSignatures adds a signature by nobody known to each checkpoint.
func TestTwoSignatures(t *testing.T) {
	second := "— someone " + strings.Repeat("A", 96) + "\n"
	x := rewrite(t, unchanged)
	x.Checkpoint += second
	wantFindings(t, rebuild(t, x).verify(t), custodyFile+": "+custody.CheckpointMalformed)

	b, seal := sampleBag(t), captureFolder(t, 1)+"/seal.json"
	b.replace(t, seal, `\n","event"`, `\n`+strings.TrimSuffix(second, "\n")+`\n","event"`)
	b.relist()
	wantFindings(t, b.verify(t), seal+": "+custody.CheckpointMalformed)
}

// TestStrangeKeys has keys in keys.json that didn't sign, and lacks one that
// did.
func TestStrangeKeys(t *testing.T) {
	pub, _, err := ed25519.GenerateKey(nil)
	check(t, err)
	vkey, err := custody.VerifierKey("pugmark/other", pub)
	check(t, err)
	b := sampleBag(t)
	k, err := parseKeys(b[keysFile])
	if err != nil {
		t.Fatal(err)
	}
	more, err := newKeys(append(k.Keys, evidence.Key{VKey: vkey}), []string{vkey, k.Keys[0].VKey})
	check(t, err)
	b[keysFile], err = encode(keysFile, more)
	check(t, err)
	b.relist()
	wantFindings(t, b.verify(t), keysFile+": "+KeyUnused, guideFile+": "+RecordDiffers, indexFile+": "+RecordDiffers,
		keysPrefix+keyHash(vkey)+".pem: "+FileMissing, signersFile+": "+RecordDiffers)

	other, err := newKeys(evidence.KeyRing{{VKey: vkey}}, []string{vkey})
	check(t, err)
	b[keysFile], err = encode(keysFile, other)
	check(t, err)
	b.relist()
	wantFindings(t, b.verify(t), custodyFile+": "+custody.CheckpointSignature)
}

// TestRetiredKey verifies with a key that was retired before the events.
func TestRetiredKey(t *testing.T) {
	k := sample.vault.Keys()[0]
	at := k.Added.Add(-time.Hour)
	k.Retired = &at
	r, err := verifyBytes(t, sample.bytes, evidence.KeyRing{k})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{captureFolder(t, 1) + "/seal.json: " + evidence.KeyRetired, captureFolder(t, 2) + "/seal.json: " + evidence.KeyRetired}
	for _, seq := range []int{2, 4, 5, 8, 9, 10, 11} {
		want = append(want, fmt.Sprintf("%s#%d: %s", custodyFile, seq, evidence.KeyRetired))
	}
	wantFindings(t, r, want...)
}
