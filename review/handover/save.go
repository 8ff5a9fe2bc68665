package handover

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"pugmark/evidence"
	"pugmark/evidence/custody"
)

// ErrNoArchive reports a capture that has no page archive.
var ErrNoArchive = errors.New("the capture has no page archive")

// Saved is a file that was handed over.
type Saved struct {
	Path   string          `json:"path,omitempty"` // absent for a stream
	Bytes  int64           `json:"bytes"`
	SHA256 evidence.Digest `json:"sha256"`
	Logged bool            `json:"logged"` // in the vault's custody log
	Result
}

// Save writes a file that isn't there yet, for its owner alone, and logs it in a
// vault; nil: it isn't logged, and so it isn't in a vault that can't be written. The file
// gets its name once it is whole, on disk and logged: of a file that exists the log
// knows. The error wraps [fs.ErrExist], [ErrOneCapture] or [ErrNoArchive].
func Save(ctx context.Context, v *evidence.Vault, path string, q Request, p Progress) (out *Saved, err error) {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return nil, errors.Join(fmt.Errorf("%q: %w", path, fs.ErrExist), err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.partial") // mode 0600
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_, _ = f.Close(), os.Remove(f.Name())
		}
	}()
	if out, err = stream(ctx, f, q, p); err != nil {
		return nil, err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return nil, err
	}
	out.Path = path
	if err := out.log(ctx, v, q, filepath.Base(path)); err != nil {
		return nil, err
	}
	if err := evidence.PublishFile(f.Name(), path); err != nil {
		return nil, fmt.Errorf("the file %q could not be made: %w", path, err)
	}
	return out, nil
}

// Stream writes to w what [Save] writes to a file, and logs it then.
func Stream(ctx context.Context, v *evidence.Vault, w io.Writer, q Request, p Progress) (*Saved, error) {
	out, err := stream(ctx, w, q, p)
	if err != nil {
		return nil, err
	}
	return out, out.log(ctx, v, q, "-")
}

func stream(ctx context.Context, w io.Writer, q Request, p Progress) (*Saved, error) {
	sum := newSum()
	r, err := Write(ctx, io.MultiWriter(w, sum), q, p)
	if err != nil {
		return nil, err
	}
	return &Saved{Bytes: sum.n, SHA256: sum.digest(), Result: *r}, nil
}

// log logs what was written. The case of an imported bundle is none of the vault's.
func (s *Saved) log(ctx context.Context, v *evidence.Vault, q Request, name string) error {
	if v == nil {
		return nil
	}
	e := custody.Event{
		Action: custody.CaseHandedOver, Subject: name, Digest: s.SHA256, Case: q.Case.Ref,
		Details: map[string]string{"format": string(s.Format), "captures": strconv.Itoa(s.Captures)},
	}
	if len(q.Captures) == 1 {
		e.Details["capture"] = q.Captures[0].ID.String()
	}
	if s.Format == HAR && q.Cookies {
		e.Details["cookies"] = "included"
	}
	if q.Case.Imported != nil {
		e.Case, e.Details["imported"] = "", q.Case.Name
	}
	err := v.Log(ctx, e)
	if evidence.IsReadOnly(err) {
		return nil
	}
	s.Logged = err == nil
	return err
}

// sum counts and hashes what is written.
type sum struct {
	hash.Hash
	n int64
}

func newSum() *sum { return &sum{Hash: sha256.New()} }

// Write implements [io.Writer].
func (s *sum) Write(p []byte) (int, error) {
	s.n += int64(len(p))
	return s.Hash.Write(p)
}

func (s *sum) digest() evidence.Digest { return evidence.Digest(s.Sum(nil)) }
