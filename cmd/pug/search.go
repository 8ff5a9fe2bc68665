package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"pugmark/evidence"
	"pugmark/evidence/search"
	"pugmark/review"
)

func searchCommand() *command {
	return &command{
		name: "search", args: "[WORDS…]", short: "find captures by what they say",
		long: `Finds captures of the vault, and of the bundles imported into it, by their titles, texts, facts, sellers and addresses,
and by the notes, tags and facts that people added. All words must be there; a word
is found at the beginning of longer ones, "words in quotes" only whole and in this
order, and -word leaves out what has it. Capitals and accents make no difference.
Chinese, Japanese, Korean and Thai are found by any part, one character too, and
traditional Chinese by simplified as well.

--species looks in the categories that pages name, in tags, in the facts species and
taxon that people added, and in the taxon and common name of the listing record. A price is the one that people corrected, or else the
page's, as a number: only --currency tells currencies apart.

    pug search ivory bangle --case OP-1
    pug search '"old stock" -bone' --site example.com --from 2026-11-01
    pug search 象牙
    pug search --tag ivory
    pug search --species loxodonta --price-from 500 --currency CNY

In what is shown, [brackets] mark what was found. It comes from an index that is made
when it is first needed: open the capture to see what was sealed.`,
		maxArgs: -1, usesVault: true, reviews: true,
		setup: func(flags *flag.FlagSet) action {
			var q search.Query
			flags.StringVar(&q.Case, "case", "", "only those of the case `REF`")
			flags.StringVar(&q.Site, "site", "", "only those of `HOST`, and of the hosts below it")
			flags.StringVar(&q.Seller, "seller", "", "only those of a seller with `WORDS` in the name, id or contacts")
			flags.StringVar(&q.Species, "species", "", "only those said to offer what has `WORDS` in its name")
			price := func(to *float64) func(string) error {
				return func(s string) (err error) {
					*to, err = parsePrice(s)
					return err
				}
			}
			flags.Func("price-from", "only those that ask `NUMBER` or more", price(&q.PriceFrom))
			flags.Func("price-to", "only those that ask `NUMBER` or less", price(&q.PriceTo))
			flags.Func("currency", "only those with a price in the currency of a `CODE` such as CNY", func(s string) (err error) {
				q.Currency, err = parseCurrency(s)
				return err
			})
			flags.StringVar(&q.Tag, "tag", "", "only those with the tag `TAG`")
			flags.Func("verdict", "only those with the `VERDICT` complete, partial or failed", func(s string) (err error) {
				q.Verdict, err = parseVerdict(s)
				return err
			})
			flags.Func("from", "only those sealed on `DATE` or later, such as 2026-11-24", func(s string) (err error) {
				q.From, err = parseDate(s, 0)
				return err
			})
			flags.Func("to", "only those sealed on `DATE` or earlier", func(s string) (err error) {
				q.To, err = parseDate(s, 1)
				return err
			})
			flags.Func("limit", "show at most `NUMBER` captures; else 20", func(s string) (err error) {
				q.Limit, err = parseLimit(s)
				return err
			})
			return func(ctx context.Context, a *app, args []string) (outcome, error) {
				q.Words = strings.Join(args, " ")
				return a.search(ctx, q)
			}
		},
	}
}

func parsePrice(s string) (float64, error) {
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || n <= 0 || n > 1e15 {
		return 0, errors.New("want a number above 0, such as 1299.50")
	}
	return n, nil
}

func parseCurrency(s string) (string, error) {
	if code := strings.ToUpper(s); len(code) == 3 && strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" {
		return code, nil
	}
	return "", errors.New("want a code of three letters, such as CNY")
}

func parseVerdict(s string) (string, error) {
	switch v := evidence.Verdict(s); v {
	case evidence.Complete, evidence.Partial, evidence.Failed:
		return s, nil
	}
	return "", errors.New("want complete, partial or failed")
}

// parseDate reads a day by the machine's zone, and returns when it or a later one
// begins, or a time with its zone.
func parseDate(s string, days int) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, nil
	}
	t, err := time.ParseInLocation(time.DateOnly, s, time.Local)
	if err != nil {
		return t, errors.New("want a date such as 2026-11-24, or a time such as 2026-11-24T08:00:00Z")
	}
	return t.AddDate(0, 0, days), nil
}

// maxLimit is the most captures that are shown of a search.
const maxLimit = 1000

func parseLimit(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > maxLimit {
		return 0, fmt.Errorf("want a number from 1 to %d", maxLimit)
	}
	return n, nil
}

// searchDoc is the document of "pug search".
type searchDoc struct {
	Hits []foundDoc `json:"hits"`
	// Total is of all that match; with More there are more.
	Total int  `json:"total"`
	More  bool `json:"more,omitzero"`
	// Unread captures could not be read, or aren't what was sealed.
	Unread int `json:"unread,omitzero"`
}

// foundDoc is a capture that was found.
type foundDoc struct {
	Name     string           `json:"name"`
	Imported bool             `json:"imported,omitzero"`
	Field    search.Field     `json:"field"`
	Snippet  []search.Span    `json:"snippet"`
	Capture  evidence.Capture `json:"capture"`
}

// search finds captures. An index that isn't up to date is brought up to date, if
// the vault can be written.
func (a *app) search(ctx context.Context, q search.Query) (out outcome, err error) {
	err = a.withWritableLibrary(ctx, func(l *review.Library) error {
		if q.Case != "" || l.Vault() == nil {
			exact, err := l.CaseName(ctx, q.Case)
			if err != nil {
				return notNamed(l, q.Case, err)
			}
			q.Case = exact
		}
		r, err := l.Search(ctx, q, func(done, total int64) { a.tick("Reading captures: %d of %d", done, total) })
		if errors.Is(err, search.ErrQuery) {
			return tell("usage", "These are too many words to search for.", "")
		}
		if err != nil {
			return about(a.searchedPath(l), err)
		}
		doc := searchDocOf(r)
		out = outcome{doc: doc, text: doc.print}
		a.warnDamaged(r.Unreadable)
		if r.Unread > 0 {
			a.warn("%s could not be read, in part or at all, and may match too; \"pug verify\" says what is wrong", count(r.Unread, "capture"))
		}
		if r.Unread > 0 || len(r.Unreadable) > 0 {
			out.exit = exitFindings
		}
		return nil
	})
	return out, err
}

// searchedPath returns where it is searched.
func (a *app) searchedPath(l *review.Library) string {
	if l.Vault() == nil {
		return a.bundle.path
	}
	return l.Vault().Dir()
}

func searchDocOf(r *review.Found) searchDoc {
	d := searchDoc{Hits: []foundDoc{}, Total: r.Total, More: r.Total >= search.Counted, Unread: r.Unread}
	for _, h := range r.Hits {
		d.Hits = append(d.Hits, foundDoc{h.Capture.Name(), h.Imported != nil, h.Field, h.Snippet, h.Capture})
	}
	return d
}

func (d searchDoc) print(w io.Writer) {
	for _, h := range d.Hits {
		c := h.Capture
		imported := ""
		if h.Imported {
			imported = "  (imported)"
		}
		fmt.Fprintf(w, "%s%s  %s  %s  %s\n", h.Name, imported, c.Verdict, localTime(c.Sealed), shorten(clean(c.Title), addressWidth))
		fmt.Fprintf(w, "    %s: %s\n", h.Field, snippetText(h.Snippet))
	}
	switch n := count(d.Total, "capture"); {
	case d.More:
		fmt.Fprintf(w, "\n%s or more found; %d shown\n", n, len(d.Hits))
	case d.Total > len(d.Hits):
		fmt.Fprintf(w, "\n%s found; %d shown\n", n, len(d.Hits))
	case d.Total == 0:
		fmt.Fprintln(w, "No capture found")
	default:
		fmt.Fprintf(w, "\n%s found\n", n)
	}
}

// snippetText writes a snippet with what was found in brackets.
func snippetText(spans []search.Span) string {
	var b strings.Builder
	for _, s := range spans {
		if text := clean(s.Text); s.Hit {
			b.WriteString("[" + text + "]")
		} else {
			b.WriteString(text)
		}
	}
	return strings.TrimSpace(b.String())
}
