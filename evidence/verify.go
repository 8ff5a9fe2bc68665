package evidence

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"

	"pugmark/evidence/canon"
)

// ErrNotCapture reports a folder that has neither a manifest nor a seal.
var ErrNotCapture = errors.New("not a capture's folder")

// VerifyFolder verifies one sealed capture, or one derivation, by its folder
// alone. Links in it are not followed, and nothing is opened for writing. An error
// means that the folder could not be read.
//
// A response of a time-stamp authority that is wrong is a finding. One of which
// the root isn't trusted isn't, but where a side of the capture's time rests on
// such ones alone the outcome is [IntegrityOnly]. A capture without responses can
// be [Verified]: it claims nothing of its time but what the key's holder says,
// and its [Fence] is open.
func VerifyFolder(ctx context.Context, dir string, trust Trust, p Progress) (*Report, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("verifying capture: %w", err)
	}
	defer root.Close()
	return VerifyFS(ctx, root.FS(), trust, p)
}

// VerifyFS is [VerifyFolder] for a folder in a file system, such as an archive.
func VerifyFS(ctx context.Context, fsys fs.FS, trust Trust, p Progress) (*Report, error) {
	f, err := verifyFolder(ctx, fsys, trust, nil, &meter{report: p, total: -1})
	if err != nil {
		return nil, fmt.Errorf("verifying capture: %w", err)
	}
	return f.report.Conclude(), nil
}

// VerifyPartFS is [VerifyFS] for the folder of a capture from which items may be
// withheld: one that isn't there, and of which withheld returns true, isn't
// missing.
func VerifyPartFS(ctx context.Context, fsys fs.FS, trust Trust, withheld func(Item) bool, p Progress) (*Report, error) {
	f, err := verifyFolder(ctx, fsys, trust, withheld, &meter{report: p, total: -1})
	if err != nil {
		return nil, fmt.Errorf("verifying capture: %w", err)
	}
	if f.derived != nil {
		f.report.add(manifestFile, ManifestMalformed, "a capture", "a derivation")
	}
	return f.report.Conclude(), nil
}

// folder is the folder of a capture or a derivation under verification.
type folder struct {
	fsys   fs.FS
	files  map[string]int64 // regular files: path and size
	others map[string]bool  // all else: path, and whether it is a folder
	report *Report
	// withheld reports whether an item may be absent; nil: none may.
	withheld func(Item) bool

	rawManifest []byte              // nil if missing
	manifest    *Manifest           // nil if it can't be read, or is that of a derivation
	derived     *DerivationManifest // nil unless it is that of a derivation
	manifestErr error               // why neither could be read
	seal        *Seal               // nil if it can't be read
}

// verifyFolder doesn't draw the conclusion. A meter with a negative total gets
// that of the folder.
func verifyFolder(ctx context.Context, fsys fs.FS, trust Trust, withheld func(Item) bool, m *meter) (*folder, error) {
	f := &folder{
		fsys: fsys, files: make(map[string]int64), others: make(map[string]bool),
		report: new(Report), withheld: withheld,
	}
	if err := f.walk(ctx); err != nil {
		return nil, err
	}
	if err := f.readRecords(); err != nil {
		return nil, err
	}
	f.count()
	sound := f.verifySeal(trust.Keys)
	if !sound || f.manifest == nil && f.derived == nil {
		return f, nil
	}
	if m.total < 0 {
		m.total = bytesOf(f.items())
	}
	f.reportUnlisted()
	if err := f.verifyItems(ctx, m); err != nil {
		return nil, err
	}
	return f, f.verifyTime(trust)
}

// verifyTime verifies the responses of time-stamp authorities, as far as they are
// the ones that were sealed.
func (f *folder) verifyTime(trust Trust) error {
	if f.seal == nil || f.manifest == nil {
		return nil
	}
	marred := make(map[string]bool)
	for _, x := range f.report.Findings {
		marred[x.Path] = true
	}
	c := &fenceCheck{
		fsys: f.fsys, manifest: f.manifest, seal: f.seal, trust: trust, report: f.report,
		skip: func(path string) bool {
			_, ok := f.files[path]
			return !ok || marred[path]
		},
	}
	fence, err := c.run()
	if err == nil {
		f.report.Fences = []Fence{*fence}
	}
	return err
}

// walk lists the folder.
func (f *folder) walk(ctx context.Context) error {
	return fs.WalkDir(f.fsys, ".", func(path string, d fs.DirEntry, err error) error {
		if err = errors.Join(err, ctx.Err()); err != nil || path == "." {
			return err
		}
		if !d.Type().IsRegular() {
			f.others[path] = d.IsDir()
			return nil
		}
		fi, err := d.Info()
		if err == nil {
			f.files[path] = fi.Size()
		}
		return err
	})
}

// readRecords reads manifest and seal.
func (f *folder) readRecords() error {
	rawSeal, errSeal := f.readRecord(sealFile)
	raw, err := f.readRecord(manifestFile)
	if err = errors.Join(err, errSeal); err != nil {
		return err
	}
	if _, ok := f.others[manifestFile]; raw == nil && rawSeal == nil && !ok {
		return ErrNotCapture
	}
	f.rawManifest = raw
	if raw == nil {
		f.reportMissing(manifestFile, ManifestMissing)
	} else {
		f.parseManifest(raw)
	}
	if rawSeal == nil {
		f.reportMissing(sealFile, SealMissing)
	} else if f.seal, err = ParseSeal(rawSeal); err != nil {
		f.seal = nil
		f.report.add(sealFile, SealMalformed, "a seal", err.Error())
	}
	return nil
}

// readRecord returns nil if the record isn't there.
func (f *folder) readRecord(name string) ([]byte, error) {
	if _, ok := f.files[name]; !ok {
		return nil, nil
	}
	r, err := f.fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, canon.MaxSize+1))
	if b == nil {
		b = []byte{}
	}
	return b, err
}

// verifySeal reports whether the manifest can be held against the items: it is
// not known to be another than was sealed.
func (f *folder) verifySeal(keys KeyRing) bool {
	before := len(f.report.Findings)
	if f.seal != nil {
		f.report.Findings = append(f.report.Findings, f.seal.verify()...)
		if len(f.report.Findings) == before {
			f.checkKey(keys)
			f.compareSeal()
		}
	}
	if slices.ContainsFunc(f.report.Findings[before:], func(x Finding) bool { return x.Kind == ManifestDigest }) {
		return false
	}
	if f.manifestErr != nil {
		f.report.add(manifestFile, ManifestMalformed, "a manifest", f.manifestErr.Error())
	}
	return true
}

// checkKey enters the seal's signer.
func (f *folder) checkKey(keys KeyRing) {
	k, trusted := keys.find(f.seal.Key)
	f.report.Sign(Signer{VKey: f.seal.Key, Trusted: trusted})
	if trusted && k.Retired != nil && f.seal.Event.Time.After(*k.Retired) {
		f.report.add(sealFile, KeyRetired, "sealed by "+k.Retired.String(), f.seal.Event.Time.String())
	}
}

// reportUnlisted reports what is neither an item nor a folder with one in it.
// What is in the place of an item is reported with the item.
func (f *folder) reportUnlisted() {
	items := map[string]bool{manifestFile: true, sealFile: true}
	isCapture := f.manifest != nil
	folders := map[string]bool{timestampsDir: isCapture} // a crash can leave it empty
	for _, it := range f.items() {
		items[it.Path] = true
		for i, c := range it.Path {
			if c == '/' {
				folders[it.Path[:i]] = true
			}
		}
	}
	for _, path := range sortedKeys(f.files, nil, strings.Compare) {
		if !items[path] && !(isCapture && IsAfter(path)) {
			f.report.add(path, ItemUnlisted, "nothing", "a file")
		}
	}
	for _, path := range sortedKeys(f.others, nil, strings.Compare) {
		switch isDir := f.others[path]; {
		case folders[path] && !isDir:
			f.report.add(path, ItemType, "a folder", "a link or a device")
		case !folders[path] && !items[path]:
			f.report.add(path, ItemUnlisted, "nothing", "a folder, link or device")
		}
	}
}

// verifyItems compares each item with the manifest.
func (f *folder) verifyItems(ctx context.Context, m *meter) error {
	items := f.items()
	digests := make([]Digest, len(items))
	err := inParallel(ctx, len(items), func(ctx context.Context, i int) (err error) {
		if size, ok := f.files[items[i].Path]; ok && size == items[i].Bytes {
			digests[i], err = f.hashItem(ctx, items[i], m)
		}
		return err
	})
	if err != nil {
		return err
	}
	for i, it := range items {
		size, ok := f.files[it.Path]
		_, other := f.others[it.Path]
		switch {
		case !ok && !other && f.withheld != nil && f.withheld(it):
			f.report.Withheld++
			continue
		case !ok:
			f.reportMissing(it.Path, ItemMissing)
			continue
		case size != it.Bytes:
			f.report.add(it.Path, ItemSize, strconv.FormatInt(it.Bytes, 10), strconv.FormatInt(size, 10))
			continue
		}
		f.report.Items++
		f.report.Bytes += size
		if digests[i] != it.SHA256 {
			f.report.add(it.Path, ItemDigest, it.SHA256.String(), digests[i].String())
		}
	}
	return nil
}

// reportMissing reports a file that isn't there, or that something else is in
// its place.
func (f *folder) reportMissing(path, kind string) {
	isDir, ok := f.others[path]
	switch {
	case !ok:
		f.report.add(path, kind, "a file", "nothing")
	case isDir:
		f.report.add(path, ItemType, "a file", "a folder")
	default:
		f.report.add(path, ItemType, "a file", "a link or a device")
	}
}

// hashItem is called from several goroutines.
func (f *folder) hashItem(ctx context.Context, it Item, m *meter) (Digest, error) {
	select {
	case hashing <- struct{}{}:
		defer func() { <-hashing }()
	case <-ctx.Done():
		return Digest{}, ctx.Err()
	}
	r, err := f.fsys.Open(it.Path)
	if err != nil {
		return Digest{}, err
	}
	defer r.Close()
	d, _, err := canon.SumReader(meteredReader{ctx, r, m})
	return d, err
}

// bytesOf returns the size of items.
func bytesOf(items []Item) (n int64) {
	for _, it := range items {
		n += it.Bytes
	}
	return n
}
