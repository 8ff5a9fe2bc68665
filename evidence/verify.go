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

// VerifyFolder verifies one sealed capture by its folder alone. Links in it are
// not followed, and nothing is opened for writing. An error means that the
// folder could not be read.
func VerifyFolder(ctx context.Context, dir string, keys KeyRing, p Progress) (*Report, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("verifying capture: %w", err)
	}
	defer root.Close()
	return VerifyFS(ctx, root.FS(), keys, p)
}

// VerifyFS is [VerifyFolder] for a folder in a file system, such as an archive.
func VerifyFS(ctx context.Context, fsys fs.FS, keys KeyRing, p Progress) (*Report, error) {
	return VerifyPartFS(ctx, fsys, keys, nil, p)
}

// VerifyPartFS is [VerifyFS] for a folder from which items may be withheld: one
// that isn't there, and of which withheld returns true, isn't missing.
func VerifyPartFS(ctx context.Context, fsys fs.FS, keys KeyRing, withheld func(Item) bool, p Progress) (*Report, error) {
	f, err := verifyFolder(ctx, fsys, keys, withheld, &meter{report: p, total: -1})
	if err != nil {
		return nil, fmt.Errorf("verifying capture: %w", err)
	}
	return f.report.Conclude(), nil
}

// folder is a capture's folder under verification.
type folder struct {
	fsys   fs.FS
	files  map[string]int64 // regular files: path and size
	others map[string]bool  // all else: path, and whether it is a folder
	report *Report
	// withheld reports whether an item may be absent; nil: none may.
	withheld func(Item) bool

	rawManifest []byte    // nil if missing
	manifest    *Manifest // nil if it can't be read
	seal        *Seal     // nil if it can't be read
}

// verifyFolder doesn't draw the conclusion. A meter with a negative total gets
// that of the folder.
func verifyFolder(ctx context.Context, fsys fs.FS, keys KeyRing, withheld func(Item) bool, m *meter) (*folder, error) {
	f := &folder{
		fsys: fsys, files: make(map[string]int64), others: make(map[string]bool),
		report: &Report{Captures: 1}, withheld: withheld,
	}
	if err := f.walk(ctx); err != nil {
		return nil, err
	}
	if err := f.readRecords(); err != nil {
		return nil, err
	}
	sound := f.verifySeal(keys)
	if !sound || f.manifest == nil {
		return f, nil
	}
	if m.total < 0 {
		m.total = f.manifest.bytes()
	}
	f.reportUnlisted()
	return f, f.verifyItems(ctx, m)
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
	} else if f.manifest, err = ParseManifest(raw); err != nil {
		f.manifest = nil
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
			if f.rawManifest != nil {
				f.report.Findings = append(f.report.Findings, f.seal.compare(f.rawManifest, f.manifest)...)
			}
		}
	}
	if slices.ContainsFunc(f.report.Findings[before:], func(x Finding) bool { return x.Kind == ManifestDigest }) {
		return false
	}
	if f.manifest == nil && f.rawManifest != nil {
		_, err := ParseManifest(f.rawManifest)
		f.report.add(manifestFile, ManifestMalformed, "a manifest", err.Error())
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
	folders := make(map[string]bool)
	for _, it := range f.manifest.Items {
		items[it.Path] = true
		for i, c := range it.Path {
			if c == '/' {
				folders[it.Path[:i]] = true
			}
		}
	}
	for _, path := range sortedKeys(f.files, nil, strings.Compare) {
		if !items[path] {
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
	for _, it := range f.manifest.Items {
		if err := ctx.Err(); err != nil {
			return err
		}
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
		if err := f.verifyItem(ctx, it, m); err != nil {
			return err
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

func (f *folder) verifyItem(ctx context.Context, it Item, m *meter) error {
	r, err := f.fsys.Open(it.Path)
	if err != nil {
		return err
	}
	defer r.Close()
	got, n, err := canon.SumReader(meteredReader{ctx, r, m})
	if err != nil {
		return err
	}
	f.report.Items++
	f.report.Bytes += n
	if got != it.SHA256 {
		f.report.add(it.Path, ItemDigest, it.SHA256.String(), got.String())
	}
	return nil
}

// bytes returns the size of all items.
func (m *Manifest) bytes() (n int64) {
	for _, it := range m.Items {
		n += it.Bytes
	}
	return n
}
