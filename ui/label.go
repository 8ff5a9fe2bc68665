package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// SafeLabel shows text that comes from evidence, which may be made to mislead
// or to hang who draws it. It never passes through translation, which would
// take it for a template.
type SafeLabel struct {
	widget.Label
	limit int
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
func (l *SafeLabel) SetText(text string) { l.Label.SetText(safe(text, l.limit, covered)) }

// newMuted returns a safe label for what is less important.
func newMuted(text string) *SafeLabel {
	l := NewSafeLabel(text)
	l.Importance = widget.LowImportance
	return l
}
