package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"

	"golang.org/x/term"
)

// passphraseEnv names a passphrase file for who doesn't use --passphrase-file.
const passphraseEnv = "PUGMARK_PASSPHRASE_FILE"

// maxPassphrase bounds what is read of a passphrase file, in bytes.
const maxPassphrase = 4096

// secret is a passphrase and whether somebody typed it.
type secret struct {
	text  string
	typed bool
}

// passphrase reads the passphrase from its file, or asks for it.
func (a *app) passphrase(ctx context.Context, ask string) (secret, error) {
	if path := a.passphrasePath(); path != "" {
		text, err := a.readPassphraseFile(path, "--passphrase-file or "+passphraseEnv)
		return secret{text: text}, err
	}
	tty, closeTTY, err := a.terminal()
	if err != nil {
		return secret{}, err
	}
	defer closeTTY()
	a.clear()
	text, err := askSecret(ctx, tty, a.log, ask)
	return secret{text, true}, err
}

// passphrasePath names the file with the passphrase, if there is one.
func (a *app) passphrasePath() string {
	if a.passphraseFile != "" {
		return a.passphraseFile
	}
	return os.Getenv(passphraseEnv)
}

// newPassphrase is passphrase for a vault that is being made: it has somebody
// type it twice.
func (a *app) newPassphrase(ctx context.Context) (string, error) {
	p, err := a.passphrase(ctx, "Passphrase for the new vault: ")
	if err != nil {
		return "", err
	}
	if err := a.checkPassphrase(p.text); err != nil || !p.typed {
		return p.text, err
	}
	again, err := a.passphrase(ctx, askAgain)
	if err == nil {
		err = sameSecret(p.text, again.text)
	}
	return again.text, err
}

const askAgain = "The same passphrase again: "

// checkPassphrase refuses a new passphrase that is empty, and warns of one that
// is short.
func (a *app) checkPassphrase(text string) error {
	if text == "" {
		return errNoPassphrase
	}
	if len(text) < 12 {
		a.warn("the passphrase is short; whoever copies the vault could guess it")
	}
	return nil
}

func sameSecret(first, again string) error {
	if first != again {
		return tell("usage", "The two passphrases are not the same.", "Start again.")
	}
	return nil
}

// question is a passphrase other than that of a vault to be opened.
type question struct {
	what string // "new passphrase": in sentences, and to ask for it
	flag string // that names a file with it; empty: there is none
	path string // of that file; empty: it is asked for
}

// choose reads a passphrase that is being chosen. Who types it does so twice.
func (a *app) choose(ctx context.Context, q question) (string, error) {
	text, err := a.answer(ctx, q)
	if err == nil {
		err = a.checkPassphrase(text)
	}
	if err != nil || q.path != "" {
		return text, err
	}
	again, err := a.ask(ctx, q, askAgain)
	if err == nil {
		err = sameSecret(text, again)
	}
	return again, err
}

// answer reads a passphrase from its file, or asks for it.
func (a *app) answer(ctx context.Context, q question) (string, error) {
	if q.path != "" {
		return a.readPassphraseFile(q.path, q.flag)
	}
	return a.ask(ctx, q, "The "+q.what+": ")
}

func (a *app) ask(ctx context.Context, q question, text string) (string, error) {
	tty, closeTTY, err := a.terminal()
	if err != nil {
		hint := "Run pug on a terminal."
		if q.flag != "" {
			hint = "Write it into a file that only you can read, and name that with " + q.flag + "."
		}
		return "", tell("no_passphrase", fmt.Sprintf("The %s is needed, and there is no terminal to ask for it.", q.what), hint)
	}
	defer closeTTY()
	a.clear()
	return askSecret(ctx, tty, a.log, text)
}

var errNoPassphrase = tell("no_passphrase", "The passphrase is empty.", "Choose one of several words.")

// readPassphraseFile reads the first line of a file that a flag names.
func (a *app) readPassphraseFile(path, by string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", passphraseFileError(path, by, err)
	}
	defer f.Close()
	if fi, err := f.Stat(); err == nil && runtime.GOOS != "windows" && fi.Mode().IsRegular() && fi.Mode()&0o077 != 0 {
		a.warn("others can read the passphrase file %q (mode %#o); make it yours alone: chmod 600 %s", path, fi.Mode().Perm(), path)
	}
	line, err := bufio.NewReader(io.LimitReader(f, maxPassphrase)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", passphraseFileError(path, by, err)
	}
	line = strings.TrimRight(line, "\r\n")
	if line == "" {
		return "", tell("passphrase_file", fmt.Sprintf("The first line of the passphrase file %q is empty.", path), "Write the passphrase there.")
	}
	return line, nil
}

func passphraseFileError(path, by string, err error) error {
	return tell("passphrase_file", fmt.Sprintf("The passphrase file %q can't be read: %v.", path, bare(err)),
		"It is named by "+by+".")
}

// terminal returns the terminal to ask on: standard input, or, where that gives
// something else to a person who looks on, the one that the program runs on.
func (a *app) terminal() (tty *os.File, closeTTY func(), err error) {
	if f, ok := a.stdin.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return f, func() {}, nil
	}
	if a.live != nil {
		name := "/dev/tty"
		if runtime.GOOS == "windows" {
			name = "CONIN$"
		}
		if f, err := os.OpenFile(name, os.O_RDWR, 0); err == nil {
			return f, func() { f.Close() }, nil
		}
	}
	return nil, nil, tell("no_passphrase",
		"The passphrase is needed, and there is no terminal to ask for it.",
		"Write it into a file that only you can read, and name that with --passphrase-file or "+passphraseEnv+".",
	)
}

// askSecret asks for a line without showing it. The read itself can't be
// stopped, so that it is left behind when ctx ends.
func askSecret(ctx context.Context, tty *os.File, out io.Writer, ask string) (string, error) {
	state, err := term.GetState(int(tty.Fd()))
	if err != nil {
		return "", fmt.Errorf("asking for the passphrase: %w", err)
	}
	fmt.Fprint(out, ask)
	defer fmt.Fprintln(out)
	type answer struct {
		text []byte
		err  error
	}
	answers := make(chan answer, 1)
	go func() {
		text, err := term.ReadPassword(int(tty.Fd()))
		answers <- answer{text, err}
	}()
	select {
	case got := <-answers:
		if got.err != nil {
			return "", fmt.Errorf("asking for the passphrase: %w", got.err)
		}
		return string(got.text), nil
	case <-ctx.Done():
		return "", errors.Join(ctx.Err(), term.Restore(int(tty.Fd()), state))
	}
}
