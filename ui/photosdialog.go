package ui

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/widget"
	"github.com/google/uuid"

	"pugmark/assets"
	"pugmark/review/photographs"
)

// photosDialog shows the photographs that several captures show, of all cases: the
// groups as tiles, and of a group that is tapped, or of a photograph that is looked
// for, each one with its capture.
type photosDialog struct {
	w       *Window
	source  *photoSource
	reading slot

	groups []photographs.Group
	ref    string                               // of the case that is chosen; empty: none is
	photos []*photographs.Photograph            // that are shown; nil: the groups are
	note   func(*photographs.Photograph) string // how each differs
	title  string                               // of what is shown

	state             *widget.Label
	only              *widget.Check // groups of the case that is chosen
	grid              *pickGrid[photoItem]
	thumbs            *photoThumbs
	back, show, sheet *widget.Button
	dialog            *dialog.CustomDialog
}

// askPhotographs shows the groups of photographs.
func (w *Window) askPhotographs() {
	if d := w.newPhotosDialog(); d != nil {
		d.read(func() { d.showGroups() })
	}
}

// findPhotograph shows where else a photograph of a capture is.
func (w *Window) findPhotograph(id uuid.UUID, number int) {
	if d := w.newPhotosDialog(); d != nil {
		d.only.Hide()
		d.read(func() { d.showAlike(id, number) })
	}
}

func (w *Window) newPhotosDialog() *photosDialog {
	if !w.readable() {
		return nil
	}
	d := &photosDialog{w: w, source: w.shelf.open(w.toSearch()), state: widget.NewLabel("")}
	d.state.Wrapping = fyne.TextWrapWord
	d.thumbs = newPhotoThumbs(w.work, d.source)
	d.grid = newPickGrid(func() row[photoItem] { return newPhotoTile(d.thumbs) }, func(int) { setButton(d.show, true) })
	if e, ok := w.caseList.current(); ok {
		d.ref = e.Ref
	}
	d.only = widget.NewCheck(trf("Only those of %s", safe(d.ref, lineLimit, covered)), func(bool) { d.showGroups() })
	d.only.Hidden = d.ref == ""
	d.back = widget.NewButton(tr("All groups"), d.showGroups)
	d.show = widget.NewButton(tr("Show"), d.open)
	d.show.Importance = widget.HighImportance
	d.sheet = widget.NewButton(tr("Contact sheet…"), d.askSheet)
	for _, b := range []*widget.Button{d.back, d.show, d.sheet} {
		b.Disable()
	}
	d.build()
	return d
}

func (d *photosDialog) build() {
	top := container.NewVBox(d.state, d.only)
	d.dialog = dialog.NewCustomWithoutButtons(tr("Photographs"), container.NewBorder(top, nil, nil, nil, d.grid.framed()), d.w.win)
	d.dialog.SetButtons([]fyne.CanvasObject{widget.NewButton(tr("Close"), d.dialog.Hide), d.back, d.sheet, d.show})
	d.dialog.SetOnClosed(func() {
		d.reading.stop()
		d.thumbs.loader.stop()
	})
	size := d.w.win.Canvas().Size()
	d.dialog.Resize(fyne.NewSize(max(min(size.Width-80, 1180), 820), max(min(size.Height-80, 860), 600)))
	d.dialog.Show()
}

// photosRead is what is read of the photographs.
type photosRead struct {
	index  *photographs.Index
	groups []photographs.Group
}

// read reads the photographs of all cases, and then has them shown.
func (d *photosDialog) read(then func()) {
	source := d.source
	d.state.SetText(tr("Reading the photographs of all cases…"))
	start(d.w.work, &d.reading, nil,
		func(ctx context.Context, j *job) (photosRead, error) {
			x, err := source.catalogue.Index(ctx, coalesced(j, func(part float64) {
				d.state.SetText(trf("Reading what is new: %.0f %%", part*100))
			}))
			if err != nil {
				return photosRead{}, err
			}
			return photosRead{x, x.Groups(photographs.GroupThreshold)}, nil
		},
		func(r photosRead, err error) {
			if err != nil {
				d.state.SetText(problemOf(err).text())
				return
			}
			d.w.shelf.index, d.groups = r.index, r.groups
			then()
		})
}

// unread says what could not be read, if anything.
func (d *photosDialog) unread() (text string) {
	x := d.w.shelf.index
	if x.Unread > 0 {
		text += " · " + trf("%s could not be read, or not as sealed", count(x.Unread, "capture"))
	}
	if len(x.Damaged) > 0 {
		text += " · " + trf("An imported bundle can't be read: %s", safe(x.Damaged[0].Error(), lineLimit, covered))
	}
	return text
}

// showGroups shows the groups, or those of the case that is chosen.
func (d *photosDialog) showGroups() {
	if d.w.shelf.index == nil {
		return // still being read
	}
	shown := d.groups
	if d.only.Checked {
		shown = slices.DeleteFunc(slices.Clone(shown), func(g photographs.Group) bool { return !g.In(d.ref) })
	}
	items := make([]photoItem, len(shown))
	for i, g := range shown {
		items[i] = photoItem{photo: g.Members[0], lines: groupLines(g), open: func() { d.showGroup(g) }}
	}
	d.photos, d.note = nil, nil
	d.only.Hidden = d.ref == ""
	d.back.Disable()
	setButton(d.sheet, d.ref != "")
	text := trf("%s that several captures show", count(len(shown), "photograph"))
	d.list(items, text+" · "+trf("near: %s of 64 bits differ at most", grouped(photographs.GroupThreshold))+d.unread())
}

// groupLines says of what a group is.
func groupLines(g photographs.Group) [3]string {
	how := trf("%s apart at most", count(g.Widest, "bit"))
	switch {
	case g.Common:
		how = tr("Common: a logo for instance")
	case g.Files == 1:
		how = tr("The same file")
	}
	return [3]string{count(g.Captures, "capture") + " · " + count(g.Cases, "case"), count(g.Sellers, "seller") + " · " + count(g.Sites, "site"), how}
}

// showGroup shows the photographs of a group.
func (d *photosDialog) showGroup(g photographs.Group) {
	d.showPhotos(g.Members, nil, trf("%s of %s, that are near to each other or linked by others", count(len(g.Members), "photograph"), count(g.Captures, "capture")))
}

// showAlike shows a photograph of a capture, and those that are found for it.
func (d *photosDialog) showAlike(id uuid.UUID, number int) {
	x := d.w.shelf.index
	all := x.Of(id)
	i := slices.IndexFunc(all, func(p *photographs.Photograph) bool { return int(p.Number) == number })
	if i < 0 {
		d.state.SetText(tr("The content of this picture was not kept, or can't be read.") + d.unread())
		return
	}
	found := x.Elsewhere(all[i], photographs.Threshold)
	photos, _ := photographs.Alike(found, all[i])
	text := trf("Found elsewhere: %s", count(len(found), "time"))
	if all[i].Flat {
		text += " · " + tr("flat: only the same file is looked for")
	} else {
		text += " · " + trf("near: %s of 64 bits differ at most", grouped(photographs.Threshold)) + ". " + tr("Look at both: likeness is no proof.")
	}
	d.showPhotos(photos, howFound(found, all[i]), text+d.unread())
}

// howFound says how photographs differ from the one that was looked for.
func howFound(found []photographs.Match, of *photographs.Photograph) func(*photographs.Photograph) string {
	how := map[*photographs.Photograph]string{of: tr("Looked for")}
	for _, m := range found {
		switch {
		case m.Exact:
			how[m.Photograph] = tr("The same file")
		case m.Mirrored:
			how[m.Photograph] = trf("Mirrored: %s differ", count(m.Distance, "bit"))
		default:
			how[m.Photograph] = trf("Near: %s differ", count(m.Distance, "bit"))
		}
	}
	return func(p *photographs.Photograph) string { return how[p] }
}

// showPhotos shows photographs, each of which leads to its capture.
func (d *photosDialog) showPhotos(all []*photographs.Photograph, note func(*photographs.Photograph) string, text string) {
	items := make([]photoItem, len(all))
	for i, p := range all {
		last := localMinute(p.Capture.Started)
		if note != nil {
			last = note(p) + " · " + last
		}
		who := p.Site
		if p.Seller != "" {
			who = p.Seller + " · " + p.Site
		}
		items[i] = photoItem{photo: p, lines: [3]string{p.Name(), who, last}, open: func() { d.openCapture(p) }}
	}
	d.photos, d.note, d.title = all, note, text
	d.only.Hide()
	d.back.Enable()
	setButton(d.sheet, true)
	d.list(items, text)
}

// list shows tiles, with a line above them.
func (d *photosDialog) list(items []photoItem, text string) {
	d.show.Disable()
	d.state.SetText(text)
	d.grid.set(items)
	d.dialog.Refresh()
	if len(items) > 0 {
		focus(d.grid)
	}
}

// open does for the tile that is chosen what a tap does.
func (d *photosDialog) open() {
	if i := d.grid.selected; i >= 0 {
		d.grid.items[i].open()
	}
}

// openCapture shows a photograph's capture in the window.
func (d *photosDialog) openCapture(p *photographs.Photograph) {
	d.dialog.Hide()
	d.w.caseList.reset()
	d.w.library.reset()
	d.w.refreshAt(p.Capture.Case, p.Capture.ID.String())
}

// askSheet makes a contact sheet of what is shown, or of the case that is chosen.
func (d *photosDialog) askSheet() {
	s := &photographs.Sheet{Title: d.title, Photographs: d.photos, Note: d.note, Made: time.Now()}
	name := "photographs"
	if d.photos == nil {
		s.Title, name = trf("Photographs of case %s", d.ref), "photographs-"+fileName(d.ref)
		all := d.w.shelf.index.OfCase(d.ref)
		s.Photographs = slices.DeleteFunc(all, func(p *photographs.Photograph) bool { return p.Flat })
	}
	path := widget.NewEntry()
	home, err := os.UserHomeDir()
	if err != nil {
		home = ""
	}
	path.SetText(filepath.Join(home, name+".png"))
	browse := widget.NewButton(tr("Browse…"), func() { d.w.browse(path) })
	says := widget.NewLabel(trf("%s, reduced in size. A file .png is one picture, a file .html opens in any browser. Flat pictures, such as lines and small icons, are left out.", count(len(s.Photographs), "photograph")))
	says.Wrapping = fyne.TextWrapWord
	f := d.w.newForm("Contact sheet", "Make",
		widget.NewFormItem(tr("File"), container.NewBorder(nil, nil, nil, browse, path)), widget.NewFormItem("", says))
	f.first = path
	f.submitting(path)
	f.do = func() { d.writeSheet(f, s, path.Text, name) }
	f.show(fyne.NewSize(640, 320))
}

// fileName returns what may stand in a file's name.
func fileName(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) || r < ' ' {
			return '_'
		}
		return r
	}, s)
}

func (d *photosDialog) writeSheet(f *form, s *photographs.Sheet, path, name string) {
	path = strings.TrimSpace(path)
	if fi, err := os.Stat(path); err == nil && fi.IsDir() {
		path = filepath.Join(path, name+".png")
	}
	source := d.source
	run(f, "Drawing the photographs…",
		func(ctx context.Context, _ *job) (bool, error) { return true, source.write(ctx, s, path, assets.Sans) },
		func(bool) { d.state.SetText(trf("The contact sheet is made: %s", path)) })
}
