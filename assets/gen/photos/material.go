//go:build ignore

package main

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"strconv"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// surface is what light meets at one point.
type surface struct {
	albedo vec
	f0     vec     // reflectance at right angles
	rough  float64 // of the reflection; 0 is a mirror
	sheen  float64 // fibres that light up at grazing angles
	bump   vec     // added to the normal
}

// hit is a point on an object, in the world's and in the object's coordinates.
type hit struct {
	p, n, local vec
	o           *object
}

// cavity is 0 on a flat or convex place and 1 deep in a groove of width r.
func (h hit) cavity(r float64) float64 {
	return clamp(1-h.o.dist(h.p.add(h.n.mul(r)))/r, 0, 1)
}

type material func(h hit) surface

var plasticF0 = vec{.042, .042, .042}

// How plainly the spirals of an ivory show.
const (
	faint = .12
	plain = .24
)

// ivory is an old polished dentine-like stuff: cream, browner in the grooves.
// The tusk's axis runs along local y through axis; where a face cuts across it,
// two families of spirals cross at an obtuse angle, and growth rings show.
// Hatch is the contrast of the spirals.
func ivory(axis vec, age, hatch float64) material {
	return func(h hit) surface {
		q := h.local.sub(axis)
		r, a := hypot(q.x, q.z), math.Atan2(q.z, q.x)
		r += .035 * noise(h.local.mul(2.3))
		ring := noise(vec{r * 7, .3 * q.y, 2 * a})
		stain := fractal(h.local.mul(.7).add(vec{5, 1, 8}), 3)
		fine := noise(vec{q.x * 22, q.y * 3, q.z * 22})

		c := mix(vec{.79, .68, .49}, vec{.59, .41, .21}, clamp(.2+stain*1.1+.35*age, 0, 1))
		c = c.mul(1 + hatch*lattice(r, a)*(.8+.5*stain) + .05*ring + .02*fine)
		c = mix(c, vec{.42, .27, .14}, .75*crack(h.local))
		grime := clamp(1.1*h.cavity(.16)+.9*h.cavity(.05)-.12, 0, 1) * (.55 + .45*age)
		c = mix(c, vec{.17, .095, .045}, clamp(grime, 0, .93))
		return surface{
			albedo: c,
			f0:     plasticF0,
			rough:  clamp(.26+.12*stain+.5*grime, .15, .9),
			bump:   vec{noise(h.p.mul(13)), noise(h.p.mul(13).add(vec{9, 9, 9})), noise(h.p.mul(13).add(vec{4, 7, 1}))}.mul(.018),
		}
	}
}

// lattice is the cross-hatch of two spiral families, in [-1, 1]. The lines of
// each are a good millimetre apart and cross at about 120 degrees where r is 3.
func lattice(r, a float64) float64 {
	const lines, pitch = 82, 43
	u, v := math.Sin(lines*a+pitch*r), math.Sin(lines*a-pitch*r)
	return 1 - 1.1*(math.Exp(2*u-2)+math.Exp(2*v-2))
}

// crack is 1 on a few hairlines that run along local y.
func crack(p vec) float64 {
	q := vec{p.x * 1.1, p.y * .12, p.z * 1.1}
	line := math.Abs(noise(q.add(vec{3, 8, 2})) + .12*noise(p.mul(4)))
	return smoothstep(.014, 0, line) * smoothstep(.05, .35, noise(p.mul(.8).add(vec{1, 2, 3})))
}

// weave is plain cloth: threads of two directions, over and under.
func weave(c vec, thread, sheen float64) material {
	return func(h hit) surface {
		x := h.p.x/thread + .35*noise(h.p.mul(1.3))
		z := h.p.z/thread + .35*noise(h.p.mul(1.3).add(vec{5, 5, 5}))
		i, k := math.Floor(x), math.Floor(z)
		u, v := x-i-.5, z-k-.5
		over := int(i+k)&1 == 0
		along, across, id := u, v, hash(int(k), 1, 7)
		bump := vec{along * .5, 0, across * 1.5}
		if over {
			along, across, id = v, u, hash(int(i), 2, 9)
			bump = vec{across * 1.5, 0, along * .5}
		}
		slub := noise(vec{x * .35, 1, z * .05}) + noise(vec{x * .05, 2, z * .35})
		shade := (1 - 1.5*across*across - .5*along*along) * (.86 + .22*id + .09*slub)
		return surface{albedo: c.mul(shade), rough: 1, sheen: sheen, bump: bump.mul(.55)}
	}
}

// felt has no threads, only a soft nap.
func felt(c vec, sheen float64) material {
	return func(h hit) surface {
		nap := fractal(h.p.mul(9), 3)
		b := vec{noise(h.p.mul(21)), 0, noise(h.p.mul(21).add(vec{7, 7, 7}))}
		return surface{albedo: c.mul(1 + .22*nap), rough: 1, sheen: sheen, bump: b.mul(.25)}
	}
}

// wood is planed board, the grain along x.
func wood(dark, light vec, gloss float64) material {
	return func(h hit) surface {
		p := h.local
		w := p.z + .5*noise(vec{p.x * .12, p.y * .6, p.z * .3}) + .05*noise(vec{p.x * .5, p.y, p.z * 3})
		ring := math.Mod(math.Abs(w*1.6+p.y*.9+50), 1)
		ring = smoothstep(0, .75, ring) * smoothstep(1, .9, ring)
		pore := smoothstep(.35, .8, noise(vec{p.x * 1.2, p.y * 14, p.z * 30}))
		c := mix(light, dark, .2+.55*ring+.12*fractal(vec{p.x * .6, p.y * 4, p.z * 9}, 3))
		return surface{albedo: c.mul(1 - .45*pore), f0: plasticF0.mul(gloss), rough: .42 + .2*pore,
			bump: vec{0, 0, .1*ring + .2*pore*noise(p.mul(40))}.mul(.3)}
	}
}

// silk is the plaited cord and the lining of the box.
func silk(c vec, fine float64) material {
	return func(h hit) surface {
		s := math.Sin((h.p.x+h.p.y)*fine)*math.Sin((h.p.z-h.p.y)*fine) + .3*noise(h.p.mul(fine*.8))
		return surface{albedo: c.mul(.85 + .3*s), f0: plasticF0.mul(1.2), rough: .5, sheen: .6,
			bump: vec{s, 0, -s}.mul(.18)}
	}
}

func metal(f0 vec, rough float64) material {
	return func(h hit) surface {
		worn := fractal(h.p.mul(3), 3)
		dirt := h.cavity(.06)
		return surface{f0: f0.mul(1 - .6*dirt), rough: clamp(rough+.15*worn+.4*dirt, .08, 1)}
	}
}

// lacquer is a smooth opaque glaze.
func lacquer(c vec, rough float64) material {
	return func(h hit) surface {
		return surface{albedo: c.mul(1 + .12*fractal(h.local.mul(3), 3)), f0: plasticF0.mul(1.1), rough: rough}
	}
}

// Pixels for each centimetre of the ruler's face.
const rulerDots = 100

// ruler is bamboo with a printed scale; its left end is at local (-cm/2, 0).
func ruler(cm int, deep float64) material {
	face := rulerFace(cm, int(deep*rulerDots))
	base := wood(vec{.52, .36, .17}, vec{.66, .49, .26}, .8)
	return func(h hit) surface {
		s := base(h)
		x := int((h.local.x + float64(cm)/2) * rulerDots)
		z := int((h.local.z + deep/2) * rulerDots)
		ink := float64(255-face.GrayAt(x, z).Y) / 255
		s.albedo = mix(s.albedo, vec{.02, .018, .016}, .9*ink)
		return s
	}
}

func rulerFace(cm, deep int) *image.Gray {
	face := image.NewGray(image.Rect(0, 0, cm*rulerDots, deep))
	draw.Draw(face, face.Bounds(), image.White, image.Point{}, draw.Src)
	for mm := 2; mm <= cm*10-2; mm++ {
		long := 32
		if mm%5 == 0 {
			long = 46
		}
		if mm%10 == 0 {
			long = 62
		}
		x := mm * rulerDots / 10
		draw.Draw(face, image.Rect(x-1, 0, x+2, long), image.Black, image.Point{}, draw.Src)
	}
	number(face, cm)
	return face
}

func number(face draw.Image, cm int) {
	parsed, err := opentype.Parse(goregular.TTF)
	if err != nil {
		panic(err)
	}
	size, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: 44, DPI: 72})
	if err != nil {
		panic(err)
	}
	d := font.Drawer{Dst: face, Src: image.NewUniform(color.Black), Face: size}
	for i := 1; i < cm; i++ {
		s := strconv.Itoa(i)
		d.Dot = fixed.P(i*rulerDots, 106)
		d.Dot.X -= d.MeasureString(s) / 2
		d.DrawString(s)
	}
}
