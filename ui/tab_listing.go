package ui

import (
	"context"
	"strconv"
	"strings"

	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"pugmark/capture/listing"
	"pugmark/evidence"
	"pugmark/evidence/canon"
)

// listingTab shows what the page says of what it offers: each fact, where the
// page says so, and what else it says.
type listingTab struct{ lazyTab }

func newListingTab(w *worker) *listingTab { return &listingTab{newLazyTab(w)} }

func (t *listingTab) open(s subject) {
	type read struct {
		head   string
		groups []group
	}
	fill(&t.lazyTab, s, "listing",
		func(ctx context.Context) (read, error) {
			l, err := readListing(ctx, s)
			if err != nil {
				return read{}, err
			}
			all, err := s.annotations(ctx)
			groups := listingGroups(l)
			if g := personGroup(additions{annotations: all}.standing(evidence.Fact)); len(g.rows) > 0 {
				groups = append([]group{g}, groups...)
			}
			if g := recordGroup(s.capture, all); len(g.rows) > 0 {
				groups = append([]group{g}, groups...)
			}
			return read{listingHead(l), groups}, err
		},
		func(r read) {
			swap(t.content, container.NewBorder(tabHead(r.head), nil, nil, nil, newGroupsView(r.groups)))
		})
}

func readListing(ctx context.Context, s subject) (*listing.Listing, error) {
	b, _, err := readKind(ctx, s, evidence.KindListing, canon.MaxSize+1)
	if err != nil {
		return nil, err
	}
	return listing.Parse(b)
}

// factNames are the facts in the order in which they are shown, with what they
// are called.
var factNames = []struct {
	name listing.Name
	text string
}{
	{listing.Title, "Title"}, {listing.PriceFact, "Price"}, {listing.Currency, "Currency"},
	{listing.Availability, "Availability"}, {listing.Condition, "Condition"}, {listing.Quantity, "Quantity"},
	{listing.Category, "Category"}, {listing.Location, "Location"},
	{listing.SellerName, "Seller"}, {listing.SellerID, "Seller's id"}, {listing.SellerAddress, "Seller's page"},
	{listing.SellerPlace, "Seller's place"}, {listing.SellerType, "Kind of seller"},
	{listing.SellerRating, "Seller's rating"}, {listing.SellerJoined, "Seller joined"},
	{listing.Phone, "Telephone"}, {listing.Email, "E-mail"}, {listing.WeChat, "WeChat"},
	{listing.WhatsApp, "WhatsApp"}, {listing.Telegram, "Telegram"}, {listing.Line, "Line"},
	{listing.QQ, "QQ"}, {listing.Handle, "Other contact"},
	{listing.Platform, "Platform"}, {listing.AdvertID, "Advert's id"},
	{listing.Posted, "Posted"}, {listing.Updated, "Updated"}, {listing.Ends, "Ends"},
	{listing.Language, "Language"}, {listing.Description, "Described as"},
}

func listingHead(l *listing.Listing) string {
	text := tr("What the page says of itself")
	if n := len(conflicts(l)); n > 0 {
		text += " · " + trf("%s in conflict", count(n, "fact"))
	}
	return trf("%s · digest matches", text)
}

// conflicts returns the names of the facts on which the page contradicts itself.
func conflicts(l *listing.Listing) (out []string) {
	for _, n := range factNames {
		if l.Facts[n.name].Conflict {
			out = append(out, n.text)
		}
	}
	return out
}

func listingGroups(l *listing.Listing) (out []group) {
	facts := group{name: "Facts"}
	for _, n := range factNames {
		if f, ok := l.Facts[n.name]; ok && len(f.Candidates) > 0 {
			facts.rows = append(facts.rows, factField(tr(n.text), f))
		}
	}
	if len(facts.rows) == 0 {
		facts.add("", tr("The page says nothing of what it offers in a way that is understood."))
	}
	for _, g := range []group{conflictGroup(l), facts, wordsGroup(l), offerGroup(l.Entities), listingProblems(l.Problems), rulesGroup(l)} {
		if len(g.rows) > 0 {
			out = append(out, g.limited())
		}
	}
	return out
}

// wordsGroup lists the words of the trade that stand on the page, those that say most
// first.
func wordsGroup(l *listing.Listing) group {
	g := group{name: "Words of the trade"}
	if l.Lexicon == nil {
		return g
	}
	for i := range l.Lexicon.Terms {
		g.rows = append(g.rows, wordField(&l.Lexicon.Terms[i]))
	}
	if len(g.rows) > 0 {
		g.rows[0].notes = append([]string{tr("They suggest, and prove nothing.")}, g.rows[0].notes...)
	}
	return g
}

func wordField(t *listing.Term) field {
	row := field{name: t.Term, lines: []string{t.Meaning}}
	shown := t.Hits[:min(len(t.Hits), shownCandidates)]
	for _, h := range shown {
		row.notes = append(row.notes, "• "+string(h.In)+" "+strconv.Itoa(h.RuneStart+1)+": “"+cutText(h.Text, 120)+"” · "+string(h.Strength))
		if h.Excluded != nil {
			row.notes = append(row.notes, trf("Part of “%s”, which means something else", h.Excluded.Term))
		}
	}
	if more := t.Count() - len(shown); more > 0 {
		row.notes = append(row.notes, trf("and %s", count(more, "more place")))
	}
	return row
}

// personGroup says which facts a person added or corrected.
func personGroup(facts []evidence.Annotation) group {
	g := group{name: tr("Added or corrected by a person")}
	for _, a := range facts {
		g.add(factText(a.Name), a.Text)
		row := &g.rows[len(g.rows)-1]
		if a.Was != "" {
			row.notes = append(row.notes, trf("instead of: %s", a.Was))
		}
		row.notes = append(row.notes, by(a.Actor, localTime(a.Time)))
	}
	return g
}

// conflictGroup says on what the page contradicts itself.
func conflictGroup(l *listing.Listing) group {
	g := group{name: "In conflict"}
	for _, n := range factNames {
		f := l.Facts[n.name]
		if !f.Conflict {
			continue
		}
		row := field{name: tr(n.text), tone: widget.WarningImportance}
		seen := make(map[string]bool)
		for _, c := range f.Candidates {
			if v := candidateValue(c); !seen[v] {
				seen[v] = true
				row.lines = append(row.lines, v+" ("+string(c.Source)+")")
			}
		}
		row.notes = []string{tr("The page says different things in different places. The first is the one that was taken.")}
		g.rows = append(g.rows, row)
	}
	return g
}

// shownCandidates is how many places of a fact are shown.
const shownCandidates = 6

// factField shows a fact, and below it each place where the page says it.
func factField(name string, f listing.Fact) field {
	row := field{name: name, lines: f.Values}
	if f.Value != "" {
		row.lines = []string{f.Value}
	}
	if len(row.lines) == 0 {
		row.lines = []string{f.Candidates[0].Raw}
	}
	for i, c := range f.Candidates {
		if i == shownCandidates {
			break
		}
		row.notes = append(row.notes, provenanceText(c, row.lines[0]))
	}
	if more := len(f.Candidates) + f.LeftOff - shownCandidates; more > 0 {
		row.notes = append(row.notes, trf("and %s", count(more, "more place")))
	}
	return row
}

// provenanceText says where the page says something, and what if it isn't the
// value that is shown.
func provenanceText(c listing.Candidate, shown string) string {
	text := placeText(c.Provenance)
	if v := cutText(candidateValue(c), 120); v != cutText(shown, 120) {
		text += ": “" + v + "”"
	} else if c.Raw != c.Value && c.Value != "" {
		text += ", " + trf("written “%s”", cutText(c.Raw, 120))
	}
	if c.Inferred != "" {
		text += ". " + trf("Inferred: %s", c.Inferred)
	}
	return "• " + text
}

// placeText names a place of the page.
func placeText(p listing.Provenance) string {
	parts := []string{string(p.Source)}
	for _, s := range []string{p.Property, p.Where} {
		if s != "" {
			parts = append(parts, cutText(s, 160))
		}
	}
	return strings.Join(parts, " · ")
}

func candidateValue(c listing.Candidate) string {
	if c.Value != "" {
		return c.Value
	}
	return c.Raw
}

// cutText returns a text's first characters.
func cutText(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for i := range s { // to the start of a character
		if n--; n < 0 {
			return s[:i] + "…"
		}
	}
	return s
}

// offerGroup lists the things that the page's structured data describes.
func offerGroup(entities []listing.Entity) group {
	g := group{name: "What its structured data describes"}
	for _, e := range entities {
		name := strings.Join(e.Types, ", ")
		row := field{name: name, lines: []string{e.Name, e.Address}, notes: []string{placeText(e.Provenance), trf("Why: %s", e.Why)}}
		if e.Main {
			row.notes = append(row.notes, tr("Taken for what the page is about"))
		}
		g.rows = append(g.rows, row)
	}
	return g
}

func listingProblems(problems []evidence.Problem) group {
	g := group{name: "Not read, or not all of it"}
	for _, p := range problems {
		g.add(p.Code, p.Detail, p.URL)
	}
	return g
}

func rulesGroup(l *listing.Listing) group {
	g := group{name: "How it was read"}
	g.add("Address", l.Address)
	g.add("Rules", trf("version %s", l.Extractor.Rules))
	g.add("Perceptual hash", l.Extractor.PerceptualHash)
	return g
}
