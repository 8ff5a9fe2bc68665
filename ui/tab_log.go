package ui

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"pugmark/evidence"
)

// logTab shows what the capture did, in order, and above it what was wrong.
type logTab struct{ lazyTab }

func newLogTab(w *worker) *logTab { return &logTab{newLazyTab(w)} }

func (t *logTab) open(s subject) {
	fill(&t.lazyTab, s, "capture log",
		func(ctx context.Context) (recordLines, error) {
			b, cut, err := readKind(ctx, s, evidence.KindLog, maxLog)
			if err != nil {
				return recordLines{}, err
			}
			step := ""
			return readLines(b, cut, func(line []byte) (record, error) { return logRecord(line, s.manifest, &step) }), nil
		},
		func(l recordLines) {
			swap(t.content, container.NewBorder(tabHead(logHead(s.manifest, l)), nil, nil, nil, logView(s.manifest, l)))
		})
}

// logHead sums the log up.
func logHead(m *evidence.Manifest, l recordLines) string {
	n := m.Interventions
	sum := trf("%s: %s, %s, %s, %s, %s blocked", count(len(l.records), "line"), count(n.Scripts, "script"), count(n.Scrolls, "scroll"),
		count(n.Clicks, "click"), count(n.Dialogs, "dialog"), grouped(int64(n.Blocked)))
	return trf("%s · digest matches", sum+l.text())
}

// logView shows the log below the problems, if there are any.
func logView(m *evidence.Manifest, l recordLines) fyne.CanvasObject {
	records := newRecordsView(l.records, clockWidth).object
	var groups []group
	for _, g := range []group{
		problemGroup("Problems", m.Problems, widget.DangerImportance), problemGroup("Notices", m.Notices, widget.MediumImportance),
	} {
		if len(g.rows) > 0 {
			groups = append(groups, g.limited())
		}
	}
	if len(groups) == 0 {
		return records
	}
	split := container.NewVSplit(newGroupsView(groups), records)
	split.Offset = 0.2
	return split
}

func problemGroup(name string, problems []evidence.Problem, tone widget.Importance) group {
	g := group{name: name}
	for _, p := range problems {
		g.rows = append(g.rows, field{name: p.Code, lines: []string{p.Detail}, notes: []string{p.URL}, tone: tone})
	}
	return g
}

// logWords say what the kinds of a log's entries are.
var logWords = map[string]string{
	"step": "Step", "command": "Command", "script": "Script", "scroll": "Scroll", "click": "Click",
	"dialog": "Dialog", "blocked": "Blocked", "problem": "Problem", "note": "Note",
}

// logTones mark the entries of some kinds.
var logTones = map[string]widget.Importance{
	"step": widget.HighImportance, "blocked": widget.WarningImportance, "problem": widget.DangerImportance,
	"dialog": widget.WarningImportance, "click": widget.WarningImportance,
}

// logRecord reads a line of capture.log.jsonl. step is the step that the line
// belongs to, and is changed by one that begins a step.
func logRecord(line []byte, m *evidence.Manifest, step *string) (record, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(line, &fields); err != nil {
		return record{}, err
	}
	var e struct {
		Time time.Time
		Kind string
		Name string
	}
	if err := json.Unmarshal(line, &e); err != nil {
		return record{}, err
	}
	if e.Kind == "step" {
		*step = e.Name
	}
	word, ok := logWords[e.Kind]
	if !ok {
		word = e.Kind
	}
	word = tr(word)
	r := record{when: clockText(e.Time), also: sinceText(m.Time.Started, e.Time), what: word, tone: logTones[e.Kind], text: logText(e.Kind, fields)}
	g := group{name: word}
	g.addTime("Time", &e.Time)
	g.add("Step", stepText(*step))
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if name != "time" && name != "kind" {
			g.addMono(name, cutText(rawText(fields[name]), valueLimit))
		}
	}
	r.groups = []group{g.limited()}
	return r, nil
}

// logText puts an entry into a line.
func logText(kind string, fields map[string]json.RawMessage) string {
	if kind == "step" {
		return stepText(rawText(fields["name"]))
	}
	var parts []string
	for _, name := range []string{"name", "what", "type", "code", "message", "detail", "text", "url", "y", "params", "args"} {
		if raw, ok := fields[name]; ok {
			parts = append(parts, cutText(rawText(raw), lineLimit))
		}
	}
	if kind == "dialog" {
		parts = append(parts, trf("accepted: %s", rawText(fields["accepted"])))
	}
	return strings.Join(parts, " · ")
}

// stepText says what a step does.
func stepText(name string) string {
	if text, ok := steps[name]; ok {
		return fmt.Sprintf("%s (%s)", tr(text), name)
	}
	return name
}

// rawText returns a JSON value for people: of a string its content.
func rawText(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	return string(raw)
}
