package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strconv"
	"strings"

	"pugmark/capture"
	"pugmark/evidence"
	"pugmark/review"
	"pugmark/review/report"
)

func reportCommand() *command {
	return &command{
		name: "report", args: "--case REF -o FILE.pdf [--capture CAPTURE]… [--lang en|zh-Hans] [--sign CERT.pem --sign-key KEY.pem]",
		short: "make a report of a case for a court",
		long: `Makes a report of a case as a PDF for a court: cover, exhibits, and for each capture
the verdict and its problems, the times that authorities vouch for and the gaps, what
the page says and what people added, digests, what was done to the page, its picture
cut into legible parts, the custody history, and how to verify all of it by hand.
Annexes have draft certifications for the US Federal Rules of Evidence 902(13) and
902(14), a checklist of the Berkeley Protocol with the gaps, and ISO/IEC 27037.

It is a reading copy: the bundle is the evidence. What is in it is verified while it
is made, and the cover says what was found; a report of captures that are not as
they were sealed is made all the same, and says so first.

Chromium prints it, with no access to the network. The digest of the file is written
to the custody log of the vault; that needs no passphrase. A vault that is read-only,
or a bundle's file, is left as it is, and the report isn't logged. A case of an
imported bundle is named as in OP-2031@1a2b3c4d.

With --sign the PDF is signed with a certificate and its key, both in PEM; the
certificates that lead to its root may follow in the same file. With --sign-time the
vault's first time-stamp authority stamps the signature. No file is ever overwritten.

    pug report --case OP-2031 -o op-2031.pdf
    pug report --case OP-2031 --capture OP-2031/3 --lang zh-Hans -o exhibit-3.pdf
    pug report --case OP-2031 -o op-2031.pdf --sign unit.pem --sign-key unit.key`,
		usesVault: true, reviews: true,
		setup: func(flags *flag.FlagSet) action {
			r := new(reportRun)
			r.define(flags)
			return func(ctx context.Context, a *app, _ []string) (outcome, error) {
				r.app = a
				return r.run(ctx)
			}
		},
	}
}

// reportRun is a run of "pug report".
type reportRun struct {
	*app
	ref     string
	options report.Options
	browser capture.Options
	sign    signFlags
}

func (r *reportRun) define(flags *flag.FlagSet) {
	flags.StringVar(&r.ref, "case", "", "the case `REF`")
	flags.StringVar(&r.options.Path, "o", "", "the report's `file`; there must be none")
	flags.Var((*list)(&r.options.Captures), "capture", "only this `capture`; may be repeated")
	flags.StringVar(&r.options.Lang, "lang", report.Languages[0], "the report's `language`: "+strings.Join(report.Languages, " or "))
	flags.StringVar(&r.browser.Path, "chrome", "", "the browser's `program`; else the first that is found")
	flags.BoolVar(&r.browser.NoSandbox, "no-sandbox", false, "run the browser without its sandbox")
	r.sign.define(flags)
}

func (r *reportRun) run(ctx context.Context) (out outcome, err error) {
	switch {
	case r.ref == "" && r.bundle == nil:
		return outcome{}, tell("usage", "Say which case to report.", "For example: pug report --case OP-1 -o op-1.pdf")
	case r.options.Path == "":
		return outcome{}, tell("usage", "Say which file to write the report to.",
			fmt.Sprintf("For example: pug report --case %s -o report.pdf", cmp.Or(clean(r.ref), "OP-1")))
	}
	if err := checkTarget(r.options.Path); err != nil {
		return outcome{}, err
	}
	if r.options.Signature, err = r.sign.read(); err != nil {
		return outcome{}, err
	}
	err = r.withWritableLibrary(ctx, func(l *review.Library) error {
		out, err = r.report(ctx, l)
		return err
	})
	return out, err
}

func (r *reportRun) report(ctx context.Context, l *review.Library) (outcome, error) {
	c, err := readCase(ctx, l, r.ref)
	if err != nil {
		return outcome{}, err
	}
	if len(c.Captures) == 0 {
		return outcome{}, tell("no_capture", fmt.Sprintf("The case %q has no captures yet, so there is nothing to report.", c.Name),
			fmt.Sprintf("Make one: pug capture ADDRESS --case %s", c.Ref))
	}
	if err := r.sign.stamp(ctx, r.options.Signature, l.Vault()); err != nil {
		return outcome{}, err
	}
	r.step("Starting the browser")
	b, err := capture.Start(ctx, r.browser)
	if err != nil {
		return outcome{}, err
	}
	defer b.Close()
	r.options.Progress = r.progress
	res, err := report.Make(ctx, b, l, c, r.options)
	if err != nil {
		return outcome{}, r.madeError(err)
	}
	return outcome{exit: reportExit(res), doc: res, text: func(w io.Writer) { printReport(w, c, res) }}, nil
}

// madeError names what an error of making is about.
func (r *reportRun) madeError(err error) error {
	if errors.Is(err, evidence.ErrNoCapture) || errors.Is(err, evidence.ErrAmbiguous) {
		return about(strings.Join(r.options.Captures, ", "), err)
	}
	return err
}

var reportSteps = map[string]string{
	"verify": "Verifying", "pictures": "Reading the captures", "layout": "Laying the report out", "print": "Printing", "sign": "Signing",
}

func (r *reportRun) progress(p report.Progress) {
	text := reportSteps[p.Step]
	if p.Total > 0 {
		text += fmt.Sprintf(", %d of %d", p.Done, p.Total)
	}
	r.step("%s", text)
}

// reportExit tells a program that the report says that something is altered.
func reportExit(r *report.Result) int {
	if r.Outcome == evidence.FailedVerification {
		return exitFindings
	}
	return exitDone
}

func printReport(w io.Writer, c *review.Case, r *report.Result) {
	fmt.Fprintf(w, "Made a report of %s of case %s\n", count(r.Captures, "capture"), c.Name)
	logged := "in the custody log, as report.made"
	if !r.Logged {
		logged = "not in a custody log: nothing is written into a bundle's file or a read-only vault. Keep the digest"
	}
	signed := ""
	if r.Signed {
		signed = "yes"
	}
	printFields(w, []field{
		{"file", r.Path}, {"size", fmt.Sprintf("%s, %s pages", sizeText(r.Bytes), strconv.Itoa(r.Pages))}, {"signed", signed},
		{"SHA-256", r.SHA256.String()}, {"digest", logged}, {"verification", strings.ToUpper(string(r.Outcome))},
	})
	if r.Findings > 0 {
		fmt.Fprintf(w, "What is reported is not as it was sealed: %s. The report says so on its cover.\n", count(r.Findings, "finding"))
	}
}
