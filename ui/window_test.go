package ui

import (
	"image"
	"image/color"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"pugmark/evidence"
	"pugmark/evidence/canon"
)

func TestCasesAndCaptures(t *testing.T) {
	b := newBench(t)
	b.open(newVault(t))
	b.want("Cases · 2", "OP-1", "Ivory bangles", "3 captures", "OP-2", "Nothing yet", "0 captures")
	b.want("Captures of OP-1 · 3", "老料手串 108颗", "market.example", localTime(started),
		"Complete", "Partial · 1 problem", "Failed · 1 problem")
	// A page without a title is known by its address.
	b.want("https://market.example/item/9")
	b.want("No capture chosen")
	if got := b.w.win.Title(); got != "Unit 7 – Pugmark" {
		t.Errorf("got title %q", got)
	}
	b.w.cases.Select(1)
	b.settle()
	b.want("Captures of OP-2 · 0", "No captures yet", "Capture…")
	b.refuse("market.example")
}

func TestCapture(t *testing.T) {
	b := newBench(t)
	b.open(newVault(t))
	b.pick(1)
	b.want("Exhibit 1 of OP-1 · "+localTime(started), "https://market.example/item/7",
		"Full page · 600 × 1,100 px · digest matches")
	b.refuse("No capture chosen")
	if got := b.w.win.Title(); got != "OP-1/1 – Unit 7 – Pugmark" {
		t.Errorf("got title %q", got)
	}
	b.w.detail.picture.view.ActualSize()
	b.settle()
	wantPixels(t, b.w.detail.picture.view, noise(pageSize.X, pageSize.Y))
}

// wantPixels compares what a view at actual size shows, captured as drawn, with
// the upper left part of a picture.
func wantPixels(t *testing.T, v *TallView, want *image.RGBA) {
	t.Helper()
	got := v.canvas.Capture()
	inset, _ := v.canvas.InteractiveArea() // which absolute positions leave out
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(v.pane).Add(inset).Add(v.pane.origin())
	x0, y0 := int(math.Round(float64(at.X))), int(math.Round(float64(at.Y)))
	for _, p := range []image.Point{{2, 1}, {100, 3}, {299, 511}, {300, 512}, {7, 520}} {
		r, g, bl, _ := got.At(x0+p.X, y0+p.Y).RGBA()
		c := color.RGBA{byte(r >> 8), byte(g >> 8), byte(bl >> 8), 0xff}
		if c != want.RGBAAt(p.X, p.Y) {
			t.Errorf("pixel %v: got %v, want %v", p, c, want.RGBAAt(p.X, p.Y))
		}
	}
}

func TestOtherPictures(t *testing.T) {
	b := newBench(t)
	b.open(newVault(t))
	b.pick(2)
	b.want("First view only · 600 × 1,100 px · digest matches")
	b.pick(3)
	b.want("No picture")
	b.refuse("First view")
}

func TestHostileTitle(t *testing.T) {
	b := newBench(t)
	b.open(newVault(t))
	b.pick(2)
	b.want("Tuskgnp {{.Boom}} \uFFFD\uFFFDend")
	b.refuse(hostileTitle, "\u202e", "\x07", "\U0010FFFD")
}

func TestManifest(t *testing.T) {
	dir := newVault(t)
	b := newBench(t)
	b.open(dir)
	b.pick(1)
	b.w.win.Resize(b.w.win.Canvas().Size().AddWidthHeight(0, 100))
	b.w.detail.choose(tabManifest)
	c := b.w.captures.items[0]
	b.want(c.ManifestDigest.String(), "Identity", c.ID.String(), "Legal basis", "s. 12", "tip 4",
		started.Format("2006-01-02 15:04:05.000 UTC"), "nginx", "dom.html", "--headless")
	tab := b.w.detail.manifest
	test.Tap(tab.mode)
	b.want(`"exhibit": 1,`, "Readable")
	b.refuse("Legal basis")
	test.Tap(tab.mode)
	b.want("Legal basis")

	tab.copyDigest.OnTapped()
	if got := b.app.Clipboard().Content(); got != c.ManifestDigest.String() {
		t.Errorf("copied digest %q", got)
	}
	tab.copyJSON.OnTapped()
	if got := canon.Sum([]byte(b.app.Clipboard().Content())); got != c.ManifestDigest {
		t.Errorf("copied JSON has digest %s, want %s", got, c.ManifestDigest)
	}
	b.pick(2)
	b.want("Problem 1", "The server answered 404.", "http_status")
}

func TestKeys(t *testing.T) {
	b := newBench(t)
	b.open(newVault(t))
	c := b.w.win.Canvas()
	c.Focus(b.w.captures)
	if !b.w.captures.ring.Visible() {
		t.Error("the list with the focus has no ring")
	}
	press := func(want int, keys ...fyne.KeyName) {
		t.Helper()
		for _, k := range keys {
			c.Focused().TypedKey(&fyne.KeyEvent{Name: k})
			b.settle()
		}
		if b.w.captures.selected != want {
			t.Errorf("after %v: got row %d, want %d", keys, b.w.captures.selected, want)
		}
	}
	press(0, fyne.KeyDown)
	b.want("Exhibit 1 of OP-1")
	press(1, fyne.KeyDown)
	b.want("Exhibit 2 of OP-1")
	press(2, fyne.KeyDown, fyne.KeyDown)
	press(1, fyne.KeyUp)
	press(0, fyne.KeyPageUp)
	press(2, fyne.KeyEnd)
	press(0, fyne.KeyHome)
	c.Focus(b.w.cases)
	if b.w.captures.ring.Visible() {
		t.Error("a list without the focus has a ring")
	}
}

func TestTappedRowGetsKeys(t *testing.T) {
	b := newBench(t)
	b.open(newVault(t))
	for _, o := range test.LaidOutObjects(b.w.win.Canvas().Content()) {
		if r, ok := o.(*captureRow); ok && r.exhibit.Text == "2" {
			test.Tap(r)
		}
	}
	b.settle()
	b.want("Exhibit 2 of OP-1")
	if b.w.win.Canvas().Focused() != b.w.captures {
		t.Errorf("got focus on %T, want the captures", b.w.win.Canvas().Focused())
	}
}

func TestShortcutsOfMenu(t *testing.T) {
	b := newBench(t)
	items := make(map[string]*fyne.MenuItem)
	for _, m := range b.w.win.MainMenu().Items {
		for _, i := range m.Items {
			items[i.Label] = i
		}
	}
	items["Manifest"].Action()
	if tabNames[b.w.detail.tabs.SelectedIndex()] != tabManifest {
		t.Error("the manifest isn't chosen")
	}
	items["Shortcuts"].Action()
	for _, i := range items {
		if s, ok := i.Shortcut.(*desktop.CustomShortcut); ok {
			if s.KeyName > fyne.Key1 && s.KeyName < fyne.Key9 {
				b.want("Ctrl+1 … Ctrl+9")
				continue
			}
			keys := "Ctrl+"
			if s.Modifier&fyne.KeyModifierShift != 0 {
				keys += "Shift+"
			}
			b.want(keys + string(s.KeyName))
		}
	}
}

// TestShortcutsAreUnique finds commands that share a key, of which one would never run.
func TestShortcutsAreUnique(t *testing.T) {
	b := newBench(t)
	of := make(map[string]string)
	for _, m := range b.w.win.MainMenu().Items {
		for _, i := range m.Items {
			if i.Shortcut == nil {
				continue
			}
			key := i.Shortcut.ShortcutName()
			if other, ok := of[key]; ok {
				t.Errorf("%q and %q share the key %s", other, i.Label, key)
			}
			of[key] = i.Label
		}
	}
	if len(of) < 20 {
		t.Errorf("got %d keys", len(of))
	}
}

func TestRefresh(t *testing.T) {
	dir := newVault(t)
	b := newBench(t)
	b.open(dir)
	b.pick(2)
	other, err := evidence.Open(t.Context(), dir)
	check(t, err)
	check(t, other.Unlock(t.Context(), passphrase))
	seal(t, other, sample{"OP-1", "https://market.example/new", "Fresh", evidence.Complete, samples[2].items})
	check(t, other.Close())
	b.refuse("Fresh")
	b.w.refresh()
	b.settle()
	b.want("Fresh", "4 captures", "Captures of OP-1 · 4", "Exhibit 2 of OP-1")
	if b.w.captures.selected != 1 {
		t.Errorf("got row %d, want 1", b.w.captures.selected)
	}
}

func TestAltered(t *testing.T) {
	dir := newVault(t)
	one := filepath.Join(dir, "cases", "OP-1", "captures")
	flip := func(pattern string) string {
		t.Helper()
		name := find(t, one, pattern)
		content, err := os.ReadFile(name)
		check(t, err)
		content[len(content)/2] ^= 1
		check(t, os.WriteFile(name, content, 0o600))
		return name
	}
	picture := flip("0001_*/page.png")
	check(t, os.Remove(find(t, one, "0002_*/viewport.png")))
	flip("0003_*/manifest.json")

	b := newBench(t)
	b.open(dir)
	b.pick(1)
	b.want("Not as it was sealed: picture", "pug verify OP-1/1")
	b.refuse("Full page ·")
	b.pick(2)
	b.want("Its file is missing: picture", "pug verify OP-1/2")
	b.pick(3)
	b.want("The manifest can't be read", "pug verify OP-1/3")
	b.refuse("Picture", "Exhibit 3 of")

	// Longer than it was, but the same as far as it goes.
	content := encode(t, noise(pageSize.X, pageSize.Y))
	check(t, os.WriteFile(picture, append(content, 0), 0o600))
	b.pick(1)
	b.want("Not as it was sealed: picture")
	check(t, os.WriteFile(picture, content, 0o600))
	b.pick(2)
	b.pick(1)
	b.want("digest matches")
}

func TestUndecodable(t *testing.T) {
	dir := newVault(t)
	v, err := evidence.Open(t.Context(), dir)
	check(t, err)
	check(t, v.Unlock(t.Context(), passphrase))
	seal(t, v, sample{"OP-2", "https://market.example/x", "X", evidence.Complete, map[string][]byte{"page.png": []byte("not a picture")}})
	check(t, v.Close())
	b := newBench(t)
	b.open(dir)
	b.w.cases.Select(1)
	b.settle()
	b.pick(1)
	b.want("Can't be shown: picture", "decoding picture")
}

func TestNoVault(t *testing.T) {
	b := newBench(t)
	b.want("No vault is open", "Open vault…")
	dir := t.TempDir()
	b.w.OpenIfThere(dir)
	b.settle()
	b.want("No vault is open", "New vault…", "Open vault…")
	b.w.OpenIfThere(newVault(t))
	b.settle()
	b.want("Captures of OP-1")
}

func TestNotOpened(t *testing.T) {
	newer, file, none := newVault(t), filepath.Join(t.TempDir(), "file"), filepath.Join(t.TempDir(), "none")
	info := find(t, newer, "vault.json")
	content, err := os.ReadFile(info)
	check(t, err)
	check(t, os.WriteFile(info, []byte(strings.Replace(string(content), `"version":1`, `"version":2`, 1)), 0o600))
	check(t, os.WriteFile(file, nil, 0o600))
	empty := t.TempDir()
	for _, tt := range []struct {
		dir  string
		want []string
	}{
		{empty, []string{"This folder is not a vault", "made in an empty folder"}},
		{newer, []string{"This vault is from a newer Pugmark", "It has format version 2; this program reads up to 1."}},
		{file, []string{"This is not a folder"}},
		{none, []string{"There is no such folder", none}},
	} {
		b := newBench(t)
		b.open(tt.dir)
		b.want(append(tt.want, "Open vault…")...)
		if got := b.w.LastVault(); got != "" {
			t.Errorf("%q is remembered", got)
		}

		// What is open stays open.
		b = newBench(t)
		b.open(newVault(t))
		b.open(tt.dir)
		b.want(append(tt.want, "The vault was not opened", "Captures of OP-1 · 3")...)
	}
}

func TestDamagedVault(t *testing.T) {
	dir := newVault(t)
	check(t, os.WriteFile(find(t, dir, "vault.db"), []byte(strings.Repeat("x", 4096)), 0o600))
	b := newBench(t)
	b.open(dir)
	b.want("The vault can't be opened", "Open vault…")
}

func TestVaultWithoutCases(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "vault")
	v, err := evidence.Create(t.Context(), dir, evidence.CreateOptions{Passphrase: passphrase})
	check(t, err)
	check(t, v.Close())
	b := newBench(t)
	b.open(dir)
	b.want("No cases yet", "New case…")
}

func TestLostVault(t *testing.T) {
	b := newBench(t)
	b.open(newVault(t))
	// The vault's database goes away under the window.
	check(t, b.w.vault.Close())
	b.w.cases.Select(1)
	b.settle()
	b.want("The captures can't be read", "Try again")
	b.w.refresh()
	b.settle()
	b.want("The cases can't be read", "Try again")
}

func TestDrop(t *testing.T) {
	dir := newVault(t)
	for _, path := range []string{dir, filepath.Join(dir, "vault.json")} {
		b := newBench(t)
		b.w.drop([]fyne.URI{storage.NewFileURI(path)})
		b.settle()
		b.want("Captures of OP-1 · 3")
	}
	b := newBench(t)
	uri, err := storage.ParseURI("https://market.example/vault")
	check(t, err)
	b.w.drop([]fyne.URI{uri})
	b.w.drop(nil)
	if b.w.work.open != 0 {
		t.Error("a dropped address is opened")
	}
}

func TestRemembers(t *testing.T) {
	dir := newVault(t)
	b := newBench(t)
	b.open(dir)
	b.w.win.Resize(fyne.NewSize(1111, 777))
	b.w.detail.tabs.SelectIndex(1)
	b.w.lists.SetOffset(0.25)
	b.w.panes.SetOffset(0.7)
	b.w.close()
	b.reopen()
	if got := b.w.LastVault(); got != dir {
		t.Errorf("got vault %q, want %q", got, dir)
	}
	if l := b.w.settings.look(); l.Width != 1111 || l.Height != 777 {
		t.Errorf("got size %v, %v", l.Width, l.Height)
	}
	if b.w.lists.Offset != 0.25 || b.w.panes.Offset != 0.7 || b.w.detail.tabs.SelectedIndex() != 1 {
		t.Errorf("got splits %v, %v, tab %d", b.w.lists.Offset, b.w.panes.Offset, b.w.detail.tabs.SelectedIndex())
	}
}

// TestOneDialog asks for more than one dialog at a time.
func TestOneDialog(t *testing.T) {
	b := newBench(t)
	for _, ask := range []func(){b.w.askVault, b.w.askVault, b.w.shortcuts, b.w.about} {
		ask()
	}
	if n := len(b.w.win.Canvas().Overlays().List()); n != 1 {
		t.Errorf("%d dialogs are open", n)
	}
}

func TestAskVault(t *testing.T) {
	b := newBench(t)
	b.w.askVault()
	path, ok := b.w.win.Canvas().Focused().(*widget.Entry)
	if !ok {
		t.Fatalf("got focus on %T, want the path", b.w.win.Canvas().Focused())
	}
	test.Type(path, " "+newVault(t)+"\n")
	path.OnSubmitted(path.Text)
	b.settle()
	b.want("Captures of OP-1 · 3")
	if b.w.asking() {
		t.Error("the dialog is still open")
	}
}

// TestBadPreferences has preferences that somebody else wrote.
func TestBadPreferences(t *testing.T) {
	b := newBench(t)
	for _, s := range []string{"", "{", `{"width": -3, "panes": 7, "tab": 12}`, `{"width": "x"}`, "null"} {
		b.app.Preferences().SetString(keyWindow, s)
		b.reopen()
		if l := b.w.settings.look(); l.Width < 640 || l.Height < 400 || l.Panes > 1 || l.Tab >= len(tabNames) {
			t.Errorf("%q: got %+v", s, l)
		}
	}
}

// TestClosed has the window closed while it reads.
func TestClosed(t *testing.T) {
	b := newBench(t)
	b.open(newVault(t))
	b.w.captures.Select(0)
	b.w.close()
	b.settle()
	if p := b.w.detail.picture.view.picture; p != nil {
		t.Error("a picture is open")
	}
}

// TestFastKeys has captures chosen faster than they can be read.
func TestFastKeys(t *testing.T) {
	b := newBench(t)
	b.open(newVault(t))
	for range 50 {
		for i := range 3 {
			b.w.captures.Select(i)
			select {
			case f := <-b.queue:
				f()
			default:
			}
		}
	}
	b.w.captures.Select(0)
	b.settle()
	b.want("Exhibit 1 of OP-1", "Full page · 600 × 1,100 px · digest matches")
	v := b.w.detail.picture.view
	if k := v.picture.top(); !v.picture.has(k) {
		t.Error("the picture is incomplete")
	}
}

func TestTileLost(t *testing.T) {
	b := newBench(t)
	b.open(newVault(t))
	b.pick(1)
	v := b.w.detail.picture.view
	check(t, v.picture.file.Truncate(0))
	v.setZoom(0.3, fyne.Position{})
	b.settle()
	b.want("Can't be shown: picture", "reading tile")
}
