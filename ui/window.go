// Package ui is Pugmark's window: it makes and opens a vault, lists its cases and
// their captures, shows all that is known of a capture, records pages, exports
// and verifies.
//
// What is shown is read through a handle that can't write, and needs no
// passphrase. Who works in the vault unlocks it, which opens another handle: see
// [session].
//
// Only the main goroutine touches widgets. What takes time runs in a [worker],
// which alone starts goroutines, and which brings the outcome back with the
// function that [New] is given. What a page says is shown through [SafeLabel]
// or the function behind it.
package ui

import (
	"cmp"
	"context"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"pugmark/evidence"
)

// Window is the window.
type Window struct {
	app      fyne.App
	win      fyne.Window
	settings settings
	work     *worker
	options  Options
	opening  slot // opens a vault
	listing  slot // reads cases
	reading  slot // reads captures

	noting    slot        // logs a verification
	preparing slot        // reads what is missing for a capture
	unlocking slot        // opens the signing key
	shelf     *photoShelf // of the vault
	checking  slot        // verifies or exports
	session   *session    // nil while the vault is locked
	pending   *session    // of a vault that was just made, and is being opened
	idle      *time.Timer // locks the vault
	queue     *queue
	strip     *jobStrip
	replaying *replayStrip
	looks     looks
	closing   bool   // as soon as the queue is empty
	received  string // a file to be shown as soon as it is known which vault is open

	vault    *evidence.Vault // nil when none is open
	caseRef  string          // of the case that is chosen
	keep     bool            // the capture that is shown isn't read anew when captures are listed
	known    knowledge       // what this window has verified
	body     *fyne.Container // a notice, or panes
	panes    *container.Split
	lists    *container.Split // in panes
	tools    *fyne.Container  // what one can do with what is open
	reviewed *reviewed        // a bundle in place of a vault; nil: none is reviewed
	caseList *caseList
	cases    *pickList[caseEntry] // of the case list
	library  *library
	captures *pickList[*captureEntry] // of the library
	detail   *detail

	comparing []*compareView // windows that compare captures
	status    *SafeLabel

	lockState *SafeLabel
}

// New makes the window. All that it has begun ends with the context. The
// function uiDo queues another one for the main goroutine.
func New(ctx context.Context, a fyne.App, uiDo func(func()), o Options) *Window {
	s := settings{a.Preferences()}
	if err := speak(cmp.Or(o.Language, s.language())); err != nil {
		fyne.LogError("choosing the language", err)
	}
	w := &Window{app: a, win: a.NewWindow("Pugmark"), settings: s, work: newWorker(ctx, uiDo), options: o}
	w.queue = &queue{work: w.work, changed: func() { w.strip.update() }, ended: w.pageEnded, emptied: w.queueEmptied}
	w.known = newKnowledge()
	w.shelf = &photoShelf{find: w.findPhotograph}
	w.caseList = newCaseList(w.showNoCases, w.chooseCase)
	w.library = newLibrary(w.work, w.settings.look().Library, w.chooseCapture)
	w.cases, w.captures = w.caseList.list, w.library.list
	w.replaying = newReplayStrip(w)
	w.detail = newDetail(w, w.setTitle)
	w.detail.picture.view.marked = w.askRegionAt
	w.build()
	w.win.SetMainMenu(w.menu())
	w.win.SetOnDropped(func(_ fyne.Position, uris []fyne.URI) { w.drop(uris) })
	w.win.SetCloseIntercept(w.close)
	w.win.SetMaster()
	l := w.settings.look()
	w.win.Resize(fyne.NewSize(l.Width, l.Height))
	w.noVault("")
	return w
}

// build puts the parts together.
func (w *Window) build() {
	w.body, w.status = container.NewStack(), newMuted("")
	w.lockState, w.strip = newMuted(""), newJobStrip(w.queue)
	w.lockState.Alignment = fyne.TextAlignTrailing
	small(w.status)
	small(w.lockState)
	w.lists = container.NewHSplit(w.caseList.content, w.library.content)
	w.panes = container.NewHSplit(w.lists, w.detail.body)
	l := w.settings.look()
	w.lists.Offset, w.panes.Offset = l.Lists, l.Panes
	w.detail.tabs.SelectIndex(l.Tab)
	state := container.NewGridWithColumns(2, w.status, w.lockState)
	bottom := container.NewVBox(w.replaying.content, w.strip.content, widget.NewSeparator(), container.New(layout.NewCustomPaddedLayout(-4, -4, 0, 0), state))
	w.tools = container.NewStack(w.toolbar())
	w.tools.Hide()
	w.win.SetContent(container.NewBorder(w.tools, bottom, nil, nil, w.body))
}

func newHead(text string) *SafeLabel {
	l := newMuted(text)
	l.TextStyle.Bold = true
	return l
}

// Show shows the window.
func (w *Window) Show() { w.win.Show() }

// LastVault returns the folder of the vault that was opened last, or nothing.
func (w *Window) LastVault() string { return w.settings.vault() }

// close closes the window, once nothing is under way any more.
func (w *Window) close() {
	if !w.queue.busy() {
		w.end()
		return
	}
	if w.asking() {
		return
	}
	text := trf("%s are still to be captured. Stop them and close the window?\nWhat is sealed stays sealed; the log says what was stopped.", count(w.queue.left(), "page"))
	d := dialog.NewConfirm(tr("Captures are under way"), text, func(yes bool) {
		if yes {
			w.closing = true
			w.queue.stopAll()
			w.queueEmptied()
		}
	}, w.win)
	d.SetConfirmText(tr("Stop and close"))
	d.SetDismissText(tr("Go on capturing"))
	d.Show()
}

// end remembers how the window looked, and closes it.
func (w *Window) end() {
	size := w.win.Canvas().Size()
	err := w.settings.setLook(look{
		Width: size.Width, Height: size.Height, Lists: w.lists.Offset, Panes: w.panes.Offset,
		Tab: w.detail.tabs.SelectedIndex(), Library: w.library.how,
	})
	if err != nil {
		fyne.LogError("remembering the window", err)
	}
	w.leaveVault()
	w.detail.items.close()
	w.work.cancel()
	w.replaying.wait()
	w.win.Close()
}

// showVault shows a vault that was opened, and its cases.
func (w *Window) showVault(o openedVault) {
	w.leaveVault()
	w.vault = o.vault
	w.settings.setVault(o.vault.Dir())
	w.setTitle("")
	w.status.SetText(o.vault.Dir())
	swap(w.tools, w.toolbar())
	w.tools.Show()
	swap(w.body, w.panes)
	w.takePending()
	w.showLock()
	w.showCases(o.cases, "", "")
	w.takeReceived()
}

// setTitle names what is shown: a capture, if one is, and its vault.
func (w *Window) setTitle(capture string) {
	title := "Pugmark"
	if w.vault != nil {
		title = safe(w.vault.Info().Name, lineLimit, covered) + " – " + title
	}
	if w.reviewed != nil {
		title = safe(w.reviewed.entry.origin.File, lineLimit, covered) + " – " + title
	}
	if capture != "" {
		title = capture + " – " + title
	}
	w.win.SetTitle(title)
}

// leaveVault closes the vault that is open.
func (w *Window) leaveVault() {
	w.listing.stop()
	w.reading.stop()
	for _, v := range slices.Clone(w.comparing) {
		v.win.Close()
	}
	w.replaying.leave()
	w.detail.clear()
	w.caseList.clear()
	w.library.clear()
	w.caseRef, w.known = "", newKnowledge()
	w.preparing.stop()
	w.unlocking.stop()
	w.checking.stop()
	w.shelf.close()
	w.lock()
	w.leaveReviewed()
	if w.vault == nil {
		return
	}
	// It was only read; what is still being read is cancelled.
	_ = w.vault.Close()
	w.vault = nil
	w.tools.Hide()
	w.setTitle("")
	w.showLock()
}

// failure is a notice of something that didn't work, with a button to try
// again.
func (w *Window) failure(heading string, err error) notice {
	return notice{heading: heading, lines: []string{err.Error()}, bad: true, button: "Try again", tapped: w.refresh}
}

// refresh reads the vault anew, and keeps what is chosen.
func (w *Window) refresh() {
	if w.vault == nil && w.reviewed == nil {
		return
	}
	w.keep = false
	w.refreshAt(w.caseRef, w.library.chosen.String())
}

// refreshAt reads the vault anew, and chooses a case and a capture of it.
func (w *Window) refreshAt(ref, capture string) {
	if w.reviewed != nil {
		w.showCases([]caseEntry{w.reviewed.entry}, ref, capture)
		return
	}
	if w.vault == nil {
		return
	}
	v := w.vault
	start(w.work, &w.listing, nil,
		func(ctx context.Context, _ *job) ([]caseEntry, error) { return readCases(ctx, v) },
		func(cases []caseEntry, err error) {
			if err != nil {
				swap(w.caseList.body, w.failure("The cases can't be read", err).object())
				return
			}
			w.showCases(cases, ref, capture)
		})
}

// about says what this is.
func (w *Window) about() {
	if w.asking() {
		return
	}
	box := container.New(&column{width: 400})
	for _, l := range []string{
		"Pugmark " + evidence.Version,
		"Record an online listing so that a court can rely on the record.",
		"Everything is stored locally.",
	} {
		box.Add(wrapped(tr(l)))
	}
	w.dialog(tr("About Pugmark"), box, fyne.NewSize(460, 260))
}
