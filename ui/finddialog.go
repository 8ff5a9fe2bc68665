package ui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/widget"

	"pugmark/evidence"
	"pugmark/evidence/search"
	"pugmark/review"
)

// maxFound is how many captures a search of the vault lists.
const maxFound = 200

// findDialog searches the captures of all cases: titles, texts, facts, notes.
type findDialog struct {
	w                 *Window
	library           openLibrary
	updating, finding slot

	words  *widget.Entry
	filter foundFilter
	state  *widget.Label
	list   *pickList[evidence.SearchHit]
	show   *widget.Button
	dialog *dialog.CustomDialog
}

// askFind searches the vault.
func (w *Window) askFind() {
	if !w.readable() {
		return
	}
	f := &findDialog{w: w, library: w.toSearch(), words: widget.NewEntry(), state: widget.NewLabel("")}
	f.filter = newFoundFilter(f.find)
	f.words.SetPlaceHolder(tr("Words of titles, texts, facts, notes and addresses"))
	f.words.OnChanged = func(string) { f.find() }
	f.words.OnSubmitted = func(string) { f.open() }
	f.list = newPickList(newFoundRow, func(evidence.SearchHit) {})
	f.show = widget.NewButton(tr("Show"), f.open)
	f.show.Importance = widget.HighImportance
	f.show.Disable()
	top := container.NewVBox(f.words, f.filter.object(), f.state)
	title := tr("Find in all cases")
	if w.reviewed != nil {
		title = tr("Find in the bundle")
	}
	f.dialog = dialog.NewCustomWithoutButtons(title, container.NewBorder(top, nil, nil, nil, f.list.framed()), w.win)
	f.dialog.SetButtons([]fyne.CanvasObject{widget.NewButton(tr("Close"), f.dialog.Hide), f.show})
	f.dialog.SetOnClosed(func() {
		f.updating.stop()
		f.finding.stop()
		_ = f.library.Close() // it was only read; what is still being read ends
	})
	f.dialog.Resize(fyne.NewSize(820, 600))
	f.dialog.Show()
	w.win.Canvas().Focus(f.words)
	f.update()
}

// update reads what was sealed or added since the last search.
func (f *findDialog) update() {
	l := f.library
	start(f.w.work, &f.updating, nil,
		func(ctx context.Context, j *job) (bool, error) {
			return true, l.UpdateSearch(ctx, coalesced(j, func(part float64) {
				f.state.SetText(trf("Reading what is new: %.0f %%", part*100))
			}))
		},
		func(_ bool, err error) {
			if err != nil {
				f.state.SetText(problemOf(err).text())
				return
			}
			f.find()
		})
}

// find searches for what was entered.
func (f *findDialog) find() {
	l, words := f.library, strings.TrimSpace(f.words.Text)
	q, bad := f.filter.query(words)
	if bad != nil {
		f.finding.stop()
		f.state.SetText(bad.text())
		return
	}
	if q == (search.Query{Limit: maxFound}) {
		f.finding.stop()
		f.list.set(nil)
		f.show.Disable()
		f.state.SetText("")
		return
	}
	start(f.w.work, &f.finding, nil,
		func(ctx context.Context, _ *job) (*review.Found, error) { return l.SearchNow(ctx, q) },
		func(r *review.Found, err error) {
			if err != nil {
				f.state.SetText(problemOf(err).text())
				return
			}
			f.found(r)
		})
}

func (f *findDialog) found(r *review.Found) {
	f.list.set(r.Hits)
	text := trf("%s found", count(r.Total, "capture"))
	if r.Total > len(r.Hits) {
		text += " · " + trf("the best %s are listed", grouped(int64(len(r.Hits))))
	}
	if r.Behind > 0 && len(r.Unreadable) == 0 {
		text += " · " + tr("what is new is still being read")
	}
	if r.Unread > 0 {
		text += " · " + trf("%s could not be read, or not as sealed", count(r.Unread, "capture"))
	}
	for _, e := range r.Unreadable {
		text += " · " + trf("the imported bundle %s can't be read", e.Import.Name)
	}
	f.state.SetText(text)
	setButton(f.show, len(r.Hits) > 0)
}

func setButton(b *widget.Button, on bool) {
	if on {
		b.Enable()
	} else {
		b.Disable()
	}
}

// open shows the capture that is chosen, or else the first.
func (f *findDialog) open() {
	if len(f.list.items) == 0 {
		return
	}
	c := f.list.items[max(f.list.selected, 0)].Capture
	f.dialog.Hide()
	f.w.caseList.reset()
	f.w.library.reset()
	f.w.refreshAt(c.Case, c.ID.String())
}

// foundRow shows a capture that was found, and the words in their place.
type foundRow struct {
	tappable
	title, where *SafeLabel
	snippet      *widget.RichText
}

func newFoundRow() row[evidence.SearchHit] {
	r := &foundRow{title: NewSafeLabel(""), where: newMuted(""), snippet: widget.NewRichText()}
	r.title.TextStyle.Bold = true
	small(r.where)
	r.snippet.Truncation = fyne.TextTruncateEllipsis
	r.ExtendBaseWidget(r)
	return r
}

func (r *foundRow) set(h evidence.SearchHit) {
	r.title.SetText(h.Capture.Name() + " · " + titleOf(h.Capture))
	where := hostOf(h.Capture) + " · " + localTime(h.Capture.Started)
	if h.Imported != nil {
		where += " · " + tr("imported")
	}
	r.where.SetText(where)
	r.snippet.Segments = nil
	for _, s := range h.Snippet {
		style := widget.RichTextStyleInline
		style.TextStyle.Bold = s.Hit
		r.snippet.Segments = append(r.snippet.Segments, &widget.TextSegment{Style: style, Text: spaced(s.Text)})
	}
	r.snippet.Refresh()
}

// spaced is [safe] for a part of a line, which keeps the spaces at its ends.
func spaced(s string) string {
	text := safe(s, lineLimit, covered)
	if strings.HasPrefix(s, " ") {
		text = " " + text
	}
	if strings.HasSuffix(s, " ") && text != " " {
		text += " "
	}
	return text
}

// CreateRenderer implements [fyne.Widget].
func (r *foundRow) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.New(tightColumn{}, r.title, r.snippet, r.where))
}
