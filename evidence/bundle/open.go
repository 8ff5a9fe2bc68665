package bundle

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"filippo.io/age"
)

// Errors of opening an encrypted bundle.
var (
	ErrEncrypted     = errors.New("the bundle is encrypted")
	ErrWrongIdentity = errors.New("the bundle is not encrypted to this key or passphrase")
)

// ageIntro is what an encrypted file begins with (age-encryption.org/v1).
const ageIntro = "age-encryption.org/v1\n"

// opened is a bundle's zip, of a file that may be encrypted.
type opened struct {
	io.ReaderAt
	size      int64 // of the zip
	file      *os.File
	encrypted bool
}

func (o *opened) Close() error { return o.file.Close() }

// openRegular opens a file, and no pipe that one would wait for.
func openRegular(path string) (*os.File, int64, error) {
	fi, err := os.Stat(path)
	if err != nil {
		return nil, 0, err
	}
	if !fi.Mode().IsRegular() {
		return nil, 0, fmt.Errorf("%w: not a regular file", ErrNotBundle)
	}
	f, err := os.Open(path)
	return f, fi.Size(), err
}

// openFile opens a bundle. One that is encrypted it decrypts as it is read. The
// error wraps [ErrNotBundle], [ErrEncrypted] without an identity, or
// [ErrWrongIdentity].
func openFile(path string, identities []age.Identity) (*opened, error) {
	f, size, err := openRegular(path)
	if err != nil {
		return nil, err
	}
	o, err := newOpened(f, size, identities)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return o, nil
}

func newOpened(f *os.File, size int64, identities []age.Identity) (*opened, error) {
	ok, err := isEncrypted(f)
	switch {
	case err != nil:
		return nil, err
	case !ok:
		return &opened{ReaderAt: f, size: size, file: f}, nil
	case len(identities) == 0:
		return nil, ErrEncrypted
	}
	r, size, err := age.DecryptReaderAt(f, size, identities...)
	var wrong *age.NoIdentityMatchError
	if errors.As(err, &wrong) {
		return nil, ErrWrongIdentity
	}
	if err != nil {
		return nil, fmt.Errorf("decrypting: %w", err)
	}
	return &opened{ReaderAt: r, size: size, file: f, encrypted: true}, nil
}

func isEncrypted(r io.ReaderAt) (bool, error) {
	b := make([]byte, len(ageIntro))
	n, err := r.ReadAt(b, 0)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return string(b[:n]) == ageIntro, err
}

// Encryption says how a file is encrypted.
type Encryption string

// The ways of encryption.
const (
	Plain        Encryption = ""
	ToPassphrase Encryption = "passphrase"
	ToRecipients Encryption = "recipients"
)

// EncryptionOf tells how a file is encrypted, without decrypting it.
func EncryptionOf(path string) (Encryption, error) {
	f, _, err := openRegular(path)
	if err != nil {
		return Plain, err
	}
	defer f.Close()
	if ok, err := isEncrypted(f); err != nil || !ok {
		return Plain, err
	}
	header, err := age.ExtractHeader(f)
	if err != nil {
		return Plain, fmt.Errorf("reading the header of %q: %w", path, err)
	}
	if bytes.Contains(header, []byte("\n-> scrypt ")) {
		return ToPassphrase, nil
	}
	return ToRecipients, nil
}
