package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pugmark/capture/listing"
	"pugmark/evidence"
	"pugmark/evidence/canon"
)

func said(source listing.Source, value string) listing.Candidate {
	return listing.Candidate{Provenance: listing.Provenance{Source: source}, Value: value, Raw: "raw " + value}
}

func TestFactText(t *testing.T) {
	inferred := said(listing.FromDOM, "Kowloon")
	inferred.Inferred = "it looks like a place"
	for _, test := range []struct {
		fact listing.Fact
		want string
	}{
		{listing.Fact{Candidates: []listing.Candidate{said(listing.FromJSONLD, "120.00 USD"), said(listing.FromDOM, "95.00 USD")}}, "120.00 USD (json-ld)"},
		{listing.Fact{Conflict: true, Candidates: []listing.Candidate{
			said(listing.FromJSONLD, "120.00 USD"), said(listing.FromJSONLD, "130.00 USD"), said(listing.FromMeta, "120.00 USD"),
			said(listing.FromDOM, "95.00 USD"), said(listing.FromText, "95.00 USD"),
		}}, "120.00 USD (json-ld); BUT 95.00 USD (dom)"},
		{listing.Fact{Candidates: []listing.Candidate{inferred}}, "Kowloon (dom), inferred"},
		{listing.Fact{Candidates: []listing.Candidate{said(listing.FromDOM, "")}}, "raw  (dom)"},
		{listing.Fact{Candidates: []listing.Candidate{said(listing.FromMeta, "a\x1b[2Jb\u202ec")}}, "a[2Jbc (meta)"},
	} {
		if got := factText(test.fact); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}

// TestPrintListing shows a listing, and not one that was changed.
func TestPrintListing(t *testing.T) {
	l := &listing.Listing{
		Format: listing.Format, Version: listing.Version, Address: "https://shop.example/7",
		Facts:       map[listing.Name]listing.Fact{listing.Title: {Value: "Tusk", Candidates: []listing.Candidate{said(listing.FromJSONLD, "Tusk")}}},
		Photographs: []listing.Photograph{{Address: "https://shop.example/a.jpg"}},
	}
	b, err := l.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write := func(b []byte) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, "listing.json"), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	d := showDoc{Manifest: new(evidence.Manifest)}
	show := func() string {
		var out bytes.Buffer
		d.readListing(os.DirFS(dir))
		printListing(&out, d)
		return out.String()
	}
	if got := show(); got != "" {
		t.Errorf("of a capture without a listing: got %q", got)
	}
	d.Manifest.Items = []evidence.Item{{Path: "listing.json", Kind: evidence.KindListing, SHA256: canon.Sum(b)}}
	write(b)
	want := "\nWhat the page says\n  title     Tusk (json-ld)\n  pictures  0 shown, 1 only named, 0 with digest, 0 with perceptual hash\n"
	if got := show(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	write(bytes.Replace(b, []byte("Tusk"), []byte("Bone"), 1))
	if got := show(); strings.Contains(got, "Bone") || !strings.Contains(got, "! it can't be shown: reading listing.json: got digest ") {
		t.Errorf("of a changed listing: got %q", got)
	}
	if err := os.Remove(filepath.Join(dir, "listing.json")); err != nil {
		t.Fatal(err)
	}
	if got := show(); !strings.Contains(got, "! it can't be shown: ") {
		t.Errorf("of a listing that is gone: got %q", got)
	}
}
