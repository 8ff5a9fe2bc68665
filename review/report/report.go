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
	"sync"
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

// prepare reads all captures and cuts their pictures, several at once.
func (m *maker) prepare(ctx context.Context, dir string) error {
	if err := writeStatic(dir); err != nil {
		return err
	}
	m.read = make([]*record, len(m.captures))
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next := make(chan int)
	var workers sync.WaitGroup
	var mu sync.Mutex // guards done, and the telling
	done := 0
	for range min(runtime.NumCPU(), max(1, len(m.captures))) {
		workers.Go(func() {
			for i := range next {
				if err := m.readCapture(ctx, i, dir); err != nil {
					cancel(err)
				}
				mu.Lock()
				done++
				m.tell("pictures", done, len(m.captures))
				mu.Unlock()
			}
		})
	}
	for i := range m.captures {
		next <- i
	}
	close(next)
	workers.Wait()
	return context.Cause(ctx)
}

// readCapture reads a capture. That it can't be read is no error, but said.
func (m *maker) readCapture(ctx context.Context, i int, dir string) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	r := &record{capture: m.captures[i]}
	m.read[i] = r
	if r.manifest, r.seal, r.err = r.capture.Records(); r.err != nil {
		r.manifest = nil
		return nil
	}
	it, ok := r.manifest.Find(evidence.KindPage)
	if !ok {
		it, ok = r.manifest.Find(evidence.KindViewport)
	}
	if !ok {
		return nil
	}
	var bad *errPicture
	r.pictures, r.noShown = cutPicture(ctx, r.capture, it, r.manifest.Environment.PixelRatio, dir, "p"+strconv.Itoa(i))
	if r.noShown != nil && (ctx.Err() != nil || !errors.As(r.noShown, &bad)) {
		return r.noShown
	}
	return nil
}

// print prints the document twice: first to learn on which page each heading is.
func (m *maker) print(ctx context.Context, b *capture.Browser, dir string, out *os.File) (pages int, err error) {
	m.tell("layout", 0, 0)
	if _, err := m.printOnce(ctx, b, dir, out); err != nil {
		return 0, err
	}
	if err := errors.Join(out.Truncate(0), seekStart(out)); err != nil {
		return 0, err
	}
	m.tell("print", 0, 0)
	return m.printOnce(ctx, b, dir, out)
}

// printOnce prints the document, with empty boxes for the pictures as long as the
// pages aren't known, and takes note of the pages.
func (m *maker) printOnce(ctx context.Context, b *capture.Browser, dir string, out *os.File) (pages int, err error) {
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
