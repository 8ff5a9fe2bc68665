package listing

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// readVisible looks for what the page shows to people. It is modest: what a
// label introduces, and what stands in an element that is named for it.
func (x *extraction) readVisible(text string) {
	v := &viewer{extraction: x}
	v.look()
	v.title()
	v.prices()
	v.descriptions()
	v.sellers()
	v.places()
	v.stock()
	v.crumbs()
	x.readContacts(text)
	x.inferLanguage(text)
	x.otherLanguages()
}

// viewer goes through the elements that are shown.
type viewer struct {
	*extraction
	order   int // of the heading
	tags    []sighting
	descs   []sighting
	boxes   []sighting // of sellers
	where   []sighting
	stocked []sighting
	trails  []sighting
}

// sighting is an element that is named for something.
type sighting struct {
	n     *html.Node
	order int    // in the document
	word  string // that named it
}

// maxSightings bounds those of one kind.
const maxSightings = 200

// look goes through the document once.
func (v *viewer) look() {
	order := 0
	for n := v.doc.root; n != nil; {
		z := zone(0)
		if n.Type == html.ElementNode {
			order++
			z = v.doc.zone(n)
			if n == v.doc.heading {
				v.order = order
			}
			if z&(hiddenZone|relatedZone) == 0 {
				v.element(n, z, order)
			}
		}
		n = following(n, v.doc.root, z&(hiddenZone|relatedZone) != 0)
	}
}

func (v *viewer) element(n *html.Node, z zone, order int) {
	if z&furnitureZone == 0 {
		v.labelled(n)
	}
	if z&sellerZone != 0 && v.doc.zone(n.Parent)&sellerZone == 0 {
		keep(&v.boxes, sighting{n, order, sellerWords.find(namesOf(n))})
	}
	names := namesOf(n)
	if names == "" || n.Data == "body" || n.Data == "html" || n.Data == "main" {
		return
	}
	see := func(list *[]sighting, words *wordList) {
		if w := words.find(names); w != "" {
			keep(list, sighting{n, order, w})
		}
	}
	see(&v.trails, crumbWords)
	if z&furnitureZone != 0 {
		return
	}
	if !isFormer(n) {
		see(&v.tags, priceWords)
	}
	see(&v.descs, descriptionWords)
	see(&v.where, locationWords)
	see(&v.stocked, stockWords)
}

// keep adds a sighting unless it stands in the last one.
func keep(list *[]sighting, s sighting) {
	if n := len(*list); n < maxSightings && (n == 0 || !contains((*list)[n-1].n, s.n)) {
		*list = append(*list, s)
	}
}

// isFormer reports whether an element shows a price that doesn't hold: struck
// out, or of something else.
func isFormer(n *html.Node) bool {
	switch n.Data {
	case "del", "s", "strike":
		return true
	}
	return formerWords.in(namesOf(n))
}

// saw makes a claim of what an element shows.
func (v *viewer) saw(name Name, n *html.Node, how, raw, value, doubt string) claim {
	return claim{name: name, node: n, Candidate: Candidate{
		Provenance: Provenance{Source: FromDOM, Property: how}, Raw: raw, Value: value, Inferred: doubt,
	}}
}

func (v *viewer) title() {
	count := 0
	for n := range elements(v.doc.root) {
		if n.Data != "h1" || v.doc.zone(n)&(hiddenZone|relatedZone) != 0 || count == 4 {
			continue
		}
		text, doubt := textOf(n, maxText), ""
		if count++; count > 1 {
			doubt = "it isn't the first heading"
		}
		v.out.add(v.saw(Title, n, "h1", text, text, doubt))
	}
}

// maxPriceText is how many bytes a price's element shows at most.
const maxPriceText = 160

// prices tells the prices that stand in elements named for it, nearest to the
// heading first.
func (v *viewer) prices() {
	for _, s := range v.nearest(v.tags) {
		if text := priceText(s.n); len(text) < maxPriceText {
			v.price(s.n, "named "+s.word, text, false, "the element is named for a price")
		}
	}
	if len(v.out.claims[PriceFact]) == 0 {
		v.pricesNear()
	}
}

// nearest orders sightings by how near they are to the heading. What stands
// before it counts twice as far.
func (v *viewer) nearest(all []sighting) []sighting {
	far := func(s sighting) int {
		if s.order < v.order {
			return 2 * (v.order - s.order)
		}
		return s.order - v.order
	}
	slices.SortStableFunc(all, func(a, b sighting) int { return cmp.Compare(far(a), far(b)) })
	return all
}

// priceText returns what an element shows, but for former prices.
func priceText(n *html.Node) string {
	return gather(n, maxPriceText, func(n *html.Node) bool { return isHidden(n) || isFormer(n) })
}

func (v *viewer) price(n *html.Node, how, text string, bare bool, doubt string) {
	raw := strings.ReplaceAll(text, string(seam), "")
	for _, p := range v.hints().parsePrices(text, bare) {
		cl := v.saw(PriceFact, n, how, raw, p.String(), doubt)
		cl.Price = p
		v.out.add(cl)
		v.sayCurrency(cl)
	}
}

// near is how many elements behind the heading something can stand to be near.
const near = 120

// pricesNear tells the first price that stands by itself behind the heading.
func (v *viewer) pricesNear() {
	if v.doc.heading == nil {
		return
	}
	n := v.doc.heading
	for i := 0; i < near && n != nil; n = following(n, v.doc.root, false) {
		if n.Type != html.ElementNode {
			continue
		}
		i++
		if v.doc.zone(n)&(hiddenZone|relatedZone|furnitureZone) != 0 || isFormer(n) {
			continue
		}
		text := priceText(n)
		if utf8.RuneCountInString(text) > 40 {
			continue
		}
		v.price(n, "behind the heading", text, false, "it is the first price behind the heading")
		if len(v.out.claims[PriceFact]) > 0 {
			return
		}
	}
}

// minDescription is how many bytes a description has at least.
const minDescription = 24

// descriptions tells the texts in elements named for it, and under headings
// that say so.
func (v *viewer) descriptions() {
	for _, s := range v.descs {
		if text := textOf(s.n, maxText+1); len(text) >= minDescription && !contains(s.n, v.doc.heading) {
			v.out.add(v.saw(Description, s.n, "named "+s.word, text, text, "the element is named for a description"))
		}
	}
	for n := range elements(v.doc.root) {
		if !isHeadingTag(n) || n == v.doc.heading || v.doc.zone(n)&(hiddenZone|relatedZone) != 0 {
			continue
		}
		heading := fold(strings.TrimRight(textOf(n, 60), ":： "))
		if w := descriptionWords.find(heading); w != "" && strings.HasPrefix(heading, w) {
			v.under(n, heading)
		}
	}
}

// under tells the text behind a heading, up to the next as high.
func (v *viewer) under(h *html.Node, heading string) {
	var parts []string
	size := 0
	for n := nextElement(h); n != nil && size <= maxText; n = nextElement(n) {
		if isHeadingTag(n) && n.Data <= h.Data {
			break
		}
		if isHidden(n) {
			continue
		}
		text := textOf(n, maxText+1)
		parts = append(parts, text)
		size += len(text) + 1
	}
	if text := strings.TrimSpace(strings.Join(parts, "\n")); len(text) >= minDescription {
		v.out.add(v.saw(Description, h, "heading “"+heading+"”", text, collapse(text), "it stands under a heading that says so"))
	}
}

// maxLine is how many bytes a place, a name or another short text has at most.
const maxLine = 160

func (v *viewer) places() {
	for _, s := range v.nearest(v.where) {
		text := textOf(s.n, maxLine)
		if labels[fold(text)] == "" && len(text) < maxLine && v.doc.zone(s.n)&sellerZone == 0 {
			v.out.add(v.saw(Location, s.n, "named "+s.word, text, text, "the element is named for a place"))
		}
	}
}

// stock tells an availability if an element named for it has a word that we
// know.
func (v *viewer) stock() {
	for _, s := range v.nearest(v.stocked) {
		text := textOf(s.n, maxLine)
		if value, known := byWord(text, availabilities); known && len(text) < 60 {
			v.out.add(v.saw(Availability, s.n, "named "+s.word, text, value, "the element is named for it"))
		}
	}
}

// crumbs tells the trails of links that lead to the page.
func (v *viewer) crumbs() {
	for _, s := range v.trails {
		if names := linkNames(s.n); len(names) > 0 && len(names) < maxTrail {
			v.out.add(v.saw(Category, s.n, "named "+s.word, textOf(s.n, 1000), strings.Join(names, " > "), "the element is named for the way to the page"))
		}
	}
}

// maxTrail is more links than a trail has.
const maxTrail = 16

// linkNames returns the texts of a trail's links, and of its items without a
// link.
func linkNames(trail *html.Node) []string {
	var names []string
	seen := 0
	for n := range elements(trail) {
		if seen++; seen > 300 || len(names) == maxTrail {
			break
		}
		if n.Data != "a" && (n.Data != "li" || hasLink(n)) {
			continue
		}
		if name := textOf(n, maxLine); name != "" {
			names = append(names, name)
		}
	}
	return names
}

func hasLink(n *html.Node) bool {
	for c := range elements(n) {
		if c.Data == "a" {
			return true
		}
	}
	return false
}

// inferLanguage tells a language by the script, where the page states none.
func (x *extraction) inferLanguage(text string) {
	if text == "" {
		text = textOf(x.doc.root, maxScript)
	}
	tag, why := scriptLanguage(text)
	if tag == "" || primary(x.lang) == tag {
		return
	}
	x.out.add(claim{name: Language, Candidate: Candidate{
		Provenance: Provenance{Source: FromText, Property: "script"}, Raw: collapse(text[:min(len(text), 120)]), Value: tag, Inferred: why,
	}})
}

// maxLanguages is how many languages of parts are told.
const maxLanguages = 4

// otherLanguages tells the languages that parts of the content are marked with.
func (x *extraction) otherLanguages() {
	seen := map[string]bool{"": true, x.lang: true}
	for n := range elements(x.doc.root) {
		tag := languageTag(attr(n, "lang"))
		if seen[tag] || len(seen) >= maxLanguages+2 || x.doc.zone(n)&(hiddenZone|furnitureZone|relatedZone) != 0 {
			continue
		}
		seen[tag] = true
		x.out.add(claim{name: Language, node: n, Candidate: Candidate{
			Provenance: Provenance{Source: FromDOM, Property: "lang"}, Raw: attr(n, "lang"), Value: tag, Inferred: "it is the language of a part",
		}})
	}
}
