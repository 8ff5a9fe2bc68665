package evidence

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
	"time"

	"github.com/google/uuid"

	"pugmark/evidence/custody"
)

// Verify verifies the whole vault: the log, every capture, that they and the
// index agree, and that every imported bundle is the one that was imported. It
// trusts what [Vault.Trust] says. It writes nothing. An
// error means that something could not be read.
func (v *Vault) Verify(ctx context.Context, p Progress) (*Report, error) {
	return v.VerifyAgainst(ctx, nil, p)
}

// VerifyAgainst is [Vault.Verify], and also verifies that the log only grew
// since each of some checkpoints that were kept elsewhere. The error wraps
// [custody.ErrSignature] when one of them is of this vault's log, but not signed
// by a key of the vault.
func (v *Vault) VerifyAgainst(ctx context.Context, pins []custody.Checkpoint, p Progress) (*Report, error) {
	root, err := os.OpenRoot(v.dir)
	if err != nil {
		return nil, fmt.Errorf("verifying vault: %w", err)
	}
	defer root.Close()
	c := &vaultCheck{
		v: v, root: root, report: new(Report), meter: &meter{report: p},
		folders: make(map[string]bool), stamps: make(map[string]map[string]Digest),
	}
	err = c.run(ctx)
	if err == nil {
		err = c.comparePins(pins)
	}
	if err != nil {
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
	trust  Trust

	audit      *custody.Audit
	sealed     []custody.Event              // of captures
	derived    []custody.Event              // of derivations
	notes      []custody.Event              // of annotations, and what withdrew them
	imports    []Digest                     // of bundles, each once
	references []Reference                  // each file once
	ring       KeyRing                      // of vault.json, brought up to the log
	keys       KeyRing                      // as the log has them
	log        index                        // what the index should say; captures are added as they are read
	index      index                        // what it says
	folders    map[string]bool              // of captures and derivations, by path in the vault; true once it has its event
	stamps     map[string]map[string]Digest // that the log has, by capture and path
}

// index is the content of the vault's index.
type index struct {
	cases    map[string]Case
	captures map[uuid.UUID]Capture
	notes    map[uuid.UUID]Annotation
}

func (c *vaultCheck) run(ctx context.Context) error {
	// The folders are listed before the log is read, since a folder has its
	// event before it has its place.
	for _, kind := range []string{"captures", derivedDir} {
		found, err := fs.Glob(c.root.FS(), path.Join(casesDir, "*", kind, "*"))
		if err != nil {
			return err
		}
		for _, dir := range found {
			c.folders[dir] = false
		}
	}
	if err := c.v.view(ctx, func(tx *sql.Tx) error { return c.readLog(ctx, tx) }); err != nil {
		return err
	}
	if err := c.verifyCaptures(ctx); err != nil {
		return err
	}
	if err := c.verifyDerivations(ctx); err != nil {
		return err
	}
	if err := c.verifyUnlisted(ctx); err != nil {
		return err
	}
	c.compareIndex()
	if err := c.verifyImports(ctx); err != nil {
		return err
	}
	if err := c.verifyReferences(); err != nil {
		return err
	}
	return c.countStaged()
}

// comparePins holds the log against checkpoints that were kept elsewhere, and
// draws the findings in the log together with all others.
func (c *vaultCheck) comparePins(pins []custody.Checkpoint) error {
	for _, pin := range pins {
		at := fmt.Sprintf("pinned/%d", pin.Size)
		_, signer, err := custody.OpenCheckpoint(pin.Note, c.ring.verifiers()...)
		if err != nil && pin.Origin == origin(c.v.info.ID) {
			return fmt.Errorf("pinned %w", err)
		}
		c.audit.Compare(pin, at)
		if err == nil {
			c.audit.CompareSigner(pin, signer, at)
		}
	}
	c.report.Findings = append(c.audit.Findings, c.report.Findings...)
	return nil
}

// readLog audits the log, and reads the index at the same instant.
func (c *vaultCheck) readLog(ctx context.Context, tx *sql.Tx) (err error) {
	c.log = index{cases: make(map[string]Case), captures: make(map[uuid.UUID]Capture)}
	c.ring = c.v.Keys()
	// Events that can't be read are for the audit to report.
	if ring, err := c.ring.adopt(ctx, c.v.log(tx)); err == nil {
		c.ring = ring
	}
	c.trust.Keys = c.ring
	if roots, err := c.v.roots(ctx, tx); err == nil {
		c.trust.Roots = certificates(roots)
	}
	c.audit, err = c.v.log(tx).Audit(ctx, c.ring.verifiers(), c.readEvent)
	if err != nil {
		return err
	}
	c.compareKeys()
	c.report.Events, c.report.Unsigned = c.audit.Size, c.audit.Size-c.audit.Signed
	if c.index, err = readIndex(ctx, tx); err != nil {
		return err
	}
	for _, x := range c.index.captures {
		c.meter.total += x.Bytes
	}
	c.log.notes = byID(AnnotationsOf(c.notes))
	c.meter.total += c.importedBytes()
	return nil
}

func (c *vaultCheck) readEvent(e custody.Event) {
	switch e.Action {
	case custody.VaultCreated:
		c.compareInfo(e)
	case custody.KeyAdded:
		if !c.keys.Trusts(e.Subject) {
			c.keys = append(c.keys, Key{VKey: e.Subject, Added: e.Time})
		}
	case custody.KeyRetired:
		c.keys.retire(e)
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
	case custody.AnnotationAdded, custody.AnnotationWithdrawn:
		c.enterAnnotation(e)
	case custody.DerivationSealed:
		c.derived = append(c.derived, e)
	case custody.BundleImported:
		c.enterImport(e)
	case custody.LexiconImported:
		c.enterReference(LexiconReference, e)
	case custody.TaxaImported:
		c.enterReference(TaxaReference, e)
	case custody.TimestampObtained:
		if c.stamps[e.Subject] == nil {
			c.stamps[e.Subject] = make(map[string]Digest)
		}
		c.stamps[e.Subject][e.Details["item"]] = e.Digest
	}
}

// compareKeys compares the keys of vault.json with the log. That vault.json lacks
// what the log has is no finding: a process may have died before it wrote it.
func (c *vaultCheck) compareKeys() {
	for _, k := range c.ring {
		switch logged, ok := c.keys.find(k.VKey); {
		case !ok:
			c.report.add(infoFile, KeyUnlogged, "a key of the log", k.VKey)
		case !logged.equal(k):
			c.report.add(infoFile, VaultChanged, describeKey(logged), describeKey(k))
		}
	}
}

func describeKey(k Key) string {
	s := k.VKey + " added " + k.Added.Format(time.RFC3339Nano)
	if k.Retired != nil {
		s += " retired " + k.Retired.Format(time.RFC3339Nano)
	}
	return s
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
		other := strings.HasSuffix(e.Name(), scratchSuffix) || strings.HasPrefix(e.Name(), derivedPrefix)
		if e.IsDir() && !other && !sealed[e.Name()] {
			c.report.Staged++
		}
	}
	return nil
}
