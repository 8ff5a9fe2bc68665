package ui

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"pugmark/evidence"
	"pugmark/review"
	"pugmark/review/compare"
)

// comparison is what was read of two captures.
type comparison struct {
	*compare.Comparison
	// a and b are the pictures with their rows aligned, so that both have the same
	// height; nil without two pictures.
	a, b *pyramid
}

// Close implements [io.Closer].
func (c *comparison) Close() error {
	var errs []error
	for _, p := range []*pyramid{c.a, c.b} {
		if p != nil {
			errs = append(errs, p.Close())
		}
	}
	return errors.Join(errs...)
}

// readComparison compares two captures. Progress is told of percent.
func readComparison(ctx context.Context, a, b *review.Capture, progress evidence.Progress) (*comparison, error) {
	stage := func(from, to int64) evidence.Progress {
		return func(done, total int64) {
			if total > 0 {
				progress(from+(to-from)*done/total, 100)
			}
		}
	}
	found, err := compare.Compare(ctx, a, b, compare.Options{Progress: stage(0, 60)})
	if err != nil {
		return nil, err
	}
	c := &comparison{Comparison: found}
	if found.Picture == nil {
		return c, nil
	}
	if err := c.readPictures(ctx, stage(60, 100)); err != nil {
		err = errors.Join(err, c.Close())
		if ctx.Err() != nil {
			return nil, err
		}
		c.a, c.b, c.Picture = nil, nil, nil
		c.Unread = append(c.Unread, compare.Unread{Part: compare.PicturePart, Why: err.Error(), Bad: true})
	}
	return c, nil
}

func (c *comparison) readPictures(ctx context.Context, progress evidence.Progress) (err error) {
	p := c.Picture
	height := p.Size(compare.Overlay).Height
	if c.a, err = newPyramid(p.SizeA.Width, height); err != nil {
		return err
	}
	if c.b, err = newPyramid(p.SizeB.Width, height); err != nil {
		return err
	}
	return p.Aligned(ctx, progress, func(a, b []byte) error {
		return errors.Join(c.a.writeRow(a), c.b.writeRow(b))
	})
}

// compareTabs are the sides from which two captures are compared.
var compareTabs = []string{"Pictures", "Text", "Facts", "History"}

// compareView is a window that compares two captures.
type compareView struct {
	w                *Window
	win              fyne.Window
	library          openLibrary // it closes it
	first, second    *review.Capture
	reading, history slot

	state    *widget.Label
	tabs     *tabStrip
	side     *fyne.Container
	pictures *comparePictures
	sides    []*fyne.Container // in the order of the tabs
	lined    bool              // the history was asked for
}

// showComparison compares two captures in a window of its own.
func (w *Window) showComparison(l openLibrary, a, b *review.Capture) {
	v := &compareView{w: w, win: w.app.NewWindow(""), library: l, first: a, second: b, state: widget.NewLabel(tr("Comparing…"))}
	v.win.SetTitle(safe(trf("%s and %s", a.Name(), b.Name()), lineLimit, covered) + " – Pugmark")
	v.pictures = newComparePictures(w.work, v.win.Canvas(), v.typed)
	v.tabs, v.side = newTabStrip(translated(compareTabs), v.look), container.NewStack()
	for range compareTabs {
		v.sides = append(v.sides, container.NewStack(notice{heading: tr("Comparing…")}.object()))
	}
	heads := container.NewGridWithColumns(2, compareHead("A", a), compareHead("B", b))
	v.win.SetContent(container.NewBorder(container.NewVBox(heads, v.state, v.tabs), nil, nil, nil, v.side))
	v.win.Canvas().SetOnTypedRune(func(r rune) { v.typed(r) })
	v.win.Canvas().SetOnTypedKey(func(e *fyne.KeyEvent) {
		if e.Name == fyne.KeyEscape {
			v.win.Close()
		}
	})
	v.win.SetOnClosed(v.closed)
	v.win.Resize(fyne.NewSize(1200, 800))
	w.comparing = append(w.comparing, v)
	v.look(0)
	v.win.Show()
	v.read()
}

// compareHead says which capture a side is.
func compareHead(name string, c *review.Capture) fyne.CanvasObject {
	title, when := NewSafeLabel(name+" · "+c.Name()+" · "+titleOf(c.Capture)), newMuted(localTime(c.Started)+" · "+c.Requested)
	title.TextStyle.Bold = true
	small(when)
	return container.New(tightColumn{}, title, when)
}

// closed ends what goes on for the window.
func (v *compareView) closed() {
	v.reading.stop()
	v.history.stop()
	v.pictures.leave()
	v.w.comparing = slices.DeleteFunc(v.w.comparing, func(o *compareView) bool { return o == v })
	// It was only read.
	_ = v.library.Close()
}

func (v *compareView) read() {
	a, b := v.first, v.second
	start(v.w.work, &v.reading, nil,
		func(ctx context.Context, j *job) (*comparison, error) {
			return readComparison(ctx, a, b, coalesced(j, func(part float64) { v.state.SetText(trf("Comparing: %.0f %%", part*100)) }))
		},
		func(c *comparison, err error) {
			if err != nil {
				v.state.SetText("")
				for _, s := range v.sides[:len(v.sides)-1] {
					swap(s, itemProblem(a.Name(), "comparison", err).object())
				}
				return
			}
			v.show(c)
		})
}

func (v *compareView) show(c *comparison) {
	v.state.SetText(comparedText(c.Comparison))
	if c.a == nil {
		swap(v.sides[0], notice{heading: tr("The pictures are not compared"), lines: unreadLines(c.Comparison, compare.PicturePart)}.object())
	} else {
		swap(v.sides[0], v.pictures.content)
		v.pictures.show(c)
		v.win.Canvas().Focus(v.pictures.b.pane)
	}
	if c.Text == nil {
		swap(v.sides[1], notice{heading: tr("The texts are not compared"), lines: unreadLines(c.Comparison, compare.TextPart)}.object())
	} else {
		swap(v.sides[1], newDiffView(c.Text))
	}
	swap(v.sides[2], newGroupsView(comparedGroups(c.Comparison)))
}

// unreadLines say why a part was not compared.
func unreadLines(c *compare.Comparison, p compare.Part) (lines []string) {
	for _, u := range c.Unread {
		if u.Part == p {
			lines = append(lines, u.Why)
		}
	}
	return lines
}

// look shows a tab.
func (v *compareView) look(i int) {
	swap(v.side, v.sides[i])
	if i == len(v.sides)-1 && !v.lined {
		v.lined = true
		v.readHistory()
	}
}

// typed does what a character asks for, and reports whether it asks for something.
func (v *compareView) typed(r rune) bool {
	if v.tabs.SelectedIndex() != 0 {
		return false
	}
	return v.pictures.typed(r)
}

func (v *compareView) readHistory() {
	l, id, into := v.library, v.second.ID, v.sides[len(v.sides)-1]
	busy := func() { swap(into, notice{heading: tr("Reading captures…")}.object()) }
	start(v.w.work, &v.history, busy,
		func(ctx context.Context, _ *job) (*compare.Timeline, error) {
			cases, err := l.Cases(ctx, func(string, error) error { return nil })
			if err != nil {
				return nil, err
			}
			return compare.TimelineOf(ctx, cases, id, func(int, int) {})
		},
		func(t *compare.Timeline, err error) {
			if err != nil {
				swap(into, itemProblem(v.second.Name(), "history", err).object())
				return
			}
			swap(into, newHistoryView(t))
		})
}

// comparedText says in a line in what two captures differ.
func comparedText(c *compare.Comparison) string {
	text := trf("%s changed", count(changedFacts(c), "fact"))
	if c.Text != nil {
		removed, added := c.Text.Changed()
		text += " · " + trf("lines of text: %s removed, %s added", grouped(int64(removed)), grouped(int64(added)))
	}
	if p := c.Picture; p != nil {
		text += " · " + trf("picture: %s of the pixels are identical", shareText(p.Identical))
	}
	return text
}

func changedFacts(c *compare.Comparison) (n int) {
	for _, f := range c.Facts {
		if f.Change != compare.Unchanged {
			n++
		}
	}
	return n
}

// shareText writes a share so that 100 % is said only of all.
func shareText(share float64) string {
	if share == 1 {
		return "100 %"
	}
	return strconv.FormatFloat(min(share*100, 99.99), 'f', 2, 64) + " %"
}
