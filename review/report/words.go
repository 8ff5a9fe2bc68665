package report

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"pugmark/assets"
)

// Languages are those that a report can be in, as BCP 47 has them.
var Languages = []string{"en", "zh-Hans"}

// words are those of a language, by key. Texts have the verbs of package fmt.
type words struct {
	lang string
	text map[string]string
}

// readWords reads the words of a language.
func readWords(lang string) (*words, error) {
	if !slices.Contains(Languages, lang) {
		return nil, fmt.Errorf("got language %q, want one of %s", lang, strings.Join(Languages, ", "))
	}
	b, err := fs.ReadFile(assets.Report(), lang+".json")
	if err != nil {
		return nil, err
	}
	w := &words{lang: lang}
	if err := json.Unmarshal(b, &w.text); err != nil {
		return nil, fmt.Errorf("reading the words of %q: %w", lang, err)
	}
	return w, nil
}

// say returns the text of a key. The key is ours, so that one that is unknown is
// shown as it is rather than failing a report.
func (w *words) say(key string, args ...any) string {
	text, ok := w.text[key]
	if !ok {
		return key
	}
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}

// count is say for a number of things: KEY.one is for one of them.
func (w *words) count(key string, n int) string {
	if _, ok := w.text[key+".one"]; ok && n == 1 {
		return w.say(key+".one", grouped(n))
	}
	return w.say(key, grouped(n))
}

// known returns the text of a key, or else a foreign text.
func (w *words) known(prefix, code string) string {
	if text, ok := w.text[prefix+code]; ok {
		return text
	}
	return clean(shortText, strings.ReplaceAll(code, "_", " "))
}
