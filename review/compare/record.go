package compare

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/google/uuid"

	"pugmark/capture/listing"
	"pugmark/evidence"
	"pugmark/review"
)

// record is what the timeline needs to know of a capture.
type record struct {
	capture  *review.Capture
	side     Side
	keys     []string // of the listing that it is of
	state    state
	why      string // the state is that
	partial  string // the codes of its problems; empty: it is complete
	facts    map[listing.Name]string
	said     map[listing.Name]string // what people say instead
	own      []listing.Photograph    // that show what is on offer, as far as the page tells
	text     evidence.Item           // its text
	withText bool
}

// state says whether a capture shows the listing.
type state int

const (
	shown        state = iota
	gone               // the answer says that it isn't there any more
	inconclusive       // it says nothing of it
)

// The codes of problems, as a capture has them, that say something of its listing:
// the page said that it is gone, or the page says nothing of it.
const codeRemoved = "item_removed"

var silent = []string{"challenge_page", "blocked_page", "login_page", "page_lost", "no_document"}

// readRecord reads a capture. The error says what of it can't be read.
func readRecord(c *review.Capture) (*record, error) {
	m, err := c.Manifest()
	if err != nil {
		return nil, err
	}
	r := &record{capture: c, side: sideOf(c, m), facts: make(map[listing.Name]string), said: make(map[listing.Name]string)}
	r.text, r.withText = m.Find(evidence.KindText)
	if m.Verdict != evidence.Complete {
		r.partial = cmp.Or(problemsText(m.Problems), string(m.Verdict))
	}
	l, err := c.Listing(m)
	if l != nil {
		r.readListing(l)
	}
	if r.facts[listing.Title] == "" && m.Target.Title != "" {
		r.facts[listing.Title] = m.Target.Title
	}
	for n, all := range corrections(c.Annotations) {
		r.said[n] = all[len(all)-1].Value
	}
	r.state, r.why = stateOf(m)
	r.keys = keysOf(m.Target, r.facts)
	return r, err
}

func (r *record) readListing(l *listing.Listing) {
	for n := range l.Facts {
		r.facts[n] = valueOf(l, n)
	}
	named := func(p listing.Photograph) bool { return len(p.NamedBy) > 0 }
	for _, p := range l.Photographs {
		if named(p) || p.Shown != nil && p.Width >= minPhotograph && p.Height >= minPhotograph {
			r.own = append(r.own, p)
		}
	}
	if slices.ContainsFunc(r.own, named) {
		r.own = slices.DeleteFunc(r.own, func(p listing.Photograph) bool { return !named(p) })
	}
}

// minPhotograph is the least side of a picture that shows what is on offer, in
// pixels, where the page names none: smaller ones are mostly signs.
const minPhotograph = 100

// stateOf says whether a capture shows its listing, and why it doesn't.
func stateOf(m *evidence.Manifest) (state, string) {
	t := m.Target
	for _, p := range m.Problems {
		if slices.Contains(silent, p.Code) {
			return inconclusive, cmp.Or(p.Detail, p.Code)
		}
	}
	removed := slices.IndexFunc(m.Problems, func(p evidence.Problem) bool { return p.Code == codeRemoved })
	switch {
	case m.Verdict == evidence.Failed:
		return inconclusive, cmp.Or(problemsText(m.Problems), "the capture failed")
	case t.Status == 404 || t.Status == 410:
		return gone, fmt.Sprintf("the server answered %d", t.Status)
	case t.Status < 200 || t.Status > 299:
		return inconclusive, fmt.Sprintf("the server answered %d", t.Status)
	case removed >= 0:
		return gone, cmp.Or(m.Problems[removed].Detail, codeRemoved)
	case !staysAt(t):
		return inconclusive, "redirected to " + t.Final
	}
	return shown, ""
}

// staysAt reports whether the address in the end is that of the same listing as the
// one that was asked for.
func staysAt(t evidence.Target) bool {
	return t.Final == "" || Canonical(t.Final) == Canonical(t.Requested) || sameNumber(t.Requested, t.Final)
}

// keysOf returns what captures of the same listing have in common.
func keysOf(t evidence.Target, facts map[listing.Name]string) []string {
	keys := []string{Canonical(t.Requested)}
	add := func(k string) {
		if !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	if t.Status < 200 || t.Status > 299 || !staysAt(t) {
		return keys
	}
	final := cmp.Or(t.Final, t.Requested)
	add(Canonical(final))
	if u, err := url.Parse(t.Canonical); err == nil && u.Host != "" && strings.Trim(u.Path, "/")+u.RawQuery != "" {
		add(Canonical(t.Canonical))
	}
	if id := facts[listing.AdvertID]; id != "" {
		host, _, _ := strings.Cut(Canonical(final), "/")
		add("advert " + cmp.Or(facts[listing.Platform], host) + " " + id)
	}
	return keys
}

// readers is how many captures are read at once.
const readers = 4

// readRecords reads all captures of cases, each once, wherever it is: those of the
// first cases go before.
func readRecords(ctx context.Context, cases []*review.Case, progress func(done, total int)) (out []*record, unread []UnreadCapture, err error) {
	var all []*review.Capture
	known := make(map[uuid.UUID]bool)
	for _, c := range cases {
		for _, x := range c.Captures {
			if !known[x.ID] {
				known[x.ID] = true
				all = append(all, x)
			}
		}
	}
	found, failed := make([]*record, len(all)), make([]error, len(all))
	var mu sync.Mutex
	var group sync.WaitGroup
	next, done := 0, 0
	for range min(readers, len(all)) {
		group.Go(func() {
			for {
				mu.Lock()
				i := next
				next++
				mu.Unlock()
				if i >= len(all) || ctx.Err() != nil {
					return
				}
				found[i], failed[i] = readRecord(all[i])
				mu.Lock()
				done++
				progress(done, len(all))
				mu.Unlock()
			}
		})
	}
	group.Wait()
	for i, r := range found {
		if r != nil {
			out = append(out, r)
		}
		if failed[i] != nil {
			unread = append(unread, UnreadCapture{all[i].Name(), failed[i].Error()})
		}
	}
	slices.SortStableFunc(out, func(x, y *record) int {
		return cmp.Or(x.side.Started.Compare(y.side.Started), cmp.Compare(x.capture.Seq, y.capture.Seq))
	})
	return out, unread, ctx.Err()
}

// groupOf returns the records that have a key in common with a listing, or with one
// that has, and the others.
func groupOf(all []*record, keys []string) (group, others []*record, known []string) {
	of := make(map[string][]int)
	for i, r := range all {
		for _, k := range r.keys {
			of[k] = append(of[k], i)
		}
	}
	in, seen := make([]bool, len(all)), make(map[string]bool)
	for len(keys) > 0 {
		k := keys[0]
		keys = keys[1:]
		if seen[k] {
			continue
		}
		seen[k] = true
		known = append(known, k)
		for _, i := range of[k] {
			if !in[i] {
				in[i] = true
				keys = append(keys, all[i].keys...)
			}
		}
	}
	for i, r := range all {
		if in[i] {
			group = append(group, r)
		} else {
			others = append(others, r)
		}
	}
	return group, others, known
}

// readText reads the text of a capture; empty if it has none.
func (r *record) readText() (string, error) {
	if !r.withText {
		return "", errors.New("it has no text")
	}
	b, err := r.capture.Read(r.text, maxTextItem)
	return string(b), err
}
