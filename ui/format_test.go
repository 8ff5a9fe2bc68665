package ui

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"pugmark/evidence"
)

func TestFormat(t *testing.T) {
	for got, want := range map[string]string{
		count(1, "capture"):        "1 capture",
		count(0, "capture"):        "0 captures",
		count(1234567, "px"):       "1,234,567 px",
		grouped(-1234):             "-1,234",
		grouped(999):               "999",
		bytesText(999):             "999 bytes",
		bytesText(1000):            "1.0 kB",
		bytesText(15_400_000):      "15.4 MB",
		bytesText(999_960):         "1.0 MB",
		bytesText(1 << 53):         "9.0 PB",
		verdictWord("complete", 0): "Complete",
		verdictWord("partial", 2):  "Partial · 2 problems",
		sizeText(evidence.Size{Width: 1280, Height: 40000}): "1,280 × 40,000",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestAddress(t *testing.T) {
	for _, tt := range []struct {
		c           evidence.Capture
		host, title string
	}{
		{evidence.Capture{Requested: "https://a.example/x", Final: "https://b.example:8443/y", Title: "T"}, "b.example:8443", "T"},
		{evidence.Capture{Requested: "https://bank.example@evil.example/", Title: " \n"}, "evil.example", "https://bank.example@evil.example/"},
		{evidence.Capture{Requested: "data:text/html,x"}, "data:text/html,x", "data:text/html,x"},
		{evidence.Capture{Requested: "http://[::1"}, "http://[::1", "http://[::1"},
	} {
		if got := hostOf(tt.c); got != tt.host {
			t.Errorf("got host %q, want %q", got, tt.host)
		}
		if got := titleOf(tt.c); got != tt.title {
			t.Errorf("got title %q, want %q", got, tt.title)
		}
	}
}

// TestGroups has a manifest with everything and one with nothing.
func TestGroups(t *testing.T) {
	at := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	m := &evidence.Manifest{Acquisition: evidence.Acquisition{
		Target: evidence.Target{
			Requested: "https://a.example/", Status: 200, ServerDate: &at,
			Redirects: []evidence.Redirect{{From: "https://a.example/", To: "https://b.example/", Status: 302, Remote: "192.0.2.1:443"}, {From: "x", To: "y"}},
		},
		TLS:         &evidence.TLS{Protocol: "TLS 1.3", Subject: "a.example", Error: "ERR_CERT_DATE_INVALID", NotBefore: at, NotAfter: at, Chain: []evidence.Digest{{1}}},
		Time:        evidence.Time{Started: at, Finished: at, Loaded: &at, Duration: 12345},
		Environment: evidence.Environment{BrowserHash: evidence.Digest{2}, Mobile: true, Viewport: evidence.Size{Width: 390, Height: 844}, PixelRatio: 2.5},
		Picture:     &evidence.Picture{Size: evidence.Size{Width: 1280, Height: 40000}, Strips: 5, Scrolled: 1},
		Archive:     &evidence.Archive{Responses: 1200, Bytes: 5_000_000, Missing: 1},
		Verdict:     evidence.Partial,
		Problems:    []evidence.Problem{{Code: "http_status", Detail: "D", URL: "https://c.example/"}},
	}}
	for range rowLimit + 5 {
		m.Items = append(m.Items, evidence.Item{Path: "a", Kind: evidence.KindStrip, MediaType: "image/png", Bytes: 1500})
	}
	text := groupsText(groupsOf(m, evidence.Digest{0xAB}))
	for _, want := range []string{
		"Manifest's digest: ab0000",
		"Problem 1: D | http_status | https://c.example/",
		"Step 1: https://a.example/ | → https://b.example/ | 302 192.0.2.1:443",
		"Step 2: x | → y | by the page",
		"Certificate: not valid: ERR_CERT_DATE_INVALID",
		"Server's date: " + localTime(at) + " | 2026-11-24 08:00:00.000 UTC",
		"Duration: 12,345 ms", "Viewport: 390 × 844 at pixel ratio 2.5", "Mobile: yes", "Sandbox: off",
		"Picture: 1,280 × 40,000 px, in 5 strips", "Scrolled: 1 step", "Responses: 1,200, 5.0 MB", "Body missing: 1",
		"page-strip: a | image/png, 1.5 kB | 0000", "…: 5 more, in the raw JSON",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in:\n%s", want, text)
		}
	}
	empty := groupsText(groupsOf(new(evidence.Manifest), evidence.Digest{}))
	for _, unknown := range []string{"TLS", "Redirects", "Authority", "Picture and archive", "Loaded", "Items", "Status"} {
		if strings.Contains(empty, unknown) {
			t.Errorf("%q in a manifest that doesn't know it:\n%s", unknown, empty)
		}
	}
}

func groupsText(groups []group) string {
	var b strings.Builder
	for i, g := range groups {
		b.WriteString(strconv.Itoa(i) + " " + g.name + "\n")
		for _, f := range g.rows {
			b.WriteString(f.name + ": " + strings.Join(f.lines, " | ") + "\n")
		}
	}
	return b.String()
}
