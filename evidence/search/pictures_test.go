package search

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"
)

// withPictures makes an index of captures with ten pictures each.
func withPictures(t testing.TB, captures int) *Index {
	t.Helper()
	x, err := OpenTemporary(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	err = x.Update(t.Context(), func(b *Batch) error {
		for i := range captures {
			d := Document{Seq: int64(i), ID: fmt.Sprint(i), Sealed: time.Unix(int64(i), 0)}
			d.Pictures = Pictures{Host: "a.example", Seller: "Yu", Hasher: "some"}
			for n := range 10 {
				d.Pictures.All = append(d.Pictures.All, Picture{Number: int32(n + 1), Hash: uint64(i*n) << 40, Hashed: n > 0, SHA256: [32]byte{byte(i), byte(n)}})
			}
			if err := b.Put(t.Context(), d); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestPictures(t *testing.T) {
	x := withPictures(t, 3)
	all, unread, err := x.Pictures(t.Context())
	if err != nil || unread != 0 || len(all) != 3 {
		t.Fatalf("got pictures of %d captures, %d unread, %v", len(all), unread, err)
	}
	want := Picture{Number: 3, Hash: 4 << 40, Hashed: true, SHA256: [32]byte{2, 2}}
	if got := all[2]; got.ID != "2" || got.Host != "a.example" || got.Seller != "Yu" || got.Hasher != "some" || len(got.All) != 10 || got.All[2] != want {
		t.Errorf("got %+v", got)
	}
	// A document without pictures takes the place of one with some.
	err = x.Update(t.Context(), func(b *Batch) error { return b.Put(t.Context(), Document{Seq: 1, ID: "1"}) })
	if err != nil {
		t.Fatal(err)
	}
	all, _, err = x.Pictures(t.Context())
	if err != nil || len(all) != 2 || slices.ContainsFunc(all, func(p Pictures) bool { return p.ID == "1" }) {
		t.Errorf("got pictures of %d captures, %v", len(all), err)
	}
	if _, err := x.db.ExecContext(t.Context(), "UPDATE pictures SET pictures = x'00'"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := x.Pictures(t.Context()); !errors.Is(err, errPictures) || !IsBroken(err) {
		t.Errorf("got error %v for damaged pictures", err)
	}
}

// BenchmarkPictures reads 100,000 pictures of 10,000 captures.
func BenchmarkPictures(b *testing.B) {
	x := withPictures(b, 10_000)
	for b.Loop() {
		if _, _, err := x.Pictures(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
