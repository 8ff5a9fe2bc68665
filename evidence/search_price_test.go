package evidence

import (
	"testing"

	"pugmark/evidence/search"
)

func TestParsePrice(t *testing.T) {
	was := &search.Price{Low: 5, High: 5, Currency: "EUR"}
	for _, test := range []struct {
		text string
		want search.Price
	}{
		{"1,299.00 CNY", search.Price{Low: 1299, High: 1299, Currency: "CNY"}},
		{"CNY 1299", search.Price{Low: 1299, High: 1299, Currency: "CNY"}},
		{"about 12'500.50", search.Price{Low: 12500.5, High: 12500.5, Currency: "EUR"}},
		{"¥ 80, negotiable", search.Price{Low: 80, High: 80, Currency: "EUR"}},
	} {
		if got := parsePrice(test.text, was); got == nil || *got != test.want {
			t.Errorf("got %v of %q, want %v", got, test.text, test.want)
		}
	}
	for _, text := range []string{"", "free", "1,5 EUR", "1,29,9"} {
		if got := parsePrice(text, was); got != nil {
			t.Errorf("got %v of %q, want no price", got, text)
		}
	}
}

// TestSearchPrice finds a capture by the price that people corrected, as long as that
// stands.
func TestSearchPrice(t *testing.T) {
	v := newVault(t)
	c := sealSaying(t, v, "https://example.org/1", "Bangle", "bone",
		`{"facts":{"price":{"candidates":[{"raw":"¥100","price":{"kind":"range","amount":"100.00","high":"150","currency":"CNY"}}]}}}`)
	wantFound(t, v, search.Query{PriceFrom: 120, PriceTo: 130, Currency: "CNY"}, 0, 1)
	wantFound(t, v, search.Query{PriceFrom: 160}, 0)
	a, err := v.Annotate(t.Context(), c, Annotation{Kind: Fact, Name: "price", Text: "1,000", Was: "¥100"})
	check(t, err)
	wantFound(t, v, search.Query{PriceFrom: 1000, Currency: "CNY"}, 0, 1)
	_, err = v.Annotate(t.Context(), c, Annotation{Kind: Fact, Name: "currency", Text: "jpy"})
	check(t, err)
	wantFound(t, v, search.Query{PriceFrom: 1000, Currency: "JPY"}, 0, 1)
	check(t, v.Withdraw(t.Context(), c, a.ID, "mistaken"))
	wantFound(t, v, search.Query{PriceTo: 150, Currency: "JPY"}, 0, 1)
}
