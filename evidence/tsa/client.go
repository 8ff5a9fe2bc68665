package tsa

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"sync"
	"time"

	"github.com/digitorus/timestamp"

	"pugmark/evidence/canon"
)

// Client asks time-stamp authorities. It may be used by several goroutines.
type Client struct {
	Authorities []Authority
	Transport   http.RoundTripper // nil: direct, or through the environment's proxy
	Timeout     time.Duration     // of one attempt; 0: 15 seconds
	Attempts    int               // at each authority; 0: 3
	Backoff     time.Duration     // before the second attempt, doubled for each later one; 0: 1 second
}

// Answer is what one authority answered.
type Answer struct {
	Authority Authority
	Response  *Response // nil if there is an error
	Nonce     *big.Int  // that was sent
	// Sent and Received are this machine's clock around the attempt that
	// succeeded.
	Sent, Received time.Time
	Attempts       int
	Err            error
}

// Offset returns how far the authority's clock is ahead of this machine's, and by
// how much that may be wrong.
func (a Answer) Offset() (offset, within time.Duration) {
	half := a.Received.Sub(a.Sent) / 2
	return a.Response.GenTime.Sub(a.Sent.Add(half)), half + a.Response.Accuracy
}

// Request asks all authorities at once to stamp digest, and returns an answer of
// each, in their order. A response is accepted if it was made for this request and
// its certificates hold together; whether its root is trusted is for [Verify].
func (c *Client) Request(ctx context.Context, digest canon.Digest) []Answer {
	answers := make([]Answer, len(c.Authorities))
	client := c.client()
	defer client.CloseIdleConnections()
	var wg sync.WaitGroup
	for i, authority := range c.Authorities {
		wg.Go(func() { answers[i] = c.ask(ctx, client, authority, digest) })
	}
	wg.Wait()
	return answers
}

func (c *Client) client() *http.Client {
	transport := c.Transport
	if transport == nil {
		transport = &http.Transport{
			Proxy:                  http.ProxyFromEnvironment,
			ForceAttemptHTTP2:      true,
			DisableCompression:     true,
			MaxResponseHeaderBytes: 64 << 10,
		}
	}
	refuse := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &http.Client{Transport: transport, CheckRedirect: refuse}
}

// ask tries one authority until it answers, refuses, or the attempts are used up.
func (c *Client) ask(ctx context.Context, client *http.Client, authority Authority, digest canon.Digest) Answer {
	a := Answer{Authority: authority}
	if a.Err = authority.Check(); a.Err != nil {
		return a
	}
	backoff := or(c.Backoff, time.Second)
	for a.Attempts < or(c.Attempts, 3) {
		if a.Attempts > 0 && wait(ctx, backoff<<(a.Attempts-1)) != nil {
			break
		}
		a.Attempts++
		c.attempt(ctx, client, &a, digest)
		var temporary temporaryError
		if !errors.As(a.Err, &temporary) || ctx.Err() != nil {
			break
		}
	}
	if a.Err != nil {
		a.Err = fmt.Errorf("time stamp of %q: %w", authority.Name, a.Err)
	}
	return a
}

// attempt sends one request, with a nonce of its own, and checks the answer.
func (c *Client) attempt(ctx context.Context, client *http.Client, a *Answer, digest canon.Digest) {
	ctx, cancel := context.WithTimeout(ctx, or(c.Timeout, 15*time.Second))
	defer cancel()
	a.Nonce = newNonce()
	query, err := marshalRequest(digest, a.Nonce, a.Authority.Policy)
	if err != nil {
		a.Err = err
		return
	}
	a.Sent = time.Now()
	response, err := post(ctx, client, a.Authority.URL, query)
	a.Received = time.Now()
	if a.Err = err; err == nil {
		a.accept(response, digest)
	}
}

// accept takes a response if only its root may be unknown.
func (a *Answer) accept(response []byte, digest canon.Digest) {
	r := Verify(response, digest, Options{Nonce: a.Nonce, Policy: a.Authority.Policy})
	for _, f := range r.Findings {
		if f.Fatal() {
			a.Err = errors.New(f.String())
			return
		}
	}
	a.Response = r.Response
}

func newNonce() *big.Int {
	var b [8]byte
	rand.Read(b[:])
	return new(big.Int).SetBytes(b[:])
}

func marshalRequest(digest canon.Digest, nonce *big.Int, policy string) ([]byte, error) {
	oid, err := parseOID(policy)
	if err != nil {
		return nil, err
	}
	query := timestamp.Request{
		HashAlgorithm: hashes["2.16.840.1.101.3.4.2.1"],
		HashedMessage: digest[:],
		Certificates:  true,
		TSAPolicyOID:  oid,
		Nonce:         nonce,
	}
	return query.Marshal()
}

// wait waits for d, unless ctx ends before.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// or returns v, and otherwise if v is zero.
func or[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}
