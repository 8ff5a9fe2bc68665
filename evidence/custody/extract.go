package custody

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/note"

	"pugmark/evidence/canon"
)

// ExtractFormat is the value of [Extract.Format].
const ExtractFormat = "pugmark-custody"

// ExtractVersion is the version of the extract that this program writes, and
// the only one that it reads.
const ExtractVersion = 1

// Extract is a part of a log that can be verified without the rest.
type Extract struct {
	Format     string   `json:"format"`  // "pugmark-custody"
	Version    int      `json:"version"` // ExtractVersion
	Checkpoint string   `json:"checkpoint"`
	Events     []Proven `json:"events"` // in the log's order
}

// Proven is an event with the proof that it is in the log of a checkpoint.
type Proven struct {
	Event Event `json:"event"`
	Proof Proof `json:"proof"`
}

// Extract returns the events of a case up to the latest checkpoint.
func (l *Log) Extract(ctx context.Context, caseRef string) (*Extract, error) {
	c, err := l.Latest(ctx)
	if err != nil {
		return nil, err
	}
	events, err := l.Events(ctx, Filter{Case: caseRef})
	if err != nil {
		return nil, err
	}
	x := &Extract{Format: ExtractFormat, Version: ExtractVersion, Checkpoint: c.Note, Events: []Proven{}}
	for _, e := range events {
		if e.Seq >= c.Size {
			break
		}
		p, err := l.ProveInclusion(ctx, e.Seq, c.Size)
		if err != nil {
			return nil, err
		}
		x.Events = append(x.Events, Proven{e, p})
	}
	return x, nil
}

// Encode returns the extract's one encoding.
func (x *Extract) Encode() ([]byte, error) { return canon.Marshal(x) }

// ParseExtract reads an extract in its one encoding.
func ParseExtract(b []byte) (*Extract, error) {
	x := new(Extract)
	if err := canon.Unmarshal(b, x); err != nil {
		return nil, fmt.Errorf("reading extract: %w", err)
	}
	if x.Format != ExtractFormat || x.Version != ExtractVersion {
		return nil, fmt.Errorf("reading extract: got format %q version %d, want %q version %d", x.Format, x.Version, ExtractFormat, ExtractVersion)
	}
	for _, p := range x.Events {
		if err := p.Event.check(); err != nil {
			return nil, fmt.Errorf("reading extract: %w", err)
		}
	}
	return x, nil
}

// Verify checks the checkpoint's signature, which must be by one of keys, the
// order of the events and each event's proof. It returns what it found, at the
// given path.
func (x *Extract) Verify(path string, keys ...note.Verifier) []Finding {
	c, _, err := OpenCheckpoint(x.Checkpoint, keys...)
	switch {
	case errors.Is(err, ErrSignature):
		return []Finding{{Path: path, Kind: CheckpointSignature, Want: "a signature by a known key", Got: err.Error()}}
	case err != nil:
		return []Finding{{Path: path, Kind: CheckpointMalformed, Want: "a checkpoint", Got: err.Error()}}
	}
	var out []Finding
	last := int64(-1)
	for _, p := range x.Events {
		at := fmt.Sprintf("%s#%d", path, p.Event.Seq)
		if p.Event.Seq <= last {
			out = append(out, Finding{Path: at, Kind: EventReordered, Want: fmt.Sprintf("after %d", last), Got: fmt.Sprint(p.Event.Seq)})
		}
		last = max(last, p.Event.Seq)
		body, err := p.Event.Encode()
		if err == nil {
			err = CheckInclusion(p.Proof, c, p.Event.Seq, body)
		}
		if err != nil {
			out = append(out, Finding{Path: at, Kind: EventChanged, Want: fmt.Sprintf("an event of the log at %d", c.Size), Got: err.Error()})
		}
	}
	return out
}
