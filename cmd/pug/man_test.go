package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the manual page anew")

const (
	manPath = "../../docs/man/pug.1"
	manDate = "November 24, 2026"
)

// TestManPage checks that the manual page is what the commands say of themselves.
func TestManPage(t *testing.T) {
	want := manPage()
	if *update {
		if err := os.WriteFile(manPath, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(manPath)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what the commands say of themselves; run scripts/make-man", manPath)
	}
}

// mdoc is a manual page in the macros of mdoc(7).
type mdoc struct{ bytes.Buffer }

const manHead = `.\" Made by scripts/make-man from what "pug help" prints; not edited by hand.
.Dd ` + manDate + `
.Dt PUG 1
.Os
.Sh NAME
.Nm pug
.Nd record online listings so that a court can rely on the record
.Sh SYNOPSIS
.Nm
.Ar command
.Op Ar argument ...
.Sh DESCRIPTION
`

const manEnvironment = `.Sh ENVIRONMENT
.Bl -tag -width indent
.It Ev PUGMARK_VAULT
The folder of the vault, where
.Fl \-vault
names none.
.It Ev PUGMARK_PASSPHRASE_FILE
A file with the passphrase of the vault in its first line, where
.Fl \-passphrase-file
names none.
.El
`

const manTail = `.Sh SEE ALSO
.Xr age 1 ,
.Xr pugmark 1 ,
.Xr ssh-keygen 1 ,
.Xr openssl 1ssl
`

func manPage() []byte {
	m := new(mdoc)
	m.WriteString(manHead)
	// The list of commands is what follows; the rest of the overview is prose.
	m.prose(strings.TrimSuffix(overviewHead, "\n\nCommands:\n"))
	m.WriteString(".Sh COMMANDS\n")
	for _, c := range commands() {
		m.command(c)
	}
	// Exit codes close the overview, behind how to ask for help.
	help, exit, _ := strings.Cut(strings.TrimSpace(overviewTail), "\n\n")
	m.WriteString(".Sh HELP\n")
	m.prose(help)
	m.WriteString(manEnvironment + ".Sh EXIT STATUS\n")
	m.prose(exit)
	m.WriteString(manTail)
	return m.Bytes()
}

// command writes what there is to say of one command.
func (m *mdoc) command(c *command) {
	flags, _ := new(app).prepare(c)
	fmt.Fprintf(m, ".Ss pug %s\n", c.name)
	fmt.Fprintf(m, ".Dl \"%s\"\n.Pp\n", quoteMan(c.usage()))
	m.prose(c.long)
	m.WriteString(".Bl -tag -width indent\n")
	flags.VisitAll(func(f *flag.Flag) {
		value, text := flag.UnquoteUsage(f)
		fmt.Fprintf(m, ".It Fl %s", escapeMan(strings.TrimPrefix(dashed(f.Name), "-")))
		if value != "" {
			fmt.Fprintf(m, " Ar \"%s\"", quoteMan(placeholder(value)))
		}
		m.WriteByte('\n')
		m.prose(sentence(text) + ".")
	})
	m.WriteString(".El\n")
}

// sentenceEnd is where a sentence ends within a line. The next one begins a new
// line, so that the typesetter sees its end.
var sentenceEnd = regexp.MustCompile(`((?:[^ .A-Z]|[A-Z][A-Z])[.?!]"?) +(["A-Z])`)

// prose writes paragraphs; those that are indented stay as they are.
func (m *mdoc) prose(text string) {
	for i, p := range strings.Split(strings.Trim(text, "\n"), "\n\n") {
		literal := strings.HasPrefix(p, " ")
		switch {
		case literal:
			m.WriteString(".Bd -literal -offset indent\n")
		case i > 0:
			m.WriteString(".Pp\n")
		}
		if !literal {
			p = sentenceEnd.ReplaceAllString(p, "$1\n$2")
		}
		for line := range strings.SplitSeq(p, "\n") {
			m.line(strings.TrimPrefix(line, "    "))
		}
		if literal {
			m.WriteString(".Ed\n")
		}
	}
}

// line writes a line of text, which a dot ahead would make a macro.
func (m *mdoc) line(text string) {
	text = escapeMan(text)
	if strings.HasPrefix(text, ".") || strings.HasPrefix(text, "'") {
		text = `\&` + text
	}
	m.WriteString(text + "\n")
}

// escapeMan writes characters that would mean something to a typesetter. A hyphen
// that is typed must not become a dash.
func escapeMan(s string) string {
	return strings.NewReplacer(`\`, `\e`, "-", `\-`, "…", `\&...`).Replace(s)
}

// quoteMan is escapeMan within quotation marks.
func quoteMan(s string) string { return strings.ReplaceAll(escapeMan(s), `"`, `""`) }
