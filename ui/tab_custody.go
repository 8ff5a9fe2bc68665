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
			return s.vault.Events(ctx, custody.Filter{Subject: s.capture.ID.String(), Limit: maxEvents + 1})
		},
		func(events []custody.Event) {
			if len(events) == 0 {
				t.say(notice{
					heading: "The custody log has nothing of this capture", bad: true,
					lines: []string{"Its folder is in the vault, but the log doesn't know it. Verify the vault:"}, command: "pug verify --all",
				})
				return
			}
			swap(t.content, container.NewBorder(tabHead(custodyHead(events)), nil, nil, nil, newRecordsView(eventRecords(events), dateWidth).object))
		})
}

func custodyHead(events []custody.Event) string {
	if len(events) > maxEvents {
		return "The first " + grouped(maxEvents) + " entries of the custody log on this capture"
	}
	n := len(events)
	word := " entries"
	if n == 1 {
		word = " entry"
	}
	return grouped(int64(n)) + word + " of the custody log on this capture, by the machine's clock"
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
	custody.BundleExported: "Bundle exported", custody.Verified: "Verified",
}

func actionText(a custody.Action) string {
	if text, ok := actions[a]; ok {
		return text
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
		parts = append(parts, "reason: "+e.Reason)
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
