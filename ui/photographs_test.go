package ui

import (
	"fmt"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2/test"

	"pugmark/capture/listing"
	"pugmark/evidence/canon"
)

// patterned is a picture whose hash says something.
func patterned() *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, 200, 150))
	for i := range 200 * 150 {
		x, y := i%200, i/200
		v := uint8((x*x/40 + y*x/20 + y*y*y/3000) % 256)
		m.SetRGBA(x, y, color.RGBA{v, v / 2, 255 - v, 255})
	}
	return m
}

// showing are the items of a page of a seller that shows pictures.
func showing(t *testing.T, seller string, pictures ...[]byte) map[string][]byte {
	t.Helper()
	l := &listing.Listing{
		Host: "a.example", Facts: map[listing.Name]listing.Fact{listing.SellerName: fact(seller)},
		Extractor: listing.Extractor{Rules: "1", PerceptualHash: listing.Hasher},
	}
	bodies := make(map[string][]byte)
	for i, p := range pictures {
		address := fmt.Sprintf("https://a.example/%d.png", i)
		bodies[address] = p
		l.Photographs = append(l.Photographs, listing.Photograph{
			Address: address, SHA256: canon.Sum(p), Bytes: int64(len(p)), Format: "png", Width: 200, Height: 150, Hash: "p:c5bc3ac2ed6c9185",
		})
	}
	return map[string][]byte{"listing.json": marshal(t, l), "page.png": nil, "archive.wacz": archive(t, bodies)}
}

// photo returns the tile of the dialog that shows a photograph.
func (b *bench) photo(name string) *photoTile {
	b.t.Helper()
	for _, o := range test.LaidOutObjects(b.w.win.Canvas().Overlays().Top()) {
		if p, ok := o.(*photoTile); ok && p.item.photo != nil && p.item.lines[0] == name {
			return p
		}
	}
	b.t.Fatalf("no tile shows %q:\n%s", name, b.shown())
	return nil
}

func TestPhotographsElsewhere(t *testing.T) {
	picture, other := encode(t, patterned()), encode(t, noise(60, 60))
	b := viewed(t, showing(t, "Yu", picture), showing(t, "Li", picture, other))
	b.look(tabPhotographs)
	b.want("Find elsewhere")
	b.press("Find elsewhere")
	first, second := b.w.library.all[0].Name()+":1", b.w.library.all[1].Name()+":1"
	b.want("Found elsewhere: 2 times · near: 10 of 64 bits differ at most. Look at both: likeness is no proof.",
		first, second, "Yu · a.example", "Li · a.example", "Looked for", "The same file", "Near: 0 bits differ")
	if got := b.photo(second).thumbs.made[b.photo(second).item.photo]; got == nil || got.Bounds().Size() != image.Pt(160, 120) {
		t.Errorf("got thumbnail %v, want 160×120", got)
	}

	// All groups, and the photographs of one
	b.press("All groups")
	b.want("1 photograph that several captures show · near: 6 of 64 bits differ at most", "2 captures · 1 case", "2 sellers · 1 site", "Only those of OP-2")
	test.Tap(b.photo("2 captures · 1 case"))
	b.settle()
	b.want("3 photographs of 2 captures, that are near to each other or linked by others", first, second)

	// A contact sheet, never over a file
	path := filepath.Join(t.TempDir(), "sheet.html")
	b.press("Contact sheet…")
	b.fill(path)
	b.press("Make")
	b.want("The contact sheet is made: " + path)
	made, err := os.ReadFile(path)
	check(t, err)
	if len(made) < 1000 {
		t.Errorf("got a contact sheet of %d bytes", len(made))
	}
	b.press("Contact sheet…")
	b.fill(path)
	b.press("Make")
	b.want("There is already a file of this name")
	b.press("Cancel")

	// A tap opens the capture, and its tab now knows how often it is elsewhere.
	test.Tap(b.photo(second))
	b.settle()
	b.look(tabPhotographs)
	b.want("Viewed", "Elsewhere: 1 time")
}

func TestPhotographsMenu(t *testing.T) {
	b := viewed(t, showing(t, "Yu", encode(t, patterned())))
	b.w.askPhotographs()
	b.settle()
	b.want("0 photographs that several captures show")
	b.press("Close")
	if b.w.asking() {
		t.Error("the dialog is still there")
	}
}
