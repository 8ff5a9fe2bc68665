package capture

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/chromedp/chromedp"
)

// process is a running Chrome: its process group, its profile and its pipes.
type process struct {
	cmd     *exec.Cmd
	profile *profile // removed when the process has ended
	pipe    *chromedp.PipeConn
	output  tail
	exited  chan struct{} // closed when the process has ended
	waitErr error         // valid after exited
}

// startProcess starts Chrome with a new, empty profile. It ends when ctx does,
// and the kernel ends it when this program dies, where the system can do so.
func startProcess(ctx context.Context, path string, flags []string) (*process, error) {
	profile, err := newProfile()
	if err != nil {
		return nil, err
	}
	p := &process{profile: profile, exited: make(chan struct{})}
	args := append([]string{"--remote-debugging-pipe", "--user-data-dir=" + profile.dir, "--ssl-key-log-file=" + p.keyLog()}, flags...)
	p.cmd = exec.CommandContext(ctx, path, args...)
	p.cmd.Env = append(os.Environ(), "TMPDIR="+profile.dir)
	p.cmd.Stdout, p.cmd.Stderr = &p.output, &p.output
	p.cmd.WaitDelay = 2 * time.Second // a helper process may hold the output open
	p.cmd.Cancel = p.kill
	if err := p.start(); err != nil {
		profile.remove()
		return nil, fmt.Errorf("starting %q: %w", path, err)
	}
	return p, nil
}

// keyLog is where Chrome writes the secrets of its TLS connections. It goes
// with the profile.
func (p *process) keyLog() string { return filepath.Join(p.profile.dir, "tls-keys") }

// start makes the pipes and starts the process on a thread of its own: the
// kernel's end-with-parent signal is bound to the thread that forked
// (golang.org/issue/27505).
func (p *process) start() error {
	childR, parentW, err := os.Pipe()
	if err != nil {
		return err
	}
	parentR, childW, err := os.Pipe()
	if err != nil {
		childR.Close()
		parentW.Close()
		return err
	}
	p.configure(childR, childW, parentR, parentW)
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := p.cmd.Start()
		childR.Close()
		childW.Close()
		started <- err
		if err == nil {
			p.wait()
		}
	}()
	if err := <-started; err != nil {
		parentR.Close()
		parentW.Close()
		return err
	}
	p.pipe = chromedp.NewPipeConn(newAnswers(parentR, maxAnswer), parentW)
	return nil
}

// wait waits for the process to end, ends what is left of its group and
// removes the profile.
func (p *process) wait() {
	p.waitErr = p.cmd.Wait()
	p.kill() // helper processes can outlive the browser
	p.profile.remove()
	close(p.exited)
}

// stop ends the process, and returns when it and its profile are gone. It
// gives the browser no time to tidy up: nothing in the profile is wanted.
func (p *process) stop() {
	p.kill()
	<-p.exited
	p.pipe.Close()
}

// tail keeps the last part of what Chrome printed, for an error message.
type tail struct {
	mu  sync.Mutex
	buf []byte
}

const tailSize = 8 << 10

// Write implements [io.Writer].
func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, b...)
	if extra := len(t.buf) - tailSize; extra > 0 {
		t.buf = append(t.buf[:0], t.buf[extra:]...)
	}
	return len(b), nil
}

// String returns the last lines, without the noise of an idle browser.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(bytes.TrimSpace(t.buf))
}
