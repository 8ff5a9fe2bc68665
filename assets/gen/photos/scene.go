//go:build ignore

package main

import "math"

var pictures = []struct {
	name  string
	build func() *scene
}{
	{"set", theSet},
	{"pendant", pendantClose},
	{"bangle", bangleAlone},
	{"grain", grainClose},
	{"back", backWithRuler},
	{"box", inTheBox},
	{"beads", beadString},
	{"rabbit", rabbitFigure},
}

var (
	lotusGrid = bake(2.8, 700, lotus)
	plainGrid = bake(2.8, 400, smooth)

	oldIvory  = ivory(vec{-3.6, 0, 1.2}, .8, faint)
	ringIvory = ivory(vec{}, .35, faint)

	navy  = felt(vec{.020, .024, .032}, 1.8)
	linen = weave(vec{.60, .55, .46}, .055, .4)
	grey  = weave(vec{.21, .22, .225}, .06, .6)
	oak   = wood(vec{.20, .105, .05}, vec{.42, .26, .14}, .9)
	dark  = wood(vec{.045, .018, .010}, vec{.115, .05, .026}, 1)
	brown = silk(vec{.075, .034, .02}, 42)
	red   = lacquer(vec{.36, .035, .02}, .22)
	green = lacquer(vec{.06, .20, .12}, .12)
	brass = metal(vec{.72, .53, .27}, .3)
)

// studio is an empty table under a window at the left.
func studio(m material, fold float64, seed vec) *scene {
	table := bake(40, 900, func(x, z float64) float64 { return fold * folds(vec{x, 0, z}.add(seed), hypot(x, z)) })
	s := &scene{
		light: window{vec{-26, 38, -14}, vec{9, 8, 0}, vec{0, 0, 13}, vec{13.5, 13, 12}},
		sky:   [3]vec{{.25, .26, .29}, {.20, .195, .19}, {.06, .055, .05}},
		look:  look{1.0, vec{1.03, 1, .95}, .022},
		top:   fold + .01,
	}
	s.ground = &object{frame: pose{}.frame(), mat: m, shape: func(p vec) float64 {
		if p.y > fold+.5 {
			return p.y - fold
		}
		return .8 * (p.y - table.at(p.x, p.z))
	}}
	return s
}

// folds is nearly flat near the middle, where things lie, in [-1, 1].
func folds(p vec, r float64) float64 {
	q := p.mul(.13).add(vec{fractal(p.mul(.11), 2), 0, fractal(p.mul(.11).add(vec{9, 0, 9}), 2)}.mul(1.1))
	ridge := math.Exp(-12 * noise(q) * noise(q))
	return clamp(ridge-.4+.2*noise(p.mul(.3)), -1, 1) * smoothstep(2, 11, r)
}

func (s *scene) add(o ...*object) { s.objects = append(s.objects, o...) }

// rest is the height of the ground at a place.
func (s *scene) rest(x, z float64) float64 { return -s.ground.shape(vec{x, 0, z}) / .8 }

func (s *scene) pendant(at vec, turn, tilt float64, relief *grid, m material) pose {
	p := pose{at, tilt, turn}
	s.add(put(p, 2.9, m, plaque(relief)))
	return p
}

// string lays a cord over the ground through the points given as x, z pairs.
func (s *scene) string(r float64, m material, xz ...float64) {
	var points []vec
	for i := 0; i < len(xz); i += 2 {
		points = append(points, vec{xz[i], 0, xz[i+1]})
	}
	line := curve(points...)
	for i := range line {
		line[i].y = s.rest(line[i].x, line[i].z) + .9*r
	}
	s.add(cord(line, r, m)...)
}

// hang knots a doubled cord into the pendant's hole with one bead of each stuff.
func (s *scene) hang(p pose, turn float64) {
	at := func(along, across, up float64) vec { return p.world(vec{across, up, holeZ - along}) }
	s.add(cord(curve(at(-.32, 0, -.1), at(-.1, 0, .45), at(.35, 0, .5), at(.75, 0, .15), at(1.6, 0, 0), at(2.4, 0, -.2)), .085, brown)...)
	across := turn + math.Pi/2
	s.add(put(pose{at(.78, 0, .12), 0, across}, .3, red, bead(.27, 0)))
	s.add(put(pose{at(1.42, 0, .12), 0, across}, .5, ringIvory, bead(.42, 10)))
	s.add(put(pose{at(2.05, 0, .1), 0, across}, .3, red, bead(.27, 0)))
}

func theSet() *scene {
	s := studio(navy, .7, vec{3, 0, 11})
	s.add(put(pose{vec{2.6, .52, -1.5}, .03, .4}, 4.3, ringIvory, bangle(3.35, .5, .42)))
	p := s.pendant(vec{-2.7, .42, 1.5}, .3, .06, lotusGrid, oldIvory)
	s.hang(p, .3)
	s.string(.085, brown, -4.0, -2.75, -4.2, -3.3, -5.2, -4.4, -7, -4.2, -7.6, -2.2, -6.6, 0, -6.4, 2, -7.4, 4)
	s.string(.085, brown, -4.0, -2.75, -4.1, -3.4, -3.8, -4.8, -2, -6.0, 1.4, -6.3, 5, -5.4, 7.5, -6.2, 11, -6)
	s.cam = view(vec{-.1, .3, -.6}, 8, 50, 34, 19.5, .36)
	return s
}

func pendantClose() *scene {
	s := studio(linen, .5, vec{40, 0, 2})
	p := s.pendant(vec{0, .40, .3}, .16, .05, lotusGrid, oldIvory)
	s.hang(p, .16)
	s.string(.085, brown, -.72, -4.1, -1.0, -4.6, -1.6, -5.2, -3.4, -5.8, -6, -5.6, -9, -7)
	s.string(.085, brown, -.7, -4.1, -.85, -4.7, -.4, -5.6, 1.6, -6.3, 4, -6, 8, -7)
	s.cam = view(vec{0, .3, -.35}, -6, 62, 26, 19, .3)
	s.look.exposure = .82
	return s
}

func bangleAlone() *scene {
	s := studio(grey, .8, vec{71, 0, 23})
	s.add(put(pose{vec{0, .62, 0}, 0, .9}, 4.4, ivory(vec{.35, 0, .2}, .3, faint), bangle(3.3, .62, .45)))
	s.cam = view(vec{.2, .3, .2}, -20, 36, 30, 17, .5)
	s.look.exposure = 1.05
	return s
}

func grainClose() *scene {
	s := studio(navy, .5, vec{12, 0, 50})
	s.add(put(pose{vec{0, .75, 0}, .0, .3}, 4.8, ivory(vec{.1, 0, -.1}, .15, plain), flatBangle(3.3, .7, .75)))
	s.cam = view(vec{1.1, 1.3, 2.75}, 22, 58, 17, 13, .2)
	s.light.at = vec{-29, 32, -7}
	s.look.exposure = .85
	return s
}

func backWithRuler() *scene {
	s := studio(oak, .0, vec{})
	s.add(put(pose{vec{.6, .12, 3.6}, 0, .045}, 8.6, ruler(16, 1.6), func(p vec) float64 { return box(p, vec{8, .12, .8}, .06) }))
	p := s.pendant(vec{-.4, .34, -.4}, math.Pi/2+.1, 0, plainGrid, ivory(vec{-3.2, 0, 3.0}, .45, faint))
	s.add(cord(curve(p.world(vec{0, -.1, holeZ + .3}), p.world(vec{0, .42, holeZ}), p.world(vec{.1, .3, holeZ - .5}), vec{-4.6, .1, -.6}, vec{-6.4, .1, -1.6}, vec{-8.4, .1, -1.2}, vec{-12, .1, -3}), .085, brown)...)
	s.cam = view(vec{.3, .2, 1.0}, 3, 66, 32, 17, .3)
	s.look.balance = vec{1.06, 1, .9}
	return s
}

func inTheBox() *scene {
	s := studio(oak, 0, vec{})
	outer, inner := vec{7.6, 1.5, 5.4}, vec{7.15, 1.5, 4.95}
	s.add(put(pose{at: vec{0, 1.5, 0}, turn: .08}, 9.7, dark, func(p vec) float64 {
		return cut(box(p, outer, .12), box(p.sub(vec{0, .4, 0}), inner, .1), .05)
	}))
	pad := bake(8, 500, func(x, z float64) float64 {
		return .16*fractal(vec{x * .35, 4, z * .35}, 3) - .25*smoothstep(4.2, 2.2, hypot((x+3.2)*1.2, z)) - .2*smoothstep(4.4, 3.2, hypot(x-2.8, z))
	})
	s.add(put(pose{at: vec{0, 1.2, 0}, turn: .08}, 9, silk(vec{.47, .33, .10}, 60), func(p vec) float64 {
		return .8 * max(p.y-pad.at(p.x, p.z), box(p, vec{7.2, 2, 5}, .1))
	}))
	p := s.pendant(vec{-3.9, 1.42, .4}, .12, .03, lotusGrid, oldIvory)
	s.hang(p, .12)
	s.add(put(pose{vec{2.8, 1.62, .0}, .0, 1}, 4.3, ringIvory, ropeBangle(3.2, .5, 26)))
	s.cam = view(vec{-.2, 1, .1}, -12, 57, 42, 20.5, .4)
	s.look.balance = vec{1.07, 1, .88}
	return s
}

func beadString() *scene {
	s := studio(oak, 0, vec{})
	line := loop(.31)
	for i, at := range line[:len(line)-1] {
		m, rad := ivory(vec{hash(i, 1, 1)*4 - 2, 0, 2}, .3+.4*hash(i, 3, 3), faint), .31
		if i%15 == 5 {
			m, rad = green, .34
		}
		next := line[i+1].sub(at)
		turn := math.Atan2(-next.z, next.x) + .1*hash(i, 6, 6)
		s.add(put(pose{vec{at.x, rad, at.z}, 2 * hash(i, 5, 5), turn}, rad+.05, m, bead(rad, 0)))
	}
	s.add(cord(append(line, line[0]), .07, brown)...)
	s.add(put(pose{vec{-1.0, .33, .2}, .02, .5}, 1.9, ivory(vec{1, 0, 3}, .6, faint), bangle(1.0, .33, .2)))
	s.add(put(pose{vec{1.9, .1, -.3}, 0, .4}, 1.4, brass, coin))
	s.cam = view(vec{.2, .2, .1}, 14, 46, 34, 18.5, .5)
	return s
}

// loop is the middles of beads of radius r, strung in a lazy ring.
func loop(r float64) []vec {
	var line []vec
	for t := 0.0; t < 2*math.Pi; t += .001 {
		d := 4.9 + .5*math.Sin(2*t+.6) + .3*math.Sin(5*t)
		p := vec{d * math.Cos(t) * 1.12, r, d * math.Sin(t) * .8}
		if n := len(line); n == 0 || p.sub(line[n-1]).len() > 2*r {
			line = append(line, p)
		}
	}
	return line
}

// coin has a square hole, as old cash coins do.
func coin(p vec) float64 {
	r := hypot(p.x, p.z)
	d := max(r-1.2, math.Abs(p.y)-.09+.035*smoothstep(1.05, .98, r)*smoothstep(.42, .5, max(math.Abs(p.x), math.Abs(p.z))))
	return .8 * cut(d, box2(p.x, p.z, .33, .33, .02), .03)
}

func rabbitFigure() *scene {
	s := studio(linen, .6, vec{90, 0, 7})
	p := pose{vec{0, -.02, 0}, 0, -.5}
	s.add(put(p, 3.2, ivory(vec{.5, 0, -2.5}, .6, faint), rabbit()))
	for _, z := range []float64{-.5, .5} {
		s.add(put(pose{at: p.world(vec{1.72, 1.55, z * .98})}, .13, lacquer(vec{.015, .01, .01}, .1), sphere(.1)))
	}
	s.cam = view(vec{.1, 1.15, 0}, 8, 24, 22, 15, .3)
	s.look.exposure = .85
	return s
}
