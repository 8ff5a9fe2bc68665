package report

import (
	"strings"
	"testing"
	"time"
)

func TestClean(t *testing.T) {
	for s, want := range map[string]string{
		"":                      "",
		"a\tb\nc":               "a\tb\nc",
		"\u202eexe\r\x00\ufeff": "⟨U+202E⟩exe⟨U+000D⟩⟨U+0000⟩⟨U+FEFF⟩",
		"می\u200cخواهم 象牙":      "می\u200cخواهم 象牙",
		strings.Repeat("象", 25): strings.Repeat("象", 20) + " … [+5]",
	} {
		if got := clean(20, s); got != want {
			t.Errorf("%q: got %q, want %q", s, got, want)
		}
	}
}

func TestCSSString(t *testing.T) {
	if got, want := cssString("a\"b\\</style>\n"), `"a\22 b\5c \3c /style>\a "`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestTimes(t *testing.T) {
	at := time.Date(2026, 11, 24, 8, 0, 2, 5, time.FixedZone("", 3600))
	if got, want := utc(at), "2026-11-24 07:00:02 UTC"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := utc(time.Time{}) + utcOf(nil); got != "" {
		t.Errorf("got %q for no time", got)
	}
}

func TestMarkup(t *testing.T) {
	if got, want := string(markup("a `b<c` d ____ <e>")), `a <code>b&lt;c</code> d <span class="blank"></span> &lt;e&gt;`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestSumLedger(t *testing.T) {
	got, err := sumLedger([]byte(`{"kind":"step","name":"open"}
{"kind":"script","name":"scroll.js","sha256":"` + strings.Repeat("ab", 32) + `"}
{"kind":"scroll","y":10}
{"kind":"scroll","y":20}
{"kind":"click","what":"button"}
`))
	check(t, err)
	want := []done{{"click", "button", "", 1}, {"script", "scroll.js", strings.Repeat("ab", 32), 1}, {"scroll", "", "", 2}}
	if len(got) != len(want) || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if _, err := sumLedger([]byte("{\n")); err == nil {
		t.Error("got no error for a line that is no JSON")
	}
}
