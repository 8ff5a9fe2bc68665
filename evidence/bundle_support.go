package evidence

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Include enters the report of a folder that lies at a path.
func (r *Report) Include(f *Report, path string) { r.include(f, path) }

// Sign enters a signer, unless it is there already.
func (r *Report) Sign(s Signer) { r.sign(s) }

// Conclude draws the outcome from what was entered.
func (r *Report) Conclude() { r.conclude() }

// Trusts reports whether a verifier key is one of the ring.
func (r KeyRing) Trusts(vkey string) bool {
	_, ok := r.find(vkey)
	return ok
}

// PublishFile gives a file that is on disk another name in the same folder. It
// never replaces a file, also when another process makes one at that moment:
// then the error wraps [fs.ErrExist]. On return the name is on disk.
func PublishFile(from, to string) error {
	err := os.Link(from, to)
	switch {
	case err == nil:
		return errors.Join(os.Remove(from), syncDir(filepath.Dir(to)))
	case errors.Is(err, fs.ErrExist):
		return fmt.Errorf("publishing %q: %w", to, fs.ErrExist)
	}
	return publish(from, to) // the file system has no links
}
