package main

import (
	"errors"
	"flag"
	"os"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for _, tt := range []struct {
		args []string
		env  string
		want string
	}{
		{nil, "", ""},
		{nil, "/env", "/env"},
		{[]string{"--vault", "/flag"}, "/env", "/flag"},
		{[]string{"-vault=/flag"}, "", "/flag"},
	} {
		if got, err := parse(tt.args, tt.env); got.vault != tt.want || err != nil {
			t.Errorf("%q, %q: got %q, %v; want %q", tt.args, tt.env, got.vault, err, tt.want)
		}
	}
	for _, args := range [][]string{{"a.zip", "b.zip"}, {"--what"}, {"--vault"}} {
		if got, err := parse(args, ""); err == nil {
			t.Errorf("%q: got %+v, want an error", args, got)
		}
	}
	if got, err := parse([]string{"a.zip"}, ""); got.file != "a.zip" || err != nil {
		t.Errorf("a file: got %+v, %v", got, err)
	}
	if _, err := parse([]string{"-h"}, ""); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("got error %v, want help", err)
	}
	if got, err := parse([]string{"--version"}, ""); !got.version || err != nil {
		t.Errorf("--version: got %+v, %v", got, err)
	}
}

// TestManPage checks that the manual page explains the flags that there are, in
// the words of the program, and no others.
func TestManPage(t *testing.T) {
	b, err := os.ReadFile("../../docs/man/pugmark.1")
	if err != nil {
		t.Fatal(err)
	}
	page := strings.ReplaceAll(string(b), `\-`, "-")
	flags := flag.NewFlagSet("pugmark", flag.ContinueOnError)
	new(choices).define(flags, "")
	n := 0
	flags.VisitAll(func(f *flag.Flag) {
		n++
		value, text := flag.UnquoteUsage(f)
		item := ".It Fl -" + f.Name
		if value != "" {
			item += " Ar " + value
		}
		_, says, found := strings.Cut(page, item+"\n")
		says, _, _ = strings.Cut(says, "\n.It")
		if says = strings.Join(strings.Fields(says), " "); !found || !strings.HasPrefix(strings.ToLower(says), strings.ToLower(text)) {
			t.Errorf("the manual page has no %q with %q; got %q", item, text, says)
		}
	})
	if got := strings.Count(page, ".It Fl "); got != n {
		t.Errorf("the manual page explains %d flags, want %d", got, n)
	}
}
