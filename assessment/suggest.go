package assessment

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"pugmark/capture/listing"
	"pugmark/lexicon"
)

// Suggestion is a value that a page suggests for a field. A person decides.
type Suggestion struct {
	Field string `json:"field"`
	Value string `json:"value"` // as [Field.Parse] returns it
	Why   string `json:"why"`
}

// suggesting collects suggestions, one for each field.
type suggesting struct{ all []Suggestion }

func (s *suggesting) add(field, value, why string) {
	f, _ := Find(field)
	value, err := f.Parse(value)
	if err != nil || slices.ContainsFunc(s.all, func(x Suggestion) bool { return x.Field == field }) {
		return
	}
	s.all = append(s.all, Suggestion{field, value, why})
}

// Suggest returns what a page suggests: its quantity, weight and dimensions where it
// states them, and what the words of the lexicon say that are in its title and
// description. A false friend suggests nothing.
func Suggest(l *listing.Listing, words *lexicon.Matcher) []Suggestion {
	if l == nil {
		return nil
	}
	var s suggesting
	if q := l.Facts[listing.Quantity].Value; q != "" {
		s.add("quantity", q, "the page says so")
		s.add("unit", "no", "with the page's quantity")
	}
	var hits []lexicon.Hit
	for _, name := range []listing.Name{listing.Title, listing.Description} {
		f := l.Facts[name]
		text := f.Value
		if text == "" && len(f.Candidates) > 0 {
			text = f.Candidates[0].Raw
		}
		s.measures(text, fmt.Sprintf("in the page's %s", name))
		hits = append(hits, words.Find(text)...)
	}
	s.words(slices.DeleteFunc(hits, func(h lexicon.Hit) bool {
		return h.Excluded != nil || h.Entry.Class == lexicon.Excluded || h.Entry.Class == lexicon.Behaviour
	}))
	return s.all
}

var (
	weightIn     = regexp.MustCompile(`(?i)(?:^|[^0-9.,])(` + decimal + `)\s?(kg|公斤|千克|mg|毫克|g|克|lb|oz)(?:[^a-z]|$)`)
	dimensionsIn = regexp.MustCompile(`(?i)(?:^|[^0-9.,])(` + decimal + `(?:\s?[x×*]\s?` + decimal + `){1,2})\s?(cm|厘米|mm|毫米|m|in)(?:[^a-z]|$)`)
)

// ofUnits are other writings of units.
var ofUnits = map[string]string{"公斤": "kg", "千克": "kg", "毫克": "mg", "克": "g", "厘米": "cm", "毫米": "mm"}

// measures suggests the first weight and dimensions that a text states.
func (s *suggesting) measures(text, why string) {
	for field, in := range map[string]*regexp.Regexp{"weight": weightIn, "dimensions": dimensionsIn} {
		if m := in.FindStringSubmatch(text); m != nil {
			unit := strings.ToLower(m[2])
			if u, ok := ofUnits[unit]; ok {
				unit = u
			}
			s.add(field, strings.ToLower(m[1])+" "+unit, why)
		}
	}
}

// live is the product of the lexicon for live animals and plants, and the form of them.
const live = "live"

// words suggests what the words of the trade say.
func (s *suggesting) words(hits []lexicon.Hit) {
	var taxa, products, overt, covert []string
	once := func(all *[]string, v string) {
		if v != "" && !slices.Contains(*all, v) {
			*all = append(*all, v)
		}
	}
	for _, h := range hits {
		switch {
		case h.Entry.Covert:
			once(&covert, h.Text)
		case h.Strength != lexicon.Weak:
			once(&overt, h.Text)
		default:
			continue
		}
		if h.Entry.Class == lexicon.Product && !h.Entry.Covert && h.Entry.Product != live {
			once(&products, h.Text)
		}
		for _, name := range h.Entry.Taxa {
			once(&taxa, name)
		}
		if h.Entry.Product == live {
			s.add("form", live, fmt.Sprintf("%q is said", h.Text))
		}
	}
	if len(taxa) == 1 {
		s.add(Taxon, taxa[0], fmt.Sprintf("%q is said of no other in the lexicon", append(overt, covert...)[0]))
	}
	s.add("code_words", strings.Join(covert, ", "), "as in the lexicon")
	if len(products) > 0 {
		s.add("claimed_material", products[0], "the word of the page")
	}
	switch {
	case len(overt) > 0:
		s.add("visibility", "overt", fmt.Sprintf("%q is said", overt[0]))
	case len(covert) > 0:
		s.add("visibility", "covert", fmt.Sprintf("%q is said, and no plain word", covert[0]))
	}
}
