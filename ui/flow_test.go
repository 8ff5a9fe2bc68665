package ui

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"pugmark/capture"
	"pugmark/evidence"
	"pugmark/evidence/bundle"
	"pugmark/evidence/custody"
	"pugmark/recorder"
)

// fakeRecorder seals a picture for each page, without a browser. An address that
// ends with "refused" fails, and one that ends with "slow" goes on until it is
// stopped.
type fakeRecorder struct {
	vault  *evidence.Vault
	pages  []recorder.Page
	closed bool
}

func (r *fakeRecorder) Close() { r.closed = true }

func (r *fakeRecorder) Record(ctx context.Context, p recorder.Page) (recorder.Record, error) {
	r.pages = append(r.pages, p)
	s, err := r.vault.Stage(ctx, evidence.StageRequest{Case: p.Case, Reason: p.Reason, Requested: p.Request.URL})
	if err != nil {
		return recorder.Record{}, err
	}
	p.Request.Progress(capture.Progress{Step: "picture", Detail: "strip 1 of 2", Bytes: 2_500, Problems: 1, Problem: "the server answered 404"})
	switch {
	case strings.HasSuffix(p.Request.URL, "refused"):
		err = &capture.Failure{Code: capture.FailureRefused, Err: errors.New("refused")}
	case strings.HasSuffix(p.Request.URL, "slow"):
		<-ctx.Done()
		err = ctx.Err()
	}
	if err != nil {
		return recorder.Record{}, errors.Join(err, s.Fail(ctx, "x", "x"))
	}
	w, err := s.Create("dom.html", evidence.KindDOM, "text/html")
	if err == nil {
		_, err = w.Write([]byte("<html>"))
	}
	if err = errors.Join(err, w.Close()); err != nil {
		return recorder.Record{}, err
	}
	sealed, err := s.Seal(ctx, &evidence.Acquisition{
		Target: evidence.Target{Requested: p.Request.URL, Title: "New listing"}, Verdict: evidence.Complete,
		Time: evidence.Time{Started: started, Finished: started},
	})
	return recorder.Record{Sealed: sealed}, err
}

// newFlow is a bench of which the window records with a fake recorder.
func newFlow(t *testing.T) (*bench, *[]*fakeRecorder) {
	var made []*fakeRecorder
	b := &bench{t: t, app: test.NewTempApp(t), queue: make(chan func(), 1<<12)}
	b.options.NewRecorder = func(v *evidence.Vault, _ capture.Options) Recorder {
		made = append(made, &fakeRecorder{vault: v})
		return made[len(made)-1]
	}
	b.app.Settings().SetTheme(NewTheme())
	b.reopen()
	t.Cleanup(b.w.lock)
	return b, &made
}

// entries returns the entries of the dialog on top, in their order.
func (b *bench) entries() (out []*widget.Entry) {
	b.t.Helper()
	top := b.w.win.Canvas().Overlays().Top()
	if top == nil {
		b.t.Fatal("no dialog is open")
	}
	for _, o := range test.LaidOutObjects(top) {
		switch e := o.(type) {
		case *widget.Entry:
			out = append(out, e)
		case *widget.SelectEntry:
			out = append(out, &e.Entry)
		}
	}
	return out
}

// fill enters texts into the entries of the dialog, in their order. An empty text
// leaves what is there.
func (b *bench) fill(texts ...string) {
	b.t.Helper()
	entries := b.entries()
	if len(entries) < len(texts) {
		b.t.Fatalf("got %d entries, want %d", len(entries), len(texts))
	}
	for i, text := range texts {
		if text != "" {
			entries[i].SetText(text)
		}
	}
}

// press taps the button of a text, in the dialog on top if there is one.
func (b *bench) press(text string) {
	b.t.Helper()
	b.tap(text)
	b.settle()
}

// tap is press, without what that begins.
func (b *bench) tap(text string) {
	b.t.Helper()
	in := b.w.win.Canvas().Content()
	if top := b.w.win.Canvas().Overlays().Top(); top != nil {
		in = top
	}
	for _, o := range test.LaidOutObjects(in) {
		if button, ok := o.(*widget.Button); ok && button.Text == text {
			test.Tap(button)
			return
		}
	}
	b.t.Fatalf("there is no button %q in:\n%s", text, b.shown())
}

// unlock enters the passphrase.
func (b *bench) unlock() {
	b.t.Helper()
	b.want("Unlock the vault")
	b.fill(passphrase)
	b.press("Unlock")
}

// TestFirstRun makes a vault, opens a case, captures and exports it, and verifies
// the bundle: the whole job, without a manual.
func TestFirstRun(t *testing.T) {
	b, made := newFlow(t)
	dir := filepath.Join(t.TempDir(), "new")
	b.press("New vault…")
	b.fill(dir, "Unit 7", "A. Rao", "Officer", "WCU", passphrase, "other")
	b.press("Make the vault")
	b.want("The two passphrases are not the same.")
	b.fill("", "", "", "", "", "", passphrase)
	b.press("Make the vault")
	b.want("No cases yet", "Unlocked", dir)

	b.press("New case…")
	b.fill("OP 1")
	b.press("Open the case")
	b.want("This reference can't name a case")
	b.fill("OP-1", "Bangles")
	b.press("Open the case")
	b.want("OP-1", "Bangles", "No captures yet")

	b.press("Capture…")
	b.fill("https://market.example/1\nhttps://market.example/refused\n", "tip 4")
	b.press("Capture")
	b.want("Done · 2 pages", "OP-1/1 · Complete", "The site refuses the connection.", "New listing", "Captures of OP-1 · 1")
	if p := (*made)[0].pages; len(p) != 2 || p[0].Reason != "tip 4" || p[0].Case != "OP-1" || p[0].Device != nil {
		t.Errorf("got pages %+v", p)
	}

	b.press("Export…")
	path := filepath.Join(t.TempDir(), "out.pugmark.zip")
	b.fill(path)
	b.press("Export")
	b.want("VERIFIED", "by a key that you trust")
	b.press("Close")

	b.w.drop([]fyne.URI{storage.NewFileURI(path)})
	b.settle()
	b.want("VERIFIED", path)
	b.press("Import for review")
	b.want("Imported as OP-1@")
	b.press("Close")
	b.want("Imported from vault ", "Sealed by vault ", "Verified · ", "VERIFIED, nothing was altered, and you trusted the key")
	b.w.askBundle(path)
	b.settle()
	b.press("Import for review")
	b.want("The vault has this bundle already.")
	b.press("Close")
	b.press("Verify vault")
	b.want("VERIFIED", "the log is whole")
}

func TestUnlock(t *testing.T) {
	b, made := newFlow(t)
	b.open(newVault(t))
	b.want("Locked: reviewing only")
	b.press("New case…")
	b.fill("wrong")
	b.press("Unlock")
	b.want("This is not the passphrase of the vault.")
	b.unlock()
	b.want("New case", "Unlocked")
	b.press("Cancel")
	b.w.lockIdle()
	b.want("Locked: reviewing only")
	if !(*made)[0].closed {
		t.Error("the recorder goes on")
	}
}

// TestStop stops pages, one that is under way and one that waits, and closes the
// window meanwhile.
func TestStop(t *testing.T) {
	b, _ := newFlow(t)
	b.open(newVault(t))
	b.press("Capture…")
	b.fill("https://market.example/slow\nhttps://market.example/2")
	b.press("Capture")
	b.fill(passphrase)
	for _, o := range test.LaidOutObjects(b.w.win.Canvas().Overlays().Top()) {
		if button, ok := o.(*widget.Button); ok && button.Text == "Unlock" {
			test.Tap(button)
		}
	}
	b.until(func() bool { return strings.Contains(b.shown(), "strip 1 of 2") })
	b.want("Capturing · 0 of 2 pages done", "Waiting", "strip 1 of 2 · 2.5 kB · 1 problem: the server answered 404")
	b.w.lock() // not while it is at work
	b.want("Unlocked")
	b.w.close()
	b.want("2 pages are still to be captured")
	closed := false
	b.w.win.SetOnClosed(func() { closed = true })
	for _, o := range test.LaidOutObjects(b.w.win.Canvas().Overlays().Top()) {
		if button, ok := o.(*widget.Button); ok && button.Text == "Stop and close" {
			test.Tap(button)
		}
	}
	b.settle()
	if !closed || b.w.queue.busy() {
		t.Errorf("got closed %t, with %d pages left", closed, b.w.queue.left())
	}
}

// until runs the queue until a condition holds.
func (b *bench) until(holds func() bool) {
	b.t.Helper()
	for !holds() {
		select {
		case f := <-b.queue:
			f()
		case <-b.t.Context().Done():
			b.t.Fatal("the test ended")
		}
	}
}

// TestEncryptedExport exports to a passphrase, and verifies with it.
func TestEncryptedExport(t *testing.T) {
	b, _ := newFlow(t)
	b.open(newVault(t))
	b.pick(1)
	b.press("Export…")
	b.unlock()
	path := filepath.Join(t.TempDir(), "x.zip")
	for _, o := range test.LaidOutObjects(b.w.win.Canvas().Overlays().Top()) {
		if r, ok := o.(*widget.RadioGroup); ok {
			choose(r, "Only OP-1/1")
			choose(r, protectPass)
		}
	}
	b.fill(path, "", "four words of mine", "four words of mine")
	b.press("Export")
	b.want("VERIFIED")
	b.press("Close")
	events, err := b.w.vault.Events(t.Context(), custody.Filter{Action: custody.BundleExported})
	if err != nil || len(events) != 1 || events[0].Details["recipients"] != "passphrase" {
		t.Errorf("got events %+v, %v", events, err)
	}
	b.w.drop([]fyne.URI{storage.NewFileURI(path + bundle.EncryptedSuffix)})
	b.want("The bundle is encrypted")
	b.fill("another")
	b.press("Decrypt")
	b.want("This key or passphrase doesn't decrypt the bundle.")
	b.fill("four words of mine")
	b.press("Decrypt")
	b.want("VERIFIED", path)
}

// TestExportSome exports the captures that are ticked.
func TestExportSome(t *testing.T) {
	b, _ := newFlow(t)
	b.open(newVault(t))
	b.press("Export…")
	b.unlock()
	path := filepath.Join(t.TempDir(), "x.zip")
	b.fill(path)
	for _, o := range test.LaidOutObjects(b.w.win.Canvas().Overlays().Top()) {
		if r, ok := o.(*widget.RadioGroup); ok {
			choose(r, "The captures that are ticked:")
		}
	}
	b.press("Export")
	b.want("No capture is ticked.")
	b.tick(1, true)
	b.press("Export")
	b.want("VERIFIED")
	r, err := bundle.OpenReader(t.Context(), path)
	check(t, err)
	defer r.Close()
	if got := r.Contents().Captures; len(got) != 1 || got[0].Exhibit != 2 {
		t.Errorf("got captures %+v", got)
	}
}

func choose(r *widget.RadioGroup, text string) {
	if slices.Contains(r.Options, text) {
		r.SetSelected(text)
	}
}

func TestCaptureRefuses(t *testing.T) {
	b, _ := newFlow(t)
	b.open(newVault(t))
	b.press("Capture…")
	for text, want := range map[string]string{
		"":                              "There is no address yet.",
		"https://a.example/\nftp://b/":  "Line 2 is no address of a web page: ftp://b/.",
		"market.example/7":              "Line 1 is no address of a web page",
		"https://a.example/\n\nhttp://": "Line 3 is no address",
	} {
		b.entries()[0].SetText(text)
		b.press("Capture")
		b.want(want)
	}
	b.press("Cancel")
	list := filepath.Join(t.TempDir(), "list.txt")
	check(t, os.WriteFile(list, []byte("https://market.example/77\n"), 0o600))
	b.w.drop([]fyne.URI{storage.NewFileURI(list)})
	if got := b.entries()[0].Text; got != "https://market.example/77\n" {
		t.Errorf("got addresses %q", got)
	}
}

func TestStrength(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "ivory": "Weak", "ivoryivoryivory": "Fair", "four words of mine": "Strong", "Tr0ub4dor&3-and": "Strong",
	} {
		if got := strengthText(text); !strings.HasPrefix(got, want) || want == "" && got != "" {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// TestFind searches all cases, and shows what was found.
func TestFind(t *testing.T) {
	b, _ := newFlow(t)
	b.open(newVault(t))
	b.w.askFind()
	b.settle()
	b.fill("手串")
	b.settle()
	b.want("1 capture found", "OP-1/1 · 老料手串 108颗")
	b.fill("nowhere")
	b.settle()
	b.want("0 captures found")
	b.fill("手串")
	b.settle()
	b.press("Show")
	b.want("Exhibit 1 of OP-1")
}

// TestReceive verifies a bundle that the program was started with.
func TestReceive(t *testing.T) {
	b, _ := newFlow(t)
	dir := newVault(t)
	b.open(dir)
	b.press("Export…")
	b.unlock()
	path := filepath.Join(t.TempDir(), "x.pugmark.zip")
	b.fill(path)
	b.press("Export")
	b.press("Close")
	b.w.verifyVault()
	b.settle()
	events, err := b.w.vault.Events(t.Context(), custody.Filter{Action: custody.Verified})
	if check(t, err); len(events) != 1 || events[0].Details["outcome"] != "verified" {
		t.Errorf("got events %+v", events)
	}
	b.w.lock()
	b.reopen()
	b.w.Receive(path)
	b.open(dir)
	b.want("VERIFIED", "by a key that you trust", path)
}
