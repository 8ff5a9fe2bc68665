package ui

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

// unmarked removes the marks between runs.
func unmarked(s string) string { return strings.ReplaceAll(s, string(leftMark), "") }

func TestVisual(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"", ""},
		{"Carved tusk (1920)", "Carved tusk (1920)"},
		{"שלום עולם", "שלום עולם"},
		// The text begins on the left.
		{"hello שלום world", "hello שלום world"},
		{"abc שלום עולם, def", "abc שלום עולם, def"},
		{"Price שלום 123, ok", "Price 123 שלום, ok"},
		{"Price שלום 1,250.50$ ok", "Price 1,250.50$ שלום ok"},
		{"foo ١٢٣ سلام", "foo سلام ١٢٣"},
		{"foo ١٢٣ bar", "foo ١٢٣ bar"},
		// The text begins on the right.
		{"שלום hello עולם", "עולם hello שלום"},
		{"מחיר: 250 USD", "USD 250 :מחיר"},
		{"123 שלום", "שלום 123"},
		{"(שלום) abc", "abc (שלום)"},
		{"«سلام» 5 «عاج»", "«عاج» 5 «سلام»"},
		{"السعر ٢٥٠ دولار!", "!دولار ٢٥٠ السعر"},
		{"عاج 老料 108", "老料 108 عاج"},
		// Another script, or another font, in a run.
		{"دولار! שנהב", "שנהב !دولار"},
		{"عاج ★ فيل 🐘 أصلي", "أصلي 🐘 عاج ★ فيل"},
	} {
		if got := unmarked(visual(tt.in, directionOf(tt.in))); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.in, got, tt.want)
		}
	}
	if got := unmarked(visual(`"title": "עולם 12",`, leftMark)); got != `"title": "12 עולם",` {
		t.Errorf("a line that begins on the left: got %q", got)
	}
}

// TestRuns checks that the runs are the whole line, each part once.
func TestRuns(t *testing.T) {
	for _, s := range []string{"", "a", "שלום", "12 שלום 34 a, (ב) ١٢ $5", "ب\uFFFD١", "שלום\xff a"} {
		for _, d := range []direction{leftMark, rightMark} {
			length := 0
			for _, r := range visualRuns(s, d) {
				length += r.to - r.from
			}
			if length != len(s) {
				t.Errorf("%q: got %d bytes in runs, want %d", s, length, len(s))
			}
		}
	}
}

func FuzzVisual(f *testing.F) {
	f.Add("abc שלום (12) ٣٤ ab")
	f.Fuzz(func(t *testing.T, s string) {
		line := safe(s, lineLimit, latin)
		got := unmarked(visual(line, directionOf(line)))
		if len(got) != len(line) {
			t.Errorf("%q: got %q", line, got)
		}
	})
}

// TestLabelOrder has labels cut and break what goes from right to left: what is
// read first must be seen.
func TestLabelOrder(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(NewTheme())
	text := strings.Repeat("שלום עולם ", 20) + "סוף"
	l := NewSafeLabel(text)
	if l.Text != visual(text, rightMark) {
		t.Errorf("without a width: got %q", l.Text)
	}
	l.Resize(fyne.NewSize(200, 40))
	shown := unmarked(l.Text)
	if !strings.HasPrefix(shown, "…שלום") || strings.Contains(shown, "סוף") || widthOf(&l.Label, l.Text) > 200 {
		t.Errorf("cut: got %q", shown)
	}
	l.Resize(fyne.NewSize(20000, 40))
	if unmarked(l.Text) != text {
		t.Errorf("with room: got %q", l.Text)
	}

	flow := newFlowLabel("Tusk\n" + text)
	flow.Resize(fyne.NewSize(200, 40))
	lines := strings.Split(unmarked(flow.Text), "\n")
	if len(lines) < 5 || lines[0] != "Tusk" || !strings.HasPrefix(lines[1], "שלום") || !strings.HasSuffix(lines[len(lines)-1], "סוף") {
		t.Errorf("broken: got %q", lines)
	}
	if got := strings.Join(lines[1:], " "); got != text {
		t.Errorf("broken and joined: got %q, want %q", got, text)
	}
	for _, line := range strings.Split(flow.Text, "\n") {
		if got := widthOf(&flow.Label, line); got > 200 {
			t.Errorf("%q is %v wide, want at most 200", line, got)
		}
	}
}

func TestBroken(t *testing.T) {
	short := func(s string) bool { return len(s) <= 4 }
	for in, want := range map[string]string{
		"": "", "abc": "abc", "ab cd ef": "ab|cd|ef", "a b cd": "a b|cd", "abcdefgh i": "abcd|efgh|i", "老料手": "老|料|手",
	} {
		if got := strings.Join(broken(in, short), "|"); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
	if got := broken("老料", func(string) bool { return false }); len(got) != 3 {
		t.Errorf("where nothing fits: got %q", got)
	}
}

// TestPlaces marks a part of a row that goes from right to left.
func TestPlaces(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(NewTheme())
	row := "שלום abc"
	got := places(row, rightMark, len("שלום "), len(row))
	if len(got) != 1 || got[0].from != 0 || got[0].to != textWidth("abc", rowStyle) {
		t.Errorf("abc: got %v", got)
	}
	got = places(row, rightMark, 0, len("שלום"))
	whole := textWidth(visual(row, rightMark), rowStyle)
	if len(got) != 1 || got[0].to < whole-1 || got[0].to > whole+1 || got[0].from < textWidth("abc", rowStyle) {
		t.Errorf("שלום: got %v in %v", got, whole)
	}
}
