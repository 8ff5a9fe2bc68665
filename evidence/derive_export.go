package evidence

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"pugmark/evidence/custody"
)

// ExportDerivation copies a derivation's folder to a new place, and logs that: who has the
// copy can verify it alone. It refuses a place that is taken, with an error
// that wraps [fs.ErrExist], and a derivation that isn't as it was sealed.
func (v *Vault) ExportDerivation(ctx context.Context, d Derivation, dir string) error {
	if err := v.exportDerivation(ctx, d, dir); err != nil {
		return fmt.Errorf("exporting derivation %s: %w", d.ID, err)
	}
	return nil
}

func (v *Vault) exportDerivation(ctx context.Context, d Derivation, dir string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if _, err := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(&fs.PathError{Op: "mkdir", Path: dir, Err: fs.ErrExist}, err)
	}
	tmp, err := os.MkdirTemp(filepath.Dir(dir), "."+filepath.Base(dir)+".*.partial")
	if err != nil {
		return err
	}
	if err := v.copyDerivation(ctx, d, tmp); err != nil {
		return errors.Join(err, os.RemoveAll(tmp))
	}
	err = v.logAlone(ctx, custody.Event{
		Action: custody.ItemExported, Subject: d.Capture.String(), Digest: d.ManifestDigest, Case: d.Case,
		Details: details("item", derivedDir+"/"+d.ID.String(), "file", canonText(filepath.Base(dir))),
	})
	if err == nil {
		err = publish(tmp, dir)
	}
	if err != nil {
		return errors.Join(err, os.RemoveAll(tmp))
	}
	return nil
}

// copyDerivation copies the folder, and verifies the copy.
func (v *Vault) copyDerivation(ctx context.Context, d Derivation, to string) error {
	if err := errors.Join(os.CopyFS(to, os.DirFS(d.Dir)), openTree(to), ctx.Err()); err != nil {
		return err
	}
	d.Dir = to
	if _, err := d.Manifest(); err != nil {
		return err
	}
	r, err := VerifyFolder(ctx, to, Trust{Keys: v.Keys()}, nil)
	if err == nil && len(r.Findings) > 0 {
		err = fmt.Errorf("it is not as it was sealed: %s", r.Findings[0])
	}
	return err
}

// openTree gives a copy to its owner alone, and flushes it to disk.
func openTree(dir string) error {
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.Chmod(path, dirMode)
		}
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			return err
		}
		return errors.Join(f.Chmod(fileMode), syncClose(f))
	})
	return errors.Join(err, syncTree(dir))
}
