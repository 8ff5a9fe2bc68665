package handover

import (
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"pugmark/assessment"
	"pugmark/taxa"
)

// column is a column of the table.
type column struct {
	name  string
	value func(*Row) string
}

// columns are those of the table, in its order.
var columns = slices.Concat(ofPage, ofRecord(), []column{
	{"outcomes", func(r *Row) string { return outcomesText(r.Outcomes) }},
	{"appendix", func(r *Row) string { return appendixText(r.Appendix) }},
	{"manifest_sha256", func(r *Row) string { return r.ManifestSHA256.String() }},
	{"unread", func(r *Row) string { return r.Unread }},
})

// ofPage are the columns of the capture, of what its page says, and of notes.
var ofPage = []column{
	{"case", func(r *Row) string { return r.Case }},
	{"exhibit", func(r *Row) string { return strconv.Itoa(r.Exhibit) }},
	{"capture", func(r *Row) string { return r.Capture }},
	{"capture_id", func(r *Row) string { return r.CaptureID }},
	{"requested", func(r *Row) string { return r.Requested }},
	{"final", func(r *Row) string { return r.Final }},
	{"page_title", func(r *Row) string { return r.PageTitle }},
	{"started", func(r *Row) string { return utc(r.Started) }},
	{"sealed", func(r *Row) string { return utc(r.Sealed) }},
	{"verdict", func(r *Row) string { return r.Verdict }},
	{"problems", func(r *Row) string { return joined(r.Problems) }},
	{"platform", func(r *Row) string { return r.Platform }},
	{"advert_id", func(r *Row) string { return r.AdvertID }},
	{"title", func(r *Row) string { return r.Title }},
	{"price", func(r *Row) string { return r.Price }},
	{"price_high", func(r *Row) string { return r.PriceHigh }},
	{"currency", func(r *Row) string { return r.Currency }},
	{"price_type", func(r *Row) string { return r.PriceType }},
	{"price_text", func(r *Row) string { return r.PriceText }},
	{"availability", func(r *Row) string { return r.Availability }},
	{"condition", func(r *Row) string { return r.Condition }},
	{"quantity", func(r *Row) string { return r.Quantity }},
	{"seller_name", func(r *Row) string { return r.SellerName }},
	{"seller_id", func(r *Row) string { return r.SellerID }},
	{"seller_address", func(r *Row) string { return r.SellerURL }},
	{"seller_place", func(r *Row) string { return r.SellerPlace }},
	{"seller_type", func(r *Row) string { return r.SellerType }},
	{"contacts", func(r *Row) string { return joined(r.Contacts) }},
	{"location", func(r *Row) string { return r.Location }},
	{"posted", func(r *Row) string { return r.Posted }},
	{"updated", func(r *Row) string { return r.Updated }},
	{"photographs", func(r *Row) string { return strconv.Itoa(r.Photographs) }},
	{"lexicon", func(r *Row) string { return joined(r.Words) }},
	{"tags", func(r *Row) string { return joined(r.Tags) }},
	{"notes", func(r *Row) string { return joined(r.Notes) }},
	{"corrected", func(r *Row) string { return correctedText(r.Corrected) }},
}

// ofRecord returns a column for each field of the listing record.
func ofRecord() (out []column) {
	for _, f := range assessment.Fields() {
		if f.Kind != assessment.OutcomeKind {
			out = append(out, column{"record_" + f.Name, func(r *Row) string { return r.Record[f.Name] }})
		}
	}
	return out
}

// outcomesText writes each outcome in a line of its own values.
func outcomesText(all []assessment.Outcome) string {
	out := make([]string, len(all))
	for i, o := range all {
		out[i] = strings.ReplaceAll(o.String(), "\n", ", ")
	}
	return joined(out)
}

// appendixText writes in which Appendix the taxon was on which day, and why that
// is not verified, if so.
func appendixText(all []taxa.Answer) string {
	out := make([]string, len(all))
	for i, a := range all {
		words := []string{string(a.Status)}
		for _, l := range a.Listings {
			words = append(words, strings.TrimSpace(string(l.Appendix)+" "+strings.Join(l.Countries, " ")))
		}
		if a.Country != "" {
			words = append(words, "population of "+a.Country)
		}
		words = append(words, "on "+string(a.Day))
		if a.Why != "" {
			words = append(words, a.Why)
		}
		out[i] = strings.Join(words, ", ")
	}
	return joined(out)
}

func joined(all []string) string { return strings.Join(all, "; ") }

func correctedText(all []Correction) string {
	out := make([]string, len(all))
	for i, c := range all {
		out[i] = c.String()
	}
	return joined(out)
}

// csvWriter writes a table. The package encoding/csv would change the line breaks
// within a field.
type csvWriter struct {
	w   io.Writer
	bom bool
}

func (x *csvWriter) begin() error {
	if x.bom {
		if _, err := io.WriteString(x.w, "\ufeff"); err != nil {
			return err
		}
	}
	return x.line(func(c column) string { return c.name })
}

func (x *csvWriter) row(r *Row) error { return x.line(func(c column) string { return c.value(r) }) }

func (x *csvWriter) end() error { return nil }

func (x *csvWriter) line(value func(column) string) error {
	var b strings.Builder
	for i, c := range columns {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(csvField(cell(value(c))))
	}
	b.WriteString("\r\n")
	_, err := io.WriteString(x.w, b.String())
	return err
}

// Characters with which a program for tables lets a formula begin, and the mark against
// that; at a cell's own beginning also white space, which it may pass over.
const (
	formulas = "=+-@＝＋－＠'"
	blanks   = "\t\r\n"
)

// cell makes sure that no part of a value is taken for a formula, also where a program
// parts cells at semicolons, tabs or line breaks.
func cell(s string) string {
	var b strings.Builder
	begins := true
	for i, r := range s {
		if begins && strings.ContainsRune(formulas, r) || i == 0 && strings.ContainsRune(blanks, r) {
			b.WriteByte('\'')
		}
		b.WriteRune(r)
		begins = strings.ContainsRune(";"+blanks, r) || begins && strings.ContainsRune(" \"", r)
	}
	return b.String()
}

func csvField(s string) string {
	if strings.ContainsAny(s, ",\"\r\n") || strings.TrimSpace(s) != s {
		return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
	}
	return s
}

// jsonWriter writes an array, one object a line.
type jsonWriter struct {
	w    io.Writer
	some bool
}

func (x *jsonWriter) begin() error {
	_, err := io.WriteString(x.w, "[")
	return err
}

func (x *jsonWriter) row(r *Row) error {
	sep := ",\n"
	if !x.some {
		sep, x.some = "\n", true
	}
	b, err := json.Marshal(r)
	if err == nil {
		_, err = io.WriteString(x.w, sep+string(b))
	}
	return err
}

func (x *jsonWriter) end() error {
	_, err := io.WriteString(x.w, "\n]\n")
	return err
}

// linesWriter writes an object a line.
type linesWriter struct{ w io.Writer }

func (x linesWriter) begin() error { return nil }

func (x linesWriter) row(r *Row) error {
	b, err := json.Marshal(r)
	if err == nil {
		_, err = x.w.Write(append(b, '\n'))
	}
	return err
}

func (x linesWriter) end() error { return nil }
