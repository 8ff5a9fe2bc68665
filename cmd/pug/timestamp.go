package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"time"

	"pugmark/evidence"
)

// renewalAhead is how long before its certificates expire a timestamp is renewed.
const renewalAhead = 365 * 24 * time.Hour

func timestampCommand() *command {
	return &command{
		name: "timestamp", args: "[--renew]",
		short: "obtain the timestamps that are missing",
		long: `Obtains a timestamp for each sealed capture that has none: because it was made
offline, the authority did not answer, or there was none. It shows that the
capture was sealed before that time, so the sooner the better.

With --renew it has, instead, those stamped anew of which the certificates end
within a year, so that they can be relied on after that too.

    pug timestamp
    pug timestamp --renew`,
		usesVault: true,
		setup: func(flags *flag.FlagSet) action {
			renew := flags.Bool("renew", false, "renew the timestamps of which the certificates end within a year")
			return func(ctx context.Context, a *app, _ []string) (outcome, error) {
				s := &stamping{app: a, renew: *renew}
				return s.run(ctx)
			}
		},
	}
}

// stamping is a run of "pug timestamp".
type stamping struct {
	*app
	renew bool
	doc   stampingDoc
}

// stampingDoc is the document of "pug timestamp".
type stampingDoc struct {
	Captures []stampedDoc `json:"captures"` // that were stamped or renewed
	Pending  int          `json:"pending"`  // that still have to be
	renew    bool
}

type stampedDoc struct {
	Capture string `json:"capture"`
	*evidence.Timestamping
}

func (s *stamping) run(ctx context.Context) (out outcome, err error) {
	s.doc = stampingDoc{Captures: []stampedDoc{}, renew: s.renew}
	err = s.withWritableVault(ctx, func(v *evidence.Vault) error {
		authorities, err := v.Authorities(ctx)
		if err == nil && len(authorities) == 0 {
			err = evidence.ErrNoAuthorities
		}
		if err != nil {
			return err
		}
		captures, err := s.choose(ctx, v)
		if err != nil {
			return err
		}
		return s.all(ctx, v, captures)
	})
	out = outcome{doc: s.doc, text: s.doc.print}
	if s.doc.Pending > 0 {
		out.exit = exitFindings
	}
	return out, err
}

func (s *stamping) choose(ctx context.Context, v *evidence.Vault) ([]evidence.Capture, error) {
	if s.renew {
		return v.Captures(ctx, "")
	}
	return v.Unstamped(ctx)
}

// all asks for each capture's timestamps. When no authority answers for one, the
// others are left for later: most likely this machine is offline.
func (s *stamping) all(ctx context.Context, v *evidence.Vault, captures []evidence.Capture) error {
	for i, c := range captures {
		s.step("Timestamp %d of %d: %s", i+1, len(captures), c.Name())
		t, err := s.one(ctx, v, c)
		if t != nil {
			for _, f := range t.Failures {
				s.warn("%s: %s", c.Name(), clean(f))
			}
			if len(t.Stamps) > 0 {
				s.doc.Captures = append(s.doc.Captures, stampedDoc{c.Name(), t})
			}
		}
		switch {
		case errors.Is(err, evidence.ErrNoTimestamp) && ctx.Err() == nil:
			s.doc.Pending = len(captures) - i
			return nil
		case err != nil:
			return err
		}
	}
	return nil
}

func (s *stamping) one(ctx context.Context, v *evidence.Vault, c evidence.Capture) (*evidence.Timestamping, error) {
	if s.renew {
		return v.Renew(ctx, c, time.Now().Add(renewalAhead))
	}
	return v.Timestamp(ctx, c)
}

func (d stampingDoc) print(w io.Writer) {
	what := "stamped"
	if d.renew {
		what = "renewed"
	}
	for _, c := range d.Captures {
		for _, t := range c.Stamps {
			fmt.Fprintf(w, "%s: %s by %s at %s\n", c.Capture, what, clean(t.Authority), bothTimes(t.GenTime))
		}
	}
	switch {
	case d.Pending > 0 && d.renew:
		fmt.Fprintln(w, "No authority answered, so this is not done. Try again when this machine is online.")
	case d.Pending > 0:
		fmt.Fprintf(w, "No authority answered. Without a timestamp: %s. Try again when this machine is online.\n", count(d.Pending, "capture"))
	case len(d.Captures) == 0 && d.renew:
		fmt.Fprintln(w, "No timestamp has to be renewed.")
	case len(d.Captures) == 0:
		fmt.Fprintln(w, "Every capture has its timestamp.")
	}
}

// fenceFields says what authorities say of a capture's time. A side that is
// missing is shown as such.
func fenceFields(f *evidence.Fence, asked bool) []field {
	after := "no timestamp by an authority"
	if asked {
		after = `pending: no timestamp by an authority yet; "pug timestamp" asks for it`
	}
	fields := []field{{"not before", momentText(f.NotBefore, "no timestamp by an authority")}, {"not after", momentText(f.NotAfter, after)}}
	for _, r := range f.Responses {
		by := clean(r.Authority)
		if r.Root != "" && r.Root != r.Authority {
			by += ", under " + clean(r.Root)
		}
		fields = append(fields, field{clean(r.Path), timeOf(r.GenTime) + " by " + by})
	}
	return fields
}

func momentText(m *evidence.Moment, otherwise string) string {
	if m == nil {
		return otherwise
	}
	text := bothTimes(m.Time) + "  by " + clean(m.Authority)
	if !m.Trusted {
		text += ", NOT under a root that you trust"
	}
	return text
}

func timeOf(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// printFences says what authorities say of the time of captures, shortly where
// there are many.
func printFences(w io.Writer, fences []evidence.Fence) {
	const shown = 20
	rows, open := [][]string{}, 0
	for _, f := range fences {
		if f.NotBefore == nil && f.NotAfter == nil {
			open++
			continue
		}
		rows = append(rows, []string{"  " + clean(f.Capture), "not before", momentText(f.NotBefore, "no timestamp")},
			[]string{"", "not after", momentText(f.NotAfter, "no timestamp")})
	}
	fmt.Fprintln(w, "\nTime, by authorities")
	io.WriteString(w, table(rows[:min(len(rows), 2*shown)]))
	if n := len(rows)/2 - shown; n > 0 {
		fmt.Fprintf(w, "  and %d more, which --json lists\n", n)
	}
	if open > 0 {
		fmt.Fprintf(w, "  no timestamp by an authority: %s\n", count(open, "capture"))
	}
}
