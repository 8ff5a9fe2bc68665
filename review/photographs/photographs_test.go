package photographs

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math/rand/v2"
	"testing"

	"pugmark/evidence"
	"pugmark/evidence/search"
)

// half returns a hash with half of its bits set.
func half(r *rand.Rand) (hash uint64) {
	for _, i := range r.Perm(64)[:32] {
		hash |= 1 << i
	}
	return hash
}

// shown makes a photograph of a capture.
func shown(exhibit, number int, hash uint64, file byte) Photograph {
	c := &evidence.Capture{Case: "OP-1", Exhibit: exhibit}
	c.ID[0] = byte(exhibit)
	p := Photograph{Capture: c, Site: fmt.Sprintf("%d.example", exhibit), Seller: "yu"}
	p.Picture = search.Picture{Hash: hash, Hashed: true, Bytes: 100_000, Width: 800, Height: 600, Number: int32(number)}
	p.SHA256[0] = file
	p.Flat = IsFlat(p.Picture)
	return p
}

func TestPairs(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var hashes []uint64
	for len(hashes) < 600 {
		h := half(r)
		hashes = append(hashes, h)
		for range r.IntN(3) {
			near := h
			for range r.IntN(14) {
				near ^= 1 << r.IntN(64)
			}
			hashes = append(hashes, near)
		}
	}
	for within := range MaxThreshold + 1 {
		want, got := make(map[[2]int]bool), make(map[[2]int]bool)
		for i, a := range hashes {
			for j, b := range hashes[:i] {
				if Distance(a, b) <= within {
					want[[2]int{j, i}] = true
				}
			}
		}
		newNearIndex(hashes, within).pairs(func(i, j int) { got[[2]int{i, j}] = true })
		if len(got) != len(want) {
			t.Errorf("got %d pairs within %d bits, want %d", len(got), within, len(want))
		}
		for p := range want {
			if !got[p] {
				t.Fatalf("got no pair %v within %d bits", p, within)
			}
		}
	}
}

func TestFind(t *testing.T) {
	h := half(rand.New(rand.NewPCG(5, 6)))
	x := &Index{All: []Photograph{
		shown(1, 1, h, 1), shown(1, 2, h^1, 2), shown(2, 1, h^0x7<<8, 3), shown(3, 1, h, 1),
		shown(4, 1, ^h, 4), shown(5, 1, Mirror(h)^1<<63, 5), shown(6, 1, 0, 1),
	}}
	var got []string
	for _, m := range x.Elsewhere(&x.All[0], Threshold) {
		got = append(got, fmt.Sprintf("%s %d %v %v", m.Name(), m.Distance, m.Exact, m.Mirrored))
	}
	want := "[OP-1/3:1 0 true false OP-1/6:1 0 true false OP-1/2:1 3 false false OP-1/5:1 1 false true]"
	if fmt.Sprint(got) != want {
		t.Errorf("got %v, want %v", got, want)
	}
	if found := x.Find(search.Picture{Hash: h, Hashed: true, Width: 20, Height: 20, Bytes: 500}, Threshold); len(found) != 0 {
		t.Errorf("got %d matches of a flat picture, want none", len(found))
	}
}

func TestGroups(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	h, k := half(r), half(r)
	x := &Index{All: []Photograph{
		shown(1, 1, h, 1), shown(1, 2, h^1, 2), // of one capture
		shown(2, 1, k, 3), shown(3, 1, k^0xff, 4), shown(4, 1, k^0xffff, 5), // in a chain
		shown(2, 2, 1<<63, 6), shown(3, 2, 1<<63, 7), // flat, and not the same file
		shown(2, 3, 1<<63, 8), shown(3, 3, 1<<63, 8), // flat, the same file
	}}
	got := x.Groups(8)
	if len(got) != 2 {
		t.Fatalf("got %d groups, want 2", len(got))
	}
	chain, flat := got[0], got[1]
	if len(chain.Members) != 3 || chain.Captures != 3 || chain.Sellers != 3 || chain.Sites != 3 || chain.Files != 3 || chain.Widest != 16 || chain.Common || chain.Flat() {
		t.Errorf("got group %+v", chain)
	}
	if len(flat.Members) != 2 || !flat.Flat() || flat.Files != 1 || !flat.In("OP-1") || flat.In("OP-2") {
		t.Errorf("got group %+v", flat)
	}
}

func TestCommon(t *testing.T) {
	h := half(rand.New(rand.NewPCG(9, 9)))
	x := new(Index)
	for i := range CommonSites + 1 {
		x.All = append(x.All, shown(i+1, 1, h, 1))
	}
	if got := x.Groups(GroupThreshold); len(got) != 1 || !got[0].Common {
		t.Errorf("got groups %+v, want one that is common", got)
	}
	x.All = x.All[1:]
	if got := x.Groups(GroupThreshold); len(got) != 1 || got[0].Common {
		t.Errorf("got groups %+v, want one that isn't common", got)
	}
}

// TestFlat decodes pictures whose hash says nothing, and one whose hash does.
func TestFlat(t *testing.T) {
	for name, c := range map[string]struct {
		at   func(x, y int) uint8
		flat bool
	}{
		"blank":   {func(int, int) uint8 { return 200 }, true},
		"slope":   {func(x, _ int) uint8 { return uint8(x / 2) }, true},
		"bar":     {func(_, y int) uint8 { return uint8(y / 200 * 255) }, true},
		"pattern": {func(x, y int) uint8 { return uint8((x*x/90 + y*x/40 + y*y*y/9000) % 256) }, false},
	} {
		m := image.NewGray(image.Rect(0, 0, 400, 300))
		for i := range m.Pix {
			m.SetGray(i%400, i/400, color.Gray{c.at(i%400, i/400)})
		}
		var b bytes.Buffer
		if err := jpeg.Encode(&b, m, nil); err != nil {
			t.Fatal(err)
		}
		p, _, err := ReadPicture(t.Context(), &b)
		if err != nil || !p.Hashed {
			t.Fatalf("%s: got hash %v, %v", name, p.Hashed, err)
		}
		if got := IsFlat(p); got != c.flat {
			t.Errorf("%s: got flat %v for hash %016x of %d bytes, want %v", name, got, p.Hash, p.Bytes, c.flat)
		}
	}
}
