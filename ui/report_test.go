package ui

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"pugmark/evidence"
	"pugmark/review"
	"pugmark/review/report"
)

// fakeReport notes what a report is asked for, and makes none.
type fakeReport struct {
	asked  []report.Options
	name   string // of the case
	result report.Result
}

func (f *fakeReport) make(ctx context.Context, l *review.Library, c *review.Case, o report.Options) (*report.Result, error) {
	f.asked, f.name = append(f.asked, o), c.Name
	if _, err := os.Lstat(o.Path); err == nil {
		return nil, os.ErrExist
	}
	o.Progress(report.Progress{Step: "pictures", Done: 1, Total: 2})
	r := f.result
	r.Path = o.Path
	return &r, nil
}

// newReporting is a bench of which the window makes reports with a fake.
func newReporting(t *testing.T) (*bench, *fakeReport) {
	b, _ := newFlow(t)
	f := &fakeReport{result: report.Result{Captures: 2, Pages: 31, Bytes: 2_400_000, Outcome: evidence.Verified, Logged: true}}
	b.w.options.MakeReport = f.make
	return b, f
}

// chooseIn chooses a line of a group of the dialog on top.
func (b *bench) chooseIn(text string) {
	for _, o := range test.LaidOutObjects(b.w.win.Canvas().Overlays().Top()) {
		if r, ok := o.(*widget.RadioGroup); ok {
			choose(r, text)
		}
	}
}

// TestReport makes a report of some captures, without the passphrase.
func TestReport(t *testing.T) {
	b, f := newReporting(t)
	b.open(newVault(t))
	b.w.askReport()
	b.settle()
	path := filepath.Join(t.TempDir(), "x")
	b.fill(path)
	b.chooseIn("The captures that are ticked:")
	b.chooseIn("简体中文")
	b.press("Make the report")
	b.want("No capture is ticked.")
	b.tick(1, true)
	b.press("Make the report")
	b.want("The report was made. It is a reading copy: the bundle is the evidence.", path+".pdf", "VERIFIED", "in the custody log")
	if len(f.asked) != 1 || f.asked[0].Lang != "zh-Hans" || f.asked[0].Path != path+".pdf" || len(f.asked[0].Captures) != 1 || f.name != "OP-1" {
		t.Errorf("got %+v of %q", f.asked, f.name)
	}
	b.press("Close")
}

// TestReportAltered says of a report that it shows what was altered.
func TestReportAltered(t *testing.T) {
	b, f := newReporting(t)
	f.result.Outcome, f.result.Logged = evidence.FailedVerification, false
	b.open(newVault(t))
	b.w.askReport()
	b.settle()
	b.fill(filepath.Join(t.TempDir(), "x.pdf"))
	b.press("Make the report")
	b.want("What it shows is not as it was sealed", "Not in the custody log: the vault can't be written.", "FAILED")
	if len(f.asked) != 1 || f.asked[0].Lang != "en" || len(f.asked[0].Captures) != 0 {
		t.Errorf("got %+v", f.asked)
	}
}

// TestReportRefuses has a report written over a file.
func TestReportRefuses(t *testing.T) {
	b, _ := newReporting(t)
	b.open(newVault(t))
	path := filepath.Join(t.TempDir(), "x.pdf")
	check(t, os.WriteFile(path, nil, 0o600))
	b.w.askReport()
	b.settle()
	b.fill(path)
	b.press("Make the report")
	b.want("There is already a file of this name, and nothing is overwritten.")
}
