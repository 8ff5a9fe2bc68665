package tsa

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/digitorus/timestamp"

	"pugmark/evidence/tsa/tsatest"
)

// Every algorithm that an authority may sign with: OpenSSL stamps, and OpenSSL
// agrees with what was stored.
func TestAlgorithms(t *testing.T) {
	for _, kind := range []string{"P-256", "P-384", "RSA-2048", "RSA-4096"} {
		s := newTSA(t, kind, asTSA)
		for _, hash := range []string{"sha256", "sha384", "sha512"} {
			t.Run(kind+"/"+hash, func(t *testing.T) {
				server := newOpenSSL(t, s, hash, hash)
				a := ask(t, server.ServeHTTP)
				if a.Err != nil {
					t.Fatal(a.Err)
				}
				checkAnswer(t, a)
				r := Verify(a.Response.DER, digest, Options{Roots: s.root(), Nonce: a.Nonce, Policy: policy, Time: time.Now()})
				wantKinds(t, r)
				if len(r.Chain) != 3 || !r.Chain[2].Equal(s.root()[0]) {
					t.Errorf("got a chain of %d, want signer, intermediate and root", len(r.Chain))
				}
				if got := strings.ToLower(strings.ReplaceAll(r.Response.SignerHash, "-", "")); got != hash {
					t.Errorf("got signer digest %q, want %q", got, hash)
				}
				runOpenSSL(t, a.Response, Files{Roots: server.Dir + "/root.pem"}, true)
			})
		}
	}
}

func checkAnswer(t *testing.T, a Answer) {
	t.Helper()
	r := a.Response
	if r.Policy != policy || r.Accuracy != 1500100*time.Microsecond || !r.Ordering || r.Qualified {
		t.Errorf("got policy %q, accuracy %s, ordering %t, qualified %t", r.Policy, r.Accuracy, r.Ordering, r.Qualified)
	}
	if !strings.Contains(r.TSA, "CN=Test TSA") || r.Signer.Subject.CommonName != "Test TSA" {
		t.Errorf("got authority %q, signer %q", r.TSA, r.Signer.Subject)
	}
	if r.Hash != "SHA-256" || !bytes.Equal(r.Imprint, digest[:]) || r.Nonce.Cmp(a.Nonce) != 0 || r.Serial.Sign() <= 0 {
		t.Errorf("got imprint %s %x, nonce %s, serial %s", r.Hash, r.Imprint, r.Nonce, r.Serial)
	}
	if offset, within := a.Offset(); offset.Abs() > within {
		t.Errorf("got an offset of %s within %s from the same clock", offset, within)
	}
}

// The request is the one that RFC 3161 describes.
func TestRequest(t *testing.T) {
	nonce := newNonce()
	query := must(marshalRequest(digest, nonce, "1.2.3"))
	r, err := timestamp.ParseRequest(query)
	if err != nil {
		t.Fatal(err)
	}
	if !r.Certificates || r.Nonce.Cmp(nonce) != 0 || r.TSAPolicyOID.String() != "1.2.3" ||
		!bytes.Equal(r.HashedMessage, digest[:]) || r.HashAlgorithm.String() != "SHA-256" {
		t.Errorf("got request %+v", r)
	}
	if newNonce().Cmp(newNonce()) == 0 {
		t.Error("got the same nonce twice")
	}
}

func TestPolicy(t *testing.T) {
	server := newOpenSSL(t, newTSA(t, "P-256", asTSA), "sha256", "sha256")
	url := serve(t, server)
	c := Client{Authorities: []Authority{
		{Name: "first", URL: url},
		{Name: "second", URL: url, Policy: policy + ".2"},
		{Name: "third", URL: url, Policy: "1.2.3"},
	}}
	answers := c.Request(t.Context(), digest)
	for i, want := range []string{policy, policy + ".2"} {
		if answers[i].Err != nil || answers[i].Response.Policy != want {
			t.Errorf("authority %d: got %v", i, answers[i].Err)
		}
	}
	err := answers[2].Err
	if err == nil || !strings.Contains(err.Error(), "unacceptedPolicy") || !strings.Contains(err.Error(), "Requested policy is not supported") {
		t.Errorf("got %v, want the authority's refusal", err)
	}
	if answers[2].Attempts != 1 {
		t.Errorf("got %d attempts after a refusal, want 1", answers[2].Attempts)
	}
}

// hostile are answers that no client may accept.
func hostile(t *testing.T) map[string]struct {
	answer http.HandlerFunc
	want   string
} {
	s := newTSA(t, "P-256", asTSA)
	server := newOpenSSL(t, s, "sha256", "sha256")
	good := server.stamp(t, digest)
	forged := func(s *signer, edit func(*timestamp.Timestamp)) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			query := must(timestamp.ParseRequest(must(io.ReadAll(r.Body))))
			ts := timestamp.Timestamp{HashAlgorithm: query.HashAlgorithm, HashedMessage: query.HashedMessage, Nonce: query.Nonce}
			edit(&ts)
			tsatest.Send(w, s.forge(t, ts))
		}
	}
	as := func(*timestamp.Timestamp) {}
	bytesOf := func(b []byte) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { tsatest.Send(w, b) }
	}
	now := time.Now()
	return map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"replayed":      {bytesOf(good), NonceMismatch},
		"wrong nonce":   {forged(s, func(ts *timestamp.Timestamp) { ts.Nonce = newNonce() }), NonceMismatch},
		"no nonce":      {forged(s, func(ts *timestamp.Timestamp) { ts.Nonce = nil }), NonceMismatch},
		"wrong imprint": {forged(s, func(ts *timestamp.Timestamp) { ts.HashedMessage = other[:] }), ImprintMismatch},
		"expired":       {forged(newTSA(t, "P-256", between(asTSA, now.AddDate(-2, 0, 0), now.AddDate(-1, 0, 0))), backdated(now)), OutsideValidity},
		"not yet valid": {forged(newTSA(t, "P-256", between(asTSA, now.AddDate(1, 0, 0), now.AddDate(2, 0, 0))), backdated(now)), OutsideValidity},
		"wrong usage":   {forged(newTSA(t, "P-256", withUsage(true, 1)), as), KeyUsage},
		"more usages":   {forged(newTSA(t, "P-256", withUsage(true, 8, 1)), as), KeyUsage},
		"not critical":  {forged(newTSA(t, "P-256", withUsage(false, 8)), as), KeyUsage},
		"no usage":      {forged(newTSA(t, "P-256", asCA), as), KeyUsage},
		"garbage":       {bytesOf([]byte("<html>Login</html>")), Malformed},
		"truncated":     {bytesOf(good[:len(good)/2]), Malformed},
		"trailing":      {bytesOf(append(bytes.Clone(good), 0)), Malformed},
		"empty":         {bytesOf(nil), "empty answer"},
		"not found":     {http.NotFound, "HTTP status 404"},
		"rejection":     {bytesOf(must(timestamp.CreateErrorResponse(timestamp.Rejection, timestamp.BadAlgorithm))), NotGranted + `: got "status 2: badAlg`},
		"waiting":       {bytesOf(must(timestamp.CreateErrorResponse(timestamp.Waiting, timestamp.SystemFailure))), NotGranted},
		"content type": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.Write(good)
		}, `got content type "text/html"`},
		"endless": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/timestamp-reply")
			for _, err := w.Write(good); err == nil; _, err = w.Write(good) {
			}
		}, "got more than 1048576 bytes"},
		"cut short": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/timestamp-reply")
			w.Header().Set("Content-Length", "100000")
			w.Write(good)
		}, "unexpected EOF"},
	}
}

func backdated(t time.Time) func(*timestamp.Timestamp) {
	return func(ts *timestamp.Timestamp) { ts.Time = t }
}

func TestHostileAnswers(t *testing.T) {
	for name, h := range hostile(t) {
		t.Run(name, func(t *testing.T) {
			a := ask(t, h.answer)
			if a.Err == nil || !strings.Contains(a.Err.Error(), h.want) {
				t.Errorf("got error %v, want %q", a.Err, h.want)
			}
			if a.Response != nil {
				t.Error("got a response")
			}
		})
	}
}

// An authority of which nobody knows the root is no reason to lose a time stamp.
func TestSelfSigned(t *testing.T) {
	s := issue(t, nil, "Lonely TSA", newKey(t, "P-256"), asTSA)
	a := ask(t, func(w http.ResponseWriter, r *http.Request) {
		query := must(timestamp.ParseRequest(must(io.ReadAll(r.Body))))
		tsatest.Send(w, s.forge(t, timestamp.Timestamp{Nonce: query.Nonce}))
	})
	if a.Err != nil {
		t.Fatal(a.Err)
	}
	wantKinds(t, Verify(a.Response.DER, digest, Options{}), UnknownRoot)
}

func TestRedirects(t *testing.T) {
	var reached atomic.Int32
	elsewhere := serve(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	for _, status := range []int{301, 302, 303, 307, 308} {
		a := ask(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere, status) })
		if a.Err == nil || !strings.Contains(a.Err.Error(), "got a redirect to") || a.Attempts != 1 {
			t.Errorf("status %d: got %v after %d attempts", status, a.Err, a.Attempts)
		}
	}
	if n := reached.Load(); n != 0 {
		t.Errorf("got %d requests at the other host, want none", n)
	}
	a := ask(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.URL.Path, http.StatusTemporaryRedirect)
	})
	if a.Err == nil || a.Attempts != 1 {
		t.Errorf("in a loop: got %v after %d attempts", a.Err, a.Attempts)
	}
}

func TestRetry(t *testing.T) {
	server := newOpenSSL(t, newTSA(t, "P-256", asTSA), "sha256", "sha256")
	var n atomic.Int32
	a := ask(t, func(w http.ResponseWriter, r *http.Request) {
		if n.Add(1) < 3 {
			http.Error(w, "busy", http.StatusInternalServerError)
			return
		}
		server.ServeHTTP(w, r)
	})
	if a.Err != nil || a.Attempts != 3 {
		t.Errorf("got %v after %d attempts, want success at the third", a.Err, a.Attempts)
	}
}

func TestSlowTrickle(t *testing.T) {
	c := Client{Timeout: 50 * time.Millisecond, Attempts: 2, Backoff: time.Millisecond}
	c.Authorities = []Authority{{Name: "slow", URL: serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/timestamp-reply")
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for _, err := w.Write([]byte{0x30}); err == nil; _, err = w.Write([]byte{0}) {
			w.(http.Flusher).Flush()
			select {
			case <-tick.C:
			case <-r.Context().Done():
				return
			}
		}
	}))}}
	a := c.Request(t.Context(), digest)[0]
	if !errors.Is(a.Err, context.DeadlineExceeded) || a.Attempts != 2 {
		t.Errorf("got %v after %d attempts, want the deadline twice", a.Err, a.Attempts)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Attempts are bounded, the pauses between them double, and every attempt has a
// nonce of its own.
func TestBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var at []time.Duration
		nonces := make(map[string]bool)
		c := Client{Authorities: []Authority{{Name: "down", URL: "http://tsa.test/"}}, Attempts: 4}
		c.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
			at = append(at, time.Since(start))
			query := must(timestamp.ParseRequest(must(io.ReadAll(r.Body))))
			nonces[query.Nonce.String()] = true
			return nil, errors.New("no route")
		})
		a := c.Request(t.Context(), digest)[0]
		want := []time.Duration{0, time.Second, 3 * time.Second, 7 * time.Second}
		if len(at) != len(want) || a.Err == nil || a.Attempts != 4 || len(nonces) != 4 {
			t.Fatalf("got %v, %d attempts at %s with %d nonces", a.Err, a.Attempts, at, len(nonces))
		}
		for i := range want {
			if at[i] != want[i] {
				t.Errorf("attempt %d: got %s, want %s", i, at[i], want[i])
			}
		}
	})
}

func TestCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer cancel()
		start := time.Now()
		c := Client{Authorities: []Authority{{Name: "hangs", URL: "http://tsa.test/"}, {Name: "down", URL: "http://down.test/"}}}
		c.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
			if r.URL.Host == "down.test" {
				return nil, errors.New("no route")
			}
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		for _, a := range c.Request(ctx, digest) {
			if a.Err == nil || a.Attempts != 1 {
				t.Errorf("%s: got %v after %d attempts", a.Authority.Name, a.Err, a.Attempts)
			}
		}
		if d := time.Since(start); d != 500*time.Millisecond {
			t.Errorf("got the answers after %s, want 500ms", d)
		}
	})
}

// One authority that fails doesn't take the others with it.
func TestSeveralAuthorities(t *testing.T) {
	good := serve(t, newOpenSSL(t, newTSA(t, "P-256", asTSA), "sha256", "sha1"))
	bad := serve(t, http.NotFoundHandler())
	c := Client{Authorities: []Authority{
		{Name: "one", URL: good}, {Name: "two", URL: bad}, {Name: "three", URL: good}, {Name: "four", URL: "ftp://tsa.test"},
	}}
	for i, a := range c.Request(t.Context(), digest) {
		if a.Authority != c.Authorities[i] {
			t.Errorf("got an answer of %q, want %q", a.Authority.Name, c.Authorities[i].Name)
		}
		if ok := i == 0 || i == 2; ok != (a.Err == nil) || ok != (a.Response != nil) {
			t.Errorf("%s: got %v", a.Authority.Name, a.Err)
		}
	}
}

func TestAuthorityCheck(t *testing.T) {
	for _, c := range []struct {
		authority Authority
		want      string // "": good
	}{
		{Authority{Name: "a", URL: "http://tsa.test/tsr"}, ""},
		{Authority{Name: "a", URL: "https://tsa.test", Policy: "0.4.0.2023.1.1"}, ""},
		{Authority{URL: "https://tsa.test"}, "no name"},
		{Authority{Name: "a", URL: "file:///etc/passwd"}, "want one of http or https"},
		{Authority{Name: "a", URL: "tsa.test"}, "want one of http or https"},
		{Authority{Name: "a", URL: "http://%zz"}, "malformed URL"},
		{Authority{Name: "a", URL: "https://u:secret@tsa.test"}, "xxxxx"},
		{Authority{Name: "a", URL: "https://tsa.test", Policy: "1.02"}, "isn't an OID"},
		{Authority{Name: "a", URL: "https://tsa.test", Policy: "9.1"}, "isn't an OID"},
		{Authority{Name: "a", URL: "https://tsa.test", Policy: "1"}, "isn't an OID"},
	} {
		err := c.authority.Check()
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: got %v, want %q", c.authority, err, c.want)
		}
	}
}

// Over TLS the authority has to be the one of the URL.
func TestTLS(t *testing.T) {
	server := httptest.NewUnstartedServer(newOpenSSL(t, newTSA(t, "P-256", asTSA), "sha256", "sha256"))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	c := Client{Authorities: []Authority{{Name: "test", URL: server.URL}}, Attempts: 1}
	if a := c.Request(t.Context(), digest)[0]; a.Err == nil || !strings.Contains(a.Err.Error(), "certificate") {
		t.Errorf("unknown certificate: got %v", a.Err)
	}
	c.Transport = server.Client().Transport
	if a := c.Request(t.Context(), digest)[0]; a.Err != nil {
		t.Error(a.Err)
	}
}
