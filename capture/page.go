package capture

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/inspector"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/security"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

//go:embed js/*.js
var scripts embed.FS

// errCrashed reports that the page's renderer ended.
var errCrashed = errors.New("the page's renderer crashed")

// page is the tab of one capture, in a browser context of its own.
type page struct {
	ctx       context.Context // chromedp's, of the tab
	cancel    context.CancelCauseFunc
	close     func()
	transport *transport
	ledger    *ledger
	session   target.SessionID
	frame     cdp.FrameID // the main frame
	context   string      // the browser context
	loaded    chan struct{}
	dialogs   chan cdppage.EventJavascriptDialogOpening

	mu       sync.Mutex // guards what follows
	frames   map[cdp.FrameID]bool
	world    runtime.ExecutionContextID
	loadTime time.Time
	security *security.VisibleSecurityState
	once     sync.Once // closes loaded
}

// openPage opens a tab. It closes when ctx ends.
func (b *Browser) openPage(ctx context.Context, l *ledger, proxy string) (*page, error) {
	isolated := chromedp.WithNewBrowserContext(func(p *target.CreateBrowserContextParams) {
		p.ProxyServer, p.ProxyBypassList = proxy, noBypass
	})
	tab, closeTab := chromedp.NewContext(b.ctx, isolated)
	tab, cancel := context.WithCancelCause(tab)
	p := &page{
		ctx: tab, cancel: cancel, transport: b.transport, ledger: l,
		loaded:  make(chan struct{}),
		dialogs: make(chan cdppage.EventJavascriptDialogOpening, 64),
	}
	unhook := context.AfterFunc(ctx, func() { cancel(context.Cause(ctx)) })
	p.close = sync.OnceFunc(func() {
		unhook()
		cancel(nil)
		closeTab()
	})
	if err := p.attach(b); err != nil {
		p.close()
		return nil, fmt.Errorf("opening a tab: %w", p.cause(err))
	}
	return p, nil
}

// attach starts the tab and listens to it.
func (p *page) attach(b *Browser) error {
	if err := chromedp.Do(p.ctx); err != nil {
		return err
	}
	c := chromedp.FromContext(p.ctx)
	p.session, p.frame = c.Target.SessionID, cdp.FrameID(c.Target.TargetID)
	p.context = string(c.BrowserContextID)
	p.frames = map[cdp.FrameID]bool{p.frame: true}
	if err := chromedp.Listen(p.ctx, p.event); err != nil {
		return err
	}
	if err := chromedp.ListenBrowser(p.ctx, p.browserEvent); err != nil {
		return err
	}
	go p.answerDialogs()
	deny := browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorDeny, BrowserContextID: c.BrowserContextID, EventsEnabled: new(true),
	}
	if _, err := chromedp.CallBrowser(p.ctx, browser.SetDownloadBehavior, deny); err != nil {
		return err
	}
	_, err := chromedp.Call(p.ctx, security.Enable, cdp.Empty{})
	return err
}

// event runs in the loop that reads the tab's messages: it only takes notes.
func (p *page) event(ev any) {
	switch ev := ev.(type) {
	case *cdppage.EventLoadEventFired:
		p.once.Do(func() {
			p.mu.Lock()
			p.loadTime = time.Now().UTC()
			p.mu.Unlock()
			close(p.loaded)
		})
	case *cdppage.EventFrameNavigated:
		if ev.Frame.ID == p.frame {
			p.setWorld(0)
		}
	case *cdppage.EventJavascriptDialogOpening:
		select {
		case p.dialogs <- *ev:
		default: // a flood: the ones that wait are answered, and close the rest
		}
	case *cdppage.EventFrameAttached:
		p.mu.Lock()
		p.frames[ev.FrameID] = true
		p.mu.Unlock()
	case *security.EventVisibleSecurityStateChanged:
		p.mu.Lock()
		p.security = ev.VisibleSecurityState
		p.mu.Unlock()
	case *inspector.EventTargetCrashed:
		p.cancel(errCrashed)
	}
}

// browserEvent notes the downloads that the page begins: they are denied, and
// only the browser as a whole tells of them.
func (p *page) browserEvent(ev any) {
	d, ok := ev.(*browser.EventDownloadWillBegin)
	if !ok {
		return
	}
	p.mu.Lock()
	ours := p.frames[d.FrameID]
	p.mu.Unlock()
	if ours {
		p.ledger.blocked("download", d.URL)
	}
}

// answerDialogs answers what a page asks in a dialog, since it stands still
// meanwhile: a question is declined, a wish to leave is granted.
func (p *page) answerDialogs() {
	for {
		select {
		case d := <-p.dialogs:
			accept := d.Type == cdppage.DialogTypeBeforeunload || d.Type == cdppage.DialogTypeAlert
			p.ledger.dialog(string(d.Type), d.Message, d.URL, accept)
			p.transport.send(p.session, cdppage.CommandHandleJavaScriptDialog,
				cdppage.HandleJavaScriptDialogParams{Accept: accept}, nil)
		case <-p.ctx.Done():
			return
		}
	}
}

// cause returns why the tab's context ended, where err is no more than that.
func (p *page) cause(err error) error {
	if err != nil && p.ctx.Err() != nil {
		if c := context.Cause(p.ctx); c != nil && !errors.Is(c, context.Canceled) {
			return c
		}
	}
	return err
}

func (p *page) setWorld(id runtime.ExecutionContextID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.world = id
}

// isolated returns the world that our scripts run in: they see the page's
// document, and the page's scripts don't see them.
func (p *page) isolated(ctx context.Context) (runtime.ExecutionContextID, error) {
	p.mu.Lock()
	world := p.world
	p.mu.Unlock()
	if world != 0 {
		return world, nil
	}
	res, err := chromedp.Call(ctx, cdppage.CreateIsolatedWorld,
		cdppage.CreateIsolatedWorldParams{FrameID: p.frame, WorldName: "pugmark"})
	if err != nil {
		return 0, err
	}
	p.setWorld(res.ExecutionContextID)
	return res.ExecutionContextID, nil
}

// bounded returns a context of the tab that ends after d.
func (p *page) bounded(d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(p.ctx, d)
}

// run runs a script of js/ in the isolated world, for at most patience.
func run[T any](p *page, patience time.Duration, name string, args ...any) (T, error) {
	var zero T
	source, err := scripts.ReadFile("js/" + name)
	if err != nil {
		return zero, err
	}
	p.ledger.script(name, string(source), args)
	ctx, cancel := p.bounded(patience)
	defer cancel()
	world, err := p.isolated(ctx)
	if err != nil {
		return zero, fmt.Errorf("running %s: %w", name, p.cause(err))
	}
	res, err := chromedp.Run(ctx, chromedp.CallFunctionOn[T](string(source), func(c *runtime.CallFunctionOnParams) {
		c.ExecutionContextID = world
		c.AwaitPromise = new(true)
	}, args...))
	if err != nil {
		return zero, fmt.Errorf("running %s: %w", name, p.cause(err))
	}
	return res, nil
}

// command runs a protocol command that can change what the page shows, and
// notes it.
func command[P, R any](ctx context.Context, p *page, cmd cdp.Command[P, R], params P) (R, error) {
	p.ledger.command(cmd.Method, params)
	res, err := chromedp.Call(ctx, cmd, params)
	if err != nil {
		return res, fmt.Errorf("%s: %w", cmd.Method, p.cause(err))
	}
	return res, nil
}

// sendCommand is command without waiting for the answer.
func (p *page) sendCommand(name string, params any) {
	p.ledger.command(name, params)
	p.transport.send(p.session, name, params, nil)
}

// resize gives the view a height.
func (p *page) resize(r *Request, height int) error {
	ctx, cancel := p.bounded(stepTimeout)
	defer cancel()
	_, err := command(ctx, p, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: int64(r.Viewport.Width), Height: int64(height),
		DeviceScaleFactor: r.PixelRatio, Mobile: r.Mobile,
	})
	return err
}

// emulate makes the page see the device and the identity that were asked for.
func (p *page) emulate(r *Request, id identity) error {
	ctx, cancel := p.bounded(stepTimeout)
	defer cancel()
	if err := p.resize(r, r.Viewport.Height); err != nil {
		return err
	}
	if r.Mobile {
		touch := emulation.SetTouchEmulationEnabledParams{Enabled: true}
		if _, err := command(ctx, p, emulation.SetTouchEmulationEnabled, touch); err != nil {
			return err
		}
	}
	return id.emulate(ctx, p)
}
