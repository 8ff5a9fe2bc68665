package ui

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"pugmark/evidence"
)

// Limits of the text that is shown and searched.
const (
	maxText    = 1 << 20 // bytes
	maxMatches = 10_000
)

// textTab shows the visible text of the page, to be searched.
type textTab struct {
	lazyTab
	searching slot

	search     *widget.Entry
	state      *widget.Label
	prev, next *widget.Button
	head       *SafeLabel
	shown      fyne.CanvasObject
	body       *fyne.Container

	view    *textView // nil while no text is shown
	lines   []string
	folded  []string // the lines, for search
	current int      // of the view's matches
	more    bool     // there are more matches than are listed
	wanted  bool     // the search, as soon as there is a text
}

func newTextTab(w *worker) *textTab {
	t := &textTab{lazyTab: newLazyTab(w), search: widget.NewEntry(), state: widget.NewLabel(""), body: container.NewStack(), head: tabHead("")}
	t.search.SetPlaceHolder(tr("Find in the text"))
	t.search.OnChanged = func(string) { t.find() }
	t.search.OnSubmitted = func(string) { t.step(1) }
	t.prev = widget.NewButtonWithIcon("", theme.MoveUpIcon(), func() { t.step(-1) })
	t.next = widget.NewButtonWithIcon("", theme.MoveDownIcon(), func() { t.step(1) })
	t.prev.Disable()
	t.next.Disable()
	bar := container.NewBorder(nil, nil, nil, container.NewHBox(t.state, t.prev, t.next), t.search)
	t.shown = container.NewBorder(container.NewVBox(container.NewPadded(bar), t.head), nil, nil, nil, t.body)
	return t
}

func (t *textTab) leave() {
	t.searching.stop()
	t.lazyTab.leave()
	t.view, t.lines, t.folded, t.wanted = nil, nil, nil, false
	t.body.RemoveAll()
}

// pageText is the text as it is shown.
type pageText struct {
	lines, folded []string
	cut           bool
}

func (t *textTab) open(s subject) {
	fill(&t.lazyTab, s, "text",
		func(ctx context.Context) (pageText, error) {
			b, cut, err := readKind(ctx, s, evidence.KindText, maxText)
			if err != nil {
				return pageText{}, err
			}
			p := pageText{lines: textLines(b), cut: cut}
			for _, l := range p.lines {
				p.folded = append(p.folded, foldCase(l))
			}
			return p, nil
		}, t.show)
}

func (t *textTab) show(p pageText) {
	if len(p.lines) == 0 {
		t.say(notice{heading: "No text", lines: []string{"The page shows no text."}})
		return
	}
	t.lines, t.folded, t.view = p.lines, p.folded, newTextView(p.lines)
	text := trf("The text that the page shows · %s · digest matches", count(len(p.lines), "line"))
	if p.cut {
		text = trf("Only the first %s of the page's text are shown and searched", bytesText(maxText))
	}
	t.head.SetText(text)
	swap(t.body, container.NewStack(t.view, t.view.ring))
	swap(t.content, t.shown)
	t.find()
	if t.wanted {
		t.focusSearch()
	}
}

// textLines returns the lines of a text, fit to be shown, without those that are
// empty after another empty one.
func textLines(b []byte) (lines []string) {
	empty := true
	for l := range strings.Lines(strings.ToValidUTF8(string(b), string(unknown))) {
		l = safe(l, len(l), covered)
		if l != "" || !empty {
			lines = append(lines, l)
		}
		empty = l == ""
	}
	return lines
}

// foldCase returns a text in which upper and lower case are the same, with each
// character at its place.
func foldCase(s string) string {
	return strings.Map(func(r rune) rune {
		if l := unicode.ToLower(r); utf8.RuneLen(l) == utf8.RuneLen(r) {
			return l
		}
		return r
	}, s)
}

// match is a place in a text.
type match struct{ line, from, to int }

// find searches for what was entered.
func (t *textTab) find() {
	if t.view == nil {
		return
	}
	folded, words := t.folded, foldCase(strings.TrimSpace(t.search.Text))
	start(t.work, &t.searching, nil,
		func(ctx context.Context, _ *job) ([]match, error) { return findAll(ctx, folded, words) },
		func(found []match, err error) {
			if err == nil {
				t.found(found)
			}
		})
}

// findAll returns the places of some words, one more than the limit at most.
func findAll(ctx context.Context, lines []string, words string) (out []match, err error) {
	if words == "" {
		return nil, nil
	}
	for i, l := range lines {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for at := 0; len(out) <= maxMatches; {
			n := strings.Index(l[at:], words)
			if n < 0 {
				break
			}
			out = append(out, match{i, at + n, at + n + len(words)})
			at += n + len(words)
		}
	}
	return out, nil
}

func (t *textTab) found(all []match) {
	t.more = len(all) > maxMatches
	all = all[:min(len(all), maxMatches)]
	t.current = 0
	t.view.setMatches(all)
	for _, b := range []*widget.Button{t.prev, t.next} {
		if len(all) > 0 {
			b.Enable()
		} else {
			b.Disable()
		}
	}
	t.tell()
}

// tell says which match is shown, and shows it.
func (t *textTab) tell() {
	n := len(t.view.matches)
	switch {
	case n > 0:
		total := grouped(int64(n))
		if t.more {
			total = trf("more than %s", total)
		}
		t.state.SetText(trf("%d of %s", t.current+1, total))
		t.view.choose(t.current)
	case strings.TrimSpace(t.search.Text) != "":
		t.state.SetText(tr("Not found"))
	default:
		t.state.SetText("")
	}
}

// step goes to another match, and from the last to the first.
func (t *textTab) step(by int) {
	if t.view == nil || len(t.view.matches) == 0 {
		return
	}
	n := len(t.view.matches)
	t.current = (t.current + by + n) % n
	t.tell()
}

// focusSearch lets one enter what to find.
func (t *textTab) focusSearch() {
	t.wanted = t.view == nil
	if t.wanted {
		return
	}
	if c := fyne.CurrentApp().Driver().CanvasForObject(t.search); c != nil {
		c.Focus(t.search)
	}
}
