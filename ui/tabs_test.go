package ui

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"image"
	"math/big"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"pugmark/capture/listing"
	"pugmark/capture/warc"
	"pugmark/evidence"
	"pugmark/evidence/canon"
)

// hostile is a text that would reorder, break or hang what shows it.
const hostile = "a\u202eb\x07\n\n\U0010FFFD\u200b{{.Boom}}"

// wantHostile is how it is shown.
const wantHostile = "ab\uFFFD \uFFFD{{.Boom}}"

// viewed returns a bench with captures of some items each in a case of their own,
// of which the first is chosen.
func viewed(t *testing.T, captures ...map[string][]byte) *bench {
	t.Helper()
	dir := newVault(t)
	v, err := evidence.Open(t.Context(), dir)
	check(t, err)
	check(t, v.Unlock(t.Context(), passphrase))
	for _, items := range captures {
		seal(t, v, sample{"OP-2", "https://market.example/viewed", "Viewed", evidence.Partial, items})
	}
	check(t, v.Close())
	b := newBench(t)
	b.open(dir)
	b.w.cases.Select(1)
	b.settle()
	b.pick(1)
	return b
}

// look chooses a tab.
func (b *bench) look(name string) {
	b.t.Helper()
	b.w.detail.choose(name)
	b.settle()
}

// alter changes an item's file in the capture that is shown.
func (b *bench) alter(path string) {
	b.t.Helper()
	name := filepath.Join(b.w.detail.subject.capture.Dir, path)
	content, err := os.ReadFile(name)
	check(b.t, err)
	content[len(content)/2] ^= 1
	check(b.t, os.Chmod(name, 0o600))
	check(b.t, os.WriteFile(name, content, 0o600))
}

func marshal(t *testing.T, l *listing.Listing) []byte {
	t.Helper()
	l.Format, l.Version = listing.Format, listing.Version
	out, err := l.Marshal()
	check(t, err)
	return out
}

// fact returns a fact of values, each from another source.
func fact(values ...string) listing.Fact {
	f := listing.Fact{Value: values[0], Conflict: len(values) > 1}
	for i, v := range values {
		at := listing.Provenance{Source: []listing.Source{listing.FromJSONLD, listing.FromDOM}[i%2], Property: "/p", Where: "html > p"}
		f.Candidates = append(f.Candidates, listing.Candidate{Provenance: at, Value: v, Raw: v})
	}
	return f
}

func TestListingTab(t *testing.T) {
	l := &listing.Listing{
		Address: hostile, Facts: map[listing.Name]listing.Fact{
			listing.Title:       fact("Bangle"),
			listing.PriceFact:   fact("12.00 EUR", "99.00 EUR"),
			listing.Description: fact(strings.Repeat("long ", 5_000)),
			listing.SellerName:  fact(hostile),
		},
		Entities: []listing.Entity{{Types: []string{"Product"}, Name: hostile, Why: "the only one", Main: true}},
		Problems: []evidence.Problem{{Code: "photograph_limit", Detail: "3 places are not listed"}},
	}
	many := fact("x")
	many.Candidates = append(many.Candidates, many.Candidates[0], many.Candidates[0], many.Candidates[0],
		many.Candidates[0], many.Candidates[0], many.Candidates[0], many.Candidates[0])
	l.Facts[listing.Location] = many
	b := viewed(t, map[string][]byte{"listing.json": marshal(t, l)})
	b.refuse("Bangle")
	b.look(tabListing)
	b.want("Bangle", "json-ld · /p · html > p", "1 fact in conflict", "In conflict", "99.00 EUR (dom)", wantHostile,
		"3 places are not listed", "Taken for what the page is about", "and 2 more places")
	b.refuse("\u202e", "\x07", "\U0010FFFD")
	if text := b.shown(); len(text) > 20_000 {
		t.Errorf("the window shows %d bytes", len(text))
	}
}

func TestListingNotShown(t *testing.T) {
	deep := append(bytes.Repeat([]byte("["), 100_000), bytes.Repeat([]byte("]"), 100_000)...)
	captures := []map[string][]byte{{"dom.html": []byte("<html>")}}
	for _, content := range [][]byte{[]byte("x"), deep, make([]byte, canon.MaxSize+2), []byte(`{"format":"x"}`)} {
		captures = append(captures, map[string][]byte{"listing.json": content})
	}
	b := viewed(t, captures...)
	for tab, want := range map[string]string{
		tabListing: "listing", tabPhotographs: "listing", tabText: "text",
		tabNetwork: "list of connections", tabLog: "capture log",
	} {
		b.look(tab)
		b.want("This capture has none: "+want, "Its manifest says what was obtained")
	}
	b.look(tabListing)
	for i := range captures[1:] {
		b.pick(i + 2)
		b.want("Can't be shown: listing")
	}
}

func TestAlteredItems(t *testing.T) {
	l := &listing.Listing{Facts: map[listing.Name]listing.Fact{listing.Title: fact("Bangle")}}
	b := viewed(t, map[string][]byte{
		"listing.json": marshal(t, l), "text.txt": []byte("some text"),
		"connections.jsonl": []byte("{}\n"), "capture.log.jsonl": []byte("{}\n"),
	})
	for path, tt := range map[string][2]string{
		"listing.json": {tabListing, "listing"}, "text.txt": {tabText, "text"},
		"connections.jsonl": {tabNetwork, "list of connections"}, "capture.log.jsonl": {tabLog, "capture log"},
	} {
		b.alter(path)
		b.look(tt[0])
		b.want("Not as it was sealed: "+tt[1], "pug verify OP-2/1")
		check(t, os.Remove(filepath.Join(b.w.detail.subject.capture.Dir, path)))
		b.w.refresh()
		b.settle()
		b.want("Its file is missing: " + tt[1])
	}
}

// archive returns a page archive with bodies, by address.
func archive(t *testing.T, bodies map[string][]byte) []byte {
	t.Helper()
	var out bytes.Buffer
	a, err := warc.Create(&out, warc.Options{Created: started})
	check(t, err)
	for address, body := range bodies {
		q := warc.Request{URL: address, Method: "GET", Started: started}
		check(t, a.Write(q, warc.Response{Status: 200, Body: bytes.NewReader(body)}, nil))
	}
	_, err = a.Close(warc.Page{})
	check(t, err)
	return out.Bytes()
}

func TestPhotographsTab(t *testing.T) {
	picture, bad := encode(t, noise(800, 400)), []byte("no picture")
	box := &listing.Box{Left: 10, Top: 700, Width: 200, Height: 100}
	l := &listing.Listing{Facts: map[listing.Name]listing.Fact{}, Photographs: []listing.Photograph{
		{Address: "https://a.example/1.png", SHA256: canon.Sum(picture), Bytes: int64(len(picture)), Format: "png", Width: 800, Height: 400, Shown: box, Times: 2, Alt: hostile},
		{Address: "https://a.example/2.png", SHA256: canon.Sum(bad), Bytes: int64(len(bad)), NoHash: "its format is not decoded"},
		{Address: "https://a.example/3.png", SHA256: evidence.Digest{1}, Shown: &listing.Box{Top: 1 << 30, Width: 1, Height: 1}, Times: 1},
		{Address: "https://a.example/4.png"},
	}}
	b := viewed(t, map[string][]byte{
		"listing.json": marshal(t, l), "page.png": nil,
		"archive.wacz": archive(t, map[string][]byte{"https://a.example/1.png": picture, "https://a.example/2.png": bad}),
	})
	b.w.win.Resize(b.w.win.Canvas().Size().AddWidthHeight(0, 600))
	b.look(tabPhotographs)
	b.want("4 pictures: 2 shown by the page, 2 only named, 3 kept", wantHostile, "png, 800 × 400 px", canon.Sum(picture).String(),
		"no thumbnail of this format", "not in the archive", "not kept")
	tab := b.w.detail.sides[2].(*photographsTab)
	if got := tab.thumbs.made[0]; got == nil || got.Bounds().Size() != image.Pt(160, 80) {
		t.Fatalf("got thumbnail %v, want 160×80", got)
	}
	rows := make(map[int]*photoRow)
	for _, r := range tab.thumbs.rows {
		rows[r.photo.index] = r
	}
	for i, want := range []bool{true, false, false, false} {
		if rows[i].show.Visible() != want {
			t.Errorf("row %d: got a button %t, want %t", i, !want, want)
		}
	}
	test.Tap(rows[0].copy)
	if got := b.app.Clipboard().Content(); got != canon.Sum(picture).String() {
		t.Errorf("copied %q", got)
	}
	test.Tap(rows[0])
	b.want("Picture 1", "in 2 places", "200 × 100 CSS px, 10 from the left, 700 from the top")
	b.w.win.Resize(b.w.win.Canvas().Size().SubtractWidthHeight(0, 900))
	test.Tap(rows[0].show)
	b.settle()
	view := b.w.detail.picture.view
	if want := image.Rect(10, 700, 210, 800); view.pane.asked != want || view.scroll.Offset.Y == 0 {
		t.Errorf("got %v marked at %v, want %v", view.pane.asked, view.scroll.Offset, want)
	}
	b.w.detail.leave()
	if tab.album != nil {
		t.Error("the archive is still open")
	}
}

func TestPhotographsWithoutArchive(t *testing.T) {
	l := &listing.Listing{Facts: map[listing.Name]listing.Fact{}, Photographs: []listing.Photograph{{Address: "https://a.example/1.png", SHA256: evidence.Digest{1}}}}
	none := &listing.Listing{Facts: map[listing.Name]listing.Fact{}}
	b := viewed(t, map[string][]byte{"listing.json": marshal(t, l)},
		map[string][]byte{"listing.json": marshal(t, l), "archive.wacz": []byte("no zip")},
		map[string][]byte{"listing.json": marshal(t, none)})
	b.look(tabPhotographs)
	b.want("No thumbnails: the capture has no page archive", "https://a.example/1.png")
	b.pick(2)
	b.want("No thumbnails: opening archive")
	b.pick(3)
	b.want("No photographs")
}

func TestTextTab(t *testing.T) {
	text := "Ivory bangle\n\n\n\n" + hostile + "\n象牙手镯 IVORY\n" + strings.Repeat("words ", 300) + "ivory\n"
	b := viewed(t, map[string][]byte{"text.txt": []byte(text)})
	b.look(tabText)
	b.want("Ivory bangle", "象牙手镯 IVORY", "digest matches")
	b.refuse("\u202e", "\x07")
	tab := b.w.detail.text
	find := func(words, want string) {
		t.Helper()
		tab.search.SetText(words)
		b.settle()
		if tab.state.Text != want {
			t.Errorf("%q: got %q, want %q", words, tab.state.Text, want)
		}
	}
	find("ivory", "1 of 3")
	for _, want := range []string{"2 of 3", "3 of 3", "1 of 3"} {
		tab.search.OnSubmitted("")
		if tab.state.Text != want {
			t.Errorf("got %q, want %q", tab.state.Text, want)
		}
	}
	test.Tap(tab.prev)
	if tab.state.Text != "3 of 3" {
		t.Errorf("got %q, want the last", tab.state.Text)
	}
	find("象牙", "1 of 1")
	find("words words", "1 of 150") // also where the line is broken
	find("tusk", "Not found")
	if !tab.next.Disabled() {
		t.Error("there is a next match of none")
	}
	find("", "")
}

// TestLongText has a text without an end, of one line and of many.
func TestLongText(t *testing.T) {
	texts := []string{strings.Repeat("ivory\n", 500_000), strings.Repeat("象", 1_000_000), strings.Repeat("\u0301", 1_000_000) + "x"}
	var captures []map[string][]byte
	for _, text := range texts {
		captures = append(captures, map[string][]byte{"text.txt": []byte(text)})
	}
	b := viewed(t, captures...)
	b.look(tabText)
	for i, text := range texts {
		begun := time.Now()
		b.pick(i + 1)
		b.want("Only the first 1.0 MB of the page's text are shown")
		b.w.detail.text.search.SetText("ivory")
		b.settle()
		if took := time.Since(begun); took > 20*time.Second {
			t.Errorf("took %v", took)
		}
		if strings.HasPrefix(text, "ivory") && b.w.detail.text.state.Text != "1 of more than 10,000" {
			t.Errorf("got %q", b.w.detail.text.state.Text)
		}
	}
}

func TestTextRows(t *testing.T) {
	for _, s := range []string{"", "a", "one two three four five", strings.Repeat("x", 50), "象牙象牙象牙象牙 ivory", " ", "a " + strings.Repeat("b", 30)} {
		rows, joined := appendRows(nil, 3, s, 10), ""
		for _, r := range rows {
			joined += s[r.from:r.to]
			if width := len(fold([]string{strings.TrimSuffix(s[r.from:r.to], " ")}, 10)); width != 1 || r.line != 3 {
				t.Errorf("%q: row %q is too long", s, s[r.from:r.to])
			}
		}
		if joined != s {
			t.Errorf("got %q of %q", joined, s)
		}
	}
	if rows := appendRows(nil, 0, "one two three", 10); len(rows) != 2 || rows[0].to != len("one two ") {
		t.Errorf("got rows %v, want a break after a space", rows)
	}
}

// certificate returns a certificate that signed itself.
func certificate(t *testing.T, name string) []byte {
	t.Helper()
	pub, key, err := ed25519.GenerateKey(rand.Reader)
	check(t, err)
	c := &x509.Certificate{SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: name}, NotBefore: started, NotAfter: started.Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, c, c, pub, key)
	check(t, err)
	return der
}

func TestNetworkTab(t *testing.T) {
	der := certificate(t, hostile)
	chain := append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("x")})...)
	lines := `{"time":"2026-11-24T08:00:01Z","host":"market.example","port":443,"answers":["192.0.2.7"],"remote":"192.0.2.7:443","sent":1500,"received":2000000,"outcome":"passed"}
{"time":"2026-11-24T08:00:02Z","host":"router.lan","port":80,"sent":0,"received":0,"outcome":"refused","error":"10.0.0.1 is a private address"}
{"host":"a\u202eb","port":-1,"outcome":"\u202e","sent":-5}
{"remote":"nonsense"}
[[[
`
	b := viewed(t, map[string][]byte{"connections.jsonl": []byte(lines), "certificates.pem": chain})
	b.w.win.Resize(b.w.win.Canvas().Size().AddWidthHeight(0, 900))
	b.look(tabNetwork)
	b.want("1 connection made, 1.5 kB sent, 2.0 MB received, 2 not made", "2 lines can't be read", "market.example:443",
		"192.0.2.7:443 · ↑ 1.5 kB · ↓ 2.0 MB", "Refused by Pugmark: 10.0.0.1 is a private address", "+0.995 s",
		"Certificate 1", canon.Sum(der).String(), "Certificate 2", "Can't be read")
	b.refuse("\u202e", "\x07")
	for _, o := range test.LaidOutObjects(b.w.win.Canvas().Content()) {
		if r, ok := o.(*recordRow); ok && r.what.Text == "router.lan:80" {
			test.Tap(r)
		}
	}
	b.want("Asked for", "10.0.0.1 is a private address", "Certificate 1")
	b.press("Requests")
	b.want("The requests can't be read: the capture has no page archive")
}

// TestRequests lists what the page asked for, unless the archive was altered.
func TestRequests(t *testing.T) {
	pages := map[string][]byte{"https://a.example/1.png": []byte("x"), "https://a.example/2": []byte("y")}
	b := viewed(t, map[string][]byte{"connections.jsonl": []byte("{}"), "archive.wacz": archive(t, pages)},
		map[string][]byte{"connections.jsonl": []byte("{}"), "archive.wacz": []byte("no zip")})
	b.look(tabNetwork)
	b.press("Requests")
	b.want("2 requests answered", "https://a.example/1.png", "https://a.example/2", "GET 200", "digest matches")
	b.pick(2)
	b.want("The requests can't be read: opening archive")
	b.press("Connections")
	b.want("0 connections made")
}

func TestLogTab(t *testing.T) {
	var lines strings.Builder
	lines.WriteString(`{"time":"2026-11-24T08:00:01Z","kind":"step","name":"scroll"}` + "\n")
	lines.WriteString(`{"time":"2026-11-24T08:00:02Z","kind":"script","name":"scroll.js","sha256":"ab","args":[0,3000]}` + "\n")
	lines.WriteString(`{"time":"2026-11-24T08:00:03Z","kind":"dialog","type":"alert","message":"a\u202eb\u0007","accepted":false}` + "\n")
	lines.WriteString(`{"kind":7}` + "\n" + `{"time":"never"}` + "\n\xff\xfe\n")
	fmt.Fprintf(&lines, `{"kind":"note","text":%q}`+"\n", strings.Repeat("x", 1<<20))
	for range maxRecords {
		lines.WriteString(`{"kind":"scroll","y":1}` + "\n")
	}
	b := viewed(t, map[string][]byte{"capture.log.jsonl": []byte(lines.String())})
	b.w.win.Resize(b.w.win.Canvas().Size().AddWidthHeight(0, 600))
	b.look(tabLog)
	b.want("10,000 lines", "3 lines can't be read", "only the first 10,000 are shown", "Problems", "The server answered 404.",
		"Scrolling through the page (scroll)", "scroll.js · [0,3000]", "alert · ab\uFFFD · accepted: false", "This line can't be read")
	b.refuse("\u202e", "\x07")
	if text := b.shown(); len(text) > 50_000 {
		t.Errorf("the window shows %d bytes", len(text))
	}
}

func TestCustodyTab(t *testing.T) {
	b := viewed(t, map[string][]byte{"dom.html": []byte("<html>")})
	b.look(tabCustody)
	b.want("2 log entries of the custody log on this capture", "Capture started", "Capture sealed", "A. Rao · reason: tip 4", "UTC")
	for _, o := range test.LaidOutObjects(b.w.win.Canvas().Content()) {
		if r, ok := o.(*recordRow); ok && r.what.Text == "Capture sealed" {
			test.Tap(r)
		}
	}
	b.want(b.w.detail.subject.capture.ManifestDigest.String(), "capture.sealed", evidence.Tool)
	check(t, b.w.vault.Close())
	e, _ := b.w.library.current()
	b.w.detail.open(b.w.vault, e)
	b.settle()
	b.want("Can't be shown: custody log")
}

func TestSealTab(t *testing.T) {
	b := viewed(t, map[string][]byte{"dom.html": []byte("<html>")})
	b.look(tabSeal)
	c := b.w.detail.subject.capture
	s, err := c.Seal()
	check(t, err)
	b.want("Only this machine's clock says so", "no timestamp by an authority", c.ManifestDigest.String(), s.Key, "a key of this vault",
		"Who can verify what", "Log's root")
	b.press("Verify this capture")
	b.want("VERIFIED", "Nothing here was altered since it was sealed, by a key that you trust. 1 item")
	b.alter("dom.html")
	b.press("Verify this capture")
	b.want("FAILED", "This is not as it was sealed.", "item-digest", "dom.html")
	check(t, os.RemoveAll(c.Dir))
	b.press("Verify this capture")
	b.want("There is no such file or folder.")
}

// TestCopyButtons copies each value that has a button for that.
func TestCopyButtons(t *testing.T) {
	b := viewed(t, map[string][]byte{"dom.html": []byte("<html>")})
	b.look(tabSeal)
	s, err := b.w.detail.subject.capture.Seal()
	check(t, err)
	copied := make(map[string]bool)
	for _, o := range test.LaidOutObjects(b.w.win.Canvas().Content()) {
		if v, ok := o.(*groupsView); ok {
			for _, p := range v.parts {
				if p.copy != nil {
					test.Tap(p.copy)
					copied[b.app.Clipboard().Content()] = true
				}
			}
		}
	}
	for _, want := range []string{b.w.detail.subject.capture.ManifestDigest.String(), s.Key, s.Checkpoint} {
		if !copied[want] {
			t.Errorf("no button copies %q", want)
		}
	}
}

func TestItemsTab(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	page, picture := []byte("<script>"), encode(t, noise(10, 10))
	b := viewed(t, map[string][]byte{"dom.html": page, "viewport.png": picture})
	b.look(tabItems)
	b.want("dom.html", "rendered-dom", "viewport.png", canon.Sum(page).String())
	tab := b.w.detail.items
	var opened []string
	tab.openURL = func(u *url.URL) error {
		opened = append(opened, u.Path)
		return nil
	}
	if !tab.openIt.Disabled() {
		t.Error("there is something to open")
	}
	tab.list.Select(1)
	b.press("Open a copy")
	b.want("A copy of viewport.png was given to the system.")
	if len(opened) != 1 || filepath.Base(opened[0]) != "viewport.png" {
		t.Fatalf("got %q opened", opened)
	}
	got, err := os.ReadFile(opened[0])
	check(t, err)
	info, err := os.Stat(opened[0])
	check(t, err)
	if !bytes.Equal(got, picture) || info.Mode().Perm() != 0o400 || strings.HasPrefix(opened[0], b.w.vault.Dir()) {
		t.Errorf("got a copy of %d bytes, mode %v, at %q", len(got), info.Mode(), opened[0])
	}
	tab.list.Select(0)
	b.press("Open a copy")
	b.want("may run its scripts, and load things from the network")
	b.press("Cancel")
	b.press("Open a copy")
	b.press("Open it all the same")
	if len(opened) != 2 || filepath.Base(opened[1]) != "dom.html" {
		t.Errorf("got %q opened", opened)
	}
	b.press("Copy digest")
	if got := b.app.Clipboard().Content(); got != canon.Sum(page).String() {
		t.Errorf("copied %q", got)
	}
	b.alter("viewport.png")
	tab.list.Select(1)
	b.press("Open a copy")
	b.want("This item is not as it was sealed, so it is not opened")
	b.w.close()
	if left, err := os.ReadDir(os.Getenv("TMPDIR")); err != nil || len(left) > 0 || len(opened) != 2 {
		t.Errorf("got %v left, %v, and %q opened", left, err, opened)
	}
}

// TestTabsAreLazy checks that a tab is read when it is looked at, and once.
func TestTabsAreLazy(t *testing.T) {
	b := viewed(t, map[string][]byte{"text.txt": []byte("some text"), "dom.html": []byte("<html>")})
	d := b.w.detail
	for i, looked := range d.looked {
		if looked != (i == 0) {
			t.Errorf("tab %s: got read %t", tabNames[i], looked)
		}
	}
	for i, name := range tabNames {
		b.look(name)
		if !d.looked[i] || d.tabs.SelectedIndex() != i {
			t.Errorf("tab %s isn't read", name)
		}
	}
	view := d.text.view
	b.look(tabPicture)
	b.look(tabText)
	if d.text.view != view {
		t.Error("the text was read again")
	}
	b.w.cases.Select(0)
	b.settle()
	if d.text.view != nil {
		t.Error("the text of a capture that is no longer shown is kept")
	}
	b.pick(1)
	b.want("This capture has none: text")
}

// TestNewestChosen checks that a page that was captured is shown, if none other
// is.
func TestNewestChosen(t *testing.T) {
	b, _ := newFlow(t)
	b.open(newVault(t))
	b.press("Capture…")
	b.fill("https://market.example/new")
	b.press("Capture")
	b.unlock()
	b.want("Exhibit 4 of OP-1")
	shown := b.w.detail.subject.manifest
	b.press("Capture…")
	b.fill("https://market.example/newer")
	b.press("Capture")
	b.want("Captures of OP-1 · 5", "Exhibit 4 of OP-1")
	if b.w.detail.subject.manifest != shown {
		t.Error("the capture that is looked at was read again")
	}
	b.w.refresh()
	b.settle()
	if b.w.detail.subject.manifest == shown {
		t.Error("the capture wasn't read again")
	}
}

func TestTabStrip(t *testing.T) {
	test.NewTempApp(t)
	var got []int
	s := newTabStrip([]string{"One", "Two", "Three"}, func(i int) { got = append(got, i) })
	win := test.NewTempWindow(t, s)
	win.Resize(fyne.NewSize(400, 100))
	for _, k := range []fyne.KeyName{fyne.KeyRight, fyne.KeyEnd, fyne.KeyRight, fyne.KeyLeft, fyne.KeyHome, fyne.KeyLeft} {
		s.TypedKey(&fyne.KeyEvent{Name: k})
	}
	test.TapAt(s, fyne.NewPos(s.spans[2].from+1, 5))
	if want := []int{1, 2, 1, 0, 2}; !slices.Equal(got, want) {
		t.Errorf("got %v chosen, want %v", got, want)
	}
	if win.Canvas().Focused() != s {
		t.Error("a tap doesn't give the keys to the strip")
	}
	s.Resize(fyne.NewSize(50, stripHeight))
	if n := s.spans[2]; n.to > 50 || s.spans[0].from >= 0 {
		t.Errorf("the chosen name is at %v, want it within 50", n)
	}
}

func TestFindBeforeText(t *testing.T) {
	b := viewed(t, map[string][]byte{"text.txt": []byte("some text")})
	b.w.findText()
	b.settle()
	if b.w.win.Canvas().Focused() != b.w.detail.text.search {
		t.Errorf("got focus on %T, want the search", b.w.win.Canvas().Focused())
	}
}
