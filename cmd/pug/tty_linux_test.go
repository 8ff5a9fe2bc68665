package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// typist is somebody at a terminal on which pug runs.
type typist struct {
	*os.File // the terminal's other end
	seen     string
}

// sitDown runs pug on a new terminal.
func (u *user) sitDown(t *testing.T, args ...string) (*typist, *running) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { master.Close() })
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	tty, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer tty.Close()
	r := &running{Cmd: u.command(t, args...)}
	r.Env = append(r.Env, passphraseEnv+"=")
	r.Stdin, r.Stdout, r.Stderr = tty, tty, tty
	r.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := r.Start(); err != nil {
		t.Fatal(err)
	}
	return &typist{File: master}, r
}

// await reads what the terminal shows until it shows a text.
func (p *typist) await(t *testing.T, text string) {
	t.Helper()
	buf := make([]byte, 4096)
	for !strings.Contains(p.seen, text) {
		n, err := p.Read(buf)
		p.seen += string(buf[:n])
		if err != nil {
			t.Fatalf("waiting for %q: %v; the terminal shows %q", text, err, p.seen)
		}
	}
}

// awaitSecret waits until the terminal doesn't show what is typed.
func (p *typist) awaitSecret(t *testing.T) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		state, err := unix.IoctlGetTermios(int(p.Fd()), unix.TCGETS)
		if err != nil {
			t.Fatal(err)
		}
		if state.Lflag&unix.ECHO == 0 {
			return
		}
		select {
		case <-tick.C:
		case <-t.Context().Done():
			t.Fatal("the terminal still shows what is typed")
		}
	}
}

func (p *typist) enter(t *testing.T, text string) {
	t.Helper()
	if _, err := p.WriteString(text); err != nil {
		t.Fatal(err)
	}
}

// TestTerminal captures as somebody at a terminal does: the passphrase is not
// shown, and progress is one line that is gone in the end.
func TestTerminal(t *testing.T) {
	u := newUser(t)
	p, r := u.sitDown(t, "capture", u.addresses["SITE"]+"/small", "--case", "OP-1", sandboxFlag())
	p.await(t, `Passphrase of the vault "Test": `)
	p.awaitSecret(t)
	p.enter(t, passphrase+"\n")
	p.await(t, "Captured OP-1/1: complete")
	p.await(t, "folder")
	if err := r.Wait(); err != nil {
		t.Error(err)
	}
	if strings.Contains(p.seen, "horse") {
		t.Errorf("the passphrase is on the terminal: %q", p.seen)
	}
	_, live, _ := strings.Cut(p.seen, "Opening the signing key")
	live, _, _ = strings.Cut(live, "Captured")
	if strings.Contains(live, "\n") || !strings.Contains(live, "\r\x1b[K") || !strings.HasSuffix(live, "sealing\r\x1b[K") {
		t.Errorf("got progress %q, want one line, erased in the end", live)
	}
}

// TestTerminalPassphrase exports to a passphrase that is typed twice, and
// verifies with it.
func TestTerminalPassphrase(t *testing.T) {
	u := newUser(t)
	if out, err := u.command(t, "capture", u.addresses["SITE"]+"/small", "--case", "OP-1", sandboxFlag()).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	file := filepath.Join(t.TempDir(), "x.age")
	p, r := u.sitDown(t, "export", "--case", "OP-1", "--to-passphrase", "-o", file)
	for _, q := range []struct{ ask, answer string }{
		{"The bundle's passphrase: ", "four words of mine"}, {askAgain, "four words of mine"}, {`Passphrase of the vault "Test": `, passphrase},
	} {
		p.await(t, q.ask)
		p.awaitSecret(t)
		p.enter(t, q.answer+"\n")
	}
	p.await(t, "Exported 1 capture")
	p.await(t, "Who receives it")
	if err := r.Wait(); err != nil {
		t.Error(err)
	}
	p, r = u.sitDown(t, "verify", file)
	p.await(t, "The bundle's passphrase: ")
	p.awaitSecret(t)
	p.enter(t, "four words of mine\n")
	p.await(t, "VERIFIED")
	p.await(t, "trust\r\n")
	if err := r.Wait(); err != nil {
		t.Error(err)
	}
	if strings.Contains(p.seen, "four words") {
		t.Errorf("the passphrase is on the terminal: %q", p.seen)
	}
}

// TestInterruptPrompt stops pug while it asks for the passphrase.
func TestInterruptPrompt(t *testing.T) {
	u := newUser(t)
	p, r := u.sitDown(t, "capture", u.addresses["SITE"]+"/small", "--case", "OP-1", sandboxFlag())
	p.await(t, `Passphrase of the vault "Test": `)
	p.awaitSecret(t)
	const ctrlC = "\x03"
	p.enter(t, "secret"+ctrlC)
	p.await(t, "pug: Stopped.")
	_ = r.Wait() // the exit code says it
	if code := r.ProcessState.ExitCode(); code != exitStopped {
		t.Errorf("got exit code %d, want %d", code, exitStopped)
	}
	if strings.Contains(p.seen, "secret") {
		t.Errorf("what was typed is on the terminal: %q", p.seen)
	}
	u.checkStopped(t)
}
