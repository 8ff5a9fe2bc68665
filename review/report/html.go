package report

import (
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"pugmark/assets"
)

// The files of the document, beside the pictures. The style sheet of the labels is
// what differs from case to case: the lines at the foot of each exhibit's pages.
const (
	documentFile = "index.html"
	styleFile    = "style.css"
	labelsFile   = "labels.css"
	fontFile     = "pugmark-sans.ttf"
	// policy lets the document load what lies beside it, and nothing else.
	policy = "default-src 'none'; img-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; base-uri 'none'; form-action 'none'"
)

// templates reads the templates with the words of a language.
func (m *maker) templates() (*template.Template, error) {
	return template.New("report.html").Funcs(template.FuncMap{
		"t": m.w.say, "en": m.english.say, "count": m.w.count, "grouped": grouped[int64], "lang": func() string { return m.w.lang },
		"translated": func() bool { return m.w.lang != m.english.lang },
		"policy":     func() template.HTMLAttr { return template.HTMLAttr(`content="` + policy + `"`) },
		"css":        func(s string) template.CSS { return template.CSS(s) },
		"list":       func(all ...string) []string { return all },
		"mark":       func(s string) template.HTML { return markup(s) },
		"page":       func(anchor string) int { return m.pages[anchor] },
		"whole":      func() bool { return m.pages != nil },
		"known":      m.w.known,
	}).ParseFS(assets.Report(), "*.html")
}

// markup writes words of ours in which `backquotes` are around what is to be typed.
func markup(s string) template.HTML {
	parts := strings.Split(s, "`")
	for i, p := range parts {
		parts[i] = template.HTMLEscapeString(p)
		if i%2 == 1 {
			parts[i] = "<code>" + parts[i] + "</code>"
		}
	}
	return template.HTML(strings.ReplaceAll(strings.Join(parts, ""), "____", `<span class="blank"></span>`))
}

// write writes the document with its style into a folder. Empty boxes take the place
// of pictures where they aren't wanted.
func (m *maker) write(dir string, v *view) error {
	t, err := m.templates()
	if err != nil {
		return fmt.Errorf("reading the templates: %w", err)
	}
	err = writeNew(filepath.Join(dir, documentFile), func(w io.Writer) error { return t.Execute(w, v) })
	if err != nil {
		return fmt.Errorf("writing the document: %w", err)
	}
	return writeNew(filepath.Join(dir, labelsFile), func(w io.Writer) error {
		_, err := io.WriteString(w, m.labels(v))
		return err
	})
}

// writeStatic writes the files that are the same in each document.
func writeStatic(dir string) error {
	style, err := fs.ReadFile(assets.Report(), styleFile)
	if err != nil {
		return err
	}
	for name, b := range map[string][]byte{styleFile: style, fontFile: assets.Sans} {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func writeNew(path string, fill func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	err = fill(f)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return err
}

// labels are the lines at the foot of the pages.
func (m *maker) labels(v *view) string {
	var b strings.Builder
	number, _, _ := strings.Cut(m.w.say("foot.page"), "{n}")
	_, rest, _ := strings.Cut(m.w.say("foot.page"), "{n}")
	between, after, _ := strings.Cut(rest, "{m}")
	font := `font: 7.5pt "Noto Sans", "Segoe UI", Arial, "Pugmark Sans", sans-serif; color: #565c67; vertical-align: top; padding-top: 3.5mm`
	foot := func(selector, extra, text string) {
		fmt.Fprintf(&b, "@page %s {\n%s\t@bottom-left { content: %s; %s }\n\t@bottom-right { content: %s counter(page) %s counter(pages) %s; %s }\n}\n",
			selector, extra, cssString(text), font, cssString(number), cssString(between), cssString(after), font)
	}
	title := m.w.say("foot.report", v.Ref)
	foot("", "", title)
	for _, x := range v.Exhibits {
		label := title + " · " + x.Name
		foot(x.Anchor, "", label)
		foot(x.Anchor+"p", "\tmargin: 11mm 13mm 16mm 13mm;\n", label)
		fmt.Fprintf(&b, ".%s { page: %s }\n.%s .sheet { page: %sp }\n", x.Anchor, x.Anchor, x.Anchor, x.Anchor)
	}
	return b.String()
}
