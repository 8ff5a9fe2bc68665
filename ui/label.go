package ui

import (
	"sort"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// SafeLabel shows text that comes from evidence, which may be made to mislead
// or to hang who draws it. It never passes through translation, which would
// take it for a template.
//
// The text of the label itself is in the order in which it is seen.
type SafeLabel struct {
	widget.Label
	limit  int
	whole  string         // the text in the order in which it is read
	wanted fyne.TextStyle // unless the text isn't legible in it
}

// NewSafeLabel returns a label of one line, which is cut off at its edge.
func NewSafeLabel(text string) *SafeLabel {
	l := &SafeLabel{limit: lineLimit}
	l.Truncation = fyne.TextTruncateEllipsis
	l.ExtendBaseWidget(l)
	l.SetText(text)
	return l
}

// SetText shows a text, as far as it is safe.
func (l *SafeLabel) SetText(text string) {
	l.whole = safe(text, l.limit, covered)
	restyle(&l.Label, &l.wanted, l.whole)
	l.Label.SetText(l.fit(l.Size().Width))
}

// Resize cuts the text for a width, where the toolkit would cut off the
// beginning of what goes from right to left.
func (l *SafeLabel) Resize(size fyne.Size) {
	restyled := restyle(&l.Label, &l.wanted, l.whole)
	if text := l.fit(size.Width); restyled || text != l.Text {
		l.Label.SetText(text)
	}
	l.Label.Resize(size)
}

// fit returns the text for a width, in the order in which it is seen.
func (l *SafeLabel) fit(width float32) string {
	if !mixed(l.whole) {
		return l.whole
	}
	d, room := directionOf(l.whole), roomIn(&l.Label, width)
	text := visual(l.whole, d)
	if width <= 0 || widthOf(&l.Label, text) <= room {
		return text
	}
	runes := []rune(l.whole)
	cut := func(n int) string { return visual(strings.TrimRight(string(runes[:n]), " ")+"…", d) }
	n := sort.Search(len(runes), func(n int) bool { return widthOf(&l.Label, cut(n+1)) > room })
	return cut(n)
}

// restyle gives a label a style in which its text is legible, or again the one
// that was wanted for it, and reports whether that is another.
func restyle(l *widget.Label, wanted *fyne.TextStyle, text string) bool {
	const onlyRegular = "\u4E00"
	before := l.TextStyle
	if before != legible(onlyRegular, *wanted) {
		*wanted = before // it was set since
	}
	l.TextStyle = legible(text, *wanted)
	return l.TextStyle != before
}

// roomIn returns how wide the text of a label of some width may be.
func roomIn(l *widget.Label, width float32) float32 {
	return width - 2*l.Theme().Size(theme.SizeNameInnerPadding)
}

// widthOf returns how wide a text is in a label.
func widthOf(l *widget.Label, text string) float32 {
	name := l.SizeName
	if name == "" {
		name = theme.SizeNameText
	}
	return fyne.MeasureText(text, l.Theme().Size(name), l.TextStyle).Width
}

// newMuted returns a safe label for what is less important.
func newMuted(text string) *SafeLabel {
	l := NewSafeLabel(text)
	l.Importance = widget.LowImportance
	return l
}
