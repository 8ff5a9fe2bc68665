package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"pugmark/recorder"
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

// scanAddresses reads the addresses of a file, and says in which line one can't be
// right.
func scanAddresses(name string, r io.Reader) ([]string, error) {
	out, err := recorder.ReadAddresses(r)
	var bad *recorder.AddressError
	var told *toldError
	if errors.As(err, &bad) && errors.As(checkAddress(bad.Text), &told) {
		return nil, tell(told.Code, fmt.Sprintf("Line %d of %s: %s", bad.Line, name, told.Message), told.Hint+" Nothing was captured.")
	}
	return out, about(name, err)
}
