//go:build ignore

package main

import (
	"image"
	"image/color"
	"math"
)

// camera is a thin lens that looks at a point.
type camera struct {
	eye, right, up, ahead vec
	tan, lens, focus      float64
}

// view aims a camera at the target from dist centimetres away; angles in
// degrees, fov the vertical one, lens the aperture's radius.
func view(target vec, azimuth, elevation, dist, fov, lens float64) camera {
	sa, ca := math.Sincos(azimuth * math.Pi / 180)
	se, ce := math.Sincos(elevation * math.Pi / 180)
	back := vec{sa * ce, se, ca * ce}
	ahead := back.mul(-1)
	right := ahead.cross(vec{0, 1, 0}).unit()
	return camera{target.add(back.mul(dist)), right, right.cross(ahead), ahead,
		math.Tan(fov * math.Pi / 360), lens, dist}
}

// ray goes through (u, v) of the picture, both in [0, 1], v downwards.
func (c *camera) ray(u, v, aspect float64, r *rng) (o, d vec) {
	x, y := (2*u-1)*aspect*c.tan, (1-2*v)*c.tan
	at := c.eye.add(c.ahead.add(c.right.mul(x)).add(c.up.mul(y)).mul(c.focus))
	rad, ang := c.lens*math.Sqrt(r.float()), 2*math.Pi*r.float()
	o = c.eye.add(c.right.mul(rad * math.Cos(ang))).add(c.up.mul(rad * math.Sin(ang)))
	return o, at.sub(o).unit()
}

// window is a rectangle of light.
type window struct {
	at, u, v, glow vec // centre, half sides, radiance
}

func (w *window) normal() vec { return w.u.cross(w.v).unit() }

func (w *window) area() float64 { return 4 * w.u.cross(w.v).len() }

// behind reports whether a ray that hits nothing else ends in the window.
func (w *window) behind(o, d vec) bool {
	n := w.normal()
	t := w.at.sub(o).dot(n) / d.dot(n)
	if t <= 0 || math.IsInf(t, 0) || math.IsNaN(t) {
		return false
	}
	q := o.add(d.mul(t)).sub(w.at)
	return math.Abs(q.dot(w.u)) < w.u.dot(w.u) && math.Abs(q.dot(w.v)) < w.v.dot(w.v)
}

type scene struct {
	cam     camera
	light   window
	sky     [3]vec // light from above, from the sides and from below
	ground  *object
	top     float64 // nothing of the ground is higher
	objects []*object
	look    look
}

func (s *scene) air(d vec) vec {
	if d.y > 0 {
		return mix(s.sky[1], s.sky[0], d.y)
	}
	return mix(s.sky[1], s.sky[2], -d.y)
}

type span struct {
	o        *object
	from, to float64
}

// march walks along a ray to the nearest surface, or to far.
func (s *scene) march(o, d vec, far float64) (float64, *object) {
	var buf [160]span
	spans := buf[:0]
	for _, ob := range s.objects {
		q := o.sub(ob.at)
		b := q.dot(d)
		if disc := b*b - q.dot(q) + ob.radius*ob.radius; disc > 0 {
			root := math.Sqrt(disc)
			if -b+root > 0 && -b-root < far {
				spans = append(spans, span{ob, max(-b-root, 0), -b + root})
			}
		}
	}
	if from := s.floor(o, d); from < far {
		spans = append(spans, span{s.ground, from, far})
	}
	return walk(o, d, far, spans)
}

func (s *scene) floor(o, d vec) float64 {
	if o.y <= s.top {
		return 0
	}
	if d.y >= 0 {
		return math.Inf(1)
	}
	return (s.top - o.y) / d.y
}

// walk steps by the distance to the nearest shape, but no further than to the
// start of the next span, since a shape is only known within its own.
func walk(o, d vec, far float64, spans []span) (float64, *object) {
	t := 0.0
	for range 220 {
		step, gap, near := far-t, far, (*object)(nil)
		p := o.add(d.mul(t))
		for _, s := range spans {
			if t > s.to {
				continue
			}
			if t < s.from {
				step = min(step, s.from-t+1e-6)
				continue
			}
			if dist := s.o.dist(p); dist < gap {
				gap, near = dist, s.o
			}
		}
		if near != nil && gap < 8e-4+1e-4*t {
			return t, near
		}
		t += min(step, gap)
		if t >= far {
			return far, nil
		}
	}
	return far, nil
}

const (
	bounces = 3
	faraway = 300
)

// radiance follows one light path. i of n spreads the light samples evenly.
func (s *scene) radiance(o, d vec, r *rng, i, n int) vec {
	light, through, mirror := vec{}, vec{1, 1, 1}, true
	for range bounces {
		t, ob := s.march(o, d, faraway)
		if ob == nil {
			return light.add(through.tint(s.escaped(o, d, mirror)))
		}
		h, m, face := meet(ob, o.add(d.mul(t)), d)
		facing := clamp(-h.n.dot(d), .02, 1)
		shine, chance := m.shine(facing)
		o = h.p.add(face.mul(.004))
		if r.float() < chance {
			d = glossy(d, h.n, m.rough, r)
			if d.dot(face) <= 0 {
				break
			}
			through, mirror = through.tint(shine).mul(1/chance), true
			continue
		}
		soft := m.albedo.mul((1 + m.sheen*math.Pow(1-facing, 3)) / (1 - chance) * (1 - shine.mean()))
		through, mirror = through.tint(soft), false
		light = light.add(through.tint(s.direct(o, h.n, r, i, n)))
		d = diffuse(h.n, r)
	}
	return light
}

// meet looks at the surface where a ray of direction d arrives; face is its
// normal without the bumps.
func meet(ob *object, p, d vec) (h hit, m surface, face vec) {
	face = ob.normal(p, .004)
	h = hit{p: p, n: face, local: ob.local(p), o: ob}
	m = ob.mat(h)
	if rough := face.add(m.bump).unit(); rough.dot(d) < 0 {
		h.n = rough
	}
	return h, m, face
}

// shine is how much is reflected (Schlick's approximation), and how often a
// path follows the reflection.
func (m *surface) shine(facing float64) (vec, float64) {
	if m.f0 == (vec{}) {
		return vec{}, 0
	}
	f := m.f0.add(vec{1, 1, 1}.sub(m.f0).mul(math.Pow(1-facing, 5) * (1 - m.rough)))
	if m.albedo == (vec{}) {
		return f, 1
	}
	return f, clamp(f.mean()*1.5, .25, .95)
}

func (s *scene) escaped(o, d vec, mirror bool) vec {
	if mirror && s.light.behind(o, d) {
		return s.light.glow
	}
	return s.air(d)
}

// direct is the window's light on a white matt surface.
func (s *scene) direct(p, n vec, r *rng, i, of int) vec {
	side := int(math.Sqrt(float64(of)))
	a := (float64(i%side) + r.float()) / float64(side)
	b := (float64(i/side%side) + r.float()) / float64(side)
	to := s.light.at.add(s.light.u.mul(2*a - 1)).add(s.light.v.mul(2*b - 1)).sub(p)
	dist := to.len()
	d := to.mul(1 / dist)
	here, there := n.dot(d), math.Abs(s.light.normal().dot(d))
	if here <= 0 {
		return vec{}
	}
	if _, blocked := s.march(p, d, dist); blocked != nil {
		return vec{}
	}
	return s.light.glow.mul(here * there * s.light.area() / (math.Pi * dist * dist))
}

// glossy reflects d about a GGX-distributed facet of the surface.
func glossy(d, n vec, rough float64, r *rng) vec {
	a := rough * rough
	u := r.float()
	cos := math.Sqrt((1 - u) / (1 + (a*a-1)*u))
	half := tilted(n, cos, r.float())
	return d.sub(half.mul(2 * d.dot(half)))
}

func diffuse(n vec, r *rng) vec { return tilted(n, math.Sqrt(1-r.float()), r.float()) }

func tilted(n vec, cos, turn float64) vec {
	t, b := around(n)
	sin := math.Sqrt(max(0, 1-cos*cos))
	sa, ca := math.Sincos(2 * math.Pi * turn)
	return t.mul(sin * ca).add(b.mul(sin * sa)).add(n.mul(cos))
}

// look is how the picture is developed.
type look struct {
	exposure float64
	balance  vec
	grain    float64
}

func develop(f film, l look) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, f.w, f.h))
	r := newRNG(77)
	for i, c := range f.px {
		x, y := i%f.w, i/f.w
		u, v := 2*float64(x)/float64(f.w)-1, 2*float64(y)/float64(f.h)-1
		c = c.tint(l.balance).mul(l.exposure * (1 - .16*(u*u+v*v)))
		g := l.grain * (r.float() + r.float() + r.float() - 1.5)
		img.SetRGBA(x, y, color.RGBA{tone(c.x, g), tone(c.y, g), tone(c.z, g), 255})
	}
	return img
}

// tone is a film-like curve, then the display's gamma, then grain.
func tone(x, grain float64) uint8 {
	x = 1 - math.Exp(-1.25*max(x, 0))
	x = math.Pow(x, 1/2.2)
	x = lerp(x, x*x*(3-2*x), .45)
	return uint8(clamp(x+grain*(1.2-x), 0, 1)*255 + .5)
}
