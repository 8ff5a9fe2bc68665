package search

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"pugmark/fold"
)

// Query says what is looked for. A zero member asks for nothing.
type Query struct {
	Words   string // all must match; see the package comment
	Case    string // the reference, whatever its capitals
	Site    string // a host, or a domain above it
	Seller  string // words of the seller's name, id or contacts, in this order
	Species string // words of what is said to be offered, in this order
	Tag     string // whole, whatever its capitals
	Verdict string
	From    time.Time // sealed then or later
	To      time.Time // sealed before
	// PriceFrom and PriceTo bound the price that is asked, in whatever currency it
	// is, or in Currency, a code of ISO 4217. A range of prices need only overlap.
	PriceFrom, PriceTo float64
	Currency           string
	Limit              int // of hits; 0: 20
}

// ErrQuery reports a query that is longer than anyone types.
var ErrQuery = errors.New("the query is too long")

// Limits of a query.
const (
	maxWords = 1000 // bytes
	maxTerms = 32
	hitLimit = 20
)

// term is a word, or words in quotes.
type term struct {
	tokens  []string
	prefix  bool // the last token is only the beginning of one
	exclude bool
	single  bool // it is one solid character
}

// within is a term that must stand in one column.
type within struct {
	Field
	term
}

// parsed is a query that can be asked.
type parsed struct {
	Query
	find, exclude []term
	within        []within
	// nothing says that there are words, but none with a letter.
	nothing bool
}

func parse(q Query) (*parsed, error) {
	p := &parsed{Query: q}
	if p.Limit <= 0 {
		p.Limit = hitLimit
	}
	for _, s := range []string{q.Words, q.Case, q.Site, q.Seller, q.Species, q.Tag, q.Verdict, q.Currency} {
		if len(s) > maxWords {
			return nil, fmt.Errorf("%w: got %d bytes, want at most %d", ErrQuery, len(s), maxWords)
		}
	}
	all := termsOf(q.Words)
	if len(all) > maxTerms {
		return nil, fmt.Errorf("%w: got %d words, want at most %d", ErrQuery, len(all), maxTerms)
	}
	for _, t := range all {
		if t.exclude {
			p.exclude = append(p.exclude, t)
		} else {
			p.find = append(p.find, t)
		}
	}
	p.nothing = len(all) == 0 && strings.TrimSpace(q.Words) != ""
	p.look(Seller, q.Seller)
	p.look(Species, q.Species)
	return p, nil
}

// look makes a column have some words, if there are any.
func (p *parsed) look(f Field, words string) {
	if t, ok := termOf(words, false); ok {
		p.within = append(p.within, within{f, t})
	} else if strings.TrimSpace(words) != "" {
		p.nothing = true
	}
}

// termsOf reads the words of a query.
func termsOf(s string) (out []term) {
	for {
		s = strings.TrimLeftFunc(s, unicode.IsSpace)
		if s == "" {
			return out
		}
		rest, exclude := strings.CutPrefix(s, "-")
		text, rest, quoted := cutWord(rest)
		if t, ok := termOf(text, quoted); ok {
			t.exclude = exclude
			out = append(out, t)
		}
		s = rest
	}
}

// cutWord cuts off a word, or words in quotes, of which the last may lack.
func cutWord(s string) (text, rest string, quoted bool) {
	if r, n := utf8.DecodeRuneInString(s); isQuote(r) {
		text, rest, _ = cutFunc(s[n:], isQuote)
		return text, rest, true
	}
	stop := func(r rune) bool { return unicode.IsSpace(r) || isQuote(r) }
	i := strings.IndexFunc(s, stop)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i:], false
}

func isQuote(r rune) bool { return strings.ContainsRune("\"“”„«»「」", r) && r > 0 }

func cutFunc(s string, at func(rune) bool) (before, after string, found bool) {
	i := strings.IndexFunc(s, at)
	if i < 0 {
		return s, "", false
	}
	_, n := utf8.DecodeRuneInString(s[i:])
	return s[:i], s[i+n:], true
}

// termOf makes a phrase of a text. There is none in a text without letters.
func termOf(text string, quoted bool) (t term, ok bool) {
	var last, before token
	for tok := range tokens(text) {
		t.tokens = append(t.tokens, tok.text)
		before, last = last, tok
	}
	n := len(t.tokens)
	switch {
	case n == 0:
		return t, false
	case !last.solid:
		t.prefix = !quoted && utf8.RuneCountInString(last.text) > 1
	case n > 1 && before.solid && before.end == last.end:
		t.tokens = t.tokens[:n-1] // in the text another character may follow it
	default:
		t.prefix, t.single = true, n == 1
	}
	return t, true
}

// expression writes a term that stands in some columns for SQLite.
func (t term) expression(columns string) string {
	s := `"` + strings.Join(t.tokens, " ") + `"`
	switch {
	case t.single && columns == allColumns:
		columns = "headchars textchars"
	case t.single && columns == headColumns:
		columns = "headchars"
	case t.prefix:
		s += "*"
	}
	return "({" + columns + "} : " + s + ")"
}

func join(terms []term, columns, operator string) string {
	all := make([]string, len(terms))
	for i, t := range terms {
		all[i] = t.expression(columns)
	}
	return "(" + strings.Join(all, " "+operator+" ") + ")"
}

// match writes the expression that captures must match in some columns, or "" if
// any will do, and the one that they must not match.
func (p *parsed) match(columns string) (want, never string) {
	var parts []string
	if len(p.find) > 0 {
		parts = append(parts, join(p.find, columns, "AND"))
	}
	for _, t := range p.within {
		parts = append(parts, t.expression(string(t.Field)))
	}
	if f := p.filters(); len(f) > 0 {
		parts = append(parts, fmt.Sprintf(`({filters} : ("%s"))`, strings.Join(f, `" AND "`)))
	}
	want = strings.Join(parts, " AND ")
	if len(p.exclude) > 0 {
		never = join(p.exclude, allColumns, "OR")
	}
	return want, never
}

// filters returns the tokens of the filters.
func (p *parsed) filters() (out []string) {
	for _, f := range []struct{ kind, value string }{
		{"c", p.Case}, {"h", strings.Trim(p.Site, ".")}, {"t", p.Tag}, {"v", p.Verdict},
	} {
		if strings.TrimSpace(f.value) != "" {
			out = append(out, filterToken(f.kind, f.value))
		}
	}
	return out
}

func filterToken(kind, value string) string {
	folded := fold.Text(strings.TrimSpace(value))
	return kind + hex.EncodeToString([]byte(folded))
}
