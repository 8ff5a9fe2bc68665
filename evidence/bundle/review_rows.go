package bundle

import (
	"fmt"
	"strconv"
	"strings"

	"pugmark/evidence"
)

// pageRows says what was asked for and what answered.
func pageRows(m *evidence.Manifest) []row {
	t, status := m.Target, ""
	if t.Status != 0 {
		status = strings.TrimSpace(fmt.Sprintf("HTTP status %d %s %s", t.Status, t.MediaType, t.Protocol))
	}
	rows := []row{
		{"Title", cleanText(someText, t.Title).in(t.Language)}, newRow("Address, as asked for", t.Requested), newRow("Address at the end", t.Final),
		newRow("Address, as the page has it", t.Canonical), newRow("Language", t.Language),
		newRow("Answer", status), newRow("Served by", t.Remote),
	}
	return append(rows, tlsRows(m.TLS)...)
}

func tlsRows(t *evidence.TLS) []row {
	if t == nil {
		return []row{newRow("Encryption", "none that is known (TLS)")}
	}
	valid := "found valid by the browser"
	if !t.Valid {
		valid = "NOT found valid by the browser: " + t.Error
	}
	rows := []row{
		newRow("Encryption", strings.TrimSpace(t.Protocol+" "+t.Cipher)), newRow("Certificate", valid),
		newRow("Certificate of", t.Subject), newRow("Issued by", t.Issuer),
		newRow("Valid", utc(&t.NotBefore)+" to "+utc(&t.NotAfter)),
	}
	if len(t.Chain) > 0 {
		rows = append(rows, newRow("Certificate, SHA-256", t.Chain[0].String()))
	}
	return rows
}

// timeRows says what clocks say that nobody vouches for.
func timeRows(t evidence.Time, target evidence.Target) []row {
	return []row{
		newRow("Started", utc(&t.Started)), newRow("Page loaded", utc(t.Loaded)), newRow("Finished", utc(&t.Finished)),
		newRow("Took", fmt.Sprintf("%s milliseconds, by a clock that nobody can set", grouped(t.Duration))),
		newRow("Zone of the machine", t.Zone), newRow("By the server’s clock", utc(target.ServerDate)),
	}
}

func whoRows(m *evidence.Manifest) []row {
	a, previous := m.Authority, ""
	if m.Identity.Previous != nil {
		previous = m.Identity.Previous.String()
	}
	return []row{
		newRow("Operator", a.Operator), newRow("Role", a.Role), newRow("Organisation", a.Organisation), newRow("Persona", a.Persona),
		newRow("Legal basis", a.Basis), newRow("Purpose", a.Purpose), newRow("Reason", a.Reason),
		newRow("Vault", m.Identity.VaultID.String()), newRow("Earlier capture of the address", previous),
	}
}

func withRows(m *evidence.Manifest) []row {
	e, sandbox, private := m.Environment, "", ""
	if !e.Sandbox {
		sandbox = "off"
	}
	if e.PrivateAllowed {
		private = "open to the page"
	}
	view := fmt.Sprintf("%d × %d at pixel ratio %s", e.Viewport.Width, e.Viewport.Height, strconv.FormatFloat(e.PixelRatio, 'g', -1, 64))
	if e.Mobile {
		view += ", as a mobile device"
	}
	program := e.Tool
	if e.Build != "" {
		program += " (" + e.Build + ")"
	}
	rows := []row{
		newRow("Program", program), newRow("System", e.OS), newRow("Browser", e.Browser), newRow("Sandbox of the browser", sandbox),
		newRow("Viewport", view), newRow("Locale", e.Locale), newRow("Time zone for the page", e.Timezone),
		newRow("Proxy", e.Proxy), newRow("Machine’s own network", private), newRow("User agent", e.UserAgent),
	}
	if !e.BrowserHash.IsZero() {
		rows = append(rows, newRow("Browser, SHA-256", e.BrowserHash.String()))
	}
	return rows
}
