package bundle

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"pugmark/evidence"
	"pugmark/evidence/canon"
)

// How much a page shows of what a listing says.
const (
	maxFacts       = 64
	maxOthers      = 6 // other values of a fact
	maxPlaces      = 4 // where a value stands
	maxPhotographs = 50
	maxProblems    = 100
)

// listingRecord is what the pages read of listing.json: see package listing,
// which makes it.
type listingRecord struct {
	Format      string                 `json:"format"`
	Version     int                    `json:"version"`
	Facts       map[string]listingFact `json:"facts"`
	Photographs []listingPhotograph    `json:"photographs"`
	Lexicon     *lexiconRecord         `json:"lexicon"`
	Problems    []evidence.Problem     `json:"problems"`
}

// isKnown reports whether the record is of a form that is read here.
func (r *listingRecord) isKnown() bool {
	version := 1
	if r.Lexicon != nil {
		version = 2
	}
	return r.Format == "pugmark-listing" && r.Version == version
}

type listingFact struct {
	Value      string             `json:"value"`
	Values     []string           `json:"values"`
	Conflict   bool               `json:"conflict"`
	Candidates []listingCandidate `json:"candidates"`
	LeftOff    int                `json:"left_off"`
}

type listingCandidate struct {
	Source   string `json:"source"`
	Property string `json:"property"`
	Where    string `json:"where"`
	Value    string `json:"value"`
	Raw      string `json:"raw"`
	Inferred string `json:"inferred"`
}

func (c listingCandidate) text() string {
	if c.Value != "" {
		return c.Value
	}
	return c.Raw
}

type listingPhotograph struct {
	Address string `json:"address"`
	SHA256  string `json:"sha256"`
	Bytes   int64  `json:"bytes"`
	Alt     string `json:"alt"`
	Width   int    `json:"width"`
	Height  int    `json:"height"`
	Hash    string `json:"perceptual_hash"`
}

// listingView is what a page says of what a listing says.
type listingView struct {
	Failure      string // why nothing is shown
	Facts        []factView
	FactsMore    int
	Pictures     []photographView
	PicturesMore int
	Words        *wordsView // nil: none were looked for
	Problems     []problemView
	ProblemsMore int
}

type factView struct {
	Name, Value, Raw shownText
	Conflict         bool
	Places           []placeView
	Others           []factView // other values of it
	More             int        // that are not among the others
}

type placeView struct {
	Source                    string
	Property, Where, Inferred shownText
}

type photographView struct {
	Address, Alt, Hash shownText
	Size, SHA256       string
}

// factNames are the facts that package listing knows, in the order of the page.
var factNames = []struct{ name, words string }{
	{"title", "Title"}, {"price", "Price"}, {"currency", "Currency"}, {"availability", "Availability"},
	{"quantity", "Quantity"}, {"condition", "Condition"}, {"category", "Category"}, {"description", "Description"},
	{"seller_name", "Seller"}, {"seller_id", "Seller’s id"}, {"seller_address", "Seller’s address on the web"},
	{"seller_place", "Seller’s place"}, {"seller_type", "Seller’s type"}, {"seller_rating", "Seller’s rating"},
	{"seller_joined", "Seller joined"}, {"contact_phone", "Telephone"}, {"contact_email", "E-mail"},
	{"contact_wechat", "WeChat"}, {"contact_whatsapp", "WhatsApp"}, {"contact_telegram", "Telegram"},
	{"contact_line", "LINE"}, {"contact_qq", "QQ"}, {"contact_handle", "Name on another service"},
	{"location", "Location"}, {"platform", "Platform"}, {"advert_id", "Advert id"}, {"posted", "Posted"},
	{"updated", "Updated"}, {"ends", "Ends"}, {"language", "Language"},
}

var sourceWords = map[string]string{
	"address": "the page’s address", "json-ld": "structured data (JSON-LD)", "microdata": "structured data (microdata)",
	"rdfa": "structured data (RDFa)", "opengraph": "Open Graph metadata", "meta": "metadata of the document",
	"dom": "an element of the page", "text": "the visible text",
}

// listingPath returns the path in the bag of what the capture's page says of
// itself, or "".
func (c *capture) listingPath() string {
	it, ok := c.manifest.Find(evidence.KindListing)
	if !ok {
		return ""
	}
	return c.path() + "/" + it.Path
}

// listing reads what the capture's page says of itself. What can't be read is
// said to be so: the item is sealed as it is.
func (c *capture) listing() (*listingView, error) {
	it, ok := c.manifest.Find(evidence.KindListing)
	switch {
	case !ok:
		return &listingView{Failure: "The capture has no item with what the page says of itself."}, nil
	case it.Bytes > canon.MaxSize:
		return &listingView{Failure: fmt.Sprintf("The file %s is too large to be shown here.", it.Path)}, nil
	}
	b, err := c.read(it)
	if err != nil {
		return nil, err
	}
	if err := sumOf(b, it.SHA256); err != nil {
		return nil, fmt.Errorf("reading %q: %w", it.Path, err)
	}
	r := new(listingRecord)
	if err := json.Unmarshal(b, r); err != nil || !r.isKnown() {
		return &listingView{Failure: fmt.Sprintf("The file %s could not be read: it isn’t in the form that this page is made from.", it.Path)}, nil
	}
	return r.view(c.manifest.Target.Language), nil
}

// view returns what is shown of a record in the language of its page.
func (r *listingRecord) view(lang string) *listingView {
	v := new(listingView)
	var facts []factView
	known := make(map[string]bool)
	for _, f := range factNames {
		known[f.name] = true
		if fact, ok := r.Facts[f.name]; ok && len(fact.Candidates) > 0 {
			facts = append(facts, fact.view(f.words, lang))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.Facts)) {
		if fact := r.Facts[name]; !known[name] && len(fact.Candidates) > 0 {
			facts = append(facts, fact.view(name, lang))
		}
	}
	v.Facts, v.FactsMore = head(facts, maxFacts)
	photographs, more := head(r.Photographs, maxPhotographs)
	for _, p := range photographs {
		v.Pictures = append(v.Pictures, p.view(lang))
	}
	v.PicturesMore = more
	v.Words = r.Lexicon.view(lang)
	v.Problems, v.ProblemsMore = problemViews(r.Problems)
	return v
}

func (f listingFact) view(name, lang string) factView {
	first := f.Candidates[0]
	most := someText
	if name == "Description" {
		most = longText
	}
	v := factView{Name: cleanText(shortText, name), Value: cleanText(most, first.text()).in(lang), Conflict: f.Conflict}
	if len(f.Values) > 0 {
		v.Value = cleanText(most, strings.Join(f.Values, "\n")).in(lang)
		v.Places = placesOf(f.Candidates, func(listingCandidate) bool { return true })
		v.More = f.LeftOff
		return v
	}
	if !strings.EqualFold(squeeze(first.Raw), squeeze(first.text())) {
		v.Raw = cleanText(most, first.Raw).in(lang)
	}
	v.Places = placesOf(f.Candidates, func(c listingCandidate) bool { return c.text() == first.text() })
	v.Others, v.More = f.others(lang)
	v.More += f.LeftOff
	return v
}

// others returns the values that aren't the first.
func (f listingFact) others(lang string) ([]factView, int) {
	var out []factView
	seen := map[string]bool{f.Candidates[0].text(): true}
	for _, c := range f.Candidates {
		text := c.text()
		if seen[text] {
			continue
		}
		seen[text] = true
		out = append(out, factView{
			Value:  cleanText(someText, text).in(lang),
			Places: placesOf(f.Candidates, func(c listingCandidate) bool { return c.text() == text }),
		})
	}
	return head(out, maxOthers)
}

func placesOf(all []listingCandidate, is func(listingCandidate) bool) (out []placeView) {
	for _, c := range all {
		if !is(c) || len(out) == maxPlaces {
			continue
		}
		source, ok := sourceWords[c.Source]
		if !ok {
			source = cleanText(shortText, c.Source).Text
		}
		out = append(out, placeView{
			source, cleanText(shortText, c.Property), cleanText(shortText, c.Where), cleanText(shortText, c.Inferred),
		})
	}
	return out
}

func (p listingPhotograph) view(lang string) photographView {
	v := photographView{
		Address: cleanText(someText, p.Address), Alt: cleanText(someText, p.Alt).in(lang), Hash: cleanText(shortText, p.Hash),
		SHA256: cleanText(shortText, p.SHA256).Text,
	}
	var size []string
	if p.Width > 0 && p.Height > 0 {
		size = append(size, fmt.Sprintf("%d × %d pixels", p.Width, p.Height))
	}
	if p.Bytes > 0 {
		size = append(size, grouped(p.Bytes)+" bytes")
	}
	v.Size = strings.Join(size, ", ")
	return v
}

// squeeze collapses white space.
func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }
