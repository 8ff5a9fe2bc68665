package ui

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
)

// The window's words in other languages: for each, a JSON object from the English
// text to its translation, and from "n NOUN" to the plural forms of what is
// counted.
//
//go:embed words/*.json
var words embed.FS

func init() {
	if err := lang.AddTranslationsFS(words, "words"); err != nil {
		fyne.LogError("reading the translations", err)
	}
}

// tongue is a language that the window can speak.
type tongue struct {
	code string // as in the names of the files
	name string // in that language
}

// languages are those that the window speaks.
var languages = []tongue{{"en", "English"}, {"zh-Hans", "简体中文"}, {"fr", "Français"}, {"es", "Español"}}

// speak has the window speak a language whatever the system's is; without one,
// the system's, or English where there is no translation. It is called before
// the window is made.
func speak(code string) error {
	if code == "" {
		return nil
	}
	said, err := readWords(code)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no translation into %q", code)
	}
	all, allErr := readWords(languages[1].code)
	if err = errors.Join(err, allErr); err != nil {
		return fmt.Errorf("reading translation: %w", err)
	}
	for text := range all {
		if said[text] == nil { // English needs no words for its own
			said[text] = text
		}
	}
	// The toolkit speaks the system's language and no other: it is told that the
	// words are that one's.
	b, err := json.Marshal(said)
	if err != nil {
		return err
	}
	return lang.AddTranslationsForLocale(b, lang.SystemLocale())
}

// readWords reads what a language says for each text.
func readWords(code string) (said map[string]any, err error) {
	b, err := words.ReadFile("words/" + code + ".json")
	if err == nil {
		err = json.Unmarshal(b, &said)
	}
	return said, err
}

// languageMenu chooses the language of the window.
func (w *Window) languageMenu() *fyne.MenuItem {
	choice := func(name, code string) *fyne.MenuItem {
		i := fyne.NewMenuItem(name, func() { w.chooseLanguage(code) })
		i.Checked = w.settings.language() == code
		return i
	}
	all := fyne.NewMenu("", choice(tr("As the system"), ""))
	for _, l := range languages {
		all.Items = append(all.Items, choice(l.name, l.code))
	}
	item := fyne.NewMenuItem(tr("Language"), nil)
	item.ChildMenu = all
	return item
}

func (w *Window) chooseLanguage(code string) {
	w.settings.setLanguage(code)
	w.win.SetMainMenu(w.menu())
	if !w.asking() {
		w.dialog(tr("Language"), notice{heading: tr("The window speaks it from its next start.")}.object(), fyne.NewSize(420, 200))
	}
}

// systemLanguage returns the code of the system's language.
func systemLanguage() string { return lang.SystemLocale().LanguageString() }

// tr returns a text of the program's in the user's language, and any other as it
// is.
func tr(text string) string {
	// What comes from evidence is never taken for a template.
	if text == "" || strings.Contains(text, "{{") {
		return text
	}
	return lang.L(text)
}

// translated returns texts of the program's in the user's language.
func translated(texts []string) (out []string) {
	for _, t := range texts {
		out = append(out, tr(t))
	}
	return out
}

// trf is [tr] for a format with values, which may come from evidence.
func trf(format string, values ...any) string { return fmt.Sprintf(tr(format), values...) }

// count returns a number with its noun, which words/en.json has.
func count(n int, noun string) string {
	return lang.XN("n "+noun, "{{.N}} "+noun, n, map[string]string{"N": grouped(int64(n))})
}
