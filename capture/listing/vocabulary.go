package listing

import (
	"strings"
	"unicode"
)

// condition returns schema.org's name for a condition, or the text.
func condition(s string) string {
	if name, ok := byWord(s, conditions); ok {
		return name
	}
	return clean(s)
}

// availability returns schema.org's name for an availability, or the text.
func availability(s string) string {
	if name, ok := byWord(s, availabilities); ok {
		return name
	}
	return clean(s)
}

// meaning is what words stand for. Words are folded and without spaces.
type meaning struct{ name, words string }

// byWord finds the name that s is, or that its first words stand for.
func byWord(s string, table []meaning) (string, bool) {
	whole := strings.ReplaceAll(fold(typeName(clean(s))), " ", "")
	text := fold(clean(s))
	for _, m := range table {
		if whole == strings.ToLower(m.name) {
			return m.name, true
		}
	}
	for _, m := range table {
		for w := range strings.FieldsSeq(m.words) {
			w = strings.ReplaceAll(w, "_", " ")
			if strings.HasPrefix(text, w) && endsWord(text, len(w)) {
				return m.name, true
			}
		}
	}
	return "", false
}

// In the tables an underscore stands for a space, and longer words stand
// before what they begin with.
var (
	conditions = []meaning{
		{"RefurbishedCondition", "refurbished certified_refurbished seller_refurbished renewed generalüberholt reconditionné reacondicionado ricondizionato recondicionado восстановленный 翻新"},
		{"DamagedCondition", "damaged for_parts for_parts_or_not_working defekt pour_pièces no_funciona на_запчасти ジャンク"},
		{"UsedCondition", `used second_hand second-hand pre-owned preowned pre-loved like_new very_good gebraucht occasion
			d'occasion usado usada usato usata gebruikt tweedehands б/у бу используется używane używany bekas
			二手 中古 中古品 目立った傷や汚れなし やや傷や汚れあり 傷や汚れあり 未使用に近い 九成新 几乎全新 轻微使用痕迹 明显使用痕迹 99新 95新 9成新 중고 มือสอง đã_qua_sử_dụng`},
		{"NewCondition", "new brand_new brand-new neu neuf neuve nuevo nueva nuovo nuova novo nova nieuw новый новое новая nowe nowy baru 全新 新品 新品、未使用 未使用 새상품 ใหม่ mới"},
	}
	availabilities = []meaning{
		{"OutOfStock", "out_of_stock out-of-stock oos outofstock unavailable no_longer_available nicht_verfügbar ausverkauft épuisé indisponible agotado no_disponible esaurito нет_в_наличии 缺货 无货 库存不足 在庫なし 품절"},
		{"SoldOut", "sold_out sold soldout verkauft vendu vendido venduto verkocht продано sprzedane terjual 已售 已售出 已售罄 卖掉了 宝贝已卖出 売り切れ 売り切れました sold_out판매완료 판매완료 ขายแล้ว đã_bán"},
		{"Reserved", "reserved pending reserviert réservé reservado riservato gereserveerd забронировано 已预订 예약중"},
		{"LimitedAvailability", "limited only_few_left low_stock"},
		{"PreOrder", "preorder pre-order vorbestellung précommande preventa 预售 予約"},
		{"BackOrder", "backorder available_for_order"},
		{"InStock", "in_stock in-stock instock available verfügbar auf_lager en_stock disponible disponibile disponível op_voorraad в_наличии 有货 有库存 現貨 现货 在庫あり 판매중"},
		{"Discontinued", "discontinued 已下架 宝贝已下架 下架"},
		{"OnlineOnly", ""}, {"InStoreOnly", ""}, {"PreSale", ""}, {"MadeToOrder", ""},
	}
)

// languageTag returns a language tag in the usual case (BCP 47, section
// 2.1.1), empty if s isn't one.
func languageTag(s string) string {
	parts := strings.Split(strings.ReplaceAll(strings.TrimSpace(s), "_", "-"), "-")
	for i, p := range parts {
		if !isSubtag(p) {
			return ""
		}
		switch {
		case i == 0 && len(p) > 3:
			return ""
		case i > 0 && len(p) == 2:
			parts[i] = strings.ToUpper(p)
		case i > 0 && len(p) == 4:
			parts[i] = strings.ToUpper(p[:1]) + strings.ToLower(p[1:])
		default:
			parts[i] = strings.ToLower(p)
		}
	}
	if len(parts) > 4 || len(parts[0]) < 2 || parts[0] == "und" {
		return ""
	}
	return strings.Join(parts, "-")
}

func isSubtag(s string) bool {
	return s != "" && len(s) <= 8 && strings.IndexFunc(s, notAlphanumeric) < 0
}

// scripts tells a language by how much of a text is in its script. Kana and
// Hangul stand among Han.
func scriptLanguage(text string) (tag, why string) {
	var letters, han, kana, hangul, thai int
	for i, r := range text {
		if i > maxScript {
			break
		}
		if !unicode.IsLetter(r) {
			continue
		}
		letters++
		switch {
		case unicode.Is(unicode.Han, r):
			han++
		case unicode.In(r, unicode.Hiragana, unicode.Katakana):
			kana++
		case unicode.Is(unicode.Hangul, r):
			hangul++
		case unicode.Is(unicode.Thai, r):
			thai++
		}
	}
	switch most := letters / 3; {
	case letters < 20:
	case hangul > most:
		return "ko", "a good part of the text is in Hangul"
	case kana > letters/20 && kana+han > most:
		return "ja", "a good part of the text is in Kana and Kanji"
	case han > most:
		return "zh", "a good part of the text is in Chinese characters"
	case thai > most:
		return "th", "a good part of the text is in Thai script"
	}
	return "", ""
}

// maxScript is how many bytes of a text its language is told by.
const maxScript = 64 << 10

// phone returns a telephone number's digits, with a plus sign if it has one;
// empty if there are too few or too many (ITU-T E.164: 15).
func phone(s string) string {
	s = strings.TrimPrefix(strings.TrimSpace(narrow(s)), "tel:")
	var b strings.Builder
	for _, r := range s {
		switch {
		case '0' <= r && r <= '9':
			b.WriteRune(r)
		case r == '+' && b.Len() == 0:
			b.WriteRune(r)
		case strings.ContainsRune(" ()-./", r):
		default:
			return ""
		}
	}
	if n := len(strings.TrimPrefix(b.String(), "+")); n < 6 || n > 15 {
		return ""
	}
	return b.String()
}

// email returns an e-mail address in lowercase, empty if s isn't one.
func email(s string) string {
	s = strings.TrimSpace(strings.TrimPrefix(narrow(s), "mailto:"))
	s, _, _ = strings.Cut(s, "?")
	if m := emailAddress.FindString(s); m == "" || m != s {
		return ""
	}
	return strings.ToLower(s)
}
