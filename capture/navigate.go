package capture

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/chromedp/cdproto/emulation"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"pugmark/evidence"
)

// navigate opens the address and returns once the document has begun to
// arrive.
func (s *session) navigate() error {
	ctx, cancel := s.page.bounded(s.Limits.Load)
	defer cancel()
	res, err := command(ctx, s.page, cdppage.Navigate, cdppage.NavigateParams{URL: s.address.String()})
	switch {
	case err != nil && ctx.Err() == context.DeadlineExceeded:
		return &Failure{Code: FailureTimeout, Err: fmt.Errorf("no document from %q within %v", s.URL, s.Limits.Load)}
	case err != nil:
		return err
	case res.ErrorText != "":
		return s.explain(&netError{s.URL, res.ErrorText})
	}
	return nil
}

// settle waits until the page has loaded and become quiet. Each wait is
// bounded, and one that ran out is a problem.
func (s *session) settle() {
	if !s.awaitLoad() {
		return
	}
	quiet, cancel := s.page.bounded(s.Limits.Quiet)
	defer cancel()
	if !s.recorder.quiet(quiet, quietTime) && s.page.ctx.Err() == nil {
		s.ledger.note(fmt.Sprintf("requests were still under way %v after the load event", s.Limits.Quiet))
	}
	if !s.responds() {
		s.rouse()
		return
	}
	ready, err := run[bool](s.page, fontPatience+stepTimeout, "ready.js", fontPatience.Milliseconds())
	if err == nil && !ready {
		s.problem(ProblemFonts, fmt.Sprintf("the page's fonts had not loaded after %v", fontPatience), "")
	}
}

// awaitLoad waits for the load event. While it waits, it looks whether the page
// still answers: scripts that never end would hold it up for ever.
func (s *session) awaitLoad() bool {
	ctx, cancel := s.page.bounded(s.Limits.Load)
	defer cancel()
	look := time.NewTicker(s.Limits.Stall)
	defer look.Stop()
	for {
		select {
		case <-s.page.loaded:
			return true
		case <-look.C:
			if !s.responds() {
				s.rouse()
				return false
			}
		case <-ctx.Done():
			if s.page.ctx.Err() == nil {
				s.problem(ProblemLoadTimeout, fmt.Sprintf("the page had not finished loading after %v", s.Limits.Load), "")
				if !s.responds() {
					s.rouse()
				}
			}
			return false
		}
	}
}

// responds reports whether the page answers.
func (s *session) responds() bool { return s.respondsWithin(s.Limits.Stall) }

func (s *session) respondsWithin(patience time.Duration) bool {
	ctx, cancel := s.page.bounded(patience)
	defer cancel()
	_, err := chromedp.Call(ctx, runtime.Evaluate, runtime.EvaluateParams{Expression: "1"})
	return err == nil
}

// maxRouse is how often the scripts of a page are ended, and lastChance how long
// it has after that, before it is given up.
const (
	maxRouse   = 5
	lastChance = 20 * time.Second
)

// errUnresponsive reports that nothing made the page answer.
var errUnresponsive = errors.New("the page no longer answers")

// rouse stops the scripts of a page that no longer answers, so that what it
// shows can be taken. The commands are sent and not awaited: Chrome carries out
// the first only when the page is free, and the second is what frees it. A page
// that is busy with something else than scripts, such as laying out a gigabyte
// of text, is given up.
func (s *session) rouse() {
	if s.page.ctx.Err() != nil {
		return
	}
	s.problem(ProblemStalled, fmt.Sprintf("the page's scripts kept it from answering for %v; they were stopped", s.Limits.Stall), "")
	s.roused = true
	s.page.sendCommand(emulation.CommandSetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	for range maxRouse {
		s.page.sendCommand(runtime.CommandTerminateExecution, nil)
		if s.responds() {
			return
		}
	}
	if !s.respondsWithin(lastChance) {
		s.page.cancel(errUnresponsive)
	}
}

// lastPatience bounds the wait for what is still under way at the end.
const lastPatience = 2 * time.Second

// still ends the page's scripts and waits for the requests that they began, so
// that none begins while the archive is closed, and is in no record.
func (s *session) still() {
	ctx, cancel := s.page.bounded(lastPatience)
	defer cancel()
	off := emulation.SetScriptExecutionDisabledParams{Value: true}
	if _, err := command(ctx, s.page, emulation.SetScriptExecutionDisabled, off); err == nil {
		s.recorder.quiet(ctx, 0)
	}
}

// viewport takes the picture of the page as a visitor first sees it. Nothing
// has been done to the page before it.
func (s *session) viewport() error {
	data, err := s.viewportPicture()
	if err != nil {
		return err
	}
	return s.store("viewport.png", evidence.KindViewport, "image/png", data)
}

func (s *session) viewportPicture() ([]byte, error) {
	ctx, cancel := s.page.bounded(stepTimeout)
	defer cancel()
	return s.screenshot(ctx, cdppage.CaptureScreenshotParams{Format: cdppage.CaptureScreenshotFormatPng})
}

// Bounds of scrolling.
const (
	maxScrolls    = 1000
	imagePatience = 3 * time.Second // for the pictures of one view
	endPatience   = 3 * time.Second // for the network at the bottom
	restPatience  = 2 * time.Second // for transitions at the top
)

// scrolled is what scroll.js returns.
type scrolled struct {
	Y       float64 `json:"y"`
	Height  float64 `json:"height"`
	View    float64 `json:"view"`
	Pending int     `json:"pending"`
}

// scroll goes through the page view by view until its height no longer grows,
// and back to the top.
func (s *session) scroll() error {
	if err := s.unfold(); err != nil {
		return err
	}
	deadline := time.Now().Add(s.Limits.Scroll)
	height, y, last := 0.0, 0.0, -1.0
	for n := 0; ; n++ {
		at, err := s.scrollTo(y)
		if err != nil {
			return err
		}
		bottom := at.Y+at.View >= at.Height-1 || at.Y <= last
		if bottom && s.atEnd(&height, at.Height) {
			break
		}
		last, y = at.Y, at.Y+at.View
		if reason := s.scrollBound(n, y, deadline); reason != "" {
			s.problem(ProblemHeight, "the page was longer than "+reason, "")
			break
		}
	}
	if _, err := s.scrollTo(0); err != nil {
		return err
	}
	_, err := run[int](s.page, restPatience+stepTimeout, "rest.js", restPatience.Milliseconds())
	return err
}

// maxUnfold is how often the view is enlarged for content that keeps growing.
const maxUnfold = 8

// unfold enlarges the view of a page that doesn't scroll itself but has an
// element that scrolls in its place, until all of that element shows.
func (s *session) unfold() error {
	height := s.Viewport.Height
	for n := 0; ; n++ {
		more, err := run[float64](s.page, stepTimeout, "scroller.js")
		if err != nil || more == 0 {
			return err
		}
		if height += int(math.Ceil(more)); height > s.Limits.Height || n == maxUnfold {
			s.problem(ProblemHeight, fmt.Sprintf("a part of the page scrolls by itself, and is higher than %d px", s.Limits.Height), "")
			return nil
		}
		if err := s.page.resize(s.Request, height); err != nil {
			return err
		}
		if _, err := s.scrollTo(0); err != nil {
			return err
		}
		var last float64
		s.atEnd(&last, 0)
	}
}

// scrollBound says which bound of scrolling is reached, if any.
func (s *session) scrollBound(n int, y float64, deadline time.Time) string {
	switch {
	case y > float64(s.Limits.Height):
		return fmt.Sprintf("%d px", s.Limits.Height)
	case n >= maxScrolls:
		return fmt.Sprintf("%d views", maxScrolls)
	case time.Now().After(deadline):
		return fmt.Sprintf("could be scrolled through in %v", s.Limits.Scroll)
	}
	return ""
}

// atEnd waits for what reaching the bottom set off, and reports whether the
// page is as high as it was at the last visit to the bottom.
func (s *session) atEnd(height *float64, now float64) bool {
	ctx, cancel := s.page.bounded(endPatience)
	defer cancel()
	s.recorder.quiet(ctx, quietTime/2)
	stable := *height == now
	*height = now
	return stable
}

func (s *session) scrollTo(y float64) (scrolled, error) {
	s.ledger.scroll(y)
	s.scrolls++
	return run[scrolled](s.page, imagePatience+stepTimeout, "scroll.js", y, imagePatience.Milliseconds())
}
