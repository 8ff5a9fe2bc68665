package review

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"

	"github.com/google/uuid"

	"pugmark/evidence"
	"pugmark/evidence/bundle"
	"pugmark/evidence/search"
)

// Library is all that there is to review: a vault with what was imported into it, or
// one bundle. Its methods may be called from several goroutines.
type Library struct {
	vault *evidence.Vault // nil for a bundle's file
	file  *bundle.Reader  // nil for a vault
	path  string          // of the file

	mu     sync.Mutex
	opened map[string]*openedImport // by name; guarded by mu
	own    *Case                    // the bundle's, once it was read; guarded by mu
	index  *search.Index            // of the bundle's case, once it was made; guarded by mu
	lost   []*ImportError           // that the last update of a search could not read; guarded by mu
}

// openedImport is an imported bundle that is open, with its case. It can't change.
type openedImport struct {
	reader *bundle.Reader
	read   *Case
}

// OfVault returns what a vault has. The vault stays its caller's to close, after the
// library.
func OfVault(v *evidence.Vault) *Library {
	return &Library{vault: v, opened: make(map[string]*openedImport)}
}

// OfBundle returns what a bundle has that was opened from a file. The library closes
// it.
func OfBundle(r *bundle.Reader, path string) *Library { return &Library{file: r, path: path} }

// Vault returns the vault, or nil for a bundle's file.
func (l *Library) Vault() *evidence.Vault { return l.vault }

// Bundle returns the bundle, or nil for a vault.
func (l *Library) Bundle() *bundle.Reader { return l.file }

// Close closes the bundles. What was read of their captures can't be read any more.
func (l *Library) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	var errs []error
	if l.index != nil {
		errs = append(errs, l.index.Close())
	}
	if l.file != nil {
		errs = append(errs, l.file.Close())
	}
	for _, o := range l.opened {
		errs = append(errs, o.reader.Close())
	}
	clear(l.opened)
	l.own, l.index = nil, nil
	return errors.Join(errs...)
}

// Trust returns whose keys and which authorities the vault trusts; nothing for a
// bundle's file.
func (l *Library) Trust(ctx context.Context) (evidence.Trust, error) {
	if l.vault == nil {
		return evidence.Trust{}, nil
	}
	return l.vault.Trust(ctx)
}

// Names returns the names of the cases: the vault's own, then the imported ones.
func (l *Library) Names(ctx context.Context) (out []string, err error) {
	if l.vault == nil {
		return []string{l.file.Contents().Ref}, nil
	}
	cases, err := l.vault.Cases(ctx)
	if err != nil {
		return nil, err
	}
	for _, c := range cases {
		out = append(out, c.Ref)
	}
	imports, err := l.vault.Imports(ctx)
	for _, i := range imports {
		out = append(out, i.Name)
	}
	return out, err
}

// Case reads the case of a name. It is to be read only: others may get the same. The error wraps [evidence.ErrNoCase],
// [evidence.ErrNoImport] or [evidence.ErrAmbiguous].
func (l *Library) Case(ctx context.Context, name string) (*Case, error) {
	switch {
	case l.vault == nil && !strings.EqualFold(name, l.file.Contents().Ref):
		return nil, fmt.Errorf("%q: %w", name, evidence.ErrNoCase)
	case l.vault == nil:
		return l.fileCase()
	case IsImportName(name):
		i, err := l.vault.Imported(ctx, name)
		if err != nil {
			return nil, err
		}
		return l.readImport(ctx, i)
	}
	return readOwn(ctx, l.vault, name)
}

// IsImportName reports whether a name is that of an imported bundle, or of a capture of
// one: no case of a vault's own has such a reference.
func IsImportName(name string) bool { return strings.Contains(name, "@") }

// CaseName returns how a case is written that is named with other capitals, and in a
// bundle's file its only one for no name. The error is as of [Library.Case].
func (l *Library) CaseName(ctx context.Context, name string) (string, error) {
	switch {
	case l.vault == nil:
		c := l.file.Contents()
		if name != "" && !strings.EqualFold(name, c.Ref) {
			return "", fmt.Errorf("%q: %w", name, evidence.ErrNoCase)
		}
		return c.Ref, nil
	case IsImportName(name):
		i, err := l.vault.Imported(ctx, name)
		return i.Name, err
	}
	c, err := l.vault.Case(ctx, name)
	return c.Ref, err
}

// fileCase reads the case of the bundle's file, once.
func (l *Library) fileCase() (*Case, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.own != nil {
		return l.own, nil
	}
	c, err := readBundle(l.file, l.file.Contents().Ref, l.path)
	if err == nil {
		l.own = c
	}
	return c, err
}

// readImport opens and reads an imported bundle, once.
func (l *Library) readImport(ctx context.Context, i evidence.Import) (*Case, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if o, ok := l.opened[i.Name]; ok {
		return o.read, nil
	}
	r, err := bundle.OpenReader(ctx, i.Path)
	if err != nil {
		return nil, &ImportError{i, err}
	}
	c, err := readBundle(r, i.Name, i.Path)
	if err != nil {
		return nil, &ImportError{i, errors.Join(err, r.Close())}
	}
	c.Imported = &i
	l.opened[i.Name] = &openedImport{r, c}
	return c, nil
}

// ImportError reports an imported bundle that can't be read as it was imported.
type ImportError struct {
	Import evidence.Import
	Err    error
}

func (e *ImportError) Error() string {
	return fmt.Sprintf("reading the imported bundle %s: %v", e.Import.Name, e.Err)
}

// Unwrap returns what the bundle was read with.
func (e *ImportError) Unwrap() error { return e.Err }

// Cases reads all cases. One that can't be read is given to unread, and left out;
// unread returns the error to end with, or nil.
func (l *Library) Cases(ctx context.Context, unread func(name string, err error) error) (out []*Case, err error) {
	names, err := l.Names(ctx)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		c, err := l.Case(ctx, name)
		if err != nil && ctx.Err() == nil {
			err = unread(name, err)
		}
		if err != nil {
			return nil, err
		}
		if c != nil {
			out = append(out, c)
		}
	}
	return out, nil
}

// Capture finds a capture by case and exhibit, as in "OP-1/3" or "OP-1@1a2b3c4d/3", or
// by the beginning of its id, four characters at least. In a bundle's file the exhibit
// alone will do. A capture of the vault's own goes before an imported one, and among
// those the last imported first. The error wraps [evidence.ErrNoCapture],
// [evidence.ErrAmbiguous], [evidence.ErrNoCase] or [evidence.ErrNoImport].
func (l *Library) Capture(ctx context.Context, name string) (*Case, *Capture, error) {
	ref, exhibit, ok := strings.Cut(name, "/")
	if !ok {
		return l.findID(ctx, name)
	}
	c, err := l.Case(ctx, ref)
	if err != nil {
		return nil, nil, err
	}
	x, err := c.Find(exhibit)
	return c, x, err
}

func (l *Library) findID(ctx context.Context, id string) (*Case, *Capture, error) {
	if l.vault == nil {
		c, err := l.fileCase()
		if err != nil {
			return nil, nil, err
		}
		x, err := c.Find(id)
		return c, x, err
	}
	own, err := l.vault.Capture(ctx, id)
	if errors.Is(err, evidence.ErrNoCapture) {
		return l.findImported(ctx, id)
	}
	if err != nil {
		return nil, nil, err
	}
	c, err := l.Case(ctx, own.Case)
	if err != nil {
		return nil, nil, err
	}
	x, err := c.Find(own.ID.String())
	return c, x, err
}

func (l *Library) findImported(ctx context.Context, id string) (in *Case, x *Capture, err error) {
	imports, err := l.vault.Imports(ctx)
	if err != nil {
		return nil, nil, err
	}
	for _, i := range imports {
		c, err := l.readImport(ctx, i)
		if err != nil {
			return nil, nil, err
		}
		for _, found := range c.Captures {
			switch {
			case !isPrefix(id, found.ID):
			case x != nil && x.ID != found.ID:
				return nil, nil, fmt.Errorf("%q: %w", id, evidence.ErrAmbiguous)
			default:
				in, x = c, found
			}
		}
	}
	if x == nil {
		return nil, nil, fmt.Errorf("%q: %w", id, evidence.ErrNoCapture)
	}
	return in, x, nil
}

// minPrefix is the shortest part of an id that names a capture.
const minPrefix = 4

func isPrefix(s string, id uuid.UUID) bool {
	return len(s) >= minPrefix && strings.HasPrefix(id.String(), strings.ToLower(s))
}

// FileName returns the name of the bundle's file, for people; empty for a vault.
func (l *Library) FileName() string {
	if l.path == "" {
		return ""
	}
	return filepath.Base(l.path)
}
