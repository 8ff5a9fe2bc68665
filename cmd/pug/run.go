package main

import (
	"context"
	"errors"
	"flag"
	"io"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"pugmark/evidence"
	"pugmark/evidence/bundle"
)

// Exit codes; the package comment says what they mean.
const (
	exitDone     = 0
	exitFindings = 1
	exitNotDone  = 2
	exitStopped  = 130
)

// app is one run of the program.
type app struct {
	*console
	stdin io.Reader

	json           bool
	quiet          bool
	vault          string // --vault
	passphraseFile string // --passphrase-file

	bundle *reviewedBundle // that is reviewed in place of the vault; nil: the vault is
}

// outcome is what a command comes to.
type outcome struct {
	exit int
	doc  any             // for --json
	text func(io.Writer) // for people; nil where it was printed on the way
}

// run runs the command that args name and returns the exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	a := &app{console: newConsole(stdout, stderr), stdin: stdin}
	out, err := a.dispatch(ctx, args)
	a.clear()
	if err == nil {
		err = a.print(out)
	}
	if err == nil {
		err = a.writeError()
	}
	if err != nil {
		return a.fail(ctx, err)
	}
	return out.exit
}

func (a *app) dispatch(ctx context.Context, args []string) (outcome, error) {
	global := newFlagSet("pug")
	a.commonFlags(global)
	if err := global.Parse(args); err != nil && !errors.Is(err, flag.ErrHelp) {
		return outcome{}, flagError(err, global, "pug help")
	} else if err != nil {
		return helpOutcome(nil)
	}
	if global.NArg() == 0 {
		return outcome{}, tell("usage", "Say what to do.", `"pug help" lists the commands.`)
	}
	cmd, rest, err := findCommand(global.Args())
	if err != nil {
		return outcome{}, err
	}
	return a.runCommand(ctx, cmd, rest)
}

func (a *app) runCommand(ctx context.Context, cmd *command, args []string) (outcome, error) {
	flags, do := a.prepare(cmd)
	parse := parseInterspersed
	if cmd.wraps {
		parse = parseWrapping
	}
	rest, err := parse(flags, args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return helpOutcome(cmd)
	case err != nil:
		return outcome{}, flagError(err, flags, "pug help "+cmd.name)
	}
	a.console.quiet = a.quiet
	if err := cmd.checkCount(rest); err != nil {
		return outcome{}, err
	}
	return do(ctx, a, rest)
}

// print prints what a command came to.
func (a *app) print(out outcome) error {
	if a.json && out.doc != nil {
		return a.document(out.doc)
	}
	if out.text != nil && !a.json {
		out.text(a)
	}
	return nil
}

// document prints the one JSON document.
func (a *app) document(v any) error {
	b, err := json.Marshal(v, json.Deterministic(true), jsontext.WithIndent("  "))
	if err != nil {
		return err
	}
	_, err = a.Write(append(b, '\n'))
	return err
}

// fail tells why a command could not be done, and returns the exit code.
func (a *app) fail(ctx context.Context, err error) int {
	adv := advise(err)
	if ctx.Err() != nil {
		adv = advise(ctx.Err())
	}
	a.complain(adv)
	doc := errorDoc{Error: adv}
	var altered *bundle.FailedError
	if errors.As(err, &altered) {
		doc.Findings = altered.Report.Findings
		printFindings(a.log, doc.Findings)
	}
	if a.json {
		// Where even this can't be written, the exit code has to do.
		_ = a.document(doc)
	}
	if ctx.Err() != nil {
		return exitStopped
	}
	return exitNotDone
}

// errorDoc is the JSON document of a command that could not be done.
type errorDoc struct {
	Error    advice             `json:"error"`
	Findings []evidence.Finding `json:"findings,omitempty"` // why a bundle is refused
}
