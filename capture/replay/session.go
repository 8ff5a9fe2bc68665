package replay

import (
	"context"
	"errors"
	"fmt"
	"time"

	"pugmark/capture"
	"pugmark/evidence"
)

// Options say how to replay.
type Options struct {
	Browser capture.Options // its Pin and Visible are set here
	// Events, if not nil, is told of each request when it was answered, from one
	// goroutine at a time. It must return soon.
	Events func(Event)
	// Progress, if not nil, is told of the steps of [Compare].
	Progress func(capture.Progress)
}

// Session is an archived page that is open in a window.
type Session struct {
	gate    *gate
	browser *capture.Browser
	window  *capture.Window
	cancel  context.CancelFunc
}

// Open opens an archived page in a window for a person to look at. It returns
// when the page begins to come. The window stays until it is closed, until
// [Session.Close], or until ctx ends. The archive must stay open as long.
func Open(ctx context.Context, a *Archive, o Options) (*Session, error) {
	ctx, cancel := context.WithCancel(ctx)
	o.Browser.Visible = true
	s := &Session{cancel: cancel}
	var err error
	if s.gate, s.browser, err = begin(ctx, a, o); err != nil {
		cancel()
		return nil, err
	}
	r, like := s.gate.request(a)
	if s.window, err = s.browser.Show(ctx, r, like); err != nil {
		return nil, errors.Join(fmt.Errorf("opening the archived page: %w", err), s.Close())
	}
	return s, nil
}

// BrowserError reports that the browser could not be started.
type BrowserError struct {
	Options capture.Options
	Err     error
}

// Error implements error.
func (e *BrowserError) Error() string { return "starting the browser: " + e.Err.Error() }

// Unwrap returns why.
func (e *BrowserError) Unwrap() error { return e.Err }

// begin opens the gate and starts a browser that knows its authority.
func begin(ctx context.Context, a *Archive, o Options) (*gate, *capture.Browser, error) {
	if a.Address == "" {
		return nil, nil, ErrNoPage
	}
	g, err := openGate(ctx, a, time.Now(), o.Events)
	if err != nil {
		return nil, nil, err
	}
	o.Browser.Pin = g.authority.pin()
	b, err := capture.Start(ctx, o.Browser)
	if err != nil {
		g.close()
		return nil, nil, &BrowserError{o.Browser, err}
	}
	return g, b, nil
}

// request returns how to open the page as the capture did, from now on.
func (g *gate) request(a *Archive) (capture.Request, capture.Replica) {
	offset := time.Until(a.Time)
	g.offset.Store(int64(offset))
	r := capture.Request{URL: a.Address}
	if m := a.Manifest; m != nil {
		e := m.Environment
		r.Viewport, r.PixelRatio, r.Mobile = e.Viewport, e.PixelRatio, e.Mobile
		r.UserAgent, r.Locale, r.Timezone = e.UserAgent, e.Locale, e.Timezone
		r.DismissConsent = m.Interventions.Clicks > 0
		if r.Timezone == "" {
			r.Timezone = zoneOf(m.Time, a.Time)
		}
	}
	return r, capture.Replica{Gate: g.address(), Prelude: prelude(offset), Pace: a.pace()}
}

// zoneOf returns the time zone of the machine that captured, as far as its offset
// tells; "" if this machine's is the same then.
func zoneOf(t evidence.Time, at time.Time) string {
	zone, err := time.Parse("-07:00", t.Zone)
	if err != nil {
		return ""
	}
	_, want := zone.Zone()
	if _, here := at.Local().Zone(); here == want {
		return ""
	}
	if want%3600 == 0 {
		return fmt.Sprintf("Etc/GMT%+d", -want/3600) // whose signs are the other way round
	}
	return "GMT" + t.Zone
}

// Wait waits until the window is closed, and returns nil then.
func (s *Session) Wait(ctx context.Context) error {
	select {
	case <-s.window.Closed():
		return nil
	case <-s.gate.ctx.Done():
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Summary counts what was answered so far.
func (s *Session) Summary() Summary { return s.gate.tally.summary() }

// Close closes the window and the gate, and ends the browser.
func (s *Session) Close() error {
	if s.window != nil {
		s.window.Close()
	}
	err := s.browser.Close()
	s.gate.close()
	s.cancel()
	return err
}
