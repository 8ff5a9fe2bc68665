package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"pugmark/evidence"
)

func versionCommand() *command {
	return &command{
		name: "version", short: "show the version", long: "Shows the version of this program, and what it was built from.",
		setup: func(*flag.FlagSet) action {
			return func(context.Context, *app, []string) (outcome, error) {
				doc := thisVersion()
				return outcome{doc: doc, text: func(w io.Writer) { fmt.Fprintln(w, doc) }}, nil
			}
		},
	}
}

// versionDoc is the document of "pug version".
type versionDoc struct {
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	Go       string `json:"go"`
	OS       string `json:"os"`
}

func thisVersion() versionDoc {
	v := versionDoc{Version: evidence.Version, Go: runtime.Version(), OS: runtime.GOOS + "/" + runtime.GOARCH}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				v.Revision = s.Value
			}
		}
	}
	return v
}

// String implements [fmt.Stringer].
func (v versionDoc) String() string {
	text := fmt.Sprintf("Pugmark %s (%s, %s)", v.Version, v.Go, v.OS)
	if v.Revision != "" {
		text += "\nrevision " + v.Revision
	}
	return text
}
