package listing

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// readStated reads what the page states for machines.
func (x *extraction) readStated() {
	x.readHead()
	for _, read := range []func() []*entity{x.readJSONLD, x.readMicrodata, x.readRDFa} {
		all := read()
		for _, s := range x.choose(all) {
			x.teller(s).product(s.entity)
		}
		x.readPages(all)
		x.readCrumbs(all)
		x.readSellers(all)
	}
	x.readMeta()
}

// teller turns an entity's properties into claims.
type teller struct {
	x     *extraction
	doubt string // why what it tells is no plain statement
	from  *entity
}

func (x *extraction) teller(s subject) teller {
	t := teller{x: x, from: s.entity}
	if tierInferred[s.tier] {
		t.doubt = s.why
	}
	return t
}

// unless adds a reason of doubt.
func (t teller) unless(doubt string) teller {
	t.doubt = cmp.Or(t.doubt, doubt)
	return t
}

func (t teller) claim(name Name, p property, value string) claim {
	return claim{name: name, node: p.node, Candidate: Candidate{
		Provenance: Provenance{Source: t.from.source, Property: p.path},
		Raw:        p.text, Value: value, Inferred: t.doubt, Repaired: t.from.repaired,
	}}
}

// say states what the properties have, as normal makes it.
func (t teller) say(name Name, normal func(string) string, properties []property) {
	for _, p := range properties {
		t.x.out.add(t.claim(name, p, normal(p.text)))
	}
}

// product tells what an entity that the page is about says.
func (t teller) product(e *entity) {
	t.say(Title, clean, e.texts("name", "headline"))
	t.unless("another name of the thing").say(Title, clean, e.texts("alternateName"))
	t.say(Description, clean, e.texts("description", "articleBody", "caption"))
	t.say(AdvertID, clean, e.texts("productID", "sku", "identifier"))
	t.say(Category, clean, e.texts("category"))
	t.say(Condition, condition, e.texts("itemCondition"))
	t.say(Language, languageTag, e.texts("inLanguage"))
	t.dates(e)
	t.places(e)
	for _, p := range e.texts("image", "photo", "primaryImageOfPage") {
		t.picture(p)
	}
	if e.is(offers) {
		t.offer(e, 0)
	}
	for _, o := range e.offered() {
		t.offer(o, 0)
	}
	for _, v := range e.items("hasVariant") {
		for _, o := range v.items("offers") {
			t.unless("it is the price of one variant").offer(o, 0)
		}
	}
	t.sellers(e, "seller", "author", "creator", "offeredBy", "provider")
}

func (t teller) dates(e *entity) {
	t.say(Posted, machineTime, e.texts("datePosted", "datePublished", "uploadDate", "dateCreated"))
	t.say(Updated, machineTime, e.texts("dateModified"))
	t.say(Ends, machineTime, e.texts("expires", "validThrough"))
}

// machineTime reads a time of structured data.
func machineTime(s string) string { return cmp.Or(parseTime(s), parseEpoch(s)) }

func (t teller) places(e *entity) {
	for _, item := range e.items("availableAtOrFrom", "itemLocation", "location", "contentLocation", "locationCreated") {
		t.place(Location, item)
	}
	for _, p := range e.all("availableAtOrFrom", "itemLocation", "location", "contentLocation") {
		if p.item == nil {
			t.say(Location, clean, []property{p})
		}
	}
	t.unless("it is the area that the offer is for").say(Location, clean, e.texts("areaServed", "eligibleRegion"))
}

// place tells a Place or a PostalAddress: its name, or the parts of the
// address in the usual order.
func (t teller) place(name Name, e *entity) {
	address := e
	if inner := e.items("address"); len(inner) > 0 {
		address = inner[0]
	}
	var parts []string
	for _, p := range address.texts("streetAddress", "postalCode", "addressLocality", "addressRegion", "addressCountry") {
		parts = append(parts, clean(p.text))
	}
	if len(parts) == 0 {
		t.say(name, clean, e.texts("name", "address"))
		return
	}
	p := property{node: address.node, path: address.path, text: strings.Join(parts, ", ")}
	t.say(name, collapse, []property{p})
}

// maxOffers is how deep offers may stand in offers. Each is told once:
// references can make a circle of them.
const maxOffers = 4

func (t teller) offer(o *entity, depth int) {
	if depth > maxOffers || t.x.told[o] {
		return
	}
	t.x.told[o] = true
	t.prices(o, depth)
	t.say(Availability, availability, o.texts("availability"))
	t.say(Condition, condition, o.texts("itemCondition"))
	t.say(AdvertID, clean, o.texts("sku", "productID", "identifier"))
	t.say(Posted, machineTime, o.texts("datePosted", "validFrom", "availabilityStarts"))
	t.say(Ends, machineTime, o.texts("availabilityEnds", "validThrough"))
	t.unless("it is until when the price holds").say(Ends, machineTime, o.texts("priceValidUntil"))
	t.say(Quantity, quantity, o.texts("inventoryLevel"))
	t.places(o)
	t.sellers(o, "seller", "offeredBy")
	for _, inner := range o.items("offers") {
		t.offer(inner, depth+1)
	}
}

// prices tells the prices of an offer, or of one of its specifications.
func (t teller) prices(o *entity, depth int) {
	codes := o.texts("priceCurrency")
	code := ""
	for _, p := range codes {
		value := normalCode(p.text)
		t.x.out.add(t.claim(Currency, p, value))
		t.x.declare(value)
		code = cmp.Or(code, value)
	}
	for _, p := range o.texts("price") {
		t.price(p, code)
	}
	t.ends(o.texts("lowPrice", "minPrice"), o.texts("highPrice", "maxPrice"), code)
	for _, s := range o.items("priceSpecification") {
		inner := t
		if kind := s.text("priceType"); kind != "" && typeName(kind) != "SalePrice" {
			inner = t.unless("it is a price of another kind: " + typeName(kind))
		}
		if depth < maxOffers && !t.x.told[s] {
			t.x.told[s] = true
			inner.prices(s, depth+1)
		}
	}
}

func (t teller) price(p property, code string) {
	price := t.x.hints().statedPrice(p.text, code)
	cl := t.claim(PriceFact, p, "")
	if price != nil {
		cl.Value, cl.Price = price.String(), price
	}
	t.x.out.add(cl)
	if code == "" {
		t.x.sayCurrency(cl)
	}
}

// ends tells a range by its two ends.
func (t teller) ends(low, high []property, code string) {
	if len(low) == 0 {
		return
	}
	p := low[0]
	price := t.x.hints().statedPrice(p.text, code)
	cl := t.claim(PriceFact, p, "")
	if price == nil {
		t.x.out.add(cl)
		return
	}
	price.Kind = From
	if len(high) > 0 {
		cl.Raw += " – " + high[0].text
		if top := t.x.hints().statedPrice(high[0].text, code); top != nil && !less(top.Amount, price.Amount) {
			price.Kind, price.High = Range, top.Amount
		}
	}
	if plain(price.High) == plain(price.Amount) {
		price.Kind, price.High = Exact, ""
	}
	cl.Value, cl.Price = price.String(), price
	t.x.out.add(cl)
}

// declare notes a currency that the page states by its code.
func (x *extraction) declare(code string) {
	if code != "" && !slices.Contains(x.declared, code) {
		x.declared = append(x.declared, code)
	}
}

// sayCurrency tells the currency that a price's text names.
func (x *extraction) sayCurrency(price claim) {
	p := price.Price
	if p == nil || p.Evidence == "" {
		return
	}
	cl := price
	cl.name, cl.Price, cl.Value = Currency, nil, p.Currency
	if p.Inferred {
		cl.Inferred = p.Evidence
	}
	x.out.add(cl)
}

// hints returns what decides where a price is ambiguous.
func (x *extraction) hints() hints {
	return hints{declared: x.declared, country: x.site.country, host: x.site.why, lang: x.lang}
}

// quantity returns a whole number, or the text.
func quantity(s string) string {
	s = clean(s)
	if whole, rest, _ := strings.Cut(s, "."); strings.Trim(rest, "0") == "" {
		if n, err := strconv.ParseUint(whole, 10, 53); err == nil {
			return strconv.FormatUint(n, 10)
		}
	}
	return s
}
