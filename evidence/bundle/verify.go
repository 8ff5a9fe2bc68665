package bundle

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"filippo.io/age"

	"pugmark/evidence"
	"pugmark/evidence/canon"
	"pugmark/evidence/custody"
)

// maxManifest bounds what is read of a bag's manifest.
const maxManifest = 64 << 20

// VerifyOptions say what a bundle is held against.
type VerifyOptions struct {
	Trust evidence.Trust
	// Pins are checkpoints of the log that were kept elsewhere, with which
	// the bundle's must agree.
	Pins []custody.Checkpoint
	// Identities decrypt a bundle that is encrypted.
	Identities []age.Identity
}

// Verify verifies a bundle by itself. It takes nothing in it for granted, and
// unpacks nothing. An error means that it could not be verified: the file can't
// be read or decrypted ([ErrEncrypted], [ErrWrongIdentity]), is no bundle
// ([ErrNotBundle]), or that of a newer Pugmark ([*evidence.VersionError]); or it
// can't show that its log agrees with a pin ([ErrUnproven]), or that isn't signed
// by a key of the bundle or a trusted one ([custody.ErrSignature]).
func Verify(ctx context.Context, path string, o VerifyOptions, p evidence.Progress) (*evidence.Report, error) {
	f, err := openFile(path, o.Identities)
	if err != nil {
		return nil, fmt.Errorf("verifying bundle: %w", err)
	}
	defer f.Close()
	r, err := verify(ctx, f, f.size, o, &meter{report: p})
	if err != nil {
		return nil, fmt.Errorf("verifying bundle %q: %w", path, err)
	}
	return r, nil
}

// verify goes on counting where the meter is.
func verify(ctx context.Context, r io.ReaderAt, size int64, o VerifyOptions, m *meter) (*evidence.Report, error) {
	zip, err := scan(ctx, r, size)
	if newer := zip.checkVersion(); newer != nil {
		return nil, newer
	}
	c := &checker{
		ctx: ctx, zip: zip, trust: o.Trust, pins: o.Pins, meter: m, report: &evidence.Report{Findings: []evidence.Finding{}},
		marred: make(map[string]bool), digests: make(map[string]evidence.Digest),
		sums: make(map[*entry]uint32),
	}
	var d *deviation
	if errors.As(err, &d) {
		c.enter(d.Finding)
		return c.conclude(), nil
	}
	if err != nil {
		return nil, err
	}
	if err := c.run(); err != nil {
		return nil, err
	}
	m.finish()
	return c.conclude(), nil
}

// checkVersion returns an error if a newer Pugmark wrote the bundle, as far as
// can be told.
func (c *container) checkVersion() error {
	e, ok := c.byPath[infoFile]
	if !ok {
		return nil
	}
	b, err := c.readAll(e, canon.MaxSize)
	if err != nil {
		return nil // nothing can be told
	}
	return checkVersion(b)
}

// content reads a file of the zip.
func (c *container) content(e *entry) io.Reader {
	header := int64(len(e.localHeader(c.base)))
	return io.NewSectionReader(c.r, e.offset+header, e.size)
}

// readAll reads a whole file that isn't larger than a limit.
func (c *container) readAll(e *entry, limit int64) ([]byte, error) {
	if e.size > limit {
		return nil, fmt.Errorf("%q: got %d bytes, want at most %d", e.path, e.size, limit)
	}
	return read(c.content(e), int(e.size))
}

// checker is a bundle under verification.
type checker struct {
	ctx    context.Context
	zip    *container
	tags   []*entry // of the bag's root, by path
	data   []*entry // in data/, by path
	trust  evidence.Trust
	pins   []custody.Checkpoint // kept elsewhere
	meter  *meter
	report *evidence.Report

	unlisted int                        // findings that the report doesn't list
	marred   map[string]bool            // paths with a finding
	digests  map[string]evidence.Digest // of the files that were hashed
	sources  sources

	mu   sync.Mutex
	sums map[*entry]uint32 // guarded by mu; checksums of the files that were read
}

func (c *checker) run() error {
	c.tags, c.data = c.zip.split()
	c.meter.total = c.meter.done
	for _, e := range c.zip.entries {
		c.meter.total += e.size
	}
	for _, step := range []func() error{
		c.readWithheld, c.verifyCaptures, c.verifyWithheld, c.verifyBag, c.verifySecrets, c.readTrustRoots, c.verifyLog, c.verifySignature, c.verifySums, c.verifyPins,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// verifySums reports files that are right, but of which the zip has another
// checksum.
func (c *checker) verifySums() error {
	for _, e := range c.zip.entries {
		if got, ok := c.sums[e]; ok && got != e.crc && c.sound(e.path) {
			c.add(e.path, ContainerChanged, fmt.Sprintf("checksum %08x", got), fmt.Sprintf("%08x", e.crc))
		}
	}
	return nil
}

// open reads a file once, from its beginning to its end. It is called from
// several goroutines, each with another file.
func (c *checker) open(e *entry) io.Reader {
	return &tally{ctx: c.ctx, r: c.zip.content(e), meter: c.meter, done: func(t *tally) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.sums[e] = t.crc
	}}
}

// digest returns the digest of a file.
func (c *checker) digest(e *entry) (evidence.Digest, error) {
	if d, ok := c.digests[e.path]; ok {
		return d, nil
	}
	d, _, err := canon.SumReader(c.open(e))
	c.digests[e.path] = d
	return d, err
}

// read reads a file that isn't larger than a limit. It reports one that is, and
// one that isn't there, and then returns nil.
func (c *checker) read(path string, limit int64) ([]byte, error) {
	e, ok := c.zip.byPath[path]
	switch {
	case !c.sound(path):
		return nil, nil
	case !ok:
		c.add(path, FileMissing, "a file", "nothing")
		return nil, nil
	case e.size > limit:
		c.add(path, RecordMalformed, fmt.Sprintf("at most %d bytes", limit), fmt.Sprint(e.size))
		return nil, nil
	}
	return c.zip.readAll(e, limit)
}

// split returns the files of the bag's root and those in data/, both sorted by
// path.
func (z *container) split() (tags, data []*entry) {
	for _, e := range z.entries {
		if strings.HasPrefix(e.path, payload) {
			data = append(data, e)
		} else {
			tags = append(tags, e)
		}
	}
	slices.SortFunc(tags, func(a, b *entry) int { return strings.Compare(a.path, b.path) })
	return tags, data
}
