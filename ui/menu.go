package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"
)

// command is an entry of the menu with its shortcut.
type command struct {
	name string
	key  fyne.KeyName // with Ctrl, or Cmd on a Mac; empty without one
	run  func()
}

// withShift begins the key of a command that needs Shift as well.
const withShift = "Shift+"

// menu returns the window's menu.
func (w *Window) menu() *fyne.MainMenu {
	file := newMenu("File",
		command{"New vault…", "", func() { w.askNewVault("") }},
		command{"Open vault…", fyne.KeyO, w.askVault},
		command{"Verify a bundle…", fyne.KeyB, w.askBundleFile},
		command{"Review a bundle…", withShift + fyne.KeyB, w.askReview},
		command{"Refresh", fyne.KeyR, w.refresh},
		command{"Quit", fyne.KeyQ, w.close})
	// The toolkit's own Quit would not let the window remember anything.
	file.Items[len(file.Items)-1].IsQuit = true
	return fyne.NewMainMenu(
		file,
		newMenu("Case",
			command{"New case…", fyne.KeyN, w.askCase},
			command{"Capture…", fyne.KeyK, w.askCapture},
			command{"Export…", fyne.KeyE, w.askExport},
			command{"Report…", "", w.askReport},
			command{"Hand over…", "", w.askHandover},
			command{"Find in all cases…", fyne.KeyH, w.askFind},
			command{"Photographs…", withShift + fyne.KeyH, w.askPhotographs},
			command{"Close case…", "", w.askCloseCase}),
		newMenu("Capture",
			command{"Compare with…", withShift + fyne.KeyL, w.askCompare},
			command{"Open archived page…", withShift + fyne.KeyP, w.askReplay},
			command{"Compare archived page with its picture", "", w.askReplayComparison},
			command{"Assess…", withShift + fyne.KeyA, w.askRecord},
			command{"Note…", fyne.KeyP, w.askNote},
			command{"Tag…", fyne.KeyY, w.askTag},
			command{"Fact…", "", w.askFact},
			command{"Region…", fyne.KeyG, w.askRegion},
			command{"Redacted copy…", "", w.askRedaction}),
		newMenu("Vault",
			command{"Unlock…", fyne.KeyU, func() { w.unlockNow() }},
			command{"Lock", fyne.KeyL, w.lock},
			command{"Verify", fyne.KeyT, w.verifyVault},
			command{"Timestamps…", "", w.askTrust}),
		w.viewMenu(),
		newMenu("Help",
			command{"Shortcuts", "", w.shortcuts},
			command{"About", "", w.about}),
	)
}

func (w *Window) viewMenu() *fyne.Menu {
	m := newMenu("View", append(append(w.libraryCommands(), w.tabCommands()...),
		command{"Find in the text", fyne.KeyF, w.findText},
		command{"Raw JSON", fyne.KeyJ, w.rawJSON},
		command{"Fit width", fyne.Key0, w.detail.picture.view.FitWidth},
		command{"Actual size", fyne.KeyD, w.detail.picture.view.ActualSize})...)
	m.Items = append(m.Items, fyne.NewMenuItemSeparator(), w.languageMenu())
	return m
}

// tabKeys choose the tabs, in their order. The digits are not enough for all.
var tabKeys = []fyne.KeyName{
	fyne.Key1, fyne.Key2, fyne.Key3, fyne.Key4, fyne.Key5, fyne.Key6, fyne.Key7, fyne.Key8, fyne.Key9, fyne.KeyM, fyne.KeyI,
}

// tabCommands choose the tabs.
func (w *Window) tabCommands() (out []command) {
	for i, name := range tabNames {
		out = append(out, command{name, tabKeys[i], func() { w.detail.choose(name) }})
	}
	return out
}

// libraryCommands find and show cases and captures.
func (w *Window) libraryCommands() []command {
	return []command{
		{tr("Find a case"), withShift + fyne.KeyF, func() { focus(w.caseList.search) }},
		{tr("Find captures"), withShift + fyne.KeyK, func() { focus(w.library.search) }},
		{tr("Filter and sort captures"), withShift + fyne.KeyS, w.library.toggleBar},
		{tr("Thumbnails or list"), withShift + fyne.KeyG, w.library.toggleGrid},
	}
}

// findText lets one search the page's text.
func (w *Window) findText() {
	w.detail.choose(tabText)
	w.detail.text.focusSearch()
}

// rawJSON shows the manifest as JSON, or readable again.
func (w *Window) rawJSON() {
	w.detail.choose(tabManifest)
	w.detail.manifest.toggle()
}

func newMenu(name string, commands ...command) *fyne.Menu {
	m := fyne.NewMenu(tr(name))
	for _, c := range commands {
		item := fyne.NewMenuItem(tr(c.name), c.run)
		if c.key != "" {
			modifier := fyne.KeyModifierShortcutDefault
			key, shift := strings.CutPrefix(string(c.key), withShift)
			if shift {
				modifier |= fyne.KeyModifierShift
			}
			item.Shortcut = &desktop.CustomShortcut{KeyName: fyne.KeyName(key), Modifier: modifier}
		}
		m.Items = append(m.Items, item)
	}
	return m
}

// shortcuts lists the keys.
func (w *Window) shortcuts() {
	if w.asking() {
		return
	}
	grid := container.New(layout.NewFormLayout())
	for _, s := range [][2]string{
		{"Ctrl+K", "Capture pages"},
		{"Ctrl+N", "Open a new case"},
		{"Ctrl+E", "Export the case"},
		{"Ctrl+T, Ctrl+B", "Verify the vault, a bundle"},
		{"Ctrl+Shift+B", "Review a bundle with no vault"},
		{"Ctrl+U, Ctrl+L", "Unlock, lock the vault"},
		{"Ctrl+O", "Open a vault"},
		{"Ctrl+R", "Read the vault anew"},
		{"Ctrl+1 … Ctrl+9, Ctrl+M, Ctrl+I", "The tabs of a capture, in their order"},
		{"Ctrl+Shift+P", "Open the archived page of a capture, with no network"},
		{"Ctrl+Shift+L", "Compare a capture with another"},
		{"Ctrl+H", "Find in all cases"},
		{"Ctrl+Shift+H", "Photographs that several captures show"},
		{"Ctrl+Shift+F, Ctrl+Shift+K", "Find a case, captures"},
		{"Ctrl+Shift+S", "Filter and sort the captures"},
		{"Ctrl+Shift+G", "Captures as thumbnails, or as a list"},
		{"Ctrl+F", "Find in the page's text"},
		{"Ctrl+J", "Manifest as raw JSON, or readable"},
		{"Ctrl+0, Ctrl+D", "Fit the picture's width, actual size"},
		{"Ctrl+Q", "Quit"},
		{"Tab, Shift+Tab", "Next, previous part of the window"},
		{"↑ ↓ ← → Page Home End", tr("Choose in a list or among thumbnails; scroll the picture")},
		{"Esc, ↓", tr("End a search, go to what it found")},
		{"+ −, Ctrl+wheel", "Zoom the picture"},
		{"Drag", "Move the picture"},
		{"Shift+drag, Ctrl+G", "Mark a region of the picture, or what is seen of it"},
		{"Ctrl+P, Ctrl+Y", "Add a note, a tag"},
		{"Ctrl+Shift+A", "Enter what you conclude of a listing"},
	} {
		keys := widget.NewLabel(s[0])
		keys.TextStyle.Bold = true
		grid.Add(keys)
		grid.Add(widget.NewLabel(tr(s[1])))
	}
	w.dialog("Shortcuts", container.NewVScroll(grid), fyne.NewSize(600, 560))
}
