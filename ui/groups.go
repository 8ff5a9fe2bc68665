package ui

import (
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2/widget"

	"pugmark/evidence"
)

// group is a part of a manifest, made readable.
type group struct {
	name string
	rows []field
}

// field is a value with its name. A value may have several lines.
type field struct {
	name  string
	lines []string
	mono  bool              // digests and the like
	tone  widget.Importance // of the value
	notes []string          // what is less important than the value, below it
	copy  string            // what a button beside the value copies; empty: no button
}

// rowLimit is how many rows of a group are shown. The raw JSON has them all.
const rowLimit = 60

// add adds a value, unless it is unknown.
func (g *group) add(name string, lines ...string) {
	if strings.Join(lines, "") != "" {
		g.rows = append(g.rows, field{name: tr(name), lines: lines})
	}
}

// addMono adds a value of which each character counts.
func (g *group) addMono(name string, lines ...string) {
	n := len(g.rows)
	g.add(name, lines...)
	if len(g.rows) > n {
		g.rows[n].mono = true
	}
}

// addCopied adds a value of which each character counts, to be copied by a
// button.
func (g *group) addCopied(name, value string) {
	g.addMono(name, value)
	if value != "" {
		g.rows[len(g.rows)-1].copy = value
	}
}

func (g *group) addTime(name string, t *time.Time) {
	if t != nil && !t.IsZero() {
		g.add(name, bothTimes(*t)...)
	}
}

// limited returns the group without the rows beyond the limit.
func (g group) limited() group {
	if more := len(g.rows) - rowLimit; more > 0 {
		g.rows = append(g.rows[:rowLimit:rowLimit], field{
			name: "…", lines: []string{trf("%s more, in the raw JSON", grouped(int64(more)))},
		})
	}
	return g
}

// groupsOf returns a manifest as groups, without those that are empty.
func groupsOf(m *evidence.Manifest, digest evidence.Digest) (out []group) {
	for _, g := range []group{
		verdictGroup(m), identityGroup(m, digest), authorityGroup(m.Authority), targetGroup(m.Target),
		redirectGroup(m.Target.Redirects), tlsGroup(m.TLS), timeGroup(m), environmentGroup(m.Environment),
		pictureGroup(m), interventionGroup(m.Interventions), headerGroup(m.Target.Headers), itemGroup(m.Items),
	} {
		if len(g.rows) > 0 {
			out = append(out, g.limited())
		}
	}
	return out
}

func verdictGroup(m *evidence.Manifest) group {
	g := group{name: "Verdict"}
	g.add("Verdict", verdictWord(m.Verdict, 0))
	for i, p := range m.Problems {
		g.add(trf("Problem %d", i+1), p.Detail, p.Code, p.URL)
	}
	for i, p := range m.Notices {
		g.add(trf("Notice %d", i+1), p.Detail, p.Code, p.URL)
	}
	return g
}

func identityGroup(m *evidence.Manifest, digest evidence.Digest) group {
	g := group{name: "Identity"}
	g.add("Case", m.Identity.Case)
	g.add("Exhibit", strconv.Itoa(m.Identity.Exhibit))
	g.addCopied("Capture", m.Identity.Capture.String())
	g.addMono("Vault", m.Identity.VaultID.String())
	g.addCopied("Manifest's digest", digest.String())
	if p := m.Identity.Previous; p != nil {
		g.addCopied("Previous capture", p.String())
	}
	return g
}

func authorityGroup(a evidence.Authority) group {
	g := group{name: "Authority"}
	g.add("Legal basis", a.Basis)
	g.add("Purpose", a.Purpose)
	g.add("Reason", a.Reason)
	g.add("Operator", a.Operator)
	g.add("Role", a.Role)
	g.add("Organisation", a.Organisation)
	g.add("Persona", a.Persona)
	return g
}

func targetGroup(t evidence.Target) group {
	g := group{name: "Target"}
	g.add("Requested", t.Requested)
	g.add("Final address", t.Final)
	g.add("Canonical address", t.Canonical)
	g.add("Title", t.Title)
	g.add("Language", t.Language)
	g.add("Status", number(t.Status))
	g.add("Media type", t.MediaType)
	g.add("Protocol", t.Protocol)
	g.add("Served by", t.Remote)
	g.addTime("Server's date", t.ServerDate)
	return g
}

func redirectGroup(redirects []evidence.Redirect) group {
	g := group{name: "Redirects"}
	for i, r := range redirects {
		how := number(r.Status)
		if how == "" {
			how = tr("by the page")
		}
		g.add(trf("Step %d", i+1), r.From, "→ "+r.To, strings.TrimSpace(how+" "+r.Remote))
	}
	return g
}

func headerGroup(fields []evidence.Field) group {
	g := group{name: "Headers of the response"}
	for _, f := range fields {
		g.rows = append(g.rows, field{name: f.Name, lines: []string{f.Value}})
	}
	return g
}

func tlsGroup(t *evidence.TLS) group {
	g := group{name: "TLS"}
	if t == nil {
		return g
	}
	valid := tr("valid, as the browser judged")
	if !t.Valid {
		valid = trf("not valid: %s", t.Error)
	}
	g.add("Certificate", valid)
	g.add("Subject", t.Subject)
	g.add("Issuer", t.Issuer)
	g.add("Names", strings.Join(t.Names, ", "))
	g.addTime("Not before", &t.NotBefore)
	g.addTime("Not after", &t.NotAfter)
	g.add("Protocol", t.Protocol)
	g.add("Cipher", t.Cipher)
	g.add("Key exchange", t.Group)
	for i, d := range t.Chain {
		g.addCopied(trf("Certificate %d", i+1), d.String())
	}
	return g
}

func timeGroup(m *evidence.Manifest) group {
	g := group{name: "Time, by the machine's clock"}
	g.addTime("Started", &m.Time.Started)
	g.addTime("Loaded", m.Time.Loaded)
	g.addTime("Finished", &m.Time.Finished)
	g.add("Duration", grouped(m.Time.Duration)+" ms")
	g.add("Machine's zone", m.Time.Zone)
	return g
}

func environmentGroup(e evidence.Environment) group {
	g := group{name: "Environment"}
	g.add("Tool", strings.TrimSpace(e.Tool+" "+e.Build))
	g.add("System", e.OS)
	g.add("Browser", e.Browser, e.BrowserPath)
	if !e.BrowserHash.IsZero() {
		g.addCopied("Browser's digest", e.BrowserHash.String())
	}
	g.add("DevTools", e.Protocol)
	g.add("Sandbox", map[bool]string{true: tr("on"), false: tr("off")}[e.Sandbox])
	g.add("User agent", e.UserAgent)
	g.add("Viewport", trf("%s at pixel ratio %s", sizeText(e.Viewport), strconv.FormatFloat(e.PixelRatio, 'f', -1, 64)))
	g.add("Mobile", map[bool]string{true: tr("yes")}[e.Mobile])
	g.add("Locale", e.Locale)
	g.add("Time zone", e.Timezone)
	g.add("Proxy", e.Proxy)
	g.add("Flags", e.Flags...)
	return g
}

func pictureGroup(m *evidence.Manifest) group {
	g := group{name: "Picture and archive"}
	if p := m.Picture; p != nil {
		g.add("Picture", trf("%s px, in %s", sizeText(p.Size), count(p.Strips, "strip")))
		g.add("Scrolled", count(p.Scrolled, "step"))
	}
	if a := m.Archive; a != nil {
		g.add("Responses", grouped(int64(a.Responses))+", "+bytesText(a.Bytes))
		g.add("Without response", number(a.Failed))
		g.add("Body missing", number(a.Missing))
	}
	return g
}

func interventionGroup(n evidence.Interventions) group {
	g := group{name: "Interventions"}
	g.add("Scripts", strconv.Itoa(n.Scripts))
	g.add("Scrolls", strconv.Itoa(n.Scrolls))
	g.add("Clicks", strconv.Itoa(n.Clicks))
	g.add("Dialogs answered", strconv.Itoa(n.Dialogs))
	g.add("Blocked", strconv.Itoa(n.Blocked))
	return g
}

func itemGroup(items []evidence.Item) group {
	g := group{name: "Items"}
	for _, it := range items {
		g.addMono(string(it.Kind), it.Path, it.MediaType+", "+bytesText(it.Bytes), it.SHA256.String())
		g.rows[len(g.rows)-1].copy = it.SHA256.String()
	}
	return g
}

// number returns a number, or nothing for 0.
func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func sizeText(s evidence.Size) string {
	return grouped(int64(s.Width)) + " × " + grouped(int64(s.Height))
}
