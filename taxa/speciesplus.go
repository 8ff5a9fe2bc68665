package taxa

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// headers are the columns of a download that are used, by what they are used for; ""
// where it has none.
type headers struct{ name, rank, listing, party, note, hash, english, spanish, french, synonyms string }

var (
	listingsDownload = headers{"Scientific Name", "Rank", "Listing", "Party", "Full note", "# Full note", "", "", "", ""}
	checklistIndex   = headers{"FullName", "RankName", "CurrentListing", "", "FullAnnotationEnglish", "#Annotation", "EnglishNames", "SpanishNames", "FrenchNames", "SynonymsWithAuthors"}
)

// ReadSpeciesPlus reads a user's download of listings from Species+, or of the index
// of the Checklist of CITES Species, that is of a day. What it says is known for that
// day and the time after it, as far as the download itself can tell.
func ReadSpeciesPlus(b []byte, asOf time.Time) (*Table, error) {
	r, err := newRows(b)
	if err != nil {
		return nil, fmt.Errorf("reading Species+ download: %w", err)
	}
	h := listingsDownload
	if r.need(h.name) != nil {
		h = checklistIndex
	}
	if err := r.need(h.name, h.rank, h.listing); err != nil {
		return nil, fmt.Errorf("reading Species+ download: %w, as a download of listings or the index of the Checklist has", err)
	}
	t := &Table{Name: "Species+", Version: string(dayOf(asOf))}
	seen := make(map[string]bool)
	for r.next() {
		t.addRow(r, h, dayOf(asOf), seen)
	}
	if len(r.errs) == 0 && len(t.Taxa) == 0 {
		return nil, errors.New("reading Species+ download: holds no taxon")
	}
	if err := errors.Join(r.errs...); err != nil {
		return nil, fmt.Errorf("reading Species+ download: %w", err)
	}
	t.index()
	return t, nil
}

// addRow adds what a line says.
func (t *Table) addRow(r *rows, h headers, day Day, seen map[string]bool) {
	name := r.filled(h.name)
	if name == "" {
		return
	}
	if !seen[name] {
		seen[name] = true
		x := Taxon{Name: name, Rank: strings.ToLower(r.value(h.rank)), Synonyms: withoutAuthors(r.value(h.synonyms))}
		for lang, column := range map[string]string{"en": h.english, "es": h.spanish, "fr": h.french} {
			x.addCommon(lang, r.value(column))
		}
		t.Taxa = append(t.Taxa, x)
	}
	parts := strings.FieldsFunc(r.value(h.listing), func(c rune) bool { return c == '/' || c == ',' || c == ' ' })
	for _, p := range parts {
		l := Listing{
			Taxon: name, Appendix: Appendix(p), From: day, Checked: day, Split: len(parts) > 1 || r.value(h.party) != "",
			Annotation: plainNote(r.value(h.note), r.value(h.hash), r.value(h.party)), Text: "the user's download from Species+",
		}
		switch p {
		case "I", "II", "III":
			t.Listings = append(t.Listings, l)
		case "NC":
			l.Appendix, l.Split = NotListed, false
			t.Listings = append(t.Listings, l)
		default:
			r.fault(h.listing, fmt.Errorf("got %q, want I, II, III or NC", p))
		}
	}
}

func (x *Taxon) addCommon(lang, names string) {
	for name := range strings.SplitSeq(names, ",") {
		if name = strings.TrimSpace(name); name != "" {
			x.Common = append(x.Common, CommonName{lang, name})
		}
	}
}

// authors is where the authors of a name begin: at a capital letter after the first
// word, or in brackets.
var authors = regexp.MustCompile(`^([A-Z][a-z-]+(?: [a-z-]+)*)`)

func withoutAuthors(s string) (out []string) {
	for part := range strings.SplitSeq(s, ";") {
		if name := authors.FindString(strings.TrimSpace(part)); strings.Contains(name, " ") {
			out = append(out, name)
		}
	}
	return out
}

var tag = regexp.MustCompile(`<[^>]*>`)

// plainNote joins the notes of a listing, without their markup.
func plainNote(notes ...string) string {
	var kept []string
	for i, n := range notes {
		if n = strings.Join(strings.Fields(tag.ReplaceAllString(n, " ")), " "); n != "" {
			if i == 2 {
				n = "Party: " + n
			}
			kept = append(kept, n)
		}
	}
	return strings.Join(kept, "; ")
}
