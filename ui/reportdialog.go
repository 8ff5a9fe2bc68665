package ui

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/widget"

	"pugmark/capture"
	"pugmark/evidence"
	"pugmark/recorder"
	"pugmark/review"
	"pugmark/review/report"
)

// askReport makes a report of the case that is chosen, also of one that was imported.
func (w *Window) askReport() {
	if !w.readable() {
		return
	}
	c, ok := w.caseList.current()
	switch {
	case !ok:
		w.tell("No case is chosen", problem{"A report is of a case.", "Choose a case."})
	case c.Captures == 0:
		w.tell("Nothing to report", problemOf(evidence.ErrNoCapture))
	default:
		w.askReportOf(c)
	}
}

// askReportOf reads which captures there are to choose from, and asks.
func (w *Window) askReportOf(c caseEntry) {
	l := w.toRead()
	start(w.work, &w.checking, nil,
		func(ctx context.Context, _ *job) ([]evidence.Capture, error) { return reportable(ctx, l, c.Ref) },
		func(all []evidence.Capture, err error) {
			if err != nil {
				w.tell("The captures can't be read", problemOf(err))
				return
			}
			w.reportForm(c, all)
		})
}

// reportable returns the captures of a case, and closes the library.
func reportable(ctx context.Context, l openLibrary, name string) ([]evidence.Capture, error) {
	open := func(context.Context) (openLibrary, error) { return l, nil }
	return withCase(ctx, open, name, func(_ *review.Library, c *review.Case) (out []evidence.Capture, err error) {
		for _, x := range c.Captures {
			out = append(out, x.Capture)
		}
		return out, nil
	})
}

// reportFields are what the form for a report asks.
type reportFields struct {
	scope, lang *widget.RadioGroup
	path        *widget.Entry
	whole, some string // the choices of the whole case, and of what is ticked
	ticks       *captureTicks
	chosen      evidence.Capture
}

// reportTongues are the languages that a report can be in, by their own names.
func reportTongues() (out []tongue) {
	for _, l := range languages {
		if slices.Contains(report.Languages, l.code) {
			out = append(out, l)
		}
	}
	return out
}

// reportTongue is the language of the window, if a report can be in it.
func (w *Window) reportTongue() tongue {
	spoken := cmp.Or(w.options.Language, w.settings.language(), systemLanguage())
	all := reportTongues()
	for _, l := range all {
		if l.code[:2] == spoken[:min(2, len(spoken))] {
			return l
		}
	}
	return all[0]
}

func (w *Window) newReportFields(c caseEntry, all []evidence.Capture) *reportFields {
	x := &reportFields{
		path: widget.NewEntry(), ticks: newCaptureTicks(all),
		whole: trf("The whole case: %s", count(len(all), "capture")), some: tr("The captures that are ticked:"),
	}
	choices := []string{x.whole}
	if e, ok := w.library.current(); ok {
		x.chosen = e.Capture
		choices = append(choices, trf("Only %s", x.chosen.Name()))
	}
	x.scope = widget.NewRadioGroup(append(choices, x.some), nil)
	x.scope.SetSelected(x.whole)
	x.ticks.touched = func() { x.scope.SetSelected(x.some) }
	x.lang = widget.NewRadioGroup(nil, nil)
	for _, l := range reportTongues() {
		x.lang.Append(l.name)
	}
	x.lang.Horizontal = true
	x.lang.SetSelected(w.reportTongue().name)
	home, err := os.UserHomeDir()
	if err != nil {
		home = ""
	}
	x.path.SetText(filepath.Join(home, reportName(c.Ref)))
	return x
}

// reportName names a report by its case and day.
func reportName(ref string) string {
	return strings.ReplaceAll(ref, "@", "_") + "_" + time.Now().Format(time.DateOnly) + ".pdf"
}

func (w *Window) reportForm(c caseEntry, all []evidence.Capture) {
	x := w.newReportFields(c, all)
	browse := widget.NewButton(tr("Browse…"), func() { w.browse(x.path) })
	says := widget.NewLabel(tr("A PDF for a court, to be read: the bundle is the evidence. All of it is verified anew, and the report says what was found."))
	says.Wrapping = fyne.TextWrapWord
	f := w.newForm(trf("Report on %s", c.Ref), "Make the report",
		widget.NewFormItem("", says),
		widget.NewFormItem(tr("What"), x.scope), widget.NewFormItem("", x.ticks),
		widget.NewFormItem(tr("Language"), x.lang),
		widget.NewFormItem(tr("File"), container.NewBorder(nil, nil, nil, browse, x.path)))
	f.first = x.path
	f.submitting(x.path)
	f.do = func() {
		o, bad := x.options(c.Ref)
		if bad != nil {
			f.refuse(*bad)
			return
		}
		f.dialog.Hide()
		w.report(c.Ref, o)
	}
	f.show(fyne.NewSize(680, 560))
}

// options returns what to report, or what is wrong with what was entered.
func (x *reportFields) options(ref string) (report.Options, *problem) {
	o := report.Options{Path: strings.TrimSpace(x.path.Text)}
	for _, l := range reportTongues() {
		if l.name == x.lang.Selected {
			o.Lang = l.code
		}
	}
	switch x.scope.Selected {
	case x.whole:
	case x.some:
		o.Captures = x.ticks.ticked()
	default:
		o.Captures = []string{x.chosen.ID.String()}
	}
	if x.scope.Selected == x.some && len(o.Captures) == 0 {
		return o, &problem{"No capture is ticked.", "Tick those that the report shall show."}
	}
	if fi, err := os.Stat(o.Path); err == nil && fi.IsDir() {
		o.Path = filepath.Join(o.Path, reportName(ref))
	}
	if o.Path == "" {
		return o, &problem{"There is no file to write to yet.", "Name one."}
	}
	if !strings.EqualFold(filepath.Ext(o.Path), ".pdf") {
		o.Path += ".pdf"
	}
	return o, nil
}

// report makes a report, and shows what came of it.
func (w *Window) report(ref string, o report.Options) {
	open := w.toLog()
	progress(w, trf("Making the report of %s", ref), func(ctx context.Context, p evidence.Progress) (*report.Result, error) {
		o.Progress = func(at report.Progress) { p(reportShare(at), 100) }
		return withCase(ctx, open, ref, func(l *review.Library, c *review.Case) (*report.Result, error) {
			return w.makeReport(ctx, l, c, o)
		})
	}, func(r *report.Result) {
		w.notify(trf("Made the report of %s", ref), filepath.Base(r.Path))
		w.showReport(r)
	})
}

// reportShare is how much of the work is done, of 100, as it was measured.
func reportShare(p report.Progress) int64 {
	switch p.Step {
	case "pictures":
		return 5 + 45*int64(p.Done)/int64(max(1, p.Total))
	case "layout":
		return 50
	case "print":
		return 65
	case "sign":
		return 98
	}
	return 0
}

// makeReport makes a report with a browser of its own.
func (w *Window) makeReport(ctx context.Context, l *review.Library, c *review.Case, o report.Options) (*report.Result, error) {
	if w.options.MakeReport != nil {
		return w.options.MakeReport(ctx, l, c, o)
	}
	b, err := capture.Start(ctx, w.options.Browser)
	if err != nil {
		return nil, &recorder.BrowserError{Options: w.options.Browser, Err: err}
	}
	defer b.Close()
	return report.Make(ctx, b, l, c, o)
}

// showReport says what came of a report, and opens it.
func (w *Window) showReport(r *report.Result) {
	g := group{name: "The report"}
	g.add("File", r.Path)
	g.add("File size", bytesText(r.Bytes))
	g.add("Sheets", grouped(int64(r.Pages)))
	g.add("SHA-256", r.SHA256.String())
	logged := tr("in the custody log")
	if !r.Logged {
		logged = w.unlogged()
	}
	g.add("Logged", logged)
	g.add("Verification", outcomeWord(r.Outcome))
	says := wrapped(tr("The report was made. It is a reading copy: the bundle is the evidence."))
	if r.Outcome == evidence.FailedVerification {
		says = wrapped(tr("The report was made. What it shows is not as it was sealed: its cover says so, and it lists what was found."))
	}
	d := dialog.NewCustomWithoutButtons(tr("Report"), container.NewBorder(says, nil, nil, nil, newGroupsView([]group{g})), w.win)
	d.SetButtons([]fyne.CanvasObject{
		widget.NewButton(tr("Show folder"), func() { w.openPath(filepath.Dir(r.Path)) }),
		widget.NewButton(tr("Open"), func() { w.openPath(r.Path) }),
		widget.NewButton(tr("Close"), d.Hide),
	})
	d.Resize(fyne.NewSize(680, 420))
	d.Show()
}

// openPath has the system open a file or a folder of ours.
func (w *Window) openPath(path string) {
	if path, err := filepath.Abs(path); err == nil {
		err = w.app.OpenURL(fileURL(path))
		if err != nil {
			w.tell("The file can't be opened", problemOf(err))
		}
	}
}
