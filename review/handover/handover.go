package handover

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"pugmark/review"
)

// Format names a format.
type Format string

// The formats.
const (
	CaseUCO Format = "case-uco" // CASE 1.4.0, JSON-LD
	CSV     Format = "csv"
	JSON    Format = "json"
	Lines   Format = "jsonl" // JSON Lines
	HAR     Format = "har"   // HTTP Archive 1.2, of one capture
)

// Formats lists the formats.
func Formats() []Format { return []Format{CaseUCO, CSV, JSON, Lines, HAR} }

// extensions are the endings of the files' names.
var extensions = map[Format]string{CaseUCO: ".jsonld", CSV: ".csv", JSON: ".json", Lines: ".jsonl", HAR: ".har"}

// Extension returns the ending of a file's name.
func (f Format) Extension() string { return extensions[f] }

// FormatOf returns the format that a file's name stands for.
func FormatOf(path string) (Format, bool) {
	for _, f := range Formats() {
		if strings.EqualFold(filepath.Ext(path), f.Extension()) {
			return f, true
		}
	}
	return "", false
}

// ErrOneCapture reports that a format is for one capture, and not for so many.
var ErrOneCapture = errors.New("this format is for one capture")

// Request says what to hand over.
type Request struct {
	Format   Format
	Case     *review.Case
	Captures []*review.Capture // of the case; all of it if empty
	BOM      bool              // begin CSV with a byte order mark, for Excel
	Cookies  bool              // in HAR, leave cookies and authorisations as they were
	MaxBody  int64             // in HAR, bytes of a body; 0: DefaultMaxBody
}

// captures returns what is handed over, by exhibit number.
func (q Request) captures() []*review.Capture {
	if len(q.Captures) == 0 {
		return q.Case.Captures
	}
	out := slices.Clone(q.Captures)
	slices.SortFunc(out, func(a, b *review.Capture) int { return a.Exhibit - b.Exhibit })
	return slices.CompactFunc(out, func(a, b *review.Capture) bool { return a.ID == b.ID })
}

// Result says what was written.
type Result struct {
	Format   Format   `json:"format"`
	Case     string   `json:"case"`
	Captures int      `json:"captures"`
	Unread   []Unread `json:"unread,omitempty"`
	// Requests are those of a HAR, and LeftOut how many of their bodies were
	// too large for it.
	Requests int `json:"requests,omitzero"`
	LeftOut  int `json:"bodies_left_out,omitzero"`
	// Hidden says that cookies and authorisations are left out of a HAR.
	Hidden int `json:"values_left_out,omitzero"`
}

// Unread is a capture that could not be read, in part or at all.
type Unread struct {
	Capture string `json:"capture"`
	Why     string `json:"why"`
}

func (r *Result) unread(c *review.Capture, err error) {
	r.Unread = append(r.Unread, Unread{c.Name(), err.Error()})
}

// Progress is called with how many captures, or of one capture requests, are written
// and how many there are.
type Progress func(done, total int64)

// Write writes what is asked for. The error wraps [ErrOneCapture].
func Write(ctx context.Context, w io.Writer, q Request, p Progress) (*Result, error) {
	r, err := write(ctx, w, q, p)
	if err != nil {
		return nil, fmt.Errorf("handing over case %q: %w", q.Case.Name, err)
	}
	return r, nil
}

func write(ctx context.Context, w io.Writer, q Request, p Progress) (*Result, error) {
	if p == nil {
		p = func(int64, int64) {}
	}
	r := &Result{Format: q.Format, Case: q.Case.Name, Captures: len(q.captures())}
	var err error
	switch q.Format {
	case CaseUCO:
		err = writeCase(ctx, w, q, r, p)
	case CSV:
		err = writeRows(ctx, q, r, p, &csvWriter{w: w, bom: q.BOM})
	case JSON:
		err = writeRows(ctx, q, r, p, &jsonWriter{w: w})
	case Lines:
		err = writeRows(ctx, q, r, p, linesWriter{w})
	case HAR:
		err = writeHAR(ctx, w, q, r, p)
	default:
		err = fmt.Errorf("got format %q, want one of %v", q.Format, Formats())
	}
	return r, err
}
