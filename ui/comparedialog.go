package ui

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/widget"

	"pugmark/evidence"
	"pugmark/review"
	"pugmark/review/compare"
)

// other is a capture that another can be compared with.
type other struct {
	*review.Capture
	same   bool   // it is of the same address
	folded string // what is searched
}

// compareDialog lets one choose with which capture the chosen one is compared.
type compareDialog struct {
	w       *Window
	library openLibrary
	reading slot

	first  *review.Capture
	all    []other
	words  *widget.Entry
	state  *widget.Label
	list   *pickList[other]
	ok     *widget.Button
	dialog *dialog.CustomDialog
	opened bool // a window has the library
}

// askCompare compares the capture that is chosen with another.
func (w *Window) askCompare() {
	if !w.readable() {
		return
	}
	e, ok := w.chosenCapture("Compare with…")
	if !ok {
		return
	}
	d := &compareDialog{w: w, library: w.toRead(), words: widget.NewEntry(), state: widget.NewLabel(tr("Reading captures…"))}
	d.words.SetPlaceHolder(tr("Find captures"))
	d.words.OnChanged = func(string) { d.filter() }
	d.words.OnSubmitted = func(string) { d.open() }
	d.list = newPickList(newOtherRow, func(other) {})
	d.ok = widget.NewButton(tr("Compare"), d.open)
	d.ok.Importance = widget.HighImportance
	d.ok.Disable()
	top := container.NewVBox(d.words, d.state)
	title := trf("Compare %s with…", safe(e.Name(), lineLimit, covered))
	d.dialog = dialog.NewCustomWithoutButtons(title, container.NewBorder(top, nil, nil, nil, d.list.framed()), w.win)
	d.dialog.SetButtons([]fyne.CanvasObject{widget.NewButton(tr("Close"), d.dialog.Hide), d.ok})
	d.dialog.SetOnClosed(d.closed)
	d.dialog.Resize(fyne.NewSize(820, 600))
	d.dialog.Show()
	w.win.Canvas().Focus(d.words)
	d.read(e.Capture)
}

// closed ends what goes on for the dialog.
func (d *compareDialog) closed() {
	d.reading.stop()
	if !d.opened {
		// It was only read.
		_ = d.library.Close()
	}
}

// others is what is read for the dialog.
type others struct {
	first *review.Capture
	all   []other
	why   string // some are not listed
}

func (d *compareDialog) read(c evidence.Capture) {
	l := d.library
	start(d.w.work, &d.reading, nil,
		func(ctx context.Context, _ *job) (others, error) { return readOthers(ctx, l.Library, c) },
		func(o others, err error) {
			if err != nil {
				d.state.SetText(problemOf(err).text())
				return
			}
			d.first, d.all = o.first, o.all
			d.filter()
			if o.why != "" {
				d.state.SetText(safe(o.why, lineLimit, covered))
			}
		})
}

// readOthers lists all captures but one: those of the same address first, the newest
// of each first.
func readOthers(ctx context.Context, l *review.Library, c evidence.Capture) (o others, err error) {
	_, o.first, err = l.Capture(ctx, c.Name())
	if err != nil {
		return o, err
	}
	cases, err := l.Cases(ctx, func(_ string, err error) error {
		o.why = err.Error()
		return nil
	})
	if err != nil {
		return o, err
	}
	addresses := addressesOf(c)
	for _, k := range cases {
		for _, x := range k.Captures {
			if x.Name() == o.first.Name() {
				continue
			}
			same := slices.ContainsFunc(addressesOf(x.Capture), func(a string) bool { return slices.Contains(addresses, a) })
			o.all = append(o.all, other{x, same, foldText(x.Name() + " " + x.Title + " " + x.Requested)})
		}
	}
	slices.SortStableFunc(o.all, func(a, b other) int {
		switch {
		case a.same && !b.same:
			return -1
		case b.same && !a.same:
			return 1
		}
		return cmp.Or(b.Started.Compare(a.Started), cmp.Compare(a.Name(), b.Name()))
	})
	return o, nil
}

func addressesOf(c evidence.Capture) []string {
	out := []string{compare.Canonical(c.Requested)}
	if c.Final != "" {
		out = append(out, compare.Canonical(c.Final))
	}
	return out
}

// filter lists those that have the words.
func (d *compareDialog) filter() {
	words := strings.Fields(foldText(d.words.Text))
	var found []other
	same := 0
	for _, o := range d.all {
		if slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(o.folded, w) }) {
			continue
		}
		found = append(found, o)
		if o.same {
			same++
		}
	}
	d.list.set(found)
	setButton(d.ok, len(found) > 0)
	d.state.SetText(trf("%s · of the same address: %s", count(len(found), "capture"), grouped(int64(same))))
}

// open compares with the capture that is chosen, or else with the first.
func (d *compareDialog) open() {
	if len(d.list.items) == 0 || d.first == nil {
		return
	}
	o := d.list.items[max(d.list.selected, 0)]
	d.opened = true
	d.dialog.Hide()
	a, b := d.first, o.Capture
	if b.Started.Before(a.Started) {
		a, b = b, a
	}
	d.w.showComparison(d.library, a, b)
}

// otherRow shows a capture that can be chosen.
type otherRow struct {
	tappable
	title, where *SafeLabel
}

func newOtherRow() row[other] {
	r := &otherRow{title: NewSafeLabel(""), where: newMuted("")}
	small(r.where)
	r.ExtendBaseWidget(r)
	return r
}

func (r *otherRow) set(o other) {
	r.title.TextStyle.Bold = o.same
	r.title.SetText(o.Name() + " · " + titleOf(o.Capture.Capture))
	where := localTime(o.Started) + " · " + verdictWord(o.Verdict, 0) + " · " + o.Requested
	if o.same {
		where = tr("Same address") + " · " + where
	}
	r.where.SetText(where)
}

// CreateRenderer implements [fyne.Widget].
func (r *otherRow) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.New(tightColumn{}, r.title, r.where))
}
