package listing

import "testing"

func TestConditionsAndAvailabilities(t *testing.T) {
	for _, tt := range []struct {
		normal     func(string) string
		text, want string
	}{
		{condition, "https://schema.org/NewCondition", "NewCondition"},
		{condition, "schema:UsedCondition", "UsedCondition"},
		{condition, "Used, good", "UsedCondition"},
		{condition, "Used – Like New", "UsedCondition"},
		{condition, "Like new", "UsedCondition"},
		{condition, "Newish", "Newish"},
		{condition, "Neu mit Etikett", "NewCondition"},
		{condition, "二手", "UsedCondition"},
		{condition, "未使用に近い", "UsedCondition"},
		{condition, "新品、未使用", "NewCondition"},
		{condition, "Б/у", "UsedCondition"},
		{condition, "Seller refurbished", "RefurbishedCondition"},
		{condition, "see pictures", "see pictures"},
		{availability, "http://schema.org/OutOfStock", "OutOfStock"},
		{availability, "in stock", "InStock"},
		{availability, "InStock", "InStock"},
		{availability, "oos", "OutOfStock"},
		{availability, "Sold", "SoldOut"},
		{availability, "SOLD OUT", "SoldOut"},
		{availability, "卖掉了", "SoldOut"},
		{availability, "Soldering iron", "Soldering iron"},
		{languageTag, "en_GB", "en-GB"},
		{languageTag, "ZH-hans-cn", "zh-Hans-CN"},
		{languageTag, "deutsch", ""},
		{languageTag, "en; de", ""},
		{languageTag, "", ""},
		{phone, "+86 138-0013-8000", "+8613800138000"},
		{phone, "tel:(030) 12 34 56", "030123456"},
		{phone, "12345", ""},
		{phone, "1234567890123456", ""},
		{phone, "call me", ""},
		{email, "mailto:A.B@Shop.Example?subject=x", "a.b@shop.example"},
		{email, "a@b", ""},
		{email, "see a@b.example", ""},
		{quantity, "2.0", "2"},
		{quantity, "1.299", "1.299"},
		{quantity, "last one", "last one"},
	} {
		if got := tt.normal(tt.text); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestScriptLanguage(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"家里老人留下的挂坠和手镯一直放在柜子里挂坠正面雕莲花出水", "zh"},
		{"古い根付です。牙彫りかどうか不明ですが、大切に保管していました。", "ja"},
		{"오래된 조각품입니다. 직접 거래를 원합니다. 연락 주세요.", "ko"},
		{"งานแกะเก่า สนใจทักไลน์ได้เลยครับ ราคาพิเศษ", "th"},
		{"An old carved pendant from a family cabinet, with 象牙 in one place", ""},
		{"象牙", ""},
	} {
		if got, _ := scriptLanguage(tt.text); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestLabelsMeanOneThing(t *testing.T) {
	seen := map[string]Name{}
	for name, words := range labelWords {
		for _, w := range words {
			if other, known := seen[w]; known {
				t.Errorf("%q introduces %s and %s", w, name, other)
			}
			if fold(w) != w {
				t.Errorf("%q is not folded: %q", w, fold(w))
			}
			seen[w] = name
		}
	}
}

func TestClean(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{" a \n b\t", "a b"},
		{"Tom &amp; Jerry", "Tom & Jerry"},
		{"<p>one</p><p>two<br>three</p>", "one two three"},
		{"<b>bo</b>ld", "bold"},
		{"1 < 2 & 3 > 2", "1 < 2 & 3 > 2"},
		{"a <3 b", "a <3 b"},
	} {
		if got := clean(tt.text); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestDigit(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"٣٫٥", "3.5"}, {"๑๒๓", "123"}, {"१०", "10"}, {"１２", "12"}, {"𝟗𝟎", "90"},
	} {
		if got := narrow(tt.text); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.text, got, tt.want)
		}
	}
}
