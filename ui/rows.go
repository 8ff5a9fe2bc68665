package ui

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"pugmark/evidence"
)

// badge shows a verdict or the like, by a word and a colour.
type badge struct {
	widget.BaseWidget
	name  fyne.ThemeColorName
	text  *canvas.Text
	frame *canvas.Rectangle
}

func newBadge() *badge {
	b := &badge{name: theme.ColorNameForeground, text: canvas.NewText("", nil), frame: canvas.NewRectangle(nil)}
	b.text.TextStyle.Bold = true
	b.frame.StrokeWidth = 1
	b.ExtendBaseWidget(b)
	return b
}

func (b *badge) set(v evidence.Verdict, problems int) {
	b.say(verdictWord(v, problems), verdictColour(v))
}

// say shows a word in a colour.
func (b *badge) say(word string, colour fyne.ThemeColorName) {
	b.text.Text, b.name = word, colour
	b.Refresh()
}

func verdictWord(v evidence.Verdict, problems int) string {
	word := tr(map[evidence.Verdict]string{
		evidence.Complete: "Complete", evidence.Partial: "Partial", evidence.Failed: "Failed",
	}[v])
	if problems > 0 {
		word += " · " + count(problems, "problem")
	}
	return word
}

func verdictColour(v evidence.Verdict) fyne.ThemeColorName {
	switch v {
	case evidence.Complete:
		return theme.ColorNameSuccess
	case evidence.Partial:
		return theme.ColorNameWarning
	}
	return theme.ColorNameError
}

// Refresh takes the colours from the theme.
func (b *badge) Refresh() {
	c := theme.Color(b.name)
	b.text.TextSize = theme.Size(theme.SizeNameCaptionText)
	b.text.Color = c
	b.frame.StrokeColor = c
	b.frame.CornerRadius = theme.Size(theme.SizeNameInputRadius)
	b.BaseWidget.Refresh()
}

// CreateRenderer implements [fyne.Widget].
func (b *badge) CreateRenderer() fyne.WidgetRenderer {
	padded := container.New(layout.NewCustomPaddedLayout(1, 1, 6, 6), b.text)
	return widget.NewSimpleRenderer(container.NewStack(b.frame, padded))
}

// caseRow shows a case in a list.
type caseRow struct {
	tappable
	ref, title, state *SafeLabel
}

func newCaseRow() row[caseEntry] {
	r := &caseRow{ref: NewSafeLabel(""), title: NewSafeLabel(""), state: newMuted("")}
	r.ref.TextStyle.Bold = true
	small(r.state)
	r.ExtendBaseWidget(r)
	return r
}

func (r *caseRow) set(c caseEntry) {
	r.ref.SetText(c.Ref)
	title := c.Title
	if i := c.origin; i != nil && !i.file {
		title = trf("Imported from vault %s", shortVault(i.Vault))
	}
	r.title.SetText(title)
	r.title.Hidden = title == ""
	state := count(c.Captures, "capture")
	if c.Closed != nil {
		state += " · " + trf("closed %s", localDay(*c.Closed))
	}
	if i := c.origin; i != nil && !i.file {
		state += " · " + trf("imported %s: %s", localDay(i.Imported), i.Outcome)
	}
	r.state.SetText(state)
}

// CreateRenderer implements [fyne.Widget].
func (r *caseRow) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.New(tightColumn{}, r.ref, r.title, r.state))
}

// captureRow shows a capture in a list.
type captureRow struct {
	tappable
	entry             *captureEntry // that is shown
	exhibit           *canvas.Text
	title, host, when *SafeLabel
	verdict           *badge
	integrity         *badge
}

func newCaptureRow() row[*captureEntry] {
	r := &captureRow{
		exhibit: canvas.NewText("", nil), title: NewSafeLabel(""), host: newMuted(""), when: newMuted(""),
		verdict: newBadge(), integrity: newBadge(),
	}
	r.exhibit.TextStyle.Bold = true
	r.exhibit.Alignment = fyne.TextAlignTrailing
	r.title.TextStyle.Bold = true
	small(r.when)
	small(r.host)
	r.ExtendBaseWidget(r)
	return r
}

// set shows a capture. The list sets a row again and again; laying its texts out
// is what costs.
func (r *captureRow) set(c *captureEntry) {
	if r.entry == c {
		return
	}
	r.entry = c
	r.exhibit.Text = strconv.Itoa(c.Exhibit)
	r.title.SetText(titleOf(c.Capture))
	r.host.SetText(c.host)
	r.integrity.say(c.integrity.word(), c.integrity.colour())
	r.when.SetText(localTime(c.Started))
	r.verdict.set(c.Verdict, c.Problems)
	r.exhibit.Refresh()
}

// Refresh takes the colour from the theme.
func (r *captureRow) Refresh() {
	r.exhibit.Color = theme.Color(theme.ColorNameDisabled)
	r.exhibit.TextSize = theme.Size(theme.SizeNameText)
	r.BaseWidget.Refresh()
}

// CreateRenderer implements [fyne.Widget].
func (r *captureRow) CreateRenderer() fyne.WidgetRenderer {
	number := container.New(layout.NewCustomPaddedLayout(8, 0, 4, 0),
		container.NewGridWrap(fyne.NewSize(28, 20), r.exhibit))
	bottom := container.NewBorder(nil, nil, nil, container.NewPadded(container.NewCenter(r.verdict)), r.when)
	middle := container.NewBorder(nil, nil, nil, container.NewPadded(container.NewCenter(r.integrity)), r.host)
	lines := container.New(tightColumn{}, r.title, middle, bottom)
	return widget.NewSimpleRenderer(container.NewBorder(nil, nil, container.NewVBox(number), nil, lines))
}

// exhibitTitle returns a capture's number and title.
func exhibitTitle(e *captureEntry) string {
	return strconv.Itoa(e.Exhibit) + " · " + titleOf(e.Capture)
}

// small makes a label's text small.
func small(l *SafeLabel) { l.SizeName = theme.SizeNameCaptionText }

// tightColumn lays labels out below each other, closer than their own inner
// padding would have them.
type tightColumn struct{}

// tightness is by how much lines overlap.
const tightness = 10

// MinSize implements [fyne.Layout].
func (tightColumn) MinSize(objects []fyne.CanvasObject) (size fyne.Size) {
	for _, o := range objects {
		if o.Visible() {
			m := o.MinSize()
			size = fyne.NewSize(max(size.Width, m.Width), size.Height+m.Height-tightness)
		}
	}
	return size.AddWidthHeight(0, tightness)
}

// Layout implements [fyne.Layout].
func (tightColumn) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	y := float32(0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		h := o.MinSize().Height
		o.Move(fyne.NewPos(0, y))
		o.Resize(fyne.NewSize(size.Width, h))
		y += h - tightness
	}
}
