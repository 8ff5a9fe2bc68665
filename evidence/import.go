package evidence

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gofrs/flock"
	"github.com/google/uuid"

	"pugmark/evidence/custody"
)

// Names in the folder of the imported bundles.
const (
	importLock    = "lock"
	importSuffix  = ".pugmark.zip"
	partialSuffix = ".partial"
)

// ErrImported reports a bundle that the vault has already.
var ErrImported = errors.New("the bundle was imported already")

// ImportedError is the error of importing a bundle that the vault has. It is an
// [ErrImported].
type ImportedError struct{ Import Import } // the earlier one

func (e *ImportedError) Error() string {
	return fmt.Sprintf("%v: as %q, at %s", ErrImported, e.Import.Name, e.Import.Imported.Format(time.RFC3339))
}

// Is implements the method that [errors.Is] looks for.
func (e *ImportedError) Is(target error) bool { return target == ErrImported }

// Received says what is imported.
type Received struct {
	Name string // of the file; of a path the last part counts
	// Write writes the bundle's zip.
	Write func(io.Writer) error
	// Check looks at the copy that was written, of which the size is given,
	// and says what it is; see [Origin]. An error means that it is not taken.
	Check func(zip io.ReaderAt, size int64) (Origin, error)
}

// Origin says where an imported bundle is from.
type Origin struct {
	Vault    uuid.UUID // that sealed it
	Case     string    // reference there
	Captures int
	Keys     []string // verifier keys of the seals
	Outcome  Outcome  // of the verification
	// FileSHA256 is the digest of the file that was received, if it isn't the
	// zip itself but encrypted.
	FileSHA256 Digest
}

// Import takes a bundle of another vault into this one for review: as it is,
// byte for byte, and under no signature of this vault but that of the log. The
// vault may be locked. When Import returns, the copy is on disk, read-only, and
// in the log; after an error nothing of it is left. The error is an
// [*ImportedError] when the vault has the bundle. One of which the copy was lost
// can be imported again.
func (v *Vault) Import(ctx context.Context, r Received) (Import, error) {
	i, err := v.importBundle(ctx, r)
	if err != nil {
		return Import{}, fmt.Errorf("importing %q: %w", filepath.Base(r.Name), err)
	}
	return i, nil
}

func (v *Vault) importBundle(ctx context.Context, r Received) (out Import, err error) {
	lock := flock.New(v.importPath(importLock), flock.SetPermissions(fileMode))
	if ok, err := lock.TryRLockContext(ctx, 20*time.Millisecond); err != nil || !ok {
		return out, errors.Join(errors.New("locking the imported bundles"), err)
	}
	defer func() { err = errors.Join(err, lock.Unlock()) }()
	p, err := v.newPartial(ctx)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, p.discard()) }()
	if err := r.Write(p); err != nil {
		return out, err
	}
	digest := Digest(p.hash.Sum(nil))
	if err := v.checkNew(ctx, v.db, digest); err != nil {
		return out, err
	}
	if err := p.file.Sync(); err != nil {
		return out, err
	}
	from, err := r.Check(p.file, p.size)
	if err != nil {
		return out, err
	}
	if err := p.close(); err != nil {
		return out, err
	}
	return v.publishImport(ctx, p, from.event(r.Name, digest))
}

// partial is the copy of a bundle under way. It belongs to one goroutine.
type partial struct {
	ctx  context.Context
	file *os.File
	hash hash.Hash
	size int64
	open bool // the file is
}

// newPartial makes a file that is this process's alone, as long as that shares
// the lock: see [Vault.dropPartials].
func (v *Vault) newPartial(ctx context.Context) (*partial, error) {
	f, err := os.CreateTemp(v.importPath(""), "*"+partialSuffix) // mode 0600
	if err != nil {
		return nil, err
	}
	return &partial{ctx: ctx, file: f, hash: sha256.New(), open: true}, nil
}

// Write implements [io.Writer].
func (p *partial) Write(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := p.file.Write(b)
	p.hash.Write(b[:n])
	p.size += int64(n)
	return n, err
}

// close makes the file one that is on disk and never changes again.
func (p *partial) close() error {
	p.open = false
	err := p.file.Chmod(sealedFileMode)
	return errors.Join(err, syncClose(p.file))
}

// discard removes the file, unless it was given another name.
func (p *partial) discard() error {
	var err error
	if p.open {
		err = p.file.Close()
	}
	if e := os.Remove(p.file.Name()); !errors.Is(e, fs.ErrNotExist) {
		err = errors.Join(err, e)
	}
	return err
}

// event returns the event that tells of the bundle.
func (o Origin) event(name string, digest Digest) custody.Event {
	e := custody.Event{
		Action: custody.BundleImported, Subject: fileName(name), Digest: digest,
		Details: details("vault", o.Vault.String(), "case", o.Case, "captures", fmt.Sprint(o.Captures),
			"keys", keysText(o.Keys), "outcome", string(o.Outcome)),
	}
	if !o.FileSHA256.IsZero() {
		e.Details["file"] = o.FileSHA256.String()
	}
	return e
}

// publishImport gives the copy its name and logs it, in this order: a bundle in
// the log is on disk. A file that isn't in the log is none of the vault's: a
// process died between the two.
func (v *Vault) publishImport(ctx context.Context, p *partial, e custody.Event) (Import, error) {
	to := v.importPath(importName(e.Digest))
	var published bool
	var logged custody.Event
	err := v.update(ctx, func(tx *sql.Tx) (err error) {
		if err := v.checkNew(ctx, tx, e.Digest); err != nil {
			return err
		}
		if err := os.Remove(to); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err := publish(p.file.Name(), to); err != nil {
			return err
		}
		published = true
		logged, err = v.append(ctx, tx, e, nil)
		return err
	})
	if err != nil && published {
		err = errors.Join(err, v.dropUnlogged(context.WithoutCancel(ctx), e.Digest))
	}
	if err != nil {
		return Import{}, err
	}
	return v.importOf(logged)
}

// dropUnlogged removes a copy of which the event could not be logged. That it
// isn't there all the same, or by another process, only the log can say: see
// [Vault.outlive]. A copy that stays is no evidence, and can be imported again.
func (v *Vault) dropUnlogged(ctx context.Context, d Digest) error {
	if err := v.outlive(ctx); err != nil {
		return err
	}
	return v.update(ctx, func(tx *sql.Tx) error {
		_, err := v.findImport(ctx, tx, d)
		if !errors.Is(err, ErrNoImport) {
			return err
		}
		return os.Remove(v.importPath(importName(d)))
	})
}

// checkNew reports a bundle that the vault has, in the log and on disk.
func (v *Vault) checkNew(ctx context.Context, db custody.DB, d Digest) error {
	old, err := v.findImport(ctx, db, d)
	if errors.Is(err, ErrNoImport) {
		return nil
	}
	if err != nil {
		return err
	}
	switch _, err := os.Lstat(old.Path); {
	case err == nil:
		return &ImportedError{old}
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	return nil // lost
}

// dropPartials removes what a process left that died while it imported. No
// process imports as long as the lock is held alone.
func (v *Vault) dropPartials() (err error) {
	if err := makeDir(v.importPath("")); err != nil {
		return err
	}
	lock := flock.New(v.importPath(importLock), flock.SetPermissions(fileMode))
	if ok, err := lock.TryLock(); err != nil || !ok {
		return err
	}
	defer func() { err = errors.Join(err, lock.Unlock()) }()
	left, err := filepath.Glob(v.importPath("*" + partialSuffix))
	for _, path := range left {
		err = errors.Join(err, os.Remove(path))
	}
	return err
}

// importPath returns the path of a name in the folder of the imported bundles.
func (v *Vault) importPath(name string) string { return filepath.Join(v.dir, importedDir, name) }

// importName is the name of the copy of a bundle.
func importName(d Digest) string { return d.String() + importSuffix }

// maxName bounds how much of a file's name is logged, in bytes.
const maxName = 255

// fileName returns the last part of a path, as far as it can be logged.
func fileName(path string) string {
	name := strings.ToValidUTF8(filepath.Base(path), "\uFFFD")
	for len(name) > maxName {
		_, n := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-n]
	}
	return name
}

// maxLoggedKeys bounds how many keys are logged. The bundle has them all.
const maxLoggedKeys = 16

func keysText(keys []string) string {
	return strings.Join(keys[:min(len(keys), maxLoggedKeys)], " ")
}
