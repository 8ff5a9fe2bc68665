package evidence

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"pugmark/evidence/canon"
)

// maxBytes bounds the size of an item: larger numbers have no exact form in
// canonical JSON.
const maxBytes = 1 << 53

// encode returns the manifest's one encoding.
func (m *Manifest) encode() ([]byte, error) {
	if err := m.check(); err != nil {
		return nil, fmt.Errorf("writing manifest: %w", err)
	}
	b, err := canon.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("writing manifest: %w", err)
	}
	if len(b) > canon.MaxSize {
		return nil, fmt.Errorf("writing manifest: got %d bytes, want at most %d", len(b), canon.MaxSize)
	}
	return b, nil
}

// check reports what no reader of a manifest could work with.
func (m *Manifest) check() error {
	if err := CheckRef(m.Identity.Case); err != nil {
		return err
	}
	if m.Identity.Exhibit < 1 {
		return fmt.Errorf("got exhibit %d, want 1 or more", m.Identity.Exhibit)
	}
	switch m.Verdict {
	case Complete, Partial, Failed:
	default:
		return fmt.Errorf("got verdict %q, want %q, %q or %q", m.Verdict, Complete, Partial, Failed)
	}
	if err := m.checkTimes(); err != nil {
		return err
	}
	if err := checkItems(m.Items); err != nil {
		return err
	}
	return m.checkNotBefore()
}

// checkNotBefore checks that the responses of [NotBefore] are the items of their
// kind, in the same order.
func (m *Manifest) checkNotBefore() error {
	var items, paths []string
	for _, it := range m.Items {
		if it.Kind == KindTimestamp {
			items = append(items, it.Path)
		}
	}
	if n := m.Time.NotBefore; n != nil {
		for _, r := range n.Responses {
			paths = append(paths, r.Path)
			if err := checkUTC(&r.GenTime); err != nil {
				return err
			}
		}
		if len(paths) == 0 {
			return errors.New("a nonce that nobody stamped")
		}
	}
	if !slices.Equal(items, paths) {
		return fmt.Errorf("got time-stamp responses %q, want the items %q", paths, items)
	}
	return nil
}

func (m *Manifest) checkTimes() error {
	times := []*time.Time{&m.Time.Started, &m.Time.Finished, m.Time.Loaded, m.Target.ServerDate}
	if m.TLS != nil {
		times = append(times, &m.TLS.NotBefore, &m.TLS.NotAfter)
	}
	return checkUTC(times...)
}

// checkItems checks the paths of items, which are sorted, and different also
// where capitals don't count.
func checkItems(items []Item) error {
	seen := make(map[string]bool, len(items))
	for i, it := range items {
		if err := checkItemPath(it.Path); err != nil {
			return err
		}
		if it.Bytes < 0 || it.Bytes > maxBytes {
			return fmt.Errorf("item %q: got %d bytes, want 0 to 2^53", it.Path, it.Bytes)
		}
		if i > 0 && compareItems(items[i-1], it) >= 0 {
			return fmt.Errorf("item %q: not in order", it.Path)
		}
		if key := strings.ToLower(it.Path); seen[key] {
			return fmt.Errorf("item %q: the path is taken", it.Path)
		} else {
			seen[key] = true
		}
	}
	if len(items) == 0 {
		return errors.New("no items")
	}
	return nil
}
