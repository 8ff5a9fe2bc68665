package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"
)

// console keeps results and progress apart: results go to standard output, the
// rest to standard error. On a terminal progress is one line that is written
// over and over; elsewhere it is a line for each step. Its methods may be
// called from several goroutines.
type console struct {
	out, log io.Writer
	live     *os.File // log, if that is a terminal
	quiet    bool     // set before the command begins

	mu    sync.Mutex
	line  bool      // guarded by mu; the live line is on the screen
	drawn time.Time // guarded by mu; when a tick was last shown
	err   error     // guarded by mu; of the first write to out that failed
}

func newConsole(out, log io.Writer) *console {
	c := &console{out: out, log: log}
	if f, ok := log.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		c.live = f
	}
	return c
}

// Write prints a part of the result. It implements [io.Writer].
func (c *console) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wipe()
	n, err := c.out.Write(p)
	if c.err == nil && err != nil {
		c.err = fmt.Errorf("printing the result: %w", err)
	}
	return n, err
}

// writeError returns why a result could not be printed.
func (c *console) writeError() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// step tells what is being done.
func (c *console) step(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch text := fmt.Sprintf(format, args...); {
	case c.quiet:
	case c.live != nil:
		c.draw(text)
	default:
		fmt.Fprintln(c.log, text)
	}
}

// tickTime is how often the live line changes within a step.
const tickTime = 100 * time.Millisecond

// tick tells how far a step is, where that can be shown in place.
func (c *console) tick(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.quiet || c.live == nil || time.Since(c.drawn) < tickTime {
		return
	}
	c.drawn = time.Now()
	c.draw(fmt.Sprintf(format, args...))
}

// meter returns a function that shows how much of something is done.
func (c *console) meter(what string) func(done, total int64) {
	return func(done, total int64) {
		if total > 0 {
			c.tick("%s: %s of %s", what, sizeText(done), sizeText(total))
		}
	}
}

// warn tells of something that is not as it should be, but hinders nothing.
func (c *console) warn(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wipe()
	fmt.Fprintf(c.log, "pug: warning: "+format+"\n", args...)
}

// complain tells why something could not be done, and what to do next.
func (c *console) complain(a advice) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wipe()
	fmt.Fprintf(c.log, "pug: %s\n", a.Message)
	if a.Hint != "" {
		fmt.Fprintf(c.log, "     %s\n", strings.ReplaceAll(a.Hint, "\n", "\n     "))
	}
}

// clear takes the live line off the screen.
func (c *console) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wipe()
}

// draw shows a text as the live line. The caller holds mu.
func (c *console) draw(text string) {
	width, _, err := term.GetSize(int(c.live.Fd()))
	if err != nil || width < 20 {
		width = 80
	}
	c.wipe()
	fmt.Fprint(c.log, shorten(text, width-1))
	c.line = true
}

// wipe erases the live line (ECMA-48, "erase in line"). The caller holds mu.
func (c *console) wipe() {
	if c.line {
		fmt.Fprint(c.log, "\r\x1b[K")
		c.line = false
	}
}
