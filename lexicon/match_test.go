package lexicon

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func ownMatcher() *Matcher { return NewMatcher(time.Time{}, Own()) }

// brief writes hits as "text=term(why…)", with "!friend" after what is excluded.
func brief(hits []Hit) string {
	var out []string
	for _, h := range hits {
		s := fmt.Sprintf("%s=%s(%s)", h.Text, h.Entry.Term, join(h.Why))
		if h.Excluded != nil {
			s += "!" + h.Excluded.Term
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}

func TestFind(t *testing.T) {
	m := ownMatcher()
	for _, c := range []struct{ text, want string }{
		{"An ivory carving", "ivory carving=ivory carving(plain)"},
		{"IVORY", "IVORY=ivory(plain)"},
		{"two elephant tusks", "elephant tusks=elephant tusk(inflected)"},
		{"divory ivoryx survivor", ""},
		{"i-v-o-r-y for you", "i-v-o-r-y=ivory(separated)"},
		{"buy i v o r y now", "i v o r y=ivory(separated)"},
		{"iv ory", ""},
		{"iv\u200bory", "iv\u200bory=ivory(invisible)"},
		{"\u0456vory", "\u0456vory=ivory(lookalike)"}, // Cyrillic i
		{"1v0ry and ivory", "1v0ry=ivory(digits); ivory=ivory(plain)"},
		{"ｉｖｏｒｙ", "ｉｖｏｒｙ=ivory(folded)"},
		{"#rhinohorn", "rhinohorn=rhino horn(separated)"},
		{"pangolinscales", "pangolinscales=pangolin scales(separated)"},
		{"a fine rhino. Horn is", "rhino=rhino(plain)"},
		{"tiger\nbone", "tiger\nbone=tiger bone(plain)"},
		{"象牙手串", "象牙手串=象牙手串(plain)"},
		{"出售象☆牙", "象☆牙=象牙(separated)"},
		{"象.牙", "象.牙=象牙(separated)"},
		{"大象，牙齿", ""},
		{"象丫", "象丫=象牙(evasion)"},
		{"玳瑁 犀角 龜", "玳瑁=玳瑁(plain); 犀角=犀角(plain)"},
		{"紅珊瑚", "紅珊瑚=红珊瑚(folded)"},
		{"黃料", "黃料=黄料(folded)"},
		{"xiangya 5g", "xiangya=象牙(pinyin)"},
		{"vegetable ivory", "vegetable ivory=vegetable ivory(plain); ivory=ivory(plain)!vegetable ivory"},
		{"Born in Ivory Coast", "Ivory Coast=ivory coast(plain); Ivory=ivory(plain)!ivory coast"},
		{"象牙白色", "象牙白=象牙白(plain); 象牙=象牙(plain)!象牙白"},
		{"nga voi", "nga voi=ngà voi(folded)"},
		{"te te", ""},
		{"tê tê", "tê tê=tê tê(plain)"},
		{"изделие из слоновой кости", "слоновой кости=слоновая кость(inflected)"},
		{"панголинов", "панголинов=панголин(variant)"},
		{"عاج الفيل", "عاج الفيل=عاج الفيل(plain)"},
		{"العاج", "عاج=عاج(plain)"},
		{"ขายงาช้างแท้", "งาช้าง=งาช้าง(plain)"},
		{"코뿔소 뿔을", "코뿔소 뿔=코뿔소 뿔(plain)"},
		{"センザンコウ", "センザンコウ=センザンコウ(plain)"},
		{"ｾﾝｻﾞﾝｺｳ", "ｾﾝｻﾞﾝｺｳ=センザンコウ(folded)"},
		{"हाथी दांत", "हाथी दांत=हाथी दांत(plain)"},
		{"Elfenbeinschnitzerei", "Elfenbeinschnitzerei=Elfenbein(variant)"},
		{"defense d’elephant", "defense d’elephant=défense d'éléphant(folded)"},
	} {
		hits := m.Find(c.text)
		if got := brief(distinct(hits)); got != c.want {
			t.Errorf("%q:\n got %s\nwant %s", c.text, got, c.want)
		}
		checkPlaces(t, c.text, hits)
	}
}

// distinct keeps the first of hits with the same text and place: a word that two
// languages share is in both.
func distinct(hits []Hit) []Hit {
	return slices.CompactFunc(slices.Clone(hits), func(a, b Hit) bool { return a.Start == b.Start && a.End == b.End })
}

func checkPlaces(t interface{ Errorf(string, ...any) }, text string, hits []Hit) {
	for _, h := range hits {
		if h.Start < 0 || h.End > len(text) || h.Start >= h.End || text[h.Start:h.End] != h.Text {
			t.Errorf("%q: hit %+v is not at its place", text, h)
			continue
		}
		if got := utf8.RuneCountInString(text[:h.Start]); got != h.RuneStart {
			t.Errorf("%q: got rune %d, want %d", text, h.RuneStart, got)
		}
		if got := utf8.RuneCountInString(h.Text); got != h.RuneEnd-h.RuneStart {
			t.Errorf("%q: got %d runes, want %d", text, h.RuneEnd-h.RuneStart, got)
		}
		if len(h.Why) == 0 || h.Strength == "" {
			t.Errorf("%q: hit %+v without a reason or strength", text, h)
		}
	}
}

// TestOwnTermsAreFound looks for each term and variant of the program's own lexicon
// in itself.
func TestOwnTermsAreFound(t *testing.T) {
	m := ownMatcher()
	for i := range Own().Entries {
		e := &Own().Entries[i]
		for _, text := range writings(e) {
			if !found(m, text, e) {
				t.Errorf("%v %q is not found in %q", e.Langs, e.Term, text)
			}
		}
	}
}

func writings(e *Entry) []string {
	out := []string{strings.TrimSuffix(e.Term, "*")}
	for _, v := range e.Variants {
		out = append(out, strings.TrimSuffix(v.Text, "*"))
	}
	return out
}

// found reports whether an entry is found in a text, or one that says all it does.
func found(m *Matcher, text string, e *Entry) bool {
	return slices.ContainsFunc(m.Find(text), func(h Hit) bool { return h.Entry == e || len(h.Text) == len(text) })
}

// TestInserted inserts symbols between the letters of terms.
func TestInserted(t *testing.T) {
	m := ownMatcher()
	rapid.Check(t, func(t *rapid.T) {
		e := &Own().Entries[rapid.IntRange(0, len(Own().Entries)-1).Draw(t, "entry")]
		term := strings.TrimSuffix(e.Term, "*")
		if len(foldLetters(nil, term)) < 4 {
			return
		}
		symbols := rapid.SliceOfN(rapid.SampledFrom([]string{"", "", "☆", ".", "*", "\u200b", "-", "_"}), len(term), len(term)).Draw(t, "symbols")
		before := rapid.SampledFrom([]string{"", "sale ", "售 "}).Draw(t, "before")
		text := before + insert(term, symbols)
		hits := m.Find(text)
		if !slices.ContainsFunc(hits, func(h Hit) bool { return h.Entry == e || h.Start <= len(before) && h.End == len(text) }) {
			t.Fatalf("%q is not found in %q, but %s", e.Term, text, brief(hits))
		}
		checkPlaces(t, text, hits)
	})
}

// insert puts symbols between the characters of a term, where it has no space.
func insert(term string, symbols []string) string {
	var b strings.Builder
	for i := 0; i < len(term); {
		n := charLen(term[i:])
		r := runeAt(term, i)
		if i > 0 && isLetter(r) && isLetter(runeAt(term, i-1)) || i > 0 && isLetter(r) && !strings.ContainsAny(term[i-1:i], " -'’") {
			b.WriteString(symbols[i])
		}
		b.WriteString(term[i : i+n])
		i += n
	}
	return b.String()
}

func TestInUse(t *testing.T) {
	l, err := Read(strings.NewReader("lang,term,class,meaning,from,until,source\nen,yellow thing,product,ivory,2015-02,2017,me\n"))
	if err != nil {
		t.Fatal(err)
	}
	for day, want := range map[string]int{"2015-01-31": 0, "2015-02-01": 1, "2017-12-31": 1, "2018-01-01": 0} {
		on, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(NewMatcher(on, l).Find("a yellow thing")); got != want {
			t.Errorf("%s: got %d hits, want %d", day, got, want)
		}
	}
}

func FuzzFind(f *testing.F) {
	m := ownMatcher()
	for _, s := range []string{"i-v-o-r-y", "象☆牙", "1v0ry $$", "\xff\xfe象", "العاج", "e\u0301\u0301ivory", "ｾﾝｻﾞﾝｺｳ", "ﬁivory", "ivory\u0301"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { checkPlaces(t, s, m.Find(s)) })
}

// page is a text of about a megabyte.
func page(words ...string) string {
	var b strings.Builder
	for i := 0; b.Len() < 1<<20; i++ {
		b.WriteString(words[i%len(words)])
	}
	return b.String()
}

var pages = map[string]string{
	"latin": page("The quick brown fox jumps over a lazy dog, and the market was open until five. ", "Shipping within two days; please read all of the description before you buy this item. ", "Condition used, with a small scratch on the left side of the box. "),
	"han":   page("本店出售各种手工制品，质量保证，欢迎咨询，包装精美，送货上门。", "此商品为二手，成色如图，喜欢的朋友可以直接拍下付款。", "老料新工，纹理清晰，油性十足，盘玩多年。"),
	"hits":  page("Old ivory netsuke, not resin, and 象牙 手串 with a rhino horn. ", "Nothing else is for sale here at all, thank you for looking. "),
	"mixed": page("Продаю старинную шкатулку, состояние хорошее. ", "Bán đồ gỗ mỹ nghệ, giá tốt, liên hệ. ", "ขายของเก่า ของสะสม ", "للبيع بسعر مناسب ", "빈티지 소품 판매합니다 "),
}

func BenchmarkFind(b *testing.B) {
	m := ownMatcher()
	for name, text := range pages {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				m.Find(text)
			}
		})
	}
}

func BenchmarkNewMatcher(b *testing.B) {
	for b.Loop() {
		NewMatcher(time.Time{}, Own())
	}
}
