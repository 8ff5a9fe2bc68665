package capture

import (
	"fmt"
	"strings"
)

// maxGlyphs is how many different characters of a page are looked at. A long
// Chinese text has about 3,000.
const maxGlyphs = 1000

// shownGlyphs is how many of the characters that can't be drawn are named.
const shownGlyphs = 10

// glyphs is what glyphs.js returns.
type glyphs struct {
	Looked  int      `json:"looked"`
	Missing []string `json:"missing"`
}

// glyphs looks for text that the picture shows as boxes, since the machine has
// no font for its script. Who reads the picture in court can't tell.
func (s *session) glyphs() error {
	g, err := run[glyphs](s.page, stepTimeout, "glyphs.js", maxGlyphs)
	if err != nil || len(g.Missing) == 0 {
		return err
	}
	some := g.Missing[:min(len(g.Missing), shownGlyphs)]
	s.problem(ProblemGlyphs, fmt.Sprintf("this machine has no font for %d of the page's characters, and the picture shows boxes in their place: %s",
		len(g.Missing), strings.Join(some, " ")), "")
	return nil
}
