package bundle

import (
	"slices"
)

// verifyBag verifies that the bag's manifests list its files as they are. A
// file in which something was found is not looked at again.
func (c *checker) verifyBag() error {
	listed, err := c.readManifest(tagManifestFile)
	if err != nil {
		return err
	}
	tags := slices.DeleteFunc(c.tags, func(e *entry) bool { return e.path == tagManifestFile || e.path == signatureFile })
	if err := c.compare(listed, tags); err != nil {
		return err
	}
	for _, path := range root {
		if _, err := c.read(path, maxManifest); err != nil { // reports one that is missing
			return err
		}
	}
	if listed, err = c.readManifest(manifestFile); err != nil {
		return err
	}
	if err := c.compare(listed, c.data); err != nil {
		return err
	}
	return c.verifyBagit()
}

// verifyBagit checks bagit.txt.
func (c *checker) verifyBagit() error {
	b, err := c.read(bagitFile, maxManifest)
	if err == nil && b != nil && string(b) != bagit {
		c.add(bagitFile, BagMalformed, bagit, clip(b))
	}
	return err
}

// readManifest returns nil when the manifest can't be relied on.
func (c *checker) readManifest(path string) ([]line, error) {
	b, err := c.read(path, maxManifest)
	if err != nil || b == nil {
		return nil, err
	}
	lines, err := parseManifest(b)
	if err != nil {
		c.add(path, BagMalformed, "digests and paths, sorted", err.Error())
		return nil, nil
	}
	if lines == nil {
		c.add(path, BagMalformed, "digests and paths, sorted", "nothing")
	}
	return lines, nil
}

// compare compares the lines of a manifest with the files that it should list.
// Both are sorted.
func (c *checker) compare(listed []line, files []*entry) error {
	if listed == nil {
		return nil
	}
	for len(listed) > 0 || len(files) > 0 {
		switch {
		case len(files) == 0 || len(listed) > 0 && listed[0].path < files[0].path:
			if c.sound(listed[0].path) {
				c.add(listed[0].path, FileMissing, "a file", "nothing")
			}
			listed = listed[1:]
		case len(listed) == 0 || files[0].path < listed[0].path:
			if c.sound(files[0].path) {
				c.add(files[0].path, FileUnlisted, "nothing", "a file")
			}
			files = files[1:]
		default:
			if err := c.compareFile(listed[0], files[0]); err != nil {
				return err
			}
			listed, files = listed[1:], files[1:]
		}
	}
	return nil
}

func (c *checker) compareFile(l line, e *entry) error {
	if !c.sound(e.path) {
		return nil
	}
	got, err := c.digest(e)
	if err == nil && got != l.digest {
		c.add(e.path, FileDigest, l.digest.String(), got.String())
	}
	return err
}
