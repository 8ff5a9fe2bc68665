package ui

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"fyne.io/fyne/v2/test"
)

// latin covers ASCII and Chinese, as if the machine had no other font.
func latin(r rune) bool { return r < 0x3000 || r >= 0x4E00 && r < 0xA000 || r == unknown }

func TestSafe(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"", ""},
		{"Carved tusk", "Carved tusk"},
		{"老料手串 108颗", "老料手串 108颗"},
		{"  a \t\r\n b\u2028c\u00a0d  ", "a b c d"},
		{"invoice\u202egnp.exe", "invoicegnp.exe"},
		{"\u2066a\u2067b\u2068c\u2069d\u200e\u200f\u061c", "abcd"},
		{"a\u200bb\ufeffc\u00add\u2060e\U000E0041f", "abcdef"},
		{"a\x00b\x1b[31mc\x7fd\u0085e", "a\uFFFDb\uFFFD[31mc\uFFFDd e"},
		{"\U0001F98F\uE000", "\uFFFD\uFFFD"},
		{"a\xffb\xc0\xafc", "a\uFFFDb\uFFFD\uFFFDc"},
		{"\u1f5a\u0378", "\uFFFD\uFFFD"}, // unassigned
		{"{{.Boom}} %s", "{{.Boom}} %s"},
		{"Tie\u0302\u0301ng", "Tie\u0302\u0301ng"},
		{"Z" + strings.Repeat("\u0300", 50) + "a" + strings.Repeat("\u0301", 50),
			"Z\u0300\u0300\u0300\u0300a\u0301\u0301\u0301\u0301"},
	} {
		if got := safe(tt.in, lineLimit, latin); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestSafeLimit(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want string
	}{
		{"12345", "12345"}, {"123456", "12345…"}, {"1234 ", "1234"}, {"1234 6", "1234 …"}, {"老料手串一二", "老料手串一…"},
	} {
		if got := safe(tt.in, 5, latin); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.in, got, tt.want)
		}
	}
	// What is left out doesn't count, and what is long costs little.
	long := strings.Repeat("\u202e", 1<<20) + "a" + strings.Repeat("x", 1<<20)
	if got := safe(long, 3, latin); got != "axx…" {
		t.Errorf("got %q", got)
	}
}

func FuzzSafe(f *testing.F) {
	f.Add("a\u202eb\n\xff Z\u0300\u0300\u0300\u0300\u0300")
	f.Fuzz(func(t *testing.T, s string) {
		got := safe(s, 40, latin)
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > 42 {
			t.Errorf("%q: got %q", s, got)
		}
		if again := safe(got, 42, latin); again != got {
			t.Errorf("%q: got %q, then %q", s, got, again)
		}
	})
}

// TestCoverage checks the fonts of this machine.
func TestCoverage(t *testing.T) {
	test.NewTempApp(t)
	for _, r := range "Az09 _-/·…\uFFFDéЖΩ" {
		if !covered(r) {
			t.Errorf("%q isn't covered", r)
		}
	}
	for _, r := range []rune{0x10FFFD, 0x0378, 0xE1234} {
		if covered(r) {
			t.Errorf("%U is covered", r)
		}
	}
}

// TestLabelCovers has a label show nothing that no font covers: drawing that
// would cost more each time.
func TestLabelCovers(t *testing.T) {
	test.NewTempApp(t)
	l := NewSafeLabel("")
	for r := rune(0x20); r < 0x110000; r += 97 {
		l.SetText("a" + string(r) + "b")
		for _, got := range l.Text {
			if !covered(got) {
				t.Fatalf("%U is shown as %U", r, got)
			}
		}
	}
}

func TestEscape(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{`  "a": "老料 é",`, `  "a": "老料 é",`},
		{"\u202e\u200b\u00a0\ufeff", `\u202e\u200b\u00a0\ufeff`},
		{"\U0001F98F\U000E0041", `\ud83e\udd8f\udb40\udc41`},
		{"e\u0301", `e\u0301`},
		{"\uE000", `\ue000`},
	} {
		if got := escape(tt.in, latin); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.in, got, tt.want)
		}
	}
}

// TestJSONLines reads the lines again: they must mean the same.
func TestJSONLines(t *testing.T) {
	value := map[string]any{"a": "x\u202ey\n\x01\u2028 \U0001F98F <&>", "b": []any{"1", map[string]any{"c": true}}}
	b, err := json.Marshal(value)
	check(t, err)
	lines, err := jsonLines(b)
	check(t, err)
	if len(lines) != 9 {
		t.Errorf("got %d lines, want 9: %q", len(lines), lines)
	}
	var got any
	check(t, json.Unmarshal([]byte(strings.Join(lines, "\n")), &got))
	again, err := json.Marshal(got)
	check(t, err)
	if string(again) != string(b) {
		t.Errorf("got %s, want %s", again, b)
	}
	if _, err := jsonLines([]byte("{")); err == nil {
		t.Error("half an object is accepted")
	}
}

func TestFold(t *testing.T) {
	got := fold([]string{"", "abcdefgh", "abc", "老料手串x", "ab老料"}, 4)
	want := []string{"", "abcd", "efgh", "abc", "老料", "手串", "x", "ab老", "料"}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := fold([]string{"老料"}, 1); len(got) != 2 {
		t.Errorf("in one column: got %q", got)
	}
}
