package main

import (
	"bytes"
	"fmt"
	"html"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// green is the colour of the hostile page, which nothing else has.
const green = 0x0a7b3c

// paper is the colour of a review page.
const paper = 0xfdfcf9

// hostile tells in all its texts what would harm who reviews it.
func hostile(w http.ResponseWriter, _ *http.Request) {
	long := strings.Repeat("ยาวมาก 很长的标题 ", 700)
	marks := "z" + strings.Repeat("\u0336\u0315\u0301", 100)
	title := "\u202egnp.exe\u202c <script>fetch('http://outside.test/title')</script> {{.}} " + marks + " عاج الفيل 象牙 งาช้าง " + long
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprintf(w, `<!doctype html><html lang="zh&quot;&gt;&lt;img src=http://outside.test/lang&gt;"><title>%s</title>
<style>body{background:#%06x;height:3000px}</style>
<meta property="og:description" content="&lt;/td&gt;&lt;img src='http://outside.test/og' onerror='alert(1)'&gt;">
<script type="application/ld+json">{"@type":"Product","name":"<img src=http://outside.test/name>","url":"javascript:alert(1)",
"image":"http://outside.test/photograph.png","description":"a\u202eb\u0000c\u2066<style>@import 'http://outside.test/css'</style>",
"offers":{"price":"1","priceCurrency":"USD","seller":{"name":"</style><script>x"}}}</script>
<h1>Ivory</h1><p>$ 2.00`, title, green)
}

// reviewed is the folder of the bag of a bundle with a small page and a hostile
// one, as a user gets it.
func reviewed(t *testing.T) string {
	t.Helper()
	u := newUser(t)
	server := httptest.NewServer(http.HandlerFunc(hostile))
	t.Cleanup(server.Close)
	for _, args := range [][]string{
		{"capture", u.addresses["SITE"] + "/small", server.URL, "--case", "OP-1", "--reason", "<b>why</b> \u202e", sandboxFlag()},
		{"export", "--case", "OP-1", "-o", "bag.pugmark.zip"},
	} {
		// The hostile page names a picture that can't be had: its capture may be partial.
		if code, out, log := u.run(t, args...); code > 1 {
			t.Fatalf("pug %s: got exit code %d\n%s%s", args[0], code, out, log)
		}
	}
	c := exec.CommandContext(t.Context(), "unzip", "-q", "bag.pugmark.zip")
	c.Dir = u.dir
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("unzip: %v\n%s", err, out)
	}
	return filepath.Join(u.dir, "bag.pugmark")
}

// TestBundleByOthers has independent programs judge a bundle.
func TestBundleByOthers(t *testing.T) {
	needPrograms(t)
	bag := reviewed(t)
	pages := []string{filepath.Join(bag, "data", "index.html")}
	more, err := filepath.Glob(filepath.Join(bag, "data", "review", "*.html"))
	if pages = append(pages, more...); err != nil || len(pages) != 4 {
		t.Fatalf("got pages %q, %v", pages, err)
	}
	t.Run("browser", func(t *testing.T) {
		testPage(t, pages[0])
		testPage(t, pages[2])
	})
	t.Run("facts", func(t *testing.T) { testFacts(t, pages[2]) })
	t.Run("links", func(t *testing.T) {
		for _, path := range pages {
			testLinks(t, path)
		}
	})
	t.Run("html", func(t *testing.T) {
		wantJudged(t, nil, append([]string{"html"}, pages...)...)
	})
	t.Run("wacz", func(t *testing.T) { testArchives(t, bag) })
	t.Run("bagit", func(t *testing.T) { testBagIt(t, bag) })
}

// ownBusiness matches the hosts that Chromium contacts on its own account, with
// any page or none: for the time, updates and sign-in.
var ownBusiness = regexp.MustCompile(`^((clients2|accounts|redirector)\.(google|gvt1)\.com|update\.googleapis\.com)(:\d+)?$`)

// browse opens a file in a browser of which all traffic goes to a listener. It
// returns what the browser shows, what it logs, and what it asked for.
func browse(t *testing.T, path string, size string) (shown image.Image, log string, asked []string) {
	t.Helper()
	var mu sync.Mutex
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if !ownBusiness.MatchString(r.Host) {
			asked = append(asked, r.Method+" "+r.RequestURI)
		}
	}))
	defer proxy.Close()
	dir := t.TempDir()
	picture := filepath.Join(dir, "shown.png")
	args := []string{
		"--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
		"--disable-sync", "--disable-default-apps", "--disable-extensions", "--disable-domain-reliability", "--no-pings",
		"--disable-features=OptimizationHints,MediaRouter,Translate,AutofillServerCommunication,NetworkTimeServiceQuerying",
		"--user-data-dir=" + filepath.Join(dir, "profile"), "--proxy-server=" + proxy.URL, "--proxy-bypass-list=<-loopback>",
		"--enable-logging=stderr", "--hide-scrollbars", "--virtual-time-budget=2000", "--screenshot=" + picture, "--window-size=" + size,
	}
	if sandboxFlag() == "--no-sandbox" {
		args = append(args, "--no-sandbox", "--disable-dev-shm-usage")
	}
	out, err := exec.CommandContext(t.Context(), "chromium", append(args, "file://"+path)...).CombinedOutput()
	if err != nil {
		t.Fatalf("chromium: %v\n%s", err, out)
	}
	b, err := os.ReadFile(picture)
	if err != nil {
		t.Fatal(err)
	}
	if shown, err = png.Decode(bytes.NewReader(b)); err != nil {
		t.Fatal(err)
	}
	return shown, string(out), asked
}

// pixels returns how many pixels have a colour.
func pixels(m image.Image, rgb uint32) (n int) {
	for y := range m.Bounds().Dy() {
		for x := range m.Bounds().Dx() {
			if r, g, b, _ := m.At(x, y).RGBA(); r>>8<<16|g>>8<<8|b>>8 == rgb {
				n++
			}
		}
	}
	return n
}

// testPage opens a page as a reviewer does: nothing leaves it, nothing is amiss,
// and its pictures are there.
func testPage(t *testing.T, path string) {
	t.Helper()
	shown, log, asked := browse(t, path, "1000,2500")
	name := filepath.Base(path)
	if len(asked) > 0 {
		t.Errorf("%s: the page asked for %q", name, asked)
	}
	for line := range strings.Lines(log) {
		if strings.Contains(line, "CONSOLE") {
			t.Errorf("%s: the browser says %s", name, line)
		}
	}
	if n := pixels(shown, green); n < 500 {
		t.Errorf("%s: got %d pixels of the hostile page's picture", name, n)
	}
	if n := pixels(shown, paper); n < 10_000 {
		t.Errorf("%s: got %d pixels of the style's paper", name, n)
	}
}

// testFacts checks that a page says what the capture found in its listing: it is
// read by another package than the one that wrote it.
func testFacts(t *testing.T, path string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(html.UnescapeString(tag.ReplaceAllString(string(b), " "))), " ")
	for _, want := range []string{
		"<img src=http://outside.test/name>", "structured data (JSON-LD), /name", "1 USD written as: 1",
		"⟨U+202E⟩gnp.exe⟨U+202C⟩ <script>fetch('http://outside.test/title')</script> {{.}}", "more characters]",
		"عاج الفيل 象牙 งาช้าง", "http://outside.test/photograph.png", "Reason <b>why</b> ⟨U+202E⟩", "a⟨U+202E⟩b",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("got no %q in %s", want, path)
		}
	}
}

// TestBrowseSees checks that a page that asks for something is found out.
func TestBrowseSees(t *testing.T) {
	path := filepath.Join(t.TempDir(), "leak.html")
	const leak = `<!doctype html><img src="http://outside.test/x.png"><script>console.log("here")</script>`
	if err := os.WriteFile(path, []byte(leak), 0o600); err != nil {
		t.Fatal(err)
	}
	_, log, asked := browse(t, path, "300,200")
	if len(asked) != 1 || asked[0] != "GET http://outside.test/x.png" || !strings.Contains(log, "CONSOLE") {
		t.Errorf("got %q and %q", asked, log)
	}
}

var (
	linked = regexp.MustCompile(`(?:href|src)="([^"]*)"`)
	script = regexp.MustCompile(`(?i)<script|\son[a-z]+=|javascript:|<link|<iframe|<object|<embed|<form|<base`)
	tag    = regexp.MustCompile(`<[^>]*>`)
)

// testLinks checks that a page leads to files of the bundle alone, and to none
// that a browser would run.
func testLinks(t *testing.T, path string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range linked.FindAllSubmatch(b, -1) {
		to, _, _ := strings.Cut(string(m[1]), "#")
		name := filepath.Join(filepath.Dir(path), to)
		fi, err := os.Stat(name)
		if err != nil || to != "" && !fi.Mode().IsRegular() {
			t.Errorf("%s leads to %q: %v", filepath.Base(path), m[1], err)
		}
		ours := strings.Contains(to, "review/") || strings.HasSuffix(to, "index.html") || !strings.Contains(to, "captures/")
		if ext := filepath.Ext(to); !ours && ext != ".png" && ext != ".pdf" && ext != ".txt" && ext != ".json" {
			t.Errorf("%s leads to %q", filepath.Base(path), to)
		}
	}
	for _, m := range tag.FindAll(b, -1) {
		if script.Match(m) {
			t.Errorf("%s has %q", filepath.Base(path), m)
		}
	}
	if bytes.ContainsAny(b, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\x00") {
		t.Errorf("%s has a hidden character", filepath.Base(path))
	}
	if n := len(b); n > 200_000 {
		t.Errorf("%s has %d bytes", filepath.Base(path), n)
	}
}
