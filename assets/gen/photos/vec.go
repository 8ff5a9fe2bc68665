//go:build ignore

package main

import "math"

// vec is a point, a direction or a linear RGB colour. One unit is a centimetre.
type vec struct{ x, y, z float64 }

func (a vec) add(b vec) vec     { return vec{a.x + b.x, a.y + b.y, a.z + b.z} }
func (a vec) sub(b vec) vec     { return vec{a.x - b.x, a.y - b.y, a.z - b.z} }
func (a vec) mul(k float64) vec { return vec{a.x * k, a.y * k, a.z * k} }
func (a vec) tint(b vec) vec    { return vec{a.x * b.x, a.y * b.y, a.z * b.z} }
func (a vec) dot(b vec) float64 { return a.x*b.x + a.y*b.y + a.z*b.z }
func (a vec) len() float64      { return math.Sqrt(a.dot(a)) }
func (a vec) unit() vec         { return a.mul(1 / a.len()) }
func (a vec) mean() float64     { return (a.x + a.y + a.z) / 3 }
func (a vec) min(k float64) vec { return vec{min(a.x, k), min(a.y, k), min(a.z, k)} }

func (a vec) cross(b vec) vec {
	return vec{a.y*b.z - a.z*b.y, a.z*b.x - a.x*b.z, a.x*b.y - a.y*b.x}
}

func mix(a, b vec, t float64) vec { return a.mul(1 - t).add(b.mul(t)) }

func hypot(x, y float64) float64 { return math.Sqrt(x*x + y*y) }

func clamp(x, lo, hi float64) float64 { return max(lo, min(hi, x)) }

func smoothstep(a, b, x float64) float64 {
	t := clamp((x-a)/(b-a), 0, 1)
	return t * t * (3 - 2*t)
}

// around returns two unit vectors that complete n to an orthonormal basis.
func around(n vec) (vec, vec) {
	up := vec{0, 1, 0}
	if math.Abs(n.y) > .9 {
		up = vec{1, 0, 0}
	}
	t := up.cross(n).unit()
	return t, n.cross(t)
}

// pose places an object: rotation about x (tilt), then y (turn), then a shift.
type pose struct {
	at         vec
	tilt, turn float64
}

func (p pose) world(v vec) vec { return p.turned(v).add(p.at) }

func (p pose) turned(v vec) vec {
	st, ct := math.Sincos(p.tilt)
	v = vec{v.x, ct*v.y - st*v.z, st*v.y + ct*v.z}
	sa, ca := math.Sincos(p.turn)
	return vec{ca*v.x + sa*v.z, v.y, -sa*v.x + ca*v.z}
}

// frame is a pose with its sines worked out, for use in the inner loop.
type frame struct{ at, ex, ey, ez vec }

func (p pose) frame() frame {
	return frame{p.at, p.turned(vec{1, 0, 0}), p.turned(vec{0, 1, 0}), p.turned(vec{0, 0, 1})}
}

func (f *frame) local(v vec) vec {
	v = v.sub(f.at)
	return vec{v.dot(f.ex), v.dot(f.ey), v.dot(f.ez)}
}

// rng is splitmix64.
type rng uint64

// newRNG scrambles the seed: splitmix64 from neighbouring seeds would overlap.
func newRNG(seed uint64) rng { return rng(scramble(scramble(seed+1) + seed)) }

func (r *rng) float() float64 {
	*r += 0x9e3779b97f4a7c15
	return float64(scramble(uint64(*r))>>11) / (1 << 53)
}

func scramble(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

func hash(x, y, z int) float64 {
	h := uint32(x)*0x8da6b343 ^ uint32(y)*0xd8163841 ^ uint32(z)*0xcb1ab31f
	h = (h ^ h>>15) * 0x2c1b3c6d
	h = (h ^ h>>12) * 0x297a2d39
	return float64(h^h>>15) / (1 << 32)
}

// noise is smooth value noise in [-1, 1] with one cell for each unit.
func noise(p vec) float64 {
	fx, fy, fz := math.Floor(p.x), math.Floor(p.y), math.Floor(p.z)
	i, j, k := int(fx), int(fy), int(fz)
	u, v, w := ease(p.x-fx), ease(p.y-fy), ease(p.z-fz)
	layer := func(k int) float64 {
		a := lerp(hash(i, j, k), hash(i+1, j, k), u)
		b := lerp(hash(i, j+1, k), hash(i+1, j+1, k), u)
		return lerp(a, b, v)
	}
	return 2*lerp(layer(k), layer(k+1), w) - 1
}

// fractal adds octaves of noise, each twice as fine and half as strong.
func fractal(p vec, octaves int) float64 {
	sum, amp := 0.0, 0.5
	for range octaves {
		sum += amp * noise(p)
		p, amp = p.mul(2.03).add(vec{17.1, 3.7, 9.2}), amp/2
	}
	return sum
}

func ease(t float64) float64       { return t * t * (3 - 2*t) }
func lerp(a, b, t float64) float64 { return a + (b-a)*t }
