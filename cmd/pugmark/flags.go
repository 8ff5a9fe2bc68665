package main

import (
	"flag"
	"fmt"
	"os"
	"strings"

	"pugmark/evidence"
	"pugmark/ui"
)

// choices are what the command line says.
type choices struct {
	vault   string // folder
	file    string // to be shown: a bundle, a vault's folder, a list of addresses
	options ui.Options
	version bool // print it, and no more
}

// define defines the flags. The environment may name a vault.
func (c *choices) define(flags *flag.FlagSet, env string) {
	flags.StringVar(&c.vault, "vault", env, "the `folder` of the vault to open; else that of "+evidence.VaultEnv+
		", else the one that was opened last, else the one in your data folder")
	flags.StringVar(&c.options.Browser.Path, "chrome", "", "the `program` Chromium or Chrome; else it is searched for")
	flags.BoolVar(&c.options.Browser.NoSandbox, "no-sandbox", false, "run Chromium without its sandbox, as root in a container must; recorded")
	flags.StringVar(&c.options.Language, "lang", "", "the `language` of the window: en, zh-Hans, fr or es; else the one chosen in it, else the system's")
	flags.BoolVar(&c.version, "version", false, "print the version, and open no window")
}

// parse reads the command line. The error was told already.
func parse(args []string, env string) (c choices, err error) {
	flags := flag.NewFlagSet("pugmark", flag.ContinueOnError)
	c.define(flags, env)
	flags.Usage = func() { usage(flags) }
	if err := flags.Parse(args); err != nil {
		return c, err
	}
	c.file = flags.Arg(0)
	if flags.NArg() > 1 {
		err = fmt.Errorf("got argument %q, want at most one file", flags.Arg(1))
		fmt.Fprintln(os.Stderr, "pugmark:", err)
	}
	return c, err
}

const usageHead = `Usage: pugmark [--vault FOLDER] [--chrome PROGRAM] [--no-sandbox] [--lang LANGUAGE] [FILE]

Opens the window of Pugmark: pages are captured in it, and a vault's captures are
reviewed, exported and verified. FILE is shown as if it were dropped on the window:
a bundle is verified, the addresses of a text file are offered for capture.
"pug help" lists the commands for a terminal.

Flags:
`

func usage(flags *flag.FlagSet) {
	var b strings.Builder
	b.WriteString(usageHead)
	flags.VisitAll(func(f *flag.Flag) {
		value, text := flag.UnquoteUsage(f)
		fmt.Fprintf(&b, "%s\n        %s\n", strings.TrimRight("  --"+f.Name+" "+strings.ToUpper(value), " "), text)
	})
	fmt.Fprint(flags.Output(), b.String())
}
