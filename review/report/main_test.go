package report

import (
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // for decode
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pugmark/capture"
	"pugmark/capture/strip"
	"pugmark/evidence"
	"pugmark/review"
)

// shared is the one browser of this package's tests.
var shared *capture.Browser

func TestMain(m *testing.M) { os.Exit(testMain(m)) }

// testMain runs the tests, and then looks for what should not be left.
func testMain(m *testing.M) int {
	tmp, err := os.MkdirTemp("", "report-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(tmp)
	os.Setenv("TMPDIR", tmp)
	if shared, err = capture.Start(context.Background(), capture.Options{NoSandbox: os.Getenv("PUGMARK_TEST_NO_SANDBOX") == "1"}); err != nil {
		fmt.Fprintln(os.Stderr, "these tests need Chromium (scripts/setup installs it):", err)
		return 1
	}
	code := m.Run()
	shared.Close()
	if left, _ := filepath.Glob(filepath.Join(tmp, "pugmark-*")); len(left) > 0 {
		fmt.Fprintln(os.Stderr, "left behind:", left)
		return 1
	}
	return code
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// page is a page to be captured, without a browser.
type page struct {
	title, address, listing, log string
	width, height                int
	problems                     []evidence.Problem
}

// newVault makes a vault with the case OP-1, which has a capture of each page.
func newVault(t *testing.T, pages ...page) *evidence.Vault {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "vault")
	v, err := evidence.Create(t.Context(), dir, evidence.CreateOptions{Name: "Test", Operator: "A. Rao", Organisation: "Unit 7", Passphrase: "x"})
	check(t, err)
	t.Cleanup(func() { v.Close() })
	check(t, v.NewCase(t.Context(), evidence.Case{Ref: "OP-1", Title: "Bangles 象牙", Authority: "Act 7", Purpose: "Inquiry"}))
	for _, p := range pages {
		check(t, p.seal(t.Context(), v))
	}
	return v
}

func (p page) seal(ctx context.Context, v *evidence.Vault) (err error) {
	s, err := v.Stage(ctx, evidence.StageRequest{Case: "OP-1", Reason: "tip", Requested: p.address})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	write := func(path string, kind evidence.Kind, mediaType string, fill func(io.Writer) error) error {
		w, err := s.Create(path, kind, mediaType)
		if err != nil {
			return err
		}
		return errors.Join(fill(w), w.Close())
	}
	text := func(s string) func(io.Writer) error {
		return func(w io.Writer) error { _, err := io.WriteString(w, s); return err }
	}
	if p.height > 0 {
		err = write("page.png", evidence.KindPage, "image/png", func(w io.Writer) error { return p.picture(w) })
	}
	if p.listing != "" {
		err = errors.Join(err, write("listing.json", evidence.KindListing, "application/json", text(p.listing)))
	}
	err = errors.Join(err, write("capture.log.jsonl", evidence.KindLog, "application/jsonl", text(p.log)))
	if err != nil {
		return err
	}
	now := time.Now().UTC()
	a := &evidence.Acquisition{
		Target: evidence.Target{Requested: p.address, Final: p.address, Title: p.title, Language: "en", Status: 200, Remote: "192.0.2.7:443"},
		Time:   evidence.Time{Started: now, Finished: now.Add(time.Second), Duration: 1000, Zone: "+00:00"},
		Environment: evidence.Environment{
			Tool: evidence.Tool, OS: "linux/amd64", Browser: "none", Flags: []string{}, Viewport: evidence.Size{Width: 1280, Height: 800}, PixelRatio: 1,
		},
		Verdict: evidence.Complete, Problems: p.problems,
	}
	if len(p.problems) > 0 {
		a.Verdict = evidence.Partial
	}
	if p.height > 0 {
		a.Picture = &evidence.Picture{Size: evidence.Size{Width: p.width, Height: p.height}, Strips: 1}
	}
	_, err = s.Seal(ctx, a)
	return err
}

// picture writes a picture of which each row has a colour of its own.
func (p page) picture(w io.Writer) error {
	e, err := strip.NewEncoder(w, p.width, p.height)
	if err != nil {
		return err
	}
	row := make([]byte, 3*p.width)
	for y := range p.height {
		c := rowColor(y)
		for x := range p.width {
			row[3*x], row[3*x+1], row[3*x+2] = c[0], c[1], c[2]
		}
		if err := e.WriteRow(row); err != nil {
			return err
		}
	}
	return e.Close()
}

func rowColor(y int) [3]byte { return [3]byte{byte(y / 16 % 256), byte(y / 64 % 256), 128} }

// readCase reads the case of a vault.
func readCase(t *testing.T, l *review.Library) *review.Case {
	t.Helper()
	c, err := l.Case(t.Context(), "OP-1")
	check(t, err)
	return c
}

// decode reads a picture of a document.
func decode(t *testing.T, path string) image.Image {
	t.Helper()
	f, err := os.Open(path)
	check(t, err)
	defer f.Close()
	m, _, err := image.Decode(f)
	check(t, err)
	return m
}
