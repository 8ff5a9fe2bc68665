package capture

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/chromedp/cdproto/animation"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"pugmark/capture/strip"
	"pugmark/evidence"
)

// Strips. Chrome draws wrong beyond 16,384 device pixels, at some pixel ratios
// sooner, and without an error; half of that has always been right.
const (
	maxStrip = 8192 // device pixels
	overlap  = 16   // device pixels that two strips share
	maxWidth = 8192 // CSS pixels; what is wider is cut and noted
)

// band is one strip of the full-page picture.
type band struct {
	path      string
	y, height float64 // CSS pixels
}

// picture takes the full-page picture: strips from top to bottom, each kept as
// Chrome made it, and all joined into one.
func (s *session) picture() (err error) {
	if err := s.pauseAnimations(); err != nil {
		return err
	}
	size, err := s.pageSize()
	if err != nil {
		return err
	}
	if err := s.letScripts(false); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.letScripts(true)) }()
	strips := cut(size.Height, s.PixelRatio)
	for i := range strips {
		s.reporter.step("picture", fmt.Sprintf("strip %d of %d", i+1, len(strips)))
		if err := s.takeStrip(strips[i], size.Width); err != nil {
			return err
		}
	}
	return s.join(strips)
}

// grid is what all edges of strips but the last are a multiple of, in CSS
// pixels, so that they fall on whole device pixels at any usual pixel ratio,
// 2.625 being the oddest.
const grid = 8

// cut divides a height into strips that overlap.
func cut(height, ratio float64) []band {
	tall := math.Floor(maxStrip/ratio/grid) * grid
	step := tall - math.Ceil(overlap/ratio/grid)*grid
	var strips []band
	for y := 0.0; ; y += step {
		n := band{path: fmt.Sprintf("strips/%04d.png", len(strips)+1), y: y, height: min(tall, height-y)}
		strips = append(strips, n)
		if y+tall >= height {
			return strips
		}
	}
}

// pauseAnimations stops the page's animations, so that all strips show the
// same moment.
func (s *session) pauseAnimations() error {
	ctx, cancel := s.page.bounded(stepTimeout)
	defer cancel()
	if _, err := chromedp.Call(ctx, animation.Enable, cdp.Empty{}); err != nil {
		return fmt.Errorf("pausing animations: %w", err)
	}
	_, err := command(ctx, s.page, animation.SetPlaybackRate, animation.SetPlaybackRateParams{PlaybackRate: 0})
	return err
}

// letScripts lets the page's scripts run or not. To take a strip, Chrome may give
// the page another size for a moment, one pixel at times, and a page that takes
// that for a telephone would lay itself out anew. Those that kept the page from
// answering stay stopped.
func (s *session) letScripts(run bool) error {
	if s.roused {
		return nil
	}
	ctx, cancel := s.page.bounded(stepTimeout)
	defer cancel()
	_, err := command(ctx, s.page, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !run})
	return err
}

// pageSize returns the size of the whole page in CSS pixels.
func (s *session) pageSize() (cdppage.Viewport, error) {
	ctx, cancel := s.page.bounded(stepTimeout)
	defer cancel()
	m, err := chromedp.Call(ctx, cdppage.GetLayoutMetrics, cdp.Empty{})
	if err != nil {
		return cdppage.Viewport{}, fmt.Errorf("measuring the page: %w", err)
	}
	size := cdppage.Viewport{Width: m.CSSContentSize.Width, Height: max(m.CSSContentSize.Height, 1), Scale: 1}
	if size.Width > maxWidth {
		s.problem(ProblemHeight, fmt.Sprintf("the page was %v px wide; the picture shows the first %d", size.Width, maxWidth), "")
		size.Width = maxWidth
	}
	if limit := float64(s.Limits.Height); size.Height > limit {
		s.problem(ProblemHeight, fmt.Sprintf("the page was %v px high; the picture shows the first %d", size.Height, s.Limits.Height), "")
		size.Height = limit
	}
	return size, nil
}

// takeStrip takes one strip. Chrome enlarges the view for it, so that nothing
// is scrolled and a fixed header stays where it is: at the top. A page of many
// thousand icons takes long on a busy machine.
func (s *session) takeStrip(n band, width float64) error {
	ctx, cancel := s.page.bounded(2 * stepTimeout)
	defer cancel()
	data, err := s.screenshot(ctx, cdppage.CaptureScreenshotParams{
		Format: cdppage.CaptureScreenshotFormatPng, CaptureBeyondViewport: new(true), OptimizeForSpeed: new(true),
		Clip: &cdppage.Viewport{Y: n.y, Width: width, Height: n.height, Scale: 1},
	})
	if err != nil {
		return err
	}
	return s.store(n.path, evidence.KindStrip, "image/png", data)
}

func (s *session) screenshot(ctx context.Context, p cdppage.CaptureScreenshotParams) ([]byte, error) {
	res, err := command(ctx, s.page, cdppage.CaptureScreenshot, p)
	if err != nil {
		return nil, err
	}
	return res.Data, nil
}

// join writes the one picture of all strips. Where two of them differ in the
// rows that both show, the page changed between them.
func (s *session) join(strips []band) error {
	sources := make([]strip.Source, len(strips))
	for i, n := range strips {
		r, err := s.Store.Open(n.path)
		if err != nil {
			return err
		}
		defer r.Close()
		sources[i] = strip.Source{PNG: r, Y: int(math.Round(n.y * s.PixelRatio))}
	}
	var res strip.Result
	err := s.write("page.png", evidence.KindPage, "image/png", func(w io.Writer) (err error) {
		res, err = strip.Join(s.page.ctx, w, sources)
		return err
	})
	if err != nil {
		return fmt.Errorf("joining the strips: %w", err)
	}
	for _, m := range res.Mismatches {
		s.problem(ProblemSeam, fmt.Sprintf("strips %d and %d of the picture differ in %d pixels of the rows that both show, from row %d",
			m.Strip, m.Strip+1, m.Pixels, m.Row), "")
	}
	s.result.Picture = &evidence.Picture{Size: evidence.Size{Width: res.Width, Height: res.Height}, Strips: len(strips), Scrolled: s.scrolls}
	s.pictured = true
	return nil
}
