package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"pugmark/capture"
	"pugmark/recorder"
)

// adviseBrowser says why no browser could be started.
func adviseBrowser(e *recorder.BrowserError) advice {
	switch text := e.Err.Error(); {
	case errors.Is(e.Err, capture.ErrNoBrowser) && e.Options.Path != "":
		return advice{"no_browser", fmt.Sprintf("There is no browser that could be run at %q.", e.Options.Path),
			"Check the name given with --chrome, or leave --chrome out."}
	case errors.Is(e.Err, capture.ErrNoBrowser):
		return adviseKnown(e.Err)
	case strings.Contains(text, "no-sandbox") || strings.Contains(text, "No usable sandbox"):
		return advice{"no_sandbox", "Chromium can't set up its sandbox here" + asRoot() + ".",
			"Run pug as an ordinary user; or, where that can't be, as in a container, add --no-sandbox.\n" +
				"The capture then says so: without the sandbox, a hostile page that breaks out of Chromium\n" +
				"can reach what you can."}
	}
	first, said, _ := strings.Cut(strings.TrimSpace(e.Err.Error()), "\n")
	return advice{"browser", "The browser could not be started: " + clean(first) + ".", lastWords(said) + `"pug doctor" checks it.`}
}

// lastWords quotes the last that a browser said.
func lastWords(said string) string {
	lines := strings.Split(strings.TrimSpace(said), "\n")
	lines = lines[max(0, len(lines)-3):]
	if said = strings.TrimSpace(strings.Join(lines, "\n")); said == "" {
		return ""
	}
	for i, line := range lines {
		lines[i] = "    " + shorten(clean(line), 2*addressWidth)
	}
	return "Its last words:\n" + strings.Join(lines, "\n") + "\n"
}

// asRoot says that it is root who runs the program, which is why Chromium
// refuses its sandbox.
func asRoot() string {
	if os.Geteuid() == 0 {
		return " for root"
	}
	return ""
}
