package capture

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// identity is what a site is told of the browser and of the person before it:
// the user agent, the client hints that go with it, language and time zone. The
// page, each of its frames and each of its workers tell the same.
type identity struct {
	agent    emulation.SetUserAgentOverrideParams
	locale   string
	timezone string
}

// identity returns what the capture was asked to tell.
func (s *session) identity() (identity, error) {
	id := identity{locale: s.Locale, timezone: s.Timezone}
	id.agent = emulation.SetUserAgentOverrideParams{UserAgent: s.userAgent(), AcceptLanguage: s.Locale}
	if !strings.Contains(id.agent.UserAgent, "Chrome/") {
		return id, nil // others than Chrome send no client hints
	}
	hints, err := s.browser.hints()
	if err != nil {
		return id, fmt.Errorf("asking the browser for its client hints: %w", err)
	}
	if strings.Contains(id.agent.UserAgent, "Android") {
		hints = onAndroid(hints, strings.Contains(id.agent.UserAgent, " Mobile "))
	}
	id.agent.UserAgentMetadata = &hints
	return id, nil
}

// userAgent returns what the page is told: the browser's own name without the
// word that says that no one is watching, or what was asked for.
func (s *session) userAgent() string {
	if s.UserAgent != "" {
		return s.UserAgent
	}
	return strings.Replace(s.browser.version.UserAgent, "HeadlessChrome", "Chrome", 1)
}

// onAndroid returns the hints of a browser as the same one on Android sends
// them. Which device it is stays untold.
func onAndroid(h emulation.UserAgentMetadata, phone bool) emulation.UserAgentMetadata {
	h.Platform, h.PlatformVersion, h.Mobile = "Android", "10.0.0", phone
	h.Architecture, h.Bitness, h.Model = "", "", ""
	h.FormFactors = []string{"Tablet"}
	if phone {
		h.FormFactors = []string{"Mobile"}
	}
	return h
}

// emulate makes the page see the identity.
func (id identity) emulate(ctx context.Context, p *page) error {
	if _, err := command(ctx, p, emulation.SetUserAgentOverride, id.agent); err != nil {
		return err
	}
	if id.locale != "" {
		locale := emulation.SetLocaleOverrideParams{Locale: id.locale}
		if _, err := command(ctx, p, emulation.SetLocaleOverride, locale); err != nil {
			return badRequest("locale", id.locale, err)
		}
	}
	if id.timezone != "" {
		zone := emulation.SetTimezoneOverrideParams{TimezoneID: id.timezone}
		if _, err := command(ctx, p, emulation.SetTimezoneOverride, zone); err != nil {
			return badRequest("time zone", id.timezone, err)
		}
	}
	return nil
}

// emulateIn makes a frame or a worker see the identity, that Chrome holds until
// then. What one shares with the page is set already, and refused.
func (id identity) emulateIn(t *transport, session target.SessionID) {
	t.send(session, emulation.CommandSetUserAgentOverride, id.agent, nil)
	if id.locale != "" {
		t.send(session, emulation.CommandSetLocaleOverride, emulation.SetLocaleOverrideParams{Locale: id.locale}, nil)
	}
	if id.timezone != "" {
		t.send(session, emulation.CommandSetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: id.timezone}, nil)
	}
}

// askHints asks the browser for the client hints that it sends by itself: they
// would be lost where the user agent is set without them. Only a page of a
// secure origin can ask, as a file is one.
func (b *Browser) askHints() (emulation.UserAgentMetadata, error) {
	var none emulation.UserAgentMetadata
	path := filepath.Join(b.proc.profile.dir, "blank.html")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		return none, err
	}
	tab, closeTab := chromedp.NewContext(b.ctx)
	defer closeTab()
	ctx, cancel := context.WithTimeout(tab, startTimeout)
	defer cancel()
	file := url.URL{Scheme: "file", Path: "/" + strings.TrimPrefix(filepath.ToSlash(path), "/")}
	if err := chromedp.Do(ctx, chromedp.Navigate(file.String())); err != nil {
		return none, err
	}
	return chromedp.Run(ctx, chromedp.Evaluate[emulation.UserAgentMetadata](
		`navigator.userAgentData.getHighEntropyValues(["architecture", "bitness", "formFactors",
			"fullVersionList", "model", "platformVersion", "wow64"])`, chromedp.EvalAwaitPromise))
}
