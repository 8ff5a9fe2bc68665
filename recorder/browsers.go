package recorder

import (
	"context"
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

// BrowserError says why no browser could be started.
type BrowserError struct {
	Options capture.Options
	Err     error
}

func (e *BrowserError) Error() string { return "starting the browser: " + e.Err.Error() }
func (e *BrowserError) Unwrap() error { return e.Err }

// get returns the browser to capture with.
func (b *browsers) get(ctx context.Context) (*capture.Browser, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.current != nil {
		return b.current, nil
	}
	started, err := capture.Start(ctx, b.options)
	if err != nil {
		return nil, &BrowserError{b.options, err}
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
