package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"pugmark/evidence"
	"pugmark/evidence/custody"
)

// user is somebody who runs pug with a vault and a folder for temporary files
// of their own.
type user struct {
	*site
	dir, vault, tmp string
}

func newUser(t *testing.T) *user {
	t.Helper()
	u := &user{site: newSite(t), dir: t.TempDir()}
	tmp, err := os.MkdirTemp("", "") // short enough that the browser's profile is in it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(tmp) })
	u.tmp, u.vault = tmp, filepath.Join(u.dir, "vault")
	if err := newVault(u.vault); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(u.dir, "passphrase"), []byte(passphrase), 0o600); err != nil {
		t.Fatal(err)
	}
	return u
}

// command prepares a run of pug.
func (u *user) command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	c := exec.CommandContext(t.Context(), "pug", args...)
	c.Dir = u.dir
	c.Env = append(os.Environ(), "TMPDIR="+u.tmp, evidence.VaultEnv+"="+u.vault, passphraseEnv+"="+filepath.Join(u.dir, "passphrase"))
	return c
}

// run runs pug to its end.
func (u *user) run(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, log bytes.Buffer
	c := u.command(t, args...)
	c.Stdout, c.Stderr = &out, &log
	err := c.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return c.ProcessState.ExitCode(), out.String(), log.String()
}

// succeed runs pug and returns what it prints.
func (u *user) succeed(t *testing.T, args ...string) string {
	t.Helper()
	code, stdout, stderr := u.run(t, args...)
	if code != exitDone {
		t.Fatalf("pug %s: got exit code %d, want %d\n%s%s", strings.Join(args, " "), code, exitDone, stdout, stderr)
	}
	return stdout
}

// document runs pug with --json and reads its document.
func document[T any](t *testing.T, u *user, args ...string) (doc T) {
	t.Helper()
	if err := json.Unmarshal([]byte(u.succeed(t, append(args, "--json")...)), &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

// events counts the events of an action.
func (u *user) events(t *testing.T, action custody.Action) (found []custody.Event) {
	t.Helper()
	for _, e := range document[eventsDoc](t, u, "log").Events {
		if e.Action == action {
			found = append(found, e)
		}
	}
	return found
}

// staged lists what is in the vault's staging folder.
func (u *user) staged(t *testing.T) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(u.vault, "staging"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// running is a pug whose progress is read line by line.
type running struct {
	*exec.Cmd
	stdout bytes.Buffer
	lines  *bufio.Scanner // of stderr
}

func (u *user) start(t *testing.T, args ...string) *running {
	t.Helper()
	r := &running{Cmd: u.command(t, args...)}
	r.Stdout = &r.stdout
	stderr, err := r.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Start(); err != nil {
		t.Fatal(err)
	}
	r.lines = bufio.NewScanner(stderr)
	return r
}

// end reads the rest of the progress and returns it with the exit code, which
// is negative after a signal.
func (r *running) end() (rest string, code int) {
	for r.lines.Scan() {
		rest += r.lines.Text() + "\n"
	}
	_ = r.Wait() // the exit code says it
	return rest, r.ProcessState.ExitCode()
}

// TestInterrupt stops pug with Ctrl-C in several steps of a capture: the
// capture is failed, and nothing of it is left.
func TestInterrupt(t *testing.T) {
	u := newUser(t)
	for _, step := range []string{"Starting the browser", "opening a tab", "loading the page", "scrolling", "picture of the full page", "closing the page archive"} {
		t.Run(step, func(t *testing.T) {
			r := u.start(t, "capture", u.addresses["SITE"]+"/l/4711", "--case", "OP-1", sandboxFlag())
			for r.lines.Scan() && !strings.Contains(r.lines.Text(), step) {
			}
			if err := r.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
			rest, code := r.end()
			if code != exitStopped || !strings.Contains(rest, "pug: Stopped") {
				t.Errorf("got exit code %d, want %d\n%s", code, exitStopped, rest)
			}
			if r.stdout.Len() > 0 {
				t.Errorf("got output %q, want none", r.stdout.String())
			}
			u.checkStopped(t)
		})
	}
}

func (u *user) checkStopped(t *testing.T) {
	t.Helper()
	for _, e := range u.events(t, custody.CaptureFailed) {
		if e.Details["code"] != "cancelled" {
			t.Errorf("got failure %v, want code cancelled", e.Details)
		}
	}
	if started, failed := len(u.events(t, custody.CaptureStarted)), len(u.events(t, custody.CaptureFailed)); started != failed {
		t.Errorf("got %d captures started and %d failed, want the same", started, failed)
	}
	if left := u.staged(t); len(left) > 0 {
		t.Errorf("left in staging: %v", left)
	}
	if left, _ := filepath.Glob(filepath.Join(u.tmp, "pugmark-*")); len(left) > 0 {
		t.Errorf("left among the temporary files: %v", left)
	}
	if left := browsersIn(u.tmp); len(left) > 0 {
		t.Errorf("left running: %v", left)
	}
	u.succeed(t, "verify", "--all")
}

// acknowledged matches what pug prints of a capture that it has sealed.
var acknowledged = regexp.MustCompile(`(?s)Captured (OP-1/\d+): .*?manifest +([0-9a-f]{64})\n`)

// TestKill kills pug at random moments of its captures. What it has told of is
// there, and the vault is whole.
func TestKill(t *testing.T) {
	u := newUser(t)
	var addresses []string
	for range 5 {
		for _, path := range []string{"/small", "/l/4711", "/agent", "/tall?px=9000"} {
			addresses = append(addresses, u.addresses["SITE"]+path)
		}
	}
	sealed := make(map[string]string) // digest by name
	for len(u.events(t, custody.CaptureStarted)) < 20 || len(sealed) == 0 || len(u.events(t, custody.CaptureInterrupted)) == 0 {
		for name, digest := range u.killed(t, 1+rand.IntN(30), addresses) {
			sealed[name] = digest
		}
		if code, stdout, stderr := u.run(t, "verify", "--all"); code != exitDone {
			t.Fatalf("after the kill: got exit code %d\n%s%s", code, stdout, stderr)
		}
		u.succeed(t, "case", "new", fmt.Sprintf("NEXT-%d", time.Now().UnixNano()), "--title", "puts the vault in order")
	}
	got := make(map[string]string)
	for _, c := range document[capturesDoc](t, u, "list").Captures {
		got[c.Name()] = c.ManifestDigest.String()
	}
	for name, digest := range sealed {
		if got[name] != digest {
			t.Errorf("capture %s: got manifest %q, want %q", name, got[name], digest)
		}
	}
	if r := document[verification](t, u, "verify", "--all").Report; r.Outcome != evidence.Verified || r.Captures < len(sealed) {
		t.Errorf("got report %+v, want %d captures or more, verified", r, len(sealed))
	}
	t.Logf("%d captures started, %d acknowledged, %d sealed, %d interrupted", len(u.events(t, custody.CaptureStarted)),
		len(sealed), len(got), len(u.events(t, custody.CaptureInterrupted)))
}

// killed starts to capture and kills pug after a number of lines of progress
// and a moment. It returns the captures that pug has told of.
func (u *user) killed(t *testing.T, lines int, addresses []string) map[string]string {
	t.Helper()
	r := u.start(t, append([]string{"capture", "--case", "OP-1", "-j", "2", sandboxFlag()}, addresses...)...)
	for range lines {
		r.lines.Scan()
	}
	timer := time.NewTimer(rand.N(50 * time.Millisecond))
	<-timer.C
	if err := r.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	r.end()
	u.awaitNoBrowser(t)
	told := make(map[string]string)
	for _, m := range acknowledged.FindAllStringSubmatch(r.stdout.String(), -1) {
		told[m[1]] = m[2]
	}
	return told
}

// awaitNoBrowser waits until the system has ended the browser of a pug that was
// killed.
func (u *user) awaitNoBrowser(t *testing.T) {
	t.Helper()
	tick, late := time.NewTicker(20*time.Millisecond), time.After(30*time.Second)
	defer tick.Stop()
	for {
		left := browsersIn(u.tmp)
		if len(left) == 0 {
			return
		}
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("still running after pug was killed: %v", left)
		}
	}
}
