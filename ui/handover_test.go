package ui

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"pugmark/evidence/custody"
)

// formats returns the choice of formats that the dialog shows.
func (b *bench) formats() *widget.Select {
	b.t.Helper()
	for _, o := range test.LaidOutObjects(b.w.win.Canvas().Overlays().Top()) {
		if s, ok := o.(*widget.Select); ok {
			return s
		}
	}
	b.t.Fatal("there is no choice of formats")
	return nil
}

// TestHandover writes a case as a table without the passphrase, and finds that in the log.
func TestHandover(t *testing.T) {
	b := newBench(t)
	b.open(newVault(t))
	b.w.askHandover()
	b.settle()
	b.want("Hand over OP-1", "The file is no evidence and is not sealed")
	path := filepath.Join(t.TempDir(), "out.csv")
	b.fill(path)
	b.press("Hand over")
	b.want("Handed over 3 captures", path, "SHA-256")
	b.refuse("not in the custody log")
	b.press("Close")
	table, err := os.ReadFile(path)
	check(t, err)
	if lines := strings.Count(string(table), "\r\n"); lines != 4 || !strings.Contains(string(table), "https://market.example/item/9") {
		t.Errorf("got %s", table)
	}
	events, err := b.w.vault.Events(t.Context(), custody.Filter{Action: custody.CaseHandedOver})
	check(t, err)
	if len(events) != 1 || events[0].Subject != "out.csv" || events[0].Details["captures"] != "3" {
		t.Errorf("got events %+v", events)
	}
	b.w.askHandover()
	b.settle()
	b.fill(path)
	b.press("Hand over")
	b.want("There is already a file of this name")
}

// TestHandoverFormats follows the choice of a format.
func TestHandoverFormats(t *testing.T) {
	b := newBench(t)
	b.open(newVault(t))
	b.w.askHandover()
	b.settle()
	path := filepath.Join(t.TempDir(), "out.csv")
	b.fill(path)
	b.formats().SetSelected("All requests of the chosen capture (HAR)")
	b.settle()
	b.press("Hand over")
	b.want("This format is for one capture.")
	b.press("Cancel")
	b.pick(3)
	b.w.askHandover()
	b.settle()
	b.fill(path)
	b.formats().SetSelected("All requests of the chosen capture (HAR)")
	b.settle()
	if got := b.entries()[0].Text; got != strings.TrimSuffix(path, ".csv")+".har" {
		t.Errorf("got file %q", got)
	}
	b.press("Hand over")
	b.want("The capture has no page archive")
	b.press("Close")
	b.w.askHandover()
	b.settle()
	b.fill(path)
	b.formats().SetSelected("Listings for programs (JSON)")
	for _, o := range test.LaidOutObjects(b.w.win.Canvas().Overlays().Top()) {
		if r, ok := o.(*widget.RadioGroup); ok {
			choose(r, "Only OP-1/3")
		}
	}
	b.press("Hand over")
	b.want("Handed over 1 capture")
	text, err := os.ReadFile(strings.TrimSuffix(path, ".csv") + ".json")
	check(t, err)
	var rows []struct{ Capture string }
	check(t, json.Unmarshal(text, &rows))
	if len(rows) != 1 || rows[0].Capture != "OP-1/3" {
		t.Errorf("got %s", text)
	}
}

// TestHandoverImported writes the case of an imported bundle.
func TestHandoverImported(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	b, i := withImported(t)
	b.w.cases.Select(2)
	b.settle()
	b.w.askHandover()
	b.settle()
	path := filepath.Join(t.TempDir(), "out.jsonld")
	b.formats().SetSelected("The case for other units' systems (CASE/UCO)")
	b.fill(path)
	b.press("Hand over")
	b.want("Handed over 1 capture")
	events, err := b.w.vault.Events(t.Context(), custody.Filter{Action: custody.CaseHandedOver})
	check(t, err)
	if len(events) != 1 || events[0].Case != "" || events[0].Details["imported"] != i.Name {
		t.Errorf("got events %+v", events)
	}
}
