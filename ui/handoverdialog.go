package ui

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"pugmark/evidence"
	"pugmark/review"
	"pugmark/review/handover"
)

// handoverFormats are the formats with what they are for, in the order of the choice.
var handoverFormats = []struct {
	format handover.Format
	text   string
}{
	{handover.CSV, "Table of the listings (CSV)"},
	{handover.JSON, "Listings for programs (JSON)"},
	{handover.Lines, "Listings for programs, one a line (JSON Lines)"},
	{handover.CaseUCO, "The case for other units' systems (CASE/UCO)"},
	{handover.HAR, "All requests of the chosen capture (HAR)"},
}

// askHandover writes the case that is chosen in another format. An imported one too.
func (w *Window) askHandover() {
	if !w.readable() {
		return
	}
	e, ok := w.caseList.current()
	switch {
	case !ok:
		w.tell("No case is chosen", problem{"A file holds captures of a case.", "Choose a case."})
	case e.Captures == 0:
		w.tell("Nothing to hand over", problemOf(evidence.ErrNoCapture))
	default:
		w.handoverForm(e.Case)
	}
}

// handoverFields are what the form asks.
type handoverFields struct {
	format       *widget.Select
	scope        *widget.RadioGroup
	path         *widget.Entry
	bom, cookies *widget.Check
	whole        string // the choice of the whole case
	chosen       *evidence.Capture
}

func (w *Window) handoverForm(c evidence.Case) {
	x := w.newHandoverFields(c)
	browse := widget.NewButton(tr("Browse…"), func() { w.browse(x.path) })
	says := tr("The file is no evidence and is not sealed: a bundle is.")
	if w.reviewed == nil {
		says += " " + tr("It is written to the custody log.")
	}
	f := w.newForm(trf("Hand over %s", c.Ref), "Hand over",
		widget.NewFormItem(tr("Format"), x.format),
		widget.NewFormItem(tr("What"), x.scope),
		widget.NewFormItem(tr("File"), container.NewBorder(nil, nil, nil, browse, x.path)),
		widget.NewFormItem("", x.bom), widget.NewFormItem("", x.cookies),
		widget.NewFormItem("", wrapped(says)))
	f.first = x.path
	f.submitting(x.path)
	f.do = func() {
		q, path, bad := x.request(c)
		if bad != nil {
			f.refuse(*bad)
			return
		}
		f.dialog.Hide()
		w.handOver(c.Ref, x.only(), path, q)
	}
	f.show(fyne.NewSize(720, 480))
}

func (w *Window) newHandoverFields(c evidence.Case) *handoverFields {
	x := &handoverFields{
		path: widget.NewEntry(), whole: trf("The whole case: %s", count(c.Captures, "capture")),
		bom:     widget.NewCheck(tr("For Excel: begin with a byte order mark"), nil),
		cookies: widget.NewCheck(tr("Include cookies and authorisations: who has them may act in the session"), nil),
	}
	choices := []string{x.whole}
	if e, ok := w.library.current(); ok {
		x.chosen = &e.Capture
		choices = append(choices, trf("Only %s", e.Capture.Name()))
	}
	x.scope = widget.NewRadioGroup(choices, nil)
	x.scope.Required = true
	x.scope.SetSelected(x.whole)
	home, err := os.UserHomeDir()
	if err != nil {
		home = ""
	}
	x.path.SetText(filepath.Join(home, c.Ref))
	var texts []string
	for _, f := range handoverFormats {
		texts = append(texts, tr(f.text))
	}
	x.format = widget.NewSelect(texts, func(string) { x.follow() })
	x.format.SetSelectedIndex(0)
	return x
}

// current returns the format that is chosen.
func (x *handoverFields) current() handover.Format {
	return handoverFormats[x.format.SelectedIndex()].format
}

// follow fits the form to the format.
func (x *handoverFields) follow() {
	f := x.current()
	for check, of := range map[*widget.Check]handover.Format{x.bom: handover.CSV, x.cookies: handover.HAR} {
		if f == of {
			check.Enable()
		} else {
			check.SetChecked(false)
			check.Disable()
		}
	}
	if f == handover.HAR && x.chosen != nil {
		x.scope.SetSelected(x.scope.Options[1])
	}
	path := x.path.Text
	if _, ours := handover.FormatOf(path); ours {
		path = strings.TrimSuffix(path, filepath.Ext(path))
	}
	if path != "" {
		x.path.SetText(path + f.Extension())
	}
}

// only returns the capture that alone is handed over; nil: the whole case.
func (x *handoverFields) only() *evidence.Capture {
	if x.scope.Selected == x.whole {
		return nil
	}
	return x.chosen
}

// request returns what is to be written where, or what is wrong with what was entered.
func (x *handoverFields) request(c evidence.Case) (q handover.Request, path string, bad *problem) {
	q = handover.Request{Format: x.current(), BOM: x.bom.Checked, Cookies: x.cookies.Checked}
	path = strings.TrimSpace(x.path.Text)
	if fi, err := os.Stat(path); err == nil && fi.IsDir() {
		path = filepath.Join(path, c.Ref+q.Format.Extension())
	}
	switch {
	case path == "":
		bad = &problem{"There is no file to write to yet.", "Name one."}
	case q.Format == handover.HAR && x.only() == nil:
		bad = &problem{"This format is for one capture.", "Choose a capture in the list, and then only that."}
	}
	return q, path, bad
}

// handOver writes the file, and says what came of it.
func (w *Window) handOver(ref string, only *evidence.Capture, path string, q handover.Request) {
	open := w.toLog()
	progress(w, trf("Handing over %s", ref), func(ctx context.Context, p evidence.Progress) (*handover.Saved, error) {
		return withCase(ctx, open, ref, func(l *review.Library, c *review.Case) (*handover.Saved, error) {
			q.Case = c
			if only != nil {
				x, err := c.Find(only.ID.String())
				if err != nil {
					return nil, err
				}
				q.Captures = []*review.Capture{x}
			}
			return handover.Save(ctx, l.Vault(), path, q, handover.Progress(p))
		})
	}, w.handedOver)
}

// handedOver says what was written, and what could not be.
func (w *Window) handedOver(s *handover.Saved) {
	n := notice{heading: trf("Handed over %s", count(s.Captures, "capture")), lines: []string{s.Path, strings.Join([]string{"SHA-256", s.SHA256.String()}, " ")}}
	if !s.Logged {
		n.lines = append(n.lines, w.unlogged())
	}
	if len(s.Unread) > 0 {
		n.bad = true
		names := make([]string, len(s.Unread))
		for i, u := range s.Unread {
			names[i] = u.Capture
		}
		n.lines = append(n.lines, trf("Could not be read, in part or at all: %s", strings.Join(slices.Compact(names), ", ")))
	}
	if s.LeftOut > 0 {
		n.lines = append(n.lines, trf("Too large for the file, and left out: the bodies of %s", count(s.LeftOut, "request")))
	}
	w.notify(n.heading, filepath.Base(s.Path))
	w.dialog("Hand over", n.object(), fyne.NewSize(620, 300))
}
