package strip

// Filter types, PNG 1.2 section 6.
const (
	filterNone = iota
	filterSub
	filterUp
	filterAverage
	filterPaeth
)

// unfilter puts the pixels of one filtered line into dst. All three slices have
// the same length, a multiple of bpp (bytes for each pixel, 3 or 4), and do not
// overlap; above is the row above, unfiltered.
func unfilter(filter byte, dst, line, above []byte, bpp int) {
	switch filter {
	case filterNone:
		copy(dst, line)
	case filterSub:
		unfilterSub(dst, line, bpp)
	case filterUp:
		unfilterUp(dst, line, above)
	case filterAverage:
		unfilterAverage(dst, line, above, bpp)
	case filterPaeth:
		if bpp == 3 {
			unfilterPaeth3(dst, line, above)
			return
		}
		unfilterPaeth(dst, line, above, bpp)
	}
}

func unfilterSub(dst, line []byte, bpp int) {
	copy(dst, line[:bpp])
	left := dst[:len(line)-bpp]
	line = line[bpp:]
	dst = dst[bpp:]
	for i, v := range line {
		dst[i] = v + left[i]
	}
}

func unfilterUp(dst, line, above []byte) {
	dst, above = dst[:len(line)], above[:len(line)]
	for i, v := range line {
		dst[i] = v + above[i]
	}
}

func unfilterAverage(dst, line, above []byte, bpp int) {
	for i := range bpp {
		dst[i] = line[i] + above[i]/2
	}
	for i := bpp; i < len(line); i++ {
		dst[i] = line[i] + byte((int(dst[i-bpp])+int(above[i]))/2)
	}
}

func unfilterPaeth(dst, line, above []byte, bpp int) {
	unfilterUp(dst[:bpp], line[:bpp], above)
	for i := bpp; i < len(line); i++ {
		dst[i] = line[i] + byte(paeth(int(dst[i-bpp]), int(above[i]), int(above[i-bpp])))
	}
}

// unfilterPaeth3 is unfilterPaeth for three bytes a pixel. Its three channels do
// not wait for one another, which makes it about twice as fast.
func unfilterPaeth3(dst, line, above []byte) {
	var l0, l1, l2, c0, c1, c2 int // left, and above it
	for len(line) >= 3 && len(above) >= 3 && len(dst) >= 3 {
		a0, a1, a2 := int(above[0]), int(above[1]), int(above[2])
		l0 = (int(line[0]) + paeth(l0, a0, c0)) & 0xff
		l1 = (int(line[1]) + paeth(l1, a1, c1)) & 0xff
		l2 = (int(line[2]) + paeth(l2, a2, c2)) & 0xff
		dst[0], dst[1], dst[2] = byte(l0), byte(l1), byte(l2)
		c0, c1, c2 = a0, a1, a2
		line, above, dst = line[3:], above[3:], dst[3:]
	}
}

// paeth returns whichever of left, up and their common corner is nearest to
// left + up - corner, in this order when they are equally near. This form of it,
// which needs no distances, is from stb_image 2.29.
func paeth(left, up, corner int) int {
	low, high := min(left, up), max(left, up)
	bound := 3*corner - left - up
	best := corner
	if high <= bound {
		best = low
	}
	if bound <= low {
		best = high
	}
	return best
}

// chooser filters rows of three bytes a pixel.
type chooser struct {
	lines [3][]byte // the row filtered in three ways; its filter type comes first
	above []byte
}

func newChooser(width int) *chooser {
	c := &chooser{above: make([]byte, width*rgb)}
	for i := range c.lines {
		c.lines[i] = make([]byte, 1+width*rgb)
	}
	c.lines[0][0], c.lines[1][0], c.lines[2][0] = filterUp, filterSub, filterPaeth
	return c
}

// line returns the row filtered as up, sub or Paeth, whichever gives the bytes
// that are nearest to zero in sum (PNG 1.2 section 9.6). It is valid until the
// next call.
func (c *chooser) line(row []byte) []byte {
	up, sub, pth := c.lines[0][1:], c.lines[1][1:], c.lines[2][1:]
	var sums [3]int
	for i, v := range row {
		var left, corner byte
		if i >= rgb {
			left, corner = row[i-rgb], c.above[i-rgb]
		}
		up[i] = v - c.above[i]
		sub[i] = v - left
		pth[i] = v - byte(paeth(int(left), int(c.above[i]), int(corner)))
		sums[0] += weight(up[i])
		sums[1] += weight(sub[i])
		sums[2] += weight(pth[i])
	}
	best := 0
	for i, sum := range sums {
		if sum < sums[best] {
			best = i
		}
	}
	return c.lines[best]
}

// weight is the distance from zero of a byte read as a signed number.
func weight(v byte) int {
	return int(min(v, -v))
}
