package ui

import (
	"bytes"
	"encoding/binary"
	"maps"
	"slices"
	"strings"
	"sync"

	"fyne.io/fyne/v2"
	"github.com/go-text/typesetting/font"

	"pugmark/assets"
)

// The program's own font has some of its tables in several versions, as
// scripts/make-fonts says. A style is the same font with other names for these.
//
// Loading tens of thousands of outlines takes a tenth of a second or more. So
// only the regular style has Chinese, Japanese and Korean, and bold where the
// language of the window needs it; they look the same in all styles.
var (
	regular = sync.OnceValue(func() fyne.Resource { return fyne.NewStaticResource("pugmark-sans.ttf", assets.Sans) })

	bold = sync.OnceValue(func() fyne.Resource {
		if eastAsian(systemLanguage()) {
			return style("bold-all", map[string]string{"cmaB": "cmap"})
		}
		return style("bold", map[string]string{"cmaC": "cmap", "locS": "loca"})
	})

	monospace = sync.OnceValue(func() fyne.Resource {
		return style("mono", map[string]string{"cmaM": "cmap", "locS": "loca", "hheM": "hhea"})
	})
)

func style(name string, tables map[string]string) fyne.Resource {
	return fyne.NewStaticResource("pugmark-sans-"+name+".ttf", renamed(assets.Sans, tables))
}

// eastAsian reports whether a language is written with what not all styles have.
func eastAsian(language string) bool {
	base, _, _ := strings.Cut(language, "-")
	return slices.Contains([]string{"zh", "ja", "ko"}, base)
}

var (
	regularCharacters   = sync.OnceValue(func() font.Cmap { return characters(regular()) })
	boldCharacters      = sync.OnceValue(func() font.Cmap { return characters(bold()) })
	monospaceCharacters = sync.OnceValue(func() font.Cmap { return characters(monospace()) })
)

// faceOf returns the program's own font for a style. It has no italics.
func faceOf(style fyne.TextStyle) fyne.Resource {
	switch {
	case style.Monospace:
		return monospace()
	case style.Bold:
		return bold()
	}
	return regular()
}

// styleCharacters returns the characters of that font.
func styleCharacters(style fyne.TextStyle) font.Cmap {
	switch {
	case style.Monospace:
		return monospaceCharacters()
	case style.Bold:
		return boldCharacters()
	}
	return regularCharacters()
}

// legible returns the style in which the program's own font has a text: the
// given one, or without bold and monospace.
func legible(text string, style fyne.TextStyle) fyne.TextStyle {
	own := styleCharacters(style)
	if strings.ContainsFunc(text, func(r rune) bool { return !has(own, r) && has(regularCharacters(), r) }) {
		style.Bold, style.Monospace = false, false
	}
	return style
}

// renamed returns a TrueType font in which tables have the names of others,
// which have theirs in turn. The directory stays sorted, as readers may expect.
func renamed(font []byte, names map[string]string) []byte {
	const head, record = 12, 16
	swap := maps.Clone(names)
	for from, to := range names {
		swap[to] = from
	}
	out := bytes.Clone(font)
	directory := out[head : head+record*int(binary.BigEndian.Uint16(out[4:]))]
	var records []string
	for r := range slices.Chunk(directory, record) {
		if to, ok := swap[string(r[:4])]; ok {
			copy(r, to)
		}
		records = append(records, string(r))
	}
	slices.Sort(records)
	for i, r := range records {
		copy(directory[i*record:], r)
	}
	return out
}
