// Package capture records one web page as evidence: it drives a real Chrome to
// the page, and turns what the page showed and what its server sent into items
// and a verdict.
//
// One [Browser] serves many captures, each in a browser context of its own. A
// capture takes these steps, and its log (see the item capture.log.jsonl) says
// what each did to the page:
//
//	open       a tab with no cookies, no cache and no history
//	navigate   to the address, following redirects
//	settle     load event, network quiet, fonts loaded; each bounded
//	viewport   a picture of the page as a visitor first sees it
//	consent    a banner is clicked away, where that was asked for
//	scroll     through the page, so that lazy content loads; bounded
//	picture    of the full page, in strips, joined into one
//	document   rendered DOM, visible text, MHTML, PDF
//	archive    the page archive is closed
//	listing    what the page says of what it offers; its photographs
//
// A step that goes wrong after the document has come costs the capture its
// completeness, not its existence: what was obtained is kept, and the verdict
// says what is missing and why.
package capture

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"time"

	"pugmark/evidence"
	"pugmark/lexicon"
)

// Request says what to capture.
type Request struct {
	URL     string // http or https
	Store   Store  // where the items go
	Scratch string // a folder for temporary files

	Viewport   evidence.Size // CSS pixels; zero: 1280×800
	PixelRatio float64       // zero: 1
	Mobile     bool          // touch, and the page's mobile layout
	UserAgent  string        // empty: the browser's own, without the word Headless
	Locale     string        // BCP 47, such as "zh-CN"; empty: the browser's
	Timezone   string        // IANA, such as "Asia/Shanghai"; empty: the machine's
	Proxy      string        // http:// or socks5:// address, with credentials or without; empty: none

	// AllowPrivate opens this machine and the network around it to the page.
	// Without it only a page that is there itself may reach them.
	AllowPrivate bool

	// DismissConsent clicks a known consent banner away, after a picture of
	// the page with it.
	DismissConsent bool
	Limits         Limits
	// AllowInvalidCertificate goes on where the server's certificate is not
	// valid. The verdict then is no better than partial.
	AllowInvalidCertificate bool

	// Words finds the words of the trade in what the page says; nil: none are looked
	// for. MissingWords says which lexicons it lacks, and why.
	Words        *lexicon.Matcher
	MissingWords []string

	// Encrypt makes a writer whose contents only the vault's owner can read.
	// If it is nil, the secrets of the TLS connections are not kept.
	Encrypt func(io.Writer) (io.WriteCloser, error)

	// Ready, if not nil, is called when all is ready to open the address, and
	// holds that up until it returns.
	Ready func()

	// Progress, if not nil, is told of each step, of problems, and of bytes that
	// pass, from one goroutine at a time. It must return soon.
	Progress func(Progress)
}

// Store keeps the items of a capture. Open reads one that is written.
type Store interface {
	evidence.ItemStore
	Open(path string) (io.ReadCloser, error)
}

// Progress tells how far a capture is.
type Progress struct {
	Step   string // one of the steps in the package's comment
	Detail string // "strip 2 of 5"
	Bytes  int64  // that passed so far, both ways
	// Problems counts what the verdict will name, and Problem is the last of them.
	Problems int
	Problem  string
}

// Limits bound what a page may ask of a capture, so that none goes on for ever.
// A page that wants more gets a partial verdict. Zero stands for the default.
type Limits struct {
	Load    time.Duration // until the load event; 60 s
	Quiet   time.Duration // after the load event, until no request is under way; 10 s
	Stall   time.Duration // that scripts may keep the page from answering; 10 s
	Scroll  time.Duration // for going through the page; 2 min
	Height  int           // of the page, in CSS pixels; 200,000
	Traffic int64         // bytes, both ways together; 4 GiB
	Conn    int64         // of them through one connection; 2 GiB
	Open    time.Duration // until the network is shut; 15 min
}

// Bounds that hold for all captures.
const (
	stepTimeout  = 30 * time.Second       // for one command
	quietTime    = 500 * time.Millisecond // without requests counts as quiet
	fontPatience = 5 * time.Second
)

// session is one capture under way. Its fields belong to the goroutine that
// runs Capture.
type session struct {
	*Request
	browser  *Browser
	page     *page
	ledger   *ledger
	recorder *recorder
	archiver *archiver
	album    *album
	passage  *passage
	reporter *reporter
	address  *url.URL
	begun    time.Time // with the monotonic clock
	result   *evidence.Acquisition
	scrolls  int
	pictured bool         // the full-page picture is there
	roused   bool         // the page's scripts were stopped for good
	shown    []shownImage // the page's pictures
	unlisted int          // how many more it has
	prelude  string       // see [Drawing]; "" for a capture
}

// Capture captures a page. The error is a [*Failure] when no document could be
// had at all; otherwise the result's verdict says how whole the capture is.
func (b *Browser) Capture(ctx context.Context, r Request) (*evidence.Acquisition, error) {
	address, err := CheckAddress(r.URL)
	if err != nil {
		return nil, err
	}
	r.setDefaults()
	s := &session{Request: &r, browser: b, address: address, begun: time.Now(), result: new(evidence.Acquisition), reporter: &reporter{tell: r.Progress}}
	s.result.Target.Requested = r.URL
	if err := s.run(ctx); err != nil {
		return nil, classify(ctx, err)
	}
	return s.result, nil
}

func (r *Request) setDefaults() {
	if r.Viewport == (evidence.Size{}) {
		r.Viewport = evidence.Size{Width: 1280, Height: 800}
	}
	if r.PixelRatio == 0 {
		r.PixelRatio = 1
	}
	l := &r.Limits
	l.Load = cmp.Or(l.Load, 60*time.Second)
	l.Quiet = cmp.Or(l.Quiet, 10*time.Second)
	l.Stall = cmp.Or(l.Stall, 10*time.Second)
	l.Scroll = cmp.Or(l.Scroll, 2*time.Minute)
	l.Height = cmp.Or(l.Height, 200_000)
	l.Traffic = cmp.Or(l.Traffic, 4<<30)
	l.Conn = cmp.Or(l.Conn, 2<<30)
	l.Open = cmp.Or(l.Open, 15*time.Minute)
	if r.Progress == nil {
		r.Progress = func(Progress) {}
	}
}

// run takes the steps. What it opens it closes, whatever happens.
func (s *session) run(ctx context.Context) (err error) {
	if s.ledger, err = newLedger(s.Store); err != nil {
		return err
	}
	closeLedger := true
	defer func() {
		if closeLedger {
			s.ledger.close()
		}
	}()
	s.album = &album{dir: s.Scratch}
	defer s.album.close()
	if s.archiver, err = newArchiver(s.Store, s.album, s.archiveOptions()); err != nil {
		return err
	}
	defer s.archiver.abandon()

	s.step("open", "")
	if s.passage, err = s.openPassage(ctx); err != nil {
		return err
	}
	defer s.passage.close()
	defer s.reporter.watch(s.passage.Bytes)()
	s.archiver.remote = s.passage.remote
	if s.page, err = s.browser.openPage(ctx, s.ledger, s.passage.Proxy()); err != nil {
		return err
	}
	defer s.page.close()
	if err := s.load(s.archiver.queue); err != nil {
		return err
	}
	s.record(captureSteps)
	if err := context.Cause(ctx); err != nil {
		return err // asked to stop: a capture that a person broke off isn't one
	}
	if err := s.closeArchive(); err != nil {
		return err
	}
	s.listing(ctx)
	if err := context.Cause(ctx); err != nil {
		return err
	}
	s.conclude()
	closeLedger = false
	s.result.Interventions, err = s.ledger.close()
	return err
}

// load opens the address and waits until the page has settled. Each exchange is
// handed to done when it has finished.
func (s *session) load(done chan<- *exchange) error {
	id, err := s.identity()
	if err != nil {
		return err
	}
	if err := s.page.emulate(s.Request, id); err != nil {
		return err
	}
	s.recorder = newRecorder(s.browser.transport, s.Scratch, s.ledger, done)
	s.recorder.ignoreCert, s.recorder.identity = s.AllowInvalidCertificate, id
	s.recorder.prelude = s.prelude
	s.recorder.start(s.page)
	s.page.transport.prepend(s.page.session, "page", s.prelude)
	if s.archiver != nil {
		s.archiver.recorder = s.recorder
	}
	if s.Ready != nil {
		s.Ready()
	}
	s.step("navigate", s.URL)
	if err := s.navigate(); err != nil {
		return err
	}
	s.step("settle", "")
	s.settle()
	return nil
}

// pageStep is something that is done with a page that has settled.
type pageStep struct {
	name string
	do   func(*session) error
}

// The steps of a capture, and of a page that is only drawn.
var (
	drawSteps = []pageStep{
		{"viewport", (*session).viewport},
		{"consent", (*session).dismissConsent},
		{"scroll", (*session).scroll},
		{"picture", (*session).picture},
	}
	captureSteps = append(drawSteps[:len(drawSteps):len(drawSteps)], pageStep{"document", (*session).documents})
)

// record takes everything that is taken from the page. A step that fails is a
// problem, and the next is tried all the same, unless the page is gone.
func (s *session) record(steps []pageStep) {
	for _, step := range steps {
		if step.name == "consent" && !s.DismissConsent {
			continue
		}
		if s.page.ctx.Err() != nil {
			s.problem(ProblemPageLost, fmt.Sprintf("the page was lost before the step %q: %v", step.name, context.Cause(s.page.ctx)), "")
			return
		}
		s.step(step.name, "")
		err := s.page.cause(step.do(s))
		if errors.Is(err, context.DeadlineExceeded) && !s.respondsWithin(lastChance) {
			s.page.cancel(errUnresponsive)
			err = errUnresponsive
		}
		if errors.Is(err, context.Canceled) || errors.Is(err, errCrashed) || errors.Is(err, errUnresponsive) {
			s.problem(ProblemPageLost, fmt.Sprintf("the page was lost in the step %q: %v", step.name, err), "")
			return
		}
		if err != nil {
			s.problem(ProblemStep, fmt.Sprintf("the step %q went wrong: %v", step.name, err), "")
		}
	}
}

func (s *session) step(name, detail string) {
	s.ledger.step(name)
	s.reporter.step(name, detail)
}

// problem notes a check that didn't hold. The same one is noted once.
func (s *session) problem(code, detail, address string) {
	p := evidence.Problem{Code: code, Detail: detail, URL: address}
	if slices.Contains(s.result.Problems, p) {
		return
	}
	s.result.Problems = append(s.result.Problems, p)
	s.ledger.problem(p)
	s.reporter.problem(p)
}

// conclude fills in what is known only at the end.
func (s *session) conclude() {
	s.describeTarget()
	s.describeEnvironment()
	s.judge()
	now := time.Now()
	s.result.Time.Started = s.begun.UTC()
	s.result.Time.Duration = now.Sub(s.begun).Milliseconds()
	s.result.Time.Finished = now.UTC()
	s.result.Time.Zone = now.Format("-07:00")
}

// closeArchive ends the recording. What is still loading is recorded as far as
// it came.
func (s *session) closeArchive() error {
	s.step("archive", "")
	s.still()
	s.recorder.stop()
	if err := s.archiver.finish(s); err != nil {
		return err
	}
	s.page.close()
	if limit := s.passage.Limit(); limit != "" {
		s.problem(ProblemLimit, "the page wanted more of the network than it is given: "+limit, "")
	}
	return errors.Join(s.passage.close(), s.keepSecrets())
}

func (s *session) describeEnvironment() {
	b := s.browser
	hash, err := b.hash()
	if err != nil {
		s.ledger.note("the browser's executable could not be read: " + err.Error())
	}
	s.result.Environment = evidence.Environment{
		Tool: evidence.Tool, Build: build(),
		OS:      runtime.GOOS + "/" + runtime.GOARCH,
		Browser: b.Version(), BrowserPath: b.path, BrowserHash: hash,
		Protocol: b.version.ProtocolVersion,
		Flags:    b.flags, Sandbox: b.sandbox, UserAgent: s.userAgent(),
		Viewport: s.Viewport, PixelRatio: s.PixelRatio, Mobile: s.Mobile,
		Locale: s.Locale, Timezone: s.Timezone, Proxy: withoutCredentials(s.Proxy),
		PrivateAllowed: s.AllowPrivate,
	}
}

// CheckAddress reads the address of a page, as the investigator gave it. The
// error is a [*Failure] with [FailureAddress].
func CheckAddress(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return nil, badAddress("%q is not an address: %w", raw, errors.Unwrap(err))
	case u.Scheme == "" || !strings.Contains(raw, "//"):
		return nil, badAddress("%q does not begin with http:// or https://", raw)
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, badAddress("%q is of %s://, and only pages of http:// and https:// can be captured", raw, u.Scheme)
	case u.Hostname() == "":
		return nil, badAddress("there is no host in the address %q", raw)
	case u.User != nil:
		return nil, badAddress("there is a name or a password in the address %q; it would end up in the record", u.Redacted())
	}
	return u, nil
}

func badAddress(format string, args ...any) error {
	return &Failure{Code: FailureAddress, Err: fmt.Errorf(format, args...)}
}

// withoutCredentials returns an address that can be shown.
func withoutCredentials(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	u.User = nil
	return u.String()
}
