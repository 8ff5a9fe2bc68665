package listing

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// sellers tells those whom the properties of an entity name.
func (t teller) sellers(e *entity, names ...string) {
	for _, p := range e.all(names...) {
		doubt := ""
		if p.name != "seller" && p.name != "offeredBy" {
			doubt = "it is the thing's " + p.name
		}
		if p.item == nil {
			t.unless(doubt).say(SellerName, clean, []property{p})
		} else {
			t.unless(doubt).seller(p.item)
		}
	}
}

// seller tells what an entity that sells says of itself.
func (t teller) seller(e *entity) {
	t.say(SellerName, clean, e.texts("name", "legalName"))
	t.unless("another name of the seller").say(SellerName, clean, e.texts("alternateName"))
	t.say(SellerID, clean, e.texts("identifier"))
	t.say(SellerAddress, t.x.webAddress, e.texts("url", "sameAs"))
	if len(e.types) > 0 {
		p := property{node: e.node, path: e.path + "/@type", text: e.types[0]}
		if e.source != FromJSONLD {
			p.path = pointer(e.path, "itemtype")
		}
		t.say(SellerType, clean, []property{p})
	}
	for _, a := range e.items("address", "location", "homeLocation") {
		t.place(SellerPlace, a)
	}
	for _, p := range e.all("address", "location") {
		if p.item == nil {
			t.say(SellerPlace, clean, []property{p})
		}
	}
	for _, r := range e.items("aggregateRating") {
		t.rating(r)
	}
	t.contacts(e)
}

func (t teller) contacts(e *entity) {
	t.say(Phone, phone, e.texts("telephone"))
	t.say(Email, email, e.texts("email"))
	for _, p := range e.all("contactPoint") {
		if p.item == nil {
			t.say(Handle, clean, []property{p})
			continue
		}
		t.say(Phone, phone, p.item.texts("telephone"))
		t.say(Email, email, p.item.texts("email"))
	}
}

func (t teller) rating(e *entity) {
	values := e.texts("ratingValue")
	if len(values) == 0 {
		return
	}
	r := &Rating{
		Value: decimal(values[0].text),
		Best:  decimal(e.text("bestRating")),
		Count: decimal(e.text("ratingCount", "reviewCount")),
	}
	cl := t.claim(SellerRating, values[0], r.String())
	if r.Value != "" {
		cl.Rating = r
	}
	t.x.out.add(cl)
}

// String returns the rating as a candidate's value: "4.8/5 (212)".
func (r *Rating) String() string {
	s := r.Value
	if s != "" && r.Best != "" {
		s += "/" + r.Best
	}
	if s != "" && r.Count != "" {
		s += " (" + r.Count + ")"
	}
	return s
}

// decimal returns a number with a point, empty if s isn't one.
func decimal(s string) string {
	s = strings.ReplaceAll(strings.TrimSpace(narrow(s)), ",", ".")
	if !isMachineNumber(s) {
		return ""
	}
	return trimLeadingZeros(s)
}

// webAddress returns an address in full, empty if s isn't one.
func (x *extraction) webAddress(s string) string {
	if u := x.resolve(s); u != nil {
		return u.String()
	}
	return ""
}

var (
	pageTypes = set("WebPage ItemPage CollectionPage ProfilePage AboutPage QAPage")
	people    = set("Person Organization LocalBusiness Store OnlineStore OnlineBusiness Corporation AutoDealer ProfessionalService")
)

// readPages takes what is said of the page itself.
func (x *extraction) readPages(all []*entity) {
	for _, e := range all {
		if !e.is(pageTypes) || e.parent != nil && e.via != "mainEntityOfPage" {
			continue
		}
		t := teller{x: x, from: e}
		t.say(Language, languageTag, e.texts("inLanguage"))
		t = t.unless("it is said of the page, not of what is offered")
		t.dates(e)
	}
}

// readCrumbs takes the trails that lead to the page.
func (x *extraction) readCrumbs(all []*entity) {
	for _, e := range all {
		if !e.is(map[string]bool{"BreadcrumbList": true}) {
			continue
		}
		if trail := crumbs(e); trail != "" {
			p := property{node: e.node, path: e.path, text: trail}
			teller{x: x, from: e}.say(Category, collapse, []property{p})
		}
	}
}

// crumbs joins the names of a trail in their order.
func crumbs(e *entity) string {
	items := e.items("itemListElement")
	slices.SortStableFunc(items, func(a, b *entity) int { return cmp.Compare(place(a), place(b)) })
	var names []string
	for _, item := range items {
		name := item.text("name")
		if inner := item.items("item"); name == "" && len(inner) > 0 {
			name = inner[0].text("name")
		}
		if name = clean(name); name != "" {
			names = append(names, name)
		}
	}
	return strings.Join(names, " > ")
}

// place returns an item's place in its list.
func place(e *entity) float64 {
	n, err := strconv.ParseFloat(e.text("position"), 64)
	if err != nil {
		return 0
	}
	return n
}

// readSellers takes persons and firms that stand by themselves, but in a part
// of the page that is the seller's.
func (x *extraction) readSellers(all []*entity) {
	for _, e := range all {
		if e.parent == nil && e.source != FromJSONLD && e.is(people) && x.doc.zone(e.node)&sellerZone != 0 {
			t := teller{x: x, from: e}
			t.unless("the part of the page that it stands in looks like the seller's").seller(e)
		}
	}
}
