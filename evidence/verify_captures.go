package evidence

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"pugmark/evidence/custody"
)

// checked is a folder of which the files were verified, but which isn't held
// against the log yet.
type checked struct {
	dir    string   // in the vault; empty if there is no folder
	folder *folder  // nil if it is none of a capture
	broken *Finding // why it is none
}

// verifyCaptures verifies the folders of the captures that are in the log,
// several at once. It holds them against the log one after the other, in the
// order of the log.
func (c *vaultCheck) verifyCaptures(ctx context.Context) error {
	check := func(ctx context.Context, i int) (checked, error) {
		x, err := sealedCapture(c.sealed[i])
		if err != nil {
			return checked{}, nil
		}
		dir, err := c.find(x)
		if err != nil || dir == "" {
			return checked{}, err
		}
		return c.checkFolder(ctx, dir)
	}
	return InOrder(ctx, len(c.sealed), check, func(i int, k checked) error { return c.enterCapture(c.sealed[i], k) })
}

// sealedCapture returns the capture of a sealed event, which must be one that
// has a place in a vault.
func sealedCapture(e custody.Event) (Capture, error) {
	x, err := captureOf(e, nil)
	if err == nil {
		err = CheckRef(x.Case)
	}
	return x, err
}

// enterCapture enters the folder of a capture that is in the log.
func (c *vaultCheck) enterCapture(e custody.Event, k checked) error {
	x, err := sealedCapture(e)
	if err != nil {
		c.report.add(fmt.Sprintf("events/%d", e.Seq), custody.EventMalformed, "a sealed capture", err.Error())
		return nil
	}
	if k.dir == "" {
		c.report.add(publishedPath(x), CaptureMissing, "a capture", "nothing")
		return nil
	}
	c.folders[k.dir] = true
	c.enterFolder(k)
	f := k.folder
	if f == nil {
		return nil
	}
	if f.seal != nil && !sameEvent(f.seal.Event, e) {
		c.report.add(k.dir+"/"+sealFile, SealLog, fmt.Sprintf("event %d of the log", e.Seq), fmt.Sprintf("event %d", f.seal.Event.Seq))
	}
	if err := c.compareStamps(e.Subject, k.dir); err != nil {
		return err
	}
	if f.manifest != nil {
		c.log.captures[x.ID], err = captureOf(e, f.manifest)
	}
	return err
}

// compareStamps holds a capture's responses after the seal against the log.
func (c *vaultCheck) compareStamps(subject, dir string) error {
	sub, err := c.root.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer sub.Close()
	found, err := compareResponses(sub.FS(), c.stamps[subject])
	c.report.Include(&Report{Findings: found}, dir)
	return err
}

func sameEvent(a, b custody.Event) bool {
	x, errX := a.Encode()
	y, errY := b.Encode()
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

// find returns the folder of a capture: its place, or the staging folder if it
// isn't published yet, or its place, if it was just published. It returns ""
// if there is none.
func (c *vaultCheck) find(x Capture) (string, error) {
	return c.findIn(publishedPath(x), path.Join(stagingDir, x.ID.String()))
}

// findIn is find for a place and where it is staged.
func (c *vaultCheck) findIn(place, staged string) (string, error) {
	for _, dir := range []string{place, staged, place} {
		_, err := c.root.Lstat(dir)
		if err == nil {
			return dir, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	return "", nil
}

// checkFolder verifies what lies at a path. It is called from several goroutines,
// and enters nothing.
func (c *vaultCheck) checkFolder(ctx context.Context, dir string) (checked, error) {
	k := checked{dir: dir}
	fi, err := c.root.Lstat(dir)
	if err != nil {
		return k, err
	}
	if !fi.IsDir() {
		k.broken = &Finding{Path: dir, Kind: ItemType, Want: "a folder", Got: fi.Mode().Type().String()}
		return k, nil
	}
	sub, err := c.root.OpenRoot(dir)
	if err != nil {
		return k, err
	}
	defer sub.Close()
	f, err := verifyFolder(ctx, sub.FS(), c.trust, nil, c.meter)
	if errors.Is(err, ErrNotCapture) {
		k.broken = &Finding{Path: dir, Kind: ManifestMissing, Want: "a manifest and a seal", Got: "nothing"}
		return k, nil
	}
	if err != nil {
		return k, err
	}
	f.fsys = nil // closed
	k.folder = f
	return k, nil
}

// enterFolder enters what was found in a folder, and holds its checkpoint against
// the log.
func (c *vaultCheck) enterFolder(k checked) {
	if k.broken != nil {
		c.report.Findings = append(c.report.Findings, *k.broken)
		return
	}
	c.report.Include(k.folder.report, k.dir)
	if k.folder.seal != nil {
		c.compareCheckpoint(k.folder.seal, k.dir+"/"+sealFile)
	}
}

// compareCheckpoint holds the checkpoint of a seal against the log, unless it
// is not signed by a key of the vault: then it is nobody's word.
func (c *vaultCheck) compareCheckpoint(s *Seal, at string) {
	k, signer, err := custody.OpenCheckpoint(s.Checkpoint, c.ring.verifiers()...)
	if err == nil {
		c.audit.Compare(k, at)
		c.audit.CompareSigner(k, signer, at)
	}
}

// verifyUnlisted reports the folders that have no event. They are verified too,
// since their checkpoints can show that the log was cut short.
func (c *vaultCheck) verifyUnlisted(ctx context.Context) error {
	var dirs []string
	for dir, listed := range c.folders {
		if !listed {
			dirs = append(dirs, dir)
		}
	}
	slices.Sort(dirs)
	check := func(ctx context.Context, i int) (checked, error) { return c.checkFolder(ctx, dirs[i]) }
	return InOrder(ctx, len(dirs), check, func(i int, k checked) error {
		kind := CaptureUnlisted
		if path.Base(path.Dir(dirs[i])) == derivedDir {
			kind = DerivationUnlisted
		}
		c.report.add(dirs[i], kind, "nothing", "a file or folder")
		c.enterFolder(k)
		return nil
	})
}
