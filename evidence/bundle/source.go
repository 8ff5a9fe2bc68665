package bundle

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"pugmark/evidence"
	"pugmark/evidence/canon"
)

// ErrAltered reports evidence that isn't what was sealed. It is never exported.
var ErrAltered = errors.New("the evidence was altered")

// source is a file to be written into a bundle.
type source struct {
	path   string // in the bag
	size   int64
	crc    uint32
	digest evidence.Digest
	open   func() (io.ReadCloser, error)
}

// bytesSource is a source that lies in memory.
func bytesSource(path string, b []byte) *source {
	return &source{
		path: path, size: int64(len(b)), crc: crc32.ChecksumIEEE(b), digest: canon.Sum(b),
		open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil },
	}
}

// readCapture verifies a capture in its vault and returns the files of its
// folder.
func readCapture(ctx context.Context, x evidence.Capture, logged responses, trust evidence.Trust, m *meter) (*capture, []*source, error) {
	dir, err := os.OpenRoot(x.Dir)
	if err != nil {
		return nil, nil, err
	}
	defer dir.Close()
	fsys := &summingFS{FS: dir.FS(), ctx: ctx, meter: m, sums: make(map[string]*tally)}
	r, err := evidence.VerifyFS(ctx, fsys, trust, nil)
	if err != nil {
		return nil, nil, err
	}
	if !r.Sealed() {
		return nil, nil, altered(r)
	}
	c := &capture{folder: folderOf(x.Exhibit, x.ID)}
	digests, err := c.readRecords(dir.FS())
	if err != nil {
		return nil, nil, err
	}
	if got := digests[captureManifest]; got != x.ManifestDigest {
		return nil, nil, fmt.Errorf("%w: got manifest %s, want %s", ErrAltered, got, x.ManifestDigest)
	}
	if err := c.readStamps(dir.FS(), logged.of(x.ID), digests); err != nil {
		return nil, nil, err
	}
	c.read = func(it evidence.Item) ([]byte, error) { return readItem(x.Dir, it) }
	return c, fsys.sources(c, digests, x.Dir), nil
}

// readItem reads an item of a capture that lies in a folder, and not more than
// it is long.
func readItem(dir string, it evidence.Item) ([]byte, error) {
	f, err := os.OpenInRoot(dir, filepath.FromSlash(it.Path))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, it.Bytes))
}

// readRecords reads manifest and seal, and returns their digests.
func (c *capture) readRecords(fsys fs.FS) (map[string]evidence.Digest, error) {
	manifest, err := fs.ReadFile(fsys, captureManifest)
	if err != nil {
		return nil, err
	}
	seal, err := fs.ReadFile(fsys, captureSeal)
	if err != nil {
		return nil, err
	}
	if c.manifest, err = evidence.ParseManifest(manifest); err != nil {
		return nil, err
	}
	if c.seal, err = evidence.ParseSeal(seal); err != nil {
		return nil, err
	}
	return map[string]evidence.Digest{captureManifest: canon.Sum(manifest), captureSeal: canon.Sum(seal)}, nil
}

// altered returns the error of a verification that failed.
func altered(r *evidence.Report) error {
	const shown = 3
	var text []string
	for _, f := range r.Findings[:min(len(r.Findings), shown)] {
		text = append(text, f.String())
	}
	if n := len(r.Findings) - shown; n > 0 {
		text = append(text, fmt.Sprintf("and %d more", n))
	}
	if len(text) == 0 {
		text = []string{"not signed by a key of the vault"}
	}
	return fmt.Errorf("%w: %s", ErrAltered, strings.Join(text, "; "))
}

// summingFS takes the checksums of the files that are read from a file system.
type summingFS struct {
	fs.FS
	ctx   context.Context
	meter *meter

	mu   sync.Mutex
	sums map[string]*tally // guarded by mu
}

// Open implements [fs.FS].
func (s *summingFS) Open(name string) (fs.File, error) {
	f, err := s.FS.Open(name)
	if err != nil {
		return nil, err
	}
	t := &tally{ctx: s.ctx, r: f, meter: s.meter}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sums[name] = t
	return summedFile{f, t}, nil
}

// ReadDir implements [fs.ReadDirFS].
func (s *summingFS) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(s.FS, name) }

type summedFile struct {
	fs.File
	tally *tally
}

func (f summedFile) Read(p []byte) (int, error) { return f.tally.Read(p) }

// sources returns the files of a capture that was verified in this file system,
// and lies in a folder. The digests are those of its records.
func (s *summingFS) sources(c *capture, digests map[string]evidence.Digest, dir string) (out []*source) {
	for _, it := range c.manifest.Items {
		digests[it.Path] = it.SHA256
	}
	for name, digest := range digests {
		t := s.sums[name]
		out = append(out, &source{
			path: c.path() + "/" + name, size: t.size, crc: t.crc, digest: digest,
			open: func() (io.ReadCloser, error) { return os.OpenInRoot(dir, filepath.FromSlash(name)) },
		})
	}
	return out
}
