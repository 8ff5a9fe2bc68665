package bundle

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pugmark/evidence"
	"pugmark/evidence/canon"
)

// withListing makes a case of one capture with an item that says what its page
// says of itself.
func withListing(t *testing.T, address, listing string) (ref string) {
	t.Helper()
	ref = newCase(t)
	check(t, addCaptureWith(t.Context(), sample.vault, ref, address, func(s *evidence.Staging) error {
		w, err := s.Create("listing.json", evidence.KindListing, "application/json")
		if err != nil {
			return err
		}
		if _, err := io.WriteString(w, listing); err != nil {
			return err
		}
		return w.Close()
	}))
	return ref
}

// exported returns the bundle of a case, and where its second capture is.
func exported(t *testing.T, o Options) (b bag, folder string) {
	t.Helper()
	o.Path = filepath.Join(t.TempDir(), "x.pugmark.zip")
	if _, err := Export(t.Context(), sample.vault, o, nil); err != nil {
		t.Fatal(err)
	}
	zipped, err := os.ReadFile(o.Path)
	check(t, err)
	c, err := sample.vault.Capture(t.Context(), o.Case+"/2")
	check(t, err)
	return unzip(t, zipped), folderOf(c.Exhibit, c.ID)
}

const facts = `{"format":"pugmark-listing","version":1,"facts":{
"price":{"value":"3 USD","conflict":true,"candidates":[
 {"source":"json-ld","property":"/offers/price","raw":"3","value":"3 USD"},
 {"source":"dom","where":"p","raw":"$ 4 <b>","value":"4 USD"}]},
"zeta":{"values":["a","b"],"candidates":[{"source":"new","raw":"a"}],"left_off":3}},
"photographs":[{"address":"https://example.org/p.jpg","width":20,"height":10,"bytes":12345}],
"problems":[{"code":"odd_block","url":"https://example.org/q"}]}`

func TestReviewFacts(t *testing.T) {
	b, folder := exported(t, Options{Case: withListing(t, "https://example.org/l", facts)})
	page := string(b[reviewPrefix+folder+".html"])
	for _, want := range []string{
		"<bdi>3 USD</bdi>", "the page contradicts itself", "<bdi>4 USD</bdi>", "an element of the page", "at <bdi>p</bdi>",
		"<bdi>zeta</bdi>", "<bdi>a\nb</bdi>", "3 more statements", "20 × 10 pixels, 12,345 bytes", "<bdi>odd block</bdi>",
		`<a href="../captures/` + folder + `/page.png">`, "not linked: in a browser", "only the capturing machine",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("got no %q in\n%s", want, page)
		}
	}
	if strings.Contains(page, "dom.html\">") || strings.Contains(page, `href="http`) {
		t.Error("the page leads to what could do harm")
	}
}

// words is a listing with words of the trade.
const words = `{"format":"pugmark-listing","version":2,"facts":{},"lexicon":{"on":"2026-11-29","bytes":70,
"lexicons":[{"name":"Pugmark <b>","version":"2026","sha256":"00ff"}],"missing":["reading \"Unit\": gone"],
"terms":[{"lexicon":0,"lang":["en"],"term":"yellow material","class":"product","meaning":"ivory","taxa":["Loxodonta africana"],
 "strength":"strong","covert":true,"hits":[{"in":"title","start":4,"end":19,"rune_start":4,"rune_end":19,"text":"<i>yellow material","strength":"strong","why":["plain"]}],"left_off":3},
{"lexicon":0,"lang":["en"],"term":"ivory","class":"product","meaning":"ivory","strength":"strong",
 "hits":[{"in":"text","start":4,"end":9,"rune_start":4,"rune_end":9,"text":"ivory","strength":"strong","why":["plain","separated"],"excluded":{"term":"vegetable ivory","meaning":"tagua nut"}}]}],
"left_off":9}}`

// TestReviewWords exports a listing with words of the trade: its page shows them, and
// that of a listing without says nothing of any.
func TestReviewWords(t *testing.T) {
	b, folder := exported(t, Options{Case: withListing(t, "https://example.org/w", words)})
	page := string(b[reviewPrefix+folder+".html"])
	for _, want := range []string{
		"Words of the trade", "<bdi>yellow material</bdi>", "<bdi>product, strong, code word, en</bdi>", "<bdi>Loxodonta africana</bdi>",
		"<bdi>&lt;i&gt;yellow material</bdi>", "Title, character 5", "and 3 more", "within the false friend", "<bdi>vegetable ivory (tagua nut)</bdi>",
		"strong, plain, separated", "9 more hits", "<bdi>Pugmark &lt;b&gt;</bdi>, version <bdi>2026</bdi>, SHA-256 <code><bdi>00ff</bdi></code>, words in use on <bdi>2026-11-29</bdi>",
		"Not looked for: ",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("got no %q in\n%s", want, page)
		}
	}
	wantFindings(t, b.verify(t))
	without, folder := exported(t, Options{Case: withListing(t, "https://example.org/without", facts)})
	if strings.Contains(string(without[reviewPrefix+folder+".html"]), "trade") {
		t.Error("the page of a listing without words speaks of them")
	}
}

// TestReviewUnreadable exports listings that can't be read: the pages say so.
func TestReviewUnreadable(t *testing.T) {
	for _, listing := range []string{
		"", "{", "null", `{"format":"pugmark-listing","version":2}`, `{"format":"pugmark-listing","version":1,"facts":[]}`,
		`{"format":"pugmark-listing","version":1,"lexicon":{}}`,
		strings.Repeat(`[`, 100_000),
	} {
		b, folder := exported(t, Options{Case: withListing(t, "https://example.org/l", listing)})
		if page := b[reviewPrefix+folder+".html"]; !bytes.Contains(page, []byte("The file listing.json could not be read")) {
			t.Errorf("%.20q: got\n%s", listing, page)
		}
		wantFindings(t, b.verify(t))
	}
}

// TestReviewForged changes pages, and what they are made from, as a forger would.
func TestReviewForged(t *testing.T) {
	whole, folder := exported(t, Options{Case: withListing(t, "https://example.org/l", facts)})
	page, listing := reviewPrefix+folder+".html", capturesPrefix+folder+"/listing.json"
	for name, c := range map[string]struct {
		change func(b bag)
		want   string
	}{
		"page":         {func(b bag) { b.replace(t, page, "3 USD", "2 USD") }, page + ": " + RecordDiffers},
		"index":        {func(b bag) { b.replace(t, indexFile, "Files withheld</dt><dd>none", "Files withheld</dt><dd>some") }, indexFile + ": " + RecordDiffers},
		"custody":      {func(b bag) { b.replace(t, custodyPage, "opened the case", "closed the case") }, custodyPage + ": " + RecordDiffers},
		"no page":      {func(b bag) { delete(b, page) }, page + ": " + FileMissing},
		"another page": {func(b bag) { b[reviewPrefix+"x.html"] = []byte("x") }, reviewPrefix + "x.html: " + FileUnlisted},
		"facts":        {func(b bag) { b.replace(t, listing, `"value":"4 USD"`, `"value":"5 USD"`) }, listing + ": " + evidence.ItemDigest},
		"no facts":     {func(b bag) { delete(b, listing) }, listing + ": " + evidence.ItemMissing},
	} {
		t.Run(name, func(t *testing.T) {
			b := make(bag)
			for path, content := range whole {
				b[path] = bytes.Clone(content)
			}
			c.change(b)
			b.relist()
			wantFindings(t, b.verify(t), c.want)
		})
	}
}

// TestSubsetReveals looks in a bundle of one capture for what is in another one
// of the case, and in those of other cases.
func TestSubsetReveals(t *testing.T) {
	ref := withListing(t, "https://example.org/hidden-second", `{"marker":"ZZ-facts"}`)
	check(t, addCapture(t.Context(), sample.vault, ref, "https://example.org/third"))
	o := Options{Case: ref, Captures: []string{ref + "/3"}, Path: filepath.Join(t.TempDir(), "x.zip")}
	_, err := Export(t.Context(), sample.vault, o, nil)
	check(t, err)
	zipped, err := os.ReadFile(o.Path)
	check(t, err)
	for _, s := range []string{"a picture of https://example.org/hidden", "<html>https://example.org/hidden", "ZZ-facts", "a picture of https://example.org/1",
		"OP-1", "OP-2", "secret.example", "Secret", "reboot"} {
		if bytes.Contains(zipped, []byte(s)) {
			t.Errorf("got %q in the bundle", s)
		}
	}
	if !bytes.Contains(unzip(t, zipped)[indexFile], []byte("Captures left out")) {
		t.Error("the index doesn't say what is left out")
	}
}

// TestReviewFence compares what the pages say of the time with what a
// verification by the same roots finds.
func TestReviewFence(t *testing.T) {
	b, trust := stampedBag(t)
	r := b.verifyFor(t, trust)
	for i, f := range r.Fences {
		folder := strings.TrimSuffix(b.find(t, f.Capture[len("OP-1/"):], "manifest.json"), "/manifest.json")
		page := string(b[pageOf(folder+"/x")])
		if f.NotAfter == nil {
			if i != 2 || !strings.Contains(page, "No response of a time-stamp authority is in this bundle") {
				t.Errorf("capture %d: got\n%s", i, page)
			}
			continue
		}
		want := "Made not before " + utc(&f.NotBefore.Time) + " (says known), and not after " + utc(&f.NotAfter.Time) + " (says known)."
		if !strings.Contains(page, want) || !strings.Contains(page, "not in this bundle") || !strings.Contains(string(b[indexFile]), want) {
			t.Errorf("got no %q in\n%s", want, page)
		}
	}
}

func TestCleanText(t *testing.T) {
	for s, want := range map[string]shownText{
		"":                            {},
		"a\tb\nc":                     {Text: "a\tb\nc"},
		"\u202eexe\r\x00\ufeff\u200b": {Text: "⟨U+202E⟩exe⟨U+000D⟩⟨U+0000⟩⟨U+FEFF⟩⟨U+200B⟩"},
		"می\u200cخواهم 👩\u200d🌾 象牙": {Text: "می\u200cخواهم 👩\u200d🌾 象牙"},
		"\xff":                  {Text: "\ufffd"},
		strings.Repeat("象", 25): {Text: strings.Repeat("象", 20), Cut: 5},
	} {
		if got := cleanText(20, s); got != want {
			t.Errorf("%q: got %+v, want %+v", s, got, want)
		}
	}
	for lang, want := range map[string]string{"zh-Hant-TW": "zh-Hant-TW", `x" onload="`: "", "": "", "en_US": ""} {
		if got := (shownText{}).in(lang).Lang; got != want {
			t.Errorf("%q: got %q", lang, got)
		}
	}
}

// TestReviewHarmless checks which items the pages lead to.
func TestReviewHarmless(t *testing.T) {
	for _, c := range []struct {
		item evidence.Item
		want bool
	}{
		{evidence.Item{Path: "page.png", Kind: evidence.KindPage, MediaType: "image/png"}, true},
		{evidence.Item{Path: "text.txt", Kind: evidence.KindText, MediaType: "text/plain; charset=utf-8"}, true},
		{evidence.Item{Path: "page.png", Kind: evidence.KindPage, MediaType: "text/html"}, false},
		{evidence.Item{Path: "page.PNG", Kind: evidence.KindPage, MediaType: "image/png"}, false},
		{evidence.Item{Path: "dom.txt", Kind: evidence.KindDOM, MediaType: "text/plain"}, false},
		{evidence.Item{Path: "a.svg", Kind: evidence.KindPage, MediaType: "image/svg+xml"}, false},
		{evidence.Item{Path: "page.mhtml", Kind: evidence.KindMHTML, MediaType: "multipart/related"}, false},
		{evidence.Item{Path: "noending", Kind: evidence.KindText, MediaType: "text/plain"}, false},
	} {
		if got := isHarmless(c.item); got != c.want {
			t.Errorf("%+v: got %v", c.item, got)
		}
	}
}

// TestReviewIsPinned makes sure that the pages of one and the same capture stay
// the same, byte for byte: if they don't, old bundles no longer verify.
func TestReviewIsPinned(t *testing.T) {
	text := cleanText(someText, "It's \"1\" + <2> & `3` 象牙").in("zh")
	var buf bytes.Buffer
	check(t, pageTemplates.ExecuteTemplate(&buf, "capture", &captureView{
		Head: "x", Ref: "OP-1", Title: text, Listing: &listingView{Facts: []factView{{Name: text, Value: text, Raw: text}}},
		Page: []row{{"a", text}}, Files: []fileView{{Path: "a", Link: "../b/a.png", Kind: text}}, Events: []eventView{{Actor: text}},
	}))
	const want = "4a5411b7e8fbcd9663306d08a4cd00f1ea1bdead6ec3bfab8c40c7ada0c83ce4"
	if got := canon.Sum(buf.Bytes()).String(); got != want {
		t.Errorf("got digest %s, want %s: see the comment at the templates", got, want)
	}
}
