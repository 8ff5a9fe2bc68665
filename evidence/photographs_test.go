package evidence

import (
	"os"
	"path/filepath"
	"testing"
)

const pictured = `{"host":"A.example","extractor":{"perceptual_hash":"some v1"},"facts":{"seller_name":{"value":"Yu","candidates":[{"raw":"Yu"}]}},"photographs":[` +
	`{"address":"https://a.example/1"},{"address":"https://a.example/2","sha256":"` + someSum + `","bytes":7,"width":3,"height":2,"perceptual_hash":"p:c5bc3ac2ed6c9185"},` +
	`{"address":"https://a.example/3","sha256":"` + someSum + `","bytes":7}]}`

const someSum = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

func TestPhotographs(t *testing.T) {
	v := newVault(t)
	first := sealSaying(t, v, "https://a.example/a", "First", "", pictured)
	sealSaying(t, v, "https://a.example/b", "Without", "", testListing)
	all, unread, err := v.Photographs(t.Context(), nil)
	check(t, err)
	if len(all) != 1 || unread != 0 {
		t.Fatalf("got pictures of %d captures, %d unread, want of 1", len(all), unread)
	}
	p := all[0]
	if p.ID != first.ID.String() || p.Host != "a.example" || p.Seller != "Yu" || p.Hasher != "some v1" || len(p.All) != 2 {
		t.Fatalf("got %+v", p)
	}
	if got := p.All[0]; got.Number != 2 || !got.Hashed || got.Hash != 0xc5bc3ac2ed6c9185 || Digest(got.SHA256).String() != someSum || got.Bytes != 7 || got.Width != 3 || got.Height != 2 {
		t.Errorf("got picture %+v", got)
	}
	if got := p.All[1]; got.Number != 3 || got.Hashed {
		t.Errorf("got picture %+v", got)
	}

	// What is sealed later is read too, but not what isn't as it was sealed.
	second := sealSaying(t, v, "https://a.example/c", "Second", "", pictured)
	path := filepath.Join(second.Dir, "listing.json")
	check(t, os.Chmod(path, 0o600))
	check(t, os.WriteFile(path, []byte(pictured+" "), 0o600))
	sealSaying(t, v, "https://a.example/d", "Third", "", pictured)
	all, unread, err = v.Photographs(t.Context(), nil)
	check(t, err)
	if len(all) != 2 || unread != 1 {
		t.Errorf("got pictures of %d captures, %d unread, want 2 and 1", len(all), unread)
	}
}

func TestParsePerceptualHash(t *testing.T) {
	if got, err := ParsePerceptualHash("p:00000000000000ff"); err != nil || got != 0xff {
		t.Errorf("got %x, %v", got, err)
	}
	for _, bad := range []string{"", "p:", "a:00000000000000ff", "p:00000000000000FF", "p:00000000000000f", "p:00000000000000ff0", "p:000000000000000g"} {
		if got, err := ParsePerceptualHash(bad); err == nil {
			t.Errorf("%q: got %x, want an error", bad, got)
		}
	}
}
