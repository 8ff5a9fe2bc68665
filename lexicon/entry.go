package lexicon

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"
)

// Class says what kind of word a term is.
type Class string

// The classes.
const (
	Species   Class = "species"
	Product   Class = "product"
	Behaviour Class = "behaviour"
	Excluded  Class = "excluded" // a false friend
)

// Classes are all classes.
var Classes = []Class{Species, Product, Behaviour, Excluded}

// Strength says how far a term by itself points to wildlife.
type Strength string

// The strengths.
const (
	Strong Strength = "strong"
	Medium Strength = "medium"
	Weak   Strength = "weak"
)

// Strengths are all strengths, the weakest first.
var Strengths = []Strength{Weak, Medium, Strong}

// Kind says how a variant differs from its term.
type Kind string

// The kinds of variants.
const (
	Spelling   Kind = "spelling"
	Inflection Kind = "inflection"
	Pinyin     Kind = "pinyin"
	Evasion    Kind = "evasion"
)

var kinds = []Kind{Spelling, Inflection, Pinyin, Evasion}

// Variant is another writing of a term.
type Variant struct {
	Text string `json:"text"`
	Kind Kind   `json:"kind"`
}

// Entry is one term with what is known of it.
type Entry struct {
	Langs    []string  `json:"lang"` // BCP 47
	Term     string    `json:"term"`
	Variants []Variant `json:"variants,omitempty"`
	Class    Class     `json:"class"`
	Meaning  string    `json:"meaning"`
	Taxa     []string  `json:"taxa,omitempty"` // scientific names
	Product  string    `json:"product,omitempty"`
	Strength Strength  `json:"strength"`
	Covert   bool      `json:"covert,omitempty"` // a code word
	From     string    `json:"from,omitempty"`   // 2015, 2015-02 or 2015-02-03
	Until    string    `json:"until,omitempty"`  // likewise, inclusive
	Source   string    `json:"source"`
	Note     string    `json:"note,omitempty"`
}

// Digest is a SHA-256.
type Digest [sha256.Size]byte

// String returns 64 hexadecimal digits.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// MarshalText implements [encoding.TextMarshaler].
func (d Digest) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// Lexicon is a list of entries.
type Lexicon struct {
	Name    string // "" where the file doesn't say
	Version string // what the file says; else the first 8 digits of the digest
	Digest  Digest // of the file
	Entries []Entry
}

// InUse reports whether the term is known to be in use on a day. On the zero time it
// always is.
func (e *Entry) InUse(on time.Time) bool {
	if on.IsZero() {
		return true
	}
	day := on.UTC().Format(time.DateOnly)
	return e.From <= day && (e.Until == "" || day[:len(e.Until)] <= e.Until)
}

// Speaks reports whether the term is of a language, which may be less exact than the
// entry's: zh is any of zh-Hans and zh-Hant.
func (e *Entry) Speaks(lang string) bool {
	return slices.ContainsFunc(e.Langs, func(l string) bool {
		return strings.EqualFold(l, lang) || len(l) > len(lang) && l[len(lang)] == '-' && strings.EqualFold(l[:len(lang)], lang)
	})
}

// maxTerm bounds a term, in characters.
const maxTerm = 100

// checkTerm checks a term or a variant.
func checkTerm(s string) error {
	word, _ := strings.CutSuffix(s, "*")
	letters := 0
	for _, r := range word {
		switch {
		case r == utf8.RuneError:
			return errors.New("is not UTF-8")
		case unicode.IsControl(r) || r == '*':
			return fmt.Errorf("holds %q", r)
		case isLetter(r):
			letters++
		}
	}
	switch n := utf8.RuneCountInString(word); {
	case n > maxTerm:
		return fmt.Errorf("has %d characters, want at most %d", n, maxTerm)
	case letters < 2:
		return errors.New("has fewer than two letters, and would be found everywhere")
	case len(word) == len(s):
		return nil
	case letters < 3:
		return errors.New("has fewer than three letters before the star")
	}
	return nil
}

func checkLang(tag string) error {
	if _, err := language.Parse(tag); err != nil {
		return fmt.Errorf("got %q, want a language such as en or zh-Hans", tag)
	}
	return nil
}

// checkDay checks a day, a month or a year.
func checkDay(s string) error {
	for _, layout := range []string{"2006", "2006-01", time.DateOnly} {
		if _, err := time.Parse(layout, s); err == nil {
			return nil
		}
	}
	return fmt.Errorf("got %q, want a day such as 2015, 2015-02 or 2015-02-03", s)
}
