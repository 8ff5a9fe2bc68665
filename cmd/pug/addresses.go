package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// addresses returns what is to be captured: the arguments, and then what --from
// names. One address that can't be right stops all, before anything is done.
func (a *app) addresses(args []string, from string) ([]string, error) {
	for _, s := range args {
		if err := checkAddress(s); err != nil {
			return nil, err
		}
	}
	if from != "" {
		more, err := a.readAddresses(from)
		if err != nil {
			return nil, err
		}
		args = append(args, more...)
	}
	if len(args) == 0 {
		return nil, tell("usage", "There is no address to capture.", "For example: pug capture https://example.com/item/7 --case OP-1")
	}
	return args, nil
}

func (a *app) readAddresses(from string) ([]string, error) {
	if from == "-" {
		return scanAddresses("standard input", a.stdin)
	}
	f, err := os.Open(from)
	if err != nil {
		return nil, about(from, err)
	}
	defer f.Close()
	return scanAddresses(from, f)
}

// scanAddresses reads one address a line. An empty line and one that begins
// with # hold none; # within an address is a part of it.
func scanAddresses(name string, r io.Reader) (out []string, err error) {
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\ufeff"))
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		line, _, _ = strings.Cut(line, " #")
		line = strings.TrimSpace(line)
		var bad *toldError
		if err := checkAddress(line); errors.As(err, &bad) {
			return nil, tell(bad.Code, fmt.Sprintf("Line %d of %s: %s", n, name, bad.Message), bad.Hint+" Nothing was captured.")
		}
		out = append(out, line)
	}
	return out, about(name, lines.Err())
}
