package listing

import (
	"slices"
	"strconv"
	"strings"
)

// onOffer are the types of what a listing can be about (schema.org), besides
// the products' more special types.
var onOffer = set(`Product IndividualProduct ProductModel SomeProducts ProductGroup ProductCollection DietarySupplement Drug
	Vehicle Car Motorcycle BusOrCoach MotorizedBicycle
	Offer AggregateOffer OfferForLease OfferForPurchase Demand
	RealEstateListing Accommodation House Apartment SingleFamilyResidence
	Book CreativeWork VisualArtwork Painting Sculpture
	Service Animal Pet
	SocialMediaPosting DiscussionForumPosting VideoObject`)

// posts are of those only where there is no product: they come with other
// things as often.
var (
	offers = set("Offer AggregateOffer OfferForLease OfferForPurchase Demand")
	posts  = set("Service CreativeWork Book SocialMediaPosting DiscussionForumPosting VideoObject")
)

// elsewhere are the properties that lead to other things than the one that the
// page is about, or to parts of it.
var elsewhere = set(`isRelatedTo isSimilarTo isAccessoryOrSparePartFor isConsumableFor itemListElement item mentions
	recommendation hasVariant isVariantOf offers makesOffer hasOfferCatalog image photo video review reviews subjectOf
	workExample brand manufacturer model itemReviewed associatedMedia thumbnail logo hasPart isPartOf primaryImageOfPage`)

// subject is an entity that the page may be about, and how well.
type subject struct {
	*entity
	tier int // the lower the better; notMain if it isn't
	why  string
}

// The tiers.
const (
	byAddress = iota
	byMain
	byID
	byName
	only
	strangeAddress
	first
	notMain
)

// tierInferred says which tiers are inference.
var tierInferred = map[int]bool{strangeAddress: true, first: true}

// choose returns the entities of one syntax that the page is about: all those
// that say so themselves, else the likeliest one.
func (x *extraction) choose(all []*entity) []subject {
	var candidates []subject
	for _, e := range all {
		if e.is(onOffer) {
			candidates = append(candidates, x.judge(e))
		}
	}
	candidates = preferProducts(candidates)
	x.decide(candidates)
	var chosen []subject
	for _, c := range candidates {
		switch {
		case c.tier == notMain:
		case inside(c.entity, chosen):
			c.tier, c.why = notMain, "it is a part of the thing that the page is about"
		case len(chosen) == maxChosen:
			c.tier, c.why = notMain, "too many things have the page's address"
		default:
			chosen = append(chosen, c)
		}
		x.record(c)
	}
	if len(chosen) > 0 && x.mainName == "" && chosen[0].tier <= byName {
		x.mainName = fold(clean(chosen[0].text("name", "headline")))
	}
	return chosen
}

// inside reports whether e is part of a chosen entity: a variant, an offer.
func inside(e *entity, chosen []subject) bool {
	for depth := 0; e.parent != nil && depth < maxItemDepth; depth++ {
		e = e.parent
		if slices.ContainsFunc(chosen, func(c subject) bool { return c.entity == e }) {
			return true
		}
	}
	return false
}

// preferProducts drops what was found as part of another, and posts where
// there are products.
func preferProducts(all []subject) []subject {
	products := slices.ContainsFunc(all, func(s subject) bool { return !s.is(posts) && s.tier != notMain })
	return slices.DeleteFunc(all, func(s subject) bool {
		part := s.parent != nil && s.is(offers) && !slices.ContainsFunc(s.items("itemOffered"), func(e *entity) bool { return e.is(onOffer) })
		return part || products && s.is(posts) && s.tier > byID || s.is(offers) && len(s.items("itemOffered")) > 0
	})
}

// judge finds what speaks for an entity by itself.
func (x *extraction) judge(e *entity) subject {
	for _, a := range e.addresses() {
		if why, ok := x.isPage(a); ok {
			return subject{e, byAddress, why}
		}
	}
	if e.via == "mainEntity" || x.mainOf(e) {
		return subject{e, byMain, "it is the page's main entity"}
	}
	if id := x.knownID(e); id != "" {
		return subject{e, byID, "its identifier " + strconv.Quote(id) + " stands in the page's address"}
	}
	if e.related || elsewhere[e.via] || e.parent != nil && (e.parent.is(listTypes) || e.parent.related) {
		return subject{e, notMain, "it stands among other things that the page refers to"}
	}
	name := e.text("name", "headline")
	if x.isHeading(name) {
		return subject{e, byName, "its name is the page's heading"}
	}
	if x.mainName != "" && name != "" && !overlap(x.mainName, fold(clean(name))) {
		return subject{e, notMain, "it has another name than the thing that the page is about"}
	}
	return subject{e, only, ""}
}

var listTypes = set("ItemList ListItem OfferCatalog BreadcrumbList SearchResultsPage CollectionPage")

// maxAddresses and maxChosen bound what is looked at.
const (
	maxAddresses = 12
	maxChosen    = 16
)

// addresses returns the addresses that an entity has for itself, or through
// its offers and variants.
func (e *entity) addresses() []string {
	var all []string
	if strings.Contains(e.id, "://") {
		all = append(all, e.id)
	}
	for _, o := range append([]*entity{e}, e.offered()...) {
		for _, p := range o.texts("url", "mainEntityOfPage") {
			all = append(all, p.text)
		}
	}
	for _, v := range e.items("hasVariant") {
		for _, o := range append(v.items("offers"), v) {
			all = append(all, o.text("url"))
		}
	}
	return all[:min(len(all), maxAddresses)]
}

// offered returns the offers of a product: those that it has, and the one that
// it is the item of.
func (e *entity) offered() []*entity {
	all := e.items("offers")
	if e.via == "itemOffered" && e.parent != nil {
		all = append(all, e.parent)
	}
	return all
}

// mainOf reports whether an entity says that it is its page's main one: the
// page may be given without an address.
func (x *extraction) mainOf(e *entity) bool {
	return slices.ContainsFunc(e.all("mainEntityOfPage"), func(p property) bool {
		return p.text == "true" || p.text == "True" || p.item != nil && p.item.is(pageTypes) && p.item.id == "" && p.item.text("url") == ""
	})
}

// knownID returns the identifier of an entity that the page's address has in
// it, as a whole and long enough to be no chance.
func (x *extraction) knownID(e *entity) string {
	for _, p := range e.texts("productID", "sku", "identifier", "mpn") {
		id := strings.TrimSpace(p.text)
		if id != "" && id == x.site.advert {
			return id
		}
		if len(id) >= 4 && x.page != nil && slices.Contains(strings.FieldsFunc(x.page.Path+"?"+x.page.RawQuery, notAlphanumeric), id) {
			return id
		}
	}
	return ""
}

func notAlphanumeric(r rune) bool {
	return !('0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z')
}

// decide settles which of those are taken that nothing speaks for.
func (x *extraction) decide(all []subject) {
	best := notMain
	for _, s := range all {
		best = min(best, s.tier)
	}
	if best <= byID {
		exclude(all, byID, "another thing has the page's address, or is its main entity")
		return
	}
	if best == byName {
		keepFirst(all, byName)
		exclude(all, byName, "the name of another thing is the page's heading")
		return
	}
	x.settleUnknown(all)
}

func exclude(all []subject, tier int, why string) {
	for i := range all {
		if all[i].tier > tier && all[i].tier != notMain {
			all[i].tier, all[i].why = notMain, why
		}
	}
}

// keepFirst leaves one of a tier.
func keepFirst(all []subject, tier int) {
	found := false
	for i := range all {
		if all[i].tier != tier {
			continue
		}
		if found {
			all[i].tier, all[i].why = notMain, "another thing of the same name stands before it"
		}
		found = true
	}
}

// settleUnknown takes the only thing, or the first of several.
func (x *extraction) settleUnknown(all []subject) {
	var open []int
	for i, s := range all {
		if s.tier == only {
			open = append(open, i)
		}
	}
	for k, i := range open {
		s := &all[i]
		switch {
		case k > 0:
			s.tier, s.why = notMain, "it isn't the first"
		case len(open) > 1:
			s.tier, s.why = first, "it is the first of "+strconv.Itoa(len(open))+", and nothing else tells which the page is about"
		case len(s.addresses()) > 0:
			s.tier, s.why = strangeAddress, "it is the only one, though its address isn't the page's"
		default:
			s.why = "it is the only one"
		}
	}
}

// maxRecorded is how many entities the record lists.
const maxRecorded = 50

func (x *extraction) record(s subject) {
	if len(x.entities) >= maxRecorded {
		return
	}
	e := Entity{Provenance: x.provenance(s.entity), Name: shorten(clean(s.text("name", "headline"))), Main: s.tier < notMain, Why: s.why}
	for _, t := range s.types[:min(len(s.types), 8)] {
		e.Types = append(e.Types, shorten(t))
	}
	if a := s.addresses(); len(a) > 0 {
		e.Address = shorten(a[0])
	}
	x.entities = append(x.entities, e)
}

// isHeading reports whether a name is what the page calls itself.
func (x *extraction) isHeading(name string) bool {
	name = fold(clean(name))
	return len(name) >= 4 && slices.ContainsFunc(x.headings, func(h string) bool {
		return h == name || len(name) >= 12 && strings.HasPrefix(h, name)
	})
}
