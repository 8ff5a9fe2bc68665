// Package assets holds what the programs carry inside themselves: the icon and
// the sample site.
//
// The sample site is a small invented marketplace, “Osier Row”, that a program
// serves on loopback for a demonstration and tests use as a real page. It
// refers to nothing outside itself.
//
//	/                   the search page; ?q= filters, ?page=2 goes on
//	/listing/4711       the main listing (SampleListing); others are short
//	/l/4711             302 to /listing/4711
//	/frame/shipping     an iframe of the main listing
//	/api/view           POST {"listing":4711} gives {"listing":4711,"views":N}
//	/tall?px=N          a page of exactly N CSS pixels, see TallColor
//	/static/…           style sheet, script, favicon and photographs
//
// Text is compressed with gzip for a client that accepts it.
package assets

import "embed"

//go:generate go run gen/icon.go
//go:generate go run gen/photos/carve.go gen/photos/main.go gen/photos/material.go gen/photos/scene.go gen/photos/shape.go gen/photos/trace.go gen/photos/vec.go -samples 36 -out sample/static/photo

// IconPNG is the application's icon, 512 pixels square.
//
//go:embed icon.png
var IconPNG []byte

// IconSVG is the same icon as outlines.
//
//go:embed icon.svg
var IconSVG []byte

//go:embed sample
var sampleFiles embed.FS
