package ui

import (
	"context"
	"errors"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"pugmark/evidence"
)

// itemsTab lists the items of a capture, and opens a copy of one in the system's
// program for it.
type itemsTab struct {
	lazyTab
	window  *Window
	copying slot
	copies  copies
	subject subject
	list    *pickList[evidence.Item] // nil while none is shown
	said    *complaint

	openIt, copyIt *widget.Button

	openURL func(*url.URL) error
}

func newItemsTab(w *Window) *itemsTab {
	t := &itemsTab{lazyTab: newLazyTab(w.work), window: w, said: newComplaint(), openURL: w.app.OpenURL}
	t.openIt = widget.NewButtonWithIcon(tr("Open a copy"), theme.FileIcon(), t.ask)
	t.copyIt = widget.NewButtonWithIcon(tr("Copy digest"), theme.ContentCopyIcon(), func() {
		if it, ok := t.chosen(); ok {
			copyText(it.SHA256.String())
		}
	})
	return t
}

func (t *itemsTab) leave() {
	t.copying.stop()
	t.lazyTab.leave()
	t.list, t.subject = nil, subject{}
}

func (t *itemsTab) open(s subject) {
	t.subject = s
	t.list = newPickList(newItemRow, func(evidence.Item) { t.enable(true) })
	t.list.set(s.manifest.Items)
	t.said.say("", false)
	t.enable(false)
	size := int64(0)
	for _, it := range s.manifest.Items {
		size += it.Bytes
	}
	n := len(s.manifest.Items)
	head := tabHead(trf("%s, %s. What is opened is a read-only copy, never the item itself.", count(n, "item"), bytesText(size)))
	bar := container.NewPadded(container.NewHBox(t.openIt, t.copyIt))
	swap(t.content, container.NewBorder(head, container.NewVBox(t.said, bar), nil, nil, t.list.framed()))
}

func (t *itemsTab) enable(on bool) {
	for _, b := range []*widget.Button{t.openIt, t.copyIt} {
		if on {
			b.Enable()
		} else {
			b.Disable()
		}
	}
}

func (t *itemsTab) chosen() (evidence.Item, bool) {
	if t.list == nil || t.list.selected < 0 {
		return evidence.Item{}, false
	}
	return t.list.items[t.list.selected], true
}

// inert are the kinds of items of which no program runs anything, or loads
// anything from the network, when it opens them.
var inert = []evidence.Kind{
	evidence.KindViewport, evidence.KindDismissed, evidence.KindPage, evidence.KindStrip, evidence.KindText,
	evidence.KindListing, evidence.KindPDF, evidence.KindArchive, evidence.KindCertificates, evidence.KindWire,
	evidence.KindConnections, evidence.KindSecrets, evidence.KindLog, evidence.KindTimestamp,
}

// ask opens a copy of the chosen item, and warns before it opens what the page
// could have made dangerous.
func (t *itemsTab) ask() {
	it, ok := t.chosen()
	if !ok || t.window.asking() {
		return
	}
	if slices.Contains(inert, it.Kind) {
		t.openCopy(it)
		return
	}
	text := tr("This item is a page as the site sent it or made it. A browser that opens it may run its scripts, and load things from the network: the site would see that somebody looks at it, and from where.")
	says := widget.NewLabel(text)
	says.Wrapping = fyne.TextWrapWord
	d := dialog.NewCustomConfirm(tr("Open a page outside of Pugmark?"), tr("Open it all the same"), tr("Cancel"), says, func(yes bool) {
		if yes {
			t.openCopy(it)
		}
	}, t.window.win)
	d.Resize(fyne.NewSize(480, 220))
	d.Show()
}

// openCopy copies an item, and opens the copy.
func (t *itemsTab) openCopy(it evidence.Item) {
	files := t.subject.opened.files
	t.said.say(trf("Copying %s…", it.Path), false)
	start(t.work, &t.copying, nil,
		func(ctx context.Context, _ *job) (string, error) { return t.copies.make(ctx, files, it) },
		func(name string, err error) {
			if err == nil {
				err = t.openURL(fileURL(name))
			}
			if err != nil {
				t.said.say(copyProblem(err), true)
				return
			}
			t.said.say(trf("A copy of %s was given to the system. It is removed when this window closes.", it.Path), false)
		})
}

func copyProblem(err error) string {
	var altered *alteredError
	if errors.As(err, &altered) {
		return trf("This item is not as it was sealed, so it is not opened: %s. Verify the capture.", err.Error())
	}
	return trf("The copy can't be opened: %s", problemOf(err).text())
}

// close removes the copies.
func (t *itemsTab) close() {
	if err := t.copies.remove(); err != nil {
		fyne.LogError("removing the copies of items", err)
	}
}

// fileURL returns the address of a file.
func fileURL(name string) *url.URL {
	p := filepath.ToSlash(name)
	if !strings.HasPrefix(p, "/") { // C:/…
		p = "/" + p
	}
	return &url.URL{Scheme: "file", Path: p}
}

// itemRow shows an item in a list.
type itemRow struct {
	tappable
	path, about, digest *SafeLabel
	copy                *widget.Button
	item                evidence.Item
}

func newItemRow() row[evidence.Item] {
	r := &itemRow{path: NewSafeLabel(""), about: newMuted(""), digest: newMuted("")}
	r.path.TextStyle.Bold = true
	r.digest.TextStyle.Monospace = true
	small(r.about)
	small(r.digest)
	r.copy = newCopyButton(func() string { return r.item.SHA256.String() })
	r.ExtendBaseWidget(r)
	return r
}

func (r *itemRow) set(it evidence.Item) {
	r.item = it
	r.path.SetText(it.Path)
	r.about.SetText(string(it.Kind) + " · " + it.MediaType + " · " + bytesText(it.Bytes))
	r.digest.SetText(it.SHA256.String())
}

// CreateRenderer implements [fyne.Widget].
func (r *itemRow) CreateRenderer() fyne.WidgetRenderer {
	lines := container.New(tightColumn{}, r.path, r.about, r.digest)
	return widget.NewSimpleRenderer(container.NewBorder(nil, nil, nil, container.NewCenter(r.copy), lines))
}
