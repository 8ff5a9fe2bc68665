package compare

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"pugmark/capture/listing"
	"pugmark/evidence"
	"pugmark/review"
)

// EventKind says what happened to a listing, as a capture shows it.
type EventKind string

// The events.
const (
	FirstSeen           EventKind = "first seen"
	NoChange            EventKind = "unchanged"
	PriceChanged        EventKind = "price changed"
	TitleChanged        EventKind = "title changed"
	SellerChanged       EventKind = "seller changed"
	AvailabilityChanged EventKind = "availability changed"
	PhotographsChanged  EventKind = "photographs changed"
	TextChanged         EventKind = "text changed"
	ListingRemoved      EventKind = "removed"
	Relisted            EventKind = "relisted"          // there again after it was removed
	PossiblyRelisted    EventKind = "possibly relisted" // at another address
	Inconclusive        EventKind = "inconclusive"      // the capture says nothing of the listing
)

// Event is what a capture shows of a listing, against the last one before it that
// shows the listing.
type Event struct {
	Kind    EventKind `json:"kind"`
	Capture Side      `json:"capture"`
	A       string    `json:"a,omitempty"` // what was before, of a change
	B       string    `json:"b,omitempty"` // what is now
	// Why gives the reason or the grounds, and what else is to be known.
	Why string `json:"why,omitempty"`
}

// Timeline is what became of one listing.
type Timeline struct {
	// Keys are the addresses, without scheme, and the advert numbers of the listing.
	Keys     []string `json:"keys"`
	Captures int      `json:"captures"` // of the listing
	Events   []Event  `json:"events"`
	// Looked is how many captures were looked at.
	Looked int `json:"looked"`
	// Unread are captures of which something can't be read: they may belong to it.
	Unread []UnreadCapture `json:"unread,omitempty"`
}

// UnreadCapture is a capture that can't be read, in part or at all.
type UnreadCapture struct {
	Name string `json:"name"`
	Why  string `json:"why"`
}

// TimelineOf returns the timeline of the listing that a capture is of, over cases. No
// more than that capture may be there. Progress is told of the captures that are read,
// never from two goroutines at once.
func TimelineOf(ctx context.Context, cases []*review.Case, capture uuid.UUID, progress func(done, total int)) (*Timeline, error) {
	all, unread, err := readRecords(ctx, cases, progress)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(r *record) bool { return r.side.ID == capture })
	if i < 0 {
		return nil, fmt.Errorf("reading capture %s: %w", capture, evidence.ErrNoCapture)
	}
	return timeline(ctx, all, unread, all[i].keys)
}

// TimelineAt returns the timeline of the listing at an address, over cases. It has no
// event if no capture is of that.
func TimelineAt(ctx context.Context, cases []*review.Case, address string, progress func(done, total int)) (*Timeline, error) {
	all, unread, err := readRecords(ctx, cases, progress)
	if err != nil {
		return nil, err
	}
	return timeline(ctx, all, unread, []string{Canonical(address)})
}

func timeline(ctx context.Context, all []*record, unread []UnreadCapture, keys []string) (*Timeline, error) {
	group, others, known := groupOf(all, keys)
	t := &history{Timeline: Timeline{Keys: known, Captures: len(group), Looked: len(all), Unread: unread}}
	for _, r := range group {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		t.take(r)
	}
	t.lookElsewhere(others)
	return &t.Timeline, nil
}

// history is a timeline that is being made.
type history struct {
	Timeline
	last *record // that shows the listing; nil: none yet
	text string  // of last
	gone bool    // since last
}

func (h *history) add(k EventKind, r *record, a, b, why string) {
	h.Events = append(h.Events, Event{k, r.side, a, b, why})
}

// take takes the next capture.
func (h *history) take(r *record) {
	switch r.state {
	case inconclusive:
		h.add(Inconclusive, r, "", "", r.why)
		return
	case gone:
		h.add(ListingRemoved, r, "", "", r.why)
		h.gone = true
		return
	}
	before := len(h.Events)
	if h.last == nil {
		h.add(FirstSeen, r, "", "", r.note())
	} else {
		if h.gone {
			h.add(Relisted, r, "", "", "it is there again, after it was removed")
		}
		h.compare(r)
		if len(h.Events) == before {
			h.add(NoChange, r, "", "", r.note())
		}
	}
	h.last, h.gone = r, false
	h.text, _ = r.readText() // what can't be read is told where it is compared
}

// note says that a capture is not complete.
func (r *record) note() string {
	if r.partial == "" {
		return ""
	}
	return "the capture is partial: " + r.partial
}

// watched are the facts whose change is an event.
var watched = []struct {
	kind EventKind
	of   func(map[listing.Name]string) string
}{
	{PriceChanged, price},
	{TitleChanged, func(f map[listing.Name]string) string { return f[listing.Title] }},
	{SellerChanged, seller},
	{AvailabilityChanged, func(f map[listing.Name]string) string { return f[listing.Availability] }},
}

func price(f map[listing.Name]string) string {
	p, c := f[listing.PriceFact], f[listing.Currency]
	if p == "" || c == "" || strings.Contains(p, c) {
		return p
	}
	return p + " " + c
}

func seller(f map[listing.Name]string) string {
	name, id := f[listing.SellerName], f[listing.SellerID]
	if name == "" || id == "" || name == id {
		return name + id
	}
	return name + " (" + id + ")"
}

// compare adds in what a capture differs from the last one.
func (h *history) compare(r *record) {
	for _, w := range watched {
		a, b := w.of(h.last.facts), w.of(r.facts)
		if changed(a, b, h.last, r) {
			h.add(w.kind, r, a, b, joined(corrected(h.last, a, w.of), corrected(r, b, w.of), r.note()))
		}
	}
	if why := photographsChanged(h.last, r); why != "" {
		h.add(PhotographsChanged, r, "", "", joined(why, r.note()))
	}
	h.compareText(r)
}

// changed reports whether a fact has changed. That a capture which isn't complete
// lacks it says nothing.
func changed(a, b string, before, now *record) bool {
	switch {
	case a == b:
		return false
	case a == "":
		return before.partial == ""
	case b == "":
		return now.partial == ""
	}
	return true
}

// corrected says what a person put in place of a recorded value.
func corrected(r *record, value string, of func(map[listing.Name]string) string) string {
	if said := of(r.said); said != "" && said != value {
		return fmt.Sprintf("of %s, a person says %q", r.side.Name, said)
	}
	return ""
}

func joined(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "; ")
}

// photographsChanged says which of the listing's own photographs are others.
func photographsChanged(before, now *record) string {
	p := pairPhotographs(before.own, now.own)
	added, removed := len(p.Added), len(p.Removed)
	if before.partial != "" {
		added = 0
	}
	if now.partial != "" {
		removed = 0
	}
	if added+removed == 0 {
		return ""
	}
	return fmt.Sprintf("%d added, %d removed, %d the same", added, removed, len(p.Same))
}

func (h *history) compareText(r *record) {
	if !r.withText || !h.last.withText || r.text.SHA256 == h.last.text.SHA256 {
		return
	}
	text, err := r.readText()
	if err != nil {
		h.Unread = append(h.Unread, UnreadCapture{r.side.Name, err.Error()})
		return
	}
	if removed, added := Texts(h.text, text).Changed(); removed+added > 0 {
		h.add(TextChanged, r, "", "", joined(fmt.Sprintf("lines: %d removed, %d added", removed, added), r.note()))
	}
}

// lookElsewhere looks for the listing at other addresses, after it was seen last.
func (h *history) lookElsewhere(others []*record) {
	if h.last == nil {
		return
	}
	earlier := make(map[string]bool) // keys of what was seen
	for _, r := range others {
		if r.state != shown {
			continue
		}
		known := slices.ContainsFunc(r.keys, func(k string) bool { return earlier[k] })
		for _, k := range r.keys {
			earlier[k] = true
		}
		if known || !r.side.Started.After(h.last.side.Started) {
			continue
		}
		if grounds := likeness(h.last, r); len(grounds) > 1 {
			h.add(PossiblyRelisted, r, "", "", strings.Join(grounds, "; "))
		}
	}
}

// minDescription is the least length in bytes of a description that tells a listing
// from others.
const minDescription = 20

// likeness returns the grounds on which two listings may be one. One alone is not
// enough.
func likeness(a, b *record) (grounds []string) {
	if same := likePhotographs(a.own, b.own); same != "" {
		grounds = append(grounds, same)
	}
	if id := a.facts[listing.SellerID]; id != "" && id == b.facts[listing.SellerID] {
		grounds = append(grounds, fmt.Sprintf("the same seller, %q", seller(a.facts)))
	} else if name := a.facts[listing.SellerName]; name != "" && strings.EqualFold(name, b.facts[listing.SellerName]) {
		grounds = append(grounds, fmt.Sprintf("a seller of the same name, %q", name))
	}
	title, about := a.facts[listing.Title], a.facts[listing.Description]
	switch {
	case title != "" && strings.EqualFold(title, b.facts[listing.Title]):
		grounds = append(grounds, fmt.Sprintf("the same title, %q", title))
	case len(about) >= minDescription && about == b.facts[listing.Description]:
		grounds = append(grounds, "the same description")
	}
	return grounds
}

// likePhotographs says how many photographs two listings share.
func likePhotographs(a, b []listing.Photograph) string {
	same, alike := 0, 0
	for _, p := range pairPhotographs(a, b).Same {
		switch p.Match {
		case ByDigest:
			same++
		case ByHash:
			alike++
		}
	}
	switch {
	case same > 0 && alike > 0:
		return fmt.Sprintf("%d photographs are the same files, and %d look alike", same, alike)
	case same > 0:
		return fmt.Sprintf("photographs that are the same files: %d", same)
	case alike > 0:
		return fmt.Sprintf("photographs that look alike: %d", alike)
	}
	return ""
}
