package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"pugmark/capture"
	"pugmark/evidence"
	"pugmark/recorder"
)

func TestParseInterspersed(t *testing.T) {
	for _, test := range []struct{ args, rest, ref string }{
		{"", "", ""},
		{"a b", "a b", ""},
		{"--case X a b", "a b", "X"},
		{"a --case X b", "a b", "X"},
		{"a b -case=X", "a b", "X"},
		{"a -- --case X", "a --case X", ""},
		{"--case X -- -b", "-b", "X"},
		{"a - b", "a - b", ""},
	} {
		flags := newFlagSet("test")
		ref := flags.String("case", "", "")
		rest, err := parseInterspersed(flags, strings.Fields(test.args))
		if err != nil || strings.Join(rest, " ") != test.rest || *ref != test.ref {
			t.Errorf("%q: got %q, case %q, %v; want %q, case %q", test.args, rest, *ref, err, test.rest, test.ref)
		}
	}
	if _, err := parseInterspersed(newFlagSet("test"), []string{"a", "-h"}); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("got %v, want %v", err, flag.ErrHelp)
	}
}

func TestNearest(t *testing.T) {
	names := []string{"capture", "case new", "list", "log", "show", "verify"}
	for given, want := range map[string]string{
		"captrue": "capture", "Capture": "capture", "verfy": "verify", "lst": "list", "lgo": "",
		"cap": "capture", "x": "", "quite different": "",
	} {
		if got := nearest(given, names); got != want {
			t.Errorf("%q: got %q, want %q", given, got, want)
		}
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"象牙 bangle":                  "象牙 bangle",
		"a\x1b[31mb":                 "a[31mb",
		"a\r\nb\tc":                  "a  b c",
		"\u202ereversed\u2066":       "reversed",
		"zero\u200bwidth \u0085line": "zerowidth  line",
		"bad\xffbyte":                "badbyte",
	} {
		if got := clean(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestTable(t *testing.T) {
	got := table([][]string{{"A", "B"}, {"象牙", "x"}, {"abc", ""}, {"e\u0301", "y"}})
	want := "A     B\n象牙  x\nabc\ne\u0301     y\n"
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestShorten(t *testing.T) {
	for _, test := range []struct {
		in   string
		most int
		want string
	}{{"ivory", 5, "ivory"}, {"ivory", 4, "ivo…"}, {"象牙象牙", 8, "象牙象牙"}, {"象牙象牙", 6, "象牙…"}, {"", 3, ""}} {
		if got := shorten(test.in, test.most); got != test.want || columns(got) > test.most {
			t.Errorf("%q to %d: got %q, want %q", test.in, test.most, got, test.want)
		}
	}
}

func TestSizeText(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0 B", 999: "999 B", 1000: "1.0 kB", 1234567: "1.2 MB", 999_949: "999.9 kB", 999_950: "1.0 MB", 72e9: "72.0 GB", 5e15: "5000.0 TB",
	} {
		if got := sizeText(n); got != want {
			t.Errorf("%d: got %q, want %q", n, got, want)
		}
	}
}

func TestScanAddresses(t *testing.T) {
	in := "\ufeffhttp://a.example/\r\n\n# no\n  https://b.example/#part # why\nhttp://c.example/x%20y"
	got, err := scanAddresses("list", strings.NewReader(in))
	if want := []string{"http://a.example/", "https://b.example/#part", "http://c.example/x%20y"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
}

// TestEachFailureHasWords holds that no failure of a capture is told in the
// words of the program alone.
func TestEachFailureHasWords(t *testing.T) {
	for code := range failures {
		err := about("https://example.com:8443/item", &capture.Failure{Code: code, Err: errors.New(`opening "x": net::ERR_SOMETHING`)})
		adv := advise(err)
		if adv.Code != code {
			t.Errorf("%s: got code %q", code, adv.Code)
		}
		for _, word := range []string{"HOST", "ADDRESS", "REASON", "SUBJECT", `"x"`} {
			if strings.Contains(adv.Message+adv.Hint, word) {
				t.Errorf("%s: got %q, %q, with %q in it", code, adv.Message, adv.Hint, word)
			}
		}
		if !strings.HasSuffix(adv.Message, ".") || adv.Hint == "" && code != capture.FailureCancelled {
			t.Errorf("%s: got %q, %q, want a sentence and a hint", code, adv.Message, adv.Hint)
		}
	}
}

func TestAdvise(t *testing.T) {
	for _, test := range []struct {
		err           error
		code, message string
	}{
		{about("/v", fmt.Errorf("opening: %w", evidence.ErrNotVault)), "not_a_vault", `There is no vault in "/v".`},
		{&fs.PathError{Op: "open", Path: "/x", Err: fs.ErrPermission}, "no_permission", `The system does not permit this on "/x".`},
		{&capture.Failure{Code: "new", Err: errors.New("odd")}, "new", "The page could not be captured: odd."},
		{errors.New("reading \x1b[1mthis"), "failed", "Reading [1mthis."},
	} {
		if got := advise(test.err); got.Code != test.code || got.Message != test.message {
			t.Errorf("%v: got %q, %q; want %q, %q", test.err, got.Code, got.Message, test.code, test.message)
		}
	}
}

// TestAdviseBrowser has a browser that ends as it starts: what waited for it was
// cancelled then, but nobody stopped pug.
func TestAdviseBrowser(t *testing.T) {
	err := &recorder.BrowserError{Err: fmt.Errorf("the browser ended: %w", context.Canceled)}
	if got := advise(err); got.Code != "browser" || !strings.Contains(got.Message, "could not be started") {
		t.Errorf("got %+v", got)
	}
}
