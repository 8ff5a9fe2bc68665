package evidence

import (
	"context"
	"crypto/x509"
	"regexp"
	"slices"
	"strconv"
	"time"

	"pugmark/evidence/canon"
	"pugmark/evidence/custody"
	"pugmark/evidence/tsa"
)

// A capture's time is fenced by the responses of time-stamp authorities (package
// tsa), which lie in its folder:
//
//	timestamps/before-N.tsr           item: over the nonce in the manifest
//	timestamps/after-N.tsr            over the checkpoint in the seal
//	timestamps/after-N.renewal-M.tsr  over the response that it renews
//
// Those named after-… come after the seal, and so are in no manifest. They are
// the only files that may be added to a sealed capture's folder, and the custody
// log has the digest of each. N and M count from 1. A response over the
// checkpoint also shows that those over the nonce existed, so that only it needs
// to be renewed.
const (
	timestampsDir = "timestamps"
	beforePrefix  = timestampsDir + "/before-"
	afterPrefix   = timestampsDir + "/after-"
	responseType  = "application/timestamp-reply"
)

var afterPath = regexp.MustCompile(`^timestamps/after-([1-9][0-9]{0,3})(?:\.renewal-([1-9][0-9]{0,3}))?\.tsr$`)

// IsAfter reports whether a path in a capture's folder is that of a response that
// was obtained after the seal.
func IsAfter(path string) bool { return afterPath.MatchString(path) }

// parseAfter returns the numbers of a response, of which renewal is 0 for the
// first of a chain.
func parseAfter(path string) (n, renewal int, ok bool) {
	m := afterPath.FindStringSubmatch(path)
	if m == nil {
		return 0, 0, false
	}
	n, _ = strconv.Atoi(m[1])
	renewal, _ = strconv.Atoi(m[2]) // 0 if it is empty
	return n, renewal, true
}

func afterName(n, renewal int) string {
	name := afterPrefix + strconv.Itoa(n)
	if renewal > 0 {
		name += ".renewal-" + strconv.Itoa(renewal)
	}
	return name + ".tsr"
}

// StampedDigest returns the digest that responses after the seal are over: that
// of its checkpoint, a signed note.
func (s *Seal) StampedDigest() Digest { return canon.Sum([]byte(s.Checkpoint)) }

// StampedDigest returns the digest that responses before the capture are over.
func (n *NotBefore) StampedDigest() Digest { return canon.Sum(n.Nonce[:]) }

// Trust is what somebody trusts who verifies.
type Trust struct {
	Keys  KeyRing             // that sign checkpoints
	Roots []*x509.Certificate // of time-stamp authorities
}

// With returns what two trust together.
func (t Trust) With(o Trust) Trust {
	return Trust{Keys: slices.Concat(t.Keys, o.Keys), Roots: slices.Concat(t.Roots, o.Roots)}
}

// Trust returns what the vault trusts: its own keys, and the roots that were
// added to it.
func (v *Vault) Trust(ctx context.Context) (Trust, error) {
	roots, err := v.Roots(ctx)
	return Trust{Keys: v.Keys(), Roots: certificates(roots)}, err
}

func certificates(roots []Root) (out []*x509.Certificate) {
	for _, r := range roots {
		out = append(out, r.Certificate)
	}
	return out
}

// maxDetail bounds what is kept of an authority's own words, in bytes.
const maxDetail = 300

// detailOf returns what is kept of the error of an authority.
func detailOf(err error) string {
	s := err.Error()
	if len(s) > maxDetail {
		s = s[:maxDetail] + "…"
	}
	return canonText(s)
}

// stampOf returns what an answer says.
func stampOf(a tsa.Answer, path string) Stamp {
	offset, within := a.Offset()
	return Stamp{
		Path: path, Authority: a.Authority.Name,
		GenTime: a.Response.GenTime, Accuracy: a.Response.Accuracy.Microseconds(),
		Offset: offset.Microseconds(), Within: within.Microseconds(),
	}
}

// logTimestampFailure logs that an authority gave no response.
func (v *Vault) logTimestampFailure(ctx context.Context, c custody.Event, side string, a tsa.Answer) error {
	c.Action = custody.TimestampFailed
	c.Details = details("authority", a.Authority.Name, "side", side, "detail", detailOf(a.Err))
	return v.logAlone(ctx, c)
}

func timeText(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }
