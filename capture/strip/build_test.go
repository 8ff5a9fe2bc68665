package strip

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/png"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/zlib"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

// A picture is pixels of three bytes; what png writes of it is made by the plain
// formulas of the PNG specification.
type picture struct {
	width, height int
	pix           []byte
}

// newPicture has smooth areas, edges and noise.
func newPicture(width, height int, seed uint64) picture {
	p := picture{width, height, make([]byte, width*height*rgb)}
	random := rand.New(rand.NewPCG(seed, 1))
	for i := range p.pix {
		x, y := i/rgb%width, i/rgb/width
		switch (x/64 + y/96) % 3 {
		case 0:
			p.pix[i] = byte(x/2 + y + i%rgb*40)
		case 1:
			p.pix[i] = byte(x*y/16) + byte(random.UintN(8))
		default:
			p.pix[i] = byte((x/8 + y/8) % 2 * 230)
		}
	}
	return p
}

// rows is the part of the picture from one row up to another.
func (p picture) rows(from, to int) picture {
	return picture{p.width, to - from, p.pix[from*p.width*rgb : to*p.width*rgb]}
}

// clone is the picture with pixels of its own.
func (p picture) clone() picture {
	p.pix = bytes.Clone(p.pix)
	return p
}

// A form says how a picture is written.
type form struct {
	alpha   bool
	filters []byte  // taken in turn
	data    int     // bytes in an IDAT chunk
	extra   []chunk // ahead of IDAT
}

var plain = form{filters: []byte{0, 1, 2, 3, 4, 4, 2}, data: 4096}

func (p picture) png(f form) []byte {
	head := binary.BigEndian.AppendUint32(nil, uint32(p.width))
	head = binary.BigEndian.AppendUint32(head, uint32(p.height))
	if f.alpha {
		head = append(head, 8, 6, 0, 0, 0)
	} else {
		head = append(head, 8, 2, 0, 0, 0)
	}
	chunks := append([]chunk{{"IHDR", string(head)}}, f.extra...)
	return file(append(chunks, dataChunks(deflate(p.lines(f)), f.data)...)...)
}

// file is a PNG file with these chunks and IEND.
func file(chunks ...chunk) []byte {
	b := []byte(signature)
	for _, c := range chunks {
		b = c.appendTo(b)
	}
	return chunk{kind: "IEND"}.appendTo(b)
}

func deflate(lines []byte) []byte {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	z.Write(lines)
	z.Close()
	return b.Bytes()
}

func dataChunks(stream []byte, size int) []chunk {
	var chunks []chunk
	for len(stream) > 0 {
		n := min(size, len(stream))
		chunks = append(chunks, chunk{"IDAT", string(stream[:n])})
		stream = stream[n:]
	}
	return chunks
}

// lines filters the picture.
func (p picture) lines(f form) []byte {
	pix, bpp := p.pix, rgb
	if f.alpha {
		pix, bpp = nil, rgba
		for i := 0; i < len(p.pix); i += rgb {
			pix = append(append(pix, p.pix[i:i+rgb]...), 0xff)
		}
	}
	stride := p.width * bpp
	lines := make([]byte, 0, (1+stride)*p.height)
	above := make([]byte, bpp+stride) // both with bpp zero bytes on the left
	row := make([]byte, bpp+stride)
	for y := range p.height {
		filter := f.filters[y%len(f.filters)]
		lines = append(lines, filter)
		copy(row[bpp:], pix[y*stride:])
		for x := bpp; x < len(row); x++ {
			a, b, c := int(row[x-bpp]), int(above[x]), int(above[x-bpp])
			predicted := [...]int{0, a, b, (a + b) / 2, specPaeth(a, b, c)}[filter]
			lines = append(lines, row[x]-byte(predicted))
		}
		row, above = above, row
	}
	return lines
}

// specPaeth is PaethPredictor of PNG 1.2, section 6.6.
func specPaeth(a, b, c int) int {
	p := a + b - c
	pa, pb, pc := max(p-a, a-p), max(p-b, b-p), max(p-c, c-p)
	if pa <= pb && pa <= pc {
		return a
	}
	if pb <= pc {
		return b
	}
	return c
}

// decode is the picture as image/png reads it.
func decode(t testing.TB, file []byte) picture {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatalf("image/png: %v", err)
	}
	return fromImage(img)
}

func fromImage(img image.Image) picture {
	size := img.Bounds().Size()
	p := picture{size.X, size.Y, make([]byte, 0, size.X*size.Y*rgb)}
	pix := img.(*image.RGBA).Pix
	for i := 0; i < len(pix); i += 4 {
		p.pix = append(p.pix, pix[i:i+3]...)
	}
	return p
}

// readAll is the picture as Decoder reads it.
func readAll(r io.Reader) (picture, error) {
	d, err := NewDecoder(r)
	if err != nil {
		return picture{}, err
	}
	p := picture{width: d.Width, height: d.Height}
	for {
		row, err := d.Row()
		if err == io.EOF {
			return p, nil
		}
		if err != nil {
			return p, err
		}
		p.pix = append(p.pix, row...)
	}
}

func sameAs(t testing.TB, got, want picture) {
	t.Helper()
	if got.width != want.width || got.height != want.height {
		t.Fatalf("got %d×%d pixels, want %d×%d", got.width, got.height, want.width, want.height)
	}
	if bytes.Equal(got.pix, want.pix) {
		return
	}
	for i := range got.pix {
		if got.pix[i] != want.pix[i] {
			t.Fatalf("row %d, pixel %d: got %d, want %d", i/rgb/got.width, i/rgb%got.width, got.pix[i], want.pix[i])
		}
	}
}

func testdata(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
