package ui

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
	"github.com/google/uuid"
)

// library shows the captures of a case, as a list or as a grid of thumbnails:
// those that a search and filters leave, in an order.
type library struct {
	work      *worker
	filtering slot
	picked    func(*captureEntry)

	head    *SafeLabel
	origin  *widget.Label // where an imported case is from
	search  *searchEntry
	bar     *arrangementBar
	more    *widget.Button // shows the bar
	mode    *widget.Button // list or grid
	tools   *fyne.Container
	body    *fyne.Container // a notice, the list or the grid
	content fyne.CanvasObject

	list   *pickList[*captureEntry] // also says what is chosen when the grid is shown
	grid   *pickGrid[*captureEntry]
	thumbs *captureThumbs

	how    arrangement
	name   string          // of the case
	all    []*captureEntry // in the order in which they were sealed
	chosen uuid.UUID       // of the capture that is looked at; it may be filtered out
	opens  bool            // the chosen one is to be opened once it is listed
}

func newLibrary(w *worker, how arrangement, picked func(*captureEntry)) *library {
	l := &library{work: w, how: how, picked: picked, head: newHead(tr("Captures")), body: container.NewStack()}
	l.thumbs = newCaptureThumbs(w)
	l.list = newPickList(newCaptureRow, l.pick)
	l.grid = newPickGrid(func() row[*captureEntry] { return newCaptureTile(l.thumbs) }, func(i int) { l.list.Select(i) })
	l.search = newSearchEntry(tr("Find captures"), func(string) { l.apply() }, l.focus)
	l.bar = newArrangementBar(how, l.arrange)
	l.more = widget.NewButton(tr("Filter and sort"), l.toggleBar)
	l.mode = widget.NewButtonWithIcon("", theme.GridIcon(), l.toggleGrid)
	l.origin = widget.NewLabel("")
	l.origin.Wrapping = fyne.TextWrapWord
	l.origin.SizeName = theme.SizeNameCaptionText
	l.origin.Hide()
	l.tools = container.NewPadded(container.NewVBox(
		container.NewBorder(nil, nil, nil, container.NewHBox(l.more, l.mode), l.search), l.bar.content))
	l.bar.content.Hidden = !how.filters()
	l.content = container.NewBorder(container.NewVBox(l.head, l.origin, l.tools), nil, nil, nil, l.body)
	l.tools.Hide()
	l.showMode()
	return l
}

// say shows a notice in place of captures.
func (l *library) say(n notice) { swap(l.body, n.object()) }

// clear forgets the captures.
func (l *library) clear() {
	l.filtering.stop()
	l.all, l.chosen, l.opens = nil, uuid.Nil, false
	l.list.set(nil)
	l.grid.set(nil)
	l.thumbs.clear()
	l.head.SetText(tr("Captures"))
	l.tools.Hide()
	l.showOrigin("")
}

// show shows the captures of a case, which has some. The one with an id is chosen,
// and opened if that is wanted.
func (l *library) show(name string, c contents, id uuid.UUID, opens bool) {
	l.name, l.all, l.chosen, l.opens = name, c.captures, id, opens
	l.thumbs.serve(c.reader)
	l.tools.Show()
	l.content.Refresh()
	l.bar.offer(sitesOf(c.captures))
	l.arrange(l.bar.how)
}

// arrange takes another arrangement.
func (l *library) arrange(how arrangement) {
	how.Grid = l.how.Grid
	l.how = how
	l.apply()
}

// apply filters and sorts the captures, away from the main goroutine. What was
// asked for before, and is under way, is given up.
func (l *library) apply() {
	if len(l.all) == 0 {
		return
	}
	all, q := l.all, query{l.how, wordsOf(l.search.Text)}
	start(l.work, &l.filtering, nil,
		func(ctx context.Context, _ *job) ([]*captureEntry, error) { return q.run(ctx, all) },
		func(found []*captureEntry, err error) {
			if err == nil {
				l.arranged(found)
			}
		})
}

// arranged shows the captures that were found.
func (l *library) arranged(found []*captureEntry) {
	l.head.SetText(trf("Captures of %s · %s", l.name, ofText(len(found), len(l.all))))
	l.list.set(found)
	l.grid.set(found)
	l.showMode()
	l.choose()
	if len(found) == 0 {
		l.say(notice{
			heading: tr("No such capture"), lines: []string{trf("None of %s has these words and properties.", count(len(l.all), "capture"))},
			button: tr("Show all captures"), tapped: l.reset,
		})
		return
	}
	swap(l.body, l.shown())
}

// choose marks the capture that is chosen, where it is listed, and opens it if
// that is wanted.
func (l *library) choose() {
	is := func(e *captureEntry) bool { return e.ID == l.chosen }
	at := slices.IndexFunc(l.list.items, is)
	l.list.mark(at)
	l.grid.mark(at)
	opens := l.opens
	l.opens = false
	if i := slices.IndexFunc(l.all, is); opens && i >= 0 {
		l.picked(l.all[i])
	}
}

// current returns the capture that is chosen, whether it is listed or not.
func (l *library) current() (*captureEntry, bool) {
	i := slices.IndexFunc(l.all, func(e *captureEntry) bool { return e.ID == l.chosen })
	if i < 0 {
		return nil, false
	}
	return l.all[i], true
}

// pick notes which capture is chosen.
func (l *library) pick(e *captureEntry) {
	l.chosen = e.ID
	l.grid.mark(l.list.selected)
	l.picked(e)
}

// reset ends search and filters.
func (l *library) reset() {
	l.search.SetText("")
	l.bar.reset()
}

// shown returns the list or the grid.
func (l *library) shown() fyne.CanvasObject {
	if l.how.Grid {
		return l.grid.framed()
	}
	return l.list.framed()
}

// focus lets keys go to the list or the grid.
func (l *library) focus() {
	if l.how.Grid {
		focus(l.grid)
	} else {
		focus(l.list)
	}
}

// toggleGrid shows the list instead of the grid, or the grid instead of the list.
func (l *library) toggleGrid() {
	l.how.Grid = !l.how.Grid
	l.showMode()
	if len(l.list.items) > 0 {
		swap(l.body, l.shown())
		l.focus()
	}
}

// showMode says what the button would show, and whether anything is filtered.
func (l *library) showMode() {
	icon := theme.GridIcon()
	if l.how.Grid {
		icon = theme.ListIcon()
	}
	l.mode.SetIcon(icon)
	l.more.Importance = widget.MediumImportance
	if l.how.filters() {
		l.more.Importance = widget.HighImportance
	}
	l.more.Refresh()
}

// toggleBar shows or hides the filters.
func (l *library) toggleBar() {
	l.bar.content.Hidden = !l.bar.content.Hidden
	l.content.Refresh()
}

// showOrigin says where an imported case is from; empty: it is the vault's own.
func (l *library) showOrigin(text string) {
	l.origin.SetText(safe(text, valueLimit, covered))
	l.origin.Hidden = text == ""
	l.content.Refresh()
}
