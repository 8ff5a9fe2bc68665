package recorder

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"pugmark/capture/strip"
	"pugmark/evidence"
)

// newVault makes an unlocked vault with the case OP-1.
func newVault(t *testing.T) *evidence.Vault {
	t.Helper()
	v, err := evidence.Create(t.Context(), filepath.Join(t.TempDir(), "vault"), evidence.CreateOptions{Operator: "A. Rao", Passphrase: "correct horse"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := v.Close(); err != nil {
			t.Error(err)
		}
		openFolders(t, v.Dir())
	})
	if err := v.NewCase(t.Context(), evidence.Case{Ref: "OP-1", Title: "Ivory"}); err != nil {
		t.Fatal(err)
	}
	return v
}

// openFolders makes sealed folders removable.
func openFolders(t *testing.T, dir string) {
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			err = os.Chmod(path, 0o700)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// sealPage seals a capture of which a function draws the picture.
func sealPage(t *testing.T, v *evidence.Vault, width, height int, draw func(io.Writer) error) evidence.Capture {
	t.Helper()
	s, err := v.Stage(t.Context(), evidence.StageRequest{Case: "OP-1", Requested: "https://example.com"})
	if err != nil {
		t.Fatal(err)
	}
	w, err := s.Create("page.png", evidence.KindPage, "image/png")
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(draw(w), w.Close()); err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	sealed, err := s.Seal(t.Context(), &evidence.Acquisition{
		Target: evidence.Target{Requested: "https://example.com"}, Time: evidence.Time{Started: at, Finished: at, Zone: "+00:00"},
		Environment: evidence.Environment{Tool: evidence.Tool, Flags: []string{}}, Verdict: evidence.Complete,
		Picture: &evidence.Picture{Size: evidence.Size{Width: width, Height: height}, Strips: 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	return sealed.Capture
}

// noise is a picture of which no two parts are alike, with the colour of what
// must not be seen in secret.
func noise(width, height int, secret image.Rectangle) *image.RGBA {
	random := rand.New(rand.NewPCG(1, 2))
	m := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			c := color.RGBA{uint8(random.UintN(200)) + 1, uint8(random.UintN(256)), uint8(random.UintN(256)), 0xff}
			if (image.Point{X: x, Y: y}).In(secret) {
				c.R = 0xfe
			}
			m.SetRGBA(x, y, c)
		}
	}
	return m
}

func TestRedact(t *testing.T) {
	v := newVault(t) // one for all, since its key takes long to make
	for _, x := range []struct {
		name string
		test func(*testing.T, *evidence.Vault)
	}{
		{"pixels", testRedactPixels}, {"chunks", testRedactChunks}, {"tall", testRedactTall}, {"refuses", testRedactRefuses},
	} {
		t.Run(x.name, func(t *testing.T) { x.test(t, v) })
	}
}

func testRedactPixels(t *testing.T, v *evidence.Vault) {
	secret := image.Rect(20, 30, 90, 41)
	original := noise(120, 80, secret)
	c := sealPage(t, v, 120, 80, func(w io.Writer) error { return png.Encode(w, original) })
	regions := []image.Rectangle{secret, image.Rect(0, 0, 120, 1), image.Rect(119, 79, 120, 80), image.Rect(80, 35, 100, 50)}
	d, err := Redact(t.Context(), v, c, regions, "privacy of a witness", nil)
	if err != nil {
		t.Fatal(err)
	}
	m, err := d.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	if m.Original != c.ManifestDigest || len(m.Items) != 1 || m.Items[0].Kind != evidence.KindRedacted || len(m.Blackened) != len(regions) ||
		m.Sources[0].Path != "page.png" || m.Reason != "privacy of a witness" {
		t.Errorf("got manifest %+v", m)
	}
	checkPixels(t, d.Path(m.Items[0]), original, regions)
	checkFolder(t, d.Dir, original, secret)
	r, err := v.Verify(t.Context(), nil)
	if err != nil || r.Outcome != evidence.Verified || r.Derivations != 1 {
		t.Errorf("got %+v, %v", r, err)
	}
}

// checkPixels compares the picture with the original: black in the regions, the
// same elsewhere.
func checkPixels(t *testing.T, path string, original image.Image, regions []image.Rectangle) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got, err := png.Decode(f)
	if err != nil || got.Bounds() != original.Bounds() {
		t.Fatalf("got picture of %v, %v; want %v", got.Bounds(), err, original.Bounds())
	}
	for y := range got.Bounds().Dy() {
		for x := range got.Bounds().Dx() {
			want := color.RGBAModel.Convert(original.At(x, y))
			if slices.ContainsFunc(regions, func(r image.Rectangle) bool { return (image.Point{X: x, Y: y}).In(r) }) {
				want = color.RGBA{A: 0xff}
			}
			if g := color.RGBAModel.Convert(got.At(x, y)); g != want {
				t.Fatalf("pixel %d,%d: got %v, want %v", x, y, g, want)
			}
		}
	}
}

// checkFolder looks for pixels under a region in all files of a folder: in the
// bytes as they are, and in what a PNG file's data inflates to.
func checkFolder(t *testing.T, dir string, original *image.RGBA, secret image.Rectangle) {
	t.Helper()
	rows := make([][]byte, 0, secret.Dy())
	for y := secret.Min.Y; y < secret.Max.Y; y++ {
		var row []byte
		for x := secret.Min.X; x < secret.Min.X+4; x++ {
			c := original.RGBAAt(x, y)
			row = append(row, c.R, c.G, c.B)
		}
		rows = append(rows, row)
	}
	var names []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		names = append(names, d.Name())
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if filepath.Ext(path) == ".png" {
			b = append(b, inflated(t, path)...)
		}
		for _, row := range rows {
			if bytes.Contains(b, row) {
				t.Errorf("%s holds pixels of the original that were to be blackened", d.Name())
			}
		}
		return nil
	})
	if want := []string{"manifest.json", redactedName, "seal.json"}; err != nil || !slices.Equal(names, want) {
		t.Errorf("got files %q, %v; want %q", names, err, want)
	}
}

func inflated(t *testing.T, path string) (out []byte) {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	d, err := strip.NewDecoder(f)
	if err != nil {
		t.Fatal(err)
	}
	for range d.Height {
		row, err := d.Row()
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, row...)
	}
	return out
}

// testRedactChunks checks that a redacted picture has no chunk but those of pixels,
// whatever the original had.
func testRedactChunks(t *testing.T, v *evidence.Vault) {
	c := sealPage(t, v, 8, 8, func(w io.Writer) error {
		var b bytes.Buffer
		if err := png.Encode(&b, noise(8, 8, image.Rectangle{})); err != nil {
			return err
		}
		// A text chunk goes after IHDR, which ends at byte 33.
		text := []byte("\x00\x00\x00\x0etEXtComment\x00secret\x00\x00\x00\x00")
		copy(text[len(text)-4:], crcOf(text[4:len(text)-4]))
		_, err := w.Write(slices.Insert(b.Bytes(), 33, text...))
		return err
	})
	d, err := Redact(t.Context(), v, c, []image.Rectangle{image.Rect(0, 0, 4, 4)}, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(d.Dir, redactedName))
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for rest := b[8:]; len(rest) > 0; {
		n := int(rest[0])<<24 | int(rest[1])<<16 | int(rest[2])<<8 | int(rest[3])
		kinds = append(kinds, string(rest[4:8]))
		rest = rest[12+n:]
	}
	if want := []string{"IHDR", "sRGB", "IDAT", "IEND"}; !slices.Equal(kinds, want) {
		t.Errorf("got chunks %q, want %q", kinds, want)
	}
}

func testRedactRefuses(t *testing.T, v *evidence.Vault) {
	before := derivations(t, v)
	draw := func(w io.Writer) error { return png.Encode(w, noise(16, 16, image.Rectangle{})) }
	c := sealPage(t, v, 16, 16, draw)
	one := []image.Rectangle{image.Rect(1, 1, 3, 3)}
	for name, regions := range map[string][]image.Rectangle{
		"none": nil, "empty": {image.Rect(2, 2, 2, 9)}, "outside": {image.Rect(10, 10, 17, 12)}, "negative": {image.Rect(-1, 0, 4, 4)},
	} {
		if _, err := Redact(t.Context(), v, c, regions, "", nil); err == nil {
			t.Errorf("%s: got no error", name)
		}
	}
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Redact(stopped, v, c, one, "", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	wrong := sealPage(t, v, 16, 17, draw)
	if _, err := Redact(t.Context(), v, wrong, one, "", nil); err == nil {
		t.Error("got no error for a picture of another size than the manifest says")
	}
	path := filepath.Join(c.Dir, "page.png")
	b, err := os.ReadFile(path)
	if err == nil {
		err = errors.Join(os.Chmod(path, 0o600), os.WriteFile(path, append(b, 0), 0o600))
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Redact(t.Context(), v, c, one, "", nil); err == nil {
		t.Error("got no error for a picture that was altered")
	}
	if after := derivations(t, v); !slices.Equal(after, before) {
		t.Errorf("got %q, want %q: no more than before", after, before)
	}
}

// derivations lists the folders of derivations, also of those under way.
func derivations(t *testing.T, v *evidence.Vault) []string {
	t.Helper()
	staged, err := filepath.Glob(filepath.Join(v.Dir(), "staging", "*"))
	made, errMade := filepath.Glob(filepath.Join(v.Dir(), "cases", "OP-1", "derived", "*"))
	if err = errors.Join(err, errMade); err != nil {
		t.Error(err)
	}
	return append(staged, made...)
}

// testRedactTall redacts a picture of 100,000 rows, for which there is no room in
// memory.
func testRedactTall(t *testing.T, v *evidence.Vault) {
	const width, height = 240, 100_000
	c := sealPage(t, v, width, height, func(w io.Writer) error {
		e, err := strip.NewEncoder(w, width, height)
		if err != nil {
			return err
		}
		row := make([]byte, 3*width)
		for y := range height {
			for i := range 30 {
				row[(y*37+i*101)%len(row)] = byte(y + i)
			}
			if err := e.WriteRow(row); err != nil {
				return err
			}
		}
		return e.Close()
	})
	runtime.GC() // what the vault's key took
	var peak uint64
	var last int64
	watch := func(done, total int64) {
		if done-last < total/50 {
			return
		}
		last = done
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		peak = max(peak, m.HeapAlloc)
	}
	if _, err := Redact(t.Context(), v, c, []image.Rectangle{image.Rect(10, 50_000, 200, 99_999)}, "", watch); err != nil {
		t.Fatal(err)
	}
	if last == 0 || peak > 24<<20 {
		t.Errorf("got a heap of %d bytes at most, at %d bytes read; want at most 24 MiB of a picture that takes 72 MB", peak, last)
	}
}

// crcOf returns the checksum of a chunk's kind and data.
func crcOf(b []byte) []byte { return binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(b)) }
