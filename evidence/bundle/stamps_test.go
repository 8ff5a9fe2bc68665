package bundle

import (
	"bytes"
	"crypto/x509"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"pugmark/evidence"
	"pugmark/evidence/tsa"
	"pugmark/evidence/tsa/tsatest"
)

// stampedBag makes, once, a bundle of three captures in a vault that asks two
// authorities, of which it trusts the root of one. The first capture has a
// renewal, the third no response at all.
var stampedBag = sync.OnceValue(func() func(testing.TB) (bag, evidence.Trust) {
	var zipped []byte
	var trust evidence.Trust
	var once sync.Once
	return func(t testing.TB) (bag, evidence.Trust) {
		once.Do(func() { zipped, trust = makeStamped(t) })
		return unzip(t, zipped), trust
	}
})()

func makeStamped(t testing.TB) ([]byte, evidence.Trust) {
	t.Helper()
	v, err := newVault(t.Context(), filepath.Join(t.TempDir(), "vault"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { check(t, v.Close()); check(t, removeAll(v.Dir())) }()
	known, unknown := newAuthority(t, v, "known"), newAuthority(t, v, "unknown")
	if _, err := v.AddRoots(t.Context(), []*x509.Certificate{known.Root}); err != nil {
		t.Fatal(err)
	}
	stampStart := func(s *evidence.Staging) error { return s.Timestamp(t.Context()) }
	for _, address := range []string{"https://example.org/1", "https://example.org/2"} {
		check(t, addCaptureWith(t.Context(), v, "OP-1", address, stampStart))
	}
	check(t, addCapture(t.Context(), v, "OP-1", "https://example.org/3"))
	for _, name := range []string{"OP-1/1", "OP-1/2"} {
		c, err := v.Capture(t.Context(), name)
		check(t, err)
		if _, err := v.Timestamp(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		if name == "OP-1/1" {
			if _, err := v.Renew(t.Context(), c, time.Now().AddDate(20, 0, 0)); err != nil {
				t.Fatal(err)
			}
		}
	}
	trust, err := v.Trust(t.Context())
	check(t, err)
	path := filepath.Join(t.TempDir(), "x.pugmark.zip")
	r, err := Export(t.Context(), v, Options{Case: "OP-1", Path: path}, nil)
	if err != nil || r.Report.Outcome != evidence.Verified || r.Report.Fences[2].NotAfter != nil {
		t.Fatalf("got %+v, %v; known %q, unknown %q", r, err, known.RootFile, unknown.RootFile)
	}
	b, err := os.ReadFile(path)
	check(t, err)
	return b, trust
}

// newAuthority has a vault ask a new authority.
func newAuthority(t testing.TB, v *evidence.Vault, name string) *tsatest.Authority {
	t.Helper()
	a, err := tsatest.New(t.TempDir(), name, time.Now().AddDate(9, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(a)
	t.Cleanup(server.Close)
	check(t, v.AddAuthority(t.Context(), tsa.Authority{Name: name, URL: server.URL}))
	return a
}

func (b bag) verifyFor(t testing.TB, trust evidence.Trust) *evidence.Report {
	t.Helper()
	z := b.zip(t)
	r, err := verify(t.Context(), bytes.NewReader(z), int64(len(z)), VerifyOptions{Trust: trust}, &meter{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// find returns the path in the bag of a file of a capture, by exhibit number.
func (b bag) find(t testing.TB, exhibit, name string) string {
	t.Helper()
	for path := range b {
		if strings.HasPrefix(path, capturesPrefix+"000"+exhibit+"_") && strings.HasSuffix(path, "/"+name) {
			return path
		}
	}
	t.Fatalf("no file %q in capture %s", name, exhibit)
	return ""
}

func TestStampedBundle(t *testing.T) {
	b, trust := stampedBag(t)
	for _, name := range []string{"before-1", "before-2", "after-1", "after-2", "after-1.renewal-1", "after-2.renewal-1"} {
		b.find(t, "1", "timestamps/"+name+".tsr")
	}
	r := b.verifyFor(t, trust)
	wantFindings(t, r)
	if r.Outcome != evidence.Verified || len(r.Fences) != 3 || !r.Fences[1].NotBefore.Trusted || r.Fences[1].NotAfter.Authority != "known" {
		t.Errorf("got %+v", r)
	}
	// The sender's roots are no reason to trust them.
	if r := b.verifyFor(t, evidence.Trust{Keys: trust.Keys}); r.Outcome != evidence.IntegrityOnly || !r.Sealed() {
		t.Errorf("got %+v", r)
	}
}

// pageOf returns the path of the page of the capture that a file is in.
func pageOf(file string) string {
	folder, _, _ := strings.Cut(strings.TrimPrefix(file, capturesPrefix), "/")
	return reviewPrefix + folder + ".html"
}

// TestStampedTampered changes responses as a forger would, who makes the bag's
// manifests anew.
func TestStampedTampered(t *testing.T) {
	const first, renewal, before = "timestamps/after-1.tsr", "timestamps/after-1.renewal-1.tsr", "timestamps/before-1.tsr"
	whole, trust := stampedBag(t)
	a, b := whole.find(t, "1", first), whole.find(t, "2", first)
	late, nonce := whole.find(t, "1", renewal), whole.find(t, "1", before)
	folder := strings.TrimSuffix(b, first)
	for name, test := range map[string]struct {
		change func(bag)
		want   []string
	}{
		"dropped":         {func(x bag) { delete(x, b) }, []string{b + ": " + evidence.TimestampMissing}},
		"renewal dropped": {func(x bag) { delete(x, late) }, []string{late + ": " + evidence.TimestampMissing}},
		"swapped": {func(x bag) { x[a], x[b] = x[b], x[a] }, []string{
			a + ": " + tsa.ImprintMismatch, b + ": " + tsa.ImprintMismatch, late + ": " + tsa.ImprintMismatch}},
		"status": {func(x bag) { x[b] = bytes.Clone(x[b]); x[b][8] ^= 1 }, []string{b + ": " + evidence.TimestampLog}},
		"added": {func(x bag) { x[folder+"timestamps/after-3.tsr"] = x[b] }, []string{
			folder + "timestamps/after-3.tsr: " + evidence.TimestampLog}},
		"nonce": {func(x bag) { x.flip(nonce) }, []string{nonce + ": " + evidence.ItemDigest}},
		"roots": {func(x bag) { x[rootsFile] = append([]byte("# mine\n"), x[rootsFile]...) }, []string{rootsFile + ": " + RecordMalformed}},
		"roots dropped": {func(x bag) { delete(x, rootsFile) }, []string{
			guideFile + ": " + RecordDiffers, indexFile + ": " + RecordDiffers, pageOf(a) + ": " + RecordDiffers,
			pageOf(b) + ": " + RecordDiffers}},
	} {
		t.Run(name, func(t *testing.T) {
			x, _ := stampedBag(t)
			test.change(x)
			x.relist()
			wantFindings(t, x.verifyFor(t, trust), test.want...)
		})
	}
}

// TestStampedGuide follows VERIFY.txt word for word, with OpenSSL.
func TestStampedGuide(t *testing.T) {
	b, trust := stampedBag(t)
	dir := b.unpack(t)
	out, ok := byHand(t, dir, commands(b[guideFile]))
	if !ok || !strings.Contains(out, "\n0 checks failed\n") {
		t.Errorf("got\n%s", out)
	}
	stamped := 0
	for line := range strings.Lines(out) {
		if strings.HasPrefix(line, "ok ") && strings.Contains(line, ".tsr is of ") {
			stamped++
		}
	}
	if want := strings.Count(string(b[guideFile]), "\n    openssl ts -verify "); stamped != want || want < 4 {
		t.Errorf("got %d responses verified, want %d\n%s", stamped, want, out)
	}
	if n := strings.Count(string(b[guideFile]), "\nNo root for "); n == 0 {
		t.Error("the guide doesn't tell of responses without a root")
	}
	print := strings.ToUpper(tsa.Fingerprint(trust.Roots[0]).String())
	if !strings.Contains(strings.ReplaceAll(out, ":", ""), print) {
		t.Errorf("got no fingerprint %s in\n%s", print, out)
	}
	first, second := b.find(t, "1", "timestamps/after-1.tsr"), b.find(t, "2", "timestamps/after-1.tsr")
	b[first], b[second] = b[second], b[first]
	b.relist()
	if out, ok := byHand(t, b.unpack(t), commands(b[guideFile])); ok || !failed(out, first) || !failed(out, second) {
		t.Errorf("got\n%s", out)
	}
}
