package capture

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// shared is the one browser of this package's tests.
var shared *Browser

// noSandbox reports whether the tests may run Chrome without its sandbox, as
// root must.
func noSandbox() bool { return os.Getenv("PUGMARK_TEST_NO_SANDBOX") == "1" }

func TestMain(m *testing.M) { os.Exit(testMain(m)) }

// testMain runs the tests with one browser, and then looks for what should not
// be left: a process or a file.
func testMain(m *testing.M) int {
	tmp, err := os.MkdirTemp("", "pugmark-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(tmp)
	os.Setenv("TMPDIR", tmp)
	if shared, err = Start(context.Background(), Options{NoSandbox: noSandbox()}); err != nil {
		fmt.Fprintln(os.Stderr, "these tests need Chromium (scripts/setup installs it):", err)
		return 1
	}
	code := m.Run()
	shared.Close()
	if left := leftovers(tmp); len(left) > 0 {
		fmt.Fprintln(os.Stderr, "left behind:", left)
		return 1
	}
	return code
}

// leftovers lists what is in tmp, and the processes that use a profile there.
func leftovers(tmp string) []string {
	left, _ := filepath.Glob(filepath.Join(tmp, "*"))
	entries, _ := os.ReadDir("/proc")
	for _, e := range entries {
		if _, err := strconv.Atoi(e.Name()); err != nil {
			continue
		}
		line, _ := os.ReadFile(filepath.Join("/proc", e.Name(), "cmdline"))
		if strings.Contains(string(line), filepath.Join(tmp, profilePrefix)) {
			left = append(left, "process "+e.Name())
		}
	}
	return left
}

// tool returns the path of a program that judges what we wrote.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("this test needs %s (scripts/setup installs it)", name)
	}
	return path
}
