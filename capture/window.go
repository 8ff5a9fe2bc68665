package capture

import (
	"context"
	"fmt"
	"io"
	"net/url"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/browser"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"pugmark/evidence"
)

// Window is a page that a person looks at. Nothing of it is recorded.
type Window struct {
	page   *page
	viewer *viewer
	closed chan struct{} // closed when the window is
}

// viewer gives each frame and worker of a window, and each window that it opens,
// the same identity and the same prelude.
type viewer struct {
	t        *transport
	identity identity
	prelude  string
}

// Show opens a page, through a gate of the caller's, for a person to look at. The
// window is as wide as the request's viewport, and as high as the person makes
// it. Dialogs are answered and downloads refused as in a capture. Show returns
// when the page begins to come; the window stays until it is closed, or ctx ends.
func (b *Browser) Show(ctx context.Context, r Request, like Replica) (*Window, error) {
	address, err := CheckAddress(r.URL)
	if err != nil {
		return nil, err
	}
	r.setDefaults()
	s := &session{Request: &r, browser: b, address: address, prelude: like.Prelude, ledger: &ledger{w: nowhere{io.Discard}}}
	if s.page, err = b.openPage(ctx, s.ledger, like.Gate); err != nil {
		return nil, classify(ctx, err)
	}
	w, err := s.show()
	if err != nil {
		s.page.close()
		return nil, classify(ctx, err)
	}
	return w, nil
}

// nowhere is where the log of a window goes.
type nowhere struct{ io.Writer }

// Close implements [io.Closer].
func (nowhere) Close() error { return nil }

func (s *session) show() (*Window, error) {
	id, err := s.identity()
	if err != nil {
		return nil, err
	}
	closed, err := chromedp.Detached(s.page.ctx)
	if err != nil {
		return nil, err
	}
	if err := s.page.fitWindow(s.Viewport); err != nil {
		return nil, err
	}
	if err := s.page.emulateShown(s.Request, id); err != nil {
		return nil, err
	}
	v := &viewer{t: s.browser.transport, identity: id, prelude: s.prelude}
	v.t.handle(s.page.session, v.handlePage)
	v.t.handleContext(s.page.context, v.attach)
	v.follow(s.page.session)
	v.t.prepend(s.page.session, "page", v.prelude)
	w := &Window{page: s.page, viewer: v, closed: make(chan struct{})}
	go func() {
		defer close(w.closed)
		select {
		case <-closed:
		case <-s.page.ctx.Done():
		}
	}()
	return w, w.Navigate(s.address)
}

// What a window has around the page, in CSS pixels, and the height at which it
// fits on the screen of a laptop.
const (
	frameWidth  = 16
	frameHeight = 100
	screenful   = 900
)

// fitWindow makes the window as large as the page's viewport, as far as the
// screen has room.
func (p *page) fitWindow(view evidence.Size) error {
	ctx, cancel := p.bounded(stepTimeout)
	defer cancel()
	w, err := chromedp.Call(ctx, browser.GetWindowForTarget, browser.GetWindowForTargetParams{})
	if err != nil {
		return fmt.Errorf("finding the window: %w", p.cause(err))
	}
	width, height := int64(view.Width+frameWidth), int64(min(view.Height+frameHeight, screenful))
	_, err = chromedp.Call(ctx, browser.SetWindowBounds, browser.SetWindowBoundsParams{
		WindowID: w.WindowID, Bounds: &browser.Bounds{Width: width, Height: height},
	})
	if err != nil {
		return fmt.Errorf("fitting the window: %w", p.cause(err))
	}
	return nil
}

// emulateShown is emulate for a page whose height is that of its window.
func (p *page) emulateShown(r *Request, id identity) error {
	height := r.Viewport.Height
	r.Viewport.Height = 0
	defer func() { r.Viewport.Height = height }()
	return p.emulate(r, id)
}

// Navigate opens another page in the window.
func (w *Window) Navigate(address *url.URL) error {
	ctx, cancel := w.page.bounded(stepTimeout)
	defer cancel()
	res, err := command(ctx, w.page, cdppage.Navigate, cdppage.NavigateParams{URL: address.String()})
	if err == nil && res.ErrorText != "" {
		err = &netError{address.String(), res.ErrorText}
	}
	return err
}

// Closed returns a channel that is closed when the window is.
func (w *Window) Closed() <-chan struct{} { return w.closed }

// Close closes the window.
func (w *Window) Close() {
	w.viewer.t.forget(w.page.session)
	w.viewer.t.forgetContext(w.page.context)
	w.page.close()
}

// follow makes Chrome hold what a session opens until it is told to go on.
func (v *viewer) follow(id target.SessionID) {
	v.t.send(id, target.CommandSetAutoAttach, target.SetAutoAttachParams{
		AutoAttach: true, WaitForDebuggerOnStart: true, Flatten: new(true),
	}, nil)
}

// handlePage is the [sessionHandler] of the window's own page.
func (v *viewer) handlePage(msg *cdproto.Message) bool {
	if ev, ok := attached(msg); ok {
		v.attach(ev)
	}
	return false
}

// handleChild is the [sessionHandler] of what the page opened.
func (v *viewer) handleChild(msg *cdproto.Message) bool {
	if ev, ok := attached(msg); ok {
		v.attach(ev)
	}
	return true
}

func (v *viewer) attach(ev attachedEvent) {
	id := target.SessionID(ev.SessionID)
	v.t.handle(id, v.handleChild)
	v.follow(id)
	v.identity.emulateIn(v.t, id)
	v.t.prepend(id, ev.TargetInfo.Type, v.prelude)
	v.t.release(id)
}
