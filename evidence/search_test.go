package evidence

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"pugmark/evidence/search"
)

// sealSaying makes a capture of a page with a title, a text and a listing.
func sealSaying(t testing.TB, v *Vault, address, title, text, listing string) Capture {
	t.Helper()
	s, err := v.Stage(t.Context(), StageRequest{Case: "OP-1", Requested: address})
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range []struct {
		path, content string
		kind          Kind
	}{{"text.txt", text, KindText}, {"listing.json", listing, KindListing}} {
		w, err := s.Create(it.path, it.kind, "text/plain")
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.Write([]byte(it.content))
		check(t, errors.Join(err, w.Close()))
	}
	a := acquisition(address)
	a.Target.Title = title
	sealed, err := s.Seal(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	return sealed.Capture
}

const testListing = `{"facts":{"seller_name":{"candidates":[{"raw":"Mr. Yu"}]},"contact_wechat":{"candidates":[{"raw":"微信: yu99","value":"yu99"}]},` +
	`"description":{"candidates":[{"raw":"heirloom, no papers"}]}}}`

// wantFound searches, and checks the exhibit numbers of the captures that are found,
// in any order, and how many could not be read.
func wantFound(t testing.TB, v *Vault, q search.Query, unread int, exhibits ...int) {
	t.Helper()
	r, err := v.Search(t.Context(), q, nil, nil)
	if err != nil {
		t.Errorf("searching %+v: %v", q, err)
		return
	}
	var got []int
	for _, h := range r.Hits {
		got = append(got, h.Capture.Exhibit)
	}
	slices.Sort(got)
	if !slices.Equal(got, exhibits) || r.Unread != unread || r.Behind != 0 {
		t.Errorf("got exhibits %v, %d unread, %d behind for %+v, want %v, %d unread", got, r.Unread, r.Behind, q, exhibits, unread)
	}
}

func words(s string) search.Query { return search.Query{Words: s} }

func TestSearch(t *testing.T) {
	v := newVault(t)
	wantFound(t, v, words("ivory"), 0)
	c := sealSaying(t, v, "https://www.example.org/%E8%B1%A1%E7%89%99", "Old bangle", "出售 ivory 手镯", testListing)
	sealSaying(t, v, "https://example.com/2", "A bone", "nothing", "{}")
	seal(t, v, "https://example.org/3") // without these items
	for _, test := range []struct {
		search.Query
		want []int
	}{
		{words("bangle"), []int{1}}, {words("手镯"), []int{1}}, {words("象牙"), []int{1}}, {words("yu99"), []int{1}},
		{words("heirloom"), []int{1}}, {words("carved"), []int{3}}, {words("www.example.org"), []int{1}}, {words("zzz"), nil},
		{search.Query{Seller: "yu"}, []int{1}}, {search.Query{Seller: "heirloom"}, nil}, {search.Query{Site: "example.org"}, []int{1, 3}},
		{search.Query{Case: "op-1", Verdict: "complete"}, []int{1, 2, 3}}, {search.Query{From: c.Sealed, To: c.Sealed.Add(1)}, []int{1}},
	} {
		wantFound(t, v, test.Query, 0, test.want...)
	}
	r, err := v.Search(t.Context(), words("手镯"), nil, nil)
	want := []search.Span{{Text: "出售 ivory "}, {Text: "手镯", Hit: true}}
	if err != nil || len(r.Hits) != 1 || r.Hits[0].Capture != c || r.Hits[0].Field != search.Text || !slices.Equal(r.Hits[0].Snippet, want) {
		t.Errorf("got %+v, %v, want %v of %v", r, err, want, c)
	}
}

// TestSearchAnnotations finds what people added as long as it stands.
func TestSearchAnnotations(t *testing.T) {
	v := newVault(t)
	c := sealSaying(t, v, "https://example.org/1", "Bangle", "bone", testListing)
	var added []Annotation
	for _, a := range []Annotation{{Kind: Note, Text: "the seller wrote 象牙"}, {Kind: Tag, Text: "Whole tusk"}, {Kind: Fact, Name: "species", Text: "Loxodonta"}} {
		a, err := v.Annotate(t.Context(), c, a)
		check(t, err)
		added = append(added, a)
	}
	queries := []search.Query{words("象牙"), {Tag: "whole TUSK"}, words("loxodonta")}
	for _, q := range queries {
		wantFound(t, v, q, 0, 1)
	}
	for i, q := range queries {
		check(t, v.Withdraw(t.Context(), c, added[i].ID, "mistaken"))
		if r, err := v.SearchNow(t.Context(), q); err != nil || r.Behind != 1 || len(r.Hits) != 1 {
			t.Errorf("got %+v, %v, want the state before", r, err)
		}
		wantFound(t, v, q, 0)
	}
	wantFound(t, v, words("bone"), 0, 1)
}

// TestSearchTampered has captures that aren't as they were sealed.
func TestSearchTampered(t *testing.T) {
	v := newVault(t)
	for i := range 4 {
		sealSaying(t, v, fmt.Sprintf("https://example.org/%d", i+1), "bangle", "ivory", testListing)
	}
	captures, err := v.Captures(t.Context(), "OP-1")
	check(t, err)
	unprotectFiles(t, v.Dir())
	edit(t, filepath.Join(captures[0].Dir, "text.txt"), flip(0))
	edit(t, filepath.Join(captures[1].Dir, manifestFile), flip(9))
	check(t, os.Remove(filepath.Join(captures[2].Dir, "listing.json")))
	wantFound(t, v, words("ivory"), 3, 3, 4)
	wantFound(t, v, words("bangle"), 3, 1, 3, 4)
	wantFound(t, v, words("yu99"), 3, 1, 4)
	wantFound(t, v, words("hvory"), 3)
	// What was mended is read when the index is made again.
	edit(t, filepath.Join(captures[0].Dir, "text.txt"), flip(0))
	check(t, v.RebuildSearch(t.Context(), nil))
	wantFound(t, v, words("ivory"), 2, 1, 3, 4)
}

// TestSearchBroken damages the index between two searches, and while it is open.
func TestSearchBroken(t *testing.T) {
	v := newVault(t)
	sealSaying(t, v, "https://example.org/1", "bangle", strings.Repeat("ivory and bone ", 5000), testListing)
	wantFound(t, v, words("ivory"), 0, 1)
	other := newVault(t)
	wantFound(t, other, words("ivory"), 0)
	check(t, other.search.close())
	foreign, err := os.ReadFile(filepath.Join(other.Dir(), searchFile))
	check(t, err)
	for name, damage := range map[string]func([]byte) []byte{
		"garbage":  func([]byte) []byte { return []byte(strings.Repeat("not a database ", 1000)) },
		"cut":      func(b []byte) []byte { return b[:len(b)/2] },
		"zeros":    func(b []byte) []byte { clear(b[4096:]); return b },
		"empty":    func([]byte) []byte { return nil },
		"foreign":  func([]byte) []byte { return foreign },
		"version":  func(b []byte) []byte { b[63] = 99; return b }, // user_version
		"texts":    nil,
		"untabled": nil,
		"unparted": nil,
	} {
		t.Run(name, func(t *testing.T) {
			check(t, v.search.close())
			path := filepath.Join(v.Dir(), searchFile)
			if damage != nil {
				edit(t, path, damage)
			} else {
				execIn(t, path, map[string]string{"texts": "UPDATE texts SET texts = x'00'", "untabled": "DROP TABLE words", "unparted": "DROP TABLE words_config"}[name])
			}
			wantFound(t, v, words("ivory"), 0, 1)
		})
	}
	// Another process has the damaged one open: it stays, and all is found.
	execIn(t, filepath.Join(v.Dir(), searchFile), "UPDATE texts SET texts = x'00'")
	w := reopen(t, v)
	check(t, w.UpdateSearch(t.Context(), nil, nil))
	wantFound(t, v, words("ivory"), 0, 1)
	wantFindings(t, verify(t, v))
}

// execIn changes a database as nobody should.
func execIn(t testing.TB, path, q string) {
	t.Helper()
	db, err := openDB(t.Context(), path, dbWrite)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(t.Context(), q)
	check(t, errors.Join(err, db.Close()))
}

// TestSearchReadOnly searches in vaults that are open to read: nothing changes in
// their folders.
func TestSearchReadOnly(t *testing.T) {
	v := newVault(t)
	readOnly := func() *Vault {
		w, err := OpenReadOnly(t.Context(), v.Dir())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { check(t, w.Close()) })
		return w
	}
	c := sealSaying(t, v, "https://example.org/1", "bangle", "ivory", testListing)
	early := readOnly()
	wantFound(t, early, words("ivory"), 0, 1)
	if _, err := os.Lstat(filepath.Join(v.Dir(), searchFile)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got error %v for the index, want none to be there", err)
	}
	wantFound(t, v, words("ivory"), 0, 1)
	current := readOnly()
	wantFound(t, current, words("ivory"), 0, 1)
	if current.search.own {
		t.Error("an index that is up to date was made again")
	}
	_, err := v.Annotate(t.Context(), c, Annotation{Kind: Tag, Text: "tusk"})
	check(t, err)
	before, err := os.ReadFile(filepath.Join(v.Dir(), searchFile))
	check(t, err)
	for _, w := range []*Vault{early, current, readOnly()} {
		wantFound(t, w, search.Query{Tag: "tusk"}, 0, 1)
	}
	after, err := os.ReadFile(filepath.Join(v.Dir(), searchFile))
	check(t, err)
	if string(before) != string(after) {
		t.Error("a vault that is open to read changed the index")
	}
}

// annotateMany makes so many changes that they take several batches.
func annotateMany(t testing.TB, v *Vault) {
	t.Helper()
	c := sealSaying(t, v, "https://example.org/1", "bangle", "ivory", testListing)
	for i := range 2*searchBatch + 1 {
		_, err := v.Annotate(t.Context(), c, Annotation{Kind: Note, Text: fmt.Sprintf("note%d", i)})
		check(t, err)
	}
}

// TestSearchTogether has several processes' worth of handles bring the index up to
// date at once.
func TestSearchTogether(t *testing.T) {
	v := newVault(t)
	annotateMany(t, v)
	var wg sync.WaitGroup
	for range 3 {
		w := reopen(t, v)
		wg.Go(func() {
			wantFound(t, w, words(fmt.Sprintf(`"note%d"`, 2*searchBatch)), 0, 1)
			if w.search.own {
				t.Error("a handle made an index of its own")
			}
		})
	}
	wg.Wait()
}

// TestSearchStopped stops an update after its first batch: the next goes on there.
func TestSearchStopped(t *testing.T) {
	v := newVault(t)
	annotateMany(t, v)
	ctx, cancel := context.WithCancel(t.Context())
	err := v.UpdateSearch(ctx, nil, func(done, total int64) {
		if done != searchBatch || total != 2*searchBatch+2 {
			t.Errorf("got %d of %d, want %d of %d", done, total, searchBatch, 2*searchBatch+2)
		}
		cancel()
	})
	wantErr(t, err, context.Canceled)
	w := reopen(t, v)
	first := true
	check(t, w.UpdateSearch(t.Context(), nil, func(done, total int64) {
		if first && total != searchBatch+2 {
			t.Errorf("got %d of %d, want what was left", done, total)
		}
		first = false
	}))
	wantFound(t, v, words("note128"), 0, 1)
}

// TestSearchKilledChild makes the index until it is killed. Run by itself it does so
// three times.
func TestSearchKilledChild(t *testing.T) {
	v, count := childsVault(t, 3)
	defer v.Close()
	for range count {
		check(t, v.RebuildSearch(t.Context(), func(done, total int64) { fmt.Println("indexed", done, total) }))
	}
}

// TestSearchKilled kills a process that indexes, at random moments.
func TestSearchKilled(t *testing.T) {
	v := newVault(t)
	annotateMany(t, v)
	for range 5 {
		killedChild(t, "TestSearchKilledChild", v.Dir(), "indexed ")
		w := reopen(t, v)
		wantFound(t, w, words("note0 note64 note128"), 0, 1)
		if w.search.own {
			t.Error("what a killed process left was in the way")
		}
		check(t, w.search.close())
	}
	wantFindings(t, verify(t, v))
}
