package bundle

import (
	"errors"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/note"

	"pugmark/evidence/canon"
	"pugmark/evidence/custody"
)

// ErrUnproven reports a checkpoint that a bundle neither agrees nor disagrees
// with: it holds the log's hashes at its own checkpoint and right after each of
// the case's events, and no others.
var ErrUnproven = errors.New("the bundle holds no proof for this size of the log")

// verifyPins holds the bundle's log against the checkpoints that were kept
// elsewhere. It needs a bundle in which nothing was found.
func (c *checker) verifyPins() error {
	for _, pin := range c.pins {
		if len(c.report.Findings) > 0 {
			return nil
		}
		if err := c.verifyPin(pin); err != nil {
			return fmt.Errorf("pinned checkpoint of size %d: %w", pin.Size, err)
		}
	}
	return nil
}

func (c *checker) verifyPin(pin custody.Checkpoint) error {
	at, own := fmt.Sprintf("pinned/%d", pin.Size), c.sources.checkpoint
	if pin.Origin != own.Origin {
		c.add(at, custody.LogForeign, own.Origin, pin.Origin)
		return nil
	}
	if _, _, err := custody.OpenCheckpoint(pin.Note, c.known()...); err != nil {
		return err
	}
	root, ok, err := c.rootAt(pin.Size)
	switch {
	case err != nil:
		return err
	case !ok:
		return ErrUnproven
	case root != pin.Root:
		c.add(at, custody.LogRewritten, pin.Root.String(), root.String())
	}
	return nil
}

// rootAt returns the root of the log at a size, if the bundle tells it.
func (c *checker) rootAt(size int64) (root canon.Digest, ok bool, err error) {
	own := c.sources.checkpoint
	if size == own.Size {
		return own.Root, true, nil
	}
	for _, p := range c.sources.extract.Events {
		if p.Event.Seq+1 != size {
			continue
		}
		body, err := p.Event.Encode()
		if err != nil {
			return root, false, err
		}
		return headAfter(body, stepsOf(p.Event.Seq, own.Size, p.Proof)), true, nil
	}
	return root, false, nil
}

// known returns the keys of the bundle and those of the ring, each once.
func (c *checker) known() []note.Verifier {
	all := keys{Keys: slices.Clone(c.sources.keys.Keys)}
	for _, k := range c.trust.Keys {
		if !all.Keys.Trusts(k.VKey) {
			all.Keys = append(all.Keys, k)
		}
	}
	return all.verifiers()
}
