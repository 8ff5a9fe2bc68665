package ui

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"pugmark/evidence"
)

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "pugmark-ui-*")
	if err != nil {
		panic(err)
	}
	scratch = dir
	code := m.Run()
	if err := os.RemoveAll(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// scratch is a folder for what all tests share.
var scratch string

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// bench is a window in a test, whose queue for the main goroutine the test
// itself runs.
type bench struct {
	t     *testing.T
	app   fyne.App
	w     *Window
	queue chan func()

	options Options
}

func newBench(t *testing.T) *bench {
	b := &bench{t: t, app: test.NewTempApp(t), queue: make(chan func(), 1<<12)}
	b.app.Settings().SetTheme(NewTheme())
	b.reopen()
	return b
}

// reopen makes the window anew, with the preferences that there are.
func (b *bench) reopen() {
	b.w = New(b.t.Context(), b.app, func(f func()) { b.queue <- f }, b.options)
	b.w.Show()
	b.w.win.Resize(fyne.NewSize(1200, 800))
	b.t.Cleanup(b.w.work.cancel)
}

// settle runs the queue until no job is under way.
func (b *bench) settle() {
	b.t.Helper()
	deadline := time.After(time.Minute)
	for b.w.work.open > 0 {
		select {
		case f := <-b.queue:
			f()
		case <-deadline:
			b.t.Fatalf("%d jobs are still under way", b.w.work.open)
		}
	}
}

// open opens a vault and waits for it.
func (b *bench) open(dir string) {
	b.t.Helper()
	b.w.Open(dir)
	b.settle()
}

// pick chooses the capture of an exhibit number of the case that is shown.
func (b *bench) pick(exhibit int) {
	b.t.Helper()
	b.w.captures.Select(exhibit - 1)
	b.settle()
}

// shown returns all texts that the window shows, dialogs included.
func (b *bench) shown() string {
	c := b.w.win.Canvas()
	texts := textsIn(c.Content())
	for _, o := range c.Overlays().List() {
		texts = append(texts, textsIn(o)...)
	}
	return strings.Join(texts, "\n")
}

// textsIn returns texts as they were given to widgets, whole even where they are
// cut off or wrapped.
func textsIn(o fyne.CanvasObject) (texts []string) {
	for _, o := range test.LaidOutObjects(o) {
		switch o := o.(type) {
		case *SafeLabel:
			texts = append(texts, o.whole)
		case *flowLabel:
			texts = append(texts, o.whole)
		case *widget.Label:
			texts = append(texts, o.Text)
		case *canvas.Text:
			texts = append(texts, o.Text)
		}
	}
	return texts
}

// want checks that the window shows texts.
func (b *bench) want(texts ...string) {
	b.t.Helper()
	for _, s := range texts {
		if shown := b.shown(); !strings.Contains(shown, s) {
			b.t.Errorf("the window doesn't show %q, but:\n%s", s, shown)
		}
	}
}

// refuse checks that the window doesn't show texts.
func (b *bench) refuse(texts ...string) {
	b.t.Helper()
	for _, s := range texts {
		if shown := b.shown(); strings.Contains(shown, s) {
			b.t.Errorf("the window shows %q:\n%s", s, shown)
		}
	}
}

// noise returns a picture of which no two places are alike.
func noise(width, height int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	r := rand.New(rand.NewPCG(uint64(width), uint64(height)))
	for i := 0; i < len(img.Pix); i += 4 {
		v := r.Uint32()
		img.Pix[i], img.Pix[i+1], img.Pix[i+2], img.Pix[i+3] = byte(v), byte(v>>8), byte(v>>16), 0xff
	}
	return img
}

// plain returns a picture of one colour.
func plain(width, height int, c color.RGBA) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for i := 0; i < len(img.Pix); i += 4 {
		img.Pix[i], img.Pix[i+1], img.Pix[i+2], img.Pix[i+3] = c.R, c.G, c.B, c.A
	}
	return img
}

func encode(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	check(t, png.Encode(&b, img))
	return b.Bytes()
}

// sample is a capture to be made.
type sample struct {
	ref, address, title string
	verdict             evidence.Verdict
	items               map[string][]byte // by path
}

// kinds of the items that tests use, by path.
var kinds = map[string]evidence.Kind{
	"page.png": evidence.KindPage, "viewport.png": evidence.KindViewport, "dom.html": evidence.KindDOM,
	"listing.json": evidence.KindListing, "text.txt": evidence.KindText, "archive.wacz": evidence.KindArchive,
	"connections.jsonl": evidence.KindConnections, "certificates.pem": evidence.KindCertificates,
	"capture.log.jsonl": evidence.KindLog,
}

// started is when the captures of the tests began.
var started = time.Date(2026, 11, 24, 8, 0, 0, 5e6, time.UTC)

// hostileTitle would reorder, break or hang what shows it.
const hostileTitle = "Tusk\u202egnp\n{{.Boom}} \U0010FFFD\x07end"

// The captures of the vault that tests share.
var samples = []sample{
	{"OP-1", "https://market.example/item/7", "老料手串 108颗", evidence.Complete, map[string][]byte{"page.png": nil, "dom.html": []byte("<html>")}},
	{"OP-1", "https://market.example/item/8", hostileTitle, evidence.Partial, map[string][]byte{"viewport.png": nil}},
	{"OP-1", "https://market.example/item/9", "", evidence.Failed, map[string][]byte{"dom.html": []byte("<html>")}},
}

// pageSize is the size of the full-page picture of the samples.
var pageSize = image.Pt(600, 1100)

// makeShared makes the vault once, since its key takes a second to protect.
var makeShared sync.Once

// newVault returns the folder of a vault with the samples, which the test may
// change.
func newVault(t *testing.T) string {
	t.Helper()
	shared := filepath.Join(scratch, "vault")
	makeShared.Do(func() { fillVault(t, shared) })
	dir := filepath.Join(t.TempDir(), "vault")
	check(t, os.CopyFS(dir, os.DirFS(shared)))
	return dir
}

const passphrase = "correct horse"

func fillVault(t *testing.T, dir string) {
	v, err := evidence.Create(t.Context(), dir, evidence.CreateOptions{Name: "Unit 7", Operator: "A. Rao", Passphrase: passphrase})
	check(t, err)
	check(t, v.NewCase(t.Context(), evidence.Case{Ref: "OP-1", Title: "Ivory bangles", Authority: "s. 12"}))
	check(t, v.NewCase(t.Context(), evidence.Case{Ref: "OP-2", Title: "Nothing yet"}))
	for _, s := range samples {
		seal(t, v, s)
	}
	check(t, v.Close())
}

// seal makes a capture. A picture without content is a page of noise.
func seal(t *testing.T, v *evidence.Vault, s sample) {
	t.Helper()
	st, err := v.Stage(t.Context(), evidence.StageRequest{Case: s.ref, Reason: "tip 4", Requested: s.address})
	check(t, err)
	for path, content := range s.items {
		if content == nil {
			content = encode(t, noise(pageSize.X, pageSize.Y))
		}
		w, err := st.Create(path, kinds[path], "image/png")
		check(t, err)
		_, err = w.Write(content)
		check(t, err)
		check(t, w.Close())
	}
	a := &evidence.Acquisition{
		Target: evidence.Target{Requested: s.address, Final: s.address, Title: s.title, Status: 200,
			Headers: []evidence.Field{{Name: "server", Value: "nginx"}}},
		Time:        evidence.Time{Started: started, Finished: started.Add(2 * time.Second), Duration: 2000, Zone: "+08:00"},
		Environment: evidence.Environment{Tool: evidence.Tool, OS: "linux/amd64", Browser: "Chromium 1", Flags: []string{"--headless"}},
		Verdict:     s.verdict,
	}
	if _, ok := s.items["page.png"]; ok {
		a.Picture = &evidence.Picture{Size: evidence.Size{Width: pageSize.X, Height: pageSize.Y}, Strips: 1}
	}
	if s.verdict != evidence.Complete {
		a.Problems = []evidence.Problem{{Code: "http_status", Detail: "The server answered 404."}}
	}
	_, err = st.Seal(t.Context(), a)
	check(t, err)
}

// find returns the only file that a pattern below a folder matches.
func find(t *testing.T, dir, pattern string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, pattern))
	check(t, err)
	if len(found) != 1 {
		t.Fatalf("%q matches %q, want one file", pattern, found)
	}
	return found[0]
}
