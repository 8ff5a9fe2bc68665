package ui

import (
	"image"
	"strconv"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"pugmark/review/compare"
)

// comparePictures shows two pictures, side by side or over each other. They scroll and
// zoom together.
type comparePictures struct {
	content fyne.CanvasObject
	a, b    *TallView
	small   *minimap
	body    *fyne.Container // the views

	over    bool // they lie over each other
	mode    *widget.Button
	blend   *widget.Slider // how much of B is seen, when they do
	swapped *widget.Button
	state   *widget.Label
	before  *widget.Button
	after   *widget.Button

	places  []image.Rectangle // about the regions, in both
	slight  int               // regions that are not shown
	at      int               // which of them was asked for; -1: none
	syncing bool              // one view follows the other
}

func newComparePictures(w *worker, c fyne.Canvas, typed func(rune) bool) *comparePictures {
	p := &comparePictures{a: newTallView(w, c), b: newTallView(w, c), body: container.NewStack(), state: widget.NewLabel(""), at: -1}
	p.small = newMinimap(w, p.b)
	p.follow(p.a, p.b)
	p.follow(p.b, p.a)
	for _, v := range []*TallView{p.a, p.b} {
		v.typed = typed
		v.failed = func(err error) { p.state.SetText(safe(err.Error(), lineLimit, covered)) }
	}
	p.mode = widget.NewButton(tr("Over each other")+" (O)", p.toggle)
	p.swapped = widget.NewButton(tr("A or B")+" (B)", p.blink)
	p.blend = widget.NewSlider(0, 1)
	p.blend.Step, p.blend.Value = 0.01, 0.5
	p.blend.OnChanged = func(float64) { p.showBlend() }
	p.before, p.after = widget.NewButton(tr("Previous")+" (P)", func() { p.step(-1) }), widget.NewButton(tr("Next")+" (N)", func() { p.step(1) })
	fit, actual := widget.NewButton(tr("Fit width"), p.b.FitWidth), widget.NewButton("100 %", p.b.ActualSize)
	buttons := container.NewHBox(p.before, p.after, p.mode, p.swapped, container.New(layout.NewGridWrapLayout(fyne.NewSize(140, 36)), p.blend), fit, actual)
	bar := container.NewBorder(nil, nil, nil, container.NewPadded(buttons), container.NewVBox(layout.NewSpacer(), p.state, layout.NewSpacer()))
	p.state.Truncation = fyne.TextTruncateEllipsis
	p.content = container.NewBorder(bar, nil, nil, container.NewPadded(p.small), p.body)
	p.arrange()
	return p
}

// follow has a view scroll and zoom as another does.
func (p *comparePictures) follow(v, leader *TallView) {
	moved := leader.moved
	leader.moved = func() {
		moved()
		p.sync(func() { v.scrollTo(leader.scroll.Offset) })
	}
	leader.zoomed = func() {
		p.sync(func() {
			v.zoomTo(leader.zoom, fyne.Position{})
			v.scrollTo(leader.scroll.Offset)
		})
	}
}

func (p *comparePictures) sync(f func()) {
	if p.syncing || p.a.picture == nil || p.b.picture == nil {
		return
	}
	p.syncing = true
	f()
	p.syncing = false
}

// around is how many pixels about a region its frame leaves free.
const around = 4

// show shows the pictures of a comparison, and closes them in the end.
func (p *comparePictures) show(c *comparison) {
	p.a.show(c.a)
	p.b.show(c.b)
	all := image.Rect(0, 0, max(c.a.width, c.b.width), c.a.height)
	var marks []region
	for _, r := range c.Picture.Regions {
		if r.Slight {
			p.slight++
			continue
		}
		p.places = append(p.places, c.Picture.Place(r).Inset(-around).Intersect(all))
		marks = append(marks, region{p.places[len(p.places)-1], strconv.Itoa(len(p.places))})
	}
	p.a.setRegions(marks)
	p.b.setRegions(marks)
	p.small.survey()
	setButton(p.before, len(marks) > 0)
	setButton(p.after, len(marks) > 0)
	p.tell(c.Picture)
}

// tell says how many differences there are.
func (p *comparePictures) tell(picture *compare.Picture) {
	text := count(len(p.places), "difference")
	if p.slight > 0 {
		text += " · " + trf("%s slight ones, as a shift makes them", grouped(int64(p.slight)))
	}
	if picture.Inserted > 0 || picture.Removed > 0 {
		text += " · " + trf("rows inserted: %s, removed: %s", grouped(int64(picture.Inserted)), grouped(int64(picture.Removed)))
	}
	p.state.SetText(text)
}

// leave shows nothing.
func (p *comparePictures) leave() {
	p.a.clear()
	p.b.clear()
	p.small.clear()
}

// step shows the next difference, or the one before.
func (p *comparePictures) step(by int) {
	n := len(p.places)
	if n == 0 {
		return
	}
	if p.at < 0 && by < 0 {
		p.at = 0
	}
	p.at = (p.at + by + n) % n
	p.a.pane.asked = p.places[p.at]
	p.b.reveal(p.places[p.at])
	p.state.SetText(trf("Difference %d of %d", p.at+1, n))
}

// toggle lays the pictures over each other, or side by side again.
func (p *comparePictures) toggle() {
	p.over = !p.over
	p.arrange()
}

func (p *comparePictures) arrange() {
	if p.over {
		p.mode.SetText(tr("Side by side") + " (O)")
		p.blend.Show()
		p.swapped.Show()
		swap(p.body, container.NewStack(p.a, p.b))
	} else {
		p.mode.SetText(tr("Over each other") + " (O)")
		p.blend.Hide()
		p.swapped.Hide()
		swap(p.body, container.NewGridWithColumns(2, p.a, p.b))
	}
	p.showBlend()
}

// showBlend shows as much of B as the slider says.
func (p *comparePictures) showBlend() {
	if p.over {
		p.b.setPale(1 - p.blend.Value)
	} else {
		p.b.setPale(0)
	}
}

// blink shows A alone, or B alone.
func (p *comparePictures) blink() {
	if !p.over {
		p.toggle()
	}
	if p.blend.Value > 0.5 {
		p.blend.SetValue(0)
	} else {
		p.blend.SetValue(1)
	}
}

// typed does what a character asks for.
func (p *comparePictures) typed(r rune) bool {
	switch unicode.ToLower(r) {
	case 'n':
		p.step(1)
	case 'p':
		p.step(-1)
	case 'o':
		p.toggle()
	case 'b':
		p.blink()
	default:
		return false
	}
	return true
}
