package ui

import (
	"slices"
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"github.com/go-text/typesetting/language"
	"golang.org/x/text/unicode/bidi"
)

// The toolkit shapes a run of Arabic or Hebrew from right to left, but puts the
// runs of a line side by side in the order in which they are read. So a line is
// given to it with its runs in the order in which they are seen (rule L2 of the
// Unicode bidirectional algorithm, UAX #9), and with a mark between them that
// keeps it from finding other runs.

const (
	leftMark  = '\u200E' // left-to-right mark
	rightMark = '\u200F' // right-to-left mark
)

// direction says on which side a text begins: leftMark or rightMark.
type direction rune

// directionOf returns the direction of the first character that has one (rules
// P2 and P3).
func directionOf(s string) direction {
	for _, r := range s {
		switch classOf(r) {
		case bidi.L:
			return leftMark
		case bidi.R, bidi.AL:
			return rightMark
		}
	}
	return leftMark
}

// mixed reports whether a text has anything that goes from right to left.
func mixed(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		// No such character is below the Hebrew ones.
		if r < 0x590 {
			return false
		}
		c := classOf(r)
		return c == bidi.R || c == bidi.AL || c == bidi.AN
	})
}

func classOf(r rune) bidi.Class {
	p, _ := bidi.LookupRune(r)
	return p.Class()
}

// textRun is a part of a line that goes in one direction.
type textRun struct {
	from, to int // bytes in the line
	level    int // odd from right to left
}

// visual returns a line in the order in which the toolkit shows it right.
func visual(line string, d direction) string {
	if !mixed(line) && d == leftMark {
		return line
	}
	var b strings.Builder
	for _, r := range visualRuns(line, d) {
		b.WriteString(shownRun(line[r.from:r.to], r.level))
	}
	return b.String()
}

// visualRuns returns the runs of a line from left to right.
func visualRuns(line string, d direction) []textRun {
	runs := logicalRuns(line, d)
	for level := 2; level > 0; level-- {
		for i := 0; i < len(runs); i++ {
			from := i
			for i < len(runs) && runs[i].level >= level {
				i++
			}
			slices.Reverse(runs[from:i])
		}
	}
	return runs
}

// logicalRuns returns the runs of a line in the order in which they are read.
func logicalRuns(line string, d direction) (runs []textRun) {
	// A mark gives the line its direction. The package gives the levels of runs
	// only as odd or even.
	text := string(d) + line
	offset := len(string(d))
	var p bidi.Paragraph
	if _, err := p.SetString(text); err != nil || !utf8.ValidString(line) {
		return []textRun{{0, len(line), 0}}
	}
	order, err := p.Order()
	if err != nil {
		return []textRun{{0, len(line), 0}}
	}
	at := -offset
	for i := range order.NumRuns() {
		run := order.Run(i)
		from := max(at, 0)
		at += len(run.String())
		switch {
		case at <= from:
		case run.Direction() == bidi.RightToLeft:
			runs = appendRight(runs, line, from, at)
		case d == rightMark:
			runs = append(runs, textRun{from, at, 2})
		default:
			runs = appendLeft(runs, line, from, at, i+1 < order.NumRuns())
		}
	}
	return runs
}

// appendRight appends a run from right to left, in parts of one script and one
// font: the toolkit doesn't reorder these either.
func appendRight(runs []textRun, line string, from, to int) []textRun {
	script := language.Common
	for i, r := range line[from:to] {
		s := language.LookupScript(r)
		if !has(styleCharacters(fyne.TextStyle{}), r) {
			s = language.Unknown
		}
		if s == language.Common || s == language.Inherited || s == script {
			continue
		}
		if start := lastStart(runs, from); script != language.Common && start < from+i {
			runs = append(runs, textRun{start, from + i, 1})
		}
		script = s
	}
	return append(runs, textRun{lastStart(runs, from), to, 1})
}

// lastStart returns where the next run begins, at least at from.
func lastStart(runs []textRun, from int) int {
	if len(runs) == 0 {
		return from
	}
	return max(from, runs[len(runs)-1].to)
}

// appendLeft appends a run from left to right of a line in the same direction.
// Numbers that it begins with, after a run from right to left, and Arabic ones
// that it ends with, before such a run, belong with that (rules W2 to W7 and I1).
func appendLeft(runs []textRun, line string, from, to int, more bool) []textRun {
	head, tail := from, to
	if len(runs) > 0 {
		head += numbers(line[from:to])
	}
	if more {
		tail = head + len(strings.TrimRightFunc(line[head:to], func(r rune) bool { return classOf(r) == bidi.AN }))
	}
	for _, r := range []textRun{{from, head, 2}, {head, tail, 0}, {tail, to, 2}} {
		if r.from < r.to {
			runs = append(runs, r)
		}
	}
	return runs
}

// numbers returns the length of the numbers that a text begins with.
func numbers(s string) (n int) {
	for i, r := range s {
		switch classOf(r) {
		case bidi.EN, bidi.AN, bidi.ET, bidi.NSM:
			n = i + len(string(r))
		case bidi.ES, bidi.CS:
		default:
			return n
		}
	}
	return n
}

// shownRun returns a run as the toolkit needs it. What has no direction of its
// own, at the ends of a run from right to left, is turned around here.
func shownRun(s string, level int) string {
	if level != 1 {
		return string(leftMark) + s + string(leftMark)
	}
	core := strings.TrimFunc(s, neutral)
	if core == "" {
		return string(leftMark) + reversed(s) + string(leftMark)
	}
	at := strings.Index(s, core)
	return reversed(s[at+len(core):]) + string(leftMark) + core + string(leftMark) + reversed(s[:at])
}

// neutral reports whether a rune has no direction of its own.
func neutral(r rune) bool {
	switch classOf(r) {
	case bidi.WS, bidi.ON, bidi.CS, bidi.ES, bidi.ET, bidi.B, bidi.S:
		return true
	}
	return false
}

// pairs are characters that have a mirror image, beside it.
const pairs = "()[]{}<>«»‹›≤≥（）［］｛｝〈〉《》「」『』【】"

// reversed returns a text from back to front, with mirror images.
func reversed(s string) string {
	images := []rune(pairs)
	out := []rune(s)
	slices.Reverse(out)
	for i, r := range out {
		if at := slices.Index(images, r); at >= 0 {
			out[i] = images[at^1]
		}
	}
	return string(out)
}
