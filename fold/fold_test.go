package fold

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func TestText(t *testing.T) {
	for _, words := range [][]string{
		{"nga voi", "Ngà Voi", "NGA\u0300 VOI"},
		{"stosszahn", "Stoßzahn", "STOẞZAHN"},
		{"слоновая кость", "Слоно́вая КОСТЬ"},
		{"ivory 1", "ＩＶＯＲＹ　①"},
		{"ぞうげ", "ゾウゲ", "ｿﾞｳｹﾞ"},
		{"黄料", "黃料", "⿈料"},
		{"象牙 犀角 龟甲", "象牙 犀角 龜甲"},
		{"干", "乾", "幹"},
		{"万里台湾", "萬里臺灣"},
		{"งาช้าง", "งาช้าง"},
		{"상아", norm.NFD.String("상아")},
		{"العاج", "العَاج"},
		{"a\x00b", "A\x00B"},
	} {
		for _, w := range words {
			if got := Text(w); got != words[0] {
				t.Errorf("got %q of %q, want %q", got, w, words[0])
			}
		}
	}
	for _, apart := range [][2]string{{"งา", "งง"}, {"か", "が"}, {"象", "牙"}} {
		if Text(apart[0]) == Text(apart[1]) {
			t.Errorf("got one text for %q and %q", apart[0], apart[1])
		}
	}
}

// TestTable reads the table of Chinese characters: each leads to one that leads no
// further, and by either way of folding.
func TestTable(t *testing.T) {
	if n, lines := len(simplifiedOf()), strings.Count(tsCharacters, "\n"); n != lines {
		t.Errorf("got %d characters of %d lines", n, lines)
	}
	for from, to := range simplifiedOf() {
		if got := simplified(to); got != to {
			t.Errorf("got %q of %q, which is of %q", got, to, from)
		}
		if got := Text(string(from)); got != Text(string(to)) {
			t.Errorf("got %q of %q, want that of %q", got, from, to)
		}
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"Ngà ß", "龜\u0301甲", "\xff\xe4", "a\u0301\u0301", "ｿﾞ", "İ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for at := 0; at < len(s); {
			folded, n := First(s[at:])
			if n < 1 || n > len(s)-at {
				t.Fatalf("got %d bytes of %q", n, s[at:])
			}
			if utf8.ValidString(s) && !utf8.ValidString(folded) {
				t.Errorf("got %q of %q", folded, s[at:at+n])
			}
			at += n
		}
		if once := Text(s); utf8.ValidString(s) && Text(once) != once {
			t.Errorf("got %q of %q, which is folded", Text(once), once)
		}
	})
}
