package capture

import (
	"context"
	"errors"
	"time"

	cdppage "github.com/chromedp/cdproto/page"
	cdpruntime "github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"

	"pugmark/evidence"
)

// Replica says how a page that was captured is opened again.
type Replica struct {
	// Gate is the proxy that answers for the network, as Chrome's flag
	// --proxy-server takes it.
	Gate string
	// Prelude is a script that runs in each frame and worker ahead of its own.
	Prelude string
	// Pace is when what is done to the page; nil: as soon as can be.
	Pace Pace
}

// Drawing is what became of drawing a page.
type Drawing struct {
	Picture  *evidence.Picture // nil: there is none
	Problems []evidence.Problem
}

// Draw opens a page as [Browser.Capture] does, through a gate of the caller's,
// and takes the same pictures of it in the same way: viewport.png, page.png and
// its strips go to the request's store. Nothing else is kept.
func (b *Browser) Draw(ctx context.Context, r Request, like Replica) (*Drawing, error) {
	address, err := CheckAddress(r.URL)
	if err != nil {
		return nil, err
	}
	r.setDefaults()
	s := &session{
		Request: &r, browser: b, address: address, begun: time.Now(), prelude: like.Prelude,
		result: new(evidence.Acquisition), reporter: &reporter{tell: r.Progress},
	}
	if err := s.draw(ctx, like); err != nil {
		return nil, classify(ctx, err)
	}
	return &Drawing{s.result.Picture, s.result.Problems}, nil
}

func (s *session) draw(ctx context.Context, like Replica) (err error) {
	if s.ledger, err = newLedger(s.Store); err != nil {
		return err
	}
	defer s.ledger.close()
	s.ledger.pacer = &pacer{ctx: ctx, pace: like.Pace, done: make(map[string]int)}
	s.step("open", "")
	if s.page, err = s.browser.openPage(ctx, s.ledger, like.Gate); err != nil {
		return err
	}
	defer s.page.close()
	finished := make(chan *exchange, queueLength)
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		for x := range finished {
			x.body.close()
		}
	}()
	err = s.load(finished)
	if err == nil {
		s.record(drawSteps)
		err = context.Cause(ctx)
	}
	if s.recorder == nil {
		close(finished)
	} else {
		s.recorder.stop() // closes finished
	}
	<-drained
	if err == nil && !s.pictured && s.page.ctx.Err() != nil {
		err = errors.Join(errCrashed, context.Cause(s.page.ctx))
	}
	return err
}

// prepend makes a script run ahead of those of a session, which is held, or has
// not navigated yet.
func (t *transport) prepend(id target.SessionID, kind, script string) {
	switch {
	case script == "":
	case kind == "page" || kind == "iframe":
		t.send(id, cdppage.CommandEnable, nil, nil)
		t.send(id, cdppage.CommandAddScriptToEvaluateOnNewDocument,
			cdppage.AddScriptToEvaluateOnNewDocumentParams{Source: script, RunImmediately: new(true)}, nil)
	default:
		t.send(id, cdpruntime.CommandEvaluate, cdpruntime.EvaluateParams{Expression: script}, nil)
	}
}
