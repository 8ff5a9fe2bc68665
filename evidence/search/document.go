package search

import (
	"strings"
	"time"
	"unicode/utf8"
)

// Field is a part of what a capture says.
type Field string

// The fields, those that count most first.
const (
	Title   Field = "title"
	Notes   Field = "notes" // of people: notes, comments, facts
	Tags    Field = "tags"
	Seller  Field = "seller" // name, id, place, contacts
	Facts   Field = "facts"  // all else that the page says of what it offers
	Address Field = "address"
	Text    Field = "text" // that the page shows
	// Species is what the page and people say that is offered: looked in only by
	// the filter of that name.
	Species Field = "species"
)

// fields are the columns of words, and what a word in each is worth.
var fields = []struct {
	Field
	weight float64
}{
	{Title, 10}, {Notes, 8}, {Tags, 8}, {Seller, 6}, {Facts, 4}, {Address, 2}, {Text, 1},
}

// Columns of words in which is looked.
const (
	headColumns = "title notes tags seller facts address"
	allColumns  = headColumns + " text"
)

// Document is what is found of one capture.
type Document struct {
	Seq     int64  // of the capture; later ones have higher numbers
	ID      string // what the owner calls it
	Source  string // what the owner has it from; empty: of its own
	Sealed  time.Time
	Case    string
	Hosts   []string
	Verdict string
	Tags    []string
	Price   *Price // that is asked; nil: unknown
	// Texts are what is searched. Line breaks keep apart what isn't one text.
	Texts map[Field]string
	// Pictures are found by what they show; their ID is the document's.
	Pictures Pictures
	// Unread says that the capture could not be read, in part or at all.
	Unread bool
}

// Price is a price, or a range of prices.
type Price struct {
	Low, High float64 // of one price the same
	Currency  string  // a code of ISO 4217; empty: unknown
}

// filters returns the tokens that the filters look for.
func (d Document) filters() string {
	out := []string{filterToken("c", d.Case), filterToken("v", d.Verdict)}
	for _, t := range d.Tags {
		out = append(out, filterToken("t", t))
	}
	seen := make(map[string]bool)
	for _, h := range d.Hosts {
		for h != "" && !seen[h] {
			seen[h] = true
			out = append(out, filterToken("h", h))
			_, h, _ = strings.Cut(h, ".")
		}
	}
	return strings.Join(out, " ")
}

// tokenised writes a text as SQLite gets it, and notes its solid characters.
func tokenised(s string, chars *singles) string {
	var b strings.Builder
	for t := range tokens(s) {
		b.WriteString(t.text)
		b.WriteByte(' ')
		if t.solid {
			chars.add(t.text)
		}
	}
	return b.String()
}

// singles are the solid characters of texts, each once.
type singles struct {
	strings.Builder
	seen map[rune]bool
}

// add notes the first character of a token. Each is the first of one.
func (s *singles) add(token string) {
	r, _ := utf8.DecodeRuneInString(token)
	if s.seen[r] {
		return
	}
	if s.seen == nil {
		s.seen = make(map[rune]bool)
	}
	s.seen[r] = true
	s.WriteRune(r)
	s.WriteByte(' ')
}
