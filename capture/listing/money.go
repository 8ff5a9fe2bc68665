package listing

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/bojanz/currency"
)

// Price is a price as a page states it. Amounts are decimal strings with a
// point, as precise as the page is: "1299.00".
type Price struct {
	Kind   PriceKind `json:"kind"`
	Amount string    `json:"amount,omitempty"`
	High   string    `json:"high,omitempty"` // of a range
	// Currency is a code of ISO 4217; absent if the page leaves it open.
	Currency string `json:"currency,omitempty"`
	// Evidence says what the currency was told by: "code CNY",
	// "symbol US$", "symbol ¥, host under .jp".
	Evidence string `json:"currency_evidence,omitempty"`
	// Inferred: the mark stands for several currencies, and the page's
	// host or language decided.
	Inferred bool `json:"currency_inferred,omitzero"`
	// Possible are the currencies that an ambiguous mark may stand for,
	// where nothing decided.
	Possible   []string `json:"possible,omitempty"`
	Negotiable bool     `json:"negotiable,omitzero"`
	Per        string   `json:"per,omitempty"`  // what the amount is for: "克", "piece"
	Note       string   `json:"note,omitempty"` // why the amount is no certainty
}

// PriceKind says what kind of price it is.
type PriceKind string

// The kinds of prices. The last three have no amount.
const (
	Exact      PriceKind = "exact"
	Range      PriceKind = "range"
	From       PriceKind = "from"
	UpTo       PriceKind = "up_to"
	Free       PriceKind = "free"
	OnRequest  PriceKind = "on_request"
	ToBeAgreed PriceKind = "negotiable"
)

// String returns the price as a candidate's value: "1299.00 CNY",
// "5.00–8.00 EUR, negotiable", "from 99 CNY/克", "free".
func (p *Price) String() string {
	var s string
	switch p.Kind {
	case Exact:
		s = p.Amount
	case Range:
		s = p.Amount + "–" + p.High
	case From:
		s = "from " + p.Amount
	case UpTo:
		s = "up to " + p.Amount
	default:
		return string(p.Kind)
	}
	if p.Currency != "" {
		s += " " + p.Currency
	}
	if p.Per != "" {
		s += "/" + p.Per
	}
	if p.Negotiable {
		s += ", negotiable"
	}
	return s
}

// hints are what decides where a number or a currency mark is ambiguous.
type hints struct {
	declared []string // currencies that the page states by code
	country  string   // of the site, ISO 3166
	host     string   // by which the country is known: "host under .jp"
	lang     string   // of the page, BCP 47
}

// decimalComma reports whether the page's language writes 1,5 for a half.
func (h hints) decimalComma() bool { return commaLanguages[primary(h.lang)] }

var commaLanguages = set("de fr es it pt nl ru uk pl cs sk da sv nb no fi hu ro bg hr sr sl lt lv et el tr vi id be ca")

// decide picks the currency that an ambiguous mark stands for.
func (h hints) decide(codes []string) (code, why string) {
	for _, c := range h.declared {
		if slices.Contains(codes, c) {
			return c, "the page states " + c + " elsewhere"
		}
	}
	if c, ok := currency.ForCountryCode(h.country); ok && slices.Contains(codes, c) {
		return c, h.host
	}
	if c, ok := currency.ForCountryCode(languageCountry(h.lang)); ok && slices.Contains(codes, c) {
		return c, "page language " + h.lang
	}
	return "", ""
}

// languageCountry returns the country of a language tag: its region, or the
// one country where a language is at home.
func languageCountry(tag string) string {
	parts := strings.Split(tag, "-")
	for _, p := range parts[1:] {
		if len(p) == 2 {
			return strings.ToUpper(p)
		}
		if p == "Hant" {
			return "TW"
		}
	}
	return home[parts[0]]
}

var home = map[string]string{
	"zh": "CN", "ja": "JP", "ko": "KR", "th": "TH", "vi": "VN", "da": "DK", "sv": "SE",
	"nb": "NO", "no": "NO", "is": "IS", "hi": "IN", "ne": "NP", "si": "LK", "ur": "PK",
}

// price makes what a scan found into a price.
func (h hints) price(s *scan) *Price {
	p := &Price{Kind: Exact, Amount: s.amount, High: s.high, Per: s.per, Note: s.note}
	switch {
	case s.high != "":
		p.Kind = Range
	case s.from:
		p.Kind = From
	case s.upTo:
		p.Kind = UpTo
	}
	h.settle(p, s.mark)
	return p
}

// settle sets the currency that a mark stands for.
func (h hints) settle(p *Price, m mark) {
	switch {
	case len(m.codes) == 0:
	case len(m.codes) == 1:
		p.Currency = m.codes[0]
		p.Evidence = m.kind() + " " + m.text
	default:
		p.Evidence = "symbol " + m.text
		code, why := h.decide(m.codes)
		if code == "" {
			p.Possible = m.codes
			return
		}
		p.Currency, p.Inferred = code, true
		p.Evidence += ", " + why
	}
}

// parsePrices reads the prices in a text: at most four. bare admits numbers
// without a currency.
func (h hints) parsePrices(text string, bare bool) []*Price {
	s := narrow(text)
	if utf8.RuneCountInString(s) > 300 {
		return nil
	}
	terms := readTerms(s)
	var all []*Price
	for at := 0; len(all) < 4; {
		found, next, ok := scanPrice(s, at, h)
		if !ok {
			break
		}
		at = next
		if len(found.mark.codes) == 0 && !bare || len(all) > 0 && strings.Trim(found.amount, "0.") == "" {
			continue
		}
		p := h.price(&found)
		p.Negotiable = terms.negotiable
		all = append(all, p)
	}
	if len(all) == 0 && terms.kind != "" {
		return []*Price{{Kind: terms.kind, Negotiable: terms.negotiable}}
	}
	return all
}

// statedPrice reads a price of structured data, with the currency stated
// beside it; nil if it isn't one.
func (h hints) statedPrice(amount, code string) *Price {
	var p *Price
	text := strings.TrimSpace(narrow(amount))
	if strings.HasPrefix(text, "-") {
		return nil
	}
	if isMachineNumber(text) {
		p = &Price{Kind: Exact, Amount: trimLeadingZeros(text)}
	} else if all := h.parsePrices(amount, true); len(all) > 0 {
		p = all[0]
	} else {
		return nil
	}
	if code = normalCode(code); code != "" {
		p.Currency, p.Evidence, p.Inferred, p.Possible = code, "code "+code, false, nil
	}
	return p
}

// isMachineNumber reports whether s is a number as schema.org asks for it: at
// most one point, and no other separator.
func isMachineNumber(s string) bool {
	whole, fraction, point := strings.Cut(s, ".")
	if whole == "" || len(s) > maxDigits || point && fraction == "" {
		return false
	}
	return digitsAt(whole, 0) == len(whole) && digitsAt(fraction, 0) == len(fraction)
}

// normalCode returns the code of ISO 4217 that s is, or stands for without a
// doubt; empty if there is none.
func normalCode(s string) string {
	s = strings.TrimSpace(narrow(s))
	if up := strings.ToUpper(s); currency.IsValid(up) {
		return up
	}
	if strings.EqualFold(s, "RMB") {
		return "CNY"
	}
	if m, n := markAt(s, 0); n == len(s) && n > 0 && len(m.codes) == 1 {
		return m.codes[0]
	}
	return ""
}
