//go:build ignore

package main

import "math"

// bangle is a ring about local y with a nearly oval section.
func bangle(r, half, thick float64) shape {
	return func(p vec) float64 {
		return box2(hypot(p.x, p.z)-r, p.y, thick, half, .8*min(half, thick))
	}
}

// flatBangle is sawn square across the tusk, its edges only just broken.
func flatBangle(r, half, thick float64) shape {
	return func(p vec) float64 {
		return box2(hypot(p.x, p.z)-r, p.y, thick, half, .16)
	}
}

// ropeBangle is twisted like a rope.
func ropeBangle(r, thick float64, turns float64) shape {
	return func(p vec) float64 {
		q, a := hypot(p.x, p.z)-r, math.Atan2(p.z, p.x)
		d := hypot(q, p.y) - thick
		if d > .3 {
			return d - .1
		}
		lobe := math.Abs(math.Sin(turns*a/2 + 1.5*math.Atan2(p.y, q)))
		return (d + .13*thick*(1-lobe)*(1-lobe)*2) * .75
	}
}

// bead is drilled along local x; ribs cut it like a melon when there are any.
func bead(r float64, ribs int) shape {
	return func(p vec) float64 {
		d := ellipsoid(p, vec{r * .95, r, r})
		if ribs > 0 && d < .1 {
			d += .06 * r * math.Pow(math.Abs(math.Cos(float64(ribs)/2*math.Atan2(p.z, p.y))), 6)
		}
		return cut(d, hypot(p.y, p.z)-.09, .06) * .9
	}
}

// The plaque is an oval of these half axes, local y its face.
const (
	plaqueX     = 1.9
	plaqueZ     = 2.6
	plaqueThick = .3
	holeZ       = -2.12
)

// plaque carries the relief on its upper face.
func plaque(relief *grid) shape {
	return func(p vec) float64 {
		edge := ellipsoid(vec{p.x, 0, p.z}, vec{plaqueX, 1, plaqueZ})
		if d := math.Max(edge, math.Abs(p.y)-.75); d > .3 {
			return d
		}
		face := p.y - relief.at(p.x, p.z)*smoothstep(-.05, .2, p.y)
		dome := plaqueThick * (1 - .22*(p.x*p.x/3.6+p.z*p.z/6.8))
		w := math.Abs(face) - dome + .2
		e := edge + .2
		d := min(max(e, w), 0) + hypot(max(e, 0), max(w, 0)) - .2
		return .62 * cut(d, hypot(p.x, p.z-holeZ)-.17, .1)
	}
}

// lotus is the relief of the plaque: a flower over waves within a raised rim.
func lotus(x, z float64) float64 {
	edge := ellipsoid(vec{x, 0, z}, vec{plaqueX, 1, plaqueZ})
	rim := .17 * smoothstep(.13, .03, math.Abs(edge+.17))
	inside := smoothstep(-.24, -.34, edge)
	h := -.07 * inside
	for _, a := range []float64{-1.15, 1.15, -.62, .62} {
		h = math.Max(h, petal(x, z, a, 1.4, .48, .2)*inside)
	}
	for _, a := range []float64{-.34, .34} {
		h = math.Max(h, petal(x, z, a, 1.85, .52, .28)*inside)
	}
	h = math.Max(h, petal(x, z, 0, 1.7, .56, .38)*inside)
	for _, a := range []float64{-.95, .95} {
		h = math.Max(h, petal(x, z+.02, a, 1.0, .42, .36)*inside)
	}
	h = math.Max(h, waves(x, z)*inside)
	h = math.Max(h, .16*smoothstep(.33, .2, hypot(x, z-holeZ)))
	return math.Max(h, rim)
}

// petal leans by angle from straight up, about the flower's foot.
func petal(x, z, angle, long, wide, high float64) float64 {
	z -= .75
	s, c := math.Sincos(angle)
	u, v := (s*x-c*z)/long, c*x+s*z
	if u <= 0 || u >= 1 {
		return -1
	}
	w := wide * math.Pow(math.Sin(math.Pi*math.Pow(u, .8)), .65)
	if w < .01 || math.Abs(v) >= w {
		return -1
	}
	edge := 1 - math.Abs(v)/w
	h := smoothstep(0, .3, edge)*(.55+.45*u) - .28*math.Exp(-v*v/.0012)*smoothstep(.95, .3, u)
	vein := .1 * math.Pow(math.Abs(math.Sin(16*math.Abs(v)-5*u)), 8) * edge
	return high * smoothstep(0, .22, w) * (h - vein)
}

// waves are the scales of water at the foot of the plaque.
func waves(x, z float64) float64 {
	if z < .8 {
		return -1
	}
	best := 0.0
	for row := range 6 {
		for k := -4; k <= 4; k++ {
			dx := x - .62*float64(k) - .31*float64(row&1)
			d := hypot(dx, z-1.2-.34*float64(row))
			if d < .4 {
				ring := math.Sin(d * 23)
				best = .07 + .02*float64(row) + .05*ring*ring - .09*smoothstep(.33, .4, d)
			}
		}
	}
	return best
}

// smooth is the back of the plaque: flat, with a double line along the edge.
func smooth(x, z float64) float64 {
	edge := ellipsoid(vec{x, 0, z}, vec{plaqueX, 1, plaqueZ})
	line := smoothstep(.035, .01, math.Abs(edge+.3)) + smoothstep(.03, .01, math.Abs(edge+.4))
	return -.05 * math.Min(line, 1)
}

// rabbit is a small crouching rabbit, its head towards local +x.
func rabbit() shape {
	side := func(p, c, r vec) float64 {
		return ellipsoid(vec{p.x, p.y, math.Abs(p.z)}.sub(c), r)
	}
	return func(p vec) float64 {
		if out := p.sub(vec{0, 1, 0}).len() - 2.3; out > .3 {
			return out
		}
		d := ellipsoid(p.sub(vec{-.1, .95, 0}), vec{1.65, 1.02, 1.08})
		d = blend(d, ellipsoid(p.sub(vec{1.35, 1.35, 0}), vec{.72, .62, .6}), .28)
		d = blend(d, ellipsoid(p.sub(vec{1.85, 1.12, 0}), vec{.34, .3, .36}), .2)
		d = blend(d, side(p, vec{-.75, .72, .82}, vec{.85, .74, .42}), .07)
		d = blend(d, side(p, vec{-.2, .16, .95}, vec{.72, .2, .26}), .06)
		d = blend(d, side(p, vec{1.25, .2, .42}, vec{.55, .22, .24}), .08)
		d = blend(d, ellipsoid(p.sub(vec{-1.75, .85, 0}), vec{.36, .4, .36}), .08)
		d = blend(d, ear(p), .12)
		mouth := hypot(p.x-2.17, (p.y-.98)*1.2) - .03
		d = cut(d, mouth, .05)
		return .8 * cut(d, side(p, vec{1.72, 1.55, .5}, vec{.13, .13, .13}), .05)
	}
}

// ear lies back along the rabbit's body, hollowed on its outer side.
func ear(p vec) float64 {
	s, c := math.Sincos(.07)
	q := vec{p.x - .2, p.y - 1.9, math.Abs(p.z) - .38}
	q = vec{c*q.x - s*q.y, s*q.x + c*q.y, q.z}
	return cut(ellipsoid(q, vec{1.0, .2, .3}), ellipsoid(q.sub(vec{-.1, .16, .1}), vec{.72, .14, .14}), .06)
}
