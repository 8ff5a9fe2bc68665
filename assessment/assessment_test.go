package assessment

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"pugmark/capture/listing"
	"pugmark/evidence"
	"pugmark/lexicon"
	"pugmark/taxa"
)

func TestParse(t *testing.T) {
	for _, x := range []struct{ field, value, want string }{
		{"taxon", " loxodonta  africana ", "Loxodonta africana"},
		{"taxon", "Unknown", "unknown"},
		{"taxon", "Testudo imaginaria", "Testudo imaginaria"},
		{"taxon", "Dalbergia spp.", "Dalbergia spp."},
		{"common_name", "象牙", "象牙"},
		{"basis", "text,Photograph, code_word", "photograph, text, code word"},
		{"confidence", "Probable", "probable"},
		{"specimen", "tus", "TUS"},
		{"specimen", "ivory carving", "IVC"},
		{"specimen", "TUS – tusk", "TUS"},
		{"quantity", "0.35", "0.35"},
		{"unit", "KG", "kg"},
		{"weight", "2.4kg", "2.4 kg"},
		{"dimensions", "30x4 × 4.5 cm", "30 × 4 × 4.5 cm"},
		{"claimed_origin", "za", "ZA"},
		{"claimed_origin", "UK", "GB"},
		{"claimed_source", "pre-Convention", "O"},
		{"outcome", "No Action", "no action"},
		{"outcome", "Reported\nat: 2026-11-29\nby: A. Rao\nreference: 77", "reported\nat: 2026-11-29\nby: A. Rao\nreference: 77"},
	} {
		f, ok := Find(x.field)
		if !ok {
			t.Fatalf("no field %q", x.field)
		}
		got, err := f.Parse(x.value)
		if err != nil || got != x.want {
			t.Errorf("%s: %q: got %q, %v, want %q", x.field, x.value, got, err, x.want)
		}
		if again, err := f.Parse(got); err != nil || again != got {
			t.Errorf("%s: %q: got %q, %v the second time", x.field, got, again, err)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, x := range []struct{ field, value, want string }{
		{"taxon", "tiger", `common name "tiger", want a scientific one, such as "Panthera tigris"`},
		{"taxon", "some animal", "want a scientific name"},
		{"taxon", "", "want a scientific name"},
		{"common_name", " ", "got nothing"},
		{"basis", "photograph, smell", `got "smell", want one of photograph`},
		{"confidence", "", "want one of certain"},
		{"specimen", "tusks of it", "want a CITES term code"},
		{"quantity", "1,200", "want a number above 0"},
		{"quantity", "0.00", "want a number above 0"},
		{"quantity", "-1", "want a number above 0"},
		{"quantity", "1e9", "want a number above 0"},
		{"weight", "2.4", "want a number and one of kg"},
		{"dimensions", "1x2x3x4 cm", "one to three numbers"},
		{"dimensions", "0 cm", "want a number above 0"},
		{"claimed_origin", "ZZ", "a country's two letters"},
		{"claimed_origin", "ZAF", "a country's two letters"},
		{"claimed_origin", "12", "a country's two letters"},
		{"outcome", "lost", "want one of reported"},
		{"outcome", "reported\nby: A\nat: 2026-11-29", "in this order"},
		{"outcome", "reported\nby: A\nby: B", "in this order"},
		{"outcome", "reported\nby:", "in this order"},
		{"outcome", "reported\nat: 2026-11-29T10:00:00+02:00", "a time in UTC"},
	} {
		f, _ := Find(x.field)
		if got, err := f.Parse(x.value); err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%s: %q: got %q, %v, want %q", x.field, x.value, got, err, x.want)
		}
	}
}

// TestOptions checks that each field takes all that it offers.
func TestOptions(t *testing.T) {
	for _, f := range Fields() {
		for _, o := range f.Options() {
			if _, err := f.Parse(o); err != nil {
				t.Error(err)
			}
		}
		if f.Kind == Choice && len(f.Values) == 0 || f.Kind == Code && len(f.Options()) == 0 || f.Help == "" {
			t.Errorf("%s: got kind %s, values %v, help %q", f.Name, f.Kind, f.Values, f.Help)
		}
	}
}

// history makes annotations, an hour apart: "field=value", or "-N" withdraws the Nth.
func history(lines ...string) (all []evidence.Annotation) {
	at := time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)
	for i, line := range lines {
		at = at.Add(time.Hour)
		var n int
		if _, err := fmt.Sscanf(line, "-%d", &n); err == nil {
			all[n].Withdrawn = &evidence.Withdrawal{Time: at}
			continue
		}
		name, value, _ := strings.Cut(line, "=")
		all = append(all, evidence.Annotation{ID: uuid.New(), Kind: evidence.Assessment, Name: name, Text: value, Seq: int64(i), Time: at})
	}
	return all
}

func texts(r Record) (out []string) {
	for _, e := range r.Entries {
		out = append(out, e.Field.Label+": "+e.Text())
	}
	for _, o := range r.Outcomes {
		out = append(out, o.What)
	}
	return out
}

func TestRecord(t *testing.T) {
	for _, x := range []struct {
		history []evidence.Annotation
		want    []string
	}{
		{nil, nil},
		{history("specimen=TUS", "taxon=Loxodonta africana", "taxon=unknown"), []string{"taxon: unknown", "specimen: TUS – tusk"}},
		{history("taxon=Loxodonta africana", "taxon=unknown", "-0"), []string{"taxon: unknown"}},
		{history("taxon=Loxodonta africana", "taxon=unknown", "-1"), nil},
		{history("outcome=removed\nat: 2026-12-01", "outcome=reported\nat: 2026-11-29", "zeal=great"), []string{"zeal: great", "reported", "removed"}},
		{history("outcome=relisted", "outcome=removed", "-1"), []string{"relisted"}},
	} {
		r := Of(x.history)
		if got := texts(r); !slices.Equal(got, x.want) || r.Empty() != (len(x.want) == 0) {
			t.Errorf("got %q, want %q", got, x.want)
		}
	}
}

func TestUntilRemoval(t *testing.T) {
	for _, x := range []struct {
		outcomes []string
		want     time.Duration
		ok       bool
	}{
		{[]string{"removed"}, 0, false},
		{[]string{"removed", "reported"}, 0, false},
		{[]string{"reported", "no action", "removed", "removed"}, 2 * time.Hour, true},
		{[]string{"removed\nat: 2026-11-30", "reported\nat: 2026-11-29T10:00:00Z"}, 24 * time.Hour, true},
		{[]string{"removed\nat: 2026-11-29", "reported\nat: 2026-11-29T10:00:00Z"}, 0, true},
		{[]string{"removed\nat: 2026-11-29T09:00:00Z", "reported\nat: 2026-11-29"}, 0, true},
	} {
		var lines []string
		for _, o := range x.outcomes {
			lines = append(lines, "outcome="+o)
		}
		if got, ok := UntilRemoval(Outcomes(history(lines...))); got != x.want || ok != x.ok {
			t.Errorf("%q: got %v, %t, want %v, %t", x.outcomes, got, ok, x.want, x.ok)
		}
	}
}

func TestInForce(t *testing.T) {
	on := time.Date(2016, 5, 1, 0, 0, 0, 0, time.UTC)
	for _, x := range []struct {
		history []evidence.Annotation
		want    []taxa.Status
	}{
		{history("specimen=TUS"), nil},
		{history("taxon=unknown"), nil},
		{history("taxon=Testudo imaginaria"), []taxa.Status{taxa.Unknown}},
		{history("taxon=Loxodonta africana"), []taxa.Status{taxa.Depends}},
		{history("taxon=Loxodonta africana", "claimed_origin=BW"), []taxa.Status{taxa.Depends, taxa.Listed}},
	} {
		var got []taxa.Status
		for _, a := range Of(x.history).InForce(on, taxa.Own()) {
			got = append(got, a.Status)
		}
		if !slices.Equal(got, x.want) {
			t.Errorf("got %v, want %v", got, x.want)
		}
	}
}

func TestSuggest(t *testing.T) {
	fact := func(s string) listing.Fact {
		return listing.Fact{Value: s, Candidates: []listing.Candidate{{Value: s, Raw: s}}}
	}
	words := lexicon.NewMatcher(time.Time{}, lexicon.Own())
	for _, x := range []struct{ title, description, want string }{
		{"Oak table", "30 x 4.5 × 4 CM, 350克, number 5 m away", "dimensions=30 × 4.5 × 4 cm weight=350 g"},
		{"Vegetable ivory ring", "", ""},
		{"Pangolin scales", "", "claimed_material=Pangolin scales taxon=Manidae visibility=overt"},
	} {
		l := &listing.Listing{Facts: map[listing.Name]listing.Fact{listing.Title: fact(x.title), listing.Description: fact(x.description)}}
		var got []string
		for _, s := range Suggest(l, words) {
			got = append(got, s.Field+"="+s.Value)
		}
		slices.Sort(got)
		if strings.Join(got, " ") != x.want {
			t.Errorf("%s: got %q, want %q", x.title, got, x.want)
		}
	}
	if got := Suggest(nil, words); got != nil {
		t.Errorf("got %v", got)
	}
}

func FuzzParse(f *testing.F) {
	for i := range fields {
		f.Add(i, "2.4 kg")
	}
	f.Fuzz(func(t *testing.T, i int, value string) {
		if i < 0 || i >= len(fields) {
			return
		}
		got, err := fields[i].Parse(value)
		if err != nil {
			return
		}
		if again, err := fields[i].Parse(got); err != nil || again != got {
			t.Errorf("%s: %q: got %q, then %q, %v", fields[i].Name, value, got, again, err)
		}
	})
}
