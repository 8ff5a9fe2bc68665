package lexicon

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

const head = "lang,term,variants,class,meaning,taxa,strength,use,from,until,source\n"

func TestRead(t *testing.T) {
	text := "\ufeff# name: Ours,,\n# version: 3\n\n# nothing\n" + head +
		"zh-Hans ja,象牙,evasion:象丫 | pinyin:xiangya | 牙,product,ivory,A b | C d,strong,covert,2015,2016-02,\"me, here\"\n"
	text = strings.Replace(text, " | 牙", "", 1)
	l, err := Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if l.Name != "Ours" || l.Version != "3" || len(l.Entries) != 1 {
		t.Fatalf("got %+v", l)
	}
	e := l.Entries[0]
	if len(e.Langs) != 2 || e.Variants[0] != (Variant{"象丫", Evasion}) || e.Variants[1] != (Variant{"xiangya", Pinyin}) ||
		len(e.Taxa) != 2 || e.Strength != Strong || !e.Covert || e.From != "2015" || e.Until != "2016-02" || e.Source != "me, here" {
		t.Errorf("got %+v", e)
	}
	if !e.Speaks("zh") || !e.Speaks("ja") || e.Speaks("z") || e.Speaks("zh-Hant") {
		t.Error("the languages are not those of the entry")
	}
}

func TestReadSeparators(t *testing.T) {
	for _, comma := range []string{";", "\t"} {
		text := strings.ReplaceAll("lang,term,class,meaning,source\nen,thing,product,a thing,me\n", ",", comma)
		l, err := Read(strings.NewReader(text))
		if err != nil || len(l.Entries) != 1 || l.Version != l.Digest.String()[:8] {
			t.Errorf("%q: got %+v and error %v", comma, l, err)
		}
	}
}

func TestReadErrors(t *testing.T) {
	good := "en,thing,,product,a thing,,,,,,me\n"
	for _, c := range []struct{ text, want string }{
		{"", "is empty"},
		{head, "holds no entry"},
		{"lang,term,class,meaning\n", `got no column "source"`},
		{"lang,term,class,meaning,source,colour\n", `line 1, column 32 (colour): got column "colour"`},
		{"lang,lang\n", `got column "lang" twice`},
		{head + "en,thing\n", "line 2"},
		{head + "en,\"thing\n", "line 2"},
		{head + good + good, `line 3, column 4 (term): got "thing" in en again, after line 2`},
		{head + "english!,thing,,product,a thing,,,,,,me\n", `line 2, column 1 (lang): got "english!"`},
		{head + "en,,,product,a thing,,,,,,me\n", "line 2, column 4 (term): is empty"},
		{head + "en,x,,product,a thing,,,,,,me\n", "fewer than two letters"},
		{head + "en,th*ing,,product,a thing,,,,,,me\n", `holds '*'`},
		{head + "en,th*,,product,a thing,,,,,,me\n", "before the star"},
		{head + "en,thing,,thing,a thing,,,,,,me\n", `(class): got "thing", want one of species, product, behaviour, excluded`},
		{head + "en,thing,,product,a thing,,big,,,,me\n", `(strength): got "big", want one of weak, medium, strong`},
		{head + "en,thing,,product,a thing,,,hidden,,,me\n", `(use): got "hidden"`},
		{head + "en,thing,,product,a thing,,,,2015-13,,me\n", `(from): got "2015-13"`},
		{head + "en,thing,,product,a thing,,,,2016,2015-05,me\n", `(until): got "2015-05", which is before "2016"`},
		{head + "en,thing,,product,a thing,,,,,,\n", "(source): is empty"},
		{head + good + "en,th\xffing,,product,a thing,,,,,,me\n", "line 3: is not UTF-8"},
	} {
		l, err := Read(strings.NewReader(c.text))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: got %v and error %v, want %q", c.text, l, err, c.want)
		}
	}
}

func TestReadTellsSeveralErrors(t *testing.T) {
	_, err := Read(strings.NewReader(head + strings.Repeat("en,x,,product,a thing,,,,,,me\n", 100)))
	var fault *FieldError
	if !errors.As(err, &fault) || fault.Line != 2 {
		t.Fatalf("got %v", err)
	}
	if n := strings.Count(err.Error(), "\n"); n < 10 || n > 2*maxErrors {
		t.Errorf("got %d lines, want about %d", n, maxErrors)
	}
}

func TestOwn(t *testing.T) {
	l := Own()
	if l.Name != "Pugmark" || l.Version == "" || len(l.Entries) < 400 {
		t.Fatalf("got %q, version %q and %d entries", l.Name, l.Version, len(l.Entries))
	}
	seen := make(map[string]bool)
	langs := make(map[string]bool)
	for _, e := range l.Entries {
		for _, lang := range e.Langs {
			langs[lang] = true
			if key := lang + " " + e.Term; seen[key] {
				t.Errorf("%s is there twice", key)
			} else {
				seen[key] = true
			}
		}
		if e.Covert && e.Source == "dictionary" {
			t.Errorf("the code word %q has no source", e.Term)
		}
	}
	if len(langs) < 15 {
		t.Errorf("got %d languages", len(langs))
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(head + "en,thing,,product,a thing,,,,,,me\n"))
	f.Add([]byte("\ufeff# version: 1\nlang;term;class;meaning;source\nen;a*b;excluded;x;y"))
	f.Add([]byte("lang,term\n\"\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		l, err := Read(bytes.NewReader(b))
		if err != nil {
			return
		}
		if len(l.Entries) == 0 {
			t.Error("no entry and no error")
		}
		for _, e := range l.Entries {
			if len(e.Langs) == 0 || e.Term == "" || e.Class == "" || e.Source == "" {
				t.Errorf("got entry %+v", e)
			}
		}
	})
}
