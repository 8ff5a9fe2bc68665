package ui

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// maxSearched bounds how much of a text is searched, in bytes.
const maxSearched = 4096

// caseless makes upper and lower case the same. It may be used by several
// goroutines.
var caseless = cases.Fold()

// foldText returns a text in which upper and lower case, and letters with and
// without accents, are the same.
func foldText(s string) string {
	s = strings.ToValidUTF8(s[:min(len(s), maxSearched)], "")
	if isASCII(s) {
		return strings.ToLower(s)
	}
	bare := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFKD.String(s))
	return norm.NFC.String(caseless.String(bare))
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// wordsOf returns the words of a search, folded.
func wordsOf(search string) []string { return strings.Fields(foldText(search)) }

// hasWords reports whether a folded text has all words.
func hasWords(folded string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(folded, w) {
			return false
		}
	}
	return true
}

// searchEntry is an entry for what to find in a list. The escape key empties it;
// that and the keys for what is below lead on to the list.
type searchEntry struct {
	widget.Entry
	onward func()
}

func newSearchEntry(placeholder string, changed func(string), onward func()) *searchEntry {
	e := &searchEntry{onward: onward}
	e.ExtendBaseWidget(e)
	e.SetPlaceHolder(placeholder)
	e.SetIcon(theme.SearchIcon())
	e.OnChanged = changed
	e.OnSubmitted = func(string) { onward() }
	return e
}

// TypedKey implements [fyne.Focusable].
func (e *searchEntry) TypedKey(k *fyne.KeyEvent) {
	switch {
	case k.Name == fyne.KeyEscape && e.Text != "":
		e.SetText("")
	case k.Name == fyne.KeyEscape, k.Name == fyne.KeyDown:
		e.onward()
	default:
		e.Entry.TypedKey(k)
	}
}

// focus lets keys go to a widget, if that is shown.
func focus(o interface {
	fyne.CanvasObject
	fyne.Focusable
}) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(o); c != nil {
		c.Focus(o)
	}
}
