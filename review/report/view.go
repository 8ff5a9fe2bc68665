package report

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"pugmark/evidence"
	"pugmark/evidence/bundle"
	"pugmark/evidence/custody"
	"pugmark/review"
)

// How much of lists a report shows.
const (
	maxFindings = 500
	maxEvents   = 5_000
	maxProblems = 100
	maxItems    = 1_000
	maxDetails  = 12
)

// row is a line of a list of names and values. One without a value isn't shown.
type row struct {
	Name, Value string
	Mono        bool // a digest, a key
}

// rows leaves out what has no value.
func rows(all ...row) []row {
	return slices.DeleteFunc(all, func(r row) bool { return r.Value == "" })
}

// view is what the report says.
type view struct {
	Ref, Title string
	Cover      []row
	Made       string
	Outcome    outcomeView
	Exhibits   []*captureView
	Omitted    string // captures that are left out
	Events     []eventView
	EventsMore int
	Verify     verifyView
	Bundle     bool // the case is that of a bundle
}

// outcomeView says what a verification found.
type outcomeView struct {
	Class, Name, Sentence, Scope string
	Signers                      []row
	Findings                     []evidence.Finding
	More                         int
}

type eventView struct {
	Seq                            int64
	Time, Who, Where, Did, Subject string
	Digest, Reason, Tool           string
	Details                        []row
}

// newView returns what the report says, but for the exhibits.
func (m *maker) newView() *view {
	v := &view{
		Ref: clean(shortText, m.c.Ref), Title: clean(someText, m.c.Title), Made: utc(m.now), Bundle: m.v.Scope == "bundle",
		Outcome: m.outcome(),
	}
	v.Cover = m.coverRows()
	if n := m.c.Omitted; n > 0 {
		v.Omitted = m.w.count("summary.omitted", n)
	}
	if n := len(m.c.Captures) - len(m.captures); n > 0 {
		v.Omitted = strings.TrimSpace(v.Omitted + " " + m.w.count("summary.chosen", n))
	}
	events, more := head(m.c.Events, maxEvents)
	v.EventsMore = more
	exhibits := m.exhibits()
	for _, e := range events {
		v.Events = append(v.Events, m.eventView(e, exhibits))
	}
	v.Verify = m.verifyView()
	return v
}

func (m *maker) coverRows() []row {
	c, w := m.c, m.w
	made := strings.Join(slices.DeleteFunc([]string{m.operator, m.organisation}, func(s string) bool { return s == "" }), ", ")
	source := w.say("cover.vault")
	switch {
	case c.Imported != nil:
		source = w.say("cover.import", clean(shortText, c.Imported.File), utc(c.Imported.Imported))
	case m.v.Scope == "bundle":
		source = w.say("cover.bundle", clean(shortText, m.l.FileName()))
	}
	return rows(
		row{Name: w.say("case.ref"), Value: clean(shortText, c.Ref)},
		row{Name: w.say("case.authority"), Value: orNone(w, clean(someText, c.Authority))},
		row{Name: w.say("case.purpose"), Value: orNone(w, clean(someText, c.Purpose))},
		row{Name: w.say("case.opened"), Value: utc(c.Opened)},
		row{Name: w.say("case.closed"), Value: utcOf(c.Closed)},
		row{Name: w.say("case.operators"), Value: orNone(w, m.people(func(a evidence.Authority) string { return joined(a.Operator, a.Role) }))},
		row{Name: w.say("case.organisations"), Value: orNone(w, m.people(func(a evidence.Authority) string { return a.Organisation }))},
		row{Name: w.say("case.captures"), Value: w.say("case.captures.of", grouped(len(m.captures)), grouped(len(m.c.Captures)+m.c.Omitted))},
		row{Name: w.say("cover.source"), Value: source},
		row{Name: w.say("cover.made"), Value: utc(m.now)},
		row{Name: w.say("cover.by"), Value: clean(shortText, made)},
		row{Name: w.say("cover.tool"), Value: m.tool},
	)
}

func orNone(w *words, s string) string {
	if s == "" {
		return w.say("none.recorded")
	}
	return s
}

func joined(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
}

// people lists what the captures' manifests say of those who made them, each once.
func (m *maker) people(of func(evidence.Authority) string) string {
	var out []string
	for _, r := range m.read {
		if r == nil || r.manifest == nil {
			continue
		}
		if s := clean(shortText, of(r.manifest.Authority)); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return strings.Join(out, "; ")
}

func (m *maker) outcome() outcomeView {
	r, w := m.v.Report, m.w
	o := outcomeView{Scope: w.say("verified.scope." + m.v.Scope)}
	switch {
	case r.Outcome == evidence.FailedVerification:
		o.Class, o.Name, o.Sentence = "failed", w.say("outcome.failed"), w.count("outcome.failed.text", len(r.Findings))
	case r.Outcome == evidence.IntegrityOnly && r.Sealed():
		o.Class, o.Name, o.Sentence = "doubt", w.say("outcome.integrity"), w.say("outcome.integrity.time")
	case r.Outcome == evidence.IntegrityOnly:
		o.Class, o.Name, o.Sentence = "doubt", w.say("outcome.integrity"), w.say("outcome.integrity.key")
	default:
		o.Class, o.Name, o.Sentence = "verified", w.say("outcome.verified"), w.say("outcome.verified.text")
	}
	o.Findings, o.More = head(r.Findings, maxFindings)
	for _, s := range r.Signers {
		o.Signers = append(o.Signers, m.keyRow(s))
	}
	return o
}

// keyRow says which key sealed, by the fingerprint that openssl shows too.
func (m *maker) keyRow(s evidence.Signer) row {
	f, err := bundle.Fingerprint(s.VKey)
	if err != nil {
		f = clean(shortText, s.VKey)
	}
	trusted := "key.unknown"
	if s.Trusted {
		trusted = "key.trusted"
	}
	return row{Name: m.w.say(trusted), Value: f, Mono: true}
}

// exhibits names the captures of the case by their ids.
func (m *maker) exhibits() map[string]string {
	out := make(map[string]string)
	for _, x := range m.c.Captures {
		out[x.ID.String()] = m.w.say("exhibit.n", strconv.Itoa(x.Exhibit))
	}
	return out
}

func (m *maker) eventView(e custody.Event, exhibits map[string]string) eventView {
	v := eventView{
		Seq: e.Seq, Time: e.Time.UTC().Format("2006-01-02 15:04:05"), Who: clean(shortText, e.Actor), Where: clean(shortText, e.Host),
		Did: m.w.known("action.", string(e.Action)), Subject: clean(shortText, e.Subject), Reason: clean(someText, e.Reason),
		Tool: clean(shortText, e.Tool),
	}
	if name, ok := exhibits[e.Subject]; ok {
		v.Subject = name
	}
	if !e.Digest.IsZero() {
		v.Digest = e.Digest.String()
	}
	names, _ := head(slices.Sorted(maps.Keys(e.Details)), maxDetails)
	for _, name := range names {
		v.Details = append(v.Details, row{Name: m.w.known("detail.", name), Value: clean(shortText, e.Details[name])})
	}
	return v
}

// verifyView is what one who verifies by hand needs of this case.
type verifyView struct {
	Ref, Folder, Manifest, Item, ItemDigest string // of the first exhibit
}

func (m *maker) verifyView() (v verifyView) {
	v.Ref = m.c.Ref
	for i, x := range m.captures {
		r := m.read[i]
		if r == nil || r.manifest == nil {
			continue
		}
		v.Folder = fmt.Sprintf("%04d_%s", x.Exhibit, x.ID)
		v.Manifest = x.ManifestDigest.String()
		for _, it := range r.manifest.Items {
			if it.Kind == evidence.KindPage || v.Item == "" {
				v.Item, v.ItemDigest = it.Path, it.SHA256.String()
			}
		}
		return v
	}
	return v
}

// seconds writes how long something took.
func seconds(ms int64) string { return strconv.FormatFloat(float64(ms)/1000, 'f', 1, 64) + " s" }

// spanOf says from when until when, where both are known.
func spanOf(from, to time.Time) string {
	if from.IsZero() || to.IsZero() {
		return ""
	}
	return utc(from) + " – " + utc(to)
}

// record is what is read of a capture before its view is made.
type record struct {
	capture  *review.Capture
	manifest *evidence.Manifest
	seal     *evidence.Seal
	err      error // why there is nothing
	pictures *pictures
	noShown  error // why there is no picture of the page
}
