package tsa

import (
	"slices"

	"pugmark/evidence/canon"
)

// VerifyRenewals verifies a response over want and those that renewed it, oldest
// first: each later one is over the digest of the whole one before it, and was
// obtained while that was still valid. The nonce of o plays no part. There is one
// result for each response.
func VerifyRenewals(responses [][]byte, want canon.Digest, o Options) []*Result {
	o.Nonce = nil
	var all []*Result
	for i, response := range responses {
		r := Verify(response, want, o)
		if i > 0 {
			r.checkRenews(all[i-1])
		}
		all = append(all, r)
		want = canon.Sum(response)
	}
	return all
}

// checkRenews checks that r was obtained in the lifetime of old.
func (r *Result) checkRenews(old *Result) {
	if r.Response == nil || old.Response == nil {
		return
	}
	at := r.Response.GenTime
	if r.Latest.Before(old.Earliest) {
		r.add(RenewedBefore, stamp(at), "after "+stamp(old.Response.GenTime))
	}
	if !old.ValidUntil.IsZero() && at.After(old.ValidUntil) {
		r.add(RenewedLate, stamp(at), "until "+stamp(old.ValidUntil))
	}
}

// Proven returns the oldest result on which one may rely: it and all that renewed
// it are trusted, and those before it lead from it to what was stamped. It is nil
// if there is none.
func Proven(results []*Result) *Result {
	var proven *Result
	for _, r := range slices.Backward(results) {
		if !r.Trusted() {
			break
		}
		proven = r
	}
	for _, r := range results {
		if r == proven {
			return r
		}
		if !r.covers() {
			return nil
		}
	}
	return nil
}

// covers reports whether the response is over what it should be over, whoever
// signed it.
func (r *Result) covers() bool {
	return r.Response != nil && r.Response.Granted() &&
		!slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Kind == ImprintMismatch })
}
