package ui

import (
	"slices"
	"testing"

	"pugmark/capture/listing"
	"pugmark/lexicon"
)

// TestWordsGroup lists words of the trade, and which of them is part of another.
func TestWordsGroup(t *testing.T) {
	none := listingGroups(&listing.Listing{})
	if slices.ContainsFunc(none, func(g group) bool { return g.name == "Words of the trade" }) {
		t.Error("words are listed where none were looked for")
	}
	g := wordsGroup(&listing.Listing{Lexicon: &listing.Lexicon{Terms: []listing.Term{{
		Term: "ivory", Meaning: "ivory", Class: lexicon.Product, LeftOff: 9,
		Hits: []listing.Hit{{Place: listing.Place{In: listing.Title, RuneStart: 4}, Text: "ivory", Strength: lexicon.Medium, Excluded: &listing.Friend{Term: "vegetable ivory"}}},
	}}}})
	want := []string{"They suggest, and prove nothing.", "• title 5: “ivory” · medium", "Part of “vegetable ivory”, which means something else", "and 9 more places"}
	if len(g.rows) != 1 || !slices.Equal(g.rows[0].notes, want) {
		t.Errorf("got %v", g.rows)
	}
}
