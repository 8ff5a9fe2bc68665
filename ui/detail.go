package ui

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"pugmark/evidence"
	"pugmark/evidence/canon"
)

// detail shows the capture that was chosen: its picture and its manifest.
type detail struct {
	body    *fyne.Container // a notice, or shown
	shown   fyne.CanvasObject
	work    *worker
	opening slot // reads the manifest

	title, address, when *SafeLabel
	verdict              *badge
	tabs                 *container.AppTabs
	picture              *pictureTab
	manifest             *manifestTab

	// named is called with the name of the capture that is shown, or nothing.
	named func(string)
}

func newDetail(w *worker, c fyne.Canvas, named func(string)) *detail {
	d := &detail{
		work: w, named: named, title: NewSafeLabel(""), address: newMuted(""), when: newMuted(""),
		verdict: newBadge(), picture: newPictureTab(w, c), manifest: newManifestTab(),
	}
	d.title.TextStyle.Bold = true
	d.title.SizeName = theme.SizeNameSubHeadingText
	d.tabs = container.NewAppTabs(
		container.NewTabItem("Picture", d.picture.content),
		container.NewTabItem("Manifest", d.manifest.content),
	)
	state := container.NewBorder(nil, nil, container.NewPadded(container.NewCenter(d.verdict)), nil, d.when)
	head := container.New(tightColumn{}, d.title, d.address, state)
	d.shown = container.NewBorder(head, nil, nil, nil, d.tabs)
	d.body = container.NewStack()
	d.clear()
	return d
}

// opened is what is read of a capture at once.
type opened struct {
	manifest *evidence.Manifest
	groups   []group
	lines    []string // the manifest's JSON
	raw      string   // the same, as it was sealed
}

// clear shows that no capture is chosen.
func (d *detail) clear() {
	d.leave()
	d.say(notice{heading: "No capture chosen", lines: []string{"Choose a capture to see its picture and its manifest."}})
}

// leave ends what goes on for the capture that was shown.
func (d *detail) leave() {
	d.named("")
	d.opening.stop()
	d.picture.leave()
}

// say shows a notice in place of a capture.
func (d *detail) say(n notice) { swap(d.body, n.object()) }

// open shows a capture.
func (d *detail) open(c evidence.Capture) {
	d.leave()
	busy := func() { d.say(notice{heading: "Reading capture " + c.Name() + "…"}) }
	start(d.work, &d.opening, busy,
		func(context.Context, *job) (opened, error) { return readCapture(c) },
		func(o opened, err error) {
			if err != nil {
				d.say(manifestProblem(c, err))
				return
			}
			d.show(c, o)
		})
}

// readCapture reads what is shown of a capture, but for the picture.
func readCapture(c evidence.Capture) (opened, error) {
	m, err := c.Manifest()
	if err != nil {
		return opened{}, err
	}
	raw, err := canon.Marshal(m)
	if err != nil {
		return opened{}, fmt.Errorf("reading manifest: %w", err)
	}
	lines, err := jsonLines(raw)
	if err != nil {
		return opened{}, fmt.Errorf("reading manifest: %w", err)
	}
	return opened{m, groupsOf(m, c.ManifestDigest), lines, string(raw)}, nil
}

func (d *detail) show(c evidence.Capture, o opened) {
	d.title.SetText(titleOf(c))
	d.address.SetText(addressOf(c))
	d.when.SetText("Exhibit " + strconv.Itoa(c.Exhibit) + " of " + c.Case + " · " + localTime(c.Started))
	d.verdict.set(c.Verdict, c.Problems)
	d.manifest.show(c, o)
	swap(d.body, d.shown)
	d.named(c.Name())
	d.picture.open(c, o.manifest)
}

// manifestProblem says why a capture can't be shown.
func manifestProblem(c evidence.Capture, err error) notice {
	n := notice{heading: "The manifest can't be read", bad: true, lines: []string{err.Error()}, command: "pug verify " + c.Name()}
	if errors.Is(err, fs.ErrNotExist) {
		n.heading = "The capture's folder is incomplete"
	}
	n.lines = append(n.lines, "Nothing of this capture is shown, since it may not be what was sealed. Verify it:")
	return n
}

// swap replaces what a container shows.
func swap(in *fyne.Container, o fyne.CanvasObject) {
	in.Objects = []fyne.CanvasObject{o}
	in.Refresh()
}

// manifestTab shows a manifest, readable or as it is.
type manifestTab struct {
	content *fyne.Container
	digest  *SafeLabel
	body    *fyne.Container
	mode    *widget.Button

	copyDigest, copyJSON *widget.Button

	raw      bool // the JSON is shown
	capture  evidence.Capture
	opened   opened
	readable fyne.CanvasObject
}

func newManifestTab() *manifestTab {
	t := &manifestTab{digest: NewSafeLabel(""), body: container.NewStack()}
	t.digest.TextStyle.Monospace = true
	small(t.digest)
	t.mode = widget.NewButton("Raw JSON", t.toggle)
	t.copyDigest = widget.NewButtonWithIcon("Copy digest", theme.ContentCopyIcon(), func() {
		fyne.CurrentApp().Clipboard().SetContent(t.capture.ManifestDigest.String())
	})
	t.copyJSON = widget.NewButtonWithIcon("Copy JSON", theme.ContentCopyIcon(), func() {
		fyne.CurrentApp().Clipboard().SetContent(t.opened.raw)
	})
	bar := container.NewBorder(nil, nil, widget.NewLabel("SHA-256"), nil, t.digest)
	buttons := container.NewHBox(t.copyDigest, t.copyJSON, layout.NewSpacer(), t.mode)
	t.content = container.NewBorder(container.NewVBox(bar, container.NewPadded(buttons)), nil, nil, nil, t.body)
	return t
}

func (t *manifestTab) show(c evidence.Capture, o opened) {
	t.capture, t.opened = c, o
	t.digest.SetText(c.ManifestDigest.String())
	t.readable = newGroupsView(o.groups)
	t.update()
}

func (t *manifestTab) toggle() {
	t.raw = !t.raw
	t.update()
}

func (t *manifestTab) update() {
	if t.raw {
		t.mode.SetText("Readable")
		swap(t.body, newJSONView(t.opened.lines))
		return
	}
	t.mode.SetText("Raw JSON")
	swap(t.body, t.readable)
}
