package ui

import (
	"context"

	"pugmark/capture"
	"pugmark/evidence"
	"pugmark/recorder"
)

// readiness is what a vault without a case still lacks for a capture.
type readiness struct {
	browser error
	space   error
	timed   bool // there is an authority to ask
}

func (w *Window) readReadiness(ctx context.Context, v *evidence.Vault) (r readiness, err error) {
	_, r.browser = capture.FindBrowser(w.options.Browser.Path)
	r.space = recorder.CheckSpace(v.Dir())
	authorities, err := v.Authorities(ctx)
	r.timed = len(authorities) > 0
	return r, err
}

// showNoCases says that a vault has no case, and what else is to be done before a
// page can be captured.
func (w *Window) showNoCases() {
	if w.vault == nil {
		return
	}
	n := notice{
		heading: tr("No cases yet"), lines: []string{tr("A case holds the captures of one investigation.")},
		button: tr("New case…"), tapped: w.askCase,
		other: tr("Timestamps…"), otherTapped: w.askTrust,
	}
	swap(w.caseList.body, n.object())
	v := w.vault
	start(w.work, &w.preparing, nil,
		func(ctx context.Context, _ *job) (readiness, error) { return w.readReadiness(ctx, v) },
		func(r readiness, err error) {
			if err != nil {
				swap(w.caseList.body, w.failure(tr("The settings can't be read"), err).object())
				return
			}
			n.lines = append(n.lines, r.lines()...)
			swap(w.caseList.body, n.object())
		})
}

// lines says what is missing, and how to get it.
func (r readiness) lines() (out []string) {
	switch {
	case r.browser != nil:
		out = append(out, tr("No Chrome or Chromium was found on this machine. Install one before you capture: on Debian and Ubuntu the package chromium; else Google Chrome from its own site."))
	default:
		out = append(out, tr("A browser to capture with was found."))
	}
	if r.space != nil {
		out = append(out, problemOf(r.space).text())
	}
	if !r.timed {
		out = append(out, tr("No time-stamp authority is set: until then the time of captures rests on this machine's clock alone."))
	}
	return out
}
