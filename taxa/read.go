package taxa

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// MaxBytes bounds a file.
const MaxBytes = 256 << 20

// maxErrors is how many faults are told at once.
const maxErrors = 20

// A FieldError says what is wrong with one value of a file.
type FieldError struct {
	Line   int
	Column int
	Name   string // of the column
	Err    error
}

func (e *FieldError) Error() string {
	return fmt.Sprintf("line %d, column %d (%s): %v", e.Line, e.Column, e.Name, e.Err)
}

func (e *FieldError) Unwrap() error { return e.Err }

// rows reads a file line by line.
type rows struct {
	csv   *csv.Reader
	names []string
	row   []string
	errs  []error
}

// newRows reads the names of the columns. A byte order mark is no part of the first.
func newRows(b []byte) (*rows, error) {
	b = bytes.TrimPrefix(b, []byte("\ufeff"))
	if !utf8.Valid(b) {
		return nil, errors.New("is not UTF-8")
	}
	r := &rows{csv: csv.NewReader(bytes.NewReader(b))}
	r.csv.Comment = '#'
	r.csv.LazyQuotes = true
	if head, _, _ := bytes.Cut(b, []byte("\n")); bytes.Count(head, []byte(";")) > bytes.Count(head, []byte(",")) {
		r.csv.Comma = ';'
	}
	names, err := r.csv.Read()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("is empty")
	}
	if err != nil {
		return nil, err
	}
	r.names = slices.Clone(names)
	r.csv.ReuseRecord = true
	return r, nil
}

// need reports the first column that isn't there.
func (r *rows) need(names ...string) error {
	for _, name := range names {
		if !slices.Contains(r.names, name) {
			return fmt.Errorf("got no column %q", name)
		}
	}
	return nil
}

func (r *rows) next() bool {
	row, err := r.csv.Read()
	if errors.Is(err, io.EOF) || len(r.errs) >= maxErrors {
		return false
	}
	if err != nil {
		r.errs = append(r.errs, err)
		return false
	}
	r.row = row
	return true
}

func (r *rows) value(name string) string {
	if i := slices.Index(r.names, name); i >= 0 && i < len(r.row) {
		return strings.Clone(strings.TrimSpace(r.row[i]))
	}
	return ""
}

func (r *rows) fault(name string, err error) {
	i := max(slices.Index(r.names, name), 0)
	line, column := r.csv.FieldPos(i)
	r.errs = append(r.errs, &FieldError{line, column, name, err})
}

// filled returns a value that must be there.
func (r *rows) filled(name string) string {
	v := r.value(name)
	if v == "" {
		r.fault(name, errors.New("is empty"))
	}
	return v
}

func (r *rows) day(name string) Day {
	v := r.value(name)
	if v != "" {
		if _, err := time.Parse(time.DateOnly, v); err != nil {
			r.fault(name, fmt.Errorf("got %q, want a day such as 2026-03-05", v))
		}
	}
	return Day(v)
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

var ranks = []string{"subspecies", "species", "genus", "family", "order", "class", "phylum"}

func readTaxa(b []byte) (out []Taxon, err error) {
	r, err := newRows(b)
	if err != nil {
		return nil, err
	}
	if err := r.need("name", "rank", "within", "group", "common", "synonyms"); err != nil {
		return nil, err
	}
	for r.next() {
		x := Taxon{Name: r.filled("name"), Rank: r.value("rank"), Within: r.value("within"), Group: r.value("group"), Synonyms: list(r.value("synonyms"))}
		if !slices.Contains(ranks, x.Rank) {
			r.fault("rank", fmt.Errorf("got %q, want one of %s", x.Rank, strings.Join(ranks, ", ")))
		}
		for _, c := range list(r.value("common")) {
			lang, name, ok := strings.Cut(c, ":")
			if !ok {
				r.fault("common", fmt.Errorf("got %q, want LANGUAGE:NAME", c))
			}
			x.Common = append(x.Common, CommonName{lang, name})
		}
		out = append(out, x)
	}
	return out, errors.Join(r.errs...)
}

var countryCode = regexp.MustCompile(`^[A-Z]{2}$`)

func readListings(b []byte) (out []Listing, err error) {
	r, err := newRows(b)
	if err != nil {
		return nil, err
	}
	if err := r.need("taxon", "appendix", "countries", "annotation", "from", "until", "listed", "checked", "text", "source"); err != nil {
		return nil, err
	}
	for r.next() {
		l := Listing{
			Taxon: r.filled("taxon"), Appendix: Appendix(r.value("appendix")), Countries: strings.Fields(r.value("countries")),
			Annotation: r.value("annotation"), From: r.day("from"), Until: r.day("until"), Listed: r.day("listed"),
			Checked: r.day("checked"), Text: r.value("text"), Source: r.value("source"),
		}
		r.checkListing(&l)
		out = append(out, l)
	}
	return out, errors.Join(r.errs...)
}

func (r *rows) checkListing(l *Listing) {
	if !slices.Contains(appendices, l.Appendix) {
		r.fault("appendix", fmt.Errorf("got %q, want I, II, III or none", l.Appendix))
	}
	for _, c := range l.Countries {
		if !countryCode.MatchString(c) {
			r.fault("countries", fmt.Errorf("got %q, want a country's two letters", c))
		}
	}
	switch {
	case l.From == "":
		r.fault("from", errors.New("is empty"))
	case l.Until != "" && l.Until < l.From:
		r.fault("until", fmt.Errorf("got %q, which is before %q", l.Until, l.From))
	case (l.Checked == "") != (l.Text == ""):
		r.fault("text", errors.New("a day without a text that it was held against, or a text without a day"))
	case l.Checked == "" && l.Source == "":
		r.fault("source", errors.New("is empty, and no text was read"))
	}
}
