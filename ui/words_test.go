package ui

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

func TestCount(t *testing.T) {
	for n, want := range map[int]string{0: "0 pages", 1: "1 page", 2: "2 pages", 1234567: "1,234,567 pages"} {
		if got := count(n, "page"); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// spoken are the functions whose texts are translated, and the types.
var spoken = []string{
	"tr", "trf", "add", "addMono", "addCopied", "addTime", "momentField", "formField", "newForm", "newMenu", "run", "fill", "itemProblem", "progress", "tell", "failure", "dialog",
	"problem", "notice", "command", "group",
}

// silentIn are the functions whose texts nobody reads but who looks for a fault.
var silentIn = []string{
	"New", "Errorf", "LogError", "MkdirTemp", "CreateTemp", "Fprintf", "Format", "Join", "NewStaticResource", "MeasureText", "textWidth", "rawText", "XN", "ReadFile",
	"AddTranslationsFS", "alteredError", "tongue", "NewWindow",
}

// names are not translated: those of programs, formats and services.
var names = []string{
	"WeChat", "WhatsApp", "Telegram", "QQ", "SHA-256", "OP-2026-014", "DevTools", "TLS", "https://tsa.example/tsr", "Pugmark",
	"https://market.example/item/7\n", "English", "Français", "Español",
}

// programTexts returns the texts of this package that a user reads.
func programTexts(t *testing.T) (out map[string]string) {
	out = make(map[string]string)
	files, err := filepath.Glob("*.go")
	check(t, err)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, name, nil, 0)
		check(t, err)
		var stack []ast.Node
		ast.Inspect(file, func(n ast.Node) bool {
			if n == nil {
				stack = stack[:len(stack)-1]
				return true
			}
			stack = append(stack, n)
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				text, err := strconv.Unquote(lit.Value)
				check(t, err)
				if key := keyOf(text, stack); key != "" {
					out[key] = fset.Position(lit.Pos()).String()
				}
			}
			return true
		})
	}
	return out
}

// keyOf returns under which key the translation of a text is found, if there must
// be one.
func keyOf(text string, stack []ast.Node) string {
	where := ""
	for _, n := range slices.Backward(stack[:len(stack)-1]) {
		switch n := n.(type) {
		case *ast.ImportSpec, *ast.Field, *ast.CaseClause:
			return ""
		case *ast.CallExpr:
			where = exprName(n.Fun)
		case *ast.CompositeLit:
			where = exprName(n.Type)
		}
		if where != "" {
			break
		}
	}
	switch {
	case where == "count":
		return "n " + text
	case keys.MatchString(text) || slices.Contains(names, text) || slices.Contains(silentIn, where) || !strings.ContainsFunc(text, unicode.IsLetter):
		return ""
	case slices.Contains(spoken, where) || sentence.MatchString(text):
		return text
	}
	return ""
}

// keys matches what names keys, commands and units.
var keys = regexp.MustCompile(`^(Ctrl|Shift|Tab|Esc|pug|Pugmark| ms)\b`)

// sentence matches what looks like words for people.
var sentence = regexp.MustCompile(`^[A-Z][a-z]+\b|[a-z]{2,} [a-z]{2,}`)

func exprName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	case *ast.IndexExpr:
		return exprName(e.X)
	}
	return ""
}

// TestTranslated finds texts of the window that a language has no words for, and
// words that no text needs any more.
func TestTranslated(t *testing.T) {
	texts := programTexts(t)
	for _, l := range languages {
		have, err := readWords(l.code)
		check(t, err)
		for key, at := range texts {
			if _, ok := have[key]; !ok && (l.code != "en" || strings.HasPrefix(key, "n ")) {
				t.Errorf("%s: %s: no words for %q", l.code, at, key)
			}
		}
		for key, said := range have {
			if _, ok := texts[key]; !ok {
				t.Errorf("%s: no text %q", l.code, key)
			}
			checkSaid(t, l.code, key, said)
		}
	}
}

// verbs are the places of values in a format.
var verbs = regexp.MustCompile(`%(\[\d+\])?[+.\d]*[a-z%]`)

// checkSaid checks that a translation has the values of the text, in any order if
// they are numbered, and the forms of what is counted.
func checkSaid(t *testing.T, code, key string, said any) {
	t.Helper()
	switch said := said.(type) {
	case map[string]any:
		for _, form := range []string{"one", "many", "other"} {
			if text, _ := said[form].(string); !strings.Contains(text, "{{.N}}") {
				t.Errorf("%s: %q: got %q for form %q", code, key, text, form)
			}
		}
	case string:
		want, got := verbs.FindAllString(key, -1), verbs.FindAllString(said, -1)
		for i, v := range got {
			got[i] = regexp.MustCompile(`\[\d+\]`).ReplaceAllString(v, "")
		}
		if !strings.Contains(said, "%[") && !slices.Equal(got, want) || len(got) != len(want) || strings.TrimSpace(said) == "" {
			t.Errorf("%s: %q: got values %q in %q, want %q", code, key, got, said, want)
		}
	default:
		t.Errorf("%s: %q: got %T", code, key, said)
	}
}

// TestSpeak has the window speak Chinese, and then the system's language again.
func TestSpeak(t *testing.T) {
	t.Cleanup(func() { check(t, speak("en")) })
	b, _ := newFlow(t)
	b.options.Language = "zh-Hans"
	b.reopen()
	b.want("新建证据库…")
	b.open(newVault(t))
	b.pick(1)
	b.want("采集…", "完整", "页面截图")
	if err := speak("tlh"); err == nil {
		t.Error("got no error for a language that there is no translation into")
	}
}
