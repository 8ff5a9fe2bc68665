package listing

import (
	"fmt"
	"strings"
	"testing"
)

// readAll writes what was made of a text: each price, its doubts in brackets.
func readAll(h hints, text string, bare bool) string {
	var all []string
	for _, p := range h.parsePrices(text, bare) {
		s := p.String()
		if p.Inferred {
			s += " [" + p.Evidence + "]"
		}
		if len(p.Possible) > 0 {
			s += fmt.Sprintf(" [one of %d]", len(p.Possible))
		}
		if p.Note != "" {
			s += " [" + p.Note + "]"
		}
		all = append(all, s)
	}
	return strings.Join(all, "; ")
}

func TestPrices(t *testing.T) {
	var (
		de = hints{lang: "de"}
		en = hints{lang: "en"}
		us = hints{lang: "en-US"}
		zh = hints{lang: "zh-CN"}
		tw = hints{lang: "zh-Hant"}
		ja = hints{country: "JP", host: "host under .jp", lang: "en"}
	)
	for _, tt := range []struct {
		h    hints
		text string
		want string
	}{
		{zh, "￥1,299.00", "1299.00 CNY [symbol ¥, page language zh-CN]"},
		{ja, "¥1,299", "1299 JPY [symbol ¥, host under .jp]"},
		{en, "¥1,299", "1299 [one of 2]"},
		{hints{declared: []string{"USD", "CNY"}}, "¥5", "5 CNY [symbol ¥, the page states CNY elsewhere]"},
		{en, "１２，５００円", "12500 JPY"},
		{en, "US $1,299.00", "1299.00 USD"},
		{en, "US$1,299.00/ piece", "1299.00 USD/piece"},
		{de, "1.299,00 €", "1299.00 EUR"},
		{de, "1.299 €", "1299 EUR"},
		{en, "€1.299", "1299 EUR [the separator in 1.299 was taken for one of thousands]"},
		{en, "1 299,00 €", "1299.00 EUR"},
		{en, "1 299,00 €", "1299.00 EUR"},
		{de, "50 € VB", "50 EUR, negotiable"},
		{de, "50 € Festpreis", "50 EUR"},
		{de, "VB", "negotiable"},
		{de, "ab 5 €", "from 5 EUR"},
		{de, "Zu verschenken", "free"},
		{en, "Free", "free"},
		{en, "Free shipping", ""},
		{en, "HK$ 800", "800 HKD"},
		{en, "HK$1.2k", "1200 HKD"},
		{en, "RM1,250.50", "1250.50 MYR"},
		{en, "RM 20 - RM 30", "20–30 MYR"},
		{en, "฿1,200", "1200 THB"},
		{en, "1,200 บาท", "1200 THB"},
		{en, "Rp 1.500.000", "1500000 IDR"},
		{en, "1.299.000₫", "1299000 VND"},
		{en, "₹1,25,000", "125000 INR"},
		{en, "₹1.5 lakh", "150000 INR"},
		{en, "15 000 ₽", "15000 RUB"},
		{en, "R$ 1.234,56", "1234.56 BRL"},
		{en, "CHF 1'299.–", "1299 CHF"},
		{en, "1,250 KWD", "1250 KWD"},
		{en, "1.250 KWD", "1.250 KWD [the separator in 1.250 was taken for the decimal one]"},
		{en, "USD 20", "20 USD"},
		{en, "$20 USD", "20 USD"},
		{en, "CA $ 100.00", "100.00 CAD"},
		{en, "$20", "20 [one of 14]"},
		{us, "$20", "20 USD [symbol $, page language en-US]"},
		{en, "$20 €30", "20 [one of 14]; 30 EUR"},
		{en, "¥3,680 about US$512.00", "3680 [one of 2]; 512.00 USD"},
		{zh, "3.5万元", "35000 CNY [symbol 元, page language zh-CN]"},
		{tw, "3,500元", "3500 TWD [symbol 元, page language zh-Hant]"},
		{zh, "5~8元", "5–8 CNY [symbol 元, page language zh-CN]"},
		{zh, "￥99起", "from 99 CNY [symbol ¥, page language zh-CN]"},
		{zh, "120元/克", "120 CNY/克 [symbol 元, page language zh-CN]"},
		{zh, "面议", "negotiable"},
		{zh, "200块 可小刀", "200 CNY, negotiable"},
		{zh, "200块 不议价", "200 CNY"},
		{zh, "免费", "free"},
		{en, "$24.00 - $31.50", "24.00–31.50 [one of 14]"},
		{en, "US $12.00 - 15% off", "12.00 USD"},
		{en, "up to £30", "up to 30 GBP"},
		{en, "Price on request", "on_request"},
		{en, "£0.50", "0.50 GBP"},
		{en, "$ 12\u206399", "12.99 [one of 14] [the cents stand in an element of their own]"},
		{hints{lang: "da"}, "2.450 kr.", "2450 DKK [symbol kr., page language da]"},
		{en, "12 ft long", ""},
		{en, "50mm €30", "30 EUR"},
		{en, "30€", "30 EUR"},
		{en, "TOP 10", ""},
		{en, "iPhone 12, 64GB", ""},
		{en, "1.2.3", ""},
		{en, "€123456789012345678901", ""},
		{en, "50% off", ""},
		{en, "", ""},
	} {
		if got := readAll(tt.h, tt.text, false); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestStatedPrices(t *testing.T) {
	for _, tt := range []struct{ amount, code, want string }{
		{"1299.000", "USD", "1299.000 USD"}, // a point is a decimal point there
		{"1299", "usd", "1299 USD"},
		{"1,299.00", "USD", "1299.00 USD"},
		{"¥1,299", "CNY", "1299 CNY"},
		{"¥1,299", "JPY", "1299 JPY"},
		{"12.5", "RMB", "12.5 CNY"},
		{"12.5", "US$", "12.5 USD"},
		{"12.5", "$", "12.5"},
		{"12.5", "XYZ", "12.5"},
		{"12.5", "", "12.5"},
		{"0", "EUR", "0 EUR"},
		{"free", "EUR", "free"},
		{"-5", "EUR", ""},
		{"1e5", "EUR", ""},
		{"ask", "EUR", ""},
		{"", "EUR", ""},
	} {
		got := ""
		if p := (hints{}).statedPrice(tt.amount, tt.code); p != nil {
			got = p.String()
		}
		if got != tt.want {
			t.Errorf("%q %q: got %q, want %q", tt.amount, tt.code, got, tt.want)
		}
	}
}

// FuzzPrices has any text read: amounts are numbers, and no language makes a
// panic.
func FuzzPrices(f *testing.F) {
	for _, s := range []string{"￥1,299.00", "1.299,00 €", "US $5 - 8/kg", "1\u206399", "RM1k", "5~8元起", "İ 5 K", "1.2,3.4"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, lang := range []string{"en", "de", "zh-Hant", ""} {
			for _, p := range (hints{lang: lang}).parsePrices(s, true) {
				for _, amount := range []string{p.Amount, p.High} {
					if amount != "" && !isMachineNumber(amount) && len(amount) <= maxDigits {
						t.Errorf("%q: got amount %q", s, amount)
					}
				}
				if p.High != "" && less(p.High, p.Amount) {
					t.Errorf("%q: got the range %q to %q", s, p.Amount, p.High)
				}
			}
		}
	})
}
