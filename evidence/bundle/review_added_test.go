package bundle

import (
	"image"
	"strings"
	"testing"

	"pugmark/evidence"
)

// TestReviewAdded exports a capture to which people added: its page says so, and
// that of the other capture doesn't.
func TestReviewAdded(t *testing.T) {
	ref := withListing(t, "https://example.org/added", facts)
	v := sample.vault
	c, err := v.Capture(t.Context(), ref+"/2")
	check(t, err)
	for _, a := range []evidence.Annotation{
		{Kind: evidence.Note, Text: "<b>bold\u202e claim\nsecond line"},
		{Kind: evidence.Tag, Text: "ivory"},
		{Kind: evidence.Fact, Name: "price", Text: "30 USD", Was: "3 USD"},
		{Kind: evidence.Fact, Name: "species", Text: "Loxodonta"},
	} {
		added, err := v.Annotate(t.Context(), c, a)
		check(t, err)
		if a.Kind == evidence.Tag {
			check(t, v.Withdraw(t.Context(), c, added.ID, "it is bone"))
		}
	}
	b, folder := exported(t, Options{Case: ref})
	page := string(b[reviewPrefix+folder+".html"])
	for _, want := range []string{
		"What people added", "&lt;b&gt;bold⟨U&#43;202E⟩ claim\nsecond line", "<bdi>Price</bdi>", "in place of:</span> <bdi>3 USD</bdi>",
		"<bdi>species</bdi>", "withdrawn</span> by <bdi>A. Rao</bdi>", "<bdi>it is bone</bdi>", "withdrew what was added",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("got no %q in\n%s", want, page)
		}
	}
	n := 0
	for path, content := range b {
		if strings.HasPrefix(path, reviewPrefix) && strings.Contains(string(content), "What people added") {
			n++
		}
	}
	if n != 1 {
		t.Errorf("got %d pages with what people added, want 1", n)
	}
	wantFindings(t, b.verify(t))
	b.replace(t, reviewPrefix+folder+".html", "in place of:", "confirming:")
	b.relist()
	wantFindings(t, b.verify(t), reviewPrefix+folder+".html: "+RecordDiffers)
}

func TestAddedRegion(t *testing.T) {
	got := addedOf(evidence.Annotation{Kind: evidence.Region, Text: "tusk", Region: image.Rect(10, 20, 110, 220)})
	if want := "100 × 200 pixels, from 10 to the right and 20 down"; got.Name.Text != want || got.Text.Text != "tusk" {
		t.Errorf("got %+v, want %q", got, want)
	}
}
