package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// notice says in place of some content why there is none, and what to do next.
type notice struct {
	heading string
	lines   []string // may hold evidence text
	command string   // for the command line; empty without one
	bad     bool     // something went wrong
	button  string   // empty without one
	tapped  func()

	other       string // another button, of less weight
	otherTapped func()
	more        string // a third one
	moreTapped  func()
}

// noticeWidth is the width of a notice's text, unless there is less room.
const noticeWidth = 420

// object returns what shows the notice.
func (n notice) object() fyne.CanvasObject {
	heading := widget.NewLabel(safe(tr(n.heading), lineLimit, covered))
	heading.TextStyle = legible(heading.Text, fyne.TextStyle{Bold: true})
	heading.SizeName = theme.SizeNameSubHeadingText
	heading.Wrapping = fyne.TextWrapWord
	heading.Alignment = fyne.TextAlignCenter
	if n.bad {
		heading.Importance = widget.DangerImportance
	}
	box := container.New(&column{width: noticeWidth}, heading)
	for _, l := range n.lines {
		box.Add(wrapped(tr(l)))
	}
	if n.command != "" {
		box.Add(commandLine(n.command))
	}
	if n.button != "" {
		b := widget.NewButton(tr(n.button), n.tapped)
		b.Importance = widget.HighImportance
		buttons := container.NewHBox(b)
		if n.other != "" {
			buttons.Add(widget.NewButton(tr(n.other), n.otherTapped))
		}
		if n.more != "" {
			buttons.Add(widget.NewButton(tr(n.more), n.moreTapped))
		}
		box.Add(container.NewCenter(buttons))
	}
	return container.NewVScroll(box)
}

// wrapped returns a text of as many lines as it needs.
func wrapped(text string) fyne.CanvasObject {
	l := widget.NewLabel(safe(text, valueLimit, covered))
	l.Wrapping = fyne.TextWrapWord
	l.Alignment = fyne.TextAlignCenter
	return l
}

// commandLine shows a command, with a button that copies it.
func commandLine(command string) fyne.CanvasObject {
	text := widget.NewLabel(safe(command, valueLimit, covered))
	text.TextStyle = legible(text.Text, fyne.TextStyle{Monospace: true})
	text.Wrapping = fyne.TextWrapWord
	copyIt := widget.NewButtonWithIcon("", theme.ContentCopyIcon(), func() {
		fyne.CurrentApp().Clipboard().SetContent(command)
	})
	copyIt.Importance = widget.LowImportance
	return container.NewBorder(nil, nil, nil, copyIt, text)
}

// column lays objects out below each other, no wider than its width, in the
// middle and a little above.
type column struct{ width float32 }

// MinSize implements [fyne.Layout].
func (c *column) MinSize(objects []fyne.CanvasObject) fyne.Size {
	h := float32(0)
	for _, o := range objects {
		h += o.MinSize().Height
	}
	return fyne.NewSize(0, h)
}

// Layout implements [fyne.Layout].
func (c *column) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	w := min(c.width, size.Width)
	for _, o := range objects {
		// A wrapped text knows its height once it knows its width.
		o.Resize(fyne.NewSize(w, o.MinSize().Height))
		o.Resize(fyne.NewSize(w, o.MinSize().Height))
	}
	y := max((size.Height-c.MinSize(objects).Height)*2/5, 0)
	for _, o := range objects {
		o.Move(fyne.NewPos((size.Width-w)/2, y))
		y += o.MinSize().Height
	}
}
