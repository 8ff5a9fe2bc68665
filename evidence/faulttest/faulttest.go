// Package faulttest runs a program of a test again and again, and each time has
// it die, or a system call fail, at another of its steps on disk.
//
// strace does both to the program as it is, down to the database's own writes. A
// step is one system call of the program's main thread, on which [Programs] keeps
// its work. A program that is killed at a step dies before the call has an effect.
package faulttest

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Variables of the environment that tell a test's binary to be a program.
const (
	programEnv = "PUGMARK_TEST_PROGRAM"
	dirEnv     = "PUGMARK_TEST_PROGRAM_DIR"
)

// AllEnv asks for all steps where tests pick some, to be brief.
const AllEnv = "PUGMARK_TEST_ALL_STEPS"

// What a program says when its steps begin, and when its work is done.
const (
	begun = "begun"
	done  = "done"
)

// Program works in a folder. It calls begin when what it does from then on is
// what is tested.
type Program func(ctx context.Context, dir string, begin func()) error

// Programs makes the test's binary the program that [Run] started it as, if it
// did, and then doesn't return. It must be called by a function init: those run
// on the main thread.
func Programs(programs map[string]Program) {
	f, ok := programs[os.Getenv(programEnv)]
	if !ok {
		return
	}
	if err := f(context.Background(), os.Getenv(dirEnv), func() { fmt.Println(begun) }); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(done)
	os.Exit(0)
}

// calls are the system calls that change what is on disk, or that make it last.
const calls = "write,pwrite64,fsync,fdatasync,ftruncate,open,openat,mkdir,mkdirat,rename,renameat,renameat2,link,linkat,unlink,unlinkat,rmdir,fchmod,chmod,fchmodat"

// Fault is what happens to a program at a step.
type Fault string

// The faults. Those that last also befall each later call of the same name.
const (
	None        Fault = ""
	Kill        Fault = "signal=KILL"
	IOError     Fault = "error=EIO"
	NoSpace     Fault = "error=ENOSPC"
	NoSpaceLast Fault = "error=ENOSPC+"
)

// Step is the nth system call of a name.
type Step struct {
	Call string
	N    int
	Text string // the call, as strace writes it
}

// String describes the step.
func (s Step) String() string { return fmt.Sprintf("%s %d: %.120s", s.Call, s.N, s.Text) }

// Changes reports whether a step may change what is on disk. What doesn't can
// still fail.
func (s Step) Changes() bool {
	return !strings.HasPrefix(s.Call, "open") || strings.Contains(s.Text, "O_CREAT")
}

// Steps runs a program to its end and returns its steps.
func Steps(t testing.TB, program, dir string) []Step {
	t.Helper()
	r := Run(t, program, dir, Step{}, None)
	if !r.Done {
		t.Fatalf("the program %q ended before it was done: %s", program, r.Said)
	}
	return r.steps
}

// Result is what came of a run.
type Result struct {
	Said string // by the program, after it began
	Done bool   // its work
	Hit  bool   // by the fault

	steps []Step
}

// Run runs a program of [Programs] with a fault at a step.
func Run(t testing.TB, program, dir string, at Step, f Fault) Result {
	t.Helper()
	trace := filepath.Join(t.TempDir(), "trace")
	args := []string{"-qq", "-o", trace, "-e", "signal=none", "-e", "trace=" + calls}
	if f != None {
		what, last := strings.CutSuffix(string(f), "+")
		when := fmt.Sprintf("%d", at.N)
		if last {
			when += "+"
		}
		args = append(args, "-e", fmt.Sprintf("inject=%s:%s:when=%s", at.Call, what, when))
	}
	c := exec.CommandContext(t.Context(), "strace", append(args, os.Args[0])...)
	c.Env = append(os.Environ(), programEnv+"="+program, dirEnv+"="+dir)
	var said bytes.Buffer
	c.Stdout, c.Stderr = &said, &said
	_ = c.Run() // how it ended is for the caller to judge
	b, err := os.ReadFile(trace)
	if err != nil {
		t.Fatalf("strace left no trace: %v\n%s", err, said.Bytes())
	}
	return result(said.String(), string(b), c.ProcessState.ExitCode() < 0)
}

var call = regexp.MustCompile(`^([a-z0-9]+)\((.*)`)

// result reads the trace of a program.
func result(said, trace string, killed bool) Result {
	r := Result{Hit: killed || strings.Contains(trace, "(INJECTED)")}
	_, r.Said, _ = strings.Cut(said, begun+"\n")
	r.Done = strings.HasSuffix(r.Said, done+"\n")
	count := make(map[string]int)
	for line := range strings.Lines(trace) {
		m := call.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		count[m[1]]++
		switch {
		case strings.HasPrefix(m[2], `1, "`+begun):
			r.steps = []Step{}
		case r.steps != nil:
			r.steps = append(r.steps, Step{m[1], count[m[1]], m[2]})
		}
	}
	return r
}

// Pick returns all steps if [AllEnv] is set, and otherwise so many of them, spread
// evenly.
func Pick(steps []Step, n int) []Step {
	if os.Getenv(AllEnv) != "" || len(steps) <= n {
		return steps
	}
	picked := make([]Step, n)
	for i := range picked {
		picked[i] = steps[i*len(steps)/n]
	}
	return picked
}

// Changing returns the steps that change what is on disk.
func Changing(steps []Step) []Step {
	return slices.DeleteFunc(slices.Clone(steps), func(s Step) bool { return !s.Changes() })
}
