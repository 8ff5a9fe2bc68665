package evidence

import (
	"fmt"
	"regexp"
	"strings"
)

// maxItemPath is the longest path of an item. With the vault's own folders
// before it, it stays below the 260 characters that Windows allows by default.
const maxItemPath = 120

var (
	caseRef  = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$`)
	pathPart = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9._-]*$`)
	device   = regexp.MustCompile(`(?i)^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)`)
)

// CheckRef reports why a text can't be the reference of a case. A reference is
// also a folder's name, on every system: up to 64 letters (A to Z), digits,
// dots, dashes and underscores, no dot at either end, no device of Windows.
func CheckRef(ref string) error {
	switch {
	case len(ref) > 64:
		return fmt.Errorf("case reference %q: got %d characters, want at most 64", ref, len(ref))
	case !caseRef.MatchString(ref) || strings.HasSuffix(ref, "."):
		return fmt.Errorf("case reference %q: want letters, digits, dots, dashes and underscores only, and no dot at either end", ref)
	case device.MatchString(ref):
		return fmt.Errorf("case reference %q: reserved on Windows", ref)
	}
	return nil
}

// checkItemPath reports why a path can't be an item's: parts of the letters of
// a case reference, joined by slashes.
func checkItemPath(path string) error {
	if len(path) > maxItemPath {
		return fmt.Errorf("item path %q: got %d characters, want at most %d", path, len(path), maxItemPath)
	}
	for part := range strings.SplitSeq(path, "/") {
		if !pathPart.MatchString(part) || strings.HasSuffix(part, ".") || device.MatchString(part) {
			return fmt.Errorf("item path %q: want letters, digits, dots, dashes and underscores, and single slashes between", path)
		}
	}
	if strings.EqualFold(path, manifestFile) || strings.EqualFold(path, sealFile) || strings.HasPrefix(strings.ToLower(path), afterPrefix) {
		return fmt.Errorf("item path %q: reserved", path)
	}
	return nil
}
