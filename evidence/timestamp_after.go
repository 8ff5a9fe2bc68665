package evidence

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"time"

	"github.com/gofrs/flock"
	"github.com/google/uuid"

	"pugmark/evidence/canon"
	"pugmark/evidence/custody"
	"pugmark/evidence/tsa"
)

// ErrNoAuthorities reports a vault that has no time-stamp authority to ask.
var ErrNoAuthorities = errors.New("no time-stamp authority")

// ErrNoTimestamp reports that no authority gave a response.
var ErrNoTimestamp = errors.New("no authority gave a timestamp")

// afterPatience is how long authorities are waited for once a capture is sealed.
const afterPatience = 20 * time.Second

// Names of what is used while a response is stored, in the vault's folder.
const (
	timestampLock = "timestamp.lock"
	timestampTemp = "timestamp.tmp" // in the staging folder
)

// Timestamping is what came of asking for timestamps of a capture.
type Timestamping struct {
	Stamps   []Stamp  `json:"timestamps"`
	Failures []string `json:"failures,omitempty"` // of authorities
}

// Timestamp asks the vault's authorities to stamp the checkpoint of a capture's
// seal, and stores the responses in the capture's folder. Each is on disk before
// it is in the log, so that none that is in the log can be lost; one that a crash
// left out of the log is entered instead of asking again.
//
// The error wraps [ErrNoTimestamp] when no authority answered, and
// [ErrNoAuthorities] when there is none.
func (v *Vault) Timestamp(ctx context.Context, c Capture) (*Timestamping, error) {
	out, err := v.timestamp(ctx, c)
	if err != nil {
		return out, fmt.Errorf("timestamping %s: %w", c.Name(), err)
	}
	return out, nil
}

func (v *Vault) timestamp(ctx context.Context, c Capture) (*Timestamping, error) {
	seal, err := c.Seal()
	if err != nil {
		return nil, err
	}
	out := new(Timestamping)
	adopted, err := v.adopt(ctx, c, seal)
	if err != nil || len(adopted) > 0 {
		out.Stamps = adopted
		return out, err
	}
	authorities, err := v.Authorities(ctx)
	if err == nil && len(authorities) == 0 {
		err = ErrNoAuthorities
	}
	if err != nil {
		return out, err
	}
	for _, a := range ask(ctx, authorities, seal.StampedDigest()) {
		err = errors.Join(err, v.take(ctx, c, a, "after", nextAfter, out))
	}
	if err == nil && len(out.Stamps) == 0 {
		err = ErrNoTimestamp
	}
	return out, errors.Join(context.Cause(ctx), err)
}

// ask asks authorities, for as long as is reasonable.
func ask(ctx context.Context, authorities []tsa.Authority, d Digest) []tsa.Answer {
	ctx, cancel := context.WithTimeout(ctx, afterPatience)
	defer cancel()
	client := tsa.Client{Authorities: authorities, Timeout: afterPatience / 2, Attempts: 2}
	return client.Request(ctx, d)
}

// take stores an answer, or logs that there is none.
func (v *Vault) take(ctx context.Context, c Capture, a tsa.Answer, side string, name func([]string) string, out *Timestamping) error {
	e := custody.Event{Subject: c.ID.String(), Case: c.Case}
	if a.Err != nil {
		if ctx.Err() != nil {
			return nil // it was stopped by a person
		}
		out.Failures = append(out.Failures, detailOf(a.Err))
		return v.logTimestampFailure(ctx, e, side, a)
	}
	path, err := v.store(ctx, c, a.Response.DER, name)
	if err != nil {
		return fmt.Errorf("storing the response of %q: %w", a.Authority.Name, err)
	}
	out.Stamps = append(out.Stamps, stampOf(a, path))
	return v.logTimestamp(ctx, c, path, a.Authority.Name, a.Response)
}

func (v *Vault) logTimestamp(ctx context.Context, c Capture, path, authority string, r *tsa.Response) error {
	return v.logAlone(context.WithoutCancel(ctx), custody.Event{
		Action: custody.TimestampObtained, Subject: c.ID.String(), Case: c.Case, Digest: canon.Sum(r.DER),
		Details: details("item", path, "authority", authority, "gen_time", timeText(r.GenTime)),
	})
}

// adopt enters responses into the log that aren't in it, if they hold: a process
// died between storing and logging them. Any other is for verification to name.
// That process may not have got to protect the folder again.
func (v *Vault) adopt(ctx context.Context, c Capture, s *Seal) (out []Stamp, err error) {
	if err := protect(c.Dir); err != nil {
		return nil, err
	}
	logged, err := v.loggedResponses(ctx, c)
	if err != nil {
		return nil, err
	}
	chains, err := readChains(os.DirFS(c.Dir))
	if err != nil {
		return nil, err
	}
	for _, k := range chains {
		for i, r := range k.verify(s, Trust{}) {
			if r.Failed() || slices.Contains(logged, k.paths[i]) {
				continue
			}
			authority := canonText(tsa.Name(r.Response.Signer))
			if err := v.logTimestamp(ctx, c, k.paths[i], authority, r.Response); err != nil {
				return out, err
			}
			out = append(out, Stamp{
				Path: k.paths[i], Authority: authority,
				GenTime: r.Response.GenTime, Accuracy: r.Response.Accuracy.Microseconds(),
			})
		}
	}
	return out, nil
}

// loggedResponses returns the paths of a capture's responses that are in the log.
func (v *Vault) loggedResponses(ctx context.Context, c Capture) (out []string, err error) {
	events, err := v.Events(ctx, custody.Filter{Subject: c.ID.String(), Action: custody.TimestampObtained})
	for _, e := range events {
		out = append(out, e.Details["item"])
	}
	return out, err
}

// afterFiles returns the paths of the responses after the seal in a capture's
// folder, in the order of their numbers.
func afterFiles(fsys fs.FS) (out []string, err error) {
	entries, err := fs.ReadDir(fsys, timestampsDir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, e := range entries {
		if name := path.Join(timestampsDir, e.Name()); IsAfter(name) && e.Type().IsRegular() {
			out = append(out, name)
		}
	}
	slices.SortFunc(out, compareAfter)
	return out, err
}

func compareAfter(a, b string) int {
	n, m, _ := parseAfter(a)
	o, p, _ := parseAfter(b)
	return (n-o)*10_000 + (m - p)
}

// nextAfter names the first response of a new chain.
func nextAfter(have []string) string {
	n := 0
	if len(have) > 0 {
		n, _, _ = parseAfter(have[len(have)-1])
	}
	return afterName(n+1, 0)
}

// store writes a response into a capture's folder, which is read-only otherwise,
// and returns its path. The file is there whole or not at all.
func (v *Vault) store(ctx context.Context, c Capture, response []byte, name func(have []string) string) (_ string, err error) {
	lock := flock.New(filepath.Join(v.dir, timestampLock), flock.SetPermissions(fileMode))
	if ok, err := lock.TryLockContext(ctx, 20*time.Millisecond); err != nil || !ok {
		return "", errors.Join(errors.New("locking the vault's timestamps"), err)
	}
	defer func() { err = errors.Join(err, lock.Unlock()) }()
	have, err := afterFiles(os.DirFS(c.Dir))
	if err != nil {
		return "", err
	}
	rel := name(have)
	temp := filepath.Join(v.dir, stagingDir, timestampTemp)
	if err := os.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err // what a process left that died
	}
	if err := writeFile(temp, response, sealedFileMode); err != nil {
		return "", errors.Join(err, os.Remove(temp))
	}
	if err := insert(temp, c.Dir, rel); err != nil {
		return "", errors.Join(err, os.Remove(temp))
	}
	return rel, nil
}

// insert moves a file into a sealed capture's folder.
func insert(temp, dir, rel string) (err error) {
	into := filepath.Join(dir, timestampsDir)
	defer func() {
		if _, e := os.Lstat(into); e == nil {
			err = errors.Join(err, os.Chmod(into, sealedDirMode))
		}
		err = errors.Join(err, os.Chmod(dir, sealedDirMode))
	}()
	if err := os.Chmod(dir, dirMode); err != nil {
		return err
	}
	if err := makeDir(into); err != nil {
		return err
	}
	if err := os.Chmod(into, dirMode); err != nil {
		return err
	}
	return publish(temp, filepath.Join(dir, filepath.FromSlash(rel)))
}

// Stamped returns the captures of which the log has a timestamp after the seal.
// The others wait for one: they are the queue of what was sealed offline.
func (v *Vault) Stamped(ctx context.Context) (map[uuid.UUID]bool, error) {
	events, err := v.Events(ctx, custody.Filter{Action: custody.TimestampObtained})
	out := make(map[uuid.UUID]bool)
	for _, e := range events {
		if id, err := uuid.Parse(e.Subject); err == nil {
			out[id] = true
		}
	}
	return out, err
}

// Unstamped returns the captures that wait for a timestamp.
func (v *Vault) Unstamped(ctx context.Context) ([]Capture, error) {
	stamped, err := v.Stamped(ctx)
	if err != nil {
		return nil, err
	}
	all, err := v.Captures(ctx, "")
	return slices.DeleteFunc(all, func(c Capture) bool { return stamped[c.ID] }), err
}

// Renew asks for a new response over each of a capture's that can't be relied on
// any more after a time, since a certificate expires. What came of it may be
// nothing at all; the error wraps [ErrNoTimestamp] when a renewal is due and no
// authority answered.
func (v *Vault) Renew(ctx context.Context, c Capture, due time.Time) (*Timestamping, error) {
	out := new(Timestamping)
	err := v.renew(ctx, c, due, out)
	if err != nil {
		return out, fmt.Errorf("renewing the timestamps of %s: %w", c.Name(), err)
	}
	return out, nil
}

func (v *Vault) renew(ctx context.Context, c Capture, due time.Time, out *Timestamping) error {
	seal, err := c.Seal()
	if err != nil {
		return err
	}
	trust, err := v.Trust(ctx)
	if err != nil {
		return err
	}
	chains, err := readChains(os.DirFS(c.Dir))
	if err != nil {
		return err
	}
	for _, chain := range chains {
		results := chain.verify(seal, trust)
		last := results[len(results)-1]
		if last.Failed() || last.ValidUntil.IsZero() || !last.ValidUntil.Before(due) {
			continue
		}
		if err := v.renewChain(ctx, c, chain, out); err != nil {
			return err
		}
	}
	return nil
}

// renewChain asks the authorities, one after another, until one answers.
func (v *Vault) renewChain(ctx context.Context, c Capture, chain *chain, out *Timestamping) error {
	authorities, err := v.Authorities(ctx)
	if err == nil && len(authorities) == 0 {
		err = ErrNoAuthorities
	}
	if err != nil {
		return err
	}
	digest := canon.Sum(chain.responses[len(chain.responses)-1])
	for _, authority := range authorities {
		a := ask(ctx, []tsa.Authority{authority}, digest)[0]
		if err := v.take(ctx, c, a, "renewal", chain.next, out); err != nil || a.Err == nil {
			return err
		}
	}
	return errors.Join(context.Cause(ctx), ErrNoTimestamp)
}
