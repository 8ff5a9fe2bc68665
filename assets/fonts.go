package assets

import _ "embed"

// Sans is the font of the window's text, in the styles regular, bold and
// monospace, for the scripts of most of the world. fonts/README.md says what it
// is made of, and scripts/make-fonts how.
//
//go:embed fonts/pugmark-sans.ttf
var Sans []byte
