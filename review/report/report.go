package report

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"pugmark/capture"
	"pugmark/evidence"
	"pugmark/evidence/custody"
	"pugmark/review"
)

// Options say what is reported, and how.
type Options struct {
	// Captures are names of captures of the case; none: all of them.
	Captures []string
	Lang     string // one of Languages; empty: "en"
	Path     string // of the PDF, which isn't there yet
	// Signature signs the PDF, if it isn't nil.
	Signature *Signature
	// Progress, if not nil, is told how much of a step is done, from one goroutine at
	// a time.
	Progress func(Progress)
}

// Progress tells how far a report is.
type Progress struct {
	Step        string // "verify", "pictures", "layout", "print" or "sign"
	Done, Total int    // of what it does; 0, 0 where that isn't known
}

// Result is a report that was made.
type Result struct {
	Path     string           `json:"path"`
	Captures int              `json:"captures"`
	Pages    int              `json:"pages"`
	Bytes    int64            `json:"bytes"`
	SHA256   evidence.Digest  `json:"sha256"`
	Outcome  evidence.Outcome `json:"outcome"` // of the verification
	Findings int              `json:"findings"`
	Signed   bool             `json:"signed,omitzero"`
	// Logged says that the digest is in the custody log of the vault.
	Logged bool `json:"logged"`
}

// maker makes one report.
type maker struct {
	Options
	l        *review.Library
	c        *review.Case
	captures []*review.Capture
	w        *words
	english  *words
	now      time.Time
	tool     string // that makes the report

	operator, organisation string // who makes it; empty: not known
	v                      *verification
	read                   []*record // as captures
	pages                  map[string]int
}

// Make makes the report of a case of a library. The browser must be running; it
// prints the report and sees nothing but that. The error wraps [fs.ErrExist] where
// the file is there, [evidence.ErrNoCapture] or [evidence.ErrAmbiguous]. In a
// vault that is open to write the report is logged; it may be locked.
func Make(ctx context.Context, b *capture.Browser, l *review.Library, c *review.Case, o Options) (*Result, error) {
	m, err := newMaker(l, c, o)
	if err != nil {
		return nil, err
	}
	if _, err := os.Lstat(o.Path); !errors.Is(err, fs.ErrNotExist) {
		return nil, errors.Join(fmt.Errorf("making a report: %q: %w", o.Path, fs.ErrExist), err)
	}
	r, err := m.make(ctx, b)
	if err != nil {
		return nil, fmt.Errorf("making the report of %s: %w", c.Name, err)
	}
	return r, nil
}

func newMaker(l *review.Library, c *review.Case, o Options) (m *maker, err error) {
	m = &maker{Options: o, l: l, c: c, now: time.Now(), tool: evidence.Tool}
	if o.Lang == "" {
		m.Lang = Languages[0]
	}
	if m.w, err = readWords(m.Lang); err != nil {
		return nil, err
	}
	if m.english, err = readWords(Languages[0]); err != nil {
		return nil, err
	}
	if v := l.Vault(); v != nil {
		m.operator, m.organisation = joined(v.Info().Operator, v.Info().Role), v.Info().Organisation
	}
	m.captures, err = chosen(c, o.Captures)
	return m, err
}

// chosen returns the captures of names, by exhibit number; all if there is no name.
func chosen(c *review.Case, names []string) ([]*review.Capture, error) {
	if len(names) == 0 {
		return c.Captures, nil
	}
	wanted := make(map[*review.Capture]bool)
	for _, name := range names {
		ref, rest, ok := strings.Cut(name, "/")
		if ok && !strings.EqualFold(ref, c.Name) && !strings.EqualFold(ref, c.Ref) {
			return nil, fmt.Errorf("%q: %w", name, evidence.ErrNoCapture)
		}
		if !ok {
			rest = ref
		}
		x, err := c.Find(rest)
		if err != nil {
			return nil, err
		}
		wanted[x] = true
	}
	var out []*review.Capture
	for _, x := range c.Captures {
		if wanted[x] {
			out = append(out, x)
		}
	}
	return out, nil
}

func (m *maker) tell(step string, done, total int) {
	if m.Progress != nil {
		m.Progress(Progress{step, done, total})
	}
}

// make makes the report in a folder for temporary files, and publishes it.
func (m *maker) make(ctx context.Context, b *capture.Browser) (r *Result, err error) {
	dir, err := os.MkdirTemp("", "pugmark-report-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	m.tell("verify", 0, 0)
	if m.v, err = verify(ctx, m.l, m.c, m.captures, nil); err != nil {
		return nil, err
	}
	if err := m.prepare(ctx, dir); err != nil {
		return nil, err
	}
	m.tell("pictures", 0, len(m.captures))
	out, err := os.CreateTemp(filepath.Dir(m.Path), ".pugmark-report-*.tmp")
	if err != nil {
		return nil, err
	}
	defer func() {
		out.Close()
		if err != nil {
			os.Remove(out.Name())
		}
	}()
	count, err := m.print(ctx, b, dir, out)
	if err != nil {
		return nil, err
	}
	return m.publish(ctx, out, count)
}

// prepare reads all captures and lays their pictures out.
func (m *maker) prepare(ctx context.Context, dir string) error {
	m.read = make([]*record, len(m.captures))
	for i, x := range m.captures {
		if err := ctx.Err(); err != nil {
			return err
		}
		m.read[i] = readCapture(x, "p"+strconv.Itoa(i))
	}
	return writeStatic(dir)
}

// readCapture reads a capture. That it can't be read is no error, but said.
func readCapture(x *review.Capture, prefix string) *record {
	r := &record{capture: x}
	if r.manifest, r.seal, r.err = x.Records(); r.err != nil {
		r.manifest = nil
		return r
	}
	it, ok := r.manifest.Find(evidence.KindPage)
	if !ok {
		it, ok = r.manifest.Find(evidence.KindViewport)
	}
	if ok {
		r.pictures, r.noShown = layPicture(x, it, r.manifest.Environment.PixelRatio, prefix)
	}
	return r
}

// writePictures writes the pictures, and returns, as m.read, why those that can't be
// shown can't. No more are written at once than there are processors: each holds the
// pixels of its parts.
func (m *maker) writePictures(ctx context.Context, dir string) (bad []*errPicture, err error) {
	bad = make([]*errPicture, len(m.read))
	places := make(chan struct{}, runtime.GOMAXPROCS(0))
	write := func(ctx context.Context, i int) (why *errPicture, err error) {
		places <- struct{}{}
		defer func() { <-places }()
		if r := m.read[i]; r.pictures != nil {
			err = r.pictures.write(ctx, r.capture, dir)
		}
		if ctx.Err() == nil && errors.As(err, &why) {
			return why, nil
		}
		return nil, err
	}
	err = evidence.InOrder(ctx, len(m.read), write, func(i int, why *errPicture) error {
		bad[i] = why
		m.tell("pictures", i+1, len(m.read))
		return nil
	})
	return bad, err
}

// print prints the document twice: first to learn on which page each heading is.
func (m *maker) print(ctx context.Context, b *capture.Browser, dir string, out *os.File) (pages int, err error) {
	if err := m.layOut(ctx, b, dir, out); err != nil {
		return 0, err
	}
	m.tell("print", 0, 0)
	return m.printOnce(ctx, b, dir, out)
}

// layOut learns on which page each heading is, while the pictures are written: for
// that only their sizes are needed. It does so again if one of them can't be shown,
// which is only known when all of it was read.
func (m *maker) layOut(ctx context.Context, b *capture.Browser, dir string, out *os.File) error {
	both, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	draft := make(chan error, 1)
	go func() {
		_, err := m.printOnce(both, b, dir, out)
		if err != nil {
			cancel(err)
		}
		draft <- err
	}()
	bad, err := m.writePictures(both, dir)
	if err != nil {
		cancel(err)
	} else {
		m.tell("layout", 0, 0)
	}
	if draftErr := <-draft; err != nil || draftErr != nil {
		return context.Cause(both)
	}
	again := false
	for i, why := range bad {
		if why != nil {
			m.read[i].pictures, m.read[i].noShown, again = nil, why, true
		}
	}
	if !again {
		return nil
	}
	m.pages = nil
	_, err = m.printOnce(ctx, b, dir, out)
	return err
}

// printOnce prints the document, with empty boxes for the pictures as long as the
// pages aren't known, and takes note of the pages.
func (m *maker) printOnce(ctx context.Context, b *capture.Browser, dir string, out *os.File) (pages int, err error) {
	if err := errors.Join(out.Truncate(0), seekStart(out)); err != nil {
		return 0, err
	}
	v := m.newView()
	for _, r := range m.read {
		v.Exhibits = append(v.Exhibits, m.captureView(r))
	}
	if err := m.write(dir, v); err != nil {
		return 0, err
	}
	if err := b.Print(ctx, os.DirFS(dir), m.pages == nil, out); err != nil {
		return 0, err
	}
	info, err := out.Stat()
	if err != nil {
		return 0, err
	}
	m.pages, pages, err = pagesOf(out, info.Size())
	return pages, err
}

func seekStart(f *os.File) error {
	_, err := f.Seek(0, io.SeekStart)
	return err
}

// publish signs the report if that is wanted, logs it and gives it its name.
func (m *maker) publish(ctx context.Context, out *os.File, pages int) (*Result, error) {
	if m.Signature != nil {
		m.tell("sign", 0, 0)
		if err := m.Signature.sign(ctx, out); err != nil {
			return nil, err
		}
	}
	r := &Result{
		Path: m.Path, Captures: len(m.captures), Pages: pages, Outcome: m.v.Report.Outcome, Findings: len(m.v.Report.Findings),
		Signed: m.Signature != nil,
	}
	if err := errors.Join(seekStart(out), out.Sync()); err != nil {
		return nil, err
	}
	hash := sha256.New()
	var err error
	if r.Bytes, err = io.Copy(hash, out); err != nil {
		return nil, err
	}
	r.SHA256 = evidence.Digest(hash.Sum(nil))
	if r.Logged, err = m.log(ctx, r); err != nil {
		return nil, err
	}
	err = evidence.PublishFile(out.Name(), m.Path)
	if err != nil && r.Logged {
		err = fmt.Errorf("the report is in the log, but it failed: %w", err)
	}
	return r, err
}

// log logs the report, in a vault that can be written.
func (m *maker) log(ctx context.Context, r *Result) (bool, error) {
	v := m.l.Vault()
	if v == nil {
		return false, nil
	}
	e := custody.Event{
		Action: custody.ReportMade, Subject: filepath.Base(r.Path), Digest: r.SHA256,
		Details: map[string]string{"captures": strconv.Itoa(r.Captures), "language": m.Lang, "outcome": string(r.Outcome)},
	}
	if m.c.Imported != nil {
		e.Details["imported"] = m.c.Imported.Name
	} else {
		e.Case = m.c.Ref
	}
	if r.Signed {
		e.Details["signed"] = m.Signature.Fingerprint().String()
	}
	err := v.Log(ctx, e)
	if evidence.IsReadOnly(err) {
		return false, nil
	}
	return err == nil, err
}
