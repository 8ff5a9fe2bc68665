package taxa

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func on(t testing.TB, day string) time.Time {
	t.Helper()
	d, err := time.Parse(time.DateOnly, day)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestInForce(t *testing.T) {
	for _, c := range []struct {
		name, country, day string
		status             Status
		appendices         string
		via                string
		verified           bool
	}{
		{"Panthera tigris", "", "2013-01-01", Listed, "I", "", true},
		{"panthera TIGRIS", "", "2026-11-29", Listed, "I", "", false},
		{"Panthera tigris", "", "2000-01-01", Unknown, "", "", false},
		{"Loxodonta africana", "", "2016-05-01", Depends, "II I", "", true},
		{"Loxodonta africana", "BW", "2016-05-01", Listed, "II", "", true},
		{"Loxodonta cyclotis", "ga", "2016-05-01", Listed, "I", "", true},
		{"Manis javanica", "", "2017-01-01", Listed, "II", "", false},
		{"Manis javanica", "", "2017-01-02", Listed, "I", "", true},
		{"Geochelone elegans", "", "2019-11-25", Listed, "II", "", false},
		{"Geochelone elegans", "", "2019-11-26", Listed, "I", "", true},
		{"Ceratotherium simum simum", "NA", "2023-02-22", Listed, "I", "", false},
		{"Ceratotherium simum simum", "NA", "2023-02-23", Listed, "II", "", true},
		{"Diceros bicornis", "", "2015-01-01", Listed, "I", "Rhinocerotidae", true},
		{"Ara ararauna", "", "2015-01-01", Listed, "II", "Psittaciformes", true},
		{"Struthio camelus", "ZA", "2015-01-01", KnownUnlisted, "none", "", true},
		{"Carcharhinus longimanus", "", "2026-06-01", Listed, "I", "", false},
		{"Dalbergia spp.", "", "2020-01-01", Listed, "II", "", false},
		{"Homo sapiens", "", "2020-01-01", Unknown, "", "", false},
	} {
		a := Own().InForce(c.name, c.country, on(t, c.day))
		var got []string
		for _, l := range a.Listings {
			got = append(got, string(l.Appendix))
		}
		if a.Status != c.status || strings.Join(got, " ") != c.appendices || a.Via != c.via || a.Verified != c.verified {
			t.Errorf("%s in %q on %s: got %s, %v, via %q, verified %t (%s)", c.name, c.country, c.day, a.Status, got, a.Via, a.Verified, a.Why)
		}
		if !a.Verified && a.Why == "" {
			t.Errorf("%s on %s: no reason why it isn't verified", c.name, c.day)
		}
	}
}

func TestOwn(t *testing.T) {
	o := Own()
	if len(o.Taxa) < 150 {
		t.Errorf("got %d taxa", len(o.Taxa))
	}
	for i := range o.Listings {
		if l := &o.Listings[i]; l.Text == "" && !strings.Contains(l.Source, "not held against") && !strings.Contains(l.Source, "unverified") {
			t.Errorf("%s %s: nothing says that it wasn't checked", l.Taxon, l.From)
		}
	}
	for kind, least := range map[string]int{"term": 80, "unit": 8, "purpose": 12, "source": 10} {
		seen := make(map[string]bool)
		for _, c := range Codes(kind) {
			if seen[c.Code] {
				t.Errorf("%s %q is there twice", kind, c.Code)
			}
			seen[c.Code] = true
		}
		if len(seen) < least {
			t.Errorf("got %d codes of kind %s, want %d", len(seen), kind, least)
		}
	}
}

// TestAnswersAreOfTheirDay draws taxa and days: each listing of an answer covers its
// day, and what is verified was checked.
func TestAnswersAreOfTheirDay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := Own().Taxa[rapid.IntRange(0, len(Own().Taxa)-1).Draw(t, "taxon")]
		day := time.Date(2008, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 8000).Draw(t, "day"))
		country := rapid.SampledFrom([]string{"", "BW", "CN", "IN", "NA", "ZA"}).Draw(t, "country")
		a := Own().InForce(x.Name, country, day)
		if a.Status == Unknown != (len(a.Listings) == 0) {
			t.Fatalf("got %+v", a)
		}
		for _, l := range a.Listings {
			if !l.covers(a.Day) || a.Verified && l.Checked < a.Day {
				t.Fatalf("got %+v", a)
			}
		}
	})
}

func TestFind(t *testing.T) {
	for words, want := range map[string]string{
		"tiger": "Panthera tigris", "穿山甲": "Manis javanica", "African Grey": "Psittacus erithacus", "tê tê": "Manis javanica",
		"uncia uncia": "Panthera uncia", "star tortoise": "Geochelone elegans", "犀牛": "Rhinocerotidae", "gris du gabon": "Psittacus erithacus",
	} {
		found := Own().Find(words)
		if len(found) == 0 || found[0].Name != want {
			t.Errorf("%q: got %v, want %s", words, found, want)
		}
	}
	if found := Own().Find(" "); found != nil {
		t.Errorf("got %v of nothing", found)
	}
}

const download = "Id,Kingdom,Scientific Name,Author,Rank,Listing,Party,Listed under,Full note,# Full note\n" +
	"4521,Animalia,Loxodonta africana,\"(Blumenbach, 1797)\",SPECIES,I/II,,Loxodonta africana,\"<p>Included in Appendix I, except …</p>\",\n" +
	"1,Animalia,Testus exemplaris,,SPECIES,III,IN,Testus exemplaris,,#1\n"

func TestReadSpeciesPlus(t *testing.T) {
	for _, text := range []string{download, "\ufeff" + download, strings.ReplaceAll(download, ",", ";")} {
		text = strings.ReplaceAll(text, "\"(Blumenbach; 1797)\"", "x")
		text = strings.ReplaceAll(text, "Appendix I; except", "Appendix I, except")
		table, err := ReadSpeciesPlus([]byte(text), on(t, "2026-11-01"))
		if err != nil {
			t.Fatal(err)
		}
		a := table.InForce("Loxodonta africana", "BW", on(t, "2026-11-01"))
		if a.Status != Depends || len(a.Listings) != 2 || !a.Verified || a.Listings[0].Annotation != "Included in Appendix I, except …" {
			t.Errorf("got %+v", a)
		}
		if a := table.InForce("Loxodonta africana", "BW", on(t, "2026-10-31")); a.Status != Unknown {
			t.Errorf("got %+v before the download", a)
		}
		if a := table.InForce("testus exemplaris", "", on(t, "2026-12-01")); a.Listings[0].Annotation != "#1; Party: IN" || a.Verified {
			t.Errorf("got %+v", a)
		}
	}
}

func TestReadChecklistIndex(t *testing.T) {
	text := "TaxonId,FullName,RankName,CurrentListing,FullAnnotationEnglish,SynonymsWithAuthors,EnglishNames,SpanishNames,FrenchNames\n" +
		"1,Abeillia abeillei,SPECIES,II,Appendix II:,\"Ornismya abeillei Lesson & DeLattre, 1839\",\"Emerald-chinned Hummingbird\",,\n"
	table, err := ReadSpeciesPlus([]byte(text), on(t, "2026-11-01"))
	if err != nil {
		t.Fatal(err)
	}
	if x := table.Lookup("Ornismya abeillei"); x == nil || x.Common[0].Name != "Emerald-chinned Hummingbird" {
		t.Errorf("got %+v", x)
	}
}

func TestReadErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                               "is empty",
		"a,b\n":                          `got no column "FullName"`,
		"Scientific Name,Rank,Listing\n": "holds no taxon",
		"Scientific Name,Rank,Listing\nA b,SPECIES,IV\n": `line 2, column 13 (Listing): got "IV"`,
		"Scientific Name,Rank,Listing\n\xff":             "is not UTF-8",
	} {
		if _, err := ReadSpeciesPlus([]byte(text), on(t, "2026-11-01")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
	if _, err := readListings([]byte("taxon,appendix,countries,annotation,from,until,listed,checked,text,source\nA b,V,xx,,2026-13-01,,,,,\n")); err == nil ||
		!strings.Contains(err.Error(), "(appendix)") || !strings.Contains(err.Error(), "(countries)") || !strings.Contains(err.Error(), "(from)") || !strings.Contains(err.Error(), "(source)") {
		t.Errorf("got %v", err)
	}
}

func FuzzReadSpeciesPlus(f *testing.F) {
	f.Add([]byte(download))
	f.Add([]byte("FullName;RankName;CurrentListing\nA b;SPECIES;I/II/NC\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		table, err := ReadSpeciesPlus(b, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
		if err != nil {
			return
		}
		for _, x := range table.Taxa {
			table.InForce(x.Name, "", time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
		}
		table.Find(string(bytes.ToLower(b[:min(len(b), 8)])))
	})
}
