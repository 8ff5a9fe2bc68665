package ui

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"pugmark/evidence/custody"
)

// maxEvents is how many events of a capture are shown.
const maxEvents = 2_000

// custodyTab shows what the custody log says of the capture.
type custodyTab struct{ lazyTab }

func newCustodyTab(w *worker) *custodyTab { return &custodyTab{newLazyTab(w)} }

func (t *custodyTab) open(s subject) {
	fill(&t.lazyTab, s, "custody log",
		func(ctx context.Context) ([]custody.Event, error) {
			if s.origin != nil {
				return importedEvents(s)
			}
			return s.vault.Events(ctx, custody.Filter{Subject: s.capture.ID.String(), Limit: maxEvents + 1})
		},
		func(events []custody.Event) {
			if len(events) == 0 {
				t.say(noEvents(s))
				return
			}
			swap(t.content, container.NewBorder(tabHead(custodyHead(events)+whoseLog(s)), nil, nil, nil, newRecordsView(eventRecords(events), dateWidth).object))
		})
}

// noEvents says that the log doesn't know the capture.
func noEvents(s subject) notice {
	n := notice{
		heading: "The custody log has nothing of this capture", bad: true,
		lines: []string{"Its folder is in the vault, but the log doesn't know it. Verify the vault:"}, command: "pug verify --all",
	}
	if s.origin != nil {
		n.lines = []string{tr("It is in the bundle, but the bundle's part of the log doesn't know it. Verify the bundle:")}
		n.command = s.origin.verifyCommand("")
	}
	return n
}

// importedEvents returns what the log of the vault that sealed a bundle says of a
// capture, as far as the bundle has it.
func importedEvents(s subject) (out []custody.Event, err error) {
	x, err := s.opened.files.bundle.Custody()
	if err != nil {
		return nil, err
	}
	for _, p := range x.Events {
		if p.Event.Subject == s.capture.ID.String() {
			out = append(out, p.Event)
		}
	}
	return out, nil
}

// whoseLog says that an imported capture's log is another vault's.
func whoseLog(s subject) string {
	if s.origin == nil {
		return ""
	}
	return " · " + trf("from the bundle: the log is that of vault %s", s.origin.Vault)
}

func custodyHead(events []custody.Event) string {
	if len(events) > maxEvents {
		return trf("The first %s of the custody log on this capture", count(maxEvents, "log entry"))
	}
	return trf("%s of the custody log on this capture, by the machine's clock", count(len(events), "log entry"))
}

func eventRecords(events []custody.Event) (out []record) {
	for _, e := range events[:min(len(events), maxEvents)] {
		when := bothTimes(e.Time)
		out = append(out, record{
			when: when[0], also: when[1], what: actionText(e.Action), text: eventText(e), tone: actionTone(e.Action), groups: []group{eventGroup(e)},
		})
	}
	return out
}

// actions say what was done.
var actions = map[custody.Action]string{
	custody.CaptureStarted: "Capture started", custody.CaptureSealed: "Capture sealed", custody.CaptureFailed: "Capture failed",
	custody.CaptureInterrupted: "Capture interrupted", custody.ItemExported: "Item exported",
	custody.TimestampObtained: "Timestamp obtained", custody.TimestampFailed: "Timestamp not obtained",
	custody.BundleExported: "Bundle exported", custody.CaseHandedOver: "Handed over", custody.ReportMade: "Report made", custody.Verified: "Verified",
	custody.AnnotationAdded: "Added by a person", custody.AnnotationWithdrawn: "Withdrawn", custody.DerivationSealed: "Redacted copy sealed",
}

func actionText(a custody.Action) string {
	if text, ok := actions[a]; ok {
		return tr(text)
	}
	return string(a)
}

func actionTone(a custody.Action) widget.Importance {
	switch a {
	case custody.CaptureSealed, custody.TimestampObtained:
		return widget.SuccessImportance
	case custody.CaptureFailed, custody.CaptureInterrupted:
		return widget.DangerImportance
	case custody.TimestampFailed, custody.ItemExported:
		return widget.WarningImportance
	}
	return widget.MediumImportance
}

// eventText says who did it, and why.
func eventText(e custody.Event) string {
	parts := []string{e.Actor}
	if e.Reason != "" {
		parts = append(parts, trf("reason: %s", e.Reason))
	}
	for _, name := range slices.Sorted(maps.Keys(e.Details)) {
		parts = append(parts, name+": "+cutText(e.Details[name], 120))
	}
	return strings.Join(parts, " · ")
}

func eventGroup(e custody.Event) group {
	g := group{name: actionText(e.Action)}
	g.add("Action", string(e.Action))
	g.addTime("Time", &e.Time)
	g.add("Actor", e.Actor)
	g.add("Reason", e.Reason)
	g.add("Machine", e.Host)
	g.add("Program", e.Tool)
	g.add("Case", e.Case)
	g.add("Log entry", strconv.FormatInt(e.Seq, 10))
	if !e.Digest.IsZero() {
		g.addCopied("Digest", e.Digest.String())
	}
	for _, name := range slices.Sorted(maps.Keys(e.Details)) {
		g.add(name, e.Details[name])
	}
	return g.limited()
}
