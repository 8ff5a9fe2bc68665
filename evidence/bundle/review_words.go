package bundle

import (
	"fmt"
	"strings"
)

// How much a page shows of the words of the trade.
const (
	maxLexicons  = 20
	maxWords     = 100
	maxWordHits  = 6
	maxWordNotes = 20 // reasons, taxa, languages
)

// lexiconRecord is what the pages read of the words of the trade in listing.json.
type lexiconRecord struct {
	On       string `json:"on"`
	Lexicons []struct {
		Name    string `json:"name"`
		Version string `json:"version"`
		SHA256  string `json:"sha256"`
	} `json:"lexicons"`
	Missing []string     `json:"missing"`
	Terms   []wordRecord `json:"terms"`
	LeftOff int          `json:"left_off"`
}

type wordRecord struct {
	Langs    []string        `json:"lang"`
	Term     string          `json:"term"`
	Class    string          `json:"class"`
	Meaning  string          `json:"meaning"`
	Taxa     []string        `json:"taxa"`
	Strength string          `json:"strength"`
	Covert   bool            `json:"covert"`
	Hits     []wordHitRecord `json:"hits"`
	LeftOff  int             `json:"left_off"`
}

type wordHitRecord struct {
	In        string   `json:"in"`
	Index     int      `json:"index"`
	RuneStart int      `json:"rune_start"`
	Text      string   `json:"text"`
	Strength  string   `json:"strength"`
	Why       []string `json:"why"`
	Excluded  *struct {
		Term    string `json:"term"`
		Meaning string `json:"meaning"`
	} `json:"excluded"`
}

// wordsView is what a page says of the words of the trade.
type wordsView struct {
	Lexicons []lexiconView
	Missing  []shownText
	Terms    []wordView
	More     int // terms that aren't shown
	LeftOff  int // hits that aren't in listing.json
}

type lexiconView struct{ Name, Version, SHA256, On shownText }

type wordView struct {
	Term, Meaning, Taxa, Kind shownText
	Hits                      []wordHitView
	More                      int
}

type wordHitView struct{ Text, Where, Why, Friend shownText }

// view returns what is shown of the words of a page in a language, or nil if none were
// looked for.
func (r *lexiconRecord) view(lang string) *wordsView {
	if r == nil {
		return nil
	}
	v := &wordsView{LeftOff: r.LeftOff}
	used, _ := head(r.Lexicons, maxLexicons)
	for _, l := range used {
		v.Lexicons = append(v.Lexicons, lexiconView{
			cleanText(shortText, l.Name), cleanText(shortText, l.Version), cleanText(shortText, l.SHA256), cleanText(shortText, r.On),
		})
	}
	missing, _ := head(r.Missing, maxLexicons)
	for _, m := range missing {
		v.Missing = append(v.Missing, cleanText(someText, m))
	}
	terms, more := head(r.Terms, maxWords)
	for _, t := range terms {
		v.Terms = append(v.Terms, t.view(lang))
	}
	v.More = more
	return v
}

func (r wordRecord) view(lang string) wordView {
	v := wordView{
		Term: cleanText(shortText, r.Term), Meaning: cleanText(someText, r.Meaning), Taxa: cleanText(someText, listed(r.Taxa)),
		Kind: cleanText(shortText, r.kind()),
	}
	hits, more := head(r.Hits, maxWordHits)
	for _, h := range hits {
		v.Hits = append(v.Hits, h.view(lang))
	}
	v.More = more + r.LeftOff
	return v
}

// kind says what kind of word it is: "product, strong, code word, zh-Hans".
func (r wordRecord) kind() string {
	parts := []string{r.Class, r.Strength}
	if r.Class == "excluded" {
		parts = []string{"false friend"}
	}
	if r.Covert {
		parts = append(parts, "code word")
	}
	return listed(append(parts, listed(r.Langs)))
}

func (h wordHitRecord) view(lang string) wordHitView {
	v := wordHitView{
		Text: cleanText(shortText, h.Text).in(lang), Where: cleanText(shortText, h.where()),
		Why: cleanText(shortText, listed(append([]string{h.Strength}, h.Why...))),
	}
	if h.Excluded != nil {
		v.Friend = cleanText(someText, fmt.Sprintf("%s (%s)", h.Excluded.Term, h.Excluded.Meaning))
	}
	return v
}

// where says in which text it stands, and after how many characters.
func (h wordHitRecord) where() string {
	in := h.In
	for _, f := range factNames {
		if f.name == h.In {
			in = f.words
		}
	}
	switch {
	case h.In == "text":
		in = "the page’s text"
	case h.In == "photograph":
		in = fmt.Sprintf("text of photograph %d", h.Index+1)
	case h.Index > 0:
		in = fmt.Sprintf("%s, statement %d", in, h.Index+1)
	}
	return fmt.Sprintf("%s, character %d", in, h.RuneStart+1)
}

// listed returns some strings with commas between.
func listed(all []string) string {
	some, more := head(all, maxWordNotes)
	text := strings.Join(some, ", ")
	if more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
