package ui

import (
	"context"
	"errors"
	"image"
	"io/fs"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"pugmark/evidence"
)

// detail shows the capture that was chosen, by tabs.
type detail struct {
	body    *fyne.Container // a notice, or shown
	shown   fyne.CanvasObject
	work    *worker
	shelf   *photoShelf
	opening slot // reads the manifest

	title, address, when *SafeLabel
	known                *SafeLabel // of the capture's integrity
	verdict              *badge

	tabs    *tabStrip
	side    *fyne.Container // what the chosen tab shows
	sides   []tab           // in the order of the tabs
	looked  []bool          // which of them were opened for the subject
	subject subject         // without a manifest: none

	picture  *pictureTab
	text     *textTab
	notes    *notesTab
	network  *networkTab
	manifest *manifestTab
	items    *itemsTab

	// named is called with the name of the capture that is shown, or nothing.
	named func(string)
	// verified is called with what a verification of the capture came to.
	verified func(subject, checked)
}

func newDetail(w *Window, named func(string)) *detail {
	d := &detail{
		work: w.work, shelf: w.shelf, named: named, verified: w.captureVerified, title: NewSafeLabel(""), address: newMuted(""), when: newMuted(""), known: newMuted(""),
		verdict: newBadge(), picture: newPictureTab(w.work, w.win.Canvas()), text: newTextTab(w.work), notes: newNotesTab(w),
		network: newNetworkTab(w), manifest: newManifestTab(), items: newItemsTab(w),
	}
	small(d.known)
	d.title.TextStyle.Bold = true
	d.title.SizeName = theme.SizeNameSubHeadingText
	for _, name := range tabNames {
		d.sides = append(d.sides, d.newSide(name))
	}
	d.looked = make([]bool, len(d.sides))
	d.tabs, d.side = newTabStrip(translated(tabNames), func(int) { d.look() }), container.NewStack()
	state := container.NewBorder(nil, nil, container.NewPadded(container.NewCenter(d.verdict)), nil, d.when)
	head := container.New(tightColumn{}, d.title, d.address, state, d.known)
	d.shown = container.NewBorder(container.NewVBox(head, d.tabs), nil, nil, nil, d.side)
	d.body = container.NewStack()
	d.clear()
	return d
}

// The tabs. The first nine have the keys Ctrl+1 to Ctrl+9.
const (
	tabPicture     = "Picture"
	tabListing     = "Listing"
	tabPhotographs = "Photographs"
	tabText        = "Text"
	tabNotes       = "Notes"
	tabNetwork     = "Network"
	tabLog         = "Log"
	tabCustody     = "Custody"
	tabSeal        = "Seal"
	tabManifest    = "Manifest"
	tabItems       = "Items"
)

var tabNames = []string{
	tabPicture, tabListing, tabPhotographs, tabText, tabNotes, tabNetwork, tabLog, tabCustody, tabSeal, tabManifest, tabItems,
}

// newSide returns what a tab shows.
func (d *detail) newSide(name string) tab {
	switch name {
	case tabPicture:
		return d.picture
	case tabListing:
		return newListingTab(d.work)
	case tabPhotographs:
		return newPhotographsTab(d.work, d.showInPicture, d.shelf)
	case tabText:
		return d.text
	case tabNotes:
		return d.notes
	case tabNetwork:
		return d.network
	case tabLog:
		return newLogTab(d.work)
	case tabCustody:
		return newCustodyTab(d.work)
	case tabSeal:
		return newSealTab(d.work, d.verified)
	case tabManifest:
		return d.manifest
	}
	return d.items
}

// choose chooses a tab by its name.
func (d *detail) choose(name string) { d.tabs.SelectIndex(slices.Index(tabNames, name)) }

// look shows the tab that is chosen, and opens it unless that was done for this
// capture.
func (d *detail) look() {
	i := d.tabs.SelectedIndex()
	swap(d.side, d.sides[i].object())
	if d.subject.manifest == nil || d.looked[i] {
		return
	}
	d.looked[i] = true
	d.sides[i].open(d.subject)
}

// showInPicture shows a part of the full-page picture, in its pixels.
func (d *detail) showInPicture(r image.Rectangle) {
	d.choose(tabPicture)
	d.picture.reveal(r)
}

// clear shows that no capture is chosen.
func (d *detail) clear() {
	d.leave()
	d.say(notice{heading: "No capture chosen", lines: []string{"Choose a capture to see its picture, and all else that is known of it."}})
}

// leave ends what goes on for the capture that was shown.
func (d *detail) leave() {
	d.named("")
	d.opening.stop()
	for i, side := range d.sides {
		side.leave()
		d.looked[i] = false
	}
	if d.subject.manifest != nil {
		// It was only read; what is still being read is cancelled.
		_ = d.subject.opened.Close()
	}
	d.subject = subject{}
}

// say shows a notice in place of a capture.
func (d *detail) say(n notice) { swap(d.body, n.object()) }

// open shows a capture of a vault, or of a bundle that was imported into it.
func (d *detail) open(v *evidence.Vault, e *captureEntry) {
	d.leave()
	busy := func() { d.say(notice{heading: trf("Reading: %s…", e.Name())}) }
	start(d.work, &d.opening, busy,
		func(ctx context.Context, _ *job) (opened, error) { return readCapture(ctx, e) },
		func(o opened, err error) {
			if err != nil {
				d.say(manifestProblem(e, err))
				return
			}
			d.showKnown(e.integrity)
			d.show(subject{v, e.with(o.manifest), e.origin, o.manifest, o})
		})
}

// showKnown says what is known of the capture's integrity.
func (d *detail) showKnown(i integrity) { d.known.SetText(i.text()) }

func (d *detail) show(s subject) {
	c := s.capture
	d.title.SetText(titleOf(c))
	d.address.SetText(addressOf(c))
	d.when.SetText(trf("Exhibit %d of %s · %s", c.Exhibit, c.Case, localTime(c.Started)))
	d.verdict.set(c.Verdict, c.Problems)
	swap(d.body, d.shown)
	d.named(c.Name())
	d.subject = s
	d.look()
}

// manifestProblem says why a capture can't be shown.
func manifestProblem(e *captureEntry, err error) notice {
	n := notice{heading: "The manifest can't be read", bad: true, lines: []string{err.Error()}, command: e.origin.verifyCommand(e.Name())}
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
	t.mode = widget.NewButton(tr("Raw JSON"), t.toggle)
	t.copyDigest = widget.NewButtonWithIcon(tr("Copy digest"), theme.ContentCopyIcon(), func() {
		copyText(t.capture.ManifestDigest.String())
	})
	t.copyJSON = widget.NewButtonWithIcon(tr("Copy JSON"), theme.ContentCopyIcon(), func() {
		copyText(t.opened.raw)
	})
	bar := container.NewBorder(nil, nil, widget.NewLabel("SHA-256"), nil, t.digest)
	buttons := container.NewHBox(t.copyDigest, t.copyJSON, layout.NewSpacer(), t.mode)
	t.content = container.NewBorder(container.NewVBox(bar, container.NewPadded(buttons)), nil, nil, nil, t.body)
	return t
}

func (t *manifestTab) object() fyne.CanvasObject { return t.content }

func (t *manifestTab) leave() { t.readable = nil }

func (t *manifestTab) open(s subject) {
	t.capture, t.opened = s.capture, s.opened
	t.digest.SetText(s.capture.ManifestDigest.String())
	t.readable = newGroupsView(s.opened.groups)
	t.update()
}

func (t *manifestTab) toggle() {
	t.raw = !t.raw
	t.update()
}

func (t *manifestTab) update() {
	if t.readable == nil {
		return // no capture is shown
	}
	if t.raw {
		t.mode.SetText(tr("Readable"))
		swap(t.body, newJSONView(t.opened.lines))
		return
	}
	t.mode.SetText(tr("Raw JSON"))
	swap(t.body, t.readable)
}
