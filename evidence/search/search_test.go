package search

import (
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestTokens(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"Old IVORY-bangle, 1,200 g", "old ivory bangle 1 200 g"},
		{"象牙手镯", "象牙 牙手 手镯 镯"},
		{"象·牙 象 - 牙", "象牙 牙象 象 牙"},
		{"象\n牙", "象 牙"},
		{"iPhone手机x", "iphone 手机 机 x"},
		{"Ngà voi, NGÀ, nga\u0300, Đồ cổ", "nga voi nga nga do co"},
		{"Stoßzahn STOẞZAHN Stosszahn", "stosszahn stosszahn stosszahn"},
		{"Слоно́вая кость, ёж", "слоновая кость еж"},
		{"العَاج أنياب", "العاج انياب"},
		{"งาช้าง", "งา าช ช้ ้า าง ง"},
		{"상아 팔찌", "상아 아팔 팔찌 찌"},
		{"ゾウゲ ｿﾞｳｹﾞ", "ぞう うげ げぞ ぞう うげ げ"},
		{"ＩＶＯＲＹ　①", "ivory 1"},
		{"i\u00advo\u200bry", "ivory"},
		{"🐘🦷!", "🐘🦷 🦷"},
		{"हाथीदांत", "हाथीदांत"},
		{"黃料犀角龜", "黄料 料犀 犀角 角龟 龟"},
		{"a\x00b\xff\xfec", "a b c"},
		{" \n.", ""},
	} {
		var got []string
		for tok := range tokens(test.text) {
			got = append(got, tok.text)
		}
		if got := strings.Join(got, " "); got != test.want {
			t.Errorf("got tokens %q of %q, want %q", got, test.text, test.want)
		}
	}
	long := strings.Repeat("ab", 500)
	if got, _ := termOf(long, true); len(got.tokens) != 1 || len(got.tokens[0]) != maxToken {
		t.Errorf("got tokens %q of a long word", got.tokens)
	}
}

// newIndex makes an index of texts, the titles of captures numbered from 1.
func newIndex(t testing.TB, titles ...string) *Index {
	t.Helper()
	x, err := Open(t.Context(), filepath.Join(t.TempDir(), "search.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	})
	for i, title := range titles {
		put(t, x, Document{Seq: int64(i + 1), Texts: map[Field]string{Title: title}})
	}
	return x
}

// put enters a document, named by its number and sealed at that second.
func put(t testing.TB, x *Index, d Document) {
	t.Helper()
	d.ID = fmt.Sprint(d.Seq)
	if d.Sealed.IsZero() {
		d.Sealed = time.Unix(d.Seq, 0)
	}
	if err := x.Update(t.Context(), func(b *Batch) error { return b.Put(t.Context(), d) }); err != nil {
		t.Fatal(err)
	}
}

// found returns the ids that a query finds, in order, separated by spaces.
func found(t testing.TB, x *Index, q Query) string {
	t.Helper()
	a, err := x.Find(t.Context(), q)
	if err != nil {
		t.Fatalf("finding %+v: %v", q, err)
	}
	var ids []string
	for _, h := range a.Hits {
		ids = append(ids, h.ID)
	}
	if a.Total < len(ids) {
		t.Errorf("got total %d of %d hits", a.Total, len(ids))
	}
	return strings.Join(ids, " ")
}

// want checks which documents a query finds, whatever their order.
func want(t testing.TB, x *Index, q Query, ids string) {
	t.Helper()
	got := strings.Fields(found(t, x, q))
	slices.Sort(got)
	if got := strings.Join(got, " "); got != ids {
		t.Errorf("got %q for %+v, want %q", got, q, ids)
	}
}

func TestScripts(t *testing.T) {
	x := newIndex(t,
		"出售老象牙手镯",                              // 1
		"古い象牙の印鑑、ゾウゲ",                          // 2
		"오래된 상아팔찌 팝니다",                         // 3
		"ขายกำไลงาช้างเก่า",                    // 4
		"أسوار من العَاج القديم",               // 5
		"Браслет из слоно́вой кости",           // 6
		"Vòng tay ngà voi cổ",                  // 7
		"Armreif aus Stoßzahn, Größe 7, ÄLTER", // 8
		"Ivory bangle 🐘",                       // 9
		"犀牛角",                                  // 10
	)
	for words, ids := range map[string]string{
		"象牙": "1 2", "牙": "1 2", "角": "10", "鑑": "2", "老象牙手": "1", "象手": "", "手镯 象牙": "1", "象牙の": "2", "ぞうげ": "2", "ｿﾞｳｹﾞ": "2",
		"상아": "3", "아팔": "3", "팔": "3", "상아 팔찌": "3", "상팔": "",
		"งาช้าง": "4", "งา": "4", "ช": "4", "ไลงา": "4", "งาเก่า": "",
		"العاج": "5", "عاج": "", "اسوار": "5", "اَلْعَاج": "5",
		"слоновой": "6", "СЛОНОВОЙ": "6", "слон": "6", "кость": "",
		"ngà": "7", "nga": "7", "NGÀ VOI": "7", "vong co": "7", "ngã": "7",
		"stosszahn": "8", "STOẞZAHN": "8", "Stoßzahn": "8", "alter": "8", "grosse": "8", "stosz": "",
		"ivory": "9", "IVO": "9", "🐘": "9", "7": "8", "i": "",
		"犀牛 角": "10", "犀牛角 -角": "", "-牙": "10 3 4 5 6 7 8 9",
	} {
		want(t, x, Query{Words: words}, ids)
	}
}

func TestWords(t *testing.T) {
	x := newIndex(t, "old ivory bangle", "ivory and an old bone", "ivories", "item-7 of example.org", "an item, 7 more")
	for words, ids := range map[string]string{
		"old ivory": "1 2", `"old ivory"`: "1", `“old ivory”`: "1", `"old ivory`: "1", "ivor": "1 2 3", `"ivor"`: "", `"ivory"`: "1 2",
		"ivory -bone": "1", `ivory -"old ivory"`: "2", "ivory - bone": "2", "-ivory": "3 4 5", "item-7": "4 5", `old"bone"`: "2",
		"": "1 2 3 4 5", " ": "1 2 3 4 5", "???": "", "-": "", "ivory ???": "1 2",
		"AND": "2", "old AND bone": "2", "old OR bone": "", "NOT": "", "ivory*": "1 2", "title:ivory": "", "^old": "1 2", "NEAR(old ivory)": "",
		"old) OR (ivory": "", `ivory" OR "x`: "", "ivory\x00": "1 2", "\x00": "", `""`: "", `-"`: "", "'; DROP TABLE docs; --": "", "{text}:ivory": "",
	} {
		want(t, x, Query{Words: words}, ids)
	}
	for _, q := range []Query{{Words: strings.Repeat("a ", maxTerms+1)}, {Words: strings.Repeat("a", maxWords+1)}, {Tag: strings.Repeat("a", maxWords+1)}} {
		if _, err := x.Find(t.Context(), q); !errors.Is(err, ErrQuery) {
			t.Errorf("got error %v for a query of %d bytes, want %v", err, len(q.Words), ErrQuery)
		}
	}
}

func TestFilters(t *testing.T) {
	x := newIndex(t)
	texts := func(s string) map[Field]string { return map[Field]string{Text: "ivory", Seller: s} }
	put(t, x, Document{Seq: 1, Case: "OP-1", Hosts: []string{"www.example.org"}, Verdict: "complete", Tags: []string{"Whole tusk"}, Texts: texts("Mr. Yu\n微信 yu99")})
	put(t, x, Document{Seq: 2, Case: "OP-1", Hosts: []string{"example.com", "example.org"}, Verdict: "partial", Texts: texts("Yu Trading")})
	put(t, x, Document{Seq: 3, Case: "OP-10", Hosts: []string{"notexample.org"}, Verdict: "failed", Tags: []string{"tusk", "牙"}, Texts: texts("")})
	at := func(s int64) time.Time { return time.Unix(s, 0) }
	for _, test := range []struct {
		Query
		want string
	}{
		{Query{Case: "op-1"}, "1 2"}, {Query{Case: "OP"}, ""}, {Query{Case: "OP-1", Words: "ivory"}, "1 2"},
		{Query{Site: "example.org"}, "1 2"}, {Query{Site: "EXAMPLE.com"}, "2"}, {Query{Site: ".org"}, "1 2 3"}, {Query{Site: "ample.org"}, ""},
		{Query{Seller: "yu"}, "1 2"}, {Query{Seller: "yu tra"}, "2"}, {Query{Seller: "微信"}, "1"}, {Query{Seller: "!"}, ""}, {Query{Seller: `" OR "ivory`}, ""},
		{Query{Tag: "WHOLE TUSK"}, "1"}, {Query{Tag: "tusk"}, "3"}, {Query{Tag: "牙"}, "3"}, {Query{Tag: `" OR "`}, ""},
		{Query{Verdict: "partial"}, "2"}, {Query{Verdict: "partial", Case: "OP-10"}, ""}, {Query{Verdict: "failed", Words: "-ivory"}, ""},
		{Query{From: at(2)}, "2 3"}, {Query{To: at(2)}, "1"}, {Query{From: at(2), To: at(3), Words: "ivory"}, "2"}, {Query{From: at(9)}, ""},
	} {
		want(t, x, test.Query, test.want)
	}
	// The clock was set back: the numbers don't have the order of the times.
	put(t, x, Document{Seq: 4, Sealed: at(1), Texts: texts("")})
	put(t, x, Document{Seq: 5, Texts: texts("")})
	want(t, x, Query{From: at(2), Words: "ivory"}, "2 3 5")
	want(t, x, Query{To: at(2)}, "1 4")
	// What is put again takes the place of what was.
	put(t, x, Document{Seq: 3, Case: "OP-10", Unread: true})
	want(t, x, Query{Words: "ivory"}, "1 2 4 5")
	want(t, x, Query{Tag: "tusk"}, "")
	if a, err := x.Find(t.Context(), Query{Words: "none"}); err != nil || a.Unread != 1 {
		t.Errorf("got %+v, %v, want one unread", a, err)
	}
}

func TestOrder(t *testing.T) {
	x := newIndex(t)
	for i, texts := range []map[Field]string{
		{Text: "an ivory bangle of old"}, {Facts: "an ivory bangle of old"}, {Title: "an ivory bangle of old"},
		{Text: "an ivory bangle of old"}, {Title: "a bone", Text: "nothing"},
	} {
		put(t, x, Document{Seq: int64(i + 1), Texts: texts})
	}
	if got, want := found(t, x, Query{Words: "ivory"}), "3 2 4 1"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := found(t, x, Query{Words: "ivory", Limit: 2}), "3 2"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := found(t, x, Query{}), "5 4 3 2 1"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestMany finds more than are ranked: titles come first all the same.
func TestMany(t *testing.T) {
	x := newIndex(t)
	err := x.Update(t.Context(), func(b *Batch) error {
		for i := range Counted + 5 {
			d := Document{Seq: int64(i), ID: fmt.Sprint(i), Sealed: time.Unix(int64(i), 0), Texts: map[Field]string{Text: "ivory"}}
			if i == 7 || i == 9 {
				d.Texts = map[Field]string{Title: "ivory"}
			}
			if err := b.Put(t.Context(), d); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := found(t, x, Query{Words: "ivory", Limit: 4}), fmt.Sprintf("9 7 %d %d", Counted+4, Counted+3); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	a, err := x.Find(t.Context(), Query{Words: "ivory"})
	if err != nil || a.Total != Counted {
		t.Errorf("got %d found, %v, want %d", a.Total, err, Counted)
	}
	a, err = x.Find(t.Context(), Query{Words: "ivory", To: time.Unix(5000, 0)})
	if err != nil || a.Total != 5000 {
		t.Errorf("got %d found, %v, want 5000", a.Total, err)
	}
}

func TestSnippet(t *testing.T) {
	filler := strings.Repeat("word ", 100)
	for _, test := range []struct {
		texts map[Field]string
		words string
		want  string // the field, then the text with hits in brackets
	}{
		{map[Field]string{Title: "An IVORY, ivory bangle"}, "ivor", "title: An [IVORY], [ivory] bangle"},
		{map[Field]string{Title: "nothing", Text: "出售老象牙手镯"}, "象牙", "text: 出售老[象牙]手镯"},
		{map[Field]string{Title: "出售老象牙手镯"}, "牙", "title: 出售老象[牙]手镯"},
		{map[Field]string{Title: "กำไลงาช้างเก่า"}, "งาช้าง", "title: กำไล[งาช้าง]เก่า"},
		{map[Field]string{Title: "ein Stoßzahn"}, "stoss", "title: ein [Stoßzahn]"},
		{map[Field]string{Title: "ivory", Text: "old ivory"}, "ivory old", "text: [old] [ivory]"},
		{map[Field]string{Text: filler + "\n\nthe  tusk " + filler}, `"the tusk"`, "text: …" + strings.Repeat("word ", 7) + "[the tusk] " + strings.Repeat("word ", 30) + "wor…"},
		{map[Field]string{Text: "plain text"}, "", "text: plain text"},
		{nil, "x", ": "},
	} {
		field, spans := snippet(test.texts, termsOf(test.words))
		var b strings.Builder
		for _, s := range spans {
			if s.Hit {
				b.WriteString("[" + s.Text + "]")
			} else {
				b.WriteString(s.Text)
			}
		}
		if got := string(field) + ": " + b.String(); got != test.want {
			t.Errorf("got snippet %q of %q, want %q", got, test.words, test.want)
		}
	}
}

// FuzzQuery asks anything: SQLite must take each expression, and a word of a title
// must find it, with the hit marked.
func FuzzQuery(f *testing.F) {
	for _, s := range []string{"ivory", `"a`, "-象牙", "NEAR(", "\x00\"*", "งาช้าง", "e\u0301 ß", "a\u0300\u0300 👩‍👩‍👧"} {
		f.Add(s)
	}
	x := newIndex(f)
	f.Fuzz(func(t *testing.T, s string) {
		put(t, x, Document{Seq: 1, Texts: map[Field]string{Title: s}})
		if _, err := x.Find(t.Context(), Query{Words: s, Seller: s, Tag: s}); err != nil && !errors.Is(err, ErrQuery) {
			t.Errorf("finding %q: %v", s, err)
		}
		word := strings.NewReplacer(`"`, " ", "“", " ", "”", " ", "„", " ", "«", " ", "»", " ", "「", " ", "」", " ").Replace(s)
		q := `"` + word + `"`
		if _, ok := termOf(word, true); !ok || len(q) > maxWords || word != s {
			return
		}
		a, err := x.Find(t.Context(), Query{Words: q})
		if err != nil || len(a.Hits) != 1 || !slices.ContainsFunc(a.Hits[0].Snippet, func(s Span) bool { return s.Hit }) {
			t.Errorf("got %+v, %v for %q", a, err, q)
		}
	})
}

// TestChinese finds the traditional writing by the simplified and the other way
// round, and marks what stands there.
func TestChinese(t *testing.T) {
	x := newIndex(t, "老貨, 龜甲黃料一塊", "老货，龟甲黄料一块", "龟 other")
	for _, words := range []string{"黃料", "黄料", "龜甲黃料", "龟甲黄料"} {
		want(t, x, Query{Words: words}, "1 2")
	}
	want(t, x, Query{Words: "龜"}, "1 2 3")
	a, err := x.Find(t.Context(), Query{Words: "黄料", Limit: 5})
	if err != nil || len(a.Hits) != 2 {
		t.Fatalf("got %+v, %v", a, err)
	}
	got := map[string][]Span{}
	for _, h := range a.Hits {
		got[h.ID] = h.Snippet
	}
	if w := []Span{{Text: "老貨, 龜甲"}, {"黃料", true}, {Text: "一塊"}}; !slices.Equal(got["1"], w) {
		t.Errorf("got snippet %v, want %v", got["1"], w)
	}
}

// TestPrice filters by what is asked for a thing.
func TestPrice(t *testing.T) {
	x := newIndex(t)
	for i, p := range []*Price{nil, {100, 100, "CNY"}, {250.5, 250.5, "cny"}, {80, 120, "EUR"}, {0, 0, ""}} {
		put(t, x, Document{Seq: int64(i + 1), Price: p, Texts: map[Field]string{Title: "bangle"}})
	}
	for _, test := range []struct {
		Query
		want string
	}{
		{Query{}, "1 2 3 4 5"},
		{Query{PriceFrom: 100}, "2 3 4"},
		{Query{PriceFrom: 100.01}, "3 4"},
		{Query{PriceTo: 100}, "2 4 5"},
		{Query{PriceFrom: 110, PriceTo: 115}, "4"},
		{Query{Currency: "cny"}, "2 3"},
		{Query{Words: "bangle", PriceTo: 200, Currency: "CNY"}, "2"},
		{Query{Words: "bangle", PriceTo: 200, Currency: "CNY", From: time.Unix(3, 0)}, ""},
		{Query{Words: "bangle -ring", PriceFrom: 1, From: time.Unix(3, 0), To: time.Unix(5, 0)}, "3 4"},
	} {
		want(t, x, test.Query, test.want)
	}
}

// TestSpecies looks in a column that words alone don't reach.
func TestSpecies(t *testing.T) {
	x := newIndex(t)
	put(t, x, Document{Seq: 1, Texts: map[Field]string{Title: "bangle", Species: "Loxodonta africana\n象牙"}})
	put(t, x, Document{Seq: 2, Texts: map[Field]string{Title: "loxodonta"}})
	want(t, x, Query{Words: "loxodonta"}, "2")
	want(t, x, Query{Species: "loxodonta afr"}, "1")
	want(t, x, Query{Species: "象"}, "1")
	want(t, x, Query{Species: "africana loxodonta"}, "")
	want(t, x, Query{Species: "..."}, "")
	a, err := x.Find(t.Context(), Query{Species: "africana"})
	if err != nil || len(a.Hits) != 1 || a.Hits[0].Field != Species {
		t.Errorf("got %+v, %v, want the species shown", a, err)
	}
}

// TestSources enters documents of another source beside those of the owner's own.
func TestSources(t *testing.T) {
	x := newIndex(t, "ivory")
	err := x.Update(t.Context(), func(b *Batch) error {
		n, err := b.Entered(t.Context(), "OP-1@12345678")
		if n != 0 || err != nil {
			t.Errorf("got %d, %v of a new source", n, err)
		}
		d := Document{Seq: math.MinInt64, ID: "x", Source: "OP-1@12345678", Sealed: time.Unix(7, 0), Texts: map[Field]string{Title: "ivory"}}
		return errors.Join(b.Put(t.Context(), d), b.SetEntered(t.Context(), d.Source, 1))
	})
	if err != nil {
		t.Fatal(err)
	}
	if n, err := x.Entered(t.Context(), "OP-1@12345678"); n != 1 || err != nil {
		t.Errorf("got %d, %v, want 1", n, err)
	}
	want(t, x, Query{Words: "ivory"}, "1 x")
	want(t, x, Query{From: time.Unix(5, 0)}, "x")
	want(t, x, Query{To: time.Unix(5, 0)}, "1")
	a, err := x.Find(t.Context(), Query{Words: "ivory", From: time.Unix(7, 0)})
	if err != nil || len(a.Hits) != 1 || a.Hits[0].Source != "OP-1@12345678" {
		t.Errorf("got %+v, %v", a, err)
	}
}
