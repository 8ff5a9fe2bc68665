package evidence

import (
	"errors"
	"fmt"
	"io/fs"
)

// ReadRecords reads manifest and seal of a capture's folder. They are as they
// were sealed, by the seal's key, whosever that is; what they say of the items,
// [VerifyFS] holds against these.
func ReadRecords(fsys fs.FS) (*Manifest, *Seal, error) {
	f := &folder{fsys: fsys, files: make(map[string]int64), others: make(map[string]bool), report: new(Report)}
	for _, name := range []string{manifestFile, sealFile} {
		fi, err := fs.Stat(fsys, name)
		if err != nil {
			return nil, nil, fmt.Errorf("reading capture: %w", err)
		}
		f.files[name] = fi.Size()
	}
	if err := f.readRecords(); err != nil {
		return nil, nil, fmt.Errorf("reading capture: %w", err)
	}
	if f.derived != nil {
		return nil, nil, errors.New("reading capture: it is a derivation")
	}
	f.verifySeal(nil)
	if found := f.report.Conclude().Findings; len(found) > 0 {
		return nil, nil, fmt.Errorf("reading capture: %s", found[0])
	}
	return f.manifest, f.seal, nil
}

// ReadFenceFS returns what authorities say of the time of a capture whose records
// [ReadRecords] read from its folder: see [Capture.ReadFence].
func ReadFenceFS(fsys fs.FS, m *Manifest, s *Seal, trust Trust) (*Fence, []Finding, error) {
	r := new(Report)
	k := &fenceCheck{fsys: fsys, manifest: m, seal: s, trust: trust, report: r}
	f, err := k.run()
	return f, r.Findings, err
}
