package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"

	"pugmark/capture"
)

// browsers keeps a browser running for the captures to come. One that was lost
// is replaced, so that a page which kills it doesn't cost the captures after.
type browsers struct {
	options capture.Options

	mu      sync.Mutex
	current *capture.Browser   // guarded by mu; nil: start one
	all     []*capture.Browser // guarded by mu; others may still be at work
}

// get returns the browser to capture with.
func (b *browsers) get(ctx context.Context) (*capture.Browser, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.current != nil {
		return b.current, nil
	}
	started, err := capture.Start(ctx, b.options)
	if err != nil {
		return nil, browserError(b.options, err)
	}
	b.current = started
	b.all = append(b.all, started)
	return started, nil
}

// retire has the next capture start another browser.
func (b *browsers) retire(lost *capture.Browser) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.current == lost {
		b.current = nil
	}
}

// close ends all browsers.
func (b *browsers) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, x := range b.all {
		x.Close()
	}
	b.all, b.current = nil, nil
}

// browserError says why no browser could be started.
func browserError(o capture.Options, err error) error {
	switch text := err.Error(); {
	case errors.Is(err, capture.ErrNoBrowser) && o.Path != "":
		return tell("no_browser", fmt.Sprintf("There is no browser that could be run at %q.", o.Path),
			"Check the name given with --chrome, or leave --chrome out.")
	case errors.Is(err, capture.ErrNoBrowser):
		return err
	case strings.Contains(text, "no-sandbox") || strings.Contains(text, "No usable sandbox"):
		return tell("no_sandbox", "Chromium can't set up its sandbox here"+asRoot()+".",
			"Run pug as an ordinary user; or, where that can't be, as in a container, add --no-sandbox.\n"+
				"The capture then says so: without the sandbox, a hostile page that breaks out of Chromium\n"+
				"can reach what you can.")
	}
	first, said, _ := strings.Cut(strings.TrimSpace(err.Error()), "\n")
	return tell("browser", "The browser could not be started: "+clean(first)+".", lastWords(said)+`"pug doctor" checks it.`)
}

// lastWords quotes the last that a browser said.
func lastWords(said string) string {
	lines := strings.Split(strings.TrimSpace(said), "\n")
	lines = lines[max(0, len(lines)-3):]
	if said = strings.TrimSpace(strings.Join(lines, "\n")); said == "" {
		return ""
	}
	for i, line := range lines {
		lines[i] = "    " + shorten(clean(line), 2*addressWidth)
	}
	return "Its last words:\n" + strings.Join(lines, "\n") + "\n"
}

// asRoot says that it is root who runs the program, which is why Chromium
// refuses its sandbox.
func asRoot() string {
	if os.Geteuid() == 0 {
		return " for root"
	}
	return ""
}
