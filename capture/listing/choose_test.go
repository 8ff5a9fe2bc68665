package listing

import (
	"strings"
	"testing"
)

// extract reads a page that is given as its body.
func extract(t *testing.T, address, document string) *Listing {
	t.Helper()
	l, err := Extract(t.Context(), Page{Address: address, Document: strings.NewReader(document)})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// mains returns the names of the entities that were taken.
func mains(l *Listing) string {
	var names []string
	for _, e := range l.Entities {
		if e.Main {
			names = append(names, e.Name)
		}
	}
	return strings.Join(names, "+")
}

func block(json string) string {
	return `<script type="application/ld+json">` + json + `</script>`
}

func TestMainEntity(t *testing.T) {
	const page = "https://shop.example/lot/90017"
	for _, tt := range []struct{ what, document, want string }{
		{"address", block(`{"@type":"Product","name":"A","url":"/lot/1"}`) + block(`{"@type":"Product","name":"B","url":"/lot/90017"}`), "B"},
		{"offer's address", block(`[{"@type":"Product","name":"A"},{"@type":"Product","name":"B","offers":{"@type":"Offer","url":"https://shop.example/lot/90017?utm=1"}}]`), "B"},
		{"main entity", block(`{"@graph":[{"@type":"Product","@id":"#a","name":"A"},{"@type":"Product","@id":"#b","name":"B"},{"@type":"ItemPage","mainEntity":{"@id":"#b"}}]}`), "B"},
		{"main entity of page", block(`[{"@type":"Product","name":"A"},{"@type":"Product","name":"B","mainEntityOfPage":true}]`), "B"},
		{"identifier", block(`[{"@type":"Product","name":"A","sku":"17"},{"@type":"Product","name":"B","sku":"90017"}]`), "B"},
		{"heading", block(`[{"@type":"Product","name":"A lot"},{"@type":"Product","name":"Box lid"}]`) + "<h1>Box lid</h1>", "Box lid"},
		{"only one", block(`{"@type":"Product","name":"A"}`), "A"},
		{"only one, of another address", block(`{"@type":"Product","name":"A","url":"https://shop.example/lot/5"}`), "A"},
		{"first of two", block(`[{"@type":"Product","name":"A"},{"@type":"Product","name":"B"}]`), "A"},
		{"none of a list", block(`{"@type":"ItemList","itemListElement":[{"@type":"ListItem","item":{"@type":"Product","name":"A"}}]}`), ""},
		{"a list's, by address", block(`{"@type":"ItemList","itemListElement":[{"@type":"ListItem","item":{"@type":"Product","name":"A","url":"/lot/90017"}}]}`), "A"},
		{"offer of an item", block(`{"@type":"Offer","price":"5","itemOffered":{"@type":"Car","name":"A"}}`), "A"},
		{"bare offer", block(`{"@type":"Offer","name":"A","price":"5"}`), "A"},
		{"product before post", block(`[{"@type":"SocialMediaPosting","headline":"P"},{"@type":"Product","name":"A"}]`), "A"},
		{"post", block(`{"@type":"SocialMediaPosting","headline":"P"}`), "P"},
		{"not a firm", block(`{"@type":"Organization","name":"O","url":"https://shop.example/lot/90017"}`), ""},
		{"related microdata", `<div itemscope itemtype="https://schema.org/Product"><p itemprop="name">A</p></div>
			<div class="similar-items"><div itemscope itemtype="https://schema.org/Product"><p itemprop="name">B</p></div></div>`, "A"},
		{"related only", `<section><h2>Similar items</h2><div itemscope itemtype="https://schema.org/Product"><p itemprop="name">B</p></div></section>`, ""},
		{"another syntax's other thing", block(`{"@type":"Product","name":"Real one","url":"/lot/90017"}`) +
			`<div itemscope itemtype="https://schema.org/Product"><p itemprop="name">Advert</p></div>`, "Real one"},
	} {
		if got := mains(extract(t, page, tt.document)); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.what, got, tt.want)
		}
	}
}

func TestDoubtfulChoiceIsMarked(t *testing.T) {
	const page = "https://shop.example/lot/90017"
	for _, tt := range []struct {
		document string
		inferred bool
	}{
		{block(`{"@type":"Product","name":"A"}`), false},
		{block(`{"@type":"Product","name":"A","url":"/lot/5"}`), true},
		{block(`[{"@type":"Product","name":"A"},{"@type":"Product","name":"B"}]`), true},
	} {
		if f := extract(t, page, tt.document).Facts[Title]; f.Value != "A" || f.Inferred != tt.inferred {
			t.Errorf("%s: got %q, inferred %v; want A, %v", tt.document, f.Value, f.Inferred, tt.inferred)
		}
	}
}

func TestReferencesInACircle(t *testing.T) {
	l := extract(t, "https://shop.example/", block(`{"@graph":[
		{"@id":"#p","@type":"Product","name":"A","offers":[{"@id":"#o"},{"@id":"#o"}],"hasVariant":{"@id":"#p"}},
		{"@id":"#o","@type":"Offer","price":"5","offers":[{"@id":"#o"},{"@id":"#o"}],"priceSpecification":{"@id":"#o"},"seller":{"@id":"#s"}},
		{"@id":"#s","@type":"Person","name":"S","address":{"@id":"#s"},"location":{"@id":"#s"}}]}`))
	if got := len(l.Facts[PriceFact].Candidates); got != 1 {
		t.Errorf("got %d prices, want 1", got)
	}
	if got := l.Facts[SellerName].Value; got != "S" {
		t.Errorf("got seller %q, want S", got)
	}
}

func TestBothOfTwoMembersAreTold(t *testing.T) {
	f := extract(t, "https://shop.example/", block(`{"@type":"Product","offers":{"@type":"Offer","price":"5","price":"50","priceCurrency":"EUR"}}`)).Facts[PriceFact]
	if len(f.Candidates) != 2 || f.Candidates[0].Value != "5 EUR" || f.Candidates[1].Value != "50 EUR" {
		t.Errorf("got %+v", f.Candidates)
	}
}

func TestConflicts(t *testing.T) {
	offer := func(price string) string {
		return block(`{"@type":"Product","name":"Box","offers":{"@type":"Offer",` + price + `}}`)
	}
	for _, tt := range []struct {
		document string
		name     Name
		conflict bool
	}{
		{offer(`"price":"15","priceCurrency":"GBP"`) + `<p class="price">£15.00</p>`, PriceFact, false},
		{offer(`"price":"15","priceCurrency":"GBP"`) + `<p class="price">£1,500</p>`, PriceFact, true},
		{offer(`"price":"15","priceCurrency":"GBP"`) + `<p class="price">£15.00 ($20)</p>`, PriceFact, false},
		{offer(`"price":"15","priceCurrency":"GBP"`) + `<p class="price">20 €</p>`, PriceFact, false},
		{offer(`"price":"15","priceCurrency":"GBP"`) + `<p class="price">20 €</p>`, Currency, true},
		{offer(`"lowPrice":"5","highPrice":"9","priceCurrency":"EUR"`) + `<p class="price">from 5 €</p>`, PriceFact, false},
		{offer(`"price":"5"`) + `<meta property="og:title" content="Box | Shop">`, Title, false},
		{offer(`"price":"5"`) + `<meta property="og:title" content="Tusk | Shop">`, Title, true},
		{`<meta property="og:locale" content="en_US"><p lang="de">x</p>`, Language, false},
		{`<html lang="de"><meta property="og:locale" content="en_US">`, Language, true},
		{offer(`"price":"5","datePosted":"2026-11-01"`) + `<p>Posted: 1 November 2026, 14:05</p>`, Posted, false},
		{offer(`"price":"5","datePosted":"2026-11-01"`) + `<p>Posted: 2 November 2026</p>`, Posted, true},
		{offer(`"price":"5","seller":"Ann"`) + `<p>Seller: Bob</p>`, SellerName, true},
		{offer(`"price":"5","seller":"Ann"`) + `<div class="seller"><b class="name">Bob</b></div>`, SellerName, false}, // only inferred
	} {
		f := extract(t, "https://shop.example/a", tt.document).Facts[tt.name]
		if len(f.Candidates) < 2 || f.Conflict != tt.conflict {
			t.Errorf("%s: got %d candidates of %s, conflict %v; want %v", tt.document, len(f.Candidates), tt.name, f.Conflict, tt.conflict)
		}
	}
}
