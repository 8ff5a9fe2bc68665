package main

import (
	"context"
	"errors"
	"flag"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"pugmark/evidence/custody"
	"pugmark/review"
)

func logCommand() *command {
	return &command{
		name: "log", args: "[--case REF] [-n N]",
		short: "show the custody log",
		long: `Shows the custody log: who did what to which subject, when and why, the oldest
entry first. Entries are only ever added; "pug verify" detects any that was
changed, dropped, inserted or moved.

    pug log --case OP-2031
    pug log -n 20`,
		usesVault: true, reviews: true,
		setup: func(flags *flag.FlagSet) action {
			ref, last := flags.String("case", "", "only what concerns the case `REF`"), 0
			flags.Func("n", "only the last `N` entries", func(s string) (err error) {
				if last, err = strconv.Atoi(s); err != nil || last < 1 {
					return errors.New("want a number of entries, such as 20")
				}
				return nil
			})
			return func(ctx context.Context, a *app, _ []string) (outcome, error) { return a.showLog(ctx, *ref, last) }
		},
	}
}

// eventsDoc is the document of "pug log".
type eventsDoc struct {
	Events []custody.Event `json:"events"`
}

func (a *app) showLog(ctx context.Context, ref string, last int) (out outcome, err error) {
	err = a.withLibrary(ctx, func(l *review.Library) error {
		events, err := eventsIn(ctx, l, ref)
		if last > 0 && len(events) > last {
			events = events[len(events)-last:]
		}
		out = outcome{doc: eventsDoc{events}, text: eventsDoc{events}.print}
		return err
	})
	return out, err
}

// eventsIn reads the events of a case, or all that there are.
func eventsIn(ctx context.Context, l *review.Library, ref string) ([]custody.Event, error) {
	if l.Vault() == nil || isImportName(ref) {
		c, err := readCase(ctx, l, ref)
		if err != nil {
			return nil, err
		}
		return c.Events, nil
	}
	filter := custody.Filter{}
	if ref != "" {
		c, err := l.Vault().Case(ctx, ref)
		if err != nil {
			return nil, about(ref, err)
		}
		filter.Case = c.Ref
	}
	return l.Vault().Events(ctx, filter)
}

func (d eventsDoc) print(w io.Writer) {
	rows := [][]string{{"NO", "TIME", "ACTOR", "ACTION", "CASE", "SUBJECT", "DETAILS"}}
	for _, e := range d.Events {
		rows = append(rows, []string{strconv.FormatInt(e.Seq, 10), localTime(e.Time), clean(e.Actor), string(e.Action),
			clean(e.Case), subjectText(e), shorten(detailsText(e), 2*addressWidth)})
	}
	io.WriteString(w, table(rows))
}

// subjectText shortens the ids of captures to what tells them apart.
func subjectText(e custody.Event) string {
	if _, err := uuid.Parse(e.Subject); err == nil && e.Action != custody.VaultCreated {
		return shortID(e.Subject)
	}
	return shorten(clean(e.Subject), titleWidth)
}

// detailsText lists what an event says beyond its columns.
func detailsText(e custody.Event) string {
	var parts []string
	if e.Reason != "" {
		parts = append(parts, "reason: "+clean(e.Reason))
	}
	for _, name := range slices.Sorted(maps.Keys(e.Details)) {
		parts = append(parts, name+": "+clean(e.Details[name]))
	}
	return strings.Join(parts, "; ")
}

// shortID shortens a capture's id (UUIDv7) to its time and the first random
// digits, which "pug show" takes too.
func shortID(id string) string { return id[:len("019d2f4c-5b7a-7c3e")] }
