// Package recorder captures pages into a vault, for the command line and the
// window alike. It joins package capture, which knows no vault, with package
// evidence, which knows no browser.
//
// A page is recorded in this order: the vault stages a capture and logs that it
// began; authorities stamp a nonce while a browser context opens; the page is
// captured; the capture is sealed; authorities stamp the seal. What fails before
// the seal is logged as failed, and leaves nothing else.
package recorder

import (
	"context"
	"errors"
	"slices"
	"time"

	"pugmark/capture"
	"pugmark/evidence"
)

// Steps that a recording takes after those of package capture.
const (
	StepSeal      = "seal"
	StepTimestamp = "timestamp"
)

// Recorder records pages into a vault that is unlocked. Its methods may be called
// from several goroutines.
type Recorder struct {
	vault    *evidence.Vault
	browsers browsers
	describe func(address string, err error) (code, detail string)
}

// New returns a recorder. The function says in the log why the page of an address
// could not be captured, by a code and a sentence; nil: the error's own words do.
func New(v *evidence.Vault, o capture.Options, describe func(address string, err error) (code, detail string)) *Recorder {
	if describe == nil {
		describe = ownWords
	}
	return &Recorder{vault: v, browsers: browsers{options: o}, describe: describe}
}

// ownWords describes an error by what it says itself.
func ownWords(_ string, err error) (code, detail string) {
	var f *capture.Failure
	switch {
	case errors.As(err, &f):
		return f.Code, f.Error()
	case evidence.IsDiskFull(err):
		return capture.FailureDiskFull, err.Error()
	}
	return capture.FailureOther, err.Error()
}

// Page says what to record.
type Page struct {
	Case, Reason string
	// Persona is who the operator is for the site, where that isn't their own
	// name: the account or the cover under which they look.
	Persona string
	// Request has the address, and how the page is looked at. Store, Scratch,
	// Encrypt, Ready and the words that are looked for are filled in.
	Request capture.Request
	// Device, if not nil, is the one that the page sees. A viewport in Request
	// is used in place of its own.
	Device *Device
}

// Record is a page that was recorded.
type Record struct {
	evidence.Sealed
	// Unstamped says why no authority stamped the seal, if there is one to
	// ask: [evidence.Vault.Timestamp] asks again.
	Unstamped error
}

// Start starts the browser, so that what hinders it is known early. The error may
// be a [*BrowserError].
func (r *Recorder) Start(ctx context.Context) error {
	_, err := r.browsers.get(ctx)
	return err
}

// Close ends the browsers. Nothing may be recorded at that time.
func (r *Recorder) Close() { r.browsers.close() }

// Record records a page. The error is a [*capture.Failure], a [*SpaceError], a
// [*BrowserError], or one of the vault's: then nothing was sealed, and the log
// says why, unless the capture never began.
func (r *Recorder) Record(ctx context.Context, p Page) (Record, error) {
	if err := errors.Join(ctx.Err(), CheckSpace(r.vault.Dir())); err != nil {
		return Record{}, err
	}
	b, err := r.browsers.get(ctx)
	if err != nil {
		return Record{}, err
	}
	s, err := r.vault.Stage(ctx, evidence.StageRequest{Case: p.Case, Reason: p.Reason, Persona: p.Persona, Requested: p.Request.URL})
	if err != nil {
		return Record{}, err
	}
	q := r.request(ctx, p, b, s)
	a, err := acquire(ctx, b, s, q)
	if isLost(a, err) {
		r.browsers.retire(b)
	}
	var out Record
	if err == nil {
		tell(q, StepSeal)
		out.Sealed, err = s.Seal(ctx, a)
	}
	if err != nil {
		return Record{}, errors.Join(err, r.logFailure(ctx, s, p.Request.URL, err))
	}
	out.Unstamped = r.timestamp(ctx, out.Capture, q)
	return out, nil
}

// request completes a page's request.
func (r *Recorder) request(ctx context.Context, p Page, b *capture.Browser, s *evidence.Staging) capture.Request {
	q := p.Request
	q.Store, q.Scratch, q.Encrypt = s, s.Scratch(), r.vault.Encrypt
	q.Words, q.MissingWords = wordsOf(ctx, r.vault, time.Now())
	if p.Device != nil {
		p.Device.apply(&q, b.Version())
	}
	return q
}

func tell(q capture.Request, step string) {
	if q.Progress != nil {
		q.Progress(capture.Progress{Step: step})
	}
}

// acquire captures while authorities stamp a nonce, which is done before the
// address is opened.
func acquire(ctx context.Context, b *capture.Browser, s *evidence.Staging, q capture.Request) (*evidence.Acquisition, error) {
	stamped := make(chan struct{})
	var errStamp error
	go func() {
		defer close(stamped)
		errStamp = s.Timestamp(ctx)
	}()
	q.Ready = func() { <-stamped }
	a, err := b.Capture(ctx, q)
	<-stamped
	if err == nil {
		err = errStamp
	}
	return a, err
}

// isLost reports whether the browser may have been lost.
func isLost(a *evidence.Acquisition, err error) bool {
	var f *capture.Failure
	if errors.As(err, &f) {
		return f.Code == capture.FailureBrowser
	}
	return a != nil && slices.ContainsFunc(a.Problems, func(p evidence.Problem) bool { return p.Code == capture.ProblemPageLost })
}

// timestamp has the vault's authorities stamp a capture that is sealed.
func (r *Recorder) timestamp(ctx context.Context, c evidence.Capture, q capture.Request) error {
	authorities, err := r.vault.Authorities(ctx)
	if err != nil || len(authorities) == 0 {
		return err
	}
	tell(q, StepTimestamp)
	_, err = r.vault.Timestamp(ctx, c)
	return err
}

// logFailure returns an error if the failure could not be logged.
func (r *Recorder) logFailure(ctx context.Context, s *evidence.Staging, address string, why error) error {
	code, detail := r.describe(address, why)
	if ctx.Err() != nil {
		code, detail = capture.FailureCancelled, "The capture was stopped by its operator."
	}
	if err := s.Fail(ctx, code, detail); err != nil {
		return &UnloggedError{err}
	}
	return nil
}

// UnloggedError says that a failure could not be written to the log.
type UnloggedError struct{ Err error }

func (e *UnloggedError) Error() string { return "the failure could not be logged: " + e.Err.Error() }

// Unwrap returns nothing: what hinders the log says nothing of the page.
func (e *UnloggedError) Unwrap() error { return nil }
