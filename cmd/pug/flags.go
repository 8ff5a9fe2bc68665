package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

func newFlagSet(name string) *flag.FlagSet {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.Usage = func() {}
	return flags
}

// parseInterspersed parses flags wherever they stand, as in "capture URL --case
// OP-1", and returns the other arguments. All that follows "--" is none.
func parseInterspersed(flags *flag.FlagSet, args []string) (rest []string, err error) {
	for len(args) > 0 {
		if err := flags.Parse(args); err != nil {
			return nil, err
		}
		used := args[:len(args)-flags.NArg()]
		args = flags.Args()
		if len(used) > 0 && used[len(used)-1] == "--" {
			return append(rest, args...), nil
		}
		if len(args) > 0 {
			rest, args = append(rest, args[0]), args[1:]
		}
	}
	return rest, nil
}

// parseWrapping parses flags before and after the first argument. All from the second
// one on is returned as it is.
func parseWrapping(flags *flag.FlagSet, args []string) (rest []string, err error) {
	if err := flags.Parse(args); err != nil || flags.NArg() == 0 {
		return nil, err
	}
	first := flags.Arg(0)
	if err := flags.Parse(flags.Args()[1:]); err != nil {
		return nil, err
	}
	return append([]string{first}, flags.Args()...), nil
}

// flagError puts an error of package flag into words for people.
func flagError(err error, flags *flag.FlagSet, help string) error {
	text := err.Error()
	if name, ok := strings.CutPrefix(text, "flag provided but not defined: -"); ok {
		return unknownFlag(strings.TrimLeft(name, "-"), flags, help)
	}
	if name, ok := strings.CutPrefix(text, "flag needs an argument: -"); ok {
		return tell("usage", fmt.Sprintf("%s needs a value.", dashed(name)), fmt.Sprintf("%q shows how it is used.", help))
	}
	// invalid value "x" for flag -timeout: want a time such as 45s
	if value, why, ok := strings.Cut(text, ": "); ok {
		value, name, _ := strings.Cut(value, " for flag -")
		return tell("usage", fmt.Sprintf("%s for %s: %s.", sentence(value), dashed(name), strings.TrimSuffix(why, ".")),
			fmt.Sprintf("%q shows how it is used.", help))
	}
	return tell("usage", sentence(text)+".", fmt.Sprintf("%q shows how it is used.", help))
}

func unknownFlag(name string, flags *flag.FlagSet, help string) error {
	var names []string
	flags.VisitAll(func(f *flag.Flag) { names = append(names, f.Name) })
	message := fmt.Sprintf("There is no flag %s here.", dashed(name))
	if near := nearest(name, names); near != "" {
		return tell("usage", message, fmt.Sprintf("Did you mean %s?", dashed(near)))
	}
	return tell("usage", message, fmt.Sprintf("%q lists the flags.", help))
}

// dashed writes a flag's name as it is typed.
func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

// list is a flag that may be given several times.
type list []string

// String implements [flag.Value].
func (l *list) String() string { return strings.Join(*l, ", ") }

// Set implements [flag.Value].
func (l *list) Set(s string) error {
	*l = append(*l, s)
	return nil
}

// parseDuration reads a time such as "45s" or "2m", or a number of seconds.
func parseDuration(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if err != nil {
		var n int
		n, err = strconv.Atoi(s)
		d = time.Duration(n) * time.Second
	}
	if err != nil || d < time.Second || d > time.Hour {
		return 0, errors.New("want a time from 1s to 1h, such as 45s or 2m")
	}
	return d, nil
}

// parseSize reads a width and a height, such as "1280x800".
func parseSize(s string) (w, h int, err error) {
	width, height, _ := strings.Cut(strings.ToLower(s), "x")
	w, errW := strconv.Atoi(width)
	h, errH := strconv.Atoi(height)
	if errW != nil || errH != nil || min(w, h) < 100 || max(w, h) > 8192 {
		return 0, 0, errors.New("want a width and a height from 100 to 8192, such as 1280x800")
	}
	return w, h, nil
}
