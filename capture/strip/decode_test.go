package strip

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/png"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestDecodeChrome(t *testing.T) {
	for _, name := range []string{"chrome-0.png", "chrome-1.png", "chrome-2.png", "chrome-whole.png"} {
		b := testdata(t, name)
		got, err := readAll(bytes.NewReader(b))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		sameAs(t, got, decode(t, b))
	}
}

func TestDecodeForms(t *testing.T) {
	want := newPicture(67, 41, 3)
	for _, alpha := range []bool{false, true} {
		for filter := range byte(5) {
			for _, size := range []int{1, 7, 1 << 20} {
				b := want.png(form{alpha: alpha, filters: []byte{filter}, data: size})
				got, err := readAll(iotest.OneByteReader(bytes.NewReader(b)))
				if err != nil {
					t.Fatalf("alpha %v, filter %d, data %d: %v", alpha, filter, size, err)
				}
				sameAs(t, got, want)
			}
		}
	}
}

func TestPaeth(t *testing.T) {
	for v := range 1 << 24 {
		a, b, c := v&0xff, v>>8&0xff, v>>16
		if got, want := paeth(a, b, c), specPaeth(a, b, c); got != want {
			t.Fatalf("paeth(%d, %d, %d): got %d, want %d", a, b, c, got, want)
		}
	}
}

// TestDecodeEmptyData allows IDAT chunks without data, as PNG does.
func TestDecodeEmptyData(t *testing.T) {
	want := newPicture(5, 5, 1)
	b := want.png(plain)
	empty := chunk{kind: "IDAT"}.appendTo(nil)
	i := bytes.Index(b, []byte("IDAT")) - 4
	got, err := readAll(bytes.NewReader(bytes.Join([][]byte{b[:i], empty, empty, b[i:]}, nil)))
	if err != nil {
		t.Fatal(err)
	}
	sameAs(t, got, want)
}

// header is an IHDR chunk.
func header(width, height uint32, rest ...byte) chunk {
	b := binary.BigEndian.AppendUint32(nil, width)
	b = binary.BigEndian.AppendUint32(b, height)
	return chunk{"IHDR", string(append(b, rest...))}
}

func TestDecodeRefused(t *testing.T) {
	ihdr := header(1, 2, 8, 2, 0, 0, 0)
	lines := []byte{0, 1, 2, 3, 0, 4, 5, 6}
	data := chunk{"IDAT", string(deflate(lines))}
	zlib := []byte(data.data)
	gray := header(1, 2, 8, 0, 0, 0, 0)

	for _, test := range []struct {
		name, want string
		file       []byte
	}{
		{"empty", "reading signature: unexpected EOF", nil},
		{"jpeg", `not a PNG file: it begins with "\xff\xd8\xff\xe0\x00\x10JF"`, []byte("\xff\xd8\xff\xe0\x00\x10JFIF")},
		{"no header", `got chunk "IDAT" first, want IHDR`, file(data)},
		{"short header", "chunk IHDR: got length 12, want 13", file(header(1, 2, 8, 2, 0, 0), data)},
		{"long header", `chunk "IHDR": got length 14, want at most 13`, file(header(1, 2, 8, 2, 0, 0, 0, 0), data)},
		{"second header", `unexpected chunk "IHDR"`, file(ihdr, ihdr, data)},
		{"no width", "got 0×2 pixels, want 1×1 to 32768×1048576", file(header(0, 2, 8, 2, 0, 0, 0), data)},
		{"no height", "got 1×0 pixels, want 1×1 to 32768×1048576", file(header(1, 0, 8, 2, 0, 0, 0), data)},
		{"wide", "got 32769×1 pixels", file(header(MaxWidth+1, 1, 8, 2, 0, 0, 0), data)},
		{"tall", "got 1×4294967295 pixels", file(header(1, 0xffffffff, 8, 2, 0, 0, 0), data)},
		{"16 bits", "got 16 bits a sample, want 8", file(header(1, 2, 16, 2, 0, 0, 0), data)},
		{"gray", "got colour type 0, want 2 (RGB) or 6 (RGBA)", file(gray, data)},
		{"palette", "got colour type 3, want 2 (RGB) or 6 (RGBA)", file(header(1, 2, 8, 3, 0, 0, 0), data)},
		{"interlaced", "got compression, filter and interlace methods [0 0 1], want [0 0 0]", file(header(1, 2, 8, 2, 0, 0, 1), data)},
		{"transparent colour", `unexpected chunk "tRNS"`, file(ihdr, chunk{"tRNS", "\x00\x00\x00\x00\x00\x00"}, data)},
		{"colour palette", `unexpected chunk "PLTE"`, file(ihdr, chunk{"PLTE", "abc"}, data)},
		{"large profile", `chunk "iCCP": got length 65537, want at most 65536`, file(ihdr, chunk{"iCCP", strings.Repeat("x", 65537)}, data)},
		{"large profiles", `chunk "iCCP": got length 65536, want at most 65535`,
			file(ihdr, chunk{"sRGB", "\x00"}, chunk{"iCCP", strings.Repeat("x", 65536)}, data)},
		{"no data", `unexpected chunk "IEND"`, file(ihdr)},
		{"empty data", "reading image data: unexpected EOF", file(ihdr, chunk{"IDAT", ""})},
		{"not zlib", "reading image data: zlib: invalid header", file(ihdr, chunk{"IDAT", "PK\x03\x04"})},
		{"short stream", "row 0: unexpected EOF", file(ihdr, chunk{"IDAT", string(zlib[:6])})},
		{"few rows", "row 1: unexpected EOF", file(ihdr, chunk{"IDAT", string(deflate(lines[:7]))})},
		{"many rows", "image data goes on after row 1", file(ihdr, chunk{"IDAT", string(deflate(append(lines, 0)))})},
		{"wrong checksum", "end of image data: zlib: invalid checksum", file(ihdr, chunk{"IDAT", string(append(zlib[:len(zlib)-1:len(zlib)-1], zlib[len(zlib)-1]^1))})},
		{"no checksum", "end of image data: unexpected EOF", file(ihdr, chunk{"IDAT", string(zlib[:len(zlib)-4])})},
		{"after stream", "data after the end of the zlib stream", file(ihdr, data, chunk{"IDAT", "\x00"})},
		{"filter 5", "row 1: got filter type 5, want at most 4", file(ihdr, chunk{"IDAT", string(deflate([]byte{0, 1, 2, 3, 5, 4, 5, 6}))})},
		{"data apart", `chunk "IDAT" where IEND is wanted`, file(ihdr, data, chunk{"tEXt", "a\x00b"}, data)},
		{"critical after data", `chunk "PLTE" where IEND is wanted`, file(ihdr, data, chunk{"PLTE", "abc"})},
		{"after end", "data after chunk IEND", append(file(ihdr, data), 0)},
		{"full end", "chunk IEND: got length 1, want 0", file(ihdr, data, chunk{"IEND", "x"})},
		{"chunk length", `chunk "IDAT": got length 2147483648, want at most 2147483647`,
			append(ihdr.appendTo([]byte(signature)), "\x80\x00\x00\x00IDAT"...)},
		{"translucent", "row 1: pixel 0 has alpha 254, want an opaque picture",
			file(header(1, 2, 8, 6, 0, 0, 0), chunk{"IDAT", string(deflate([]byte{0, 1, 2, 3, 255, 0, 4, 5, 6, 254}))})},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := readAll(bytes.NewReader(test.file))
			if err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("got error %v, want %s", err, test.want)
			}
		})
	}
}

// TestDecodeDamaged flips every bit of a file and cuts it short everywhere.
func TestDecodeDamaged(t *testing.T) {
	want := newPicture(6, 5, 9)
	good := want.png(form{filters: []byte{4}, data: 20, extra: []chunk{{"sRGB", "\x00"}, {"tEXt", "k\x00v"}}})
	got, err := readAll(bytes.NewReader(good))
	if err != nil {
		t.Fatal(err)
	}
	sameAs(t, got, want)
	for i := range good {
		for bit := range 8 {
			bad := bytes.Clone(good)
			bad[i] ^= 1 << bit
			if _, err := readAll(bytes.NewReader(bad)); err == nil {
				t.Errorf("byte %d, bit %d changed: no error", i, bit)
			}
		}
		if _, err := readAll(bytes.NewReader(good[:i])); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("cut at %d: got error %v, want unexpected EOF", i, err)
		}
	}
}

// TestDecodeCRC damages image data in a way that zlib would notice too: the error
// names the chunk.
func TestDecodeCRC(t *testing.T) {
	b := newPicture(40, 40, 2).png(plain)
	i := bytes.Index(b, []byte("IDAT")) + 40
	b[i] ^= 0x10
	_, err := readAll(bytes.NewReader(b))
	if err == nil || !strings.Contains(err.Error(), `chunk "IDAT": got CRC`) {
		t.Errorf("got error %v, want one of the CRC", err)
	}
}

func TestDecodeReadError(t *testing.T) {
	b := newPicture(40, 40, 2).png(plain)
	broken := errors.New("disk gone")
	for n := range len(b) {
		r := io.MultiReader(bytes.NewReader(b[:n]), iotest.ErrReader(broken))
		if _, err := readAll(r); !errors.Is(err, broken) {
			t.Fatalf("after %d bytes: got error %v, want %v", n, err, broken)
		}
	}
}

// FuzzDecoder checks that whatever the decoder accepts is the picture that
// image/png sees.
func FuzzDecoder(f *testing.F) {
	f.Add(testdata(f, "chrome-2.png"))
	f.Add(newPicture(9, 7, 1).png(plain))
	f.Add(newPicture(3, 12, 1).png(form{alpha: true, filters: []byte{4, 3}, data: 11, extra: []chunk{{"sRGB", "\x00"}}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		b = fixCRCs(b)
		d, err := NewDecoder(bytes.NewReader(b))
		if err != nil || d.Width*d.Height > 1<<20 {
			return
		}
		got, err := readAll(bytes.NewReader(b))
		if err != nil {
			return
		}
		img, err := png.Decode(bytes.NewReader(b))
		if err != nil {
			t.Fatalf("accepted what image/png refuses: %v", err)
		}
		sameAs(t, got, fromImage(opaque(img)))
	})
}

// opaque is an image that the test knows to be opaque, in image/png's form of RGB.
func opaque(img image.Image) image.Image {
	if n, ok := img.(*image.NRGBA); ok {
		return &image.RGBA{Pix: n.Pix, Stride: n.Stride, Rect: n.Rect}
	}
	return img
}

// fixCRCs makes the CRCs of whole chunks right, so that fuzzing comes past them.
func fixCRCs(b []byte) []byte {
	b = bytes.Clone(b)
	for p := len(signature); p+12 <= len(b); {
		n := int(binary.BigEndian.Uint32(b[p:]))
		if n > len(b)-p-12 {
			break
		}
		binary.BigEndian.PutUint32(b[p+8+n:], crc32.ChecksumIEEE(b[p+4:p+8+n]))
		p += 12 + n
	}
	return b
}

func ExampleDecoder() {
	d, err := NewDecoder(bytes.NewReader(picture{1, 2, []byte("abcdef")}.png(plain)))
	if err != nil {
		panic(err)
	}
	for range d.Height {
		row, err := d.Row()
		if err != nil {
			panic(err)
		}
		fmt.Printf("%s\n", row)
	}
	// Output:
	// abc
	// def
}
