package handover

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"pugmark/assessment"
	"pugmark/capture/listing"
	"pugmark/evidence"
	"pugmark/review"
	"pugmark/taxa"
)

// Row is what is said of one capture.
type Row struct {
	Case      string    `json:"case"`       // as it is reviewed: "OP-1", "OP-1@1a2b3c4d"
	Exhibit   int       `json:"exhibit"`    // unique in the case
	Capture   string    `json:"capture"`    // "OP-1/3"
	CaptureID string    `json:"capture_id"` // UUID
	Requested string    `json:"requested"`  // address that was asked for
	Final     string    `json:"final,omitempty"`
	PageTitle string    `json:"page_title,omitempty"` // of the document
	Started   time.Time `json:"started"`              // by the machine's clock
	Sealed    time.Time `json:"sealed"`
	Verdict   string    `json:"verdict"` // complete, partial, failed
	// Problems are the codes of what did not hold; a complete capture has none.
	Problems []string `json:"problems,omitempty"`

	// What the page says of what it offers, as package listing reads it.
	Platform     string `json:"platform,omitempty"`
	AdvertID     string `json:"advert_id,omitempty"`
	Title        string `json:"title,omitempty"`
	Price        string `json:"price,omitempty"`      // decimal, with a point; the lower end of a range
	PriceHigh    string `json:"price_high,omitempty"` // upper end of a range
	Currency     string `json:"currency,omitempty"`   // ISO 4217
	PriceType    string `json:"price_type,omitempty"` // exact, range, from, up_to, free, on_request, negotiable
	PriceText    string `json:"price_text,omitempty"` // as the page has it
	Availability string `json:"availability,omitempty"`
	Condition    string `json:"condition,omitempty"`
	Quantity     string `json:"quantity,omitempty"`
	SellerName   string `json:"seller_name,omitempty"`
	SellerID     string `json:"seller_id,omitempty"`
	SellerURL    string `json:"seller_address,omitempty"` // on the web
	SellerPlace  string `json:"seller_place,omitempty"`
	SellerType   string `json:"seller_type,omitempty"`
	// Contacts are "phone: …", "email: …", "wechat: …" and so on.
	Contacts    []string `json:"contacts,omitempty"`
	Location    string   `json:"location,omitempty"`
	Posted      string   `json:"posted,omitempty"`
	Updated     string   `json:"updated,omitempty"`
	Photographs int      `json:"photographs"` // that the page shows or names
	// Words are the words of the trade that stand on the page, those that say most first,
	// without false friends: "黄料: ivory". They suggest, and no more.
	Words []string `json:"lexicon,omitempty"`

	// What people added.
	Tags  []string `json:"tags,omitempty"`
	Notes []string `json:"notes,omitempty"`
	// Corrected names the facts above that a person added or corrected.
	Corrected []Correction `json:"corrected,omitempty"`

	// Record is what people conclude of the listing, by field, as package assessment
	// keeps it. Appendix is of the taxon on the day of the capture.
	Record   map[string]string    `json:"record,omitempty"`
	Outcomes []assessment.Outcome `json:"outcomes,omitempty"` // the earliest first
	Appendix []taxa.Answer        `json:"appendix,omitempty"`

	ManifestSHA256 evidence.Digest `json:"manifest_sha256"`
	Unread         string          `json:"unread,omitempty"` // why parts of the row are missing
}

// Correction is a fact that a person added or corrected.
type Correction struct {
	Fact  string    `json:"fact"`
	Value string    `json:"value"`
	Was   string    `json:"was,omitempty"` // what the page has; absent if it was added
	By    string    `json:"by"`
	Time  time.Time `json:"time"`
}

// String says so in a line.
func (c Correction) String() string {
	was := "not there"
	if c.Was != "" {
		was = fmt.Sprintf("%q", c.Was)
	}
	return fmt.Sprintf("%s: was %s, corrected by %s on %s", c.Fact, was, c.By, utc(c.Time))
}

func utc(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// rowWriter writes rows.
type rowWriter interface {
	begin() error
	row(*Row) error
	end() error
}

func writeRows(ctx context.Context, q Request, r *Result, p Progress, to rowWriter) error {
	if err := to.begin(); err != nil {
		return err
	}
	captures := q.captures()
	read := func(_ context.Context, i int) (*Row, error) { return readRow(captures[i]), nil }
	err := evidence.InOrder(ctx, len(captures), read, func(i int, row *Row) error {
		if row.Unread != "" {
			r.unread(captures[i], errors.New(row.Unread))
		}
		p(int64(i+1), int64(len(captures)))
		return to.row(row)
	})
	if err != nil {
		return err
	}
	return to.end()
}

// readRow reads what is said of a capture, as far as it can be read.
func readRow(c *review.Capture) *Row {
	row := &Row{
		Case: c.Case, Exhibit: c.Exhibit, Capture: c.Name(), CaptureID: c.ID.String(),
		Requested: c.Requested, Final: c.Final, PageTitle: c.Title, Started: c.Started.UTC(), Sealed: c.Sealed.UTC(),
		Verdict: string(c.Verdict), ManifestSHA256: c.ManifestDigest,
	}
	facts := make(pageFacts)
	if err := row.read(c, facts); err != nil {
		row.Unread = err.Error()
	}
	row.add(c.Annotations, facts)
	row.assess(c)
	row.state(facts)
	return row
}

// read reads manifest and listing.
func (row *Row) read(c *review.Capture, facts pageFacts) error {
	m, err := c.Manifest()
	if err != nil {
		return err
	}
	row.Final = m.Target.Final
	for _, p := range m.Problems {
		if !slices.Contains(row.Problems, p.Code) {
			row.Problems = append(row.Problems, p.Code)
		}
	}
	l, err := c.Listing(m)
	if l == nil || err != nil {
		return err
	}
	row.Photographs = len(l.Photographs)
	row.words(l.Lexicon)
	if f := l.Facts[listing.PriceFact]; len(f.Candidates) > 0 {
		row.price(f.Candidates[0])
	}
	for name, f := range l.Facts {
		facts[name] = valuesOf(f)
	}
	return nil
}

// maxWords is how many words of the trade a row has.
const maxWords = 50

// words enters the words of the trade.
func (row *Row) words(l *listing.Lexicon) {
	if l == nil {
		return
	}
	for i := range l.Terms {
		if t := &l.Terms[i]; !t.IsExcluded() && len(row.Words) < maxWords {
			row.Words = append(row.Words, t.Term+": "+t.Meaning)
		}
	}
}

// pageFacts are the facts of a page, each with its values; one that can hold several
// has several.
type pageFacts map[listing.Name][]string

func valuesOf(f listing.Fact) []string {
	switch {
	case len(f.Values) > 0:
		return slices.Clone(f.Values)
	case f.Value != "":
		return []string{f.Value}
	case len(f.Candidates) > 0:
		return []string{f.Candidates[0].Raw}
	}
	return nil
}

func (row *Row) price(c listing.Candidate) {
	row.PriceText = c.Raw
	if p := c.Price; p != nil {
		row.Price, row.PriceHigh, row.Currency, row.PriceType = p.Amount, p.High, p.Currency, string(p.Kind)
	}
}

// add enters what people added.
func (row *Row) add(all []evidence.Annotation, facts pageFacts) {
	for _, a := range all {
		switch {
		case a.Withdrawn != nil:
		case a.Kind == evidence.Note:
			row.Notes = append(row.Notes, a.Text)
		case a.Kind == evidence.Tag:
			row.Tags = append(row.Tags, a.Text)
		case a.Kind == evidence.Fact:
			facts.correct(a)
			if listing.Name(a.Name) == listing.PriceFact {
				row.correctPrice(a.Text)
			}
			row.Corrected = append(row.Corrected, Correction{a.Name, a.Text, a.Was, a.Actor, a.Time.UTC()})
		}
	}
}

// assess enters the listing record as it stands.
func (row *Row) assess(c *review.Capture) {
	rec := assessment.Of(c.Annotations)
	for _, e := range rec.Entries {
		if row.Record == nil {
			row.Record = make(map[string]string)
		}
		row.Record[e.Field.Name] = e.Annotation.Text
	}
	for _, o := range rec.Outcomes {
		if o.At.IsZero() {
			o.At = o.Time().UTC()
		}
		row.Outcomes = append(row.Outcomes, o.Outcome)
	}
	for _, a := range rec.InForce(c.Started, taxa.Own()) {
		a.Taxon = nil // with its names in all languages
		row.Appendix = append(row.Appendix, a)
	}
}

// correct puts a person's value in the place of the one that it corrects.
func (f pageFacts) correct(a evidence.Annotation) {
	name := listing.Name(a.Name)
	several := isContact(name) || name == listing.Category
	switch i := slices.Index(f[name], a.Was); {
	case !several:
		f[name] = []string{a.Text}
	case i >= 0 && a.Was != "":
		f[name][i] = a.Text
	default:
		f[name] = append(f[name], a.Text)
	}
}

// plainPrice matches a price as [listing.Price] writes the simplest, or as people do,
// with commas between thousands.
var plainPrice = regexp.MustCompile(`^((?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?)(?: ?([A-Z]{3}))?$`)

// correctPrice enters a price as a person wrote it. Of one that is no plain amount
// there is the text alone.
func (row *Row) correctPrice(text string) {
	row.PriceText, row.Price, row.PriceHigh, row.Currency, row.PriceType = text, "", "", "", ""
	if m := plainPrice.FindStringSubmatch(strings.TrimSpace(text)); m != nil {
		row.Price, row.Currency, row.PriceType = strings.ReplaceAll(m[1], ",", ""), m[2], string(listing.Exact)
	}
}

// contacts are the facts by which somebody can be reached, in the order of a row.
var contacts = []listing.Name{
	listing.Phone, listing.Email, listing.WeChat, listing.WhatsApp, listing.Telegram, listing.Line, listing.QQ, listing.Handle,
}

func isContact(n listing.Name) bool { return slices.Contains(contacts, n) }

// state enters the facts.
func (row *Row) state(f pageFacts) {
	for to, name := range map[*string]listing.Name{
		&row.Platform: listing.Platform, &row.AdvertID: listing.AdvertID, &row.Title: listing.Title,
		&row.Availability: listing.Availability, &row.Condition: listing.Condition, &row.Quantity: listing.Quantity,
		&row.SellerName: listing.SellerName, &row.SellerID: listing.SellerID, &row.SellerURL: listing.SellerAddress,
		&row.SellerPlace: listing.SellerPlace, &row.SellerType: listing.SellerType,
		&row.Location: listing.Location, &row.Posted: listing.Posted, &row.Updated: listing.Updated,
	} {
		*to = strings.Join(f[name], "; ")
	}
	if c := f[listing.Currency]; len(c) > 0 && row.Currency == "" {
		row.Currency = c[0]
	}
	for _, name := range contacts {
		for _, value := range f[name] {
			row.Contacts = append(row.Contacts, strings.TrimPrefix(string(name), "contact_")+": "+value)
		}
	}
}
