package ui

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"pugmark/assets"
)

// sentences are what sellers may write, by language.
var sentences = map[string]string{
	"am":      "የዝሆን ጥርስ ለሽያጭ",
	"ar":      "للبيع عاج فيل أصلي، السعر ٢٥٠ دولار",
	"bn":      "হাতির দাঁতের চুড়ি বিক্রি",
	"el":      "Ελεφαντόδοντο προς πώληση",
	"en":      "Carved tusk, “antique” – 12 cm ★★★☆☆ ✓ → € £",
	"fa":      "عاج فیل اصل برای فروش، گچ پژ",
	"gu":      "હાથીદાંત વેચાણ માટે",
	"he":      "למכירה: פסל שנהב עתיק ₪250",
	"hi":      "असली हाथी दाँत की चूड़ियाँ ₹२५०",
	"hy":      "Փղոսկր վաճառվում է",
	"ja":      "象牙の印鑑 アンティーク 送料無料 ﾊﾝｺ 未使用",
	"ka":      "სპილოს ძვალი იყიდება",
	"km":      "ភ្លុកដំរី គ្រឿងអលង្ការ ៛",
	"kn":      "ಆನೆ ದಂತ ಮಾರಾಟಕ್ಕೆ",
	"ko":      "상아 조각 목걸이 판매합니다 똠얌꿍",
	"lo":      "ງາຊ້າງ ເຄື່ອງປະດັບ ₭",
	"ml":      "ആനക്കൊമ്പ് വിൽപ്പനയ്ക്ക്",
	"my":      "ဆင်စွယ် လက်ဝတ်ရတနာ",
	"or":      "ହାତୀ ଦାନ୍ତ",
	"pa":      "ਹਾਥੀ ਦੰਦ ਵਿਕਰੀ ਲਈ",
	"ru":      "Бивень мамонта, изделия из кости ₽",
	"si":      "ඇත් දළ විකිණීමට",
	"sw":      "Pembe za ndovu zinauzwa",
	"ta":      "யானை தந்தம் விற்பனைக்கு",
	"te":      "ఏనుగు దంతాలు అమ్మకానికి",
	"th":      "งาช้างแกะสลัก พระเครื่องแท้ ราคาถูก ฿๒๕๐",
	"uk":      "Бивень мамонта, ціна договірна ґєії ₴",
	"ur":      "ہاتھی دانت کے زیورات",
	"vi":      "Vòng tay ngà voi thật, giá rẻ ₫",
	"zh-Hans": "老料手串 108颗 象牙雕件 包邮 ¥2,500 【正品】",
	"zh-Hant": "象牙雕刻擺件 古董收藏 臺灣現貨 ㄅㄆㄇ",
}

// TestSentences checks that the program's own fonts have them, as on a machine
// without others.
func TestSentences(t *testing.T) {
	own := ownCoverage()
	if own.own == nil || own.emoji == nil {
		t.Fatal("a font can't be read")
	}
	for language, s := range sentences {
		if got := safe(s, lineLimit, own.covers); got != s {
			t.Errorf("%s: got %q, want %q", language, got, s)
		}
	}
	for _, r := range "\u0378\uE000\U0010FFFD\U000F0041" {
		if own.covers(r) {
			t.Errorf("%U is covered", r)
		}
	}
}

// TestStyles checks that each style has the shapes of its own, and those that
// all share.
func TestStyles(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(NewTheme())
	width := func(s string, style fyne.TextStyle) float32 { return fyne.MeasureText(s, 100, style).Width }
	mono := fyne.TextStyle{Monospace: true}
	if i, w := width("iiii", mono), width("WWWW", mono); i != w {
		t.Errorf("monospace: iiii is %v wide and WWWW %v", i, w)
	}
	if r, b := width("Carved", fyne.TextStyle{}), width("Carved", fyne.TextStyle{Bold: true}); b <= r {
		t.Errorf("bold is %v wide, regular %v", b, r)
	}
	for _, style := range []fyne.TextStyle{{}, {Bold: true}, mono, {Italic: true}} {
		for language, s := range sentences {
			own := characters(faceOf(legible(s, style)))
			for _, r := range s {
				if !has(own, r) {
					t.Errorf("%s, %+v: the font has no %q", language, style, r)
				}
			}
		}
	}
}

// TestShaping checks what fonts say of how letters go together.
func TestShaping(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(NewTheme())
	width := func(s string) float32 { return fyne.MeasureText(s, 100, fyne.TextStyle{}).Width }
	for _, tt := range []struct{ whole, parts string }{
		{"لا", "ل ا"},        // a ligature
		{"क्ष", "क ् ष"},     // a conjunct
		{"স্ত্র", "স ত ্ র"}, // a conjunct of three
	} {
		parts := float32(0)
		for _, p := range strings.Fields(tt.parts) {
			parts += width(p)
		}
		if got := width(tt.whole); got >= parts {
			t.Errorf("%q is %v wide, its parts %v", tt.whole, got, parts)
		}
	}
	// Joined letters have other shapes, and marks stand above others.
	if width("عاج") == width("ع")+width("ا")+width("ج") || width("ที่") != width("ท") {
		t.Error("letters aren't joined")
	}
	if got := width("a" + string(leftMark) + "b"); got != width("a")+width("b") {
		t.Errorf("a mark has a width: got %v", got)
	}
}

// TestRestyled has labels show what a style lacks in another, and then return.
func TestRestyled(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(NewTheme())
	l := NewSafeLabel("老料")
	l.TextStyle.Bold = true
	l.Resize(fyne.NewSize(200, 40))
	if l.TextStyle.Bold {
		t.Error("Chinese is bold")
	}
	l.SetText("Tusk")
	if !l.TextStyle.Bold {
		t.Error("English isn't bold")
	}
	l.SetText("料")
	if l.TextStyle.Bold {
		t.Error("Chinese is bold again")
	}
}

func TestEastAsian(t *testing.T) {
	for language, want := range map[string]bool{"zh-Hans": true, "zh": true, "ja": true, "ko-KR": true, "en-US": false, "fr": false, "": false} {
		if got := eastAsian(language); got != want {
			t.Errorf("%q: got %v", language, got)
		}
	}
}

func TestRenamed(t *testing.T) {
	out := renamed(assets.Sans, map[string]string{"cmaM": "cmap", "hheM": "hhea"})
	directory := func(font []byte) (tags []string) {
		for i := range int(font[5]) {
			tags = append(tags, string(font[12+16*i:][:4]))
		}
		return tags
	}
	before, after := strings.Join(directory(assets.Sans), " "), strings.Join(directory(out), " ")
	if before != after {
		t.Errorf("got tables %s, want %s", after, before)
	}
	end := 12 + 16*int(out[5])
	if string(out[end:]) != string(assets.Sans[end:]) {
		t.Error("tables are changed, not only their names")
	}
	if string(out[:end]) == string(assets.Sans[:end]) {
		t.Error("nothing is renamed")
	}
}
