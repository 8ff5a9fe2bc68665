package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// tabStrip is a row of names, of which one is chosen, also by the arrow keys.
// Names that have no room are not shown, but for the chosen one.
type tabStrip struct {
	widget.BaseWidget
	names    []string
	selected int
	ring     *canvas.Rectangle

	// chosen is called when another name was chosen.
	chosen func(int)

	spans []span32 // of the names, as they are laid out
}

// Measures of the strip.
const (
	stripText   = 13
	stripHeight = 34
	stripGap    = 6  // between names, at least
	stripWide   = 26 // at most
)

func newTabStrip(names []string, chosen func(int)) *tabStrip {
	s := &tabStrip{names: names, chosen: chosen, ring: newRing()}
	s.ExtendBaseWidget(s)
	return s
}

// SelectedIndex returns which name is chosen.
func (s *tabStrip) SelectedIndex() int { return s.selected }

// SelectIndex chooses a name.
func (s *tabStrip) SelectIndex(i int) {
	if i < 0 || i >= len(s.names) || i == s.selected {
		return
	}
	s.selected = i
	s.Refresh()
	s.chosen(i)
}

// Tapped chooses the name at a point.
func (s *tabStrip) Tapped(e *fyne.PointEvent) {
	for i, n := range s.spans {
		if e.Position.X >= n.from && e.Position.X < n.to {
			s.SelectIndex(i)
		}
	}
	if c := fyne.CurrentApp().Driver().CanvasForObject(s); c != nil {
		c.Focus(s)
	}
}

// FocusGained shows that keys go to the strip.
func (s *tabStrip) FocusGained() { showRing(s.ring, true) }

// FocusLost shows that they don't.
func (s *tabStrip) FocusLost() { showRing(s.ring, false) }

// TypedRune implements [fyne.Focusable].
func (s *tabStrip) TypedRune(rune) {}

// TypedKey chooses the name beside the chosen one.
func (s *tabStrip) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyLeft:
		s.SelectIndex(s.selected - 1)
	case fyne.KeyRight:
		s.SelectIndex(s.selected + 1)
	case fyne.KeyHome:
		s.SelectIndex(0)
	case fyne.KeyEnd:
		s.SelectIndex(len(s.names) - 1)
	}
}

// CreateRenderer implements [fyne.Widget].
func (s *tabStrip) CreateRenderer() fyne.WidgetRenderer {
	r := &stripRenderer{strip: s, under: canvas.NewRectangle(color.Transparent), line: canvas.NewRectangle(color.Transparent)}
	for _, n := range s.names {
		r.texts = append(r.texts, canvas.NewText(n, color.Transparent))
	}
	r.Refresh()
	return r
}

// stripRenderer draws the names, a line under all and one under the chosen.
type stripRenderer struct {
	strip       *tabStrip
	texts       []*canvas.Text
	under, line *canvas.Rectangle
}

// Layout implements [fyne.WidgetRenderer].
func (r *stripRenderer) Layout(size fyne.Size) {
	s, total := r.strip, float32(0)
	widths := make([]float32, len(r.texts))
	for i, t := range r.texts { // of the chosen one, so that choosing moves none
		widths[i] = fyne.MeasureText(t.Text, stripText, fyne.TextStyle{Bold: true}).Width
		total += widths[i]
	}
	gap := min(max((size.Width-total)/float32(len(r.texts)), stripGap), stripWide)
	s.spans = s.spans[:0]
	x := float32(0)
	for _, w := range widths {
		w += gap
		s.spans = append(s.spans, span32{from: x, to: x + w})
		x += w
	}
	shift := max(s.spans[s.selected].to-size.Width, 0)
	for i, t := range r.texts {
		n := &s.spans[i]
		n.from, n.to = n.from-shift, n.to-shift
		t.Move(fyne.NewPos(n.from+gap/2, 0))
		t.Resize(fyne.NewSize(widths[i], size.Height-3))
		t.Alignment = fyne.TextAlignCenter
		t.Hidden = n.from < -1 || n.to > size.Width+1
	}
	at := s.spans[s.selected]
	r.under.Move(fyne.NewPos(0, size.Height-2))
	r.under.Resize(fyne.NewSize(size.Width, 2))
	r.line.Move(fyne.NewPos(at.from, size.Height-3))
	r.line.Resize(fyne.NewSize(at.to-at.from, 3))
	s.ring.Resize(size)
}

// MinSize implements [fyne.WidgetRenderer].
func (r *stripRenderer) MinSize() fyne.Size { return fyne.NewSize(0, stripHeight) }

// Objects implements [fyne.WidgetRenderer].
func (r *stripRenderer) Objects() []fyne.CanvasObject {
	objects := []fyne.CanvasObject{r.under, r.line}
	for _, t := range r.texts {
		objects = append(objects, t)
	}
	return append(objects, r.strip.ring)
}

// Destroy implements [fyne.WidgetRenderer].
func (r *stripRenderer) Destroy() {}

// Refresh implements [fyne.WidgetRenderer].
func (r *stripRenderer) Refresh() {
	r.under.FillColor = theme.Color(theme.ColorNameSeparator)
	r.line.FillColor = theme.Color(theme.ColorNamePrimary)
	for i, t := range r.texts {
		t.TextSize = stripText
		t.TextStyle.Bold = i == r.strip.selected
		t.Color = theme.Color(theme.ColorNameForeground)
		if i == r.strip.selected {
			t.Color = theme.Color(theme.ColorNamePrimary)
		}
	}
	r.Layout(r.strip.Size())
	canvas.Refresh(r.strip)
}
