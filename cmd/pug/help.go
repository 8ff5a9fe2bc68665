package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"strings"
)

func helpCommand() *command {
	return &command{
		name: "help", args: "[COMMAND]", short: "show how a command is used", long: "Shows how a command is used.",
		maxArgs: 2,
		setup: func(*flag.FlagSet) action {
			return func(_ context.Context, _ *app, args []string) (outcome, error) {
				if len(args) == 0 {
					return helpOutcome(nil)
				}
				cmd, rest, err := findCommand(args)
				if err == nil && len(rest) > 0 {
					err = unknownCommand([]string{strings.Join(args, " ")})
				}
				if err != nil {
					return outcome{}, err
				}
				return helpOutcome(cmd)
			}
		},
	}
}

// helpDoc is the document of "pug help".
type helpDoc struct {
	Help string `json:"help"`
}

// helpOutcome is the help for a command, or for the program.
func helpOutcome(cmd *command) (outcome, error) {
	text := overview()
	if cmd != nil {
		text = cmd.help()
	}
	return outcome{doc: helpDoc{text}, text: func(w io.Writer) { io.WriteString(w, text) }}, nil
}

const overviewHead = `pug records online listings so that a court can rely on the record: what the page
showed, what the server sent, when, through which tool, and who touched the
record since. Everything stays on this machine.

    pug init                                            once: make a vault
    pug case new OP-1 --title "Ivory bangles"           open a case
    pug capture https://example.com/item/7 --case OP-1  capture a listing
    pug export --case OP-1 -o op-1.pugmark.zip          make a sealed bundle
    pug verify op-1.pugmark.zip                         verify it, on any machine

Commands:
`

const overviewTail = `
"pug help COMMAND" explains one. All take --json and --quiet; flags may stand
before or after the other arguments.

The exit code is 0 when a command is done (or what it verified is VERIFIED), 1
when it found something that you must look at, 2 when it could not be done, and
130 when it was stopped.
`

func overview() string {
	var rows [][]string
	for _, c := range commands() {
		rows = append(rows, []string{"  " + c.name, c.short})
	}
	return overviewHead + table(rows) + overviewTail
}

// help returns a command's own help.
func (c *command) help() string {
	flags, _ := new(app).prepare(c)
	var b strings.Builder
	fmt.Fprintf(&b, "Usage: %s\n\n%s\n\nFlags:\n", c.usage(), c.long)
	flags.VisitAll(func(f *flag.Flag) {
		value, text := flag.UnquoteUsage(f)
		fmt.Fprintf(&b, "  %s\n", strings.TrimSpace(dashed(f.Name)+" "+placeholder(value)))
		b.WriteString(wrap(text, "        ", 80))
	})
	return b.String()
}

// placeholder writes what a flag takes: a name in capitals.
func placeholder(value string) string {
	if value == strings.ToLower(value) {
		return strings.ToUpper(value)
	}
	return value
}
