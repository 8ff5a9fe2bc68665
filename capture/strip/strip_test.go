package strip

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// cut cuts a picture into strips of height rows, overlapping as said.
func cut(p picture, height, overlap int) (parts []picture, tops []int) {
	for top := 0; ; top += height - overlap {
		end := min(top+height, p.height)
		parts, tops = append(parts, p.rows(top, end)), append(tops, top)
		if end == p.height {
			return parts, tops
		}
	}
}

// sources writes strips as PNG.
func sources(parts []picture, tops []int, f form) []Source {
	s := make([]Source, len(parts))
	for i, p := range parts {
		s[i] = Source{PNG: bytes.NewReader(p.png(f)), Y: tops[i]}
	}
	return s
}

func join(t testing.TB, strips []Source) (Result, []byte) {
	t.Helper()
	var out bytes.Buffer
	result, err := Join(t.Context(), &out, strips)
	if err != nil {
		t.Fatal(err)
	}
	return result, out.Bytes()
}

func TestJoinSizes(t *testing.T) {
	for _, size := range []struct{ width, height, strip, overlap int }{
		{1, 1, 8192, 16},
		{1, 5000, 1000, 16},
		{7, 100, 100, 0},
		{7, 101, 100, 0},
		{7, 101, 100, 16},
		{33, 300, 17, 16},
		{MaxWidth, 3, 2, 1},
		{1440, 20000, 8192, 16},
	} {
		t.Run(fmt.Sprintf("%dx%d", size.width, size.height), func(t *testing.T) {
			want := newPicture(size.width, size.height, 5)
			parts, tops := cut(want, size.strip, size.overlap)
			result, out := join(t, sources(parts, tops, plain))
			sameAs(t, decode(t, out), want)
			if want := (Result{Width: size.width, Height: size.height}); !reflect.DeepEqual(result, want) {
				t.Errorf("got %+v, want %+v", result, want)
			}
		})
	}
}

// TestJoinChrome joins strips that Chrome took of a page and compares them with
// Chrome's own picture of the whole.
func TestJoinChrome(t *testing.T) {
	var strips []Source
	for i, name := range []string{"chrome-0.png", "chrome-1.png", "chrome-2.png"} {
		strips = append(strips, Source{PNG: bytes.NewReader(testdata(t, name)), Y: i * 384})
	}
	result, out := join(t, strips)
	sameAs(t, decode(t, out), decode(t, testdata(t, "chrome-whole.png")))
	if want := (Result{Width: 360, Height: 900}); !reflect.DeepEqual(result, want) {
		t.Errorf("got %+v, want %+v", result, want)
	}
}

func TestJoinRandom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(1, 40).Draw(t, "width")
		height := rapid.IntRange(1, 120).Draw(t, "height")
		want := newPicture(width, height, rapid.Uint64().Draw(t, "seed"))
		var strips []Source
		for covered, top := 0, 0; covered < height; {
			top = rapid.IntRange(top, covered).Draw(t, "top")
			end := rapid.IntRange(top+1, height).Draw(t, "end")
			b := want.rows(top, end).png(form{
				alpha:   rapid.Bool().Draw(t, "alpha"),
				filters: rapid.SliceOfN(rapid.ByteRange(0, 4), 1, 5).Draw(t, "filters"),
				data:    rapid.IntRange(1, 5000).Draw(t, "data"),
			})
			strips = append(strips, Source{PNG: bytes.NewReader(b), Y: top})
			covered = max(covered, end)
		}
		var out bytes.Buffer
		result, err := Join(context.Background(), &out, strips)
		if err != nil {
			t.Fatal(err)
		}
		if len(result.Mismatches) > 0 {
			t.Fatalf("got mismatches %v, want none", result.Mismatches)
		}
		got, err := readAll(&out)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatal("the picture differs")
		}
	})
}

func TestJoinMismatch(t *testing.T) {
	want := newPicture(50, 300, 8)
	parts, tops := cut(want, 120, 20) // begin at 0, 100, 200
	second := parts[1].clone()
	second.pix[(3*50+7)*rgb] ^= 1    // page row 103
	second.pix[(3*50+7)*rgb+2] ^= 9  // the same pixel
	second.pix[(19*50+49)*rgb] ^= 80 // page row 119
	parts[1] = second
	want = want.clone()
	for i := range 50 * rgb { // page row 219: the earlier strip's last
		parts[1].pix[119*50*rgb+i] += 77
		want.pix[219*50*rgb+i] += 77
	}

	result, out := join(t, sources(parts, tops, plain))
	sameAs(t, decode(t, out), want)
	mismatches := []Mismatch{
		{Strip: 1, Row: 103, Rows: 2, Pixels: 2},
		{Strip: 2, Row: 219, Rows: 1, Pixels: 50},
	}
	if !reflect.DeepEqual(result.Mismatches, mismatches) {
		t.Errorf("got %+v, want %+v", result.Mismatches, mismatches)
	}
}

// TestJoinAlike gives the same bytes for the same strips.
func TestJoinAlike(t *testing.T) {
	parts, tops := cut(newPicture(300, 2000, 4), 500, 16)
	_, first := join(t, sources(parts, tops, plain))
	for range 5 {
		if _, again := join(t, sources(parts, tops, plain)); !bytes.Equal(again, first) {
			t.Fatal("the same strips gave another file")
		}
	}
}

// TestJoinFormat checks the file's chunks against the package comment.
func TestJoinFormat(t *testing.T) {
	parts, tops := cut(newPicture(300, 900, 4), 500, 16)
	profile := []chunk{{"gAMA", "\x00\x00\xb1\x8f"}, {"iCCP", "name\x00\x00data"}}
	for _, test := range []struct{ in, want []chunk }{{nil, defaultColour}, {profile, profile}} {
		f := plain
		f.extra = append([]chunk{{"tEXt", "Software\x00x"}}, test.in...)
		_, out := join(t, sources(parts, tops, f))
		chunks, err := newChunkReader(bytes.NewReader(out))
		if err != nil {
			t.Fatal(err)
		}
		want := append([]chunk{header(300, 900, 8, 2, 0, 0, 0)}, test.want...)
		for _, w := range want {
			checkChunk(t, chunks, w)
		}
		checkData(t, chunks)
	}
}

func checkChunk(t *testing.T, chunks *chunkReader, want chunk) {
	t.Helper()
	if err := chunks.next(); err != nil {
		t.Fatal(err)
	}
	b, err := chunks.data(1 << 16)
	if err != nil {
		t.Fatal(err)
	}
	if got := (chunk{chunks.kind, string(b)}); got != want {
		t.Errorf("got chunk %q, want %q", got, want)
	}
}

// checkData wants the rest to be IDAT chunks of full size, one that may be
// shorter, and IEND.
func checkData(t *testing.T, chunks *chunkReader) {
	t.Helper()
	var sizes []uint32
	for chunks.kind != "IEND" {
		if err := chunks.next(); err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, chunks.left)
		if err := chunks.skip(); err != nil {
			t.Fatal(err)
		}
	}
	if len(sizes) < 4 {
		t.Fatalf("got %d chunks, want more to check", len(sizes))
	}
	for _, size := range sizes[:len(sizes)-2] {
		if size != dataSize {
			t.Errorf("got chunk sizes %d, want %d", sizes, dataSize)
		}
	}
}

func TestJoinRefused(t *testing.T) {
	p := newPicture(10, 100, 1)
	good := p.png(plain)
	bad := bytes.Clone(good)
	bad[len(bad)-20] ^= 1
	other := plain
	other.extra = []chunk{{"sRGB", "\x01"}}
	tall := file(header(10, MaxHeight, 8, 2, 0, 0, 0), chunk{kind: "IDAT"})

	at := func(y int, b []byte) Source { return Source{PNG: bytes.NewReader(b), Y: y} }
	for _, test := range []struct {
		name, want string
		strips     []Source
	}{
		{"none", "no strips to join", nil},
		{"late", "strip 0: begins at row 1: no strip has the rows from 0 on", []Source{at(1, good)}},
		{"above", "strip 0: begins at row -1, above row 0 of the strip before", []Source{at(-1, good)}},
		{"gap", "strip 1: begins at row 101: no strip has the rows from 100 on", []Source{at(0, good), at(101, good)}},
		{"order", "strip 2: begins at row 60, above row 80 of the strip before", []Source{at(0, good), at(80, good), at(60, good)}},
		{"width", "strip 1: got width 9, want 10 as in strip 0", []Source{at(0, good), at(90, newPicture(9, 100, 1).png(plain))}},
		{"colours", "strip 1: its colour chunks differ from those of strip 0", []Source{at(0, good), at(90, p.png(other))}},
		{"height", "got 10×1048577 pixels", []Source{at(0, good), at(1, tall)}},
		{"not PNG", `strip 1: not a PNG file: it begins with "GIF89a\x00\x00"`, []Source{at(0, good), at(90, []byte("GIF89a\x00\x00"))}},
		{"cut short", `strip 1: row 45: reading chunk "IDAT": unexpected EOF`, []Source{at(0, good), at(90, good[:len(good)/2])}},
		{"damaged", `strip 1: reading image data: chunk "IDAT": got CRC `, []Source{at(0, good), at(90, bad)}},
	} {
		t.Run(test.name, func(t *testing.T) {
			result, err := Join(t.Context(), io.Discard, test.strips)
			if err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("got error %v, want %s", err, test.want)
			}
			if !reflect.DeepEqual(result, Result{}) {
				t.Errorf("got %+v, want no result", result)
			}
		})
	}
}

// A fullDisk takes so many bytes.
type fullDisk struct{ room int }

var errFull = errors.New("no space left")

func (d *fullDisk) Write(p []byte) (int, error) {
	if len(p) > d.room {
		return d.room, errFull
	}
	d.room -= len(p)
	return len(p), nil
}

func TestJoinWriteError(t *testing.T) {
	parts, tops := cut(newPicture(300, 1500, 4), 500, 16)
	_, out := join(t, sources(parts, tops, plain))
	for room := 0; room < len(out); room += 1 + len(out)/20 {
		if _, err := Join(t.Context(), &fullDisk{room}, sources(parts, tops, plain)); !errors.Is(err, errFull) {
			t.Errorf("room for %d bytes: got error %v, want %v", room, err, errFull)
		}
	}
	if _, err := Join(t.Context(), &fullDisk{len(out) - 1}, sources(parts, tops, plain)); !errors.Is(err, errFull) {
		t.Errorf("room for all but one byte: got error %v, want %v", err, errFull)
	}
}

// A trigger calls a function after so many bytes were read.
type trigger struct {
	r    io.Reader
	left int
	call func()
}

func (g *trigger) Read(p []byte) (int, error) {
	n, err := g.r.Read(p)
	if g.left -= n; g.left < 0 {
		g.call()
	}
	return n, err
}

func TestJoinCancelled(t *testing.T) {
	b := newPicture(300, 1500, 4).png(plain)
	for _, after := range []int{0, len(b) / 2} {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		strips := []Source{{PNG: &trigger{bytes.NewReader(b), after, cancel}}}
		if _, err := Join(ctx, io.Discard, strips); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled after %d bytes: got error %v, want %v", after, err, context.Canceled)
		}
	}
}
