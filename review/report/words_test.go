package report

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pugmark/assets"
)

var verb = regexp.MustCompile(`%[a-z]|\{[nm]\}|____|` + "`")

// TestWords compares the languages: they have the same keys, and their texts the same
// verbs in the same order.
func TestWords(t *testing.T) {
	english, err := readWords("en")
	check(t, err)
	for _, lang := range Languages[1:] {
		other, err := readWords(lang)
		check(t, err)
		for key, text := range english.text {
			translated, ok := other.text[key]
			if !ok {
				t.Errorf("%s: got no %q", lang, key)
				continue
			}
			if strings.HasPrefix(key, "certificate.") { // dates have other blanks
				continue
			}
			if got, want := verb.FindAllString(translated, -1), verb.FindAllString(text, -1); !slices.Equal(got, want) {
				t.Errorf("%s: %q: got %q, want %q", lang, key, got, want)
			}
		}
		for key := range other.text {
			if _, ok := english.text[key]; !ok {
				t.Errorf("%s: got %q, which English hasn't", lang, key)
			}
		}
	}
}

// TestWordsUsed looks for the keys that the templates name.
func TestWordsUsed(t *testing.T) {
	w, err := readWords("en")
	check(t, err)
	named := regexp.MustCompile(`[{(](?:t|en|count) "([a-z0-9.-]+)"`)
	for _, name := range []string{"report.html", "exhibit.html"} {
		b, err := fs.ReadFile(assets.Report(), name)
		check(t, err)
		for _, m := range named.FindAllStringSubmatch(string(b), -1) {
			if _, ok := w.text[m[1]]; !ok {
				t.Errorf("%s: no words for %q", name, m[1])
			}
		}
	}
}

func TestUnknownLanguage(t *testing.T) {
	if _, err := readWords("../en"); err == nil || !strings.Contains(err.Error(), `got language "../en"`) {
		t.Errorf("got %v", err)
	}
}
