package ui

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"filippo.io/age"

	"pugmark/evidence"
	"pugmark/evidence/bundle"
	"pugmark/evidence/canon"
)

// origin is the bundle that a case is read from: one that was imported into the vault,
// or a file that is reviewed with no vault, of which the log tells nothing.
type origin struct {
	evidence.Import
	file       bool
	identities []age.Identity // that decrypt the file, if it is encrypted
}

func (o *origin) open(ctx context.Context) (*bundle.Reader, error) {
	return bundle.OpenReader(ctx, o.Path, o.identities...)
}

// verifyCommand is what verifies a capture on the command line; without a name, all
// that it is in. Of a bundle's file it is all of it.
func (o *origin) verifyCommand(name string) string {
	switch {
	case o != nil && o.file:
		return "pug verify " + o.Path
	case name == "" && o != nil:
		return "pug verify " + o.Name
	}
	return "pug verify " + name
}

// source is where the files of a capture are read from: its folder in the vault,
// or an imported bundle, in place.
type source struct {
	fs.FS
	bundle *bundle.Reader // nil for a folder
}

// Close closes the bundle, if it is one.
func (s source) Close() error {
	if s.bundle == nil {
		return nil
	}
	return s.bundle.Close()
}

// openSource opens what a capture is read from.
func openSource(ctx context.Context, e *captureEntry) (source, error) {
	if e.origin == nil {
		return source{FS: e.Files()}, nil
	}
	r, err := e.origin.open(ctx)
	if err != nil {
		return source{}, err
	}
	folder, err := r.Capture(e.ID.String())
	if err != nil {
		return source{}, errors.Join(err, r.Close())
	}
	return source{folder, r}, nil
}

// readManifest reads the manifest of a capture, and of an imported one the seal.
// It checks that the manifest is the one that was listed.
func readManifest(files fs.FS, e *captureEntry) (*evidence.Manifest, *evidence.Seal, error) {
	if e.origin == nil {
		m, err := e.Capture.Manifest()
		return m, nil, err
	}
	m, s, err := evidence.ReadRecords(files)
	if err == nil && s.Event.Digest != e.ManifestDigest {
		err = fmt.Errorf("reading manifest of %s: got digest %s, want %s", e.Name(), s.Event.Digest, e.ManifestDigest)
	}
	return m, s, err
}

// opened is what is read of a capture at once.
type opened struct {
	files    source
	manifest *evidence.Manifest
	seal     *evidence.Seal // of an imported capture
	groups   []group
	lines    []string // the manifest's JSON
	raw      string   // the same, as it was sealed
}

// Close closes what the capture is read from.
func (o opened) Close() error { return o.files.Close() }

// readCapture reads what is shown of a capture, but for the picture. The outcome
// is to be closed.
func readCapture(ctx context.Context, e *captureEntry) (opened, error) {
	files, err := openSource(ctx, e)
	if err != nil {
		return opened{}, err
	}
	o, err := readOpened(files, e)
	if err != nil {
		return opened{}, errors.Join(err, files.Close())
	}
	return o, nil
}

func readOpened(files source, e *captureEntry) (opened, error) {
	m, s, err := readManifest(files, e)
	if err != nil {
		return opened{}, err
	}
	raw, err := canon.Marshal(m)
	if err != nil {
		return opened{}, fmt.Errorf("reading manifest: %w", err)
	}
	lines, err := jsonLines(raw)
	if err != nil {
		return opened{}, fmt.Errorf("reading manifest: %w", err)
	}
	return opened{files, m, s, groupsOf(m, e.ManifestDigest), lines, string(raw)}, nil
}
