package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"pugmark/evidence"
	"pugmark/review"
	"pugmark/review/handover"
)

func handoverCommand() *command {
	return &command{
		name: "handover", args: "[CAPTURE…] [--case REF] [--format FORMAT] -o FILE",
		short: "write a case in a format that other programs read",
		long: `Writes what a case, or some of its captures, say for programs that know nothing of
Pugmark. The file is no evidence, and is not sealed: "pug export" makes that. Each
capture in it has the digest of its manifest, which leads back to the bundle.

    case-uco  the case as CASE 1.4 has it, JSON-LD for the systems of other units
    csv       the listings as a table, one capture a row; with --bom for Excel
    json      the listings as an array; jsonl: one object a line
    har       all requests of one capture's page (HTTP Archive 1.2), for browsers'
              developer tools and for whoever looks at traffic

The format follows from the file's name (.jsonld, .csv, .json, .jsonl, .har), or is
given with --format. With -o - it goes to standard output. A cell of a table that a
program could take for a formula gets an apostrophe before it. A fact that a person
corrected stands in the place of the page's, and the row says so.

A HAR has what the session was secured with only if it is asked for: the values of
Cookie, Set-Cookie, Authorization and Proxy-Authorization are left out, unless
--with-cookies is given. Who has them may be able to act in the session. Addresses and
bodies are as they were, whatever secrets are in those. A body of more than --max-body
bytes is left out, and the entry says so.

It is written to the custody log, unless the vault can't be written or a bundle's file
is reviewed. No file is ever overwritten.

    pug handover --case OP-2031 -o op-2031.jsonld
    pug handover --case OP-2031 --bom -o op-2031.csv
    pug handover OP-2031/4 -o op-2031-4.har`,
		maxArgs: -1, usesVault: true, reviews: true,
		setup: func(flags *flag.FlagSet) action {
			var h handoverFlags
			flags.StringVar(&h.ref, "case", "", "the case `REF`, also of an imported bundle")
			flags.StringVar(&h.format, "format", "", "one of case-uco, csv, json, jsonl and har `FORMAT`; else as the file's name ends")
			flags.StringVar(&h.path, "o", "", "the `file` to write; - for standard output")
			flags.BoolVar(&h.request.BOM, "bom", false, "begin a csv with a byte order mark, so that Excel reads it as UTF-8")
			flags.BoolVar(&h.request.Cookies, "with-cookies", false, "leave cookies and authorisations in a har; logged")
			flags.Func("max-body", "leave out of a har what has more than `BYTES`; else 8388608", func(s string) (err error) {
				h.request.MaxBody, err = parseMaxBody(s)
				return err
			})
			return func(ctx context.Context, a *app, args []string) (outcome, error) {
				return a.handover(ctx, h, args)
			}
		},
	}
}

// maxBodyLimit is the largest limit of a body in a HAR, of which the text is in memory.
const maxBodyLimit = 256 << 20

func parseMaxBody(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 1 || n > maxBodyLimit {
		return 0, fmt.Errorf("want a number of bytes from 1 to %d", maxBodyLimit)
	}
	return n, nil
}

// handoverFlags are what "pug handover" is told.
type handoverFlags struct {
	ref, format, path string
	request           handover.Request
}

// check completes what is told, or says what is missing.
func (h *handoverFlags) check(a *app, captures []string) error {
	switch {
	case h.path == "":
		return tell("usage", "Say which file to write, with -o.", "For example: pug handover --case OP-1 -o op-1.csv")
	case h.ref == "" && len(captures) == 0 && a.bundle == nil:
		return tell("usage", "Say which case, or which captures.", "For example: pug handover --case OP-1 -o "+shellQuote(h.path))
	case h.path == "-" && a.json:
		return tell("usage", "Standard output can't have both the file and the document of --json.", "Name a file with -o.")
	}
	format, known := handover.FormatOf(h.path)
	if h.format != "" {
		format = handover.Format(strings.ToLower(h.format))
		known = slices.Contains(handover.Formats(), format)
	}
	h.request.Format = format
	if !known {
		return tell("usage", "The format is not known.", "Say one with --format: case-uco, csv, json, jsonl or har.")
	}
	if h.path == "-" {
		return nil
	}
	return checkTarget(h.path)
}

func (a *app) handover(ctx context.Context, h handoverFlags, names []string) (out outcome, err error) {
	if err := h.check(a, names); err != nil {
		return outcome{}, err
	}
	err = a.withWritableLibrary(ctx, func(l *review.Library) error {
		if h.request.Case, h.request.Captures, err = handedOver(ctx, l, h.ref, names); err != nil {
			return err
		}
		made, err := a.writeHandover(ctx, l.Vault(), h)
		if err != nil {
			return handoverError(err, h)
		}
		out = a.handoverOutcome(made, l)
		return nil
	})
	return out, err
}

// handedOver finds the case and those of its captures that are named.
func handedOver(ctx context.Context, l *review.Library, ref string, names []string) (c *review.Case, out []*review.Capture, err error) {
	if ref != "" || len(names) == 0 {
		if c, err = readCase(ctx, l, ref); err != nil {
			return nil, nil, err
		}
	}
	for _, name := range names {
		in, x, err := findReviewed(ctx, l, name)
		if err != nil {
			return nil, nil, err
		}
		if c == nil {
			c = in
		}
		if c.Name != in.Name {
			return nil, nil, tell("other_case", fmt.Sprintf("The capture %q belongs to the case %q, not to %q.", name, in.Name, c.Name),
				"A file holds captures of one case.")
		}
		out = append(out, x)
	}
	if len(c.Captures) == 0 {
		return nil, nil, tell("no_capture", fmt.Sprintf("The case %q has no captures yet, so there is nothing to hand over.", c.Name), "")
	}
	return c, out, nil
}

func (a *app) writeHandover(ctx context.Context, v *evidence.Vault, h handoverFlags) (*handover.Saved, error) {
	what := "captures"
	if h.request.Format == handover.HAR {
		what = "requests"
	}
	p := func(done, total int64) { a.tick("Writing %s: %d of %d", what, done, total) }
	if h.path == "-" {
		return handover.Stream(ctx, v, a.out, h.request, p)
	}
	a.step("Writing %s", h.path)
	return handover.Save(ctx, v, h.path, h.request, p)
}

// handoverError says what is wrong with a capture that can't be handed over.
func handoverError(err error, h handoverFlags) error {
	var damaged *review.ImportError
	switch {
	case errors.Is(err, handover.ErrOneCapture):
		return tell("usage", "A har is of one capture.", "For example: pug handover "+h.request.Case.Captures[0].Name()+" -o "+shellQuote(h.path))
	case errors.Is(err, handover.ErrNoArchive):
		return tell("no_archive", "The capture has no page archive, so its requests are not known.", `"pug show" says why, among its problems.`)
	case errors.As(err, &damaged):
		return err
	}
	return about(h.path, err)
}

// handoverOutcome says what was written, and what could not be.
func (a *app) handoverOutcome(s *handover.Saved, l *review.Library) (out outcome) {
	out = outcome{doc: s, text: func(w io.Writer) {
		if s.Path != "" {
			printHandover(w, s, l)
		}
	}}
	for _, u := range s.Unread {
		a.warn("%s could not be read, in part or at all: %s", u.Capture, clean(u.Why))
		out.exit = exitFindings
	}
	if s.LeftOut > 0 {
		a.warn("left out, since they have more than --max-body bytes: the bodies of %s", count(s.LeftOut, "message"))
	}
	return out
}

func printHandover(w io.Writer, s *handover.Saved, l *review.Library) {
	fmt.Fprintf(w, "Handed over %s of case %s as %s\n", count(s.Captures, "capture"), clean(s.Case), s.Format)
	fields := []field{{"file", s.Path}, {"size", sizeText(s.Bytes)}, {"SHA-256", s.SHA256.String()}}
	if s.Format == handover.HAR {
		fields = append(fields, field{"requests", strconv.Itoa(s.Requests)}, field{"cookies", cookiesText(s)})
	}
	printFields(w, append(fields, field{"custody log", loggedText(s, l)}))
}

// cookiesText says what became of the secrets of the session, if there are any.
func cookiesText(s *handover.Saved) string {
	if s.Hidden == 0 {
		return ""
	}
	return "left out, and authorisations: " + count(s.Hidden, "value")
}

func loggedText(s *handover.Saved, l *review.Library) string {
	switch {
	case s.Logged:
		return "logged"
	case l.Vault() == nil:
		return "NOT logged: the bundle " + filepath.Base(l.FileName()) + " is only read"
	}
	return "NOT logged: the vault can't be written"
}
