package ui

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/google/uuid"

	"pugmark/evidence"
	"pugmark/evidence/custody"
)

var blue = color.RGBA{B: 0xff, A: 0xff}

func TestFoldText(t *testing.T) {
	for in, want := range map[string]string{
		"Ivory BANGLE": "ivory bangle", "Élan Ça": "elan ca", "STRASSE straße": "strasse strasse", "象牙 ＡＢＣ": "象牙 abc",
		"\xffx": "x", "ngà voi": "nga voi", "": "",
	} {
		if got := foldText(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
	if got := foldText(strings.Repeat("x", maxSearched) + "é"); len(got) > maxSearched {
		t.Errorf("got %d bytes", len(got))
	}
}

// entriesOf returns captures by title, a minute apart, of two sites by turns.
func entriesOf(titles ...string) (out []*captureEntry) {
	verdicts := []evidence.Verdict{evidence.Complete, evidence.Failed, evidence.Partial}
	for i, title := range titles {
		out = append(out, newCaptureEntry(evidence.Capture{
			Case: "OP-1", Exhibit: i + 1, ID: uuid.New(), Title: title, Started: started.Add(-time.Duration(i) * time.Minute),
			Requested: fmt.Sprintf("https://%s.example/%d", []string{"b", "a"}[i%2], i+1), Verdict: verdicts[i%3],
		}, nil, integrity{stamped: i%2 == 0}))
	}
	return out
}

func TestQuery(t *testing.T) {
	all := entriesOf("Ivory bangle", "Élan ivory", "horn", "象牙")
	all[2].integrity.last = verification{evidence.Verified, started}
	all[3].integrity.missing = true
	tests := []struct {
		search string
		how    arrangement
		want   []int
	}{
		{"", arrangement{}, []int{1, 2, 3, 4}},
		{"IVORY", arrangement{}, []int{1, 2}},
		{"ivory elan", arrangement{}, []int{2}},
		{"ivory horn", arrangement{}, nil},
		{"象", arrangement{}, []int{4}},
		{"a.example", arrangement{}, []int{2, 4}},
		{"op-1/3", arrangement{}, []int{3}},
		{"", arrangement{Verdict: evidence.Failed}, []int{2}},
		{"", arrangement{Site: "a.example"}, []int{2, 4}},
		{"", arrangement{Stands: standsUnstamped}, []int{2, 4}},
		{"", arrangement{Stands: standsVerified}, []int{3}},
		{"", arrangement{Stands: standsBad}, []int{4}},
		{"", arrangement{Stands: standsUnverified}, []int{1, 2, 4}},
		{"", arrangement{Down: true}, []int{4, 3, 2, 1}},
		{"", arrangement{By: byTime}, []int{4, 3, 2, 1}},
		{"", arrangement{By: byTitle}, []int{2, 3, 1, 4}},
		{"", arrangement{By: bySite}, []int{2, 4, 1, 3}},
		{"", arrangement{By: byVerdict}, []int{1, 4, 3, 2}},
		{"ivory", arrangement{By: byTitle, Down: true, Site: "b.example"}, []int{1}},
	}
	for _, tt := range tests {
		found, err := query{tt.how, wordsOf(tt.search)}.run(t.Context(), all)
		check(t, err)
		var got []int
		for _, e := range found {
			got = append(got, e.Exhibit)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%q, %+v: got %v, want %v", tt.search, tt.how, got, tt.want)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := (query{}).run(ended, all); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want cancelled", err)
	}
}

// BenchmarkQuery searches and sorts 100,000 captures.
func BenchmarkQuery(b *testing.B) {
	var titles []string
	for i := range 100_000 {
		titles = append(titles, fmt.Sprintf("Élan %d ivory bangle 象牙", i*7919%100_000))
	}
	all := entriesOf(titles...)
	for _, how := range []arrangement{{}, {By: byTitle}} {
		b.Run(string(how.By), func(b *testing.B) {
			for b.Loop() {
				if _, err := (query{how, wordsOf("ivory elan")}).run(b.Context(), all); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkEntry prepares a capture for search.
func BenchmarkEntry(b *testing.B) {
	for b.Loop() {
		entriesOf("Élan 7 ivory bangle 象牙, carved, of the best quality there is")
	}
}

func TestSearchCaptures(t *testing.T) {
	b := newBench(t)
	b.open(newVault(t))
	l := b.w.library
	b.pick(1)
	l.search.SetText("老料")
	b.settle()
	b.want("Captures of OP-1 · 1 of 3", "老料手串 108颗")
	b.refuse("https://market.example/item/9")
	if l.list.selected != 0 {
		t.Errorf("got row %d, want the chosen capture kept", l.list.selected)
	}
	l.search.SetText("item/9")
	b.settle()
	b.want("1 of 3", "Exhibit 1 of OP-1") // what is looked at stays
	if l.list.selected != -1 {
		t.Errorf("got row %d, want none", l.list.selected)
	}
	l.search.SetText("no such words")
	b.settle()
	b.want("0 of 3", "No such capture", "None of 3 captures")
	b.press("Show all captures")
	b.want("Captures of OP-1 · 3")
	if l.list.selected != 0 || l.search.Text != "" {
		t.Errorf("got row %d, search %q", l.list.selected, l.search.Text)
	}
}

func TestFilterCaptures(t *testing.T) {
	b := newBench(t)
	dir := newVault(t)
	b.open(dir)
	l := b.w.library
	if l.bar.content.Visible() {
		t.Error("the filters are shown before they are asked for")
	}
	b.press("Filter and sort")
	l.bar.verdict.SetSelected("Failed")
	b.settle()
	b.want("Captures of OP-1 · 1 of 3", "https://market.example/item/9")
	l.bar.verdict.SetSelected("Any verdict")
	l.bar.stands.SetSelected("Verified, unaltered")
	b.settle()
	b.want("0 of 3", "No such capture")
	l.bar.stands.SetSelected("Not stamped yet")
	l.bar.site.SetSelected("market.example · 3")
	l.bar.by.SetSelected("By verdict")
	b.press("Ascending")
	b.want("Captures of OP-1 · 3")
	if got := l.list.items[0].Verdict; got != evidence.Failed {
		t.Errorf("got a %s capture first, want the worst", got)
	}
	b.press("No filters")
	b.want("Captures of OP-1 · 3")
	if l.how != (arrangement{By: byVerdict, Down: true}) {
		t.Errorf("got %+v, want no filters", l.how)
	}
	l.bar.stands.SetSelected("Not stamped yet")
	l.bar.site.SetSelected("market.example · 3")
	b.settle()
	b.w.library.toggleGrid()
	b.w.close()
	b.reopen()
	want := arrangement{Site: "market.example", Stands: standsUnstamped, By: byVerdict, Down: true, Grid: true}
	if got := b.w.library.how; got != want {
		t.Errorf("got %+v remembered, want %+v", got, want)
	}
	b.open(dir)
	b.want("Captures of OP-1 · 3", "Descending")
}

func TestSearchCases(t *testing.T) {
	b, i := withImported(t)
	c := b.w.caseList
	c.search.SetText("BANGLES")
	b.want("Cases · 1 of 3", "Ivory bangles")
	b.refuse("Nothing yet")
	c.search.SetText("")
	c.kind.SetSelected("Imported cases")
	b.want("Cases · 1 of 3", i.Name)
	b.refuse("Ivory bangles")
	if c.list.selected != -1 {
		t.Errorf("got row %d chosen, want none", c.list.selected)
	}
	b.want("Captures of OP-1 · 3") // the chosen case stays
	c.kind.SetSelected("Closed cases")
	b.want("No such case")
	b.press("Show all cases")
	b.want("Cases · 3")
	if c.list.selected != 0 {
		t.Errorf("got row %d, want the chosen case", c.list.selected)
	}
}

func TestSearchKeys(t *testing.T) {
	b := newBench(t)
	b.open(newVault(t))
	c := b.w.win.Canvas()
	items := make(map[string]*fyne.MenuItem)
	for _, m := range b.w.win.MainMenu().Items {
		for _, i := range m.Items {
			items[i.Label] = i
		}
	}
	items["Find a case"].Action()
	if c.Focused() != b.w.caseList.search {
		t.Errorf("got focus on %T", c.Focused())
	}
	items["Find captures"].Action()
	e := b.w.library.search
	if c.Focused() != e {
		t.Fatalf("got focus on %T", c.Focused())
	}
	test.Type(e, "item")
	e.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if e.Text != "" || c.Focused() != e {
		t.Errorf("after escape: got %q, focus on %T", e.Text, c.Focused())
	}
	e.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	if c.Focused() != b.w.captures {
		t.Errorf("got focus on %T, want the list", c.Focused())
	}
	b.settle()
	items["Thumbnails or list"].Action()
	if c.Focused() != b.w.library.grid {
		t.Errorf("got focus on %T, want the grid", c.Focused())
	}
	b.settle()
}

func TestCloseCase(t *testing.T) {
	b, _ := newFlow(t)
	b.open(newVault(t))
	b.w.askCloseCase()
	b.unlock()
	b.want("Close case OP-1", "can't be opened again")
	b.press("Close the case")
	b.want("There is no reason yet.")
	b.fill("verdict of 3 March")
	b.press("Close the case")
	b.want("closed "+localDay(time.Now()), "Captures of OP-1 · 3")
	events, err := b.w.vault.Events(t.Context(), custody.Filter{Action: custody.CaseClosed})
	if err != nil || len(events) != 1 || events[0].Reason != "verdict of 3 March" {
		t.Errorf("got events %+v, %v", events, err)
	}
	b.w.askCloseCase()
	b.want("OP-1 was closed on ")
	b.press("Close")
	b.press("Capture…")
	b.want("Nothing is captured for OP-1 any more.")
}

// tile returns the tile that shows an exhibit.
func (b *bench) tile(exhibit int) *captureTile {
	b.t.Helper()
	for _, o := range test.LaidOutObjects(b.w.win.Canvas().Content()) {
		if c, ok := o.(*captureTile); ok && c.entry != nil && c.entry.Exhibit == exhibit {
			return c
		}
	}
	b.t.Fatalf("no tile shows exhibit %d", exhibit)
	return nil
}

func TestGrid(t *testing.T) {
	b := newBench(t)
	dir := newVault(t)
	one := filepath.Join(dir, "cases", "OP-1", "captures")
	name := find(t, one, "0002_*/viewport.png")
	content, err := os.ReadFile(name)
	check(t, err)
	content[len(content)-20] ^= 1 // decodes as before, or nearly so
	check(t, os.Chmod(name, 0o600))
	check(t, os.WriteFile(name, content, 0o600))
	b.open(dir)
	b.w.library.toggleGrid()
	b.settle()
	b.want("1 · 老料手串 108颗", "altered", "no picture", "Not stamped yet", "Partial")
	if img := b.tile(1).image.Image; img == nil || img.Bounds().Size() != image.Pt(160, 103) {
		t.Errorf("got thumbnail %v, want one of the page's top", img)
	}
	if c := b.tile(2); c.image.Image != nil || !c.broken.Visible() {
		t.Error("a picture that was altered is shown")
	}
	if c := b.tile(3); c.image.Image != nil || c.broken.Visible() {
		t.Error("a capture without a picture shows one")
	}
	test.Tap(b.tile(2))
	b.settle()
	b.want("Exhibit 2 of OP-1")
	c := b.w.win.Canvas()
	if c.Focused() != b.w.library.grid || b.w.captures.selected != 1 {
		t.Errorf("got focus on %T, row %d", c.Focused(), b.w.captures.selected)
	}
	for _, tt := range []struct {
		key  fyne.KeyName
		want int
	}{{fyne.KeyRight, 2}, {fyne.KeyRight, 2}, {fyne.KeyHome, 0}, {fyne.KeyDown, 2}, {fyne.KeyLeft, 1}, {fyne.KeyEnd, 2}, {fyne.KeyPageUp, 0}} {
		c.Focused().TypedKey(&fyne.KeyEvent{Name: tt.key})
		b.settle()
		if b.w.captures.selected != tt.want {
			t.Errorf("%s: got %d, want %d", tt.key, b.w.captures.selected, tt.want)
		}
	}
	b.w.library.search.SetText("item/9")
	b.settle()
	b.refuse("1 · 老料手串 108颗")
	b.want("3 · https://market.example/item/9")
}

func TestGridOfImported(t *testing.T) {
	b, _ := withImported(t)
	b.w.cases.Select(2)
	b.settle()
	b.w.library.toggleGrid()
	b.settle()
	if b.tile(1).image.Image == nil {
		t.Errorf("got no thumbnail: %v", b.w.library.thumbs.failed)
	}
	b.w.cases.Select(0)
	b.settle()
	b.want("2 · ") // another case is shown as a grid, too
	if b.w.library.thumbs.bundle != nil {
		t.Error("the bundle is still open")
	}
}

// TestIntegrityIsHonest checks that a capture is called verified only after it was.
func TestIntegrityIsHonest(t *testing.T) {
	dir := newVault(t)
	b := newBench(t)
	b.open(dir)
	b.pick(1)
	b.want("Not stamped yet", "Not known to have been verified · no timestamp of an authority yet")
	b.refuse("Verified ·")
	b.look(tabSeal)
	b.press("Verify this capture")
	b.want("Verified · "+localDay(time.Now()), "Last verified ", ": VERIFIED", "Verify this capture")
	check(t, os.RemoveAll(b.w.library.all[2].Dir))
	b.alter("dom.html")
	b.press("Verify vault")
	b.want("FAILED")
	b.press("Close")
	b.want("Not as sealed · ", ": FAILED", "Missing")
	if got := b.w.library.all[1].integrity; got.last.outcome != "" {
		t.Errorf("got %+v of a capture without findings in a vault that failed", got)
	}
}

func TestLoggedVerifications(t *testing.T) {
	vault, id, at := uuid.New(), uuid.New(), started
	event := func(subject uuid.UUID, o evidence.Outcome, after time.Duration) custody.Event {
		return custody.Event{Action: custody.Verified, Subject: subject.String(), Time: at.Add(after), Details: map[string]string{"outcome": string(o)}}
	}
	v := loggedVerifications([]custody.Event{
		event(id, evidence.FailedVerification, 0), event(vault, evidence.Verified, time.Hour),
		event(vault, evidence.FailedVerification, 2*time.Hour), {Action: custody.Verified, Subject: "x"},
	}, vault)
	for _, tt := range []struct {
		c    evidence.Capture
		want evidence.Outcome
	}{
		{evidence.Capture{ID: id, Sealed: at}, evidence.Verified},
		{evidence.Capture{ID: id, Sealed: at.Add(90 * time.Minute)}, evidence.FailedVerification},
		{evidence.Capture{ID: uuid.New(), Sealed: at.Add(90 * time.Minute)}, ""},
	} {
		if got := v.of(tt.c).outcome; got != tt.want {
			t.Errorf("%+v: got %q, want %q", tt.c, got, tt.want)
		}
	}
}

func TestTileCacheIsBounded(t *testing.T) {
	test.NewTempApp(t)
	thumbs := newCaptureThumbs(newWorker(t.Context(), func(f func()) { f() }))
	for range 3 * maxTiles {
		thumbs.shows(&captureTile{})
	}
	if len(thumbs.tiles) != maxTiles {
		t.Errorf("got %d tiles", len(thumbs.tiles))
	}
	for range 2 * maxThumbs {
		thumbs.made[new(captureEntry)] = image.NewRGBA(image.Rect(0, 0, 1, 1))
	}
	thumbs.loader = &loader[*captureEntry]{}
	thumbs.tiles = nil
	thumbs.load()
	if len(thumbs.made) != 0 {
		t.Errorf("got %d thumbnails kept", len(thumbs.made))
	}
}

// TestSelectsAreShort checks that the long name of a site doesn't widen the pane.
func TestSelectsAreShort(t *testing.T) {
	test.NewTempApp(t)
	b := newArrangementBar(arrangement{}, func(arrangement) {})
	width := b.content.MinSize().Width
	b.offer([]site{{strings.Repeat("long", 60) + ".example", 7}})
	b.site.SetSelectedIndex(1)
	if got := b.content.MinSize().Width; got > width {
		t.Errorf("got %v, want at most %v", got, width)
	}
}
