package ui

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// jsonLines returns JSON indented, line by line. What can't be seen or could
// reorder the line is escaped, which leaves the value the same.
func jsonLines(b []byte) ([]string, error) {
	var out bytes.Buffer
	if err := json.Indent(&out, b, "", "  "); err != nil {
		return nil, err
	}
	lines := strings.Split(out.String(), "\n")
	for i, l := range lines {
		lines[i] = escape(l, covered)
	}
	return lines, nil
}

// escape replaces runes that can't be shown as they are by JSON's escapes.
func escape(s string, covered func(rune) bool) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == ' ' || unicode.IsGraphic(r) && !unicode.In(r, unicode.M, unicode.Zs) && covered(r):
			b.WriteRune(r)
		case r > 0xFFFF:
			r -= 0x10000
			fmt.Fprintf(&b, `\u%04x\u%04x`, 0xD800+r>>10, 0xDC00+r&0x3FF)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

// fold breaks lines that are longer than a number of columns. East Asian
// characters take two.
func fold(lines []string, columns int) (out []string) {
	for _, l := range lines {
		start, width := 0, 0
		for i, r := range l {
			w := 1
			if r >= 0x1100 {
				w = 2
			}
			if width+w > columns && i > start {
				out = append(out, l[start:i])
				start, width = i, 0
			}
			width += w
		}
		out = append(out, l[start:])
	}
	return out
}

// jsonView shows JSON of any length: a list, so that only what is seen is
// drawn.
type jsonView struct {
	widget.List
	lines   []string // as they are
	folded  []string // to the present width
	columns int
}

func newJSONView(lines []string) *jsonView {
	v := &jsonView{lines: lines}
	v.Length = func() int { return len(v.folded) }
	v.CreateItem = func() fyne.CanvasObject { return newJSONRow() }
	v.UpdateItem = func(i int, o fyne.CanvasObject) { o.(*jsonRow).set(v.folded[i]) }
	v.HideSeparators = true
	v.ExtendBaseWidget(v)
	return v
}

// Resize folds the lines for a width.
func (v *jsonView) Resize(size fyne.Size) {
	m := fyne.MeasureText("M", theme.Size(theme.SizeNameCaptionText), rowStyle)
	room := size.Width - 2*theme.Size(theme.SizeNameInnerPadding) - theme.Size(theme.SizeNameScrollBar)
	if columns := max(int(room/m.Width), 8); columns != v.columns {
		v.columns = columns
		v.folded = fold(v.lines, columns)
	}
	v.List.Resize(size)
	v.Refresh()
}

// jsonRow is a line of JSON.
type jsonRow struct {
	widget.BaseWidget
	text *canvas.Text
}

func newJSONRow() *jsonRow {
	r := &jsonRow{text: canvas.NewText("", nil)}
	r.ExtendBaseWidget(r)
	r.set("")
	return r
}

func (r *jsonRow) set(line string) {
	r.text.Text, r.text.TextStyle = visual(line, leftMark), legible(line, rowStyle)
	r.Refresh()
}

// Refresh takes colour and size from the theme.
func (r *jsonRow) Refresh() {
	r.text.Color = theme.Color(theme.ColorNameForeground)
	r.text.TextSize = theme.Size(theme.SizeNameCaptionText)
	r.BaseWidget.Refresh()
}

// CreateRenderer implements [fyne.Widget].
func (r *jsonRow) CreateRenderer() fyne.WidgetRenderer {
	pad := theme.Size(theme.SizeNameInnerPadding)
	return widget.NewSimpleRenderer(container.New(layout.NewCustomPaddedLayout(0, 0, pad, 0), r.text))
}
