package evidence

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pugmark/evidence/canon"
	"pugmark/evidence/custody"
	"pugmark/evidence/tsa"
	"pugmark/evidence/tsa/tsatest"
)

// inYears is a time that is years from now.
func inYears(n int) time.Time { return time.Now().AddDate(n, 0, 0) }

func newAuthority(t testing.TB, name string, until time.Time) *tsatest.Authority {
	t.Helper()
	a, err := tsatest.New(t.TempDir(), name, until)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// addAuthority has the vault ask whoever answers.
func addAuthority(t testing.TB, v *Vault, name string, h http.Handler) {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	check(t, v.AddAuthority(t.Context(), tsa.Authority{Name: name, URL: server.URL}))
}

// newStampedVault makes a vault that asks an authority, of which it trusts the
// root.
func newStampedVault(t testing.TB) (*Vault, *tsatest.Authority) {
	t.Helper()
	v, a := newVault(t), newAuthority(t, "Test TSA", inYears(9))
	addAuthority(t, v, "test", a)
	trustRoot(t, v, a)
	return v, a
}

func trustRoot(t testing.TB, v *Vault, a *tsatest.Authority) {
	t.Helper()
	if _, err := v.AddRoots(t.Context(), certificates([]Root{{Certificate: a.Root}})); err != nil {
		t.Fatal(err)
	}
}

// sealStamped makes a capture of which the start was stamped.
func sealStamped(t testing.TB, v *Vault, address string) Capture {
	t.Helper()
	s := stage(t, v, address)
	check(t, s.Timestamp(t.Context()))
	sealed, err := s.Seal(t.Context(), acquisition(address))
	if err != nil {
		t.Fatal(err)
	}
	return sealed.Capture
}

// fenced makes a capture that is stamped on both sides.
func fenced(t testing.TB, v *Vault, address string) Capture {
	t.Helper()
	c := sealStamped(t, v, address)
	if _, err := v.Timestamp(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	return c
}

func trustOf(t testing.TB, v *Vault) Trust {
	t.Helper()
	trust, err := v.Trust(t.Context())
	check(t, err)
	return trust
}

func TestFence(t *testing.T) {
	v, _ := newStampedVault(t)
	begun := time.Now()
	c := fenced(t, v, "https://example.org/1")
	before := snapshot(t, c.Dir)
	r := verify(t, v)
	wantFindings(t, r)
	if r.Outcome != Verified || len(r.Fences) != 1 {
		t.Fatalf("got %+v", r)
	}
	f := r.Fences[0]
	if f.Capture != "OP-1/1" || f.NotBefore == nil || f.NotAfter == nil || !f.NotBefore.Trusted || !f.NotAfter.Trusted || f.NotBefore.Authority != "Test TSA" {
		t.Fatalf("got fence %+v", f)
	}
	const slack = 2 * time.Second // the authority's accuracy, and its milliseconds
	if f.NotBefore.Time.Before(begun.Add(-slack)) || f.NotAfter.Time.After(time.Now().Add(slack)) || !f.NotAfter.Time.After(f.NotBefore.Time) {
		t.Errorf("got fence from %v to %v", f.NotBefore.Time, f.NotAfter.Time)
	}
	m, err := c.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	if s := m.Time.NotBefore.Responses[0]; s.Path != "timestamps/before-1.tsr" || s.Authority != "test" || s.Accuracy != 1_000_000 || s.Within <= 0 {
		t.Errorf("got %+v", s)
	}
	e, err := v.Events(t.Context(), custody.Filter{Case: "OP-1", Action: custody.TimestampObtained})
	if err != nil || len(e) != 1 || e[0].Subject != c.ID.String() || e[0].Details["item"] != "timestamps/after-1.tsr" || e[0].Details["authority"] != "test" {
		t.Errorf("got events %+v, %v", e, err)
	}
	for _, path := range []string{".", timestampsDir, "timestamps/after-1.tsr"} {
		if fi, err := os.Stat(filepath.Join(c.Dir, path)); err != nil || fi.Mode().Perm()&0o277 != 0 {
			t.Errorf("%s: got mode %v, %v", path, fi.Mode(), err)
		}
	}
	if left, err := v.Unstamped(t.Context()); err != nil || len(left) != 0 {
		t.Errorf("got %v, %v", left, err)
	}
	if after := snapshot(t, c.Dir); after != before {
		t.Errorf("verifying changed\n%s, want\n%s", after, before)
	}
}

// TestFenceTrust verifies a folder for people who trust different things.
func TestFenceTrust(t *testing.T) {
	v, _ := newStampedVault(t)
	c := fenced(t, v, "https://example.org/1")
	trust := trustOf(t, v)
	other := newAuthority(t, "Other", inYears(1))
	for _, test := range []struct {
		trust Trust
		want  Outcome
	}{
		{trust, Verified},
		{Trust{Keys: trust.Keys}, IntegrityOnly},
		{Trust{Keys: trust.Keys, Roots: certificates([]Root{{Certificate: other.Root}})}, IntegrityOnly},
		{Trust{Roots: trust.Roots}, IntegrityOnly},
	} {
		r, err := VerifyFolder(t.Context(), c.Dir, test.trust, nil)
		if err != nil || r.Outcome != test.want || len(r.Findings) > 0 {
			t.Errorf("got %+v, %v, want %v", r, err, test.want)
		}
	}
	if _, err := v.RemoveRoot(t.Context(), trust.Roots[0].Subject.String()); !errors.Is(err, ErrNoRoot) {
		t.Errorf("got error %v", err)
	}
	if _, err := v.RemoveRoot(t.Context(), strings.ToUpper(tsa.Fingerprint(trust.Roots[0]).String()[:8])); err != nil {
		t.Error(err)
	}
	if r := verify(t, v); r.Outcome != IntegrityOnly || r.Fences[0].NotAfter.Trusted {
		t.Errorf("got %+v", r)
	}
}

// hostile are authorities that answer badly, or not at all.
func hostile(t testing.TB) map[string]http.HandlerFunc {
	a := newAuthority(t, "Hostile", inYears(1))
	var old []byte
	return map[string]http.HandlerFunc{
		"old response": func(w http.ResponseWriter, r *http.Request) {
			query, err := io.ReadAll(r.Body)
			if err == nil && old == nil {
				old, err = a.Reply(query)
				_, _ = w.Write(old) // without its type
			}
			check(t, err)
			tsatest.Send(w, old)
		},
		"garbage":  func(w http.ResponseWriter, _ *http.Request) { tsatest.Send(w, []byte("\x30\x82\xff\xffgarbage")) },
		"endless":  func(w http.ResponseWriter, _ *http.Request) { endless(w) },
		"redirect": func(w http.ResponseWriter, _ *http.Request) { redirect(w) },
		"text":     func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "\x1b[31m\xff") },
	}
}

func endless(w http.ResponseWriter) {
	w.Header().Set("Content-Type", responseType)
	for {
		if _, err := w.Write(make([]byte, 64<<10)); err != nil {
			return
		}
	}
}

func redirect(w http.ResponseWriter) {
	w.Header().Set("Location", "http://127.0.0.1/"+strings.Repeat("x", 5000))
	w.WriteHeader(http.StatusTemporaryRedirect)
}

// TestHostileAuthority captures while authorities answer badly: the capture is
// whole, says so, and waits for its timestamp.
func TestHostileAuthority(t *testing.T) {
	for name, h := range hostile(t) {
		t.Run(name, func(t *testing.T) {
			v := newVault(t)
			addAuthority(t, v, "bad", h)
			c := sealStamped(t, v, "https://example.org/1")
			m, err := c.Manifest()
			if err != nil {
				t.Fatal(err)
			}
			if len(m.Notices) != 1 || m.Notices[0].Code != NoticeTimestamp || m.Verdict != Complete || m.Time.NotBefore != nil {
				t.Errorf("got notices %+v, verdict %v, time %+v", m.Notices, m.Verdict, m.Time)
			}
			out, err := v.Timestamp(t.Context(), c)
			wantErr(t, err, ErrNoTimestamp)
			if len(out.Failures) != 1 || len(out.Failures[0]) > 400 {
				t.Errorf("got %+v", out)
			}
			e, err := v.Events(t.Context(), custody.Filter{Subject: c.ID.String(), Action: custody.TimestampFailed})
			if err != nil || len(e) != 2 || e[0].Details["side"] != "before" || e[1].Details["side"] != "after" {
				t.Errorf("got events %+v, %v", e, err)
			}
			if left, err := v.Unstamped(t.Context()); err != nil || len(left) != 1 {
				t.Errorf("got %v, %v", left, err)
			}
			if r := verify(t, v); r.Outcome != Verified || r.Fences[0].NotBefore != nil {
				t.Errorf("got %+v", r)
			}
		})
	}
}

// TestOffline seals while nobody answers, and is stamped later.
func TestOffline(t *testing.T) {
	v := newVault(t)
	server := httptest.NewServer(nil)
	server.Close()
	check(t, v.AddAuthority(t.Context(), tsa.Authority{Name: "away", URL: server.URL}))
	c := sealStamped(t, v, "https://example.org/1")
	dead := stage(t, v, "https://example.org/2")
	check(t, dead.Timestamp(t.Context()))
	check(t, dead.Close())
	w := reopen(t, v)
	if got, want := actionsOf(t, w, dead.ID()), "capture.started timestamp.failed capture.interrupted"; got != want {
		t.Errorf("got events %q, want %q", got, want)
	}
	a := newAuthority(t, "Test TSA", inYears(9))
	check(t, w.RemoveAuthority(t.Context(), "AWAY"))
	addAuthority(t, w, "test", a)
	trustRoot(t, w, a)
	left, err := w.Unstamped(t.Context())
	if err != nil || len(left) != 1 || left[0].ID != c.ID {
		t.Fatalf("got %v, %v", left, err)
	}
	if _, err := w.Timestamp(t.Context(), left[0]); err != nil {
		t.Fatal(err)
	}
	if f := verify(t, w).Fences[0]; f.NotBefore != nil || f.NotAfter == nil || !f.NotAfter.Trusted {
		t.Errorf("got fence %+v", f)
	}
}

// TestStoredUnlogged makes the state in which a process leaves the vault that
// dies between storing a response and logging it.
func TestStoredUnlogged(t *testing.T) {
	v, a := newStampedVault(t)
	c := sealStamped(t, v, "https://example.org/1")
	seal, err := c.Seal()
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(a)
	defer server.Close()
	answer := ask(t.Context(), []tsa.Authority{{Name: "x", URL: server.URL}}, seal.StampedDigest())[0]
	if answer.Err != nil {
		t.Fatal(answer.Err)
	}
	other := ask(t.Context(), []tsa.Authority{{Name: "x", URL: server.URL}}, canon.Sum(nil))[0]
	if _, err := v.store(t.Context(), c, other.Response.DER, func([]string) string { return afterName(7, 0) }); err != nil {
		t.Fatal(err)
	}
	if adopted, err := v.adopt(t.Context(), c, seal); err != nil || len(adopted) != 0 {
		t.Errorf("got %+v, %v of a response over something else", adopted, err)
	}
	unprotectFiles(t, c.Dir)
	check(t, os.Remove(filepath.Join(c.Dir, afterName(7, 0))))

	check(t, os.WriteFile(filepath.Join(v.Dir(), stagingDir, timestampTemp), []byte("half"), 0o600))
	if _, err := v.store(t.Context(), c, answer.Response.DER, nextAfter); err != nil {
		t.Fatal(err)
	}
	wantFindings(t, verify(t, v))
	out, err := v.Timestamp(t.Context(), c)
	if err != nil || len(out.Stamps) != 1 || out.Stamps[0].Authority != "Test TSA" {
		t.Fatalf("got %+v, %v", out, err)
	}
	if found, err := afterFiles(os.DirFS(c.Dir)); err != nil || !slices.Equal(found, []string{"timestamps/after-1.tsr"}) {
		t.Errorf("got %q, %v", found, err)
	}
	wantFindings(t, verify(t, v))
	wantStaged(t, v)
}

// TestTimestampTampered changes responses in a vault.
func TestTimestampTampered(t *testing.T) {
	const first, second = "timestamps/after-1.tsr", "timestamps/before-1.tsr"
	for name, test := range map[string]struct {
		change func(a, b string) error // with the folders of two captures
		want   []string                // findings: which folder, path, kind
	}{
		"dropped": {func(a, _ string) error { return os.Remove(filepath.Join(a, first)) }, []string{"a " + first + " " + TimestampMissing}},
		"swapped": {func(a, b string) error { return swap(filepath.Join(a, first), filepath.Join(b, first)) }, []string{
			"a " + first + " " + tsa.ImprintMismatch, "a " + first + " " + TimestampLog,
			"b " + first + " " + tsa.ImprintMismatch, "b " + first + " " + TimestampLog}},
		"start flipped": {func(a, _ string) error { return flipFile(filepath.Join(a, second)) }, []string{"a " + second + " " + ItemDigest}},
		"renewal of nothing": {func(a, b string) error {
			return os.Rename(filepath.Join(a, first), filepath.Join(a, "timestamps/after-2.renewal-1.tsr"))
		}, []string{"a " + first + " " + TimestampMissing, "a timestamps/after-2.renewal-1.tsr " + TimestampStray}},
		"other file": {func(a, _ string) error { return os.WriteFile(filepath.Join(a, "timestamps/after-01.tsr"), nil, 0o600) }, []string{
			"a timestamps/after-01.tsr " + ItemUnlisted}},
	} {
		t.Run(name, func(t *testing.T) {
			v, _ := newStampedVault(t)
			a, b := fenced(t, v, "https://example.org/1"), fenced(t, v, "https://example.org/2")
			unprotectFiles(t, v.Dir())
			check(t, test.change(a.Dir, b.Dir))
			var want []string
			for _, w := range test.want {
				f := strings.Fields(w)
				dir := publishedPath(map[string]Capture{"a": a, "b": b}[f[0]])
				want = append(want, dir+"/"+f[1]+": "+f[2])
			}
			wantFindings(t, verify(t, v), want...)
		})
	}
}

func flipFile(path string) error {
	b, err := os.ReadFile(path)
	if err == nil {
		b[len(b)/2] ^= 1
		err = os.WriteFile(path, b, 0o600)
	}
	return err
}

func swap(a, b string) error {
	x, errX := os.ReadFile(a)
	y, errY := os.ReadFile(b)
	return errors.Join(errX, errY, os.WriteFile(a, y, 0o600), os.WriteFile(b, x, 0o600))
}

// TestTimestampFlipped flips each byte of a response after the seal. The log
// finds all of them, and the folder alone all but the status, which nobody signs.
func TestTimestampFlipped(t *testing.T) {
	v, _ := newStampedVault(t)
	c, trust := fenced(t, v, "https://example.org/1"), trustOf(t, v)
	dir := copyOf(t, c)
	path := filepath.Join(dir, "timestamps/after-1.tsr")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const status = 8 // where the PKIStatus is: granted, or with modifications
	for i := range whole {
		b := bytes.Clone(whole)
		b[i] ^= 1
		check(t, os.WriteFile(path, b, 0o600))
		r, err := VerifyFolder(t.Context(), dir, trust, nil)
		if err != nil || r.Outcome == Verified && i != status {
			t.Fatalf("byte %d: got %+v, %v", i, r, err)
		}
		found, err := compareResponses(os.DirFS(dir), map[string]Digest{"timestamps/after-1.tsr": canon.Sum(whole)})
		if err != nil || len(found) != 1 || found[0].Kind != TimestampLog {
			t.Fatalf("byte %d: got %v, %v", i, found, err)
		}
	}
}

// TestRenew has a response renewed that ends soon, by an authority that lasts.
func TestRenew(t *testing.T) {
	v, short, long := newVault(t), newAuthority(t, "Short", time.Now().AddDate(0, 1, 0)), newAuthority(t, "Long", inYears(9))
	addAuthority(t, v, "short", short)
	trustRoot(t, v, short)
	trustRoot(t, v, long)
	c := fenced(t, v, "https://example.org/1")
	check(t, v.RemoveAuthority(t.Context(), "short"))
	_, err := v.Renew(t.Context(), c, inYears(1))
	wantErr(t, err, ErrNoAuthorities)
	addAuthority(t, v, "long", long)
	out, err := v.Renew(t.Context(), c, inYears(1))
	if err != nil || len(out.Stamps) != 1 || out.Stamps[0].Path != "timestamps/after-1.renewal-1.tsr" {
		t.Fatalf("got %+v, %v", out, err)
	}
	if out, err = v.Renew(t.Context(), c, inYears(1)); err != nil || len(out.Stamps) != 0 {
		t.Errorf("got %+v, %v", out, err)
	}
	r := verify(t, v)
	if wantFindings(t, r); len(r.Fences[0].Responses) != 3 || r.Fences[0].NotAfter.Authority != "Short" || r.Outcome != Verified {
		t.Errorf("got %+v", r)
	}
	unprotectFiles(t, v.Dir())
	check(t, os.Remove(filepath.Join(c.Dir, "timestamps/after-1.tsr")))
	wantFindings(t, verify(t, v), publishedPath(c)+"/timestamps/after-1.tsr: "+TimestampMissing,
		publishedPath(c)+"/timestamps/after-1.renewal-1.tsr: "+TimestampStray)
}

func TestTimestampSettings(t *testing.T) {
	v := newVault(t)
	for _, bad := range []tsa.Authority{
		{Name: "", URL: "https://a.example"}, {Name: "a\nb", URL: "https://a.example"}, {Name: "a", URL: "ftp://a.example"},
		{Name: "a", URL: "https://u:p@a.example"}, {Name: "a", URL: "https://a.example", Policy: "1.x"},
	} {
		if err := v.AddAuthority(t.Context(), bad); err == nil {
			t.Errorf("added %+v", bad)
		}
	}
	check(t, v.AddAuthority(t.Context(), tsa.Authority{Name: "One", URL: "https://a.example/tsr", Policy: "1.2.3"}))
	wantErr(t, v.AddAuthority(t.Context(), tsa.Authority{Name: "one", URL: "https://b.example"}), ErrAuthorityExists)
	wantErr(t, v.RemoveAuthority(t.Context(), "two"), ErrNoAuthority)
	got, err := reopen(t, v).Authorities(t.Context())
	if err != nil || !slices.Equal(got, []tsa.Authority{{Name: "One", URL: "https://a.example/tsr", Policy: "1.2.3"}}) {
		t.Errorf("got %+v, %v", got, err)
	}
	a := newAuthority(t, "Test TSA", inYears(1))
	trustRoot(t, v, a)
	_, err = v.AddRoots(t.Context(), certificates([]Root{{Certificate: a.Root}}))
	wantErr(t, err, ErrRootExists)
	roots, err := v.Roots(t.Context())
	if err != nil || len(roots) != 1 || roots[0].Name != "Test TSA Root" || !roots[0].Certificate.Equal(a.Root) {
		t.Errorf("got %+v, %v", roots, err)
	}
	wantFindings(t, verify(t, v))
}
