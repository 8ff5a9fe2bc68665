//go:build ignore

// Photos renders the still lifes of the sample listing: a small path tracer
// over signed distance fields, one soft window light, a thin lens and a little
// film grain. The same source gives the same bytes on the same architecture.
//
//	go run *.go -out DIR [-scale F] [-samples N] [NAME…]
package main

import (
	"flag"
	"fmt"
	"image"
	"image/jpeg"
	"log"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"time"
)

const (
	width   = 1000
	height  = 750
	quality = 76
)

func main() {
	log.SetFlags(0)
	out := flag.String("out", ".", "write the JPEG files to this `folder`")
	scale := flag.Float64("scale", 1, "size of the picture, for drafts")
	samples := flag.Int("samples", 64, "light paths for each pixel")
	flag.Parse()
	for _, p := range pictures {
		if flag.NArg() > 0 && !slices.Contains(flag.Args(), p.name) {
			continue
		}
		start := time.Now()
		s := p.build()
		film := s.render(int(width**scale), int(height**scale), *samples)
		name := filepath.Join(*out, p.name+".jpg")
		size, err := write(name, develop(film, s.look))
		if err != nil {
			log.Fatalf("writing %q: %v", name, err)
		}
		fmt.Printf("%s: %d bytes, %.1fs\n", name, size, time.Since(start).Seconds())
	}
}

func write(name string, img image.Image) (int64, error) {
	f, err := os.Create(name)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	if err := jpeg.Encode(f, img, &jpeg.Options{Quality: quality}); err != nil {
		return 0, err
	}
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), f.Close()
}

// film holds linear light, row by row.
type film struct {
	w, h int
	px   []vec
}

func (s *scene) render(w, h, samples int) film {
	f := film{w, h, make([]vec, w*h)}
	rows := make(chan int)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for y := range rows {
				for x := range w {
					f.px[y*w+x] = s.pixel(x, y, w, h, samples)
				}
			}
		})
	}
	for y := range h {
		rows <- y
	}
	close(rows)
	wg.Wait()
	return f
}

// pixel seeds its own generator, so that the result does not depend on which
// goroutine renders it.
func (s *scene) pixel(x, y, w, h, samples int) vec {
	r := newRNG(uint64(y*w + x))
	var sum vec
	for i := range samples {
		o, d := s.cam.ray((float64(x)+r.float())/float64(w), (float64(y)+r.float())/float64(h), float64(w)/float64(h), &r)
		sum = sum.add(s.radiance(o, d, &r, i, samples).min(3))
	}
	return sum.mul(1 / float64(samples))
}
