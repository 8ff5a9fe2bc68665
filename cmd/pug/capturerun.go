package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"pugmark/capture"
	"pugmark/evidence"
)

// captureRun captures addresses for one case.
type captureRun struct {
	*app
	vault    *evidence.Vault
	options  *captureOptions
	browsers *browsers
	total    int
}

// captured is what became of an address: a capture, or an error.
type captured struct {
	Address  string             `json:"address"`
	Capture  *evidence.Capture  `json:"capture,omitempty"`
	Problems []evidence.Problem `json:"problems,omitempty"`
	Notices  []evidence.Problem `json:"notices,omitempty"`
	Error    *advice            `json:"error,omitempty"`
}

// capturedDoc is the document of "pug capture".
type capturedDoc struct {
	Captures []captured `json:"captures"` // in the order of the addresses
}

// all captures all addresses, several at once, and prints what becomes of each.
func (r *captureRun) all(ctx context.Context, addresses []string) outcome {
	results := make([]captured, len(addresses))
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(r.options.parallel, len(addresses)) {
		workers.Go(func() {
			for i := range next {
				results[i] = r.one(ctx, i, addresses[i])
			}
		})
	}
	for i := range addresses {
		next <- i
	}
	close(next)
	workers.Wait()
	out := outcome{doc: capturedDoc{results}}
	for _, c := range results {
		out.exit = max(out.exit, c.exit())
	}
	if ctx.Err() != nil {
		out.exit = exitStopped
		r.complain(stoppedAdvice(results))
	}
	return out
}

// stoppedAdvice says how far the run came that was stopped.
func stoppedAdvice(results []captured) advice {
	adv, done := advise(context.Canceled), 0
	for _, c := range results {
		if c.Capture != nil {
			done++
		}
	}
	adv.Message = fmt.Sprintf("Stopped, with %d of %s captured.", done, count(len(results), "page"))
	return adv
}

func (c captured) exit() int {
	switch {
	case c.Error != nil:
		return exitNotDone
	case c.Capture.Verdict != evidence.Complete:
		return exitFindings
	}
	return exitDone
}

// one captures one address and prints what became of it.
func (r *captureRun) one(ctx context.Context, i int, address string) captured {
	c := captured{Address: address}
	sealed, err := r.take(ctx, address, r.progress(i, address))
	switch {
	case err != nil && ctx.Err() != nil:
		c.Error = new(advise(ctx.Err()))
		return c
	case err != nil:
		c.Error = new(advise(err))
		r.report(address, *c.Error)
		return c
	}
	c.Capture, c.Problems, c.Notices = &sealed.Capture, sealed.Manifest.Problems, sealed.Manifest.Notices
	if !r.json {
		var text bytes.Buffer
		c.print(&text)
		r.Write(text.Bytes())
	}
	return c
}

// report tells of an address that was not captured. Where there are several it
// says which.
func (r *captureRun) report(address string, adv advice) {
	if r.total > 1 {
		adv.Message = clean(address) + ": " + adv.Message
	}
	r.complain(adv)
}

// take captures an address and seals the capture. If it can't, the log says
// why, and nothing else is left.
func (r *captureRun) take(ctx context.Context, address string, progress func(capture.Progress)) (evidence.Sealed, error) {
	if err := errors.Join(ctx.Err(), checkSpace(r.vault.Dir())); err != nil {
		return evidence.Sealed{}, err
	}
	b, err := r.browsers.get(ctx)
	if err != nil {
		return evidence.Sealed{}, err
	}
	s, err := r.vault.Stage(ctx, evidence.StageRequest{Case: r.options.ref, Reason: r.options.reason, Requested: address})
	if err != nil {
		return evidence.Sealed{}, about(r.options.ref, err)
	}
	a, err := r.acquire(ctx, b, s, r.request(address, b, s, progress))
	if isLost(a, err) {
		r.browsers.retire(b)
	}
	var sealed evidence.Sealed
	if err == nil {
		progress(capture.Progress{Step: "seal"})
		sealed, err = s.Seal(ctx, a)
	}
	if err == nil {
		r.timestamp(ctx, sealed.Capture, progress)
	}
	if err != nil {
		err = about(address, err)
		r.logFailure(ctx, s, err)
	}
	return sealed, err
}

// acquire captures while authorities stamp a nonce, which is done before the
// address is opened.
func (r *captureRun) acquire(ctx context.Context, b *capture.Browser, s *evidence.Staging, q capture.Request) (*evidence.Acquisition, error) {
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

// timestamp has the vault's authorities stamp a capture that is sealed. Where they
// can't, it waits for "pug timestamp", and nothing else is lost.
func (r *captureRun) timestamp(ctx context.Context, c evidence.Capture, progress func(capture.Progress)) {
	authorities, err := r.vault.Authorities(ctx)
	if err == nil && len(authorities) == 0 {
		return
	}
	progress(capture.Progress{Step: "timestamp"})
	if err == nil {
		_, err = r.vault.Timestamp(ctx, c)
	}
	if err != nil {
		r.warn("%s is sealed, and waits for a timestamp, which \"pug timestamp\" asks for again: %s", c.Name(), clean(err.Error()))
	}
}

// isLost reports whether the browser may have been lost.
func isLost(a *evidence.Acquisition, err error) bool {
	var f *capture.Failure
	if errors.As(err, &f) {
		return f.Code == capture.FailureBrowser
	}
	return a != nil && slices.ContainsFunc(a.Problems, func(p evidence.Problem) bool { return p.Code == capture.ProblemPageLost })
}

func (r *captureRun) logFailure(ctx context.Context, s *evidence.Staging, why error) {
	adv := advise(why)
	if ctx.Err() != nil {
		adv = advice{Code: capture.FailureCancelled, Message: "The capture was stopped by its operator."}
	}
	if err := s.Fail(ctx, adv.Code, adv.Message); err != nil {
		r.warn("the failure could not be written to the log: %v", err)
	}
}

func (r *captureRun) request(address string, b *capture.Browser, s *evidence.Staging, progress func(capture.Progress)) capture.Request {
	q := r.options.request
	q.URL, q.Store, q.Scratch, q.Progress, q.Encrypt = address, s, s.Scratch(), progress, r.vault.Encrypt
	if d := r.options.device; d != nil {
		d.apply(&q, b.Version())
	}
	if r.options.viewport != (evidence.Size{}) {
		q.Viewport = r.options.viewport
	}
	return q
}

// steps says what the steps of a capture do.
var steps = map[string]string{
	"open":      "opening a tab",
	"navigate":  "loading the page",
	"settle":    "waiting until the page is quiet",
	"viewport":  "taking the first view",
	"consent":   "looking for a consent banner",
	"scroll":    "scrolling through the page",
	"picture":   "taking the picture of the full page",
	"document":  "taking document, text and PDF",
	"archive":   "closing the page archive",
	"listing":   "reading what the page says of itself",
	"seal":      "sealing",
	"timestamp": "asking for timestamps",
}

// progress returns a function that shows how far the capture of an address is.
func (r *captureRun) progress(i int, address string) func(capture.Progress) {
	ahead := shorten(clean(address), addressWidth)
	if r.total > 1 {
		ahead = fmt.Sprintf("[%d/%d] %s", i+1, r.total, ahead)
	}
	last := ""
	return func(p capture.Progress) {
		text, ok := steps[p.Step]
		if !ok {
			text = p.Step
		}
		if p.Step != last {
			last = p.Step
			r.step("%s: %s", ahead, text)
		} else if p.Detail != "" {
			r.tick("%s: %s, %s", ahead, text, p.Detail)
		}
	}
}

func (c captured) print(w io.Writer) {
	fmt.Fprintf(w, "Captured %s: %s", c.Capture.Name(), c.Capture.Verdict)
	if n := len(c.Problems); n > 0 {
		fmt.Fprintf(w, ", with %s", count(n, "problem"))
	}
	fmt.Fprintln(w)
	printProblems(w, "!", c.Problems)
	printProblems(w, "-", c.Notices)
	final := ""
	if c.Capture.Final != c.Capture.Requested {
		final = clean(c.Capture.Final)
	}
	printFields(w, []field{
		{"title", clean(c.Capture.Title)},
		{"address", clean(c.Capture.Requested)},
		{"ended at", final},
		{"items", fmt.Sprintf("%d, %s", c.Capture.Items, sizeText(c.Capture.Bytes))},
		{"manifest", c.Capture.ManifestDigest.String()},
		{"folder", c.Capture.Dir},
	})
}
