package bundle

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"pugmark/evidence"
	"pugmark/evidence/canon"
)

const (
	withheldFormat  = "pugmark-withheld"
	withheldVersion = 1
)

// whySecrets says why items of [evidence.KindSecrets] are withheld.
const whySecrets = "The keys of the TLS connections would reveal the cookies of the session."

// withheld is the file withheld.json: the items that the captures' manifests
// list and that the bundle leaves out. It is there only if there are such items.
type withheld struct {
	Format  string         `json:"format"`
	Version int            `json:"version"`
	Items   []withheldItem `json:"items"` // by folder and path
}

// withheldItem is one of them, just as its manifest lists it.
type withheldItem struct {
	Capture string        `json:"capture"` // the capture's folder in the bag
	Item    evidence.Item `json:"item"`
	Why     string        `json:"why"`
}

// path returns where in the bag the item would be.
func (w withheldItem) path() string { return w.Capture + "/" + w.Item.Path }

// mayWithhold reports whether an item is of a kind that may be left out: no
// other is, so that nobody can pick what a bundle shows.
func mayWithhold(it evidence.Item) bool { return it.Kind == evidence.KindSecrets }

// withhold returns what is left out of the captures, which lie in the order of
// their folders, or nil.
func withhold(captures []*capture) *withheld {
	w := &withheld{Format: withheldFormat, Version: withheldVersion}
	for _, c := range captures {
		for _, it := range c.manifest.Items {
			if mayWithhold(it) {
				w.Items = append(w.Items, withheldItem{c.path(), it, whySecrets})
			}
		}
	}
	if w.Items == nil {
		return nil
	}
	return w
}

// parseWithheld reads withheld.json in its one encoding.
func parseWithheld(b []byte) (*withheld, error) {
	w := new(withheld)
	if err := canon.Unmarshal(b, w); err != nil {
		return nil, err
	}
	if w.Format != withheldFormat || w.Version != withheldVersion {
		return nil, fmt.Errorf("got format %q version %d, want %q version %d", w.Format, w.Version, withheldFormat, withheldVersion)
	}
	if len(w.Items) == 0 {
		return nil, errors.New("no items")
	}
	return w, w.check()
}

func (w *withheld) check() error {
	for i, x := range w.Items {
		if err := checkPath(x.path()); err != nil {
			return err
		}
		if i > 0 && w.Items[i-1].path() >= x.path() {
			return fmt.Errorf("item %q: not in order", x.path())
		}
		if x.Why != whySecrets {
			return fmt.Errorf("item %q: got the reason %q, want %q", x.path(), clip(x.Why), whySecrets)
		}
	}
	return nil
}

// has reports whether the item at a path in the bag is said to be left out.
func (w *withheld) has(path string) bool {
	if w == nil {
		return false
	}
	_, ok := slices.BinarySearchFunc(w.Items, path, func(x withheldItem, path string) int { return strings.Compare(x.path(), path) })
	return ok
}

// readWithheld reads what the bundle says that it leaves out.
func (c *checker) readWithheld() error {
	if _, ok := c.zip.byPath[withheldFile]; !ok {
		return nil
	}
	b, err := c.read(withheldFile, canon.MaxSize)
	if err != nil || b == nil {
		return err
	}
	if c.sources.withheld, err = parseWithheld(b); err != nil {
		c.sources.withheld = nil
		c.add(withheldFile, RecordMalformed, "the items that are left out", err.Error())
	}
	return nil
}

// verifyWithheld compares what the bundle says that it leaves out with the
// manifests. That it leaves out nothing else, the captures' verification shows.
func (c *checker) verifyWithheld() error {
	if c.sources.withheld == nil {
		return nil
	}
	listed := make(map[string]evidence.Item)
	for _, k := range c.sources.captures {
		for _, it := range k.manifest.Items {
			listed[k.path()+"/"+it.Path] = it
		}
	}
	for _, x := range c.sources.withheld.Items {
		it, ok := listed[x.path()]
		_, present := c.zip.byPath[x.path()]
		switch {
		case !ok && c.soundRecords():
			c.add(x.path(), WithheldDiffers, "nothing", itemText(x.Item))
		case !ok:
			continue // its manifest could not be read
		case it != x.Item:
			c.add(x.path(), WithheldDiffers, itemText(it), itemText(x.Item))
		case !mayWithhold(it):
			c.add(x.path(), WithheldKind, string(evidence.KindSecrets), string(it.Kind))
		case present:
			c.add(x.path(), WithheldPresent, "nothing", "a file")
		}
	}
	return nil
}

// itemText writes an item for a finding.
func itemText(it evidence.Item) string {
	kind := strings.TrimSpace(oneLine(clip(string(it.Kind))) + " " + oneLine(clip(it.MediaType)))
	return fmt.Sprintf("%s, %d bytes, %s", kind, it.Bytes, it.SHA256)
}
