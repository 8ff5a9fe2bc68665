package evidence

import (
	"fmt"
	"time"

	"github.com/go-json-experiment/json"

	"pugmark/evidence/canon"
)

// VersionError reports a file that a newer Pugmark wrote.
type VersionError struct {
	Format    string // "pugmark-vault"
	Got, Want int
}

func (e *VersionError) Error() string {
	return fmt.Sprintf("%s: got version %d, want at most %d", e.Format, e.Got, e.Want)
}

// parseRecord reads the canonical JSON of a format. It looks at the version
// before it looks at the rest, since a newer version may have other members.
func parseRecord(b []byte, format string, version int, v any) error {
	var head struct {
		Format  string `json:"format"`
		Version int    `json:"version"`
	}
	if len(b) > canon.MaxSize {
		return fmt.Errorf("got %d bytes, want at most %d", len(b), canon.MaxSize)
	}
	if err := json.Unmarshal(b, &head); err != nil {
		return err
	}
	switch {
	case head.Format != format:
		return fmt.Errorf("got format %q, want %q", head.Format, format)
	case head.Version > version:
		return &VersionError{Format: format, Got: head.Version, Want: version}
	case head.Version != version:
		return fmt.Errorf("got version %d of %s, want %d", head.Version, format, version)
	}
	return canon.Unmarshal(b, v)
}

// checkUTC reports the first time that isn't UTC.
func checkUTC(times ...*time.Time) error {
	for _, t := range times {
		if t != nil && t.Location() != time.UTC {
			return fmt.Errorf("got time %s, want UTC", t.Format(time.RFC3339Nano))
		}
	}
	return nil
}
