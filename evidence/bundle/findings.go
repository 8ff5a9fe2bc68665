package bundle

import (
	"errors"
	"fmt"
	"strconv"

	"pugmark/evidence"
)

// ErrNotBundle reports a file that doesn't begin as a bundle does.
var ErrNotBundle = errors.New("not a bundle")

// BundleFormat names the bundle in a [*evidence.VersionError].
const BundleFormat = "pugmark-bundle"

// BundleVersion is the version of the bundle that this program writes, and the
// only one that it reads.
const BundleVersion = 1

// The kinds of findings in a bundle. Those in a capture's folder are in package
// evidence, those in the log in package custody; their paths are in the bag.
const (
	ContainerChanged = "container-changed" // the zip isn't as Pugmark writes it
	EntryName        = "entry-name"        // a path that a bundle can't have, or has already
	EntryType        = "entry-type"        // a link or a device where a file should be
	EntryEncrypted   = "entry-encrypted"
	EntryCompressed  = "entry-compressed"
	EntrySize        = "entry-size" // more than there is
	BagMalformed     = "bag-malformed"
	BagSignature     = "bag-signature" // not by the key that signed the checkpoint
	FileMissing      = "file-missing"  // listed in the bag's manifest, but not there
	FileUnlisted     = "file-unlisted" // there, but in no manifest, or in none that counts
	FileDigest       = "file-digest"   // another than the bag's manifest says
	RecordMalformed  = "record-malformed"
	RecordDiffers    = "record-differs"   // says something else than log and captures
	EventForeign     = "event-foreign"    // of another case
	KeyUnlisted      = "key-unlisted"     // signed, but not in keys.json
	KeyUnused        = "key-unused"       // in keys.json, but signed nothing
	WithheldDiffers  = "withheld-differs" // said to be left out, but not as its manifest lists it
	WithheldKind     = "withheld-kind"    // said to be left out, but of a kind that never is
	WithheldPresent  = "withheld-present" // said to be left out, but there
	MoreFindings     = "more-findings"    // so many that they aren't listed
)

// maxFindings is how many findings a report lists.
const maxFindings = 1000

// maxText is how many bytes of a foreign text a finding shows.
const maxText = 200

// deviation is a finding that ends the reading of a zip.
type deviation struct{ evidence.Finding }

func (d *deviation) Error() string { return d.String() }

func deviate(path, kind, want, got string) error {
	return &deviation{evidence.Finding{Path: path, Kind: kind, Want: want, Got: got}}
}

// zipPath is the path of findings that concern the zip as a whole.
const zipPath = "zip"

// shown returns a foreign path in a form that is fit to be printed.
func shown(path string) string {
	if checkPath(path) == nil {
		return path
	}
	return strconv.QuoteToASCII(clip(path))
}

func clip[T string | []byte](s T) string { return string(s[:min(len(s), maxText)]) }

// add enters a finding, as long as there aren't too many.
func (c *checker) add(path, kind, want, got string) {
	c.enter(evidence.Finding{Path: path, Kind: kind, Want: want, Got: got})
}

func (c *checker) enter(f evidence.Finding) {
	c.marred[f.Path] = true
	if len(c.report.Findings) < maxFindings {
		c.report.Findings = append(c.report.Findings, f)
	} else {
		c.unlisted++
	}
}

// conclude draws the outcome.
func (c *checker) conclude() *evidence.Report {
	if c.unlisted > 0 {
		c.report.Findings = append(c.report.Findings, evidence.Finding{
			Path: zipPath, Kind: MoreFindings, Got: fmt.Sprintf("%d more", c.unlisted),
		})
	}
	c.report.Conclude()
	return c.report
}

// sound reports whether nothing was found at any of the paths.
func (c *checker) sound(paths ...string) bool {
	for _, p := range paths {
		if c.marred[p] {
			return false
		}
	}
	return true
}
