package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"filippo.io/age"
	"github.com/rogpeppe/go-internal/testscript"

	"pugmark/evidence"
)

// passphrase is that of the tests' vaults.
const passphrase = "correct horse battery staple"

func TestMain(m *testing.M) { testscript.Main(checkedRun{m}, map[string]func(){"pug": main}) }

// checkedRun runs the tests, and then looks for what should not be left: a
// browser, or its profile.
type checkedRun struct{ m *testing.M }

func (c checkedRun) Run() int {
	tmp, err := os.MkdirTemp("", "pug-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(tmp)
	os.Setenv("TMPDIR", tmp)
	code := c.m.Run()
	left, _ := filepath.Glob(filepath.Join(tmp, "pugmark-*"))
	if left = append(left, browsersIn(tmp)...); len(left) > 0 {
		fmt.Fprintln(os.Stderr, "left behind:", left)
		return 1
	}
	return code
}

// browsersIn lists the browsers that run with a profile in a folder.
func browsersIn(dir string) (left []string) {
	entries, _ := os.ReadDir("/proc")
	for _, e := range entries {
		if _, err := strconv.Atoi(e.Name()); err != nil {
			continue
		}
		line, _ := os.ReadFile(filepath.Join("/proc", e.Name(), "cmdline"))
		if strings.Contains(string(line), "--user-data-dir="+dir) {
			left = append(left, "process "+e.Name())
		}
	}
	return left
}

// TestScripts runs the commands as a user types them.
func TestScripts(t *testing.T) {
	needPrograms(t)
	testscript.Run(t, testscript.Params{
		Dir:   "testdata",
		Setup: newSite(t).setup,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"code": codeCommand,
			"flip": flipCommand,
		},
	})
}

// codeCommand runs a program and checks its exit code: "code 2 pug list".
func codeCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N program [args...]")
	}
	got := 0
	var exit *exec.ExitError
	switch err := ts.Exec(args[1], args[2:]...); {
	case errors.As(err, &exit):
		got = exit.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if strconv.Itoa(got) != args[0] {
		ts.Fatalf("got exit code %d, want %s", got, args[0])
	}
}

// flipCommand flips the bits of a file's last byte: "flip file".
func flipCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: flip file")
	}
	path := ts.MkAbs(args[0])
	b, err := os.ReadFile(path)
	ts.Check(err)
	b[len(b)-1] ^= 0xff
	ts.Check(os.Chmod(path, 0o600))
	ts.Check(os.WriteFile(path, b, 0o600))
}

// sandboxFlag is the flag that the tests start Chromium with: for root it can't
// set up its sandbox.
func sandboxFlag() string {
	if os.Getenv("PUGMARK_TEST_NO_SANDBOX") == "1" {
		return "--no-sandbox"
	}
	return "--no-sandbox=false"
}

// needPrograms fails a test for which programs are missing.
func needPrograms(t *testing.T) {
	t.Helper()
	for _, name := range []string{"chromium", "jq", "unzip", "sha256sum", "tshark", "age", "ssh-keygen", "pdfinfo", "pdfsig", "qpdf"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Fatalf("this test needs %s (scripts/setup installs it)", name)
		}
	}
}

// template is a vault with the open case OP-1, of which the key opens fast. It
// is made once, since that is slow.
var template = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "vault-")
	if err != nil {
		return "", err
	}
	ctx := context.Background()
	v, err := evidence.Create(ctx, dir, evidence.CreateOptions{Name: "Test", Operator: "Tester", Passphrase: passphrase})
	if err != nil {
		return "", err
	}
	err = v.NewCase(ctx, evidence.Case{Ref: "OP-1", Title: "Ivory bangles 象牙"})
	return dir, errors.Join(err, v.Close(), weaken(filepath.Join(dir, "key.age")))
})

// newVault makes a vault with the open case OP-1.
func newVault(dir string) error {
	from, err := template()
	if err != nil {
		return err
	}
	return errors.Join(os.CopyFS(dir, os.DirFS(from)), os.Chmod(dir, 0o700))
}

// weaken encrypts a key file anew, so that it takes no second to open.
func weaken(path string) error {
	f, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	id, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return err
	}
	plain, err := age.Decrypt(bytes.NewReader(f), id)
	if err != nil {
		return err
	}
	to, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return err
	}
	to.SetWorkFactor(10)
	var out bytes.Buffer
	w, err := age.Encrypt(&out, to)
	if err != nil {
		return err
	}
	if _, err := io.Copy(w, plain); err != nil {
		return err
	}
	return errors.Join(w.Close(), os.WriteFile(path, out.Bytes(), 0o600))
}

// setup gives a script a vault of its own and the addresses to capture.
func (s *site) setup(e *testscript.Env) error {
	pug, err := exec.LookPath("pug")
	if err != nil {
		return err
	}
	vault, secret := filepath.Join(e.WorkDir, "vault"), filepath.Join(e.WorkDir, "passphrase")
	if err := newVault(vault); err != nil {
		return err
	}
	if err := os.WriteFile(secret, []byte(passphrase+"\n"), 0o600); err != nil {
		return err
	}
	// The script's own folder for temporary files has too long a path for
	// Chromium's socket.
	e.Setenv("TMPDIR", os.TempDir())
	e.Setenv("HOME", e.WorkDir)
	e.Setenv("XDG_DATA_HOME", "")
	e.Setenv(evidence.VaultEnv, vault)
	e.Setenv(passphraseEnv, secret)
	e.Setenv("PUG", pug)
	e.Setenv("SANDBOX", sandboxFlag())
	for name, address := range s.addresses {
		e.Setenv(name, address)
	}
	return nil
}
