package main

import (
	"fmt"
	"io"
	"io/fs"
	"strings"

	"pugmark/capture/listing"
	"pugmark/evidence"
	"pugmark/evidence/canon"
)

// shownFacts are the facts that a summary has, in its order.
var shownFacts = []struct {
	label string
	name  listing.Name
}{
	{"title", listing.Title},
	{"price", listing.PriceFact},
	{"availability", listing.Availability},
	{"seller", listing.SellerName},
	{"seller's id", listing.SellerID},
	{"location", listing.Location},
	{"platform", listing.Platform},
	{"advert id", listing.AdvertID},
	{"posted", listing.Posted},
	{"updated", listing.Updated},
}

// readListing reads what the capture's page says of itself, from the capture's
// folder.
func (d *showDoc) readListing(fsys fs.FS) { d.listing, d.listingErr = readListing(fsys, d.Manifest) }

// readListing returns what a capture's page says of itself, or nil if the
// capture has none.
func readListing(fsys fs.FS, m *evidence.Manifest) (*listing.Listing, error) {
	item, ok := m.Find(evidence.KindListing)
	if !ok {
		return nil, nil
	}
	f, err := fsys.Open(item.Path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, canon.MaxSize+1))
	if err != nil {
		return nil, err
	}
	if got := canon.Sum(b); got != item.SHA256 {
		return nil, fmt.Errorf("reading %s: got digest %s, want %s", item.Path, got, item.SHA256)
	}
	return listing.Parse(b)
}

// printListing shows what the page says of itself, if it is as it was sealed.
func printListing(w io.Writer, d showDoc) {
	if d.listingErr != nil {
		fmt.Fprintf(w, "\n%s\n  ! it can't be shown: %s\n", listingHead, clean(d.listingErr.Error()))
		return
	}
	printSection(w, listingHead, listingFields(d.listing))
	if d.listing != nil && d.listing.Lexicon != nil {
		printWords(w, d.listing.Lexicon)
	}
}

const listingHead = "What the page says"

// listingFields summarises what a page says of itself.
func listingFields(l *listing.Listing) []field {
	if l == nil {
		return nil
	}
	var fields []field
	for _, s := range shownFacts {
		if fact, known := l.Facts[s.name]; known && len(fact.Candidates) > 0 {
			fields = append(fields, field{s.label, factText(fact)})
		}
	}
	if len(l.Photographs) > 0 {
		fields = append(fields, field{"pictures", picturesText(l.Photographs)})
	}
	return fields
}

// factWidth is how many columns a fact's value takes at most.
const factWidth = 90

// factText returns a fact's value, where the page says so, and what else it
// says.
func factText(f listing.Fact) string {
	first := f.Candidates[0]
	text := candidateText(first)
	if first.Inferred != "" {
		text += ", inferred"
	}
	if !f.Conflict {
		return text
	}
	seen := map[string]bool{first.Value: true}
	for _, c := range f.Candidates[1:] {
		if c.Source != first.Source && c.Value != "" && !seen[c.Value] {
			seen[c.Value] = true
			text += "; BUT " + candidateText(c)
		}
	}
	return text
}

func candidateText(c listing.Candidate) string {
	value := c.Value
	if value == "" {
		value = c.Raw
	}
	return fmt.Sprintf("%s (%s)", shorten(clean(value), factWidth), c.Source)
}

func picturesText(all []listing.Photograph) string {
	shown, kept, hashed := 0, 0, 0
	for _, p := range all {
		if p.Shown != nil {
			shown++
		}
		if !p.SHA256.IsZero() {
			kept++
		}
		if p.Hash != "" {
			hashed++
		}
	}
	parts := []string{fmt.Sprintf("%d shown", shown)}
	if named := len(all) - shown; named > 0 {
		parts = append(parts, fmt.Sprintf("%d only named", named))
	}
	return strings.Join(append(parts, fmt.Sprintf("%d with digest", kept), fmt.Sprintf("%d with perceptual hash", hashed)), ", ")
}
