package evidence

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"

	"pugmark/evidence/canon"
	"pugmark/evidence/custody"
)

// importedPath is the place of the copy of a bundle in its vault.
func importedPath(d Digest) string { return path.Join(importedDir, importName(d)) }

// VerifyImport verifies that an imported bundle is the one that was imported. It
// returns what is wrong, or nil. The bundle itself, package bundle verifies.
func (v *Vault) VerifyImport(ctx context.Context, i Import, p Progress) (*Finding, error) {
	root, err := os.OpenRoot(v.dir)
	if err != nil {
		return nil, fmt.Errorf("verifying %q: %w", i.Name, err)
	}
	defer root.Close()
	c := &vaultCheck{v: v, root: root, meter: &meter{report: p}, imports: []Digest{i.SHA256}}
	c.meter.total = c.importedBytes()
	f, err := c.verifyImport(ctx, i.SHA256)
	if err != nil {
		return nil, fmt.Errorf("verifying %q: %w", i.Name, err)
	}
	return f, nil
}

// enterImport enters an event of action bundle.imported.
func (c *vaultCheck) enterImport(e custody.Event) {
	if _, err := c.v.importOf(e); err != nil {
		c.report.add(fmt.Sprintf("events/%d", e.Seq), custody.EventMalformed, "an imported bundle", err.Error())
		return
	}
	if !slices.Contains(c.imports, e.Digest) {
		c.imports = append(c.imports, e.Digest)
	}
}

// importedBytes returns how much there is to hash of the imported bundles.
func (c *vaultCheck) importedBytes() (n int64) {
	for _, d := range c.imports {
		if fi, err := c.root.Lstat(importedPath(d)); err == nil && fi.Mode().IsRegular() {
			n += fi.Size()
		}
	}
	return n
}

// verifyImports holds each imported bundle against the log, several at once.
func (c *vaultCheck) verifyImports(ctx context.Context) error {
	verify := func(ctx context.Context, i int) (*Finding, error) { return c.verifyImport(ctx, c.imports[i]) }
	return InOrder(ctx, len(c.imports), verify, func(_ int, f *Finding) error {
		c.report.Imports++
		if f != nil {
			c.report.Findings = append(c.report.Findings, *f)
		}
		return nil
	})
}

// verifyImport returns what is wrong with a bundle, if anything is. It is called
// from several goroutines.
func (c *vaultCheck) verifyImport(ctx context.Context, want Digest) (*Finding, error) {
	at := importedPath(want)
	switch fi, err := c.root.Lstat(at); {
	case errors.Is(err, fs.ErrNotExist):
		return &Finding{Path: at, Kind: ImportMissing, Want: "a bundle", Got: "nothing"}, nil
	case err != nil:
		return nil, err
	case !fi.Mode().IsRegular():
		return &Finding{Path: at, Kind: ItemType, Want: "a file", Got: fi.Mode().Type().String()}, nil
	}
	select {
	case hashing <- struct{}{}:
		defer func() { <-hashing }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	f, err := c.root.Open(at)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	got, _, err := canon.SumReader(meteredReader{ctx, f, c.meter})
	if err != nil || got == want {
		return nil, err
	}
	return &Finding{Path: at, Kind: ImportDigest, Want: want.String(), Got: got.String()}, nil
}
