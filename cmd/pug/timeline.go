package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"strings"

	"pugmark/review"
	"pugmark/review/compare"
)

func timelineCommand() *command {
	return &command{
		name: "timeline", args: "CAPTURE|ADDRESS", short: "show what became of a listing, over all its captures",
		long: `Shows what became of one listing: all its captures in all cases, also in imported
bundles, in the order of time, and what each shows against the one before it: first
seen, unchanged, another price, title, seller, availability, other photographs, another
text, removed, relisted.

Captures are of one listing if they have an address in common, or the platform and the
number of the advert. What came from where a visitor was before, such as utm_source,
makes no other address.

A listing counts as removed only if the server answered 404 or 410, or the page itself
says so. A capture that failed, was refused or was sent elsewhere proves nothing, and
is listed as inconclusive. "Possibly relisted" is a listing at another address, first
captured later, that has at least two things in common with this one, which are given:
photographs, seller, title or description.

    pug timeline OP-2031/1
    pug timeline https://example.com/item/7`,
		minArgs: 1, maxArgs: 1, usesVault: true, reviews: true,
		setup: func(*flag.FlagSet) action {
			return func(ctx context.Context, a *app, args []string) (outcome, error) { return a.timeline(ctx, args[0]) }
		},
	}
}

func (a *app) timeline(ctx context.Context, name string) (out outcome, err error) {
	err = a.withLibrary(ctx, func(l *review.Library) error {
		t, err := a.readTimeline(ctx, l, name)
		if err != nil {
			return err
		}
		if t.Captures == 0 {
			return tell("no_capture", fmt.Sprintf("No capture is of the address %q.", clean(name)), `"pug list" lists what was captured.`)
		}
		out = outcome{doc: t, text: func(w io.Writer) { printTimeline(w, t) }}
		if len(t.Unread) > 0 {
			a.warn("%s could not be read, in part or at all, and may belong to this; \"pug verify --all\" says what is wrong", count(len(t.Unread), "capture"))
			out.exit = exitFindings
		}
		return nil
	})
	return out, err
}

func (a *app) readTimeline(ctx context.Context, l *review.Library, name string) (*compare.Timeline, error) {
	isAddress := strings.Contains(name, "://")
	var of *review.Capture
	if !isAddress {
		var err error
		if _, of, err = findReviewed(ctx, l, name); err != nil {
			return nil, err
		}
	}
	cases, err := l.Cases(ctx, func(_ string, err error) error {
		a.warn("%s", clean(libraryError(err).Error()))
		return nil
	})
	if err != nil {
		return nil, err
	}
	progress := func(done, total int) { a.tick("Reading captures: %d of %d", done, total) }
	if isAddress {
		return compare.TimelineAt(ctx, cases, name, progress)
	}
	return compare.TimelineOf(ctx, cases, of.ID, progress)
}

func printTimeline(w io.Writer, t *compare.Timeline) {
	fmt.Fprintf(w, "%s of one listing, of %d that were looked at\n", sentence(count(t.Captures, "capture")), t.Looked)
	for _, k := range t.Keys {
		fmt.Fprintf(w, "  %s\n", shorten(clean(k), compareWidth))
	}
	before := ""
	for _, e := range t.Events {
		if at := e.Capture.ID.String(); at != before {
			fmt.Fprintf(w, "\n%s  %s  %s\n", localTime(e.Capture.Started), e.Capture.Name, e.Capture.Verdict)
			before = at
		}
		fmt.Fprintf(w, "  %s\n", eventText(e))
	}
	for _, u := range t.Unread {
		fmt.Fprintf(w, "\n! %s can't be read: %s\n", u.Name, clean(u.Why))
	}
}

func eventText(e compare.Event) string {
	text := strings.ToUpper(string(e.Kind))
	if e.A != "" || e.B != "" {
		text += fmt.Sprintf("  %s → %s", valueText(e.A), valueText(e.B))
	}
	if e.Kind == compare.PossiblyRelisted {
		text += "  " + shorten(clean(e.Capture.Address), addressWidth)
	}
	if e.Why != "" {
		text += "  (" + clean(e.Why) + ")"
	}
	return text
}
