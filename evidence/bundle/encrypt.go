package bundle

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"

	"filippo.io/age"

	"pugmark/evidence"
)

// written is a bundle's file that was written, and not verified yet.
type written struct {
	zip        io.ReaderAt // of the file, decrypted
	zipSize    int64
	zipDigest  evidence.Digest
	fileSize   int64
	fileDigest evidence.Digest
}

// writeFile writes the bundle, encrypted if it has recipients.
func (x *exporter) writeFile(ctx context.Context, f *os.File) (*written, error) {
	base := baseOf(x.path, x.ref, x.now)
	if len(x.recipients) == 0 {
		digest, size, err := writeZip(ctx, f, base, x.files, x.meter)
		return &written{f, size, digest, size, digest}, err
	}
	h, size, fileKey := sha256.New(), new(counter), new([]byte)
	w, err := age.Encrypt(io.MultiWriter(f, h, size), noted(x.recipients, fileKey)...)
	if err != nil {
		return nil, fmt.Errorf("encrypting: %w", err)
	}
	digest, _, err := writeZip(ctx, w, base, x.files, x.meter)
	if err = errors.Join(err, w.Close()); err != nil {
		return nil, err
	}
	out := &written{zipDigest: digest, fileSize: int64(*size), fileDigest: evidence.Digest(h.Sum(nil))}
	out.zip, out.zipSize, err = age.DecryptReaderAt(f, out.fileSize, age.NewInjectedFileKeyIdentity(*fileKey))
	return out, err
}

// noted returns recipients that note the key which a file is encrypted with.
func noted(rs []Recipient, fileKey *[]byte) (out []age.Recipient) {
	for _, r := range rs {
		out = append(out, noting{r.age, fileKey})
	}
	return out
}

// counter counts what is written to it.
type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}
