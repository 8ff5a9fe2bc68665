package evidence

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/google/uuid"

	"pugmark/evidence/custody"
)

// Verify verifies the whole vault: the log, every capture, and that they and
// the index agree. It trusts the keys of vault.json. It writes nothing. An
// error means that something could not be read.
func (v *Vault) Verify(ctx context.Context, p Progress) (*Report, error) {
	root, err := os.OpenRoot(v.dir)
	if err != nil {
		return nil, fmt.Errorf("verifying vault: %w", err)
	}
	defer root.Close()
	c := &vaultCheck{
		v: v, root: root, report: new(Report), meter: &meter{report: p},
		keys: make(map[string]bool), folders: make(map[string]bool),
	}
	if err := c.run(ctx); err != nil {
		return nil, fmt.Errorf("verifying vault: %w", err)
	}
	return c.report.Conclude(), nil
}

// vaultCheck is a vault under verification.
type vaultCheck struct {
	v      *Vault
	root   *os.Root
	report *Report
	meter  *meter

	audit   *custody.Audit
	sealed  []custody.Event // of captures
	keys    map[string]bool // that were added
	log     index           // what the index should say; captures are added as they are read
	index   index           // what it says
	folders map[string]bool // of captures, by path in the vault; true once it has its event
}

// index is the content of the vault's index.
type index struct {
	cases    map[string]Case
	captures map[uuid.UUID]Capture
}

func (c *vaultCheck) run(ctx context.Context) error {
	// The folders are listed before the log is read, since a folder has its
	// event before it has its place.
	found, err := fs.Glob(c.root.FS(), path.Join(casesDir, "*", "captures", "*"))
	if err != nil {
		return err
	}
	for _, dir := range found {
		c.folders[dir] = false
	}
	if err := c.v.view(ctx, func(tx *sql.Tx) error { return c.readLog(ctx, tx) }); err != nil {
		return err
	}
	for _, e := range c.sealed {
		if err := c.verifyCapture(ctx, e); err != nil {
			return err
		}
	}
	if err := c.verifyUnlisted(ctx); err != nil {
		return err
	}
	c.compareIndex()
	c.report.Findings = append(c.audit.Findings, c.report.Findings...)
	return c.countStaged()
}

// readLog audits the log, and reads the index at the same instant.
func (c *vaultCheck) readLog(ctx context.Context, tx *sql.Tx) (err error) {
	c.log = index{cases: make(map[string]Case), captures: make(map[uuid.UUID]Capture)}
	c.audit, err = c.v.log(tx).Audit(ctx, c.v.info.Keys.verifiers(), c.readEvent)
	if err != nil {
		return err
	}
	for _, k := range c.v.info.Keys {
		if !c.keys[k.VKey] {
			c.report.add(infoFile, KeyUnlogged, "a key of the log", k.VKey)
		}
	}
	c.report.Events, c.report.Unsigned = c.audit.Size, c.audit.Size-c.audit.Signed
	if c.index, err = readIndex(ctx, tx); err != nil {
		return err
	}
	for _, x := range c.index.captures {
		c.meter.total += x.Bytes
	}
	return nil
}

func (c *vaultCheck) readEvent(e custody.Event) {
	switch e.Action {
	case custody.VaultCreated:
		c.compareInfo(e)
	case custody.KeyAdded:
		c.keys[e.Subject] = true
	case custody.CaseOpened:
		c.log.cases[e.Subject] = caseOf(e)
	case custody.CaseClosed:
		x := c.log.cases[e.Subject]
		x.Closed = &e.Time
		c.log.cases[e.Subject] = x
	case custody.CaptureSealed:
		x := c.log.cases[e.Case]
		x.Captures++
		c.log.cases[e.Case] = x
		c.sealed = append(c.sealed, e)
	}
}

// compareInfo compares vault.json with the first event.
func (c *vaultCheck) compareInfo(e custody.Event) {
	i := c.v.info
	for _, x := range []struct{ want, got string }{
		{e.Subject, i.ID.String()},
		{e.Details["name"], i.Name},
		{e.Details["operator"], i.Operator},
		{e.Details["role"], i.Role},
		{e.Details["organisation"], i.Organisation},
	} {
		if x.want != x.got {
			c.report.add(infoFile, VaultChanged, x.want, x.got)
		}
	}
}

// verifyCapture verifies the folder of a capture that is in the log.
func (c *vaultCheck) verifyCapture(ctx context.Context, e custody.Event) error {
	x, err := captureOf(e, nil)
	if err == nil {
		err = CheckRef(x.Case)
	}
	if err != nil {
		c.report.add(fmt.Sprintf("events/%d", e.Seq), custody.EventMalformed, "a sealed capture", err.Error())
		return nil
	}
	dir, err := c.find(x)
	if err != nil {
		return err
	}
	if dir == "" {
		c.report.add(publishedPath(x), CaptureMissing, "a capture", "nothing")
		return nil
	}
	c.folders[dir] = true
	f, err := c.verifyFolder(ctx, dir)
	if err != nil || f == nil {
		return err
	}
	if f.seal != nil && !sameEvent(f.seal.Event, e) {
		c.report.add(dir+"/"+sealFile, SealLog, fmt.Sprintf("event %d of the log", e.Seq), fmt.Sprintf("event %d", f.seal.Event.Seq))
	}
	if f.manifest != nil {
		c.log.captures[x.ID], err = captureOf(e, f.manifest)
	}
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
	for _, dir := range []string{publishedPath(x), path.Join(stagingDir, x.ID.String()), publishedPath(x)} {
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

// verifyFolder verifies a capture's folder and holds its checkpoint against the
// log. It returns nil if there is no folder at the path.
func (c *vaultCheck) verifyFolder(ctx context.Context, dir string) (*folder, error) {
	fi, err := c.root.Lstat(dir)
	if err != nil {
		return nil, err
	}
	if !fi.IsDir() {
		c.report.add(dir, ItemType, "a folder", fi.Mode().Type().String())
		return nil, nil
	}
	sub, err := c.root.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer sub.Close()
	f, err := verifyFolder(ctx, sub.FS(), c.v.info.Keys, nil, c.meter)
	if errors.Is(err, ErrNotCapture) {
		c.report.add(dir, ManifestMissing, "a manifest and a seal", "nothing")
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	c.report.Include(f.report, dir)
	if f.seal != nil {
		c.compareCheckpoint(f.seal, dir+"/"+sealFile)
	}
	return f, nil
}

// compareCheckpoint holds the checkpoint of a seal against the log, unless it
// is not signed by a key of the vault: then it is nobody's word.
func (c *vaultCheck) compareCheckpoint(s *Seal, at string) {
	k, _, err := custody.OpenCheckpoint(s.Checkpoint, c.v.info.Keys.verifiers()...)
	if err == nil {
		c.audit.Compare(k, at)
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
	for _, dir := range dirs {
		c.report.add(dir, CaptureUnlisted, "nothing", "a file or folder")
		if _, err := c.verifyFolder(ctx, dir); err != nil {
			return err
		}
	}
	return nil
}

// countStaged counts the folders of captures that aren't sealed.
func (c *vaultCheck) countStaged() error {
	entries, err := fs.ReadDir(c.root.FS(), stagingDir)
	if err != nil {
		return err
	}
	sealed := make(map[string]bool, len(c.sealed))
	for _, e := range c.sealed {
		sealed[e.Subject] = true
	}
	for _, e := range entries {
		if e.IsDir() && !strings.HasSuffix(e.Name(), scratchSuffix) && !sealed[e.Name()] {
			c.report.Staged++
		}
	}
	return nil
}
