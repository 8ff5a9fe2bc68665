package capture

import (
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pugmark/evidence"
)

// decode reads a picture of a capture.
func decode(t *testing.T, f *folder, path string) image.Image {
	t.Helper()
	file, err := os.Open(filepath.Join(f.dir, path))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	img, err := png.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// colourAt returns a pixel as "#rrggbb".
func colourAt(img image.Image, x, y int) string {
	r, g, b, _ := img.At(x, y).RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}

// bands returns 100 px high bands of a width, for n rows, coloured by number.
func bands(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `<div style="height:100px;background:%s"></div>`, bandColour(i))
	}
	return b.String()
}

func bandColour(n int) string { return fmt.Sprintf("#%02x%02x40", n%256, n/256*16) }

func TestPixelRatio(t *testing.T) {
	srv := site(t, map[string]string{"/": `<!doctype html><title>ratio</title><style>body{margin:0}</style>` + bands(100)})
	for _, ratio := range []float64{2, 2.625} {
		f, a := take(t, Request{URL: srv.URL, PixelRatio: ratio, Viewport: evidence.Size{Width: 400, Height: 500}})
		if a.Verdict != evidence.Complete {
			t.Errorf("ratio %v: got verdict %q with %v", ratio, a.Verdict, a.Problems)
		}
		want := evidence.Size{Width: int(400 * ratio), Height: int(10_000 * ratio)}
		if a.Picture == nil || a.Picture.Size != want {
			t.Fatalf("ratio %v: got picture %+v, want %v", ratio, a.Picture, want)
		}
		img := decode(t, f, "page.png")
		for i := range 100 {
			for _, at := range []int{1, 50, 98} {
				y := int(float64(i*100+at) * ratio)
				if got := colourAt(img, want.Width/2, y); got != bandColour(i) {
					t.Fatalf("ratio %v: got %s at row %d, want %s", ratio, got, y, bandColour(i))
				}
			}
		}
	}
}

func TestMobile(t *testing.T) {
	srv := site(t, map[string]string{"/": `<!doctype html><meta name=viewport content="width=device-width"><title>x</title>
		<script>document.title = [innerWidth, devicePixelRatio, navigator.maxTouchPoints > 0, navigator.userAgent, navigator.language,
		Intl.DateTimeFormat().resolvedOptions().timeZone].join(" ")</script>`})
	_, a := take(t, Request{URL: srv.URL, Mobile: true, PixelRatio: 3, Viewport: evidence.Size{Width: 390, Height: 844},
		UserAgent: "Test/1.0 (Mobile)", Locale: "zh-CN", Timezone: "Asia/Shanghai"})
	if want := "390 3 true Test/1.0 (Mobile) zh-CN Asia/Shanghai"; a.Target.Title != want {
		t.Errorf("the page saw %q, want %q", a.Target.Title, want)
	}
}

// TestFixedHeader has a fixed and a sticky header: each shows once, at the top.
func TestFixedHeader(t *testing.T) {
	srv := site(t, map[string]string{"/": `<!doctype html><title>fixed</title><style>body{margin:0}
		header{position:fixed;top:0;height:50px;width:100%;background:#ff0000}
		nav{position:sticky;top:50px;height:50px;background:#00ff00}</style><header></header><nav></nav>` + bands(200)})
	f, a := take(t, Request{URL: srv.URL})
	if a.Verdict != evidence.Complete {
		t.Errorf("got verdict %q with %v", a.Verdict, a.Problems)
	}
	img := decode(t, f, "page.png")
	for y := 120; y < img.Bounds().Dy(); y++ {
		if got := colourAt(img, 600, y); got == "#ff0000" || got == "#00ff00" {
			t.Fatalf("a header shows again at row %d", y)
		}
	}
	if got := colourAt(img, 600, 20); got != "#ff0000" {
		t.Errorf("got %s at the top, want the header", got)
	}
}

func TestInnerScroller(t *testing.T) {
	srv := site(t, map[string]string{"/": `<!doctype html><title>inner</title><style>body{margin:0;overflow:hidden}
		main{height:100vh;overflow-y:auto}</style><main>` + bands(120) + `</main>`})
	f, a := take(t, Request{URL: srv.URL})
	if a.Verdict != evidence.Complete || a.Picture == nil || a.Picture.Size.Height != 12_000 {
		t.Fatalf("got verdict %q with %v and picture %+v, want 12000 px", a.Verdict, a.Problems, a.Picture)
	}
	img := decode(t, f, "page.png")
	for i := range 120 {
		if got := colourAt(img, 600, i*100+50); got != bandColour(i) {
			t.Fatalf("got %s in band %d, want %s", got, i, bandColour(i))
		}
	}
	first := decode(t, f, "viewport.png")
	if got := first.Bounds().Dy(); got != 800 {
		t.Errorf("the picture before any intervention is %d px high, want 800", got)
	}
}

func TestWidePage(t *testing.T) {
	srv := site(t, map[string]string{"/": `<!doctype html><title>wide</title><style>body{margin:0}</style>
		<div style="width:3000px;height:500px;background:linear-gradient(90deg,#000 2900px,#f00 2900px)"></div>`})
	f, a := take(t, Request{URL: srv.URL})
	if a.Picture == nil || a.Picture.Size.Width != 3000 {
		t.Fatalf("got picture %+v, want a width of 3000", a.Picture)
	}
	if got := colourAt(decode(t, f, "page.png"), 2950, 100); got != "#ff0000" {
		t.Errorf("got %s beyond the view, want #ff0000", got)
	}
}

// TestAnimation has colours that change all the time: the seams agree.
func TestAnimation(t *testing.T) {
	srv := site(t, map[string]string{"/": `<!doctype html><title>moving</title><style>body{margin:0}
		@keyframes c { from { background: #f00 } to { background: #00f } }
		div{height:20000px;animation:c 1s infinite alternate linear}</style><div></div>`})
	_, a := take(t, Request{URL: srv.URL})
	if a.Verdict != evidence.Complete {
		t.Errorf("got verdict %q with %v", a.Verdict, a.Problems)
	}
}

// TestUndisturbed has a page that lays itself out anew when its size changes,
// which Chrome changes for a moment to take a strip, and one whose header unfolds
// when the page is back at the top.
func TestUndisturbed(t *testing.T) {
	srv := site(t, map[string]string{"/": `<!doctype html><title>t</title><style>
		body { margin: 0; height: 3000px } header { height: 100px; background: rgb(0, 0, 255); transition: background 0.3s linear }
		body.down header { background: rgb(255, 0, 0) }</style><header></header><script>
		addEventListener("resize", () => document.body.append("resized"));
		addEventListener("scroll", () => document.body.classList.toggle("down", scrollY > 0));</script>`})
	f, _ := take(t, Request{URL: srv.URL + "/"})
	if dom := string(f.read(t, "dom.html")); strings.Contains(dom, "resized</body>") {
		t.Error("the page was told of another size")
	}
	if r, g, b, _ := decode(t, f, "page.png").At(10, 10).RGBA(); r>>8 != 0 || g>>8 != 0 || b>>8 != 255 {
		t.Errorf("got the header in %d %d %d, want it at rest, 0 0 255", r>>8, g>>8, b>>8)
	}
}
