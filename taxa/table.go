package taxa

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"pugmark/fold"
)

// Taxon is a species or a group of species.
type Taxon struct {
	Name     string       `json:"name"` // scientific
	Rank     string       `json:"rank"`
	Within   string       `json:"within,omitempty"` // name of a higher taxon
	Group    string       `json:"group,omitempty"`
	Common   []CommonName `json:"common,omitempty"`
	Synonyms []string     `json:"synonyms,omitempty"`
}

// CommonName is what a taxon is called in a language.
type CommonName struct {
	Lang string `json:"lang"` // BCP 47
	Name string `json:"name"`
}

// Appendix is one of CITES.
type Appendix string

// The Appendices.
const (
	AppendixI   Appendix = "I"
	AppendixII  Appendix = "II"
	AppendixIII Appendix = "III"
	NotListed   Appendix = "none" // it is known that it is in none
)

var appendices = []Appendix{AppendixI, AppendixII, AppendixIII, NotListed}

// Day is a day as 2006-01-02, or empty.
type Day string

func dayOf(t time.Time) Day { return Day(t.UTC().Format(time.DateOnly)) }

// Listing is a listing of a taxon for a time.
type Listing struct {
	Taxon      string   `json:"taxon"`
	Appendix   Appendix `json:"appendix"`
	Countries  []string `json:"countries,omitempty"` // ISO 3166; none: all others
	Split      bool     `json:"split,omitempty"`     // the populations are in the annotation alone
	Annotation string   `json:"annotation,omitempty"`
	From       Day      `json:"from"`
	Until      Day      `json:"until,omitempty"`
	Listed     Day      `json:"listed_since,omitempty"`
	Checked    Day      `json:"checked,omitempty"` // last day for which it was held against a text
	Text       string   `json:"text,omitempty"`    // the text
	Source     string   `json:"source,omitempty"`
}

func (l *Listing) covers(d Day) bool { return l.From <= d && (l.Until == "" || d <= l.Until) }

// Status says what is known.
type Status string

// The kinds of answers.
const (
	Listed        Status = "listed"
	KnownUnlisted Status = "not listed"
	Depends       Status = "depends on the population"
	Unknown       Status = "unknown"
)

// Answer says in which Appendix a taxon is on a day.
type Answer struct {
	Status   Status    `json:"status"`
	Taxon    *Taxon    `json:"taxon,omitempty"` // nil where the table doesn't have it
	Day      Day       `json:"day"`
	Country  string    `json:"country,omitempty"`
	Via      string    `json:"via,omitempty"` // the higher taxon that is listed
	Listings []Listing `json:"listings"`
	// Verified says that the listings were held against a text of that day or a
	// later one.
	Verified bool   `json:"verified"`
	Checked  Day    `json:"checked,omitempty"` // up to when they were
	Why      string `json:"why,omitempty"`     // why it is unknown or not verified
	Table    string `json:"table"`             // whose table this is from, with its version
}

// Table is a dated table of taxa and listings. It must not change once it is in use.
type Table struct {
	Name     string
	Version  string
	Taxa     []Taxon
	Listings []Listing

	byName map[string]int // of folded names, scientific and synonyms
	rows   map[string][]int
}

// index prepares the table for look-ups.
func (t *Table) index() {
	t.byName, t.rows = make(map[string]int), make(map[string][]int)
	for i := range t.Taxa {
		t.byName[fold.Text(t.Taxa[i].Name)] = i
	}
	for i := range t.Taxa {
		for _, s := range t.Taxa[i].Synonyms {
			if _, ok := t.byName[fold.Text(s)]; !ok {
				t.byName[fold.Text(s)] = i
			}
		}
	}
	for i := range t.Listings {
		t.rows[t.Listings[i].Taxon] = append(t.rows[t.Listings[i].Taxon], i)
	}
}

// Lookup returns the taxon of a scientific name or synonym, or nil.
func (t *Table) Lookup(name string) *Taxon {
	name = strings.TrimSuffix(strings.Join(strings.Fields(name), " "), " spp.")
	if i, ok := t.byName[fold.Text(name)]; ok {
		return &t.Taxa[i]
	}
	return nil
}

// History returns all listings of a taxon, of its own or of what it is within.
func (t *Table) History(x *Taxon) (out []Listing) {
	for ; x != nil; x = t.higher(x) {
		for _, i := range t.rows[x.Name] {
			out = append(out, t.Listings[i])
		}
	}
	return out
}

func (t *Table) higher(x *Taxon) *Taxon {
	if x.Within == "" {
		return nil
	}
	return t.Lookup(x.Within)
}

// InForce says in which Appendix a taxon is on a day, for the population of a country
// (ISO 3166), or for all when that is empty.
func (t *Table) InForce(name, country string, on time.Time) Answer {
	a := Answer{Status: Unknown, Day: dayOf(on), Country: strings.ToUpper(country), Table: t.Name + " " + t.Version, Listings: []Listing{}}
	if a.Taxon = t.Lookup(name); a.Taxon == nil {
		a.Why = "the table does not have the taxon, which says nothing of its listing"
		return a
	}
	for x := a.Taxon; x != nil; x = t.higher(x) {
		if found := t.on(x, a.Day); len(found) > 0 {
			if x != a.Taxon {
				a.Via = x.Name
			}
			a.conclude(found)
			return a
		}
	}
	a.Why = "the table says nothing of this day"
	return a
}

// on returns the listings of a taxon itself on a day.
func (t *Table) on(x *Taxon, d Day) (out []Listing) {
	for _, i := range t.rows[x.Name] {
		if t.Listings[i].covers(d) {
			out = append(out, t.Listings[i])
		}
	}
	return out
}

// conclude draws the answer from the listings of the day.
func (a *Answer) conclude(found []Listing) {
	if a.Country != "" {
		found = ofCountry(found, a.Country)
	}
	a.Listings = found
	kinds := make(map[Appendix]bool)
	split := false
	a.Checked = found[0].Checked
	for _, l := range found {
		kinds[l.Appendix] = true
		split = split || l.Split
		a.Checked = min(a.Checked, l.Checked)
	}
	switch {
	case len(kinds) > 1 || split:
		a.Status = Depends
	case kinds[NotListed]:
		a.Status = KnownUnlisted
	default:
		a.Status = Listed
	}
	switch a.Verified = a.Checked != "" && a.Day <= a.Checked; {
	case a.Verified:
	case a.Checked == "":
		a.Why = "not held against a text of the Appendices"
	default:
		a.Why = "held against a text up to " + string(a.Checked) + " only; later changes may be missing"
	}
}

// ofCountry returns the listings for a country: those that name it, else those for
// all others.
func ofCountry(all []Listing, country string) []Listing {
	var named, others []Listing
	for _, l := range all {
		switch {
		case slices.Contains(l.Countries, country):
			named = append(named, l)
		case len(l.Countries) == 0:
			others = append(others, l)
		}
	}
	if len(named) > 0 {
		return named
	}
	if len(others) > 0 {
		return others
	}
	return []Listing{{Taxon: all[0].Taxon, Appendix: NotListed, From: all[0].From, Until: all[0].Until,
		Annotation: "only other populations are listed", Checked: all[0].Checked, Text: all[0].Text}}
}

// Match is a taxon that was found, the best first.
type Match struct {
	*Taxon
	Found string `json:"found"` // the name that matches
	rank  int
}

// Find returns the taxa of which a name holds all words, in any language and writing:
// first those that are called so, then those of which a name begins so.
func (t *Table) Find(words string) []Match {
	want := strings.Join(strings.Fields(fold.Text(words)), " ")
	if want == "" {
		return nil
	}
	var out []Match
	for i := range t.Taxa {
		x := &t.Taxa[i]
		best := Match{Taxon: x, rank: 3}
		for _, name := range x.names() {
			if r := nameRank(fold.Text(name), want); r < best.rank {
				best.Found, best.rank = name, r
			}
		}
		if best.rank < 3 {
			out = append(out, best)
		}
	}
	slices.SortStableFunc(out, func(a, b Match) int { return cmp.Compare(a.rank, b.rank) })
	return out
}

func (x *Taxon) names() []string {
	out := append([]string{x.Name}, x.Synonyms...)
	for _, c := range x.Common {
		out = append(out, c.Name)
	}
	return append(out, x.Group)
}

// nameRank returns 0 for the same name, 1 for one that begins so, 2 for one that holds
// all words, else 3.
func nameRank(name, want string) int {
	switch {
	case name == want:
		return 0
	case strings.HasPrefix(name, want):
		return 1
	}
	for word := range strings.FieldsSeq(want) {
		if !strings.Contains(name, word) {
			return 3
		}
	}
	return 2
}
