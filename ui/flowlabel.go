package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// flowLabel shows safe text in as many lines as it needs. It breaks the lines of
// what goes from right to left itself, since lines are broken in the order in
// which a text is read, and ordered then.
type flowLabel struct {
	widget.Label
	whole  string         // the text in the order in which it is read
	wanted fyne.TextStyle // unless the text isn't legible in it
}

// newFlowLabel returns a label of a text that is safe already.
func newFlowLabel(text string) *flowLabel {
	l := new(flowLabel)
	l.Wrapping = fyne.TextWrapWord
	l.ExtendBaseWidget(l)
	l.SetText(text)
	return l
}

// SetText shows a text that is safe already.
func (l *flowLabel) SetText(text string) {
	l.whole = text
	restyle(&l.Label, &l.wanted, l.whole)
	l.Label.SetText(l.flow(l.Size().Width))
}

// Resize breaks the lines for a width.
func (l *flowLabel) Resize(size fyne.Size) {
	restyled := restyle(&l.Label, &l.wanted, l.whole)
	if text := l.flow(size.Width); restyled || text != l.Text {
		l.Label.SetText(text)
	}
	l.Label.Resize(size)
}

// flow returns the text for a width, in the order in which it is seen.
func (l *flowLabel) flow(width float32) string {
	if !mixed(l.whole) {
		return l.whole
	}
	room := roomIn(&l.Label, width)
	var lines []string
	for p := range strings.SplitSeq(l.whole, "\n") {
		if !mixed(p) {
			lines = append(lines, p)
			continue
		}
		d := directionOf(p)
		for _, line := range broken(p, func(s string) bool { return width <= 0 || widthOf(&l.Label, visual(s, d)) <= room }) {
			lines = append(lines, visual(line, d))
		}
	}
	return strings.Join(lines, "\n")
}

// broken breaks a paragraph into lines that fit, at spaces where it can.
func broken(p string, fits func(string) bool) (lines []string) {
	for p != "" && !fits(p) {
		end := 0
		for i, r := range p {
			if r == ' ' && i > 0 {
				if !fits(p[:i]) {
					break
				}
				end = i
			}
		}
		if end == 0 {
			end = firstRunes(p, fits)
		}
		lines = append(lines, p[:end])
		p = strings.TrimPrefix(p[end:], " ")
	}
	return append(lines, p)
}

// firstRunes returns the length of what fits of a text, at least one rune.
func firstRunes(p string, fits func(string) bool) int {
	end := 0
	for i := range p {
		if i > 0 && !fits(p[:i]) {
			break
		}
		end = i
	}
	if end == 0 {
		end = len(string([]rune(p)[:1]))
	}
	return end
}
