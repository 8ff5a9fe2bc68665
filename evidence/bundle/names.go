package bundle

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Files of the bag's root, in the order of the zip.
const (
	bagitFile       = "bagit.txt"
	infoFile        = "bag-info.txt"
	manifestFile    = "manifest-sha256.txt"
	tagManifestFile = "tagmanifest-sha256.txt"
	signatureFile   = "tagmanifest-sha256.txt.sig"
)

// Names in the payload.
const (
	payload        = "data/"
	capturesPrefix = "data/captures/"
	caseFile       = "data/case.json"
	indexFile      = "data/index.html"
	reviewPrefix   = "data/review/"
	custodyPage    = "data/review/custody.html"
	checkpointFile = "data/checkpoint.txt"
	custodyFile    = "data/custody.json"
	eventsFile     = "data/proof/events.txt"
	guideFile      = "data/VERIFY.txt"
	keysFile       = "data/keys.json"
	keysPrefix     = "data/keys/"
	signersFile    = "data/keys/allowed_signers"
	secretsPrefix  = "data/tls-secrets/"
	rootsFile      = "data/trust/roots.pem"
	stepsFile      = "data/proof/steps.txt"
	withheldFile   = "data/withheld.json"

	captureManifest = "manifest.json"
	captureSeal     = "seal.json"
)

var root = []string{bagitFile, infoFile, manifestFile, tagManifestFile, signatureFile}

const (
	maxBase = 128 // bytes of the name of the bag's folder
	maxPath = 255 // bytes of a path in it
)

var (
	pathPart = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9._-]*$`)
	device   = regexp.MustCompile(`(?i)^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)`)
)

// checkPart reports why a text can't be a file's name on every system.
func checkPart(part string) error {
	switch {
	case !pathPart.MatchString(part) || strings.HasSuffix(part, "."):
		return fmt.Errorf("name %q: want letters, digits, dots, dashes and underscores only, and no dot at either end", part)
	case device.MatchString(part):
		return fmt.Errorf("name %q: reserved on Windows", part)
	}
	return nil
}

// checkPath reports why a text can't be the path of a file in a bag.
func checkPath(path string) error {
	if len(path) > maxPath {
		return fmt.Errorf("got a path of %d bytes, want at most %d", len(path), maxPath)
	}
	for part := range strings.SplitSeq(path, "/") {
		if err := checkPart(part); err != nil {
			return err
		}
	}
	return nil
}

// checkBase reports why a text can't be the name of a bag's folder.
func checkBase(base string) error {
	if len(base) > maxBase {
		return fmt.Errorf("got a name of %d bytes, want at most %d", len(base), maxBase)
	}
	return checkPart(base)
}

// comparePaths orders files as in the zip.
func comparePaths(a, b string) int {
	if ra, rb := rank(a), rank(b); ra != rb {
		return ra - rb
	}
	return strings.Compare(a, b)
}

func rank(path string) int {
	if i := slices.Index(root, path); i >= 0 {
		return i
	}
	return len(root)
}

// DefaultName returns a name for the bundle of a case: "OP-1_2026-11-24.pugmark.zip".
func DefaultName(ref string, t time.Time) string {
	return ref + "_" + t.Format(time.DateOnly) + ".pugmark.zip"
}

// EncryptedSuffix is what the name of an encrypted bundle ends with.
const EncryptedSuffix = ".age"

// baseOf returns the name of the bag's folder: that of the file without .zip and
// .age, or a default where that has letters that not every system takes.
func baseOf(file, ref string, t time.Time) string {
	base := strings.TrimSuffix(filepath.Base(file), EncryptedSuffix)
	if ext := filepath.Ext(base); strings.EqualFold(ext, ".zip") {
		base = strings.TrimSuffix(base, ext)
	}
	if checkBase(base) == nil {
		return base
	}
	return strings.TrimSuffix(DefaultName(ref, t), ".zip")
}
