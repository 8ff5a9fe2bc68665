package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"strings"

	"pugmark/capture"
	"pugmark/capture/replay"
	"pugmark/capture/warc"
	"pugmark/evidence"
	"pugmark/recorder"
	"pugmark/review"
)

func replayCommand() *command {
	return &command{
		name: "replay", args: "CAPTURE|FILE [--compare] [-o FILE]",
		short: "open an archived page again, without the network",
		long: `Opens the archived page of a capture in a browser, as it was: all that the page asks
for is answered from the archive, and nothing goes to the network. The page's clock
begins at the time of the capture. What the archive lacks is answered with a page that
says so. It ends when the window is closed, or with Ctrl-C.

A page archive that others made can be replayed too: FILE is a WACZ file, or a WARC
file with or without gzip. Nothing is written to a vault, and no passphrase is needed.

With --compare the page is drawn again without a window, as the capture did it, and
compared with the original picture: the share of identical pixels is printed. -o then
writes a picture of the differences: red where they show.

    pug replay OP-2031/1
    pug replay OP-2031/1 --compare -o differences.png
    pug replay crawl.wacz --log answers.jsonl`,
		minArgs: 1, maxArgs: 1, usesVault: true, reviews: true,
		setup: func(flags *flag.FlagSet) action {
			r := new(replayRun)
			r.flags(flags)
			return func(ctx context.Context, a *app, args []string) (out outcome, err error) {
				r.app = a
				return r.run(ctx, args[0])
			}
		},
	}
}

// replayRun is a run of "pug replay".
type replayRun struct {
	*app
	compare, headless bool
	page              string
	picture, log      string // files to write; "" for none
	options           replay.Options
	doc               replayDoc
}

// replayDoc is the document of "pug replay".
type replayDoc struct {
	Address    string             `json:"address"`
	Title      string             `json:"title,omitempty"`
	Records    int                `json:"records"`
	Damage     []string           `json:"damage,omitempty"`
	Comparison *replay.Comparison `json:"comparison,omitempty"`
	Identical  *float64           `json:"identical_percent,omitempty"`
	Near       *float64           `json:"near_percent,omitempty"`
	Drawn      *replay.Drawn      `json:"drawn,omitempty"`
	Requests   replay.Summary     `json:"requests"`
	Picture    string             `json:"picture,omitempty"`
	Log        string             `json:"log,omitempty"`
}

func (r *replayRun) flags(flags *flag.FlagSet) {
	flags.BoolVar(&r.compare, "compare", false, "draw the page without a window and compare it with the original picture")
	flags.BoolVar(&r.headless, "headless", false, "draw the page without a window; -o writes its picture")
	flags.StringVar(&r.page, "page", "", "open another page of the archive: its `address`")
	flags.StringVar(&r.picture, "o", "", "with --compare or --headless, the `file` (PNG) for the picture; there must be none")
	flags.StringVar(&r.log, "log", "", "write to a `file` how each request was answered, one JSON object a line; there must be none")
	flags.StringVar(&r.options.Browser.Path, "chrome", "", "the `program` Chromium or Chrome; else it is searched for")
	flags.BoolVar(&r.options.Browser.NoSandbox, "no-sandbox", false, "run Chromium without its sandbox, as root in a container must")
}

// run replays what a name or a path names.
func (r *replayRun) run(ctx context.Context, name string) (outcome, error) {
	if r.picture != "" && !r.compare && !r.headless {
		return outcome{}, tell("usage", "-o goes with --compare or --headless only.", `"pug help replay" shows how it is used.`)
	}
	if r.picture != "" {
		if err := checkTarget(r.picture); err != nil {
			return outcome{}, err
		}
	}
	err := r.withLog(func() error {
		if isArchiveName(name) {
			return r.file(ctx, name)
		}
		return r.capture(ctx, name)
	})
	return outcome{doc: r.doc, text: r.doc.print}, r.advise(name, err)
}

// isArchiveName reports whether an argument is the name of a file rather than
// that of a capture.
func isArchiveName(name string) bool {
	lower := strings.ToLower(name)
	return strings.HasSuffix(lower, ".wacz") || strings.HasSuffix(lower, ".warc") || strings.HasSuffix(lower, ".warc.gz")
}

// withLog runs f with the log of the answers open, if one is wanted.
func (r *replayRun) withLog(f func() error) error {
	if r.log == "" {
		return f()
	}
	file, err := os.OpenFile(r.log, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return about(r.log, err)
	}
	buffered := bufio.NewWriter(file)
	lines := json.NewEncoder(buffered)
	lines.SetEscapeHTML(false)
	var failed error
	r.options.Events = func(e replay.Event) {
		if failed == nil {
			failed = lines.Encode(e)
		}
	}
	r.doc.Log = r.log
	err = f()
	return errors.Join(err, failed, buffered.Flush(), file.Close())
}

// file replays an archive that others made.
func (r *replayRun) file(ctx context.Context, path string) error {
	r.step("Reading the archive")
	archive, err := replay.OpenFile(ctx, path)
	if err != nil {
		return err
	}
	defer archive.Close()
	return r.replay(ctx, archive)
}

// capture replays a capture of the vault, of a bundle that it imported, or of a
// bundle's file.
func (r *replayRun) capture(ctx context.Context, name string) error {
	return r.withLibrary(ctx, func(l *review.Library) error {
		_, x, err := findReviewed(ctx, l, name)
		if err != nil {
			return err
		}
		m, err := x.Manifest()
		if err != nil {
			return damaged(x.Capture, err)
		}
		return r.folder(ctx, x.Files, m)
	})
}

func (r *replayRun) folder(ctx context.Context, files fs.FS, m *evidence.Manifest) error {
	r.step("Reading the archive")
	archive, err := replay.OpenCapture(ctx, files, m)
	if err != nil {
		return err
	}
	defer archive.Close()
	return r.replay(ctx, archive)
}

// replay replays an archive in the way that was asked for.
func (r *replayRun) replay(ctx context.Context, archive *replay.Archive) error {
	if err := r.turn(archive); err != nil {
		return err
	}
	r.doc.Address, r.doc.Title = archive.Address, archive.Title
	r.doc.Records, r.doc.Damage = archive.Records(), archive.Damage()
	for _, d := range archive.Damage() {
		r.warn("%s", clean(d))
	}
	r.options.Progress = func(p capture.Progress) { r.tick("Drawing: %s", steps[p.Step]) }
	switch {
	case r.compare:
		r.step("Drawing the archived page")
		return r.withPicture(func(w io.Writer) error { return r.compareWith(ctx, archive, w) })
	case r.headless:
		r.step("Drawing the archived page")
		return r.withPicture(func(w io.Writer) (err error) {
			if w == nil {
				w = io.Discard
			}
			if r.doc.Drawn, err = replay.Draw(ctx, archive, r.options, w); err == nil {
				r.doc.Requests = r.doc.Drawn.Summary
			}
			return err
		})
	}
	return r.show(ctx, archive)
}

// turn opens another page of the archive, if one is asked for.
func (r *replayRun) turn(archive *replay.Archive) error {
	if r.page == "" {
		return nil
	}
	want, err := warc.Address(r.page)
	if err != nil {
		return tell("usage", fmt.Sprintf("%q is not the address of a page.", clean(r.page)), "Give it with http:// or https://.")
	}
	page := warc.PageEntry{URL: want}
	for _, p := range archive.Pages() {
		if p.URL == want {
			page = p
		}
	}
	archive.Turn(page)
	return nil
}

func (r *replayRun) compareWith(ctx context.Context, archive *replay.Archive, w io.Writer) error {
	c, err := replay.Compare(ctx, archive, r.options, w)
	if err != nil {
		return err
	}
	r.doc.Comparison, r.doc.Requests = c, c.Summary
	r.doc.Identical, r.doc.Near = new(c.Share()), new(c.NearShare())
	return nil
}

// show shows the page in a window until that is closed.
func (r *replayRun) show(ctx context.Context, archive *replay.Archive) error {
	r.step("Opening the archived page in a window")
	s, err := replay.Open(ctx, archive, r.options)
	if err != nil {
		return err
	}
	r.step("The page is open. Close its window, or press Ctrl-C, to end.")
	err = s.Wait(ctx)
	r.doc.Requests = s.Summary()
	if errors.Is(err, context.Canceled) {
		err = nil // the usual way to end
	}
	return errors.Join(err, s.Close())
}

// withPicture runs f with a writer for the picture, nil if none is wanted. The
// file gets its name once it is whole.
func (r *replayRun) withPicture(f func(io.Writer) error) (err error) {
	if r.picture == "" {
		return f(nil)
	}
	r.doc.Picture = r.picture
	return about(r.picture, evidence.WriteFile(r.picture, f))
}

// advise says what an error means for a replay.
func (r *replayRun) advise(name string, err error) error {
	var browser *replay.BrowserError
	var subject *subjectError
	switch {
	case errors.As(err, &browser):
		return &recorder.BrowserError{Options: browser.Options, Err: browser.Err}
	case errors.As(err, &subject):
		return err
	}
	return about(name, err)
}

func (d replayDoc) print(w io.Writer) {
	if d.Title != "" {
		fmt.Fprintf(w, "Replayed %s\n", clean(d.Title))
	} else {
		fmt.Fprintf(w, "Replayed %s\n", clean(d.Address))
	}
	fields := []field{{"address", clean(d.Address)}}
	if c := d.Comparison; c != nil {
		fields = append(fields,
			field{"identical", identicalText(c.Share()) + " of the pixels"},
			field{"nearly", fmt.Sprintf("%s of them differ by no more than %d of 255", identicalText(c.NearShare()), c.Tolerance)},
			field{"original", fmt.Sprintf("%d×%d", c.Original.Width, c.Original.Height)},
			field{"replayed", fmt.Sprintf("%d×%d", c.Replayed.Width, c.Replayed.Height)})
		printProblems(w, "!", c.Problems)
	}
	if d.Drawn != nil {
		fields = append(fields, field{"picture", fmt.Sprintf("%d×%d", d.Drawn.Size.Width, d.Drawn.Size.Height)})
		printProblems(w, "!", d.Drawn.Problems)
	}
	printFields(w, append(fields, field{"written to", d.Picture}, field{"log", d.Log}))
	d.printRequests(w)
}

// identicalText writes a share so that only the whole is 100 %.
func identicalText(percent float64) string {
	return fmt.Sprintf("%.2f %%", math.Floor(percent*100)/100)
}

// shownMissing is how many of the addresses that the archive lacks are printed.
const shownMissing = 10

func (d replayDoc) printRequests(w io.Writer) {
	s := d.Requests
	fmt.Fprintf(w, "%s answered from the archive: %d exactly, %d by a similar one; %d failed as they did then; %d not in the archive\n",
		count(s.Requests, "request"), s.Exact, s.Fuzzy, s.Failed, s.Absent)
	for _, address := range s.Missing[:min(len(s.Missing), shownMissing)] {
		fmt.Fprintf(w, "  - %s\n", clean(address))
	}
	if more := len(s.Missing) - shownMissing; more > 0 {
		fmt.Fprintf(w, "  - and %d more\n", more)
	}
}
