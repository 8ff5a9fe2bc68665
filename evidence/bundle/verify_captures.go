package bundle

import (
	"context"
	"errors"
	"strings"

	"pugmark/evidence"
	"pugmark/evidence/canon"
)

// captureFiles are the files in the folder of a capture.
type captureFiles struct {
	name  string // of the folder
	files []*entry
}

// checkedCapture is a capture's folder that was verified by itself.
type checkedCapture struct {
	fsys   *tree
	report *evidence.Report // nil if it is none of a capture
}

// verifyCaptures verifies the folders of the captures, several at once. What was
// found it enters in the order of the folders.
func (c *checker) verifyCaptures() error {
	var all []captureFiles
	for rest := c.data; len(rest) > 0; {
		name, n := captureOf(rest)
		if name != "" {
			all = append(all, captureFiles{name, rest[:n]})
		}
		rest = rest[n:]
	}
	check := func(ctx context.Context, i int) (checkedCapture, error) { return c.checkCapture(ctx, all[i]) }
	enter := func(i int, k checkedCapture) error { return c.enterCapture(all[i].name, k) }
	if err := evidence.InOrder(c.ctx, len(all), check, enter); err != nil {
		return err
	}
	if len(c.sources.captures) == 0 && c.report.Captures == 0 {
		c.add(strings.TrimSuffix(capturesPrefix, "/"), evidence.CaptureMissing, "a capture", "nothing")
	}
	return nil
}

// captureOf returns the name of the capture's folder that the first of the
// files lies in, and how many of them do. Without a folder the name is empty.
func captureOf(files []*entry) (string, int) {
	path, ok := strings.CutPrefix(files[0].path, capturesPrefix)
	name, _, isFolder := strings.Cut(path, "/")
	if !ok || !isFolder {
		return "", 1
	}
	n := 1
	for n < len(files) && strings.HasPrefix(files[n].path, capturesPrefix+name+"/") {
		n++
	}
	return name, n
}

// checkCapture is called from several goroutines, and enters nothing.
func (c *checker) checkCapture(ctx context.Context, k captureFiles) (checkedCapture, error) {
	path := capturesPrefix + k.name
	fsys := newTree(path+"/", k.files, c.open)
	withheld := func(it evidence.Item) bool { return mayWithhold(it) && c.sources.withheld.has(path+"/"+it.Path) }
	r, err := evidence.VerifyPartFS(ctx, fsys, c.trust, withheld, nil)
	if errors.Is(err, evidence.ErrNotCapture) {
		err = nil
	}
	return checkedCapture{fsys, r}, err
}

func (c *checker) enterCapture(name string, checked checkedCapture) error {
	path := capturesPrefix + name
	if checked.report == nil {
		c.add(path, evidence.ManifestMissing, "a manifest and a seal", "nothing")
		return nil
	}
	k := &capture{folder: name}
	c.include(checked.report, path)
	if !c.sound(path+"/"+captureManifest, path+"/"+captureSeal) {
		return nil
	}
	if err := c.readRecords(k); err != nil {
		return err
	}
	if want := folderOf(k.manifest.Identity.Exhibit, k.manifest.Identity.Capture); want != name {
		c.add(path, RecordDiffers, want, name)
	}
	k.read = func(it evidence.Item) ([]byte, error) { return c.zip.readAll(c.zip.byPath[path+"/"+it.Path], it.Bytes) }
	c.sources.captures = append(c.sources.captures, k)
	c.noteDigests(k)
	return c.readStamps(k, checked.fsys)
}

// include enters the report of a capture's folder.
func (c *checker) include(r *evidence.Report, path string) {
	findings := r.Findings
	r.Findings = nil
	c.report.Include(r, path)
	for _, f := range findings {
		f.Path = path + "/" + f.Path
		c.enter(f)
	}
}

// readRecords reads the records of a capture, in which nothing was found.
func (c *checker) readRecords(k *capture) error {
	m, err := c.read(k.path()+"/"+captureManifest, canon.MaxSize)
	if err != nil {
		return err
	}
	s, err := c.read(k.path()+"/"+captureSeal, canon.MaxSize)
	if err != nil {
		return err
	}
	if k.manifest, err = evidence.ParseManifest(m); err != nil {
		return err
	}
	k.seal, err = evidence.ParseSeal(s)
	return err
}

// noteDigests notes what was hashed while the capture was verified.
func (c *checker) noteDigests(k *capture) {
	for _, it := range k.manifest.Items {
		if path := k.path() + "/" + it.Path; c.sound(path) {
			c.digests[path] = it.SHA256
		}
	}
}
