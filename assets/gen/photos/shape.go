//go:build ignore

package main

import (
	"math"
	"slices"
)

// shape is a signed distance in the object's own coordinates: negative inside,
// never more than the true distance.
type shape func(p vec) float64

// object is a shape of one material, within radius of its position.
type object struct {
	frame
	shape  shape
	radius float64
	mat    material
}

func put(p pose, radius float64, m material, s shape) *object {
	return &object{p.frame(), s, radius, m}
}

func (o *object) dist(p vec) float64 { return o.shape(o.local(p)) }

// normal takes the gradient over a tetrahedron of half-size e.
func (o *object) normal(p vec, e float64) vec {
	var n vec
	for _, k := range [4]vec{{1, -1, -1}, {-1, -1, 1}, {-1, 1, -1}, {1, 1, 1}} {
		n = n.add(k.mul(o.dist(p.add(k.mul(e)))))
	}
	return n.unit()
}

func sphere(r float64) shape {
	return func(p vec) float64 { return p.len() - r }
}

// ellipsoid is a bound that is exact near the surface.
func ellipsoid(p, r vec) float64 {
	k0 := vec{p.x / r.x, p.y / r.y, p.z / r.z}.len()
	k1 := vec{p.x / (r.x * r.x), p.y / (r.y * r.y), p.z / (r.z * r.z)}.len()
	if k1 == 0 {
		return -min(r.x, r.y, r.z)
	}
	return k0 * (k0 - 1) / k1
}

func box(p, half vec, round float64) float64 {
	q := vec{math.Abs(p.x) - half.x + round, math.Abs(p.y) - half.y + round, math.Abs(p.z) - half.z + round}
	outside := vec{max(q.x, 0), max(q.y, 0), max(q.z, 0)}.len()
	return outside + min(max(q.x, q.y, q.z), 0) - round
}

func box2(x, y, hx, hy, round float64) float64 {
	x, y = math.Abs(x)-hx+round, math.Abs(y)-hy+round
	return hypot(max(x, 0), max(y, 0)) + min(max(x, y), 0) - round
}

func capsule(p, a, b vec, r float64) float64 {
	pa, ba := p.sub(a), b.sub(a)
	h := clamp(pa.dot(ba)/ba.dot(ba), 0, 1)
	return pa.sub(ba.mul(h)).len() - r
}

// blend joins two distances with a fillet of size k.
func blend(a, b, k float64) float64 {
	h := max(k-math.Abs(a-b), 0) / k
	return min(a, b) - h*h*k/4
}

// cut takes b away from a with a softened edge of size k.
func cut(a, b, k float64) float64 { return -blend(-a, b, k) }

// curve is a fine polyline from the first of the points to the last.
func curve(points ...vec) []vec {
	const steps = 8
	last := len(points) - 1
	points = slices.Concat(points[:1], points, points[last:])
	var line []vec
	for i := range last {
		for k := range steps {
			line = append(line, catmull(points[i:i+4], float64(k)/steps))
		}
	}
	return append(line, points[last+1])
}

// cord is a cord of radius r along a polyline, as several objects so that each
// has a tight bound.
func cord(line []vec, r float64, m material) []*object {
	const group = 9
	var objects []*object
	for i := 0; i+1 < len(line); i += group {
		objects = append(objects, strand(line[i:min(i+group+1, len(line))], r, m))
	}
	return objects
}

func strand(line []vec, r float64, m material) *object {
	mid := line[0].add(line[len(line)-1]).mul(.5)
	local, reach := make([]vec, len(line)), 0.0
	for i, p := range line {
		local[i] = p.sub(mid)
		reach = max(reach, local[i].len())
	}
	return put(pose{at: mid}, reach+2*r, m, func(p vec) float64 {
		d := math.Inf(1)
		for i := 1; i < len(local); i++ {
			d = min(d, capsule(p, local[i-1], local[i], r))
		}
		return d
	})
}

// catmull is the Catmull-Rom curve between the two middle points.
func catmull(p []vec, t float64) vec {
	a := p[1].mul(2)
	b := p[2].sub(p[0]).mul(t)
	c := p[0].mul(2).sub(p[1].mul(5)).add(p[2].mul(4)).sub(p[3]).mul(t * t)
	d := p[1].mul(3).sub(p[0]).sub(p[2].mul(3)).add(p[3]).mul(t * t * t)
	return a.add(b).add(c).add(d).mul(.5)
}

// grid is a height map over a square of side 2*half, baked so that looking a
// height up is cheap.
type grid struct {
	half float64
	n    int
	v    []float32
}

func bake(half float64, n int, f func(x, z float64) float64) *grid {
	g := &grid{half, n, make([]float32, n*n)}
	for j := range n {
		for i := range n {
			g.v[j*n+i] = float32(f(g.coord(i), g.coord(j)))
		}
	}
	return g
}

func (g *grid) coord(i int) float64 { return (2*float64(i)/float64(g.n-1) - 1) * g.half }

func (g *grid) at(x, z float64) float64 {
	k := float64(g.n-1) / (2 * g.half)
	u := clamp((x+g.half)*k, 0, float64(g.n)-1.001)
	v := clamp((z+g.half)*k, 0, float64(g.n)-1.001)
	i, j := int(u), int(v)
	u, v = u-float64(i), v-float64(j)
	row := g.v[j*g.n+i:]
	a := lerp(float64(row[0]), float64(row[1]), u)
	b := lerp(float64(row[g.n]), float64(row[g.n+1]), u)
	return lerp(a, b, v)
}
