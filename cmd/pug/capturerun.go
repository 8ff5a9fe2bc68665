package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"pugmark/capture"
	"pugmark/evidence"
	"pugmark/recorder"
)

// captureRun captures addresses for one case.
type captureRun struct {
	*app
	recorder *recorder.Recorder
	options  *captureOptions
	total    int
}

func (a *app) newRun(v *evidence.Vault, o *captureOptions, total int) *captureRun {
	describe := func(address string, err error) (code, detail string) {
		adv := advise(about(address, err))
		return adv.Code, adv.Message
	}
	return &captureRun{app: a, recorder: recorder.New(v, o.browser, describe), options: o, total: total}
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

// take records an address, and warns of what waits or could not be logged.
func (r *captureRun) take(ctx context.Context, address string, progress func(capture.Progress)) (evidence.Sealed, error) {
	p := recorder.Page{Case: r.options.ref, Reason: r.options.reason, Persona: r.options.persona, Request: r.options.request, Device: r.options.device}
	p.Request.URL, p.Request.Progress = address, progress
	rec, err := r.recorder.Record(ctx, p)
	if rec.Unstamped != nil {
		r.warn("%s is sealed, and waits for a timestamp, which \"pug timestamp\" asks for again: %s",
			rec.Capture.Name(), clean(rec.Unstamped.Error()))
	}
	var unlogged *recorder.UnloggedError
	if errors.As(err, &unlogged) {
		r.warn("%v", unlogged)
	}
	return rec.Sealed, about(address, err)
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
