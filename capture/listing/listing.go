package listing

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"strings"

	"pugmark/evidence"
	"pugmark/evidence/canon"
	"pugmark/lexicon"
)

// The identification of the record.
const (
	Format             = "pugmark-listing"
	Version            = 1
	VersionWithLexicon = 2 // of a record that has [Listing.Lexicon]
)

// rules is the version of the rules by which facts are found. It changes with
// every change that can change a fact.
const rules = "1"

// hasher names what computes perceptual hashes: another version of it may give
// another hash for the same picture.
const hasher = "github.com/corona10/goimagehash v1.1.0 PerceptionHash"

// Page is what was captured of a page.
type Page struct {
	Address  string    // of the document, absolute
	Document io.Reader // the rendered document as UTF-8 HTML; nil if there is none
	Text     string    // the visible text
	Images   []Image   // what the page shows, in document order
	Unlisted int       // how many pictures it shows beyond these
	// Words finds the words of the trade in what the page says; nil: none are looked
	// for. Missing says which lexicons it should have had, and why it has not.
	Words   *lexicon.Matcher
	Missing []string
}

// Image is one picture that the page shows. Sizes and places are CSS pixels.
type Image struct {
	Address                  string
	Left, Top, Width, Height int
	Alt                      string
	Digest                   evidence.Digest // of the body; zero if it wasn't obtained
	Bytes                    int64           // of the body
	// Open returns the body; nil if it wasn't obtained. Missing may then say
	// why.
	Open    func() (io.ReadCloser, error)
	Missing string
}

// Listing is what a page says of what it offers.
type Listing struct {
	Format      string             `json:"format"`
	Version     int                `json:"version"`
	Extractor   Extractor          `json:"extractor"`
	Address     string             `json:"address"`
	Host        string             `json:"host,omitempty"`
	Facts       map[Name]Fact      `json:"facts"`
	Photographs []Photograph       `json:"photographs,omitempty"`
	Entities    []Entity           `json:"entities,omitempty"`
	Lexicon     *Lexicon           `json:"lexicon,omitempty"` // nil: no words were looked for
	Problems    []evidence.Problem `json:"problems,omitempty"`
}

// Extractor says by which rules a listing was read.
type Extractor struct {
	Rules          string `json:"rules"`
	PerceptualHash string `json:"perceptual_hash"`
}

// Name names a fact.
type Name string

// The facts.
const (
	Title         Name = "title"
	PriceFact     Name = "price"
	Currency      Name = "currency" // ISO 4217
	Availability  Name = "availability"
	SellerName    Name = "seller_name"
	SellerID      Name = "seller_id"
	SellerAddress Name = "seller_address" // on the web
	SellerPlace   Name = "seller_place"   // a postal address or a town
	SellerType    Name = "seller_type"    // "Person", "Organization"
	SellerRating  Name = "seller_rating"
	SellerJoined  Name = "seller_joined"
	Platform      Name = "platform"
	AdvertID      Name = "advert_id"
	Location      Name = "location" // of what is offered
	Posted        Name = "posted"
	Updated       Name = "updated"
	Ends          Name = "ends"
	Description   Name = "description"
	Language      Name = "language"
	Category      Name = "category"
	Condition     Name = "condition"
	Quantity      Name = "quantity"
	Phone         Name = "contact_phone"
	Email         Name = "contact_email"
	WeChat        Name = "contact_wechat"
	WhatsApp      Name = "contact_whatsapp"
	Telegram      Name = "contact_telegram"
	Line          Name = "contact_line"
	QQ            Name = "contact_qq"
	Handle        Name = "contact_handle" // of a service that the page doesn't name
)

// Source says in which part of a page a candidate stands.
type Source string

// The sources.
const (
	FromAddress   Source = "address"
	FromJSONLD    Source = "json-ld"
	FromMicrodata Source = "microdata"
	FromRDFa      Source = "rdfa"
	FromOpenGraph Source = "opengraph"
	FromMeta      Source = "meta"
	FromDOM       Source = "dom"
	FromText      Source = "text"
)

// Fact is what a page says on one matter.
type Fact struct {
	Value      string      `json:"value,omitempty"`   // of the first candidate
	Values     []string    `json:"values,omitempty"`  // where a fact can hold several
	Inferred   bool        `json:"inferred,omitzero"` // the first candidate is
	Conflict   bool        `json:"conflict,omitzero"` // another source says something else
	Candidates []Candidate `json:"candidates"`        // best first
	LeftOff    int         `json:"left_off,omitzero"` // candidates beyond the limit
}

// Candidate is one place where the page says something.
type Candidate struct {
	Provenance
	Value    string  `json:"value,omitempty"`    // normalised; absent if the raw string couldn't be
	Raw      string  `json:"raw"`                // as the page has it
	Cut      bool    `json:"cut,omitzero"`       // raw is only the beginning
	Inferred string  `json:"inferred,omitempty"` // why this is no plain statement
	Repaired bool    `json:"repaired,omitzero"`  // from a JSON-LD block that isn't valid JSON
	Price    *Price  `json:"price,omitempty"`    // of the fact price
	Rating   *Rating `json:"rating,omitempty"`   // of the fact seller_rating
}

// Provenance says where in the page something stands.
type Provenance struct {
	Source   Source `json:"source"`
	Property string `json:"property,omitempty"`
	Where    string `json:"where,omitempty"`
}

// Rating is what buyers think. Numbers are decimal strings as the page has
// them, with a point.
type Rating struct {
	Value string `json:"value"`          // "4.8"; with Best 100, a percentage
	Best  string `json:"best,omitempty"` // of the scale
	Count string `json:"count,omitempty"`
}

// Entity is a thing on offer that structured data describes.
type Entity struct {
	Provenance
	Types   []string `json:"types"`
	Name    string   `json:"name,omitempty"`
	Address string   `json:"address,omitempty"`
	Main    bool     `json:"main,omitzero"` // taken for what the page is about
	Why     string   `json:"why"`           // it was, or wasn't
}

// Marshal returns the canonical JSON of l.
func (l *Listing) Marshal() ([]byte, error) { return canon.Marshal(l) }

// Parse reads what [Listing.Marshal] wrote.
func Parse(b []byte) (*Listing, error) {
	l := new(Listing)
	if err := canon.Unmarshal(b, l); err != nil {
		return nil, fmt.Errorf("reading listing: %w", err)
	}
	want := Version
	if l.Lexicon != nil {
		want = VersionWithLexicon
	}
	if l.Format != Format || l.Version != want {
		return nil, fmt.Errorf("reading listing: got format %q version %d, want %q version %d", l.Format, l.Version, Format, want)
	}
	return l, nil
}

// Extract reads the facts of a page. An error means that the document couldn't
// be read or ctx is done; a page that says nothing, or nonsense, is no error.
func Extract(ctx context.Context, p Page) (*Listing, error) {
	x := newExtraction(p.Address)
	// The pictures come first, when the document takes no memory yet.
	photographs, err := describeAll(ctx, p.Images)
	if err != nil {
		return nil, err
	}
	doc, err := readDocument(ctx, p.Document)
	if err != nil {
		return nil, fmt.Errorf("reading the rendered document: %w", err)
	}
	x.doc = doc
	doc.survey()
	x.readAddress()
	x.readStated()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	x.readVisible(p.Text)
	if n := len(p.Images) + p.Unlisted - listed(photographs); n > 0 {
		doc.problem("photograph_limit", fmt.Sprintf("%d places with more pictures are not listed", n))
	}
	l := x.listing(x.addNamed(photographs))
	l.look(p)
	return l, nil
}

// look looks for the words of the trade in what the page says. The facts don't depend
// on it, whatever becomes of it.
func (l *Listing) look(p Page) {
	defer func() {
		if r := recover(); r != nil {
			l.Lexicon, l.Version = nil, Version
			l.Problems = append(l.Problems, evidence.Problem{Code: "lexicon_failed", Detail: fmt.Sprintf("the words of the trade were not looked for: %v", r)})
		}
	}()
	if l.Lexicon = l.words(p.Words, p.Missing, p.Text); l.Lexicon != nil {
		l.Version = VersionWithLexicon
	}
	if problem, is := l.Lexicon.problem(); is {
		l.Problems = append(l.Problems, problem)
	}
}

// extraction is one reading of one page.
type extraction struct {
	address string
	page    *url.URL // nil if the address isn't one
	doc     *document
	out     *collector

	site     site       // what the address tells
	base     *url.URL   // against which the page's addresses are resolved
	others   []*url.URL // that the page calls its own
	headings []string   // what the page calls itself, folded
	mainName string     // of what the page is about, folded
	lang     string     // BCP 47, of the page
	declared []string   // currencies that the page states by code
	named    []named    // pictures that structured data names
	entities []Entity
	told     map[*entity]bool // offers whose claims are made
}

func newExtraction(address string) *extraction {
	x := &extraction{address: strings.ToValidUTF8(address, "\uFFFD"), out: newCollector(), told: map[*entity]bool{}}
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		x.page, x.base = u, u
	}
	return x
}
