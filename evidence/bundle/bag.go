package bundle

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"pugmark/evidence"
	"pugmark/evidence/canon"
)

// bagit is the content of bagit.txt (RFC 8493, section 2.1.1).
const bagit = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"

// versionLabel labels the bundle's version in bag-info.txt.
const versionLabel = "Pugmark-Bundle-Version"

// line is a line of a bag's manifest: a file and its digest.
type line struct {
	path   string
	digest evidence.Digest
}

// formatManifest returns a manifest of a bag. The lines are sorted by path.
func formatManifest(lines []line) []byte {
	var b []byte
	for _, l := range lines {
		b = fmt.Appendf(b, "%s  %s\n", l.digest, l.path)
	}
	return b
}

// parseManifest reads a manifest of a bag in its one encoding.
func parseManifest(b []byte) ([]line, error) {
	var lines []line
	for text := range strings.Lines(string(b)) {
		l, err := parseLine(text)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", len(lines)+1, err)
		}
		if n := len(lines); n > 0 && lines[n-1].path >= l.path {
			return nil, fmt.Errorf("line %d: not in order", n+1)
		}
		lines = append(lines, l)
	}
	return lines, nil
}

func parseLine(text string) (line, error) {
	text, ok := strings.CutSuffix(text, "\n")
	digest, path, cut := strings.Cut(text, "  ")
	if !ok || !cut {
		return line{}, errors.New("want a digest, two spaces, a path and the end of the line")
	}
	d, err := canon.ParseDigest(digest)
	if err != nil {
		return line{}, err
	}
	return line{path, d}, checkPath(path)
}

// bagInfo is what bag-info.txt says.
type bagInfo struct {
	agent         string // the tool that wrote the bundle
	date          string // when, YYYY-MM-DD
	ref           string
	octets        int64 // in data/
	files         int   // in data/
	organisations []string
}

// format returns bag-info.txt (RFC 8493, section 2.2.2).
func (i *bagInfo) format() []byte {
	var b []byte
	add := func(label, value string) { b = fmt.Appendf(b, "%s: %s\n", label, value) }
	add("Bag-Software-Agent", i.agent)
	add("Bagging-Date", i.date)
	add("External-Identifier", i.ref)
	add("Payload-Oxum", fmt.Sprintf("%d.%d", i.octets, i.files))
	add(versionLabel, strconv.Itoa(BundleVersion))
	for _, o := range i.organisations {
		add("Source-Organization", o)
	}
	return b
}

var (
	agentLine   = regexp.MustCompile(`(?m)^Bag-Software-Agent: (Pugmark [0-9A-Za-z.+-]{1,64})$`)
	dateLine    = regexp.MustCompile(`(?m)^Bagging-Date: ([0-9-]{10})$`)
	versionLine = regexp.MustCompile(`(?m)^` + versionLabel + `: ([0-9]{1,9})$`)
)

// readStatements reads from bag-info.txt what follows from nothing else.
func (i *bagInfo) readStatements(b []byte) error {
	agent, date := agentLine.FindSubmatch(b), dateLine.FindSubmatch(b)
	if agent == nil || date == nil {
		return errors.New("no Bag-Software-Agent of Pugmark, or no Bagging-Date")
	}
	i.agent, i.date = string(agent[1]), string(date[1])
	_, err := time.Parse(time.DateOnly, i.date)
	return err
}

// checkVersion reports a bundle that a newer Pugmark wrote.
func checkVersion(info []byte) error {
	v := versionLine.FindSubmatch(info)
	if v == nil {
		return nil
	}
	if n, err := strconv.Atoi(string(v[1])); err == nil && n > BundleVersion {
		return &evidence.VersionError{Format: BundleFormat, Got: n, Want: BundleVersion}
	}
	return nil
}

// organisations returns those that captured, each once, in the order of the
// captures.
func organisations(captures []*capture) (out []string) {
	for _, c := range captures {
		o := oneLine(c.manifest.Authority.Organisation)
		if o != "" && !slices.Contains(out, o) {
			out = append(out, o)
		}
	}
	return out
}

// oneLine returns a text without line breaks and other control characters.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, s)
	return strings.Join(strings.Fields(s), " ")
}
