package bench

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"

	"pugmark/evidence"
	"pugmark/evidence/search"
	"pugmark/review/photographs"
)

// Of the pictures that the score is of.
const (
	uploadSide    = 1000 // pixels of the longer side, as a marketplace keeps a photograph
	uploadQuality = 90
	smallestSide  = 128 // what is smaller is an icon
)

// BenchmarkPhotographs tells how well a photograph is found again after what happens
// to it on the way to another listing. The pictures are those of Debian packages:
// wallpapers, and cut-out photographs of animals and things, which are put on white.
// Each is brought to the size of a listing's photograph, transformed, and written and
// read as JPEG; then it is looked for among all the others.
//
// Pictures that show the same are listed in bench/photographs/same.txt, and count
// neither as found nor as false.
//
//	scripts/setup-bench-photographs
//	go test -run '^$' -bench 'Photographs$' -benchtime 1x -timeout 30m ./bench
func BenchmarkPhotographs(b *testing.B) {
	for b.Loop() {
		s := &photoScore{same: sameWorks(b), sizes: make(map[string]bool)}
		for _, path := range benchPhotographs(b) {
			s.read(b, path)
		}
		s.print()
	}
}

// benchPhotographs lists the files of the pictures.
func benchPhotographs(b *testing.B) (out []string) {
	dir := os.Getenv("PUGMARK_BENCH_PHOTOGRAPHS")
	if dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			b.Fatal(err)
		}
		dir = filepath.Join(cache, "pugmark-bench-photographs")
	}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && isPhotograph(path) {
			out = append(out, path)
		}
		return err
	})
	if err != nil || len(out) == 0 {
		b.Fatalf("got %d pictures, %v: scripts/setup-bench-photographs fetches them", len(out), err)
	}
	return out
}

// isPhotograph leaves out drawings, letters, and the previews of wallpapers.
func isPhotograph(path string) bool {
	for _, part := range []string{"/symbols/", "/cartoon/", "_cartoon", "/seasonal/", "/screenshot.", "/roadsigns/", "/flags/", "/speech", "/abstract/", "/shapes/"} {
		if strings.Contains(path, part) {
			return false
		}
	}
	switch strings.ToLower(filepath.Ext(path)) {
	case ".jpg", ".jpeg", ".png", ".webp":
		return true
	}
	return false
}

// workOf names what a file shows: Plasma has a folder of sizes for each wallpaper.
func workOf(path string) string {
	if i := strings.Index(path, "/contents/images"); i >= 0 {
		path = path[:i]
	}
	return strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
}

// sameWorks reads which works show the same, or parts of the same: those of a line.
func sameWorks(b *testing.B) map[string]string {
	f, err := os.Open("photographs/same.txt")
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	same := make(map[string]string)
	for s := bufio.NewScanner(f); s.Scan(); {
		if strings.HasPrefix(s.Text(), "#") {
			continue
		}
		for _, name := range strings.Fields(s.Text()) {
			same[name] = strings.Fields(s.Text())[0]
		}
	}
	return same
}

// transformation is what happens to a photograph.
type transformation struct {
	name    string
	do      func(*image.RGBA) image.Image
	quality int
}

var transformations = []transformation{
	{"scaled to 50 %", func(m *image.RGBA) image.Image { return scaled(m, 0.5) }, 85},
	{"scaled to 20 %", func(m *image.RGBA) image.Image { return scaled(m, 0.2) }, 85},
	{"JPEG quality 50", same, 50},
	{"JPEG quality 15", same, 15},
	{"cropped 5 %, a corner", func(m *image.RGBA) image.Image { return cropped(m, 0, 0, 0.05) }, 85},
	{"cropped 5 %, around", func(m *image.RGBA) image.Image { return cropped(m, 0.025, 0.025, 0.05) }, 85},
	{"cropped 10 %, around", func(m *image.RGBA) image.Image { return cropped(m, 0.05, 0.05, 0.1) }, 85},
	{"watermark", watermarked, 85},
	{"brighter, more contrast", brighter, 85},
	{"white border 5 %", bordered, 85},
	{"mirrored", mirrored, 85},
}

func same(m *image.RGBA) image.Image { return m }

func scaled(m image.Image, by float64) *image.RGBA {
	size := m.Bounds().Size()
	out := image.NewRGBA(image.Rect(0, 0, max(int(float64(size.X)*by), 1), max(int(float64(size.Y)*by), 1)))
	draw.CatmullRom.Scale(out, out.Rect, m, m.Bounds(), draw.Src, nil)
	return out
}

// cropped leaves away a share of each side's length, of which a share at its beginning.
func cropped(m *image.RGBA, left, top, share float64) image.Image {
	w, h := float64(m.Rect.Dx()), float64(m.Rect.Dy())
	x, y := int(w*left), int(h*top)
	return m.SubImage(image.Rect(x, y, x+int(w*(1-share)), y+int(h*(1-share))))
}

// watermarked writes a line of half-transparent text across the middle, as wide as
// the picture.
func watermarked(m *image.RGBA) image.Image {
	const text = "SELLER-SHOP.EXAMPLE"
	line := image.NewAlpha(image.Rect(0, 0, 7*len(text), 13))
	d := font.Drawer{Dst: line, Src: image.NewUniform(color.Alpha{150}), Face: basicfont.Face7x13, Dot: fixed.P(0, 11)}
	d.DrawString(text)
	out := image.NewRGBA(m.Rect)
	draw.Copy(out, image.Point{}, m, m.Rect, draw.Src, nil)
	high := m.Rect.Dx() * line.Rect.Dy() / line.Rect.Dx()
	mask := image.NewAlpha(image.Rect(0, 0, m.Rect.Dx(), high))
	draw.ApproxBiLinear.Scale(mask, mask.Rect, line, line.Rect, draw.Src, nil)
	at := image.Pt(0, (m.Rect.Dy()-high)/2)
	draw.DrawMask(out, mask.Rect.Add(at), image.White, image.Point{}, mask, image.Point{}, draw.Over)
	return out
}

func brighter(m *image.RGBA) image.Image {
	out := image.NewRGBA(m.Rect)
	for i, v := range m.Pix {
		out.Pix[i] = uint8(min(max((float64(v)-128)*1.2+148, 0), 255))
	}
	return out
}

func bordered(m *image.RGBA) image.Image {
	edge := max(m.Rect.Dx(), m.Rect.Dy()) / 20
	out := image.NewRGBA(m.Rect.Inset(-edge))
	draw.Draw(out, out.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(out, m.Rect, m, image.Point{}, draw.Src)
	return out
}

func mirrored(m *image.RGBA) image.Image {
	out := image.NewRGBA(m.Rect)
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			out.SetRGBA(m.Rect.Dx()-1-x, y, m.RGBAAt(x, y))
		}
	}
	return out
}

// photoScore is what is known of the pictures.
type photoScore struct {
	same    map[string]string
	sizes   map[string]bool // works of which there is one size
	works   []string
	uploads []search.Picture
	copies  [][]search.Picture // for each upload, by transformation
	left    int                // too small
}

// read reads a picture and transforms it.
func (s *photoScore) read(b *testing.B, path string) {
	work := workOf(path)
	raw, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	m, _, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		b.Fatalf("%s: %v", path, err)
	}
	if size := m.Bounds().Size(); min(size.X, size.Y) < smallestSide || strings.Contains(path, "/contents/images") && s.sizes[work] {
		s.left++
		return
	}
	white := onWhite(m)
	upload := white
	if most := max(white.Rect.Dx(), white.Rect.Dy()); most > uploadSide {
		upload = scaled(white, float64(uploadSide)/float64(most))
	}
	s.sizes[work] = true
	if name := s.same[work]; name != "" {
		work = name
	}
	s.works = append(s.works, work)
	s.uploads = append(s.uploads, sent(b, upload, uploadQuality))
	var copies []search.Picture
	for _, t := range transformations {
		copies = append(copies, sent(b, t.do(upload), t.quality))
	}
	s.copies = append(s.copies, copies)
}

func onWhite(m image.Image) *image.RGBA {
	out := image.NewRGBA(image.Rectangle{Max: m.Bounds().Size()})
	draw.Draw(out, out.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(out, out.Rect, m, m.Bounds().Min, draw.Over)
	return out
}

// sent writes a picture as JPEG, and reads what a capture would know of it.
func sent(b *testing.B, m image.Image, quality int) search.Picture {
	var file bytes.Buffer
	if err := jpeg.Encode(&file, m, &jpeg.Options{Quality: quality}); err != nil {
		b.Fatal(err)
	}
	p, _, err := photographs.ReadPicture(context.Background(), &file)
	if err != nil || !p.Hashed {
		b.Fatalf("got hash %v, %v", p.Hashed, err)
	}
	return p
}

// thresholds are those that are scored. Distances of hashes with half of their bits
// set are even.
var thresholds = []int{0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20}

// print prints the score.
func (s *photoScore) print() {
	var flat []string
	for i, p := range s.uploads {
		if photographs.IsFlat(p) {
			flat = append(flat, s.works[i])
		}
	}
	fmt.Printf("%d pictures (%d left out as too small or another size), %d of them flat: %s\n", len(s.uploads), s.left, len(flat), strings.Join(flat, " "))
	fmt.Printf("recall %% / precision %% of looking for a copy among the %d\n%-26s", len(s.uploads), "at most … bits")
	for _, t := range thresholds {
		fmt.Printf("%12d", t)
	}
	fmt.Println()
	for k, t := range transformations {
		s.printLine(t.name, k, k+1)
	}
	s.printLine("all but the mirrored", 0, len(transformations)-1)
	s.printFalse()
}

// printLine prints recall and precision over some transformations.
func (s *photoScore) printLine(name string, from, to int) {
	found, wrong := make([]int, len(thresholds)), make([]int, len(thresholds))
	for i, copies := range s.copies {
		for k := from; k < to; k++ {
			for j, p := range s.uploads {
				d := nearness(copies[k], p)
				for n, t := range thresholds {
					switch {
					case d > t:
					case i == j:
						found[n]++
					case s.works[i] != s.works[j]:
						wrong[n]++
					}
				}
			}
		}
	}
	fmt.Printf("%-26s", name)
	for n := range thresholds {
		fmt.Printf("%6.1f/%5.1f", percent(found[n], len(s.copies)*(to-from)), percent(found[n], max(found[n]+wrong[n], 1)))
	}
	fmt.Println()
}

// nearness is the distance by which a picture is found, or more than any.
func nearness(a, b search.Picture) int {
	if photographs.IsFlat(a) || photographs.IsFlat(b) {
		return 65
	}
	return min(photographs.Distance(a.Hash, b.Hash), photographs.Distance(photographs.Mirror(a.Hash), b.Hash))
}

// printFalse prints how many pairs of different pictures are near, and the nearest.
func (s *photoScore) printFalse() {
	type pair struct {
		d    int
		a, b string
	}
	var pairs []pair
	count := 0
	for i, p := range s.uploads {
		for j, q := range s.uploads[:i] {
			if s.works[i] == s.works[j] {
				continue
			}
			count++
			if d := nearness(p, q); d <= thresholds[len(thresholds)-1] {
				pairs = append(pairs, pair{d, s.works[i], s.works[j]})
			}
		}
	}
	fmt.Printf("%-26s", "near of a million pairs")
	for _, t := range thresholds {
		n := 0
		for _, p := range pairs {
			if p.d <= t {
				n++
			}
		}
		fmt.Printf("%12.0f", 1e6*float64(n)/float64(count))
	}
	fmt.Println()
	slices.SortStableFunc(pairs, func(a, b pair) int { return a.d - b.d })
	for _, p := range pairs[:min(len(pairs), 20)] {
		fmt.Printf("  %d bits: %s, %s\n", p.d, p.a, p.b)
	}
}

// manyPhotographs makes an index of a number of photographs, ten a capture, of which
// one in five is a copy of an earlier one in which a few bits differ.
func manyPhotographs(n int) *photographs.Index {
	r := rand.New(rand.NewPCG(1, 2))
	x := new(photographs.Index)
	var c *evidence.Capture
	for i := range n {
		if i%10 == 0 {
			c = &evidence.Capture{Case: "OP-1", Exhibit: i/10 + 1}
			c.ID[0], c.ID[1], c.ID[2] = byte(i>>16), byte(i>>8), byte(i)
		}
		p := photographs.Photograph{Capture: c, Site: fmt.Sprintf("site-%d.example", i%40), Seller: fmt.Sprint(i % 997)}
		p.Picture = search.Picture{Hash: halfSet(r), Hashed: true, Bytes: 1 << 20, Width: 800, Height: 600, Number: int32(i%10 + 1)}
		if i > 0 && r.IntN(5) == 0 {
			p.Hash = x.All[r.IntN(i)].Hash ^ 1<<r.IntN(64) ^ 1<<r.IntN(64)
		}
		p.SHA256[0], p.SHA256[1], p.SHA256[2] = byte(i), byte(i>>8), byte(i>>16)
		x.All = append(x.All, p)
	}
	return x
}

// halfSet returns a hash with half of its bits set.
func halfSet(r *rand.Rand) (hash uint64) {
	for _, i := range r.Perm(64)[:32] {
		hash |= 1 << i
	}
	return hash
}

// BenchmarkManyPhotographs looks for one of 100,000 photographs, and groups them.
func BenchmarkManyPhotographs(b *testing.B) {
	x := manyPhotographs(100_000)
	b.Run("find", func(b *testing.B) {
		for b.Loop() {
			x.Find(x.All[777].Picture, photographs.Threshold)
		}
	})
	for _, within := range []int{6, 8, 10, 14} {
		b.Run(fmt.Sprintf("groups within %d", within), func(b *testing.B) {
			n := 0
			for b.Loop() {
				n = len(x.Groups(within))
			}
			b.ReportMetric(float64(n), "groups")
		})
	}
}
