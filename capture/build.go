package capture

import "runtime/debug"

// build returns the revision that this program was built from, or "" where the
// build didn't record one.
func build() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value
		}
	}
	return ""
}
