package compare

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestWords(t *testing.T) {
	for line, want := range map[string][]string{
		"Old ivory, 3,680.00 CNY": {"Old", " ", "ivory", ",", " ", "3", ",", "680", ".", "00", " ", "CNY"},
		"旧藏 莲花雕刻":                 {"旧", "藏", " ", "莲", "花", "雕", "刻"},
		"งาช้าง":                  {"ง", "า", "ช้", "า", "ง"},
		"e\u0301tat 👨‍👩‍👧":        {"e\u0301tat", " ", "👨‍👩‍👧"},
		"":                        nil,
	} {
		if got := words(line); !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", line, got, want)
		}
	}
}

// written shows a text diff as one would by hand.
func written(d *Text) string {
	var b strings.Builder
	marks := map[Change]string{Removed: "-", Added: "+", Changed: "~"}
	for _, h := range d.Hunks {
		fmt.Fprintf(&b, "@%d,%d\n", h.LineA, h.LineB)
		for _, l := range h.Lines {
			b.WriteString(marks[l.Change])
			for _, s := range l.Spans {
				switch {
				case l.Change != Changed || s.Change == Unchanged:
					b.WriteString(s.Text)
				case s.Change == Removed:
					b.WriteString("[-" + s.Text + "]")
				default:
					b.WriteString("[+" + s.Text + "]")
				}
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}

func TestTexts(t *testing.T) {
	tests := []struct{ name, a, b, want string }{
		{"same", "one\n\n two  three\n", "one\ntwo three", ""},
		{"price", "Title\nPrice 3,680 CNY\nSeller", "Title\nPrice 2,900 CNY\nSeller", "@2,2\n~Price [-3,680][+2,900] CNY\n"},
		{"chinese", "标题\n旧藏莲花雕刻挂坠一件\n卖家", "标题\n旧藏莲花雕刻手串一件\n卖家", "@2,2\n~旧藏莲花雕刻[-挂坠][+手串]一件\n"},
		{"added", "a\nc", "a\nb\nc", "@2,2\n+b\n"},
		{"removed", "a\nb\nc", "a\nc", "@2,2\n-b\n"},
		{"replaced", "head\nold words here\ntail", "head\nnothing alike\ntail", "@2,2\n-old words here\n+nothing alike\n"},
		{"moved down", "one two three\nx\n", "banner of the day\none two four\nx\n", "@1,1\n+banner of the day\n~one two [-three][+four]\n"},
		{"nothing", "", "", ""},
		{"from nothing", "", "a", "@1,1\n+a\n"},
		{"invalid", "\xffa b", "\xffa c", "@1,1\n~\uFFFDa [-b][+c]\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := written(Texts(tt.a, tt.b)); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

// TestTextsRebuild makes each text from the other by its diff.
func TestTextsRebuild(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := rapid.StringMatching(`[ab 象牙]{1,6}`)
		text := func(name string) (string, []string) {
			s := strings.Join(rapid.SliceOfN(line, 0, 30).Draw(t, name), "\n")
			lines, _ := splitLines(s)
			return s, lines
		}
		a, linesA := text("a")
		b, linesB := text("b")
		d := Texts(a, b)
		var got []string
		at := 0
		for _, h := range d.Hunks {
			for at < h.LineA-1 {
				got = append(got, linesA[at])
				at++
			}
			for _, l := range h.Lines {
				if l.Change != Added {
					if linesA[at] != l.A() {
						t.Fatalf("got line %q of A, want %q", l.A(), linesA[at])
					}
					at++
				}
				if l.Change != Removed {
					got = append(got, l.B())
				}
			}
		}
		got = append(got, linesA[at:]...)
		if !slices.Equal(got, linesB) {
			t.Fatalf("got %q, want %q", got, linesB)
		}
		removed, added := d.Changed()
		if removed < 0 || added < 0 || (removed+added == 0) != slices.Equal(linesA, linesB) {
			t.Fatalf("got %d removed, %d added", removed, added)
		}
	})
}

// TestHugeTexts is bounded also for texts that have nothing in common, or the same
// few lines again and again.
func TestHugeTexts(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for name, line := range map[string]func(int) string{
		"unlike": func(int) string { return fmt.Sprint(random.Uint64()) },
		"alike":  func(int) string { return []string{"in stock", "sold", "new"}[random.IntN(3)] },
		"long":   func(int) string { return strings.Repeat("象", 5000) + fmt.Sprint(random.IntN(9)) },
	} {
		var a, b strings.Builder
		for i := range 200_000 {
			if a.Len() < maxText+10 {
				a.WriteString(line(i) + "\n")
				b.WriteString(line(i) + "\n")
			}
		}
		from := time.Now()
		d := Texts(a.String(), b.String())
		t.Logf("%s: %d hunks, %v", name, len(d.Hunks), time.Since(from))
		if name == "long" && !d.Cut {
			t.Error("the text is cut, and nothing says so")
		}
	}
}

// BenchmarkTexts compares two texts of 10,000 lines, of which one in fifty differs.
func BenchmarkTexts(b *testing.B) {
	var x, y strings.Builder
	for i := range 10_000 {
		line := fmt.Sprintf("Listing %d: old carved bangle, 旧藏手镯, price %d CNY", i, i*37%4001)
		fmt.Fprintln(&x, line)
		if i%50 == 0 {
			line = strings.Replace(line, "old", "very old", 1)
		}
		fmt.Fprintln(&y, line)
	}
	b.SetBytes(int64(x.Len() + y.Len()))
	for b.Loop() {
		Texts(x.String(), y.String())
	}
}
