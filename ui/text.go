package ui

import (
	"bytes"
	"strings"
	"sync"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
	"github.com/go-text/typesetting/font/opentype/tables"
	"github.com/go-text/typesetting/fontscan"
)

// Limits of a text that comes from evidence, in runes.
const (
	lineLimit  = 300  // in a line that is cut off at the edge
	valueLimit = 1500 // in a value that is wrapped
)

// maxMarks is how many combining marks may follow each other. Hebrew and
// Vietnamese need three; more only paint over the lines around them.
const maxMarks = 4

// unknown stands for what can't be shown.
const unknown = '\uFFFD'

// safe makes a text that comes from evidence fit to be shown in one line: white
// space becomes single spaces; format characters, which could reorder or hide
// what follows, are dropped; and control characters and what no font covers
// become U+FFFD. Drawing the latter would cost more each time. A text of more
// than limit runes is cut, and ends with an ellipsis.
func safe(s string, limit int, covered func(rune) bool) string {
	var b strings.Builder
	var n, marks int
	space := false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			space = n > 0
			continue
		case unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r):
			continue
		case unicode.Is(unicode.M, r):
			if marks++; marks > maxMarks {
				continue
			}
		default:
			marks = 0
		}
		if space {
			b.WriteByte(' ')
			space = false
			n++
		}
		if n >= limit {
			return b.String() + "…"
		}
		b.WriteRune(visible(r, covered))
		n++
	}
	return b.String()
}

// visible returns a rune, or U+FFFD for one that can't be shown.
func visible(r rune, covered func(rune) bool) rune {
	if !unicode.IsGraphic(r) || !covered(r) {
		return unknown
	}
	return r
}

// coverage knows which runes some font covers. It may be used by several
// goroutines.
type coverage struct {
	own    font.Cmap // of the program's font, in the style that has most
	emoji  font.Cmap // nil without one
	system []fontscan.Footprint

	mu    sync.Mutex
	known runeSet // runes that were looked up
	found runeSet // those of them that are covered
}

// runeSet has a bit for each rune.
type runeSet [unicode.MaxRune/64 + 1]uint64

func (s *runeSet) add(r rune)           { s[r/64] |= 1 << (r % 64) }
func (s *runeSet) contains(r rune) bool { return s[r/64]&(1<<(r%64)) != 0 }

// fonts is the coverage of the theme's and the system's fonts.
var fonts = sync.OnceValue(newCoverage)

// covered reports whether some font covers a rune.
func covered(r rune) bool { return fonts().covers(r) }

type silent struct{}

func (silent) Printf(string, ...any) {}

// newCoverage reads the list of the system's fonts. Without one, the program's
// own fonts are all there is.
func newCoverage() *coverage {
	c := ownCoverage()
	if system, err := fontscan.SystemFonts(silent{}, ""); err == nil {
		c.system = system
	}
	return c
}

// ownCoverage is the coverage of the fonts that the program carries.
func ownCoverage() *coverage {
	return &coverage{own: regularCharacters(), emoji: characters(theme.DefaultEmojiFont())}
}

// characters returns the table of a font's characters, or nil if it can't be
// read. The rest of the font, which is large, it leaves alone.
func characters(res fyne.Resource) font.Cmap {
	if res == nil {
		return nil
	}
	ld, err := opentype.NewLoader(bytes.NewReader(res.Content()))
	if err != nil {
		return nil
	}
	raw, err := ld.RawTable(opentype.MustNewTag("cmap"))
	if err != nil {
		return nil
	}
	table, _, err := tables.ParseCmap(raw)
	if err != nil {
		return nil
	}
	m, _, err := font.ProcessCmap(table, 0)
	if err != nil {
		return nil
	}
	return m
}

func (c *coverage) covers(r rune) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.known.contains(r) {
		c.known.add(r)
		if c.look(r) {
			c.found.add(r)
		}
	}
	return c.found.contains(r)
}

// look searches the fonts. What only the regular style has, [legible] shows in
// that.
func (c *coverage) look(r rune) bool {
	for _, f := range c.system {
		if f.Runes.Contains(r) {
			return true
		}
	}
	return has(c.own, r) || has(c.emoji, r)
}

func has(m font.Cmap, r rune) bool {
	if m == nil {
		return false
	}
	_, ok := m.Lookup(r)
	return ok
}
