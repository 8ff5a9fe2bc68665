package evidence

import (
	"regexp"
	"strconv"
	"strings"

	"pugmark/evidence/search"
)

// statedPrice is what is searched of a price in listing.json.
type statedPrice struct {
	Amount   string `json:"amount"`
	High     string `json:"high"`
	Currency string `json:"currency"`
}

// searched returns the price by which a capture is found, or nil if it is no number.
func (p *statedPrice) searched() *search.Price {
	if p == nil {
		return nil
	}
	low, err := strconv.ParseFloat(p.Amount, 64)
	if err != nil {
		return nil
	}
	out := &search.Price{Low: low, High: low, Currency: p.Currency}
	if high, err := strconv.ParseFloat(p.High, 64); err == nil && high > low {
		out.High = high
	}
	return out
}

// Names of the facts by which people correct a price.
const (
	priceFact    = "price"
	currencyFact = "currency"
)

// correctPrice takes what people said of the price, the last of them, for what the
// page said.
func correctPrice(d *search.Document, all []Annotation) {
	var currency string
	for _, a := range all {
		switch {
		case a.Withdrawn != nil || a.Kind != Fact:
		case a.Name == priceFact:
			d.Price = parsePrice(a.Text, d.Price)
		case a.Name == currencyFact:
			currency = strings.ToUpper(strings.TrimSpace(a.Text))
		}
	}
	if currency != "" && d.Price != nil {
		d.Price = &search.Price{Low: d.Price.Low, High: d.Price.High, Currency: currency}
	}
}

var (
	amountText = regexp.MustCompile(`[0-9][0-9,' ]*(\.[0-9]+)?`)
	// thousands is a number with a mark before every three digits.
	thousands    = regexp.MustCompile(`^[0-9]{1,3}([,' ][0-9]{3})*(\.[0-9]+)?$`)
	currencyCode = regexp.MustCompile(`\b[A-Z]{3}\b`)
)

// parsePrice reads a price that a person wrote, such as "1,299.00 CNY": the first
// number, with a point before the decimals, and the code of the currency. Without a
// code the currency is what it was; a text without a number is no price.
func parsePrice(s string, was *search.Price) *search.Price {
	number := strings.TrimRight(amountText.FindString(s), ",' ")
	if strings.ContainsAny(number, ",' ") && !thousands.MatchString(number) {
		return nil // 1,5 may be one and a half, or fifteen
	}
	amount, err := strconv.ParseFloat(strings.NewReplacer(",", "", "'", "", " ", "").Replace(number), 64)
	if err != nil {
		return nil
	}
	out := &search.Price{Low: amount, High: amount, Currency: currencyCode.FindString(s)}
	if out.Currency == "" && was != nil {
		out.Currency = was.Currency
	}
	return out
}
