package main

import (
	"context"
	"flag"
	"fmt"
	"strings"
)

// action does what a command is for, with its arguments other than flags.
type action func(ctx context.Context, a *app, args []string) (outcome, error)

// command is one of pug's commands.
type command struct {
	name  string // "case new"
	args  string // "URL… --case REF"
	short string // for the list of commands
	long  string // for its own help: what it does, and examples

	minArgs, maxArgs int // other than flags; maxArgs < 0: any number

	usesVault  bool // takes --vault
	usesSecret bool // takes --passphrase-file
	reviews    bool // "pug review" has it, for a bundle's file in place of the vault
	wraps      bool // from its second argument on there is another command with its flags

	// setup defines the command's flags and returns what it does.
	setup func(*flag.FlagSet) action
}

// commands lists all commands, in the order in which they are needed.
func commands() []*command {
	return []*command{
		initCommand(),
		caseNewCommand(), caseListCommand(), caseShowCommand(), caseCloseCommand(),
		captureCommand(),
		listCommand(), showCommand(), searchCommand(),
		replayCommand(), compareCommand(), timelineCommand(),
		photosFindCommand(), photosGroupsCommand(), photosSheetCommand(),
		noteCommand(), tagCommand(), factCommand(), regionCommand(), redactCommand(),
		assessCommand(), reportedCommand(),
		timestampCommand(),
		verifyCommand(),
		exportCommand(), importCommand(), reviewCommand(), handoverCommand(), reportCommand(),
		lexiconCheckCommand(), lexiconListCommand(), lexiconImportCommand(),
		taxaFindCommand(), taxaShowCommand(), taxaImportCommand(), taxaCodesCommand(),
		logCommand(), checkpointCommand(),
		keyListCommand(), keyRotateCommand(), keyPassphraseCommand(),
		keyRememberCommand(), keyForgetCommand(),
		vaultRebuildCommand(),
		authorityAddCommand(), authorityListCommand(), authorityRemoveCommand(),
		trustAddCommand(), trustListCommand(), trustRemoveCommand(),
		doctorCommand(),
		demoCommand(),
		versionCommand(),
		helpCommand(),
	}
}

// findCommand returns the command that args begin with, and what follows it.
func findCommand(args []string) (*command, []string, error) {
	for n := min(2, len(args)); n > 0; n-- {
		name := strings.Join(args[:n], " ")
		for _, c := range commands() {
			if c.name == name {
				return c, args[n:], nil
			}
		}
	}
	return nil, nil, unknownCommand(args)
}

// unknownCommand says what was meant, as far as that can be guessed.
func unknownCommand(args []string) error {
	given := args[0]
	var names, group []string
	for _, c := range commands() {
		names = append(names, c.name)
		if first, rest, ok := strings.Cut(c.name, " "); ok && first == given {
			group = append(group, rest)
		}
	}
	if len(group) > 0 {
		hint := fmt.Sprintf("It is followed by one of %s. For example: pug help %s %s", strings.Join(group, ", "), given, group[0])
		return tell("usage", fmt.Sprintf("%q alone is not a command.", "pug "+given), hint)
	}
	message := fmt.Sprintf("There is no command %q.", "pug "+given)
	if near := nearest(given, names); near != "" {
		return tell("usage", message, fmt.Sprintf("Did you mean %q?", "pug "+near))
	}
	return tell("usage", message, `"pug help" lists the commands.`)
}

// checkCount checks how many arguments there are.
func (c *command) checkCount(args []string) error {
	how := "Usage: " + c.usage()
	switch {
	case len(args) < c.minArgs && len(args) == 0:
		return tell("usage", fmt.Sprintf("%q needs to know more.", "pug "+c.name), how)
	case len(args) < c.minArgs:
		return tell("usage", fmt.Sprintf("%q needs more than %q.", "pug "+c.name, strings.Join(args, " ")), how)
	case c.maxArgs >= 0 && len(args) > c.maxArgs:
		return tell("usage", fmt.Sprintf("%q can do nothing with %q.", "pug "+c.name, args[c.maxArgs]), how)
	}
	return nil
}

func (c *command) usage() string { return strings.TrimSpace("pug " + c.name + " " + c.args) }

// prepare makes the command's flags.
func (a *app) prepare(c *command) (*flag.FlagSet, action) {
	flags := newFlagSet(c.name)
	do := c.setup(flags)
	flags.BoolVar(&a.json, "json", a.json, "print one JSON document instead of text")
	flags.BoolVar(&a.quiet, "quiet", a.quiet, "say nothing of the progress")
	if a.bundle != nil {
		a.bundle.decrypt.defineOnce(flags)
		return flags, do
	}
	if c.usesVault {
		flags.StringVar(&a.vault, "vault", a.vault, vaultFlagHelp)
	}
	if c.usesSecret {
		flags.StringVar(&a.passphraseFile, "passphrase-file", a.passphraseFile, passphraseFlagHelp)
	}
	return flags, do
}

const (
	vaultFlagHelp      = "the vault's `folder`; else PUGMARK_VAULT, else the user's data folder"
	passphraseFlagHelp = "`file` with the passphrase in its first line; else PUGMARK_PASSPHRASE_FILE, else it is asked for"
)

// commonFlags defines the flags that may also stand before the command.
func (a *app) commonFlags(flags *flag.FlagSet) {
	flags.BoolVar(&a.json, "json", false, "")
	flags.BoolVar(&a.quiet, "quiet", false, "")
	flags.StringVar(&a.vault, "vault", "", "")
	flags.StringVar(&a.passphraseFile, "passphrase-file", "", "")
}
