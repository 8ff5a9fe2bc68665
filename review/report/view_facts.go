package report

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"pugmark/assessment"
	"pugmark/capture/listing"
	"pugmark/evidence"
)

// How much of a fact is shown.
const (
	maxPlaces = 2 // where its value stands
	maxOthers = 3 // other values
	maxFact   = 1_200
	maxAdded  = 300
)

// languageTag is what HTML takes for a language.
var languageTag = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}$`)

// factNames are the facts that package listing knows, in the order of the report.
var factNames = []listing.Name{
	listing.Title, listing.PriceFact, listing.Currency, listing.Availability, listing.Quantity, listing.Condition, listing.Category,
	listing.Description, listing.SellerName, listing.SellerID, listing.SellerAddress, listing.SellerPlace, listing.SellerType,
	listing.SellerRating, listing.SellerJoined, listing.Phone, listing.Email, listing.WeChat, listing.WhatsApp, listing.Telegram,
	listing.Line, listing.QQ, listing.Handle, listing.Location, listing.Platform, listing.AdvertID, listing.Posted, listing.Updated,
	listing.Ends, listing.Language,
}

// factView is what the report says of a fact.
type factView struct {
	Name, Value string
	Places      []string
	Conflict    bool
	Others      []string
	Corrections []string // by people, that stand
}

// addFacts says what the page says of what it offers, and how people corrected that.
func (v *captureView) addFacts(m *maker, r *record) {
	l, err := r.capture.Listing(r.manifest)
	if err != nil {
		v.FactsNote = m.w.say("facts.unread", clean(someText, err.Error()))
		return
	}
	corrections := m.corrections(r)
	if l == nil {
		l = &listing.Listing{}
	}
	names := slices.Clone(factNames)
	for name := range corrections {
		if !slices.Contains(names, listing.Name(name)) {
			names = append(names, listing.Name(name))
		}
	}
	slices.Sort(names[len(factNames):])
	for _, name := range names {
		f, ok := l.Facts[name]
		if c := corrections[string(name)]; ok || len(c) > 0 {
			v.Facts = append(v.Facts, m.factView(name, f, c))
		}
	}
	if len(v.Facts) == 0 {
		v.FactsNote = m.w.say("facts.none")
	}
}

func (m *maker) factView(name listing.Name, f listing.Fact, corrections []string) factView {
	v := factView{Name: m.w.known("fact.", string(name)), Conflict: f.Conflict, Corrections: corrections}
	switch {
	case len(f.Values) > 0:
		v.Value = clean(maxFact, strings.Join(f.Values, "\n"))
	case f.Value != "":
		v.Value = clean(maxFact, f.Value)
	case len(f.Candidates) > 0:
		v.Value = clean(maxFact, f.Candidates[0].Raw)
	}
	for _, c := range f.Candidates {
		text := c.Value
		if text == "" {
			text = c.Raw
		}
		same := len(f.Values) > 0 || clean(maxFact, text) == v.Value
		place := m.placeText(c)
		switch {
		case same && len(v.Places) < maxPlaces && !slices.Contains(v.Places, place):
			v.Places = append(v.Places, place)
		case !same && len(v.Others) < maxOthers:
			v.Others = append(v.Others, clean(shortText, text)+" ("+place+")")
		}
	}
	return v
}

// placeText says where a page says something.
func (m *maker) placeText(c listing.Candidate) string {
	text := m.w.known("source.", string(c.Source))
	if p := cmp.Or(c.Property, c.Where); p != "" {
		text += ": " + clean(100, p)
	}
	if c.Inferred != "" {
		text += " – " + m.w.say("facts.inferred", clean(shortText, c.Inferred))
	}
	return text
}

// corrections are what people said of the facts, by name; what was withdrawn is
// among what they added, and not here.
func (m *maker) corrections(r *record) map[string][]string {
	out := make(map[string][]string)
	for _, a := range r.capture.Annotations {
		if a.Kind != evidence.Fact || a.Withdrawn != nil {
			continue
		}
		key := "facts.added"
		if a.Was != "" {
			key = "facts.corrected"
		}
		out[a.Name] = append(out[a.Name], m.w.say(key, clean(someText, a.Text), clean(shortText, a.Actor), utc(a.Time)))
	}
	return out
}

// addedView is what a person added to a capture.
type addedView struct {
	Kind, Text, Was, Where string
	By                     string
	Withdrawn              string
}

// addedViews say what people added, without what the listing record has.
func (m *maker) addedViews(r *record) (out []addedView) {
	rec := assessment.Of(r.capture.Annotations)
	others := slices.DeleteFunc(slices.Clone(r.capture.Annotations), func(a evidence.Annotation) bool { return rec.Holds(a.ID) })
	all, _ := head(others, maxAdded)
	for _, a := range all {
		v := addedView{
			Kind: m.w.known("added.", string(a.Kind)), Text: clean(longText, a.Text), Was: clean(someText, a.Was),
			By: m.w.say("added.by", clean(shortText, a.Actor), utc(a.Time)),
		}
		switch a.Kind {
		case evidence.Fact:
			v.Where = m.w.known("fact.", a.Name)
		case evidence.Assessment:
			v.Where = m.w.known("record.", a.Name)
		case evidence.Region:
			v.Where = m.regionText(r, a)
		}
		if w := a.Withdrawn; w != nil {
			v.Withdrawn = m.w.say("added.withdrawn", clean(shortText, w.Actor), utc(w.Time), clean(someText, w.Reason))
		}
		out = append(out, v)
	}
	return out
}

// regionText says which part of the picture a region is, and on which sheets.
func (m *maker) regionText(r *record, a evidence.Annotation) string {
	g := a.Region
	text := m.w.say("added.region.at", grouped(g.Dx()), grouped(g.Dy()), grouped(g.Min.X), grouped(g.Min.Y))
	if r.pictures == nil {
		return text
	}
	var parts []string
	for _, c := range r.pictures.Cuts {
		if c.From < g.Max.Y && g.Min.Y < c.To {
			parts = append(parts, strconv.Itoa(c.N))
		}
	}
	if len(parts) == 0 {
		return text
	}
	return text + ", " + m.w.say("added.region.part", strings.Join(parts, ", "))
}

// pictureView is what the report shows of a picture of a page.
type pictureView struct {
	Rows          []row
	Overview      string
	Width, Height string // of the overview, in CSS
	Marks         []markView
	Sheets        []sheetView
	Left          string
}

// markView is where a part begins in the overview.
type markView struct{ Top, Label string }

type sheetView struct{ Cuts []cutView }

type cutView struct {
	Anchor, File, Alt, Head, Part, Foot string
	Next                                string // anchor of the part that it goes on in
	Width, Height                       string
	Marks                               []string // where the rows are that another part has too
}

func mm(f float64) string { return strconv.FormatFloat(f, 'f', 2, 64) + "mm" }

// addPicture lays the picture out.
func (v *captureView) addPicture(m *maker, r *record) {
	if r.pictures == nil {
		v.PictureNote = m.w.say("picture.none")
		if r.noShown != nil {
			v.PictureNote = m.w.say("picture.unshown", clean(someText, r.noShown.Error()))
		}
		return
	}
	p := r.pictures
	if p.Item.Kind != evidence.KindPage {
		v.PictureNote = m.w.say("picture.viewport")
	}
	fit := min(overviewWidth/float64(p.Width), overviewHeight/float64(p.Height))
	view := &pictureView{
		Overview: p.Overview, Width: mm(float64(p.Width) * fit), Height: mm(float64(p.Height) * fit),
		Rows: m.pictureRows(r),
	}
	if p.Left > 0 {
		view.Left = m.w.say("picture.left", grouped(p.Left), grouped(maxCuts))
	}
	every := max(1, int(float64(len(p.Cuts))/(float64(p.Height)*fit/3.2)+0.999))
	for i, c := range p.Cuts {
		mark := markView{Top: fmt.Sprintf("%.3f%%", 100*float64(c.From)/float64(p.Height))}
		if i%every == 0 {
			mark.Label = strconv.Itoa(c.N)
		}
		view.Marks = append(view.Marks, mark)
	}
	for group := range slices.Chunk(p.Cuts, p.Columns) {
		var sheet sheetView
		for _, c := range group {
			sheet.Cuts = append(sheet.Cuts, m.cutView(r, c))
		}
		view.Sheets = append(view.Sheets, sheet)
	}
	v.Picture = view
}

func (m *maker) pictureRows(r *record) []row {
	p, w := r.pictures, m.w
	out := []row{
		{Name: w.say("picture.size"), Value: fmt.Sprintf("%s × %s px", grouped(p.Width), grouped(p.Height))},
		{Name: w.say("picture.original"), Value: p.Item.Path + ", " + w.say("bytes", grouped(p.Item.Bytes))},
		{Name: "SHA-256", Value: p.Item.SHA256.String(), Mono: true},
		{Name: w.say("picture.shown"), Value: w.say("picture.shown.value", strconv.Itoa(len(p.Cuts)), grouped(p.Overlap), strconv.Itoa(Quality))},
	}
	if pic := r.manifest.Picture; pic != nil {
		out = append(out, row{Name: w.say("picture.taken"), Value: w.say("picture.taken.value", grouped(pic.Strips), grouped(pic.Scrolled))})
	}
	return out
}

func (m *maker) cutView(r *record, c cut) cutView {
	p, w := r.pictures, m.w
	v := cutView{
		Anchor: cutAnchor(r.capture.Exhibit, c.N), File: c.File,
		Width: mm(float64(p.Width) * p.Scale), Height: mm(float64(c.To-c.From) * p.Scale),
		Head: w.say("cut.head", strconv.Itoa(r.capture.Exhibit), strconv.Itoa(c.N), strconv.Itoa(len(p.Cuts))),
		Part: w.say("cut.rows", grouped(c.From), grouped(c.To-1), grouped(p.Height)),
	}
	v.Alt = v.Head + ", " + v.Part
	last := c.N == len(p.Cuts)
	switch {
	case last && p.Left > 0:
		v.Foot = w.say("cut.left", grouped(p.Left))
	case last:
		v.Foot = w.say("cut.end")
	default:
		v.Foot, v.Next = m.continues(r.capture.Exhibit, c.N+1, p.Overlap), cutAnchor(r.capture.Exhibit, c.N+1)
		v.Marks = append(v.Marks, mm(float64(c.To-c.From-p.Overlap)*p.Scale))
	}
	if c.N > 1 {
		v.Marks = append(v.Marks, mm(float64(p.Overlap)*p.Scale))
	}
	return v
}

// continues says where a picture goes on.
func (m *maker) continues(exhibit, n, overlap int) string {
	if page := m.pages[cutAnchor(exhibit, n)]; page > 0 {
		return m.w.say("cut.continues.page", strconv.Itoa(n), strconv.Itoa(page), grouped(overlap))
	}
	return m.w.say("cut.continues", strconv.Itoa(n), grouped(overlap))
}

func cutAnchor(exhibit, n int) string { return fmt.Sprintf("x%d-part%d", exhibit, n) }
