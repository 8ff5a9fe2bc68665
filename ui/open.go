package ui

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/widget"

	"pugmark/evidence"
)

// openedVault is a vault with its cases.
type openedVault struct {
	vault *evidence.Vault
	cases []caseEntry
}

// Close closes the vault.
func (o openedVault) Close() error { return o.vault.Close() }

// Open opens the vault in a folder and shows it. On failure it says why, and
// what was open stays open.
func (w *Window) Open(dir string) {
	busy := func() {
		if w.vault == nil {
			swap(w.body, notice{heading: "Opening the vault…", lines: []string{dir}}.object())
		}
	}
	start(w.work, &w.opening, busy,
		func(ctx context.Context, _ *job) (openedVault, error) { return openVault(ctx, dir) },
		func(o openedVault, err error) {
			if err == nil {
				w.showVault(o)
				return
			}
			w.openFailed(openProblem(dir, err))
		})
}

// OpenIfThere opens the vault in a folder where one would be that nobody chose:
// that there is none is no failure.
func (w *Window) OpenIfThere(dir string) {
	if _, err := os.Stat(filepath.Join(dir, "vault.json")); errors.Is(err, fs.ErrNotExist) {
		w.noVault(dir)
		return
	}
	w.Open(dir)
}

// openFailed shows a failure in the window, or over what is open.
func (w *Window) openFailed(n notice) {
	if w.vault == nil {
		n.button, n.tapped = tr("Open vault…"), w.askVault
		n.other, n.otherTapped = tr("Review a bundle…"), w.askReview
		swap(w.body, n.object())
		w.takeReceived()
		return
	}
	w.dialog(tr("The vault was not opened"), n.object(), fyne.NewSize(520, 320))
}

// Receive shows a file that the program was started with as if it were dropped on
// the window, once it is known which vault is open.
func (w *Window) Receive(path string) { w.received = path }

func (w *Window) takeReceived() {
	if path := w.received; path != "" {
		w.received = ""
		w.take(path)
	}
}

// noVault says that none is open, and what to do. Where a vault would be looked
// for may be empty.
func (w *Window) noVault(dir string) {
	n := notice{
		heading: "No vault is open",
		lines: []string{
			"A vault is the folder that holds your cases. Make a new one, or open yours.",
			"You can also drop a vault's folder here, or a bundle to verify it.",
			"A bundle that you were given can be reviewed with no vault at all.",
		},
		button: "New vault…", tapped: func() { w.askNewVault(dir) },
		other: "Open vault…", otherTapped: w.askVault,
		more: "Review a bundle…", moreTapped: w.askReview,
	}
	swap(w.body, n.object())
	w.takeReceived()
}

// openVault opens a vault, to read only, and reads its cases.
func openVault(ctx context.Context, dir string) (openedVault, error) {
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		err = fmt.Errorf("opening vault %q: %w", dir, errNotFolder)
	}
	if err != nil {
		return openedVault{}, err
	}
	v, err := evidence.OpenReadOnly(ctx, dir)
	if err != nil {
		return openedVault{}, err
	}
	cases, err := readCases(ctx, v)
	if err != nil {
		return openedVault{}, errors.Join(err, v.Close())
	}
	return openedVault{v, cases}, nil
}

var errNotFolder = errors.New("not a folder")

// openProblem says why a vault was not opened, and what to do.
func openProblem(dir string, err error) notice {
	n := notice{heading: "The vault can't be opened", bad: true, lines: []string{dir}}
	var newer *evidence.VersionError
	switch {
	case errors.Is(err, fs.ErrNotExist) && !errors.Is(err, evidence.ErrNotVault):
		n.heading = "There is no such folder"
		n.lines = append(n.lines, "It may have been moved, or lie on a disk that isn't connected.")
	case errors.Is(err, errNotFolder):
		n.heading = "This is not a folder"
		n.lines = append(n.lines, "A vault is a folder: the one in which vault.json lies.")
	case errors.As(err, &newer):
		n.heading = "This vault is from a newer Pugmark"
		n.lines = append(n.lines, trf(
			"It has format version %d; this program reads up to %d. Nothing was changed. Open it with the newer version.",
			newer.Got, newer.Want))
	case errors.Is(err, evidence.ErrNotVault):
		n.heading = "This folder is not a vault"
		n.lines = append(n.lines, "A vault is the folder in which vault.json lies. A new one is made in an empty folder.")
	default:
		n.lines = append(n.lines, err.Error())
	}
	return n
}

// askVault lets the user choose a vault's folder: by its path or, since the
// toolkit's dialog is slow in large folders, in a dialog of its own.
func (w *Window) askVault() {
	if w.asking() {
		return
	}
	path := widget.NewEntry()
	path.SetPlaceHolder(tr("Path of the vault's folder"))
	path.SetText(w.settings.vault())
	var d *dialog.CustomDialog
	open := func() {
		d.Hide()
		if dir := strings.TrimSpace(path.Text); dir != "" {
			w.Open(dir)
		}
	}
	path.OnSubmitted = func(string) { open() }
	browse := widget.NewButton(tr("Browse…"), func() { w.browse(path) })
	hint := widget.NewLabel(tr("Or drop the folder on the window."))
	hint.Importance = widget.LowImportance
	d = dialog.NewCustomWithoutButtons(tr("Open vault"), container.NewVBox(container.NewBorder(nil, nil, nil, browse, path), hint), w.win)
	confirm := widget.NewButton(tr("Open"), open)
	confirm.Importance = widget.HighImportance
	d.SetButtons([]fyne.CanvasObject{widget.NewButton(tr("Cancel"), d.Hide), confirm})
	d.Resize(fyne.NewSize(560, 0))
	d.Show()
	w.win.Canvas().Focus(path)
}

// askBundleFile chooses a bundle to verify.
func (w *Window) askBundleFile() {
	if w.asking() {
		return
	}
	path := widget.NewEntry()
	path.SetPlaceHolder(tr("Path of the bundle"))
	browse := widget.NewButton(tr("Browse…"), func() { w.browseFile(path) })
	f := w.newForm("Verify a bundle", "Verify", widget.NewFormItem(tr("File"), container.NewBorder(nil, nil, nil, browse, path)))
	f.first = path
	f.submitting(path)
	f.do = func() {
		f.dialog.Hide()
		w.askBundle(strings.TrimSpace(path.Text))
	}
	f.show(fyne.NewSize(600, 180))
}

// browseFile fills in the path of a file from a dialog.
func (w *Window) browseFile(path *widget.Entry) {
	d := dialog.NewFileOpen(func(file fyne.URIReadCloser, err error) {
		if err == nil && file != nil {
			path.SetText(file.URI().Path())
			_ = file.Close() // only its name was wanted
		}
	}, w.win)
	d.Resize(fyne.NewSize(760, 520))
	d.Show()
}

// browse fills in a path from a dialog.
func (w *Window) browse(path *widget.Entry) {
	d := dialog.NewFolderOpen(func(folder fyne.ListableURI, err error) {
		if err == nil && folder != nil {
			path.SetText(folder.Path())
		}
	}, w.win)
	if at, err := storage.ListerForURI(storage.NewFileURI(filepath.Dir(path.Text))); err == nil && path.Text != "" {
		d.SetLocation(at)
	}
	d.Resize(fyne.NewSize(760, 520))
	d.Show()
}

// drop takes what was dropped on the window: the folder of a vault, or a file in
// it; a bundle; a file of addresses.
func (w *Window) drop(uris []fyne.URI) {
	if len(uris) == 0 || uris[0].Scheme() != "file" {
		return
	}
	w.take(uris[0].Path())
}

// take shows what a path leads to.
func (w *Window) take(path string) {
	switch {
	case filepath.Base(path) == "vault.json":
		w.Open(filepath.Dir(path))
	case isBundle(path):
		w.askBundle(path)
	case strings.EqualFold(filepath.Ext(path), ".txt"):
		w.dropAddresses(path)
	default:
		w.Open(path)
	}
}

// asking reports whether a dialog is open.
func (w *Window) asking() bool { return w.win.Canvas().Overlays().Top() != nil }

// dialog shows an object over the window.
func (w *Window) dialog(title string, o fyne.CanvasObject, size fyne.Size) {
	d := dialog.NewCustom(tr(title), tr("Close"), o, w.win)
	d.Resize(size)
	d.Show()
}
