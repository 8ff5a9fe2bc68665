package assessment

import (
	"slices"

	"pugmark/taxa"
)

// Kind says what a field takes.
type Kind string

// The kinds of fields.
const (
	Text        Kind = "text"
	TaxonName   Kind = "taxon"
	Choice      Kind = "choice"
	Choices     Kind = "choices"
	Code        Kind = "code"
	Decimal     Kind = "decimal"
	Weight      Kind = "weight"
	Dimensions  Kind = "dimensions"
	Country     Kind = "country"
	OutcomeKind Kind = "outcome"
)

// Unknown is the value of a field that was looked into without an answer.
const Unknown = "unknown"

// Field is a field of the record.
type Field struct {
	Name   string   `json:"name"`  // "claimed_origin"
	Label  string   `json:"label"` // "claimed origin"
	Kind   Kind     `json:"kind"`
	Values []string `json:"values,omitempty"` // of a choice
	Codes  string   `json:"codes,omitempty"`  // kind of the CITES codes, as in [taxa.Codes]
	Help   string   `json:"help"`             // what it holds, in a few words
}

// Names of fields that the program itself looks at.
const (
	Taxon         = "taxon"
	CommonName    = "common_name"
	ClaimedOrigin = "claimed_origin"
	OutcomeField  = "outcome"
)

// What became of a listing.
const (
	Reported = "reported"
	Removed  = "removed"
	Seized   = "seized"
	NoAction = "no action"
)

var fields = []Field{
	{Taxon, "taxon", TaxonName, nil, "", `scientific name of what is offered, or "unknown"`},
	{CommonName, "common name", Text, nil, "", "what it is called"},
	{"basis", "basis", Choices, []string{"photograph", "text", "code word", "expert", "laboratory", "other"}, "", "what the taxon was told by"},
	{"confidence", "confidence", Choice, []string{"certain", "probable", "possible", Unknown}, "", "how sure the taxon is"},
	{"specimen", "specimen", Code, nil, "term", "CITES term: TUS, IVC, LIV, or its name"},
	{"treatment", "treatment", Choice, []string{"raw", "worked", Unknown}, "", "whether it was worked"},
	{"form", "form", Choice, []string{"live", "part", "derivative", Unknown}, "", "live, a part, or made of one"},
	{"quantity", "quantity", Decimal, nil, "", "how much is offered: a number"},
	{"unit", "unit", Code, nil, "unit", "CITES unit of the quantity: kg, no (number of specimens)"},
	{"weight", "weight", Weight, nil, "", "with its unit: 2.4 kg"},
	{"dimensions", "dimensions", Dimensions, nil, "", "with their unit: 30 x 4 x 4 cm"},
	{"claimed_material", "claimed material", Text, nil, "", "what the seller says it is made of"},
	{"claimed_age", "claimed age", Text, nil, "", "how old the seller says it is"},
	{ClaimedOrigin, "claimed origin", Country, nil, "", "country that the seller says it is from: ZA"},
	{"claimed_source", "claimed source", Code, nil, "source", "CITES source that the seller claims: W, C, O"},
	{"claimed_permit", "claimed permit", Text, nil, "", "permit or certificate that the seller names"},
	{"visibility", "visibility", Choice, []string{"overt", "covert"}, "", "whether it is offered as what it is"},
	{"code_words", "code words", Text, nil, "", "words that stand for it"},
	{"diagnostics", "diagnostics", Text, nil, "", "what it was told by, such as Schreger lines"},
	{OutcomeField, "outcome", OutcomeKind, []string{Reported, Removed, Seized, NoAction}, "", "what became of the listing; several in time"},
}

// Fields returns the fields in the order of a form. They must not be changed.
func Fields() []Field { return fields }

// Find returns the field of a name.
func Find(name string) (Field, bool) {
	i := slices.IndexFunc(fields, func(f Field) bool { return f.Name == name })
	if i < 0 {
		return Field{}, false
	}
	return fields[i], true
}

// Options returns the values that a field takes, if it takes no others, as people read
// them; [Field.Parse] takes each.
func (f Field) Options() (out []string) {
	for _, c := range taxa.Codes(f.Codes) {
		out = append(out, f.Show(c.Code))
	}
	return append(out, f.Values...)
}

// Show returns a value as people read it: a code with what it means.
func (f Field) Show(value string) string {
	for _, c := range taxa.Codes(f.Codes) {
		if c.Code == value {
			return c.Code + " – " + c.Name
		}
	}
	return value
}
