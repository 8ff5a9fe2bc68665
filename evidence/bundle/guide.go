package bundle

import (
	"bytes"
	_ "embed" // for the text of the guide
	"text/template"

	"pugmark/evidence"
)

// guideText is the template of VERIFY.txt. What it makes of a bundle is part of
// the format: a verifier makes it anew and compares, so that no forger can have
// people run other commands. Another text needs another BundleVersion.
//
//go:embed guide.txt
var guideText string

var guideTemplate = template.Must(template.New(guideFile).Parse(guideText))

// guide is what VERIFY.txt says of one bundle: nothing that anybody wrote
// freely, since people copy its lines into a shell.
type guide struct {
	Ref      string
	Events   int
	Captures []string // paths of the folders
	Keys     []guideKey
	Signer   string // hash of the key that signed the checkpoint
	Withheld bool   // items are left out
	Secrets  []guideSecrets
	Stamped  []guideStamp
	Roots    int // of time-stamp authorities
}

// guideSecrets are the TLS secrets of a capture in clear.
type guideSecrets struct{ Keys, Capture string } // paths

type guideKey struct{ Hash, Fingerprint string }

// text returns VERIFY.txt.
func (g *guide) text() ([]byte, error) {
	var buf bytes.Buffer
	err := guideTemplate.Execute(&buf, g)
	return buf.Bytes(), err
}

func guideKeys(ring evidence.KeyRing) ([]guideKey, error) {
	var out []guideKey
	for _, k := range ring {
		f, err := Fingerprint(k.VKey)
		if err != nil {
			return nil, err
		}
		out = append(out, guideKey{keyHash(k.VKey), f})
	}
	return out, nil
}
