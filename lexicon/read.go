package lexicon

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits of a file.
const (
	MaxBytes   = 16 << 20
	maxEntries = 200_000
	maxErrors  = 20 // that are told at once
)

// A FieldError says what is wrong with one value of a file.
type FieldError struct {
	Line   int    // from 1
	Column int    // in bytes, from 1
	Name   string // of the column; "" where it is none's fault
	Err    error
}

func (e *FieldError) Error() string {
	at := fmt.Sprintf("line %d", e.Line)
	if e.Column > 0 {
		at += fmt.Sprintf(", column %d", e.Column)
	}
	if e.Name != "" {
		at += fmt.Sprintf(" (%s)", e.Name)
	}
	return at + ": " + e.Err.Error()
}

func (e *FieldError) Unwrap() error { return e.Err }

// columns are the names of the columns.
var columns = []string{"lang", "term", "variants", "class", "meaning", "taxa", "product", "strength", "use", "from", "until", "source", "note"}

// required are the columns that must be filled.
var required = []string{"lang", "term", "class", "meaning", "source"}

// Read reads a lexicon. The error joins a [FieldError] for each of the first faults.
func Read(r io.Reader) (*Lexicon, error) {
	b, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("reading lexicon: %w", err)
	}
	if len(b) > MaxBytes {
		return nil, fmt.Errorf("reading lexicon: more than %d MB", MaxBytes>>20)
	}
	l, err := parse(b)
	if err != nil {
		return nil, fmt.Errorf("reading lexicon: %w", err)
	}
	return l, nil
}

func parse(b []byte) (*Lexicon, error) {
	l := &Lexicon{Digest: sha256.Sum256(b)}
	l.Version = l.Digest.String()[:8]
	b = bytes.TrimPrefix(b, []byte("\ufeff"))
	if err := checkUTF8(b); err != nil {
		return nil, err
	}
	l.readComments(b)
	p := parser{csv: newCSV(b), seen: make(map[string]int)}
	if err := p.header(); err != nil {
		return nil, err
	}
	for p.next() {
		l.Entries = append(l.Entries, p.entry())
	}
	if len(p.errs) == 0 && len(l.Entries) == 0 {
		return nil, errors.New("holds no entry")
	}
	return l, errors.Join(p.errs...)
}

// checkUTF8 says where a text isn't.
func checkUTF8(b []byte) error {
	if utf8.Valid(b) {
		return nil
	}
	line := 1
	for text := range bytes.Lines(b) {
		if !utf8.Valid(text) {
			return &FieldError{Line: line, Err: errors.New("is not UTF-8: save the file as CSV in UTF-8")}
		}
		line++
	}
	return nil
}

// readComments reads name and version from the comments.
func (l *Lexicon) readComments(b []byte) {
	for line := range bytes.Lines(b) {
		comment, ok := bytes.CutPrefix(line, []byte("#"))
		if !ok {
			continue
		}
		name, value, _ := strings.Cut(string(comment), ":")
		value = strings.TrimRight(strings.TrimSpace(value), ",;\t ") // a spreadsheet fills up the line
		switch {
		case value == "":
		case strings.TrimSpace(name) == "name":
			l.Name = value
		case strings.TrimSpace(name) == "version":
			l.Version = value
		}
	}
}

// newCSV returns a reader for a file, with the separator that its head has.
func newCSV(b []byte) *csv.Reader {
	r := csv.NewReader(bytes.NewReader(b))
	r.Comment = '#'
	for line := range bytes.Lines(b) {
		if bytes.HasPrefix(line, []byte("#")) || len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		for _, comma := range ";\t" {
			if bytes.ContainsRune(line, comma) && !bytes.ContainsRune(line, ',') {
				r.Comma = comma
			}
		}
		break
	}
	return r
}

// parser reads the lines of a file.
type parser struct {
	csv   *csv.Reader
	names []string // of the columns
	row   []string
	line  int
	errs  []error
	seen  map[string]int // line of each language and term
}

// header reads the names of the columns.
func (p *parser) header() error {
	row, err := p.csv.Read()
	if errors.Is(err, io.EOF) {
		return errors.New("is empty")
	}
	if err != nil {
		return err
	}
	p.csv.ReuseRecord = true
	for i, name := range row {
		name = strings.ToLower(strings.TrimSpace(name))
		if !slices.Contains(columns, name) {
			p.row, p.names = row, row
			return p.at(i, fmt.Errorf("got column %q, want some of %s", name, strings.Join(columns, ", ")))
		}
		if slices.Contains(p.names, name) {
			return p.at(i, fmt.Errorf("got column %q twice", name))
		}
		p.names = append(p.names, name)
	}
	for _, name := range required {
		if !slices.Contains(p.names, name) {
			return fmt.Errorf("got no column %q", name)
		}
	}
	return nil
}

// at says where in the line that was read last an error is.
func (p *parser) at(column int, err error) error {
	line, col := p.csv.FieldPos(column)
	e := &FieldError{Line: line, Column: col, Err: err}
	if column < len(p.names) {
		e.Name = p.names[column]
	}
	return e
}

// next reads a line. It reports false after the last one, or when there is too much
// that is wrong.
func (p *parser) next() bool {
	row, err := p.csv.Read()
	var broken *csv.ParseError
	switch {
	case len(p.errs) >= maxErrors || errors.Is(err, io.EOF):
		return false
	case errors.As(err, &broken):
		p.errs = append(p.errs, &FieldError{Line: broken.Line, Column: broken.Column, Err: broken.Err})
		return false
	case err != nil:
		p.errs = append(p.errs, err)
		return false
	case len(p.seen) >= maxEntries:
		p.errs = append(p.errs, fmt.Errorf("more than %d entries", maxEntries))
		return false
	}
	p.row = row
	p.line, _ = p.csv.FieldPos(0)
	return true
}

// fault notes what is wrong with the value of a column.
func (p *parser) fault(name string, err error) {
	if err != nil {
		p.errs = append(p.errs, p.at(slices.Index(p.names, name), err))
	}
}

// value returns the value of a column.
func (p *parser) value(name string) string {
	i := slices.Index(p.names, name)
	if i < 0 {
		return ""
	}
	v := strings.TrimSpace(p.row[i])
	if v == "" && slices.Contains(required, name) {
		p.fault(name, errors.New("is empty"))
	}
	return strings.Clone(v)
}

// choice returns the value of a column that is one of several.
func choice[T ~string](p *parser, name string, of []T, empty T) T {
	v := T(strings.ToLower(p.value(name)))
	if v == "" {
		return empty
	}
	if !slices.Contains(of, v) {
		p.fault(name, fmt.Errorf("got %q, want one of %s", v, join(of)))
	}
	return v
}

func join[T ~string](of []T) string {
	var b strings.Builder
	for i, v := range of {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(string(v))
	}
	return b.String()
}

func (p *parser) entry() Entry {
	e := Entry{
		Langs:    strings.Fields(p.value("lang")),
		Term:     p.value("term"),
		Class:    choice(p, "class", Classes, ""),
		Meaning:  p.value("meaning"),
		Taxa:     list(p.value("taxa")),
		Product:  p.value("product"),
		Strength: choice(p, "strength", Strengths, Weak),
		Covert:   choice(p, "use", []string{"overt", "covert"}, "overt") == "covert",
		From:     p.day("from"), Until: p.day("until"),
		Source: p.value("source"), Note: p.value("note"),
	}
	p.checkEntry(&e)
	e.Variants = p.variants()
	return e
}

func (p *parser) checkEntry(e *Entry) {
	for _, tag := range e.Langs {
		p.fault("lang", checkLang(tag))
		key := strings.ToLower(tag) + "\x00" + e.Term
		if line, ok := p.seen[key]; ok {
			p.fault("term", fmt.Errorf("got %q in %s again, after line %d", e.Term, tag, line))
		}
		p.seen[key] = p.line
	}
	if e.Term != "" {
		p.faultTerm("term", e.Term)
	}
	if e.From != "" && e.Until != "" && e.Until < e.From[:min(len(e.From), len(e.Until))] {
		p.fault("until", fmt.Errorf("got %q, which is before %q", e.Until, e.From))
	}
}

func (p *parser) faultTerm(name, term string) {
	if err := checkTerm(term); err != nil {
		p.fault(name, fmt.Errorf("%q %w", term, err))
	}
}

func (p *parser) day(name string) string {
	v := p.value(name)
	if v != "" {
		p.fault(name, checkDay(v))
	}
	return v
}

func (p *parser) variants() (out []Variant) {
	for _, s := range list(p.value("variants")) {
		v := Variant{Text: s, Kind: Spelling}
		if kind, text, ok := strings.Cut(s, ":"); ok && slices.Contains(kinds, Kind(kind)) {
			v = Variant{Text: strings.TrimSpace(text), Kind: Kind(kind)}
		}
		p.faultTerm("variants", v.Text)
		out = append(out, v)
	}
	return out
}

// list splits a value with | between its parts.
func list(s string) (out []string) {
	for part := range strings.SplitSeq(s, "|") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}
