package listing

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	_ "image/gif"
	_ "image/jpeg"
	_ "image/png"
	"io"
	"runtime"

	"github.com/corona10/goimagehash"
	_ "golang.org/x/image/webp"

	"pugmark/evidence/canon"
)

// maxDecoded is how many bytes of memory decoding a picture may take: a file
// of a few kilobytes can claim to be a picture of gigabytes.
const maxDecoded = 64 << 20

// maxPixels is how many pixels of a page's pictures are decoded in all: at some
// 30 million a second, a page could take minutes.
const maxPixels = 200_000_000

// largeDecoded is the size from which on garbage is collected ahead of
// decoding, so that of two large pictures one is in memory.
const largeDecoded = 16 << 20

// hashed is what a picture's content tells.
type hashed struct {
	format        string
	width, height int
	hash          string
	reason        string // why there is no hash
	decoded       int64  // pixels, also if it failed
}

// refusal is a reason not to decode a picture.
type refusal string

func (r refusal) Error() string { return string(r) }

// Decode decodes a picture, unless that would take too much memory.
func Decode(r io.Reader) (image.Image, error) {
	m, _, err := decode(r, maxPixels)
	return m, err
}

// Hasher names what computes the perceptual hashes, as a listing does.
const Hasher = hasher

// ReadPhotograph reads a picture as one of a page is read: digest and size, and as far
// as it can be decoded its format, size in pixels and perceptual hash. An error means
// that it could not be read to its end, or has more than 64 MiB.
func ReadPhotograph(ctx context.Context, r io.Reader) (Photograph, error) {
	var body bytes.Buffer
	n, err := body.ReadFrom(io.LimitReader(&contextReader{ctx, r}, maxBody+1))
	if err != nil {
		return Photograph{}, err
	}
	if n > maxBody {
		return Photograph{}, fmt.Errorf("got a picture of more than %d MiB", maxBody>>20)
	}
	p := Photograph{SHA256: canon.Sum(body.Bytes()), Bytes: n}
	h, err := hashImage(&body, maxPixels)
	if err != nil {
		h.reason = reason(err)
	}
	p.Format, p.Width, p.Height, p.Hash, p.NoHash = h.format, h.width, h.height, h.hash, h.reason
	return p, nil
}

// hashImage decodes a picture of at most room pixels and computes its hash.
// What the header tells is returned also with an error.
func hashImage(r io.Reader, room int64) (hashed, error) {
	m, h, err := decode(r, room)
	if err != nil {
		return h, err
	}
	hash, err := goimagehash.PerceptionHash(m)
	if err != nil {
		return h, err
	}
	h.hash = hash.ToString()
	return h, nil
}

// decode decodes a picture of at most room pixels.
func decode(r io.Reader, room int64) (m image.Image, h hashed, err error) {
	// The decoders have had panics on hostile input, and are others' code.
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the decoder failed: %v", p)
		}
	}()
	var head bytes.Buffer
	config, format, err := image.DecodeConfig(io.TeeReader(r, &head))
	if err != nil {
		return nil, hashed{}, undecodable(head.Bytes(), err)
	}
	h = hashed{format: format, width: config.Width, height: config.Height}
	cost, pixels := decodedSize(config, format, head.Bytes()), int64(config.Width)*int64(config.Height)
	switch {
	case cost > maxDecoded:
		return nil, h, refusal(fmt.Sprintf("decoding it would take more than %d MiB", maxDecoded>>20))
	case pixels > room:
		return nil, h, refusal(fmt.Sprintf("only %d million pixels of a page's pictures are decoded", maxPixels/1_000_000))
	case cost > largeDecoded:
		runtime.GC()
	}
	h.decoded = pixels
	m, _, err = image.Decode(io.MultiReader(&head, r))
	return m, h, err
}

// undecodable names the formats that we know of and don't decode.
func undecodable(head []byte, err error) error {
	text := bytes.TrimLeft(head, "\ufeff \t\r\n")
	switch {
	case len(head) >= 12 && string(head[4:8]) == "ftyp" && (string(head[8:12]) == "avif" || string(head[8:12]) == "avis"):
		return refusal("AVIF is not decoded")
	case bytes.HasPrefix(text, []byte("<svg")) || bytes.HasPrefix(text, []byte("<?xml")):
		return refusal("SVG has no pixels to hash")
	case err == image.ErrFormat:
		return refusal("its format is not decoded")
	}
	return err
}

// decodedSize estimates how many bytes decoding and scaling a picture takes.
func decodedSize(c image.Config, format string, head []byte) int64 {
	pixels := int64(c.Width) * int64(c.Height)
	switch {
	case format == "jpeg":
		return jpegSize(pixels, head)
	case c.ColorModel == color.GrayModel || format == "gif":
		return 2 * pixels
	case c.ColorModel == color.RGBA64Model || c.ColorModel == color.NRGBA64Model:
		return 12 * pixels
	}
	return 8 * pixels
}

// jpegSize counts the samples of the planes, their interleaved copy for
// scaling, and the coefficients of a progressive file, 4 bytes each. The frame
// header (ITU-T T.81, B.2.2) is in what was read to find the size.
func jpegSize(pixels int64, head []byte) int64 {
	frame, progressive := jpegFrame(head)
	if len(frame) < 6 || len(frame) < 6+3*int(frame[5]) {
		return 18 * pixels
	}
	var sum, most int64
	for i := range int(frame[5]) {
		sampling := frame[6+3*i+1]
		n := int64(sampling>>4) * int64(sampling&15)
		sum, most = sum+n, max(most, n)
	}
	samples := pixels * sum / max(most, 1)
	if progressive {
		return 5*samples + 3*pixels
	}
	return samples + 3*pixels
}

// jpegFrame returns the content of the frame header, without its length.
func jpegFrame(head []byte) (frame []byte, progressive bool) {
	for i := 2; i+4 <= len(head) && head[i] == 0xFF; {
		marker, length := head[i+1], int(head[i+2])<<8+int(head[i+3])
		switch {
		case marker == 0xFF:
			i++
			continue
		case marker >= 0xC0 && marker <= 0xC2:
			return head[i+4 : min(len(head), max(i+2+length, i+4))], marker == 0xC2
		}
		i += 2 + length
	}
	return nil, false
}
