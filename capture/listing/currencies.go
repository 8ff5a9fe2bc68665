package listing

import (
	"slices"
	"strings"
)

// marks are what texts name currencies by, the longer before what they end or
// begin with. Case is not looked at. A mark with several codes is ambiguous.
var marks = []mark{
	{"US $", []string{"USD"}}, {"US$", []string{"USD"}}, {"U$S", []string{"USD"}},
	{"HK $", []string{"HKD"}}, {"HK$", []string{"HKD"}}, {"NT $", []string{"TWD"}}, {"NT$", []string{"TWD"}},
	{"SG $", []string{"SGD"}}, {"SG$", []string{"SGD"}}, {"S$", []string{"SGD"}},
	{"AU $", []string{"AUD"}}, {"AU$", []string{"AUD"}}, {"A$", []string{"AUD"}},
	{"NZ $", []string{"NZD"}}, {"NZ$", []string{"NZD"}},
	{"CA $", []string{"CAD"}}, {"CA$", []string{"CAD"}}, {"C $", []string{"CAD"}}, {"C$", []string{"CAD", "NIO"}},
	{"MX$", []string{"MXN"}}, {"R$", []string{"BRL"}}, {"MOP$", []string{"MOP"}},
	{"GH₵", []string{"GHS"}}, {"GH¢", []string{"GHS"}}, {"₵", []string{"GHS"}},
	{"$", []string{"USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN", "ARS", "CLP", "COP", "UYU", "NAD", "FJD"}},
	{"人民币", []string{"CNY"}}, {"人民幣", []string{"CNY"}}, {"RMB", []string{"CNY"}}, {"CN¥", []string{"CNY"}},
	{"港元", []string{"HKD"}}, {"港币", []string{"HKD"}}, {"港幣", []string{"HKD"}},
	{"新台币", []string{"TWD"}}, {"新台幣", []string{"TWD"}}, {"台币", []string{"TWD"}}, {"台幣", []string{"TWD"}},
	{"美元", []string{"USD"}}, {"美金", []string{"USD"}}, {"欧元", []string{"EUR"}}, {"歐元", []string{"EUR"}},
	{"英镑", []string{"GBP"}}, {"日元", []string{"JPY"}}, {"日圆", []string{"JPY"}}, {"円", []string{"JPY"}},
	{"¥", []string{"CNY", "JPY"}}, {"元", []string{"CNY", "TWD", "HKD", "MOP"}}, {"块", []string{"CNY"}},
	{"€", []string{"EUR"}}, {"euros", []string{"EUR"}}, {"euro", []string{"EUR"}},
	{"£", []string{"GBP"}},
	{"₹", []string{"INR"}}, {"Rs.", rupees}, {"Rs", rupees}, {"₨", rupees},
	{"₩", []string{"KRW"}}, {"원", []string{"KRW"}}, {"฿", []string{"THB"}}, {"บาท", []string{"THB"}}, {"baht", []string{"THB"}},
	{"₫", []string{"VND"}}, {"VNĐ", []string{"VND"}}, {"đồng", []string{"VND"}}, {"đ", []string{"VND"}},
	{"₱", []string{"PHP"}}, {"Rp.", []string{"IDR"}}, {"Rp", []string{"IDR"}}, {"RM", []string{"MYR"}},
	{"₭", []string{"LAK"}}, {"៛", []string{"KHR"}}, {"Ks", []string{"MMK"}},
	{"₽", []string{"RUB"}}, {"рублей", []string{"RUB"}}, {"руб.", []string{"RUB"}}, {"руб", []string{"RUB"}},
	{"₴", []string{"UAH"}}, {"грн.", []string{"UAH"}}, {"грн", []string{"UAH"}}, {"₸", []string{"KZT"}}, {"тенге", []string{"KZT"}},
	{"сум", []string{"UZS"}}, {"₼", []string{"AZN"}}, {"₾", []string{"GEL"}}, {"֏", []string{"AMD"}},
	{"zł", []string{"PLN"}}, {"Kč", []string{"CZK"}}, {"Ft", []string{"HUF"}}, {"лв.", []string{"BGN"}}, {"лв", []string{"BGN"}},
	{"lei", []string{"RON", "MDL"}}, {"CHF", []string{"CHF"}}, {"Fr.", []string{"CHF"}}, {"₺", []string{"TRY"}}, {"TL", []string{"TRY"}},
	{"SEK", []string{"SEK"}}, {"kr.", crowns}, {"kr", crowns}, {":-", []string{"SEK"}},
	{"KShs", []string{"KES"}}, {"KSh", []string{"KES"}}, {"TSh", []string{"TZS"}}, {"USh", []string{"UGX"}},
	{"₦", []string{"NGN"}}, {"FCFA", []string{"XOF", "XAF"}}, {"CFA", []string{"XOF", "XAF"}}, {"R", []string{"ZAR"}},
	{"₪", []string{"ILS"}}, {"د.إ", []string{"AED"}}, {"Dhs", []string{"AED", "MAD"}}, {"ر.س", []string{"SAR"}}, {"ريال", []string{"SAR", "QAR", "YER", "OMR"}},
	{"جنيه", []string{"EGP"}}, {"د.م.", []string{"MAD"}}, {"د.ك", []string{"KWD"}},
}

var (
	rupees = []string{"INR", "PKR", "LKR", "NPR", "MUR"}
	crowns = []string{"DKK", "SEK", "NOK", "ISK"}
)

// fromWords and upToWords stand before an amount that is only one end.
var (
	fromWords = []string{"from", "starting at", "ab", "à partir de", "dès", "desde", "a partir de", "a partire da", "da", "vanaf", "от", "od", "从", "mulai"}
	upToWords = []string{"up to", "bis", "bis zu", "jusqu'à", "hasta", "até", "fino a", "tot", "до", "最高"}
)

// terms are what a text says of a price in words.
type terms struct {
	negotiable bool
	kind       PriceKind // of a price without an amount
}

func readTerms(s string) terms {
	t := fold(s)
	all := strings.Trim(t, " !.()·-:")
	switch {
	case slices.Contains(freeWords, all):
		return terms{kind: Free}
	case slices.ContainsFunc(requestWords, func(w string) bool { return hasWord(t, w) }):
		return terms{kind: OnRequest}
	}
	for _, w := range firmWords {
		if hasWord(t, w) {
			return terms{}
		}
	}
	if slices.ContainsFunc(negotiableWords, func(w string) bool { return hasWord(t, w) }) {
		return terms{negotiable: true, kind: ToBeAgreed}
	}
	return terms{}
}

// hasWord reports whether the folded text s has w as a word, or as part of a
// text in a script that doesn't part words.
func hasWord(s, w string) bool {
	for from := 0; ; {
		i := strings.Index(s[from:], w)
		if i < 0 {
			return false
		}
		i += from
		if startsWord(s, i) && endsWord(s[i:], len(w)) {
			return true
		}
		from = i + len(w)
	}
}

// The words are folded. A free price is nothing but such a word: "free" beside
// others is about the shipping.
var (
	freeWords = []string{
		"free", "gratis", "kostenlos", "zu verschenken", "gratuit", "gratuito", "gratuita", "grátis",
		"za darmo", "oddam za darmo", "zdarma", "бесплатно", "даром", "отдам даром", "безкоштовно",
		"免费", "免費", "免费送", "無料", "무료", "무료나눔", "나눔", "miễn phí", "ฟรี", "percuma",
	}
	requestWords = []string{
		"price on request", "price on application", "p.o.a", "poa", "contact for price", "call for price", "ask for price",
		"preis auf anfrage", "prix sur demande", "precio a consultar", "prezzo su richiesta", "preço sob consulta",
		"цена по запросу", "询价", "詢價", "电议", "電議", "価格はお問い合わせ", "가격문의", "가격 문의",
	}
	firmWords = []string{
		"not negotiable", "non negotiable", "non-negotiable", "no offers", "firm", "festpreis", "fp", "non négociable",
		"prix ferme", "no negociable", "non trattabile", "без торга", "不议价", "不議價", "不讲价", "不講價",
		"不刀", "拒刀", "値下げ不可", "네고불가", "네고 불가", "nett",
	}
	negotiableWords = []string{
		"negotiable", "neg", "ono", "o.n.o", "obo", "or best offer", "best offer", "make an offer", "make offer",
		"vb", "vhb", "verhandlungsbasis", "négociable", "à débattre", "negociable", "a convenir", "negociável",
		"trattabile", "trattabili", "bieden", "do negocjacji", "торг", "договорная", "договірна", "торг возможен",
		"面议", "面議", "可议", "可議", "议价", "議價", "可刀", "小刀", "可谈", "可談", "応相談", "要相談", "値下げ可",
		"협의", "네고가능", "네고 가능", "가격제안", "nego", "bisa nego", "thương lượng", "ต่อรองได้",
	}
)
