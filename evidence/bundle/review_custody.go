package bundle

import (
	"fmt"
	"maps"
	"slices"

	"pugmark/evidence/custody"
)

// How much of the events the pages show.
const (
	maxEvents  = 20_000
	maxDetails = 12 // of an event
)

// custodyView is what the page of the custody history says.
type custodyView struct {
	Head, Ref string
	Events    []eventView
	More      int
}

// eventView is what a page says of an event.
type eventView struct {
	Seq                          int64
	Time                         string
	Actor, Host, Subject, Reason shownText
	Did, Link, Digest            string
	Details                      []row
}

func (r *review) custody() (any, error) {
	all := make([]custody.Event, 0, len(r.extract.Events))
	for _, p := range r.extract.Events {
		all = append(all, p.Event)
	}
	v := &custodyView{Head: "Custody history of case " + r.contents.Ref, Ref: r.contents.Ref}
	v.Events, v.More = r.eventViews(all, reviewDir)
	return v, nil
}

// reviewDir stands for the folder of the page itself, for links to captures.
const reviewDir = "./"

// eventViews returns what a page says of events. With a folder, the captures are
// linked there.
func (r *review) eventViews(all []custody.Event, folder string) (out []eventView, more int) {
	all, more = head(all, maxEvents)
	for _, e := range all {
		v := eventView{
			Seq: e.Seq, Time: whenText(e.Time), Actor: cleanText(shortText, e.Actor), Host: cleanText(shortText, e.Host),
			Subject: cleanText(shortText, e.Subject), Reason: cleanText(someText, e.Reason), Did: actionText(e.Action),
		}
		if !e.Digest.IsZero() {
			v.Digest = e.Digest.String()
		}
		if k, ok := r.byID[e.Subject]; ok {
			v.Subject.Text = fmt.Sprintf("exhibit %d (%s)", k.manifest.Identity.Exhibit, e.Subject)
			if folder != "" {
				v.Link = folder + k.folder + ".html"
			}
		}
		names, _ := head(slices.Sorted(maps.Keys(e.Details)), maxDetails)
		for _, name := range names {
			v.Details = append(v.Details, row{cleanText(shortText, name).Text, cleanText(shortText, e.Details[name])})
		}
		if e.Tool != "" {
			v.Details = append(v.Details, row{"program", cleanText(shortText, e.Tool)})
		}
		out = append(out, v)
	}
	return out, more
}

var actionWords = map[custody.Action]string{
	custody.CaseOpened: "opened the case", custody.CaseClosed: "closed the case",
	custody.CaptureStarted: "started a capture", custody.CaptureSealed: "sealed the capture",
	custody.CaptureFailed: "ended a capture that failed", custody.CaptureInterrupted: "found a capture that was interrupted",
	custody.AnnotationAdded: "added to what is known of the capture", custody.AnnotationWithdrawn: "withdrew what was added",
	custody.DerivationSealed: "made and sealed a redacted copy",
	custody.ItemExported:     "exported an item", custody.BundleExported: "exported a bundle",
	custody.CaseHandedOver:    "handed over what the case says, in another format",
	custody.TimestampObtained: "obtained a time stamp", custody.TimestampFailed: "got no time stamp",
	custody.ReportMade: "made a report", custody.Verified: "verified",
}

func actionText(a custody.Action) string {
	if words, ok := actionWords[a]; ok {
		return words
	}
	return cleanText(shortText, string(a)).Text
}

// stampView is what a page says of a response of an authority.
type stampView struct {
	Path, Says, Time, Root string
	Authority              shownText
}

func stampViews(all []judged) (out []stampView) {
	for _, j := range all {
		v := stampView{
			Path: j.path, Time: whenText(j.result.Response.GenTime), Authority: cleanText(shortText, j.authority()),
			Root: "not in this bundle",
		}
		if j.result.Trusted() {
			v.Root = "in trust/roots.pem"
		}
		switch {
		case j.nonce:
			v.Says = "the capture was made after this"
		case j.renews != nil:
			v.Says = fmt.Sprintf("the response %s is older than this", j.renews.path)
		default:
			v.Says = "the capture was sealed before this"
		}
		out = append(out, v)
	}
	return out
}

// fenceText says between which times a capture was made, as far as authorities
// say so.
func fenceText(all []judged) string {
	var before, after *judged // the latest, and the earliest
	for i := range all {
		j := &all[i]
		switch {
		case j.nonce && (before == nil || j.saysMore(before, j.result.Earliest.After(before.result.Earliest))):
			before = j
		case !j.nonce && j.renews == nil && (after == nil || j.saysMore(after, j.result.Latest.Before(after.result.Latest))):
			after = j
		}
	}
	const clock = "only the capturing machine’s own clock says"
	switch {
	case before == nil && after == nil:
		return "No response of a time-stamp authority is in this bundle: " + clock + " when the capture was made."
	case after == nil:
		return fmt.Sprintf("Made not before %s. That it was made no later than it says, %s.", before.earliest(), clock)
	case before == nil:
		return fmt.Sprintf("Made not after %s. That it was made no earlier than it says, %s.", after.latest(), clock)
	}
	return fmt.Sprintf("Made not before %s, and not after %s.", before.earliest(), after.latest())
}

// saysMore reports whether j is better than another response: by a known root,
// or tighter.
func (j *judged) saysMore(than *judged, tighter bool) bool {
	if a, b := j.result.Trusted(), than.result.Trusted(); a != b {
		return a
	}
	return tighter
}

func (j *judged) earliest() string {
	return utc(&j.result.Earliest) + j.by()
}

func (j *judged) latest() string {
	return utc(&j.result.Latest) + j.by()
}

func (j *judged) by() string {
	s := fmt.Sprintf(" (says %s", cleanText(shortText, j.authority()).Text)
	if !j.result.Trusted() {
		s += ", whose root is not in this bundle"
	}
	return s + ")"
}
