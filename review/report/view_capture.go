package report

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"

	"pugmark/evidence"
	"pugmark/evidence/bundle"
	"pugmark/evidence/custody"
)

// captureView is what the report says of a capture.
type captureView struct {
	Exhibit                                int
	Name, Anchor                           string
	Title, Address, Lang                   string
	Captured                               string
	Page                                   int    // of the report, once it is known
	Unread                                 string // why there is nothing else
	Verdict                                evidence.Verdict
	VerdictName, VerdictWords              string
	Problems, Notices                      []problemView
	ProblemsMore, NoticesMore              int
	Findings                               []evidence.Finding // of the verification
	Target, Who, Times, With, TLS, Network []row
	Redirects                              []redirectView
	Fence                                  fenceView
	Facts                                  []factView
	FactsNote                              string
	Record                                 []row // the listing record
	Added                                  []addedView
	Seal                                   []row
	Items                                  []evidence.Item
	ItemsMore                              int
	Withheld                               map[string]bool
	Chain                                  []string
	Counts                                 []row
	Done                                   []done
	DoneNote                               string
	Limits                                 []string
	Picture                                *pictureView
	PictureNote                            string
	Check                                  []checkView
}

type problemView struct{ Name, Detail, Address string }

type redirectView struct{ From, To, How string }

// fenceView says between which times a capture was made.
type fenceView struct {
	NotBefore, NotBeforeBy, NotAfter, NotAfterBy string
	Gaps                                         []string
	Answers                                      []answerView
}

type answerView struct{ Path, Time, Authority, Root string }

// checkView is a minimum item of the Berkeley Protocol.
type checkView struct {
	Key, Name string
	Present   bool
	Gap       string
}

func (m *maker) captureView(r *record) *captureView {
	x := r.capture
	v := &captureView{
		Exhibit: x.Exhibit, Name: m.w.say("exhibit.n", strconv.Itoa(x.Exhibit)), Anchor: "x" + strconv.Itoa(x.Exhibit),
		Title: clean(120, x.Title), Address: clean(someText, x.Requested), Captured: utc(x.Started),
		Verdict: x.Verdict, VerdictName: m.w.say("verdict." + string(x.Verdict)), VerdictWords: m.w.say("verdict." + string(x.Verdict) + ".text"),
		Withheld: make(map[string]bool),
	}
	for _, f := range m.v.Report.Findings {
		if strings.HasPrefix(f.Path, x.Name()+"/") || strings.Contains(f.Path, x.ID.String()) {
			v.Findings = append(v.Findings, f)
		}
	}
	if r.manifest == nil {
		v.Unread = clean(someText, r.err.Error())
		return v
	}
	man := r.manifest
	if man.Target.Language != "" && languageTag.MatchString(man.Target.Language) {
		v.Lang = man.Target.Language
	}
	v.Problems, v.ProblemsMore = m.problemViews(man.Problems)
	v.Notices, v.NoticesMore = m.problemViews(man.Notices)
	v.Target, v.Who, v.Times, v.With = m.targetRows(man), m.whoRows(man), m.timeRows(man), m.environmentRows(man)
	v.TLS, v.Network, v.Redirects = m.tlsRows(man.TLS), m.networkRows(man), m.redirectViews(man)
	v.Fence = m.fenceView(m.v.fence(x, man))
	v.addFacts(m, r)
	v.Record = m.recordRows(r)
	v.Added = m.addedViews(r)
	v.addSeal(m, r)
	v.Counts = m.countRows(man)
	if sum, err := ledger(x, man); err != nil {
		v.DoneNote = m.w.say("done.unread", clean(someText, err.Error()))
	} else {
		var more int
		if v.Done, more = head(sum, maxNames); more > 0 {
			v.DoneNote = m.w.count("done.more", more)
		}
	}
	v.Limits = m.limits(r, v)
	v.addPicture(m, r)
	v.Check = m.checks(r)
	return v
}

func (m *maker) problemViews(all []evidence.Problem) (out []problemView, more int) {
	all, more = head(all, maxProblems)
	for _, p := range all {
		out = append(out, problemView{m.w.known("problem.", p.Code), clean(someText, p.Detail), clean(someText, p.URL)})
	}
	return out, more
}

func (m *maker) targetRows(man *evidence.Manifest) []row {
	t, w := man.Target, m.w
	final := ""
	if t.Final != t.Requested {
		final = clean(someText, t.Final)
	}
	status := ""
	if t.Status != 0 {
		status = strings.TrimSpace(fmt.Sprintf("HTTP %d %s", t.Status, clean(shortText, t.MediaType)))
	}
	return rows(
		row{Name: w.say("target.title"), Value: clean(someText, t.Title)},
		row{Name: w.say("target.requested"), Value: clean(someText, t.Requested)},
		row{Name: w.say("target.final"), Value: final},
		row{Name: w.say("target.canonical"), Value: clean(someText, t.Canonical)},
		row{Name: w.say("target.language"), Value: clean(shortText, t.Language)},
		row{Name: w.say("target.status"), Value: status},
	)
}

func (m *maker) whoRows(man *evidence.Manifest) []row {
	a, w := man.Authority, m.w
	previous := ""
	if p := man.Identity.Previous; p != nil {
		previous = p.String()
		if name, ok := m.exhibits()[previous]; ok {
			previous = name
		}
	}
	return rows(
		row{Name: w.say("who.operator"), Value: clean(shortText, joined(a.Operator, a.Role))},
		row{Name: w.say("who.organisation"), Value: clean(shortText, a.Organisation)},
		row{Name: w.say("who.persona"), Value: clean(shortText, a.Persona)},
		row{Name: w.say("who.basis"), Value: clean(someText, a.Basis)},
		row{Name: w.say("who.purpose"), Value: clean(someText, a.Purpose)},
		row{Name: w.say("who.reason"), Value: clean(someText, a.Reason)},
		row{Name: w.say("who.previous"), Value: previous},
	)
}

func (m *maker) timeRows(man *evidence.Manifest) []row {
	t, w := man.Time, m.w
	server := ""
	if d := man.Target.ServerDate; d != nil {
		server = utc(*d)
		if ahead := d.Sub(t.Started).Round(time.Second); !t.Started.IsZero() {
			server += " (" + w.say("time.ahead", fmt.Sprintf("%+.0f s", ahead.Seconds())) + ")"
		}
	}
	return rows(
		row{Name: w.say("time.started"), Value: utc(t.Started)},
		row{Name: w.say("time.loaded"), Value: utcOf(t.Loaded)},
		row{Name: w.say("time.finished"), Value: utc(t.Finished)},
		row{Name: w.say("time.took"), Value: w.say("time.took.value", seconds(t.Duration))},
		row{Name: w.say("time.zone"), Value: clean(shortText, t.Zone)},
		row{Name: w.say("time.server"), Value: server},
	)
}

func (m *maker) environmentRows(man *evidence.Manifest) []row {
	e, w := man.Environment, m.w
	program := clean(shortText, e.Tool)
	if e.Build != "" {
		program += " (" + clean(shortText, e.Build) + ")"
	}
	sandbox := ""
	if !e.Sandbox {
		sandbox = w.say("env.sandbox.off")
	}
	view := fmt.Sprintf("%d × %d, %s", e.Viewport.Width, e.Viewport.Height, w.say("env.ratio", strconv.FormatFloat(e.PixelRatio, 'g', -1, 64)))
	if e.Mobile {
		view += ", " + w.say("env.mobile")
	}
	hash := ""
	if !e.BrowserHash.IsZero() {
		hash = e.BrowserHash.String()
	}
	return rows(
		row{Name: w.say("env.tool"), Value: program},
		row{Name: w.say("env.os"), Value: clean(shortText, e.OS)},
		row{Name: w.say("env.browser"), Value: clean(shortText, e.Browser)},
		row{Name: w.say("env.browser.hash"), Value: hash, Mono: true},
		row{Name: w.say("env.sandbox"), Value: sandbox},
		row{Name: w.say("env.view"), Value: view},
		row{Name: w.say("env.locale"), Value: clean(shortText, e.Locale)},
		row{Name: w.say("env.timezone"), Value: clean(shortText, e.Timezone)},
		row{Name: w.say("env.agent"), Value: clean(someText, e.UserAgent)},
	)
}

func (m *maker) networkRows(man *evidence.Manifest) []row {
	w, private := m.w, ""
	if man.Environment.PrivateAllowed {
		private = w.say("net.private.open")
	}
	archive := ""
	if a := man.Archive; a != nil {
		archive = w.say("net.archive.value", grouped(a.Responses), grouped(a.Failed), grouped(a.Missing), grouped(a.Bytes))
	}
	return rows(
		row{Name: w.say("net.remote"), Value: clean(shortText, man.Target.Remote)},
		row{Name: w.say("net.protocol"), Value: clean(shortText, man.Target.Protocol)},
		row{Name: w.say("net.proxy"), Value: clean(shortText, man.Environment.Proxy)},
		row{Name: w.say("net.private"), Value: private},
		row{Name: w.say("net.archive"), Value: archive},
	)
}

func (m *maker) tlsRows(t *evidence.TLS) []row {
	w := m.w
	if t == nil {
		return []row{{Name: w.say("tls.connection"), Value: w.say("tls.none")}}
	}
	valid := w.say("tls.valid.yes")
	if !t.Valid {
		valid = w.say("tls.valid.no", clean(shortText, t.Error))
	}
	return rows(
		row{Name: w.say("tls.connection"), Value: clean(shortText, joined(t.Protocol, t.Cipher))},
		row{Name: w.say("tls.certificate"), Value: valid},
		row{Name: w.say("tls.subject"), Value: clean(shortText, t.Subject)},
		row{Name: w.say("tls.issuer"), Value: clean(shortText, t.Issuer)},
		row{Name: w.say("tls.period"), Value: spanOf(t.NotBefore, t.NotAfter)},
	)
}

func (m *maker) redirectViews(man *evidence.Manifest) (out []redirectView) {
	all, _ := head(man.Target.Redirects, maxProblems)
	for _, d := range all {
		how := m.w.say("redirect.page")
		if d.Status != 0 {
			how = "HTTP " + strconv.Itoa(d.Status)
		}
		out = append(out, redirectView{clean(someText, d.From), clean(someText, d.To), how})
	}
	return out
}

func (m *maker) fenceView(f *evidence.Fence) (v fenceView) {
	w := m.w
	moment := func(t *evidence.Moment, gap string) (at, by string) {
		if t == nil {
			v.Gaps = append(v.Gaps, w.say(gap))
			return w.say("fence.open"), ""
		}
		trusted := "fence.untrusted"
		if t.Trusted {
			trusted = "fence.trusted"
		} else {
			v.Gaps = append(v.Gaps, w.say("fence.gap.root", clean(shortText, t.Authority)))
		}
		return utc(t.Time), w.say(trusted, clean(shortText, t.Authority))
	}
	v.NotBefore, v.NotBeforeBy = moment(f.NotBefore, "fence.gap.before")
	v.NotAfter, v.NotAfterBy = moment(f.NotAfter, "fence.gap.after")
	for _, a := range f.Responses {
		root := w.say("fence.root.unknown")
		if a.Trusted {
			root = clean(shortText, a.Root)
		}
		v.Answers = append(v.Answers, answerView{clean(shortText, a.Path), utc(a.GenTime), clean(shortText, a.Authority), root})
	}
	v.Gaps = slices.Compact(v.Gaps)
	return v
}

func (v *captureView) addSeal(m *maker, r *record) {
	w, s := m.w, r.seal
	v.Seal = []row{
		{Name: w.say("seal.manifest"), Value: r.capture.ManifestDigest.String(), Mono: true},
		{Name: w.say("seal.time"), Value: utc(s.Event.Time)},
		{Name: w.say("seal.entry"), Value: strconv.FormatInt(s.Event.Seq, 10)},
		{Name: w.say("seal.entries"), Value: m.entries(r)},
	}
	if c, err := custody.ParseCheckpoint(s.Checkpoint); err == nil {
		v.Seal = append(v.Seal,
			row{Name: w.say("seal.size"), Value: strconv.FormatInt(c.Size, 10)},
			row{Name: w.say("seal.root"), Value: c.Root.String(), Mono: true})
	}
	if f, err := bundle.Fingerprint(s.Key); err == nil {
		v.Seal = append(v.Seal, row{Name: w.say("seal.key"), Value: f, Mono: true})
	}
	v.Seal = append(v.Seal, row{Name: w.say("seal.id"), Value: r.capture.ID.String(), Mono: true})
	v.Items, v.ItemsMore = head(r.manifest.Items, maxItems)
	for _, it := range v.Items {
		if f, err := r.capture.Open(it); err != nil {
			v.Withheld[it.Path] = errors.Is(err, fs.ErrNotExist)
		} else {
			f.Close()
		}
	}
	if t := r.manifest.TLS; t != nil {
		for _, d := range t.Chain {
			v.Chain = append(v.Chain, d.String())
		}
	}
}

// entries numbers the log's entries on a capture.
func (m *maker) entries(r *record) string {
	var out []string
	for _, e := range m.c.Events {
		if e.Subject == r.capture.ID.String() {
			out = append(out, strconv.FormatInt(e.Seq, 10))
		}
	}
	all, more := head(out, 100)
	text := strings.Join(all, ", ")
	if more > 0 {
		text += " …"
	}
	return text
}

func (m *maker) countRows(man *evidence.Manifest) []row {
	i, w := man.Interventions, m.w
	return []row{
		{Name: w.say("done.scripts"), Value: grouped(i.Scripts)},
		{Name: w.say("done.scrolls"), Value: grouped(i.Scrolls)},
		{Name: w.say("done.clicks"), Value: grouped(i.Clicks)},
		{Name: w.say("done.dialogs"), Value: grouped(i.Dialogs)},
		{Name: w.say("done.blocked"), Value: grouped(i.Blocked)},
	}
}

// limits says what this record doesn't show.
func (m *maker) limits(r *record, v *captureView) []string {
	w, man := m.w, r.manifest
	out := []string{w.say("limit.seen")}
	if man.TLS == nil {
		out = append(out, w.say("limit.tls"))
	}
	if len(v.Fence.Gaps) > 0 {
		out = append(out, w.say("limit.clock"))
	}
	if man.Environment.Proxy != "" {
		out = append(out, w.say("limit.proxy"))
	}
	if !man.Environment.Sandbox {
		out = append(out, w.say("limit.sandbox"))
	}
	for _, gone := range v.Withheld {
		if gone {
			return append(out, w.say("limit.withheld"))
		}
	}
	return out
}

// checks holds a capture against the minimum of the Berkeley Protocol.
func (m *maker) checks(r *record) []checkView {
	man := r.manifest
	has := func(kinds ...evidence.Kind) bool {
		return slices.ContainsFunc(kinds, func(k evidence.Kind) bool { _, ok := man.Find(k); return ok })
	}
	media, gap := man.Archive != nil && man.Archive.Missing == 0, ""
	if man.Archive != nil && man.Archive.Missing > 0 {
		gap = m.w.count("check.media.missing", man.Archive.Missing)
	}
	full := has(evidence.KindPage)
	fullGap := ""
	if full && slices.ContainsFunc(man.Problems, func(p evidence.Problem) bool {
		return strings.HasPrefix(p.Code, "page_too") || p.Code == "strips_differ"
	}) {
		full, fullGap = false, m.w.say("check.full.doubt")
	}
	out := []checkView{
		{Key: "address", Present: man.Target.Requested != ""},
		{Key: "source", Present: has(evidence.KindDocument) && has(evidence.KindDOM)},
		{Key: "full", Present: full, Gap: fullGap},
		{Key: "media", Present: media, Gap: gap},
		{Key: "metadata", Present: has(evidence.KindListing) || len(man.Target.Headers) > 0},
		{Key: "context", Present: man.Authority.Reason != "" || man.Authority.Purpose != ""},
		{Key: "collector", Present: man.Authority.Operator != ""},
		{Key: "time", Present: !man.Time.Started.IsZero()},
		{Key: "hash", Present: !r.capture.ManifestDigest.IsZero()},
	}
	for i := range out {
		out[i].Name = m.w.say("check." + out[i].Key)
		if !out[i].Present && out[i].Gap == "" {
			out[i].Gap = m.w.say("check." + out[i].Key + ".gap")
		}
	}
	return out
}
