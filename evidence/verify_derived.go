package evidence

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"pugmark/evidence/custody"
)

// parseManifest reads the manifest of a capture or a derivation.
func (f *folder) parseManifest(raw []byte) {
	if bytes.Contains(raw, []byte(`"format":"`+DerivationFormat+`"`)) {
		if m, err := ParseDerivation(raw); err == nil {
			f.derived = m
		} else {
			f.manifestErr = err
		}
		return
	}
	if m, err := ParseManifest(raw); err == nil {
		f.manifest = m
	} else {
		f.manifestErr = err
	}
}

// count counts the folder as what it is, or, if its manifest can't be read, as
// what its seal is of.
func (f *folder) count() {
	sealed := f.manifest == nil && f.seal != nil && f.seal.Event.Action == custody.DerivationSealed
	if f.derived != nil || sealed {
		f.report.Derivations = 1
		return
	}
	f.report.Captures = 1
}

// items returns the items that the manifest lists.
func (f *folder) items() []Item {
	if f.derived != nil {
		return f.derived.Items
	}
	return f.manifest.Items
}

// compareSeal holds the seal against the manifest, if there is one.
func (f *folder) compareSeal() {
	switch {
	case f.rawManifest == nil:
	case f.derived != nil:
		f.report.Findings = append(f.report.Findings, f.seal.compareDerivation(f.rawManifest, f.derived)...)
	default:
		f.report.Findings = append(f.report.Findings, f.seal.compare(f.rawManifest, f.manifest)...)
	}
}

// verifyDerivations verifies the folders of the derivations that are in the log.
func (c *vaultCheck) verifyDerivations(ctx context.Context) error {
	check := func(ctx context.Context, i int) (checked, error) {
		d, err := derivationOf(c.derived[i])
		if err != nil {
			return checked{}, nil
		}
		dir, err := c.findIn(derivedPath(d), stagedDerivedPath(d.ID))
		if err != nil || dir == "" {
			return checked{}, err
		}
		return c.checkFolder(ctx, dir)
	}
	return InOrder(ctx, len(c.derived), check, func(i int, k checked) error {
		c.enterDerivation(c.derived[i], k)
		return nil
	})
}

// enterDerivation enters the folder of a derivation that is in the log.
func (c *vaultCheck) enterDerivation(e custody.Event, k checked) {
	d, err := derivationOf(e)
	if err != nil {
		c.report.add(fmt.Sprintf("events/%d", e.Seq), custody.EventMalformed, "a derivation", err.Error())
		return
	}
	if k.dir == "" {
		c.report.add(derivedPath(d), DerivationMissing, "a derivation", "nothing")
		return
	}
	c.folders[k.dir] = true
	c.enterFolder(k)
	f := k.folder
	if f == nil {
		return
	}
	if f.seal != nil && !sameEvent(f.seal.Event, e) {
		c.report.add(k.dir+"/"+sealFile, SealLog, fmt.Sprintf("event %d of the log", e.Seq), fmt.Sprintf("event %d", f.seal.Event.Seq))
	}
	if f.derived != nil {
		c.compareOriginal(k.dir+"/"+manifestFile, f.derived)
	}
}

// compareOriginal holds a derivation against the capture that it was made from, as
// far as that is in the log and can be read.
func (c *vaultCheck) compareOriginal(at string, m *DerivationManifest) {
	i := slices.IndexFunc(c.sealed, func(e custody.Event) bool { return e.Subject == m.Capture.String() })
	if i < 0 {
		c.report.add(at, DerivationOriginal, "a capture of the log", m.Capture.String())
		return
	}
	if e := c.sealed[i]; e.Digest != m.Original {
		c.report.add(at, DerivationOriginal, e.Digest.String(), m.Original.String())
		return
	}
	original := c.v.manifestOf(c.sealed[i])
	if original == nil {
		return // which its own findings say
	}
	for _, s := range m.Sources {
		is := func(it Item) bool { return it.Path == s.Path && it.SHA256 == s.SHA256 }
		if !slices.ContainsFunc(original.Items, is) {
			c.report.add(at, DerivationOriginal, "an item of the capture", s.Path+" "+s.SHA256.String())
		}
	}
}
