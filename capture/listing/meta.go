package listing

import (
	"strings"

	"golang.org/x/net/html"
)

// readHead reads what the rest depends on: the base of addresses, the page's
// language, and what the page calls itself and its address.
func (x *extraction) readHead() {
	for n := range elements(x.doc.root) {
		switch n.Data {
		case "base":
			x.setBase(attr(n, "href"))
		case "html":
			x.setLanguage(n)
		case "link":
			if hasWord(strings.ToLower(attr(n, "rel")), "canonical") {
				x.own(attr(n, "href"))
			}
		case "meta":
			if strings.EqualFold(attr(n, "property"), "og:url") {
				x.own(attr(n, "content"))
			}
			if strings.EqualFold(attr(n, "property"), "og:title") {
				x.call(attr(n, "content"))
			}
		case "title", "h1":
			x.call(textOf(n, 1000))
		}
	}
}

// setBase takes the first base element (HTML standard, section 4.2.3).
func (x *extraction) setBase(href string) {
	if x.base != x.page || href == "" {
		return
	}
	if u := x.resolve(href); u != nil {
		x.base = u
	}
}

func (x *extraction) setLanguage(n *html.Node) {
	raw := attr(n, "lang")
	tag := languageTag(raw)
	if x.lang == "" {
		x.lang = tag
	}
	x.out.add(claim{name: Language, node: n, Candidate: Candidate{
		Provenance: Provenance{Source: FromDOM, Property: "lang"}, Raw: raw, Value: tag,
	}})
}

// maxOwn bounds what a page can call itself.
const maxOwn = 8

func (x *extraction) own(raw string) {
	if u := x.resolve(raw); u != nil && len(x.others) < maxOwn && strings.Trim(u.Path, "/") != "" {
		x.others = append(x.others, u)
	}
}

func (x *extraction) call(name string) {
	if name = fold(name); name != "" && len(x.headings) < maxOwn {
		x.headings = append(x.headings, name)
	}
}

// metaFacts says what the meta elements state. Names are in lowercase.
var metaFacts = map[string]struct {
	name   Name
	normal func(string) string
}{
	"og:title": {Title, clean}, "twitter:title": {Title, clean}, "title": {Title, clean},
	"og:description": {Description, clean}, "twitter:description": {Description, clean}, "description": {Description, clean},
	"og:locale": {Language, languageTag}, "content-language": {Language, languageTag}, "language": {Language, languageTag},
	"og:availability": {Availability, availability}, "product:availability": {Availability, availability},
	"product:condition": {Condition, condition}, "og:condition": {Condition, condition},
	"product:retailer_item_id": {AdvertID, clean}, "product:item_id": {AdvertID, clean},
	"product:category": {Category, clean}, "article:section": {Category, clean},
	"article:published_time": {Posted, machineTime}, "og:published_time": {Posted, machineTime}, "date": {Posted, machineTime},
	"article:modified_time": {Updated, machineTime}, "og:updated_time": {Updated, machineTime}, "last-modified": {Updated, machineTime},
	"product:expiration_time": {Ends, machineTime}, "article:expiration_time": {Ends, machineTime},
	"og:locality": {Location, clean}, "geo.placename": {Location, clean},
	"og:email": {Email, email}, "og:phone_number": {Phone, phone},
}

// priceMeta and currencyMeta are in pairs.
var (
	priceMeta    = []string{"product:price:amount", "product:sale_price:amount", "og:price:amount", "price"}
	currencyMeta = []string{"product:price:currency", "product:sale_price:currency", "og:price:currency", "pricecurrency"}
)

// readMeta reads OpenGraph and the other meta elements.
func (x *extraction) readMeta() {
	amounts, codes := map[string]claim{}, map[string]string{}
	for n := range elements(x.doc.root) {
		if n.Data == "title" && n.Parent != nil && n.Parent.Data == "head" {
			x.out.add(claim{name: Title, node: n, late: true, Candidate: Candidate{
				Provenance: Provenance{Source: FromMeta, Property: "title"}, Raw: textOf(n, maxText), Value: textOf(n, maxText),
			}})
		}
		if n.Data == "meta" && !hasAttr(n, "itemprop") {
			x.meta(n, amounts, codes)
		}
	}
	for i, key := range priceMeta {
		if cl, ok := amounts[key]; ok {
			x.metaPrice(cl, codes[currencyMeta[i]])
		}
	}
}

// metaKey returns what a meta element is about, and its source.
func metaKey(n *html.Node) (Source, string) {
	p := strings.ToLower(attr(n, "property"))
	if strings.Contains(p, ":") && !strings.HasPrefix(p, "twitter:") {
		return FromOpenGraph, p
	}
	for _, key := range []string{"property", "name", "http-equiv"} {
		// A property without a prefix is RDFa's.
		if name := strings.ToLower(attr(n, key)); strings.Contains(name, ":") || key != "property" && name != "" {
			return FromMeta, name
		}
	}
	return "", ""
}

func (x *extraction) meta(n *html.Node, amounts map[string]claim, codes map[string]string) {
	source, key := metaKey(n)
	content := attr(n, "content")
	cl := claim{node: n, Candidate: Candidate{Provenance: Provenance{Source: source, Property: key}, Raw: content}}
	for i := range priceMeta {
		switch key {
		case priceMeta[i]:
			if _, known := amounts[key]; !known {
				amounts[key] = cl
			}
		case currencyMeta[i]:
			codes[key] = normalCode(content)
			cl.name, cl.Value = Currency, codes[key]
			x.out.add(cl)
			x.declare(codes[key])
		}
	}
	if key == "og:image" || key == "og:image:secure_url" || key == "twitter:image" {
		x.picture(content, cl.Provenance, n)
	}
	if f, ok := metaFacts[key]; ok {
		x.metaFact(cl, f.name, f.normal)
	}
}

func (x *extraction) metaFact(cl claim, name Name, normal func(string) string) {
	cl.name, cl.Value = name, normal(cl.Raw)
	switch name {
	case Description:
		cl.late, cl.Inferred = true, "it is a summary, for search engines and for sharing"
	case Posted, Updated:
		cl.Inferred = "it is said of the page, not of what is offered"
	}
	x.out.add(cl)
}

func (x *extraction) metaPrice(cl claim, code string) {
	cl.name = PriceFact
	if cl.Price = x.hints().statedPrice(cl.Raw, code); cl.Price != nil {
		cl.Value = cl.Price.String()
	}
	x.out.add(cl)
	if code == "" {
		x.sayCurrency(cl)
	}
}
