package lexicon

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestAll finds in pieces what is found in one go, also across their ends.
func TestAll(t *testing.T) {
	m := NewMatcher(time.Time{}, Own())
	for _, again := range []string{
		"old yellow\nmaterial, 象☆牙 手串, vegetable ivory; ", "elephant ivory ", "ivory", "象 牙", "i v o r y \u00a0", "1v0ry.",
		strings.Repeat("x", 5000) + " tusks ", "\xff\xfe象牙", "",
	} {
		for shift := range 3 {
			text := strings.Repeat(" ", shift) + strings.Repeat(again, 2*pieceBytes/max(len(again), 1))
			want := m.Find(text)
			if got := slices.Collect(m.All(text)); !reflect.DeepEqual(got, want) && len(got)+len(want) > 0 {
				t.Errorf("%.30q, shifted by %d: got %d hits, want %d", again, shift, len(got), len(want))
			}
		}
	}
}

// TestAllStops asks for the first hit only.
func TestAllStops(t *testing.T) {
	m := NewMatcher(time.Time{}, Own())
	for h := range m.All(strings.Repeat("ivory ", 1000)) {
		if h.Text != "ivory" || h.From() != m.Lexicons()[0] || !m.On().IsZero() {
			t.Errorf("got %q of %v", h.Text, h.From())
		}
		break
	}
}
