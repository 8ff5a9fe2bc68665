package main

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// clean makes a text of unknown origin safe to print: a page's title may hold
// control sequences that would change what the terminal shows.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == utf8.RuneError || !unicode.IsPrint(r):
			return -1
		}
		return r
	}, s)
}

// columns returns how many columns of a terminal a text takes.
func columns(s string) (n int) {
	for _, r := range s {
		n += runeColumns(r)
	}
	return n
}

func runeColumns(r rune) int {
	switch k := width.LookupRune(r).Kind(); {
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	case k == width.EastAsianWide || k == width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// shorten cuts a text to a number of columns.
func shorten(s string, most int) string {
	if columns(s) <= most {
		return s
	}
	n := 1 // of the ellipsis
	for i, r := range s {
		if n += runeColumns(r); n > most {
			return s[:i] + "…"
		}
	}
	return s
}

// wrap breaks a text into indented lines of at most a number of columns.
func wrap(s, indent string, most int) string {
	var b strings.Builder
	line := indent
	for word := range strings.FieldsSeq(s) {
		if line != indent && columns(line)+columns(word) > most {
			b.WriteString(strings.TrimRight(line, " ") + "\n")
			line = indent
		}
		line += word + " "
	}
	return b.String() + strings.TrimRight(line, " ") + "\n"
}

// sentence begins a text with a capital letter.
func sentence(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// count writes a number with its noun.
func count(n int, noun string) string {
	switch {
	case n == 1:
		return "1 " + noun
	case n == 0:
		return "no " + noun + "s"
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// sizeText writes a number of bytes for people.
func sizeText(n int64) string {
	if n < 1000 {
		return fmt.Sprintf("%d B", n)
	}
	value, units := float64(n)/1000, "kMGT"
	for value >= 999.95 && len(units) > 1 {
		value, units = value/1000, units[1:]
	}
	return fmt.Sprintf("%.1f %cB", value, units[0])
}

// localTime writes a time as the clock on the wall shows it.
func localTime(t time.Time) string { return t.Local().Format("2006-01-02 15:04:05") }

// bothTimes writes a time by the wall clock and in UTC.
func bothTimes(t time.Time) string {
	return t.Local().Format("2006-01-02 15:04:05 -07:00") + "  =  " + t.UTC().Format("2006-01-02T15:04:05.000Z")
}

// table lays out rows in columns, two spaces apart. Unlike package tabwriter it
// knows that Chinese characters are two columns wide.
func table(rows [][]string) string {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], columns(cell))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		line := ""
		for i, cell := range row {
			line += cell + strings.Repeat(" ", widths[i]-columns(cell)+2)
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return b.String()
}
