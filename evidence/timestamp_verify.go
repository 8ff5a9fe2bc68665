package evidence

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"time"

	"pugmark/evidence/canon"
	"pugmark/evidence/tsa"
)

// The kinds of findings in the timestamps of a capture, besides those of package
// tsa.
const (
	TimestampDiffers = "timestamp-differs" // the manifest says something else than the response
	TimestampOrder   = "timestamp-order"   // the capture began after it was sealed
	TimestampStray   = "timestamp-stray"   // a renewal of nothing
	TimestampMissing = "timestamp-missing" // in the log, but not there
	TimestampLog     = "timestamp-log"     // another than the log has
)

// Fence is what time-stamp authorities say of a capture's time: it was made
// after one moment and before another.
type Fence struct {
	Capture   string   `json:"capture"` // case and exhibit
	NotBefore *Moment  `json:"not_before,omitempty"`
	NotAfter  *Moment  `json:"not_after,omitempty"`
	Responses []Answer `json:"responses,omitempty"`
}

// Moment is one side of a fence. The authority's accuracy is allowed for.
type Moment struct {
	Time      time.Time `json:"time"`
	Authority string    `json:"authority"`
	Trusted   bool      `json:"trusted"` // by a root that the verifier trusts
}

// Answer is what a response says that holds.
type Answer struct {
	Path       string    `json:"path"`
	Authority  string    `json:"authority"` // by its certificate
	GenTime    time.Time `json:"gen_time"`
	Accuracy   int64     `json:"accuracy_us,omitempty"`
	Root       string    `json:"root,omitempty"` // where its certificates lead
	Trusted    bool      `json:"trusted"`
	ValidUntil time.Time `json:"valid_until,omitzero"` // a renewal is due before
}

// doubted reports whether a side rests on responses alone of which nobody trusts
// the root.
func (f Fence) doubted() bool {
	return f.NotBefore != nil && !f.NotBefore.Trusted || f.NotAfter != nil && !f.NotAfter.Trusted
}

// ReadFence returns what authorities say of a capture's time, for who trusts
// some roots. It looks at the responses only, and returns what is wrong with
// them; whether the capture is as it was sealed, [VerifyFolder] says.
func (c Capture) ReadFence(trust Trust) (*Fence, []Finding, error) {
	root, err := os.OpenRoot(c.Dir)
	if err != nil {
		return nil, nil, err
	}
	defer root.Close()
	m, err := c.Manifest()
	if err != nil {
		return nil, nil, err
	}
	s, err := c.Seal()
	if err != nil {
		return nil, nil, err
	}
	return ReadFenceFS(root.FS(), m, s, trust)
}

// fenceCheck verifies the responses of a capture.
type fenceCheck struct {
	fsys     fs.FS
	manifest *Manifest
	seal     *Seal
	trust    Trust
	report   *Report
	skip     func(path string) bool // what has a finding already; nil: nothing
	fence    Fence
}

func (c *fenceCheck) run() (*Fence, error) {
	id := c.manifest.Identity
	c.fence.Capture = id.Case + "/" + exhibitText(id.Exhibit)
	if err := c.verifyBefore(); err != nil {
		return nil, err
	}
	if err := c.verifyAfter(); err != nil {
		return nil, err
	}
	b, a := c.fence.NotBefore, c.fence.NotAfter
	if b != nil && a != nil && b.Time.After(a.Time) {
		c.report.add(timestampsDir, TimestampOrder, "not before "+timeText(b.Time), "not after "+timeText(a.Time))
	}
	return &c.fence, nil
}

// verifyBefore holds the responses that are items against the nonce.
func (c *fenceCheck) verifyBefore() error {
	n := c.manifest.Time.NotBefore
	if n == nil {
		return nil
	}
	for _, s := range n.Responses {
		if c.skip != nil && c.skip(s.Path) {
			continue
		}
		b, err := readSmall(c.fsys, s.Path)
		if err != nil {
			return err
		}
		r := tsa.Verify(b, n.StampedDigest(), tsa.Options{Roots: c.trust.Roots})
		if !c.enter(s.Path, r, r.Trusted()) {
			continue
		}
		if got := r.Response; !got.GenTime.Equal(s.GenTime) || got.Accuracy.Microseconds() != s.Accuracy {
			c.report.add(s.Path, TimestampDiffers, timeText(got.GenTime)+" within "+got.Accuracy.String(),
				timeText(s.GenTime)+" within "+strconv.FormatInt(s.Accuracy, 10)+"µs")
			continue
		}
		c.fence.NotBefore = later(c.fence.NotBefore, momentOf(r, r.Earliest, r.Trusted()))
	}
	return nil
}

// verifyAfter holds the responses beside the seal against its checkpoint.
func (c *fenceCheck) verifyAfter() error {
	chains, err := readChains(c.fsys)
	if err != nil {
		return err
	}
	for _, k := range chains {
		if k.stray != "" {
			c.report.add(k.stray, TimestampStray, "what it renews", "nothing")
		}
		if len(k.responses) == 0 {
			continue
		}
		results, sound := k.verify(c.seal, c.trust), true
		for i, r := range results {
			sound = c.enter(k.paths[i], r, r.Trusted()) && sound
		}
		if !sound {
			continue
		}
		if p := tsa.Proven(results); p != nil {
			c.fence.NotAfter = earlier(c.fence.NotAfter, momentOf(p, p.Latest, true))
		} else {
			c.fence.NotAfter = earlier(c.fence.NotAfter, momentOf(results[0], results[0].Latest, false))
		}
	}
	return nil
}

// enter enters a response, and reports whether it holds. That a root is unknown
// is no finding: it is for who reads the report to say whom to trust.
func (c *fenceCheck) enter(path string, r *tsa.Result, trusted bool) bool {
	for _, f := range r.Findings {
		if f.Fatal() {
			c.report.add(path, f.Kind, f.Want, f.Got)
		}
	}
	if r.Failed() {
		return false
	}
	a := Answer{
		Path: path, Authority: canonText(tsa.Name(r.Response.Signer)), GenTime: r.Response.GenTime.UTC(),
		Accuracy: r.Response.Accuracy.Microseconds(), Trusted: trusted, ValidUntil: r.ValidUntil.UTC(),
	}
	if n := len(r.Chain); n > 0 {
		a.Root = canonText(tsa.Name(r.Chain[n-1]))
	}
	c.fence.Responses = append(c.fence.Responses, a)
	return true
}

func momentOf(r *tsa.Result, at time.Time, trusted bool) *Moment {
	return &Moment{Time: at.UTC(), Authority: canonText(tsa.Name(r.Response.Signer)), Trusted: trusted}
}

// later returns the one that says more: a trusted one, or else the later one.
func later(a, b *Moment) *Moment {
	if a == nil || b.Trusted && !a.Trusted || b.Trusted == a.Trusted && b.Time.After(a.Time) {
		return b
	}
	return a
}

// earlier is likewise for the other side.
func earlier(a, b *Moment) *Moment {
	if a == nil || b.Trusted && !a.Trusted || b.Trusted == a.Trusted && b.Time.Before(a.Time) {
		return b
	}
	return a
}

// chain is a response over a checkpoint with those that renewed it.
type chain struct {
	number    int
	paths     []string
	responses [][]byte
	stray     string // path of the first that renews nothing
}

// next names the next renewal, as long as no other process stored one.
func (k *chain) next(have []string) string { return afterName(k.number, len(k.responses)) }

func (k *chain) verify(s *Seal, trust Trust) []*tsa.Result {
	return tsa.VerifyRenewals(k.responses, s.StampedDigest(), tsa.Options{Roots: trust.Roots})
}

// readChains reads the responses after the seal from a capture's folder.
func readChains(fsys fs.FS) (out []*chain, err error) {
	paths, err := afterFiles(fsys)
	if err != nil {
		return nil, err
	}
	for _, path := range paths {
		n, renewal, _ := parseAfter(path)
		if len(out) == 0 || out[len(out)-1].number != n {
			out = append(out, &chain{number: n})
		}
		k := out[len(out)-1]
		if renewal != len(k.responses) || k.stray != "" {
			if k.stray == "" {
				k.stray = path
			}
			continue
		}
		b, err := readSmall(fsys, path)
		if err != nil {
			return nil, err
		}
		k.paths, k.responses = append(k.paths, path), append(k.responses, b)
	}
	return out, nil
}

// readSmall reads a file as far as a response may be long, and a byte more, so
// that one that is longer can't be read as one.
func readSmall(fsys fs.FS, path string) ([]byte, error) {
	f, err := fsys.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, tsa.MaxSize+1))
}

// compareResponses holds the responses of a capture's folder, after the seal,
// against those that the log has: path and digest.
// One that is missing, or another, is a finding. One that isn't in the log is
// none: it may just have been stored.
func compareResponses(fsys fs.FS, logged map[string]Digest) (out []Finding, err error) {
	for _, path := range sortedKeys(logged, nil, compareAfter) {
		if !IsAfter(path) {
			out = append(out, Finding{Path: sealFile, Kind: TimestampMissing, Want: "a response", Got: strconv.Quote(path)})
			continue
		}
		b, err := readSmall(fsys, path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			out = append(out, Finding{Path: path, Kind: TimestampMissing, Want: "a response of digest " + logged[path].String(), Got: "nothing"})
		case err != nil:
			return nil, fmt.Errorf("reading %q: %w", path, err)
		default:
			if got := canon.Sum(b); got != logged[path] {
				out = append(out, Finding{Path: path, Kind: TimestampLog, Want: logged[path].String(), Got: got.String()})
			}
		}
	}
	return out, nil
}
