package main

import (
	"fmt"
	"io"
	"strings"

	"pugmark/capture/listing"
	"pugmark/lexicon"
)

// How much a summary has of the words of the trade.
const (
	shownTerms     = 40
	shownTermHits  = 3
	shownWordWidth = 40 // columns
)

// printWords shows which words of the trade stand on a page, those that say most first.
func printWords(w io.Writer, l *listing.Lexicon) {
	fmt.Fprintln(w, "\nWords of the trade (they only suggest: no verdict depends on them)")
	rows := [][]string{}
	for i := range l.Terms[:min(len(l.Terms), shownTerms)] {
		rows = append(rows, wordRow(&l.Terms[i]))
	}
	if len(rows) > 0 {
		io.WriteString(w, table(rows))
	} else {
		fmt.Fprintln(w, "  none was found, which says nothing of what is sold")
	}
	if n := len(l.Terms) - shownTerms; n > 0 {
		fmt.Fprintf(w, "  and %s, in listing.json\n", count(n, "more term"))
	}
	if l.LeftOff > 0 {
		fmt.Fprintf(w, "  %s beyond what listing.json has\n", count(l.LeftOff, "hit"))
	}
	printFields(w, []field{{"looked for with", usedLexicons(l)}})
	for _, m := range l.Missing {
		fmt.Fprintf(w, "  ! not looked for: %s\n", clean(m))
	}
}

func usedLexicons(l *listing.Lexicon) string {
	var all []string
	for _, u := range l.Lexicons {
		all = append(all, fmt.Sprintf("%s %s", shorten(clean(u.Name), shownWordWidth), shorten(clean(u.Version), shownWordWidth)))
	}
	text := strings.Join(all, ", ")
	if l.On != "" {
		text += ", words in use on " + l.On
	}
	return text
}

// wordRow is a term's line: how much it says, the term, what it may stand for, and where.
func wordRow(t *listing.Term) []string {
	what := shorten(clean(t.Meaning), shownWordWidth)
	if t.Covert {
		what += " (code word)"
	}
	var places []string
	for _, h := range t.Hits[:min(len(t.Hits), shownTermHits)] {
		places = append(places, hitPlace(h))
	}
	if n := t.Count() - len(places); n > 0 {
		places = append(places, fmt.Sprintf("and %d more", n))
	}
	return []string{"  " + weight(t), shorten(clean(t.Term), shownWordWidth), what, strings.Join(places, ", ")}
}

// weight says how much a term's hits say.
func weight(t *listing.Term) string {
	switch {
	case t.Class == lexicon.Excluded:
		return "false friend"
	case t.IsExcluded():
		return "excluded"
	}
	return string(t.Best())
}

// hitPlace says where a hit is: in which text, after how many characters, and how it is
// written if not as the term is.
func hitPlace(h listing.Hit) string {
	text := fmt.Sprintf("%s:%d", h.In, h.RuneStart+1)
	if h.In == listing.InAlt || h.Index > 0 {
		text = fmt.Sprintf("%s %d:%d", h.In, h.Index+1, h.RuneStart+1)
	}
	if len(h.Why) != 1 || h.Why[0] != lexicon.Plain {
		text += fmt.Sprintf(" as %q", shorten(clean(h.Text), shownWordWidth))
	}
	if h.Excluded != nil {
		text += fmt.Sprintf(" within %q", shorten(clean(h.Excluded.Term), shownWordWidth))
	}
	return text
}
